//! Who calls: the bearer token, and the headers that writes carry.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, IF_MATCH};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::token;
use crate::domain::permit::{Action, Actor, Permit};
use crate::web::error::ApiError;
use crate::web::{App, WebError, watch};

/// The person whose token came with the request; role and state are read anew each time.
pub struct Caller(pub Actor);

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(ApiError(WebError::NoToken))?;
        let actor = token::actor(app, token, &crate::web::session::source(parts)).await?;
        watch::is_asked_by(parts, &actor);
        Ok(Self(actor))
    }
}

/// A permit of the caller; a refusal is a problem document.
pub struct Allowed<A>(pub Permit<A>);

impl<A: Action + Send> FromRequestParts<App> for Allowed<A> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Caller(actor) = Caller::from_request_parts(parts, app).await?;
        Ok(Self(actor.permit::<A>()?))
    }
}

/// A JSON body, with its bytes for comparing repeats.
pub struct Body<T> {
    pub value: T,
    pub bytes: Bytes,
}

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, app).await.map_err(|_| {
            ApiError(WebError::TooLarge(
                "本文が大きすぎるか、途中で切れました".to_owned(),
            ))
        })?;
        let value = serde_json::from_slice(&bytes)
            .map_err(|error| ApiError(WebError::Bad(format!("JSONを読めません: {error}"))))?;
        Ok(Self { value, bytes })
    }
}

/// The revision that the caller last saw.
///
/// # Errors
/// `NeedsIfMatch` without the header; `Bad` when it is no ETag of ours.
pub fn expected_revision(headers: &HeaderMap) -> Result<i64, ApiError> {
    let value = headers
        .get(IF_MATCH)
        .ok_or(ApiError(WebError::NeedsIfMatch))?;
    value
        .to_str()
        .ok()
        .map(|text| text.trim().trim_start_matches("W/").trim_matches('"'))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| {
            ApiError(WebError::Bad(
                "If-Match には取得したときの ETag をそのまま入れてください".to_owned(),
            ))
        })
}
