//! Elements become measured boxes. Lengths are millimetres from the box's upper left corner, y downwards.
use std::rc::Rc;

use super::PdfError;
use super::element::{
    Align, Band, BandStyle, Border, Column, Element, Grid, Image, Qr, Role, Row, Rule,
    SMALLEST_VALUE_PT, Stack, Strip, Table, Text, Vertical, Width, Within,
};
use super::font::Weight;
use super::laid::{Content, Ink, Laid, PlacedLine, Tag};
use super::text::{Line, Shaped, Shaper};
use crate::export::qr;

/// Millimetres in a point.
pub(super) const MM_PER_PT: f32 = 25.4 / 72.0;
/// Rounding that may not cost a line or a page.
pub(super) const EPSILON: f32 = 1e-3;
/// Height of the letters above the baseline in em, both in BIZ UDPGothic and the fallback.
pub(super) const ASCENT: f32 = 0.88;
pub(super) const LIGHT: f32 = 0.25;
const HEAVY: f32 = 0.6;
const BAND_FRAME: f32 = 1.0;
impl Border {
    pub(super) fn thickness(self) -> f32 {
        match self {
            Self::None => 0.0,
            Self::Light => LIGHT,
            Self::Heavy => HEAVY,
        }
    }
}

impl Vertical {
    pub(super) fn offset(self, room: f32) -> f32 {
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

    pub fn text(&self, text: &Text, width: f32, ink: Ink) -> Result<Laid, PdfError> {
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
            let above = em * shaped.ruby_height();
            let baseline = laid.height + above + tall * ((text.leading - 1.0) / 2.0 + ASCENT);
            laid.height += line_height(text, &shaped, &line, em);
            placed.push(PlacedLine { line, x, baseline });
        }
        if !placed.is_empty() {
            laid.content = Some(Content::Lines {
                shaped,
                lines: placed,
                size_pt,
                ink,
                purpose: text.purpose,
            });
        }
        Ok(laid)
    }

    pub fn shape(&self, text: &Text) -> Result<Rc<Shaped>, PdfError> {
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
}

/// How much a line takes, in the unit of `em`. Where one word has its reading above it, all lines of the paragraph leave
/// room for one, so that they stand evenly.
pub(super) fn line_height(text: &Text, shaped: &Shaped, line: &Line, em: f32) -> f32 {
    em * (shaped.ruby_height() + text.leading * shaped.scale(line.shapes.clone()))
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
