//! `/h/{token}`: what a facility sent to a hospital, opened without an account by a passcode told on the telephone.
//!
//! Before the passcode the page holds nothing personal. The passcode takes few tries, counted in the database before
//! they are compared; when they are used up, or somebody else used them up, a call to the facility gives a new one. A
//! browser that gave it once stays in for half a day, whatever happens to the passcode meanwhile.

use std::collections::HashMap;

use axum::Form as Posted;
use axum::extract::multipart::Multipart;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::handoff::{blocks, download, file, fill};
use super::page::{self, NoticeKind, Page, Place, notice};
use super::session::{self, new_token, sha256};
use super::walk::{self, edit::Typed};
use super::{App, WebError, load, mail};
use crate::domain::answer::{Field, Inputs, Kind, Problems};
use crate::domain::date::Day;
use crate::domain::form::{Direction, Form, Print, Source};
use crate::domain::handoff::Part;
use crate::domain::handoff::sending::{Event, Passcode, Progress, VISIT_HOURS};
use crate::domain::id::{FacilityId, SendingId};
use crate::domain::link::LinkToken;
use crate::domain::permit::{Permit, ReadInbox};
use crate::domain::record::FacilityFacts;
use crate::domain::text::{check_line, check_lines};
use crate::export::exchange;
use crate::store::attachment::NewAttachment;
use crate::store::sending::{self, Found, Knock, Sending, Tried, Visit};
use crate::store::{Entry, StoreError};

/// The form that a hospital fills in.
const DISCHARGE: &str = "discharge";
/// As many documents as one page of an inbox lists.
const INBOX_PAGE: i64 = 50;
const COOKIE_NAME: &str = "hikitsugi-h";

/// By what somebody comes in.
enum Door {
    /// The token of a page, and the secret of a browser that gave its passcode.
    Page {
        token: String,
        token_hash: [u8; 32],
        session_hash: Option<[u8; 32]>,
    },
    /// An account of the hospital to which it was sent.
    Inbox {
        permit: Permit<ReadInbox>,
        facility: FacilityId,
        sending: SendingId,
    },
}

/// Who asks for a document that was sent to a hospital.
pub struct Caller {
    door: Door,
    source: String,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Path(path) = Path::<HashMap<String, String>>::from_request_parts(parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        let source = session::source(parts);
        if let (Some(facility), Some(sending)) = (path.get("facility"), path.get("sending")) {
            let permit = Permit::<ReadInbox>::from_request_parts(parts, app)
                .await
                .map_err(IntoResponse::into_response)?;
            let door = Door::Inbox {
                permit,
                facility: FacilityId::from(facility.as_str()),
                sending: SendingId::from(sending.as_str()),
            };
            return Ok(Self { door, source });
        }
        let token = path.get("token").and_then(|token| LinkToken::parse(token));
        let token = token.ok_or_else(unknown)?;
        let door = Door::Page {
            token_hash: sha256(token.as_str().as_bytes()),
            token: token.as_str().to_owned(),
            session_hash: secret(&parts.headers).map(|secret| sha256(secret.as_bytes())),
        };
        Ok(Self { door, source })
    }
}

fn secret(headers: &HeaderMap) -> Option<&str> {
    let lines = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == COOKIE_NAME)
        .map(|(_, value)| value)
}

impl Caller {
    /// The document's own address.
    fn address(&self) -> String {
        match &self.door {
            Door::Page { token, .. } => format!("/h/{token}"),
            Door::Inbox {
                facility, sending, ..
            } => format!("/inbox/{facility}/{sending}"),
        }
    }

    /// The visit, if this caller is in; otherwise what to answer.
    async fn visit(&self, app: &App) -> Result<Result<Visit, Response>, WebError> {
        match &self.door {
            Door::Page {
                token_hash,
                session_hash,
                ..
            } => {
                let Some(found) = sending::find(&app.store, token_hash).await? else {
                    return Ok(Err(unknown()));
                };
                let facts = facts(app, &found).await?;
                if !found.is_live(app.now()) {
                    return Ok(Err(ended(&facts)));
                }
                let visit = match session_hash {
                    Some(hash) => {
                        sending::visit(&app.store, found, hash, &self.source, app.now()).await?
                    }
                    None => None,
                };
                Ok(visit.ok_or_else(|| Redirect::to(&self.address()).into_response()))
            }
            Door::Inbox {
                permit,
                facility,
                sending,
            } => {
                let visit = sending::visit_inbox(&app.store, permit, facility, sending).await?;
                Ok(visit.ok_or_else(gone))
            }
        }
    }
}

/// Whether a document is between the facility and the hospital that has the patient: who writes the discharge. A page
/// for others, without names, opens nothing of the stay but itself.
fn is_of_patient(app: &App, sent: &Sending) -> bool {
    let form = app.forms.get(&sent.form);
    form.is_some_and(|form| form.direction != Some(Direction::Between) && !form.anonymous)
}

/// Whether a document may be listed with the resident's name.
fn is_named(app: &App, form: &str) -> bool {
    app.forms.get(form).is_some_and(|form| !form.anonymous)
}

/// What was typed when the visit ended meanwhile stays on a page, and is sent again when the passcode was given again.
fn kept(caller: &Caller, tail: &str, typed: &[(String, String)], answer: Response) -> Response {
    if answer.status() != StatusCode::SEE_OTHER {
        return answer;
    }
    let main = html! {
        h1 { "合言葉をもう一度入れてください" }
        p { "入力した内容は、まだ保存されていません。この画面に残っています。" }
        ol {
            li { a href=(caller.address()) target="_blank" rel="noopener" { "別の画面で、合言葉を入れる" } }
            li { "この画面に戻って、次のボタンを押す" }
        }
        form method="post" action={ (caller.address()) (tail) } {
            @for (key, value) in typed { input type="hidden" name=(key) value=(value); }
            div .actions { button .button { "入力した内容をもう一度送る" } }
        }
    };
    (StatusCode::UNAUTHORIZED, shell("合言葉の確認", main)).into_response()
}

async fn facts(app: &App, found: &Found) -> Result<FacilityFacts, WebError> {
    load::read_facts(&sending::facility_body(&app.store, found).await?)
}

async fn facts_of(app: &App, visit: &Visit) -> Result<FacilityFacts, WebError> {
    load::read_facts(&sending::facility_of(&app.store, visit).await?)
}

fn shell(title: &str, main: Markup) -> Markup {
    page::bare(
        title,
        html! {
            a .skip href="#main" { "本文へ移動" }
            header .masthead { div .masthead-bar { span .brand { "引き継ぎ" } span .place { "施設から病院への書類" } } }
            main #main .page.narrow { (main) }
        },
    )
}

fn unknown() -> Response {
    let main = html! {
        h1 { "この番地の書類はありません" }
        p { "番地を打ちまちがえたか、この仕組みの書類ではありません。案内にある番地をもう一度確かめるか、施設に電話してください。" }
    };
    (StatusCode::NOT_FOUND, shell("書類がありません", main)).into_response()
}

fn gone() -> Response {
    let main = html! {
        h1 { "この書類はありません" }
        p { "施設が取り消したか、この病院に届いた書類ではありません。" }
        p { a href="/inbox" { "届いた書類へ" } }
    };
    (StatusCode::NOT_FOUND, shell("書類がありません", main)).into_response()
}

fn phones(facts: &FacilityFacts) -> Markup {
    html! {
        p { b { (facts.facility_name) } br;
            "電話 " (walk::read::phone(&facts.facility_phone.to_string()))
            @if facts.night_phone.value().is_some() { " 夜間 " (walk::read::phone(&facts.night_phone.to_string())) }
        }
    }
}

fn ended(facts: &FacilityFacts) -> Response {
    let main = html! {
        h1 { "この書類はもう開けません" }
        p { "施設が取り消したか、期限が過ぎました。個人の情報はここにはありません。施設に電話してください。" }
        (phones(facts))
    };
    (StatusCode::GONE, shell("開けない書類", main)).into_response()
}

fn cover(facts: &FacilityFacts, knocked: &Knocked, problem: Option<&str>) -> Markup {
    shell(
        "合言葉を入れる",
        html! {
            h1 { "施設からの書類" }
            (phones(facts))
            p { "施設から電話で聞いた8桁の合言葉を入れてください。合言葉を聞いていないとき、使えなくなったときは、上の番号に電話すると新しい合言葉を伝えます。" }
            @if let Some(problem) = problem {
                div .notice .errors data-type="error" role="alert" { div { h2 { "開けませんでした" } p { (problem) } } }
            }
            form .form method="post" {
                div .field {
                    label for="department" { "病院・部署" span .required { "必須" } }
                    input .w-l #department name="department" maxlength="60" required value=(knocked.department) autocomplete="organization";
                }
                div .field {
                    label for="person" { "お名前" span .required { "必須" } }
                    input .w-l #person name="person" maxlength="40" required value=(knocked.person) autocomplete="name";
                }
                div .field {
                    label for="passcode" { "合言葉(8桁)" span .required { "必須" } }
                    input .w-m #passcode name="passcode" inputmode="numeric" autocomplete="off" maxlength="12" required;
                }
                p .small { "お名前と日時、合言葉の成否が記録され、施設に知らせます。" }
                button .button { "開く" }
            }
        },
    )
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Knocked {
    person: String,
    department: String,
    passcode: String,
}

pub async fn show(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    if let Door::Page {
        token_hash,
        session_hash,
        ..
    } = &caller.door
    {
        let Some(found) = sending::find(&app.store, token_hash).await? else {
            return Ok(unknown());
        };
        let facts = facts(&app, &found).await?;
        if !found.is_live(app.now()) {
            return Ok(ended(&facts));
        }
        let known = match session_hash {
            Some(hash) => {
                sending::visit(&app.store, found, hash, &caller.source, app.now()).await?
            }
            None => None,
        };
        return match known {
            Some(visit) => {
                sending::note_look(&app.store, &visit, app.now()).await?;
                Ok(document(&app, &caller, &visit, html! {})
                    .await?
                    .into_response())
            }
            None => Ok(cover(&facts, &Knocked::default(), None).into_response()),
        };
    }
    let visit = match caller.visit(&app).await? {
        Ok(visit) => visit,
        Err(answer) => return Ok(answer),
    };
    let noted = sending::noted(&app.store, &visit).await?;
    if !noted.iter().any(|noted| noted.kind == Event::Opened) {
        sending::says(&app.store, &visit, Event::Opened, "", app.now()).await?;
    } else {
        sending::note_look(&app.store, &visit, app.now()).await?;
    }
    Ok(document(&app, &caller, &visit, html! {})
        .await?
        .into_response())
}

pub async fn knock(
    State(app): State<App>,
    caller: Caller,
    Posted(typed): Posted<Knocked>,
) -> Result<Response, WebError> {
    let Door::Page { token_hash, .. } = &caller.door else {
        return Ok(gone());
    };
    let Some(found) = sending::find(&app.store, token_hash).await? else {
        return Ok(unknown());
    };
    let facts = facts(&app, &found).await?;
    if !found.is_live(app.now()) {
        return Ok(ended(&facts));
    }
    let refused =
        |status, words: &str| (status, cover(&facts, &typed, Some(words))).into_response();
    let lines = [
        (&typed.department, 60, "病院・部署"),
        (&typed.person, 40, "お名前"),
    ];
    for (line, max, what) in lines {
        if line.trim().is_empty() || check_line(line.trim(), max).is_err() {
            return Ok(refused(
                StatusCode::UNPROCESSABLE_ENTITY,
                &format!("{what}を{max}字までで入力してください"),
            ));
        }
    }
    let Some(passcode) = Passcode::parse(&typed.passcode) else {
        return Ok(refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "合言葉は8桁の数字です。この入力は回数に数えていません",
        ));
    };
    let secret = new_token(app.entropy.as_ref());
    let now = app.now();
    let knock = Knock {
        passcode_hash: &super::handoff::passcode_hash(token_hash, &passcode),
        person: typed.person.trim(),
        department: typed.department.trim(),
        source: &caller.source,
        session_hash: &sha256(secret.as_bytes()),
        until: now.plus_minutes(VISIT_HOURS * 60),
    };
    match sending::knock(&app.store, &found, knock, now).await? {
        Tried::Right => {
            let secure = if app.base_url.starts_with("https://") {
                "; Secure"
            } else {
                ""
            };
            let cookie = format!(
                "{COOKIE_NAME}={secret}; Path={}; HttpOnly; SameSite=Lax; Max-Age={}{secure}",
                // Each document its own: two of them stay open beside one another.
                caller.address(),
                VISIT_HOURS * 3600
            );
            let cookie = HeaderValue::from_str(&cookie).map_err(|_| WebError::Broken)?;
            mail::tell(&app, found.facility(), mail::Kind::HospitalOpened);
            Ok(([(SET_COOKIE, cookie)], Redirect::to(&caller.address())).into_response())
        }
        Tried::Wrong { left } if left > 0 => Ok(refused(
            StatusCode::FORBIDDEN,
            &format!("合言葉が違います。あと{left}回まちがえると使えなくなります"),
        )),
        Tried::Wrong { .. } | Tried::Dead => Ok(refused(
            StatusCode::FORBIDDEN,
            "この合言葉は使えなくなりました。施設に電話して、新しい合言葉を聞いてください。案内の番地はそのまま使えます",
        )),
    }
}

async fn said(app: &App, visit: &Visit) -> Result<Value, WebError> {
    Ok(serde_json::from_slice(&sending::body(&app.store, visit).await?).unwrap_or_default())
}

/// The document, and what the hospital can do with it.
async fn document(
    app: &App,
    caller: &Caller,
    visit: &Visit,
    told: Markup,
) -> Result<Markup, WebError> {
    let facts = facts_of(app, visit).await?;
    let body = said(app, visit).await?;
    let since = sending::since(&app.store, visit).await?;
    let sent = visit.sending();
    let noted = sending::noted(&app.store, visit).await?;
    let progress = Progress::of(noted.iter().map(|noted| noted.kind));
    let base = caller.address();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let document = &body["document"];
    let is_newer = Some(since.statements) != body["statements"].as_i64()
        || Some(since.revision) != body["revision"].as_i64();
    Ok(shell(
        &text(&document["form"]["title"]),
        html! {
            (told)
            h1 { (text(&document["form"]["title"])) }
            @if document["resident"]["name"].is_string() {
                p { b { (text(&document["resident"]["name"])) " 様" } " (" (text(&document["resident"]["kana"])) ") 生年月日 " (text(&document["resident"]["birth_date"])) }
            }
            (phones(&facts))
            p .small .muted { "No. " (sent.serial) " " (text(&document["issued_at"])) " 発行 様式 " (sent.edition) }
            @if is_newer {
                (notice(NoticeKind::Warn, "この書類のあとで記録が変わりました", html! {
                    p { "入居者の記録か、意思と指示の記録が新しくなっています。蘇生についての扱いは、書類ではなく施設と医師に電話で確かめてください。それまで心肺蘇生を続けます。" }
                }))
            }
            (directive(&document["directive"]))
            div .actions {
                a .button href={ (base) "/pdf" } target="_blank" rel="noopener" { "PDFを開く・印刷する" }
                @if is_of_patient(app, sent) { a .button .outline href={ (base) "/discharge" } { "退院時の情報を書く" } }
                a .button .text href={ (base) "/json" } { "JSON" }
                a .button .text href={ (base) "/csv" } { "CSV" }
            }
            (blocks(document))
            section .card {
                div .card-head { h2 #answer { "施設へ返事をする" } }
                @for one in noted.iter().filter(|one| matches!(one.kind, Event::Asked | Event::Answered | Event::Received | Event::Feedback)) {
                    p { span .small .number { (load::when(one.at)) } " " b { (one.kind.label()) } " " (one.by_name) @if !one.words.is_empty() { br; (walk::read::lines(&one.words)) } }
                }
                form .form method="post" action={ (base) "/say" } {
                    @if progress.allows(Event::Received) {
                        button .button name="do" value=(Event::Received.code()) { "全部受け取りました" }
                    }
                    div .field {
                        label for="words" { "聞きたいこと" }
                        p .hint #words-hint { "施設の画面に出ます。急ぐことは電話してください。200字まで" }
                        textarea #words name="words" maxlength="200" aria-describedby="words-hint" {}
                    }
                    button .button .outline name="do" value=(Event::Asked.code()) { "問い合わせる" }
                }
            }
        },
    ))
}

/// The band in the document's own words: what was printed, never a bare tick (safety.md S16).
fn directive(directive: &Value) -> Markup {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    html! {
        @if directive.is_object() {
            section .card .band-said {
                div .card-head { h2 { "急変時の意思と指示(発行したとき)" } }
                p { b { (text(&directive["headline"])) } }
                p { (text(&directive["until"])) }
                p { (text(&directive["reason"])) }
                @if let Some(facts) = directive["facts"].as_array() {
                    dl .facts { @for fact in facts { div { dt { (text(&fact["label"])) } dd { (text(&fact["words"])) } } } }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Before {
    before: Option<SendingId>,
}

/// `/inbox`: what facilities sent to this hospital, newest first.
pub async fn inbox(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadInbox>,
    Query(query): Query<Before>,
) -> Result<Markup, WebError> {
    let all = sending::inbox(&app.store, &permit, query.before.as_ref(), INBOX_PAGE).await?;
    let is_full = i64::try_from(all.len()).is_ok_and(|count| count >= INBOX_PAGE);
    let entry = Entry::new("inbox.listed", None, serde_json::json!({}));
    app.store.note_read(&permit, app.now(), entry).await?;
    Ok(page.show(
        Place::Inbox,
        "届いた書類",
        html! {
            div .title-row {
                h1 { "届いた書類" }
                div .actions { a .button .outline href="/capability/search" { "市内の施設を条件で探す" } }
            }
            @if all.is_empty() {
                div .empty { p { "施設から届いた書類はまだありません。届くとここに並びます。ほかの病院に届いたものは出ません。" } }
            }
            ul .papers {
                @for one in &all {
                    li {
                        div {
                            @if is_named(&app, &one.form) { b { (one.resident_name) " 様" } " " }
                            (super::document::title(&app, &one.form)) " " span .code { "No. " (one.serial) } " "
                            @if one.received > 0 { span .tag data-tone="ok" { "受け取り確認済み" } }
                            @else if one.opened > 0 { span .tag { "開いた・確認前" } }
                            @else { span .tag data-tone="warn" { "新着" } }
                            br;
                            span .small .muted { (one.facility_name) " " span .number { (load::when(one.at)) } " " (one.department) " " (one.person) }
                        }
                        div .actions { a .button .outline .small href={ "/inbox/" (one.facility_id) "/" (one.id) } { "開く" span .visually-hidden { ": " @if is_named(&app, &one.form) { (one.resident_name) } @else { "No. " (one.serial) } } } }
                    }
                }
            }
            @if is_full { @if let Some(last) = all.last() { p { a .button .outline href={ "/inbox?before=" (last.id) } { "前の" (INBOX_PAGE) "件" } } } }
        },
    ))
}

#[derive(Deserialize)]
pub struct Said {
    r#do: String,
    #[serde(default)]
    words: String,
}

pub async fn say(
    State(app): State<App>,
    caller: Caller,
    Posted(typed): Posted<Said>,
) -> Result<Response, WebError> {
    let visit = match caller.visit(&app).await? {
        Ok(visit) => visit,
        Err(answer) => {
            let typed = [
                ("do".to_owned(), typed.r#do),
                ("words".to_owned(), typed.words),
            ];
            return Ok(kept(&caller, "/say", &typed, answer));
        }
    };
    let event = Event::from_code(&typed.r#do)
        .filter(|event| matches!(event, Event::Received | Event::Asked));
    let event =
        event.ok_or_else(|| WebError::Bad("画面のボタンから操作してください".to_owned()))?;
    let words = typed.words.replace("\r\n", "\n");
    let words = words.trim();
    let problem = match event {
        Event::Asked if words.is_empty() => Some("聞きたいことを書いてください".to_owned()),
        _ => check_lines(words, 200).err().map(|problem| problem.0),
    };
    if let Some(problem) = problem {
        let told = notice(
            NoticeKind::Warn,
            "送っていません",
            html! { p { (problem) } @if !words.is_empty() { p { "入力: " (words) } } },
        );
        let page = document(&app, &caller, &visit, told).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    match sending::says(&app.store, &visit, event, words, app.now()).await {
        Ok(()) => {}
        // Said twice is said once.
        Err(StoreError::Moved) if event == Event::Received => {}
        Err(StoreError::Moved) => {
            let told = notice(
                NoticeKind::Warn,
                "送っていません",
                html! { p { "施設がこの書類を取り消したため、ここからは聞けません。施設に電話してください。" } p { "入力: " (words) } },
            );
            let page = document(&app, &caller, &visit, told).await?;
            return Ok((StatusCode::CONFLICT, page).into_response());
        }
        Err(error) => return Err(error.into()),
    }
    mail::tell(&app, visit.facility(), mail::Kind::HospitalOpened);
    Ok(Redirect::to(&format!("{}#answer", caller.address())).into_response())
}

pub async fn pdf(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    let visit = match caller.visit(&app).await? {
        Ok(visit) => visit,
        Err(answer) => return Ok(answer),
    };
    let bytes = sending::pdf(&app.store, &visit, app.now()).await?;
    let disposition = format!(
        "inline; filename=\"handoff-{}.pdf\"",
        visit.sending().serial
    );
    Ok((
        [
            (CONTENT_TYPE, "application/pdf".to_owned()),
            (CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response())
}

pub async fn json(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    exported(&app, &caller, "json").await
}

pub async fn csv(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    exported(&app, &caller, "csv").await
}

async fn exported(app: &App, caller: &Caller, ending: &str) -> Result<Response, WebError> {
    let visit = match caller.visit(app).await? {
        Ok(visit) => visit,
        Err(answer) => return Ok(answer),
    };
    let body = said(app, &visit).await?;
    sending::says(&app.store, &visit, Event::Printed, ending, app.now()).await?;
    let serial = &visit.sending().serial;
    Ok(match ending {
        "csv" => download(
            serial,
            "csv",
            "text/csv; charset=utf-8",
            exchange::csv(&body["document"]),
        ),
        _ => download(
            serial,
            "json",
            "application/json",
            body["document"].to_string().into_bytes(),
        ),
    })
}

/// What is on the discharge page: as it was read, or as somebody typed it.
struct Sheet<'a> {
    inputs: &'a Inputs,
    problems: &'a Problems,
    version: i64,
    focus: Option<&'a str>,
    unsaved: bool,
    told: Markup,
}

fn discharge_form(app: &App) -> Result<&Form, WebError> {
    app.forms.get(DISCHARGE).ok_or(WebError::NotFound)
}

/// The answers about the discharge, in the order of the form.
fn asked(form: &Form) -> Vec<(&str, Vec<&'static Field>)> {
    let of = |source: Source| match source {
        Source::Stay(field) if Part::of(field.key) == Some(Part::Discharge) => Some(field),
        _ => None,
    };
    let blocks = form.print.iter().filter_map(|print| match print {
        Print::Grid { title, rows, .. } => Some((
            title.as_str(),
            rows.iter()
                .flatten()
                .filter_map(|cell| of(cell.source))
                .collect(),
        )),
        Print::Table { title, source, .. } => {
            Some((title.as_str(), of(*source).into_iter().collect()))
        }
        _ => None,
    });
    blocks
        .filter(|(_, fields): &(_, Vec<_>)| !fields.is_empty())
        .collect()
}

async fn discharge_page(
    app: &App,
    visit: &Visit,
    caller: &Caller,
    sheet: &Sheet<'_>,
) -> Result<Markup, WebError> {
    let form = discharge_form(app)?;
    let body = said(app, visit).await?;
    let facts = facts_of(app, visit).await?;
    let typed = Typed {
        inputs: sheet.inputs,
        problems: sheet.problems,
        missing: &[],
        today: Day::of(app.now()),
        photo: None,
        focus: sheet.focus,
    };
    let files = sending::own_files(&app.store, visit).await?;
    let name = body["document"]["resident"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    Ok(shell(
        &form.title,
        html! {
            nav .crumbs aria-label="現在位置" { ol { li { a href=(caller.address()) { "書類" } } li aria-current="page" { (form.title) } } }
            h1 { (form.title) }
            p { b { (name) " 様" } " → " (facts.facility_name) }
            p .small { "書けるところから書いて「途中まで保存する」を押せます。空の項目は「未確認」になります。" }
            (sheet.told)
            (walk::edit::error_summary_among(Part::Discharge.fields(), sheet.problems, sheet.inputs))
            (super::jahis::paste(sheet.inputs))
            form #sheet .form method="post" data-keep=(if sheet.unsaved { "typed" } else { "" }) {
                input type="hidden" name="version" value=(sheet.version);
                @for (title, fields) in asked(form) {
                    section .form-block {
                        h2 { (title) }
                        @for field in fields {
                            @if !matches!(field.kind, Kind::Photo) { (walk::edit::field(field, walk::edit::About { hint: hint(field.key), ..Default::default() }, &typed)) }
                        }
                        div .actions { button .button .outline .small name="do" value="save" { "途中まで保存する" } }
                    }
                }
                div .bar { button .button name="do" value="save" { "保存して施設へ知らせる" } }
            }
            section .card {
                div .card-head { h2 #files { "ファイル" } }
                (file::list(&files, None))
                (file::form(&format!("{}/files", caller.address()), None))
            }
        },
    ))
}

/// A letter, a summary or a photograph, beside the discharge form.
pub async fn add_file(
    State(app): State<App>,
    caller: Caller,
    mut sent: Multipart,
) -> Result<Response, WebError> {
    let visit = match caller.visit(&app).await? {
        Ok(visit) => visit,
        Err(answer) => return Ok(answer),
    };
    let refused = match file::received(&app, &mut sent).await? {
        Ok((kept, label)) => {
            let hash = file::hashed(&kept);
            let new = NewAttachment {
                id: &hash,
                media_type: kept.media_type,
                body: &kept.bytes,
                thumbnail: None,
            };
            match sending::add_file(&app.store, &visit, new, &label, app.now()).await {
                Ok(()) => {
                    mail::tell(&app, visit.facility(), mail::Kind::HospitalOpened);
                    let to = format!("{}/discharge#files", caller.address());
                    return Ok(Redirect::to(&to).into_response());
                }
                Err(StoreError::Moved) => {
                    "入院の記録が終わっているか、ファイルが多すぎます。施設に電話してください"
                        .to_owned()
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(problem) => problem,
    };
    let main = html! {
        nav .crumbs aria-label="現在位置" { ol { li { a href={ (caller.address()) "/discharge" } { "退院時の情報" } } li aria-current="page" { "ファイルを加える" } } }
        h1 { "ファイルを加える" }
        (notice(NoticeKind::Warn, "加えていません", html! { p { (refused) } }))
        (file::form(&format!("{}/files", caller.address()), Some(&refused)))
    };
    Ok((
        StatusCode::UNPROCESSABLE_ENTITY,
        shell("ファイルを加える", main),
    )
        .into_response())
}

fn hint(key: &str) -> Option<&'static str> {
    match key {
        "hospital_dnar" => {
            Some("入院中の指示は、施設では自動で続きません。戻ってから施設の医師が確認し直します")
        }
        "discharge_medications" => Some("止めた薬も「中止」として書き、理由を添えてください"),
        "retransport_criteria" => Some("どうなったら、どこへ連絡・搬送するか"),
        _ => None,
    }
}

pub async fn discharge(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    let visit = match caller.visit(&app).await? {
        Ok(visit) => visit,
        Err(answer) => return Ok(answer),
    };
    if !is_of_patient(&app, visit.sending()) {
        return Err(WebError::NotFound);
    }
    let (version, body) = sending::discharge(&app.store, &visit).await?;
    sending::note_look(&app.store, &visit, app.now()).await?;
    let value: Value = body
        .and_then(|body| serde_json::from_str(&body).ok())
        .unwrap_or_default();
    let sheet = Sheet {
        inputs: &Inputs::from_json(&value),
        problems: &Problems::default(),
        version,
        focus: None,
        unsaved: false,
        told: html! {},
    };
    Ok(discharge_page(&app, &visit, &caller, &sheet)
        .await?
        .into_response())
}

pub async fn write_discharge(
    State(app): State<App>,
    caller: Caller,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let visit = match caller.visit(&app).await? {
        Ok(visit) => visit,
        Err(answer) => return Ok(kept(&caller, "/discharge", &pairs, answer)),
    };
    if !is_of_patient(&app, visit.sending()) {
        return Err(WebError::NotFound);
    }
    let mut posted = Inputs::from_pairs(pairs);
    let version = walk::post::take_version(&mut posted)?;
    let order = posted.get("do").to_owned();
    posted.remove("do");
    let (_, body) = sending::discharge(&app.store, &visit).await?;
    let value: Value = body
        .and_then(|body| serde_json::from_str(&body).ok())
        .unwrap_or_default();
    // What the page does not ask stays as it is.
    let mut inputs = Inputs::from_json(&value);
    let fields: Vec<&'static Field> = asked(discharge_form(&app)?)
        .into_iter()
        .flat_map(|(_, fields)| fields)
        .collect();
    walk::post::take_fields(&mut inputs, fields.iter().copied(), &posted);
    let mut sheet = Sheet {
        inputs: &Inputs::default(),
        problems: &Problems::default(),
        version,
        focus: None,
        unsaved: true,
        told: html! {},
    };
    let unsaved = || {
        notice(
            NoticeKind::Info,
            "まだ保存していません",
            html! { p { "終わったら「保存」を押します。" } },
        )
    };
    if order == "jahis" {
        let body = said(&app, &visit).await?;
        let born = body["document"]["resident"]["birth_date"]
            .as_str()
            .and_then(|day| Day::parse(day).ok());
        sheet.told = super::jahis::take(&mut inputs, posted.get("jahis"), born);
        sheet.inputs = &inputs;
        return Ok(discharge_page(&app, &visit, &caller, &sheet)
            .await?
            .into_response());
    }
    if let Some(focus) = walk::post::apply_to(fields.iter().copied(), &mut inputs, &order) {
        sheet.inputs = &inputs;
        sheet.focus = Some(&focus);
        sheet.told = unsaved();
        return Ok(discharge_page(&app, &visit, &caller, &sheet)
            .await?
            .into_response());
    }
    sheet.inputs = &inputs;
    let body = match Part::Discharge.body(&fill::of_part(&inputs, Part::Discharge)) {
        Ok(body) => body,
        Err(problems) => {
            sheet.problems = &problems;
            let page = discharge_page(&app, &visit, &caller, &sheet).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    match sending::write_discharge(&app.store, &visit, version, &body, app.now()).await {
        Ok(()) => {}
        Err(StoreError::Conflict { current }) => {
            sheet.version = current;
            sheet.told = notice(
                NoticeKind::Warn,
                "ほかの人が先に保存しました。まだ保存していません",
                html! {
                    p { "下は、あなたが入力した内容です。もう一度保存すると、先に保存された内容に代わります。先の内容は "
                        a href={ (caller.address()) "/discharge" } target="_blank" { "別の画面" } " で見られます。" }
                },
            );
            let page = discharge_page(&app, &visit, &caller, &sheet).await?;
            return Ok((StatusCode::CONFLICT, page).into_response());
        }
        Err(StoreError::Moved) => {
            sheet.told = notice(
                NoticeKind::Warn,
                "この入院の記録は終わっています",
                html! { p { "保存していません。伝えることは施設に電話してください。" } },
            );
            let page = discharge_page(&app, &visit, &caller, &sheet).await?;
            return Ok((StatusCode::CONFLICT, page).into_response());
        }
        Err(error) => return Err(error.into()),
    }
    mail::tell(&app, visit.facility(), mail::Kind::HospitalOpened);
    sheet.version = version + 1;
    sheet.unsaved = false;
    sheet.told = notice(
        NoticeKind::Ok,
        "保存しました",
        html! { p { "施設の画面に出ています。続きはあとから書き足せます。" } },
    );
    Ok(discharge_page(&app, &visit, &caller, &sheet)
        .await?
        .into_response())
}
