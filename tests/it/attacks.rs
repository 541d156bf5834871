//! The sixty attacks of docs/attacks.md: each has a test or a reason, and the tests that no story tells.

mod door;
mod input;
mod machine;
mod paper;

use crate::support::named;

const PAGE: &str = include_str!("../../docs/attacks.md");
const ATTACKS: usize = 60;

fn rows() -> Vec<Vec<&'static str>> {
    named::rows(PAGE, "| A")
}

#[test]
fn every_attack_has_one_row_with_a_test_or_a_reason() {
    let rows = rows();
    let ids: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let expected: Vec<String> = (1..=ATTACKS)
        .map(|number| format!("A{number:02}"))
        .collect();
    assert_eq!(ids, expected);
    for row in &rows {
        assert_eq!(row.len(), 5, "{}", row[0]);
        assert!(!row[1].is_empty(), "{}", row[0]);
        let tests = named::in_cell(row[3]);
        let reason = row[4];
        assert!(
            !tests.is_empty() || !reason.is_empty(),
            "{}: neither test nor reason",
            row[0]
        );
        assert!(!tests.iter().any(|test| test.is_empty()), "{}", row[0]);
    }
}

#[test]
fn every_test_that_the_list_of_attacks_names_exists() {
    let known = named::tests();
    for row in rows() {
        for test in named::in_cell(row[3]) {
            assert!(known.contains(test), "{}: {test} does not exist", row[0]);
        }
    }
}
