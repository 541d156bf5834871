//! People of the facility: who may sign in, and as what.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::page::{Page, Place, crumbs};
use super::{App, WebError, invite, load};
use crate::domain::answer::Problems;
use crate::domain::clock::Moment;
use crate::domain::id::StaffId;
use crate::domain::permit::{ManageStaff, Permit, Role};
use crate::domain::text::PersonName;
use crate::store::staff::{NO_PASSWORD, NewStaff};
use crate::store::{StoreError, invitation, session, staff};

/// Roles that a manager can give.
const ROLES: [Role; 3] = [Role::CareWorker, Role::Nurse, Role::Manager];

#[derive(Default, Deserialize)]
pub struct NewPerson {
    #[serde(default)]
    name: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    role: String,
}

/// What is wrong with a new person, at `name` and `login`.
pub struct PersonProblems(Vec<(&'static str, String)>);

impl PersonProblems {
    /// At keys with a prefix, for forms that also ask for other things.
    pub fn under(self, prefix: &str) -> Problems {
        let mut problems = Problems::default();
        for (key, message) in self.0 {
            problems.add(format!("{prefix}{key}"), message);
        }
        problems
    }
}

pub fn check(name: &str, login: &str) -> PersonProblems {
    let mut problems = Vec::new();
    if let Err(problem) = PersonName::parse(name) {
        problems.push(("name", problem.0));
    }
    let plain = login
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'@'));
    if login.is_empty() || login.len() > 60 || !plain {
        problems.push((
            "login",
            "ログイン名は英数字と . - _ @ で60文字までにしてください".to_owned(),
        ));
    }
    PersonProblems(problems)
}

pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<ManageStaff>,
) -> Result<Markup, WebError> {
    staff_page(
        &app,
        &page,
        &permit,
        &NewPerson::default(),
        &Problems::default(),
    )
    .await
}

/// What an operator or a manager types about somebody new.
pub fn text_field(problems: &Problems, key: &str, label: &str, hint: &str, value: &str) -> Markup {
    html! {
        div .field .invalid[problems.at(key).is_some()] {
            label for=(key) { (label) span .required { "必須" } }
            p .hint id={ (key) "-hint" } { (hint) }
            @if let Some(problem) = problems.at(key) { p .error id={ (key) "-error" } { (problem) } }
            input .w-l id=(key) name=(key) value=(value) autocomplete="off" aria-describedby={ (key) "-hint" } required;
        }
    }
}

/// Whether somebody may sign in.
pub fn state(disabled_at: Option<Moment>) -> Markup {
    html! {
        @match disabled_at {
            Some(at) => { span .tag data-tone="off" { "停止中 " (load::when(at)) } }
            None => { span .tag data-tone="ok" { "利用中" } }
        }
    }
}

async fn staff_page(
    app: &App,
    page: &Page,
    permit: &Permit<ManageStaff>,
    typed: &NewPerson,
    problems: &Problems,
) -> Result<Markup, WebError> {
    let people = staff::list(&app.store, permit).await?;
    let field = |key, label, hint, value| text_field(problems, key, label, hint, value);
    Ok(page.show(
        Place::Staff,
        "職員",
        html! {
            h1 { "職員" }
            table .stack role="table" {
                thead role="rowgroup" {
                    tr role="row" { @for head in ["氏名", "役割", "ログイン名", "状態", "操作"] { th role="columnheader" scope="col" { (head) } } }
                }
                tbody role="rowgroup" {
                    @for person in &people {
                        tr role="row" {
                            td role="cell" data-label="氏名" { (person.name) }
                            td role="cell" data-label="役割" { (person.role.label()) }
                            td role="cell" data-label="ログイン" { span .code { (person.login) } }
                            td role="cell" data-label="状態" {
                                (state(person.disabled_at))
                            }
                            td role="cell" data-label="操作" {
                                @if person.id != permit.actor().staff {
                                    form .bar method="post" action={ "/staff/" (person.id) } {
                                        @if person.disabled_at.is_some() {
                                            button .button .outline .small name="do" value="enable" { "再開する" span .visually-hidden { ": " (person.name) } }
                                        } @else {
                                            @if person.role != Role::Physician {
                                                a .button .outline .small href={ "/staff/" (person.id) "/invite" } { "作り直す" span .visually-hidden { ": " (person.name) " のパスワードと番号" } }
                                            }
                                            button .button .outline .small name="do" value="signout" { "ログアウトさせる" span .visually-hidden { ": " (person.name) } }
                                            button .button .danger .small name="do" value="disable" { "停止する" span .visually-hidden { ": " (person.name) } }
                                        }
                                    }
                                } @else { a href="/account" { "自分のログイン" } }
                            }
                        }
                    }
                }
            }
            p { a .button .outline href="/staff/sealed" { "非常用アカウント(封筒)" } }
            h2 { "職員を加える" }
            p { "医師の登録とパスワードの作り直しは、市の運用担当が行います。施設が医師のログインを作れると、施設だけで指示書に署名できてしまうからです。" }
            p { "1人に1つのログインです。夜勤などで共用しないでください。だれが見たか、変えたかが記録されます。パスワードは本人が決めます。加えると、本人に渡す案内が1回だけ出ます。" }
            form .form method="post" action="/staff" {
                (field("name", "氏名", "記録に残る名前", &typed.name))
                (field("login", "ログイン名", "英数字と . - _ @", &typed.login))
                fieldset .field {
                    legend { "役割" span .required { "必須" } }
                    @if let Some(problem) = problems.at("role") { p .error { (problem) } }
                    div .choices {
                        @for role in ROLES {
                            label .choice {
                                input type="radio" name="role" value=(role.code()) checked[typed.role == role.code()] required;
                                span { (role.label()) }
                            }
                        }
                    }
                }
                div .bar { button .button { "加える" } }
            }
        },
    ))
}

pub async fn create(
    State(app): State<App>,
    page: Page,
    permit: Permit<ManageStaff>,
    Form(typed): Form<NewPerson>,
) -> Result<Response, WebError> {
    let (name, login) = (typed.name.trim(), typed.login.trim());
    let mut problems = check(name, login).under("");
    let role = Role::from_code(&typed.role).filter(|role| ROLES.contains(role));
    if role.is_none() {
        let message = match Role::from_code(&typed.role) {
            Some(Role::Physician) => "医師の登録は市の運用担当が行います",
            _ => "役割を選んでください",
        };
        problems.add("role", message);
    }
    if let (Some(role), true) = (role, problems.is_empty()) {
        let id = StaffId::new(app.clock.as_ref(), app.entropy.as_ref());
        let person = NewStaff {
            id: &id,
            login,
            name,
            role,
            password_hash: NO_PASSWORD,
        };
        match staff::create(&app.store, &permit, person, app.now()).await {
            Ok(()) => return invite_to(&app, &page, &permit, &id).await,
            Err(StoreError::LoginTaken) => {
                problems.add("login", "このログイン名はすでに使われています")
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(staff_page(&app, &page, &permit, &typed, &problems)
        .await?
        .into_response())
}

/// Whether the person is there, before the old way in is closed.
pub async fn invite_form(
    State(app): State<App>,
    page: Page,
    permit: Permit<ManageStaff>,
    Path(id): Path<StaffId>,
) -> Result<Markup, WebError> {
    let people = staff::list(&app.store, &permit).await?;
    let is_asked = |person: &&staff::Staff| {
        person.id == id
            && person.id != permit.actor().staff
            && person.disabled_at.is_none()
            && person.role != Role::Physician
    };
    let person = people.iter().find(is_asked).ok_or(WebError::NotFound)?;
    Ok(page.show_narrow(
        Place::Staff,
        "パスワードと番号の作り直し",
        html! {
            (crumbs(&[("/staff", "職員")], "作り直し"))
            h1 { (person.name) " さんのパスワードと番号を作り直す" }
            p { b { "本人が目の前にいることを確かめてください。" } "電話やメールで頼まれたときは作らないでください。" }
            ul {
                li { "いまのパスワード・番号・予備の番号は、すぐに使えなくなります。" }
                li { "ログイン中の画面も、すぐにログアウトになります。夜勤の途中なら、保存してから行ってください。" }
                li { "渡す案内は1回だけ開けます。" }
            }
            form method="post" action={ "/staff/" (id) "/invite" } {
                div .bar { button .button { "本人がいます。作り直す" } a .button .text href="/staff" { "やめる" } }
            }
        },
    ))
}

pub async fn invite(
    State(app): State<App>,
    page: Page,
    permit: Permit<ManageStaff>,
    Path(id): Path<StaffId>,
) -> Result<Response, WebError> {
    if id == permit.actor().staff {
        return Err(WebError::Bad(
            "自分のパスワードは「自分のログイン」で変えてください".to_owned(),
        ));
    }
    invite_to(&app, &page, &permit, &id).await
}

async fn invite_to(
    app: &App,
    page: &Page,
    permit: &Permit<ManageStaff>,
    id: &StaffId,
) -> Result<Response, WebError> {
    let (token, hash) = invite::token(app);
    let now = app.now();
    let until = now.plus_minutes(invite::OPENS_HOURS * 60);
    let person = invitation::invite(&app.store, permit, id, &hash, until, now).await?;
    let letter = invite::letter(app, &person, &token)?;
    let body = html! {
        (crumbs(&[("/staff", "職員")], "本人に渡す案内"))
        h1 { "本人に渡す案内" }
        (letter)
        p .no-print { a .button .outline href="/staff" { "渡しました。職員へ戻る" } }
    };
    Ok(page
        .show_narrow(Place::Staff, "本人に渡す案内", body)
        .into_response())
}

#[derive(Deserialize)]
pub struct Order {
    r#do: String,
}

pub async fn change(
    State(app): State<App>,
    permit: Permit<ManageStaff>,
    Path(id): Path<StaffId>,
    Form(order): Form<Order>,
) -> Result<Redirect, WebError> {
    if id == permit.actor().staff {
        return Err(WebError::Bad(
            "自分自身は停止できません。ほかの管理者に依頼してください".to_owned(),
        ));
    }
    match order.r#do.as_str() {
        "disable" => staff::disable(&app.store, &permit, &id, app.now()).await?,
        "enable" => staff::enable(&app.store, &permit, &id, app.now()).await?,
        "signout" => session::end_all_of(&app.store, &permit, &id, app.now()).await?,
        _ => return Err(WebError::Bad("画面のボタンから操作してください".to_owned())),
    }
    Ok(Redirect::to("/staff"))
}
