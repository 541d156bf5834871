//! Signing in and out, and how a request becomes a person and a permit.
//!
//! Two factors, always (security.md J-01): [`first_factor`] checks the password, [`second_factor`] the digits of the phone
//! or a code on paper, and only what both gave, [`Proven`], opens a session or makes a token.

use std::net::{IpAddr, SocketAddr};

use axum::Form;
use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts, Query, State};
use axum::http::header::{COOKIE, RETRY_AFTER, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use super::auth::totp::Digits;
use super::icon::{Icon, icon};
use super::listen::first_bits;
use super::{App, WebError, auth, lock, page, watch};
use crate::domain::clock::{Entropy, Moment};
use crate::domain::id::StaffId;
use crate::domain::permit::{Action, Actor, OperateService, Permit, ReadInbox, Role, SignOrder};
use crate::domain::recovery::RecoveryCode;
use crate::domain::sealed::SealedCode;
use crate::store::invitation::Invited;
use crate::store::session::Session;
use crate::store::{Author, Entry, factor, sealed, session, staff};

/// A session lasts one shift (security.md row 51).
pub const SHIFT_MINUTES: i64 = 12 * 60;
/// Failures of one login within the window after which it has to wait; a right password then waits too.
const FAILURES_MAX: i64 = 10;
const FAILURE_WINDOW_MINUTES: i64 = 15;
/// The same of one network, whatever the logins: a whole home behind one address mistypes less. A browser that is
/// remembered for its person is not held up.
const FAILURES_OF_SOURCE_MAX: i64 = 100;
/// How long the digits are awaited after the password, and how often they may be wrong meanwhile.
const STEP_MINUTES: i64 = 10;
const STEP_TRIES: i64 = 5;
/// How long a browser is remembered (security.md J-01).
pub const DEVICE_DAYS: i64 = 30;

/// A signed-in person: the session row behind the cookie.
pub struct SignedIn {
    pub session: Session,
    pub actor: Actor,
    pub token_hash: [u8; 32],
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, WebError> {
        let next = match parts.method == axum::http::Method::GET {
            true => parts.uri.path().to_owned(),
            false => "/".to_owned(),
        };
        match Held::of(app, parts).await? {
            None => Err(WebError::SignIn { next }),
            Some(held) if held.is_locked => Err(WebError::Locked { next }),
            Some(held) => {
                lock::used(app, parts, &held.signed_in);
                Ok(held.signed_in)
            }
        }
    }
}

/// Whoever is signed in and not locked.
impl OptionalFromRequestParts<App> for SignedIn {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, WebError> {
        let held = Held::of(app, parts).await?;
        Ok(held
            .filter(|held| !held.is_locked)
            .map(|held| held.signed_in))
    }
}

/// The session of this browser, also while it is locked: for unlocking it, and for signing out.
pub struct Held {
    pub signed_in: SignedIn,
    pub is_locked: bool,
}

impl OptionalFromRequestParts<App> for Held {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, WebError> {
        Self::of(app, parts).await
    }
}

impl Held {
    pub async fn of(app: &App, parts: &Parts) -> Result<Option<Self>, WebError> {
        let Some(token) = cookie(&parts.headers, &cookie_name(app, Kept::Session)) else {
            return Ok(None);
        };
        let token_hash = sha256(token.as_bytes());
        let Some(session) = session::find(&app.store, &token_hash, app.now()).await? else {
            return Ok(None);
        };
        let actor = session.actor(&source(parts));
        watch::is_asked_by(parts, &actor);
        let is_locked = lock::is_locked(app, &session, &actor).await?;
        let signed_in = SignedIn {
            session,
            actor,
            token_hash,
        };
        Ok(Some(Self {
            signed_in,
            is_locked,
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

/// What a browser keeps for us.
enum Kept<'a> {
    Session,
    /// The password was right, the digits are awaited.
    Step,
    /// This person's digits were given here.
    Device(&'a StaffId),
}

/// With TLS the cookie is bound to the host and to secure connections by its name.
fn cookie_name(app: &App, kept: Kept<'_>) -> String {
    let name = if app.is_secure() {
        "__Host-hikitsugi"
    } else {
        "hikitsugi"
    };
    match kept {
        Kept::Session => name.to_owned(),
        Kept::Step => format!("{name}-step"),
        // One for each person: many share the PC of a facility.
        Kept::Device(staff) => format!(
            "{name}-device-{}",
            &hex(&sha256(staff.as_str().as_bytes()))[..8]
        ),
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

fn set_cookie(app: &App, kept: Kept<'_>, value: &str, seconds: i64) -> HeaderValue {
    let secure = if app.is_secure() { "; Secure" } else { "" };
    let text = format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}",
        cookie_name(app, kept)
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
    pub next: String,
}

/// Only a path of our own is followed after signing in.
pub fn own_path(next: &str) -> &str {
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

pub async fn form(held: Option<Held>, Query(next): Query<Next>) -> Response {
    if held.is_some() {
        return Redirect::to(own_path(&next.next)).into_response();
    }
    sign_in_page("", &next.next, None).into_response()
}

pub fn sign_in_page(login: &str, next: &str, problem: Option<&str>) -> Markup {
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
                p .small { "スマートフォンも予備の番号もないときは、施設の " a href="/signin/sealed" { "封筒の非常用アカウント" } "。" }
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

/// The password; then the digits, or their set-up, unless this browser is remembered for this person.
pub async fn sign_in(
    State(app): State<App>,
    Source(source): Source,
    headers: HeaderMap,
    Form(form): Form<Credentials>,
) -> Result<Response, WebError> {
    let refuse =
        |problem: &str| sign_in_page(&form.login, &form.next, Some(problem)).into_response();
    let next = own_path(&form.next);
    match first_factor(&app, &source, &headers, &form.login, &form.password).await {
        Ok(first) => match first.remembered(&app).await? {
            Ok(proven) => enter(&app, proven, &headers, Redirect::to(next).into_response()).await,
            Err(first) => await_digits(&app, &first, next).await,
        },
        Err(Refusal::Failed(error)) => Err(error),
        Err(refusal) => {
            let mut response = refuse(refusal.words());
            if let Some((status, seconds)) = refusal.is_a_limit() {
                *response.status_mut() = status;
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
            }
            Ok(response)
        }
    }
}

/// Leads on to the digits, or to their set-up.
pub async fn await_digits(app: &App, first: &First, next: &str) -> Result<Response, WebError> {
    let (now, actor) = (app.now(), &first.actor);
    let token = new_token(app.entropy.as_ref());
    let until = now.plus_minutes(STEP_MINUTES);
    factor::begin(&app.store, actor, &sha256(token.as_bytes()), until, now).await?;
    let is_set_up = factor::find(&app.store, actor)
        .await?
        .is_some_and(|factor| factor.confirmed_at.is_some());
    let to = if is_set_up { "code" } else { "setup" };
    let mut response = Redirect::to(&format!("/signin/{to}?next={next}")).into_response();
    let cookie = set_cookie(app, Kept::Step, &token, STEP_MINUTES * 60);
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// Opens a session and answers with its cookie.
pub async fn enter(
    app: &App,
    proven: Proven,
    headers: &HeaderMap,
    mut response: Response,
) -> Result<Response, WebError> {
    let token = open(app, &proven, &browser(headers), SHIFT_MINUTES).await?;
    keep(app, &token, SHIFT_MINUTES, &mut response);
    Ok(response)
}

/// The cookie of a session.
pub fn keep(app: &App, token: &str, minutes: i64, response: &mut Response) {
    let cookie = set_cookie(app, Kept::Session, token, minutes * 60);
    response.headers_mut().append(SET_COOKIE, cookie);
}

/// The one place where sessions are made, beside an envelope's (`sealed`). `browser`: where it is used, in words. Gives the session's token.
pub async fn open(
    app: &App,
    proven: &Proven,
    browser: &str,
    minutes: i64,
) -> Result<String, WebError> {
    let (token, now) = (new_token(app.entropy.as_ref()), app.now());
    let hash = sha256(token.as_bytes());
    session::open(
        &app.store,
        &proven.0,
        &hash,
        browser,
        now.plus_minutes(minutes),
        now,
    )
    .await?;
    Ok(token)
}

/// What a browser says it is, in the words that a person would use.
pub fn browser(headers: &HeaderMap) -> String {
    let agent = headers
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let named = |names: &[(&str, &'static str)]| {
        let known = names.iter().find(|(part, _)| agent.contains(part));
        known.map_or("", |(_, name)| *name)
    };
    let system = named(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "Chromebook"),
        ("Macintosh", "Mac"),
        ("Linux", "Linux"),
    ]);
    let program = named(&[
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    match (system, program) {
        ("", "") => "不明な端末".to_owned(),
        _ => format!("{system} {program}").trim().to_owned(),
    }
}

/// Why somebody is not let in.
pub enum Refusal {
    /// Login or password; never said which.
    Wrong,
    /// The digits, or the code from paper.
    WrongDigits,
    /// No digits were ever set up; that is done on the page of signing in.
    NotSetUp,
    /// Too many failures of this login.
    Wait,
    /// Too many sign-ins at once.
    Busy,
    Failed(WebError),
}

impl Refusal {
    pub fn words(&self) -> &'static str {
        match self {
            Self::Wrong => "ログイン名かパスワードが違います",
            Self::WrongDigits => {
                "番号が違います。いま表示されている6桁を入れてください。一度使った番号は使えません"
            }
            Self::NotSetUp => "画面からログインして、スマートフォンの番号を先に登録してください",
            Self::Wait => "失敗が続いたため、15分ほど待ってから試してください",
            Self::Busy => "混み合っています。少し待ってから、もう一度押してください",
            Self::Failed(_) => "処理を続けられませんでした。もう一度試してください",
        }
    }

    /// Refused for now and not for good: how, and after how many seconds it is worth trying again.
    fn is_a_limit(&self) -> Option<(StatusCode, u32)> {
        match self {
            Self::Wait => Some((StatusCode::TOO_MANY_REQUESTS, 900)),
            Self::Busy => Some((StatusCode::SERVICE_UNAVAILABLE, auth::Busy::RETRY_SECONDS)),
            _ => None,
        }
    }
}

impl<E: Into<WebError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Somebody whose password was right.
pub struct First {
    pub actor: Actor,
    pub login: String,
    /// Under what failures of the digits are counted.
    failures_of: String,
    is_remembered: bool,
}

/// Somebody whose password was right and who has the second factor too.
pub struct Proven(Actor);

/// Under what failures to sign in are counted. What was typed may be a password in the wrong field: its digest is kept.
fn failures_key(login: &str) -> String {
    hex(&sha256(login.as_bytes()))
}

impl First {
    /// Somebody whom an invitation let choose a password.
    pub fn invited(person: &Invited, source: &str) -> Self {
        Self {
            actor: person.actor(source),
            login: person.login.clone(),
            failures_of: failures_key(&person.login),
            is_remembered: false,
        }
    }

    /// A browser that was remembered needs no digits.
    async fn remembered(self, app: &App) -> Result<Result<Proven, Self>, WebError> {
        if !self.is_remembered {
            return Ok(Err(self));
        }
        staff::forget_login_failures(&app.store, &self.failures_of, app.now()).await?;
        Ok(Ok(Proven(self.actor)))
    }
}

/// Checks a login and password; every way in begins here.
///
/// A browser that is remembered for the person counts its failures by itself, so that nobody elsewhere can shut
/// somebody out by guessing (security.md A45).
pub async fn first_factor(
    app: &App,
    source: &str,
    headers: &HeaderMap,
    login: &str,
    password: &str,
) -> Result<First, Refusal> {
    let now = app.now();
    let since = now.plus_minutes(-FAILURE_WINDOW_MINUTES);
    let login = login.trim();
    if login.is_empty() || login.len() > 100 || password.chars().count() > auth::PASSWORD_MAX {
        return Err(Refusal::Wrong);
    }
    let known = staff::by_login(&app.store, login).await?;
    let mut failures_of = failures_key(login);
    let mut is_remembered = false;
    if let Some(person) = &known
        && let Some(token) = cookie(headers, &cookie_name(app, Kept::Device(&person.id)))
    {
        let hash = sha256(token.as_bytes());
        is_remembered =
            factor::is_remembered(&app.store, &person.facility_id, &person.id, &hash, now).await?;
        if is_remembered {
            failures_of = format!("{failures_of} {}", &hex(&hash)[..8]);
        }
    }
    if staff::login_failures(&app.store, &failures_of, since).await? >= FAILURES_MAX {
        return Err(Refusal::Wait);
    }
    let from = failures_from(source).filter(|_| !is_remembered);
    if let Some(from) = &from
        && staff::login_failures(&app.store, from, since).await? >= FAILURES_OF_SOURCE_MAX
    {
        return Err(Refusal::Wait);
    }
    let usable = known.as_ref().filter(|person| person.disabled_at.is_none());
    let hash = usable.map(|person| person.password_hash.as_str());
    let right = app
        .passwords
        .verify(password, hash)
        .await
        .map_err(|auth::Busy| Refusal::Busy)?;
    let Some(person) = usable.filter(|_| right) else {
        staff::login_failed(&app.store, &failures_of, since, now).await?;
        if let Some(from) = &from {
            staff::login_failed(&app.store, from, since, now).await?;
        }
        let author = match &known {
            Some(person) => Author::from(&actor(person, source)),
            None => Author::stranger(source),
        };
        app.store
            .note_read(author, now, Entry::new("session.refused", None, json!({})))
            .await?;
        return Err(Refusal::Wrong);
    };
    Ok(First {
        actor: actor(person, source),
        login: login.to_owned(),
        failures_of,
        is_remembered,
    })
}

/// Under what failures from a network are counted: no login begins with a space. Not for this machine itself, from which
/// everybody comes where a proxy is not told of.
fn failures_from(source: &str) -> Option<String> {
    let address: IpAddr = source.parse().ok()?;
    if address.is_loopback() {
        return None;
    }
    let (_, bits) = first_bits(address, if address.is_ipv4() { 32 } else { 64 });
    Some(format!(" from {bits:x}"))
}

/// Checks the digits of the phone or a code from paper. Each opens once.
pub async fn second_factor(app: &App, first: &First, typed: &str) -> Result<Proven, Refusal> {
    let (now, actor) = (app.now(), &first.actor);
    let confirmed = factor::find(&app.store, actor)
        .await?
        .filter(|factor| factor.confirmed_at.is_some());
    let Some(factor) = confirmed else {
        return Err(Refusal::NotSetUp);
    };
    let is_right = match (
        step_of(&factor.secret, first, typed, now)?,
        RecoveryCode::parse(typed),
    ) {
        (Some(step), _) => factor::use_step(&app.store, actor, step, now).await?,
        (None, Some(code)) => {
            let hash = sha256(code.as_str().as_bytes());
            factor::use_code(&app.store, actor, &hash, now).await?
        }
        (None, None) => false,
    };
    if is_right {
        staff::forget_login_failures(&app.store, &first.failures_of, now).await?;
        return Ok(Proven(actor.clone()));
    }
    let since = now.plus_minutes(-FAILURE_WINDOW_MINUTES);
    staff::login_failed(&app.store, &first.failures_of, since, now).await?;
    let entry = Entry::new("session.digits_refused", None, json!({}));
    app.store.note_read(Author::from(actor), now, entry).await?;
    Err(Refusal::WrongDigits)
}

/// Both factors once more, from somebody who is signed in: for what only the person may change (step-up).
pub async fn step_up(
    app: &App,
    signed_in: &SignedIn,
    password: &str,
    typed: &str,
) -> Result<Proven, Refusal> {
    let (login, source) = (&signed_in.session.login, &signed_in.actor.source);
    let first = first_factor(app, source, &HeaderMap::new(), login, password).await?;
    second_factor(app, &first, typed).await
}

/// The password once more, from somebody whose session is locked. Failures count as they do at the sign-in.
pub async fn password_again(
    app: &App,
    signed_in: &SignedIn,
    headers: &HeaderMap,
    password: &str,
) -> Result<(), Refusal> {
    if signed_in.actor.role == Role::Sealed {
        let code = SealedCode::parse(password).ok_or(Refusal::Wrong)?;
        let hash = sha256(code.as_str().as_bytes());
        return match sealed::is_own_code(&app.store, &signed_in.actor, &hash).await? {
            true => Ok(()),
            false => Err(Refusal::Wrong),
        };
    }
    let (login, source) = (&signed_in.session.login, &signed_in.actor.source);
    let first = first_factor(app, source, headers, login, password).await?;
    staff::forget_login_failures(&app.store, &first.failures_of, app.now()).await?;
    Ok(())
}

/// The first digits of a key that was just shown; from now on they are asked for. The codes are for paper.
pub async fn set_up(
    app: &App,
    first: &First,
    typed: &str,
    codes: &[RecoveryCode],
) -> Result<Proven, Refusal> {
    let (now, actor) = (app.now(), &first.actor);
    let Some(factor) = factor::find(&app.store, actor).await? else {
        return Err(Refusal::NotSetUp);
    };
    let Some(step) = step_of(&factor.secret, first, typed, now)? else {
        return Err(Refusal::WrongDigits);
    };
    let hashes: Vec<[u8; 32]> = codes
        .iter()
        .map(|code| sha256(code.as_str().as_bytes()))
        .collect();
    factor::confirm(&app.store, actor, step, &hashes, now).await?;
    staff::forget_login_failures(&app.store, &first.failures_of, now).await?;
    Ok(Proven(actor.clone()))
}

fn step_of(
    secret: &[u8],
    first: &First,
    typed: &str,
    now: Moment,
) -> Result<Option<i64>, WebError> {
    let digits = Digits::of(secret, &first.login).ok_or(WebError::Broken)?;
    Ok(digits.step(typed, now))
}

/// Whose digits are awaited in this browser. A wrong try is counted before it is compared.
pub async fn awaited(
    app: &App,
    headers: &HeaderMap,
    source: &str,
    is_try: bool,
) -> Result<Option<First>, WebError> {
    let Some(token) = cookie(headers, &cookie_name(app, Kept::Step)) else {
        return Ok(None);
    };
    let (now, hash) = (app.now(), sha256(token.as_bytes()));
    let Some(person) = factor::pending(&app.store, &hash, now).await? else {
        return Ok(None);
    };
    if is_try && !factor::count_try(&app.store, &hash, STEP_TRIES, now).await? {
        return Ok(None);
    }
    Ok(Some(First {
        actor: Actor {
            staff: person.staff_id,
            name: person.name,
            role: person.role,
            facility: person.facility_id,
            source: source.to_owned(),
        },
        failures_of: failures_key(&person.login),
        login: person.login,
        is_remembered: false,
    }))
}

/// Nothing is awaited in this browser any more.
pub async fn step_done(
    app: &App,
    headers: &HeaderMap,
    response: &mut Response,
) -> Result<(), WebError> {
    if let Some(token) = cookie(headers, &cookie_name(app, Kept::Step)) {
        factor::done(&app.store, &sha256(token.as_bytes()), app.now()).await?;
    }
    let cookie = set_cookie(app, Kept::Step, "", 0);
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(())
}

/// Remembers this browser for this person.
pub async fn remember(
    app: &App,
    actor: &Actor,
    headers: &HeaderMap,
    response: &mut Response,
) -> Result<(), WebError> {
    let (now, token) = (app.now(), new_token(app.entropy.as_ref()));
    let until = now.plus_days(DEVICE_DAYS);
    let hash = sha256(token.as_bytes());
    factor::remember(&app.store, actor, &hash, &browser(headers), until, now).await?;
    let cookie = set_cookie(
        app,
        Kept::Device(&actor.staff),
        &token,
        DEVICE_DAYS * 86_400,
    );
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(())
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

pub async fn sign_out(State(app): State<App>, held: Option<Held>) -> Result<Response, WebError> {
    if let Some(Held { signed_in, .. }) = held {
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
        .insert(SET_COOKIE, set_cookie(&app, Kept::Session, "", 0));
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
