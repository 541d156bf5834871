//! The sixty attacks of docs/attacks.md: each has a test or a reason, and the tests that no story tells.

mod door;
mod input;
mod machine;
mod paper;

use crate::support::named::{rows, rows_without_a_test};

const PAGE: &str = "docs/attacks.md";
const ATTACKS: usize = 60;

#[test]
fn every_attack_has_one_row_with_tests_that_exist_or_a_reason() {
    let rows = rows(PAGE, "A");
    let ids: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let expected: Vec<String> = (1..=ATTACKS)
        .map(|number| format!("A{number:02}"))
        .collect();
    assert_eq!(ids, expected);
    let without = rows_without_a_test(PAGE, "A", 3);
    for row in &rows {
        assert_eq!(row.len(), 5, "{}", row[0]);
        assert!(!row[1].is_empty(), "{}", row[0]);
        let is_explained = !row[4].is_empty() || !without.contains(&row[0]);
        assert!(is_explained, "{}: neither test nor reason", row[0]);
    }
}
