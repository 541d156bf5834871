//! Each of the rules S1 to S22 has a test that names it, beside the sources and through the whole service.

use std::collections::BTreeSet;
use std::path::Path;

/// A rule without a test of its number in a place, and why.
const EXCEPTIONS: [(u32, &str, &str); 1] = [(
    20,
    "src",
    "the audit is written by the store, whose tests stand under tests/ on both databases",
)];

/// The names of all functions under a folder; a test is told by the number in its name.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for line in text.lines().map(str::trim_start) {
                let line = line.strip_prefix("async ").unwrap_or(line);
                let name = line
                    .strip_prefix("fn ")
                    .and_then(|rest| rest.split_once('('));
                found.extend(name.map(|(name, _)| name.to_owned()));
            }
        }
    }
}

/// `s02_s03_every_paper` names the rules 2 and 3.
fn rules_of(name: &str) -> impl Iterator<Item = u32> {
    name.split('_').map_while(|part| {
        let digits = part.strip_prefix('s')?;
        (digits.len() == 2).then(|| digits.parse().ok())?
    })
}

#[test]
fn every_rule_has_a_test_beside_the_sources_and_one_through_the_service() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    for place in ["src", "tests"] {
        let mut names = BTreeSet::new();
        functions(&root.join(place), &mut names);
        let named: BTreeSet<u32> = names.iter().flat_map(|name| rules_of(name)).collect();
        for rule in 1..=22 {
            let excepted = EXCEPTIONS
                .iter()
                .any(|(excepted, at, _)| (*excepted, *at) == (rule, place));
            match (named.contains(&rule), excepted) {
                (false, false) => wrong.push(format!("S{rule}: no test under {place}/")),
                (true, true) => wrong.push(format!(
                    "S{rule} has a test under {place}/: no exception is needed"
                )),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn s07_no_column_could_hold_the_standing() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut read = 0;
    for engine in ["sqlite", "postgres"] {
        for entry in std::fs::read_dir(migrations.join(engine)).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for line in text.lines() {
                let code = line.split("--").next().unwrap_or_default().to_lowercase();
                for word in ["standing", "dnar", "cpr", "order_on_file", "resuscitat"] {
                    assert!(!code.contains(word), "{engine}: {line}");
                }
            }
            read += 1;
        }
    }
    assert!(read >= 8, "only {read} migrations were read");
}
