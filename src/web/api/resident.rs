//! Residents of the caller's facility.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::caller::{Allowed, Body, expected_revision};
use super::idempotency::{self, Answer};
use super::{instant, limit};
use crate::domain::answer::{Inputs, Problems};
use crate::domain::date::Day;
use crate::domain::id::ResidentId;
use crate::domain::permit::{EditSheet, MoveResident, Permit, ReadResident};
use crate::domain::record::Record;
use crate::domain::resident::Status;
use crate::domain::sheet::{Staleness, missing};
use crate::domain::standing::Standing;
use crate::store::resident::{self, Find, Listed, ResidentHead};
use crate::store::{Entry, sheet};
use crate::web::error::ApiError;
use crate::web::load::{self, Change};
use crate::web::resident::{admit_record, read_cursor, search, write_cursor};
use crate::web::{App, WebError};

#[derive(Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    status: String,
    after: Option<String>,
    limit: Option<i64>,
}

pub async fn list(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, ApiError> {
    let status = match query.status.as_str() {
        "" => Status::LivingIn,
        code => Status::from_code(code).ok_or_else(|| {
            ApiError(WebError::Bad(
                "status は living_in・left・died のどれかです".to_owned(),
            ))
        })?,
    };
    let wanted = limit(query.limit);
    let asked = query.q.trim();
    let (found, next) = if asked.is_empty() {
        let after = match query.after.as_deref() {
            None | Some("") => None,
            Some(text) => Some(read_cursor(text).ok_or_else(|| {
                ApiError(WebError::Bad(
                    "after には前の答えの next をそのまま入れてください".to_owned(),
                ))
            })?),
        };
        let found = resident::list(
            &app.store,
            &permit,
            Find::ByKana,
            status,
            after.as_ref(),
            wanted,
        )
        .await?;
        let next = (found.len() as i64 == wanted)
            .then(|| {
                found
                    .last()
                    .map(|last| write_cursor(&Find::ByKana.cursor(&last.head)))
            })
            .flatten();
        (found, next)
    } else {
        let mut found = search(&app, &permit, asked, status).await?;
        found.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        (found, None)
    };
    let entry = Entry::new("resident.listed", None, json!({"rows": found.len()}));
    app.store.note_read(&permit, app.now(), entry).await?;
    let heads: Vec<_> = found.iter().map(|listed| &listed.head).collect();
    let standings = load::standings(&app, &permit, &heads).await?;
    let items: Vec<Value> = found
        .iter()
        .zip(&standings)
        .map(|(listed, standing)| listed_json(&app, listed, standing))
        .collect();
    Ok(Json(json!({"items": items, "next": next})))
}

fn listed_json(app: &App, listed: &Listed, standing: &Standing) -> Value {
    let open = load::read_record(&listed.sheet.body)
        .map(|record| missing(&record, app.forms.emergency()).len())
        .ok();
    let mut json = head_json(app, &listed.head, standing);
    json["missing"] = json!(open);
    json
}

/// A resident without the sheet.
pub fn head_json(app: &App, head: &ResidentHead, standing: &Standing) -> Value {
    let today = Day::of(app.now());
    let staleness = Staleness::of(head.verified_at.map(Day::of), today);
    json!({
        "id": head.id,
        "resident_number": head.number,
        "name": head.name,
        "name_kana": head.name_kana,
        "birth_date": head.birth_date.map(|day| day.iso()),
        "age": head.birth_date.map(|day| day.age_on(today)),
        "sex": head.sex,
        "floor": head.floor,
        "room": head.room,
        "status": head.status.code(),
        "status_on": head.status_on.map(|day| day.iso()),
        "revision": head.revision,
        "verified_at": head.verified_at.map(instant),
        "staleness": {"code": staleness.code(), "words": staleness.words()},
        "standing": standing.json(),
    })
}

/// [`head_json`] with the standing read beside it.
async fn whole_head_json(
    app: &App,
    permit: &Permit<ReadResident>,
    head: &ResidentHead,
) -> Result<Value, WebError> {
    let standings = load::standings(app, permit, &[head]).await?;
    let standing = standings.first().ok_or(WebError::Broken)?;
    Ok(head_json(app, head, standing))
}

pub async fn create(
    State(app): State<App>,
    Allowed(permit): Allowed<MoveResident>,
    headers: HeaderMap,
    body: Body<Value>,
) -> Result<Response, ApiError> {
    let work = async {
        let id = admit_record(&app, &permit, &Inputs::from_json(object(&body.value)?)).await?;
        let made = json!({"id": id});
        Ok(Answer {
            status: StatusCode::CREATED,
            kept: made.clone(),
            body: made,
        })
    };
    let (status, made) = idempotency::once(&app, &permit, &headers, &body.bytes, work).await?;
    // A repeat tells the resident as they are when it is repeated.
    let id = ResidentId::from(made["id"].as_str().unwrap_or_default());
    let read = permit.actor().permit::<ReadResident>()?;
    let head = resident::get(&app.store, &read, &id).await?;
    let json = whole_head_json(&app, &read, &head).await?;
    Ok((status, Json(json)).into_response())
}

/// A body that has to be an object.
pub fn object(value: &Value) -> Result<&Value, ApiError> {
    if value.is_object() {
        Ok(value)
    } else {
        Err(ApiError(WebError::Bad(
            "本文はJSONのオブジェクトにしてください".to_owned(),
        )))
    }
}

pub async fn show(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Response, ApiError> {
    let head = resident::get(&app.store, &permit, &id).await?;
    load::note_export(&app, &permit, &id, "resident.viewed").await?;
    let json = whole_head_json(&app, &permit, &head).await?;
    Ok(with_etag(head.revision, json))
}

/// An answer whose `ETag` is the revision.
pub fn with_etag(revision: i64, json: Value) -> Response {
    ([(ETAG, format!("\"{revision}\""))], Json(json)).into_response()
}

pub async fn change(
    State(app): State<App>,
    Allowed(permit): Allowed<MoveResident>,
    Path(id): Path<ResidentId>,
    headers: HeaderMap,
    body: Body<Map<String, Value>>,
) -> Result<Response, ApiError> {
    let mut expected = expected_revision(&headers)?;
    let read = permit.actor().permit::<ReadResident>()?;
    let mut given = body.value;
    let (status, on) = ending(&mut given, &app)?;
    if !given.is_empty() {
        let edit = permit.actor().permit::<EditSheet>()?;
        let current = load::read_record(&sheet::current(&app.store, &read, &id).await?.body)?;
        let mut inputs = current.inputs();
        for key in given.keys() {
            inputs.replace(key, Inputs::default());
        }
        let given = Inputs::from_json(&Value::Object(given));
        for (key, values) in given.iter() {
            for value in values {
                inputs.push(key.to_owned(), value.clone());
            }
        }
        let (record, problems) = Record::read(&inputs);
        if !problems.is_empty() {
            return Err(ApiError(WebError::Fields(problems)));
        }
        let change = Change {
            reason: "APIからの変更",
            verified: false,
        };
        expected = load::confirm(&app, &edit, &id, expected, &record, change).await?;
    }
    if let Some(status) = status {
        let head = resident::get(&app.store, &read, &id).await?;
        if head.revision != expected {
            return Err(ApiError(WebError::Conflict {
                current: head.revision,
            }));
        }
        resident::set_status(&app.store, &permit, &id, status, on, app.now()).await?;
    }
    let head = resident::get(&app.store, &read, &id).await?;
    let json = whole_head_json(&app, &read, &head).await?;
    Ok(with_etag(head.revision, json))
}

/// `status` and `status_on`, taken out of what was given.
fn ending(
    given: &mut Map<String, Value>,
    app: &App,
) -> Result<(Option<Status>, Option<Day>), ApiError> {
    let mut problems = Problems::default();
    let status = given.remove("status");
    let on = given.remove("status_on");
    let status = match status
        .as_ref()
        .map(|code| code.as_str().and_then(Status::from_code))
    {
        None => None,
        Some(Some(status)) => Some(status),
        Some(None) => {
            problems.add("status", "living_in・left・died のどれかです");
            None
        }
    };
    let on = match on
        .as_ref()
        .map(|day| Day::parse(day.as_str().unwrap_or_default()))
    {
        None => None,
        Some(Ok(day)) if day <= Day::of(app.now()) => Some(day),
        Some(Ok(_)) => {
            problems.add("status_on", "今日より後の日付です");
            None
        }
        Some(Err(problem)) => {
            problems.add("status_on", problem.0);
            None
        }
    };
    if problems.is_empty() {
        Ok((status, on))
    } else {
        Err(ApiError(WebError::Fields(problems)))
    }
}
