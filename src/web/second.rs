//! The second step of signing in: the digits of the phone, and how they are set up the first time.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

use super::auth::totp::{self, Digits};
use super::icon::{Icon, icon};
use super::session::{self, DEVICE_DAYS, First, Next, Refusal, Source, own_path};
use super::{App, WebError, page};
use crate::domain::recovery::{CODES, RecoveryCode};
use crate::export::qr::Qr;
use crate::store::factor;

#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    code: String,
    #[serde(default)]
    remember: String,
    #[serde(default)]
    next: String,
}

/// Too many wrong tries, or too late: from the beginning.
const AGAIN: &str = "時間がたったか、番号の間違いが続きました。はじめからログインしてください";

fn again(next: &str) -> Response {
    session::sign_in_page("", next, Some(AGAIN)).into_response()
}

pub async fn code_form(
    State(app): State<App>,
    Source(source): Source,
    headers: HeaderMap,
    Query(next): Query<Next>,
) -> Result<Response, WebError> {
    match session::awaited(&app, &headers, &source, false).await? {
        Some(first) => Ok(code_page(&app, &first, &next.next, None)
            .await?
            .into_response()),
        None => Ok(Redirect::to("/signin").into_response()),
    }
}

async fn code_page(
    app: &App,
    first: &First,
    next: &str,
    problem: Option<&str>,
) -> Result<Markup, WebError> {
    let shown = match app.shows_digits {
        true => factor::find(&app.store, &first.actor).await?,
        false => None,
    };
    let shown = shown.and_then(|factor| Digits::of(&factor.secret, &first.login));
    Ok(page::bare(
        "番号の確認",
        html! {
            main #main .signin {
                h1 { "スマートフォンの番号" }
                p { (first.actor.name) " さん。認証アプリに「hikitsugi」の名前で出ている6桁の番号を入れてください。" }
                (problem_box(problem))
                @if let Some(digits) = shown {
                    p .notice data-type="info" { span { "見本の市なので、番号をここに出します: " b .number { (digits.now(app.now())) } } }
                }
                form .form method="post" action="/signin/code" {
                    input type="hidden" name="next" value=(own_path(next));
                    (code_field())
                    (remember_field())
                    button .button .wide { "ログイン" }
                }
                p .small { "スマートフォンがないときは、登録したときに控えた予備の番号(12文字)を同じ欄に入れてください。どちらもないときは、管理者に作り直しを頼んでください。夜で頼めないときは、施設の " a href="/signin/sealed" { "封筒の非常用アカウント" } "。" }
                p .small { a href="/signin" { "別の人としてログインする" } }
                p .small { "命に関わるときは、ログインより先に " a href="tel:119" { "119番" } " へ。" }
            }
        },
    ))
}

fn problem_box(problem: Option<&str>) -> Markup {
    html! {
        @if let Some(problem) = problem {
            div .notice .errors data-type="error" role="alert" {
                (icon(Icon::Stop))
                div { h2 { "確かめられませんでした" } p #code-error { (problem) } }
            }
        }
    }
}

fn code_field() -> Markup {
    html! {
        div .field {
            label for="code" { "番号" }
            input #code .w-m .number name="code" inputmode="numeric" autocomplete="one-time-code" autocapitalize="none"
                spellcheck="false" required autofocus;
        }
    }
}

fn remember_field() -> Markup {
    html! {
        label .check {
            input type="checkbox" name="remember" value="yes";
            span { "この端末では" (DEVICE_DAYS) "日間、番号を省く(施設のパソコンや自分の端末だけ)" }
        }
    }
}

pub async fn code(
    State(app): State<App>,
    Source(source): Source,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let Some(first) = session::awaited(&app, &headers, &source, true).await? else {
        return Ok(again(&typed.next));
    };
    match session::second_factor(&app, &first, &typed.code).await {
        Ok(proven) => {
            let to = Redirect::to(own_path(&typed.next)).into_response();
            let mut response = session::enter(&app, proven, &headers, to).await?;
            arrived(&app, &first, &headers, &typed, &mut response).await?;
            Ok(response)
        }
        Err(Refusal::NotSetUp) => Ok(Redirect::to("/signin/setup").into_response()),
        Err(Refusal::Failed(error)) => Err(error),
        Err(refusal) => Ok(code_page(&app, &first, &typed.next, Some(refusal.words()))
            .await?
            .into_response()),
    }
}

/// Nothing is awaited any more; the browser is remembered if that was asked for.
async fn arrived(
    app: &App,
    first: &First,
    headers: &HeaderMap,
    typed: &Typed,
    response: &mut Response,
) -> Result<(), WebError> {
    session::step_done(app, headers, response).await?;
    if typed.remember == "yes" {
        session::remember(app, &first.actor, headers, response).await?;
    }
    Ok(())
}

pub async fn setup_form(
    State(app): State<App>,
    Source(source): Source,
    headers: HeaderMap,
    Query(next): Query<Next>,
) -> Result<Response, WebError> {
    match session::awaited(&app, &headers, &source, false).await? {
        Some(first) => setup_page(&app, &first, &next.next, None).await,
        None => Ok(Redirect::to("/signin").into_response()),
    }
}

async fn setup_page(
    app: &App,
    first: &First,
    next: &str,
    problem: Option<&str>,
) -> Result<Response, WebError> {
    let fresh = totp::fresh(app.entropy.as_ref());
    let factor = factor::start(&app.store, &first.actor, &fresh, app.now()).await?;
    if factor.confirmed_at.is_some() {
        return Ok(Redirect::to("/signin/code").into_response());
    }
    let digits = Digits::of(&factor.secret, &first.login).ok_or(WebError::Broken)?;
    let code = Qr::encode(&digits.address()).map_err(|_| WebError::Broken)?;
    let page = page::bare(
        "番号の登録",
        html! {
            main #main .signin {
                h1 { "スマートフォンの番号を登録する" }
                p { (first.actor.name) " さん。はじめてのログインです。パスワードだけでは入れないように、6桁の番号を毎回確かめます。登録は一度だけ、2分ほどで終わります。" }
                (problem_box(problem))
                ol {
                    li { "スマートフォンに認証アプリ(Google Authenticator、Microsoft Authenticator など。無料)を入れる。すでにあればそれを使う" }
                    li {
                        "アプリで下のコードを読み取る"
                        div .setup-code { (PreEscaped(code.svg("認証アプリで読み取るQRコード"))) }
                        p { a href=(digits.address()) { "この端末の認証アプリで登録する" } }
                        details {
                            summary { "読み取れないときは、この文字をアプリに入れる" }
                            p .code #key { (digits.key()) }
                        }
                    }
                    li { "アプリに出た6桁の番号を入れる" }
                }
                form .form method="post" action="/signin/setup" {
                    input type="hidden" name="next" value=(own_path(next));
                    (code_field())
                    (remember_field())
                    button .button .wide { "登録する" }
                }
                p .small { "コードと文字はほかの人に見せないでください。写真も撮らないでください。" }
                p .small { "命に関わるときは、ログインより先に " a href="tel:119" { "119番" } " へ。" }
            }
        },
    );
    Ok(page.into_response())
}

pub async fn setup(
    State(app): State<App>,
    Source(source): Source,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let Some(first) = session::awaited(&app, &headers, &source, true).await? else {
        return Ok(again(&typed.next));
    };
    let codes: Vec<RecoveryCode> = new_codes(&app);
    match session::set_up(&app, &first, &typed.code, &codes).await {
        Ok(proven) => {
            let page = codes_page(&codes, own_path(&typed.next)).into_response();
            let mut response = session::enter(&app, proven, &headers, page).await?;
            arrived(&app, &first, &headers, &typed, &mut response).await?;
            Ok(response)
        }
        Err(Refusal::Failed(error)) => Err(error),
        Err(refusal) => setup_page(&app, &first, &typed.next, Some(refusal.words())).await,
    }
}

pub fn new_codes(app: &App) -> Vec<RecoveryCode> {
    (0..CODES)
        .map(|_| RecoveryCode::new(app.entropy.as_ref()))
        .collect()
}

fn codes_page(codes: &[RecoveryCode], next: &str) -> Markup {
    page::bare(
        "予備の番号",
        html! {
            main #main .signin {
                h1 { "予備の番号を控えてください" }
                (codes_list(codes))
                p .no-print { a .button .wide href=(next) { "控えました。始める" } }
            }
        },
    )
}

/// Codes that are shown this once.
pub fn codes_list(codes: &[RecoveryCode]) -> Markup {
    html! {
        p { "スマートフォンをなくしたとき、忘れたときに、6桁の番号の代わりに使います。1つにつき1回だけ使えます。" b { "この画面は一度だけです。" } "印刷するか書き写して、自分だけが見られる所に置いてください。" }
        ol .codes {
            @for code in codes { li .number { (code.grouped()) } }
        }
        p .small { "「引き継ぎ」の予備の番号。パスワードは書かないでください。" }
    }
}
