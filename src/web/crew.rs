//! What an ambulance crew sees behind the QR code of a paper (design.md 7–8).
//!
//! A GET shows the cover, which holds no personal data and writes nothing, so that scanners, link previews and
//! prefetch do no harm. One tap (POST) opens the crew's page and records the view. Both are one response without a
//! cookie. While the crew's page stands open, its script asks whether anything is newer ([`newer`], which tells nothing
//! of the person) and then opens the page anew, as the button does. Nobody here is signed in; holding the token is the
//! permission.
//!
//! No answer of this module is an ordinary error page: whoever stands at a bed with a phone always sees what to do
//! about resuscitation (safety.md S1, S3) and whom to call.

mod at_call;
mod calls;
mod compare;
mod cover;
mod json;
mod sheet;
mod shell;
mod visitor;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, RawQuery, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use self::at_call::Emergency;
use self::compare::{Compared, compare};
pub(super) use self::compare::{card_changes, is_card, standing_changes};
use self::visitor::Visitor;
use super::lane::Strangers;
use super::scan::Tier;
use super::session::SignedIn;
use super::{App, WebError, load, mail, photo, session};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::directive::{Said, last_talk};
use crate::domain::id::new_uuid;
use crate::domain::link::LinkToken;
use crate::domain::record::{FacilityFacts, Record};
use crate::domain::sheet::may_share_with_crews;
use crate::domain::standing::Unreadable;
use crate::domain::transport::at_call::AtCall;
use crate::domain::view::{Marks, SheetView};
use crate::store::link::{self, FoundLink, LinkState};
use crate::store::scan::NewScan;
use crate::store::{attachment, directive, scan, transport};

/// How long a crew waits for a disk or a database before the page does without it.
const PATIENCE: Duration = Duration::from_secs(3);

/// The paper in the crew's hand and the facility that answers for it. Nothing of the person.
struct Paper {
    facility: FacilityFacts,
    serial: String,
    match_code: String,
    issued_at: Moment,
    /// As printed.
    revision: i64,
    /// The sheet's, now.
    current_revision: i64,
    valid_until: Option<Day>,
    is_drill: bool,
}

/// One opening of a live paper.
struct Opening {
    paper: Paper,
    at: Moment,
    tier: Tier,
    /// Whether the view is on disk; a crew does not wait until it is.
    recorded: bool,
    /// `None` when the record cannot be read.
    sheet: Option<Sheet>,
}

/// The sheet as it is now, beside the paper.
struct Sheet {
    view: SheetView,
    compared: Compared,
    /// The photograph as a `data:` address.
    photo: Option<String>,
    /// Whether the facility's other names could be looked through.
    alike_known: bool,
    emergency: Emergency,
    /// Another one as soon as anything is newer.
    mark: String,
}

/// What stands behind a token.
enum Behind {
    Nothing,
    /// As unknown, and many such came from there.
    TooMany,
    /// The database does not answer.
    Unreachable,
    Ended(Box<FoundLink>, LinkState),
    Live(Box<FoundLink>),
}

/// What [`cover`] answers in JSON, for the OpenAPI document: path and schemas.
pub use self::json::{path as openapi_path, schemas as openapi_schemas};

/// What [`cover`] is asked with by who works in the facility, and what its link says.
const STAFF: &str = "staff";

pub async fn cover(
    State(app): State<App>,
    method: Method,
    token: Result<Path<String>, PathRejection>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    signed_in: Result<Option<SignedIn>, WebError>,
) -> Response {
    let behind = behind(&app, token, &visitor.source).await;
    if query.as_deref() == Some(STAFF) {
        return for_staff(behind, signed_in.ok().flatten());
    }
    match behind {
        // Only who asks for JSON by name opens with a GET; a HEAD never opens.
        Behind::Live(found) if visitor.wants_json && method == Method::GET => {
            opened(&app, *found, &visitor, false).await
        }
        Behind::Live(found) => {
            let is_overtaken = is_overtaken(&app, &found).await;
            cover::live(&paper(&found), is_overtaken)
        }
        shut => shut_door(&shut, visitor.wants_json),
    }
}

pub async fn open(
    State(app): State<App>,
    token: Result<Path<String>, PathRejection>,
    visitor: Visitor,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match behind(&app, token, &visitor.source).await {
        Behind::Live(found) => opened(&app, *found, &visitor, asks_in_emergency(body)).await,
        shut => shut_door(&shut, visitor.wants_json),
    }
}

/// Who works in the facility comes from the card at the bed to the resident, where 急変 is one tap: also by a paper that
/// has ended. Others are told nothing.
fn for_staff(behind: Behind, signed_in: Option<SignedIn>) -> Response {
    let found = match behind {
        Behind::Live(found) | Behind::Ended(found, _) => found,
        shut @ (Behind::Nothing | Behind::TooMany | Behind::Unreachable) => {
            return shut_door(&shut, false);
        }
    };
    match signed_in {
        Some(signed_in) if signed_in.actor.facility == *found.facility() => {
            let resident = &found.resident().id;
            Redirect::to(&format!("/residents/{resident}")).into_response()
        }
        _ => cover::for_staff_only(&paper(&found)),
    }
}

/// Whether anything was recorded or said since the paper was printed; also when that cannot be told. Which, and what, is
/// for the page behind the tap.
async fn is_overtaken(app: &App, found: &FoundLink) -> bool {
    let link = found.link();
    if link.printed_revision != found.resident().revision {
        return true;
    }
    log_of(app, found)
        .await
        .is_none_or(|log| log.iter().any(|said| said.at >= link.issued_at))
}

/// Whether anything was recorded, said or noted since the page with that mark. Nothing of the person is told, so no view
/// is recorded.
pub async fn newer(
    State(app): State<App>,
    token: Result<Path<String>, PathRejection>,
    visitor: Visitor,
    body: Result<Bytes, BytesRejection>,
) -> StatusCode {
    let found = match behind(&app, token, &visitor.source).await {
        Behind::Live(found) => found,
        Behind::Unreachable => return StatusCode::SERVICE_UNAVAILABLE,
        Behind::Nothing | Behind::TooMany | Behind::Ended(..) => return StatusCode::OK,
    };
    let (log, emergency) = tokio::join!(log_of(&app, &found), emergency_of(&app, &found));
    let asked = body.unwrap_or_default();
    match asked.strip_prefix(b"mark=") {
        Some(mark) if mark == mark_of(&app, &found, log.as_deref(), &emergency).as_bytes() => {
            StatusCode::NO_CONTENT
        }
        _ => StatusCode::OK,
    }
}

async fn log_of(app: &App, found: &FoundLink) -> Option<Vec<Said>> {
    patiently(
        "statements not read",
        directive::log_of_link(&app.store, found),
    )
    .await
}

async fn emergency_of(app: &App, found: &FoundLink) -> Emergency {
    patiently(
        "emergency not read",
        transport::at_call_of_link(&app.store, found),
    )
    .await
    .into()
}

/// Letters and digits that say from which record, statements, emergency, facility and day a page was made.
fn mark_of(app: &App, found: &FoundLink, log: Option<&[Said]>, emergency: &Emergency) -> String {
    let log = log.map(|log| (log.len(), log.last().map(|said| said.at.0)));
    let is_known = !matches!(emergency, Emergency::Unknown);
    let noted = emergency
        .open()
        .map(|at_call| (at_call.began.0, at_call.progress.newest()));
    let resident = found.resident();
    let verified = resident.verified_at.map(|at| at.0);
    // An order can end with a day, and a facility can get another telephone.
    let (day, facility) = (Day::of(app.now()).iso(), &found.link().facility_body);
    let made_from = format!(
        "{}{verified:?}{log:?}{is_known}{noted:?}{day}{facility:?}",
        resident.revision
    );
    session::hex(&session::sha256(made_from.as_bytes())[..8])
}

/// A body that cannot be read is no reason to refuse a crew: it asks for nothing special.
fn asks_in_emergency(body: Result<Bytes, BytesRejection>) -> bool {
    body.is_ok_and(|body| {
        body.split(|byte| *byte == b'&')
            .any(|pair| pair == b"emergency=1")
    })
}

/// What is no token at all, or no text, is as unknown as a token that nobody printed.
/// A live paper opens from everywhere: where many unknown tokens come from, each waits for the one before, and no more.
async fn behind(app: &App, token: Result<Path<String>, PathRejection>, source: &str) -> Behind {
    let Some(token) = token.ok().and_then(|Path(text)| LinkToken::parse(&text)) else {
        return Behind::Nothing;
    };
    let hash = session::sha256(token.as_str().as_bytes());
    let strangers = &app.net.strangers;
    // With the queue full, the token is looked for all the same.
    let _turn = match strangers.are_many(source, app.now()) {
        true => app.net.lookups.enter().await.ok(),
        false => None,
    };
    match patiently("link not read", link::find(&app.store, &hash)).await {
        None => Behind::Unreachable,
        Some(None) if strangers.count(source, app.now()) => Behind::TooMany,
        Some(None) => Behind::Nothing,
        Some(Some(found)) => match found.state(app.now()) {
            LinkState::Live => Behind::Live(Box::new(found)),
            state => Behind::Ended(Box::new(found), state),
        },
    }
}

fn shut_door(behind: &Behind, wants_json: bool) -> Response {
    match (behind, wants_json) {
        (Behind::Ended(found, state), false) => cover::ended(&paper(found), *state),
        (Behind::Ended(found, state), true) => json::ended(&paper(found), *state),
        (Behind::Nothing, false) => cover::unknown(),
        (Behind::Nothing, true) => json::unknown(),
        (Behind::TooMany, false) => too_many(cover::unknown()),
        (Behind::TooMany, true) => too_many(json::unknown()),
        (Behind::Live(_) | Behind::Unreachable, false) => cover::unreachable(),
        (Behind::Live(_) | Behind::Unreachable, true) => json::unreachable(),
    }
}

/// The same words as for one unknown token.
fn too_many(mut unknown: Response) -> Response {
    *unknown.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    let seconds = Strangers::MINUTE_SECONDS.into();
    unknown.headers_mut().insert(RETRY_AFTER, seconds);
    unknown
}

async fn opened(app: &App, found: FoundLink, visitor: &Visitor, emergency: bool) -> Response {
    let opening = read(app, &found, visitor, emergency).await;
    let is_explained = opening
        .sheet
        .as_ref()
        .is_none_or(|sheet| !matches!(sheet.emergency, Emergency::None));
    if !is_explained && !opening.paper.is_drill {
        mail::tell(app, found.facility(), mail::Kind::Scanned);
    }
    let form = app.forms.scan();
    if visitor.wants_json {
        json::opened(form, &opening)
    } else {
        sheet::opened(form, &opening)
    }
}

/// Records the view and reads what is shown, side by side. What fails or takes too long is left out and said.
async fn read(app: &App, found: &FoundLink, visitor: &Visitor, emergency: bool) -> Opening {
    let at = app.now();
    let paper = paper(found);
    let record = load::read_record(&found.sheet().body)
        .inspect_err(|error| tracing::error!(document = %found.link().document_id, error = error.kind(), "record not read"))
        .ok();
    let tier = tier(record.as_ref(), emergency);
    let scan_id = new_uuid(app.clock.as_ref(), app.entropy.as_ref());
    let scan = NewScan {
        id: &scan_id,
        tier: tier.code(),
        source: &visitor.source,
        agent: &visitor.agent,
    };
    let (recorded, printed, picture, alike, log, emergency) = tokio::join!(
        patiently(
            "view not recorded",
            scan::record(&app.store, found, scan, at)
        ),
        patiently("printed text not read", link::printed(&app.store, found)),
        patiently("photograph not read", attachment::photo(&app.store, found)),
        patiently("like names not read", link::alike(&app.store, found)),
        log_of(app, found),
        emergency_of(app, found),
    );
    let mark = mark_of(app, found, log.as_deref(), &emergency);
    let log = log.ok_or(Unreadable);
    let sheet = record.map(|record| {
        let alike_known = alike.is_some();
        let alike = load::names_like_among(found.resident(), alike.unwrap_or_default());
        let standing = load::standing_of(app, &log, Some(&record), &paper.facility);
        let view = SheetView {
            standing: standing.in_emergency(emergency.open().and_then(AtCall::external_cause)),
            facility: paper.facility.clone(),
            record,
            last_talk: log.as_deref().ok().and_then(last_talk),
            marks: marks(found),
            alike,
            as_of: at,
            issue: None,
            at_call: None,
            stay: None,
        };
        Sheet {
            compared: compare(
                app.forms.scan(),
                tier,
                printed.as_ref().map(|frozen| frozen.body.as_slice()),
                &view,
            ),
            view,
            photo: picture.flatten().as_ref().and_then(photo::data_address),
            alike_known,
            emergency,
            mark,
        }
    });
    Opening {
        paper,
        at,
        tier,
        recorded: recorded.is_some(),
        sheet,
    }
}

/// How much is shown (safety.md S22). Without a readable record there is no consent to be read either.
fn tier(record: Option<&Record>, emergency: bool) -> Tier {
    match record {
        Some(record) if may_share_with_crews(record) => Tier::Full,
        Some(_) if emergency => Tier::Emergency,
        _ => Tier::ContactsOnly,
    }
}

fn paper(found: &FoundLink) -> Paper {
    let link = found.link();
    let facility = load::read_facts(&link.facility_body)
        .inspect_err(
            |error| tracing::error!(facility = %link.facility_id, error = error.kind(), "facility not read"),
        )
        .unwrap_or_else(|_| only_named(&link.facility_name));
    Paper {
        facility,
        serial: link.serial.clone(),
        match_code: link.match_code.clone(),
        issued_at: link.issued_at,
        revision: link.printed_revision,
        current_revision: found.resident().revision,
        valid_until: link.valid_until,
        is_drill: found.resident().is_drill(),
    }
}

/// All that is left of a facility whose facts cannot be read.
fn only_named(name: &str) -> FacilityFacts {
    FacilityFacts::from_json(&json!({ "facility_name": name })).unwrap_or_default()
}

fn marks(found: &FoundLink) -> Marks {
    let link = found.link();
    Marks {
        revision: found.resident().revision,
        recorded_at: found.sheet().revised_at,
        recorded_by: format!("{}({})", link.revised_by, link.revised_by_role.label()),
        verified_at: found.resident().verified_at,
        is_drill: found.resident().is_drill(),
    }
}

/// The answer, if it comes in time; a failure is logged by its cause and never by whom it is about.
async fn patiently<T, E: Display>(
    failure: &'static str,
    work: impl Future<Output = Result<T, E>>,
) -> Option<T> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::error!(%error, "crew's page: {failure}");
            None
        }
        Err(_) => {
            tracing::error!("crew's page: {failure} in time");
            None
        }
    }
}
