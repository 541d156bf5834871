//! The OpenAPI 3.1 document, made from the table of operations and from the record's own fields.

use axum::Json;
use serde_json::{Map, Value, json};

use super::directive::{needs_if_match, sayable, speakers};
use super::{IfMatch, Operation, handoff, operations, transport};
use crate::domain::answer::{Choice, Field, Kind};
use crate::domain::directive;
use crate::domain::permit::Role;
use crate::domain::record::Record;
use crate::domain::standing::StandingKind;
use crate::web::crew;

pub async fn serve() -> Json<Value> {
    Json(document())
}

fn document() -> Value {
    let mut paths = Map::new();
    for operation in operations() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = operation_json(&operation);
    }
    paths.insert("/q/{token}".to_owned(), crew::openapi_path());
    let mut schemas = schemas();
    let more = crew::openapi_schemas()
        .into_iter()
        .chain(transport::openapi_schemas())
        .chain(handoff::openapi_schemas());
    for (name, schema) in more {
        schemas[name] = schema;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "hikitsugi",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "施設の救急連絡シート。名前のない施設の入居者は、存在しない入居者と同じ404になります。",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    })
}

fn operation_json(operation: &Operation) -> Value {
    let mut parameters: Vec<Value> = operation
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            let kind = if name == "revision" {
                "integer"
            } else {
                "string"
            };
            json!({"name": name, "in": "path", "required": true, "schema": {"type": kind}})
        })
        .collect();
    for (name, meaning) in operation.query {
        let number = matches!(*name, "limit" | "before")
            // A list of residents goes on after a cursor, a log after a number.
            || (*name == "after" && operation.path.ends_with("/statements"));
        let kind = if number { "integer" } else { "string" };
        parameters.push(
            json!({"name": name, "in": "query", "description": meaning, "schema": {"type": kind}}),
        );
    }
    if operation.if_match != IfMatch::Never {
        let description = match operation.if_match {
            IfMatch::ByKind => format!(
                "取得したときの ETag。違えば412、なければ428。{} では要らない",
                without_if_match().join("・")
            ),
            _ => "取得したときの ETag。違えば412、なければ428".to_owned(),
        };
        parameters.push(json!({
            "name": "If-Match", "in": "header", "required": operation.if_match == IfMatch::Always,
            "schema": {"type": "string"}, "description": description,
        }));
    }
    if operation.idempotent {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200},
            "description": "同じキーの繰り返しは、もう一度は行わない",
        }));
    }
    let (status, meaning, schema) = &operation.answer;
    let content = match schema {
        Some(schema) => json!({"application/json": {"schema": schema}}),
        None => json!({"application/pdf": {}}),
    };
    let mut responses = Map::new();
    responses.insert(
        status.to_string(),
        json!({"description": meaning, "content": content}),
    );
    let mut problem = |status: &str, meaning: &str| {
        responses.insert(
            status.to_owned(),
            json!({"description": meaning, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}),
        );
    };
    problem("400", "読み取れない");
    problem("401", "トークンがない、または無効");
    problem("429", "回数が多すぎる");
    if !operation.open {
        problem("403", "役割で許されていない");
        problem("404", "ない、または他施設のもの");
    }
    if operation.request.is_some() {
        problem("409", "今の状態ではできない");
        problem("413", "大きすぎる");
        problem("422", "項目の誤り");
    }
    if operation.if_match != IfMatch::Never {
        problem("412", "ほかの人が先に変えた");
        problem("428", "If-Match がない");
    }
    let mut json = json!({
        "summary": operation.summary,
        "parameters": parameters,
        "responses": responses,
        "security": if operation.open { json!([]) } else { json!([{"bearer": []}]) },
    });
    if let Some(request) = &operation.request {
        json["requestBody"] =
            json!({"required": true, "content": {"application/json": {"schema": request}}});
    }
    json
}

fn schemas() -> Value {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let text = || json!({"type": "string"});
    let maybe = || json!({"type": ["string", "null"]});
    let whole = || json!({"type": "integer"});
    let list = |item: Value| json!({"type": "object", "properties": {"items": {"type": "array", "items": item}, "next": {"type": ["string", "integer", "null"]}}, "required": ["items"]});
    json!({
        "Record": record(),
        "Credentials": {
            "type": "object",
            "properties": {
                "login": text(), "password": text(),
                "otp": {"type": "string", "description": "スマートフォンの6桁の番号、または予備の番号。どちらも1回だけ使えます"},
            },
            "required": ["login", "password"],
            "additionalProperties": false,
        },
        "Token": {
            "type": "object",
            "properties": {"access_token": text(), "token_type": {"const": "Bearer"}, "expires_in": whole()},
        },
        "Standing": standing(),
        "Staleness": {
            "type": "object",
            "properties": {"code": {"enum": ["fresh", "amber", "red", "never"]}, "words": text()},
        },
        "Resident": {
            "type": "object",
            "properties": {
                "id": text(), "resident_number": maybe(), "name": text(), "name_kana": text(),
                "birth_date": {"type": ["string", "null"], "format": "date"}, "age": {"type": ["integer", "null"]},
                "sex": maybe(), "floor": maybe(), "room": maybe(),
                "status": {"enum": ["living_in", "left", "died"]},
                "status_on": {"type": ["string", "null"], "format": "date"},
                "revision": whole(), "verified_at": {"type": ["string", "null"], "format": "date-time"},
                "staleness": reference("Staleness"), "standing": reference("Standing"),
                "missing": {"type": ["integer", "null"], "description": "確かめたい項目の数(一覧だけ)"},
            },
        },
        "ResidentList": list(reference("Resident")),
        "ResidentPatch": {
            "description": "変える項目だけ。シートの項目と、status・status_on",
            "allOf": [reference("Record")],
            "properties": {"status": {"enum": ["living_in", "left", "died"]}, "status_on": {"type": "string", "format": "date"}},
        },
        "Missing": {"type": "object", "properties": {"field": text(), "message": text()}},
        "Sheet": {
            "type": "object",
            "properties": {
                "resident": text(), "revision": whole(), "recorded_at": {"type": "string", "format": "date-time"},
                "recorded_by": text(), "verified_at": {"type": ["string", "null"], "format": "date-time"},
                "staleness": reference("Staleness"), "standing": reference("Standing"),
                "like_names": {"type": "array", "items": text()},
                "missing": {"type": "array", "items": reference("Missing")},
                "record": reference("Record"),
            },
        },
        "NewSheet": {
            "type": "object",
            "properties": {
                "record": reference("Record"),
                "reason": {"type": "string", "maxLength": 100},
                "verified": {"type": "boolean", "description": "全項目を見て、正しいことを確かめた"},
            },
            "required": ["record"],
        },
        "RevisionMeta": {
            "type": "object",
            "properties": {"revision": whole(), "recorded_at": {"type": "string", "format": "date-time"}, "recorded_by": text(), "role": text(), "reason": text()},
        },
        "RevisionList": list(reference("RevisionMeta")),
        "Change": {"type": "object", "properties": {"field": text(), "label": text(), "before": text(), "after": text()}},
        "Revision": {
            "allOf": [reference("RevisionMeta")],
            "properties": {"changes": {"type": "array", "items": reference("Change")}, "record": reference("Record")},
        },
        "StatementList": {
            "allOf": [list(reference("Statement"))],
            "properties": {"standing": reference("Standing")},
            "required": ["standing"],
        },
        "Recorded": {
            "type": "object",
            "properties": {"statement": reference("Statement"), "standing": reference("Standing")},
            "required": ["statement", "standing"],
        },
        "Statement": {"oneOf": directive::Kind::ALL.iter().map(|kind| statement(*kind)).collect::<Vec<_>>()},
        "NewStatement": {
            "description": "署名された原本(scanned)は画面から登録する。退所・死亡(closed)は入居者の status が記録する",
            "oneOf": sayable().map(new_statement).collect::<Vec<_>>(),
        },
        "NewDocument": {
            "type": "object",
            "properties": {"form": {"type": "string", "description": "様式の key。例 emergency"}},
            "required": ["form"],
            "additionalProperties": false,
        },
        "Withdrawal": {
            "type": "object",
            "properties": {"reason": {"type": "string", "maxLength": 100}},
            "required": ["reason"],
            "additionalProperties": false,
        },
        "Document": {
            "type": "object",
            "properties": {
                "id": text(), "serial": text(), "form": text(), "pdf": text(),
                "scan_url": {"type": "string", "description": "発行の答えだけ。繰り返しの答えにはない"},
                "state": {"enum": ["live", "withdrawn", "ended", "expired"]},
            },
            "required": ["id", "serial", "form", "pdf"],
        },
        "AuditEntry": {
            "type": "object",
            "properties": {"seq": whole(), "at": {"type": "string", "format": "date-time"}, "actor": text(), "action": text(), "resident": maybe(), "source": text(), "detail": {}},
        },
        "AuditList": list(reference("AuditEntry")),
        "Problem": {
            "type": "object",
            "description": "RFC 9457",
            "properties": {
                "type": text(), "title": text(), "status": whole(), "detail": text(),
                "errors": {"type": "array", "items": {"type": "object", "properties": {"field": text(), "message": text()}}},
                "current": {"type": "integer", "description": "412のとき、今の版"},
            },
            "required": ["type", "title", "status"],
        },
    })
}

/// What holds now: always with until when resuscitation goes on (safety.md S3).
fn standing() -> Value {
    let text = || json!({"type": "string"});
    let codes: Vec<&str> = StandingKind::ALL.iter().map(|kind| kind.code()).collect();
    let object = |members: &[&str]| {
        let properties: Map<String, Value> = members
            .iter()
            .map(|member| ((*member).to_owned(), text()))
            .collect();
        json!({"type": "object", "properties": properties, "required": members})
    };
    let mut order = object(&[
        "physician",
        "institution",
        "signed_on",
        "review_due_on",
        "expires_on",
        "valid_until",
        "basis_disease",
        "expected_event",
        "person_wish",
        "scope",
        "original_location",
    ]);
    order["type"] = json!(["object", "null"]);
    order["description"] = json!("有効な医師の指示書があるときだけ。心停止時のみ");
    order["properties"]["original_mark"] = json!({
        "type": ["string", "null"], "description": "署名された原本の照合符号。医師が自分で署名したときは null",
    });
    order["properties"]["signed_by"] = json!({
        "type": ["string", "null"], "description": "自分で電子署名した医師の氏名。署名された原本のときは null",
    });
    order["properties"]["treatments"] = json!({
        "type": "array", "items": object(&["label", "text"]), "description": "ここにない治療は、通常どおり行う",
    });
    json!({
        "type": "object",
        "description": "読むたびに導かれる。headline は必ず until と一緒に示す",
        "properties": {
            "code": {"enum": codes},
            "headline": text(),
            "until": {"type": "string", "description": "いつまで心肺蘇生を続けるか"},
            "area": {"type": "string", "description": "この地域の救急隊の対応"},
            "applies": {"type": ["string", "null"], "description": "指示書が及ぶ範囲。指示書があるときだけ"},
            "reasons": {"type": "array", "minItems": 1, "items": object(&["code", "text"])},
            "order": order,
            "calls": {"type": "array", "items": object(&["who", "phone"]), "description": "電話する順"},
            "conditions": {"type": "array", "items": text(), "description": "地域の取り決めの条件。ない地域では空"},
            "changes": {"type": "array", "items": text(), "description": "何があると変わるか"},
        },
        "required": ["code", "headline", "until", "area", "applies", "reasons", "order", "calls", "conditions", "changes"],
    })
}

/// What a statement of a kind says, from the kind's own fields.
fn body(kind: directive::Kind) -> Value {
    json!({
        "type": "object",
        "properties": properties(kind.fields().iter()),
        "additionalProperties": false,
    })
}

fn statement(kind: directive::Kind) -> Value {
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
    json!({
        "type": "object",
        "title": kind.label(),
        "properties": {
            "id": {"type": "string"},
            "seq": {"type": "integer", "minimum": 1},
            "kind": {"const": kind.code()},
            "label": {"const": kind.label()},
            "about": {"type": ["string", "null"], "description": "どの記録についてか(id)"},
            "at": {"type": "string", "format": "date-time"},
            "by": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "role": {"enum": roles}},
                "required": ["name", "role"],
            },
            "body": body(kind),
        },
        "required": ["id", "seq", "kind", "label", "about", "at", "by", "body"],
    })
}

fn new_statement(kind: directive::Kind) -> Value {
    json!({
        "type": "object",
        "title": kind.label(),
        "description": format!(
            "役割: {}。If-Match: {}",
            speakers(kind).join("・"),
            if needs_if_match(kind) { "必要" } else { "不要" }
        ),
        "properties": {
            "kind": {"const": kind.code()},
            "about": {"type": ["string", "null"], "description": "どの記録についてか(id)"},
            "body": body(kind),
        },
        "required": ["kind"],
        "additionalProperties": false,
    })
}

fn without_if_match() -> Vec<&'static str> {
    sayable()
        .filter(|kind| !needs_if_match(*kind))
        .map(directive::Kind::code)
        .collect()
}

fn record() -> Value {
    json!({
        "type": "object",
        "description": "null は未確認、\"unknown\" は不明。一覧は state で 不明・なし・あり を区別する",
        "properties": properties(Record::fields()),
        "additionalProperties": false,
    })
}

fn properties<'a>(fields: impl Iterator<Item = &'a Field>) -> Value {
    let mut members = Map::new();
    for field in fields {
        let mut schema = kind(field.kind);
        schema["title"] = json!(field.label);
        members.insert(field.key.to_owned(), schema);
    }
    Value::Object(members)
}

fn kind(kind: Kind) -> Value {
    match kind {
        Kind::Text { max } | Kind::Lines { max } => {
            json!({"type": ["string", "null"], "maxLength": max})
        }
        Kind::Name => json!({"type": ["string", "null"], "maxLength": 60}),
        Kind::Kana | Kind::Phone | Kind::Postcode => json!({"type": ["string", "null"]}),
        Kind::Day => {
            json!({"type": ["string", "null"], "description": "YYYY-MM-DD。昭和12年3月4日、S12.3.4 も読む"})
        }
        Kind::PartialDay => {
            json!({"type": ["string", "null"], "description": "年、年月、または年月日"})
        }
        Kind::Digits { len } => {
            json!({"type": ["string", "null"], "description": format!("{len}桁の数字")})
        }
        Kind::Number { unit, min, max } => json!({
            "description": format!("単位 {unit}。{}から{}", f64::from(min) / 10.0, f64::from(max) / 10.0),
            "anyOf": [
                {"type": "number", "minimum": f64::from(min) / 10.0, "maximum": f64::from(max) / 10.0},
                {"enum": ["unknown", null]},
            ],
        }),
        Kind::BloodPressure => json!({"type": ["string", "null"], "description": "128/74"}),
        Kind::Choice(choices) => {
            let mut codes = codes(choices);
            codes.extend([json!("unknown"), Value::Null]);
            json!({"enum": codes})
        }
        Kind::Checks(choices) => json!({
            "type": ["object", "null"],
            "properties": {
                "state": {"enum": ["unknown", "none", "present"]},
                "confirmed_on": {"type": ["string", "null"], "format": "date"},
                "items": {"type": "array", "items": {"enum": codes(choices)}},
                "note": {"type": "string", "maxLength": 200},
            },
            "additionalProperties": false,
        }),
        Kind::Rows(fields) => json!({
            "type": ["object", "null"],
            "properties": {
                "state": {"enum": ["unknown", "none", "present"]},
                "confirmed_on": {"type": ["string", "null"], "format": "date"},
                "rows": {"type": "array", "maxItems": crate::domain::answer::ROWS_MAX, "items": {
                    "type": "object", "properties": properties(fields.iter()), "additionalProperties": false,
                }},
            },
            "additionalProperties": false,
        }),
        Kind::Photo => {
            json!({"type": ["string", "null"], "description": "写真のSHA-256(画面から登録する)"})
        }
    }
}

fn codes(choices: &[Choice]) -> Vec<Value> {
    choices.iter().map(|choice| json!(choice.code)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_has_its_schema() {
        let document = document();
        let text = document.to_string();
        for part in text.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(
                document["components"]["schemas"].get(name).is_some(),
                "{name}"
            );
        }
        assert!(document["paths"]["/api/v1/residents/{id}/sheet"]["put"].is_object());
    }
}
