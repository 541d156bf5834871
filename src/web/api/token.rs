//! Bearer tokens: short-lived, signed, with every claim required. Each stands for a session, and ends with it.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::caller::Body;
use crate::domain::permit::Actor;
use crate::web::error::ApiError;
use crate::web::session::{self, Refusal, Source};
use crate::web::{App, WebError, auth};

const ISSUER: &str = "hikitsugi";
const AUDIENCE: &str = "hikitsugi-api";
/// Minutes that a token lives.
const LIVES: i64 = 15;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// The session's own token, by which person, role and state are looked up anew.
    sub: String,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    login: String,
    password: String,
    /// The digits that the person's phone shows, or a code from paper.
    #[serde(default)]
    otp: String,
}

pub async fn issue(
    State(app): State<App>,
    Source(source): Source,
    body: Body<Credentials>,
) -> Result<Json<Value>, ApiError> {
    let Credentials {
        login,
        password,
        otp,
    } = body.value;
    // A program keeps no cookies: it is remembered nowhere and gives the digits each time.
    let proven =
        match session::first_factor(&app, &source, &HeaderMap::new(), &login, &password).await {
            Ok(first) => session::second_factor(&app, &first, &otp).await,
            Err(refusal) => Err(refusal),
        };
    let proven = proven.map_err(|refusal| match refusal {
        Refusal::Wrong => ApiError(WebError::NoToken),
        Refusal::WrongDigits | Refusal::NotSetUp => ApiError(WebError::NoDigits(refusal.words())),
        Refusal::Wait => ApiError(WebError::TooMany { seconds: 900 }),
        Refusal::Busy => ApiError(WebError::TooMany {
            seconds: auth::Busy::RETRY_SECONDS,
        }),
        Refusal::Failed(error) => ApiError(error),
    })?;
    let session = session::open(&app, &proven, "プログラム(API)", LIVES).await?;
    let now = app.now().0 / 1000;
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: session,
        iat: now,
        exp: now + LIVES * 60,
    };
    let key = EncodingKey::from_secret(&app.token_key);
    let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
        .map_err(|_| ApiError(WebError::Broken))?;
    Ok(Json(
        json!({"access_token": token, "token_type": "Bearer", "expires_in": LIVES * 60}),
    ))
}

/// The person behind a token, as the store knows them now: whoever was signed out or disabled holds nothing.
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
    let hash = session::sha256(claims.sub.as_bytes());
    let known = crate::store::session::find(&app.store, &hash, app.now()).await?;
    let session = known.ok_or(ApiError(WebError::NoToken))?;
    Ok(session.actor(source))
}
