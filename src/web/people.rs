//! Whom no facility's manager looks after: the people of hospitals and the city's operators. Names, logins and roles; no
//! resident.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::page::{Page, Place, crumbs};
use super::{App, WebError, facility, staff as staff_page};
use crate::domain::answer::Problems;
use crate::domain::id::{FacilityId, StaffId};
use crate::domain::permit::{OperateService, Permit, Role};
use crate::store::StoreError;
use crate::store::staff::{self, NO_PASSWORD, NewStaff, OfCity};

#[derive(Default, Deserialize)]
pub struct NewOperator {
    #[serde(default)]
    name: String,
    #[serde(default)]
    login: String,
}

pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<OperateService>,
) -> Result<Markup, WebError> {
    let nothing = (NewOperator::default(), Problems::default());
    draw(&app, &page, &permit, &nothing.0, &nothing.1).await
}

async fn draw(
    app: &App,
    page: &Page,
    permit: &Permit<OperateService>,
    typed: &NewOperator,
    problems: &Problems,
) -> Result<Markup, WebError> {
    let mut people = staff::of_city(&app.store, permit).await?;
    people.sort_by(|a, b| (&a.facility_name, &a.id.0).cmp(&(&b.facility_name, &b.id.0)));
    let (operators, hospitals): (Vec<_>, Vec<_>) = people
        .iter()
        .partition(|person| person.role == Role::Operator);
    let field = |key, label, hint, value| staff_page::text_field(problems, key, label, hint, value);
    Ok(page.show(
        Place::Facilities,
        "病院の職員と運用担当",
        html! {
            (crumbs(&[("/facilities", "施設")], "病院の職員と運用担当"))
            h1 { "病院の職員と運用担当" }
            p { "辞めた人、端末をなくした人はすぐに停止してください。停止すると、ログイン中の画面もその場で使えなくなります。施設の職員は、施設の管理者が停止します。" }
            h2 { "病院の職員" }
            (table(&hospitals, permit))
            h2 { "市の運用担当" }
            @if operators.len() < 2 {
                p { b { "運用担当が1人だけです。" } "その人がスマートフォンと予備の番号をなくすと、画面からはだれも入れられなくなります。もう1人加えてください。" }
            }
            (table(&operators, permit))
            h2 { "運用担当を加える" }
            p { "パスワードと番号は本人が決めます。加えると、本人に渡す案内が1回だけ出ます。" }
            form .form method="post" action="/facilities/operators" {
                (field("name", "氏名", "記録に残る名前", &typed.name))
                (field("login", "ログイン名", "英数字と . - _ @", &typed.login))
                div .bar { button .button { "加える" } }
            }
        },
    ))
}

fn table(people: &[&OfCity], permit: &Permit<OperateService>) -> Markup {
    html! {
        @if people.is_empty() { div .empty { p { "まだいません。" } } } @else {
            table .stack role="table" {
                thead role="rowgroup" {
                    tr role="row" { @for head in ["所属", "氏名", "役割", "ログイン名", "状態", "操作"] { th role="columnheader" scope="col" { (head) } } }
                }
                tbody role="rowgroup" {
                    @for person in people {
                        tr role="row" {
                            td role="cell" data-label="所属" { (person.facility_name) }
                            td role="cell" data-label="氏名" { (person.name) }
                            td role="cell" data-label="役割" { (person.role.label()) }
                            td role="cell" data-label="ログイン" { span .code { (person.login) } }
                            td role="cell" data-label="状態" {
                                (staff_page::state(person.disabled_at))
                            }
                            td role="cell" data-label="操作" {
                                @if person.id == permit.actor().staff && person.facility_id == *permit.facility() {
                                    a href="/account" { "自分のログイン" }
                                } @else {
                                    form .bar method="post" action={ "/facilities/people/" (person.facility_id) "/" (person.id) } {
                                        @if person.disabled_at.is_some() {
                                            button .button .outline .small name="do" value="enable" { "再開する" span .visually-hidden { ": " (person.name) } }
                                        } @else {
                                            button .button .danger .small name="do" value="disable" { "停止する" span .visually-hidden { ": " (person.name) } }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Order {
    r#do: String,
}

pub async fn change(
    State(app): State<App>,
    permit: Permit<OperateService>,
    Path((facility, id)): Path<(FacilityId, StaffId)>,
    Form(order): Form<Order>,
) -> Result<Redirect, WebError> {
    let (store, whom, now) = (&app.store, (&facility, &id), app.now());
    let done = match order.r#do.as_str() {
        "disable" => staff::disable_by_office(store, &permit, whom, now).await,
        "enable" => staff::enable_by_office(store, &permit, whom, now).await,
        _ => return Err(WebError::Bad("画面のボタンから操作してください".to_owned())),
    };
    match done {
        Ok(()) => Ok(Redirect::to("/facilities/people")),
        Err(StoreError::Refused(problems)) => {
            let words = problems.at("do").unwrap_or_default().to_owned();
            Err(WebError::Bad(words))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn create_operator(
    State(app): State<App>,
    page: Page,
    permit: Permit<OperateService>,
    Form(typed): Form<NewOperator>,
) -> Result<Response, WebError> {
    let (name, login) = (typed.name.trim(), typed.login.trim());
    let mut problems = staff_page::check(name, login).under("");
    if problems.is_empty() {
        let id = StaffId::new(app.clock.as_ref(), app.entropy.as_ref());
        let person = NewStaff {
            id: &id,
            login,
            name,
            role: Role::Operator,
            password_hash: NO_PASSWORD,
        };
        match staff::create_operator(&app.store, &permit, person, app.now()).await {
            Ok(()) => return facility::invite_to(&app, &page, &permit, login).await,
            Err(StoreError::LoginTaken) => {
                problems.add("login", "このログイン名はすでに使われています");
            }
            Err(error) => return Err(error.into()),
        }
    }
    let body = draw(&app, &page, &permit, &typed, &problems).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
}
