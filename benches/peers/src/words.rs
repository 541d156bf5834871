//! What the printed sheet says, without a layout: the same words for each peer.

use hikitsugi::domain::answer::{Field, Shown};
use hikitsugi::domain::form::{Cell, Column, Form, Print, Style};
use hikitsugi::domain::view::SheetView;
use hikitsugi::export::qr::Qr;
use serde::Serialize;

/// One sheet in reading order.
#[derive(Serialize)]
pub struct Words {
    pub title: String,
    pub subject: String,
    /// Version, verification, validity, serial and match code, each with its label.
    pub marks: Vec<(String, String)>,
    /// The resuscitation band, most important line first.
    pub band: Vec<String>,
    pub alike: String,
    pub address: String,
    pub blocks: Vec<Block>,
    pub foot: String,
    pub qr: Modules,
}

/// The symbol's dark rectangles in modules, `[x, y, width, height]`.
#[derive(Serialize)]
pub struct Modules {
    pub side: usize,
    pub dark: Vec<[usize; 4]>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    Grid {
        title: String,
        rows: Vec<Vec<Placed>>,
    },
    Table {
        title: String,
        heads: Vec<String>,
        widths: Vec<usize>,
        rows: Vec<Vec<String>>,
    },
    Blank {
        title: String,
        rows: Vec<Vec<Empty>>,
    },
}

/// A label and what stands below it, on a grid of twelve columns.
#[derive(Serialize)]
pub struct Placed {
    pub label: String,
    pub span: usize,
    pub lines: Vec<String>,
    /// In points.
    pub size: u8,
    pub bold: bool,
}

/// A box to write in; `height` is in millimetres.
#[derive(Serialize)]
pub struct Empty {
    pub label: String,
    pub span: usize,
    pub height: u8,
}

impl Words {
    pub fn of(form: &Form, view: &SheetView, address: &str) -> Self {
        let issue = view.issue.as_ref().expect("the sample is issued");
        let band = view.standing.band();
        let text = |key: &str| {
            view.record
                .get(key)
                .map_or_else(String::new, |(_, answer)| answer.shown().line())
        };
        let qr = Qr::encode(&address.to_ascii_uppercase()).expect("a short address");
        let mark = |label: &str, words: String| (label.to_owned(), words);
        Self {
            title: form.title.clone(),
            subject: format!("{} {} 様", form.title, text("name")),
            marks: vec![
                mark("版", format!("第{}版", view.marks.revision)),
                mark("事前記載", view.marks.recorded_by.clone()),
                mark("最終確認(全項目)", view.staleness().words()),
                mark("有効期限", format!("{}まで", issue.valid_until.seireki())),
                mark("照合番号", issue.match_code.clone()),
                mark("発行番号", format!("No. {}", issue.serial)),
            ],
            band: [
                band.headline.to_string(),
                format!("{}　{}", band.until, band.area),
                band.reason.to_string(),
            ]
            .into_iter()
            .filter(|line| !line.trim().is_empty())
            .collect(),
            alike: format!("似た名前の入居者がいます: {}", view.alike.join("、")),
            address: address.to_ascii_uppercase(),
            blocks: form
                .print
                .iter()
                .filter_map(|print| block(print, view))
                .collect(),
            foot: format!(
                "No. {}　第{}版　様式 {}",
                issue.serial, view.marks.revision, form.edition
            ),
            qr: Modules {
                side: qr.side(),
                dark: qr
                    .rectangles()
                    .iter()
                    .map(|dark| [dark.x, dark.y, dark.width, dark.height])
                    .collect(),
            },
        }
    }
}

fn block(print: &Print, view: &SheetView) -> Option<Block> {
    Some(match print {
        Print::Band => return None,
        Print::Grid { title, rows, .. } => Block::Grid {
            title: title.clone(),
            rows: rows
                .iter()
                .map(|row| row.iter().map(|cell| placed(cell, view)).collect())
                .collect(),
        },
        Print::Table {
            title,
            source,
            columns,
            across,
        } => table(title, &view.shown(*source), columns, *across),
        Print::Blank { title, rows } => Block::Blank {
            title: title.clone(),
            rows: rows
                .iter()
                .map(|row| {
                    row.iter()
                        .map(|blank| Empty {
                            label: format!("{} {}", blank.label, blank.choices.join("・")),
                            span: blank.span,
                            height: blank.height,
                        })
                        .collect()
                })
                .collect(),
        },
    })
}

fn placed(cell: &Cell, view: &SheetView) -> Placed {
    let (size, bold) = match cell.style {
        Style::Large => (16, true),
        Style::Call => (12, true),
        Style::Alert => (10, true),
        Style::Normal => (9, false),
    };
    let lines = match view.cell(cell) {
        Shown::Rows(rows) => rows.iter().map(|row| row_words(row)).collect(),
        shown => vec![shown.line()],
    };
    Placed {
        label: cell.label.clone(),
        span: cell.span,
        lines,
        size,
        bold,
    }
}

fn row_words(row: &[(Field, Shown)]) -> String {
    let answered = row.iter().filter(|(_, shown)| !shown.is_not_asked());
    let words: Vec<String> = answered.map(|(_, shown)| shown.line()).collect();
    words.join(" ")
}

fn table(title: &str, shown: &Shown, columns: &[Column], across: usize) -> Block {
    let groups: Vec<&[Column]> = columns.chunk_by(|_, next| next.width == 0).collect();
    let (rows, across) = match shown {
        Shown::Rows(rows) => (rows.as_slice(), across.min(rows.len()).max(1)),
        _ => (&[][..], 1),
    };
    let words = |group: &[Column], row: &[(Field, Shown)]| {
        let answers = group.iter().filter_map(|column| {
            row.iter()
                .find(|(field, shown)| field.key == column.field.key && !shown.is_not_asked())
        });
        let words: Vec<String> = answers.map(|(_, shown)| shown.line()).collect();
        words.join("　")
    };
    let mut lines: Vec<Vec<String>> = rows
        .chunks(across)
        .map(|line| {
            line.iter()
                .flat_map(|row| groups.iter().map(|group| words(group, row)))
                .collect()
        })
        .collect();
    let all = groups.len() * across;
    for line in &mut lines {
        line.resize(all, String::new());
    }
    let heads = |group: &&[Column]| {
        let labels: Vec<&str> = group.iter().map(|column| column.label.as_str()).collect();
        labels.join("　")
    };
    Block::Table {
        title: title.to_owned(),
        heads: groups.iter().map(heads).cycle().take(all).collect(),
        widths: groups
            .iter()
            .map(|group| group[0].width.max(1))
            .cycle()
            .take(all)
            .collect(),
        rows: lines,
    }
}
