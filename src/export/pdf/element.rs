//! What a page is made of: plain data, without fonts or positions. Lengths are millimetres, text sizes points.
//!
//! ```text
//! Text · Stack · Row · Grid (labelled cells) · Table (rows that may flow) · Band (critical box)
//! Qr · Image · Rule · Space · KeepTogether
//! ```
//!
//! Every constructor gives something fit to print; methods refine it. Nothing here can be cut off when it is too
//! long: text wraps, blocks flow to the next page, and what cannot do either is an error.
use super::font::Weight;

/// Smallest size of a resident's facts, in points.
pub const SMALLEST_VALUE_PT: f32 = 9.0;
/// Smallest size of labels and small print, in points.
pub const SMALLEST_LABEL_PT: f32 = 6.5;

/// One piece of a page.
#[derive(Clone, Debug)]
pub enum Element {
    Text(Text),
    Stack(Stack),
    Row(Row),
    Grid(Grid),
    Table(Table),
    Band(Band),
    Qr(Qr),
    Image(Image),
    Rule(Rule),
    /// Empty height in millimetres.
    Space(f32),
    /// Not broken over two pages, unless it is taller than a page.
    KeepTogether(Box<Element>),
}

impl Element {
    /// This element, not broken over two pages unless it is taller than a page.
    pub fn keep_together(self) -> Self {
        Self::KeepTogether(Box::new(self))
    }
}

macro_rules! into_element {
    ($($kind:ident),*) => { $(
        impl From<$kind> for Element {
            fn from(part: $kind) -> Self {
                Self::$kind(part)
            }
        }
    )* };
}
into_element!(Text, Stack, Row, Grid, Table, Band, Qr, Image, Rule);

impl From<&str> for Element {
    /// A value in the default size.
    fn from(text: &str) -> Self {
        Text::value(text).into()
    }
}

impl From<String> for Element {
    fn from(text: String) -> Self {
        Text::value(text).into()
    }
}

/// A stretch of text in one weight and one relative size.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    pub text: String,
    pub weight: Weight,
    /// Size in percent of the paragraph's size.
    pub percent: u16,
    /// How the text is read (振り仮名), set above it in half its size; empty for none. Such a run stays on one line.
    pub ruby: String,
}

/// Where lines stand between left and right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    #[default]
    Left,
    Center,
    Right,
}

/// Where a part stands in a taller row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Vertical {
    #[default]
    Top,
    Middle,
    Bottom,
}

/// What a paragraph is to a screen reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    #[default]
    Paragraph,
    /// A heading of this level, 1 to 6.
    Heading(u16),
}

/// What a text is for; how small it may be printed depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// The name of a field, or small print.
    Label,
    #[default]
    Fact,
    /// Names the resident, or what to do about resuscitation.
    Headline,
}

/// A paragraph: wrapped by Japanese rules, `\n` starts a new line. It is black, and white inside an inverted band.
#[derive(Clone, Debug)]
pub struct Text {
    pub runs: Vec<Run>,
    pub size_pt: f32,
    /// Size below which fitting a page never shrinks this text.
    pub floor_pt: f32,
    pub align: Align,
    /// Baseline distance in multiples of the size.
    pub leading: f32,
    /// Preferred number of lines, and the size down to which the text shrinks to keep it. Below that size the
    /// text takes more lines instead: it is never cut.
    pub within: Option<Within>,
    pub role: Role,
    pub purpose: Purpose,
}

/// See [`Text::within`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Within {
    pub lines: usize,
    pub shrink_to_pt: f32,
}

impl Text {
    fn sized(text: impl Into<String>, size_pt: f32, floor_pt: f32) -> Self {
        Self {
            runs: Vec::new(),
            size_pt,
            floor_pt,
            align: Align::Left,
            leading: 1.3,
            within: None,
            role: Role::Paragraph,
            purpose: Purpose::Fact,
        }
        .then(text)
    }

    /// A resident's fact: 10.5 pt, at least 9 pt.
    pub fn value(text: impl Into<String>) -> Self {
        Self::sized(text, 10.5, SMALLEST_VALUE_PT)
    }

    /// The name of a field, or small print: 7 pt, at least 6.5 pt.
    pub fn label(text: impl Into<String>) -> Self {
        Self::sized(text, 7.0, SMALLEST_LABEL_PT).purpose(Purpose::Label)
    }

    /// Bold text that never shrinks: the resuscitation band, allergies, the name.
    pub fn critical(text: impl Into<String>, size_pt: f32) -> Self {
        Self::sized("", size_pt, size_pt).then_bold(text)
    }

    /// A heading of `level` 1 (16 pt), 2 (11 pt) or 3 (9.5 pt), bold.
    pub fn heading(level: u16, text: impl Into<String>) -> Self {
        let size = match level {
            0 | 1 => 16.0,
            2 => 11.0,
            _ => 9.5,
        };
        let mut heading = Self::critical(text, size);
        heading.role = Role::Heading(level.clamp(1, 6));
        heading
    }

    /// Check boxes in a row: `☑ 糖尿病　☐ 高血圧`. A box is never parted from its label.
    pub fn checks<'a>(items: impl IntoIterator<Item = (bool, &'a str)>) -> Self {
        let items: Vec<String> = items
            .into_iter()
            .map(|(checked, label)| format!("{} {label}", if checked { '☑' } else { '☐' }))
            .collect();
        Self::value(items.join("　"))
    }

    /// Adds text in regular weight.
    pub fn then(self, text: impl Into<String>) -> Self {
        self.run(text, Weight::Regular, 100)
    }

    /// Adds text in bold.
    pub fn then_bold(self, text: impl Into<String>) -> Self {
        self.run(text, Weight::Bold, 100)
    }

    /// Adds text in any weight, its size in percent of the paragraph's.
    pub fn run(mut self, text: impl Into<String>, weight: Weight, percent: u16) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.runs.push(Run {
                text,
                weight,
                percent,
                ruby: String::new(),
            });
        }
        self
    }

    /// Adds a word with its reading above it.
    pub fn ruby(mut self, base: impl Into<String>, reading: impl Into<String>) -> Self {
        self.runs.push(Run {
            text: base.into(),
            weight: Weight::Regular,
            percent: 100,
            ruby: reading.into(),
        });
        self
    }

    /// Adds text in which each reading follows its word: `救急車《きゅうきゅうしゃ》を呼《よ》ぶ`. A reading belongs to the kanji
    /// right before it.
    pub fn furigana(self, marked: &str) -> Self {
        let mut text = self;
        let mut rest = marked;
        while let Some((before, after)) = rest.split_once('《') {
            let (reading, following) = after.split_once('》').unwrap_or((after, ""));
            let kanji = before.trim_end_matches(is_kanji).len();
            let (plain, base) = before.split_at(kanji);
            text = text.then(plain).ruby(base, reading);
            rest = following;
        }
        text.then(rest)
    }

    /// All of it in bold.
    pub fn bold(mut self) -> Self {
        self.runs
            .iter_mut()
            .for_each(|run| run.weight = Weight::Bold);
        self
    }

    /// Another size; the floor stays, or falls to the size when that is smaller.
    pub fn size(mut self, size_pt: f32) -> Self {
        self.size_pt = size_pt;
        self.floor_pt = self.floor_pt.min(size_pt);
        self
    }

    /// The size below which fitting a page never shrinks this text.
    pub fn floor(mut self, floor_pt: f32) -> Self {
        self.floor_pt = floor_pt;
        self
    }

    pub fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    pub fn align(mut self, align: Align) -> Self {
        self.align = align;
        self
    }

    pub fn centered(self) -> Self {
        self.align(Align::Center)
    }

    pub fn leading(mut self, leading: f32) -> Self {
        self.leading = leading;
        self
    }

    /// Shrinks the text down to `shrink_to_pt` to keep it within `lines` lines; see [`Text::within`].
    pub fn within(mut self, lines: usize, shrink_to_pt: f32) -> Self {
        self.within = Some(Within {
            lines,
            shrink_to_pt,
        });
        self
    }

    /// The characters, as they will stand in the text layer.
    pub fn plain(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }
}

/// A character that somebody may not be able to read.
pub(super) fn is_kanji(c: char) -> bool {
    matches!(c, '々'..='〇' | '㐀'..='鿿' | '豈'..='﫿' | '\u{20000}'..='\u{3FFFF}')
}

/// Parts below each other.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    pub gap: f32,
    pub parts: Vec<Element>,
}

impl Stack {
    pub fn new(gap: f32) -> Self {
        Self {
            gap,
            parts: Vec::new(),
        }
    }

    pub fn with(mut self, part: impl Into<Element>) -> Self {
        self.parts.push(part.into());
        self
    }
}

/// Width of a column: fixed, or a share of what the fixed ones leave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    Mm(f32),
    Share(f32),
}

/// Parts beside each other.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub gap: f32,
    pub columns: Vec<Column>,
}

#[derive(Clone, Debug)]
pub struct Column {
    pub width: Width,
    pub part: Element,
    pub vertical: Vertical,
    /// Grids and bands take the height of the tallest column.
    pub stretch: bool,
}

impl Row {
    pub fn new(gap: f32) -> Self {
        Self {
            gap,
            columns: Vec::new(),
        }
    }

    /// A column at the top of the row; grids and bands in it grow to the row's height.
    pub fn with(self, width: Width, part: impl Into<Element>) -> Self {
        self.column(width, part, Vertical::Top, true)
    }

    /// A column whose part keeps its own height.
    pub fn at(self, width: Width, vertical: Vertical, part: impl Into<Element>) -> Self {
        self.column(width, part, vertical, false)
    }

    fn column(
        mut self,
        width: Width,
        part: impl Into<Element>,
        vertical: Vertical,
        stretch: bool,
    ) -> Self {
        let part = part.into();
        self.columns.push(Column {
            width,
            part,
            vertical,
            stretch,
        });
        self
    }
}

/// Thickness of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Border {
    None,
    /// 0.25 mm.
    #[default]
    Light,
    /// 0.6 mm.
    Heavy,
}

/// A heading in white on black at a grid's edge.
#[derive(Clone, Debug)]
pub enum Strip {
    /// On top, from left to right.
    Top(String),
    /// Along the left edge, from top to bottom.
    Left(String),
}

/// Columns of a grid that a full-width cell spans.
pub const GRID_COLUMNS: u16 = 12;

/// Bordered rows of labelled cells on twelve columns.
#[derive(Clone, Debug)]
pub struct Grid {
    pub strip: Option<Strip>,
    /// The frame around all; lines between cells are light.
    pub border: Border,
    pub rows: Vec<Vec<Cell>>,
}

impl Default for Grid {
    fn default() -> Self {
        Self {
            strip: None,
            border: Border::Heavy,
            rows: Vec::new(),
        }
    }
}

impl Grid {
    pub fn new() -> Self {
        Self::default()
    }

    /// A grid with a white-on-black heading down its left edge.
    pub fn titled(heading: impl Into<String>) -> Self {
        Self {
            strip: Some(Strip::Left(heading.into())),
            ..Self::default()
        }
    }

    /// A grid with a white-on-black heading above it.
    pub fn headed(heading: impl Into<String>) -> Self {
        Self {
            strip: Some(Strip::Top(heading.into())),
            ..Self::default()
        }
    }

    pub fn border(mut self, border: Border) -> Self {
        self.border = border;
        self
    }

    /// Adds a row. When its spans are fewer than twelve the last cell grows; when more, all shrink in proportion.
    pub fn row(mut self, cells: impl IntoIterator<Item = Cell>) -> Self {
        self.rows.push(cells.into_iter().collect());
        self
    }
}

/// Where a cell's label stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum LabelPlace {
    /// Small, above the value.
    #[default]
    Top,
    /// In a column of its own, this many millimetres wide, before the value.
    Left(f32),
}

/// A labelled field.
#[derive(Clone, Debug)]
pub struct Cell {
    pub span: u16,
    /// Empty for none.
    pub label: String,
    pub place: LabelPlace,
    pub value: Box<Element>,
    /// Room for handwriting: at least this high.
    pub min_height: f32,
    pub vertical: Vertical,
    /// White on black, for what must be seen first.
    pub inverted: bool,
}

impl Cell {
    /// A full-width cell with its label above.
    pub fn new(label: impl Into<String>, value: impl Into<Element>) -> Self {
        Self {
            span: GRID_COLUMNS,
            label: label.into(),
            place: LabelPlace::Top,
            value: Box::new(value.into()),
            min_height: 0.0,
            vertical: Vertical::Top,
            inverted: false,
        }
    }

    /// An empty cell of at least `min_height` to write in.
    pub fn blank(label: impl Into<String>, min_height: f32) -> Self {
        Self::new(label, Element::Space(0.0)).min_height(min_height)
    }

    /// How many of the twelve columns it takes.
    pub fn span(mut self, span: u16) -> Self {
        self.span = span.max(1);
        self
    }

    /// The label in a column `width` wide, label and value half way up.
    pub fn label_left(mut self, width: f32) -> Self {
        self.place = LabelPlace::Left(width);
        self.vertical = Vertical::Middle;
        self
    }

    pub fn min_height(mut self, min_height: f32) -> Self {
        self.min_height = min_height;
        self
    }

    pub fn vertical(mut self, vertical: Vertical) -> Self {
        self.vertical = vertical;
        self
    }

    pub fn inverted(mut self) -> Self {
        self.inverted = true;
        self
    }
}

/// Rows under headings. It may break between rows, and repeats its headings on the next page.
#[derive(Clone, Debug)]
pub struct Table {
    pub strip: Option<Strip>,
    pub columns: Vec<TableColumn>,
    pub rows: Vec<Vec<Element>>,
    /// Rows are at least this high.
    pub min_row_height: f32,
    pub border: Border,
}

#[derive(Clone, Debug)]
pub struct TableColumn {
    pub heading: String,
    pub width: Width,
}

impl Table {
    pub fn new() -> Self {
        Self::default()
    }

    /// A table with a white-on-black heading down its left edge.
    pub fn titled(heading: impl Into<String>) -> Self {
        Self {
            strip: Some(Strip::Left(heading.into())),
            ..Self::default()
        }
    }

    /// A table with a white-on-black heading above it.
    pub fn headed(heading: impl Into<String>) -> Self {
        Self {
            strip: Some(Strip::Top(heading.into())),
            ..Self::default()
        }
    }

    pub fn column(mut self, heading: impl Into<String>, width: Width) -> Self {
        self.columns.push(TableColumn {
            heading: heading.into(),
            width,
        });
        self
    }

    /// Adds a row; missing cells stay empty, cells beyond the columns are an error when it is laid out.
    pub fn row<E: Into<Element>>(mut self, cells: impl IntoIterator<Item = E>) -> Self {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }

    pub fn min_row_height(mut self, height: f32) -> Self {
        self.min_row_height = height;
        self
    }

    pub fn border(mut self, border: Border) -> Self {
        self.border = border;
        self
    }
}

impl Default for Table {
    fn default() -> Self {
        Self {
            strip: None,
            columns: Vec::new(),
            rows: Vec::new(),
            min_row_height: 0.0,
            border: Border::Heavy,
        }
    }
}

/// How a band is told from everything else without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandStyle {
    /// A frame of 1 mm.
    Framed,
    /// White on black.
    Inverted,
    /// A light frame: a note, or the hand-writable block.
    Plain,
}

/// A box across the page for what must be read first.
#[derive(Clone, Debug)]
pub struct Band {
    pub style: BandStyle,
    pub part: Box<Element>,
    pub padding: f32,
}

impl Band {
    pub fn framed(part: impl Into<Element>) -> Self {
        Self {
            style: BandStyle::Framed,
            part: Box::new(part.into()),
            padding: 1.8,
        }
    }

    pub fn inverted(part: impl Into<Element>) -> Self {
        Self {
            style: BandStyle::Inverted,
            ..Self::framed(part)
        }
    }

    pub fn plain(part: impl Into<Element>) -> Self {
        Self {
            style: BandStyle::Plain,
            ..Self::framed(part)
        }
    }
}

/// A QR symbol, with its quiet zone, centred in its column.
#[derive(Clone, Debug)]
pub struct Qr {
    pub text: String,
    /// Side of the symbol without its quiet zone.
    pub size_mm: f32,
    /// What it is, for those who cannot see it.
    pub alt: String,
}

impl Qr {
    pub fn new(text: impl Into<String>, size_mm: f32, alt: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            size_mm,
            alt: alt.into(),
        }
    }
}

/// A JPEG photograph, as large as its box allows, centred in its column.
#[derive(Clone, Debug)]
pub struct Image {
    pub jpeg: std::sync::Arc<Vec<u8>>,
    pub width_mm: f32,
    pub height_mm: f32,
    /// What it shows, for those who cannot see it.
    pub alt: String,
}

impl Image {
    pub fn jpeg(
        jpeg: impl Into<std::sync::Arc<Vec<u8>>>,
        width_mm: f32,
        height_mm: f32,
        alt: impl Into<String>,
    ) -> Self {
        Self {
            jpeg: jpeg.into(),
            width_mm,
            height_mm,
            alt: alt.into(),
        }
    }
}

/// A horizontal line.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub border: Border,
}
