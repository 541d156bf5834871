//! The hazard log says which test proves each control. A list that a document repeats is tested.

use std::collections::BTreeSet;
use std::path::Path;

const LOG: &str = include_str!("../../docs/hazards.md");
/// The hazards of security.md §2.5 that touch directives and the identity of a resident, H59 to H64 of an emergency, and
/// H65 to H69 of a stay in hospital.
const HAZARDS: [u32; 36] = [
    1, 2, 3, 4, 5, 6, 7, 16, 18, 19, 20, 21, 22, 25, 28, 31, 32, 36, 39, 40, 41, 55, 56, 57, 58,
    59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69,
];

/// Every function and module of the tests, and every test beside the sources.
fn names(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let is_test = path.iter().any(|part| part == "tests")
                || text.contains("#[cfg(test)]")
                || path.ends_with("tests.rs");
            if !is_test {
                continue;
            }
            for line in text.lines() {
                let line = line.trim_start();
                let function = line
                    .strip_prefix("async fn ")
                    .or_else(|| line.strip_prefix("fn "));
                if let Some((name, _)) = function.and_then(|rest| rest.split_once('(')) {
                    found.insert(name.to_owned());
                }
            }
        }
    }
}

fn rows() -> Vec<Vec<&'static str>> {
    let table = LOG.lines().filter(|line| line.starts_with("| H"));
    table
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

#[test]
fn every_test_that_the_hazard_log_names_exists() {
    let mut known = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    names(&root.join("src"), &mut known);
    names(&root.join("tests"), &mut known);
    for row in rows() {
        let tests: Vec<&str> = row[6]
            .split('`')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
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
