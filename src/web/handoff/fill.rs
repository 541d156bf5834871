//! One form of a stay: what the record says already, with where it comes from, and inputs for what only this stay knows.

use std::collections::BTreeMap;

use axum::Form as Posted;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde_json::json;

use super::{Loaded, load_stay};
use crate::domain::answer::{Answer, Field, Inputs, Problems, ROWS_MAX, Reader, Rows, Shown};
use crate::domain::computed::Computed;
use crate::domain::date::Day;
use crate::domain::form::{Direction, Form, Level, Print, Source};
use crate::domain::handoff::required::required_if_true;
use crate::domain::handoff::{AssessedItem, Part};
use crate::domain::id::{DocumentId, HandoffId};
use crate::domain::link::MatchCode;
use crate::domain::permit::{
    ActionKind, DecideReturn, HandleSensitive, IssueDocument, Permit, ReadResident, WriteHandoff,
};
use crate::domain::sheet::{may_share_with_crews, missing_details};
use crate::domain::view::IssueMarks;
use crate::export::exchange;
use crate::export::pdf::handoff as paper;
use crate::store::StoreError;
use crate::store::directive;
use crate::store::document::{self, NewDocument, OfStay, PrintOrder};
use crate::store::handoff::{self, Writer};
use crate::web::document::{is_overtaken, next_serial, typeset};
use crate::web::page::{NoticeKind, Page, Place, crumbs, notice};
use crate::web::walk::{self, edit::Typed};
use crate::web::{App, WebError, load};

/// The parts whose answers a form places.
fn parts(form: &Form) -> Vec<Part> {
    let mut parts: Vec<Part> = form
        .sources()
        .filter_map(|source| Part::of(source.key()))
        .collect();
    parts.sort_by_key(|part| part.code());
    parts.dedup();
    parts
}

fn fields(form: &Form, part: Part) -> Vec<&'static Field> {
    let mut seen: Vec<&'static Field> = Vec::new();
    for source in form.sources() {
        if let Source::Stay(field) = source
            && Part::of(field.key) == Some(part)
            && !seen.contains(&field)
        {
            seen.push(field);
        }
    }
    seen
}

fn may_write(page: &Page, part: Part) -> bool {
    page.may(match part {
        Part::Admission | Part::Discharge | Part::Conference => ActionKind::WriteHandoff,
        Part::Sensitive => ActionKind::HandleSensitive,
        Part::Assessment => ActionKind::DecideReturn,
    })
}

/// The form by its key, for who may see it.
fn form<'a>(app: &'a App, page: &Page, key: &str) -> Result<&'a Form, WebError> {
    let form = app
        .forms
        .handoff()
        .find(|form| form.key == key)
        .ok_or(WebError::NotFound)?;
    if form.restricted && !page.may(ActionKind::HandleSensitive) {
        return Err(WebError::from(
            page.actor
                .permit::<HandleSensitive>()
                .err()
                .ok_or(WebError::NotFound)?,
        ));
    }
    Ok(form)
}

/// What is on the page: as it was read, or as somebody typed it.
struct Sheet<'a> {
    form: &'a Form,
    loaded: &'a Loaded,
    inputs: &'a Inputs,
    problems: &'a Problems,
    versions: &'a BTreeMap<Part, i64>,
    focus: Option<&'a str>,
    unsaved: bool,
    told: Markup,
}

fn versions(loaded: &Loaded, form: &Form) -> BTreeMap<Part, i64> {
    let of = |part: &Part| loaded.versions.get(part).copied().unwrap_or(0);
    parts(form)
        .into_iter()
        .map(|part| (part, of(&part)))
        .collect()
}

pub async fn show(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path((id, key)): Path<(HandoffId, String)>,
) -> Result<Markup, WebError> {
    let form = form(&app, &page, &key)?;
    let loaded = load_stay(&app, &permit, &id, form.restricted).await?;
    let loaded = loaded.with_origins(&app, &permit).await?;
    load::note_read(&app, &permit, &loaded.stay.resident_id, "handoff.viewed").await?;
    let inputs = loaded.stay_view().stay.inputs();
    Ok(draw(
        &app,
        &page,
        &Sheet {
            form,
            loaded: &loaded,
            inputs: &inputs,
            problems: &Problems::default(),
            versions: &versions(&loaded, form),
            focus: None,
            unsaved: false,
            told: html! {},
        },
    ))
}

fn draw(app: &App, page: &Page, sheet: &Sheet<'_>) -> Markup {
    let Sheet { form, loaded, .. } = sheet;
    let view = &loaded.view;
    let typed = Typed {
        inputs: sheet.inputs,
        problems: sheet.problems,
        missing: &[],
        today: Day::of(app.now()),
        photo: None,
        focus: sheet.focus,
    };
    let stay_fields: Vec<Field> = parts(form)
        .iter()
        .flat_map(|part| fields(form, *part))
        .copied()
        .collect();
    let id = &loaded.stay.id;
    let open = lacking(form, loaded);
    let is_open = loaded.stay.is_open();
    // What was typed stays in its fields, also when it can no longer be saved.
    let writes =
        (is_open || sheet.unsaved) && parts(form).iter().any(|part| may_write(page, *part));
    page.show_narrow(
        Place::Handoffs,
        &form.title,
        html! {
            (crumbs(&[("/handoffs", "入退院"), (&format!("/handoffs/{id}"), &format!("{}さんの入院", loaded.stay.resident_name))], &form.title))
            (walk::read::identity_header(view, crate::web::photo::address(&loaded.head).as_deref()))
            (walk::read::band_compact(&view.standing))
            h1 { (form.title) }
            p .small .muted { "様式 " (form.edition) "(" (form.issuer) ") " (form.source) }
            (sheet.told)
            (walk::edit::error_summary_among(&stay_fields, sheet.problems, sheet.inputs))
            @if form.direction == Some(Direction::ToHospital) { (lacking_card(&open, loaded)) }
            (lossy(form))
            @if writes && parts(form).contains(&Part::Discharge) { (crate::web::jahis::paste(sheet.inputs)) }
            form #sheet .form method="post" data-keep=(if sheet.unsaved { "typed" } else { "" }) {
                @for (part, version) in sheet.versions { input type="hidden" name={ "version." (part.code()) } value=(version); }
                (blocks(page, sheet, &typed))
                @if writes || page.may(ActionKind::IssueDocument) {
                    div .bar {
                        @if writes { button .button name="do" value="save" { "保存する" } }
                        @if page.may(ActionKind::IssueDocument) {
                            button .button .outline name="do" value="issue" { "保存して発行(印刷・送付へ)" }
                        }
                    }
                }
            }
            @if !is_open { p .small { "この入院の記録は終わっています。書き足せません。" } }
        },
    )
}

/// One item of a form, as its page has it.
struct Placed<'a> {
    source: Source,
    label: &'a str,
    level: Level,
    shown: Shown,
}

/// The items of a block.
fn placed<'a>(print: &'a Print, loaded: &Loaded) -> Option<(&'a str, Vec<Placed<'a>>)> {
    let named = |label: &'a str, source: Source| match label.is_empty() {
        true => source.label(),
        false => label,
    };
    match print {
        Print::Grid { title, rows, .. } => {
            let cells = rows.iter().flatten().map(|cell| Placed {
                source: cell.source,
                label: named(&cell.label, cell.source),
                level: cell.level,
                shown: loaded.view.cell(cell),
            });
            Some((title, cells.collect()))
        }
        Print::Table { title, source, .. } => {
            let only = Placed {
                source: *source,
                label: source.label(),
                level: Level::Optional,
                shown: loaded.view.shown(*source),
            };
            Some((title, vec![only]))
        }
        Print::Band | Print::Blank { .. } => None,
    }
}

/// First what only this stay knows, as inputs; then what is known already, folded away with how much of it is open.
fn blocks(page: &Page, sheet: &Sheet<'_>, typed: &Typed<'_>) -> Markup {
    let loaded = sheet.loaded;
    let asks = |one: &Placed<'_>| match one.source {
        Source::Stay(field) => {
            let is_asked = loaded.stay.is_open() || sheet.unsaved;
            is_asked && Part::of(field.key).is_some_and(|part| may_write(page, part))
        }
        _ => false,
    };
    let all: Vec<(&str, Vec<Placed<'_>>)> = sheet
        .form
        .print
        .iter()
        .filter_map(|print| placed(print, loaded))
        .collect();
    let known: Vec<&Placed<'_>> = all
        .iter()
        .flat_map(|(_, items)| items)
        .filter(|one| !asks(one))
        .collect();
    let open = known.iter().filter(|one| one.shown.is_not_asked()).count();
    html! {
        @for (title, items) in all.iter().filter(|(_, items)| items.iter().any(asks)) {
            section .form-block {
                h2 { (title) }
                @for one in items.iter().filter(|one| asks(one)) { (input(one, typed)) }
            }
        }
        @if !known.is_empty() {
            details .more open[known.len() == all.iter().map(|(_, items)| items.len()).sum::<usize>()] {
                summary { "シート・急変の記録・施設の情報から入る項目 " (known.len()) "件" @if open > 0 { "(未確認 " (open) "件)" } }
                @for (title, items) in all.iter().filter(|(_, items)| !items.iter().all(asks)) {
                    section .form-block {
                        h2 { (title) }
                        @for one in items.iter().filter(|one| !asks(one)) { (filled(one, loaded)) }
                    }
                }
            }
        }
    }
}

fn input(one: &Placed<'_>, typed: &Typed<'_>) -> Markup {
    let Source::Stay(field) = one.source else {
        return html! {};
    };
    if field.key == PROPOSED {
        return html! {
            (walk::edit::field(field, walk::edit::About::default(), typed))
            div .actions { button .button .outline .small name="do" value="propose" { "受け入れ表から項目を入れる" } }
        };
    }
    let about = walk::edit::About {
        hint: (one.level >= Level::Priority).then_some("優先"),
        ..Default::default()
    };
    walk::edit::field(field, about, typed)
}

fn filled(one: &Placed<'_>, loaded: &Loaded) -> Markup {
    let first = one.level >= Level::Priority;
    html! {
        div .known data-level=[first.then_some("priority")] {
            span .known-label { (one.label) @if first { " " span .tag { "優先" } } }
            div .known-value { (walk::read::fact(one.source.kind(), &one.shown)) }
            span .small .muted { (origin(loaded, one.source)) }
        }
    }
}

/// Where a value comes from, and of when it is.
fn origin(loaded: &Loaded, source: Source) -> Markup {
    let view = &loaded.view;
    match source {
        Source::Record(field) => html! {
            "シート "
            @match loaded.changed.get(field.key) {
                Some((day, by)) => { (day.iso()) " " (by) },
                None => { "第" (view.marks.revision) "版" },
            }
            @if let Some(section) = loaded.section_of(field.key) {
                " " a href={ "/residents/" (loaded.stay.resident_id) "/edit/" (section) "#" (field.key) } { "直す" span .visually-hidden { ": " (field.label) } }
            }
        },
        Source::Facility(_) | Source::Computed(Computed::FacilityPhones | Computed::Area) => {
            html! { "施設の情報" }
        }
        Source::Stay(field) => match loaded.stay_view().written(field.key) {
            Some((at, by)) => html! { "この入院 " (load::when(at)) " " (by) },
            None => html! { "この入院" },
        },
        Source::Computed(
            Computed::EmergencyCourse
            | Computed::EmergencyFindings
            | Computed::EmergencyCare
            | Computed::LastMeal,
        ) => match &loaded.stay_view().emergency {
            Some(call) => html! { "急変の記録 " (load::when(call.began)) },
            None => html! { "急変の記録なし" },
        },
        Source::Computed(Computed::Directive | Computed::LastAcp) => {
            html! { "意思と指示の記録から" }
        }
        Source::Computed(_) => html! { "シート 第" (view.marks.revision) "版から" },
    }
}

/// What the form wants first and nobody answered, and details without which an answer is of little use.
fn lacking(form: &Form, loaded: &Loaded) -> Vec<String> {
    let wanted = form.cells().filter(|cell| cell.level >= Level::Priority);
    let blank = wanted.filter(|cell| !loaded.view.cell(cell).is_settled());
    let mut lacking: Vec<String> = blank
        .map(|cell| {
            let label = if cell.label.is_empty() {
                cell.source.label()
            } else {
                &cell.label
            };
            format!("{label}: {}", loaded.view.cell(cell).line())
        })
        .collect();
    if form.direction == Some(Direction::ToHospital) {
        if !may_share_with_crews(&loaded.view.record) {
            lacking.push("情報提供の同意が記録されていません。紙にもそう印刷されます".to_owned());
        }
        let wanted = required_if_true(&loaded.view);
        lacking.extend(wanted.into_iter().map(str::to_owned));
        lacking.extend(
            missing_details(&loaded.view.record)
                .into_iter()
                .map(|missing| missing.message),
        );
    }
    lacking
}

fn lacking_card(open: &[String], loaded: &Loaded) -> Markup {
    html! {
        @if !open.is_empty() {
            (notice(NoticeKind::Warn, &format!("優先の項目で足りないものが{}件あります", open.len()), html! {
                p { "このままでも発行して送れます。空の項目は「未確認」と印刷されます。" }
                details { summary { "どの項目か" } ul { @for item in open { li { (item) } } } }
                p { a href={ "/residents/" (loaded.stay.resident_id) "/edit" } { "シートを直す" } }
            }))
        }
    }
}

/// Items for which the form has fewer words than the record.
fn lossy(form: &Form) -> Markup {
    let mut labels: Vec<&str> = form
        .cells()
        .filter(|cell| cell.is_lossy())
        .map(|cell| cell.source.label())
        .collect();
    labels.dedup();
    html! {
        @if !labels.is_empty() {
            p .small { "この様式では選択肢が少なくなる項目: " (labels.join("、")) "。元のことばをその欄に添えて印刷します。" }
        }
    }
}

pub async fn post(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path((id, key)): Path<(HandoffId, String)>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let form = form(&app, &page, &key)?;
    let loaded = load_stay(&app, &permit, &id, form.restricted).await?;
    let loaded = loaded.with_origins(&app, &permit).await?;
    let mut posted = Inputs::from_pairs(pairs);
    let order = posted.get("do").to_owned();
    posted.remove("do");
    let mut versions = BTreeMap::new();
    for part in parts(form) {
        let name = format!("version.{}", part.code());
        let version = posted
            .get(&name)
            .parse()
            .map_err(|_| WebError::Bad("画面を開き直してください".to_owned()))?;
        versions.insert(part, version);
    }
    let mut inputs = loaded.stay_view().stay.inputs();
    let writable: Vec<Part> = parts(form)
        .into_iter()
        .filter(|part| may_write(&page, *part))
        .collect();
    if writable.is_empty() {
        // Never "saved" to somebody of whose typing nothing is kept.
        page.actor.permit::<WriteHandoff>()?;
    }
    let known: Vec<&'static Field> = writable
        .iter()
        .flat_map(|part| fields(form, *part))
        .collect();
    // The page of a stay that is over asks nothing and can still be printed.
    let is_answered = known.iter().any(|field| !posted.part(field.key).is_empty());
    if loaded.stay.is_open() || is_answered {
        walk::post::take_fields(&mut inputs, known.iter().copied(), &posted);
    }
    let mut sheet = Sheet {
        form,
        loaded: &loaded,
        inputs: &Inputs::default(),
        problems: &Problems::default(),
        versions: &versions,
        focus: None,
        unsaved: true,
        told: html! {},
    };
    if order == "jahis" {
        let born = loaded.view.record.identity.birth_date.value().copied();
        sheet.told = crate::web::jahis::take(&mut inputs, posted.get("jahis"), born);
        sheet.inputs = &inputs;
        return Ok(draw(&app, &page, &sheet).into_response());
    }
    if order == "propose" && known.iter().any(|field| field.key == PROPOSED) {
        let added = propose(&app, &permit, &loaded, &mut inputs).await?;
        sheet.inputs = &inputs;
        sheet.focus = Some(PROPOSED);
        let title = format!("受け入れ表から{added}件を入れました。まだ保存していません");
        sheet.told = notice(
            NoticeKind::Info,
            &title,
            html! { p { "表に書いてあるままの案です。1つずつ判断を確かめてから保存してください。" } },
        );
        return Ok(draw(&app, &page, &sheet).into_response());
    }
    if let Some(focus) = walk::post::apply_to(known.iter().copied(), &mut inputs, &order) {
        sheet.inputs = &inputs;
        sheet.focus = Some(&focus);
        sheet.told = notice(
            NoticeKind::Info,
            "まだ保存していません",
            html! { p { "終わったら「保存する」を押します。" } },
        );
        return Ok(draw(&app, &page, &sheet).into_response());
    }
    sheet.inputs = &inputs;
    let mut problems = Problems::default();
    let mut bodies = Vec::new();
    for part in writable {
        match part.body(&of_part(&inputs, part)) {
            Ok(body) => bodies.push((part, body)),
            Err(found) => found
                .iter()
                .for_each(|(key, message)| problems.add(key, message)),
        }
    }
    if !problems.is_empty() {
        sheet.problems = &problems;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, draw(&app, &page, &sheet)).into_response());
    }
    bodies.retain(|(part, body)| match loaded.bodies.get(part) {
        Some(old) => old != body,
        None => body != "{}",
    });
    let over = || {
        notice(
            NoticeKind::Warn,
            "保存していません。この入院の記録は、ほかの人が終えました",
            html! { p { "下に、あなたが入力した内容が残っています。要るときは、戻ったあとのシートに書いてください。" } },
        )
    };
    if !bodies.is_empty() && !loaded.stay.is_open() {
        sheet.told = over();
        return Ok((StatusCode::CONFLICT, draw(&app, &page, &sheet)).into_response());
    }
    let mut now_at = versions.clone();
    for (part, body) in bodies {
        match write(&app, &page, &id, part, versions[&part], &body).await {
            Ok(()) => {
                now_at.insert(part, versions[&part] + 1);
            }
            Err(WebError::Store(StoreError::Moved)) => {
                sheet.told = over();
                return Ok((StatusCode::CONFLICT, draw(&app, &page, &sheet)).into_response());
            }
            Err(WebError::Conflict { current }) => {
                now_at.insert(part, current);
                sheet.versions = &now_at;
                sheet.told = notice(
                    NoticeKind::Warn,
                    "ほかの人が先に保存しました。まだ保存していません",
                    html! {
                        p { "下は、あなたが入力した内容です。もう一度「保存する」を押すと、先に保存された内容に代わります。先の内容は "
                            a href={ "/handoffs/" (id) "/forms/" (form.key) } target="_blank" { "別の画面" } " で見られます。" }
                    },
                );
                return Ok((StatusCode::CONFLICT, draw(&app, &page, &sheet)).into_response());
            }
            Err(error) => return Err(error),
        }
    }
    if order == "issue" {
        let issue = page.actor.permit::<IssueDocument>()?;
        let document = issue_form(&app, &issue, &id, form).await?;
        return Ok(Redirect::to(&format!("/handoffs/{id}/documents/{document}")).into_response());
    }
    Ok(Redirect::to(&format!("/handoffs/{id}?saved={}", form.key)).into_response())
}

/// The list of an assessment.
const PROPOSED: &str = "assessed_items";

/// Adds what the facility's matrix says of each thing that is needed, as rows for a person to decide; gives how many.
async fn propose(
    app: &App,
    permit: &Permit<ReadResident>,
    loaded: &Loaded,
    inputs: &mut Inputs,
) -> Result<usize, WebError> {
    let mut reader = Reader::new(inputs);
    let mut list = Rows::<AssessedItem>::default();
    list.read(&mut reader, PROPOSED);
    let mut rows = list.rows().to_vec();
    let before = rows.len();
    for proposal in super::proposed(app, permit, &loaded.stay_view().stay).await? {
        let row = proposal.row();
        if rows.len() < ROWS_MAX && !rows.iter().any(|known| known.item == row.item) {
            rows.push(row);
        }
    }
    let added = rows.len() - before;
    if added > 0 {
        let mut replaced = Inputs::default();
        Rows::Some(rows).write(&mut replaced, PROPOSED);
        inputs.replace(PROPOSED, replaced);
    }
    Ok(added)
}

/// The inputs of one part alone.
pub fn of_part(inputs: &Inputs, part: Part) -> Inputs {
    let mut alone = Inputs::default();
    for field in part.fields() {
        alone.replace(field.key, inputs.part(field.key));
    }
    alone
}

async fn write(
    app: &App,
    page: &Page,
    id: &HandoffId,
    part: Part,
    seen: i64,
    body: &str,
) -> Result<(), WebError> {
    let actor = &page.actor;
    let now = app.now();
    match part {
        Part::Sensitive => {
            let permit = actor.permit::<HandleSensitive>()?;
            handoff::write(
                &app.store,
                Writer::Sensitive(&permit),
                id,
                part,
                seen,
                body,
                now,
            )
            .await?;
        }
        Part::Assessment => {
            let permit = actor.permit::<DecideReturn>()?;
            handoff::write(
                &app.store,
                Writer::Assessment(&permit),
                id,
                part,
                seen,
                body,
                now,
            )
            .await?;
        }
        Part::Admission | Part::Discharge | Part::Conference => {
            let permit = actor.permit::<WriteHandoff>()?;
            handoff::write(
                &app.store,
                Writer::Facility(&permit),
                id,
                part,
                seen,
                body,
                now,
            )
            .await?;
        }
    }
    Ok(())
}

/// Freezes a form of a stay as a document.
///
/// # Errors
/// `NotFound`, `Pdf`, `Denied` for a restricted form, `Conflict` when statements come faster than the paper can be drawn.
pub async fn issue_form(
    app: &App,
    permit: &Permit<IssueDocument>,
    id: &HandoffId,
    form: &Form,
) -> Result<DocumentId, WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    if form.restricted {
        permit.actor().permit::<HandleSensitive>()?;
    }
    let serial = next_serial(app, permit).await?;
    let mut attempt = 1;
    loop {
        let issued = issue_once(app, permit, &read, id, form, &serial).await;
        if !is_overtaken(&issued, attempt) {
            return issued;
        }
        attempt += 1;
    }
}

async fn issue_once(
    app: &App,
    permit: &Permit<IssueDocument>,
    read: &Permit<ReadResident>,
    id: &HandoffId,
    form: &Form,
    serial: &str,
) -> Result<DocumentId, WebError> {
    let resident = handoff::get(&app.store, read, id).await?.resident_id;
    let statements = directive::newest(&app.store, read, &resident).await?;
    let Loaded {
        mut view, bodies, ..
    } = load_stay(app, read, id, form.restricted).await?;
    let now = app.now();
    let match_code = MatchCode::new(app.entropy.as_ref()).0;
    view.issue = Some(IssueMarks {
        serial: serial.to_owned(),
        match_code: match_code.clone(),
        issued_at: now,
        issued_by: permit.actor().name.clone(),
        form_title: form.title.clone(),
        form_edition: form.edition.clone(),
        // It tells what was known when it was written, and says so.
        valid_until: Day::of(now),
        copies: 1,
    });
    let stay: BTreeMap<&str, &String> = bodies
        .iter()
        .map(|(part, body)| (part.code(), body))
        .collect();
    let body = json!({
        "form": {"key": form.key, "edition": form.edition, "title": form.title, "text": form.text},
        "facility": view.facility.json(),
        "record": view.record.json(),
        "revision": view.marks.revision,
        "statements": statements,
        "standing": view.standing.json(),
        "stay": stay,
        "issued_at": view.as_of.0,
        "document": exchange::document(form, &view),
    });
    let body = body.to_string().into_bytes();
    let revision = view.marks.revision;
    let drawn = form.clone();
    let pdf = typeset(app, move || paper::render(&drawn, &view)).await?;
    let document = DocumentId::new(app.clock.as_ref(), app.entropy.as_ref());
    let new = NewDocument {
        id: &document,
        resident: &resident,
        serial,
        form: &form.key,
        edition: &form.edition,
        revision,
        statements,
        valid_until: None,
        match_code: &match_code,
        order: PrintOrder::default(),
        sha256: &crate::web::session::sha256(&pdf),
        body: &body,
        pdf: &pdf,
        link: None,
        stay: Some(OfStay {
            handoff: id,
            restricted: form.restricted,
        }),
    };
    document::issue(&app.store, permit, new, now).await?;
    Ok(document)
}
