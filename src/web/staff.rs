//! People of the facility: who may sign in, and as what.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::page::{Page, Place};
use super::{App, WebError, auth, load};
use crate::domain::answer::Problems;
use crate::domain::id::StaffId;
use crate::domain::permit::{ManageStaff, Permit, Role};
use crate::domain::text::PersonName;
use crate::store::staff::NewStaff;
use crate::store::{StoreError, staff};

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
    #[serde(default)]
    password: String,
}

/// What is wrong with a new person, at `name`, `login` and `password`.
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

pub fn check(name: &str, login: &str, password: &str) -> PersonProblems {
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
    if let Err(message) = auth::check_password(password) {
        problems.push(("password", message.to_owned()));
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

async fn staff_page(
    app: &App,
    page: &Page,
    permit: &Permit<ManageStaff>,
    typed: &NewPerson,
    problems: &Problems,
) -> Result<Markup, WebError> {
    let people = staff::list(&app.store, permit).await?;
    let field = |key: &str, label: &str, hint: &str, kind: &str, value: Option<&str>| {
        html! {
            div .field .invalid[problems.at(key).is_some()] {
                label for=(key) { (label) span .required { "必須" } }
                p .hint id={ (key) "-hint" } { (hint) }
                @if let Some(problem) = problems.at(key) { p .error id={ (key) "-error" } { (problem) } }
                input .w-l id=(key) name=(key) type=(kind) value=[value] autocomplete="off" aria-describedby={ (key) "-hint" } required;
            }
        }
    };
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
                                @match person.disabled_at {
                                    Some(at) => { span .tag data-tone="off" { "停止中 " (load::when(at)) } }
                                    None => { span .tag data-tone="ok" { "利用中" } }
                                }
                            }
                            td role="cell" data-label="操作" {
                                @if person.id != permit.actor().staff {
                                    form method="post" action={ "/staff/" (person.id) } {
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
            h2 { "職員を加える" }
            p { "医師の登録とパスワードの変更は、市の運用担当が行います。施設が医師のパスワードを決められると、施設だけで指示書に署名できてしまうからです。" }
            p { "1人に1つのログインです。夜勤などで共用しないでください。だれが見たか、変えたかが記録されます。" }
            form .form method="post" action="/staff" {
                (field("name", "氏名", "記録に残る名前", "text", Some(&typed.name)))
                (field("login", "ログイン名", "英数字と . - _ @", "text", Some(&typed.login)))
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
                (field("password", "はじめのパスワード", "13文字以上。本人に直接伝えてください", "password", None))
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
    let mut problems = check(name, login, &typed.password).under("");
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
        let password_hash = app.passwords.hash(&typed.password, app.entropy.as_ref());
        let person = NewStaff {
            id: &id,
            login,
            name,
            role,
            password_hash: &password_hash,
        };
        match staff::create(&app.store, &permit, person, app.now()).await {
            Ok(()) => return Ok(Redirect::to("/staff").into_response()),
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
        _ => return Err(WebError::Bad("画面のボタンから操作してください".to_owned())),
    }
    Ok(Redirect::to("/staff"))
}
