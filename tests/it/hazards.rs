//! The hazard log says which test proves each control. A list that a document repeats is tested.

use crate::support::named::{rows, rows_without_a_test};

const LOG: &str = "docs/hazards.md";
/// H01 to H58 are those of security.md §2.5, H59 to H64 of an emergency, and H65 to H69 of a stay in hospital.
const HAZARDS: u32 = 69;
/// Those whose control is not whole. One that is added here is a decision, one that is taken away a proof.
const OPEN: [u32; 16] = [8, 9, 10, 11, 12, 13, 14, 23, 24, 26, 27, 35, 37, 38, 50, 51];

fn named(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    let numbers = numbers.into_iter();
    numbers.map(|number| format!("H{number:02}")).collect()
}

#[test]
fn every_test_that_the_hazard_log_names_exists() {
    let open = named(OPEN);
    for row in rows_without_a_test(LOG, "H", 6) {
        assert!(open.contains(&row), "{row} names no test");
    }
}

#[test]
fn every_hazard_of_the_list_has_one_whole_row() {
    let rows = rows(LOG, "H");
    let ids: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(ids, named(1..=HAZARDS));
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
    let open = rows.iter().filter(|row| row[7].starts_with("**open**"));
    let open: Vec<&str> = open.map(|row| row[0].as_str()).collect();
    assert_eq!(open, named(OPEN));
}
