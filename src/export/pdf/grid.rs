//! Grids of labelled cells and tables of rows, with their frames and white-on-black headings.
use std::rc::Rc;

use super::PdfError;
use super::element::{
    Border, Cell, Element, GRID_COLUMNS, Grid, LabelPlace, Role, Strip, Table, TableColumn, Text,
};
use super::laid::{Content, Ink, Laid, Tag};
use super::layout::{ASCENT, EPSILON, LIGHT, Layouter, MM_PER_PT, name, widths};
use super::text::Shaped;

pub(super) const PAD_X: f32 = 1.3;
pub(super) const PAD_Y: f32 = 0.7;
const LABEL_GAP: f32 = 0.2;
const STRIP_WIDTH: f32 = 6.0;
const STRIP_PT: f32 = 9.5;
const STRIP_SMALLEST_PT: f32 = 7.0;
/// Distance of upright characters in a strip, in em.
const STRIP_LEADING: f32 = 1.1;

impl Layouter<'_> {
    pub fn grid(
        &self,
        grid: &Grid,
        width: f32,
        min_height: f32,
        ink: Ink,
    ) -> Result<Laid, PdfError> {
        let body = |width: f32, min_height: f32| {
            let lay = |cell: &Cell, width: f32, height: f32| self.cell(cell, width, height, ink);
            let rows = grid.rows.iter().map(|cells| {
                let widths = spans(cells, width);
                cells.iter().zip(widths).collect::<Vec<_>>()
            });
            ruled(rows.collect(), width, min_height, lay)
        };
        self.with_strip(grid.strip.as_ref(), grid.border, width, min_height, body)
    }

    /// A cell with its padding, at least `height` high.
    fn cell(&self, cell: &Cell, width: f32, height: f32, ink: Ink) -> Result<Laid, PdfError> {
        let ink = if cell.inverted { Ink::White } else { ink };
        let pad_y = self.squeeze(PAD_Y);
        let label = Text::label(cell.label.as_str());
        // Thin white strokes on black close up in a fax.
        let label = if ink == Ink::White {
            label.bold()
        } else {
            label
        };
        let mut laid = Laid {
            tag: paragraph_tag(&cell.value),
            ..Laid::sized(width, 0.0)
        };
        let mut left = PAD_X;
        let mut top = pad_y;
        if !cell.label.is_empty() {
            match cell.place {
                LabelPlace::Top => {
                    let label = self.text(&label.leading(1.15), width - 2.0 * PAD_X, ink)?;
                    top += label.height + LABEL_GAP;
                    laid.place(PAD_X, pad_y, label);
                }
                LabelPlace::Left(label_width) => {
                    let label = self.text(
                        &label.leading(1.15).size(7.5),
                        label_width - 2.0 * PAD_X,
                        ink,
                    )?;
                    laid.place(PAD_X, pad_y, label);
                    left += label_width;
                }
            }
        }
        let value = self.lay(&cell.value, width - left - PAD_X, 0.0, ink)?;
        let label_bottom = laid
            .children
            .first()
            .map_or(0.0, |label| label.y + label.laid.height + pad_y);
        laid.height = (top + value.height + pad_y)
            .max(label_bottom)
            .max(cell.min_height)
            .max(height);
        let y = top
            + cell
                .vertical
                .offset(laid.height - top - value.height - pad_y);
        laid.place(left, y, value);
        if let LabelPlace::Left(label_width) = cell.place
            && !cell.label.is_empty()
        {
            let height = laid.height;
            let label = &mut laid.children[0];
            label.y = (height - label.laid.height) / 2.0;
            laid.vertical(label_width, 0.0, height, LIGHT);
        }
        if cell.inverted {
            laid.fill(0.0, 0.0, width, laid.height, Ink::Black);
        }
        Ok(laid)
    }

    pub fn table(&self, table: &Table, width: f32, min_height: f32) -> Result<Laid, PdfError> {
        for row in &table.rows {
            if row.len() > table.columns.len() {
                return Err(PdfError::TooManyCells {
                    near: row.first().map(name).unwrap_or_default(),
                });
            }
        }
        let body = |width: f32, min_height: f32| {
            let mut laid = self.table_body(table, width, 0.0)?;
            if laid.height < min_height - EPSILON {
                laid = self.table_body(table, width, min_height)?;
            }
            Ok(laid)
        };
        self.with_strip(table.strip.as_ref(), table.border, width, min_height, body)
    }

    fn table_body(&self, table: &Table, width: f32, min_height: f32) -> Result<Laid, PdfError> {
        let widths = widths(table.columns.iter().map(|column| column.width), width, 0.0);
        let mut laid = Laid {
            tag: Some(Tag::Table),
            ..Laid::sized(width, 0.0)
        };
        if table
            .columns
            .iter()
            .any(|column| !column.heading.is_empty())
        {
            let heading = |column: &TableColumn| {
                Element::from(
                    Text::label(column.heading.as_str())
                        .size(7.5)
                        .bold()
                        .leading(1.15),
                )
            };
            let cells: Vec<Element> = table.columns.iter().map(heading).collect();
            let head = self.table_row(&cells, &widths, 0.0, Tag::HeadCell)?;
            laid.height = head.height;
            laid.place(0.0, 0.0, head);
            laid.horizontal(0.0, laid.height, width, 2.0 * LIGHT);
        }
        let mut rows = Vec::new();
        let mut total = laid.height;
        for cells in &table.rows {
            let row = self.table_row(cells, &widths, table.min_row_height, Tag::Cell)?;
            total += row.height;
            rows.push(row);
        }
        let spare = (min_height - total).max(0.0) / rows.len().max(1) as f32;
        for (at, (cells, mut row)) in table.rows.iter().zip(rows).enumerate() {
            if spare > EPSILON {
                row = self.table_row(cells, &widths, row.height + spare, Tag::Cell)?;
            }
            let y = laid.height;
            if at > 0 {
                laid.horizontal(0.0, y, width, LIGHT);
            }
            laid.height += row.height;
            laid.place(0.0, y, row);
        }
        let mut x = 0.0;
        for &column in &widths[..widths.len().saturating_sub(1)] {
            x += column;
            laid.vertical(x, 0.0, laid.height, LIGHT);
        }
        Ok(laid)
    }

    fn table_row(
        &self,
        cells: &[Element],
        widths: &[f32],
        min_height: f32,
        tag: Tag,
    ) -> Result<Laid, PdfError> {
        let pad_y = self.squeeze(PAD_Y) * 0.8;
        let mut parts = Vec::new();
        for (cell, width) in cells.iter().zip(widths) {
            parts.push(self.lay(cell, width - 2.0 * PAD_X, 0.0, Ink::Black)?);
        }
        let height = parts.iter().fold(min_height, |tallest, part| {
            tallest.max(part.height + 2.0 * pad_y)
        });
        let mut row = Laid {
            tag: Some(Tag::TableRow),
            ..Laid::sized(widths.iter().sum(), height)
        };
        let mut x = 0.0;
        for (part, width) in parts.into_iter().zip(widths) {
            let mut cell = Laid {
                tag: Some(tag.clone()),
                ..Laid::sized(*width, height)
            };
            cell.place(PAD_X, (height - part.height) / 2.0, part);
            row.place(x, 0.0, cell);
            x += width;
        }
        Ok(row)
    }

    /// Draws the frame and the white-on-black heading around `body(width, min_height)`.
    fn with_strip(
        &self,
        strip: Option<&Strip>,
        border: Border,
        width: f32,
        min_height: f32,
        body: impl Fn(f32, f32) -> Result<Laid, PdfError>,
    ) -> Result<Laid, PdfError> {
        let mut laid = Laid::sized(width, 0.0);
        match strip {
            None => {
                let body = body(width, min_height)?;
                laid.height = body.height;
                laid.place(0.0, 0.0, body);
            }
            Some(Strip::Top(heading)) => {
                let text = Text::heading(2, heading.as_str()).size(STRIP_PT);
                let heading = self.text(&text.leading(1.25), width - 2.0 * PAD_X, Ink::White)?;
                let top = heading.height + 0.6;
                let body = body(width, min_height - top)?;
                laid.height = top + body.height;
                laid.fill(0.0, 0.0, width, top, Ink::Black);
                laid.place(PAD_X, 0.3, heading);
                laid.place(0.0, top, body);
            }
            Some(Strip::Left(heading)) => {
                let (heading, least) = self.vertical_heading(heading)?;
                let body = body(width - STRIP_WIDTH, min_height.max(least))?;
                laid.height = body.height;
                laid.fill(0.0, 0.0, STRIP_WIDTH, body.height, Ink::Black);
                laid.place(0.0, 0.0, heading.of_height(body.height));
                laid.place(STRIP_WIDTH, 0.0, body);
            }
        }
        laid.frame(border.thickness());
        Ok(laid)
    }

    /// What a heading takes from a body's width and height.
    pub fn strip_size(&self, strip: Option<&Strip>) -> StripSize {
        match strip {
            None => StripSize {
                left: 0.0,
                top: 0.0,
            },
            Some(Strip::Top(_)) => StripSize {
                left: 0.0,
                top: STRIP_PT * MM_PER_PT * 1.25 + 0.6,
            },
            Some(Strip::Left(_)) => StripSize {
                left: STRIP_WIDTH,
                top: 0.0,
            },
        }
    }

    /// A heading down the edge, and the least height that it needs.
    fn vertical_heading(&self, heading: &str) -> Result<(VerticalHeading, f32), PdfError> {
        let text = Text::heading(2, heading);
        let shaped = self.shape(&text)?;
        let upright = heading.chars().all(is_upright);
        let length: f32 = match upright {
            true => shaped.shapes.len() as f32 * STRIP_LEADING,
            false => shaped.shapes.iter().map(|shape| shape.advance).sum::<f32>() + 0.3,
        };
        let least = length * STRIP_SMALLEST_PT * MM_PER_PT + 1.0;
        Ok((
            VerticalHeading {
                shaped,
                upright,
                length,
            },
            least,
        ))
    }
}

/// See [`Layouter::strip_size`].
pub(super) struct StripSize {
    pub left: f32,
    pub top: f32,
}

/// A section's name down its left edge.
struct VerticalHeading {
    shaped: Rc<Shaped>,
    upright: bool,
    /// In em.
    length: f32,
}

impl VerticalHeading {
    fn of_height(self, height: f32) -> Laid {
        let largest = (height - 1.0) / (self.length * MM_PER_PT);
        let size_pt = largest.clamp(STRIP_SMALLEST_PT, STRIP_PT);
        let em = size_pt * MM_PER_PT;
        let top = (height - self.length * em) / 2.0;
        let content = match self.upright {
            true => Content::Column {
                shaped: self.shaped,
                x: STRIP_WIDTH / 2.0,
                first_baseline: top + em * ((STRIP_LEADING - 1.0) / 2.0 + ASCENT),
                step: STRIP_LEADING * em,
                size_pt,
            },
            false => Content::Turned {
                shaped: self.shaped,
                x: STRIP_WIDTH / 2.0 - em * (ASCENT - 0.5),
                top: top + em * 0.15,
                size_pt,
            },
        };
        Laid {
            tag: Some(Tag::Heading(2)),
            content: Some(content),
            ..Laid::sized(STRIP_WIDTH, height)
        }
    }
}

/// Characters that keep their shape in vertical writing; a heading with others is turned as a whole.
fn is_upright(c: char) -> bool {
    matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '々' | '㐀'..='鿿')
        && !matches!(
            c,
            'ぁ' | 'っ' | 'ゃ' | 'ゅ' | 'ょ' | 'ッ' | 'ャ' | 'ュ' | 'ョ'
        )
}

/// Rows of cells with light lines between them; `min_height` is shared out evenly.
fn ruled<T>(
    rows: Vec<Vec<(&T, f32)>>,
    width: f32,
    min_height: f32,
    lay: impl Fn(&T, f32, f32) -> Result<Laid, PdfError>,
) -> Result<Laid, PdfError> {
    let mut measured = Vec::new();
    for row in &rows {
        let cells = row.iter().map(|&(cell, width)| lay(cell, width, 0.0));
        measured.push(cells.collect::<Result<Vec<_>, _>>()?);
    }
    let natural = |cells: &[Laid]| {
        cells
            .iter()
            .fold(0.0_f32, |tallest, cell| tallest.max(cell.height))
    };
    let total: f32 = measured.iter().map(|cells| natural(cells)).sum();
    let spare = (min_height - total).max(0.0) / rows.len().max(1) as f32;
    let mut laid = Laid::sized(width, 0.0);
    for (at, (row, cells)) in rows.iter().zip(measured).enumerate() {
        let (y, height) = (laid.height, natural(&cells) + spare);
        let mut x = 0.0;
        for (column, (&(cell, width), part)) in row.iter().zip(cells).enumerate() {
            let part = match part.height < height - EPSILON {
                true => lay(cell, width, height)?,
                false => part,
            };
            laid.place(x, y, part);
            if column > 0 {
                laid.vertical(x, y, height, LIGHT);
            }
            x += width;
        }
        if at > 0 {
            laid.horizontal(0.0, y, width, LIGHT);
        }
        laid.height += height;
    }
    Ok(laid)
}

/// Widths of cells by their spans; the last takes what is left over.
pub(super) fn spans(cells: &[Cell], width: f32) -> Vec<f32> {
    let used: u16 = cells.iter().map(|cell| cell.span).sum();
    let unit = width / f32::from(used.max(GRID_COLUMNS));
    let mut widths: Vec<f32> = cells
        .iter()
        .map(|cell| f32::from(cell.span) * unit)
        .collect();
    let spare = width - widths.iter().sum::<f32>();
    if let Some(last) = widths.last_mut() {
        *last += spare;
    }
    widths
}

/// A label and a plain text are one paragraph to a screen reader.
fn paragraph_tag(value: &Element) -> Option<Tag> {
    match value {
        Element::Text(Text {
            role: Role::Paragraph,
            ..
        })
        | Element::Space(_) => Some(Tag::Paragraph),
        _ => None,
    }
}
