//! 受け入れ表: what this facility can take on, by day and by night; and the search over the city's facilities.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::{App, WebError, load, walk};
use crate::domain::answer::{Coded, Inputs, Problems};
use crate::domain::handoff::capability::{Acceptance, CONDITION_MAX, Capability, procedures};
use crate::domain::permit::{ActionKind, EditFacility, Permit, ReadResident};
use crate::domain::record::ProcedureCode;
use crate::store::StoreError;
use crate::store::capability::{self, Written};
use crate::store::desk;

/// As many facilities of the city as are searched.
const FACILITIES: i64 = 500;

pub async fn show(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
) -> Result<Markup, WebError> {
    let written = capability::newest(&app.store, &permit).await?;
    let matrix = written
        .as_ref()
        .map(|written| Capability::stored(&written.body))
        .unwrap_or_default();
    Ok(draw(
        &page,
        &matrix,
        written.as_ref(),
        None,
        &Problems::default(),
        html! {},
    ))
}

fn draw(
    page: &Page,
    matrix: &Capability,
    written: Option<&Written>,
    typed: Option<&Inputs>,
    problems: &Problems,
    told: Markup,
) -> Markup {
    let may = page.may(ActionKind::EditFacility);
    page.show(
        Place::Handoffs,
        "施設の受け入れ表",
        html! {
            (crumbs(&[("/handoffs", "入退院")], "施設の受け入れ表"))
            h1 { "施設の受け入れ表" }
            p { "医療処置ごとに、日中と夜間にできるかを書きます。空の欄は「未記入」で、できるともできないとも数えません。市内の施設を条件で探す画面に、施設名・電話とともに出ます。" }
            (told)
            @match written {
                Some(written) => p .small .muted { "第" (written.version) "版 " (load::when(written.at)) " " (written.by_name) },
                None => div .empty { p { "まだ書かれていません。" @if !may { "管理者が書きます。" } } },
            }
            p { a href="/capability/search" { "市内の施設を条件で探す" } }
            @if may {
                form .form method="post" action="/capability" {
                    input type="hidden" name="version" value=(written.map_or(0, |written| written.version));
                    (table(matrix, typed, problems, may))
                    div .bar { button .button { "保存する" } }
                }
            } @else { (table(matrix, typed, problems, may)) }
        },
    )
}

fn table(matrix: &Capability, typed: Option<&Inputs>, problems: &Problems, may: bool) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label="受け入れ表" {
            table .matrix {
                thead { tr { th scope="col" { "医療処置" } th scope="col" { "日中" } th scope="col" { "夜間" } th scope="col" { "条件" } } }
                tbody { @for (code, choice) in procedures() { (line(code, choice.label, matrix, typed, problems, may)) } }
            }
        }
    }
}

fn line(
    code: ProcedureCode,
    label: &str,
    matrix: &Capability,
    typed: Option<&Inputs>,
    problems: &Problems,
    may: bool,
) -> Markup {
    let key = code.choice().code;
    let ability = matrix.get(code).cloned().unwrap_or_default();
    let of = |one: Option<Acceptance>| one.map(|one| one.choice().code).unwrap_or_default();
    let value = |name: &str, known: &str| match typed {
        Some(typed) => typed.get(&format!("{key}.{name}")).to_owned(),
        None => known.to_owned(),
    };
    let day = value("day", of(ability.day));
    let night = value("night", of(ability.night));
    let condition = value("condition", &ability.condition);
    let select = |name: &str, what: &str, chosen: &str| {
        html! {
            select id={ (key) "-" (name) } name={ (key) "." (name) } aria-label={ (label) " " (what) } {
                option value="" selected[chosen.is_empty()] { "未記入" }
                @for one in Acceptance::CHOICES { option value=(one.code) selected[chosen == one.code] { (one.label) } }
            }
        }
    };
    let error = problems.at(&format!("{key}.condition"));
    if !may {
        let words = |one: Option<Acceptance>| one.map_or("未記入", |one| one.choice().label);
        return html! {
            tr { th scope="row" { (label) } td { (words(ability.day)) } td { (words(ability.night)) } td { (ability.condition) } }
        };
    }
    html! {
        tr {
            th scope="row" { (label) }
            td { (select("day", "日中", &day)) }
            td { (select("night", "夜間", &night)) }
            td {
                @if let Some(words) = error { p .error { (icon(Icon::Stop)) span { (words) } } }
                input name={ (key) ".condition" } value=(condition) maxlength=(CONDITION_MAX) aria-label={ (label) " 条件" } aria-invalid=[error.map(|_| "true")];
            }
        }
    }
}

pub async fn save(
    State(app): State<App>,
    page: Page,
    permit: Permit<EditFacility>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let mut typed = Inputs::from_pairs(pairs);
    let version = walk::post::take_version(&mut typed)?;
    let (matrix, problems) = Capability::read(&typed);
    let read = permit.actor().permit::<ReadResident>()?;
    let again = |status, written: Option<&Written>, told: Markup| {
        (
            status,
            draw(&page, &matrix, written, Some(&typed), &problems, told),
        )
            .into_response()
    };
    let written = capability::newest(&app.store, &read).await?;
    if !problems.is_empty() {
        let told = notice(
            NoticeKind::Warn,
            &format!(
                "{}か所を直してください。まだ保存していません",
                problems.len()
            ),
            html! {},
        );
        return Ok(again(
            StatusCode::UNPROCESSABLE_ENTITY,
            written.as_ref(),
            told,
        ));
    }
    match capability::write(
        &app.store,
        &permit,
        version,
        &matrix.json().to_string(),
        app.now(),
    )
    .await
    {
        Ok(()) => Ok(Redirect::to("/capability").into_response()),
        Err(StoreError::Conflict { .. }) => {
            let told = notice(
                NoticeKind::Warn,
                "ほかの人が先に保存しました。まだ保存していません",
                html! {
                    p { "下は、あなたが入力した内容です。もう一度「保存する」を押すと、先に保存された内容に代わります。" }
                },
            );
            Ok(again(StatusCode::CONFLICT, written.as_ref(), told))
        }
        Err(error) => Err(error.into()),
    }
}

/// `/capability/search?need=P05&need=P07`: the city's facilities that take on all of it (ひらつか介護サービス(医療対応)一覧).
pub async fn search(
    State(app): State<App>,
    page: Page,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Markup, WebError> {
    if !page.may(ActionKind::ReadInbox) {
        page.actor.permit::<ReadResident>()?;
    }
    let place = match page.may(ActionKind::ReadInbox) {
        true => Place::Inbox,
        false => Place::Handoffs,
    };
    let asked: Vec<ProcedureCode> = pairs
        .iter()
        .filter(|(name, _)| name == "need")
        .filter_map(|(_, value)| ProcedureCode::parse(value))
        .collect();
    let all = capability::of_city(&app.store, FACILITIES).await?;
    let mut drivers = desk::transports(&app.store, FACILITIES).await?;
    // Several facilities may know the same business: the newest day on which somebody asked stays.
    drivers.sort_by(|a, b| (&a.phone, b.confirmed_on).cmp(&(&b.phone, a.confirmed_on)));
    drivers.dedup_by(|later, first| later.phone == first.phone);
    let mut found = Vec::new();
    let mut silent = 0;
    for row in &all {
        let matrix = row
            .matrix
            .as_deref()
            .map(Capability::stored)
            .unwrap_or_default();
        let facts = load::read_facts(&row.body)?;
        if matrix.is_empty() {
            silent += 1;
        } else if matrix.takes(&asked) {
            found.push((facts, matrix, row.at));
        }
    }
    let trail: &[(&str, &str)] = match place {
        Place::Inbox => &[("/inbox", "届いた書類")],
        _ => &[("/handoffs", "入退院"), ("/capability", "施設の受け入れ表")],
    };
    Ok(page.show(
        place,
        "市内の施設を条件で探す",
        html! {
            (crumbs(trail, "市内の施設を条件で探す"))
            h1 { "市内の施設を条件で探す" }
            p { "日中も夜間もできる(条件つきも含む)施設です。入居者のことは何も出ません。受け入れは施設へ電話で確かめます。" }
            form .form method="get" {
                fieldset .field {
                    legend { "必要な医療処置" }
                    div .choices {
                        @for (code, choice) in procedures() {
                            label .choice { input type="checkbox" name="need" value=(choice.code) checked[asked.contains(&code)]; span { (choice.label) } }
                        }
                    }
                }
                button .button { "探す" }
            }
            section .card {
                div .card-head { h2 { "見つかった施設 " (found.len()) "か所" } }
                @if found.is_empty() { p { "すべてに当てはまる施設はありません。条件を減らすか、施設に電話で相談してください。" } }
                @if silent > 0 { p .small { "受け入れ表を書いていない施設が" (silent) "か所あります。できないという意味ではありません。" } }
                ul .papers {
                    @for (facts, matrix, at) in &found {
                        li { div {
                            b { (facts.facility_name) } " " span .tag { (facts.facility_type) } br;
                            "電話 " (walk::read::phone(&facts.facility_phone.to_string())) br;
                            @for code in &asked { @if let Some(ability) = matrix.get(*code) { span .small { (code.choice().label) ": " (ability.words()) } br; } }
                            span .small .muted { @if let Some(at) = at { (load::when(*at)) " の受け入れ表" } }
                        } }
                    }
                }
            }
            section .card {
                div .card-head { h2 { "帰りの移動手段" } }
                p { "福祉有償運送は会員登録が要るので、退院が決まったら早めに申し込みます。決めた手段は「退院時情報収集書」の①に書きます。" }
                @if drivers.is_empty() { p { "介護タクシー・福祉有償運送はまだ登録されていません。施設の「窓口一覧」に入れると、ここに出ます。" } }
                ul .papers {
                    @for driver in &drivers {
                        li { div {
                            b { (driver.hospital) } " " span .tag { (driver.kind.label()) } br;
                            "電話 " (walk::read::phone(&driver.phone)) @if !driver.hours.is_empty() { " " (driver.hours) } br;
                            span .small .muted { @match driver.confirmed_on { Some(day) => { (day.iso()) " 確認" }, None => "確認日なし" } }
                        } }
                    }
                }
            }
        },
    ))
}
