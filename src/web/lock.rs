//! Somebody left the PC: the session is locked, not ended, and the password alone opens it again within the shift
//! (security.md J-18, ASVS 7.3.1).
//!
//! At 3 a.m. nobody may be kept from an emergency. While one is open, the screens that could be used when it was going on
//! are not locked by time; the page of the lock has 119 and says where the papers are; and while nothing can be written,
//! and so nobody's use be remembered, time locks nobody out.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::header::REFERER;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::session::{self, Held, Next, Refusal, SignedIn, own_path};
use super::{App, WebError, load, page};
use crate::domain::permit::{Actor, ReadResident, Role};
use crate::store::session::Session;
use crate::store::transport;

/// A session that was not used for so long is locked.
const IDLE_MINUTES: i64 = 15;
/// That it is used is remembered so often: it is a write.
const REMEMBERED_MINUTES: i64 = 1;
/// What a page's script asks for without anybody touching the page carries this; it is no use.
const BY_ITSELF: &str = "x-by-itself";
/// Before the name of each input that is carried over the lock.
const CARRIED: &str = "typed.";

/// Whether the session is locked now.
///
/// By time only if no emergency was going on when its time was over that still is: one that somebody forgot to end keeps
/// nothing open after a shift.
pub async fn is_locked(app: &App, session: &Session, actor: &Actor) -> Result<bool, WebError> {
    let (now, over) = (app.now(), session.seen_at.plus_minutes(IDLE_MINUTES));
    if session.locked_at.is_some() {
        return Ok(true);
    }
    if now < over || !app.store.is_writable() {
        return Ok(false);
    }
    let shift = (now.plus_minutes(-session::SHIFT_MINUTES), over);
    Ok(!transport::is_open_since(&app.store, actor, shift).await?)
}

/// Remembers that the session is used. The page does not wait for it, and is shown whether it can be written or not.
pub fn used(app: &App, parts: &mut Parts, signed_in: &SignedIn) {
    #[derive(Clone)]
    struct Remembered;
    let now = app.now();
    let is_due = signed_in.session.seen_at.plus_minutes(REMEMBERED_MINUTES) <= now;
    if !is_due || parts.headers.contains_key(BY_ITSELF) {
        return;
    }
    // A handler asks who it is more than once.
    if parts.extensions.insert(Remembered).is_some() {
        return;
    }
    let (store, hash) = (app.store.clone(), signed_in.token_hash);
    tokio::spawn(async move {
        if let Err(error) = crate::store::session::touch(&store, &hash, now).await {
            tracing::warn!(%error, "that a session is used is not remembered");
        }
    });
}

/// What was typed when the lock came, and where it goes.
struct Typed<'a> {
    to: &'a str,
    pairs: &'a [(String, String)],
}

async fn draw(
    app: &App,
    signed_in: &SignedIn,
    next: &str,
    typed: Option<Typed<'_>>,
    problem: Option<&str>,
) -> Markup {
    let (session, actor) = (&signed_in.session, &signed_in.actor);
    // Whatever cannot be read is left out: the page must open.
    let mut places = Vec::new();
    let mut is_emergency = false;
    if let Ok(permit) = actor.permit::<ReadResident>() {
        if let Ok(facts) = load::facility_facts(app, &permit).await {
            let known = [
                ("救急連絡シートの綴り", facts.binder_place),
                ("カード", facts.cards_place),
            ];
            let written = known
                .into_iter()
                .filter_map(|(what, place)| Some((what, place.value()?.as_str().to_owned())));
            places.extend(written);
        }
        let open = transport::open(&app.store, &permit, 1).await;
        is_emergency = open.is_ok_and(|open| !open.is_empty());
    }
    page::bare(
        "ロックしています",
        html! {
            main #main .signin {
                h1 { "ロックしています" }
                p { (session.facility_name) " " @if actor.role != Role::Sealed { (actor.role.label()) " " } b { (actor.name) } " さんのログインです。" @if actor.role == Role::Sealed { "封筒の符号" } @else { "パスワード" } "だけで続きから使えます。" }
                @if is_emergency {
                    p .notice data-type="warn" { (icon(Icon::Warn)) span { "急変の対応中です。ロックを解くと記録を続けられます。" } }
                }
                @if typed.is_some() {
                    p .notice data-type="info" { span { "入力した内容は、まだ保存されていません。この画面に残っていて、ロックを解くと送れます。" } }
                }
                @if let Some(problem) = problem {
                    div .notice .errors data-type="error" role="alert" {
                        (icon(Icon::Stop))
                        div { h2 { "ロックを解けませんでした" } p { (problem) } }
                    }
                }
                form .form method="post" action="/unlock" {
                    input type="hidden" name="next" value=(own_path(next));
                    @if let Some(typed) = &typed {
                        input type="hidden" name="to" value=(typed.to);
                        @for (key, value) in typed.pairs { input type="hidden" name={ (CARRIED) (key) } value=(value); }
                    }
                    div .field {
                        label for="unlock-password" { @if actor.role == Role::Sealed { "封筒の符号" } @else { "パスワード" } }
                        input #unlock-password name="password" type="password" autocomplete="current-password" required autofocus;
                    }
                    button .button .wide { "ロックを解く" }
                }
                form method="post" action="/signout" {
                    button .button .outline .wide { "別の人としてログイン" }
                    @if typed.is_some() { p .small { "別の人としてログインすると、入力した内容は消えます。" } }
                }
                p .small { "命に関わるときは、ロックを解くより先に " a href="tel:119" { "119番" } " へ。" }
                @for (what, place) in &places { p .small { (what) "の置き場: " b { (place) } } }
            }
        },
    )
}

/// The lock came while somebody typed: all of it is on this page, and is sent once the password is right.
pub async fn carrying(
    app: &App,
    parts: &Parts,
    to: &str,
    pairs: &[(String, String)],
) -> Option<Response> {
    let held = Held::of(app, parts).await.ok().flatten()?;
    let typed = Some(Typed { to, pairs });
    let body = draw(app, &held.signed_in, "/", typed, None).await;
    Some((StatusCode::UNAUTHORIZED, body).into_response())
}

pub async fn form(
    State(app): State<App>,
    held: Option<Held>,
    Query(next): Query<Next>,
) -> Result<Response, WebError> {
    let next = own_path(&next.next);
    match held {
        None => Err(WebError::SignIn {
            next: next.to_owned(),
        }),
        Some(held) if held.is_locked => {
            let body = draw(&app, &held.signed_in, next, None, None).await;
            Ok(body.into_response())
        }
        Some(_) => Ok(Redirect::to(next).into_response()),
    }
}

/// Locks this browser at once.
pub async fn lock(
    State(app): State<App>,
    held: Option<Held>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let from = headers.get(REFERER).and_then(|from| from.to_str().ok());
    let from = from.and_then(|from| from.parse::<Uri>().ok());
    let next = from
        .as_ref()
        .map_or("/", |from| own_path(from.path()))
        .to_owned();
    let Some(Held { signed_in, .. }) = held else {
        return Err(WebError::SignIn { next });
    };
    let (actor, hash) = (&signed_in.actor, &signed_in.token_hash);
    crate::store::session::lock(&app.store, actor, hash, app.now()).await?;
    let mut response = WebError::Locked { next }.into_response();
    response
        .headers_mut()
        .insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

/// The password again; then on to where the person was, or to sending what was typed.
pub async fn unlock(
    State(app): State<App>,
    held: Option<Held>,
    headers: HeaderMap,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let of = |name: &str| {
        let found = sent.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let (next, to) = (own_path(of("next")), of("to"));
    let pairs: Vec<(String, String)> = sent
        .iter()
        .filter_map(|(key, value)| Some((key.strip_prefix(CARRIED)?.to_owned(), value.clone())))
        .collect();
    if !to.is_empty() && own_path(to) != to {
        return Err(WebError::Bad("画面のボタンから操作してください".to_owned()));
    }
    let typed = (!to.is_empty()).then_some(Typed { to, pairs: &pairs });
    let Some(Held {
        signed_in,
        is_locked,
    }) = held
    else {
        return match typed {
            Some(typed) => Ok(session::ended(typed.to, typed.pairs)),
            None => Err(WebError::SignIn {
                next: next.to_owned(),
            }),
        };
    };
    if is_locked {
        match session::password_again(&app, &signed_in, &headers, of("password")).await {
            Ok(()) => {}
            Err(Refusal::Failed(error)) => return Err(error),
            Err(refusal) => {
                let words = match &refusal {
                    Refusal::Wrong => "パスワードが違います",
                    other => other.words(),
                };
                let body = draw(&app, &signed_in, next, typed, Some(words)).await;
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response());
            }
        }
        let (actor, hash) = (&signed_in.actor, &signed_in.token_hash);
        crate::store::session::unlock(&app.store, actor, hash, app.now()).await?;
    }
    Ok(match typed {
        Some(typed) => send(&typed).into_response(),
        None => Redirect::to(next).into_response(),
    })
}

/// What was typed, to be sent by one press; where scripts run, by itself.
fn send(typed: &Typed<'_>) -> Markup {
    page::bare(
        "ロックを解きました",
        html! {
            main #main .page {
                div .page-error {
                    h1 { "ロックを解きました" }
                    p { "入力した内容は、まだ保存されていません。次のボタンで送ります。" }
                    form method="post" action=(typed.to) data-send="yes" {
                        @for (key, value) in typed.pairs { input type="hidden" name=(key) value=(value); }
                        div .actions {
                            button .button { "入力した内容を送る" }
                            a .button .danger href="tel:119" { "119番" }
                        }
                    }
                }
            }
        },
    )
}
