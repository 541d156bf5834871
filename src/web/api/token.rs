//! Bearer tokens: short-lived, signed, with every claim required.

use axum::Json;
use axum::extract::State;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::caller::Body;
use crate::domain::permit::Actor;
use crate::store::staff;
use crate::web::error::ApiError;
use crate::web::session::{self, Refusal, Source};
use crate::web::{App, WebError, auth};

const ISSUER: &str = "hikitsugi";
const AUDIENCE: &str = "hikitsugi-api";
/// Seconds that a token lives.
const LIVES: i64 = 15 * 60;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// The staff id.
    sub: String,
    /// The login, by which the person is looked up anew.
    login: String,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    login: String,
    password: String,
}

pub async fn issue(
    State(app): State<App>,
    Source(source): Source,
    body: Body<Credentials>,
) -> Result<Json<Value>, ApiError> {
    let Credentials { login, password } = body.value;
    let actor = session::authenticate(&app, &source, &login, &password)
        .await
        .map_err(|refusal| match refusal {
            Refusal::Wrong => ApiError(WebError::NoToken),
            Refusal::Wait => ApiError(WebError::TooMany { seconds: 900 }),
            Refusal::Busy => ApiError(WebError::TooMany {
                seconds: auth::Busy::RETRY_SECONDS,
            }),
            Refusal::Failed(error) => ApiError(error),
        })?;
    let now = app.now().0 / 1000;
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: actor.staff.0,
        login: login.trim().to_owned(),
        iat: now,
        exp: now + LIVES,
    };
    let key = EncodingKey::from_secret(&app.token_key);
    let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
        .map_err(|_| ApiError(WebError::Broken))?;
    Ok(Json(
        json!({"access_token": token, "token_type": "Bearer", "expires_in": LIVES}),
    ))
}

/// The person behind a token, as the store knows them now: a disabled person's token is worth nothing.
pub async fn actor(app: &App, token: &str, source: &str) -> Result<Actor, ApiError> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    // Our own clock decides below, so that one clock rules the whole program.
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(&app.token_key);
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)
        .map_err(|_| ApiError(WebError::NoToken))?
        .claims;
    if claims.exp <= app.now().0 / 1000 {
        return Err(ApiError(WebError::NoToken));
    }
    let person = staff::by_login(&app.store, &claims.login)
        .await?
        .filter(|person| person.disabled_at.is_none() && person.id.0 == claims.sub)
        .ok_or(ApiError(WebError::NoToken))?;
    Ok(session::actor(&person, source))
}
