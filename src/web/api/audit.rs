//! The facility's audit.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::Allowed;
use super::{instant, limit};
use crate::domain::id::ResidentId;
use crate::domain::permit::ReadAudit;
use crate::store::audit;
use crate::web::App;
use crate::web::error::ApiError;

#[derive(Deserialize)]
pub struct Filter {
    resident: Option<ResidentId>,
    before: Option<i64>,
    limit: Option<i64>,
}

pub async fn list(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadAudit>,
    Query(filter): Query<Filter>,
) -> Result<Json<Value>, ApiError> {
    let wanted = limit(filter.limit);
    let found = audit::list(
        &app.store,
        &permit,
        filter.resident.as_ref(),
        filter.before,
        wanted,
    )
    .await?;
    let next = (found.len() as i64 == wanted)
        .then(|| found.last().map(|last| last.seq))
        .flatten();
    let items: Vec<Value> = found
        .iter()
        .map(|entry| {
            json!({
                "seq": entry.seq,
                "at": instant(entry.at),
                "actor": entry.actor,
                "action": entry.action,
                "resident": entry.subject,
                "source": entry.source,
                "detail": serde_json::from_str::<Value>(&entry.detail).unwrap_or(Value::Null),
            })
        })
        .collect();
    Ok(Json(json!({"items": items, "next": next})))
}
