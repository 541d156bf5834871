//! Papers to collect and print anew: what they say no longer holds (safety.md S9).
//!
//! A task is derived whenever somebody looks, from the frozen paper and from what holds now. Nothing is stored, so nothing
//! is forgotten and nothing has to be ticked off: a reprint or a withdrawal ends the paper, and with it the task.

use maud::{Markup, html};
use serde_json::Value;

use super::{copies, kept_at, title};
use crate::domain::date::Day;
use crate::domain::directive::Said;
use crate::domain::id::ResidentId;
use crate::domain::permit::{IssueDocument, Permit, ReadResident};
use crate::domain::record::{FacilityFacts, Record};
use crate::domain::standing::{Standing, Unreadable};
use crate::domain::view::SheetView;
use crate::store::document::{self, NotCollected, ToCollect};
use crate::store::{directive, resident};
use crate::web::crew::{card_changes, is_card, standing_changes};
use crate::web::icon::{Icon, icon};
use crate::web::page::Page;
use crate::web::{App, WebError, load};

/// As many papers as are looked through.
const MOST: i64 = 1_000;

/// One paper that somebody has to collect.
pub struct Task {
    pub paper: NotCollected,
    /// What it says differently; at least one thing.
    pub changes: Vec<Change>,
}

pub struct Change {
    pub label: String,
    /// On the paper.
    pub before: String,
    /// Now.
    pub after: String,
    /// The paper shows an order that no longer holds.
    pub ends_order: bool,
}

impl Task {
    /// Whether somebody could act on an order that no longer holds.
    pub fn is_urgent(&self) -> bool {
        self.changes.iter().any(|change| change.ends_order)
    }
}

/// The papers of the facility, or of one resident, whose printed standing, revision or date no longer holds; first those
/// that show an order which ended.
///
/// # Errors
/// When the database does not answer.
pub async fn tasks(
    app: &App,
    permit: &Permit<ReadResident>,
    resident: Option<&ResidentId>,
) -> Result<Vec<Task>, WebError> {
    let papers = document::not_collected(&app.store, permit, resident, MOST).await?;
    let facility = load::facility_facts(app, permit).await?;
    let logs = logs(app, permit, &papers).await;
    let mut tasks: Vec<Task> = papers
        .into_iter()
        .filter_map(|paper| {
            let log = match &logs {
                Ok(logs) => logs
                    .get(&paper.resident_id)
                    .map_or(Ok(Vec::new()), Clone::clone),
                Err(Unreadable) => Err(Unreadable),
            };
            let record = load::read_record(&paper.sheet).ok();
            let standing = load::standing_of(app, &log, record.as_ref(), &facility);
            let changes = changes(app, &paper, record, &facility, standing);
            (!changes.is_empty()).then_some(Task { paper, changes })
        })
        .collect();
    tasks.sort_by_key(|task| !task.is_urgent());
    Ok(tasks)
}

type Logs = std::collections::BTreeMap<ResidentId, Result<Vec<Said>, Unreadable>>;

/// What was said about whom these papers are.
async fn logs(
    app: &App,
    permit: &Permit<ReadResident>,
    papers: &[NotCollected],
) -> Result<Logs, Unreadable> {
    let mut residents: Vec<&ResidentId> = papers.iter().map(|paper| &paper.resident_id).collect();
    residents.sort_unstable();
    residents.dedup();
    let mut found = Logs::new();
    for page in residents.chunks(resident::PAGE) {
        let logs = directive::logs(&app.store, permit, page).await;
        let logs = logs.map_err(|error| {
            tracing::error!(%error, "statements not read");
            Unreadable
        })?;
        found.extend(logs.into_iter().map(|(id, log)| (id, load::readable(log))));
    }
    Ok(found)
}

fn changes(
    app: &App,
    paper: &NotCollected,
    record: Option<Record>,
    facility: &FacilityFacts,
    standing: Standing,
) -> Vec<Change> {
    let change = |label: &str, before: String, after: String| Change {
        label: label.to_owned(),
        before,
        after,
        ends_order: false,
    };
    let mut found = Vec::new();
    let printed: Option<Value> = serde_json::from_slice(&paper.printed).ok();
    let is_card = printed.as_ref().is_some_and(is_card);
    let headline = standing.band().headline;
    let differences = match (printed, record) {
        (Some(printed), Some(record)) if is_card => {
            let now = SheetView::of(record, facility.clone(), standing, app.now());
            card_changes(&printed, &now)
        }
        (Some(printed), _) if !is_card => standing_changes(&printed["standing"], &standing),
        _ => None,
    };
    match differences {
        Some(differences) => found.extend(differences.into_iter().map(|one| Change {
            label: one.label,
            before: one.before,
            after: one.after,
            ends_order: one.ends_order,
        })),
        None if is_card => found.push(change(
            "カード",
            "紙の内容を読み取れません".to_owned(),
            "刷り直してください".to_owned(),
        )),
        None => found.push(change(
            "心肺蘇生",
            "紙の内容を読み取れません".to_owned(),
            headline.to_owned(),
        )),
    }
    if paper.expires_at.is_some_and(|end| end <= app.now()) {
        let until = paper
            .valid_until
            .map_or_else(String::new, |day: Day| format!("{day}まで"));
        found.push(change("有効期限", until, "期限が切れました".to_owned()));
    }
    // What a card shows of a sheet was compared.
    if !is_card && paper.revision != paper.current_revision {
        found.push(change(
            "シート",
            format!("第{}版", paper.revision),
            format!("第{}版", paper.current_revision),
        ));
    }
    found
}

/// The list of papers to collect, each with what changed and one button; nothing when there is none.
pub fn tasks_card(app: &App, page: &Page, tasks: &[Task]) -> Markup {
    if tasks.is_empty() {
        return html! {};
    }
    let may_issue = page.actor.permit::<IssueDocument>().is_ok();
    html! {
        section .card #reprint {
            div .card-head { h2 { "回収して刷り直す紙 " (tasks.len()) "枚" } }
            (super::who_prints(page))
            ul .papers { @for task in tasks { (task_row(app, task, may_issue)) } }
        }
    }
}

fn task_row(app: &App, task: &Task, may_issue: bool) -> Markup {
    let paper = &task.paper;
    html! {
        li {
            div {
                b { (paper.room.as_deref().unwrap_or("居室未記入")) " " (paper.resident_name) } " "
                (title(app, &paper.form)) (copies(paper.copies)) " "
                span .code { "No. " (paper.serial) } " "
                @if task.is_urgent() { span .tag data-tone="bad" { (icon(Icon::Warn)) "すぐに回収" } }
                br;
                span .small .muted .number {
                    (load::when(paper.issued_at)) " " (paper.issued_by_name) " 印刷 第" (paper.revision) "版"
                    (kept_at(&paper.kept_at))
                }
                ul .small {
                    @for change in &task.changes {
                        li { b { (change.label) } ": " (change.before) " → " b { (change.after) } }
                    }
                }
            }
            div .actions {
                @if may_issue {
                    form method="post" action={ "/residents/" (paper.resident_id) "/documents" } {
                        input type="hidden" name="form" value=(paper.form);
                        input type="hidden" name="copies" value=(paper.copies);
                        input type="hidden" name="kept_at" value=(paper.kept_at);
                        button .button .small { "刷り直す" span .visually-hidden { ": " (paper.resident_name) } }
                    }
                }
                a .button .outline .small href={ "/documents/" (paper.id) } { "開く" span .visually-hidden { " No. " (paper.serial) } }
            }
        }
    }
}

/// The papers that hold no longer and were not taken down: where each is, and why it holds no longer. Of one resident, or
/// of the facility.
pub fn collect_card(
    app: &App,
    page: &Page,
    papers: &[ToCollect],
    resident: Option<&ResidentId>,
) -> Markup {
    if papers.is_empty() {
        return html! {};
    }
    let may_issue = page.actor.permit::<IssueDocument>().is_ok();
    html! {
        section .card #collect {
            div .card-head { h2 { "回収がまだの古い紙 " (papers.len()) "枚" } }
            p .small { "QRコードはもう無効です。紙に書かれた内容が使われないよう、はずして破棄し、「回収した」を押してください。" }
            ul .papers {
                @for paper in papers {
                    li {
                        div {
                            b { (paper.room.as_deref().unwrap_or("居室未記入")) " " (paper.resident_name) } " "
                            (title(app, &paper.form)) (copies(paper.copies)) " "
                            span .code { "No. " (paper.serial) }
                            br;
                            span .small .muted .number {
                                (load::when(paper.issued_at)) " " (paper.issued_by_name) " 印刷"
                                (kept_at(&paper.kept_at))
                            }
                            @if let (Some(ended), Some(reason)) = (paper.ended_at, paper.end_reason) {
                                br; span .small .number { (load::when(ended)) " に無効: " (super::end_label(reason)) }
                            }
                        }
                        @if may_issue {
                            form .actions method="post" action={ "/documents/" (paper.id) "/collected" } {
                                @if let Some(resident) = resident { input type="hidden" name="resident" value=(resident); }
                                button .button .small name="outcome" value="collected" { "回収した" span .visually-hidden { ": No. " (paper.serial) } }
                                button .button .outline .small name="outcome" value="lost" { "見つからない" span .visually-hidden { ": No. " (paper.serial) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
