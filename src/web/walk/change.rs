//! Differences: what a revision changes, and what two editors changed at once.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::domain::answer::{Inputs, NOT_ASKED, UNKNOWN};
use crate::domain::sheet::{Change, Conflict, Merge, Settle};
use crate::web::walk::read::{lines, not_asked, unknown};

/// Before and after, one row for each change.
pub fn changes(changes: &[Change]) -> Markup {
    html! {
        table .stack role="table" {
            thead role="rowgroup" {
                tr role="row" {
                    th role="columnheader" scope="col" { "項目" }
                    th role="columnheader" scope="col" { "変更前" }
                    th role="columnheader" scope="col" { "変更後" }
                }
            }
            tbody role="rowgroup" {
                @for change in changes {
                    tr role="row" {
                        th role="rowheader" scope="row" { (change.label) }
                        td .was role="cell" data-label="変更前" { (side(&change.before)) }
                        td .now role="cell" data-label="変更後" { (side(&change.after)) }
                    }
                }
            }
        }
    }
}

fn side(words: &str) -> Markup {
    match words {
        NOT_ASKED | "" => not_asked(),
        UNKNOWN => unknown(),
        words => lines(words),
    }
}

/// What both editors changed, each to be settled by one choice named `settle.KEY` = `mine`, `theirs` or `both`.
///
/// `theirs` says whose and which revision the other side is.
pub fn conflicts(merge: &Merge, theirs: &str) -> Markup {
    html! {
        @for conflict in &merge.conflicts {
            (one(conflict, theirs))
        }
    }
}

fn one(conflict: &Conflict, theirs: &str) -> Markup {
    let name = format!("settle.{}", conflict.field.key);
    let choice = |value: &str, whose: &str, words: Markup| {
        html! {
            label .side {
                input type="radio" name=(name) value=(value) required;
                span { small { (whose) } b { (words) } }
            }
        }
    };
    html! {
        fieldset .merge id=(name) tabindex="-1" {
            legend { (conflict.field.label) }
            div .sides {
                (choice("mine", "あなたの入力", side(&conflict.words(&conflict.mine))))
                (choice("theirs", theirs, side(&conflict.words(&conflict.theirs))))
                @if conflict.is_list() {
                    (choice("both", "両方を残す", html! { "相手の内容のあとに、あなたの入力のうち相手にないものを並べます" }))
                }
            }
            p .base { "もとの内容: " (side(&conflict.words(&conflict.base))) }
        }
    }
}

/// The choices that [`conflicts`] posts. What was not chosen is left out.
pub fn settled(posted: &Inputs) -> BTreeMap<String, Settle> {
    posted
        .iter()
        .filter_map(|(name, _)| {
            let settle = match posted.get(name) {
                "mine" => Settle::Mine,
                "theirs" => Settle::Theirs,
                "both" => Settle::Both,
                _ => return None,
            };
            Some((name.strip_prefix("settle.")?.to_owned(), settle))
        })
        .collect()
}
