//! 急変: choose the resident, read 119's script aloud, tap what happened, hand over.
//!
//! Nothing has to be filled in before calling. Whatever fails, the page that says what to do is shown (safety.md S13,
//! S23).

mod handover;
mod observe;
mod script;
mod steps;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{Markup, html};
use serde::Deserialize;

use self::script::ruby;
use super::directive::raise;
use super::icon::{Icon, icon};
use super::load::{self, Loaded};
use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::scan::tier_label;
use super::session::sha256;
use super::{App, WebError, flow, mail, resident as residents, walk};
use crate::domain::answer::{Inputs, Problems};
use crate::domain::clock::Moment;
use crate::domain::date::{Day, clock_time, time_beside};
use crate::domain::id::{ResidentId, TransportId, new_uuid};
use crate::domain::permit::{Permit, ReadResident, RecordTransport};
use crate::domain::record::Usual;
use crate::domain::resident::Status;
use crate::domain::standing::{EVERYTHING_ELSE, Standing};
use crate::domain::text::check_line;
use crate::domain::transport::at_call::Body;
use crate::domain::transport::{Event, Outcome, Progress};
use crate::store::resident::{self, Find, Listed};
use crate::store::scan::{self, Scan};
use crate::store::transport::{self, NewNote, Newest, Noted, Transport};

/// Residents to choose from on one page.
const CHOICES: i64 = 200;
/// Views by QR code that are told of one emergency.
const SCANS: i64 = 500;
/// Ended emergencies that are listed.
const RECENT: i64 = 20;
/// As long as what somebody notes may be.
pub const WORDS_CHARS: usize = 200;
pub const WHO_CHARS: usize = 120;
/// A number that a page made for one tap.
const TAP_CHARS: usize = 40;
/// As late as a tap may be sent that could not be sent at once.
const LATE_SECONDS: i64 = 24 * 60 * 60;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// Who is it? Open emergencies first.
pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Query(asked): Query<Asked>,
) -> Result<Markup, WebError> {
    let asked = asked.q.trim();
    let found = if asked.is_empty() {
        resident::list(
            &app.store,
            &permit,
            Find::ByPlace,
            Status::LivingIn,
            None,
            CHOICES,
        )
        .await?
    } else {
        residents::search(&app, &permit, asked, Status::LivingIn).await?
    };
    let heads: Vec<_> = found.iter().map(|listed| &listed.head).collect();
    let alike = load::names_like_each(&app, &permit, &heads).await?;
    let recent = transport::recent(&app.store, &permit, RECENT).await?;
    let open = page.open_transports();
    let ended: Vec<_> = recent
        .iter()
        .filter(|one| !one.is_drill() && open.iter().all(|open| open.id != one.id))
        .collect();
    let entry = crate::store::Entry::new(
        "resident.listed",
        None,
        serde_json::json!({"rows": found.len()}),
    );
    load::note_view(&app, &permit, entry).await?;
    let title = "急変: どなたですか";
    Ok(page.show(
        Place::Transports,
        title,
        html! {
            h1 { (title) }
            p { "息をしていない、または分からないときは、選ばずに " a .call119 href="tel:119" { (icon(Icon::Phone)) "119番" } }
            div .toolbar {
                form .search role="search" action="/transports" method="get" {
                    div .field {
                        label for="q" { "名前・かなの始まりで探す" }
                        input #q name="q" type="search" value=(asked) autocomplete="off";
                    }
                    button .button .outline { "探す" }
                }
            }
            p .small #found role="status" {
                @if asked.is_empty() { (found.len()) "人 居室の順" } @else { "「" (asked) "」で " (found.len()) "人" }
            }
            div #results {
                @if found.is_empty() {
                    div .empty { p { "該当する方はいません。" } a .button .outline href="/transports" { "全員を表示" } }
                } @else {
                    ul .sudden {
                        @for (listed, alike) in found.iter().zip(&alike) { (choice(&app, listed, alike)) }
                    }
                }
                @if asked.is_empty() && found.len() == CHOICES as usize {
                    p { "ほかの方は、名前・かなで探してください。" }
                }
            }
            section .card {
                div .card-head { h2 { "訓練" } }
                p { "架空の方で、この画面を最初から最後まで練習できます。" }
                p { a .button .outline href="/drills" { "訓練をする・結果を見る" } }
            }
            section .card #recent {
                div .card-head { h2 { "終わった急変の記録" } }
                @if ended.is_empty() { p { "まだありません。" } }
                ul .papers {
                    @for one in &ended {
                        li { div {
                            a href={ "/transports/" (one.id) } { (load::when(one.at)) " " (one.room.as_deref().unwrap_or_default()) " " (one.resident_name) }
                        } }
                    }
                }
            }
        },
    ))
}

fn choice(app: &App, listed: &Listed, alike: &[String]) -> Markup {
    let head = &listed.head;
    let age = head.birth_date.map(|born| born.age_on(Day::of(app.now())));
    html! {
        li {
            (walk::read::face(&head.name, super::photo::address(head).as_deref()))
            div {
                b .number { (head.room.as_deref().unwrap_or("居室未記入")) }
                " " span .kana { (head.name_kana) } br;
                b .sudden-name { (head.name) } " "
                @if let Some(age) = age { span .number { (age) "歳" } }
                (walk::read::like_names(alike))
            }
            (start(&head.id, &head.name))
        }
    }
}

/// 急変 beside a resident's name.
pub fn start(id: &ResidentId, name: &str) -> Markup {
    html! {
        form method="post" action={ "/residents/" (id) "/transports" } {
            button .button .danger .solid { (icon(Icon::Warn)) "急変" span .visually-hidden { ": " (name) } }
        }
    }
}

/// One tap begins the record. If it cannot be kept, the script is shown all the same, and that nothing is kept.
pub async fn begin(
    State(app): State<App>,
    page: Page,
    permit: Permit<RecordTransport>,
    Path(id): Path<ResidentId>,
) -> Result<Response, WebError> {
    let new = TransportId::new(app.clock.as_ref(), app.entropy.as_ref());
    match transport::begin(&app.store, &permit, &id, new.clone(), app.now()).await {
        Ok(begun) => {
            if begun == new {
                mail::tell(&app, permit.facility(), mail::Kind::EmergencyBegan);
            }
            Ok(Redirect::to(&format!("/transports/{begun}")).into_response())
        }
        Err(error) if error.is_fault() || !app.store.is_writable() => {
            tracing::error!(%error, "emergency not kept");
            let read = permit.actor().permit::<ReadResident>()?;
            let loaded = load::resident(&app, &read, &id).await?;
            let flow = flow::OwnFlow::read(&app, &read).await;
            let words = unkept(&page, &app, &loaded, &flow);
            Ok((StatusCode::SERVICE_UNAVAILABLE, words).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn unkept(page: &Page, app: &App, loaded: &Loaded, flow: &flow::OwnFlow) -> Markup {
    let title = format!("急変 {}", loaded.head.name);
    page.show(
        Place::Transports,
        &title,
        html! {
            (notice(NoticeKind::Warn, "いまは記録できません。時刻を紙に書いてください", html! {
                p { "画面の手順と読み上げる内容は使えます。" }
            }))
            (head(loaded, &loaded.view.standing, true))
            (script::card(&loaded.view, &page.actor.name, clock_time(app.now()), false))
            (steps::written(app.protocols.steps(), &Progress::default(), flow, &html! {}, None))
        },
    )
}

/// What everything begins with: 119, who it is, what to do about resuscitation.
fn head(loaded: &Loaded, standing: &Standing, is_open: bool) -> Markup {
    let view = &loaded.view;
    let photo = super::photo::address(&loaded.head);
    html! {
        @if view.marks.is_drill {
            p .call119 .great { (icon(Icon::Phone)) span { "119番に電話する練習" small { "かかりません。下を読み上げる" } } }
        } @else {
        a .call119 .great href="tel:119" { (icon(Icon::Phone)) span { "119番に電話する" small { "スピーカーにして、下を読み上げる" } } }
        }
        @if is_open {
            p .first-step { b { "まず: " } (ruby("｜大声《おおごえ》で｜応援《おうえん》を｜呼《よ》ぶ。｜反応《はんのう》と｜呼吸《こきゅう》を｜見《み》る(10｜秒《びょう》)")) }
        }
        (walk::read::identity_header(view, photo.as_deref()))
        (walk::read::band_with(standing, &html! { div .standing-actions { (raise::panel(&loaded.head)) } }))
        p .small { (EVERYTHING_ELSE) "。" }
    }
}

/// Why what was typed is not noted, with a link to where it stands.
fn unnoted(typed: &Typed) -> Markup {
    let Some(problem) = typed.problems.at("words") else {
        return html! {};
    };
    html! {
        div .notice .errors data-type="error" role="alert" tabindex="-1" {
            (icon(Icon::Stop))
            div { h2 { "まだ記録していません" } ul { li { a href={ "#" (steps::words_id(typed.event, typed.about)) } { (problem) } } } }
        }
    }
}

/// Where things are on a page that is longer than a phone.
fn parts(is_open: bool) -> Markup {
    let parts = [
        ("#first", "手順", true),
        ("#calls", "電話", true),
        ("#observation", "観察", is_open),
        ("#timeline", "経過", true),
        ("#handover", "伝える", true),
        ("#end", "出発", is_open),
    ];
    html! {
        nav .parts aria-label="この画面の中" {
            @for (address, words, is_there) in parts { @if is_there { a href=(address) { (words) } } }
        }
    }
}

#[derive(Default, Deserialize)]
pub struct Look {
    /// `large`: the script in letters that are read at arm's length.
    #[serde(default)]
    size: String,
}

impl Look {
    fn is_large(&self) -> bool {
        self.size == "large"
    }
}

pub async fn show(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path(id): Path<TransportId>,
    Query(look): Query<Look>,
) -> Result<Markup, WebError> {
    see(
        &app,
        &page,
        &permit,
        &id,
        look.is_large(),
        &Typed::default(),
    )
    .await
}

/// What was typed and cannot be noted so, and why.
#[derive(Default)]
struct Typed {
    /// What was to be noted, and about which entry.
    event: Option<Event>,
    about: Option<i64>,
    words: String,
    inputs: Inputs,
    /// Those of the words are at `words`.
    problems: Problems,
}

async fn see(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    id: &TransportId,
    large: bool,
    typed: &Typed,
) -> Result<Markup, WebError> {
    let (transport, noted) = transport::get(&app.store, permit, id).await?;
    let scans = scan::since(
        &app.store,
        permit,
        &transport.resident_id,
        transport.at,
        SCANS,
    )
    .await?;
    let loaded = load::resident(app, permit, &transport.resident_id).await?;
    let flow = flow::OwnFlow::read(app, permit).await;
    load::note_read(app, permit, &transport.resident_id, "transport.viewed").await?;
    let at_call = transport.at_call(&noted);
    let progress = &at_call.progress;
    let usual = &loaded.view.record.usual;
    let newest = mark(&transport::newest(&app.store, permit, id).await?);
    let tap = new_uuid(app.clock.as_ref(), app.entropy.as_ref());
    let every = steps::Form {
        id,
        tap: &tap,
        large,
    };
    let form = progress.is_open().then_some(&every);
    let written = app.protocols.steps();
    let area = loaded.view.facility.mc_area.value();
    let advice = app.protocols.advice(area.map(|area| area.as_str()));
    let standing = loaded.view.standing.clone();
    let standing = standing.in_emergency(at_call.external_cause());
    let plan = match progress.is_open() {
        true => steps::plan(&standing, &flow, &noted, progress, transport.at, form),
        false => html! {},
    };
    let word = if transport.is_drill() {
        "訓練"
    } else {
        "急変"
    };
    let title = format!("{word} {}", loaded.head.name);
    Ok(page.show(
        Place::Transports,
        &title,
        html! {
            (crumbs(&[("/transports", "急変"), (&format!("/residents/{}", transport.resident_id), &loaded.head.name)],
                &format!("{}から", load::when(transport.at))))
            div #emergency data-mark=(newest) {
            (unnoted(typed))
            @if !progress.is_open() {
                (notice(NoticeKind::Info, "この急変の記録は終わっています", html! {
                    p { "間違えて終えたときは、下の経過で「急変の記録を終えた」を訂正すると続けられます。" }
                }))
            }
            div #head data-live { (head(&loaded, &standing, progress.is_open())) }
            (parts(progress.is_open()))
            @if progress.is_open() {
                (script::card(&loaded.view, &page.actor.name, clock_time(transport.at), large))
                p { @if large { a href={ "/transports/" (id) } { "ふつうの文字に戻す" } }
                    @else { a href=(steps::address(id, true)) { "読み上げる文を大きな文字にする" } } }
            }
            div .columns {
                div .stack-v {
                    (steps::written(written, progress, &flow, &plan, form))
                    (steps::calls(&loaded.view, advice, &flow, &noted, progress, app.now(), form))
                }
                div .stack-v {
                    @if let Some(form) = form {
                        (observe::observation(&at_call, usual, form, typed))
                        (observe::situation(&at_call, form, typed))
                        (steps::care(progress, form))
                    }
                    (steps::free(form, typed))
                    (timeline(&transport, &noted, &scans, usual, progress, &every, typed))
                    (handover::card(&loaded.view, &at_call))
                    (steps::papers(&loaded, progress.is_open()))
                    @if let Some(form) = form { (steps::end(form, typed)) }
                    @if progress.has(Event::Departed) || !progress.is_open() {
                        (steps::afterwards(written, progress, &flow, &every, typed))
                        (observe::review(&every, typed))
                        @if transport.is_drill() { p { a .button href={ "/drills/" (id) } { "訓練の結果を見る" } } }
                    }
                }
            }
            }
        },
    ))
}

/// What a page knows that is up to date.
fn mark(newest: &Newest) -> String {
    format!("{}-{}", newest.entries, newest.scans)
}

#[derive(Deserialize)]
pub struct Than {
    mark: String,
}

/// Whether anything was noted or scanned since the page with that mark; nothing of the person is told.
pub async fn newer(
    State(app): State<App>,
    permit: Permit<ReadResident>,
    Path(id): Path<TransportId>,
    Query(than): Query<Than>,
) -> Result<StatusCode, WebError> {
    let newest = transport::newest(&app.store, &permit, &id).await?;
    Ok(match mark(&newest) == than.mark {
        true => StatusCode::NO_CONTENT,
        false => StatusCode::OK,
    })
}

/// What happened, oldest first, as it is told to the crew and written into the report. A view by QR code stands where
/// it falls in time; those after the record was ended belong to what came later and are left out.
fn timeline(
    transport: &Transport,
    noted: &[Noted],
    scans: &[Scan],
    usual: &Usual,
    progress: &Progress,
    form: &steps::Form,
    typed: &Typed,
) -> Markup {
    let began = Day::of(transport.at);
    let when = |at| time_beside(began, at);
    let ended = noted
        .iter()
        .find(|entry| entry.kind == Event::Closed && !progress.is_corrected(entry.seq));
    let during = scans
        .iter()
        .filter(|scan| ended.is_none_or(|ended| scan.at <= ended.at));
    // A page that stands open is read anew with every entry: what one phone read of one paper is one line.
    let mut views: Vec<(usize, &Scan, Vec<Moment>)> = Vec::new();
    for scan in during {
        let is_same = |known: &Scan| {
            (&known.serial, &known.source, &known.agent, &known.tier)
                == (&scan.serial, &scan.source, &scan.agent, &scan.tier)
        };
        match views.iter_mut().find(|(_, known, _)| is_same(known)) {
            Some((_, _, again)) => again.push(scan.at),
            None => {
                let next = noted.iter().position(|entry| entry.at > scan.at);
                views.push((next.unwrap_or(noted.len()), scan, Vec::new()));
            }
        }
    }
    let read_before = |at: usize| {
        html! {
            @for (_, scan, again) in views.iter().filter(|(next, _, _)| *next == at) {
                li { time .number { (when(scan.at)) } " " b { "QRコードが読み取られた" } " " (tier_label(&scan.tier)) " "
                    span .small .muted {
                        "No. " (scan.serial)
                        @if let Some(last) = again.last() { " ほか" (again.len()) "回、最後は" (when(*last)) }
                    } }
            }
        }
    };
    html! {
        section .card #timeline {
            div .card-head { h2 { "経過" } }
            ol .timeline {
                li { time .number { (when(transport.at)) } " " b { "急変に気づいた" } " " span .small .muted { (transport.by_name) } }
                @for (at, entry) in noted.iter().enumerate() {
                    (read_before(at))
                    li id={ "e" (entry.seq) } data-new[!progress.is_corrected(entry.seq)] {
                        time .number { (when(entry.at)) } " "
                        @if progress.is_corrected(entry.seq) { s { (told(entry, usual)) } " " span .tag data-tone="off" { "訂正済み" } }
                        @else { (told(entry, usual)) }
                        " " span .small .muted { (entry.by_name) }
                        @if progress.allows(Event::Corrected, Some(entry.seq)) {
                            details .more open[typed.about == Some(entry.seq)] {
                                summary .small { "押し間違いを訂正" span .visually-hidden { ": " (when(entry.at)) " " (entry.kind.label()) } }
                                (form.around("timeline", &html! {
                                    input type="hidden" name="about" value=(entry.seq);
                                    (steps::words(&steps::Words {
                                        label: "正しくは",
                                        hint: "例 押していない",
                                        event: Event::Corrected,
                                        about: Some(entry.seq),
                                    }, typed))
                                    button .button .outline .small name="do" value="corrected" { "訂正を記録する" }
                                }))
                            }
                        }
                    }
                }
                (read_before(noted.len()))
            }
        }
    }
}

fn told(noted: &Noted, usual: &Usual) -> Markup {
    let entry = noted.entry();
    let said = entry.said();
    let lines = entry.body.lines(usual);
    html! {
        b { (entry.event.label()) }
        @if entry.event == Event::Corrected { @if let Some(about) = entry.about { " (" a href={ "#e" (about) } { "訂正した記録" } ")" } }
        @if !said.is_empty() { " " (said) }
        @if !lines.is_empty() { " " (lines.join("、")) }
    }
}

/// One tap: its fields by name. Everything but `do` may be missing.
struct Tap {
    event: Event,
    outcome: Option<Outcome>,
    about: Option<i64>,
    who: String,
    words: String,
    /// What is said beside the words.
    inputs: Inputs,
    /// The same for the same tap sent again; going back and tapping something else is another.
    number: String,
    /// How long ago it was tapped, if it could not be sent at once.
    ago_seconds: i64,
}

impl Tap {
    fn read(fields: Vec<(String, String)>) -> Option<Self> {
        let mut inputs = Inputs::from_pairs(fields);
        let mut take = |key: &str| {
            let value = inputs.get(key).to_owned();
            inputs.remove(key);
            value
        };
        let (what, tap, about) = (take("do"), take("tap"), take("about"));
        let (who, words) = (take("who"), take("words"));
        // By the clock of the tapping device, of which only the difference counts.
        let ago_seconds = match take("ago").as_str() {
            "" => 0,
            ago => ago.parse::<i64>().ok()?.clamp(0, LATE_SECONDS),
        };
        // What is to be noted, and of a call, whether somebody answered: `family.no_answer`.
        let (code, outcome) = match what.split_once('.') {
            Some((code, outcome)) => (code, Some(Outcome::from_code(outcome)?)),
            None => (what.as_str(), None),
        };
        let event = Event::from_code(code)?;
        if event.is_call() != outcome.is_some() {
            return None;
        }
        let tap = check_line(&tap, TAP_CHARS).ok()?;
        let who = check_line(&who, WHO_CHARS).ok()?;
        let typed = serde_json::to_string(&inputs).ok()?;
        let number = [&tap, &what, &about, &who, &words, &typed]
            .map(String::as_str)
            .join("\n");
        Some(Self {
            event,
            outcome,
            about: match about.as_str() {
                "" => None,
                about => Some(about.parse().ok()?),
            },
            who,
            words,
            inputs,
            number: BASE64_STANDARD.encode(sha256(number.as_bytes())),
            ago_seconds,
        })
    }
}

/// What is to be kept of an event, in words and beside them.
///
/// # Errors
/// Every problem at its key; those of the words at `words`.
pub fn said(event: Event, words: &str, inputs: &Inputs) -> Result<(String, Body), Problems> {
    let mut problems = Problems::default();
    let words = check_line(words, WORDS_CHARS).unwrap_or_else(|problem| {
        problems.add("words", problem.0);
        String::new()
    });
    if words.is_empty() && problems.is_empty() && event.needs_words() {
        problems.add(
            "words",
            "みたこと・したこと、または正しい内容を書いてください。",
        );
    }
    match Body::read(event, inputs) {
        Ok(body) if problems.is_empty() => Ok((words, body)),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

pub async fn record(
    State(app): State<App>,
    page: Page,
    permit: Permit<RecordTransport>,
    Path(id): Path<TransportId>,
    Query(look): Query<Look>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let tap = Tap::read(fields).ok_or_else(|| {
        WebError::Bad(
            "何を記録するか読み取れませんでした。画面を開き直して、もう一度押してください"
                .to_owned(),
        )
    })?;
    let (words, body) = match said(tap.event, &tap.words, &tap.inputs) {
        Ok(said) => said,
        Err(problems) => {
            let read = permit.actor().permit::<ReadResident>()?;
            let typed = Typed {
                event: Some(tap.event),
                about: tap.about,
                words: tap.words,
                inputs: tap.inputs,
                problems,
            };
            let again = see(&app, &page, &read, &id, look.is_large(), &typed).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
        }
    };
    let now = app.now();
    let note = NewNote {
        event: tap.event,
        about: tap.about,
        who: &tap.who,
        outcome: tap.outcome,
        words: &words,
        body: &body,
        tap: &tap.number,
        tapped_at: Some(Moment(now.0 - tap.ago_seconds * 1_000)),
    };
    transport::record(&app.store, &permit, &id, note, now).await?;
    Ok(Redirect::to(&steps::address(&id, look.is_large())).into_response())
}
