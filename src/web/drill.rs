//! 訓練: the screens of an emergency with a made-up resident, and what came of it.
//!
//! The made-up resident is on no list and in no count, and everything that shows the resident says 訓練.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Redirect;
use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::page::{Page, Place, crumbs};
use super::{App, WebError, load};
use crate::domain::clock::Moment;
use crate::domain::date::{Day, clock_time};
use crate::domain::id::{ResidentId, TransportId};
use crate::domain::permit::{ActionKind, ManageStaff, Permit, ReadResident, RecordTransport};
use crate::domain::record::Record;
use crate::domain::resident::Head;
use crate::domain::transport::Event;
use crate::domain::transport::steps::Steps;
use crate::store::resident::Admission;
use crate::store::sheet::NewRevision;
use crate::store::transport::{self, Noted, Transport};
use crate::store::{drill, staff};

/// The made-up resident's record.
const RESIDENT: &str = include_str!("drill/resident.json");
/// Drills that are listed of one year.
const LISTED: i64 = 200;
/// A year of training begins in April.
const FIRST_MONTH: u8 = 4;
/// From when until when it is day, in minutes after midnight; the rest of a day is the night shift.
const DAY_MINUTES: std::ops::Range<i64> = 8 * 60 + 30..17 * 60 + 30;

/// Begins a drill, or goes on with the one that is open.
pub async fn begin(
    State(app): State<App>,
    permit: Permit<RecordTransport>,
) -> Result<Redirect, WebError> {
    let value = serde_json::from_str(RESIDENT).expect("the made-up record is read by a test");
    let record = Record::from_json(&value).expect("the made-up record is read by a test");
    let resident = ResidentId::new(app.clock.as_ref(), app.entropy.as_ref());
    let body = load::record_body(&record);
    let head = Head::of(&record);
    let admission = Admission {
        id: &resident,
        head: &head,
        sheet: NewRevision {
            body: &body,
            reason: "訓練の準備",
            verified: true,
        },
    };
    let id = TransportId::new(app.clock.as_ref(), app.entropy.as_ref());
    let begun = drill::begin(&app.store, &permit, admission, id, app.now()).await?;
    Ok(Redirect::to(&format!("/transports/{begun}")))
}

/// The year of training in which a day falls, as people name it.
fn year_of(day: Day) -> i32 {
    if day.month() >= FIRST_MONTH {
        day.year()
    } else {
        day.year() - 1
    }
}

fn year_begins(year: i32) -> Moment {
    Day::from_ymd(year, FIRST_MONTH, 1).map_or(Moment(0), Day::starts_at)
}

fn shift(at: Moment) -> &'static str {
    let minute = (at.0 - Day::of(at).starts_at().0) / 60_000;
    if DAY_MINUTES.contains(&minute) {
        "日勤"
    } else {
        "夜勤"
    }
}

/// Who took part, by account, in the order in which they came.
fn people(drill: &Transport, noted: &[Noted]) -> Vec<(String, String)> {
    let mut people = vec![(drill.by_staff.to_string(), drill.by_name.clone())];
    for entry in noted {
        let id = entry.by_staff.to_string();
        if people.iter().all(|(known, _)| *known != id) {
            people.push((id, entry.by_name.clone()));
        }
    }
    people
}

fn names(people: &[(String, String)]) -> String {
    let names: Vec<&str> = people.iter().map(|(_, name)| name.as_str()).collect();
    names.join("、")
}

/// `2分05秒`.
fn took(milliseconds: i64) -> String {
    let seconds = milliseconds / 1_000;
    match seconds / 60 {
        0 => format!("{seconds}秒"),
        minutes => format!("{minutes}分{:02}秒", seconds % 60),
    }
}

/// When each thing was noted first, without what was put right: with the time since 急変 and since the one before.
struct Timed {
    event: Event,
    at: Moment,
    since_begin: i64,
    since_last: i64,
}

fn timed(drill: &Transport, noted: &[Noted]) -> Vec<Timed> {
    let progress = Noted::progress(noted);
    let mut last = drill.at;
    let mut times: Vec<Timed> = Vec::new();
    for entry in noted {
        let is_counted = entry.kind != Event::Corrected && !progress.is_corrected(entry.seq);
        if !is_counted || times.iter().any(|known| known.event == entry.kind) {
            continue;
        }
        times.push(Timed {
            event: entry.kind,
            at: entry.at,
            since_begin: entry.at.0 - drill.at.0,
            since_last: entry.at.0 - last.0,
        });
        last = entry.at;
    }
    times
}

/// What the written steps can be noted with and nobody noted.
fn left_out(steps: &Steps, times: &[Timed]) -> Vec<&'static str> {
    let mut left: Vec<Event> = Vec::new();
    for event in steps
        .during()
        .flat_map(|part| &part.steps)
        .flat_map(|step| &step.notes)
    {
        let is_noted = times.iter().any(|known| known.event == *event);
        if !is_noted && !event.is_external_cause() && !left.contains(event) {
            left.push(*event);
        }
    }
    left.into_iter().map(Event::label).collect()
}

pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
) -> Result<Markup, WebError> {
    let year = year_of(Day::of(app.now()));
    let drills = drill::since(&app.store, &permit, year_begins(year - 1), LISTED).await?;
    let (now, before): (Vec<_>, Vec<_>) = drills
        .iter()
        .partition(|(drill, _)| year_of(Day::of(drill.at)) == year);
    let mut counts: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for (drill, noted) in now
        .iter()
        .filter(|(_, noted)| !Noted::progress(noted).is_open())
    {
        for (id, name) in people(drill, noted) {
            counts.entry(id).or_insert((name, 0)).1 += 1;
        }
    }
    let missing = match permit.actor().permit::<ManageStaff>() {
        Ok(permit) => {
            let staff = staff::list(&app.store, &permit).await?;
            let works = staff.into_iter().filter(|one| {
                one.disabled_at.is_none()
                    && crate::domain::permit::allowed(one.role, ActionKind::RecordTransport)
            });
            works
                .filter(|one| !counts.contains_key(one.id.as_str()))
                .map(|one| one.name)
                .collect()
        }
        Err(_) => Vec::new(),
    };
    let title = "訓練";
    Ok(page.show_narrow(
        Place::Transports,
        title,
        html! {
            (crumbs(&[("/transports", "急変")], title))
            h1 { (title) }
            p { "架空の方で、急変の画面を最初から最後まで使います。画面・紙・QRコードのすべてに「訓練」と出て、入居者の一覧や件数には入りません。119番や施設の人の番号は押してもかかりません。" }
            form method="post" action="/drills" { button .button .solid { (icon(Icon::Warn)) "訓練を始める" } }
            section .card {
                div .card-head { h2 { (year) "年度に訓練をした人" } }
                @if counts.is_empty() { p { "まだいません。訓練を終えると数えられます。" } }
                @else {
                    dl .facts { @for (name, count) in counts.values() { div { dt { (name) } dd .number { (count) "回" } } } }
                }
                @if !missing.is_empty() { p { b { "まだの人: " } (missing.join("、")) } }
            }
            (drills_of(&format!("{year}年度の訓練"), &now))
            @if !before.is_empty() { (drills_of(&format!("{}年度の訓練", year - 1), &before)) }
        },
    ))
}

fn drills_of(title: &str, drills: &[&(Transport, Vec<Noted>)]) -> Markup {
    html! {
        section .card {
            div .card-head { h2 { (title) } }
            @if drills.is_empty() { p { "まだありません。" } }
            ul .papers {
                @for (drill, noted) in drills {
                    li { div {
                        a href={ "/drills/" (drill.id) } { (load::when(drill.at)) " " (shift(drill.at)) }
                        @if Noted::progress(noted).is_open() { " " span .tag data-tone="warn" { "続いています" } }
                        br; span .small .muted { (names(&people(drill, noted))) }
                    } }
                }
            }
        }
    }
}

/// The result of one drill, to print and keep.
pub async fn result(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path(id): Path<TransportId>,
) -> Result<Markup, WebError> {
    let (drill, noted) = transport::get(&app.store, &permit, &id).await?;
    if !drill.is_drill() {
        return Err(WebError::NotFound);
    }
    let times = timed(&drill, &noted);
    let left = left_out(app.protocols.steps(), &times);
    let is_open = Noted::progress(&noted).is_open();
    let title = "訓練の結果";
    Ok(page.show_narrow(
        Place::Transports,
        title,
        html! {
            (crumbs(&[("/transports", "急変"), ("/drills", "訓練")], title))
            h1 { (title) }
            @if is_open { p { "まだ終わっていません。" a href={ "/transports/" (id) } { "訓練の画面に戻る" } } }
            section .card {
                dl .facts {
                    div { dt { "日時" } dd .number { (load::when(drill.at)) } }
                    div { dt { "勤務" } dd { (shift(drill.at)) } }
                    div { dt { "年度" } dd .number { (year_of(Day::of(drill.at))) "年度" } }
                    div { dt { "参加した人" } dd { (names(&people(&drill, &noted))) } }
                }
            }
            table .stack role="table" {
                thead role="rowgroup" { tr role="row" {
                    @for head in ["したこと", "時刻", "気づいてから", "前のことから"] { th role="columnheader" scope="col" { (head) } }
                } }
                tbody role="rowgroup" {
                    @for time in &times {
                        tr role="row" {
                            td role="cell" data-label="したこと" { (time.event.label()) }
                            td role="cell" .number data-label="時刻" { (clock_time(time.at)) }
                            td role="cell" .number data-label="気づいてから" { (took(time.since_begin)) }
                            td role="cell" .number data-label="前のことから" { (took(time.since_last)) }
                        }
                    }
                }
            }
            @if times.is_empty() { p { "まだ何も記録されていません。" } }
            @if !left.is_empty() { section .card { div .card-head { h2 { "記録されなかった手順" } } p { (left.join("、")) } } }
            p { a href={ "/transports/" (id) } { "経過と振り返りを見る" } }
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_made_up_resident_can_be_read_and_says_so() {
        let record = Record::from_json(&serde_json::from_str(RESIDENT).unwrap()).unwrap();
        assert!(record.identity.name.to_string().contains("訓練"));
    }

    #[test]
    fn a_year_of_training_ends_in_march_and_a_night_in_the_morning() {
        let day = |text: &str| Day::parse(text).unwrap();
        assert_eq!(year_of(day("2027-03-31")), 2026);
        assert_eq!(year_of(day("2027-04-01")), 2027);
        assert_eq!(Day::of(year_begins(2026)), day("2026-04-01"));
        let at = |minute: i64| day("2026-11-28").starts_at().plus_minutes(minute);
        for (minute, name) in [
            (0, "夜勤"),
            (509, "夜勤"),
            (510, "日勤"),
            (1049, "日勤"),
            (1050, "夜勤"),
        ] {
            assert_eq!(shift(at(minute)), name, "{minute}");
        }
        assert_eq!(took(125_000), "2分05秒");
        assert_eq!(took(59_999), "59秒");
    }
}
