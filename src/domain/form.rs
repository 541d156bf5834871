//! Forms as data: what a form asks and prints, in which words and order.
//!
//! A form is one TOML file (forms/README.md). Reading it finds every misspelt field, with line and column, when the
//! program starts. A form places what [`super::record::Record`], the facility's facts and [`Computed`] hold; it adds
//! no facts. The CPR band is not placed by forms: every surface draws it.

use std::ops::Range;

use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use super::answer::{Choice, Field, Grouped, Kind, NOT_ASKED, Shown, UNKNOWN};
use super::computed::Computed;
use super::date::Day;
use super::handoff::{Part, Stay};
use super::record::{FacilityFacts, Record};

/// What a form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// Kept on the edit page and printed.
    Sheet,
    /// Shown to an ambulance crew.
    Scan,
    /// Filled in for a stay in hospital, and printed.
    Handoff,
}

/// Which way a form about a stay goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    ToHospital,
    FromHospital,
    /// Of both, or of the facility alone.
    Between,
}

/// How much a form wants an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    #[default]
    Optional,
    /// Asked first, and named among the missing items.
    Priority,
    /// Without it a sheet is not confirmed.
    Required,
}

/// Where the text of an item comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    Record(&'static Field),
    Facility(&'static Field),
    /// An answer about a stay in hospital.
    Stay(&'static Field),
    Computed(Computed),
}

impl Source {
    pub fn find(key: &str) -> Option<Self> {
        let record = || Record::fields().find(|field| field.key == key);
        let facility = || FacilityFacts::FIELDS.iter().find(|field| field.key == key);
        let stay = || Stay::fields().find(|field| field.key == key);
        record()
            .map(Self::Record)
            .or_else(|| facility().map(Self::Facility))
            .or_else(|| stay().map(Self::Stay))
            .or_else(|| Computed::from_key(key).map(Self::Computed))
    }

    pub fn key(self) -> &'static str {
        match self {
            Self::Record(field) | Self::Facility(field) | Self::Stay(field) => field.key,
            Self::Computed(computed) => computed.key(),
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Record(field) | Self::Facility(field) | Self::Stay(field) => field.label,
            Self::Computed(computed) => computed.label(),
        }
    }

    /// What kind of answer stands there; `None` for what nobody types.
    pub fn kind(self) -> Option<Kind> {
        match self {
            Self::Record(field) | Self::Facility(field) | Self::Stay(field) => Some(field.kind),
            Self::Computed(_) => None,
        }
    }

    /// Whether it has as many lines as somebody typed rows.
    pub fn is_list(self) -> bool {
        match self {
            Self::Record(field) | Self::Facility(field) | Self::Stay(field) => {
                matches!(field.kind, Kind::Rows(_))
            }
            Self::Computed(computed) => matches!(
                computed,
                Computed::DoctorPhones
                    | Computed::KeyPersonPhones
                    | Computed::FacilityPhones
                    | Computed::Alerts
            ),
        }
    }

    fn is_of_resident(self) -> bool {
        !matches!(
            self,
            Self::Facility(_) | Self::Computed(Computed::FacilityPhones)
        )
    }

    fn columns(self) -> Option<&'static [Field]> {
        match self {
            Self::Record(Field {
                kind: Kind::Rows(fields),
                ..
            })
            | Self::Stay(Field {
                kind: Kind::Rows(fields),
                ..
            }) => Some(fields),
            _ => None,
        }
    }
}

/// One item of a section.
#[derive(Clone, Debug)]
pub struct Item {
    pub source: Source,
    pub label: String,
    pub level: Level,
    pub hint: Option<String>,
    pub style: Style,
    /// Which parts of a row are shown; all of them when the form names none.
    pub columns: Vec<&'static Field>,
}

/// How an item stands out on a read page or a crew's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    #[default]
    Normal,
    Large,
    /// Something that can hurt if overlooked.
    Alert,
    /// Telephone numbers to tap.
    Call,
    /// Every choice with its box, ticked or not, as forms on paper have it.
    Boxes,
}

/// One box of [`Style::Boxes`]: the words that the form has for some of a field's choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    pub label: String,
    /// The codes for which it is ticked.
    pub of: Vec<&'static str>,
    /// Whether it is ticked when the answer is that there are none.
    pub is_none: bool,
}

impl Tick {
    /// Whether the form has fewer words here than the record: the record's own then stand behind.
    pub fn is_lossy(&self) -> bool {
        self.of.len() > 1
    }
}

#[derive(Clone, Debug)]
pub struct Section {
    pub key: String,
    pub title: String,
    pub items: Vec<Item>,
}

/// A part of the printed page.
#[derive(Clone, Debug)]
pub enum Print {
    /// Cells on a grid of twelve columns.
    Grid {
        title: String,
        rows: Vec<Vec<Cell>>,
        /// Left out where a card has no room for it; the card then says so.
        yields: bool,
    },
    /// One list as a table, in `across` tables side by side.
    Table {
        title: String,
        source: Source,
        columns: Vec<Column>,
        across: usize,
    },
    /// Boxes to be filled in by hand, at the bottom of the first page.
    Blank {
        title: String,
        rows: Vec<Vec<BlankCell>>,
        /// Whether what was noted of an open emergency is printed in their place.
        at_call: bool,
    },
    /// The CPR band; printed above everything if a form does not say where.
    Band,
}

#[derive(Clone, Debug)]
pub struct Cell {
    pub source: Source,
    pub label: String,
    pub span: usize,
    pub style: Style,
    pub columns: Vec<&'static Field>,
    /// As many rows of a list as are printed; the others are counted. On cards only.
    pub most: Option<usize>,
    /// How much a form about a stay wants the answer.
    pub level: Level,
    /// The boxes of [`Style::Boxes`].
    pub ticks: Vec<Tick>,
}

/// What [`Style::Boxes`] comes to for one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boxes<'a> {
    pub ticks: Vec<(bool, &'a str)>,
    /// What the boxes do not say: the record's own words where the form has fewer, the note, the day of a none; 未確認 or
    /// 不明 where no box can be ticked (safety.md S18). Empty when the boxes say all.
    pub beside: String,
}

impl Cell {
    /// Whether its boxes have fewer words than the record.
    pub fn is_lossy(&self) -> bool {
        self.ticks.iter().any(Tick::is_lossy)
    }

    /// Its boxes for an answer in its JSON form.
    pub fn boxes(&self, answer: &Value) -> Boxes<'_> {
        let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
        let (codes, state): (Vec<&str>, &str) = match answer {
            Value::String(unknown) if unknown == "unknown" => (Vec::new(), "unknown"),
            Value::String(code) => (vec![code], "present"),
            Value::Object(_) => {
                let items = answer.get("items").and_then(Value::as_array);
                let items = items.into_iter().flatten().filter_map(Value::as_str);
                (items.collect(), text("state"))
            }
            _ => (Vec::new(), ""),
        };
        let is_none = state == "none";
        let has = |tick: &Tick| tick.of.iter().any(|code| codes.contains(code));
        let ticks = self.ticks.iter();
        let ticks = ticks.map(|tick| (has(tick) || (tick.is_none && is_none), tick.label.as_str()));
        let mut beside: Vec<String> = Vec::new();
        let lossy = self
            .ticks
            .iter()
            .filter(|tick| tick.is_lossy() && has(tick));
        for code in lossy
            .flat_map(|tick| &tick.of)
            .filter(|code| codes.contains(code))
        {
            beside.extend(self.choice(code).map(|choice| choice.label.to_owned()));
        }
        match state {
            "" => beside.push(NOT_ASKED.to_owned()),
            "unknown" => beside.push(UNKNOWN.to_owned()),
            "none" => beside.push(Shown::None(Day::parse(text("confirmed_on")).ok()).line()),
            _ => {}
        }
        beside.extend(Some(text("note").to_owned()).filter(|note| !note.is_empty()));
        Boxes {
            ticks: ticks.collect(),
            beside: beside.join("、"),
        }
    }

    fn choice(&self, code: &str) -> Option<&'static Choice> {
        match self.source.kind() {
            Some(Kind::Choice(choices) | Kind::Checks(choices)) => {
                choices.iter().find(|choice| choice.code == code)
            }
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Column {
    pub field: &'static Field,
    pub label: String,
    pub width: usize,
}

/// A box to write in; `choices` are printed as boxes to tick.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlankCell {
    pub label: String,
    pub span: usize,
    #[serde(default)]
    pub choices: Vec<String>,
    /// Height in millimetres.
    #[serde(default = "default_blank_height")]
    pub height: u8,
}

fn default_blank_height() -> u8 {
    9
}

/// A form that is printed as cards to cut out, several of them on one A4 sheet.
///
/// A card is carried or hangs for a year and nobody collects it within the hour, so no card shows the resuscitation
/// standing: it tells to resuscitate, and its QR code tells what holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card {
    /// In millimetres.
    pub width: u16,
    /// In millimetres.
    pub height: u16,
    /// Nothing on the card tells whose it is; that stands beside it, on what is cut off.
    pub names_nobody: bool,
}

/// A4, in millimetres.
pub const SHEET_MM: (u16, u16) = (210, 297);

impl Card {
    /// The smallest that holds a QR symbol of 25 mm with its quiet zone, a line of text beside it and the safety text, in
    /// millimetres.
    const LEAST: (u16, u16) = (85, 50);
    /// Height in millimetres of the line above a card that names nobody, which tells whose it is.
    pub const WHOSE_MM: u16 = 9;

    /// Cards beside each other on a sheet, and rows of cards.
    pub fn up(self) -> (usize, usize) {
        let (across, down) = (SHEET_MM.0 / self.width, SHEET_MM.1 / self.step());
        (usize::from(across), usize::from(down))
    }

    pub fn is_wide(self) -> bool {
        self.width > self.height
    }

    /// Height in millimetres of a card with what stands above it.
    pub fn step(self) -> u16 {
        let above = if self.names_nobody { Self::WHOSE_MM } else { 0 };
        self.height + above
    }

    /// Cards on one sheet.
    pub fn per_sheet(self) -> usize {
        let (across, down) = self.up();
        across * down
    }
}

/// A form that has been read and checked.
#[derive(Clone, Debug)]
pub struct Form {
    pub key: String,
    pub title: String,
    pub edition: String,
    pub issuer: String,
    /// Where the items come from: a publication, an office.
    pub source: String,
    pub surface: Surface,
    /// Without it the form is printed on A4.
    pub card: Option<Card>,
    /// For whom the copies of a sheet are, printed on each; without any there is one.
    pub copies: Vec<String>,
    /// Which way a form about a stay goes; such forms alone have one.
    pub direction: Option<Direction>,
    /// Whether it takes an own permission to see and print it.
    pub restricted: bool,
    /// Whether nothing on it may tell who it is.
    pub anonymous: bool,
    /// Whether it shrinks to one page before it goes on.
    pub one_page: bool,
    pub sections: Vec<Section>,
    pub print: Vec<Print>,
    /// The file as it was read, frozen into every document that is issued from it.
    pub text: String,
}

/// A mistake in a form file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl std::fmt::Display for FormError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            file,
            line,
            column,
            message,
        } = self;
        write!(f, "{file}:{line}:{column}: {message}")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawForm {
    key: Spanned<String>,
    title: String,
    edition: String,
    issuer: String,
    source: String,
    surface: Surface,
    card: Option<Spanned<RawCard>>,
    #[serde(default)]
    copies: Vec<String>,
    direction: Option<Direction>,
    #[serde(default)]
    restricted: bool,
    #[serde(default)]
    anonymous: bool,
    #[serde(default)]
    one_page: bool,
    #[serde(default)]
    section: Vec<RawSection>,
    #[serde(default)]
    print: Vec<Spanned<RawPrint>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCard {
    width: u16,
    height: u16,
    #[serde(default)]
    names_nobody: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSection {
    key: Spanned<String>,
    title: String,
    item: Vec<RawItem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    show: Spanned<String>,
    label: Option<String>,
    #[serde(default)]
    level: Level,
    hint: Option<String>,
    #[serde(default)]
    style: Style,
    #[serde(default)]
    columns: Vec<Spanned<String>>,
}

/// Exactly one of `grid`, `table`, `blank` and `band`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPrint {
    #[serde(default)]
    title: String,
    grid: Option<Vec<Vec<RawCell>>>,
    table: Option<Spanned<String>>,
    columns: Option<Vec<RawColumn>>,
    across: Option<usize>,
    blank: Option<Vec<Vec<BlankCell>>>,
    #[serde(default)]
    at_call: bool,
    band: Option<bool>,
    #[serde(default)]
    yields: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCell {
    show: Spanned<String>,
    label: Option<String>,
    span: Spanned<usize>,
    #[serde(default)]
    style: Style,
    #[serde(default)]
    columns: Vec<Spanned<String>>,
    most: Option<Spanned<usize>>,
    #[serde(default)]
    level: Level,
    choices: Option<Spanned<Vec<RawTick>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTick {
    label: String,
    #[serde(default)]
    of: Vec<String>,
    #[serde(default)]
    none: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawColumn {
    show: Spanned<String>,
    label: Option<String>,
    width: usize,
}

/// Columns of the printed grid.
pub const GRID_COLUMNS: usize = 12;

impl Form {
    /// Reads one form file.
    ///
    /// # Errors
    /// Every mistake that can be found, each with its line and column.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<FormError>> {
        let mut checker = Checker {
            file,
            text,
            errors: Vec::new(),
        };
        let raw: RawForm = match toml::from_str(text) {
            Ok(raw) => raw,
            Err(error) => {
                checker.error(error.span().unwrap_or(0..0), error.message());
                return Err(checker.errors);
            }
        };
        let form = checker.form(raw);
        if checker.errors.is_empty() {
            Ok(form)
        } else {
            Err(checker.errors)
        }
    }

    /// Every item, section by section.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.sections.iter().flat_map(|section| &section.items)
    }

    /// Every printed cell, grid by grid.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        let grids = self.print.iter().filter_map(|print| match print {
            Print::Grid { rows, .. } => Some(rows),
            _ => None,
        });
        grids.flatten().flatten()
    }

    /// Everything that it prints from, block by block.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        let of = |print: &Print| match print {
            Print::Grid { rows, .. } => rows.iter().flatten().map(|cell| cell.source).collect(),
            Print::Table { source, .. } => vec![*source],
            Print::Blank { .. } | Print::Band => Vec::new(),
        };
        self.print
            .iter()
            .flat_map(of)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Whether what was noted of an open emergency is printed on it.
    pub fn prints_at_call(&self) -> bool {
        let mut print = self.print.iter();
        print.any(|print| matches!(print, Print::Blank { at_call: true, .. }))
    }

    /// As many as one document is printed: the copies that the form names, or as many cards as fit on A4.
    pub fn most_copies(&self) -> u8 {
        let most = self.card.map_or(self.copies.len().max(1), Card::per_sheet);
        u8::try_from(most).unwrap_or(u8::MAX)
    }

    /// The size of the paper, in words.
    pub fn size_words(&self) -> String {
        match self.card {
            Some(card) => format!(
                "{}×{}mm・A4に{}枚まで",
                card.width,
                card.height,
                card.per_sheet()
            ),
            None => "A4".to_owned(),
        }
    }

    pub fn section(&self, key: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.key == key)
    }
}

struct Checker<'a> {
    file: &'a str,
    text: &'a str,
    errors: Vec<FormError>,
}

impl Checker<'_> {
    fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        let before = &self.text[..self.text.floor_char_boundary(span.start)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        self.errors.push(FormError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        });
    }

    fn form(&mut self, raw: RawForm) -> Form {
        let key_span = raw.key.span();
        let key = raw.key.into_inner();
        if key.is_empty()
            || !key
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        {
            self.error(
                key_span.clone(),
                "key は英小文字・数字・_ だけで書いてください",
            );
        }
        let card = raw.card.and_then(|card| self.card(card));
        if (raw.surface == Surface::Handoff) != raw.direction.is_some() {
            self.error(
                key_span.clone(),
                "surface = \"handoff\" の様式には direction(to_hospital・from_hospital・between)を書きます。ほかの様式には書けません",
            );
        }
        let (is_handoff, anonymous) = (raw.surface == Surface::Handoff, raw.anonymous);
        let form = Form {
            key,
            title: raw.title,
            edition: raw.edition,
            issuer: raw.issuer,
            source: raw.source,
            surface: raw.surface,
            card,
            copies: raw.copies,
            direction: raw.direction,
            restricted: raw.restricted,
            anonymous: raw.anonymous,
            one_page: raw.one_page,
            sections: raw
                .section
                .into_iter()
                .map(|section| self.section(section))
                .collect(),
            print: raw
                .print
                .into_iter()
                .filter_map(|print| self.print(print, card))
                .collect(),
            text: self.text.to_owned(),
        };
        for source in form.sources() {
            if let Source::Stay(_) = source
                && !is_handoff
            {
                let message = format!(
                    "「{}」は surface = \"handoff\" の様式だけに書けます",
                    source.key()
                );
                self.error(key_span.clone(), message);
            }
            if anonymous && tells_who(source) {
                let message = format!(
                    "anonymous の様式には「{}」を書けません(誰かが分かります)",
                    source.key()
                );
                self.error(key_span.clone(), message);
            }
            let in_words = |cell: &Cell| {
                cell.source == source
                    && matches!(source.kind(), Some(Kind::Checks(_)))
                    && cell.style != Style::Boxes
            };
            if anonymous && form.cells().any(in_words) {
                let message = format!(
                    "anonymous の様式では「{}」に style = \"boxes\" が要ります",
                    source.key()
                );
                self.error(key_span.clone(), message);
            }
            if !form.restricted && Part::of(source.key()) == Some(Part::Sensitive) {
                let message = format!(
                    "「{}」は restricted = true の様式だけに書けます",
                    source.key()
                );
                self.error(key_span.clone(), message);
            }
        }
        form
    }

    fn card(&mut self, raw: Spanned<RawCard>) -> Option<Card> {
        let span = raw.span();
        let RawCard {
            width,
            height,
            names_nobody,
        } = raw.into_inner();
        let card = Card {
            width,
            height,
            names_nobody,
        };
        let ((least_width, least_height), (most_width, most_height)) = (Card::LEAST, SHEET_MM);
        let fits = (least_width..=most_width).contains(&width)
            && height >= least_height
            && card.step() <= most_height;
        if !fits {
            self.error(
                span,
                format!(
                    "カードは {least_width}×{least_height} mm から {most_width}×{most_height} mm までです"
                ),
            );
        }
        fits.then_some(card)
    }

    fn section(&mut self, raw: RawSection) -> Section {
        Section {
            key: raw.key.into_inner(),
            title: raw.title,
            items: raw
                .item
                .into_iter()
                .filter_map(|item| self.item(item))
                .collect(),
        }
    }

    fn item(&mut self, raw: RawItem) -> Option<Item> {
        let source = self.source(&raw.show)?;
        if let Source::Stay(_) = source {
            let message = format!("「{}」は [[print]] だけに書けます", source.key());
            self.error(raw.show.span(), message);
        }
        if raw.level != Level::Optional && !matches!(source, Source::Record(_)) {
            self.error(
                raw.show.span(),
                format!(
                    "「{}」は入居者の項目ではないため level を付けられません",
                    raw.show.as_ref()
                ),
            );
        }
        Some(Item {
            source,
            label: raw.label.unwrap_or_else(|| source.label().to_owned()),
            level: raw.level,
            hint: raw.hint,
            style: raw.style,
            columns: self.columns(source, &raw.columns),
        })
    }

    fn source(&mut self, show: &Spanned<String>) -> Option<Source> {
        let found = Source::find(show.as_ref());
        if found.is_none() {
            let message = match nearest(show.as_ref()) {
                Some(near) => format!(
                    "「{}」という項目はありません。「{near}」ですか",
                    show.as_ref()
                ),
                None => format!("「{}」という項目はありません", show.as_ref()),
            };
            self.error(show.span(), message);
        }
        found
    }

    fn columns(&mut self, source: Source, named: &[Spanned<String>]) -> Vec<&'static Field> {
        let Some(fields) = source.columns() else {
            if let Some(first) = named.first() {
                self.error(
                    first.span(),
                    format!("「{}」は行を持たない項目です", source.key()),
                );
            }
            return Vec::new();
        };
        if named.is_empty() {
            return fields.iter().collect();
        }
        named
            .iter()
            .filter_map(|name| self.column(source, fields, name))
            .collect()
    }

    fn column(
        &mut self,
        source: Source,
        fields: &'static [Field],
        name: &Spanned<String>,
    ) -> Option<&'static Field> {
        let found = fields.iter().find(|field| field.key == name.as_ref());
        if found.is_none() {
            let known: Vec<_> = fields.iter().map(|field| field.key).collect();
            self.error(
                name.span(),
                format!(
                    "「{}」に「{}」という列はありません。使える列: {}",
                    source.key(),
                    name.as_ref(),
                    known.join(", ")
                ),
            );
        }
        found
    }

    fn print(&mut self, raw: Spanned<RawPrint>, card: Option<Card>) -> Option<Print> {
        let span = raw.span();
        let RawPrint {
            title,
            grid,
            table,
            columns,
            across,
            blank,
            at_call,
            band,
            yields,
        } = raw.into_inner();
        if card.is_some() && grid.is_none() {
            self.error(span, "カードの [[print]] には grid だけを書けます");
            return None;
        }
        if card.is_none() && yields {
            self.error(span.clone(), "yields はカードだけに書けます");
        }
        if table.is_none() && (columns.is_some() || across.is_some()) {
            self.error(span.clone(), "columns と across は table だけに書けます");
        }
        if blank.is_none() && at_call {
            self.error(span.clone(), "at_call は blank だけに書けます");
        }
        match (grid, table, blank, band) {
            (Some(rows), None, None, None) => Some(Print::Grid {
                title,
                rows: rows
                    .into_iter()
                    .map(|row| self.grid_row(row, card))
                    .collect(),
                yields,
            }),
            (None, Some(show), None, None) => self.table(
                title,
                &show,
                columns.unwrap_or_default(),
                across.unwrap_or(1),
            ),
            (None, None, Some(rows), None) => Some(Print::Blank {
                title,
                rows,
                at_call,
            }),
            (None, None, None, Some(true)) => Some(Print::Band),
            _ => {
                self.error(
                    span,
                    "[[print]] には grid・table・blank・band = true のどれか1つを書いてください",
                );
                None
            }
        }
    }

    fn table(
        &mut self,
        title: String,
        show: &Spanned<String>,
        columns: Vec<RawColumn>,
        across: usize,
    ) -> Option<Print> {
        let source = self.source(show)?;
        let Some(fields) = source.columns() else {
            self.error(
                show.span(),
                format!("「{}」は行を持たない項目です", show.as_ref()),
            );
            return None;
        };
        let columns = columns
            .into_iter()
            .filter_map(|column| {
                let field = self.column(source, fields, &column.show)?;
                Some(Column {
                    field,
                    label: column.label.unwrap_or_else(|| field.label.to_owned()),
                    width: column.width,
                })
            })
            .collect();
        Some(Print::Table {
            title,
            source,
            columns,
            across: across.max(1),
        })
    }

    fn grid_row(&mut self, row: Vec<RawCell>, card: Option<Card>) -> Vec<Cell> {
        let total: usize = row.iter().map(|cell| *cell.span.as_ref()).sum();
        if let Some(last) = row.last()
            && total != GRID_COLUMNS
        {
            self.error(
                last.span.span(),
                format!("この行の span の合計は {total} です。{GRID_COLUMNS} にしてください"),
            );
        }
        row.into_iter()
            .filter_map(|cell| {
                let source = self.source(&cell.show)?;
                if card.is_some_and(|card| card.names_nobody) && source.is_of_resident() {
                    self.error(
                        cell.show.span(),
                        format!(
                            "names_nobody のカードには施設の項目だけを書けます(「{}」は入居者の項目です)",
                            source.key()
                        ),
                    );
                }
                if let Some(most) = &cell.most
                    && (card.is_none() || *most.as_ref() == 0 || !source.is_list())
                {
                    self.error(
                        most.span(),
                        "most はカードの、行を持つ項目だけに書けます(1以上)",
                    );
                }
                let ticks = self.ticks(source, &cell);
                Some(Cell {
                    source,
                    label: cell.label.unwrap_or_else(|| source.label().to_owned()),
                    span: cell.span.into_inner(),
                    style: cell.style,
                    columns: self.columns(source, &cell.columns),
                    most: cell.most.map(Spanned::into_inner),
                    level: cell.level,
                    ticks,
                })
            })
            .collect()
    }
}

impl Checker<'_> {
    /// The boxes of a cell: those that it names, or one for each choice of the field.
    fn ticks(&mut self, source: Source, cell: &RawCell) -> Vec<Tick> {
        let known: &'static [Choice] = match source.kind() {
            Some(Kind::Choice(choices) | Kind::Checks(choices)) => choices,
            _ => &[],
        };
        if cell.style == Style::Boxes && known.is_empty() {
            self.error(
                cell.show.span(),
                "style = \"boxes\" は選ぶ項目だけに書けます",
            );
        }
        let Some(named) = &cell.choices else {
            let none = matches!(source.kind(), Some(Kind::Checks(_))).then(|| Tick {
                label: "なし".to_owned(),
                of: Vec::new(),
                is_none: true,
            });
            let each = known.iter().map(|choice| Tick {
                label: choice.label.to_owned(),
                of: vec![choice.code],
                is_none: false,
            });
            return match cell.style {
                Style::Boxes => none.into_iter().chain(each).collect(),
                _ => Vec::new(),
            };
        };
        if cell.style != Style::Boxes {
            self.error(
                named.span(),
                "choices は style = \"boxes\" とともに書きます",
            );
        }
        let mut ticks = Vec::new();
        for tick in named.as_ref() {
            let mut of = Vec::new();
            for code in &tick.of {
                match known.iter().find(|choice| choice.code == code) {
                    Some(choice) => of.push(choice.code),
                    None => self.error(
                        named.span(),
                        format!("「{}」に「{code}」という選択肢はありません", source.key()),
                    ),
                }
            }
            ticks.push(Tick {
                label: tick.label.clone(),
                of,
                is_none: tick.none,
            });
        }
        for choice in known {
            if !ticks.iter().any(|tick| tick.of.contains(&choice.code)) {
                self.error(
                    named.span(),
                    format!(
                        "「{}」の「{}」がどの選択肢にも入っていません",
                        source.key(),
                        choice.code
                    ),
                );
            }
        }
        ticks
    }
}

/// Whether an answer tells who somebody is, so that no page without names may have it.
fn tells_who(source: Source) -> bool {
    const NAMELESS: [Computed; 2] = [Computed::AgeBand, Computed::Area];
    match source {
        Source::Facility(_) => true,
        Source::Computed(computed) => !NAMELESS.contains(&computed),
        // What people wrote in their own words may name somebody; the note beside boxes is left out on such a page.
        Source::Record(field) | Source::Stay(field) => !matches!(
            field.kind,
            Kind::Choice(_) | Kind::Number { .. } | Kind::Checks(_)
        ),
    }
}

/// The known name that shares the longest beginning with a misspelt one, if it shares at least four letters.
fn nearest(key: &str) -> Option<&'static str> {
    let shared = |known: &str| {
        known
            .bytes()
            .zip(key.bytes())
            .take_while(|(a, b)| a == b)
            .count()
    };
    Record::fields()
        .map(|field| field.key)
        .chain(FacilityFacts::FIELDS.iter().map(|field| field.key))
        .chain(Stay::fields().map(|field| field.key))
        .chain(Computed::ALL.iter().map(|computed| computed.key()))
        .max_by_key(|known| shared(known))
        .filter(|known| shared(known) >= 4)
}

/// The forms in force: the built-in ones, replaced or added to by a folder's.
#[derive(Clone, Debug)]
pub struct Forms(Vec<Form>);

/// The form that every edit page, sheet and missing-item check walks.
pub const EMERGENCY: &str = "emergency";
/// The form that the crew's page walks.
pub const SCAN: &str = "scan";

impl Forms {
    /// The forms compiled into the program.
    ///
    /// # Panics
    /// Never in a released program: a test reads the same files.
    pub fn built_in() -> Self {
        Self::with_folder(&[]).expect("the built-in forms are read by a test")
    }

    /// The built-in forms with the `(file name, text)` pairs of a folder: a form of the same key replaces the
    /// built-in one, another key is added.
    ///
    /// # Errors
    /// Every mistake of every file.
    pub fn with_folder(folder: &[(String, String)]) -> Result<Self, Vec<FormError>> {
        let built_in = [
            ("emergency.toml", include_str!("../../forms/emergency.toml")),
            ("scan.toml", include_str!("../../forms/scan.toml")),
            ("file.toml", include_str!("../../forms/file.toml")),
            ("wallet.toml", include_str!("../../forms/wallet.toml")),
            ("pocket.toml", include_str!("../../forms/pocket.toml")),
            ("bed.toml", include_str!("../../forms/bed.toml")),
            ("ward.toml", include_str!("../../forms/ward.toml")),
            ("msw.toml", include_str!("../../forms/msw.toml")),
            ("physician.toml", include_str!("../../forms/physician.toml")),
            ("transfer.toml", include_str!("../../forms/transfer.toml")),
            ("admission.toml", include_str!("../../forms/admission.toml")),
            ("partner.toml", include_str!("../../forms/partner.toml")),
            ("sensitive.toml", include_str!("../../forms/sensitive.toml")),
            ("placement.toml", include_str!("../../forms/placement.toml")),
            ("discharge.toml", include_str!("../../forms/discharge.toml")),
            (
                "discharge_national.toml",
                include_str!("../../forms/discharge_national.toml"),
            ),
            (
                "conference.toml",
                include_str!("../../forms/conference.toml"),
            ),
            (
                "assessment.toml",
                include_str!("../../forms/assessment.toml"),
            ),
        ];
        let mut forms: Vec<Form> = Vec::new();
        let mut errors = Vec::new();
        let files = built_in.iter().map(|(file, text)| (*file, *text)).chain(
            folder
                .iter()
                .map(|(file, text)| (file.as_str(), text.as_str())),
        );
        for (file, text) in files {
            match Form::parse(file, text) {
                Ok(form) => match forms.iter_mut().find(|known| known.key == form.key) {
                    Some(known) => *known = form,
                    None => forms.push(form),
                },
                Err(found) => errors.extend(found),
            }
        }
        if errors.is_empty() {
            Ok(Self(forms))
        } else {
            Err(errors)
        }
    }

    pub fn get(&self, key: &str) -> Option<&Form> {
        self.0.iter().find(|form| form.key == key)
    }

    /// # Panics
    /// Never: the built-in form can be replaced but not removed.
    pub fn emergency(&self) -> &Form {
        self.get(EMERGENCY).expect("a built-in form")
    }

    /// # Panics
    /// Never: the built-in form can be replaced but not removed.
    pub fn scan(&self) -> &Form {
        self.get(SCAN).expect("a built-in form")
    }

    /// The forms that are printed of a resident's sheet.
    pub fn printable(&self) -> impl Iterator<Item = &Form> {
        self.0
            .iter()
            .filter(|form| !form.print.is_empty() && form.surface != Surface::Handoff)
    }

    /// The forms about a stay in hospital.
    pub fn handoff(&self) -> impl Iterator<Item = &Form> {
        self.0
            .iter()
            .filter(|form| form.surface == Surface::Handoff)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Form> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "key = \"x\"\ntitle = \"t\"\nedition = \"1\"\nissuer = \"i\"\nsource = \"s\"\nsurface = \"sheet\"\n";

    fn errors(body: &str) -> Vec<String> {
        Form::parse("x.toml", &format!("{HEAD}{body}"))
            .unwrap_err()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn the_built_in_forms_are_sound() {
        let forms = Forms::built_in();
        assert_eq!(forms.emergency().surface, Surface::Sheet);
        assert_eq!(forms.scan().surface, Surface::Scan);
    }

    #[test]
    fn the_list_in_the_readme_is_the_list_in_the_code() {
        let readme = include_str!("../../forms/README.md");
        let (_, listed) = readme.split_once("## Computed").unwrap();
        let listed: Vec<&str> = listed
            .lines()
            .filter(|line| line.starts_with("| `") && !line.contains("`show`"))
            .collect();
        let known: Vec<String> = Computed::ALL
            .iter()
            .map(|computed| format!("| `{}` | {} |", computed.key(), computed.label()))
            .collect();
        assert_eq!(listed, known);
        for word in [
            "optional", "priority", "required", "normal", "large", "alert", "call", "sheet",
            "scan", "grid", "table", "blank", "band",
        ] {
            assert!(readme.contains(word), "{word}");
        }
    }

    #[test]
    fn every_field_of_the_record_can_be_edited_once() {
        let forms = Forms::built_in();
        let mut placed: Vec<_> = forms
            .emergency()
            .items()
            .map(|item| item.source.key())
            .collect();
        placed.sort_unstable();
        let mut fields: Vec<_> = Record::fields().map(|field| field.key).collect();
        fields.sort_unstable();
        assert_eq!(placed, fields);
    }

    #[test]
    fn a_misspelt_field_is_named_with_line_column_and_a_guess() {
        assert_eq!(
            errors(
                "[[section]]\nkey = \"a\"\ntitle = \"A\"\nitem = [\n  { show = \"allergyes\" },\n]\n"
            ),
            ["x.toml:11:12: 「allergyes」という項目はありません。「allergies」ですか"]
        );
    }

    #[test]
    fn every_mistake_of_a_file_is_named() {
        let found = errors(
            "[[section]]\nkey = \"a\"\ntitle = \"A\"\nitem = [ { show = \"nmae\" }, { show = \"name\", columns = [\"x\"] } ]\n\
             [[print]]\ntitle = \"B\"\ngrid = [ [ { show = \"name\", span = 7 } ] ]\n",
        );
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[2].contains("span の合計は 7"));
    }

    #[test]
    fn an_unknown_word_of_the_file_is_named_where_it_stands() {
        let found = errors("colour = \"red\"\n");
        assert!(found[0].starts_with("x.toml:7:1: "), "{found:?}");
    }

    #[test]
    fn a_folder_replaces_and_adds() {
        let replaced = include_str!("../../forms/scan.toml").replace("救急隊の画面", "別の画面");
        let added =
            format!("{HEAD}[[section]]\nkey=\"a\"\ntitle=\"A\"\nitem=[{{show=\"name\"}}]\n");
        let forms = Forms::with_folder(&[
            ("scan.toml".to_owned(), replaced),
            ("x.toml".to_owned(), added),
        ])
        .unwrap();
        assert_eq!(forms.scan().title, "別の画面");
        assert_eq!(forms.get("x").unwrap().title, "t");
        assert_eq!(forms.iter().count(), Forms::built_in().iter().count() + 1);
    }
}
