//! The hazard log says which test proves each control. A list that a document repeats is tested.

use crate::support::named;

const LOG: &str = include_str!("../../docs/hazards.md");
/// The hazards of security.md §2.5 that touch directives and the identity of a resident, H59 to H64 of an emergency, and
/// H65 to H69 of a stay in hospital.
const HAZARDS: [u32; 36] = [
    1, 2, 3, 4, 5, 6, 7, 16, 18, 19, 20, 21, 22, 25, 28, 31, 32, 36, 39, 40, 41, 55, 56, 57, 58,
    59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69,
];

fn rows() -> Vec<Vec<&'static str>> {
    named::rows(LOG, "| H")
}

#[test]
fn every_test_that_the_hazard_log_names_exists() {
    let known = named::tests();
    for row in rows() {
        let tests = named::in_cell(row[6]);
        assert!(!tests.is_empty(), "{} names no test", row[0]);
        for test in tests {
            assert!(known.contains(test), "{}: {test} does not exist", row[0]);
        }
    }
}

#[test]
fn every_hazard_of_the_list_has_one_whole_row() {
    let rows = rows();
    let ids: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let expected: Vec<String> = HAZARDS
        .iter()
        .map(|number| format!("H{number:02}"))
        .collect();
    assert_eq!(ids, expected);
    for row in &rows {
        assert_eq!(row.len(), 8, "{}", row[0]);
        for number in &row[2..4] {
            assert!(
                (1..=5).contains(&number.parse::<u8>().unwrap()),
                "{}",
                row[0]
            );
        }
    }
}
