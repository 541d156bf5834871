//! The clocks of a stay on its page: what is due by when, bed-hold days, and hints about claims.

use maud::{Markup, html};

use super::handoff::Loaded;
use super::{App, WebError};
use crate::domain::date::Day;
use crate::domain::form::Direction;
use crate::domain::handoff::Part;
use crate::domain::handoff::clock::{
    Facts, Given, Running, State, bed_days, hint, holiday, running,
};
use crate::domain::handoff::sending::{Event, Progress};
use crate::domain::permit::{Permit, ReadResident};
use crate::domain::sheet::may_share_with_crews;
use crate::store::document;
use crate::store::handoff;
use crate::store::sending::{self, NotedOf, Sending};

/// As many stays of a resident as a claim's hint looks back on.
const EARLIER: i64 = 12;

/// What is known of a stay for its timers.
pub fn facts(app: &App, loaded: &Loaded, sendings: &[(Sending, Vec<NotedOf>)]) -> Facts {
    let stay = &loaded.stay_view().stay;
    let to_hospital = |form: &str| {
        app.forms
            .get(form)
            .is_some_and(|form| form.direction == Some(Direction::ToHospital))
    };
    let given = sendings.iter().filter(|(sent, noted)| {
        let progress = Progress::of(noted.iter().map(|noted| noted.kind));
        to_hospital(&sent.form) && !progress.recalled && !progress.failed
    });
    let after = loaded.stay.ended_at;
    Facts {
        admitted_on: stay.admission.admitted_on.value().copied(),
        discharge_expected_on: stay.discharge.discharge_expected_on.value().copied(),
        bed_hold_until: stay.admission.bed_hold_until.value().copied(),
        ended_on: loaded.stay.ended_on,
        sent_on: given.map(|(sent, _)| Day::of(sent.at)).min(),
        contacts: stay.discharge.contact_log.rows().len(),
        assessed: stay.assessment.return_verdict.value().is_some(),
        conference: loaded.bodies.contains_key(&Part::Conference),
        // Whatever is told to the hospital after the resident is home.
        feedback: after.is_some_and(|ended| {
            sendings.iter().any(|(sent, noted)| {
                sent.at >= ended
                    || noted.iter().any(|noted| {
                        matches!(noted.kind, Event::Answered | Event::Feedback) && noted.at >= ended
                    })
            })
        }),
    }
}

pub async fn card(
    app: &App,
    permit: &Permit<ReadResident>,
    loaded: &Loaded,
    sendings: &[(Sending, Vec<NotedOf>)],
) -> Result<Markup, WebError> {
    let today = Day::of(app.now());
    let facts = facts(app, loaded, sendings);
    let timers = running(&app.clocks, &facts, today);
    let hints = hints(app, permit, loaded, sendings).await?;
    let beds = facts.admitted_on.and_then(|admitted| {
        let rule = app.clocks.bed_days(today)?;
        let days = bed_days(admitted, facts.ended_on, today, today.year(), today.month());
        Some((days, rule))
    });
    Ok(html! {
        section .card {
            div .card-head { h2 { "期限" } }
            @if facts.admitted_on.is_none() { p { "入院日がまだありません。「病院へ渡す書類」に入院日を入れると、期限が出ます。" } }
            ul .papers {
                @for one in &timers { (timer(one)) }
            }
            p .small .muted { "期限と目安の決まり " (app.clocks.edition) " 版" }
            @if let Some((days, rule)) = beds {
                p .small { "外泊時費用(入院)の対象になり得る日: 今月 " (days.min(rule.per_month)) "/" (rule.per_month) "日(" (rule.source) ")" }
            }
            @for (claim, units, words, source) in &hints {
                p .small { b { (claim) } " " (units) ": " (words) "。目安です。請求はこの画面ではしません(" (source) ")" }
            }
        }
    })
}

fn timer(one: &Running<'_>) -> Markup {
    let (tone, words) = match one.state {
        State::Done => ("ok", "済み".to_owned()),
        State::Due { left: 0 } => ("warn", "今日まで".to_owned()),
        State::Due { left } => ("off", format!("あと{left}日")),
        State::Late { by } => ("warn", format!("{by}日過ぎています")),
        State::Waiting => ("off", "日が決まると出ます".to_owned()),
    };
    html! {
        li {
            div {
                b { (one.timer.title) } " " span .tag data-tone=(tone) { (words) } br;
                span .small .muted {
                    @if let Some(due) = one.due {
                        span .number { (due.iso()) } "(" (due.weekday()) ")"
                        @if let Some(holiday) = holiday(due) { " " (holiday) }
                        @if one.moved { " 休みの日を避けた日" } " "
                    }
                    (one.timer.source)
                }
            }
        }
    }
}

type Hinted = (String, String, &'static str, String);

/// Hints about claims from what was given in this stay and before.
async fn hints(
    app: &App,
    permit: &Permit<ReadResident>,
    loaded: &Loaded,
    sendings: &[(Sending, Vec<NotedOf>)],
) -> Result<Vec<Hinted>, WebError> {
    let has_consent = may_share_with_crews(&loaded.view.record);
    let mut all: Vec<(Sending, String)> = Vec::new();
    for stay in handoff::of_resident(&app.store, permit, &loaded.stay.resident_id, EARLIER).await? {
        for (sent, noted) in sending::of_handoff(&app.store, permit, &stay.id, EARLIER).await? {
            let progress = Progress::of(noted.iter().map(|noted| noted.kind));
            let claimed = app
                .clocks
                .claims(Day::of(sent.at))
                .any(|claim| claim.forms.contains(&sent.form));
            if claimed && !progress.recalled && !progress.failed {
                let content = content(app, permit, &sent).await?;
                all.push((sent, content));
            }
        }
    }
    all.sort_by_key(|(sent, _)| sent.at);
    let given = |(sent, content): &(Sending, String)| {
        (
            sent.form.clone(),
            sent.recipient.clone(),
            Day::of(sent.at),
            content.clone(),
        )
    };
    let all: Vec<_> = all.iter().map(given).collect();
    let as_given = |(form, hospital, on, content): &(String, String, Day, String)| {
        (form.clone(), hospital.clone(), *on, content.clone())
    };
    let mut hints = Vec::new();
    let first = sendings.iter().map(|(sent, _)| Day::of(sent.at)).min();
    for (at, one) in all.iter().enumerate() {
        // Those of earlier stays are only looked back on.
        if first.is_none_or(|first| one.2 < first) {
            continue;
        }
        let earlier: Vec<_> = all[..at].iter().map(as_given).collect();
        let earlier: Vec<Given<'_>> = earlier
            .iter()
            .map(|(form, hospital, on, content)| Given {
                form,
                hospital,
                on: *on,
                content,
            })
            .collect();
        let now = Given {
            form: &one.0,
            hospital: &one.1,
            on: one.2,
            content: &one.3,
        };
        for claim in app
            .clocks
            .claims(one.2)
            .filter(|claim| claim.forms.contains(&one.0))
        {
            let words = hint(claim, &now, &earlier, has_consent).words();
            hints.push((
                format!("{} {}", claim.title, one.2.iso()),
                claim.units.clone(),
                words,
                claim.source.clone(),
            ));
        }
    }
    Ok(hints)
}

/// What a document says, without who it goes to and of which day it is.
async fn content(
    app: &App,
    permit: &Permit<ReadResident>,
    sent: &Sending,
) -> Result<String, WebError> {
    let (_, frozen) = document::get(&app.store, permit, &sent.document_id).await?;
    let body: serde_json::Value = serde_json::from_slice(&frozen.body).unwrap_or_default();
    let mut said = String::new();
    for block in body["document"]["blocks"].as_array().into_iter().flatten() {
        for item in block["items"].as_array().into_iter().flatten() {
            let key = item["key"].as_str().unwrap_or_default();
            let is_dated = matches!(
                key,
                "admitted_on" | "transported_on" | "status_as_of" | "age" | "verified" | "recorded"
            );
            if !is_dated
                && !key.starts_with("hospital_")
                && !key.starts_with("emergency_")
                && !key.starts_with("last_")
            {
                said.push_str(&format!(
                    "{key}={};",
                    item["words"].as_str().unwrap_or_default()
                ));
            }
        }
    }
    Ok(super::session::hex(&super::session::sha256(
        said.as_bytes(),
    )))
}

/// What the facility does once a year, on the list of stays.
pub fn yearly(app: &App) -> Markup {
    let today = Day::of(app.now());
    html! {
        section .card {
            div .card-head { h2 { "年に1回" } }
            ul .papers {
                @for (day, one) in app.clocks.yearly(today) {
                    li { div {
                        b { (one.title) } " "
                        span .tag data-tone=(if today.days_until(day) <= 30 { "warn" } else { "off" }) { "あと" (today.days_until(day)) "日" } br;
                        span .small .muted { span .number { (day.iso()) } " " (one.source) }
                    } }
                }
            }
        }
    }
}
