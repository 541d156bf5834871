//! Telephone numbers to tap, taken from whatever a form shows as a call.

use maud::{Markup, html};

use crate::domain::answer::{Kind, Shown};
use crate::domain::form::Item;
use crate::domain::phone::Phone;
use crate::domain::view::SheetView;
use crate::web::icon::{Icon, icon};

/// One number, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub who: String,
    pub number: Option<String>,
    /// What stands in the number's place: 未確認, 不明 or なし.
    pub said: String,
}

/// What an item gives to call, in its order.
pub fn calls(item: &Item, view: &SheetView) -> Vec<Call> {
    match view.item(item) {
        Shown::Rows(rows) => rows
            .iter()
            .flat_map(|row| row_calls(&item.label, row))
            .collect(),
        Shown::Text(number) => vec![Call {
            who: item.label.clone(),
            number: Some(number),
            said: String::new(),
        }],
        nothing => vec![Call {
            who: item.label.clone(),
            number: None,
            said: nothing.line(),
        }],
    }
}

fn row_calls(label: &str, row: &[(crate::domain::answer::Field, Shown)]) -> Vec<Call> {
    let is_phone = |kind: Kind| matches!(kind, Kind::Phone);
    let who: Vec<String> = std::iter::once(label.to_owned())
        .chain(
            row.iter()
                .filter(|(field, shown)| !is_phone(field.kind) && !shown.is_not_asked())
                .map(|(_, shown)| shown.line()),
        )
        .collect();
    let who = who.join(" ");
    let phones: Vec<&Shown> = row
        .iter()
        .filter(|(field, _)| is_phone(field.kind))
        .map(|(_, shown)| shown)
        .collect();
    let numbers: Vec<Call> = phones
        .iter()
        .filter_map(|shown| match shown {
            Shown::Text(number) => Some(Call {
                who: who.clone(),
                number: Some(number.clone()),
                said: String::new(),
            }),
            _ => None,
        })
        .collect();
    if !numbers.is_empty() {
        return numbers;
    }
    let said = phones
        .first()
        .map_or_else(|| Shown::NotAsked.line(), |shown| shown.line());
    vec![Call {
        who,
        number: None,
        said,
    }]
}

/// Splits off the call to make first: the first that has a number, or else the first.
pub fn first(mut calls: Vec<Call>) -> (Option<Call>, Vec<Call>) {
    if calls.is_empty() {
        return (None, calls);
    }
    let at = calls
        .iter()
        .position(|call| call.number.is_some())
        .unwrap_or(0);
    let lead = calls.remove(at);
    (Some(lead), calls)
}

/// Takes away what the band above calls already; tells whether anything went.
pub fn without(calls: Vec<Call>, above: &[Call]) -> (Vec<Call>, bool) {
    let dial = |call: &Call| Some(Phone::parse(call.number.as_deref()?).ok()?.dial());
    let known: Vec<_> = above.iter().filter_map(dial).collect();
    let before = calls.len();
    let left: Vec<Call> = calls
        .into_iter()
        .filter(|call| dial(call).is_none_or(|number| !known.contains(&number)))
        .collect();
    let went = left.len() < before;
    (left, went)
}

/// One call as a large thing to tap, or as words when there is nothing to dial.
pub fn call(call: &Call) -> Markup {
    let dial = call
        .number
        .as_deref()
        .and_then(|number| Phone::parse(number).ok());
    html! {
        @match (&call.number, dial) {
            (Some(number), Some(phone)) => {
                a .call href={ "tel:" (phone.dial()) } {
                    (icon(Icon::Phone)) span { (call.who) b { (number) } }
                }
            }
            (Some(number), None) => { p .call { (icon(Icon::Phone)) span { (call.who) b { (number) } } } }
            (None, _) => { p .call data-call="none" { (icon(Icon::Ask)) span { (call.who) b { "電話 " (call.said) } } } }
        }
    }
}

/// A block of calls.
pub fn list(calls: &[Call]) -> Markup {
    html! { @if !calls.is_empty() { div .calls { @for one in calls { (call(one)) } } } }
}
