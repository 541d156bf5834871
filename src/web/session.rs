//! Signing in and out, and how a request becomes a person and a permit.

use std::net::SocketAddr;

use axum::Form;
use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts, Query, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use super::icon::{Icon, icon};
use super::{App, WebError, auth, page};
use crate::domain::clock::Entropy;
use crate::domain::permit::{Action, Actor, OperateService, Permit, ReadInbox, SignOrder};
use crate::store::session::Session;
use crate::store::{Author, Entry, session, staff};

/// A session lasts one shift (security.md row 51).
const SHIFT_MINUTES: i64 = 12 * 60;
/// Failures of one login within the window after which it has to wait; a right password then waits too.
const FAILURES_MAX: i64 = 10;
const FAILURE_WINDOW_MINUTES: i64 = 15;

/// A signed-in person: the session row behind the cookie.
pub struct SignedIn {
    pub session: Session,
    pub actor: Actor,
    token_hash: [u8; 32],
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, WebError> {
        let found = <Self as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await?;
        found.ok_or_else(|| WebError::SignIn {
            next: if parts.method == axum::http::Method::GET {
                parts.uri.path().to_owned()
            } else {
                "/".to_owned()
            },
        })
    }
}

impl OptionalFromRequestParts<App> for SignedIn {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, WebError> {
        let Some(token) = cookie(&parts.headers, cookie_name(app)) else {
            return Ok(None);
        };
        let token_hash = sha256(token.as_bytes());
        let Some(session) = session::find(&app.store, &token_hash, app.now()).await? else {
            return Ok(None);
        };
        let actor = session.actor(&source(parts));
        Ok(Some(Self {
            session,
            actor,
            token_hash,
        }))
    }
}

impl<A: Action + Send> FromRequestParts<App> for Permit<A> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, WebError> {
        let signed_in = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        Ok(signed_in.actor.permit::<A>()?)
    }
}

/// The network address a request came from.
pub struct Source(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Source {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(source(parts)))
    }
}

/// The network address a request came from.
pub fn source(parts: &Parts) -> String {
    parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| "unknown".to_owned(), |info| info.0.ip().to_string())
}

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_ref());
    hash
}

/// As lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// With TLS the cookie is bound to the host and to secure connections by its name.
fn cookie_name(app: &App) -> &'static str {
    if app.is_secure() {
        "__Host-hikitsugi"
    } else {
        "hikitsugi"
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

fn set_cookie(app: &App, value: &str, seconds: i64) -> HeaderValue {
    let secure = if app.is_secure() { "; Secure" } else { "" };
    let text = format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}",
        cookie_name(app)
    );
    HeaderValue::from_str(&text).expect("a cookie of ASCII")
}

/// 256 random bits in hexadecimal.
pub fn new_token(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    hex(&bytes)
}

#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// Only a path of our own is followed after signing in.
fn own_path(next: &str) -> &str {
    let is_own = next.starts_with('/')
        && !next.starts_with("//")
        && next
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_'));
    if is_own { next } else { "/" }
}

/// `/`: what a person comes for. The residents; for a physician what waits for a signature; for the city office the
/// facilities.
pub async fn home(signed_in: SignedIn) -> Redirect {
    let actor = signed_in.actor;
    Redirect::to(if actor.permit::<OperateService>().is_ok() {
        "/facilities"
    } else if actor.permit::<SignOrder>().is_ok() {
        "/directives"
    } else if actor.permit::<ReadInbox>().is_ok() {
        "/inbox"
    } else {
        "/residents"
    })
}

pub async fn form(signed_in: Option<SignedIn>, Query(next): Query<Next>) -> Response {
    if signed_in.is_some() {
        return Redirect::to(own_path(&next.next)).into_response();
    }
    sign_in_page("", &next.next, None).into_response()
}

fn sign_in_page(login: &str, next: &str, problem: Option<&str>) -> Markup {
    page::bare(
        "ログイン",
        html! {
            main #main .signin {
                div {
                    h1 { span .brand { "引き継ぎ" } }
                    p .lead { "施設の救急連絡シート" }
                }
                @if let Some(problem) = problem {
                    div .notice .errors data-type="error" role="alert" {
                        (icon(Icon::Stop))
                        div { h2 { "ログインできませんでした" } p { (problem) } }
                    }
                }
                form .form method="post" action="/signin" {
                    input type="hidden" name="next" value=(own_path(next));
                    div .field {
                        label for="login" { "ログイン名" }
                        input #login name="login" value=(login) autocomplete="username" autocapitalize="none"
                            spellcheck="false" required autofocus;
                    }
                    div .field {
                        label for="password" { "パスワード" }
                        input #password name="password" type="password" autocomplete="current-password" required;
                    }
                    button .button .wide { "ログイン" }
                }
                p .small { "命に関わるときは、ログインより先に " a href="tel:119" { "119番" } " へ。" }
            }
        },
    )
}

#[derive(Deserialize)]
pub struct Credentials {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

pub async fn sign_in(
    State(app): State<App>,
    Source(source): Source,
    Form(form): Form<Credentials>,
) -> Result<Response, WebError> {
    let refuse =
        |problem: &str| sign_in_page(&form.login, &form.next, Some(problem)).into_response();
    match authenticate(&app, &source, &form.login, &form.password).await {
        Ok(actor) => {
            let token = open_session(&app, &actor).await?;
            let mut response = Redirect::to(own_path(&form.next)).into_response();
            response
                .headers_mut()
                .insert(SET_COOKIE, set_cookie(&app, &token, SHIFT_MINUTES * 60));
            Ok(response)
        }
        Err(Refusal::Wrong) => Ok(refuse("ログイン名かパスワードが違います")),
        Err(Refusal::Wait) => Ok(refuse("失敗が続いたため、15分ほど待ってから試してください")),
        Err(Refusal::Busy) => Ok(refuse(
            "混み合っています。少し待ってから、もう一度押してください",
        )),
        Err(Refusal::Failed(error)) => Err(error),
    }
}

/// The one place where sessions are made.
async fn open_session(app: &App, actor: &Actor) -> Result<String, WebError> {
    let token = new_token(app.entropy.as_ref());
    let now = app.now();
    session::open(
        &app.store,
        actor,
        &sha256(token.as_bytes()),
        now.plus_minutes(SHIFT_MINUTES),
        now,
    )
    .await?;
    Ok(token)
}

/// Why somebody is not let in.
pub enum Refusal {
    /// Login or password; never said which.
    Wrong,
    /// Too many failures of this login.
    Wait,
    /// Too many sign-ins at once.
    Busy,
    Failed(WebError),
}

impl<E: Into<WebError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Checks a login and password; every way in goes through here.
pub async fn authenticate(
    app: &App,
    source: &str,
    login: &str,
    password: &str,
) -> Result<Actor, Refusal> {
    let now = app.now();
    let since = now.plus_minutes(-FAILURE_WINDOW_MINUTES);
    let login = login.trim();
    if login.is_empty() || login.len() > 100 || password.chars().count() > auth::PASSWORD_MAX {
        return Err(Refusal::Wrong);
    }
    if staff::login_failures(&app.store, login, since).await? >= FAILURES_MAX {
        return Err(Refusal::Wait);
    }
    let known = staff::by_login(&app.store, login).await?;
    let usable = known.as_ref().filter(|person| person.disabled_at.is_none());
    let hash = usable.map(|person| person.password_hash.as_str());
    let right = app
        .passwords
        .verify(password, hash)
        .await
        .map_err(|auth::Busy| Refusal::Busy)?;
    let Some(person) = usable.filter(|_| right) else {
        staff::login_failed(&app.store, login, since, now).await?;
        let author = match &known {
            Some(person) => Author::from(&actor(person, source)),
            None => Author::stranger(source),
        };
        app.store
            .note_read(author, now, Entry::new("session.refused", None, json!({})))
            .await?;
        return Err(Refusal::Wrong);
    };
    staff::forget_login_failures(&app.store, login, now).await?;
    Ok(actor(person, source))
}

/// The person as an actor, from a network address.
pub fn actor(person: &staff::Credentials, source: &str) -> Actor {
    Actor {
        staff: person.id.clone(),
        name: person.name.clone(),
        role: person.role,
        facility: person.facility_id.clone(),
        source: source.to_owned(),
    }
}

pub async fn sign_out(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
) -> Result<Response, WebError> {
    if let Some(signed_in) = signed_in {
        session::end(
            &app.store,
            &signed_in.actor,
            &signed_in.token_hash,
            app.now(),
        )
        .await?;
    }
    let mut response = Redirect::to("/signin").into_response();
    response
        .headers_mut()
        .insert(SET_COOKIE, set_cookie(&app, "", 0));
    response
        .headers_mut()
        .insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

/// The session ended while somebody typed: all of it is on this page and is sent again by one press.
pub fn ended(path: &str, typed: &[(String, String)]) -> Response {
    let body = page::bare(
        "ログインが切れました",
        html! {
            main #main .page {
                div .page-error {
                    h1 { "ログインが切れました" }
                    p { "入力した内容は、まだ保存されていません。この画面に残っています。" }
                    ol {
                        li { a href="/signin" target="_blank" rel="noopener" { "別の画面でログインする" } }
                        li { "この画面に戻って、次のボタンを押す" }
                    }
                    form method="post" action=(path) {
                        @for (key, value) in typed { input type="hidden" name=(key) value=(value); }
                        div .actions {
                            button .button { "入力した内容をもう一度送る" }
                            a .button .danger href="tel:119" { "119番" }
                        }
                    }
                }
            }
        },
    );
    (StatusCode::UNAUTHORIZED, body).into_response()
}
