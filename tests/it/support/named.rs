//! Pages of the documents that name tests.

use std::collections::BTreeSet;
use std::path::Path;

/// The name of every test, and of every function of the tests.
pub fn tests() -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    names(&root.join("src"), &mut known);
    names(&root.join("tests"), &mut known);
    known
}

/// The rows of a table whose lines begin so, in cells.
pub fn rows<'t>(page: &'t str, begin: &str) -> Vec<Vec<&'t str>> {
    let table = page.lines().filter(|line| line.starts_with(begin));
    table
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// What stands between backticks.
pub fn in_cell(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

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
