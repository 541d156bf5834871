//! Residents from a spreadsheet: bytes become a table, its columns are matched with the record's fields, and a dry run
//! says for every row what would happen and what is wrong. Nothing here writes anything.
//!
//! 1. [`Table::read`]: CSV or XLSX to cells, as the spreadsheet shows them, with its line numbers.
//! 2. [`Mapping`]: which column fills which field; guessed from the headers, changed by a person.
//! 3. [`plan`]: what each row does, and every problem. Only a plan without problems is carried out, whole.
//!
//! An import never says anything about resuscitation (safety.md S12, S17): columns that do are recognised and refused,
//! and so are cells that do.

mod cell;
mod csv;
mod decode;
mod header;
mod overlay;
mod plan;
mod words;
mod workbook;

use std::fmt;

use super::text;
pub use header::{Mapping, Target};
pub use plan::{Action, Existing, Plan, PlannedRow, RowProblem, plan};

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;
/// The most rows below the header that are not blank.
pub const MAX_ROWS: usize = 5_000;
pub const MAX_COLUMNS: usize = 200;

/// Rows from the top in which the header is looked for; above it may stand a title.
const HEADER_WITHIN: usize = 20;

/// Why a file is no table of residents, in a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportError {
    TooLarge {
        bytes: usize,
    },
    Empty,
    HeaderOnly,
    TooManyRows,
    TooManyColumns,
    Utf16,
    /// Neither UTF-8 nor Shift_JIS; the line is the first that cannot be read.
    Encoding {
        line: usize,
    },
    NotText,
    UnclosedQuote {
        line: usize,
    },
    /// An XLSX behind a password, or the format of Excel before 2007: both come in the same container.
    Protected,
    /// The cause is for the log.
    BrokenWorkbook(String),
    /// Packed so tightly that unpacking it would exhaust the machine.
    Bloated,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes } => write!(
                f,
                "ファイルが大きすぎます({:.1}MB)。{}MBまでにしてください",
                *bytes as f64 / 1_048_576.0,
                MAX_BYTES / 1_048_576
            ),
            Self::Empty => f.write_str(
                "ファイルに何も書かれていません。1行目に見出し、2行目から入居者を書いてください",
            ),
            Self::HeaderOnly => {
                f.write_str("見出しの下に入居者の行がありません。1人1行で書いてください")
            }
            Self::TooManyRows => write!(
                f,
                "行が多すぎます。見出しの下は{MAX_ROWS}行までにし、分けて取り込んでください"
            ),
            Self::TooManyColumns => write!(
                f,
                "列が多すぎます。{MAX_COLUMNS}列までにし、要らない列を消してください"
            ),
            Self::Utf16 => f.write_str(
                "文字コードがUTF-16です。「CSV UTF-8」かShift_JISのCSVで保存し直してください",
            ),
            Self::Encoding { line } => write!(
                f,
                "{line}行目に読み取れない文字があります。UTF-8かShift_JISのCSVで保存し直してください"
            ),
            Self::NotText => f.write_str(
                "表として読み取れないファイルです。CSV(.csv)かExcel(.xlsx)で保存し直してください",
            ),
            Self::UnclosedQuote { line } => write!(
                f,
                "{line}行目の「\"」が閉じていません。その行のセルの「\"」を確かめてください"
            ),
            Self::Protected => f.write_str(
                "パスワード付きのExcelか、古い形式(.xls)です。パスワードを外し、.xlsxで保存し直してください",
            ),
            Self::BrokenWorkbook(_) => f.write_str(
                "Excelファイルが壊れています。Excelで開いて.xlsxかCSVで保存し直してください",
            ),
            Self::Bloated => f.write_str(
                "Excelファイルの中身が大きすぎます。入居者の表だけをCSVで保存し直してください",
            ),
        }
    }
}

impl std::error::Error for ImportError {}

/// One line of the spreadsheet. Blank lines are left out, so the number of each is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Line {
    /// As the spreadsheet numbers its rows: the first is 1.
    number: usize,
    cells: Vec<String>,
}

impl Line {
    fn new(number: usize, cells: impl IntoIterator<Item = String>) -> Self {
        let mut cells: Vec<String> = cells.into_iter().map(|cell| text::clean(&cell)).collect();
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        Self { number, cells }
    }

    fn is_blank(&self) -> bool {
        self.cells.is_empty()
    }

    fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// The cells of a file, below one line of headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What was read, for the person: 「CSV(Shift_JIS)」, 「Excel(シート: 入居者)」.
    pub source: String,
    header: Line,
    rows: Vec<Line>,
}

/// One column for the person who matches it: its letter, its header and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column<'a> {
    pub index: usize,
    pub header: &'a str,
    /// Up to three values that are not blank.
    pub samples: Vec<&'a str>,
}

impl Table {
    /// Reads CSV or XLSX; the bytes decide which, not the name.
    ///
    /// # Errors
    /// The first thing that makes the file unreadable as a whole; problems of single rows are [`plan`]'s.
    pub fn read(bytes: &[u8], file_name: &str) -> Result<Self, ImportError> {
        if bytes.len() > MAX_BYTES {
            return Err(ImportError::TooLarge { bytes: bytes.len() });
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(ImportError::Empty);
        }
        if workbook::is_compound_file(bytes) {
            return Err(ImportError::Protected);
        }
        if workbook::is_zip(bytes) {
            return workbook::read(bytes);
        }
        if file_name.to_ascii_lowercase().ends_with(".xlsx") {
            return Err(ImportError::BrokenWorkbook("not a ZIP archive".to_owned()));
        }
        let (text, encoding) = decode::decode(bytes)?;
        Self::from_lines(csv::lines(&text)?, format!("CSV({encoding})"))
    }

    /// Finds the header, and refuses what is empty or too large.
    fn from_lines(lines: Vec<Line>, source: String) -> Result<Self, ImportError> {
        let mut lines: Vec<Line> = lines.into_iter().filter(|line| !line.is_blank()).collect();
        if lines.is_empty() {
            return Err(ImportError::Empty);
        }
        let at = header_at(&lines).unwrap_or(0);
        let rows = lines.split_off(at + 1);
        let header = lines.pop().expect("at is the index of a line");
        if rows.is_empty() {
            return Err(ImportError::HeaderOnly);
        }
        if rows.len() > MAX_ROWS {
            return Err(ImportError::TooManyRows);
        }
        let table = Self {
            source,
            header,
            rows,
        };
        if table.width() > MAX_COLUMNS {
            return Err(ImportError::TooManyColumns);
        }
        Ok(table)
    }

    fn width(&self) -> usize {
        self.rows
            .iter()
            .chain([&self.header])
            .map(|line| line.cells.len())
            .max()
            .unwrap_or(0)
    }

    pub fn header_line(&self) -> usize {
        self.header.number
    }

    /// How many rows are not blank.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Never: a file without rows is not read as a table.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn columns(&self) -> Vec<Column<'_>> {
        (0..self.width())
            .map(|index| Column {
                index,
                header: self.header.cell(index),
                samples: self
                    .rows
                    .iter()
                    .map(|row| row.cell(index))
                    .filter(|cell| !cell.is_empty())
                    .take(3)
                    .collect(),
            })
            .collect()
    }
}

impl Column<'_> {
    pub fn letter(&self) -> String {
        column_letter(self.index)
    }

    /// Why nothing of this column is ever imported, where that is so (safety.md S12, S17).
    pub fn refused(&self) -> Option<&'static str> {
        header::refused(self.header)
    }
}

/// The name by which spreadsheets call a column: A for the first, AA for the twenty-seventh.
pub fn column_letter(index: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(index % 26).expect("a remainder below 26"));
    match index / 26 {
        0 => letter.to_string(),
        before => column_letter(before - 1) + &letter.to_string(),
    }
}

/// The first line near the top that looks like a header: two headers are known, and no line has twice as many. Above
/// it may stand a title, or the headings of groups of columns.
fn header_at(lines: &[Line]) -> Option<usize> {
    let known: Vec<usize> = lines
        .iter()
        .take(HEADER_WITHIN)
        .map(|line| header::known(&line.cells))
        .collect();
    let most = known.iter().copied().max()?;
    known
        .iter()
        .position(|known| *known >= 2 && known * 2 > most)
}

#[cfg(test)]
mod tests;
