//! Paper: a tree of plain elements becomes an A4 PDF with Japanese line breaking, embedded font subsets and tags.
//!
//! ```text
//! element   what a page is made of (plain data)             ← callers write this
//! font      which glyph draws which characters               ← callers ask `Fonts::missing`
//! text      paragraphs → glyphs → lines
//! layout    elements → measured boxes, in millimetres
//! split     an element too tall for its page → two elements
//! flow      blocks → pages: shrink to fit, then continue
//! paint     boxes → PDF/A-2a by krilla
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
pub mod element;
mod flow;
pub mod font;
mod layout;
mod paint;
#[cfg(test)]
mod sample;
pub mod sheet;
mod split;
mod text;

use std::fmt;

pub use element::{
    Align, Band, BandStyle, Border, Cell, Column, Element, GRID_COLUMNS, Grid, Image, LabelPlace,
    Qr, Role, Row, Rule, Run, SMALLEST_LABEL_PT, SMALLEST_VALUE_PT, Stack, Strip, Table,
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
        sections.push(pages);
    }
    paint::paint(document, &sections)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every line of text on every page, in reading order.
    fn printed(section: &Section) -> Vec<Vec<String>> {
        let pages = flow::pages(&Shaper::new(), section, 0).unwrap();
        let lines = |page: &flow::PlacedPage| {
            page.blocks
                .iter()
                .flat_map(|placed| placed.laid.lines())
                .collect()
        };
        pages.iter().map(lines).collect()
    }

    #[test]
    fn the_same_document_gives_the_same_bytes() {
        assert_eq!(render(&sample::document()), render(&sample::document()));
    }

    #[test]
    fn a_dense_sheet_is_one_page_of_modest_size() {
        assert_eq!(sample::sheet().pages(), Ok(1));
        let bytes = render(&sample::document()).unwrap();
        assert!(bytes.len() < 150_000, "{} bytes", bytes.len());
    }

    #[test]
    fn what_does_not_fit_continues_and_says_so() {
        let pages = printed(&sample::overflowing());
        assert!(pages.len() > 1);
        let (last, before) = pages.split_last().unwrap();
        assert!(
            before
                .iter()
                .all(|page| page.iter().any(|line| line.contains("次ページ(続き)あり")))
        );
        assert!(!last.iter().any(|line| line.contains("次ページ")));
        assert!(
            pages[1..]
                .iter()
                .all(|page| page[0] == "(続き)𠮷田 花子 様")
        );
    }

    #[test]
    fn nothing_is_lost_over_pages() {
        let note: String = (0..3000).map(|n| format!("第{n}項、")).collect();
        let section = || Section::new().pin(Grid::new().row([Cell::blank("手書き", 30.0)]));
        for long in [
            Element::from(note.as_str()),
            Text::critical(note.as_str(), 14.0).into(),
            Grid::titled("経過")
                .row([
                    Cell::new("記録", note.as_str()).span(8),
                    Cell::new("確認", "済").span(4),
                ])
                .into(),
            Table::new()
                .column("記録", Width::Share(1.0))
                .row([note.as_str()])
                .into(),
            Band::framed(note.as_str()).into(),
            Stack::new(1.0).with("前").with(note.as_str()).into(),
            Row::new(1.0)
                .with(Width::Share(1.0), note.as_str())
                .with(Width::Mm(20.0), "横")
                .into(),
            Element::from(note.as_str()).keep_together(),
        ] {
            let text: String = printed(&section().block("上").block(long.clone()).block("下"))
                .concat()
                .concat();
            let found = (0..3000)
                .filter(|n| text.contains(&format!("第{n}項、")))
                .count();
            assert!(
                found > 2900,
                "{found} of 3000 entries stand on one line each: {long:?}"
            );
            let letters = |text: &str| {
                text.chars()
                    .filter(|c| "第項、0123456789".contains(*c))
                    .count()
            };
            assert!(letters(&text) >= letters(&note));
        }
    }

    #[test]
    fn a_table_over_pages_repeats_its_headings() {
        let mut table = Table::headed("薬")
            .column("薬の名前", Width::Share(1.0))
            .column("量", Width::Share(1.0));
        for n in 0..120 {
            table = table.row([format!("見本錠{n}"), "1日3回".into()]);
        }
        let pages = printed(&Section::new().block(table));
        assert!(pages.len() > 2);
        assert!(
            pages
                .iter()
                .all(|page| page.iter().any(|line| line == "薬の名前"))
        );
        assert!(pages[1].iter().any(|line| line == "薬(続き)"));
        let rows: Vec<&String> = pages
            .iter()
            .flatten()
            .filter(|line| line.starts_with("見本錠"))
            .collect();
        assert_eq!(rows.len(), 120);
    }

    #[test]
    fn a_heading_never_closes_a_page() {
        for lines in 30..60 {
            let section = (0..lines).fold(Section::new(), |section, n| {
                section.block(format!("記録{n}"))
            });
            let tail = ["一行", "二行", "三行"].map(|text| Text::value(text).size(20.0));
            let tail = tail.into_iter().fold(Stack::new(0.0), Stack::with);
            let section = section
                .block(Text::heading(2, "申し送り"))
                .block(Element::from(tail).keep_together());
            for page in printed(&section) {
                let text: Vec<&String> = page
                    .iter()
                    .filter(|line| !line.contains("次ページ"))
                    .collect();
                assert_ne!(
                    text.last().map(|line| line.as_str()),
                    Some("申し送り"),
                    "{lines}"
                );
            }
        }
    }

    #[test]
    fn pages_are_numbered_and_headers_keep_their_room() {
        let header = |page: Page| {
            Text::value(format!(
                "{}/{} {}",
                page.number,
                page.of,
                "長い\n".repeat(page.number)
            ))
            .into()
        };
        let section = (0..150).fold(Section::new().header(header), |section, n| {
            section.block(format!("記録{n}"))
        });
        let pages = flow::pages(&Shaper::new(), &section, 7).unwrap();
        assert!(pages.len() > 2);
        for (at, page) in pages.iter().enumerate() {
            let header = page.header.as_ref().unwrap();
            assert!(header.laid.lines()[0].starts_with(&format!("{}/{}", at + 1, pages.len())));
            assert!(header.y + header.laid.height <= page.blocks[0].y);
        }
    }

    #[test]
    fn text_shrinks_to_its_floor_before_another_page_is_used() {
        let size = |page: &flow::PlacedPage| match &page.blocks[0].laid.content {
            Some(layout::Content::Lines { size_pt, .. }) => *size_pt,
            _ => panic!("a text block"),
        };
        let rows = |count| {
            (0..count).fold(Section::new(), |section, n| {
                section.block(format!("記録{n}"))
            })
        };
        let sizes: Vec<(usize, f32)> = (30..70)
            .map(|count| flow::pages(&Shaper::new(), &rows(count), 0).unwrap())
            .map(|pages| (pages.len(), size(&pages[0])))
            .collect();
        assert_eq!(sizes[0], (1, 10.5));
        assert!(sizes.iter().any(|&(pages, size)| pages == 1 && size < 10.0));
        assert!(sizes.iter().all(|&(_, size)| size >= SMALLEST_VALUE_PT));
        let two_pages: Vec<f32> = sizes
            .iter()
            .filter(|(pages, _)| *pages == 2)
            .map(|(_, size)| *size)
            .collect();
        assert!(
            two_pages.iter().all(|&size| size == 10.5),
            "where shrinking saves no page, letters stay large"
        );
    }

    #[test]
    fn s25_a_missing_glyph_stops_the_print_by_name() {
        let section = Section::new().block(Grid::new().row([Cell::new("氏名", "山田 𪚥太郎")]));
        let error = render(&Document::new("", "", "", Moment(0)).with(section)).unwrap_err();
        assert!(error.to_string().contains("「𪚥」(U+2A6A5)"), "{error}");
        assert!(error.to_string().contains("山田 𪚥太郎"), "{error}");
    }

    #[test]
    fn what_can_fit_nowhere_is_an_error() {
        let failing = |block: Element| {
            render(&Document::new("", "", "", Moment(0)).with(Section::new().block(block)))
        };
        let narrow = Row::new(0.0).with(Width::Mm(2.0), "漢字").into();
        assert!(matches!(failing(narrow), Err(PdfError::TooWide { .. })));
        let tall = Grid::new().row([Cell::blank("写真", 400.0)]).into();
        assert!(matches!(failing(tall), Err(PdfError::TooTall { .. })));
        let row = Table::new()
            .column("一", Width::Share(1.0))
            .row(["一", "二"])
            .into();
        assert!(matches!(failing(row), Err(PdfError::TooManyCells { .. })));
        let photo = Image::jpeg(vec![1, 2, 3], 30.0, 40.0, "写真").into();
        assert!(matches!(failing(photo), Err(PdfError::Photo { .. })));
    }

    #[test]
    fn a_telephone_number_shrinks_rather_than_break() {
        let number =
            |width| {
                printed(&Section::new().block(
                    Row::new(0.0).with(Width::Mm(width), Text::critical("090-1234-5678", 11.0)),
                ))
            };
        assert_eq!(number(34.0), [["090-1234-5678"]]);
    }
}
