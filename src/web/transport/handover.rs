//! What is told to the crew in half a minute, in the order of ISBAR (domain/emergency.md §3.4).

use maud::{Markup, html};

use super::script::illnesses;
use crate::domain::answer::{Answer, Shown};
use crate::domain::computed::Computed;
use crate::domain::date::clock_time;
use crate::domain::transport::at_call::{AtCall, Finding};
use crate::domain::view::SheetView;
use crate::web::walk::read::fact;

pub fn card(view: &SheetView, at_call: &AtCall) -> Markup {
    let identity = &view.record.identity;
    let usual = &view.record.usual;
    let situation = &at_call.situation;
    let last = at_call.observations.last();
    let findings: Vec<Finding> = last
        .map(|(_, observation)| observation.findings(usual))
        .unwrap_or_default();
    let unusual: Vec<&Finding> = findings.iter().filter(|one| one.usual.is_some()).collect();
    let told = [
        &situation.chief_complaint.shown(),
        &situation.incident_course.shown(),
        &situation.onset.shown(),
    ];
    let told: Vec<String> = told
        .into_iter()
        .filter(|shown| !shown.is_not_asked())
        .map(Shown::line)
        .collect();
    let care: Vec<String> = at_call
        .care()
        .map(|entry| format!("{} {}", clock_time(entry.at), entry.event.label()))
        .collect();
    let lines: [(&str, &str, Markup); 5] = [
        (
            "I",
            "だれ",
            html! {
                (identity.name) " さん、" (fact(None, &Computed::Age.shown(view))) "、" (identity.sex)
            },
        ),
        (
            "S",
            "いま",
            html! {
                (clock_time(at_call.began)) "に気づきました。"
                @if told.is_empty() { "どうなったかを言います(まだ記録がありません)" } @else { (told.join("、")) }
                @if let Some((at, _)) = last {
                    br; (clock_time(*at)) "の観察: "
                    (findings.iter().map(|one| format!("{} {}", one.label, one.now)).collect::<Vec<_>>().join("、"))
                }
            },
        ),
        (
            "B",
            "背景",
            html! { "病気: " (illnesses(view)) br; (alerts(view)) },
        ),
        (
            "A",
            "普段と違うところ",
            html! {
                @if unusual.is_empty() { "普段は " (fact(None, &Computed::UsualSummary.shown(view))) "。違うところを言います" }
                @else { (unusual.iter().map(|one| one.line()).collect::<Vec<_>>().join("、")) }
            },
        ),
        (
            "R",
            "お願い・した手当",
            html! {
                @if care.is_empty() { "した手当の記録はまだありません" } @else { (care.join("、")) }
                br; "シートを渡し、QRコードを読んでもらいます。心肺蘇生のことは上の枠のとおりに伝えます"
            },
        ),
    ];
    html! {
        section .card #handover {
            div .card-head { h2 { "救急隊に30秒で伝える" } }
            dl .facts .isbar {
                @for (letter, title, words) in &lines {
                    div { dt { b { (letter) } " " (title) } dd { (words) } }
                }
            }
        }
    }
}

/// What can hurt if it is overlooked, that is there.
fn alerts(view: &SheetView) -> Markup {
    let Shown::Rows(rows) = Computed::Alerts.shown(view) else {
        return html! {};
    };
    html! {
        @for row in &rows {
            @if let [(_, what), (_, Shown::Text(words))] = row.as_slice() {
                b { (what.line()) } " " (words) br;
            }
        }
    }
}
