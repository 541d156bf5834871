//! Stays in hospital: what is written of them, their documents and how these were given.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::caller::{Allowed, Body, Caller, expected_revision};
use super::{instant, limit, reference};
use crate::domain::answer::{Inputs, Problems};
use crate::domain::form::Form;
use crate::domain::handoff::sending::{Event, Method, Progress};
use crate::domain::handoff::{Ending, Part};
use crate::domain::id::{DocumentId, HandoffId, ResidentId, TransportId};
use crate::domain::jahis;
use crate::domain::permit::{
    DecideReturn, HandleSensitive, IssueDocument, ReadResident, WriteHandoff,
};
use crate::store::handoff::{self, Handoff, Writer};
use crate::store::sending::{self, NotedOf, Sending};
use crate::store::{document, resident};
use crate::web::document::may_see;
use crate::web::error::ApiError;
use crate::web::handoff::{
    Given, Loaded, Wanted, begin_stay, changes, give, issue_form, load_stay,
};
use crate::web::{App, WebError, load};

#[derive(Deserialize)]
pub struct Window {
    limit: Option<i64>,
}

/// The newest first.
pub async fn list(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path(id): Path<ResidentId>,
    Query(window): Query<Window>,
) -> Result<Json<Value>, ApiError> {
    resident::get(&app.store, &permit, &id).await?;
    load::note_export(&app, &permit, &id, "handoff.viewed").await?;
    let stays = handoff::of_resident(&app.store, &permit, &id, limit(window.limit)).await?;
    let items: Vec<Value> = stays.iter().map(head).collect();
    Ok(Json(json!({"items": items})))
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewHandoff {
    transport: Option<TransportId>,
}

/// Begins a stay; gives the one that is open already, with 200.
pub async fn begin(
    State(app): State<App>,
    Allowed(permit): Allowed<WriteHandoff>,
    Path(id): Path<ResidentId>,
    Body { value, .. }: Body<NewHandoff>,
) -> Result<Response, ApiError> {
    let read = permit.actor().permit::<ReadResident>()?;
    let before = handoff::of_resident(&app.store, &read, &id, 1).await?;
    let stay = begin_stay(&app, &permit, &id, value.transport).await?;
    let status = match before.iter().any(|known| known.id == stay) {
        true => StatusCode::OK,
        false => StatusCode::CREATED,
    };
    let whole = whole(&app, &read, &stay).await?;
    Ok((status, Json(whole)).into_response())
}

pub async fn show(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path(id): Path<HandoffId>,
) -> Result<Json<Value>, ApiError> {
    let stay = handoff::get(&app.store, &permit, &id).await?;
    load::note_export(&app, &permit, &stay.resident_id, "handoff.viewed").await?;
    Ok(Json(whole(&app, &permit, &id).await?))
}

fn head(stay: &Handoff) -> Value {
    json!({
        "id": stay.id,
        "resident": stay.resident_id,
        "transport": stay.transport_id,
        "baseline": stay.baseline,
        "began_at": instant(stay.at),
        "began_by": stay.by_name,
        "ending": stay.ending.map(Ending::code),
        "ended_on": stay.ended_on.map(|day| day.iso()),
    })
}

async fn whole(
    app: &App,
    permit: &crate::domain::permit::Permit<ReadResident>,
    id: &HandoffId,
) -> Result<Value, WebError> {
    let loaded = load_stay(app, permit, id, false).await?;
    let sendings = sending::of_handoff(&app.store, permit, id, 200).await?;
    let documents = handoff::documents(&app.store, permit, id, 200).await?;
    let mut kept = Vec::new();
    for known in documents.iter().filter(|known| known.restricted == 0) {
        let (paper, _) = document::get(&app.store, permit, &known.document_id).await?;
        kept.push(json!({
            "id": paper.id, "form": paper.form, "edition": paper.edition, "serial": paper.serial,
            "issued_at": instant(paper.issued_at),
        }));
    }
    let mut value = head(&loaded.stay);
    value["parts"] = Value::Object(parts(&loaded));
    value["documents"] = json!(kept);
    let is_open = |sent: &Sending| {
        let known = documents
            .iter()
            .find(|known| known.document_id == sent.document_id);
        known.is_some_and(|known| known.restricted == 0)
    };
    let shown = sendings.iter().filter(|(sent, _)| is_open(sent));
    value["sendings"] = shown.map(sent_json).collect();
    Ok(value)
}

fn parts(loaded: &Loaded) -> Map<String, Value> {
    let part = |(part, body): (&Part, &String)| {
        let answers: Value = serde_json::from_str(body).unwrap_or_default();
        let version = loaded.versions.get(part);
        (
            part.code().to_owned(),
            json!({"version": version, "answers": answers}),
        )
    };
    loaded.bodies.iter().map(part).collect()
}

fn sent_json((sent, noted): &(Sending, Vec<NotedOf>)) -> Value {
    let progress = Progress::of(noted.iter().map(|noted| noted.kind));
    let events: Vec<Value> = noted
        .iter()
        .map(|one| json!({"event": one.kind.code(), "at": instant(one.at), "by": one.by_name, "words": one.words}))
        .collect();
    json!({
        "id": sent.id, "document": sent.document_id, "method": sent.method.code(), "recipient": sent.recipient,
        "department": sent.department, "person": sent.person, "role": sent.role, "pages": sent.pages,
        "attachments": sent.attachments, "note": sent.note, "at": instant(sent.at), "by": sent.by_name,
        "received": progress.received, "opened": progress.opened, "recalled": progress.recalled, "events": events,
    })
}

/// Writes the version of a part after the one of `If-Match` (`"0"`: the first).
pub async fn write(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, part)): Path<(HandoffId, String)>,
    headers: HeaderMap,
    Body { value, .. }: Body<Value>,
) -> Result<Response, ApiError> {
    let part = Part::from_code(&part).ok_or(WebError::NotFound)?;
    let seen = expected_revision(&headers)?;
    let read = actor.permit::<ReadResident>()?;
    handoff::get(&app.store, &read, &id).await?;
    let body = part
        .body(&Inputs::from_json(&value))
        .map_err(WebError::Fields)?;
    let now = app.now();
    match part {
        Part::Sensitive => {
            let permit = actor.permit::<HandleSensitive>()?;
            handoff::write(
                &app.store,
                Writer::Sensitive(&permit),
                &id,
                part,
                seen,
                &body,
                now,
            )
            .await?;
        }
        Part::Assessment => {
            let permit = actor.permit::<DecideReturn>()?;
            handoff::write(
                &app.store,
                Writer::Assessment(&permit),
                &id,
                part,
                seen,
                &body,
                now,
            )
            .await?;
        }
        Part::Admission | Part::Discharge | Part::Conference => {
            let permit = actor.permit::<WriteHandoff>()?;
            handoff::write(
                &app.store,
                Writer::Facility(&permit),
                &id,
                part,
                seen,
                &body,
                now,
            )
            .await?;
        }
    }
    let answers: Value = serde_json::from_str(&body).unwrap_or_default();
    let written = json!({"version": seen + 1, "answers": answers});
    Ok(super::resident::with_etag(seen + 1, written))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewForm {
    form: String,
}

/// Freezes a form of the stay.
pub async fn issue(
    State(app): State<App>,
    Allowed(permit): Allowed<IssueDocument>,
    Path(id): Path<HandoffId>,
    Body { value, .. }: Body<NewForm>,
) -> Result<Response, ApiError> {
    let form: Option<&Form> = app.forms.handoff().find(|form| form.key == value.form);
    let Some(form) = form else {
        let known: Vec<&str> = app.forms.handoff().map(|form| form.key.as_str()).collect();
        let mut problems = Problems::default();
        problems.add(
            "form",
            format!(
                "「{}」という様式はありません。{}",
                value.form,
                known.join("、")
            ),
        );
        return Err(WebError::Fields(problems).into());
    };
    let document = issue_form(&app, &permit, &id, form).await?;
    let read = permit.actor().permit::<ReadResident>()?;
    let (paper, _) = document::get(&app.store, &read, &document).await?;
    let answer = json!({
        "id": paper.id, "form": paper.form, "edition": paper.edition, "serial": paper.serial,
        "issued_at": instant(paper.issued_at), "pdf": format!("/api/v1/documents/{document}/pdf"),
    });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// What a document says, as the hospital's machine gets it (docs/exchange.md).
pub async fn said(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path((id, document)): Path<(HandoffId, DocumentId)>,
) -> Result<Json<Value>, ApiError> {
    let belongs = handoff::of_document(&app.store, &permit, &document).await?;
    if belongs.is_none_or(|belongs| belongs.handoff_id != id) {
        return Err(WebError::NotFound.into());
    }
    may_see(&app, &permit, &document).await?;
    let (paper, frozen) = document::get(&app.store, &permit, &document).await?;
    load::note_export(&app, &permit, &paper.resident_id, "document.exported").await?;
    let body: Value = serde_json::from_slice(&frozen.body).unwrap_or_default();
    Ok(Json(body["document"].clone()))
}

/// Writes down that a document was given, or opens a page for the hospital. The page's passcode is told once.
pub async fn send(
    State(app): State<App>,
    Allowed(permit): Allowed<IssueDocument>,
    Path((id, document)): Path<(HandoffId, DocumentId)>,
    Body { value, .. }: Body<Wanted>,
) -> Result<Response, ApiError> {
    let read = permit.actor().permit::<ReadResident>()?;
    let belongs = handoff::of_document(&app.store, &read, &document).await?;
    if belongs.is_none_or(|belongs| belongs.handoff_id != id) {
        return Err(WebError::NotFound.into());
    }
    may_see(&app, &read, &document).await?;
    let given = give(&app, &permit, &document, &value)
        .await?
        .map_err(|wrong| {
            let mut problems = Problems::default();
            wrong
                .into_iter()
                .for_each(|(key, words)| problems.add(key, words));
            WebError::Fields(problems)
        })?;
    let Some(Given { id, link }) = given else {
        let words = "FAXは画面から送ります(番号を二人で確かめます)。送ると記録に入ります";
        return Err(WebError::Bad(words.to_owned()).into());
    };
    let mut answer = json!({"id": id});
    if let Some((address, passcode)) = link {
        answer["address"] = json!(address);
        answer["passcode"] = json!(passcode.as_str());
    }
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Before and after: the sheet of the day of admission against what the hospital wrote.
pub async fn difference(
    State(app): State<App>,
    Allowed(permit): Allowed<ReadResident>,
    Path(id): Path<HandoffId>,
) -> Result<Json<Value>, ApiError> {
    let loaded = load_stay(&app, &permit, &id, false).await?;
    load::note_export(&app, &permit, &loaded.stay.resident_id, "handoff.viewed").await?;
    let lines: Vec<Value> = changes(&app, &permit, &loaded)
        .await?
        .into_iter()
        .map(|line| json!({"area": line.area.label(), "item": line.label, "before": line.before, "after": line.after, "change": line.change.label()}))
        .collect();
    Ok(Json(json!({"items": lines})))
}

/// Reads the text of JAHIS お薬手帳 codes in UTF-8 or Shift_JIS. Nothing is kept.
pub async fn notebook(
    Allowed(_permit): Allowed<ReadResident>,
    bytes: Bytes,
) -> Result<Json<Value>, ApiError> {
    let read = jahis::read_bytes(&bytes).map_err(|refused| WebError::Bad(refused.0))?;
    let medicines: Vec<Value> = read
        .medicines
        .iter()
        .map(|one| {
            json!({
                "name": one.name, "generic": one.generic, "amount": one.amount, "unit": one.unit, "usage": one.usage,
                "quantity": one.quantity, "quantity_unit": one.quantity_unit, "code": one.code, "notes": one.notes,
                "dispensed_on": one.dispensed_on.map(|day| day.iso()), "prescribed_at": one.prescribed_at,
                "prescribed_by": one.prescribed_by,
            })
        })
        .collect();
    let pairs = |pairs: &[(&str, String)]| -> Vec<Value> {
        pairs
            .iter()
            .map(|(what, words)| json!({"what": what, "words": words}))
            .collect()
    };
    let issues: Vec<Value> = read
        .issues
        .iter()
        .map(|issue| json!({"line": issue.line, "field": issue.field, "message": issue.message}))
        .collect();
    let unknown: Vec<Value> = read
        .unknown
        .iter()
        .map(|(line, words)| json!({"line": line, "words": words}))
        .collect();
    Ok(Json(json!({
        "version": read.version,
        "patient": read.patient.as_ref().map(|one| json!({
            "name": one.name, "kana": one.kana, "sex": one.sex, "birth_date": one.birth_date.map(|day| day.iso()), "weight": one.weight,
        })),
        "remarks": pairs(&read.remarks),
        "medicines": medicines,
        "over_the_counter": read.over_the_counter,
        "handling": read.handling,
        "notes": pairs(&read.notes),
        "unknown": unknown,
        "issues": issues,
    })))
}

pub fn openapi_schemas() -> Vec<(&'static str, Value)> {
    let text = || json!({"type": "string"});
    let maybe = || json!({"type": ["string", "null"]});
    let codes = |codes: Vec<&'static str>| json!({"enum": codes});
    let endings: Vec<Value> = Ending::ALL
        .iter()
        .map(|one| json!(one.code()))
        .chain([Value::Null])
        .collect();
    let methods = Method::ALL.iter().map(|one| one.code()).collect();
    let events = Event::ALL.iter().map(|one| one.code()).collect();
    let head = json!({
        "id": text(), "resident": text(), "transport": maybe(), "baseline": {"type": "integer", "description": "入院した日のシートの版"},
        "began_at": text(), "began_by": text(), "ending": {"enum": endings}, "ended_on": maybe(),
    });
    let mut whole = head.clone();
    whole["parts"] = json!({"type": "object", "description": "admission・discharge・conference・assessment。取扱注意は入らない", "additionalProperties": reference("HandoffPart")});
    whole["documents"] = json!({"type": "array", "items": {"type": "object"}});
    whole["sendings"] = json!({"type": "array", "items": reference("Sending")});
    let list = |item: Value| json!({"type": "object", "properties": {"items": {"type": "array", "items": item}}, "required": ["items"]});
    vec![
        (
            "HandoffList",
            list(json!({"type": "object", "properties": head})),
        ),
        ("Handoff", json!({"type": "object", "properties": whole})),
        (
            "NewHandoff",
            json!({"type": "object", "properties": {"transport": maybe()}}),
        ),
        (
            "HandoffPart",
            json!({"type": "object", "properties": {"version": {"type": "integer"}, "answers": {"type": "object"}}}),
        ),
        (
            "HandoffAnswers",
            json!({"type": "object", "description": "答えのある項目だけ。項目は様式(forms/)の show"}),
        ),
        (
            "NewHandoffDocument",
            json!({"type": "object", "properties": {"form": text()}, "required": ["form"]}),
        ),
        (
            "HandoffDocument",
            json!({"type": "object", "properties": {"id": text(), "form": text(), "edition": text(), "serial": text(), "issued_at": text(), "pdf": text()}}),
        ),
        (
            "Exchange",
            json!({"type": "object", "description": "docs/exchange.md", "properties": {"format": {"const": "hikitsugi.handoff"}, "version": {"type": "integer"}}}),
        ),
        (
            "NewSending",
            json!({"type": "object", "properties": {
            "method": codes(methods), "recipient": text(), "department": text(), "person": text(), "role": text(), "pages": text(),
            "attachments": text(), "note": text(),
        }, "required": ["method", "recipient", "pages"]}),
        ),
        (
            "GivenSending",
            json!({"type": "object", "properties": {"id": text(), "address": text(), "passcode": {"type": "string", "description": "一度だけ。電話で伝える"}}}),
        ),
        (
            "Sending",
            json!({"type": "object", "properties": {
                "id": text(), "document": text(), "method": text(), "recipient": text(), "received": {"type": "boolean"}, "opened": {"type": "boolean"},
                "recalled": {"type": "boolean"}, "events": {"type": "array", "items": {"type": "object", "properties": {"event": codes(events), "at": text(), "by": text(), "words": text()}}},
            }}),
        ),
        (
            "DifferenceList",
            list(
                json!({"type": "object", "properties": {"area": text(), "item": text(), "before": text(), "after": text(), "change": text()}}),
            ),
        ),
        (
            "Notebook",
            json!({"type": "object", "properties": {"version": {"type": "integer"}, "medicines": {"type": "array", "items": {"type": "object"}}, "issues": {"type": "array", "items": {"type": "object"}}}}),
        ),
    ]
}
