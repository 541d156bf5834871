//! Separated values to lines, numbered as a spreadsheet numbers its rows.
//!
//! Read here and not by a library, because a spreadsheet counts blank rows and counts a quoted line end for nothing,
//! and because a quotation mark that nobody closed must stop the import instead of swallowing the rest of the file.

use super::{HEADER_WITHIN, ImportError, Line, MAX_COLUMNS, MAX_ROWS, header};

pub(super) fn lines(text: &str) -> Result<Vec<Line>, ImportError> {
    let separator = separator(text);
    let mut records = Records::new(text, separator);
    let mut lines = Vec::new();
    while let Some(line) = records.next_line()? {
        if line.cells.len() > MAX_COLUMNS {
            return Err(ImportError::TooManyColumns);
        }
        if !line.is_blank() {
            lines.push(line);
        }
        if lines.len() > MAX_ROWS + HEADER_WITHIN {
            return Err(ImportError::TooManyRows);
        }
    }
    Ok(lines)
}

/// The separator by which most headers become known, or else the widest line; a comma when nothing tells.
fn separator(text: &str) -> char {
    let told = |separator| {
        let mut records = Records::new(text, separator);
        let mut best = (0, 1);
        for _ in 0..HEADER_WITHIN {
            let Ok(Some(line)) = records.next_line() else {
                break;
            };
            best = best.max((header::known(&line.cells), line.cells.len()));
        }
        best
    };
    let mut separators = [',', '\t', ';'];
    // The sort is stable, so that the comma stays first among equals.
    separators.sort_by_key(|separator| std::cmp::Reverse(told(*separator)));
    separators[0]
}

struct Records<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    separator: char,
    /// Of the next record.
    number: usize,
    /// Lines as a text editor counts them, to name an open quotation mark.
    physical: usize,
}

impl<'a> Records<'a> {
    fn new(text: &'a str, separator: char) -> Self {
        Self {
            rest: text.chars().peekable(),
            separator,
            number: 1,
            physical: 1,
        }
    }

    /// The next record, blank or not; `None` at the end.
    fn next_line(&mut self) -> Result<Option<Line>, ImportError> {
        if self.rest.peek().is_none() {
            return Ok(None);
        }
        let mut cells = vec![String::new()];
        let mut at_start = true;
        while let Some(c) = self.rest.next() {
            let cell = cells
                .last_mut()
                .expect("made with one cell, and never popped");
            match c {
                '"' if at_start => {
                    self.quoted(cell)?;
                    at_start = false;
                }
                '\n' | '\r' => {
                    if c == '\r' {
                        self.rest.next_if_eq(&'\n');
                    }
                    self.physical += 1;
                    break;
                }
                c if c == self.separator => {
                    cells.push(String::new());
                    at_start = true;
                }
                c => {
                    cell.push(c);
                    at_start = false;
                }
            }
        }
        let line = Line::new(self.number, cells);
        self.number += 1;
        Ok(Some(line))
    }

    /// Reads on behind an opening quotation mark, up to and past the closing one.
    fn quoted(&mut self, cell: &mut String) -> Result<(), ImportError> {
        let line = self.physical;
        while let Some(c) = self.rest.next() {
            match c {
                '"' if self.rest.next_if_eq(&'"').is_none() => return Ok(()),
                '\n' => self.physical += 1,
                _ => {}
            }
            cell.push(c);
        }
        Err(ImportError::UnclosedQuote { line })
    }
}
