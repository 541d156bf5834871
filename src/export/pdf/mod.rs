//! Paper: a tree of plain elements becomes an A4 PDF with Japanese line breaking, embedded font subsets and tags.
//!
//! ```text
//! element   what a page is made of (plain data)             ← callers write this
//! font      which glyph draws which characters               ← callers ask `Fonts::missing`
//! unhinted  fonts without what only coarse screens need
//! text      paragraphs → glyphs → lines
//! layout    elements → measured boxes (laid), in millimetres; grid: cells and tables
//! split     an element too tall for its page → two elements
//! flow      blocks → pages: shrink to fit, then continue
//! paint     boxes → PDF/A-2a by krilla
//! sheet     a form and a resident's sheet → elements
//! directive wishes, orders and talks → papers to sign and to keep; the explanation for everybody
//! blank     a form to fill in by hand
//! door      where papers and belongings are, for the night desk
//! handoff   a form about a stay in hospital
//! fax       the cover of a paper that is sent by FAX
//! binder    the sheets of a facility behind a cover and an index
//! card      a form whose paper is cut into cards
//! check     how large a form's words come out, for whoever writes one
//! ```
//!
//! First all is measured and placed, then drawn. Nothing is ever cut: what does not fit shrinks to a floor, then
//! continues on another page which says so. A character without a glyph, or something that fits nowhere, is a
//! [`PdfError`]. The same [`Document`] gives the same bytes.
//!
//! ```
//! use hikitsugi::domain::clock::Moment;
//! use hikitsugi::export::pdf::{self, Band, Cell, Document, Grid, Section, Text};
//!
//! let sheet = Section::new()
//!     .block(Text::heading(1, "救急連絡シート"))
//!     .block(Band::inverted(Text::critical("心肺蘇生を実施してください", 15.0)))
//!     .block(Grid::titled("本人").row([
//!         Cell::new("氏名", Text::critical("𠮷田 花子", 16.0)).span(8),
//!         Cell::new("生年月日", "昭和8年5月3日(93歳)").span(4),
//!     ]))
//!     .footer(|page| Text::label(format!("{} / {}", page.number, page.of)).centered().into());
//! let bytes = pdf::render(&Document::new("救急連絡シート", "ひまわり苑", "HS-000123", Moment(0)).with(sheet))?;
//! assert!(bytes.starts_with(b"%PDF-1.7"));
//! # Ok::<(), pdf::PdfError>(())
//! ```
pub mod binder;
pub mod blank;
mod card;
pub mod check;
pub mod directive;
pub mod door;
pub mod element;
pub mod fax;
mod flow;
pub mod font;
mod grid;
pub mod handoff;
mod laid;
mod layout;
mod paint;
#[cfg(test)]
mod sample;
pub mod sheet;
mod split;
#[cfg(test)]
mod tests;
mod text;
mod unhinted;

use std::fmt;

pub use element::{
    Align, Band, BandStyle, Border, Cell, Column, Element, GRID_COLUMNS, Grid, Image, LabelPlace,
    Purpose, Qr, Role, Row, Rule, Run, SMALLEST_LABEL_PT, SMALLEST_VALUE_PT, Stack, Strip, Table,
    TableColumn, Text, Vertical, Width, Within,
};
pub use font::{Fonts, Missing, Weight};

use crate::domain::clock::Moment;
use text::Shaper;

/// A PDF file: one section a sheet, or a binder of many.
pub struct Document<'a> {
    pub title: String,
    pub author: String,
    /// Identifies the file; a document's serial.
    pub id: String,
    /// Written into the file as its creation date.
    pub created: Moment,
    pub sections: Vec<Section<'a>>,
}

impl<'a> Document<'a> {
    pub fn new(
        title: impl Into<String>,
        author: impl Into<String>,
        id: impl Into<String>,
        created: Moment,
    ) -> Self {
        Self {
            title: title.into(),
            author: author.into(),
            id: id.into(),
            created,
            sections: Vec::new(),
        }
    }

    pub fn with(mut self, section: Section<'a>) -> Self {
        self.sections.push(section);
        self
    }
}

/// A page's place in its section and its document, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub number: usize,
    /// Pages of the section.
    pub of: usize,
    /// Place in the whole document.
    pub overall: usize,
}

/// Draws what repeats on each page: a header or a footer. Screen readers skip it, so a sheet's title belongs into
/// its blocks.
type Furniture<'a> = Box<dyn Fn(Page) -> Element + 'a>;

/// White edges of the page in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margins {
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
    pub left: f32,
}

impl Default for Margins {
    fn default() -> Self {
        Self {
            top: 9.0,
            right: 10.0,
            bottom: 8.0,
            left: 10.0,
        }
    }
}

/// Blocks that begin on a page of their own and flow over as many pages as they need.
pub struct Section<'a> {
    /// Entry in the reader's list of bookmarks.
    pub bookmark: Option<String>,
    pub margins: Margins,
    /// Space between blocks in millimetres.
    pub gap: f32,
    /// Text shrinks to its floors before more pages than this are used.
    pub fit_pages: usize,
    pub blocks: Vec<Element>,
    /// Stands at the bottom of the first page, whatever the blocks above take: what is filled in by hand.
    pub pinned: Vec<Element>,
    /// Opens each page after the first, for example `(続き)山田 花子 様`.
    pub continued: String,
    /// Closes each page before the last.
    pub continues: String,
    pub header: Option<Furniture<'a>>,
    pub footer: Option<Furniture<'a>>,
}

impl Default for Section<'_> {
    fn default() -> Self {
        Self {
            bookmark: None,
            margins: Margins::default(),
            gap: 1.5,
            fit_pages: 1,
            blocks: Vec::new(),
            pinned: Vec::new(),
            continued: "(続き)".into(),
            continues: "▼ 次ページ(続き)あり".into(),
            header: None,
            footer: None,
        }
    }
}

impl<'a> Section<'a> {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn block(mut self, block: impl Into<Element>) -> Self {
        self.blocks.push(block.into());
        self
    }

    /// Adds a block at the bottom of the first page.
    pub fn pin(mut self, block: impl Into<Element>) -> Self {
        self.pinned.push(block.into());
        self
    }

    pub fn header(mut self, draw: impl Fn(Page) -> Element + 'a) -> Self {
        self.header = Some(Box::new(draw));
        self
    }

    pub fn footer(mut self, draw: impl Fn(Page) -> Element + 'a) -> Self {
        self.footer = Some(Box::new(draw));
        self
    }

    pub fn fit_pages(mut self, pages: usize) -> Self {
        self.fit_pages = pages;
        self
    }

    pub fn gap(mut self, gap: f32) -> Self {
        self.gap = gap;
        self
    }

    pub fn margins(mut self, margins: Margins) -> Self {
        self.margins = margins;
        self
    }

    pub fn bookmark(mut self, bookmark: impl Into<String>) -> Self {
        self.bookmark = Some(bookmark.into());
        self
    }

    /// The line that opens each page after the first.
    pub fn continued(mut self, line: impl Into<String>) -> Self {
        self.continued = line.into();
        self
    }

    /// How many pages this section takes; a binder's index asks.
    pub fn pages(&self) -> Result<usize, PdfError> {
        Ok(flow::pages(&Shaper::new(), self, 0)?.len())
    }
}

/// Lays out `document` and returns the bytes of a PDF/A-2a file.
pub fn render(document: &Document) -> Result<Vec<u8>, PdfError> {
    let shaper = Shaper::new();
    let mut sections = Vec::new();
    let mut before = 0;
    for section in &document.sections {
        let pages = flow::pages(&shaper, section, before)?;
        before += pages.len();
        let bookmark = section.bookmark.as_ref().unwrap_or(&document.title);
        sections.push((bookmark.clone(), pages));
    }
    paint::paint(document, &sections)
}

/// How many pages a file of ours has; `None` when it cannot be read.
pub fn page_count(pdf: Vec<u8>) -> Option<usize> {
    hayro_syntax::Pdf::new(pdf)
        .ok()
        .map(|pdf| pdf.pages().len())
}

/// Why something could not be printed. `near` quotes the text concerned: for the reader, never for a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PdfError {
    /// No bundled font has this character.
    MissingGlyph {
        missing: Missing,
        near: String,
    },
    /// A column is narrower than one letter, symbol or picture in it.
    TooWide {
        near: String,
    },
    /// A part is taller than a page and cannot be divided.
    TooTall {
        near: String,
    },
    /// A table row has more cells than the table has columns.
    TooManyCells {
        near: String,
    },
    Qr(super::qr::TooLong),
    /// A photograph is not a readable JPEG.
    Photo {
        reason: String,
    },
    /// krilla refused the file.
    Engine {
        reason: String,
    },
}

impl fmt::Display for PdfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingGlyph { missing, near } => {
                write!(
                    f,
                    "{missing}は印刷用の書体にない文字です。別の字に直してください(「{near}」の中)"
                )
            }
            Self::TooWide { near } => write!(f, "欄の幅に入りません(「{near}」)"),
            Self::TooTall { near } => write!(f, "1ページの高さに入りません(「{near}」)"),
            Self::TooManyCells { near } => write!(f, "表の列より多い項目があります(「{near}」)"),
            Self::Qr(error) => error.fmt(f),
            Self::Photo { reason } => write!(f, "写真を読み取れません({reason})"),
            Self::Engine { reason } => write!(f, "PDFを作成できません({reason})"),
        }
    }
}

impl std::error::Error for PdfError {}
