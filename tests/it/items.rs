//! The list of items of the hospital forms says what the program asks, and the other way round.

use std::collections::BTreeSet;

use hikitsugi::domain::answer::{Choice, Kind};
use hikitsugi::domain::form::{Forms, Source};

const ITEMS: &str = include_str!("../../docs/items.md");
/// Words of the list that are no fields: what the program prints or keeps by itself.
const BY_ITSELF: [&str; 2] = ["issued", "sending"];
/// Rows of the domain's table §2.1 to §2.5, without the code systems of §2.3.
const ROWS: usize = 86;

fn ticked(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, part) = ITEMS.split_once(heading).unwrap();
    let part = part.split("\n## ").next().unwrap();
    let lines = part.lines().filter(|line| line.starts_with("| ")).skip(1);
    lines
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

#[test]
fn every_item_of_the_domain_is_on_a_form_or_says_why_not() {
    let forms = Forms::built_in();
    let printed: Vec<Source> = forms.iter().flat_map(|form| form.sources()).collect();
    let asked: Vec<Source> = forms
        .iter()
        .flat_map(|form| form.items().map(|item| item.source))
        .collect();
    let rows = rows("# Items of the hospital forms");
    assert_eq!(rows.len(), ROWS);
    for row in &rows {
        let fields = ticked(row[1]);
        assert!(!fields.is_empty(), "{row:?}");
        for key in fields.into_iter().filter(|key| !BY_ITSELF.contains(key)) {
            let source = Source::find(key).unwrap_or_else(|| panic!("{key} does not exist"));
            assert!(
                printed.contains(&source) || asked.contains(&source),
                "{key} is on no form"
            );
        }
    }
}

#[test]
fn every_choice_of_the_domain_is_a_code_and_no_code_is_missing() {
    for row in rows("## Choices") {
        let key = ticked(row[0])[0];
        let listed: BTreeSet<&str> = ticked(row[1]).into_iter().collect();
        let (list, column) = key.split_once('.').unwrap_or((key, ""));
        let kind = Source::find(list)
            .and_then(Source::kind)
            .unwrap_or_else(|| panic!("{list}"));
        let kind = match kind {
            Kind::Rows(fields) => {
                fields
                    .iter()
                    .find(|field| field.key == column)
                    .unwrap()
                    .kind
            }
            kind => kind,
        };
        let choices: &[Choice] = match kind {
            Kind::Choice(choices) | Kind::Checks(choices) => choices,
            other => panic!("{key} is {other:?}"),
        };
        let known: BTreeSet<&str> = choices.iter().map(|choice| choice.code).collect();
        assert_eq!(listed, known, "{key}");
    }
}
