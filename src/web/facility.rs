//! The facility's own facts, which stand on every sheet, and the city office's list of facilities.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::page::{NoticeKind, Page, Place, notice};
use super::walk::{self, edit::Typed};
use super::{App, WebError, load};
use crate::domain::answer::{Coded, Grouped, Inputs, Problems};
use crate::domain::date::Day;
use crate::domain::id::{FacilityId, StaffId};
use crate::domain::permit::{EditFacility, OperateService, Permit, Role};
use crate::domain::record::{FacilityFacts, FacilityType};
use crate::store::facility::{self, FacilityText};
use crate::store::staff::NewStaff;

pub async fn form(
    State(app): State<App>,
    page: Page,
    permit: Permit<EditFacility>,
) -> Result<Markup, WebError> {
    let row = facility::get(&app.store, &permit).await?;
    let inputs = load::read_facts(&row.body)?.inputs();
    Ok(facility_page(
        &app,
        &page,
        row.version,
        &inputs,
        &Problems::default(),
        false,
    ))
}

/// What a facility cannot be without.
const REQUIRED: [&str; 2] = ["facility_name", "facility_type"];

fn typed<'a>(app: &App, inputs: &'a Inputs, problems: &'a Problems) -> Typed<'a> {
    Typed {
        inputs,
        problems,
        missing: &[],
        today: Day::of(app.now()),
        photo: None,
        focus: None,
    }
}

fn facility_page(
    app: &App,
    page: &Page,
    version: i64,
    inputs: &Inputs,
    problems: &Problems,
    saved: bool,
) -> Markup {
    page.show_narrow(
        Place::Facility,
        "施設の情報",
        html! {
            h1 { "施設の情報" }
            p { "ここに書いたことは、全員のシートと救急隊の画面に載ります。" }
            @if saved {
                (notice(NoticeKind::Ok, "保存しました", html! { p { "印刷済みの紙には前の内容が載っています。必要なら発行し直してください。" } }))
            }
            form .form method="post" action="/facility" data-keep=[(!problems.is_empty()).then_some("typed")] {
                (walk::edit::error_summary_here(problems, inputs))
                input type="hidden" name="version" value=(version);
                (walk::edit::fields(FacilityFacts::FIELDS, &REQUIRED, &typed(app, inputs, problems)))
                div .bar { button .button { "保存する" } }
            }
        },
    )
}

pub async fn save(
    State(app): State<App>,
    page: Page,
    permit: Permit<EditFacility>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let mut inputs = Inputs::from_pairs(pairs);
    let version: i64 = inputs
        .get("version")
        .parse()
        .map_err(|_| WebError::Bad("画面を開き直してください".to_owned()))?;
    inputs.remove("version");
    let (facts, mut problems) = FacilityFacts::read(&inputs);
    problems.extend(required(&facts));
    if !problems.is_empty() {
        return Ok(facility_page(&app, &page, version, &inputs, &problems, false).into_response());
    }
    let body = facts.json().to_string().into_bytes();
    facility::update(
        &app.store,
        &permit,
        version,
        text_of(&facts, &body),
        app.now(),
    )
    .await?;
    Ok(facility_page(&app, &page, version + 1, &inputs, &problems, true).into_response())
}

fn required(facts: &FacilityFacts) -> Problems {
    let mut problems = Problems::default();
    if facts.facility_name.value().is_none() {
        problems.add("facility_name", "施設名を入力してください");
    }
    if facts.facility_type.value().is_none() {
        problems.add("facility_type", "施設の種別を選んでください");
    }
    problems
}

/// What the facility's row keeps beside its facts.
pub fn text_of<'a>(facts: &'a FacilityFacts, body: &'a [u8]) -> FacilityText<'a> {
    FacilityText {
        name: facts.facility_name.value().map_or("", |name| name.as_str()),
        kind: facts
            .facility_type
            .value()
            .map_or("", |kind| kind.choice().code),
        body,
    }
}

pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<OperateService>,
) -> Result<Markup, WebError> {
    facilities_page(
        &app,
        &page,
        &permit,
        &Inputs::default(),
        &Problems::default(),
    )
    .await
}

async fn facilities_page(
    app: &App,
    page: &Page,
    permit: &Permit<OperateService>,
    inputs: &Inputs,
    problems: &Problems,
) -> Result<Markup, WebError> {
    let facilities = facility::list(&app.store, permit, None, 500).await?;
    let plain = |key: &str, label: &str, hint: &str, kind: &str| {
        html! {
            div .field .invalid[problems.at(key).is_some()] {
                label for=(key) { (label) span .required { "必須" } }
                p .hint { (hint) }
                @if let Some(problem) = problems.at(key) { p .error { (problem) } }
                input .w-l id=(key) name=(key) type=(kind) value=[(kind != "password").then_some(inputs.get(key))] autocomplete="off" required;
            }
        }
    };
    Ok(page.show_narrow(
        Place::Facilities,
        "施設",
        html! {
            h1 { "施設" }
            @if facilities.is_empty() { div .empty { p { "施設はまだありません。" } } }
            ul .plain-list {
                @for known in &facilities {
                    li { b { (known.name) } " " (kind_label(&known.kind)) " " span .small .muted { (known.id) } }
                }
            }
            h2 { "施設を加える" }
            form .form method="post" action="/facilities" {
                (walk::edit::error_summary_here(problems, inputs))
                (walk::edit::fields(
                    FacilityFacts::FIELDS.iter().filter(|field| REQUIRED.contains(&field.key)),
                    &REQUIRED,
                    &typed(app, inputs, problems),
                ))
                h3 { "はじめの管理者" }
                (plain("manager_name", "氏名", "施設の管理者。ほかの職員はこの人が登録します", "text"))
                (plain("manager_login", "ログイン名", "例 k.suzuki", "text"))
                (plain("manager_password", "はじめのパスワード", "13文字以上。本人に直接伝えてください", "password"))
                div .bar { button .button { "施設を加える" } }
            }
        },
    ))
}

fn kind_label(code: &str) -> &'static str {
    <FacilityType as Coded>::parse(code).map_or("", |kind| kind.choice().label)
}

pub async fn create(
    State(app): State<App>,
    page: Page,
    permit: Permit<OperateService>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let inputs = Inputs::from_pairs(pairs);
    let mut own = Inputs::default();
    for field in FacilityFacts::FIELDS {
        own.replace(field.key, inputs.part(field.key));
    }
    let (facts, mut problems) = FacilityFacts::read(&own);
    problems.extend(required(&facts));
    let (name, login) = (
        inputs.get("manager_name").trim(),
        inputs.get("manager_login").trim(),
    );
    problems
        .extend(super::staff::check(name, login, inputs.get("manager_password")).under("manager_"));
    if !problems.is_empty() {
        return Ok(facilities_page(&app, &page, &permit, &inputs, &problems)
            .await?
            .into_response());
    }
    let body = facts.json().to_string().into_bytes();
    let password_hash = app
        .passwords
        .hash(inputs.get("manager_password"), app.entropy.as_ref());
    let id = FacilityId::new(app.clock.as_ref(), app.entropy.as_ref());
    let staff = StaffId::new(app.clock.as_ref(), app.entropy.as_ref());
    let manager = NewStaff {
        id: &staff,
        login,
        name,
        role: Role::Manager,
        password_hash: &password_hash,
    };
    match facility::create(
        &app.store,
        &permit,
        &id,
        text_of(&facts, &body),
        &[manager],
        app.now(),
    )
    .await
    {
        Ok(()) => Ok(Redirect::to("/facilities").into_response()),
        Err(crate::store::StoreError::LoginTaken) => {
            problems.add("manager_login", "このログイン名はすでに使われています");
            Ok(facilities_page(&app, &page, &permit, &inputs, &problems)
                .await?
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}
