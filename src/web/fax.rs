//! Sending a paper by FAX: the cover, the number that two people type, and whether it arrived.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::document::{self as papers, PaperState, pdf_response, typeset};
use super::icon::{Icon, icon};
use super::load::{self, Loaded};
use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::{App, WebError};
use crate::domain::computed::Computed;
use crate::domain::fax::{self as rule, Event, State as FaxState};
use crate::domain::id::{DocumentId, FaxId, StaffId};
use crate::domain::permit::{ActionKind, IssueDocument, Permit, ReadResident};
use crate::domain::text::check_line;
use crate::domain::view::SheetView;
use crate::export::pdf::fax::{self as cover, Cover, Sent, To, Typed};
use crate::export::pdf::page_count;
use crate::store::document::{self, Document};
use crate::store::fax::{self, Fax, FaxEvent, NewFax};

/// As long as each line on the cover may be.
const LINE_CHARS: usize = 60;
/// As many sendings of one paper, and of a facility, as are listed.
const LISTED: i64 = 50;

/// What is asked before a paper is sent.
#[derive(Clone, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    recipient: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    way: String,
}

impl Wanted {
    /// With whom it goes to.
    pub fn to(recipient: &str, department: &str, person: &str) -> Self {
        Self {
            recipient: recipient.to_owned(),
            department: department.to_owned(),
            person: person.to_owned(),
            ..Self::default()
        }
    }
}

/// What is wrong, each at its input.
type Wrong = Vec<(&'static str, String)>;

impl Wanted {
    /// The lines, the number and whether the name is masked.
    fn read(&self) -> Result<(Self, String, bool), Wrong> {
        let mut wrong = Wrong::new();
        let mut line = |key, typed: &str| {
            check_line(typed, LINE_CHARS).unwrap_or_else(|problem| {
                wrong.push((key, problem.0));
                String::new()
            })
        };
        let lines = Self {
            recipient: line("recipient", &self.recipient),
            department: line("department", &self.department),
            person: line("person", &self.person),
            subject: line("subject", &self.subject),
            ..Self::default()
        };
        if self.recipient.trim().is_empty() {
            let words = "送り先(病院などの名前)を入力してください。";
            wrong.push(("recipient", words.to_owned()));
        }
        let number = rule::number(&self.number).map(|phone| phone.number().to_owned());
        let number = number.unwrap_or_else(|problem| {
            wrong.push(("number", problem.0));
            String::new()
        });
        if !matches!(self.way.as_str(), "paper" | "masked") {
            wrong.push(("way", "どちらかを選んでください。".to_owned()));
        }
        match wrong.is_empty() {
            true => Ok((lines, number, self.way == "masked")),
            false => Err(wrong),
        }
    }
}

/// A paper that may be sent, and how many pages it has.
async fn sendable(
    app: &App,
    permit: &Permit<ReadResident>,
    id: &DocumentId,
) -> Result<(Document, usize), WebError> {
    let (paper, _) = document::get(&app.store, permit, id).await?;
    papers::may_see(app, permit, id).await?;
    if PaperState::of(&paper, app.now()) != PaperState::Live {
        return Err(WebError::Bad(
            "この紙はもう使えないので、送れません。新しい紙を発行してから送ってください".to_owned(),
        ));
    }
    let bytes = document::pdf(&app.store, permit, id).await?;
    let pages = page_count(bytes).ok_or(WebError::Broken)?;
    Ok((paper, pages))
}

pub async fn form(
    State(app): State<App>,
    page: Page,
    _issue: Permit<IssueDocument>,
    permit: Permit<ReadResident>,
    Path(id): Path<DocumentId>,
) -> Result<Markup, WebError> {
    ask(&app, &page, &permit, &id, &Wanted::default(), &Wrong::new()).await
}

/// The form with what is known or was typed.
pub async fn ask(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    id: &DocumentId,
    typed: &Wanted,
    wrong: &Wrong,
) -> Result<Markup, WebError> {
    let (paper, pages) = sendable(app, permit, id).await?;
    let Loaded { head, .. } = load::resident(app, permit, &paper.resident_id).await?;
    load::note_read(app, permit, &paper.resident_id, "document.viewed").await?;
    let title = "FAXで送る";
    let paper_title = papers::title(app, &paper.form);
    Ok(page.show_narrow(
        Place::Documents,
        title,
        html! {
            (crumbs(&[("/residents", "入居者"), (&format!("/residents/{}", head.id), &head.name),
                (&format!("/documents/{id}"), &format!("紙 No. {}", paper.serial))], title))
            h1 { (title) }
            p { b { (head.name) " 様 " (paper_title) } " " span .code { "No. " (paper.serial) } " " (pages) "枚" }
            @if !wrong.is_empty() {
                div .errors tabindex="-1" {
                    h2 { (wrong.len()) "か所を直してください" }
                    ul { @for (key, words) in wrong { li { a href={ "#" (key) } { (words) } } } }
                }
            }
            form .form method="post" action={ "/documents/" (id) "/fax" } {
                (line("recipient", "送り先(病院などの名前)", "", &typed.recipient, wrong, true))
                (line("department", "部署", "例 地域医療連携室、救急外来", &typed.department, wrong, false))
                (line("person", "担当者", "", &typed.person, wrong, false))
                (number_field("FAX番号", "あとで別の職員が、この番号を見ずにもう一度入力します", &typed.number, wrong))
                (line("subject", "用件", "例 救急搬送の件。病状は書かないでください", &typed.subject, wrong, false))
                fieldset .field #way .invalid[problem(wrong, "way").is_some()] {
                    legend { "送るもの" span .required { "必須" } }
                    (error("way", wrong))
                    div .choices {
                        label .choice {
                            input type="radio" name="way" value="paper" required checked[typed.way == "paper"];
                            span { "送付状と紙(全" (pages + 1) "枚) " span .small { "送付状に氏名を書きます" } }
                        }
                        label .choice {
                            input type="radio" name="way" value="masked" required checked[typed.way == "masked"];
                            span { "氏名を伏せた送付状だけ(1枚) " span .small { "「" (rule::masked(&head.name)) "」と書きます。紙には氏名があるので、いっしょには送れません。氏名は電話で伝えます" } }
                        }
                    }
                }
                div .bar {
                    button .button { "送付状を作る" }
                    a .button .text href={ "/documents/" (id) } { "やめる" }
                }
            }
        },
    ))
}

fn problem<'a>(wrong: &'a Wrong, key: &str) -> Option<&'a str> {
    let found = wrong.iter().find(|(at, _)| *at == key);
    found.map(|(_, words)| words.as_str())
}

fn error(key: &str, wrong: &Wrong) -> Markup {
    html! {
        @if let Some(words) = problem(wrong, key) {
            p .error id={ (key) "-error" } { (icon(Icon::Stop)) span { (words) } }
        }
    }
}

fn line(key: &str, label: &str, hint: &str, value: &str, wrong: &Wrong, required: bool) -> Markup {
    let is_wrong = problem(wrong, key).is_some();
    html! {
        div .field .invalid[is_wrong] {
            label for=(key) { (label) @if required { span .required { "必須" } } }
            @if !hint.is_empty() { p .hint id={ (key) "-hint" } { (hint) } }
            (error(key, wrong))
            input .w-l id=(key) name=(key) value=(value) autocomplete="off" required[required]
                aria-describedby={ (key) "-hint " (key) "-error" } aria-invalid=[is_wrong.then_some("true")];
        }
    }
}

fn number_field(label: &str, hint: &str, value: &str, wrong: &Wrong) -> Markup {
    let is_wrong = problem(wrong, "number").is_some();
    html! {
        div .field .invalid[is_wrong] {
            label for="number" { (label) span .required { "必須" } }
            p .hint #number-hint { (hint) }
            (error("number", wrong))
            input .w-m #number name="number" value=(value) inputmode="tel" autocomplete="off" required
                aria-describedby="number-hint number-error" aria-invalid=[is_wrong.then_some("true")];
        }
    }
}

pub async fn prepare(
    State(app): State<App>,
    page: Page,
    permit: Permit<IssueDocument>,
    Path(id): Path<DocumentId>,
    Form(typed): Form<Wanted>,
) -> Result<Response, WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    let (lines, number, masked) = match typed.read() {
        Ok(read) => read,
        Err(wrong) => {
            let again = ask(&app, &page, &read, &id, &typed, &wrong).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
        }
    };
    let (_, pages) = sendable(&app, &read, &id).await?;
    let fax_id = FaxId::new(app.clock.as_ref(), app.entropy.as_ref());
    let pages = if masked { 1 } else { pages + 1 };
    let new = NewFax {
        id: &fax_id,
        document: &id,
        recipient: &lines.recipient,
        department: &lines.department,
        person: &lines.person,
        number: &number,
        subject: &lines.subject,
        masked,
        pages: i64::try_from(pages).unwrap_or(i64::MAX),
    };
    fax::prepare(&app.store, &permit, new, app.now()).await?;
    Ok(Redirect::to(&format!("/faxes/{fax_id}")).into_response())
}

/// Whether `viewer` may see the number: who typed it, and everybody once two people agree on it or it is done.
fn shows_number(fax: &Fax, state: FaxState, viewer: &StaffId) -> bool {
    !rule::may_check(&fax.by_staff, viewer)
        || !matches!(state, FaxState::Unchecked | FaxState::Mismatched)
}

pub async fn show(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path(id): Path<FaxId>,
) -> Result<Markup, WebError> {
    see(&app, &page, &permit, &id, "", &Wrong::new()).await
}

async fn see(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    id: &FaxId,
    typed: &str,
    wrong: &Wrong,
) -> Result<Markup, WebError> {
    let (fax, events) = fax::get(&app.store, permit, id).await?;
    let (paper, _) = document::get(&app.store, permit, &fax.document_id).await?;
    load::note_read(app, permit, &fax.resident_id, "fax.viewed").await?;
    let state = FaxEvent::state(&events);
    let is_first = !rule::may_check(&fax.by_staff, &permit.actor().staff);
    let shows_number = shows_number(&fax, state, &permit.actor().staff);
    let is_stale = PaperState::of(&paper, app.now()) != PaperState::Live;
    let may = page.may(ActionKind::IssueDocument);
    let title = format!("FAX {}", fax.recipient);
    Ok(page.show_narrow(
        Place::Documents,
        &title,
        html! {
            (crumbs(&[("/documents", "発行した紙"), (&format!("/documents/{}", fax.document_id), &format!("紙 No. {}", fax.serial))], &title))
            h1 { (title) }
            p { span .tag data-tone=(tone(state)) { (state.label()) } }
            @if is_stale && state.is_open() && state != FaxState::Sent {
                (notice(NoticeKind::Warn, "この紙はもう使えません。送らないでください", html! {
                    p { "この送信を取り消して、新しい紙で作り直してください。" }
                }))
            }
            (facts(app, &fax, shows_number))
            @if may { (next(&fax, state, is_first, typed, wrong)) }
            (history(&fax, &events))
            @if may && state.allows(Event::Cancelled) {
                details .more open[problem(wrong, "words").is_some()] {
                    summary { (icon(Icon::Stop)) " 送らない・作り直す" }
                    form .form method="post" action={ "/faxes/" (id) } {
                        (line("words", "取り消す理由", "", typed, wrong, true))
                        button .button .danger .solid name="do" value="cancelled" { "この送信を取り消す" }
                    }
                }
            }
        },
    ))
}

fn tone(state: FaxState) -> &'static str {
    match state {
        FaxState::Unchecked | FaxState::Checked | FaxState::Sent => "warn",
        FaxState::Mismatched | FaxState::Failed => "bad",
        FaxState::Arrived => "ok",
        FaxState::Cancelled => "off",
    }
}

fn facts(app: &App, fax: &Fax, shows_number: bool) -> Markup {
    let place = [&fax.department, &fax.person].map(|part| part.trim());
    let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
    html! {
        dl .facts {
            div { dt { "送り先" } dd { (fax.recipient) @if !place.is_empty() { br; span .small { (place.join(" ")) } } } }
            div {
                dt { "FAX番号" }
                dd {
                    @if shows_number { b .number { (fax.number) } }
                    @else { span .muted { "2人目の確認が終わるまで、準備した人にだけ表示します" } }
                }
            }
            div {
                dt { "送るもの" }
                dd {
                    @if fax.masked == 1 { "氏名を伏せた送付状だけ" }
                    @else {
                        "送付状と "
                        a href={ "/documents/" (fax.document_id) } { (fax.resident_name) " 様 " (papers::title(app, &fax.form)) " No. " (fax.serial) }
                    }
                    " " b { "全" (fax.pages) "枚" }
                }
            }
            @if !fax.subject.is_empty() { div { dt { "用件" } dd { (fax.subject) } } }
        }
    }
}

/// What to do now.
fn next(fax: &Fax, state: FaxState, is_first: bool, typed: &str, wrong: &Wrong) -> Markup {
    let to = format!("/faxes/{}", fax.id);
    let prints = html! {
        div .actions {
            a .button href={ (to) "/pdf" } target="_blank" rel="noopener" { "送付状を印刷する" }
            @if fax.masked == 0 {
                a .button .outline href={ "/documents/" (fax.document_id) "/pdf" } target="_blank" rel="noopener" { "紙を印刷する" }
            }
        }
    };
    html! {
        @if state == FaxState::Mismatched {
            (notice(NoticeKind::Warn, "番号が一致しません。まだ送らないでください", html! {
                p { "どちらが正しいかは、わかりません。2人とも、元の資料(病院の案内や名簿)で番号を確かめてください。" }
                p { "先に入力した番号が違っていたら、この送信を取り消して作り直します。あとの番号が違っていたら、もう一度入力します。" }
            }))
        }
        section .card {
            div .card-head { h2 { "つぎにすること" } }
            @match (state, is_first) {
                (FaxState::Unchecked | FaxState::Mismatched, true) => {
                    p { "別の職員が自分でログインして、「発行した紙」の「FAX」からこの送信を開き、番号をもう一度入力します。" b { "番号は口で伝えず、元の資料を見てもらってください。" } }
                    @if state == FaxState::Unchecked {
                        details .more {
                            summary { "夜間など、2人目がいないとき" }
                            p { "送付状に「2人目が確かめていません」と印刷し、手書きの確認欄を付けます。番号をもう一度、自分で資料と比べてください。" }
                            (prints)
                            form .form method="post" action=(to) {
                                button .button .outline name="do" value="sent" { "2人目の確認なしで送信した" }
                            }
                        }
                    }
                }
                (FaxState::Unchecked | FaxState::Mismatched, false) => {
                    form .form method="post" action=(to) {
                        (number_field("送り先のFAX番号", "準備した人に聞かず、元の資料(病院の案内や名簿)を見て入力してください", typed, wrong))
                        div .actions { button .button name="do" value="check" { "番号を確かめる" } }
                    }
                }
                (FaxState::Checked, _) => {
                    p { "印刷して、" b .number { (fax.number) } " へ送り、送ったら記録してください。" }
                    (prints)
                    form .form method="post" action=(to) {
                        button .button name="do" value="sent" { "送信した" }
                    }
                }
                (FaxState::Sent, _) => {
                    p { "送り先へ電話して、" b { "全" (fax.pages) "枚" } "が届いたかを確かめてください。" }
                    form .form method="post" action=(to) {
                        (line("words", "電話で話した相手・内容", "例 連携室の髙橋さん。全部届いた", typed, wrong, true))
                        div .actions {
                            button .button name="do" value="arrived" { "全部届いていた" }
                            button .button .outline name="do" value="failed" { "届いていない・足りない" }
                        }
                    }
                }
                (FaxState::Failed, _) => {
                    p { "違う相手に届いたかもしれないときは、すぐに管理者へ伝え、届いた先に電話して破棄を頼んでください。" }
                    p { a href={ "/documents/" (fax.document_id) "/fax" } { "番号を確かめて、送り直す" } }
                }
                (FaxState::Arrived | FaxState::Cancelled, _) => { p { "することはありません。" } }
            }
        }
    }
}

fn history(fax: &Fax, events: &[FaxEvent]) -> Markup {
    let mut was_checked = false;
    let lines = events.iter().map(|event| {
        was_checked |= event.kind == Event::Checked;
        let words = match event.kind {
            Event::Checked => "番号が一致",
            Event::Mismatched => "番号が不一致",
            Event::Sent if was_checked => "送信した",
            Event::Sent => "2人目の確認なしで送信した",
            Event::Arrived => "全部届いていた",
            Event::Failed => "届いていない・足りない",
            Event::Cancelled => "取り消した",
        };
        (event, words)
    });
    html! {
        section .card {
            div .card-head { h2 { "これまで" } }
            ol .timeline {
                li { (load::when(fax.at)) " " (fax.by_name) br; b { "準備して、番号を入力" } }
                @for (event, words) in lines {
                    li { (load::when(event.at)) " " (event.by_name) br; b { (words) } @if !event.words.is_empty() { br; (event.words) } }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Done {
    r#do: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    words: String,
}

pub async fn note(
    State(app): State<App>,
    page: Page,
    permit: Permit<IssueDocument>,
    Path(id): Path<FaxId>,
    Form(typed): Form<Done>,
) -> Result<Response, WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    let (fax, _) = fax::get(&app.store, &read, &id).await?;
    let mut wrong = Wrong::new();
    let event = match typed.r#do.as_str() {
        "check" => match rule::number(&typed.number) {
            Ok(again) => {
                let first = rule::number(&fax.number).map_err(|_| WebError::Broken)?;
                Some(rule::compare(&first, &again))
            }
            Err(problem) => {
                wrong.push(("number", problem.0));
                None
            }
        },
        "sent" => Some(Event::Sent),
        "arrived" => Some(Event::Arrived),
        "failed" => Some(Event::Failed),
        "cancelled" => Some(Event::Cancelled),
        _ => return Err(WebError::Bad("操作を選び直してください".to_owned())),
    };
    let needs_words = matches!(
        event,
        Some(Event::Arrived | Event::Failed | Event::Cancelled)
    );
    let words = check_line(&typed.words, LINE_CHARS).unwrap_or_else(|problem| {
        wrong.push(("words", problem.0));
        String::new()
    });
    if needs_words && words.is_empty() && wrong.is_empty() {
        wrong.push((
            "words",
            "だれと話したか、理由などを入力してください。".to_owned(),
        ));
    }
    match event {
        Some(event) if wrong.is_empty() => {
            let words = if needs_words { &words } else { "" };
            fax::record(&app.store, &permit, &id, event, words, app.now()).await?;
            Ok(Redirect::to(&format!("/faxes/{id}")).into_response())
        }
        _ => {
            let typed = if event.is_none() {
                &typed.number
            } else {
                &typed.words
            };
            let again = see(&app, &page, &read, &id, typed, &wrong).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
    }
}

/// The cover, as far as the number is checked now.
pub async fn pdf(
    State(app): State<App>,
    permit: Permit<IssueDocument>,
    Path(id): Path<FaxId>,
) -> Result<Response, WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    let (fax, events) = fax::get(&app.store, &read, &id).await?;
    let state = FaxEvent::state(&events);
    // A paper with the number on it would tell it to whoever is to type it unseen.
    if !shows_number(&fax, state, &permit.actor().staff) {
        return Err(WebError::Bad(
            "送付状は、番号の確認が終わるまで、準備した人だけが印刷できます".to_owned(),
        ));
    }
    if matches!(state, FaxState::Mismatched | FaxState::Cancelled) {
        return Err(WebError::Bad(
            "番号が一致していないか、取り消された送信です。送付状は印刷できません".to_owned(),
        ));
    }
    let (paper, _) = document::get(&app.store, &read, &fax.document_id).await?;
    let Loaded { head, view, .. } = load::resident(&app, &read, &fax.resident_id).await?;
    load::note_read(&app, &read, &fax.resident_id, "fax.printed").await?;
    let bytes = draw(&app, &fax, &events, &paper, &head.name, view).await?;
    Ok(pdf_response("fax", bytes))
}

async fn draw(
    app: &App,
    fax: &Fax,
    events: &[FaxEvent],
    paper: &Document,
    name: &str,
    view: SheetView,
) -> Result<Vec<u8>, WebError> {
    let now = app.now();
    let title = papers::title(app, &paper.form).to_owned();
    let name = match fax.masked {
        0 => name.to_owned(),
        _ => rule::masked(name),
    };
    let second = events.iter().find(|event| event.kind == Event::Checked);
    let (fax, second, serial, issued_at) = (
        fax.clone(),
        second.cloned(),
        paper.serial.clone(),
        paper.issued_at,
    );
    typeset(app, move || {
        let known = |words: crate::domain::answer::Shown| match words.is_settled() {
            true => words.line(),
            false => String::new(),
        };
        let facts = &view.facility;
        let night_phone = facts.night_phone.value().map(ToString::to_string);
        let night_phone = night_phone.unwrap_or_default();
        let age = known(Computed::Age.shown(&view));
        let pages = usize::try_from(fax.pages).unwrap_or(1);
        cover::render(&Cover {
            id: fax.id.as_str(),
            printed_at: now,
            to: To {
                recipient: &fax.recipient,
                department: &fax.department,
                person: &fax.person,
                number: &fax.number,
            },
            from: cover::From {
                facility: &facts.facility_name.to_string(),
                address: &facts.facility_address.to_string(),
                phone: &facts.facility_phone.to_string(),
                night_phone: &night_phone,
                fax: &facts.facility_fax.to_string(),
                sender: &fax.by_name,
            },
            name: &name,
            age: &age,
            subject: &fax.subject,
            sent: match fax.masked {
                0 => Sent::Paper {
                    title: &title,
                    serial: &serial,
                    issued_at,
                    pages: pages.saturating_sub(1),
                },
                _ => Sent::Nothing,
            },
            pages,
            first: Typed {
                name: &fax.by_name,
                at: fax.at,
            },
            second: second.as_ref().map(|second| Typed {
                name: &second.by_name,
                at: second.at,
            }),
        })
    })
    .await
}

/// The sendings on which somebody still has to do something; nothing when there are none.
pub async fn open_card(app: &App, permit: &Permit<ReadResident>) -> Result<Markup, WebError> {
    let open = fax::open(&app.store, permit, LISTED).await?;
    Ok(card("FAX 送信の途中", &open))
}

/// The sendings of one paper; nothing when there are none.
pub async fn card_of(
    app: &App,
    permit: &Permit<ReadResident>,
    document: &DocumentId,
) -> Result<Markup, WebError> {
    let all = fax::of_document(&app.store, permit, document, LISTED).await?;
    Ok(card("FAX", &all))
}

fn card(title: &str, faxes: &[(Fax, FaxState)]) -> Markup {
    html! {
        @if !faxes.is_empty() {
            section .card #fax {
                div .card-head { h2 { (title) " " (faxes.len()) "件" } }
                ul .papers {
                    @for (fax, state) in faxes {
                        li {
                            div {
                                b { (fax.recipient) } " " span .tag data-tone=(tone(*state)) { (state.label()) } br;
                                span .small .muted .number { (fax.room.as_deref().unwrap_or_default()) " " (fax.resident_name) " No. " (fax.serial) " " (load::when(fax.at)) " " (fax.by_name) }
                            }
                            div .actions { a .button .outline .small href={ "/faxes/" (fax.id) } { "開く" span .visually-hidden { ": " (fax.recipient) } } }
                        }
                    }
                }
            }
        }
    }
}
