//! Pages of the documents that name tests.

use std::collections::BTreeSet;
use std::path::Path;

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
                || text.contains("#[test]");
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

/// The rows of a document's table whose first cell begins with `id`, by their cells.
pub fn rows(document: &str, id: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let text = std::fs::read_to_string(&path).unwrap();
    let begins = format!("| {id}");
    let table = text.lines().filter(|line| line.starts_with(&begins));
    table
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().to_owned()).collect()
        })
        .collect()
}

/// Each test that one column of a document's table names exists; gives the first cells of the rows that name none.
pub fn rows_without_a_test(document: &str, id: &str, column: usize) -> Vec<String> {
    let mut known = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    names(&root.join("src"), &mut known);
    names(&root.join("tests"), &mut known);
    let mut without = Vec::new();
    for row in rows(document, id) {
        let tests: Vec<&str> = row[column].split('`').skip(1).step_by(2).collect();
        for test in &tests {
            assert!(known.contains(*test), "{}: {test} does not exist", row[0]);
        }
        if tests.is_empty() {
            without.push(row[0].clone());
        }
    }
    without
}
