//! The sheet, its revisions and the standing.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::{Allowed, Body, expected_revision};
use super::resident::{object, with_etag};
use super::{instant, limit};
use crate::domain::id::ResidentId;
use crate::domain::permit::{EditSheet, ReadResident};
use crate::domain::record::Record;
use crate::domain::sheet::{changes, missing};
use crate::store::sheet::{self, RevisionMeta};
use crate::web::error::ApiError;
use crate::web::load::{self, Change, Loaded};
use crate::web::{App, WebError};

pub async fn show(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Response, ApiError> {
    let loaded = load::resident(&app, &permit, &id).await?;
    load::note_export(&app, &permit, &id, "sheet.read").await?;
    Ok(with_etag(
        loaded.view.marks.revision,
        sheet_json(&app, &loaded),
    ))
}

fn sheet_json(app: &App, loaded: &Loaded) -> Value {
    let view = &loaded.view;
    let open: Vec<Value> = missing(&view.record, app.forms.emergency())
        .iter()
        .map(|item| json!({"field": item.key, "message": item.message}))
        .collect();
    let staleness = view.staleness();
    json!({
        "resident": loaded.head.id,
        "revision": view.marks.revision,
        "recorded_at": instant(view.marks.recorded_at),
        "recorded_by": view.marks.recorded_by,
        "verified_at": view.marks.verified_at.map(instant),
        "staleness": {"code": staleness.code(), "words": staleness.words()},
        "standing": view.standing.json(),
        "like_names": view.alike,
        "missing": open,
        "record": view.record.json(),
    })
}

/// What a `PUT` may carry. The members that a `GET` adds are accepted and ignored, so that what was read can be sent
/// back changed.
#[derive(Deserialize)]
pub struct NewSheet {
    record: Value,
    #[serde(default)]
    reason: String,
    /// Whether the caller went through the whole sheet.
    #[serde(default)]
    verified: bool,
}

pub async fn replace(
    State(app): State<App>,
    Allowed(permit): Allowed<EditSheet>,
    Path(id): Path<ResidentId>,
    headers: HeaderMap,
    body: Body<NewSheet>,
) -> Result<Response, ApiError> {
    let expected = expected_revision(&headers)?;
    let NewSheet {
        record,
        reason,
        verified,
    } = body.value;
    let record = Record::from_json(object(&record)?).map_err(WebError::Fields)?;
    if crate::domain::text::check_line(&reason, 100).is_err() {
        return Err(ApiError(WebError::Bad(
            "reason は100字までの1行にしてください".to_owned(),
        )));
    }
    let change = Change {
        reason: reason.trim(),
        verified,
    };
    load::confirm(&app, &permit, &id, expected, &record, change).await?;
    let read = permit.actor().permit::<ReadResident>()?;
    let loaded = load::resident(&app, &read, &id).await?;
    Ok(with_etag(
        loaded.view.marks.revision,
        sheet_json(&app, &loaded),
    ))
}

#[derive(Deserialize)]
pub struct Window {
    before: Option<i64>,
    limit: Option<i64>,
}

pub async fn revisions(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path(id): Path<ResidentId>,
    Query(window): Query<Window>,
) -> Result<Json<Value>, ApiError> {
    let wanted = limit(window.limit);
    // The sheet must exist: another facility's resident is not an empty list.
    sheet::current(&app.store, &permit, &id).await?;
    let found = sheet::list(&app.store, &permit, &id, window.before, wanted).await?;
    load::note_export(&app, &permit, &id, "sheet.history_viewed").await?;
    let next = (found.len() as i64 == wanted)
        .then(|| found.last().map(|last| last.revision))
        .flatten();
    let items: Vec<Value> = found.iter().map(meta_json).collect();
    Ok(Json(json!({"items": items, "next": next})))
}

fn meta_json(meta: &RevisionMeta) -> Value {
    json!({
        "revision": meta.revision,
        "recorded_at": instant(meta.created_at),
        "recorded_by": meta.author_name,
        "role": meta.author_role.code(),
        "reason": meta.reason,
    })
}

pub async fn revision(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path((id, number)): Path<(ResidentId, i64)>,
) -> Result<Json<Value>, ApiError> {
    let found = sheet::get(&app.store, &permit, &id, number).await?;
    let record = load::read_record(&found.body)?;
    let before = match number {
        ..=1 => Record::default(),
        _ => load::read_record(&sheet::get(&app.store, &permit, &id, number - 1).await?.body)?,
    };
    load::note_export(&app, &permit, &id, "sheet.revision_viewed").await?;
    let changed: Vec<Value> = changes(&before, &record)
        .iter()
        .map(|change| json!({"field": change.key, "label": change.label, "before": change.before, "after": change.after}))
        .collect();
    Ok(Json(json!({
        "revision": found.revision,
        "recorded_at": instant(found.created_at),
        "recorded_by": found.author_name,
        "role": found.author_role.code(),
        "reason": found.reason,
        "changes": changed,
        "record": record.json(),
    })))
}

pub async fn standing(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Json<Value>, ApiError> {
    let loaded = load::resident(&app, &permit, &id).await?;
    load::note_export(&app, &permit, &id, "standing.read").await?;
    Ok(Json(loaded.view.standing.json()))
}
