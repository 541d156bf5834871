//! 入退院: a stay in hospital from the day it begins until the resident is home again.

pub mod file;
pub mod fill;
mod home;
mod send;

use std::collections::BTreeMap;

use axum::Form as Posted;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

pub use self::fill::{issue_form, post as post_form, show as show_form};
pub use self::home::{post as post_home, show as show_home};
pub use self::send::{
    Given, Wanted, give, note as note_sending, passcode_hash, post as post_send, send_form,
    show as show_sending,
};
use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::{App, WebError, directive, document, load, walk};
use crate::domain::answer::Shown;
use crate::domain::date::Day;
use crate::domain::directive::SuspendReason;
use crate::domain::form::Direction;
use crate::domain::handoff::capability::{Capability, Proposal, proposals};
use crate::domain::handoff::difference::{Area, Change, Line, difference};
use crate::domain::handoff::sending::Progress;
use crate::domain::handoff::{Ending, Part, Stay, StayView};
use crate::domain::id::{DocumentId, HandoffId, ResidentId, TransportId};
use crate::domain::permit::{
    ActionKind, DecideReturn, ExportDocument, HandleSensitive, Permit, RaiseProtection,
    ReadResident, WriteHandoff,
};
use crate::domain::record::Record;
use crate::domain::view::SheetView;
use crate::export::exchange;
use crate::store::handoff::Handoff;
use crate::store::resident::ResidentHead;
use crate::store::{StoreError, capability, handoff, sending, sheet, transport};

/// As many stays as one page lists.
const LISTED: i64 = 100;
/// As many revisions are gone through for the day on which a value was written.
const REVISIONS: i64 = 24;

/// A stay with the resident's sheet, ready to be shown.
pub struct Loaded {
    pub stay: Handoff,
    pub head: ResidentHead,
    /// With the stay in it.
    pub view: SheetView,
    pub versions: BTreeMap<Part, i64>,
    /// Each part as it is kept.
    pub bodies: BTreeMap<Part, String>,
    /// When each answer of the sheet was written as it is, and by whom; without what is older than the newest revisions.
    /// Empty until [`Loaded::with_origins`].
    pub changed: BTreeMap<String, (Day, String)>,
    sections: BTreeMap<&'static str, String>,
}

impl Loaded {
    /// The same with the day of each answer of the sheet, for the page that shows where a value comes from.
    ///
    /// # Errors
    /// When a revision cannot be read.
    pub async fn with_origins(
        mut self,
        app: &App,
        permit: &Permit<ReadResident>,
    ) -> Result<Self, WebError> {
        self.changed = changed_on(app, permit, &self.stay.resident_id, &self.view.record).await?;
        Ok(self)
    }

    /// # Panics
    /// Never: a view is loaded with its stay.
    pub fn stay_view(&self) -> &StayView {
        self.view.stay.as_deref().expect("loaded with its stay")
    }

    /// The section of the edit page that has a field.
    pub fn section_of(&self, key: &str) -> Option<&str> {
        self.sections.get(key).map(String::as_str)
    }
}

/// Loads a stay; with what only some may see when asked for by one of them.
///
/// # Errors
/// `NotFound`; `Denied`; `Unreadable` when a part cannot be read.
pub async fn load_stay(
    app: &App,
    permit: &Permit<ReadResident>,
    id: &HandoffId,
    sensitive: bool,
) -> Result<Loaded, WebError> {
    let known = handoff::get(&app.store, permit, id).await?;
    let load::Loaded { head, mut view, .. } =
        load::resident(app, permit, &known.resident_id).await?;
    let mut written = handoff::parts(&app.store, permit, id).await?;
    if sensitive {
        let permit = permit.actor().permit::<HandleSensitive>()?;
        written.extend(handoff::sensitive(&app.store, &permit, id).await?);
    }
    let mut stay = Stay::default();
    let mut marks = Vec::new();
    let mut versions = BTreeMap::new();
    let mut bodies = BTreeMap::new();
    for part in written {
        stay.put(part.part, &part.body).map_err(|_| {
            WebError::Store(StoreError::Unreadable(format!(
                "handoff {}",
                part.part.code()
            )))
        })?;
        marks.push((part.part, part.at, part.by_name));
        versions.insert(part.part, part.version);
        bodies.insert(part.part, part.body);
    }
    let emergency = match &known.transport_id {
        Some(transport) => Some(emergency(app, permit, transport).await?),
        None => None,
    };
    view.stay = Some(Box::new(StayView {
        stay,
        emergency,
        written: marks,
    }));
    let sections = app.forms.emergency().sections.iter();
    let sections = sections.flat_map(|section| {
        section
            .items
            .iter()
            .map(|item| (item.source.key(), section.key.clone()))
    });
    Ok(Loaded {
        stay: known,
        head,
        view,
        versions,
        bodies,
        changed: BTreeMap::new(),
        sections: sections.collect(),
    })
}

async fn emergency(
    app: &App,
    permit: &Permit<ReadResident>,
    id: &TransportId,
) -> Result<crate::domain::transport::at_call::AtCall, WebError> {
    let (known, entries) = transport::get(&app.store, permit, id).await?;
    Ok(known.at_call(&entries))
}

/// Since which revision each answer is as it is.
async fn changed_on(
    app: &App,
    permit: &Permit<ReadResident>,
    id: &ResidentId,
    record: &Record,
) -> Result<BTreeMap<String, (Day, String)>, WebError> {
    let metas = sheet::list(&app.store, permit, id, None, REVISIONS).await?;
    let now = record.json();
    let mut open: BTreeMap<String, (Day, String)> = BTreeMap::new();
    let mut settled: BTreeMap<String, (Day, String)> = BTreeMap::new();
    let keys: Vec<String> = now
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.clone())
        .collect();
    for meta in &metas {
        let revision = sheet::get(&app.store, permit, id, meta.revision).await?;
        let body: Value = serde_json::from_slice(&revision.body).unwrap_or_default();
        let when = (Day::of(meta.created_at), meta.author_name.clone());
        for key in &keys {
            if settled.contains_key(key) {
                continue;
            }
            if body.get(key) == now.get(key) {
                open.insert(key.clone(), when.clone());
            } else if let Some(since) = open.remove(key) {
                settled.insert(key.clone(), since);
            }
        }
    }
    if metas.last().is_none_or(|oldest| oldest.revision == 1) {
        settled.extend(open);
    }
    Ok(settled)
}

#[derive(Deserialize)]
pub struct Before {
    before: Option<HandoffId>,
}

/// `/handoffs`: who is in hospital, and who was.
pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Query(query): Query<Before>,
) -> Result<Markup, WebError> {
    let stays = handoff::recent(&app.store, &permit, query.before.as_ref(), LISTED).await?;
    let open = handoff::open(&app.store, &permit, LISTED).await?;
    let ended: Vec<&Handoff> = stays.iter().filter(|stay| !stay.is_open()).collect();
    let is_full = i64::try_from(stays.len()).is_ok_and(|count| count >= LISTED);
    let asking = sending::asking(&app.store, &permit, LISTED).await?;
    let figures = super::figures::card(&app, &permit).await?;
    Ok(page.show(
        Place::Handoffs,
        "入退院",
        html! {
            div .title-row {
                h1 { "入退院" }
                div .actions {
                    a .button .outline href="/desks" { "窓口一覧" }
                    a .button .outline href="/capability" { "施設の受け入れ表" }
                }
            }
            @if !asking.is_empty() {
                section .card {
                    div .card-head { h2 { "病院からの問い合わせ " (asking.len()) "件" } }
                    ul .papers {
                        @for sent in &asking {
                            li {
                                div { b { (sent.resident_name) } " " (sent.recipient) " " span .tag data-tone="warn" { "返事待ち" } }
                                div .actions { a .button .small href={ "/sendings/" (sent.id) } { "答える" span .visually-hidden { ": " (sent.resident_name) } } }
                            }
                        }
                    }
                }
            }
            @if stays.is_empty() {
                div .empty {
                    p { "入院の記録はまだありません。入居者の画面の「入院・搬送の書類」から始めます。" }
                    a .button href="/residents" { "入居者へ" }
                }
            }
            @if !open.is_empty() {
                section .card {
                    div .card-head { h2 { "入院中 " (open.len()) "人" } }
                    ul .papers { @for stay in &open { (stay_row(stay)) } }
                }
            }
            @if !ended.is_empty() {
                section .card {
                    div .card-head { h2 { "終わった入院" } }
                    ul .papers { @for stay in &ended { (stay_row(stay)) } }
                    @if is_full {
                        @if let Some(last) = stays.last() { p { a href={ "/handoffs?before=" (last.id) } { "これより前" } } }
                    }
                }
            }
            (super::clock::yearly(&app))
            (figures)
        },
    ))
}

fn stay_row(stay: &Handoff) -> Markup {
    html! {
        li {
            div {
                b { (stay.room.as_deref().unwrap_or_default()) " " (stay.resident_name) } " "
                @match (stay.ending, stay.ended_on) {
                    (Some(ending), on) => { span .tag data-tone="off" { (ending.label()) @if let Some(on) = on { " " (on.iso()) } } }
                    (None, _) => { span .tag data-tone="warn" { "入院中" } }
                }
                br;
                span .small .muted .number { (load::when(stay.at)) " " (stay.by_name) " 開始" }
            }
            div .actions { a .button .outline .small href={ "/handoffs/" (stay.id) } { "開く" span .visually-hidden { ": " (stay.resident_name) } } }
        }
    }
}

#[derive(Deserialize)]
pub struct Begin {
    transport: Option<TransportId>,
}

pub async fn begin(
    State(app): State<App>,
    permit: Permit<WriteHandoff>,
    Path(id): Path<ResidentId>,
    Posted(typed): Posted<Begin>,
) -> Result<Redirect, WebError> {
    let transport = typed.transport.filter(|id| !id.as_str().is_empty());
    let stay = begin_stay(&app, &permit, &id, transport).await?;
    Ok(Redirect::to(&format!("/handoffs/{stay}")))
}

/// Begins a stay; gives the one that is open already. Without a transport named, the newest one of the last day is the
/// emergency that led to it.
///
/// # Errors
/// `NotFound` without such a resident or transport.
pub async fn begin_stay(
    app: &App,
    permit: &Permit<WriteHandoff>,
    resident: &ResidentId,
    transport: Option<TransportId>,
) -> Result<HandoffId, WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    let now = app.now();
    let transport = match transport {
        Some(named) => {
            let known = transport::get(&app.store, &read, &named).await?.0;
            // Another resident's emergency tells nothing here (safety.md S19).
            if known.resident_id != *resident {
                return Err(WebError::NotFound);
            }
            Some(known.id)
        }
        None => {
            let newest = transport::of_resident(&app.store, &read, resident, 1).await?;
            newest
                .into_iter()
                .find(|known| known.at.plus_days(1) >= now)
                .map(|known| known.id)
        }
    };
    // The order stops before the stay begins, so that whatever fails after it leaves full CPR (safety.md S1, S16).
    let stays = handoff::of_resident(&app.store, &read, resident, 5).await?;
    if !stays.iter().any(Handoff::is_open) {
        let standing = load::resident(app, &read, resident).await?.view.standing;
        let raise = permit.actor().permit::<RaiseProtection>()?;
        directive::raise::stop_for_stay(app, &raise, resident, &standing, SuspendReason::Admission)
            .await?;
    }
    let id = HandoffId::new(app.clock.as_ref(), app.entropy.as_ref());
    let begun = handoff::begin(&app.store, permit, resident, transport.as_ref(), id, now).await?;
    Ok(begun)
}

#[derive(Deserialize)]
pub struct Asked {
    saved: Option<String>,
}

/// `/handoffs/{id}`: what is to be done, the forms, what was given, what differs.
pub async fn show(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path(id): Path<HandoffId>,
    Query(query): Query<Asked>,
) -> Result<Markup, WebError> {
    let loaded = load_stay(&app, &permit, &id, false).await?;
    load::note_read(&app, &permit, &loaded.stay.resident_id, "handoff.viewed").await?;
    let view = &loaded.view;
    let lines = changes(&app, &permit, &loaded).await?;
    let proposals = proposed(&app, &permit, &loaded.stay_view().stay).await?;
    let sendings = sending::of_handoff(&app.store, &permit, &id, LISTED).await?;
    let files = handoff::files(&app.store, &permit, &id).await?;
    let papers = handoff::documents(&app.store, &permit, &id, LISTED).await?;
    let clocks = super::clock::card(&app, &permit, &loaded, &sendings).await?;
    let saved = query.saved.as_deref().and_then(|key| app.forms.get(key));
    let mut documents = Vec::new();
    for paper in papers {
        if paper.restricted == 0 || page.may(ActionKind::HandleSensitive) {
            documents.push(
                crate::store::document::get(&app.store, &permit, &paper.document_id)
                    .await?
                    .0,
            );
        }
    }
    Ok(page.show(
        Place::Handoffs,
        &format!("{}さんの入院", loaded.stay.resident_name),
        html! {
            (crumbs(&[("/handoffs", "入退院")], &format!("{}さんの入院", loaded.stay.resident_name)))
            (walk::read::identity_header(view, super::photo::address(&loaded.head).as_deref()))
            (walk::read::band_compact(&view.standing))
            @if let Some(form) = saved {
                (notice(NoticeKind::Ok, "保存しました", html! { p { (form.title) "の内容を保存しました。" } }))
            }
            (summary(&loaded))
            (clocks)
            (forms_card(&app, &page, &id, Direction::ToHospital, "病院へ渡す書類"))
            section .card {
                div .card-head { h2 #documents { "発行した書類と送付の記録" } }
                @if documents.is_empty() { p { "まだ発行していません。上の書類を開き、「保存して発行」を押します。" } }
                ul .papers {
                    @for paper in &documents {
                        li {
                            div {
                                b { (document::title(&app, &paper.form)) } " " span .code { "No. " (paper.serial) } br;
                                span .small .muted .number { (load::when(paper.issued_at)) " " (paper.issued_by_name) " 発行 様式 " (paper.edition) }
                                @for (sent, noted) in sendings.iter().filter(|(sent, _)| sent.document_id == paper.id) {
                                    br; a href={ "/sendings/" (sent.id) } {
                                        (sent.method.label()) " → " (sent.recipient) " " span .number { (load::when(sent.at)) }
                                    } " "
                                    span .tag { (Progress::of(noted.iter().map(|noted| noted.kind)).label()) }
                                }
                            }
                            div .actions {
                                a .button .outline .small href={ "/handoffs/" (id) "/documents/" (paper.id) } { "開く" span .visually-hidden { " No. " (paper.serial) } }
                            }
                        }
                    }
                }
            }
            (forms_card(&app, &page, &id, Direction::FromHospital, "病院から聞く書類"))
            (file::card(&page, &id, &files, loaded.stay.is_open()))
            (difference_card(&lines))
            (forms_card(&app, &page, &id, Direction::Between, "話し合い・受け入れ"))
            (proposals_card(&proposals))
            (home_card(&page, &loaded))
        },
    ))
}

fn summary(loaded: &Loaded) -> Markup {
    let admission = &loaded.stay_view().stay.admission;
    let discharge = &loaded.stay_view().stay.discharge;
    let fact = |shown: Shown| walk::read::fact(None, &shown);
    use crate::domain::answer::Answer;
    html! {
        section .card {
            div .card-head { h2 { "いま分かっていること" } }
            dl .facts {
                div { dt { "病院" } dd { (fact(admission.hospital_name.shown())) " " @if let Some(ward) = admission.hospital_ward.value() { (ward.as_str()) } } }
                div { dt { "入院日" } dd { (fact(admission.admitted_on.shown())) } }
                div { dt { "退院予定" } dd { (fact(discharge.discharge_expected_on.shown())) } }
                div { dt { "ベッドの期限" } dd { (fact(admission.bed_hold_until.shown())) } }
                div { dt { "比べるもとのシート" } dd { "第" (loaded.stay.baseline) "版" } }
                @if let Some(transport) = &loaded.stay.transport_id {
                    div { dt { "急変" } dd { a href={ "/transports/" (transport) } { "急変の記録" } } }
                }
            }
        }
    }
}

fn forms_card(app: &App, page: &Page, id: &HandoffId, direction: Direction, title: &str) -> Markup {
    let forms = app
        .forms
        .handoff()
        .filter(|form| form.direction == Some(direction));
    html! {
        section .card {
            div .card-head { h2 { (title) } }
            ul .papers {
                @for form in forms.filter(|form| !form.restricted || page.may(ActionKind::HandleSensitive)) {
                    li {
                        div { b { (form.title) } br; span .small .muted { (form.source) } }
                        div .actions { a .button .outline .small href={ "/handoffs/" (id) "/forms/" (form.key) } { "開く" span .visually-hidden { ": " (form.title) } } }
                    }
                }
            }
        }
    }
}

/// Before and after; nothing while the hospital has said nothing.
pub async fn changes(
    app: &App,
    permit: &Permit<ReadResident>,
    loaded: &Loaded,
) -> Result<Vec<Line>, WebError> {
    if !loaded.bodies.contains_key(&Part::Discharge) {
        return Ok(Vec::new());
    }
    let baseline = sheet::get(
        &app.store,
        permit,
        &loaded.stay.resident_id,
        loaded.stay.baseline,
    )
    .await?;
    let before = load::read_record(&baseline.body)?;
    Ok(difference(&before, &loaded.stay_view().stay.discharge))
}

fn difference_card(lines: &[Line]) -> Markup {
    let open = lines
        .iter()
        .filter(|line| line.change == Change::Open)
        .count();
    html! {
        section .card {
            div .card-head { h2 #difference { "入院前との違い" } }
            @if lines.is_empty() {
                p { "退院時情報収集書を保存すると、入院した日のシートとの違いがここに出ます。" }
            } @else {
                @if open > 0 { p { "病院から未確認の項目が" (open) "件あります。「同じ」とは限りません。" } }
                div .scroll tabindex="0" role="region" aria-label="入院前との違い" {
                    table .compare {
                        thead { tr { th scope="col" { "項目" } th scope="col" { "入院前" } th scope="col" { "退院時" } th scope="col" { "違い" } } }
                        @for area in Area::ALL {
                            @let of: Vec<&Line> = lines.iter().filter(|line| line.area == area).collect();
                            @if !of.is_empty() {
                                tbody {
                                    tr { th colspan="4" scope="rowgroup" { (area.label()) } }
                                    @for line in of {
                                        tr data-change=(tone(line.change)) {
                                            th scope="row" { (line.label) } td { (line.before) } td { (line.after) }
                                            td { span .tag data-tone=(tone(line.change)) { (line.change.label()) } }
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

fn tone(change: Change) -> &'static str {
    match change {
        Change::Same => "off",
        Change::Open | Change::Missing | Change::Unclear => "unknown",
        Change::LessHelp => "ok",
        _ => "warn",
    }
}

/// What the facility's matrix says of what is needed after discharge.
pub async fn proposed(
    app: &App,
    permit: &Permit<ReadResident>,
    stay: &Stay,
) -> Result<Vec<Proposal>, WebError> {
    let matrix = capability::newest(&app.store, permit).await?;
    let matrix = matrix
        .map(|written| Capability::stored(&written.body))
        .unwrap_or_default();
    Ok(proposals(&stay.discharge, &matrix))
}

fn proposals_card(proposals: &[Proposal]) -> Markup {
    html! {
        @if !proposals.is_empty() {
            section .card {
                div .card-head { h2 { "受け入れ表と照らした結果" } }
                p .small { "施設の受け入れ表の記載です。受け入れるかどうかは「受け入れの判断」で人が決めます。" }
                ul .papers {
                    @for one in proposals {
                        li {
                            div {
                                b { (one.item) } " "
                                span .tag { (one.verdict.map_or("表からは分からない", |verdict| { use crate::domain::answer::Coded; verdict.choice().label })) }
                                br; span .small .muted { (one.why) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn home_card(page: &Page, loaded: &Loaded) -> Markup {
    let id = &loaded.stay.id;
    html! {
        @if loaded.stay.is_open() && page.may(ActionKind::DecideReturn) {
            section .card {
                div .card-head { h2 { "施設に戻る" } }
                p { "退院時の情報から、シートに入れるものを1つずつ選びます。蘇生についての指示は、医師が確認し直すまで止まったままです。" }
                div .actions { a .button href={ "/handoffs/" (id) "/home" } { "戻ったときの確認へ" } }
                details .more {
                    summary { "戻らないで終わった" }
                    form .form method="post" action={ "/handoffs/" (id) "/end" } {
                        fieldset .field {
                            legend { "どう終わったか" }
                            @for ending in Ending::ALL.into_iter().filter(|ending| *ending != Ending::Returned) {
                                label .check { input type="radio" name="ending" value=(ending.code()) required; span { (ending.label()) } }
                            }
                        }
                        button .button .danger .solid { "入院の記録を終える" }
                    }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct End {
    ending: String,
}

pub async fn end(
    State(app): State<App>,
    permit: Permit<DecideReturn>,
    Path(id): Path<HandoffId>,
    Posted(typed): Posted<End>,
) -> Result<Redirect, WebError> {
    let ending = Ending::from_code(&typed.ending)
        .filter(|ending| *ending != Ending::Returned)
        .ok_or_else(|| WebError::Bad("どう終わったかを選んでください".to_owned()))?;
    let now = app.now();
    handoff::end(&app.store, &permit, &id, ending, Day::of(now), now).await?;
    Ok(Redirect::to(&format!("/handoffs/{id}")))
}

/// A document of a stay that this person may see.
async fn own_document(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    id: &HandoffId,
    document: &DocumentId,
) -> Result<(crate::store::document::Document, Value), WebError> {
    let belongs = handoff::of_document(&app.store, permit, document)
        .await?
        .ok_or(WebError::NotFound)?;
    if belongs.handoff_id != *id {
        return Err(WebError::NotFound);
    }
    if belongs.restricted != 0 {
        page.actor.permit::<HandleSensitive>()?;
    }
    let (paper, frozen) = crate::store::document::get(&app.store, permit, document).await?;
    let body: Value = serde_json::from_slice(&frozen.body).unwrap_or_default();
    Ok((paper, body["document"].clone()))
}

/// One document of a stay: what it says, and what can be done with it.
pub async fn show_document(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path((id, document)): Path<(HandoffId, DocumentId)>,
) -> Result<Markup, WebError> {
    let (paper, said) = own_document(&app, &page, &permit, &id, &document).await?;
    let loaded = load_stay(&app, &permit, &id, false).await?;
    load::note_read(&app, &permit, &loaded.stay.resident_id, "document.viewed").await?;
    let sendings = sending::of_handoff(&app.store, &permit, &id, LISTED).await?;
    let base = format!("/handoffs/{id}/documents/{document}");
    let title = document::title(&app, &paper.form).to_owned();
    Ok(page.show_narrow(
        Place::Handoffs,
        &title,
        html! {
            (crumbs(&[("/handoffs", "入退院"), (&format!("/handoffs/{id}"), &format!("{}さんの入院", loaded.stay.resident_name))], &format!("{title} No. {}", paper.serial)))
            (walk::read::identity_header(&loaded.view, super::photo::address(&loaded.head).as_deref()))
            (walk::read::band_compact(&loaded.view.standing))
            h1 { (title) " " span .code { "No. " (paper.serial) } }
            p .small .muted { (load::when(paper.issued_at)) " " (paper.issued_by_name) " 発行 様式 " (paper.edition) }
            div .actions {
                a .button href={ "/documents/" (document) "/pdf" } target="_blank" rel="noopener" { "印刷する(PDFを開く)" }
                @if page.may(ActionKind::IssueDocument) { a .button .outline href={ (base) "/send" } { "送る・渡した記録" } }
                @if page.may(ActionKind::ExportDocument) {
                    a .button .text href={ (base) "/json" } { "JSON" }
                    a .button .text href={ (base) "/csv" } { "CSV" }
                }
            }
            @let sent: Vec<_> = sendings.iter().filter(|(sent, _)| sent.document_id == document).collect();
            @if !sent.is_empty() {
                section .card {
                    div .card-head { h2 { "送付の記録" } }
                    ul .papers {
                        @for (sent, noted) in sent {
                            li {
                                div {
                                    b { (sent.method.label()) } " → " (sent.recipient) " " (sent.department) " " (sent.person) " "
                                    span .tag { (Progress::of(noted.iter().map(|noted| noted.kind)).label()) } br;
                                    span .small .muted .number { (load::when(sent.at)) " " (sent.by_name) }
                                }
                                div .actions { a .button .outline .small href={ "/sendings/" (sent.id) } { "開く" } }
                            }
                        }
                    }
                }
            }
            (blocks(&said))
        },
    ))
}

/// What a document says, block by block.
pub fn blocks(document: &Value) -> Markup {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    html! {
        @for block in document["blocks"].as_array().into_iter().flatten() {
            section .card .said {
                div .card-head { h2 { (text(block, "title")) } }
                dl .facts {
                    @for item in block["items"].as_array().into_iter().flatten() {
                        div data-state=(text(item, "state")) {
                            dt { (text(item, "label")) }
                            dd {
                                @match item["rows"].as_array() {
                                    Some(rows) => ul {
                                        @for row in rows {
                                            li {
                                                @for (at, cell) in row.as_array().into_iter().flatten().filter(|cell| text(cell, "words") != crate::domain::answer::NOT_ASKED).enumerate() {
                                                    @if at == 0 { b { (text(cell, "words")) } } @else { " " (text(cell, "words")) }
                                                }
                                            }
                                        }
                                    },
                                    None => (walk::read::lines(&text(item, "words"))),
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Machine {
    Json,
    Csv,
}

pub async fn json(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    _: Permit<ExportDocument>,
    Path((id, document)): Path<(HandoffId, DocumentId)>,
) -> Result<Response, WebError> {
    exported(&app, &page, &permit, &id, &document, Machine::Json).await
}

pub async fn csv(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    _: Permit<ExportDocument>,
    Path((id, document)): Path<(HandoffId, DocumentId)>,
) -> Result<Response, WebError> {
    exported(&app, &page, &permit, &id, &document, Machine::Csv).await
}

async fn exported(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    id: &HandoffId,
    document: &DocumentId,
    machine: Machine,
) -> Result<Response, WebError> {
    let (paper, said) = own_document(app, page, permit, id, document).await?;
    load::note_export(app, permit, &paper.resident_id, "document.exported").await?;
    Ok(match machine {
        Machine::Json => download(
            &paper.serial,
            "json",
            "application/json",
            said.to_string().into_bytes(),
        ),
        Machine::Csv => download(
            &paper.serial,
            "csv",
            "text/csv; charset=utf-8",
            exchange::csv(&said),
        ),
    })
}

/// A file to keep; its name holds the serial and nobody's name.
pub fn download(serial: &str, ending: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"handoff-{serial}.{ending}\"");
    (
        [
            (CONTENT_TYPE, kind.to_owned()),
            (CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response()
}

/// On the resident's page: begins a stay, or leads to the one that is open.
pub async fn link(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    id: &ResidentId,
) -> Result<Markup, WebError> {
    let stays = handoff::of_resident(&app.store, permit, id, 5).await?;
    let open = stays.iter().find(|stay| stay.is_open());
    Ok(html! {
        section .card {
            div .card-head { h2 { "入院・搬送の書類" } }
            @match open {
                Some(stay) => p { a .button href={ "/handoffs/" (stay.id) } { "入院の書類を開く" } },
                None => {
                    @if page.may(ActionKind::WriteHandoff) {
                        form method="post" action={ "/residents/" (id) "/handoffs" } {
                            button .button .outline { "入院の書類を始める" }
                        }
                    } @else { p { "入院の記録はありません。" } }
                }
            }
            @for stay in stays.iter().filter(|stay| !stay.is_open()) {
                p .small { a href={ "/handoffs/" (stay.id) } { (load::when(stay.at)) " からの入院" } " " (stay.ending.map_or("", Ending::label)) }
            }
        }
    })
}
