//! Emergencies of residents and what was noted of them.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::{Allowed, Body};
use super::idempotency;
use super::{instant, limit, reference};
use crate::domain::answer::{Inputs, Problems};
use crate::domain::id::{ResidentId, TransportId, new_uuid};
use crate::domain::permit::{ReadResident, RecordTransport};
use crate::domain::text::check_line;
use crate::domain::transport::{Event, Outcome};
use crate::store::resident;
use crate::store::transport::{self, NewNote, Noted, Transport};
use crate::web::error::ApiError;
use crate::web::session::sha256;
use crate::web::transport::{WHO_CHARS, WORDS_CHARS, said};
use crate::web::{App, WebError, load, mail};

#[derive(Deserialize)]
pub struct Window {
    limit: Option<i64>,
}

/// The newest first, each without its timeline.
pub async fn list(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path(id): Path<ResidentId>,
    Query(window): Query<Window>,
) -> Result<Json<Value>, ApiError> {
    resident::get(&app.store, &permit, &id).await?;
    load::note_export(&app, &permit, &id, "transport.viewed").await?;
    let known = transport::of_resident(&app.store, &permit, &id, limit(window.limit)).await?;
    let items: Vec<Value> = known.iter().map(head).collect();
    Ok(Json(json!({"items": items})))
}

/// Begins the record; gives the one that is open already, with 200.
pub async fn begin(
    State(app): State<App>,
    Allowed(permit): Allowed<RecordTransport>,
    Path(id): Path<ResidentId>,
) -> Result<Response, ApiError> {
    let new = TransportId::new(app.clock.as_ref(), app.entropy.as_ref());
    let begun = transport::begin(&app.store, &permit, &id, new.clone(), app.now()).await?;
    let status = match begun == new {
        true => {
            mail::tell(&app, permit.facility(), mail::Kind::EmergencyBegan);
            StatusCode::CREATED
        }
        false => StatusCode::OK,
    };
    let (known, noted) = transport::get(&app.store, &permit.actor().permit()?, &begun).await?;
    Ok((status, Json(whole(&known, &noted))).into_response())
}

/// One with its timeline, oldest first.
pub async fn show(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path(id): Path<TransportId>,
) -> Result<Json<Value>, ApiError> {
    let (known, noted) = transport::get(&app.store, &permit, &id).await?;
    load::note_export(&app, &permit, &known.resident_id, "transport.viewed").await?;
    Ok(Json(whole(&known, &noted)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEvent {
    event: String,
    about: Option<i64>,
    #[serde(default)]
    who: String,
    outcome: Option<String>,
    #[serde(default)]
    words: String,
    #[serde(default = "nothing")]
    body: Value,
}

fn nothing() -> Value {
    json!({})
}

/// Notes what happened at the server's time.
pub async fn record(
    State(app): State<App>,
    Allowed(permit): Allowed<RecordTransport>,
    Path(id): Path<TransportId>,
    headers: HeaderMap,
    body: Body<NewEvent>,
) -> Result<Response, ApiError> {
    let new = &body.value;
    let mut problems = Problems::default();
    let event = Event::from_code(&new.event);
    if event.is_none() {
        let codes: Vec<&str> = Event::ALL.iter().map(|event| event.code()).collect();
        problems.add("event", format!("{} のどれかです", codes.join("・")));
    }
    let outcome = new.outcome.as_deref().map(Outcome::from_code);
    let is_call = event.is_some_and(Event::is_call);
    if outcome == Some(None) || (event.is_some() && is_call != outcome.is_some()) {
        problems.add(
            "outcome",
            "電話のときだけ、answered か no_answer を入れてください",
        );
    }
    let who = check_line(&new.who, WHO_CHARS).unwrap_or_else(|problem| {
        problems.add("who", problem.0);
        String::new()
    });
    let Some(event) = event.filter(|_| problems.is_empty()) else {
        return Err(ApiError(WebError::Fields(problems)));
    };
    let (words, said) = said(event, &new.words, &Inputs::from_json(&new.body))
        .map_err(|problems| ApiError(WebError::Fields(problems)))?;
    // The entry itself keeps the key, so that a call that was cut off can be sent again whenever that was.
    let tap = match idempotency::key(&headers)? {
        Some(key) => BASE64_STANDARD.encode(sha256(
            format!("{}\n{key}", permit.actor().staff).as_bytes(),
        )),
        None => new_uuid(app.clock.as_ref(), app.entropy.as_ref()),
    };
    let note = NewNote {
        event,
        about: new.about,
        who: &who,
        outcome: outcome.flatten(),
        words: &words,
        body: &said,
        tap: &tap,
        tapped_at: None,
    };
    transport::record(&app.store, &permit, &id, note, app.now()).await?;
    let (known, noted) = transport::get(&app.store, &permit.actor().permit()?, &id).await?;
    let is_this = |entry: &Noted| {
        let same =
            (entry.kind, entry.about, entry.outcome) == (event, new.about, outcome.flatten());
        same && entry.who == who && entry.words == words && entry.entry().body == said
    };
    let mut noted_so = noted.iter().filter(|entry| entry.tap == tap);
    if !noted_so.any(is_this) {
        return Err(idempotency::mismatch());
    }
    Ok((StatusCode::CREATED, Json(whole(&known, &noted))).into_response())
}

fn head(known: &Transport) -> Value {
    json!({
        "id": known.id,
        "resident": known.resident_id,
        "drill": known.is_drill(),
        "began_at": instant(known.at),
        "began_by": known.by_name,
    })
}

fn whole(known: &Transport, noted: &[Noted]) -> Value {
    let progress = Noted::progress(noted);
    let events: Vec<Value> = noted
        .iter()
        .map(|entry| {
            json!({
                "seq": entry.seq,
                "at": instant(entry.at),
                "by": entry.by_name,
                "event": entry.kind.code(),
                "text": entry.kind.label(),
                "about": entry.about,
                "who": entry.who,
                "outcome": entry.outcome.map(Outcome::code),
                "words": entry.words,
                "body": entry.entry().body.json(),
                "corrected": progress.is_corrected(entry.seq),
            })
        })
        .collect();
    let mut json = head(known);
    json["open"] = json!(progress.is_open());
    json["events"] = json!(events);
    json
}

pub fn openapi_schemas() -> [(&'static str, Value); 4] {
    let text = || json!({"type": "string"});
    let events: Vec<&str> = Event::ALL.iter().map(|event| event.code()).collect();
    let head = |more: Value| {
        let mut properties = json!({"id": text(), "resident": text(), "drill": {"type": "boolean", "description": "訓練"}, "began_at": text(), "began_by": text()});
        for (key, schema) in more.as_object().into_iter().flatten() {
            properties[key] = schema.clone();
        }
        json!({"type": "object", "properties": properties})
    };
    [
        (
            "TransportList",
            json!({"type": "object", "properties": {"items": {"type": "array", "items": head(json!({}))}}, "required": ["items"]}),
        ),
        (
            "Transport",
            head(json!({
                "open": {"type": "boolean"},
                "events": {"type": "array", "items": reference("TransportEvent")},
            })),
        ),
        (
            "TransportEvent",
            json!({
                "type": "object",
                "properties": {
                    "seq": {"type": "integer"}, "at": text(), "by": text(), "event": {"enum": events}, "text": text(),
                    "about": {"type": ["integer", "null"], "description": "訂正された経過の seq"},
                    "who": text(), "outcome": {"enum": [null, "answered", "no_answer"]}, "words": text(),
                    "body": {"type": "object"},
                    "corrected": {"type": "boolean", "description": "あとの訂正で取り消された"},
                },
            }),
        ),
        (
            "NewTransportEvent",
            json!({
                "type": "object",
                "properties": {
                    "event": {"enum": events},
                    "about": {"type": "integer", "description": "corrected のときだけ"},
                    "who": {"type": "string", "description": "電話の相手"},
                    "outcome": {"enum": ["answered", "no_answer"], "description": "電話のときだけ"},
                    "words": {"type": "string", "maxLength": WORDS_CHARS},
                    "body": {"type": "object", "description": "situation・observation・review の答え"},
                },
                "required": ["event"],
                "additionalProperties": false,
            }),
        ),
    ]
}
