//! Issuing: freezing a sheet as a document with its link, printing it, and taking it back.

mod again;
mod tasks;

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

pub use self::again::still_true;
pub use self::tasks::{Task, collect_card, tasks, tasks_card};
use super::icon::{Icon, icon};
use super::load::{self, Loaded};
use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::{App, WebError, fax, paper as prepared, walk};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::form::Form as SheetForm;
use crate::domain::id::{DocumentId, ResidentId};
use crate::domain::link::{LinkToken, MatchCode};
use crate::domain::number::Decimal;
use crate::domain::permit::{
    ActionKind, HandleSensitive, IssueDocument, Permit, ReadResident, WithdrawDocument,
};
use crate::domain::resident::Status;
use crate::domain::sheet::{may_share_with_crews, missing};
use crate::domain::standing::Standing;
use crate::domain::transport::at_call::AtCall;
use crate::domain::view::{IssueMarks, SheetView};
use crate::export::pdf::PdfError;
use crate::export::pdf::directive::DirectivePaper;
use crate::export::pdf::sheet::{self as paper, Paper};
use crate::store::document::{self, Document, NewDocument, NewLink, Outcome, PrintOrder};
use crate::store::{StoreError, attachment, directive, handoff, transport};

/// Paper is trusted for a year at most (security.md §3.2).
const VALID_MONTHS: i32 = 12;

/// What issuing gave: the document, and the address that its QR code holds. The address is told once and never again.
pub struct Issued {
    pub id: DocumentId,
    pub serial: String,
    pub address: String,
}

/// How often a paper is drawn again because somebody said something about resuscitation meanwhile.
const ATTEMPTS: usize = 5;
/// As many papers to collect as one page lists.
const LISTED: i64 = 200;

/// Freezes the resident's current sheet as `form`: paper, record, standing and link in one transaction.
///
/// # Errors
/// `NotFound`, `Pdf` when a character cannot be printed, `Refused` when the resident no longer lives in, `Conflict` when
/// statements come faster than the paper can be drawn.
pub async fn issue_document(
    app: &App,
    permit: &Permit<IssueDocument>,
    resident: &ResidentId,
    form: &SheetForm,
    order: PrintOrder<'_>,
) -> Result<Issued, WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    // Somebody who does not live in takes no number.
    let head = load::resident(app, &read, resident).await?.head;
    if head.status != Status::LivingIn {
        return Err(WebError::Store(StoreError::NotLivingIn));
    }
    if head.is_drill() && !form.prints_at_call() {
        return Err(WebError::Bad(
            "訓練の方の紙は、救急連絡シートだけを印刷できます".to_owned(),
        ));
    }
    let serial = next_serial(app, permit).await?;
    let mut attempt = 1;
    loop {
        let issued = issue_once(app, permit, &read, resident, form, &serial, order).await;
        if !is_overtaken(&issued, attempt) {
            return issued;
        }
        attempt += 1;
    }
}

/// Whether something was said while a paper was drawn, and it is to be drawn anew: no paper is kept whose standing was
/// out of date when it was printed (safety.md S7).
pub(super) fn is_overtaken<T>(issued: &Result<T, WebError>, attempt: usize) -> bool {
    attempt < ATTEMPTS && matches!(issued, Err(WebError::Conflict { .. }))
}

/// The next serial of this year, as printed.
pub(super) async fn next_serial(
    app: &App,
    permit: &Permit<IssueDocument>,
) -> Result<String, WebError> {
    let now = app.now();
    let year = Day::of(now).year();
    let number = document::take_serials(&app.store, permit, year, 1, now).await?;
    Ok(serial(year, number))
}

/// A number as printed.
pub(super) fn serial(year: i32, number: i64) -> String {
    format!("{year}-{number:04}")
}

async fn issue_once(
    app: &App,
    permit: &Permit<IssueDocument>,
    read: &Permit<ReadResident>,
    resident: &ResidentId,
    form: &SheetForm,
    serial: &str,
    order: PrintOrder<'_>,
) -> Result<Issued, WebError> {
    let at_call = match form.prints_at_call() {
        // Whatever cannot be read of an emergency keeps no sheet from being printed.
        true => transport::at_call_of(&app.store, read, resident)
            .await
            .inspect_err(|error| tracing::error!(%error, "emergency not read"))
            .unwrap_or_default(),
        false => None,
    };
    let asked = Asked {
        serial: serial.to_owned(),
        copies: order.copies,
        at_call,
    };
    let drawn = draw(app, permit, read, resident, form, asked).await?;
    let new = drawn.new_document(form, order);
    document::issue(&app.store, permit, new, drawn.at).await?;
    Ok(Issued {
        id: drawn.id,
        serial: drawn.serial,
        address: drawn.address,
    })
}

/// What is drawn beside the record.
pub(super) struct Asked {
    pub serial: String,
    pub copies: u8,
    /// What was noted of an open emergency, on a sheet that is handed over now.
    pub at_call: Option<AtCall>,
}

/// A sheet that was drawn and is not kept yet.
pub(super) struct Drawn {
    pub id: DocumentId,
    pub serial: String,
    pub address: String,
    pub view: SheetView,
    pub photo: Option<Vec<u8>>,
    resident: ResidentId,
    statements: i64,
    valid_until: Day,
    match_code: String,
    token_hash: [u8; 32],
    sha256: [u8; 32],
    body: Vec<u8>,
    pdf: Vec<u8>,
    at: Moment,
}

impl Drawn {
    pub fn new_document<'a>(
        &'a self,
        form: &'a SheetForm,
        order: PrintOrder<'a>,
    ) -> NewDocument<'a> {
        NewDocument {
            id: &self.id,
            resident: &self.resident,
            serial: &self.serial,
            form: &form.key,
            edition: &form.edition,
            revision: self.view.marks.revision,
            statements: self.statements,
            valid_until: Some(self.valid_until),
            match_code: &self.match_code,
            order,
            sha256: &self.sha256,
            body: &self.body,
            pdf: &self.pdf,
            link: Some(NewLink {
                token_hash: &self.token_hash,
                expires_at: Some(self.valid_until.ends_at()),
                // A crew may have the older paper in hand, and its page open.
                replaces_older: self.view.at_call.is_none(),
            }),
            stay: None,
        }
    }
}

/// Draws the sheet as it would be issued now.
///
/// # Errors
/// `NotFound`, `Pdf`.
pub(super) async fn draw(
    app: &App,
    permit: &Permit<IssueDocument>,
    read: &Permit<ReadResident>,
    resident: &ResidentId,
    form: &SheetForm,
    asked: Asked,
) -> Result<Drawn, WebError> {
    // Before the log: a paper must be printable also when that cannot be read, and then says full CPR (safety.md S1).
    let statements = directive::newest(&app.store, read, resident).await?;
    let Loaded { head, mut view, .. } = load::resident(app, read, resident).await?;
    let Asked {
        serial,
        copies,
        at_call,
    } = asked;
    if let Some(at_call) = at_call {
        view.standing = view.standing.in_emergency(at_call.external_cause());
        view.at_call = Some(at_call);
    }
    let now = app.now();
    let token = LinkToken::new(app.entropy.as_ref());
    let address = token.address(&app.base_url);
    let match_code = MatchCode::new(app.entropy.as_ref()).0;
    let today = Day::of(now);
    let mut valid_until = valid_until(form, &view.standing, today);
    if view.at_call.is_some() {
        valid_until = valid_until.min(today.plus_days(HANDED_OVER_DAYS));
    }
    view.issue = Some(IssueMarks {
        serial: serial.clone(),
        match_code: match_code.clone(),
        issued_at: now,
        issued_by: permit.actor().name.clone(),
        form_title: form.title.clone(),
        form_edition: form.edition.clone(),
        valid_until,
        copies,
    });
    let photo = match &head.photo_id {
        Some(photo) => Some(attachment::get(&app.store, read, photo).await?.body),
        None => None,
    };
    let (pdf, view, photo, address) = {
        let form = form.clone();
        typeset(app, move || {
            let paper = Paper {
                address: &address,
                photo: photo.as_deref(),
            };
            let pdf = paper::render(&form, &view, &paper);
            pdf.map(|pdf| (pdf, view, photo, address))
        })
        .await?
    };
    Ok(Drawn {
        id: DocumentId::new(app.clock.as_ref(), app.entropy.as_ref()),
        serial,
        address,
        resident: resident.clone(),
        statements,
        valid_until,
        match_code,
        token_hash: super::session::sha256(token.as_str().as_bytes()),
        sha256: super::session::sha256(&pdf),
        body: frozen(form, &view).to_string().into_bytes(),
        pdf,
        at: now,
        view,
        photo,
    })
}

/// The last day of a paper printed today: never later than the order that it shows (safety.md S9). A card shows none, and
/// its date must not tell that there is one.
fn valid_until(form: &SheetForm, standing: &Standing, today: Day) -> Day {
    let longest = today.plus_months(VALID_MONTHS);
    standing
        .order()
        .filter(|_| form.card.is_none())
        .map_or(longest, |order| order.valid_until.min(longest))
}

/// What was printed, for ever: the form as it was, the record, the facility, the standing and the marks.
fn frozen(form: &SheetForm, view: &SheetView) -> serde_json::Value {
    json!({
        "form": {
            "key": form.key, "edition": form.edition, "title": form.title, "text": form.text,
            "card": form.card.is_some(),
        },
        "facility": view.facility.json(),
        "record": view.record.json(),
        "revision": view.marks.revision,
        "recorded_at": view.marks.recorded_at.0,
        "recorded_by": view.marks.recorded_by,
        "verified_at": view.marks.verified_at.map(|moment| moment.0),
        "like_names": view.alike,
        "standing": view.standing.json(),
        "last_talk": view.last_talk.map(|day| day.iso()),
        "issued_at": view.as_of.0,
    })
}

pub async fn issue_form(
    State(app): State<App>,
    page: Page,
    _issue: Permit<IssueDocument>,
    permit: Permit<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Markup, WebError> {
    let typed = IssueForm::default();
    order_page(&app, &page, &permit, &id, &typed, None).await
}

async fn order_page(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    id: &ResidentId,
    typed: &IssueForm,
    problem: Option<Problem>,
) -> Result<Markup, WebError> {
    let Loaded { head, view, .. } = load::resident(app, permit, id).await?;
    load::note_read(app, permit, id, "resident.viewed").await?;
    let papers = document::list(&app.store, permit, id, 50).await?;
    let live = document::live(&app.store, permit, app.now(), None, 500).await?;
    let places: BTreeSet<&str> = live
        .iter()
        .map(|paper| paper.kept_at.as_str())
        .filter(|place| !place.is_empty())
        .collect();
    let open = missing(&view.record, app.forms.emergency());
    let now = app.now();
    let live = papers
        .iter()
        .filter(|paper| PaperState::of(paper, now) == PaperState::Live && !is_kept(paper))
        .count();
    Ok(page.show_narrow(
        Place::Residents,
        "紙の発行",
        html! {
            (crumbs(&[("/residents", "入居者"), (&format!("/residents/{id}"), &head.name)], "紙の発行"))
            (walk::read::identity_header(&view, super::photo::address(&head).as_deref()))
            (walk::read::band_compact(&view.standing))
            @if !may_share_with_crews(&view.record) {
                (notice(NoticeKind::Warn, "情報提供の同意が記録されていません", html! {
                    p { "QRコードを読み取った救急隊の画面には、連絡先と心肺蘇生の案内だけが出ます。" }
                    @if page.may(ActionKind::EditSheet) {
                        p { a href={ "/residents/" (id) "/edit/wishes#consent_to_share_ems" } { "同意を記録する" } }
                    }
                }))
            }
            @if !open.is_empty() {
                (notice(NoticeKind::Warn, &format!("「未確認」などが{}件あります", open.len()), html! {
                    p { "このままでも発行できます。紙には「未確認」と印刷されます。" }
                    details { summary { "どの項目か" } ul { @for item in &open { li { (item.message) } } } }
                }))
            }
            @if live > 0 {
                (notice(NoticeKind::Info, "前の紙は使えなくなります", html! {
                    p { "発行すると、同じ様式の前の紙のQRコードは無効になります。前の紙を回収して、新しい紙に差し替えてください。" }
                }))
            }
            (order_form(app, id, &places, typed, problem))
            @if !papers.is_empty() {
                section .card {
                    div .card-head { h2 { "これまでの紙" } }
                    ul .papers { @for paper in &papers { (paper_row(app, paper, now, view.marks.revision)) } }
                }
            }
        },
    ))
}

#[derive(Clone, Default, Deserialize)]
pub struct IssueForm {
    form: String,
    /// Empty is one.
    #[serde(default)]
    copies: String,
    #[serde(default)]
    kept_at: String,
    /// `pdf`: the paper itself is shown at once.
    #[serde(default)]
    then: String,
}

/// What is wrong with an order, at its field.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    Form,
    Copies(String),
    KeptAt(String),
}

/// How long a sheet holds that was printed in an emergency, for crew and hospital: the other sheet stays in the binder.
const HANDED_OVER_DAYS: i64 = 7;
/// As long as the words for a place may be.
const KEPT_AT_CHARS: usize = 40;

impl IssueForm {
    /// The form and the order that were typed.
    fn read<'a>(&'a self, app: &'a App) -> Result<(&'a SheetForm, PrintOrder<'a>), Problem> {
        let form = app
            .forms
            .printable()
            .find(|form| form.key == self.form)
            .ok_or(Problem::Form)?;
        let most = form.most_copies();
        let copies = match self.copies.trim() {
            "" => 1,
            typed => Decimal::parse_between(typed, 10, i32::from(most) * 10, false, "部")
                .map(|number| u8::try_from(number.tenths() / 10).unwrap_or(most))
                .map_err(|problem| Problem::Copies(format!("{}: {}", form.title, problem.0)))?,
        };
        let kept_at = self.kept_at.trim();
        if !kept_at.is_empty() {
            crate::domain::text::check_line(kept_at, KEPT_AT_CHARS)
                .map_err(|problem| Problem::KeptAt(problem.0))?;
        }
        Ok((form, PrintOrder { copies, kept_at }))
    }
}

/// What is printed how often, and where it is put.
fn order_form(
    app: &App,
    id: &ResidentId,
    places: &BTreeSet<&str>,
    typed: &IssueForm,
    problem: Option<Problem>,
) -> Markup {
    let (at_form, at_copies, at_place) = match &problem {
        None => (None, None, None),
        Some(Problem::Form) => (Some("様式を選び直してください"), None, None),
        Some(Problem::Copies(words)) => (None, Some(words.as_str()), None),
        Some(Problem::KeptAt(words)) => (None, None, Some(words.as_str())),
    };
    let error = |id: &str, words: Option<&str>| {
        html! {
            @if let Some(words) = words { p .error id=(id) { (icon(Icon::Stop)) span { (words) } } }
        }
    };
    let is_chosen = |index: usize, form: &SheetForm| {
        (typed.form.is_empty() && index == 0) || typed.form == form.key
    };
    html! {
        form .form method="post" action={ "/residents/" (id) "/documents" } {
            fieldset .field .invalid[at_form.is_some()] {
                legend { "様式" }
                (error("form-error", at_form))
                div .choices {
                    @for (index, form) in app.forms.printable().enumerate() {
                        label .choice {
                            input type="radio" name="form" value=(form.key) checked[is_chosen(index, form)] required;
                            span { (form.title) " " span .small { (form.size_words()) } }
                        }
                    }
                }
            }
            div .field .invalid[at_copies.is_some()] {
                label for="copies" { "部数" }
                p .hint #copies-hint {
                    @for form in app.forms.printable().filter(|form| form.copies.len() > 1) {
                        (form.title) "は" (form.copies.len()) "部まで(" (form.copies.join("・")) ")。"
                    }
                    "カードは同じものを1枚のA4に並べます"
                }
                (error("copies-error", at_copies))
                input .w-s #copies name="copies" inputmode="numeric" maxlength="6" aria-describedby="copies-hint copies-error"
                    aria-invalid=[at_copies.map(|_| "true")]
                    value=(if typed.copies.is_empty() { "1" } else { &typed.copies });
            }
            div .field .invalid[at_place.is_some()] {
                label for="kept_at" { "置き場所" }
                p .hint #kept_at-hint { "例 2階 ナースステーションの赤いファイル。回収と刷り直しのときに一覧に出ます" }
                (error("kept_at-error", at_place))
                input .w-l #kept_at name="kept_at" list="places" autocomplete="off" aria-describedby="kept_at-hint kept_at-error"
                    aria-invalid=[at_place.map(|_| "true")] value=(typed.kept_at);
                datalist #places { @for place in places { option value=(place); } }
            }
            div .bar {
                button .button { "発行して印刷へ" }
                a .button .text href={ "/residents/" (id) } { "やめる" }
            }
        }
    }
}

pub async fn issue(
    State(app): State<App>,
    page: Page,
    permit: Permit<IssueDocument>,
    Path(id): Path<ResidentId>,
    Form(typed): Form<IssueForm>,
) -> Result<Response, WebError> {
    let (form, order) = match typed.read(&app) {
        Ok(read) => read,
        Err(problem) => {
            let read = permit.actor().permit::<ReadResident>()?;
            let again = order_page(&app, &page, &read, &id, &typed, Some(problem)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
        }
    };
    let issued = issue_document(&app, &permit, &id, form, order).await?;
    let shown = match typed.then.as_str() {
        "pdf" => format!("/documents/{}/pdf", issued.id),
        _ => format!("/documents/{}?issued=1", issued.id),
    };
    Ok(Redirect::to(&shown).into_response())
}

/// Whether a paper may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperState {
    Live,
    Withdrawn,
    Ended,
    Expired,
}

impl PaperState {
    pub fn of(paper: &Document, now: Moment) -> Self {
        if paper.withdrawn_at.is_some() {
            Self::Withdrawn
        } else if paper.link_ended_at.is_some() {
            Self::Ended
        } else if paper.link_expires_at.is_some_and(|end| end <= now) {
            Self::Expired
        } else {
            Self::Live
        }
    }
}

/// One paper in a list, with what may be done with it.
pub fn paper_row(app: &App, paper: &Document, now: Moment, current_revision: i64) -> Markup {
    let state = PaperState::of(paper, now);
    // A card shows little of a sheet: whether that changed, the tasks tell.
    let is_current = paper.revision == current_revision || is_card(app, &paper.form);
    html! {
        li data-ended[state != PaperState::Live] {
            div {
                b { (title(app, &paper.form)) } (copies(paper.copies)) " " span .code { "No. " (paper.serial) } " "
                @match state {
                    PaperState::Live if DirectivePaper::from_key(&paper.form).is_some() => { span .tag { "保管する書面" } }
                    PaperState::Live if is_kept(paper) => { span .tag { "病院との書類" } }
                    PaperState::Live if is_current => { span .tag data-tone="ok" { "使用中" } }
                    PaperState::Live => { span .tag data-tone="warn" { "古い内容(発行し直し)" } }
                    PaperState::Withdrawn => { span .tag data-tone="off" { "無効(取り下げ)" } }
                    PaperState::Ended => {
                        span .tag data-tone="off" { "無効" @if let Some(reason) = paper.link_end_reason { "(" (end_label(reason)) ")" } }
                    }
                    PaperState::Expired => { span .tag data-tone="off" { "期限切れ" } }
                }
                br;
                span .small .muted .number {
                    (load::when(paper.issued_at)) " " (paper.issued_by_name) " 第" (paper.revision) "版 照合番号 " (paper.match_code)
                    (kept_at(&paper.kept_at))
                }
            }
            div .actions { a .button .outline .small href={ "/documents/" (paper.id) } { "開く" span .visually-hidden { " No. " (paper.serial) } } }
        }
    }
}

/// For whoever may not print, who does: a physician who has just signed has to tell them.
pub fn who_prints(page: &Page) -> Markup {
    html! {
        @if !page.may(ActionKind::IssueDocument) {
            p .small { "紙の発行と刷り直しは、施設の介護職・看護職・管理者がします。" }
        }
    }
}

/// What a paper is called; one of a form that is no longer kept, by the form's key.
pub(super) fn title<'a>(app: &'a App, form: &'a str) -> &'a str {
    match DirectivePaper::from_key(form) {
        Some(paper) => paper.title(),
        None => app.forms.get(form).map_or(form, |form| &form.title),
    }
}

pub fn is_card(app: &App, form: &str) -> bool {
    app.forms.get(form).is_some_and(|form| form.card.is_some())
}

/// How many there are, where there is more than one.
fn copies(copies: i64) -> Markup {
    html! { @if copies > 1 { " " (copies) "部" } }
}

fn kept_at(place: &str) -> Markup {
    html! { @if !place.is_empty() { " 置き場所: " (place) } }
}

/// Whether a paper is kept, by the facility or by a hospital: it has no link, and tells what was on record when it was
/// printed.
fn is_kept(paper: &Document) -> bool {
    paper.link_created_at.is_none()
}

fn end_label(reason: crate::domain::link::EndReason) -> &'static str {
    use crate::domain::link::EndReason;
    match reason {
        EndReason::Reprinted => "発行し直し",
        EndReason::Withdrawn => "取り下げ",
        EndReason::Left => "退居",
        EndReason::Died => "死亡",
    }
}

pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
) -> Result<Markup, WebError> {
    let papers = document::live(&app.store, &permit, app.now(), None, 500).await?;
    let tasks = tasks(&app, &permit, None).await?;
    let old = document::to_collect(&app.store, &permit, None, LISTED).await?;
    let faxes = fax::open_card(&app, &permit).await?;
    let prepared = prepared::card(&app, &permit).await?;
    let fresh: Vec<_> = papers
        .iter()
        .filter(|paper| tasks.iter().all(|task| task.paper.id != paper.id))
        .collect();
    Ok(page.show(
        Place::Documents,
        "発行した紙",
        html! {
            div .title-row {
                h1 { "いま使われている紙" }
                @if page.may(ActionKind::IssueDocument) {
                    div .actions { a .button .outline href="/documents/binder" { "まとめて発行・印刷" } }
                }
            }
            @if papers.is_empty() && tasks.is_empty() && old.is_empty() {
                div .empty { p { "使われている紙はありません。入居者の画面から1人ずつ、または「まとめて発行・印刷」から発行します。" } a .button href="/residents" { "入居者へ" } }
            }
            (faxes)
            (tasks_card(&app, &page, &tasks))
            (collect_card(&app, &page, &old, None))
            @if !fresh.is_empty() {
                section .card {
                    div .card-head { h2 { "最新の紙 " (fresh.len()) "枚" } }
                    ul .papers { @for paper in fresh { (live_row(&app, paper)) } }
                }
            }
            (prepared)
        },
    ))
}

fn live_row(app: &App, paper: &document::LiveDocument) -> Markup {
    html! {
        li {
            div {
                b { (paper.room.as_deref().unwrap_or_default()) " " (paper.resident_name) } " "
                (title(app, &paper.form)) (copies(paper.copies)) " " span .code { "No. " (paper.serial) } br;
                span .small .muted .number {
                    (load::when(paper.issued_at)) " " (paper.issued_by_name) " 印刷 第" (paper.revision) "版"
                    (kept_at(&paper.kept_at))
                }
            }
            div .actions {
                a .button .outline .small href={ "/documents/" (paper.id) } { "開く" span .visually-hidden { ": " (paper.resident_name) } }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct JustIssued {
    issued: Option<String>,
}

pub async fn show(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path(id): Path<DocumentId>,
    Query(query): Query<JustIssued>,
) -> Result<Markup, WebError> {
    let paper = document::get(&app.store, &permit, &id).await?.0;
    let Loaded { head, view, .. } = load::resident(&app, &permit, &paper.resident_id).await?;
    load::note_read(&app, &permit, &paper.resident_id, "document.viewed").await?;
    let state = PaperState::of(&paper, app.now());
    let tasks = tasks(&app, &permit, Some(&paper.resident_id)).await?;
    let old = document::to_collect(&app.store, &permit, Some(&paper.resident_id), LISTED).await?;
    let faxes = fax::card_of(&app, &permit, &id).await?;
    let stay = handoff::of_document(&app.store, &permit, &id).await?;
    Ok(page.show_narrow(
        Place::Documents,
        &format!("No. {}", paper.serial),
        html! {
            (crumbs(&[("/residents", "入居者"), (&format!("/residents/{}", head.id), &head.name)], &format!("紙 No. {}", paper.serial)))
            (walk::read::identity_header(&view, super::photo::address(&head).as_deref()))
            (walk::read::band_compact(&view.standing))
            @if query.issued.is_some() && state == PaperState::Live {
                (notice(NoticeKind::Ok, "発行しました", html! {
                    @if is_kept(&paper) { p { "印刷して、読んで確かめてから、決めた場所に保管してください。署名の欄があれば署名します。" } }
                    @else { p { "印刷して、決めた場所に置いてください。" } }
                    @if !old.is_empty() { p { "使えなくなった前の紙を、すべて回収して破棄してください。" } }
                }))
            }
            ul .papers { (paper_row(&app, &paper, app.now(), view.marks.revision)) }
            @if let Some(reason) = &paper.withdrawn_reason { p { "取り下げの理由: " (reason) } }
            div .actions {
                a .button href={ "/documents/" (id) "/pdf" } target="_blank" rel="noopener" { "印刷する(PDFを開く)" }
                @if state == PaperState::Live && page.may(ActionKind::IssueDocument) {
                    a .button .outline href={ "/documents/" (id) "/fax" } { "FAXで送る" }
                }
            }
            @if state == PaperState::Live && is_card(&app, &paper.form) {
                p .small { "「実際のサイズ(100%)」で印刷し、四隅の印に合わせて切り取ってください。" }
            }
            (faxes)
            (tasks_card(&app, &page, &tasks))
            (collect_card(&app, &page, &old, Some(&head.id)))
            @if DirectivePaper::from_key(&paper.form).is_some() { p { a href={ "/residents/" (head.id) "/directive/papers" } { "意思の書面" } } }
            @if let Some(stay) = &stay { p { a href={ "/handoffs/" (stay.handoff_id) "/documents/" (id) } { "入退院の書類として開く(送付の記録)" } } }
            @if state == PaperState::Live && page.may(ActionKind::WithdrawDocument) {
                details .more {
                    summary { (icon(Icon::Stop)) " 紙をなくした" }
                    @if is_kept(&paper) { p { "なくしたことを記録し、この書面を使わないものにします。" } }
                    @else {
                        p {
                            "なくした紙を拾った人が読み取っても、何も表示されなくなります。"
                            @if paper.copies > 1 { b { "同じ紙" (paper.copies) "部すべて" } "が無効になります。残りも回収してください。" }
                            "元には戻せません。"
                        }
                    }
                    form .form method="post" action={ "/documents/" (id) "/lost" } {
                        div .field {
                            label for="where" { "いつ・どこで(わかれば)" }
                            input .w-l #where name="where" maxlength="80" autocomplete="off";
                        }
                        @if !is_kept(&paper) && page.may(ActionKind::IssueDocument) {
                            label .check { input type="checkbox" name="reprint" value="yes" checked; span { "新しい紙をすぐに発行する" } }
                        }
                        button .button .danger .solid { "なくした紙を無効にする" }
                    }
                }
                details .more {
                    summary { (icon(Icon::Stop)) " 間違えた・使わない" }
                    @if is_kept(&paper) { p { "無効にすると、この書面は使わないものとして記録されます。元には戻せません(発行し直しはできます)。" } }
                    @else { p { "無効にすると、この紙のQRコードからは何も表示されなくなります。元には戻せません(発行し直しはできます)。" } }
                    form .form method="post" action={ "/documents/" (id) "/withdraw" } {
                        div .field {
                            label for="reason" { "理由" span .required { "必須" } }
                            input .w-l #reason name="reason" maxlength="100" required;
                        }
                        button .button .danger .solid { "この紙を無効にする" }
                    }
                }
            }
        },
    ))
}

pub async fn pdf(
    State(app): State<App>,
    permit: Permit<ReadResident>,
    Path(id): Path<DocumentId>,
) -> Result<Response, WebError> {
    let (paper, bytes) = printed_document(&app, &permit, &id).await?;
    Ok(pdf_response(&paper.serial, bytes))
}

/// An issued document and its bytes, written down as printed before they leave (safety.md S20).
///
/// # Errors
/// `NotFound`.
pub async fn printed_document(
    app: &App,
    permit: &Permit<ReadResident>,
    id: &DocumentId,
) -> Result<(Document, Vec<u8>), WebError> {
    let (paper, _) = document::get(&app.store, permit, id).await?;
    may_see(app, permit, id).await?;
    let bytes = document::pdf(&app.store, permit, id).await?;
    load::note_read(app, permit, &paper.resident_id, "document.printed").await?;
    Ok((paper, bytes))
}

/// Refuses what only some may see (domain/forms.md §6.11).
///
/// # Errors
/// `Denied`.
pub async fn may_see(
    app: &App,
    permit: &Permit<ReadResident>,
    id: &DocumentId,
) -> Result<(), WebError> {
    let belongs = handoff::of_document(&app.store, permit, id).await?;
    if belongs.is_some_and(|belongs| belongs.restricted != 0) {
        permit.actor().permit::<HandleSensitive>()?;
    }
    Ok(())
}

/// Runs what draws a paper where it holds up no other request.
pub async fn typeset<T: Send + 'static>(
    app: &App,
    draw: impl FnOnce() -> Result<T, PdfError> + Send + 'static,
) -> Result<T, WebError> {
    Ok(app.net.costly(draw).await??)
}

/// A PDF to look at and print; its name holds the serial and nobody's name.
pub fn pdf_response(serial: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("inline; filename=\"sheet-{serial}.pdf\"");
    (
        [
            (CONTENT_TYPE, "application/pdf".to_owned()),
            (CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response()
}

#[derive(Deserialize)]
pub struct Reason {
    reason: String,
}

pub async fn withdraw(
    State(app): State<App>,
    permit: Permit<WithdrawDocument>,
    Path(id): Path<DocumentId>,
    Form(typed): Form<Reason>,
) -> Result<Redirect, WebError> {
    withdraw_document(&app, &permit, &id, &typed.reason).await?;
    Ok(Redirect::to(&format!("/documents/{id}")))
}

/// Ends a document and its link.
///
/// # Errors
/// `Bad` without a reason of one line; `NotFound`; `Refused` when it was withdrawn before.
pub async fn withdraw_document(
    app: &App,
    permit: &Permit<WithdrawDocument>,
    id: &DocumentId,
    reason: &str,
) -> Result<(), WebError> {
    let reason = checked_reason(reason)?;
    Ok(document::withdraw(&app.store, permit, id, reason, app.now()).await?)
}

fn checked_reason(reason: &str) -> Result<&str, WebError> {
    let reason = reason.trim();
    if reason.is_empty() || crate::domain::text::check_line(reason, 100).is_err() {
        return Err(WebError::Bad(
            "理由を100字までの1行で書いてください".to_owned(),
        ));
    }
    Ok(reason)
}

#[derive(Deserialize)]
pub struct Lost {
    #[serde(default)]
    r#where: String,
    reprint: Option<String>,
}

/// Ends a lost paper and, if wanted, issues the same anew.
pub async fn lost(
    State(app): State<App>,
    permit: Permit<WithdrawDocument>,
    Path(id): Path<DocumentId>,
    Form(typed): Form<Lost>,
) -> Result<Redirect, WebError> {
    let circumstances = typed.r#where.trim();
    let reason = if circumstances.is_empty() {
        "紛失".to_owned()
    } else {
        format!("紛失: {circumstances}")
    };
    let reason = checked_reason(&reason)?;
    let read = permit.actor().permit::<ReadResident>()?;
    let (paper, _) = document::get(&app.store, &read, &id).await?;
    document::lose(&app.store, &permit, &id, reason, app.now()).await?;
    let again = app.forms.printable().find(|form| form.key == paper.form);
    if let (Some(form), Some(_)) = (again, typed.reprint) {
        let issue = permit.actor().permit::<IssueDocument>()?;
        let order = PrintOrder {
            copies: u8::try_from(paper.copies)
                .unwrap_or(1)
                .min(form.most_copies()),
            kept_at: &paper.kept_at,
        };
        let issued = issue_document(&app, &issue, &paper.resident_id, form, order).await?;
        return Ok(Redirect::to(&format!("/documents/{}?issued=1", issued.id)));
    }
    Ok(Redirect::to(&format!("/documents/{id}")))
}

#[derive(Deserialize)]
pub struct Collected {
    outcome: String,
    resident: Option<ResidentId>,
}

/// Notes that a paper which holds no longer was taken down, or cannot be found.
pub async fn collected(
    State(app): State<App>,
    permit: Permit<IssueDocument>,
    Path(id): Path<DocumentId>,
    Form(typed): Form<Collected>,
) -> Result<Redirect, WebError> {
    let outcome = match typed.outcome.as_str() {
        "collected" => Outcome::Collected,
        "lost" => Outcome::Lost,
        _ => {
            return Err(WebError::Bad(
                "回収したか、見つからないかを選んでください".to_owned(),
            ));
        }
    };
    document::collect(&app.store, &permit, &id, outcome, app.now()).await?;
    Ok(Redirect::to(&match typed.resident {
        Some(resident) => format!("/residents/{resident}/documents"),
        None => "/documents#collect".to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::directive::sample;
    use crate::domain::standing::StandingKind;

    #[test]
    fn s09_a_paper_never_outlives_its_order_and_never_a_year() {
        let today = sample::today();
        let forms = crate::domain::form::Forms::built_in();
        let sheet = forms.emergency().clone();
        let card = forms.get("wallet").unwrap();
        let order = sample::of(StandingKind::OrderOnFile);
        assert_eq!(valid_until(card, &order, today), today.plus_months(12));
        let last = order.order().unwrap().valid_until;
        assert!(last < today.plus_months(12));
        assert_eq!(valid_until(&sheet, &order, today), last);
        assert_eq!(
            valid_until(&sheet, &order, last.plus_months(-13)),
            last.plus_months(-1)
        );
        for kind in StandingKind::ALL {
            if kind != StandingKind::OrderOnFile {
                assert_eq!(
                    valid_until(&sheet, &sample::of(kind), today),
                    today.plus_months(12)
                );
            }
        }
    }

    #[test]
    fn s07_a_paper_is_drawn_anew_while_people_speak_but_not_for_ever() {
        let overtaken = Err::<(), _>(WebError::Conflict { current: 3 });
        assert!((1..ATTEMPTS).all(|attempt| is_overtaken(&overtaken, attempt)));
        assert!(!is_overtaken(&overtaken, ATTEMPTS));
        assert!(!is_overtaken(&Ok(()), 1));
        assert!(!is_overtaken(&Err::<(), _>(WebError::NotFound), 1));
    }
}
