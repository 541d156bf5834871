//! Issued documents.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::{Allowed, Body};
use super::idempotency::{self, Answer};
use super::instant;
use crate::domain::id::{DocumentId, ResidentId};
use crate::domain::permit::{IssueDocument, ReadResident, WithdrawDocument};
use crate::store::document::{self, Document, PrintOrder};
use crate::web::document::{PaperState, issue_document, pdf_response};
use crate::web::error::ApiError;
use crate::web::{App, WebError, load};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDocument {
    form: String,
}

pub async fn issue(
    State(app): State<App>,
    Allowed(permit): Allowed<IssueDocument>,
    Path(id): Path<ResidentId>,
    headers: HeaderMap,
    body: Body<NewDocument>,
) -> Result<Response, ApiError> {
    let work = async {
        let form = app
            .forms
            .printable()
            .find(|form| form.key == body.value.form)
            .ok_or_else(|| {
                ApiError(WebError::Bad(format!(
                    "印刷できる様式「{}」はありません",
                    body.value.form
                )))
            })?;
        let issued = issue_document(&app, &permit, &id, form, PrintOrder::default()).await?;
        let kept = json!({
            "id": issued.id,
            "serial": issued.serial,
            "form": form.key,
            "pdf": format!("/api/v1/documents/{}/pdf", issued.id),
        });
        let mut body = kept.clone();
        // Only this answer holds the address; the store has its hash, and a repeat gives none.
        body["scan_url"] = json!(issued.address);
        Ok(Answer {
            status: StatusCode::CREATED,
            body,
            kept,
        })
    };
    // The same key for another resident is another call.
    let request = [id.as_str().as_bytes(), &body.bytes].concat();
    let (status, json) = idempotency::once(&app, &permit, &headers, &request, work).await?;
    Ok((status, Json(json)).into_response())
}

pub async fn pdf(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path(id): Path<DocumentId>,
) -> Result<Response, ApiError> {
    let (paper, _) = document::get(&app.store, &permit, &id).await?;
    let bytes = document::pdf(&app.store, &permit, &id).await?;
    load::note_export(&app, &permit, &paper.resident_id, "document.printed").await?;
    Ok(pdf_response(&paper.serial, bytes))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    reason: String,
}

pub async fn withdraw(
    State(app): State<App>,
    Allowed(permit): Allowed<WithdrawDocument>,
    Path(id): Path<DocumentId>,
    body: Body<Withdrawal>,
) -> Result<Json<Value>, ApiError> {
    crate::web::document::withdraw_document(&app, &permit, &id, &body.value.reason).await?;
    let read = permit.actor().permit::<ReadResident>()?;
    let (paper, _) = document::get(&app.store, &read, &id).await?;
    Ok(Json(document_json(&app, &paper)))
}

fn document_json(app: &App, paper: &Document) -> Value {
    let state = match PaperState::of(paper, app.now()) {
        PaperState::Live => "live",
        PaperState::Withdrawn => "withdrawn",
        PaperState::Ended => "ended",
        PaperState::Expired => "expired",
    };
    json!({
        "id": paper.id,
        "resident": paper.resident_id,
        "serial": paper.serial,
        "form": paper.form,
        "edition": paper.edition,
        "revision": paper.revision,
        "issued_at": instant(paper.issued_at),
        "issued_by": paper.issued_by_name,
        "valid_until": paper.valid_until.map(|day| day.iso()),
        "match_code": paper.match_code,
        "state": state,
        "withdrawn_reason": paper.withdrawn_reason,
        "pdf": format!("/api/v1/documents/{}/pdf", paper.id),
    })
}
