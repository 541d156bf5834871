//! One's own way in: where one is signed in, which browsers are remembered, codes on paper, the password.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::session::{self, Refusal, SignedIn};
use super::{App, WebError, auth, load, second};
use crate::domain::permit::Role;
use crate::domain::recovery::CODES;
use crate::store::{factor, invitation};

pub async fn show(
    State(app): State<App>,
    page: Page,
    signed_in: SignedIn,
) -> Result<Markup, WebError> {
    draw(&app, &page, &signed_in, &Told::default()).await
}

/// What the page says about what was just done.
#[derive(Default)]
struct Told {
    done: Option<&'static str>,
    codes: Option<&'static str>,
    password: Option<&'static str>,
}

async fn draw(
    app: &App,
    page: &Page,
    signed_in: &SignedIn,
    told: &Told,
) -> Result<Markup, WebError> {
    let actor = &signed_in.actor;
    let mut places = crate::store::session::places(&app.store, actor, app.now()).await?;
    places.sort_by_key(|place| std::cmp::Reverse(place.seen_at));
    let mut devices = factor::devices(&app.store, actor, app.now()).await?;
    devices.sort_by_key(|device| std::cmp::Reverse(device.created_at));
    let left = factor::codes_left(&app.store, actor).await?;
    let step_up = |about: &str, problem: Option<&str>| {
        html! {
            @if let Some(problem) = problem { p .error role="alert" { (problem) } }
            div .field {
                label for={ (about) "-password" } { "いまのパスワード" span .required { "必須" } }
                input .w-l id={ (about) "-password" } name="password" type="password" autocomplete="current-password" required;
            }
            div .field {
                label for={ (about) "-code" } { "スマートフォンの6桁の番号" span .required { "必須" } }
                input .w-m id={ (about) "-code" } name="code" inputmode="numeric" autocomplete="one-time-code" required;
            }
        }
    };
    Ok(page.show_narrow(
        Place::Account,
        "自分のログイン",
        html! {
            (crumbs(&[], "自分のログイン"))
            h1 { "自分のログイン" }
            @if let Some(done) = told.done { (notice(NoticeKind::Ok, done, html! {})) }
            dl .facts {
                div { dt { "氏名" } dd { (actor.name) } }
                div { dt { "役割" } dd { (actor.role.label()) } }
                div { dt { "ログイン名" } dd { span .code { (signed_in.session.login) } } }
            }
            section .card {
                div .card-head { h2 { "ログイン中の端末" } }
                p { "覚えのない端末があれば、すぐに「ほかの端末からログアウト」を押し、パスワードを変えて、管理者に伝えてください。" }
                ul .papers {
                    @for place in &places {
                        li {
                            div {
                                b { (if place.browser.is_empty() { "不明な端末" } else { &place.browser }) }
                                @if place.token_hash == signed_in.token_hash { " " span .tag data-tone="ok" { "この端末" } }
                                p .small .muted { (if place.source.is_empty() { "場所は不明" } else { &place.source }) " から " (load::when(place.created_at)) " にログイン" br; "最後の操作 " (load::when(place.seen_at)) @if place.locked_at.is_some() { "。ロック中" } }
                            }
                        }
                    }
                }
                @if places.len() > 1 {
                    form method="post" action="/account/elsewhere" { button .button .outline { "ほかの端末からログアウト" } }
                }
            }
            // Whoever came in by the envelope has neither digits nor a password.
            @if actor.role != Role::Sealed {
            section .card {
                div .card-head { h2 { "番号を省いている端末" } }
                @if devices.is_empty() { p { "ありません。ログインのたびに、スマートフォンの番号を入れます。" } }
                @else {
                    ul .papers { @for device in &devices { li { div { b { (device.label) } p .small .muted { (load::when(device.expires_at)) " まで" } } } } }
                    form method="post" action="/account/devices" { button .button .outline { "すべて番号を入れ直すようにする" } }
                }
            }
            section .card {
                div .card-head { h2 { "予備の番号" } }
                p { "残り " b { (left) } " / " (CODES) "。スマートフォンがないときに、番号の代わりに1回ずつ使えます。" }
                details open[told.codes.is_some()] {
                    summary { "予備の番号を作り直す" }
                    form .form method="post" action="/account/codes" {
                        p { "前の予備の番号は使えなくなります。" }
                        (step_up("codes", told.codes))
                        button .button { "作り直す" }
                    }
                }
            }
            section .card {
                div .card-head { h2 { "パスワード" } }
                details open[told.password.is_some()] {
                    summary { "パスワードを変える" }
                    form .form method="post" action="/account/password" {
                        p { "定期的に変える必要はありません。人に知られたと思ったときに変えてください。ほかの端末からはログアウトします。" }
                        (step_up("change", told.password))
                        div .field {
                            label for="new" { "新しいパスワード" span .required { "必須" } }
                            p .hint { "13文字以上。短い文を並べると覚えやすくなります" }
                            input #new .w-l name="new" type="password" autocomplete="new-password" required;
                        }
                        button .button { "変える" }
                    }
                }
            }
            }
        },
    ))
}

pub async fn end_elsewhere(
    State(app): State<App>,
    signed_in: SignedIn,
) -> Result<Redirect, WebError> {
    let here = &signed_in.token_hash;
    crate::store::session::end_others(&app.store, &signed_in.actor, here, app.now()).await?;
    Ok(Redirect::to("/account"))
}

pub async fn forget_devices(
    State(app): State<App>,
    signed_in: SignedIn,
) -> Result<Redirect, WebError> {
    factor::forget_devices(&app.store, &signed_in.actor, app.now()).await?;
    Ok(Redirect::to("/account"))
}

#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    new: String,
}

pub async fn renew_codes(
    State(app): State<App>,
    page: Page,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    match session::step_up(&app, &signed_in, &typed.password, &typed.code).await {
        Ok(_) => {
            let codes = second::new_codes(&app);
            let hashes: Vec<[u8; 32]> = codes
                .iter()
                .map(|code| session::sha256(code.as_str().as_bytes()))
                .collect();
            factor::renew_codes(&app.store, &signed_in.actor, &hashes, app.now()).await?;
            let body = html! {
                (crumbs(&[("/account", "自分のログイン")], "予備の番号"))
                h1 { "予備の番号を控えてください" }
                (second::codes_list(&codes))
                p .no-print { a .button href="/account" { "控えました" } }
            };
            Ok(page
                .show_narrow(Place::Account, "予備の番号", body)
                .into_response())
        }
        Err(Refusal::Failed(error)) => Err(error),
        Err(refusal) => {
            let told = Told {
                codes: Some(refusal.words()),
                ..Told::default()
            };
            refused(&app, &page, &signed_in, &told).await
        }
    }
}

async fn refused(
    app: &App,
    page: &Page,
    signed_in: &SignedIn,
    told: &Told,
) -> Result<Response, WebError> {
    let body = draw(app, page, signed_in, told).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
}

pub async fn set_password(
    State(app): State<App>,
    page: Page,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let session = &signed_in.session;
    let refuse = async |problem: &'static str| {
        let told = Told {
            password: Some(problem),
            ..Told::default()
        };
        refused(&app, &page, &signed_in, &told).await
    };
    let own = [
        &*session.facility_name,
        &*session.staff_name,
        &*session.login,
    ];
    if let Err(problem) = auth::check_password(&typed.new, &own) {
        return refuse(problem).await;
    }
    match session::step_up(&app, &signed_in, &typed.password, &typed.code).await {
        Ok(_) => {
            let hash = app
                .passwords
                .hash_in_turn(&typed.new, app.entropy.as_ref())
                .await?;
            let (actor, here) = (&signed_in.actor, &signed_in.token_hash);
            invitation::change_password(&app.store, actor, &hash, here, app.now()).await?;
            let told = Told {
                done: Some("パスワードを変えました。ほかの端末からはログアウトしました"),
                ..Told::default()
            };
            Ok(draw(&app, &page, &signed_in, &told).await?.into_response())
        }
        Err(Refusal::Failed(error)) => Err(error),
        Err(refusal) => refuse(refusal.words()).await,
    }
}
