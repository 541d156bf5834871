//! An element too tall for its page becomes two: what fits, and the rest with its headings repeated.
use super::PdfError;
use super::element::{
    Band, BandStyle, Cell, Column, Element, Grid, LabelPlace, Role, Row, Run, Stack, Strip, Table,
    Text,
};
use super::flow::is_heading;
use super::grid::{PAD_X, PAD_Y, spans};
use super::laid::Ink;
use super::layout::{EPSILON, Layouter, MM_PER_PT, line_height, widths};

/// A row lower than this moves to the next page whole.
const TALL_ROW: f32 = 70.0;

/// The two parts of a divided element.
type Parts<T = Element> = Option<(T, T)>;

impl Layouter<'_> {
    /// Divides `element` so that its first part is at most `room` high, or gives `None` when it moves to the next
    /// page whole. `force` divides also what should stay together: it stands on a fresh page already.
    pub fn split(
        &self,
        element: &Element,
        width: f32,
        room: f32,
        force: bool,
    ) -> Result<Parts, PdfError> {
        let parts = match element {
            Element::Text(text) => self.split_text(text, width, room)?.map(both),
            Element::Stack(stack) => self.split_stack(stack, width, room, force)?.map(both),
            Element::Row(row) => self.split_row(row, width, room, force)?.map(both),
            Element::Grid(grid) => self.split_grid(grid, width, room, force)?.map(both),
            Element::Table(table) => self.split_table(table, width, room, force)?.map(both),
            Element::Band(band) if force || band.style == BandStyle::Plain => {
                self.split_band(band, width, room, force)?.map(both)
            }
            Element::KeepTogether(part) if force => self.split(part, width, room, force)?,
            _ => None,
        };
        // Padding and heading strips are estimated above; the layout has the last word.
        match parts {
            Some((first, rest)) if self.height(&first, width)? <= room + EPSILON => {
                Ok(Some((first, rest)))
            }
            _ => Ok(None),
        }
    }

    fn height(&self, element: &Element, width: f32) -> Result<f32, PdfError> {
        Ok(self.lay(element, width, 0.0, Ink::Black)?.height)
    }

    fn split_text(&self, text: &Text, width: f32, room: f32) -> Result<Parts<Text>, PdfError> {
        let (shaped, size_pt, lines) = self.lines_of(text, width)?;
        let mut used = 0.0;
        let mut fitting = 0;
        for line in &lines {
            used += line_height(text, &shaped, line, size_pt * MM_PER_PT);
            if used > room + EPSILON {
                break;
            }
            fitting += 1;
        }
        if fitting == 0 || fitting == lines.len() {
            return Ok(None);
        }
        let at = shaped.shapes[lines[fitting].shapes.start].range.start;
        let (first, rest) = split_runs(&text.runs, at);
        let part = |runs| Text {
            runs,
            ..text.clone()
        };
        Ok(Some((
            part(first),
            Text {
                role: Role::Paragraph,
                ..part(rest)
            },
        )))
    }

    fn split_stack(
        &self,
        stack: &Stack,
        width: f32,
        room: f32,
        force: bool,
    ) -> Result<Parts<Stack>, PdfError> {
        let gap = self.squeeze(stack.gap);
        let mut used = 0.0;
        for (at, part) in stack.parts.iter().enumerate() {
            let height = self.height(part, width)?;
            if used + height > room + EPSILON {
                let mut first = stack.parts[..at].to_vec();
                let mut rest = stack.parts[at..].to_vec();
                if let Some((fits, over)) =
                    self.split(part, width, room - used, force && at == 0)?
                {
                    first.push(fits);
                    rest[0] = over;
                }
                if rest.len() + first.len() == stack.parts.len()
                    && first.len() > 1
                    && first.last().is_some_and(is_heading)
                {
                    rest.splice(0..0, first.pop());
                }
                let part = |parts| Stack {
                    gap: stack.gap,
                    parts,
                };
                return Ok((!first.is_empty()).then(|| (part(first), part(rest))));
            }
            used += height + gap;
        }
        Ok(None)
    }

    fn split_row(
        &self,
        row: &Row,
        width: f32,
        room: f32,
        force: bool,
    ) -> Result<Parts<Row>, PdfError> {
        let widths = widths(
            row.columns.iter().map(|column| column.width),
            width,
            row.gap,
        );
        let (mut first, mut rest) = (Row::new(row.gap), Row::new(row.gap));
        for (column, width) in row.columns.iter().zip(widths) {
            let Some((fits, over)) = self.fit_or_split(&column.part, width, room, force)? else {
                return Ok(None);
            };
            first.columns.push(Column {
                part: fits,
                ..column.clone()
            });
            rest.columns.push(Column {
                part: over,
                ..column.clone()
            });
        }
        Ok(Some((first, rest)))
    }

    /// The whole element and nothing, when it fits; else its parts.
    fn fit_or_split(
        &self,
        element: &Element,
        width: f32,
        room: f32,
        force: bool,
    ) -> Result<Parts, PdfError> {
        if self.height(element, width)? <= room + EPSILON {
            return Ok(Some((element.clone(), Element::Space(0.0))));
        }
        self.split(element, width, room, force)
    }

    fn split_band(
        &self,
        band: &Band,
        width: f32,
        room: f32,
        force: bool,
    ) -> Result<Parts<Band>, PdfError> {
        let inner = width - 2.0 * (band.padding + 1.0);
        let parts = self.split(&band.part, inner, room - 2.0 * (band.padding + 1.0), force)?;
        let part = |part| Band {
            part: Box::new(part),
            ..band.clone()
        };
        Ok(parts.map(|(first, rest)| (part(first), part(rest))))
    }

    fn split_grid(
        &self,
        grid: &Grid,
        width: f32,
        room: f32,
        force: bool,
    ) -> Result<Parts<Grid>, PdfError> {
        let part = |rows: &[Vec<Cell>]| Grid {
            rows: rows.to_vec(),
            ..grid.clone()
        };
        let fits =
            |rows: &[Vec<Cell>]| Ok(self.height(&part(rows).into(), width)? <= room + EPSILON);
        let count = fitting(grid.rows.len(), |count| fits(&grid.rows[..count]))?;
        let Some(next) = grid.rows.get(count) else {
            return Ok(None);
        };

        let strip = self.strip_size(grid.strip.as_ref());
        let before = if count > 0 {
            self.height(&part(&grid.rows[..count]).into(), width)?
        } else {
            strip.top
        };
        let height = self.height(&part(std::slice::from_ref(next)).into(), width)?;
        let mut first = part(&grid.rows[..count]);
        let mut rest = part(&grid.rows[count..]);
        if ((force && count == 0) || height > TALL_ROW)
            && let Some((fits, over)) =
                self.split_cells(next, width - strip.left, room - before, force)?
        {
            first.rows.push(fits);
            rest.rows[0] = over;
        }
        rest.strip = grid.strip.as_ref().map(Strip::continued);
        Ok((!first.rows.is_empty()).then_some((first, rest)))
    }

    fn split_cells(
        &self,
        cells: &[Cell],
        width: f32,
        room: f32,
        force: bool,
    ) -> Result<Parts<Vec<Cell>>, PdfError> {
        let (mut first, mut rest, mut divided) = (Vec::new(), Vec::new(), false);
        for (cell, width) in cells.iter().zip(spans(cells, width)) {
            let bare = Cell {
                value: Box::new(Element::Space(0.0)),
                min_height: 0.0,
                ..cell.clone()
            };
            let around = self.height(&Grid::new().row([bare]).into(), width)?;
            let label = match cell.place {
                LabelPlace::Left(label) if !cell.label.is_empty() => label,
                _ => 0.0,
            };
            let inner = width - label - 2.0 * PAD_X;
            let Some((fits, over)) = self.fit_or_split(&cell.value, inner, room - around, force)?
            else {
                return Ok(None);
            };
            let is_over = !matches!(over, Element::Space(_));
            divided |= is_over;
            let part = |value| Cell {
                value: Box::new(value),
                min_height: 0.0,
                ..cell.clone()
            };
            first.push(part(fits));
            let over = part(over);
            rest.push(Cell {
                label: if is_over {
                    continued(&cell.label)
                } else {
                    String::new()
                },
                ..over
            });
        }
        // A box that is tall for handwriting stays as tall as it was asked for.
        Ok(divided.then_some((first, rest)))
    }

    fn split_table(
        &self,
        table: &Table,
        width: f32,
        room: f32,
        force: bool,
    ) -> Result<Parts<Table>, PdfError> {
        let part = |rows: &[Vec<Element>]| Table {
            rows: rows.to_vec(),
            ..table.clone()
        };
        let fits =
            |rows: &[Vec<Element>]| Ok(self.height(&part(rows).into(), width)? <= room + EPSILON);
        let count = fitting(table.rows.len(), |count| fits(&table.rows[..count]))?;
        let Some(next) = table.rows.get(count) else {
            return Ok(None);
        };

        let before = self.height(&part(&table.rows[..count]).into(), width)?;
        let height = self.height(&part(std::slice::from_ref(next)).into(), width)?;
        let mut first = part(&table.rows[..count]);
        let mut rest = part(&table.rows[count..]);
        // A part of a row is as high as every row at least.
        let has_room = room - before >= table.min_row_height;
        if has_room && ((force && count == 0) || height > TALL_ROW) {
            let strip = self.strip_size(table.strip.as_ref());
            let widths = widths(
                table.columns.iter().map(|column| column.width),
                width - strip.left,
                0.0,
            );
            if let Some((fits, over)) =
                self.split_cells_of_table(next, &widths, room - before, force)?
            {
                first.rows.push(fits);
                rest.rows[0] = over;
            }
        }
        rest.strip = table.strip.as_ref().map(Strip::continued);
        Ok((!first.rows.is_empty()).then_some((first, rest)))
    }

    fn split_cells_of_table(
        &self,
        cells: &[Element],
        widths: &[f32],
        room: f32,
        force: bool,
    ) -> Result<Parts<Vec<Element>>, PdfError> {
        let (mut first, mut rest) = (Vec::new(), Vec::new());
        for (cell, width) in cells.iter().zip(widths) {
            let (pad_x, pad_y) = (PAD_X, PAD_Y);
            let Some((fits, over)) =
                self.fit_or_split(cell, width - 2.0 * pad_x, room - 2.0 * pad_y, force)?
            else {
                return Ok(None);
            };
            first.push(fits);
            rest.push(over);
        }
        Ok(Some((first, rest)))
    }
}

/// The largest count whose first rows fit; rows only add height.
fn fitting(rows: usize, fits: impl Fn(usize) -> Result<bool, PdfError>) -> Result<usize, PdfError> {
    let mut count = 0;
    while count < rows && fits(count + 1)? {
        count += 1;
    }
    Ok(count)
}

fn both<T: Into<Element>>((first, rest): (T, T)) -> (Element, Element) {
    (first.into(), rest.into())
}

fn split_runs(runs: &[Run], at: usize) -> (Vec<Run>, Vec<Run>) {
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    let mut start = 0;
    for run in runs {
        let cut = at.saturating_sub(start).min(run.text.len());
        let part = |text: &str, ruby: &str| Run {
            text: text.to_owned(),
            ruby: ruby.to_owned(),
            ..run.clone()
        };
        if cut > 0 {
            first.push(part(&run.text[..cut], &run.ruby));
        }
        if cut < run.text.len() {
            // A reading stands once, where its word begins.
            let ruby = if cut > 0 { "" } else { &run.ruby };
            rest.push(part(&run.text[cut..], ruby));
        }
        start += run.text.len();
    }
    (first, rest)
}

fn continued(label: &str) -> String {
    match label.is_empty() || label.ends_with("(続き)") {
        true => label.to_owned(),
        false => format!("{label}(続き)"),
    }
}

impl Strip {
    fn continued(&self) -> Self {
        match self {
            Self::Top(heading) => Self::Top(continued(heading)),
            // Down the edge there is no room for it; the page's first line says it.
            Self::Left(heading) => Self::Left(heading.clone()),
        }
    }
}
