//! A facility's own figures of its stays in hospital, on the list of stays.

use maud::{Markup, html};

use super::{App, WebError};
use crate::domain::answer::{Inputs, read_group};
use crate::domain::date::Day;
use crate::domain::form::Direction;
use crate::domain::handoff::figures::{Counted, figures, median};
use crate::domain::handoff::{Admission, Ending};
use crate::domain::permit::{Permit, ReadResident};
use crate::store::handoff::{self, Row};

/// As many stays as are counted: those of a large facility in a year.
const COUNTED: i64 = 1000;

pub async fn card(app: &App, permit: &Permit<ReadResident>) -> Result<Markup, WebError> {
    let today = Day::of(app.now());
    let from = today.plus_months(-12);
    let forms = app
        .forms
        .iter()
        .filter(|form| form.direction == Some(Direction::ToHospital) && !form.restricted);
    let forms: Vec<&str> = forms.map(|form| form.key.as_str()).collect();
    let rows = handoff::counted(&app.store, permit, from.starts_at(), &forms, COUNTED).await?;
    let stays: Vec<Counted> = rows
        .iter()
        .filter(|row| row.ending != Some(Ending::Mistaken))
        .map(counted)
        .collect();
    let all = figures(&stays, today);
    let days = |numbers: &[i64]| match median(numbers) {
        Some(middle) => format!("{}件の中央値 {middle}日", numbers.len()),
        None => "まだ数えるものがありません".to_owned(),
    };
    let lines = [
        ("入院当日に渡した", all.same_day.words()),
        ("3日以内に渡した", all.within_3_days.words()),
        ("渡していない", all.never.words()),
        ("病院が受け取りを確認した", all.received.words()),
        ("退院の連絡から戻るまで", days(&all.notice_days)),
        ("入院から戻るまで", days(&all.days_to_return)),
        (
            "戻ったあと、止まった指示を医師が確認し直した",
            all.reconfirmed.words(),
        ),
    ];
    Ok(html! {
        section .card {
            div .card-head { h2 #figures { "この施設の数字" } }
            p .small .muted { (from.iso()) " からの入院 " (all.stays) "件。割合のもとは、入院日などが記録されているものだけです。退院の連絡は、退院時の情報が最初に書かれた日で数えます" }
            dl .facts { @for (label, words) in lines { div { dt { (label) } dd .number { (words) } } } }
        }
    })
}

fn counted(row: &Row) -> Counted {
    let body = row
        .admission
        .as_deref()
        .and_then(|body| serde_json::from_str(body).ok())
        .unwrap_or_default();
    let (admission, _) = read_group::<Admission>(&Inputs::from_json(&body));
    Counted {
        admitted_on: admission.admitted_on.value().copied(),
        sent_on: row.sent_at.map(Day::of),
        received: row.received_at.is_some(),
        notice_on: row.notice_at.map(Day::of),
        returned_on: row
            .ended_on
            .filter(|_| row.ending == Some(Ending::Returned)),
        order_stopped: row.stopped > 0,
        order_signed: row.signed > 0,
    }
}
