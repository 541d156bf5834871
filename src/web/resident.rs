//! The list of residents, one resident's page, and coming, moving and leaving.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::directive::raise;
use super::icon::{Icon, icon};
use super::load::{self, Change, Loaded};
use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::walk::{
    self,
    edit::{Pages, Typed},
};
use super::{App, WebError};
use crate::domain::answer::{Coded, Inputs, Problems};
use crate::domain::date::Day;
use crate::domain::form::Section;
use crate::domain::id::ResidentId;
use crate::domain::kana;
use crate::domain::permit::{ActionKind, EditSheet, MoveResident, Permit, ReadResident};
use crate::domain::record::{Record, Sex};
use crate::domain::resident::{Head, Status};
use crate::domain::sheet::{Staleness, missing};
use crate::domain::standing::Standing;
use crate::store::resident::{Admission, Cursor, Find, Listed, ResidentHead};
use crate::store::sheet::NewRevision;
use crate::store::{document, resident, scan, sheet};

/// Residents on one page of the list.
const PAGE: i64 = 60;

#[derive(Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    show: String,
    #[serde(default)]
    order: String,
    #[serde(default)]
    after: String,
}

pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Query(query): Query<ListQuery>,
) -> Result<Markup, WebError> {
    let status = Status::from_code(&query.show).unwrap_or(Status::LivingIn);
    let by_kana = query.order == "kana";
    let asked = query.q.trim();
    let after = (!query.after.is_empty())
        .then(|| read_cursor(&query.after))
        .flatten();
    let found = if asked.is_empty() {
        let find = if by_kana { Find::ByKana } else { Find::ByPlace };
        resident::list(&app.store, &permit, find, status, after.as_ref(), PAGE).await?
    } else {
        search(&app, &permit, asked, status).await?
    };
    let next = (asked.is_empty() && found.len() == PAGE as usize)
        .then(|| {
            found
                .last()
                .map(|last| write_cursor(&cursor_of(by_kana, &last.head)))
        })
        .flatten();
    let counts = resident::count(&app.store, &permit).await?;
    let mut rows = Vec::with_capacity(found.len());
    let heads: Vec<_> = found.iter().map(|listed| &listed.head).collect();
    let standings = load::standings(&app, &permit, &heads).await?;
    let alike = load::names_like_each(&app, &permit, &heads).await?;
    for ((listed, standing), alike) in found.iter().zip(&standings).zip(&alike) {
        rows.push(row(&app, listed, alike, standing));
    }
    let entry = crate::store::Entry::new(
        "resident.listed",
        None,
        serde_json::json!({"rows": found.len()}),
    );
    load::note_view(&app, &permit, entry).await?;
    let title = "入居者";
    Ok(page.show(
        Place::Residents,
        title,
        html! {
            div .title-row {
                h1 { (title) }
                div .actions {
                    @if page.may(ActionKind::MoveResident) {
                        a .button href="/residents/new" { "入居の登録" }
                    }
                    @if page.may(ActionKind::ImportResidents) {
                        a .button .outline href="/residents/import" { "名簿の取り込み" }
                    }
                }
            }
            div .toolbar {
                form .search role="search" action="/residents" method="get" {
                    div .field {
                        label for="q" { "名前・かなの始まりで探す" }
                        input #q name="q" type="search" value=(asked) autocomplete="off";
                    }
                    @if status != Status::LivingIn { input type="hidden" name="show" value=(status.code()); }
                    button .button .outline { "探す" }
                }
            }
            nav .tabs aria-label="絞り込み" {
                ul {
                    @for known in Status::ALL {
                        @let count = counts.iter().find(|(of, _)| *of == known).map_or(0, |(_, count)| *count);
                        li {
                            a href={ "/residents?show=" (known.code()) } aria-current=[(known == status).then_some("page")] {
                                (known.label()) " " span .number { (count) }
                            }
                        }
                    }
                }
            }
            p .small #found role="status" {
                @if asked.is_empty() { (found.len()) "人を表示" } @else { "「" (asked) "」で " (found.len()) "人" }
                " ・ 並び: "
                @if by_kana { a href="/residents" { "居室の順" } " / かなの順" }
                @else { "居室の順 / " a href="/residents?order=kana" { "かなの順" } }
            }
            @if status == Status::LivingIn && !found.is_empty() {
                @if let Some(standing) = standings.first() { (walk::read::list_note(&standing.band().area)) }
            }
            div #results {
                @if found.is_empty() {
                    (empty(&page, asked))
                } @else if by_kana || !asked.is_empty() {
                    ul .residents { @for row in &rows { (row) } }
                } @else {
                    @for (floor, from, to) in floors(&found) {
                        section .floor {
                            h2 { (floor) " " span { (to - from) "人" } }
                            ul .residents { @for row in &rows[from..to] { (row) } }
                        }
                    }
                }
            }
            @if let Some(next) = next {
                nav .pager aria-label="続き" {
                    a .button .outline href={ "/residents?show=" (status.code()) "&order=" (query.order) "&after=" (next) } {
                        "次の" (PAGE) "人"
                    }
                }
            }
        },
    ))
}

fn empty(page: &Page, asked: &str) -> Markup {
    html! {
        div .empty {
            @if asked.is_empty() {
                p { "ここに表示する方はまだいません。" }
                @if page.may(ActionKind::MoveResident) {
                    a .button href="/residents/new" { "入居の登録" }
                    a .button .outline href="/residents/import" { "名簿の取り込み" }
                }
            } @else {
                p { "「" (asked) "」で始まる名前・かなの方はいません。短くして試してください。" }
                a .button .outline href="/residents" { "全員を表示" }
            }
        }
    }
}

/// Runs of the same floor: name, first and one past the last.
fn floors(found: &[Listed]) -> Vec<(&str, usize, usize)> {
    let mut runs: Vec<(&str, usize, usize)> = Vec::new();
    for (index, listed) in found.iter().enumerate() {
        let floor = listed.head.floor.as_deref().unwrap_or("階 未記入");
        match runs.last_mut() {
            Some((last, _, to)) if *last == floor => *to = index + 1,
            _ => runs.push((floor, index, index + 1)),
        }
    }
    runs
}

/// By reading and by name; a name that is written in kana is found by both.
pub async fn search(
    app: &App,
    permit: &Permit<ReadResident>,
    asked: &str,
    status: Status,
) -> Result<Vec<Listed>, WebError> {
    let kana_key = kana::search_key(asked);
    let name_key = kana::name_key(asked);
    let mut found = Vec::new();
    if !kana_key.is_empty() {
        let by_kana = Find::KanaPrefix(&kana_key);
        found = resident::list(&app.store, permit, by_kana, status, None, PAGE).await?;
    }
    if !name_key.is_empty() {
        let by_name = Find::NamePrefix(&name_key);
        for listed in resident::list(&app.store, permit, by_name, status, None, PAGE).await? {
            if found.iter().all(|known| known.head.id != listed.head.id) {
                found.push(listed);
            }
        }
    }
    Ok(found)
}

fn cursor_of(by_kana: bool, head: &ResidentHead) -> Cursor {
    if by_kana {
        Find::ByKana.cursor(head)
    } else {
        Find::ByPlace.cursor(head)
    }
}

/// A cursor as it stands in an address.
pub fn write_cursor(cursor: &Cursor) -> String {
    format!("{}.{}", super::session::hex(&cursor.key), cursor.id)
}

/// A cursor from an address; `None` if it is none of ours.
pub fn read_cursor(text: &str) -> Option<Cursor> {
    let (key, id) = text.split_once('.')?;
    let key = (0..key.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(key.get(at..at + 2)?, 16).ok())
        .collect::<Option<Vec<u8>>>()?;
    Some(Cursor {
        key,
        id: ResidentId::from(id),
    })
}

fn row(app: &App, listed: &Listed, alike: &[String], standing: &Standing) -> Markup {
    let head = &listed.head;
    let today = Day::of(app.now());
    let open = load::read_record(&listed.sheet.body)
        .map(|record| missing(&record, app.forms.emergency()).len());
    html! {
        li .resident {
            (walk::read::face(&head.name, super::photo::address(head).as_deref()))
            p .resident-place .number { b { (head.room.as_deref().unwrap_or("居室未記入")) } }
            div .resident-name {
                span .kana { (head.name_kana) }
                a href={ "/residents/" (head.id) } { (head.name) }
                p .resident-who {
                    @match head.birth_date {
                        Some(born) => { (born.age_on(today)) "歳 " }
                        None => { "年齢未確認 " }
                    }
                    (sex_label(head)) " "
                    @if let Some(born) = head.birth_date { (born.wareki()) }
                }
            }
            (walk::read::band_line(standing))
            @if raise::has_something(standing) { (raise::panel(head)) }
            p .resident-marks {
                (walk::read::like_names(alike))
                (walk::read::staleness(Staleness::of(head.verified_at.map(Day::of), today)))
                @match open {
                    Ok(0) => {}
                    Ok(open) => { span .tag data-tone="warn" { "要確認 " (open) "件" } }
                    Err(_) => { span .tag data-tone="bad" { "記録を読めません" } }
                }
                @if let (Status::Left | Status::Died, Some(on)) = (head.status, head.status_on) {
                    span .tag data-tone="off" { (head.status.label()) " " (on.wareki()) }
                }
            }
        }
    }
}

fn sex_label(head: &ResidentHead) -> &'static str {
    let code = head.sex.as_deref().unwrap_or_default();
    <Sex as Coded>::parse(code).map_or("性別未確認", |sex| sex.choice().label)
}

pub async fn show(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Markup, WebError> {
    let loaded = load::resident(&app, &permit, &id).await?;
    let Loaded { head, view, .. } = &loaded;
    load::note_read(&app, &permit, &id, "resident.viewed").await?;
    let papers = document::list(&app.store, &permit, &id, 20).await?;
    let scans = scan::of_resident(&app.store, &permit, &id, 10).await?;
    let drafts = match page.actor.permit::<EditSheet>() {
        Ok(permit) => Some((
            sheet::draft(&app.store, &permit, &id).await?,
            sheet::drafts_of_others(&app.store, &permit, &id).await?,
        )),
        Err(_) => None,
    };
    let open = missing(&view.record, app.forms.emergency());
    let form = app.forms.emergency();
    let title = format!("{} {}", head.room.as_deref().unwrap_or_default(), head.name);
    let living_in = head.status == Status::LivingIn;
    let photo = super::photo::address(head);
    let base = format!("/residents/{id}/edit");
    let pages = Pages {
        form,
        base: &base,
        current: None,
    };
    // Not one by one: on a phone the second column stands below the first.
    let (first_half, second_half) = form.sections.split_at(form.sections.len().div_ceil(2));
    let stays = super::handoff::link(&app, &page, &permit, &id).await?;
    Ok(page.show(
        Place::Residents,
        &title,
        html! {
            (crumbs(&[("/residents", "入居者")], &head.name))
            (walk::read::identity_header(view, photo.as_deref()))
            (walk::read::band_with(&view.standing, &html! { div .standing-actions { (raise::panel(head)) } }))
            div .actions {
                @if living_in { (super::transport::start(&id, &head.name)) }
                a .button .outline href=(super::directive::address(&id)) { "意思と指示(理由・履歴)" }
            }
            @if !living_in {
                (notice(NoticeKind::Warn, &format!("{}の記録です", head.status.label()), html! {
                    p { "QRコードの紙はすべて無効になっています。"
                        @if let Some(on) = head.status_on { (on) } }
                }))
            }
            @if let Some((mine, others)) = &drafts {
                @if let Some(draft) = mine {
                    (notice(NoticeKind::Info, "あなたの下書きがあります", html! {
                        p { (load::when(draft.saved_at)) " に保存。まだ確定していません。" }
                        div .actions {
                            a .button .small href={ "/residents/" (id) "/edit" } { "続きを編集する" }
                            a .button .outline .small href={ "/residents/" (id) "/confirm" } { "変更を確かめて確定する" }
                            form method="post" action={ "/residents/" (id) "/draft/discard" } {
                                button .button .danger .small { "下書きを捨てる" }
                            }
                        }
                    }))
                }
                @for other in others {
                    p .small { (icon(Icon::Info)) " " (other.staff_name) " さんも編集中です(" (load::when(other.saved_at)) " に下書き)。" }
                }
            }
            div .actions {
                @if living_in && page.may(ActionKind::IssueDocument) {
                    a .button href={ "/residents/" (id) "/documents" } { "紙を発行・印刷" }
                }
                @if living_in && page.may(ActionKind::EditSheet) {
                    a .button .outline href={ "/residents/" (id) "/edit" } { "編集" }
                    form method="post" action={ "/residents/" (id) "/verify" } {
                        input type="hidden" name="revision" value=(view.marks.revision);
                        button .button .outline { "変更なし・確認のみ" }
                    }
                }
                a .button .text href={ "/residents/" (id) "/revisions" } { "履歴" }
                @if living_in && page.may(ActionKind::MoveResident) {
                    a .button .text href={ "/residents/" (id) "/move" } { "居室の変更" }
                    a .button .text href={ "/residents/" (id) "/end" } { "退居・死亡の記録" }
                }
            }
            (stays)
            (walk::read::glance(view))
            @if !open.is_empty() && living_in && page.may(ActionKind::EditSheet) {
                details .more {
                    summary { "確かめたい項目 " (open.len()) "件" }
                    (walk::edit::missing_summary(&open, &pages))
                }
            }
            div .columns {
                div .stack-v {
                    @for section in first_half { (section_card(&page, &loaded, section)) }
                }
                div .stack-v {
                    (papers_card(&app, &page, &papers, app.now(), view.marks.revision))
                    (scans_card(&scans))
                    @for section in second_half { (section_card(&page, &loaded, section)) }
                }
            }
        },
    ))
}

fn section_card(page: &Page, loaded: &Loaded, section: &Section) -> Markup {
    let address = format!("/residents/{}/edit/{}", loaded.head.id, section.key);
    let living_in = loaded.head.status == Status::LivingIn;
    let edit = (living_in && page.may(ActionKind::EditSheet)).then_some(address.as_str());
    html! {
        (walk::read::section(&loaded.view, section, edit))
        @if super::directive::asks_for_talks(section) {
            (super::directive::where_talks_belong(page, loaded))
        }
    }
}

fn papers_card(
    app: &App,
    page: &Page,
    papers: &[document::Document],
    now: crate::domain::clock::Moment,
    revision: i64,
) -> Markup {
    html! {
        section .card {
            div .card-head { h2 { "発行した紙" } }
            (super::document::who_prints(page))
            @if papers.is_empty() { p { "まだ発行していません。" } }
            ul .papers {
                @for paper in papers { (super::document::paper_row(app, paper, now, revision)) }
            }
        }
    }
}

fn scans_card(scans: &[scan::Scan]) -> Markup {
    html! {
        section .card {
            div .card-head { h2 { "QRコードの読み取り" } a .button .text .small href="/scans" { "すべて見る" } }
            @if scans.is_empty() { p { "読み取りはまだありません。" } }
            ul .plain-list {
                @for scan in scans {
                    li { time .number { (load::when(scan.at)) } " 紙 No. " (scan.serial) " " (super::scan::tier_label(&scan.tier)) }
                }
            }
        }
    }
}

pub async fn admit_form(
    State(app): State<App>,
    page: Page,
    _permit: Permit<MoveResident>,
) -> Markup {
    admit_page(&app, &page, &Inputs::default(), &Problems::default())
}

/// What is asked when somebody comes; everything else is on the sheet.
const ADMISSION: [&str; 8] = [
    "name",
    "name_kana",
    "birth_date",
    "sex",
    "floor",
    "room",
    "resident_number",
    "moved_in_on",
];

fn admit_page(app: &App, page: &Page, inputs: &Inputs, problems: &Problems) -> Markup {
    let typed = Typed {
        inputs,
        problems,
        missing: &[],
        today: Day::of(app.now()),
        photo: None,
        focus: None,
    };
    let fields = Record::fields().filter(|field| ADMISSION.contains(&field.key));
    page.show_narrow(
        Place::Residents,
        "入居の登録",
        html! {
            (crumbs(&[("/residents", "入居者")], "入居の登録"))
            h1 { "入居の登録" }
            p { "まず本人の項目だけ登録します。連絡先や病気などは、登録したあとに続けて入力できます。" }
            form .form method="post" action="/residents/new" data-keep=[(!inputs.is_empty()).then_some("typed")] {
                (walk::edit::error_summary_here(problems, inputs))
                (walk::edit::fields(fields, &["name", "name_kana"], &typed))
                div .bar { button .button { "登録する" } a .button .text href="/residents" { "やめる" } }
            }
        },
    )
}

pub async fn admit(
    State(app): State<App>,
    page: Page,
    permit: Permit<MoveResident>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let inputs = Inputs::from_pairs(pairs);
    match admit_record(&app, &permit, &inputs).await {
        Ok(id) => Ok(Redirect::to(&format!("/residents/{id}/edit/contacts")).into_response()),
        Err(WebError::Fields(problems)) => {
            Ok(admit_page(&app, &page, &inputs, &problems).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Brings in a resident whose first sheet is what was typed.
///
/// # Errors
/// `Fields` with every problem at its key.
pub async fn admit_record(
    app: &App,
    permit: &Permit<MoveResident>,
    inputs: &Inputs,
) -> Result<ResidentId, WebError> {
    let now = app.now();
    let (record, mut problems) = Record::read(inputs);
    problems.extend(load::refusals(app, &record, Day::of(now)));
    if !problems.is_empty() {
        return Err(WebError::Fields(problems));
    }
    let id = ResidentId::new(app.clock.as_ref(), app.entropy.as_ref());
    let body = load::record_body(&record);
    let head = Head::of(&record);
    let admission = Admission {
        id: &id,
        head: &head,
        sheet: NewRevision {
            body: &body,
            reason: "入居の登録",
            verified: false,
        },
    };
    match resident::admit(&app.store, permit, admission, now).await {
        Ok(()) => Ok(id),
        Err(crate::store::StoreError::NumberTaken(_)) => {
            let mut problems = Problems::default();
            problems.add(
                "resident_number",
                "この利用者番号の方はすでに登録されています。番号を確認してください",
            );
            Err(WebError::Fields(problems))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn move_form(
    State(app): State<App>,
    page: Page,
    _move: Permit<MoveResident>,
    permit: Permit<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Markup, WebError> {
    let loaded = load::resident(&app, &permit, &id).await?;
    let inputs = loaded.view.record.inputs();
    Ok(move_page(&page, &loaded, &inputs, &Problems::default()))
}

fn move_page(page: &Page, loaded: &Loaded, inputs: &Inputs, problems: &Problems) -> Markup {
    let id = &loaded.head.id;
    let field = |key: &str, label: &str| {
        html! {
            div .field .invalid[problems.at(key).is_some()] {
                label for=(key) { (label) }
                @if let Some(problem) = problems.at(key) {
                    p .error id={ (key) "-error" } { (icon(Icon::Stop)) span { (problem) } }
                }
                input .w-m id=(key) name=(key) value=(inputs.get(key));
            }
        }
    };
    page.show_narrow(
        Place::Residents,
        "居室の変更",
        html! {
            (crumbs(&[("/residents", "入居者"), (&format!("/residents/{id}"), &loaded.head.name)], "居室の変更"))
            h1 { (loaded.head.name) " さんの居室の変更" }
            (walk::read::band(&loaded.view.standing))
            form .form method="post" {
                input type="hidden" name="revision" value=(loaded.view.marks.revision);
                (field("floor", "階・ユニット"))
                (field("room", "居室"))
                p .hint { "印刷済みの紙には前の居室が載っています。変更したら紙を発行し直してください。" }
                div .bar { button .button { "居室を変更する" } a .button .text href={ "/residents/" (id) } { "やめる" } }
            }
        },
    )
}

pub async fn relocate(
    State(app): State<App>,
    page: Page,
    _move: Permit<MoveResident>,
    permit: Permit<EditSheet>,
    Path(id): Path<ResidentId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let typed = Inputs::from_pairs(pairs);
    let read = page.actor.permit::<ReadResident>()?;
    let loaded = load::resident(&app, &read, &id).await?;
    let mut inputs = loaded.view.record.inputs();
    for key in ["floor", "room"] {
        inputs.replace(key, typed.part(key));
    }
    let (record, problems) = Record::read(&inputs);
    if !problems.is_empty() {
        return Ok(move_page(&page, &loaded, &inputs, &problems).into_response());
    }
    let expected = typed
        .get("revision")
        .parse()
        .unwrap_or(loaded.view.marks.revision);
    let change = Change {
        reason: "居室の変更",
        verified: false,
    };
    load::confirm(&app, &permit, &id, expected, &record, change).await?;
    Ok(Redirect::to(&format!("/residents/{id}")).into_response())
}

pub async fn end_form(
    State(app): State<App>,
    page: Page,
    _move: Permit<MoveResident>,
    permit: Permit<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Markup, WebError> {
    let loaded = load::resident(&app, &permit, &id).await?;
    Ok(end_page(&app, &page, &loaded, &EndForm::default(), None))
}

#[derive(Default, Deserialize)]
pub struct EndForm {
    #[serde(default)]
    status: String,
    #[serde(default)]
    on: String,
}

fn end_page(
    app: &App,
    page: &Page,
    loaded: &Loaded,
    typed: &EndForm,
    problem: Option<(&str, &str)>,
) -> Markup {
    let id = &loaded.head.id;
    let on = if typed.on.is_empty() {
        Day::of(app.now()).iso()
    } else {
        typed.on.clone()
    };
    let error = |key: &str| {
        html! {
            @if let Some((_, message)) = problem.filter(|(at, _)| *at == key) {
                p .error id={ (key) "-error" } { (icon(Icon::Stop)) span { (message) } }
            }
        }
    };
    page.show_narrow(
        Place::Residents,
        "退居・死亡の記録",
        html! {
            (crumbs(&[("/residents", "入居者"), (&format!("/residents/{id}"), &loaded.head.name)], "退居・死亡の記録"))
            h1 { (loaded.head.name) " さんの退居・死亡の記録" }
            (walk::read::band_compact(&loaded.view.standing))
            (notice(NoticeKind::Warn, "QRコードの紙がすべて無効になります", html! {
                p { "印刷した紙は回収してください。シートの記録は残り、一覧の「退居」「死亡」から見られます。" }
            }))
            form .form method="post" {
                fieldset .field #status {
                    legend { "どちらですか" span .required { "必須" } }
                    (error("status"))
                    div .choices {
                        @for status in [Status::Left, Status::Died] {
                            label .choice {
                                input type="radio" name="status" value=(status.code()) checked[typed.status == status.code()] required;
                                span { (status.label()) }
                            }
                        }
                    }
                }
                div .field {
                    label for="on" { "日付" }
                    (error("on"))
                    input .w-m #on name="on" value=(on);
                }
                div .bar { button .button .danger .solid { "記録して紙を無効にする" } a .button .text href={ "/residents/" (id) } { "やめる" } }
            }
        },
    )
}

pub async fn end(
    State(app): State<App>,
    page: Page,
    permit: Permit<MoveResident>,
    Path(id): Path<ResidentId>,
    Form(typed): Form<EndForm>,
) -> Result<Response, WebError> {
    let read = page.actor.permit::<ReadResident>()?;
    let loaded = load::resident(&app, &read, &id).await?;
    let again = |problem| Ok(end_page(&app, &page, &loaded, &typed, Some(problem)).into_response());
    let status = match Status::from_code(&typed.status) {
        Some(status @ (Status::Left | Status::Died)) => status,
        _ => return again(("status", "退居か死亡を選んでください")),
    };
    let on = match Day::parse(typed.on.trim()) {
        Ok(day) if day <= Day::of(app.now()) => day,
        Ok(_) => return again(("on", "今日より後の日付です")),
        Err(problem) => return again(("on", &problem.0.clone())),
    };
    resident::set_status(&app.store, &permit, &id, status, Some(on), app.now()).await?;
    Ok(Redirect::to(&format!("/residents/{id}")).into_response())
}
