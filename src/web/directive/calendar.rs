//! The facility's work list of wishes and orders: what is due, what waits for whom, what is open (issue: reviews).

use axum::extract::State as Service;
use maud::{Markup, html};

use super::address;
use crate::domain::date::Day;
use crate::domain::directive::rules::Limits;
use crate::domain::directive::state::State;
use crate::domain::directive::{PhoneResult, Said, Statement};
use crate::domain::permit::{ActionKind, Permit, ReadResident};
use crate::domain::standing::{Reason, Standing, StandingKind, Subject, Unreadable, standing};
use crate::store::resident::ResidentHead;
use crate::store::{Entry, directive};
use crate::web::page::{NoticeKind, Page, Place, notice};
use crate::web::{App, WebError, load, walk};

/// How long a test of the physician's number is believed.
const PHONE_DAYS: i64 = 90;
/// From how long before its end an order is named.
const EXPIRY_DAYS: i64 = 60;

/// A kind of work, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    Unreadable,
    Objection,
    ReviewOverdue,
    Expiring,
    Compare,
    Physician,
    Phone,
    ReviewThisMonth,
    ReviewNextMonth,
    Talk,
}

impl Work {
    const ALL: [Self; 10] = [
        Self::Unreadable,
        Self::Objection,
        Self::ReviewOverdue,
        Self::Expiring,
        Self::Compare,
        Self::Physician,
        Self::Phone,
        Self::ReviewThisMonth,
        Self::ReviewNextMonth,
        Self::Talk,
    ];

    /// The most urgent first; for whoever signs, what waits for a signature.
    fn ordered(signs: bool) -> [Self; 10] {
        let mut works = Self::ALL;
        if signs {
            works.sort_by_key(|work| *work != Self::Physician);
        }
        works
    }

    /// Heading, and what to do.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Unreadable => ("記録を読み取れない", "管理者に伝えてください"),
            Self::Objection => ("解消していない異議", "話し合いの結果を記録します"),
            Self::ReviewOverdue => ("再確認の期限が過ぎた", "医師に再確認を依頼します"),
            Self::Expiring => (
                "有効期限が近い・過ぎた",
                "話し合って、新しい指示書を書きます",
            ),
            Self::Compare => (
                "原本の照合待ち",
                "登録した人ではない看護職か管理者が見比べます",
            ),
            Self::Physician => (
                "医師の署名待ち",
                "医師が署名するか、署名された原本を登録します",
            ),
            Self::Phone => ("医師の電話を確かめる", "番号にかけて、結果を記録します"),
            Self::ReviewThisMonth => ("今月が再確認の期限", "医師に再確認を依頼します"),
            Self::ReviewNextMonth => ("来月が再確認の期限", "医師の診察の予定に入れます"),
            Self::Talk => ("人生会議の予定日が来た", "話し合って、記録します"),
        }
    }

    fn is_urgent(self) -> bool {
        self <= Self::Expiring
    }
}

/// One thing to do about one resident, and since or until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub work: Work,
    pub on: Option<Day>,
    pub note: String,
}

/// What is to be done about what was said of one resident.
pub fn tasks(log: &[Said], standing: &Standing, today: Day) -> Vec<Task> {
    let Ok(state) = State::read(log) else {
        return vec![unreadable()];
    };
    let mut tasks = Vec::new();
    let mut add = |work: Work, on: Option<Day>, note: String| tasks.push(Task { work, on, note });
    for said in &state.objections {
        add(Work::Objection, Some(Day::of(said.at)), String::new());
    }
    for reason in standing.reasons() {
        match reason {
            Reason::ReviewOverdue { due, .. } | Reason::ReviewDue { due, .. } => {
                add(Work::ReviewOverdue, Some(*due), String::new());
            }
            Reason::Expired { on } => add(Work::Expiring, Some(*on), "期限切れ".to_owned()),
            _ => {}
        }
    }
    if let Some(order) = standing.order() {
        let due = order.review_due_on;
        if due >= today && same_month(due, today) {
            add(Work::ReviewThisMonth, Some(due), String::new());
        } else if same_month(due, first_of(today).plus_months(1)) {
            add(Work::ReviewNextMonth, Some(due), String::new());
        }
        if order.expires_on <= today.plus_days(EXPIRY_DAYS) {
            add(
                Work::Expiring,
                Some(order.expires_on),
                "まで有効".to_owned(),
            );
        }
    }
    for order in &state.orders {
        if let Some(scan) = order.scan {
            let note = format!("登録: {}", scan.by.name);
            add(Work::Compare, Some(Day::of(scan.at)), note);
        } else if let Some(request) = order.request() {
            let note = format!("{}医師", order.order.physician_name);
            add(Work::Physician, Some(Day::of(request.at)), note);
        }
    }
    if let Some((on, note)) = phone(&state, standing, today) {
        add(Work::Phone, on, note);
    }
    if let Some(next) = next_talk(log)
        && next <= today
    {
        add(Work::Talk, Some(next), String::new());
    }
    tasks
}

fn unreadable() -> Task {
    Task {
        work: Work::Unreadable,
        on: None,
        note: String::new(),
    }
}

fn first_of(day: Day) -> Day {
    day.plus_days(1 - i64::from(day.day()))
}

fn same_month(one: Day, other: Day) -> bool {
    (one.year(), one.month()) == (other.year(), other.month())
}

/// The number of the order that holds: not tested for long, or not answered when it was.
fn phone(state: &State<'_>, standing: &Standing, today: Day) -> Option<(Option<Day>, String)> {
    if standing.kind() != StandingKind::OrderOnFile {
        return None;
    }
    let order = state.ruling()?;
    match order.phone_test {
        Some((said, PhoneResult::NoAnswer)) => {
            Some((Some(Day::of(said.at)), "前回は出なかった".to_owned()))
        }
        tested => {
            let written = order.order.phone_tested_on.value().copied();
            let last = tested.map(|(said, _)| Day::of(said.at)).max(written);
            let old = last.is_none_or(|last| last.days_until(today) > PHONE_DAYS);
            old.then(|| (last, "から確かめていない".to_owned()))
        }
    }
}

/// When the newest talk said that one would talk again.
fn next_talk(log: &[Said]) -> Option<Day> {
    let talk = log.iter().rev().find_map(|said| match &said.statement {
        Statement::Talk(talk) => Some(talk),
        _ => None,
    })?;
    talk.next_on.value().copied()
}

pub async fn list(
    Service(app): Service<App>,
    page: Page,
    permit: Permit<ReadResident>,
) -> Result<Markup, WebError> {
    let facts = load::facility_facts(&app, &permit).await?;
    let protocol = app
        .protocols
        .area(facts.mc_area.value().map(|area| area.as_str()));
    let limits = Limits::of(&facts);
    let now = app.now();
    let today = Day::of(now);
    let mut logs = directive::logs_of_facility(&app.store, &permit).await?;
    let mut found: Vec<(Task, ResidentHead)> = Vec::new();
    let mut holding = 0_usize;
    for head in load::everybody(&app, &permit).await? {
        let Some(log) = logs.remove(&head.id).map(load::readable) else {
            continue;
        };
        let subject = Subject {
            birth_date: head.birth_date,
            physicians: Vec::new(),
        };
        let log = log.as_deref().map_err(|_| Unreadable);
        let standing = standing(log, &subject, protocol, limits, now);
        holding += usize::from(standing.kind() == StandingKind::OrderOnFile);
        let tasks = match log {
            Ok(log) => tasks(log, &standing, today),
            Err(Unreadable) => vec![unreadable()],
        };
        found.extend(tasks.into_iter().map(|task| (task, head.clone())));
    }
    let entry = Entry::new(
        "directive.listed",
        None,
        serde_json::json!({"rows": found.len()}),
    );
    load::note_view(&app, &permit, entry).await?;
    // Within a kind of work, the oldest date first.
    found.sort_by_key(|(task, _)| (task.work, task.on));
    let signs = page.may(ActionKind::SignOrder);
    let works = Work::ordered(signs);
    let none_to_sign = signs && of_work(&found, Work::Physician).is_empty();
    Ok(page.show(
        Place::Directives,
        "意思と指示",
        html! {
            h1 { "意思と指示" }
            p { "施設全体の、期限と待っている仕事です。医師の指示書がある方は" (holding) "人です。" }
            (walk::read::list_note(&protocol.words()))
            @if found.is_empty() {
                (notice(NoticeKind::Ok, "いま済ませる仕事はありません", html! {
                    p { "再確認の期限が近づくか、だれかが提出すると、ここに出ます。" }
                }))
            } @else {
                @if none_to_sign { p { "署名を待っている指示書はありません。" } }
                (jumps(&works, &found))
                @for work in works { (group(work, &found)) }
            }
        },
    ))
}

fn of_work(found: &[(Task, ResidentHead)], work: Work) -> Vec<&(Task, ResidentHead)> {
    found.iter().filter(|(task, _)| task.work == work).collect()
}

/// How much there is of each kind, with a way to it.
fn jumps(works: &[Work], found: &[(Task, ResidentHead)]) -> Markup {
    html! {
        nav .tabs aria-label="仕事の種類" {
            ul {
                @for &work in works {
                    @let count = of_work(found, work).len();
                    @if count > 0 {
                        li { a href={ "#work-" (work as usize) } { (work.words().0) " " span .number { (count) } } }
                    }
                }
            }
        }
    }
}

fn group(work: Work, found: &[(Task, ResidentHead)]) -> Markup {
    let (title, advice) = work.words();
    let rows = of_work(found, work);
    html! {
        @if !rows.is_empty() {
            section .card .work id={ "work-" (work as usize) } data-urgent[work.is_urgent()] {
                div .card-head { h2 { (title) } span .count data-tone=[work.is_urgent().then_some("bad")] { (rows.len()) span .visually-hidden { "件" } } }
                p .small { (advice) "。" }
                ul .tasks {
                    @for (task, head) in rows {
                        li {
                            a href=(address(&head.id)) {
                                span .number { (head.room.as_deref().unwrap_or("居室未記入")) }
                                " " b { (head.name) }
                            }
                            span .number { @if let Some(on) = task.on { (on) } " " (task.note) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::directive::Kind;
    use crate::domain::directive::sample::{self, Log};

    fn works(log: &Log, days: i64) -> Vec<Work> {
        let today = sample::today().plus_days(days);
        let standing = log.standing_at(today.starts_at().plus_minutes(600));
        let mut works: Vec<Work> = tasks(&log.0, &standing, today)
            .iter()
            .map(|task| task.work)
            .collect();
        works.sort_unstable();
        works
    }

    /// Signed 40 days ago, to be reviewed in 80 days, tested 42 days ago, until in 300 days.
    #[test]
    fn an_order_asks_for_its_phone_its_review_and_its_end_in_turn() {
        let log = sample::log(StandingKind::OrderOnFile);
        assert_eq!(works(&log, 0), []);
        // 2027-01-13: the day of review is in the next month, and the number was tested 91 days ago.
        assert_eq!(works(&log, 49), [Work::Phone, Work::ReviewNextMonth]);
        assert_eq!(works(&log, 80), [Work::Phone, Work::ReviewThisMonth]);
        assert_eq!(works(&log, 81), [Work::ReviewOverdue, Work::Phone]);
        // Past the grace the order has no effect; its number is nobody's work any more.
        assert_eq!(works(&log, 111), [Work::ReviewOverdue]);
        assert_eq!(works(&log, 301), [Work::ReviewOverdue, Work::Expiring]);
    }

    #[test]
    fn what_waits_for_somebody_is_named() {
        let mut log = Log::default();
        log.say(sample::nurse(), Kind::Order, None, &sample::order_body());
        assert_eq!(works(&log, 0), []);
        log.say(sample::nurse(), Kind::Submitted, Some(1), &json!({}));
        assert_eq!(works(&log, 0), [Work::Physician]);
        let scan = json!({
            "original": "a".repeat(64), "purpose": "activate",
            "signed_on": sample::today().iso(), "review_due_on": sample::today().plus_days(60).iso(),
        });
        log.say(sample::nurse(), Kind::Scanned, Some(1), &scan);
        assert_eq!(works(&log, 0), [Work::Compare]);
        log.say(
            sample::care_worker(),
            Kind::ObjectionRaised,
            None,
            &json!({}),
        );
        assert_eq!(works(&log, 0), [Work::Objection]);
    }

    #[test]
    fn a_talk_comes_back_on_its_day_until_the_next_talk() {
        let talk = |next: Option<i64>| {
            json!({
                "held_on": sample::today().plus_days(-90).iso(), "words": "家で過ごしたい",
                "next_on": next.map(|days| sample::today().plus_days(days).iso()),
            })
        };
        let mut log = Log::default();
        log.say(sample::care_worker(), Kind::Talk, None, &talk(Some(1)));
        assert_eq!(works(&log, 0), []);
        assert_eq!(works(&log, 1), [Work::Talk]);
        log.say(sample::care_worker(), Kind::Talk, None, &talk(None));
        assert_eq!(works(&log, 1), []);
    }

    #[test]
    fn a_log_with_a_gap_is_work_of_its_own() {
        let mut log = sample::log(StandingKind::OrderOnFile);
        log.0.remove(1);
        assert_eq!(works(&log, 0), [Work::Unreadable]);
    }

    #[test]
    fn an_unanswered_call_is_to_be_made_again() {
        let mut log = sample::log(StandingKind::OrderOnFile);
        let test = json!({"number": "phone_24h", "result": "no_answer"});
        log.say(sample::nurse(), Kind::PhoneTested, Some(2), &test);
        assert_eq!(works(&log, 0), [Work::Phone]);
    }
}
