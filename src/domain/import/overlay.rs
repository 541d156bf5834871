//! What a file says, laid over what is known: nothing that is known is ever taken away by an import.

use crate::domain::answer::{Inputs, Kind};
use crate::domain::kana::name_key;
use crate::domain::record::Record;

/// The parts by which a row of a list is the same as another, whatever else it says.
const IDENTITY: &[(&str, &[&str])] = &[
    ("emergency_contacts", &["name"]),
    ("physicians", &["institution", "name"]),
    ("allergies", &["substance"]),
    ("infections", &["agent", "note"]),
    ("current_conditions", &["name"]),
    ("past_history", &["name"]),
    ("medications", &["name"]),
];

/// Both together, and what a person should know about how they came together.
#[derive(Debug)]
pub(super) struct Overlay {
    pub inputs: Inputs,
    /// Key and message: where file and record contradict each other, a person decides.
    pub contradictions: Vec<(&'static str, String)>,
    pub warnings: Vec<String>,
}

/// Lays `file` over `known`; both as [`Record::inputs`] writes them.
///
/// A blank changes nothing. 不明 does not replace an answer. Rows of lists are added or completed, and never removed,
/// and 「なし」 against known rows is a contradiction.
pub(super) fn overlay(known: &Inputs, file: &Inputs) -> Overlay {
    let mut overlay = Overlay {
        inputs: known.clone(),
        contradictions: Vec::new(),
        warnings: Vec::new(),
    };
    for field in Record::fields() {
        let (old, new) = (known.part(field.key), file.part(field.key));
        if new.is_empty() || new == old {
            continue;
        }
        let says_unknown = [field.key.to_owned(), format!("{}.state", field.key)]
            .iter()
            .any(|key| matches!(new.get(key), "不明" | "unknown"));
        let says_none = new.get(&format!("{}.state", field.key)) == "none";
        let state = old.get(&format!("{}.state", field.key)).to_owned();
        if says_unknown && !old.is_empty() {
            overlay.warnings.push(format!(
                "{}は「不明」ですが、今の記入を残します",
                field.label
            ));
            continue;
        }
        match field.kind {
            Kind::Rows(_) | Kind::Checks(_) if says_none && state == "present" => {
                overlay.contradictions.push((
                    field.key,
                    format!("「なし」ですが、「{}」と登録されています。確かめて、どちらかを直してください",
                        shown(known, field.key)),
                ));
            }
            // The day of an earlier confirmation stays.
            Kind::Rows(_) | Kind::Checks(_) if says_none && state == "none" => {}
            Kind::Rows(_) if state == "present" && !says_none => {
                let merged = rows(field.key, &old, &new);
                overlay.inputs.replace(field.key, merged);
            }
            Kind::Checks(_) if state == "present" && !says_none => {
                let merged = checks(field.key, &old, &new);
                overlay.inputs.replace(field.key, merged);
            }
            _ => overlay.inputs.replace(field.key, new),
        }
    }
    overlay
}

fn shown(inputs: &Inputs, key: &str) -> String {
    let (record, _) = Record::read(inputs);
    record
        .get(key)
        .map_or_else(String::new, |(_, answer)| answer.shown().line())
}

/// The known rows, completed by those of the file, and the file's new ones behind them.
fn rows(key: &str, old: &Inputs, new: &Inputs) -> Inputs {
    let mut merged = old.clone();
    for number in new.rows(key) {
        let row = Row::of(new, key, number);
        let at = old
            .rows(key)
            .into_iter()
            .find(|at| row.is_same_as(&Row::of(old, key, *at), key))
            .unwrap_or_else(|| merged.rows(key).last().map_or(0, |last| last + 1));
        for (part, values) in row.0 {
            let name = format!("{key}.{at}.{part}");
            merged.remove(&name);
            for value in values {
                merged.push(name.clone(), value);
            }
        }
    }
    merged
}

fn checks(key: &str, old: &Inputs, new: &Inputs) -> Inputs {
    let mut merged = old.clone();
    for item in new.all(key) {
        if !old.all(key).contains(item) {
            merged.push(key.to_owned(), item.clone());
        }
    }
    let note_key = format!("{key}.note");
    let (known, added) = (old.get(&note_key), new.get(&note_key));
    if !added.is_empty() && !known.contains(added) {
        let both: Vec<&str> = [known, added]
            .into_iter()
            .filter(|note| !note.is_empty())
            .collect();
        merged.set(note_key, both.join("、"));
    }
    merged
}

/// One row: the names of its parts below `key.number`, and what they hold.
struct Row(Vec<(String, Vec<String>)>);

impl Row {
    fn of(inputs: &Inputs, key: &str, number: usize) -> Self {
        let row_key = format!("{key}.{number}");
        let part = inputs.part(&row_key);
        let parts = part.iter().map(|(name, values)| {
            let part = name[row_key.len()..].trim_start_matches('.');
            (part.to_owned(), values.to_vec())
        });
        Self(parts.collect())
    }

    fn get(&self, part: &str) -> &str {
        let found = self.0.iter().find(|(name, _)| name == part);
        found
            .and_then(|(_, values)| values.last())
            .map_or("", String::as_str)
    }

    /// Whether both are about the same thing; one that names nothing must say nothing that the other does not.
    fn is_same_as(&self, other: &Self, key: &str) -> bool {
        let identity = IDENTITY
            .iter()
            .find(|(list, _)| *list == key)
            .map_or(&[] as &[&str], |(_, parts)| parts);
        let mut named = false;
        for part in identity {
            let (mine, theirs) = (name_key(self.get(part)), name_key(other.get(part)));
            if !mine.is_empty() && !theirs.is_empty() {
                if mine != theirs {
                    return false;
                }
                named = true;
            }
        }
        named
            || self
                .0
                .iter()
                .all(|(part, values)| values.last().map_or("", String::as_str) == other.get(part))
    }
}
