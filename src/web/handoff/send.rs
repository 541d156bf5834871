//! Giving a document to a hospital in whatever way, and the record of it.

use axum::Form as Posted;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

use super::own_document;
use crate::domain::answer::{Answer, Known};
use crate::domain::handoff::sending::{
    DeskKind, Event, LINK_DAYS, Method, Passcode, Progress, TRIES,
};
use crate::domain::id::{DocumentId, HandoffId, SendingId};
use crate::domain::link::LinkToken;
use crate::domain::permit::{ActionKind, HandleSensitive, IssueDocument, Permit, ReadResident};
use crate::domain::text::check_line;
use crate::export::qr::Qr;
use crate::store::desk::{self, Desk};
use crate::store::sending::{self, NewLink, NewSending, Sending};
use crate::store::{StoreError, document, handoff};
use crate::web::icon::{Icon, icon};
use crate::web::page::{NoticeKind, Page, Place, crumbs, notice};
use crate::web::session::sha256;
use crate::web::{App, WebError, fax, load, walk};

/// As many desks as one page offers.
const DESKS: i64 = 200;
/// As many pages as one sending may have.
const PAGES_MAX: i64 = 200;

/// How a document is given, and to whom.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    method: String,
    recipient: String,
    department: String,
    person: String,
    role: String,
    pages: String,
    attachments: String,
    note: String,
    /// The hospital in whose inbox it is laid.
    hospital: String,
}

/// What is wrong, at its field.
pub type Wrong = Vec<(&'static str, String)>;

pub async fn send_form(
    State(app): State<App>,
    page: Page,
    _issue: Permit<IssueDocument>,
    permit: Permit<ReadResident>,
    Path((id, document)): Path<(HandoffId, DocumentId)>,
) -> Result<Markup, WebError> {
    let loaded = super::load_stay(&app, &permit, &id, false).await?;
    let admission = &loaded.stay_view().stay.admission;
    let (paper, _) = own_document(&app, &page, &permit, &id, &document).await?;
    let bytes = document::pdf(&app.store, &permit, &document).await?;
    let word = |answer: &dyn Answer| match answer.shown() {
        crate::domain::answer::Shown::Text(words) => words,
        _ => String::new(),
    };
    let wanted = Wanted {
        recipient: word(&admission.hospital_name),
        department: word(&admission.hospital_ward),
        person: word(&admission.hospital_contact_name),
        role: word(&admission.hospital_contact_role),
        pages: crate::export::pdf::page_count(bytes)
            .map(|count| count.to_string())
            .unwrap_or_default(),
        ..Wanted::default()
    };
    load::note_read(&app, &permit, &paper.resident_id, "document.viewed").await?;
    ask(&app, &page, &permit, &id, &document, &wanted, &Wrong::new()).await
}

async fn ask(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    id: &HandoffId,
    document: &DocumentId,
    wanted: &Wanted,
    wrong: &Wrong,
) -> Result<Markup, WebError> {
    let (paper, _) = own_document(app, page, permit, id, document).await?;
    let loaded = super::load_stay(app, permit, id, false).await?;
    let desks = desk::list(&app.store, permit, DESKS).await?;
    let hospitals = sending::hospitals(&app.store, DESKS).await?;
    let title = crate::web::document::title(app, &paper.form).to_owned();
    let error = |field: &str| {
        wrong
            .iter()
            .find(|(at, _)| *at == field)
            .map(|(_, words)| words.as_str())
    };
    let field = |name: &'static str, label: &str, value: &str, hint: &str, list: Option<&str>| {
        html! {
            div .field .invalid[error(name).is_some()] {
                label for=(name) { (label) }
                @if !hint.is_empty() { p .hint id={ (name) "-hint" } { (hint) } }
                @if let Some(words) = error(name) { p .error id={ (name) "-error" } { (icon(Icon::Stop)) span { (words) } } }
                input .w-l id=(name) name=(name) value=(value) autocomplete="off" list=[list]
                    aria-describedby={ (name) "-hint " (name) "-error" } aria-invalid=[error(name).map(|_| "true")];
            }
        }
    };
    let here = loaded.stay_view().stay.admission.hospital_name.clone();
    let near: Vec<&Desk> = desks
        .iter()
        .filter(|desk| matches!(&here, Known::Value(name) if name.as_str() == desk.hospital))
        .collect();
    Ok(page.show_narrow(
        Place::Handoffs,
        "送る・渡した記録",
        html! {
            (crumbs(&[("/handoffs", "入退院"), (&format!("/handoffs/{id}"), &format!("{}さんの入院", loaded.stay.resident_name)), (&format!("/handoffs/{id}/documents/{document}"), &format!("{title} No. {}", paper.serial))], "送る・渡した記録"))
            (walk::read::identity_header(&loaded.view, crate::web::photo::address(&loaded.head).as_deref()))
            h1 { "送る・渡した記録" }
            p { b { (title) } " " span .code { "No. " (paper.serial) } }
            (desks_card(&near))
            form .form method="post" {
                fieldset .field .invalid[error("method").is_some()] {
                    legend { "方法" }
                    @if let Some(words) = error("method") { p .error { (icon(Icon::Stop)) span { (words) } } }
                    p .hint { "「電子」は、病院が案内の番地と、電話で伝える合言葉で開く画面です。FAXは送付状を作り、番号を二人で確かめてから送ります。ほかは渡したことの記録です" }
                    div .choices {
                        @for method in Method::ALL.iter().filter(|method| **method != Method::Inbox || !hospitals.is_empty()) {
                            label .choice {
                                input type="radio" name="method" value=(method.code()) checked[wanted.method == method.code()] required;
                                span { (method.label()) }
                            }
                        }
                    }
                }
                @if !hospitals.is_empty() {
                    div .field .invalid[error("hospital").is_some()] {
                        label for="hospital" { "受信箱のある病院" }
                        p .hint #hospital-hint { "「電子(病院の受信箱)」のとき。その病院の職員だけが、この書類だけを見られます" }
                        @if let Some(words) = error("hospital") { p .error #hospital-error { (icon(Icon::Stop)) span { (words) } } }
                        select #hospital name="hospital" aria-describedby="hospital-hint hospital-error" {
                            option value="" { "選んでください" }
                            @for hospital in &hospitals { option value=(hospital.id) selected[wanted.hospital == hospital.id.as_str()] { (hospital.name) } }
                        }
                    }
                }
                (field("recipient", "渡す病院", &wanted.recipient, "", Some("hospitals")))
                datalist #hospitals { @for desk in desks.iter().filter(|desk| desk.kind == DeskKind::Hospital) { option value=(desk.hospital); } }
                (field("department", "部署・病棟", &wanted.department, "例 入退院支援センター、3階東病棟", None))
                (field("person", "相手の氏名", &wanted.person, "", None))
                (field("role", "相手の職種", &wanted.role, "例 MSW、看護師、救急隊", None))
                (field("pages", "枚数", &wanted.pages, "添付も入れた全部", None))
                (field("attachments", "添付", &wanted.attachments, "例 お薬手帳の写し、施設サービス計画書", None))
                (field("note", "備考", &wanted.note, "", None))
                div .bar {
                    button .button { "記録する・次へ" }
                    a .button .text href={ "/handoffs/" (id) "/documents/" (document) } { "やめる" }
                }
            }
        },
    ))
}

/// Whom to call back, with the day on which somebody asked whether it is right.
fn desks_card(desks: &[&Desk]) -> Markup {
    html! {
        section .card {
            div .card-head { h2 { "送る前に: 病院の電話" } }
            @if desks.is_empty() {
                p { "この病院の窓口は窓口一覧にありません。番号を病院の公式の案内で確かめてください。" a href="/desks" { "窓口一覧に加える" } }
            }
            ul .papers {
                @for desk in desks {
                    li { div {
                        b { (desk.hospital) } " " (desk.department) " " (desk.person) br;
                        "電話 " (walk::read::phone(&desk.phone)) @if !desk.fax.is_empty() { " FAX " span .number { (desk.fax) } }
                        @if !desk.hours.is_empty() { " " (desk.hours) } br;
                        span .small .muted { @match desk.confirmed_on { Some(day) => { (day.iso()) " 確認" }, None => "確認日なし" } " " (desk.by_name) }
                    } }
                }
            }
        }
    }
}

pub async fn post(
    State(app): State<App>,
    page: Page,
    permit: Permit<IssueDocument>,
    Path((id, document)): Path<(HandoffId, DocumentId)>,
    Posted(wanted): Posted<Wanted>,
) -> Result<Response, WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    own_document(&app, &page, &read, &id, &document).await?;
    let given = match give(&app, &permit, &document, &wanted).await? {
        Ok(given) => given,
        Err(wrong) => {
            let again = ask(&app, &page, &read, &id, &document, &wanted, &wrong).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
        }
    };
    let Given { id: sent, link } = match given {
        Some(given) => given,
        None => {
            let typed = fax::Wanted::to(&wanted.recipient, &wanted.department, &wanted.person);
            let page = fax::ask(&app, &page, &read, &document, &typed, &Vec::new()).await?;
            return Ok(page.into_response());
        }
    };
    if let Some((address, passcode)) = link {
        let letter = Letter {
            address: Some(address),
            passcode: &passcode,
        };
        let (sent, _) = sending::get(&app.store, &read, &sent).await?;
        return Ok(told_once(&app, &page, &read, &sent, &letter)
            .await?
            .into_response());
    }
    Ok(Redirect::to(&format!("/sendings/{sent}")).into_response())
}

/// What was written down; with the page's address and passcode, which are told once.
pub struct Given {
    pub id: SendingId,
    pub link: Option<(String, Passcode)>,
}

/// Writes down that a document is given; `None` for a FAX, which is prepared on its own page and enters the record when
/// it is sent. What is wrong with the words comes back at its field.
///
/// # Errors
/// `NotFound` without such a document of a stay.
pub async fn give(
    app: &App,
    permit: &Permit<IssueDocument>,
    document: &DocumentId,
    wanted: &Wanted,
) -> Result<Result<Option<Given>, Wrong>, WebError> {
    let (method, pages) = match checked(wanted) {
        Ok(checked) => checked,
        Err(wrong) => return Ok(Err(wrong)),
    };
    if method == Method::Fax {
        return Ok(Ok(None));
    }
    let read = permit.actor().permit::<ReadResident>()?;
    let belongs = handoff::of_document(&app.store, &read, document).await?;
    if method == Method::CrewByHand && belongs.is_some_and(|belongs| belongs.restricted != 0) {
        let words = "取扱注意の書類は救急隊に渡しません。病院の担当者に渡してください".to_owned();
        return Ok(Err(vec![("method", words)]));
    }
    let mut recipient = wanted.recipient.trim().to_owned();
    let hospital = match (method, wanted.hospital.trim()) {
        (Method::Inbox, "") => {
            let words = "どの病院の受信箱に入れるかを選んでください".to_owned();
            return Ok(Err(vec![("hospital", words)]));
        }
        (Method::Inbox, chosen) => {
            let known = sending::hospitals(&app.store, DESKS).await?;
            let Some(known) = known.into_iter().find(|known| known.id.as_str() == chosen) else {
                let words = "受信箱のある病院を選び直してください".to_owned();
                return Ok(Err(vec![("hospital", words)]));
            };
            // The record names whose inbox it is.
            recipient = known.name;
            Some(known.id)
        }
        _ => None,
    };
    let id = SendingId::new(app.clock.as_ref(), app.entropy.as_ref());
    let now = app.now();
    let token = LinkToken::new(app.entropy.as_ref());
    let passcode = Passcode::new(app.entropy.as_ref());
    let token_hash = sha256(token.as_str().as_bytes());
    let passcode_hash = passcode_hash(&token_hash, &passcode);
    let link = (method == Method::Link).then_some(NewLink {
        token_hash: &token_hash,
        passcode_hash: &passcode_hash,
        expires_at: now.plus_days(LINK_DAYS),
    });
    let new = NewSending {
        id: &id,
        document,
        method,
        recipient: &recipient,
        department: wanted.department.trim(),
        person: wanted.person.trim(),
        role: wanted.role.trim(),
        pages,
        attachments: wanted.attachments.trim(),
        note: wanted.note.trim(),
        fax: None,
        hospital: hospital.as_ref(),
        link,
    };
    sending::send(&app.store, permit, new, now).await?;
    let link = (method == Method::Link).then(|| (hospital_address(app, &token), passcode));
    Ok(Ok(Some(Given { id, link })))
}

fn checked(wanted: &Wanted) -> Result<(Method, i64), Wrong> {
    let mut wrong = Wrong::new();
    let method = Method::from_code(&wanted.method);
    if method.is_none() {
        wrong.push(("method", "方法を選んでください".to_owned()));
    }
    let lines = [
        ("recipient", &wanted.recipient, 60),
        ("department", &wanted.department, 60),
        ("person", &wanted.person, 40),
        ("role", &wanted.role, 40),
        ("attachments", &wanted.attachments, 120),
        ("note", &wanted.note, 200),
    ];
    for (name, typed, max) in lines {
        if let Err(problem) = check_line(typed.trim(), max)
            && !typed.trim().is_empty()
        {
            wrong.push((name, problem.0));
        }
    }
    if wanted.recipient.trim().is_empty() {
        wrong.push(("recipient", "渡した病院・相手を入力してください".to_owned()));
    }
    let digits = crate::domain::number::Decimal::parse_between(
        wanted.pages.trim(),
        10,
        i32::try_from(PAGES_MAX * 10).unwrap_or(i32::MAX),
        false,
        "枚",
    );
    let pages = match digits {
        Ok(number) => i64::from(number.tenths() / 10),
        Err(problem) => {
            wrong.push(("pages", problem.0));
            0
        }
    };
    match (method, wrong.is_empty()) {
        (Some(method), true) => Ok((method, pages)),
        _ => Err(wrong),
    }
}

/// Bound to its page, so that one hash tells nothing of another.
pub fn passcode_hash(token_hash: &[u8; 32], passcode: &Passcode) -> [u8; 32] {
    sha256(&[token_hash, passcode.as_str().as_bytes()].concat())
}

fn hospital_address(app: &App, token: &LinkToken) -> String {
    format!(
        "{}/h/{}",
        app.base_url.trim_end_matches('/'),
        token.as_str()
    )
}

/// What is shown once and never again.
struct Letter<'a> {
    /// Not told again with a new passcode: the hospital has it.
    address: Option<String>,
    passcode: &'a Passcode,
}

async fn told_once(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    sent: &Sending,
    letter: &Letter<'_>,
) -> Result<Markup, WebError> {
    let facts = load::facility_facts(app, permit).await?;
    let desks = desk::list(&app.store, permit, DESKS).await?;
    let desks: Vec<&Desk> = desks
        .iter()
        .filter(|desk| desk.hospital == sent.recipient)
        .collect();
    let symbol = letter
        .address
        .as_ref()
        .and_then(|address| Qr::encode(address).ok())
        .map(|qr| qr.svg("この書類を開く番地"));
    Ok(page.show_narrow(
        Place::Handoffs,
        "合言葉を電話で伝える",
        html! {
            (crumbs(&[("/handoffs", "入退院"), (&format!("/sendings/{}", sent.id), "送付の記録")], "合言葉を電話で伝える"))
            div .no-print {
                h1 { "合言葉を電話で伝えてください" }
                (notice(NoticeKind::Warn, "この画面は一度だけです", html! {
                    p { "合言葉はここを離れると二度と見られません。案内(番地)とは別に、病院へ電話して口で伝えます。案内やFAX、メールに書かないでください。" }
                }))
                section .card {
                    div .card-head { h2 { "電話で読み上げる合言葉" } }
                    p .passcode .number { (letter.passcode.grouped()) }
                    p .small { (TRIES) "回まちがえると使えなくなります。そのときは病院から電話をもらい、この送付の記録から新しい合言葉を作ります。" }
                }
                (desks_card(&desks))
            }
            @if let Some(address) = &letter.address {
                section .card .letter {
                    h2 { "入院時の情報のご案内" }
                    p { (sent.recipient) " " (sent.department) " " (sent.person) @if !sent.person.is_empty() || !sent.department.is_empty() { " 様" } }
                    p { (facts.facility_name) " から、書類 No. " span .code { (sent.serial) } " をお送りします。下の番地を開き、お電話でお伝えする8桁の合言葉を入れてください。アカウントは要りません。" }
                    @if let Some(symbol) = &symbol { div .qr { (PreEscaped(symbol)) } }
                    p .code .address { (address) }
                    p { "お問い合わせ " (facts.facility_phone) }
                    p .small { "開けるのは " (crate::domain::date::moment_text(sent.at.plus_days(LINK_DAYS))) " までです。ほかの方へ転送しないでください。" }
                }
                p .no-print { "この画面を印刷すると、案内だけが印刷されます(合言葉は印刷されません)。" }
            }
            div .actions .no-print { a .button href={ "/sendings/" (sent.id) } { "伝えた・送付の記録へ" } }
        },
    ))
}

pub async fn show(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path(id): Path<SendingId>,
) -> Result<Markup, WebError> {
    drawn(&app, &page, &permit, &id, html! {}).await
}

async fn drawn(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    id: &SendingId,
    told: Markup,
) -> Result<Markup, WebError> {
    let (sent, noted) = sending::get(&app.store, permit, id).await?;
    let link = sending::link_of(&app.store, permit, id).await?;
    only_who_may(app, permit, &sent.document_id).await?;
    load::note_read(app, permit, &sent.resident_id, "sending.viewed").await?;
    let progress = Progress::of(noted.iter().map(|noted| noted.kind));
    let may = page.may(ActionKind::IssueDocument);
    let button = |event: Event, words: &str, style: &str| {
        html! { @if progress.allows(event) { button class={ "button " (style) } name="do" value=(event.code()) { (words) } } }
    };
    Ok(page.show_narrow(
        Place::Handoffs,
        "送付の記録",
        html! {
            (crumbs(&[("/handoffs", "入退院"), (&format!("/handoffs/{}", sent.handoff_id), &format!("{}さんの入院", sent.resident_name))], "送付の記録"))
            h1 { (sent.method.label()) " → " (sent.recipient) }
            p { span .tag { (progress.label()) } }
            (told)
            dl .facts {
                div { dt { "書類" } dd { a href={ "/handoffs/" (sent.handoff_id) "/documents/" (sent.document_id) } { (crate::web::document::title(app, &sent.form)) " No. " (sent.serial) } } }
                div { dt { "相手" } dd { (sent.recipient) " " (sent.department) " " (sent.person) " " (sent.role) } }
                div { dt { "いつ・だれが" } dd { span .number { (load::when(sent.at)) } " " (sent.by_name) } }
                div { dt { "枚数" } dd { (sent.pages) "枚" } }
                @if !sent.attachments.is_empty() { div { dt { "添付" } dd { (sent.attachments) } } }
                @if !sent.note.is_empty() { div { dt { "備考" } dd { (sent.note) } } }
                @if let Some(link) = &link {
                    div { dt { "合言葉" } dd {
                        @if link.ended_at.is_some() { "取り消し済み。この画面はもう開きません" }
                        @else if link.expires_at <= app.now() { "期限切れ。新しい合言葉を作ると、同じ番地がまた開きます" }
                        @else if link.tries >= TRIES { (TRIES) "回まちがえられたので使えません。病院に電話して新しい合言葉を伝えてください" }
                        @else { (crate::domain::date::moment_text(link.expires_at)) " まで" @if link.tries > 0 { "(まちがい " (link.tries) "回)" } }
                    } }
                }
                @if let Some(fax) = &sent.fax_id { div { dt { "FAX" } dd { a href={ "/faxes/" (fax) } { "FAXの記録" } } } }
            }
            section .card {
                div .card-head { h2 { "その後" } }
                @if noted.is_empty() { p { "まだ何も記録されていません。病院に電話して、全部届いたかを確かめてください。" } }
                ol .plain-list {
                    @for one in &noted {
                        li {
                            span .number { (load::when(one.at)) } " " b { (one.kind.label()) } " " (one.by_name)
                            @if one.by_staff.as_str().is_empty() { " (病院)" }
                            @if !one.words.is_empty() { br; (walk::read::lines(&one.words)) }
                        }
                    }
                }
            }
            @if may && !progress.recalled {
                form .form method="post" {
                    div .field {
                        label for="words" { "ひとこと・答え" }
                        p .hint { "到着を確かめた相手、問い合わせへの答えなど。200字まで" }
                        textarea #words name="words" maxlength="200" {}
                    }
                    div .actions {
                        (button(Event::Answered, "問い合わせに答える", ""))
                        (button(Event::Feedback, "戻ったあとの様子を知らせる", "outline"))
                        @if sent.method != Method::Fax {
                            (button(Event::Received, "電話で到着を確かめた", ""))
                            (button(Event::Failed, "届いていない", "outline"))
                        }
                        @if link.as_ref().is_some_and(|link| link.ended_at.is_none()) {
                            (button(Event::NewPasscode, "新しい合言葉を作る", "outline"))
                            (button(Event::Recalled, "取り消す(画面を閉じる)", "danger"))
                        } @else if sent.method == Method::Inbox {
                            (button(Event::Recalled, "取り消す(受信箱から消す)", "danger"))
                        }
                    }
                }
            }
        },
    ))
}

/// Whether a document may be handled by this person: what only some may see, they may see.
async fn only_who_may(
    app: &App,
    permit: &Permit<ReadResident>,
    document: &DocumentId,
) -> Result<(), WebError> {
    let belongs = handoff::of_document(&app.store, permit, document).await?;
    if belongs.is_some_and(|belongs| belongs.restricted != 0) {
        permit.actor().permit::<HandleSensitive>()?;
    }
    Ok(())
}

#[derive(Deserialize)]
pub struct Note {
    r#do: String,
    #[serde(default)]
    words: String,
}

pub async fn note(
    State(app): State<App>,
    page: Page,
    permit: Permit<IssueDocument>,
    Path(id): Path<SendingId>,
    Posted(typed): Posted<Note>,
) -> Result<Response, WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    let event = Event::from_code(&typed.r#do)
        .ok_or_else(|| WebError::Bad("画面のボタンから操作してください".to_owned()))?;
    let words = typed.words.replace("\r\n", "\n");
    let words = words.trim();
    let (sent, _) = sending::get(&app.store, &read, &id).await?;
    only_who_may(&app, &read, &sent.document_id).await?;
    let problem = match event {
        Event::Opened | Event::Printed | Event::Asked => {
            return Err(WebError::Bad("画面のボタンから操作してください".to_owned()));
        }
        Event::Answered if words.is_empty() => Some("答えを書いてください".to_owned()),
        Event::Feedback if words.is_empty() => Some("様子を書いてください".to_owned()),
        _ => crate::domain::text::check_lines(words, 200)
            .err()
            .filter(|_| !words.is_empty())
            .map(|problem| problem.0),
    };
    if let Some(problem) = problem {
        let told = notice(
            NoticeKind::Warn,
            "記録していません",
            html! { p { (problem) } @if !words.is_empty() { p { "入力: " (words) } } },
        );
        let page = drawn(&app, &page, &read, &id, told).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    if event == Event::NewPasscode {
        let link = sending::link_of(&app.store, &read, &id)
            .await?
            .ok_or(WebError::NotFound)?;
        let token_hash: [u8; 32] = link.token_hash.try_into().map_err(|_| WebError::Broken)?;
        let passcode = Passcode::new(app.entropy.as_ref());
        let hash = passcode_hash(&token_hash, &passcode);
        let until = app.now().plus_days(LINK_DAYS);
        sending::renew_passcode(&app.store, &permit, &id, &hash, until, app.now()).await?;
        let letter = Letter {
            address: None,
            passcode: &passcode,
        };
        return Ok(told_once(&app, &page, &read, &sent, &letter)
            .await?
            .into_response());
    }
    match sending::record(&app.store, &permit, &id, event, words, app.now()).await {
        Ok(()) => Ok(Redirect::to(&format!("/sendings/{id}")).into_response()),
        // Somebody else did it, or recalled it, meanwhile.
        Err(StoreError::Moved) => {
            let told = notice(
                NoticeKind::Warn,
                "記録していません。ほかの人が先に記録しました",
                html! { p { "下の「その後」を見てください。" } @if !words.is_empty() { p { "入力: " (words) } } },
            );
            let page = drawn(&app, &page, &read, &id, told).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
