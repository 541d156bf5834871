//! A form about a stay in hospital for another machine: JSON and CSV beside the PDF (docs/exchange.md).
//!
//! There is no national machine format for what a facility tells a hospital (domain/forms.md §5.3), so this is our own:
//! open, versioned, and with the same words as the paper.

use serde_json::{Value, json};

use crate::domain::answer::{Field, Shown};
use crate::domain::date::{Day, moment_text};
use crate::domain::form::{Form, Print, Source};
use crate::domain::view::SheetView;

/// What the document calls itself.
pub const FORMAT: &str = "hikitsugi.handoff";
/// Raised when something that a reader relies on changes; new members may come without it.
pub const VERSION: u32 = 1;

/// What the form says, block by block: for each item its words as printed, and the answer with its codes.
pub fn document(form: &Form, view: &SheetView) -> Value {
    let blocks: Vec<Value> = form
        .print
        .iter()
        .filter_map(|print| block(print, view))
        .collect();
    let issue = view.issue.as_ref();
    let band = view.standing.band();
    let mut document = json!({
        "format": FORMAT,
        "version": VERSION,
        "form": {
            "key": form.key, "title": form.title, "edition": form.edition, "issuer": form.issuer, "source": form.source,
        },
        "serial": issue.map(|issue| &issue.serial),
        "issued_at": moment_text(view.as_of),
        "blocks": blocks,
    });
    if !form.anonymous {
        let name = |key: &str| Source::find(key).map(|source| view.shown(source).line());
        document["facility"] = json!({
            "name": name("facility_name"), "phone": name("facility_phone"), "provider_number": name("provider_number"),
        });
        document["resident"] = json!({
            "name": name("name"), "kana": name("name_kana"), "birth_date": view.json_of("birth_date"),
            "sex": view.json_of("sex"),
        });
        document["record"] = json!({
            "revision": view.marks.revision, "recorded_on": Day::of(view.marks.recorded_at).iso(),
            "verified": view.staleness().code(),
        });
        document["directive"] = json!({
            "headline": band.headline, "until": band.until, "reason": band.reason,
            "facts": band.facts.iter().map(|(label, words)| json!({"label": label, "words": words})).collect::<Vec<_>>(),
        });
    }
    document
}

fn block(print: &Print, view: &SheetView) -> Option<Value> {
    match print {
        Print::Grid { title, rows, .. } => {
            let items: Vec<Value> = rows
                .iter()
                .flatten()
                .map(|cell| item(cell.source, &cell.label, &view.cell(cell), view))
                .collect();
            Some(json!({"title": title, "items": items}))
        }
        Print::Table { title, source, .. } => {
            let items = vec![item(*source, title, &view.shown(*source), view)];
            Some(json!({"title": title, "items": items}))
        }
        Print::Blank { .. } | Print::Band => None,
    }
}

fn item(source: Source, label: &str, shown: &Shown, view: &SheetView) -> Value {
    let label = if label.is_empty() {
        source.label()
    } else {
        label
    };
    let rows = match shown {
        Shown::Rows(rows) => Some(rows.iter().map(|row| row_words(row)).collect::<Vec<_>>()),
        _ => None,
    };
    json!({
        "key": source.key(), "label": label, "words": shown.line(), "state": state(shown), "rows": rows,
        "answer": view.json(source),
    })
}

fn row_words(row: &[(Field, Shown)]) -> Vec<Value> {
    row.iter()
        .map(
            |(field, shown)| json!({"key": field.key, "label": field.label, "words": shown.line()}),
        )
        .collect()
}

/// Which of the four answers it is (safety.md S18).
fn state(shown: &Shown) -> &'static str {
    match shown {
        Shown::NotAsked => "not_asked",
        Shown::Unknown => "unknown",
        Shown::None(_) => "none",
        Shown::Text(_) | Shown::Rows(_) => "present",
    }
}

/// The same as a table of one line for each answer: UTF-8 with a byte order mark, CRLF, as spreadsheets open it. A cell
/// that a spreadsheet would compute is written with an apostrophe in front.
pub fn csv(document: &Value) -> Vec<u8> {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let mut lines = vec![
        vec!["block", "key", "label", "row", "column", "words", "state"]
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    ];
    for block in document["blocks"].as_array().into_iter().flatten() {
        for item in block["items"].as_array().into_iter().flatten() {
            let head = [text(block, "title"), text(item, "key"), text(item, "label")];
            let Some(rows) = item["rows"].as_array() else {
                let rest = [
                    String::new(),
                    String::new(),
                    text(item, "words"),
                    text(item, "state"),
                ];
                lines.push(head.into_iter().chain(rest).collect());
                continue;
            };
            for (number, row) in rows.iter().enumerate() {
                for cell in row.as_array().into_iter().flatten() {
                    let rest = [
                        (number + 1).to_string(),
                        text(cell, "label"),
                        text(cell, "words"),
                        text(item, "state"),
                    ];
                    lines.push(head.iter().cloned().chain(rest).collect());
                }
            }
        }
    }
    let lines: Vec<String> = lines
        .into_iter()
        .map(|line| {
            line.iter()
                .map(|cell| quoted(cell))
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect();
    format!("\u{feff}{}\r\n", lines.join("\r\n")).into_bytes()
}

fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_never_computed() {
        assert_eq!(quoted("「\"A\"」\n二行"), "\"「\"\"A\"\"」\n二行\"");
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
    }

    #[test]
    fn each_row_of_a_list_is_lines_of_its_own() {
        let document = json!({"blocks": [{"title": "服用薬", "items": [
            {"key": "medications", "label": "服用薬", "words": "", "state": "present",
             "rows": [[{"label": "薬の名前", "words": "アムロジピン"}], [{"label": "薬の名前", "words": "ワーファリン"}]]},
            {"key": "vision", "label": "視力", "words": "未確認", "state": "not_asked", "rows": null},
        ]}]});
        let csv = String::from_utf8(csv(&document)).unwrap();
        let lines: Vec<&str> = csv
            .trim_start_matches('\u{feff}')
            .trim_end()
            .split("\r\n")
            .collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(
            lines[2],
            "\"服用薬\",\"medications\",\"服用薬\",\"2\",\"薬の名前\",\"ワーファリン\",\"present\""
        );
        assert!(lines[3].ends_with("\"未確認\",\"not_asked\""));
    }
}
