//! Issuing and printing the sheets of many residents at once: those without paper, those whose paper says something
//! else by now, or everybody's.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::document::{
    self as sheets, Drawn, Task, is_card, is_overtaken, pdf_response, serial, typeset,
};
use super::load;
pub use super::load::everybody;
use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::session::sha256;
use super::{App, WebError, grow};
use crate::domain::date::Day;
use crate::domain::form::Form as SheetForm;
use crate::domain::id::{BinderId, ResidentId};
use crate::domain::permit::{ActionKind, IssueDocument, Permit, ReadResident};
use crate::export::pdf::binder::{self as paper, Cover, Leaf};
use crate::export::pdf::sheet::Paper;
use crate::store::binder::{self, BoundPaper, NewBinder};
use crate::store::document::PrintOrder;
use crate::store::resident::ResidentHead;
use crate::store::{Author, Entry, document};

/// As many sheets as one binder holds.
const MOST: usize = 300;
/// As many papers as are looked through for those that hold.
const PAPERS: i64 = 2_000;
/// As many binders as are listed.
const LISTED: i64 = 20;
const TITLE: &str = "まとめて発行・印刷";

/// Why somebody needs a new paper, or the paper that still holds.
enum Need {
    Nothing { serial: String },
    NoPaper,
    Changed { words: Vec<String>, urgent: bool },
}

impl Need {
    fn is_open(&self) -> bool {
        !matches!(self, Self::Nothing { .. })
    }
}

/// What is needed for everybody who lives in, floor by floor.
async fn needs(
    app: &App,
    permit: &Permit<ReadResident>,
    form: &SheetForm,
) -> Result<Vec<(ResidentHead, Need)>, WebError> {
    let live = document::live(&app.store, permit, app.now(), None, PAPERS).await?;
    let tasks = sheets::tasks(app, permit, None).await?;
    let mut held: BTreeMap<&ResidentId, &str> = BTreeMap::new();
    for one in live.iter().filter(|one| one.form == form.key) {
        held.insert(&one.resident_id, &one.serial);
    }
    let changed: BTreeMap<&ResidentId, &Task> = tasks
        .iter()
        .filter(|task| task.paper.form == form.key)
        .map(|task| (&task.paper.resident_id, task))
        .collect();
    let need = |id: &ResidentId| match (changed.get(id), held.get(id)) {
        (Some(task), _) => Need::Changed {
            words: task
                .changes
                .iter()
                .map(|change| format!("{} {}→{}", change.label, change.before, change.after))
                .collect(),
            urgent: task.is_urgent(),
        },
        (None, Some(serial)) => Need::Nothing {
            serial: (*serial).to_owned(),
        },
        (None, None) => Need::NoPaper,
    };
    let everybody = load::everybody(app, permit).await?;
    Ok(everybody
        .into_iter()
        .map(|head| {
            let need = need(&head.id);
            (head, need)
        })
        .collect())
}

#[derive(Deserialize)]
pub struct Wanted {
    form: Option<String>,
    /// `all`, `none`, or whoever needs a new paper.
    which: Option<String>,
}

pub async fn form(
    State(app): State<App>,
    page: Page,
    _issue: Permit<IssueDocument>,
    permit: Permit<ReadResident>,
    Query(wanted): Query<Wanted>,
) -> Result<Markup, WebError> {
    let form = printable(&app, wanted.form.as_deref())?;
    let everybody = needs(&app, &permit, form).await?;
    let which = wanted.which.as_deref();
    let chosen = |_: &ResidentHead, need: &Need| match which {
        Some("all") => true,
        Some("none") => false,
        _ => need.is_open(),
    };
    let main = choose(&app, &permit, form, &everybody, chosen, &Before::Nothing).await?;
    Ok(page.show(Place::Documents, TITLE, headed(&main)))
}

fn printable<'a>(app: &'a App, key: Option<&str>) -> Result<&'a SheetForm, WebError> {
    let mut forms = app.forms.printable();
    match key {
        None => forms.next(),
        Some(key) => forms.find(|form| form.key == key),
    }
    .ok_or_else(|| WebError::Bad("様式を選び直してください".to_owned()))
}

/// What has to be told before anything is issued.
enum Before {
    Nothing,
    Problems(Vec<String>),
    /// So many of the chosen have a paper that still holds; it would end.
    Sure(usize),
}

fn headed(main: &Markup) -> Markup {
    html! {
        (crumbs(&[("/documents", "発行した紙")], TITLE))
        h1 { (TITLE) }
        (main)
    }
}

/// Whom to print, with what stands in the way of it.
async fn choose(
    app: &App,
    permit: &Permit<ReadResident>,
    form: &SheetForm,
    everybody: &[(ResidentHead, Need)],
    chosen: impl Fn(&ResidentHead, &Need) -> bool,
    before: &Before,
) -> Result<Markup, WebError> {
    let binders = binder::list(&app.store, permit, LISTED).await?;
    let open = everybody.iter().filter(|(_, need)| need.is_open()).count();
    let here = |which: &str| format!("/documents/binder?form={}&which={which}", form.key);
    Ok(html! {
        @match before {
            Before::Nothing => {}
            Before::Problems(problems) => {
                (notice(NoticeKind::Warn, "まだ発行していません。次を直すか、その方の印を外してください", html! {
                    ul { @for problem in problems { li { (problem) } } }
                }))
            }
            Before::Sure(count) => {
                (notice(NoticeKind::Warn, &format!("まだ発行していません。{count}人には、そのまま使える最新の紙があります"), html! {
                    p { "発行すると、その紙のQRコードも無効になり、差し替えが必要になります。残したい方は印を外してください。" }
                }))
            }
        }
        p {
            "選んだ方の" (form.title)
            @if form.card.is_some() { "を発行し、切り取って使う1つのPDFにします。" }
            @else { "を発行し、表紙とさくいんを付けた1つのPDFにします。" }
            "前の紙のQRコードは無効になるので、回収して差し替えてください。"
        }
        @if everybody.is_empty() {
            div .empty { p { "入居している方はまだいません。" } a .button href="/residents" { "入居者へ" } }
        } @else {
            @if app.forms.printable().count() > 1 {
                nav .tabs aria-label="様式" {
                    ul {
                        @for one in app.forms.printable() {
                            li { a href={ "/documents/binder?form=" (one.key) } aria-current=[(one.key == form.key).then_some("page")] { (one.title) } }
                        }
                    }
                }
            }
            p .small {
                "新しい紙がいる方 " (open) "人 / 入居 " (everybody.len()) "人 ・ 印を付ける: "
                a href=(here("open")) { "新しい紙がいる方だけ" } " / "
                a href=(here("all")) { "全員" } " / "
                a href=(here("none")) { "外す" }
            }
            form .form method="post" action="/documents/binder" {
                input type="hidden" name="form" value=(form.key);
                @for floor in everybody.chunk_by(|(one, _), (next, _)| one.floor == next.floor) {
                    section .card {
                        div .card-head { h2 { (floor[0].0.floor.as_deref().unwrap_or("階 未記入")) } }
                        ul .papers { @for (head, need) in floor { (row(head, need, chosen(head, need))) } }
                    }
                }
                div .bar {
                    @if let Before::Sure(_) = before {
                        button .button name="sure" value="yes" { "最新の紙も替えて発行する" }
                    } @else {
                        button .button { "選んだ方の紙を発行する" }
                    }
                    a .button .text href="/documents" { "やめる" }
                }
            }
        }
        @if !binders.is_empty() {
            section .card {
                div .card-head { h2 { "これまでにまとめて発行したもの" } }
                ul .papers {
                    @for one in &binders {
                        li {
                            div { b { (load::when(one.issued_at)) } br; span .small .muted { (one.issued_by_name) " " (one.papers) "人分 " (one.pages) "ページ" } }
                            div .actions { a .button .outline .small href={ "/documents/binders/" (one.id) } { "開く" span .visually-hidden { ": " (load::when(one.issued_at)) } } }
                        }
                    }
                }
            }
        }
    })
}

fn row(head: &ResidentHead, need: &Need, chosen: bool) -> Markup {
    html! {
        li {
            div {
                label .check {
                    input type="checkbox" name="resident" value=(head.id) checked[chosen];
                    span { b { (head.room.as_deref().unwrap_or_default()) " " (head.name) } }
                }
            }
            div .small {
                @match need {
                    Need::Nothing { serial } => { span .muted .number { "No. " (serial) } " " span .tag data-tone="ok" { "最新の紙あり" } }
                    Need::NoPaper => { span .tag data-tone="warn" { "紙なし" } }
                    Need::Changed { words, urgent } => {
                        @for change in words { span .muted { (change) } " " }
                        span .tag data-tone=(if *urgent { "bad" } else { "warn" }) { @if *urgent { "指示の変更 至急" } @else { "内容が変わった" } }
                    }
                }
            }
        }
    }
}

pub async fn issue(
    State(app): State<App>,
    page: Page,
    permit: Permit<IssueDocument>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    let key = pairs
        .iter()
        .find(|(name, _)| name == "form")
        .map(|(_, key)| key.as_str());
    let form = printable(&app, key)?.clone();
    let chosen: Vec<&str> = pairs
        .iter()
        .filter(|(name, _)| name == "resident")
        .map(|(_, id)| id.as_str())
        .collect();
    let everybody = needs(&app, &read, &form).await?;
    // In the order of the rooms, and only who lives in here.
    let wanted: Vec<&(ResidentHead, Need)> = everybody
        .iter()
        .filter(|(head, _)| chosen.contains(&head.id.as_str()))
        .collect();
    let holding = wanted.iter().filter(|(_, need)| !need.is_open()).count();
    let sure = pairs.iter().any(|(name, _)| name == "sure");
    let before = match wanted.len() {
        0 => Before::Problems(vec!["だれも選ばれていません".to_owned()]),
        many if many > MOST => Before::Problems(vec![format!(
            "一度に発行できるのは{MOST}人分までです({many}人を選んでいます)"
        )]),
        _ if holding > 0 && !sure => Before::Sure(holding),
        _ => {
            let residents = wanted.into_iter().map(|(head, _)| head.clone()).collect();
            return Ok(issuing(app, &page, permit, form, residents));
        }
    };
    let again = |head: &ResidentHead, _: &Need| chosen.contains(&head.id.as_str());
    let main = choose(&app, &read, &form, &everybody, again, &before).await?;
    let shown = page.show(Place::Documents, TITLE, headed(&main));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

/// Issues for `residents`, whoever still looks, and tells on a growing page how far it is.
fn issuing(
    app: App,
    page: &Page,
    permit: Permit<IssueDocument>,
    form: SheetForm,
    residents: Vec<ResidentHead>,
) -> Response {
    let (tell, pieces) = mpsc::unbounded_channel();
    let shown = page.show(Place::Documents, TITLE, headed(&grow::here()));
    tokio::spawn(async move {
        let work = {
            let tell = tell.clone();
            tokio::spawn(async move {
                let all: Vec<&ResidentHead> = residents.iter().collect();
                // Nobody may be there to be told.
                let step = |done| {
                    let _ = tell.send(so_far(done, all.len()));
                };
                step(0);
                let outcome = bind(&app, &permit, &form, &all, &step).await;
                ended(&app, &permit, &form, &residents, outcome).await
            })
        };
        let last = work.await.unwrap_or_else(|_| failed(&WebError::Broken));
        let _ = tell.send(last);
    });
    grow::page(shown, pieces)
}

fn so_far(done: usize, all: usize) -> Markup {
    let words = match done < all {
        true => "人分を作っています",
        false => "人分ができました。1つのファイルにまとめて、保存しています",
    };
    html! {
        (grow::step(done, all, words))
        p .muted { "この画面を閉じても、発行は続きます。終わると「まとめて発行・印刷」の下に並びます。" }
    }
}

/// How it went: the way to the file, or what to mend, with the same people still chosen.
async fn ended(
    app: &App,
    permit: &Permit<IssueDocument>,
    form: &SheetForm,
    residents: &[ResidentHead],
    outcome: Result<Result<BinderId, Vec<String>>, WebError>,
) -> Markup {
    let problems = match outcome {
        Ok(Ok(id)) => {
            let to = format!("/documents/binders/{id}?issued=1");
            return grow::lead_on(&to, "発行した紙を開く");
        }
        Ok(Err(problems)) => Before::Problems(problems),
        Err(error) => return failed(&error),
    };
    let again = async {
        let read = permit.actor().permit::<ReadResident>()?;
        let everybody = needs(app, &read, form).await?;
        let chosen = |head: &ResidentHead, _: &Need| residents.iter().any(|one| one.id == head.id);
        choose(app, &read, form, &everybody, chosen, &problems).await
    };
    again.await.unwrap_or_else(|error| failed(&error))
}

fn failed(error: &WebError) -> Markup {
    tracing::error!(error = error.kind(), "papers for many were not issued");
    html! {
        (notice(NoticeKind::Warn, "発行できませんでした", html! { p { (error) } }))
        p { a .button href="/documents/binder" { "選び直す" } }
    }
}

/// Freezes the sheets of `residents` and the file that holds them all: everything or nothing. `drawn_so_far` is told how many
/// sheets are drawn so far.
///
/// # Errors
/// `Conflict` when statements come faster than the papers can be drawn. What cannot be printed is told by name, in the
/// inner error, and nothing is issued.
pub async fn bind(
    app: &App,
    permit: &Permit<IssueDocument>,
    form: &SheetForm,
    residents: &[&ResidentHead],
    drawn_so_far: &(dyn Fn(usize) + Sync),
) -> Result<Result<BinderId, Vec<String>>, WebError> {
    let read = &permit.actor().permit::<ReadResident>()?;
    let year = Day::of(app.now()).year();
    let count = i64::try_from(residents.len()).unwrap_or(i64::MAX);
    let first = document::take_serials(&app.store, permit, year, count, app.now()).await?;
    let mut attempt = 1;
    loop {
        let mut drawn = Vec::with_capacity(residents.len());
        let mut problems = Vec::new();
        for (number, head) in (first..).zip(residents) {
            let asked = sheets::Asked {
                serial: serial(year, number),
                copies: 1,
                at_call: None,
            };
            match sheets::draw(app, permit, read, &head.id, form, asked).await {
                Ok(sheet) => drawn.push(sheet),
                Err(WebError::Pdf(error)) => problems.push(format!("{} 様: {error}", head.name)),
                Err(error) => return Err(error),
            }
            drawn_so_far(drawn.len() + problems.len());
        }
        if !problems.is_empty() {
            return Ok(Err(problems));
        }
        let kept = keep(app, permit, form, drawn).await;
        if !is_overtaken(&kept, attempt) {
            return kept.map(Ok);
        }
        attempt += 1;
    }
}

/// The newest binder, when it holds everybody who lives in, and a new one would say nothing else but the time of its
/// printing.
///
/// # Errors
/// When the database does not answer.
pub async fn still_true(
    app: &App,
    permit: &Permit<ReadResident>,
    form: &SheetForm,
    everybody: &[ResidentHead],
) -> Result<Option<BinderId>, WebError> {
    let newest = binder::list(&app.store, permit, 1).await?;
    let Some(newest) = newest.into_iter().next() else {
        return Ok(None);
    };
    let bound = binder::papers(&app.store, permit, &newest.id).await?;
    if bound.len() != everybody.len() {
        return Ok(None);
    }
    for (paper, head) in bound.iter().zip(everybody) {
        let holds = sheets::still_true(app, permit, &head.id, form).await?;
        if holds.is_none_or(|holds| holds.id != paper.document_id) {
            return Ok(None);
        }
    }
    Ok(Some(newest.id))
}

async fn keep(
    app: &App,
    permit: &Permit<IssueDocument>,
    form: &SheetForm,
    drawn: Vec<Drawn>,
) -> Result<BinderId, WebError> {
    let id = BinderId::new(app.clock.as_ref(), app.entropy.as_ref());
    let at = app.now();
    let (bound, drawn) = {
        let (form, id, issued_by) = (form.clone(), id.clone(), permit.actor().name.clone());
        typeset(app, move || {
            let leaves: Vec<Leaf> = drawn
                .iter()
                .map(|sheet| Leaf {
                    view: &sheet.view,
                    paper: Paper {
                        address: &sheet.address,
                        photo: sheet.photo.as_deref(),
                    },
                })
                .collect();
            let facility = drawn.first().map_or_else(String::new, |sheet| {
                sheet.view.facility.facility_name.to_string()
            });
            let cover = Cover {
                id: id.as_str(),
                facility: &facility,
                issued_at: at,
                issued_by: &issued_by,
            };
            let bound = paper::render(&form, &cover, &leaves);
            bound.map(|bound| (bound, drawn))
        })
        .await?
    };
    let papers: Vec<_> = drawn
        .iter()
        .zip(&bound.begins)
        .map(|(sheet, page)| {
            (
                sheet.new_document(form, PrintOrder::default()),
                i64::try_from(*page).unwrap_or(i64::MAX),
            )
        })
        .collect();
    let new = NewBinder {
        id: &id,
        pages: i64::try_from(bound.pages).unwrap_or(i64::MAX),
        sha256: &sha256(&bound.pdf),
        pdf: &bound.pdf,
    };
    binder::issue(&app.store, permit, new, &papers, at).await?;
    Ok(id)
}

#[derive(Deserialize)]
pub struct JustIssued {
    issued: Option<String>,
}

pub async fn show(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path(id): Path<BinderId>,
    Query(query): Query<JustIssued>,
) -> Result<Markup, WebError> {
    let one = binder::get(&app.store, &permit, &id).await?;
    let papers = binder::papers(&app.store, &permit, &id).await?;
    let entry = Entry::new(
        "binder.viewed",
        None,
        json!({"binder": id, "papers": papers.len()}),
    );
    load::note_view(&app, &permit, entry).await?;
    let ended = papers
        .iter()
        .filter(|paper| paper.link_ended_at.is_some())
        .count();
    let are_cards = papers.iter().any(|paper| is_card(&app, &paper.form));
    let title = "まとめて発行した紙";
    Ok(page.show_narrow(
        Place::Documents,
        title,
        html! {
            (crumbs(&[("/documents", "発行した紙"), ("/documents/binder", "まとめて発行・印刷")], title))
            h1 { (title) }
            @if query.issued.is_some() {
                (notice(NoticeKind::Ok, &format!("{}人分を発行しました", papers.len()), html! {
                    p { "印刷して、決めた場所の前の紙と差し替えてください。前の紙のQRコードは無効になりました。" }
                }))
            }
            @if ended > 0 {
                (notice(NoticeKind::Warn, &format!("このうち{ended}人分は、もう使えません"), html! {
                    p { "あとから新しい紙が発行されたか、取り下げられたか、退居された方です。" }
                    @if page.may(ActionKind::IssueDocument) { p { a href="/documents/binder" { "新しい紙がいる方の分を発行する" } } }
                }))
            }
            p { (load::when(one.issued_at)) " " (one.issued_by_name) " ・ " (one.papers) "人分 " (one.pages) "ページ" @if !are_cards { "(表紙とさくいんを含む)" } }
            div .actions {
                a .button href={ "/documents/binders/" (id) "/pdf" } target="_blank" rel="noopener" { "印刷する(PDFを開く)" }
            }
            section .card {
                div .card-head { h2 { "入っている紙" } }
                ul .papers { @for paper in &papers { (bound_row(paper)) } }
            }
        },
    ))
}

fn bound_row(paper: &BoundPaper) -> Markup {
    let ended = paper.link_ended_at.is_some();
    html! {
        li data-ended[ended] {
            div {
                b { (paper.room.as_deref().unwrap_or_default()) " " (paper.resident_name) } " "
                @if ended { span .tag data-tone="off" { "無効" } }
                br;
                span .small .muted .number { "No. " (paper.serial) " ・ " (paper.page) "ページから" }
            }
            div .actions { a .button .outline .small href={ "/documents/" (paper.document_id) } { "開く" span .visually-hidden { ": " (paper.resident_name) } } }
        }
    }
}

pub async fn pdf(
    State(app): State<App>,
    permit: Permit<ReadResident>,
    Path(id): Path<BinderId>,
) -> Result<Response, WebError> {
    let bytes = printed(&app, &permit, &id).await?;
    Ok(pdf_response("binder", bytes))
}

/// The file of a binder; each of its residents is written down as read before it leaves (safety.md S20).
///
/// # Errors
/// `NotFound`.
pub async fn printed(
    app: &App,
    permit: &Permit<ReadResident>,
    id: &BinderId,
) -> Result<Vec<u8>, WebError> {
    let bytes = binder::pdf(&app.store, permit, id).await?;
    let mut notes = JoinSet::new();
    for paper in binder::papers(&app.store, permit, id).await? {
        let (store, author, at) = (app.store.clone(), Author::from(permit), app.now());
        let detail = json!({"document": paper.document_id, "binder": id});
        let entry = Entry::new("document.printed", Some(&paper.resident_id), detail);
        notes.spawn(async move { store.note_read(author, at, entry).await });
    }
    while let Some(noted) = notes.join_next().await {
        noted.map_err(|_| WebError::Broken)??;
    }
    Ok(bytes)
}
