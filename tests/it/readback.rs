//! Three hundred invented residents, bound as a facility binds them, and every word of every record read back.

use hikitsugi::domain::answer::{Field, Kind, Shown};
use hikitsugi::domain::form::{Form, Forms, Print};
use hikitsugi::domain::view::SheetView;

use crate::support::Folder;
use crate::support::paper;
use crate::support::tools::{Pdf, bare};

const RESIDENTS: usize = 300;

/// What a cell or a table of the form shows of a record, part by part as the reader of the paper meets it.
fn placed(form: &Form, view: &SheetView) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for print in &form.print {
        match print {
            Print::Grid { rows, .. } => {
                for cell in rows.iter().flatten() {
                    parts(cell.source.key(), &view.cell(cell), &[], &mut found);
                }
            }
            Print::Table {
                source, columns, ..
            } => {
                let columns: Vec<&Field> = columns.iter().map(|column| column.field).collect();
                parts(source.key(), &view.shown(*source), &columns, &mut found);
            }
            Print::Blank { .. } | Print::Band => {}
        }
    }
    found
}

fn parts(
    key: &'static str,
    shown: &Shown,
    columns: &[&Field],
    found: &mut Vec<(&'static str, String)>,
) {
    match shown {
        Shown::Rows(rows) => found.extend(
            rows.iter()
                .flatten()
                .filter(|(field, shown)| {
                    let placed = columns.is_empty() || columns.contains(&field);
                    placed && !shown.is_not_asked() && !matches!(field.kind, Kind::Choice(_))
                })
                .map(|(_, shown)| (key, bare(&shown.line()))),
        ),
        other => found.push((key, bare(&other.line()))),
    }
}

/// Reads the record off the paper: what each placed field says, and the band, in whole and unchanged characters.
#[test]
fn the_text_of_three_hundred_residents_reads_back_equal_to_the_record() {
    let forms = Forms::built_in();
    let form = forms.emergency();
    let paper::Bound { views, drawn, .. } = paper::bound(form, RESIDENTS);
    let folder = Folder::new();
    let pages = Pdf::new(folder.path(), "binder", &drawn.pdf).text_of_pages();
    assert_eq!(pages.len(), drawn.pages);

    let mut read = 0;
    for (number, view) in views.iter().enumerate() {
        let end = drawn
            .begins
            .get(number + 1)
            .map_or(pages.len(), |next| next - 1);
        let text = pages[drawn.begins[number] - 1..end].concat();
        let band = view.standing.band();
        let mut expected = placed(form, view);
        for words in [band.headline, band.until, &band.area, &band.reason] {
            expected.push(("band", bare(words)));
        }
        let kana = view
            .record
            .get("name_kana")
            .map(|(_, kana)| kana.shown().line());
        expected.extend(kana.map(|kana| ("name_kana", bare(&kana))));
        for (key, words) in &expected {
            // 未確認 of two fields stands on the paper twice.
            let wanted = expected.iter().filter(|(_, same)| same == words).count();
            assert!(
                text.matches(words.as_str()).count() >= wanted,
                "resident {number}: {key} says {words}, {wanted} times in all, the paper: {text}"
            );
            read += 1;
        }
        for other in views.iter().enumerate().filter(|(at, _)| *at != number) {
            let serial = &other.1.issue.as_ref().unwrap().serial;
            assert!(
                !text.contains(serial.as_str()),
                "{serial} on a page of {number}"
            );
        }
    }
    println!(
        "{RESIDENTS} residents, {} pages, {read} values read back",
        drawn.pages
    );
    assert!(read > RESIDENTS * 40, "{read}");
}
