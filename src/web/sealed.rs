//! The account in a sealed envelope (非常用アカウント): how a manager seals one, and how somebody without digits opens it.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;
use serde_json::json;

use super::icon::{Icon, icon};
use super::page::{self, NoticeKind, Page, Place, crumbs, notice};
use super::session::{self, Source, sha256};
use super::{App, WebError, load, mail};
use crate::domain::id::StaffId;
use crate::domain::permit::{ManageStaff, Permit};
use crate::domain::sealed::{OPEN_HOURS, SealedCode, State as Sealed};
use crate::domain::text::PersonName;
use crate::export::qr::Qr;
use crate::store::sealed::{self, Envelope, NewEnvelope, Opening};
use crate::store::{Author, Entry, StoreError, staff};

/// Failures that are written down in the window; a right code always opens, so that nobody can shut the envelope.
const NOTED_FAILURES: i64 = 10;
const WINDOW_MINUTES: i64 = 15;

#[derive(Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    login: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    who: String,
}

pub async fn form() -> Markup {
    opening_page(&Typed::default(), None)
}

fn opening_page(typed: &Typed, problem: Option<&str>) -> Markup {
    page::bare(
        "封筒の非常用アカウント",
        html! {
            main #main .signin {
                h1 { "封筒の非常用アカウント" }
                p { "スマートフォンも予備の番号もない夜のためのものです。開くと、施設の全員の画面に、だれが開いたかがすぐに出ます。1回だけ、" (OPEN_HOURS) "時間使えます。" }
                @if let Some(problem) = problem {
                    div .notice .errors data-type="error" role="alert" {
                        (icon(Icon::Stop))
                        div { h2 { "開けませんでした" } p { (problem) } }
                    }
                }
                form .form method="post" action="/signin/sealed" {
                    div .field {
                        label for="who" { "あなたの氏名" }
                        p .hint { "記録したことすべてに、この名前が残ります" }
                        input #who name="who" value=(typed.who) autocomplete="name" required;
                    }
                    div .field {
                        label for="login" { "封筒のログイン名" }
                        input #login name="login" value=(typed.login) autocomplete="off" autocapitalize="none" spellcheck="false" required;
                    }
                    div .field {
                        label for="code" { "封筒の符号(20文字)" }
                        input #code .number name="code" value="" autocomplete="off" autocapitalize="characters" spellcheck="false" required;
                    }
                    button .button .wide { "開く" }
                }
                p .small { a href="/signin" { "いつものログインへ" } }
                p .small { "命に関わるときは、ログインより先に " a href="tel:119" { "119番" } " へ。" }
            }
        },
    )
}

pub async fn open(
    State(app): State<App>,
    Source(source): Source,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let refuse = |problem: &str| {
        let body = opening_page(&typed, Some(problem));
        Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
    };
    let (login, who) = (typed.login.trim(), typed.who.trim());
    if let Err(problem) = PersonName::parse(who) {
        return refuse(&problem.0);
    }
    let now = app.now();
    let token = session::new_token(app.entropy.as_ref());
    let browser = session::browser(&headers);
    let opened = match SealedCode::parse(&typed.code) {
        Some(code) if login.len() <= 100 => {
            let opening = Opening {
                login,
                code_hash: &sha256(code.as_str().as_bytes()),
                who,
                source: &source,
                browser: &browser,
                token_hash: &sha256(token.as_bytes()),
            };
            sealed::open(&app.store, opening, now).await?
        }
        _ => None,
    };
    let Some(actor) = opened else {
        refused(&app, login, &source).await?;
        return refuse(
            "ログイン名か符号が違うか、この封筒はもう使われたか取り消されています。管理者に連絡してください",
        );
    };
    mail::tell(&app, &actor.facility, mail::Kind::SealedOpened);
    let mut response = Redirect::to("/transports").into_response();
    session::keep(&app, &token, OPEN_HOURS * 60, &mut response);
    Ok(response)
}

async fn refused(app: &App, login: &str, source: &str) -> Result<(), WebError> {
    let now = app.now();
    let since = now.plus_minutes(-WINDOW_MINUTES);
    let key: String = format!("sealed {login}").chars().take(100).collect();
    if staff::login_failures(&app.store, &key, since).await? >= NOTED_FAILURES {
        return Ok(());
    }
    staff::login_failed(&app.store, &key, since, now).await?;
    let author = match staff::by_login(&app.store, login).await? {
        Some(person) => Author::from(&session::actor(&person, source)),
        None => Author::stranger(source),
    };
    let entry = Entry::new("sealed.refused", None, json!({}));
    Ok(app.store.note_read(author, now, entry).await?)
}

/// Whether there is one, and what became of it.
pub async fn show(
    State(app): State<App>,
    page: Page,
    permit: Permit<ManageStaff>,
) -> Result<Markup, WebError> {
    let newest = sealed::newest(&app.store, &permit).await?;
    let state = newest.as_ref().map(|one| one.state(app.now()));
    let is_on = !matches!(state, None | Some(Sealed::Closed));
    Ok(page.show_narrow(
        Place::Staff,
        "非常用アカウント",
        html! {
            (crumbs(&[("/staff", "職員")], "非常用アカウント"))
            h1 { "非常用アカウント" }
            p { "夜に職員のスマートフォンも予備の番号も使えないとき、封筒を開けて入るためのものです。介護職と同じに、見る・急変・撤回ができます。職員の変更、署名、書き出しはできません。" }
            (state_of(newest.as_ref(), state))
            form method="post" action="/staff/sealed" {
                div .actions {
                    button .button name="do" value="seal" { @if is_on { "作り直す(前の封筒は使えなくなります)" } @else { "作る" } }
                    @if is_on { button .button .danger name="do" value="withdraw" { "取り消す" } }
                }
            }
            p .small { "作ると、封筒に入れる紙が1回だけ出ます。印刷できるパソコンで行ってください。" }
        },
    ))
}

fn state_of(newest: Option<&Envelope>, state: Option<Sealed>) -> Markup {
    let Some((one, state)) = newest.zip(state) else {
        return html! { div .empty { p { "いまはありません。" } } };
    };
    let says = match state {
        Sealed::Sealed => notice(NoticeKind::Ok, "封印されています", html! {}),
        Sealed::Open { until } => notice(
            NoticeKind::Warn,
            "開かれて、使われています",
            html! { p { (load::when(until)) " まで使えます。覚えがなければ、すぐに取り消してください。" } },
        ),
        Sealed::Spent => notice(
            NoticeKind::Warn,
            "使い終わりました。作り直してください",
            html! { p { "この封筒ではもう入れません。" } },
        ),
        Sealed::Closed => return html! { div .empty { p { "いまはありません。" } } },
    };
    html! {
        (says)
        dl .facts {
            div { dt { "封印" } dd { (load::when(one.sealed_at)) " " (one.sealed_by) } }
            div { dt { "ログイン名" } dd { span .code { (one.login) } } }
            @if let Some(at) = one.opened_at {
                div { dt { "開いた日時" } dd { (load::when(at)) } }
                div { dt { "開いた人(名乗り)" } dd { (one.opened_as.as_deref().unwrap_or_default()) } }
                div { dt { "端末" } dd { (one.opened_browser.as_deref().unwrap_or_default()) " " (one.opened_source.as_deref().unwrap_or_default()) } }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Order {
    r#do: String,
}

pub async fn change(
    State(app): State<App>,
    page: Page,
    permit: Permit<ManageStaff>,
    Form(order): Form<Order>,
) -> Result<Response, WebError> {
    match order.r#do.as_str() {
        "seal" => seal(&app, &page, &permit).await,
        "withdraw" => match sealed::withdraw(&app.store, &permit, app.now()).await {
            Ok(()) | Err(StoreError::NotFound) => Ok(Redirect::to("/staff/sealed").into_response()),
            Err(error) => Err(error.into()),
        },
        _ => Err(WebError::Bad("画面のボタンから操作してください".to_owned())),
    }
}

async fn seal(app: &App, page: &Page, permit: &Permit<ManageStaff>) -> Result<Response, WebError> {
    let code = SealedCode::new(app.entropy.as_ref());
    let id = StaffId::new(app.clock.as_ref(), app.entropy.as_ref());
    let letters = SealedCode::new(app.entropy.as_ref()).as_str()[..6].to_lowercase();
    let new = NewEnvelope {
        staff: &id,
        login: &format!("hijo-{letters}"),
        code_hash: &sha256(code.as_str().as_bytes()),
    };
    let now = app.now();
    let login = sealed::seal(&app.store, permit, new, now).await?;
    let address = format!("{}/signin/sealed", app.base_url);
    let qr = Qr::encode(&address).map_err(|_| WebError::Broken)?;
    let body = html! {
        div .no-print {
            (crumbs(&[("/staff", "職員"), ("/staff/sealed", "非常用アカウント")], "封筒に入れる紙"))
            (notice(NoticeKind::Warn, "この画面は一度だけです", html! {
                p { "印刷して、その場で封筒に入れ、封をして日付と名前を書いてください。写真やコピーは取らないでください。" }
            }))
        }
        section .card .letter {
            h1 { "非常用アカウント(封印)" }
            p { b { (page.facility_name()) } " 作成 " (load::when(now)) " " (permit.actor().name) }
            p { b { "命に関わるときは、先に119番。" } "紙のシートだけでも対応できます。" }
            ol {
                li { "パソコンかスマートフォンで、この番地を開く" div .qr { (PreEscaped(qr.svg("非常用アカウントを開く番地のQRコード"))) } p .code .address { (address) } }
                li { "自分の氏名を入れる" }
                li { "ログイン名 " b .code .codeword #sealed-login { (login) } }
                li { "符号 " b .number .codeword #sealed-code { (code.grouped()) } }
            }
            ul {
                li { "1回だけ、開いてから" (OPEN_HOURS) "時間使えます。ログアウトすると終わります。" }
                li { "開くと、施設の全員の画面と管理者に、だれが開いたかが出ます。" }
                li { "画面がロックしたときは、同じ符号で解きます。" }
                li { "朝になったら、この紙を管理者に渡す。管理者は作り直して新しい封筒にする。" }
            }
        }
        p .no-print { a .button .outline href="/staff/sealed" { "封をしました。戻る" } }
    };
    Ok(page
        .show_narrow(Place::Staff, "封筒に入れる紙", body)
        .into_response())
}
