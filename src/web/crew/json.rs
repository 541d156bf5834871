//! The crew's page as JSON, for programs of fire departments and hospitals: the same rules, the same record of the
//! view.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::at_call;
use super::calls::{self, Call};
use super::compare::Compared;
use super::cover::ended_words;
use super::shell::facility_calls;
use super::{Opening, Paper, Sheet};
use crate::domain::answer::{Answer, Shown};
use crate::domain::computed::Computed;
use crate::domain::form::{Form, Item, Style};
use crate::domain::link::EndReason;
use crate::domain::standing::Standing;
use crate::domain::view::SheetView;
use crate::store::link::LinkState;
use crate::web::api::instant;
use crate::web::scan::Tier;
use crate::web::walk::read::presence_code;

pub fn opened(form: &Form, opening: &Opening) -> Response {
    let body = whole(form, opening);
    ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

pub(super) fn whole(form: &Form, opening: &Opening) -> Value {
    let paper = &opening.paper;
    let mut body = json!({
        "tier": opening.tier.code(),
        "viewed_at": instant(opening.at),
        "view_recorded": opening.recorded,
        "facility": facility(paper),
        "document": document(paper),
    });
    let told = match &opening.sheet {
        None => json!({"standing": Standing::by_failure().json(), "items": []}),
        Some(sheet) => sheet_json(form, opening.tier, sheet),
    };
    if let (Value::Object(body), Value::Object(told)) = (&mut body, told) {
        body.extend(told);
    }
    body
}

fn sheet_json(form: &Form, tier: Tier, sheet: &Sheet) -> Value {
    let view = &sheet.view;
    let shares = tier != Tier::ContactsOnly;
    let items: Vec<Value> = form
        .sections
        .iter()
        .flat_map(|section| section.items.iter().map(move |item| (section, item)))
        .filter(|(_, item)| shares || item.style == Style::Call)
        .map(|(section, item)| item_json(&section.key, item, view))
        .collect();
    let consent = &view.record.consent.consent_to_share_ems;
    let mut json = json!({
        "revision": view.marks.revision,
        "consent": {"state": consent.json(), "text": consent.to_string(), "shown_without_consent": tier == Tier::Emergency},
        "standing": if shares { view.standing.json() } else { Standing::withheld().json() },
        "items": items,
        "changes": changes(&sheet.compared),
    });
    if shares {
        json["resident"] = resident(sheet);
        if let Some(at_call) = sheet.emergency.open() {
            json["transport"] = at_call::json(at_call, &view.record.usual);
        }
        json["staleness"] = json!({
            "code": view.staleness().code(),
            "text": view.staleness().words(),
            "verified_at": view.marks.verified_at.map(instant),
        });
    }
    json
}

fn resident(sheet: &Sheet) -> Value {
    let view = &sheet.view;
    let identity = &view.record.identity;
    json!({
        "name": identity.name.json(),
        "name_kana": identity.name_kana.json(),
        "birth_date": identity.birth_date.json(),
        "age": Computed::Age.shown(view).line(),
        "sex": identity.sex.json(),
        "floor": identity.floor.json(),
        "room": identity.room.json(),
        "photo": sheet.photo,
        "like_names": if sheet.alike_known { json!(view.alike) } else { Value::Null },
    })
}

fn item_json(section: &str, item: &Item, view: &SheetView) -> Value {
    let shown = view.item(item);
    let mut json = json!({
        "section": section,
        "key": item.source.key(),
        "label": item.label,
        "presence": presence_code(&shown),
        "text": shown.line(),
    });
    if let Shown::Rows(rows) = &shown {
        json["rows"] = rows
            .iter()
            .map(|row| {
                row.iter()
                    .map(|(field, cell)| {
                        json!({
                            "key": field.key,
                            "label": field.label,
                            "presence": presence_code(cell),
                            "text": cell.line(),
                        })
                    })
                    .collect::<Value>()
            })
            .collect();
    }
    if item.style == Style::Call {
        json["calls"] = calls_json(&calls::calls(item, view));
    }
    json
}

fn calls_json(calls: &[Call]) -> Value {
    calls
        .iter()
        .map(|call| json!({"who": call.who, "phone": call.number}))
        .collect()
}

fn changes(compared: &Compared) -> Value {
    match compared {
        Compared::Unknown => Value::Null,
        Compared::Differences(found) => found
            .iter()
            .map(|one| {
                json!({"key": one.key, "label": one.label, "before": one.before, "after": one.after})
            })
            .collect(),
    }
}

fn facility(paper: &Paper) -> Value {
    json!({
        "name": paper.facility.facility_name.json(),
        "calls": calls_json(&facility_calls(&paper.facility)),
    })
}

fn document(paper: &Paper) -> Value {
    json!({
        "drill": paper.is_drill,
        "serial": paper.serial,
        "match_code": paper.match_code,
        "issued_at": instant(paper.issued_at),
        "revision": paper.revision,
        "valid_until": paper.valid_until.map(|day| day.iso()),
    })
}

/// What opens nothing is a problem document (RFC 9457) that still says what to do about resuscitation.
fn problem(status: StatusCode, kind: &str, title: &str, detail: &str, band: &Standing) -> Value {
    json!({
        "type": format!("urn:hikitsugi:problem:{kind}"),
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
        "standing": band.json(),
    })
}

fn refuse(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        ),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, body.to_string()).into_response()
}

pub fn ended(paper: &Paper, state: LinkState) -> Response {
    refuse(StatusCode::GONE, &ended_json(paper, state))
}

pub(super) fn ended_json(paper: &Paper, state: LinkState) -> Value {
    // Who left and who died are told by one word: the code of a paper is no place to learn of a death.
    let reason = match state {
        LinkState::Ended(EndReason::Reprinted) => "reprinted",
        LinkState::Ended(EndReason::Withdrawn) => "withdrawn",
        LinkState::Ended(EndReason::Left | EndReason::Died) => "no_longer_used",
        LinkState::Expired | LinkState::Live => "expired",
    };
    let (title, detail) = ended_words(state);
    let mut body = problem(
        StatusCode::GONE,
        "paper_ended",
        title,
        detail,
        &Standing::withheld(),
    );
    body["reason"] = json!(reason);
    body["facility"] = facility(paper);
    body["document"] = document(paper);
    body
}

pub fn unknown() -> Response {
    let status = StatusCode::NOT_FOUND;
    let detail = "読み取りの誤りか、この仕組みの紙ではありません。施設へ電話で確かめてください";
    let title = "このQRコードは登録されていません";
    refuse(
        status,
        &problem(
            status,
            "unknown_paper",
            title,
            detail,
            &Standing::withheld(),
        ),
    )
}

pub fn unreachable() -> Response {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let detail =
        "紙の内容で活動し、紙にある電話で確かめてください。もう一度試すと読み取れることがあります";
    let title = "いま記録を読み取れません";
    refuse(
        status,
        &problem(
            status,
            "unreachable",
            title,
            detail,
            &Standing::by_failure(),
        ),
    )
}

/// The OpenAPI path of the crew's page, for who asks it for JSON.
pub fn path() -> Value {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let refused = |meaning: &str| {
        json!({
            "description": meaning,
            "content": {"application/problem+json": {"schema": reference("CrewRefusal")}},
        })
    };
    json!({
        "get": {
            "summary": "QRコードの紙が開く救急隊の画面。Accept: application/json のときだけ開き、閲覧として記録され、施設へ知らされる",
            "description": "トークンを持つことが許可である。大文字・小文字を区別しない。",
            "parameters": [
                {"name": "token", "in": "path", "required": true, "schema": {"type": "string"}},
            ],
            "responses": {
                "200": {
                    "description": "今の記録と、紙との違い",
                    "content": {"application/json": {"schema": reference("CrewPage")}},
                },
                "404": refused("登録されていない紙"),
                "410": refused("使えなくなった紙。理由が付く"),
                "503": refused("いま記録を読み取れない"),
            },
            "security": [],
        }
    })
}

fn object(properties: Value) -> Value {
    let required: Vec<&String> = properties
        .as_object()
        .into_iter()
        .flat_map(|all| all.keys())
        .collect();
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

fn list(item: Value) -> Value {
    json!({"type": "array", "items": item})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn maybe() -> Value {
    json!({"type": ["string", "null"]})
}

/// What is told of an open emergency.
fn transport() -> Value {
    let instant = || json!({"type": "string", "format": "date-time"});
    let fact = object(json!({"label": text(), "text": text()}));
    let finding = object(json!({
        "label": text(), "text": text(),
        "usual": {"type": ["string", "null"], "description": "普段と違うとき、普段の値"},
    }));
    let event = object(json!({"at": instant(), "event": text(), "text": text(), "said": text()}));
    let mut transport = object(json!({
        "began_at": instant(),
        "situation": list(fact),
        "observations": list(object(json!({"at": instant(), "findings": list(finding)}))),
        "events": list(event),
    }));
    transport["description"] = json!("急変の記録が開いているあいだ、これまでに施設が記録したこと");
    transport
}

/// The schemas that [`path`] names.
pub fn schemas() -> [(&'static str, Value); 2] {
    let standing = || json!({"$ref": "#/components/schemas/Standing"});
    let call = object(json!({"who": text(), "phone": maybe()}));
    let presence = json!({"enum": ["some", "none", "unknown", "unasked"]});
    let cell =
        object(json!({"key": text(), "label": text(), "presence": presence, "text": text()}));
    let mut item = object(json!({
        "section": text(), "key": text(), "label": text(), "presence": presence, "text": text(),
    }));
    item["properties"]["rows"] = list(list(cell));
    item["properties"]["calls"] = list(call.clone());
    let facility = object(json!({"name": maybe(), "calls": list(call)}));
    let document = object(json!({
        "drill": {"type": "boolean", "description": "訓練の紙。本物の患者ではない"},
        "serial": text(), "match_code": text(), "issued_at": {"type": "string", "format": "date-time"},
        "revision": {"type": "integer"}, "valid_until": {"type": ["string", "null"], "format": "date"},
    }));
    let resident = object(json!({
        "name": maybe(), "name_kana": maybe(), "birth_date": maybe(), "age": text(), "sex": maybe(),
        "floor": maybe(), "room": maybe(), "photo": maybe(),
        "like_names": {"type": ["array", "null"], "items": text(), "description": "null は、確かめられなかったことを表す"},
    }));
    let change = object(json!({"key": text(), "label": text(), "before": text(), "after": text()}));
    let mut page = object(json!({
        "tier": {"enum": [Tier::Full.code(), Tier::Emergency.code(), Tier::ContactsOnly.code()]},
        "viewed_at": {"type": "string", "format": "date-time"},
        "view_recorded": {"type": "boolean"},
        "facility": facility.clone(),
        "document": document.clone(),
        "standing": standing(),
        "items": list(item),
    }));
    // What a record that cannot be read, or may not be shown, leaves out.
    page["properties"]["revision"] = json!({"type": "integer"});
    page["properties"]["consent"] = object(json!({
        "state": maybe(), "text": text(), "shown_without_consent": {"type": "boolean"},
    }));
    page["properties"]["changes"] = json!({
        "type": ["array", "null"], "items": change,
        "description": "紙から変わった点。null は、紙の内容を読み取れないことを表す",
    });
    page["properties"]["resident"] = resident;
    page["properties"]["transport"] = transport();
    page["properties"]["staleness"] = object(json!({
        "code": {"enum": ["fresh", "amber", "red", "never"]}, "text": text(), "verified_at": maybe(),
    }));
    let mut refusal = object(json!({
        "type": text(), "title": text(), "status": {"type": "integer"}, "detail": text(), "standing": standing(),
    }));
    refusal["properties"]["reason"] =
        json!({"enum": ["reprinted", "withdrawn", "no_longer_used", "expired"]});
    refusal["properties"]["facility"] = facility;
    refusal["properties"]["document"] = document;
    [("CrewPage", page), ("CrewRefusal", refusal)]
}
