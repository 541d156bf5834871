//! What was said about the last stage of life, one statement a call.
//!
//! Who may say what, and after what, is decided where the pages have it decided: by the permits and by
//! `store::directive::record`. Two kinds are not said here: `closed`, which leaving and death say, and `scanned`, whose
//! original somebody uploads on the page, where it is checked before it is kept.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::{Allowed, Body, Caller, expected_revision};
use super::idempotency::{self, Answer};
use super::resident::object;
use super::{instant, limit};
use crate::domain::answer::{Inputs, Problems};
use crate::domain::directive::rules::Limits;
use crate::domain::directive::{Kind, Said, Speaks, Statement};
use crate::domain::id::{ResidentId, StatementId};
use crate::domain::permit::{
    Actor, RaiseProtection, ReadResident, RecordDirective, RecordTalk, Role, SignOrder,
    VerifyOriginal, allowed,
};
use crate::domain::standing::Standing;
use crate::store::directive::{self, NewStatement};
use crate::store::resident;
use crate::web::error::ApiError;
use crate::web::{App, WebError, load, mail};

#[derive(Deserialize)]
pub struct Window {
    after: Option<i64>,
    limit: Option<i64>,
}

/// The log, oldest first, and beside it what follows from it: nobody reads an order here without its standing.
pub async fn list(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path(id): Path<ResidentId>,
    Query(window): Query<Window>,
) -> Result<Response, ApiError> {
    resident::get(&app.store, &permit, &id).await?;
    load::note_export(&app, &permit, &id, "directive.read").await?;
    let log = directive::log(&app.store, &permit, &id).await?;
    let wanted = usize::try_from(limit(window.limit)).unwrap_or(1);
    let after = window.after.unwrap_or(0);
    let mut later = log.iter().filter(|said| said.seq > after);
    let shown: Vec<&Said> = later.by_ref().take(wanted).collect();
    let next = later.next().and_then(|_| shown.last().map(|said| said.seq));
    let items: Vec<Value> = shown.into_iter().map(said_json).collect();
    let standing = standing_now(&app, permit.actor(), &id).await;
    let json = json!({"items": items, "next": next, "standing": standing.json()});
    Ok(with_count(log.len(), json))
}

/// An answer whose `ETag` is the number of statements.
fn with_count(count: usize, json: Value) -> Response {
    ([(ETAG, format!("\"{count}\""))], Json(json)).into_response()
}

fn said_json(said: &Said) -> Value {
    json!({
        "id": said.id,
        "seq": said.seq,
        "kind": said.statement.kind().code(),
        "label": said.statement.kind().label(),
        "about": said.about,
        "at": instant(said.at),
        "by": {"name": said.by.name, "role": said.by.role.code()},
        "body": said.statement.json(),
    })
}

/// The standing after a statement that is kept already: whatever cannot be read now takes nothing of it back, and is
/// full CPR (safety.md S1).
async fn standing_now(app: &App, actor: &Actor, id: &ResidentId) -> Standing {
    let Ok(permit) = actor.permit::<ReadResident>() else {
        return Standing::by_failure();
    };
    match load::resident(app, &permit, id).await {
        Ok(loaded) => loaded.view.standing,
        Err(error) => {
            tracing::error!(error = error.kind(), "standing not read");
            Standing::by_failure()
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSaid {
    kind: String,
    about: Option<StatementId>,
    #[serde(default = "nothing")]
    body: Value,
}

fn nothing() -> Value {
    json!({})
}

pub async fn say(
    State(app): State<App>,
    Caller(actor): Caller,
    Path(id): Path<ResidentId>,
    headers: HeaderMap,
    body: Body<NewSaid>,
) -> Result<Response, ApiError> {
    let kind = kind(&body.value.kind)?;
    let call = Call {
        app: &app,
        actor: &actor,
        resident: &id,
        headers: &headers,
        body: &body,
        kind,
    };
    match Spoken::of(kind) {
        Spoken::RaisesProtection => call.say::<RaiseProtection>().await,
        Spoken::Talk => call.say::<RecordTalk>().await,
        Spoken::Directive => call.say::<RecordDirective>().await,
        Spoken::Physicians => call.say::<SignOrder>().await,
        Spoken::Comparison => call.say::<VerifyOriginal>().await,
        Spoken::Elsewhere(why) => Err(field("kind", why)),
    }
}

fn kind(code: &str) -> Result<Kind, ApiError> {
    Kind::from_code(code).ok_or_else(|| {
        let codes: Vec<&str> = sayable().map(Kind::code).collect();
        field("kind", &format!("{} のどれかです", codes.join("・")))
    })
}

fn field(key: &str, message: &str) -> ApiError {
    let mut problems = Problems::default();
    problems.add(key, message);
    ApiError(WebError::Fields(problems))
}

/// The kinds that a call can say.
pub fn sayable() -> impl Iterator<Item = Kind> {
    Kind::ALL
        .iter()
        .copied()
        .filter(|kind| !matches!(Spoken::of(*kind), Spoken::Elsewhere(_)))
}

/// The permit that a kind is said with.
enum Spoken {
    RaisesProtection,
    Talk,
    Directive,
    Physicians,
    Comparison,
    /// Not by a call; says where.
    Elsewhere(&'static str),
}

impl Spoken {
    /// Read from what each permit says, so that a new kind has its place there alone.
    fn of(kind: Kind) -> Self {
        if kind == Kind::Scanned {
            return Self::Elsewhere("署名された原本は、入居者の画面から登録してください");
        }
        let said_with = |says: &[Kind]| says.contains(&kind);
        if said_with(RaiseProtection::SAYS) {
            Self::RaisesProtection
        } else if said_with(RecordTalk::SAYS) {
            Self::Talk
        } else if said_with(RecordDirective::SAYS) {
            Self::Directive
        } else if said_with(SignOrder::SAYS) {
            Self::Physicians
        } else if said_with(VerifyOriginal::SAYS) {
            Self::Comparison
        } else {
            Self::Elsewhere("退所・死亡は、入居者の status で記録してください")
        }
    }
}

/// The roles that may say a kind.
pub fn speakers(kind: Kind) -> Vec<&'static str> {
    fn of<A: Speaks>() -> Vec<&'static str> {
        Role::ALL
            .into_iter()
            .filter(|role| allowed(*role, A::KIND))
            .map(Role::code)
            .collect()
    }
    match Spoken::of(kind) {
        Spoken::RaisesProtection => of::<RaiseProtection>(),
        Spoken::Talk => of::<RecordTalk>(),
        Spoken::Directive => of::<RecordDirective>(),
        Spoken::Physicians => of::<SignOrder>(),
        Spoken::Comparison => of::<VerifyOriginal>(),
        Spoken::Elsewhere(_) => Vec::new(),
    }
}

/// Whether a kind is said by whoever has seen all that was said before. What raises protection is heard whatever was
/// said meanwhile (safety.md S11), and a talk takes nothing from anybody.
pub fn needs_if_match(kind: Kind) -> bool {
    !matches!(Spoken::of(kind), Spoken::RaisesProtection | Spoken::Talk)
}

struct Call<'a> {
    app: &'a App,
    actor: &'a Actor,
    resident: &'a ResidentId,
    headers: &'a HeaderMap,
    body: &'a Body<NewSaid>,
    kind: Kind,
}

impl Call<'_> {
    async fn say<A: Speaks>(&self) -> Result<Response, ApiError> {
        let permit = self.actor.permit::<A>()?;
        let NewSaid { about, body, .. } = &self.body.value;
        let expected = if needs_if_match(self.kind) {
            Some(expected_revision(self.headers)?)
        } else {
            None
        };
        let statement = Statement::read(self.kind, &Inputs::from_json(object(body)?))
            .map_err(WebError::Fields)?;
        let work = async {
            let said = directive::record(
                &self.app.store,
                &permit,
                self.resident,
                NewStatement {
                    about: about.as_ref(),
                    statement: &statement,
                },
                expected,
                self.limits().await?,
                self.app.now(),
            )
            .await?;
            if matches!(Spoken::of(self.kind), Spoken::RaisesProtection) {
                mail::tell(self.app, permit.facility(), mail::Kind::ProtectionRaised);
            }
            let said = said_json(&said);
            Ok(Answer {
                status: StatusCode::CREATED,
                body: said.clone(),
                kept: said,
            })
        };
        // The same key for another resident is another call.
        let request = [self.resident.as_str().as_bytes(), &self.body.bytes].concat();
        let (status, said) =
            idempotency::once(self.app, &permit, self.headers, &request, work).await?;
        // Never kept with the answer: a repeat is told what holds when it is repeated (safety.md S7).
        let standing = standing_now(self.app, self.actor, self.resident).await;
        let etag = format!("\"{}\"", said["seq"]);
        let json = json!({"statement": said, "standing": standing.json()});
        Ok((status, [(ETAG, etag)], Json(json)).into_response())
    }

    /// The facility's limits bind what lowers protection; what raises it does not wait for them to be read.
    async fn limits(&self) -> Result<Limits, ApiError> {
        if !needs_if_match(self.kind) {
            return Ok(Limits::default());
        }
        let permit = self.actor.permit::<ReadResident>()?;
        Ok(Limits::of(&load::facility_facts(self.app, &permit).await?))
    }
}
