//! The sheet by genpdf's public API.
//!
//! Two things are done for it, or most of the sheet would be missing: lines are cut here to the width of their cell,
//! because a `Paragraph` breaks only at spaces; and a character that the first font lacks is set in the second.

use genpdf::elements::{
    FrameCellDecorator, FramedElement, Image, LinearLayout, PaddedElement, Paragraph, TableLayout,
};
use genpdf::fonts::{Font, FontCache, FontData, FontFamily};
use genpdf::style::{Style, StyledString};
use genpdf::{Document, Element, Margins, PaperSize, SimplePageDecorator};
use image_for_genpdf::{DynamicImage, GrayImage, Luma};

use crate::words::{Block, Modules, Words};

/// Width between the margins in millimetres.
const WIDTH: f64 = 190.0;
/// White on each side of a cell's words in millimetres.
const INSET: f64 = 0.8;
/// Room for rounding in millimetres: a line that is too long by a hair is lost.
const SLACK: f64 = 0.5;

/// Fonts, kept between sheets.
pub struct Genpdf {
    main: FontFamily<FontData>,
    fallback: FontFamily<FontData>,
}

impl Genpdf {
    pub fn new(regular: &[u8], bold: &[u8], fallback: &[u8]) -> Self {
        let font =
            |bytes: &[u8]| FontData::new(bytes.to_vec(), None).expect("a font with outlines");
        let family = |regular: FontData, bold: FontData| FontFamily {
            italic: regular.clone(),
            bold_italic: bold.clone(),
            regular,
            bold,
        };
        let fallback = font(fallback);
        Self {
            main: family(font(regular), font(bold)),
            fallback: family(fallback.clone(), fallback),
        }
    }

    pub fn sheet(&self, words: &Words, photo: &[u8]) -> Vec<u8> {
        let mut document = self.document(&words.subject);
        let press = Press {
            fallback: document.add_font_family(self.fallback.clone()),
            cache: document.font_cache(),
        };
        let parts = press.sheet(words, photo);
        document.push(parts);
        written(document)
    }

    /// One `Paragraph`, as its documentation shows.
    pub fn note(&self, note: &str) -> Vec<u8> {
        let mut document = self.document("note");
        document.push(Paragraph::new(note));
        written(document)
    }

    fn document(&self, title: &str) -> Document {
        let mut document = Document::new(self.main.clone());
        document.set_title(title);
        document.set_paper_size(PaperSize::A4);
        document.set_line_spacing(1.0);
        let mut page = SimplePageDecorator::new();
        page.set_margins(Margins::vh(8, 10));
        document.set_page_decorator(page);
        document
    }
}

fn written(document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.render(&mut bytes).expect("genpdf renders");
    bytes
}

struct Press<'a> {
    cache: &'a FontCache,
    fallback: FontFamily<Font>,
}

impl Press<'_> {
    fn sheet(&self, words: &Words, photo: &[u8]) -> LinearLayout {
        let mut all = LinearLayout::vertical();
        let mut head = TableLayout::new(vec![22, 133, 35]);
        let mut middle = LinearLayout::vertical();
        self.lines(&mut middle, &words.title, 133.0, plain(18).bold());
        for (label, mark) in &words.marks {
            self.lines(&mut middle, &format!("{label} {mark}"), 133.0, plain(9));
        }
        head.row()
            .element(portrait(photo))
            .element(middle)
            .element(symbol(&words.qr))
            .push()
            .expect("three columns");
        all.push(head);
        self.lines(&mut all, &words.address, WIDTH, plain(7));
        let mut band = LinearLayout::vertical();
        for (at, line) in words.band.iter().enumerate() {
            let style = if at == 0 { plain(17).bold() } else { plain(10) };
            self.lines(&mut band, line, WIDTH, style);
        }
        all.push(FramedElement::new(inset(band)));
        self.lines(&mut all, &words.alike, WIDTH, plain(10).bold());
        for block in &words.blocks {
            self.block(&mut all, block);
        }
        self.lines(&mut all, &words.foot, WIDTH, plain(7));
        all
    }

    fn block(&self, all: &mut LinearLayout, block: &Block) {
        match block {
            Block::Grid { title, rows } => {
                self.lines(all, title, WIDTH, plain(8).bold());
                for row in rows {
                    let widths: Vec<usize> = row.iter().map(|cell| cell.span).collect();
                    let cells = row.iter().zip(millimetres(&widths)).map(|(cell, width)| {
                        let mut inner = LinearLayout::vertical();
                        self.lines(&mut inner, &cell.label, width, plain(7));
                        let style = plain(cell.size);
                        let style = if cell.bold { style.bold() } else { style };
                        for line in &cell.lines {
                            self.lines(&mut inner, line, width, style);
                        }
                        inner
                    });
                    all.push(ruled(widths.clone(), [cells.collect()]));
                }
            }
            Block::Table {
                title,
                heads,
                widths,
                rows,
            } => {
                self.lines(all, title, WIDTH, plain(8).bold());
                let line = |cells: &[String], size| {
                    let cells = cells.iter().zip(millimetres(widths)).map(|(words, width)| {
                        let mut inner = LinearLayout::vertical();
                        self.lines(&mut inner, words, width, plain(size));
                        inner
                    });
                    cells.collect::<Vec<_>>()
                };
                let lines =
                    std::iter::once(line(heads, 7)).chain(rows.iter().map(|row| line(row, 9)));
                all.push(ruled(widths.clone(), lines));
            }
            Block::Blank { title, rows } => {
                self.lines(all, title, WIDTH, plain(8).bold());
                for row in rows {
                    let widths: Vec<usize> = row.iter().map(|cell| cell.span).collect();
                    let cells = row.iter().zip(millimetres(&widths)).map(|(cell, width)| {
                        let mut inner = LinearLayout::vertical();
                        self.lines(&mut inner, &cell.label, width, plain(7));
                        // A box to write in is empty lines of about 4 mm.
                        inner.push(genpdf::elements::Break::new(
                            f64::from(cell.height) / 4.0 - 1.0,
                        ));
                        inner
                    });
                    all.push(ruled(widths.clone(), [cells.collect()]));
                }
            }
        }
    }

    /// `words` as lines that fit into `width` millimetres.
    fn lines(&self, into: &mut LinearLayout, words: &str, width: f64, style: Style) {
        let room = genpdf::Mm::from(width - 2.0 * INSET - SLACK);
        for words in words.lines().filter(|line| !line.is_empty()) {
            let mut line: Vec<StyledString> = Vec::new();
            let mut used = genpdf::Mm::from(0);
            for c in words.chars() {
                let style = self.with_glyph(c, style);
                let advance = style.char_width(self.cache, c);
                if used + advance > room {
                    into.push(paragraph(std::mem::take(&mut line)));
                    used = genpdf::Mm::from(0);
                }
                used += advance;
                match line.last_mut() {
                    Some(run) if run.style == style => run.s.push(c),
                    _ => line.push(StyledString::new(c, style)),
                }
            }
            into.push(paragraph(line));
        }
    }

    fn with_glyph(&self, c: char, style: Style) -> Style {
        let font = style.font(self.cache);
        match font.glyph_ids(self.cache, std::iter::once(c)).first() {
            Some(0) | None => style.with_font_family(self.fallback),
            Some(_) => style,
        }
    }
}

fn plain(size: u8) -> Style {
    Style::new().with_font_size(size)
}

fn paragraph(line: Vec<StyledString>) -> Paragraph {
    line.into_iter()
        .fold(Paragraph::default(), Paragraph::string)
}

fn inset(element: impl Element) -> PaddedElement<impl Element> {
    PaddedElement::new(element, Margins::trbl(0.3, INSET, 0.3, INSET))
}

fn millimetres(weights: &[usize]) -> impl Iterator<Item = f64> {
    let all: usize = weights.iter().sum();
    weights
        .iter()
        .map(move |weight| WIDTH * *weight as f64 / all as f64)
}

fn ruled(widths: Vec<usize>, rows: impl IntoIterator<Item = Vec<LinearLayout>>) -> TableLayout {
    let mut table = TableLayout::new(widths);
    table.set_cell_decorator(FrameCellDecorator::new(true, true, false));
    for row in rows {
        let cells = row
            .into_iter()
            .map(|cell| Box::new(inset(cell)) as Box<dyn Element>);
        table
            .push_row(cells.collect())
            .expect("a cell for each column");
    }
    table
}

/// 20 mm wide.
fn portrait(photo: &[u8]) -> Image {
    let photo = image_for_genpdf::load_from_memory(photo).expect("a JPEG");
    Image::from_dynamic_image(photo)
        .expect("a picture without transparency")
        .with_dpi(480.0 / 20.0 * 25.4)
}

/// 31 mm wide with its quiet zone.
fn symbol(qr: &Modules) -> Image {
    const DOTS: usize = 8;
    let side = (qr.side + 8) * DOTS;
    let edge = u32::try_from(side).expect("a small symbol");
    let mut picture = GrayImage::from_pixel(edge, edge, Luma([255]));
    for [x, y, width, height] in &qr.dark {
        for row in (y + 4) * DOTS..(y + 4 + height) * DOTS {
            for column in (x + 4) * DOTS..(x + 4 + width) * DOTS {
                picture.put_pixel(column as u32, row as u32, Luma([0]));
            }
        }
    }
    Image::from_dynamic_image(DynamicImage::ImageLuma8(picture))
        .expect("a picture without transparency")
        .with_dpi(side as f64 / 31.0 * 25.4)
}
