//! XLSX to lines: the first sheet that has a header, each cell as the text that a person would have typed.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};

use super::{HEADER_WITHIN, ImportError, Line, MAX_COLUMNS, MAX_ROWS, Table, header_at};

/// The most bytes that all parts of a workbook may unpack to. A full table of 5,000 rows stays below half of it.
const MAX_UNPACKED: u64 = 128 * 1024 * 1024;
/// The most parts; a workbook of one sheet has about a dozen.
const MAX_PARTS: usize = 2_000;

pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The container of `.xls` and of an encrypted `.xlsx`.
pub(super) fn is_compound_file(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
}

pub(super) fn read(bytes: &[u8]) -> Result<Table, ImportError> {
    check_size(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let mut first = None;
    for name in workbook.sheet_names() {
        let lines = match sheet(&mut workbook, &name) {
            Err(ImportError::BrokenWorkbook(cause)) => {
                return Err(ImportError::BrokenWorkbook(format!("{name}: {cause}")));
            }
            other => other?,
        };
        let source = format!("Excel(シート: {name})");
        if header_at(&lines).is_some() {
            return Table::from_lines(lines, source);
        }
        if first.is_none() && !lines.is_empty() {
            first = Some((lines, source));
        }
    }
    let (lines, source) = first.ok_or(ImportError::Empty)?;
    Table::from_lines(lines, source)
}

fn broken(error: XlsxError) -> ImportError {
    match error {
        XlsxError::Password => ImportError::Protected,
        error => ImportError::BrokenWorkbook(error.to_string()),
    }
}

/// Unpacks every part once and throws it away: what the directory says about sizes may be a lie.
fn check_size(bytes: &[u8]) -> Result<(), ImportError> {
    let damaged = |error: zip::result::ZipError| ImportError::BrokenWorkbook(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(ImportError::Bloated);
    }
    let mut left = MAX_UNPACKED;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(damaged)?;
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink())
            .map_err(|error| ImportError::BrokenWorkbook(error.to_string()))?;
        left = left.checked_sub(unpacked).ok_or(ImportError::Bloated)?;
    }
    Ok(())
}

/// The lines of one sheet. Cells come one by one, so that a lone cell at the far end of a sheet costs nothing.
fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Line>, ImportError> {
    let mut reader = match workbook.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        // A chart has a sheet of its own, without cells.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(Vec::new()),
        Err(error) => return Err(broken(error)),
    };
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    while let Some(cell) = reader.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        let text = cell_text(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MAX_COLUMNS {
            return Err(ImportError::TooManyColumns);
        }
        let cells = rows.entry(row).or_default();
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
        if rows.len() > MAX_ROWS + HEADER_WITHIN {
            return Err(ImportError::TooManyRows);
        }
    }
    let numbered = |row: u32| usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1);
    Ok(rows
        .into_iter()
        .map(|(row, cells)| Line::new(numbered(row), cells))
        .collect())
}

fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "はい".to_owned(),
        DataRef::Bool(false) => "いいえ".to_owned(),
        DataRef::DateTime(moment) => date_text(moment),
        DataRef::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// `254`, not `254.0`: every number in a sheet is a float.
fn number_text(number: f64) -> String {
    number.to_string()
}

fn date_text(moment: &ExcelDateTime) -> String {
    if moment.is_duration() {
        return number_text(moment.as_f64());
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}
