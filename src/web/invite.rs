//! Invitations: a page that opens once, on which a new person, or one who lost password or phone, chooses a password.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

use super::icon::{Icon, icon};
use super::page::{self, NoticeKind, notice};
use super::session::{self, First, Source, sha256};
use super::{App, WebError, auth};
use crate::domain::link::LinkToken;
use crate::export::qr::Qr;
use crate::store::invitation::{self, Invited};

/// How long an invitation opens (ASVS 6.4.1: a day at most).
pub const OPENS_HOURS: i64 = 24;

/// A new invitation's secret.
pub fn token(app: &App) -> (LinkToken, [u8; 32]) {
    let token = LinkToken::new(app.entropy.as_ref());
    let hash = sha256(token.as_str().as_bytes());
    (token, hash)
}

/// Where the invited person chooses a password.
pub fn address(base_url: &str, token: &LinkToken) -> String {
    format!("{base_url}/join/{}", token.as_str())
}

/// What is handed to the person, once.
pub fn letter(app: &App, person: &Invited, token: &LinkToken) -> Result<Markup, WebError> {
    let address = address(&app.base_url, token);
    let code = Qr::encode(&address).map_err(|_| WebError::Broken)?;
    Ok(html! {
        div .no-print {
            (notice(NoticeKind::Warn, "この画面は一度だけです", html! {
                p { "本人にその場で渡してください。本人以外に見せず、メールやFAXで送らないでください。" (OPENS_HOURS) "時間以内に1回だけ開けます。" }
            }))
        }
        section .card .letter {
            h2 { (person.name) " さんへ" }
            p { "このコードをスマートフォンで読むか、番地をパソコンで開き、自分のパスワードと番号を決めてください。" }
            div .setup-code { (PreEscaped(code.svg("本人が開く番地のQRコード"))) }
            p .code #invitation { (address) }
            dl .facts {
                div { dt { "施設" } dd { (person.facility_name) } }
                div { dt { "ログイン名" } dd { span .code { (person.login) } } }
                div { dt { "役割" } dd { (person.role.label()) } }
            }
        }
    })
}

pub async fn form(State(app): State<App>, Path(token): Path<String>) -> Result<Response, WebError> {
    match find(&app, &token).await? {
        Some((person, _)) => Ok(choose(&person, None).into_response()),
        None => Ok(closed()),
    }
}

async fn find(app: &App, token: &str) -> Result<Option<(Invited, [u8; 32])>, WebError> {
    let Some(token) = LinkToken::parse(token) else {
        return Ok(None);
    };
    let hash = sha256(token.as_str().as_bytes());
    let person = invitation::find(&app.store, &hash, app.now()).await?;
    Ok(person.map(|person| (person, hash)))
}

fn closed() -> Response {
    let body = page::bare(
        "この案内は使えません",
        html! {
            main #main .signin {
                h1 { "この案内は使えません" }
                p { "すでに使われたか、" (OPENS_HOURS) "時間が過ぎたか、番地が途中で切れています。渡してくれた人に、もう一度作ってもらってください。" }
                p { a .button .outline href="/signin" { "ログインへ" } }
            }
        },
    );
    (StatusCode::NOT_FOUND, body).into_response()
}

fn choose(person: &Invited, problem: Option<&str>) -> Markup {
    page::bare(
        "パスワードを決める",
        html! {
            main #main .signin {
                h1 { "パスワードを決める" }
                p { (person.facility_name) " " b { (person.name) } " さん(" (person.role.label()) ")。次に、スマートフォンの番号を登録します。" }
                @if let Some(problem) = problem {
                    div .notice .errors data-type="error" role="alert" {
                        (icon(Icon::Stop))
                        div { h2 { "このパスワードは使えません" } p #password-error { (problem) } }
                    }
                }
                form .form method="post" {
                    div .field {
                        label for="login" { "ログイン名(変えられません)" }
                        input #login name="login" value=(person.login) autocomplete="username" readonly;
                    }
                    div .field {
                        label for="password" { "パスワード" }
                        p .hint { "13文字以上。「庭の柿を三つもらった朝」のような、自分だけの短い文が覚えやすく破られにくいです" }
                        input #password name="password" type="password" autocomplete="new-password" required autofocus;
                    }
                    div .field {
                        label for="again" { "もう一度" }
                        input #again name="again" type="password" autocomplete="new-password" required;
                    }
                    button .button .wide { "決める" }
                }
                p .small { "これはあなたのログインです。夜勤などで共用しないでください。だれが見たか、変えたかが記録されます。" }
            }
        },
    )
}

#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

pub async fn accept(
    State(app): State<App>,
    Source(source): Source,
    Path(token): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, WebError> {
    let Some((person, hash)) = find(&app, &token).await? else {
        return Ok(closed());
    };
    let own = [&*person.facility_name, &*person.name, &*person.login];
    let checked = match auth::check_password(&chosen.password, &own) {
        Ok(()) if chosen.password != chosen.again => {
            Err("2つの欄が違います。同じものを入れてください")
        }
        checked => checked,
    };
    if let Err(problem) = checked {
        let body = choose(&person, Some(problem));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response());
    }
    let first = First::invited(&person, &source);
    let password = app
        .passwords
        .hash_in_turn(&chosen.password, app.entropy.as_ref())
        .await?;
    match invitation::accept(&app.store, &hash, &first.actor, &password, app.now()).await {
        Ok(()) => session::await_digits(&app, &first, "/").await,
        Err(crate::store::StoreError::NotFound) => Ok(closed()),
        Err(error) => Err(error.into()),
    }
}
