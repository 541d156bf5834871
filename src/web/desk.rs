//! 窓口一覧: whom to reach in each hospital or for the way home, and when somebody last asked whether that is right.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::icon::{Icon, icon};
use super::page::{Page, Place, crumbs};
use super::{App, WebError, walk};
use crate::domain::date::Day;
use crate::domain::handoff::sending::DeskKind;
use crate::domain::id::DeskId;
use crate::domain::permit::{ActionKind, Permit, ReadResident, WriteHandoff};
use crate::domain::phone::Phone;
use crate::domain::text::check_line;
use crate::store::StoreError;
use crate::store::desk::{self, Desk, NewDesk};

const LISTED: i64 = 300;
/// After so many months a number is asked for again.
const STALE_MONTHS: i32 = 12;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    id: String,
    version: i64,
    kind: String,
    hospital: String,
    department: String,
    person: String,
    phone: String,
    fax: String,
    hours: String,
    confirmed_on: String,
    /// `remove`, or to be kept.
    r#do: String,
}

type Wrong = Vec<(&'static str, String)>;

pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
) -> Result<Markup, WebError> {
    draw(&app, &page, &permit, &Typed::default(), &Wrong::new()).await
}

async fn draw(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    typed: &Typed,
    wrong: &Wrong,
) -> Result<Markup, WebError> {
    let mut desks = desk::list(&app.store, permit, LISTED).await?;
    desks.sort_by(|a, b| {
        (a.kind.code(), &a.hospital, &a.department).cmp(&(
            b.kind.code(),
            &b.hospital,
            &b.department,
        ))
    });
    let today = Day::of(app.now());
    let may = page.may(ActionKind::WriteHandoff);
    Ok(page.show(
        Place::Handoffs,
        "窓口一覧",
        html! {
            (crumbs(&[("/handoffs", "入退院")], "窓口一覧"))
            h1 { "窓口一覧" }
            p { "書類を送る前に、ここの電話へかけて確かめます。帰りの移動手段(介護タクシー・福祉有償運送)もここに入れると、市内の施設と病院の探す画面に出ます。番号は年に1回、病院の公式の案内か電話で確かめてください。" }
            @if desks.is_empty() { div .empty { p { "まだありません。よく搬送する病院から加えてください。" } } }
            @for desk in &desks { (row(desk, today, may, typed, wrong)) }
            @if may {
                section .card {
                    div .card-head { h2 { "窓口を加える" } }
                    @let empty = Typed { confirmed_on: today.iso(), ..Typed::default() };
                    @let is_new = typed.id.is_empty() && !wrong.is_empty();
                    (fields(if is_new { typed } else { &empty }, if is_new { wrong.as_slice() } else { &[] }, "new"))
                }
            }
        },
    ))
}

fn row(desk: &Desk, today: Day, may: bool, typed: &Typed, wrong: &Wrong) -> Markup {
    let is_stale = desk
        .confirmed_on
        .is_none_or(|day| today > day.plus_months(STALE_MONTHS));
    let is_wrong = typed.id == desk.id.as_str() && !wrong.is_empty();
    let known = Typed {
        id: desk.id.0.clone(),
        version: desk.version,
        kind: desk.kind.code().to_owned(),
        hospital: desk.hospital.clone(),
        department: desk.department.clone(),
        person: desk.person.clone(),
        phone: desk.phone.clone(),
        fax: desk.fax.clone(),
        hours: desk.hours.clone(),
        confirmed_on: desk.confirmed_on.map(|day| day.iso()).unwrap_or_default(),
        r#do: String::new(),
    };
    html! {
        section .card {
            div .card-head { h2 { (desk.hospital) " " (desk.department) @if desk.kind != DeskKind::Hospital { " " span .tag { (desk.kind.label()) } } } }
            p {
                @if !desk.person.is_empty() { (desk.person) " " }
                "電話 " (walk::read::phone(&desk.phone))
                @if !desk.fax.is_empty() { " FAX " span .number { (desk.fax) } }
                @if !desk.hours.is_empty() { " " (desk.hours) }
            }
            p .small .muted {
                @match desk.confirmed_on { Some(day) => { (day.iso()) " 確認" }, None => "確認日なし" } " " (desk.by_name) " "
                @if is_stale { span .tag data-tone="warn" { "1年以上確かめていません" } }
            }
            @if may {
                details .more open[is_wrong] {
                    summary { "直す・確かめた" }
                    (fields(if is_wrong { typed } else { &known }, if is_wrong { wrong.as_slice() } else { &[] }, desk.id.as_str()))
                }
            }
        }
    }
}

fn fields(typed: &Typed, wrong: &[(&'static str, String)], prefix: &str) -> Markup {
    let one = |name: &'static str, label: &str, value: &str, max: &str, required: bool| {
        let error = wrong.iter().find(|(at, _)| *at == name);
        let id = format!("{prefix}-{name}");
        html! {
            div .field .invalid[error.is_some()] {
                label for=(id) { (label) @if required { span .required { "必須" } } }
                @if let Some((_, words)) = error { p .error id={ (id) "-error" } { (icon(Icon::Stop)) span { (words) } } }
                input .w-l id=(id) name=(name) value=(value) maxlength=(max) autocomplete="off"
                    aria-invalid=[error.map(|_| "true")] aria-describedby={ (id) "-error" };
            }
        }
    };
    html! {
        form .form method="post" action="/desks" {
            input type="hidden" name="id" value=(typed.id);
            input type="hidden" name="version" value=(typed.version);
            fieldset .field .invalid[wrong.iter().any(|(at, _)| *at == "kind")] {
                legend { "種類" }
                @if let Some((_, words)) = wrong.iter().find(|(at, _)| *at == "kind") { p .error { (icon(Icon::Stop)) span { (words) } } }
                div .choices {
                    @for (at, kind) in DeskKind::ALL.iter().enumerate() {
                        label .choice {
                            input type="radio" name="kind" value=(kind.code()) checked[typed.kind == kind.code() || (typed.kind.is_empty() && at == 0)];
                            span { (kind.label()) }
                        }
                    }
                }
            }
            (one("hospital", "病院・事業者の名前", &typed.hospital, "60", true))
            (one("department", "部署・窓口", &typed.department, "60", false))
            (one("person", "担当者", &typed.person, "40", false))
            (one("phone", "電話", &typed.phone, "30", true))
            (one("fax", "FAX", &typed.fax, "30", false))
            (one("hours", "受付の時間", &typed.hours, "60", false))
            (one("confirmed_on", "番号を確かめた日", &typed.confirmed_on, "20", true))
            div .actions {
                button .button name="do" value="save" { "保存する" }
                @if !typed.id.is_empty() { button .button .danger name="do" value="remove" { "一覧から外す" } }
            }
        }
    }
}

pub async fn save(
    State(app): State<App>,
    page: Page,
    permit: Permit<WriteHandoff>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let now = app.now();
    let today = Day::of(now);
    let read = permit.actor().permit::<ReadResident>()?;
    let mut wrong = Wrong::new();
    let lines = [
        ("hospital", &typed.hospital, 60),
        ("department", &typed.department, 60),
        ("person", &typed.person, 40),
        ("hours", &typed.hours, 60),
    ];
    for (name, value, max) in lines {
        if let Err(problem) = check_line(value.trim(), max) {
            wrong.push((name, problem.0));
        }
    }
    if typed.hospital.trim().is_empty() {
        wrong.push(("hospital", "名前を入力してください".to_owned()));
    }
    let kind = DeskKind::from_code(&typed.kind);
    if kind.is_none() {
        wrong.push(("kind", "種類を選んでください".to_owned()));
    }
    let phone = Phone::parse(&typed.phone).map_err(|problem| problem.0);
    if let Err(problem) = &phone {
        wrong.push(("phone", problem.clone()));
    }
    let fax = match typed.fax.trim() {
        "" => String::new(),
        number => crate::domain::fax::number(number)
            .map(|fax| fax.to_string())
            .unwrap_or_else(|problem| {
                wrong.push(("fax", problem.0));
                String::new()
            }),
    };
    let confirmed = Day::parse(&typed.confirmed_on);
    match &confirmed {
        Ok(day) if *day > today => {
            wrong.push(("confirmed_on", "確かめた日が先の日です".to_owned()))
        }
        Ok(_) => {}
        Err(problem) => wrong.push(("confirmed_on", problem.0.clone())),
    }
    let (Some(kind), Ok(phone), Ok(confirmed_on), true) =
        (kind, phone, confirmed, wrong.is_empty())
    else {
        let page = draw(&app, &page, &read, &typed, &wrong).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let id = match typed.id.as_str() {
        "" => DeskId::new(app.clock.as_ref(), app.entropy.as_ref()),
        known => DeskId::from(known),
    };
    let new = NewDesk {
        kind,
        hospital: typed.hospital.trim(),
        department: typed.department.trim(),
        person: typed.person.trim(),
        phone: &phone.to_string(),
        fax: &fax,
        hours: typed.hours.trim(),
        confirmed_on,
        removed: typed.r#do == "remove",
    };
    match desk::write(&app.store, &permit, &id, typed.version, new, now).await {
        Ok(_) => {}
        Err(StoreError::Conflict { current }) => {
            let mut typed = typed;
            typed.version = current;
            let words = "ほかの人が先に変えました。まだ保存していません。一覧の内容を見て、よければもう一度押してください";
            let wrong = vec![("hospital", words.to_owned())];
            let page = draw(&app, &page, &read, &typed, &wrong).await?;
            return Ok((StatusCode::CONFLICT, page).into_response());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to("/desks").into_response())
}
