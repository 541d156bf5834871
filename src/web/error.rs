//! What goes wrong, in words and what to do next; the log gets causes and ids, never people.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde_json::json;

use super::page;
use crate::domain::answer::Problems;
use crate::domain::permit::Denied;
use crate::export::pdf::PdfError;
use crate::store::StoreError;

/// Why a request is not answered as asked.
#[derive(Debug)]
pub enum WebError {
    /// Nobody is signed in; `next` is where the person wanted to go.
    SignIn {
        next: String,
    },
    /// The session of this browser is locked; `next` is where the person wanted to go.
    Locked {
        next: String,
    },
    /// The API's caller has no valid token.
    NoToken,
    /// The password was right, the second factor is missing or wrong; what to do.
    NoDigits(&'static str),
    Denied(Denied),
    /// No such thing, or another facility's: the two look the same.
    NotFound,
    /// The request cannot be read; what to do about it.
    Bad(String),
    /// Fields that cannot be accepted, each with its message.
    Fields(Problems),
    /// Somebody else changed it first; its revision or version now.
    Conflict {
        current: i64,
    },
    /// A write that needs `If-Match` came without it.
    NeedsIfMatch,
    TooLarge(String),
    /// Tried too often; wait this many seconds.
    TooMany {
        seconds: u32,
    },
    /// Too much is going on at once.
    Busy,
    /// The request did not come whole in time.
    TooSlow,
    /// The request came from another site's page.
    CrossSite,
    Store(StoreError),
    Pdf(PdfError),
    /// A handler stopped in the middle.
    Broken,
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Conflict { current } => Self::Conflict { current },
            StoreError::Refused(problems) => Self::Fields(problems),
            error => Self::Store(error),
        }
    }
}

impl From<Denied> for WebError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<PdfError> for WebError {
    fn from(error: PdfError) -> Self {
        Self::Pdf(error)
    }
}

/// The words of one failure.
struct Words {
    status: StatusCode,
    /// A short name for programs, the last part of a problem's type.
    kind: &'static str,
    title: String,
    advice: String,
}

impl WebError {
    fn words(&self) -> Words {
        let words = |status, kind, title: &str, advice: &str| Words {
            status,
            kind,
            title: title.to_owned(),
            advice: advice.to_owned(),
        };
        match self {
            Self::SignIn { .. } | Self::Locked { .. } | Self::NoToken => words(
                StatusCode::UNAUTHORIZED,
                "not_signed_in",
                "ログインしてください",
                "ログインし直してから、もう一度操作してください",
            ),
            Self::NoDigits(advice) => words(
                StatusCode::UNAUTHORIZED,
                "second_factor",
                "スマートフォンの番号が必要です",
                advice,
            ),
            Self::Denied(_) => words(
                StatusCode::FORBIDDEN,
                "denied",
                "この操作はできません",
                "あなたの役割では許可されていません。看護職か管理者に依頼してください",
            ),
            Self::NotFound => words(
                StatusCode::NOT_FOUND,
                "not_found",
                "見つかりません",
                "アドレスが間違っているか、すでに無くなっています。入居者の一覧から選び直してください",
            ),
            Self::Bad(advice) => words(
                StatusCode::BAD_REQUEST,
                "bad_request",
                "読み取れませんでした",
                advice,
            ),
            Self::Fields(_) => words(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_fields",
                "入力を確認してください",
                "誤りのある項目を直して、もう一度送ってください",
            ),
            Self::Conflict { .. } => words(
                StatusCode::PRECONDITION_FAILED,
                "conflict",
                "ほかの人が先に更新しました",
                "新しい内容を読み込んで、もう一度操作してください。あなたの入力はまだ保存されていません",
            ),
            Self::NeedsIfMatch => words(
                StatusCode::PRECONDITION_REQUIRED,
                "if_match_required",
                "If-Match が必要です",
                "取得したときの ETag を If-Match に入れて送ってください",
            ),
            Self::TooLarge(advice) => words(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "大きすぎます",
                advice,
            ),
            Self::TooMany { seconds } => words(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many",
                "回数が多すぎます",
                &format!("{seconds}秒待ってから、もう一度試してください"),
            ),
            Self::Busy => words(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "混み合っています",
                "まだ処理していません。5秒ほど待ってから、もう一度操作してください。救急隊のQRコードの画面と紙は、そのまま使えます",
            ),
            Self::TooSlow => words(
                StatusCode::REQUEST_TIMEOUT,
                "too_slow",
                "時間がかかりすぎました",
                "送信が途中で止まりました。電波のよいところで、もう一度送ってください",
            ),
            Self::CrossSite => words(
                StatusCode::FORBIDDEN,
                "cross_site",
                "この操作は受け付けられません",
                "ほかのサイトから送られた操作です。このサービスの画面からやり直してください",
            ),
            Self::Store(StoreError::ReadOnly) => words(
                StatusCode::SERVICE_UNAVAILABLE,
                "read_only",
                "いまは保存できません",
                "保存されていません。前の記録はそのまま残っています。見ることはできます。しばらくしてからやり直してください",
            ),
            Self::Store(StoreError::Unconfirmed) => words(
                StatusCode::INTERNAL_SERVER_ERROR,
                "unconfirmed",
                "保存できたか確認できませんでした",
                "画面を開き直して、変更が入っているか確かめてください",
            ),
            Self::Store(error) if error.is_fault() => words(
                StatusCode::INTERNAL_SERVER_ERROR,
                "database",
                "保存・読み込みができませんでした",
                "保存されていません。前の記録はそのまま残っています。もう一度試してください。急ぐときは紙のシートを使ってください",
            ),
            Self::Store(error) => words(
                StatusCode::CONFLICT,
                "refused",
                "保存できませんでした",
                &error.to_string(),
            ),
            Self::Pdf(error) => words(
                StatusCode::UNPROCESSABLE_ENTITY,
                "cannot_print",
                "印刷できません",
                &error.to_string(),
            ),
            Self::Broken => words(
                StatusCode::INTERNAL_SERVER_ERROR,
                "broken",
                "処理を続けられませんでした",
                "もう一度試してください。続くときは管理者に、した操作と時刻を伝えてください",
            ),
        }
    }

    /// Causes only. What `Debug` would tell can hold a row of the database.
    fn log(&self, status: StatusCode) {
        match self {
            Self::Busy => {}
            Self::Store(error) if status.is_server_error() => {
                tracing::error!(%error, "request failed");
            }
            _ if status.is_server_error() => {
                tracing::error!(error = self.kind(), "request failed");
            }
            _ => {}
        }
    }

    /// Seconds after which it is worth trying again.
    fn again_after(&self) -> Option<u32> {
        match self {
            Self::TooMany { seconds } => Some(*seconds),
            Self::Busy => Some(super::auth::Busy::RETRY_SECONDS),
            _ => None,
        }
    }

    /// What it is called for programs and in the log.
    pub fn kind(&self) -> &'static str {
        self.words().kind
    }

    /// As `application/problem+json` (RFC 9457), with every invalid field named by its dotted key.
    pub fn into_problem(self) -> Response {
        let words = self.words();
        self.log(words.status);
        let mut body = json!({
            "type": format!("urn:hikitsugi:problem:{}", words.kind),
            "title": words.title,
            "status": words.status.as_u16(),
            "detail": words.advice,
        });
        match &self {
            Self::Fields(problems) => {
                body["errors"] = problems
                    .iter()
                    .map(|(key, message)| json!({"field": key, "message": message}))
                    .collect();
            }
            Self::Conflict { current } => body["current"] = json!(current),
            _ => {}
        }
        let mut response = (words.status, Json(body)).into_response();
        response.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.again_after() {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// One line for a terminal.
impl std::fmt::Display for WebError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Pdf(error) => error.fmt(f),
            _ => {
                let words = self.words();
                write!(f, "{}: {}", words.title, words.advice)
            }
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let door = match &self {
            Self::SignIn { next } => Some(("/signin", next)),
            Self::Locked { next } => Some(("/unlock", next)),
            _ => None,
        };
        if let Some((door, next)) = door {
            let query: String = axum::http::Uri::builder()
                .path_and_query(format!("{door}?next={next}"))
                .build()
                .map_or_else(|_| door.to_owned(), |uri| uri.to_string());
            return Redirect::to(&query).into_response();
        }
        let words = self.words();
        self.log(words.status);
        let body = page::bare(
            &words.title,
            html! {
                main #main .page {
                    div .page-error {
                        p .status { (words.status.as_u16()) }
                        h1 { (words.title) }
                        p { (words.advice) }
                        @if let Self::Fields(problems) = &self {
                            ul { @for (key, message) in problems.iter() { li { (key) ": " (message) } } }
                        }
                        div .actions {
                            a .button href="/" { "はじめの画面へ" }
                            a .button .danger href="tel:119" { "119番" }
                        }
                    }
                }
            },
        );
        let mut response = (words.status, body).into_response();
        if let Some(seconds) = self.again_after() {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// A failure of the API, told as a problem document.
pub struct ApiError(pub WebError);

impl<E: Into<WebError>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.0.into_problem()
    }
}
