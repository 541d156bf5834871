//! The JSON API under `/api/v1`, and the OpenAPI document that the same table gives.
//!
//! Every operation is one row of [`operations`]: its route, its handler and its description come from there, so that
//! none can be served without being described. The rules are those of the pages; only the words are JSON.

mod audit;
mod caller;
mod directive;
mod document;
mod handoff;
mod idempotency;
mod openapi;
mod resident;
mod sheet;
mod token;
mod transport;

use axum::Router;
use axum::routing::{MethodRouter, get, patch, post, put};
use serde_json::{Value, json};

use super::App;
use crate::domain::clock::Moment;

/// One operation of the API.
struct Operation {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    /// Without a token.
    open: bool,
    /// Query parameters: name and meaning.
    query: &'static [(&'static str, &'static str)],
    if_match: IfMatch,
    /// Whether `Idempotency-Key` is honoured.
    idempotent: bool,
    /// The schema of the request's body.
    request: Option<Value>,
    /// Status, meaning and schema of the answer; `None` for a PDF.
    answer: (u16, &'static str, Option<Value>),
    handler: MethodRouter<App>,
}

/// Whether a call has to say which state its caller has seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IfMatch {
    Never,
    Always,
    /// Not for what raises protection, which is heard whatever was said meanwhile (safety.md S11), nor for a talk.
    ByKind,
}

impl Operation {
    fn new(
        method: &'static str,
        path: &'static str,
        summary: &'static str,
        handler: MethodRouter<App>,
    ) -> Self {
        Self {
            method,
            path,
            summary,
            open: false,
            query: &[],
            if_match: IfMatch::Never,
            idempotent: false,
            request: None,
            answer: (200, "答え", None),
            handler,
        }
    }

    fn answers(mut self, status: u16, meaning: &'static str, schema: &str) -> Self {
        self.answer = (status, meaning, Some(reference(schema)));
        self
    }

    fn takes(mut self, schema: &str) -> Self {
        self.request = Some(reference(schema));
        self
    }

    fn query(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }

    fn if_match(mut self) -> Self {
        self.if_match = IfMatch::Always;
        self
    }

    fn if_match_by_kind(mut self) -> Self {
        self.if_match = IfMatch::ByKind;
        self
    }

    fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    fn open(mut self) -> Self {
        self.open = true;
        self
    }
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

/// All operations.
fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            "post",
            "/api/v1/token",
            "ログインして短時間のトークンを得る",
            post(token::issue),
        )
        .open()
        .takes("Credentials")
        .answers(200, "トークン", "Token"),
        Operation::new(
            "get",
            "/api/v1/residents",
            "自施設の入居者の一覧",
            get(resident::list),
        )
        .query(&[
            ("q", "かな、または名前の始まり"),
            ("status", "living_in(既定)・left・died"),
            ("after", "前の答えの next"),
            ("limit", "件数(1〜200、既定50)"),
        ])
        .answers(200, "入居者", "ResidentList"),
        Operation::new(
            "post",
            "/api/v1/residents",
            "入居を登録する",
            post(resident::create),
        )
        .idempotent()
        .takes("Record")
        .answers(201, "登録した入居者", "Resident"),
        Operation::new(
            "get",
            "/api/v1/residents/{id}",
            "入居者",
            get(resident::show),
        )
        .answers(200, "入居者", "Resident"),
        Operation::new(
            "patch",
            "/api/v1/residents/{id}",
            "本人の項目・居室・退居を変える",
            patch(resident::change),
        )
        .if_match()
        .takes("ResidentPatch")
        .answers(200, "変えた入居者", "Resident"),
        Operation::new(
            "get",
            "/api/v1/residents/{id}/sheet",
            "今のシート",
            get(sheet::show),
        )
        .answers(200, "シート。ETag は版", "Sheet"),
        Operation::new(
            "put",
            "/api/v1/residents/{id}/sheet",
            "シートを次の版として確定する",
            put(sheet::replace),
        )
        .if_match()
        .takes("NewSheet")
        .answers(200, "確定したシート", "Sheet"),
        Operation::new(
            "get",
            "/api/v1/residents/{id}/sheet/revisions",
            "版の一覧",
            get(sheet::revisions),
        )
        .query(&[
            ("before", "この版より前"),
            ("limit", "件数(1〜200、既定50)"),
        ])
        .answers(200, "版", "RevisionList"),
        Operation::new(
            "get",
            "/api/v1/residents/{id}/sheet/revisions/{revision}",
            "1つの版",
            get(sheet::revision),
        )
        .answers(200, "版とその内容", "Revision"),
        Operation::new(
            "get",
            "/api/v1/residents/{id}/standing",
            "心肺蘇生の扱い(読むたびに導く)",
            get(sheet::standing),
        )
        .answers(200, "扱いとその理由", "Standing"),
        Operation::new(
            "get",
            "/api/v1/residents/{id}/statements",
            "意思・指示・話し合いの記録(古い順)と、今の扱い",
            get(directive::list),
        )
        .query(&[
            ("after", "この番号(seq)より後"),
            ("limit", "件数(1〜200、既定50)"),
        ])
        .answers(200, "記録。ETag は記録の数", "StatementList"),
        Operation::new(
            "post",
            "/api/v1/residents/{id}/statements",
            "意思・指示・話し合いの記録を加える。撤回・停止・異議は If-Match なしで、すぐに受け付ける",
            post(directive::say),
        )
        .if_match_by_kind()
        .idempotent()
        .takes("NewStatement")
        .answers(201, "加えた記録と、今の扱い。ETag は記録の数", "Recorded"),
        Operation::new(
            "post",
            "/api/v1/residents/{id}/documents",
            "紙を発行する",
            post(document::issue),
        )
        .idempotent()
        .takes("NewDocument")
        .answers(201, "発行した紙。scan_url は一度だけ返す", "Document"),
        Operation::new(
            "get",
            "/api/v1/documents/{id}/pdf",
            "発行した紙のPDF(いつも同じバイト列)",
            get(document::pdf),
        ),
        Operation::new(
            "post",
            "/api/v1/documents/{id}/withdraw",
            "紙を無効にする",
            post(document::withdraw),
        )
        .takes("Withdrawal")
        .answers(200, "無効にした紙", "Document"),
        Operation::new(
            "get",
            "/api/v1/residents/{id}/transports",
            "急変の記録(新しい順、経過なし)",
            get(transport::list),
        )
        .query(&[("limit", "件数(1〜200、既定50)")])
        .answers(200, "急変の記録", "TransportList"),
        Operation::new(
            "post",
            "/api/v1/residents/{id}/transports",
            "急変の記録を始める。始まっていればそれを 200 で返す",
            post(transport::begin),
        )
        .answers(201, "始めた記録", "Transport"),
        Operation::new(
            "get",
            "/api/v1/transports/{id}",
            "急変の記録と経過(古い順)",
            get(transport::show),
        )
        .answers(200, "急変の記録", "Transport"),
        Operation::new(
            "post",
            "/api/v1/transports/{id}/events",
            "起きたことをサーバーの時刻で記録する。訂正は event: corrected と about。繰り返しの答えは id だけ",
            post(transport::record),
        )
        .idempotent()
        .takes("NewTransportEvent")
        .answers(201, "急変の記録と経過", "Transport"),
        Operation::new(
            "get",
            "/api/v1/residents/{id}/handoffs",
            "入院の記録(新しい順)",
            get(handoff::list),
        )
        .query(&[("limit", "件数(1〜200、既定50)")])
        .answers(200, "入院の記録", "HandoffList"),
        Operation::new(
            "post",
            "/api/v1/residents/{id}/handoffs",
            "入院の記録を始める。始まっていればそれを 200 で返す",
            post(handoff::begin),
        )
        .takes("NewHandoff")
        .answers(201, "始めた記録", "Handoff"),
        Operation::new(
            "get",
            "/api/v1/handoffs/{id}",
            "入院の記録: 書かれたこと、書類、渡した記録",
            get(handoff::show),
        )
        .answers(200, "入院の記録", "Handoff"),
        Operation::new(
            "put",
            "/api/v1/handoffs/{id}/parts/{part}",
            "書かれたことの一部(admission・sensitive・discharge・conference・assessment)の次の版。はじめの If-Match は 0",
            put(handoff::write),
        )
        .if_match()
        .takes("HandoffAnswers")
        .answers(200, "書いた版", "HandoffPart"),
        Operation::new(
            "get",
            "/api/v1/handoffs/{id}/difference",
            "入院前と退院時の違い",
            get(handoff::difference),
        )
        .answers(200, "違い", "DifferenceList"),
        Operation::new(
            "post",
            "/api/v1/handoffs/{id}/documents",
            "入退院の様式を発行する",
            post(handoff::issue),
        )
        .takes("NewHandoffDocument")
        .answers(201, "発行した書類", "HandoffDocument"),
        Operation::new(
            "get",
            "/api/v1/handoffs/{id}/documents/{document}",
            "書類の内容(病院の機械向けのJSON)",
            get(handoff::said),
        )
        .answers(200, "書類の内容", "Exchange"),
        Operation::new(
            "post",
            "/api/v1/handoffs/{id}/documents/{document}/sendings",
            "書類を渡した記録。method: link は病院が開く画面を作り、合言葉を一度だけ返す",
            post(handoff::send),
        )
        .takes("NewSending")
        .answers(201, "渡した記録", "GivenSending"),
        Operation::new(
            "post",
            "/api/v1/notebook",
            "お薬手帳のQRコードの文字(JAHISTC01〜08、UTF-8かShift_JIS)を読む。何も保存しない",
            post(handoff::notebook),
        )
        .answers(200, "読み取った内容", "Notebook"),
        Operation::new(
            "get",
            "/api/v1/audit",
            "自施設の操作の記録",
            get(audit::list),
        )
        .query(&[
            ("resident", "この入居者だけ"),
            ("before", "この番号より前"),
            ("limit", "件数(1〜200、既定50)"),
        ])
        .answers(200, "操作の記録", "AuditList"),
    ]
}

pub fn routes() -> Router<App> {
    let api = operations()
        .into_iter()
        .fold(Router::new(), |router, operation| {
            router.route(operation.path, operation.handler)
        });
    api.route("/api/openapi.json", get(openapi::serve)).route(
        "/api/{*rest}",
        get(missing)
            .post(missing)
            .put(missing)
            .patch(missing)
            .delete(missing),
    )
}

async fn missing() -> super::error::ApiError {
    super::error::ApiError(super::WebError::NotFound)
}

/// Rows that a list gives: what was asked, within 1 and 200, or 50.
fn limit(asked: Option<i64>) -> i64 {
    asked.unwrap_or(50).clamp(1, 200)
}

/// An instant as RFC 3339 in UTC, to the millisecond.
pub(super) fn instant(moment: Moment) -> Value {
    let time = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(moment.0) * 1_000_000);
    time.map_or(Value::Null, |time| {
        json!(format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            time.year(),
            u8::from(time.month()),
            time.day(),
            time.hour(),
            time.minute(),
            time.second(),
            time.millisecond()
        ))
    })
}
