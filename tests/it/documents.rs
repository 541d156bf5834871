//! What the documents say of tests, requirements and settings is so.

use crate::support::named::{rows, rows_without_a_test};

const SECURITY: &str = "docs/security.md";
/// J-01 to J-31 of security.md §1.2.
const REQUIREMENTS: u32 = 31;
const STATES: [&str; 4] = ["built", "partly", "not built", "facility"];

#[test]
fn every_requirement_has_a_row_and_the_tests_that_it_names_exist() {
    let rows = rows(SECURITY, "J");
    let ids: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let expected: Vec<String> = (1..=REQUIREMENTS)
        .map(|number| format!("J-{number:02}"))
        .collect();
    assert_eq!(ids, expected);
    let without = rows_without_a_test(SECURITY, "J", 4);
    for row in &rows {
        assert_eq!(row.len(), 6, "{}", row[0]);
        assert!(STATES.contains(&row[2].as_str()), "{}: {}", row[0], row[2]);
        let is_proved = row[2] != "built" || !without.contains(&row[0]);
        assert!(is_proved, "{} is built and names no test", row[0]);
    }
}

#[test]
fn every_setting_is_in_the_page_about_running_it() {
    let page = include_str!("../../docs/operations.md");
    let settings = include_str!("../../src/config.rs");
    let variables: Vec<&str> = settings
        .split("env = \"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(variable, _)| variable)
        .collect();
    assert!(!variables.is_empty());
    for variable in variables {
        let flag = variable.trim_start_matches("HIKITSUGI_").to_lowercase();
        let flag = format!("`--{}`", flag.replace('_', "-"));
        let row = page.lines().find(|line| line.contains(&flag));
        let row = row.unwrap_or_else(|| panic!("{flag}"));
        assert!(row.contains(&format!("`{variable}`")), "{variable}");
    }
}
