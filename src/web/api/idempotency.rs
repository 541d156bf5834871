//! `Idempotency-Key`: a call that is sent again is not done again.

use std::future::Future;

use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::domain::permit::Permit;
use crate::store::idempotency::{self, Claim};
use crate::web::error::ApiError;
use crate::web::session::sha256;
use crate::web::{App, WebError};

/// How long an answer is kept for a repeat.
const KEPT_DAYS: i64 = 1;
const KEY_MAX: usize = 200;

/// What a call gives: the whole answer, and what of it may be kept for a repeat. A standing may not: it is derived
/// whenever it is told (safety.md S7).
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
    pub kept: Value,
}

/// The key of a call, if it has one.
///
/// # Errors
/// `Bad` for one that is no key.
pub fn key(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let plain = key.to_str().ok();
    let key = plain.filter(|key| !key.is_empty() && key.len() <= KEY_MAX);
    key.map(Some).ok_or_else(|| {
        ApiError(WebError::Bad(
            "Idempotency-Key は200文字までの英数字にしてください".to_owned(),
        ))
    })
}

/// The key was used for another call.
pub fn mismatch() -> ApiError {
    ApiError(WebError::Bad(
        "この Idempotency-Key は別の内容で使われています。新しいキーにしてください".to_owned(),
    ))
}

/// Does `work` once for each `Idempotency-Key`; without the header, simply does it. A repeat gives what was kept.
///
/// # Errors
/// `Bad` when the key was used for another call; `TooMany` while the first call is still running.
pub async fn once<A, F>(
    app: &App,
    permit: &Permit<A>,
    headers: &HeaderMap,
    request: &[u8],
    work: F,
) -> Result<(StatusCode, Value), ApiError>
where
    F: Future<Output = Result<Answer, ApiError>>,
{
    let Some(key) = key(headers)? else {
        let answer = work.await?;
        return Ok((answer.status, answer.body));
    };
    let now = app.now();
    let since = now.plus_days(-KEPT_DAYS);
    match idempotency::claim(&app.store, permit, key, &sha256(request), since, now).await? {
        Claim::New => {}
        Claim::Done { status, body } => {
            let status = u16::try_from(status)
                .ok()
                .and_then(|status| StatusCode::from_u16(status).ok());
            let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
            return Ok((status.unwrap_or(StatusCode::OK), body));
        }
        Claim::Running => return Err(ApiError(WebError::TooMany { seconds: 2 })),
        Claim::Mismatch => return Err(mismatch()),
    }
    match work.await {
        Ok(answer) => {
            let kept = answer.kept.to_string();
            idempotency::settle(
                &app.store,
                permit,
                key,
                answer.status.as_u16(),
                kept.as_bytes(),
                app.now(),
            )
            .await?;
            Ok((answer.status, answer.body))
        }
        Err(error) => {
            idempotency::release(&app.store, permit, key, app.now()).await?;
            Err(error)
        }
    }
}
