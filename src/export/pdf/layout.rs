//! Elements become measured boxes. Lengths are millimetres from the box's upper left corner, y downwards.
use std::rc::Rc;

use super::PdfError;
use super::element::{
    Align, Band, BandStyle, Border, Cell, Column, Element, GRID_COLUMNS, Grid, Image, LabelPlace,
    Qr, Role, Row, Rule, SMALLEST_VALUE_PT, Stack, Strip, Table, Text, Vertical, Width, Within,
};
use super::font::Weight;
use super::text::{Line, Shaped, Shaper};
use crate::export::qr;

/// Millimetres in a point.
pub(super) const MM_PER_PT: f32 = 25.4 / 72.0;
/// Rounding that may not cost a line or a page.
pub(super) const EPSILON: f32 = 1e-3;
/// Height of the letters above the baseline in em, both in BIZ UDPGothic and the fallback.
const ASCENT: f32 = 0.88;
const LIGHT: f32 = 0.25;
const HEAVY: f32 = 0.6;
const BAND_FRAME: f32 = 1.0;
pub(super) const PAD_X: f32 = 1.3;
pub(super) const PAD_Y: f32 = 0.7;
const LABEL_GAP: f32 = 0.2;
const STRIP_WIDTH: f32 = 6.0;
const STRIP_PT: f32 = 9.5;
const STRIP_SMALLEST_PT: f32 = 7.0;
/// Distance of upright characters in a strip, in em.
const STRIP_LEADING: f32 = 1.1;

/// Colour of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    White,
}

/// A filled rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fill {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    pub ink: Ink,
}

/// What a box is to a screen reader.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tag {
    Heading(u16),
    Paragraph,
    Table,
    TableRow,
    HeadCell,
    Cell,
    Figure(String),
}

/// A line of text at its place.
#[derive(Clone, Debug)]
pub(super) struct PlacedLine {
    pub line: Line,
    pub x: f32,
    pub baseline: f32,
}

/// What a leaf box shows.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Lines {
        shaped: Rc<Shaped>,
        lines: Vec<PlacedLine>,
        size_pt: f32,
        ink: Ink,
    },
    /// Upright characters from top to bottom, white, centred on `x`.
    Column {
        shaped: Rc<Shaped>,
        x: f32,
        first_baseline: f32,
        step: f32,
        size_pt: f32,
    },
    /// A line turned by 90° clockwise: it runs down from `top`, its baseline at `x`.
    Turned {
        shaped: Rc<Shaped>,
        x: f32,
        top: f32,
        size_pt: f32,
    },
    Symbol {
        symbol: Rc<qr::Qr>,
        x: f32,
        y: f32,
        module: f32,
    },
    Photo {
        image: krilla::image::Image,
        x: f32,
        y: f32,
        width: f32,
        height: f32,
    },
}

/// A measured box.
#[derive(Clone, Debug, Default)]
pub(super) struct Laid {
    pub width: f32,
    pub height: f32,
    pub tag: Option<Tag>,
    /// Drawn below all text, in order.
    pub fills: Vec<Fill>,
    pub content: Option<Content>,
    pub children: Vec<Placed>,
}

/// A box inside another.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub x: f32,
    pub y: f32,
    pub laid: Laid,
}

impl Laid {
    fn sized(width: f32, height: f32) -> Self {
        Self {
            width,
            height,
            ..Self::default()
        }
    }

    /// The text of each line, in reading order.
    #[cfg(test)]
    pub fn lines(&self) -> Vec<String> {
        let cut = |shaped: &Shaped, shapes: std::ops::Range<usize>| -> String {
            shaped.shapes[shapes]
                .iter()
                .map(|shape| &shaped.text[shape.range.clone()])
                .collect()
        };
        let mut all = match &self.content {
            Some(Content::Lines { shaped, lines, .. }) => lines
                .iter()
                .map(|placed| cut(shaped, placed.line.shapes.clone()))
                .collect(),
            Some(Content::Column { shaped, .. } | Content::Turned { shaped, .. }) => {
                vec![shaped.text.clone()]
            }
            _ => Vec::new(),
        };
        all.extend(self.children.iter().flat_map(|child| child.laid.lines()));
        all
    }

    fn place(&mut self, x: f32, y: f32, laid: Laid) {
        self.children.push(Placed { x, y, laid });
    }

    fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        self.fills.push(Fill {
            x,
            y,
            width,
            height,
            ink,
        });
    }

    /// A line centred on `y`.
    fn horizontal(&mut self, x: f32, y: f32, width: f32, thickness: f32) {
        self.fill(x, y - thickness / 2.0, width, thickness, Ink::Black);
    }

    /// A line centred on `x`.
    fn vertical(&mut self, x: f32, y: f32, height: f32, thickness: f32) {
        self.fill(x - thickness / 2.0, y, thickness, height, Ink::Black);
    }

    /// A frame whose lines are centred on the box's edges.
    fn frame(&mut self, thickness: f32) {
        if thickness == 0.0 {
            return;
        }
        let (half, width, height) = (thickness / 2.0, self.width, self.height);
        self.horizontal(-half, 0.0, width + thickness, thickness);
        self.horizontal(-half, height, width + thickness, thickness);
        self.vertical(0.0, -half, height + thickness, thickness);
        self.vertical(width, -half, height + thickness, thickness);
    }
}

impl Border {
    fn thickness(self) -> f32 {
        match self {
            Self::None => 0.0,
            Self::Light => LIGHT,
            Self::Heavy => HEAVY,
        }
    }
}

impl Vertical {
    fn offset(self, room: f32) -> f32 {
        match self {
            Self::Top => 0.0,
            Self::Middle => room.max(0.0) / 2.0,
            Self::Bottom => room.max(0.0),
        }
    }
}

/// Measures elements at one degree of shrinking.
#[derive(Clone, Copy)]
pub(super) struct Layouter<'a> {
    pub shaper: &'a Shaper,
    /// Factor on text sizes above their floors, at most 1.
    pub scale: f32,
}

impl Layouter<'_> {
    /// Measures `element` in a column `width` wide. Grids, tables and bands grow to `min_height`.
    pub fn lay(
        &self,
        element: &Element,
        width: f32,
        min_height: f32,
        ink: Ink,
    ) -> Result<Laid, PdfError> {
        match element {
            Element::Text(text) => self.text(text, width, ink),
            Element::Stack(stack) => self.stack(stack, width, min_height, ink),
            Element::Row(row) => self.row(row, width, min_height, ink),
            Element::Grid(grid) => self.grid(grid, width, min_height, ink),
            Element::Table(table) => self.table(table, width, min_height),
            Element::Band(band) => self.band(band, width, min_height, ink),
            Element::Qr(qr) => self.symbol(qr, width),
            Element::Image(image) => photo(image, width),
            Element::Rule(Rule { border }) => {
                let mut laid = Laid::sized(width, border.thickness());
                laid.fill(0.0, 0.0, width, border.thickness(), ink);
                Ok(laid)
            }
            Element::Space(height) => Ok(Laid::sized(width, self.squeeze(*height))),
            Element::KeepTogether(part) => self.lay(part, width, min_height, ink),
        }
    }

    /// White space shrinks half as much as text.
    pub fn squeeze(&self, length: f32) -> f32 {
        length * (1.0 + self.scale) / 2.0
    }

    fn size(&self, text: &Text) -> f32 {
        (text.size_pt * self.scale).max(text.floor_pt.min(text.size_pt))
    }

    fn text(&self, text: &Text, width: f32, ink: Ink) -> Result<Laid, PdfError> {
        let shaped = self.shape(text)?;
        let (size_pt, lines) = self.break_lines(text, &shaped, width)?;
        let em = size_pt * MM_PER_PT;
        let mut laid = Laid::sized(width, 0.0);
        if let Role::Heading(level) = text.role {
            laid.tag = Some(Tag::Heading(level));
        }
        let mut placed = Vec::with_capacity(lines.len());
        for line in lines {
            let tall = em * shaped.scale(line.shapes.clone());
            let spare = width - line.width * em;
            let x = match text.align {
                Align::Left => 0.0,
                Align::Center => spare / 2.0,
                Align::Right => spare,
            };
            let baseline = laid.height + tall * ((text.leading - 1.0) / 2.0 + ASCENT);
            laid.height += tall * text.leading;
            placed.push(PlacedLine { line, x, baseline });
        }
        if !placed.is_empty() {
            laid.content = Some(Content::Lines {
                shaped,
                lines: placed,
                size_pt,
                ink,
            });
        }
        Ok(laid)
    }

    fn shape(&self, text: &Text) -> Result<Rc<Shaped>, PdfError> {
        self.shaper.shape(&text.runs).map_err(|missing| {
            let plain = text.plain();
            let at = plain.find(&missing.cluster).unwrap_or(0);
            PdfError::MissingGlyph {
                near: near(&plain, at),
                missing,
            }
        })
    }

    /// The size the text gets and its lines.
    fn break_lines(
        &self,
        text: &Text,
        shaped: &Shaped,
        width: f32,
    ) -> Result<(f32, Vec<Line>), PdfError> {
        let mut size = self.size(text);
        loop {
            let lines =
                shaped
                    .lines(width / (size * MM_PER_PT))
                    .map_err(|_| PdfError::TooWide {
                        near: near(&text.plain(), 0),
                    })?;
            let smaller = match text.within {
                Some(Within {
                    lines: most,
                    shrink_to_pt,
                }) if lines.len() > most => shrink_to_pt,
                // A telephone number on two lines is dialled wrongly; in smaller digits it is not.
                _ if lines.iter().any(|line| line.parts_number) => {
                    SMALLEST_VALUE_PT.min(text.floor_pt)
                }
                _ => size,
            };
            if size <= smaller {
                return Ok((size, lines));
            }
            size = (size - 0.25).max(smaller);
        }
    }

    /// The lines of `text` as split needs them.
    pub fn lines_of(
        &self,
        text: &Text,
        width: f32,
    ) -> Result<(Rc<Shaped>, f32, Vec<Line>), PdfError> {
        let shaped = self.shape(text)?;
        let (size_pt, lines) = self.break_lines(text, &shaped, width)?;
        Ok((shaped, size_pt, lines))
    }

    fn stack(
        &self,
        stack: &Stack,
        width: f32,
        min_height: f32,
        ink: Ink,
    ) -> Result<Laid, PdfError> {
        let mut laid = Laid::sized(width, 0.0);
        let gap = self.squeeze(stack.gap);
        for part in &stack.parts {
            if !laid.children.is_empty() {
                laid.height += gap;
            }
            let part = self.lay(part, width, 0.0, ink)?;
            let y = laid.height;
            laid.height += part.height;
            laid.place(0.0, y, part);
        }
        let spare = min_height - laid.height;
        if spare > EPSILON
            && let (Some(last), Some(placed)) = (stack.parts.last(), laid.children.last_mut())
        {
            placed.laid = self.lay(last, width, placed.laid.height + spare, ink)?;
            laid.height = placed.y + placed.laid.height;
        }
        Ok(laid)
    }

    fn row(&self, row: &Row, width: f32, min_height: f32, ink: Ink) -> Result<Laid, PdfError> {
        let widths = widths(
            row.columns.iter().map(|column| column.width),
            width,
            row.gap,
        );
        let lay =
            |column: &Column, width: f32, height: f32| self.lay(&column.part, width, height, ink);
        let mut parts = Vec::new();
        for (column, &width) in row.columns.iter().zip(&widths) {
            parts.push(lay(column, width, 0.0)?);
        }
        let height = parts
            .iter()
            .fold(min_height, |tallest, part| tallest.max(part.height));
        let mut laid = Laid::sized(width, height);
        let mut x = 0.0;
        for ((column, part), width) in row.columns.iter().zip(parts).zip(widths) {
            let part = match column.stretch && part.height < height - EPSILON {
                true => lay(column, width, height)?,
                false => part,
            };
            laid.place(x, column.vertical.offset(height - part.height), part);
            x += width + row.gap;
        }
        Ok(laid)
    }

    fn band(&self, band: &Band, width: f32, min_height: f32, ink: Ink) -> Result<Laid, PdfError> {
        let (frame, inner_ink) = match band.style {
            BandStyle::Framed => (BAND_FRAME, ink),
            BandStyle::Plain => (LIGHT, ink),
            BandStyle::Inverted => (0.0, Ink::White),
        };
        let pad_x = frame + band.padding;
        let pad_y = frame + self.squeeze(band.padding) * 0.6;
        let part = self.lay(
            &band.part,
            width - 2.0 * pad_x,
            min_height - 2.0 * pad_y,
            inner_ink,
        )?;
        let mut laid = Laid::sized(width, (part.height + 2.0 * pad_y).max(min_height));
        if band.style == BandStyle::Inverted {
            laid.fill(0.0, 0.0, width, laid.height, Ink::Black);
        } else {
            let height = laid.height;
            laid.fill(0.0, 0.0, width, frame, ink);
            laid.fill(0.0, height - frame, width, frame, ink);
            laid.fill(0.0, 0.0, frame, height, ink);
            laid.fill(width - frame, 0.0, frame, height, ink);
        }
        let y = (laid.height - part.height) / 2.0;
        laid.place(pad_x, y, part);
        Ok(laid)
    }

    fn symbol(&self, qr: &Qr, width: f32) -> Result<Laid, PdfError> {
        let symbol = self.shaper.symbol(&qr.text).map_err(PdfError::Qr)?;
        let module = qr.size_mm / symbol.side() as f32;
        let quiet = module * qr::QUIET_MODULES as f32;
        let side = qr.size_mm + 2.0 * quiet;
        if side > width + EPSILON {
            return Err(PdfError::TooWide {
                near: qr.alt.clone(),
            });
        }
        let x = (width - side) / 2.0;
        let mut laid = Laid {
            tag: Some(Tag::Figure(qr.alt.clone())),
            ..Laid::sized(width, side)
        };
        laid.fill(x, 0.0, side, side, Ink::White);
        laid.content = Some(Content::Symbol {
            symbol,
            x: x + quiet,
            y: quiet,
            module,
        });
        Ok(laid)
    }

    fn grid(&self, grid: &Grid, width: f32, min_height: f32, ink: Ink) -> Result<Laid, PdfError> {
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

    fn table(&self, table: &Table, width: f32, min_height: f32) -> Result<Laid, PdfError> {
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
            let heading = |column: &super::TableColumn| {
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

/// Widths of columns: fixed ones first, the rest by share.
pub(super) fn widths(
    columns: impl Iterator<Item = Width> + Clone,
    width: f32,
    gap: f32,
) -> Vec<f32> {
    let count = columns.clone().count();
    let fixed: f32 = columns
        .clone()
        .map(|w| if let Width::Mm(mm) = w { mm } else { 0.0 })
        .sum();
    let shares: f32 = columns
        .clone()
        .map(|w| {
            if let Width::Share(share) = w {
                share
            } else {
                0.0
            }
        })
        .sum();
    let rest = (width - fixed - gap * count.saturating_sub(1) as f32).max(0.0);
    let of = |w| match w {
        Width::Mm(mm) => mm,
        Width::Share(share) => rest * share / shares.max(f32::MIN_POSITIVE),
    };
    columns.map(of).collect()
}

fn photo(photo: &Image, width: f32) -> Result<Laid, PdfError> {
    let image = krilla::image::Image::from_jpeg(photo.jpeg.clone().into(), false)
        .map_err(|reason| PdfError::Photo { reason })?;
    let (columns, rows) = image.size();
    let (columns, rows) = (columns as f32, rows as f32);
    let scale = (photo.width_mm.min(width) / columns).min(photo.height_mm / rows);
    let (drawn_width, drawn_height) = (columns * scale, rows * scale);
    Ok(Laid {
        tag: Some(Tag::Figure(photo.alt.clone())),
        content: Some(Content::Photo {
            image,
            x: (width - drawn_width) / 2.0,
            y: 0.0,
            width: drawn_width,
            height: drawn_height,
        }),
        ..Laid::sized(width, drawn_height)
    })
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

/// A few characters around byte `at`, to find a place by.
pub(super) fn near(text: &str, at: usize) -> String {
    let before = text[..at]
        .chars()
        .rev()
        .take(10)
        .collect::<Vec<_>>()
        .into_iter()
        .rev();
    before
        .chain(text[at..].chars().take(20))
        .map(|c| if c == '\n' { ' ' } else { c })
        .collect()
}

/// What an element is about, for an error message: its first words.
pub(super) fn name(element: &Element) -> String {
    match element {
        Element::Text(text) => near(&text.plain(), 0),
        Element::Stack(stack) => stack.parts.first().map(name).unwrap_or_default(),
        Element::Row(row) => row
            .columns
            .first()
            .map(|column| name(&column.part))
            .unwrap_or_default(),
        Element::Grid(Grid {
            strip: Some(strip), ..
        })
        | Element::Table(Table {
            strip: Some(strip), ..
        }) => match strip {
            Strip::Top(heading) | Strip::Left(heading) => heading.clone(),
        },
        Element::Grid(grid) => grid
            .rows
            .iter()
            .flatten()
            .next()
            .map(|cell| cell.label.clone())
            .unwrap_or_default(),
        Element::Table(table) => table
            .columns
            .first()
            .map(|column| column.heading.clone())
            .unwrap_or_default(),
        Element::Band(Band { part, .. }) | Element::KeepTogether(part) => name(part),
        Element::Qr(Qr { alt, .. }) | Element::Image(Image { alt, .. }) => alt.clone(),
        Element::Rule(_) | Element::Space(_) => String::new(),
    }
}

/// The run of bold text that opens or closes a page that continues.
pub(super) fn continuation(line: &str) -> Text {
    Text::critical(line, 9.0).run("", Weight::Bold, 100)
}
