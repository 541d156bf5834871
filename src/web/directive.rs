//! What was said about the last stage of life: one resident's page, and the forms with which people say more.
//!
//! Read [`show`] first. [`raise`] raises protection in one step, [`form`] takes down wishes, talks, orders and what
//! belongs to them, [`sign`] is the physician's own act, [`original`] the signed paper and its second person,
//! [`calendar`] the facility's work list, [`history`] how statements are shown.

pub mod calendar;
pub mod form;
mod history;
mod order;
pub mod original;
pub mod raise;
pub mod sign;

use axum::extract::{Path, State as Service};
use maud::{Markup, html};

use super::load::{self, Loaded};
use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::{App, WebError, walk};
use crate::domain::date::Day;
use crate::domain::directive::rules::Limits;
use crate::domain::directive::state::State;
use crate::domain::directive::{Kind, Said};
use crate::domain::id::ResidentId;
use crate::domain::permit::{ActionKind, Permit, ReadResident};
use crate::domain::resident::Status;
use crate::domain::standing;

/// The resident's page of wishes and orders.
pub fn address(id: &ResidentId) -> String {
    format!("/residents/{id}/directive")
}

/// A resident with all that was said, and what the facility and the day allow.
struct Desk {
    loaded: Loaded,
    limits: Limits,
    today: Day,
}

impl Desk {
    /// Loads the resident and writes down that somebody looked (safety.md S20).
    async fn open(
        app: &App,
        permit: &Permit<ReadResident>,
        id: &ResidentId,
    ) -> Result<Self, WebError> {
        let loaded = load::resident(app, permit, id).await?;
        load::note_read(app, permit, id, "directive.viewed").await?;
        Ok(Self {
            limits: Limits::of(&loaded.view.facility),
            today: Day::of(app.now()),
            loaded,
        })
    }

    fn id(&self) -> &ResidentId {
        &self.loaded.head.id
    }

    /// Nothing when the log cannot be read: then nothing may be concluded from a part of it.
    fn log(&self) -> &[Said] {
        self.loaded.log.as_deref().unwrap_or_default()
    }

    fn state(&self) -> State<'_> {
        State::read(self.log()).unwrap_or_default()
    }

    fn is_readable(&self) -> bool {
        self.loaded.is_log_readable()
    }

    /// What was said under this number.
    fn said(&self, number: i64) -> Result<&Said, WebError> {
        let found = self.log().iter().find(|said| said.seq == number);
        found.ok_or(WebError::NotFound)
    }

    fn lives_in(&self) -> bool {
        self.loaded.head.status == Status::LivingIn
    }

    /// Where the reader is, who it is about, and what holds: the head of every page below the resident's.
    fn head(&self, here: &str) -> Markup {
        let id = self.id();
        let (resident, page) = (format!("/residents/{id}"), address(id));
        let mut trail = vec![
            ("/residents", "入居者"),
            (resident.as_str(), self.loaded.head.name.as_str()),
        ];
        if here != TITLE {
            trail.push((page.as_str(), TITLE));
        }
        html! {
            (crumbs(&trail, here))
            (walk::read::identity_header(&self.loaded.view, super::photo::address(&self.loaded.head).as_deref()))
        }
    }

    /// The head with the small band, for pages on which something is typed.
    fn head_with_band(&self, here: &str) -> Markup {
        html! {
            (self.head(here))
            (walk::read::band_compact(&self.loaded.view.standing))
        }
    }
}

const TITLE: &str = "意思と指示";

pub async fn show(
    Service(app): Service<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Markup, WebError> {
    let desk = Desk::open(&app, &permit, &id).await?;
    let standing = &desk.loaded.view.standing;
    let state = desk.state();
    let title = format!("{TITLE} {}", desk.loaded.head.name);
    Ok(page.show(
        Place::Residents,
        &title,
        html! {
            (desk.head(TITLE))
            (walk::read::band(standing))
            p .small { (standing::EVERYTHING_ELSE) "。" }
            @if !desk.is_readable() {
                (notice(NoticeKind::Warn, "記録を読み取れません", html! {
                    p { "読み取れない間は、心肺蘇生を行う表示になります。管理者に伝えてください。撤回・停止・異議は今も記録できます。" }
                }))
            } @else if desk.log().is_empty() {
                (notice(NoticeKind::Info, "まだ何も記録されていません", html! {
                    p { "心肺蘇生は通常どおり行います。本人の意思や人生会議の内容は、下から記録できます。" }
                }))
            }
            (raise::panel(&desk.loaded.head))
            (actions(&page, &desk))
            div .columns {
                section .card #why {
                    div .card-head { h2 { "この表示の理由" } }
                    ul .plain-list { @for reason in standing.reasons() { li { (reason.words()) } } }
                    @if !standing.changes().is_empty() {
                        h3 { "表示が変わるのは" }
                        ul .plain-list { @for change in standing.changes() { li { (change) } } }
                    }
                }
                (area(standing))
            }
            @for objection in &state.objections { (objection_card(&page, &desk, objection)) }
            (order::cards(&page, &desk, &state))
            section .card #history {
                div .card-head { h2 { "これまでの記録" } span .small .muted { "新しい順" } }
                @if desk.log().is_empty() {
                    p { "記録はありません。" }
                } @else {
                    (history::timeline(&id, desk.log()))
                }
            }
        },
    ))
}

/// What may be taken down, for whoever may.
fn actions(page: &Page, desk: &Desk) -> Markup {
    let base = address(desk.id());
    let new = |kind: Kind, words: &str| {
        html! {
            a .button .outline href={ (base) "/say/" (kind.code()) } { (words) }
        }
    };
    html! {
        @if desk.lives_in() && desk.is_readable() {
            div .actions {
                @if page.may(ActionKind::RecordTalk) { (new(Kind::Talk, "人生会議の記録")) }
                @if page.may(ActionKind::RecordDirective) {
                    (new(Kind::Wish, "本人の意思"))
                    (new(Kind::Inference, "家族による推定"))
                    (new(Kind::Order, "医師の指示書を書く"))
                }
            }
        }
    }
}

/// Beside the rows in which talks were kept before there was a log: where a new talk belongs.
pub fn where_talks_belong(page: &Page, loaded: &Loaded) -> Markup {
    let base = address(&loaded.head.id);
    html! {
        p .small {
            "新しい話し合い(人生会議)は、シートの欄ではなく「意思と指示」に記録します。シートの前の記録は残ります。"
            @if let Some(day) = loaded.view.last_talk { "最新の記録: " (day) "。" }
            @if loaded.head.status == Status::LivingIn && page.may(ActionKind::RecordTalk) {
                a href={ (base) "/say/" (Kind::Talk.code()) } { "人生会議を記録する" } " "
            }
            a href={ (base) "#history" } { "これまでの記録を見る" }
        }
    }
}

/// Whether a section of a form asks for talks in rows.
pub fn asks_for_talks(section: &crate::domain::form::Section) -> bool {
    let mut items = section.items.iter();
    items.any(|item| item.source.key() == "acp_discussions")
}

/// What crews of the area check, and whom their rules tell to call.
fn area(standing: &standing::Standing) -> Markup {
    html! {
        section .card #area {
            div .card-head { h2 { "この地域の救急隊の対応" } }
            p { (standing.band().area) "。" }
            @if !standing.conditions().is_empty() {
                h3 { "医師の電話のほかに、次の条件がすべて必要です" }
                ul .plain-list { @for condition in standing.conditions() { li { (condition) } } }
            }
            @if !standing.area_calls().is_empty() {
                h3 { "電話をかける順" }
                ol .plain-list { @for call in standing.area_calls() { li { (call) } } }
            }
            @if !standing.area_source().is_empty() { p .small .muted { "出典: " (standing.area_source()) } }
        }
    }
}

fn objection_card(page: &Page, desk: &Desk, objection: &Said) -> Markup {
    html! {
        section .card .task id={ "said-" (objection.seq) } {
            div .card-head { h2 { "解消していない異議" } span .tag data-tone="bad" { "食い違いあり" } }
            (walk::read::answers(&objection.statement.walk()))
            p .small { (history::by(objection)) }
            p .next { "話し合って解消したら記録します。解消しても、医師が改めて署名するまで指示書は有効になりません。(看護職・管理者)" }
            @if page.may(ActionKind::RecordDirective) && desk.lives_in() {
                div .actions {
                    a .button .outline href={ (address(desk.id())) "/" (objection.seq) "/" (Kind::ObjectionSettled.code()) } { "話し合いの結果を記録する" }
                }
            }
        }
    }
}
