//! What the facility notes of an emergency while it goes on: what happened, what was measured, what was done.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::Tier;
use crate::domain::clock::Moment;
use crate::domain::date::{Day, clock_time, time_beside};
use crate::domain::record::Usual;
use crate::domain::transport::at_call::{AtCall, Entry};
use crate::web::api::instant;

/// The emergency of the resident whose paper was scanned.
pub enum Emergency {
    None,
    /// Whether one is open could not be read.
    Unknown,
    Open(Box<AtCall>),
}

impl From<Option<Option<AtCall>>> for Emergency {
    /// From what was read: `None` where it could not be.
    fn from(read: Option<Option<AtCall>>) -> Self {
        match read {
            None => Self::Unknown,
            Some(None) => Self::None,
            Some(Some(at_call)) => Self::Open(Box::new(at_call)),
        }
    }
}

impl Emergency {
    pub fn open(&self) -> Option<&AtCall> {
        match self {
            Self::Open(at_call) => Some(at_call),
            Self::None | Self::Unknown => None,
        }
    }
}

/// One line that leads to [`section`], which stands below what a crew has to see first.
pub fn lead(emergency: &Emergency) -> Markup {
    html! {
        @match emergency {
            Emergency::None => {},
            Emergency::Unknown => p .small { "施設の急変の記録は、いま読めません。" },
            Emergency::Open(at_call) => p .more {
                a href="#at-call" { "いま起きていること (" (clock_time(at_call.began)) " から)" }
            },
        }
    }
}

/// All that was noted so far, and a button that asks again.
pub fn section(at_call: &AtCall, usual: &Usual, at: Moment, tier: Tier) -> Markup {
    let today = Day::of(at);
    let when = |moment| time_beside(today, moment);
    let line = |entry: &Entry| {
        html! {
            li {
                span .num { (when(entry.at)) } " " b { (entry.event.label()) }
                @let said = entry.said();
                @if !said.is_empty() { " " (said) }
            }
        }
    };
    let list = |title: &str, entries: &[&Entry]| {
        html! {
            @if !entries.is_empty() {
                h3 { (title) }
                ul .list { @for entry in entries { (line(entry)) } }
            }
        }
    };
    let care: Vec<_> = at_call.care().collect();
    let calls: Vec<_> = at_call.calls().collect();
    let others: Vec<_> = at_call.others().collect();
    html! {
        h2 #at-call { "いま起きていること(施設の記録)" }
        dl .facts {
            div { dt { "気づいた時刻" } dd .num { (when(at_call.began)) } }
            @for (label, shown) in at_call.situation.answered() {
                div { dt { (label) } dd { b { (shown.line()) } } }
            }
        }
        @for (moment, observation) in at_call.observations.iter().rev() {
            h3 .num { "観察 " (when(*moment)) }
            dl .facts {
                @for finding in observation.findings(usual) {
                    div {
                        dt { (finding.label) }
                        dd { b { (finding.now) } @if let Some(usual) = &finding.usual { " " span .tag { (usual) } } }
                    }
                }
            }
        }
        (list("した手当", &care))
        (list("連絡", &calls))
        (list("ほかの経過", &others))
        form method="post" .ask {
            @if tier == Tier::Emergency { input type="hidden" name="emergency" value="1"; }
            button .go { "最新の経過にする" small .num { br; (clock_time(at)) " 現在" } }
        }
    }
}

/// The same for programs.
pub fn json(at_call: &AtCall, usual: &Usual) -> Value {
    let entry = |entry: &Entry| {
        json!({
            "at": instant(entry.at),
            "event": entry.event.code(),
            "text": entry.event.label(),
            "said": entry.said(),
        })
    };
    let facts = at_call.situation.answered();
    let observations = at_call.observations.iter().map(|(at, observation)| {
        let findings = observation.findings(usual).into_iter();
        let findings: Vec<Value> = findings
            .map(|one| json!({"label": one.label, "text": one.now, "usual": one.usual}))
            .collect();
        json!({"at": instant(*at), "findings": findings})
    });
    json!({
        "began_at": instant(at_call.began),
        "situation": facts.map(|(label, shown)| json!({"label": label, "text": shown.line()})).collect::<Vec<_>>(),
        "observations": observations.collect::<Vec<_>>(),
        "events": at_call.events.iter().map(entry).collect::<Vec<_>>(),
    })
}
