//! Papers about the last stage of life: issuing them, and the explanation that everybody may read.
//!
//! A paper with a person's data is an issued document like a sheet: frozen, numbered, audited, and the same bytes at every
//! reprint. It has no link, because it is signed and kept and never scanned by a crew.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use super::document::{is_overtaken, next_serial, paper_row, pdf_response, typeset, who_prints};
use super::load::{self, Loaded};
use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::{App, WebError, walk};
use crate::domain::date::Day;
use crate::domain::directive::Said;
use crate::domain::id::{DocumentId, ResidentId};
use crate::domain::link::MatchCode;
use crate::domain::permit::{ActionKind, IssueDocument, Permit, ReadResident};
use crate::domain::resident::Status;
use crate::domain::view::{IssueMarks, SheetView};
use crate::export::pdf::directive::{self as paper, DirectivePaper, EDITION};
use crate::store::StoreError;
use crate::store::directive;
use crate::store::document::{self, NewDocument, PrintOrder};

const UNREADABLE: &str =
    "これまでの記録を読み取れないため、意思の書面は発行できません。管理者に伝えてください。";
const SHEET_INSTEAD: &str = "救急連絡シートは、心肺蘇生を行う表示で発行できます。";

/// The papers that can be printed for a resident, and those that were.
pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Markup, WebError> {
    let loaded = load::resident(&app, &permit, &id).await?;
    let is_readable = loaded.is_log_readable();
    let Loaded { head, view, .. } = loaded;
    load::note_read(&app, &permit, &id, "resident.viewed").await?;
    let mut papers = document::list(&app.store, &permit, &id, 100).await?;
    papers.retain(|paper| DirectivePaper::from_key(&paper.form).is_some());
    let living_in = head.status == Status::LivingIn;
    let may_issue = living_in && is_readable && page.may(ActionKind::IssueDocument);
    let title = "意思の書面";
    Ok(page.show_narrow(
        Place::Residents,
        title,
        html! {
            (crumbs(&[("/residents", "入居者"), (&format!("/residents/{id}"), &head.name)], title))
            (walk::read::identity_header(&view, super::photo::address(&head).as_deref()))
            (walk::read::band_compact(&view.standing))
            @if !is_readable {
                (notice(NoticeKind::Warn, "記録を読み取れません", html! { p { (UNREADABLE) (SHEET_INSTEAD) } }))
            } @else if living_in {
                (who_prints(&page))
            }
            section .card {
                div .card-head { h2 { "印刷する" } }
                ul .papers {
                    @for one in DirectivePaper::ALL { (printable(&id, one, may_issue)) }
                    li {
                        div {
                            b { "やさしい日本語の説明" } br;
                            span .small .muted { "心肺蘇生と指示書について、すべての漢字にふりがなのある1枚です。個人の情報はありません" }
                        }
                        div .actions { a .button .outline .small href="/papers/explanation.pdf" target="_blank" rel="noopener" { "開く" span .visually-hidden { ": やさしい日本語の説明" } } }
                    }
                }
            }
            @if !papers.is_empty() {
                section .card {
                    div .card-head { h2 { "これまでの書面" } }
                    ul .papers { @for one in &papers { (paper_row(&app, one, app.now(), view.marks.revision)) } }
                }
            }
        },
    ))
}

fn printable(id: &ResidentId, paper: DirectivePaper, may_issue: bool) -> Markup {
    html! {
        li {
            div { b { (paper.title()) } br; span .small .muted { (paper.purpose()) } }
            @if may_issue {
                div .actions {
                    form method="post" action={ "/residents/" (id) "/directive/papers" } {
                        input type="hidden" name="paper" value=(paper.key());
                        button .button .small { "発行して印刷へ" span .visually-hidden { ": " (paper.title()) } }
                    }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Wanted {
    paper: String,
}

pub async fn issue(
    State(app): State<App>,
    permit: Permit<IssueDocument>,
    Path(id): Path<ResidentId>,
    Form(wanted): Form<Wanted>,
) -> Result<Redirect, WebError> {
    let paper = DirectivePaper::from_key(&wanted.paper)
        .ok_or_else(|| WebError::Bad("書面を選び直してください".to_owned()))?;
    let document = issue_paper(&app, &permit, &id, paper).await?;
    Ok(Redirect::to(&format!("/documents/{document}?issued=1")))
}

/// Freezes what is recorded now as a paper.
///
/// # Errors
/// `NotFound`, `Pdf`, `Refused` when the resident no longer lives in, `Conflict` when statements come faster than the
/// paper can be drawn.
pub async fn issue_paper(
    app: &App,
    permit: &Permit<IssueDocument>,
    resident: &ResidentId,
    paper: DirectivePaper,
) -> Result<DocumentId, WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    if load::resident(app, &read, resident).await?.head.status != Status::LivingIn {
        return Err(WebError::Store(StoreError::NotLivingIn));
    }
    let serial = next_serial(app, permit).await?;
    let mut attempt = 1;
    loop {
        let issued = issue_once(app, permit, &read, resident, paper, &serial).await;
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
    resident: &ResidentId,
    paper: DirectivePaper,
    serial: &str,
) -> Result<DocumentId, WebError> {
    let statements = directive::newest(&app.store, read, resident).await?;
    let loaded = load::resident(app, read, resident).await?;
    // Such a paper tells what was said; one that leaves out what cannot be read would say that nothing was.
    if !loaded.is_log_readable() {
        return Err(WebError::Bad(format!("{UNREADABLE}{SHEET_INSTEAD}")));
    }
    let Loaded { mut view, log, .. } = loaded;
    let log = log.unwrap_or_default();
    let now = app.now();
    let match_code = MatchCode::new(app.entropy.as_ref()).0;
    view.issue = Some(IssueMarks {
        serial: serial.to_owned(),
        match_code: match_code.clone(),
        issued_at: now,
        issued_by: permit.actor().name.clone(),
        form_title: paper.title().to_owned(),
        form_edition: EDITION.to_owned(),
        // Nothing of it is valid by a date: it is what was on record when it was printed.
        valid_until: Day::of(now),
        copies: 1,
    });
    let body = frozen(paper, &view, &log).to_string().into_bytes();
    let revision = view.marks.revision;
    let pdf = typeset(app, move || paper::render(paper, &view, &log)).await?;
    let id = DocumentId::new(app.clock.as_ref(), app.entropy.as_ref());
    let new = NewDocument {
        id: &id,
        resident,
        serial,
        form: paper.key(),
        edition: EDITION,
        revision,
        statements,
        valid_until: None,
        match_code: &match_code,
        order: PrintOrder::default(),
        sha256: &super::session::sha256(&pdf),
        body: &body,
        pdf: &pdf,
        link: None,
        stay: None,
    };
    document::issue(&app.store, permit, new, now).await?;
    Ok(id)
}

/// What was printed, for ever: the person, the standing, and every statement in its words.
fn frozen(paper: DirectivePaper, view: &SheetView, log: &[Said]) -> serde_json::Value {
    let statements: Vec<serde_json::Value> = log
        .iter()
        .map(|said| {
            json!({
                "seq": said.seq,
                "kind": said.statement.kind().code(),
                "at": said.at.0,
                "by": said.by.name,
                "body": said.statement.json(),
            })
        })
        .collect();
    json!({
        "form": {"key": paper.key(), "edition": EDITION, "title": paper.title()},
        "facility": view.facility.json(),
        "record": view.record.json(),
        "revision": view.marks.revision,
        "standing": view.standing.json(),
        "statements": statements,
        "issued_at": view.as_of.0,
    })
}

/// The explanation in plain Japanese: the same for everybody, so nobody needs to sign in to read it.
pub async fn explanation(State(app): State<App>) -> Result<Response, WebError> {
    let bytes = typeset(&app, paper::explanation).await?;
    Ok(pdf_response("explanation", bytes))
}
