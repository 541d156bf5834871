//! Cards to cut out: several of them on an A4 sheet, with marks where to cut.
//!
//! ```text
//! ┌─────────────────────┬ title ─┐      ┌ first ─┬ title ┐
//! │ the form's grids    │ QR     │      │ grid   │ QR    │
//! │                     │ until  │      │        │ until │
//! │                     │        │      │ other grids    │
//! │ typed code     marks of paper│      │ code     marks │
//! └ what holds on every card ────┘      └ on every card ─┘
//! ```
//!
//! A card tells the same about resuscitation in every standing (see [`Card`]). What has no room shrinks, then gives way
//! where its form allows that, and the card says so; what may not give way is an error.

use super::binder::Leaf;
use super::flow::PlacedPage;
use super::laid::{Ink, Laid, Placed};
use super::layout::{EPSILON, Layouter, name};
use super::sheet::{self, Paper, walk};
use super::text::Shaper;
use super::{
    Align, Band, Border, Document, Element, PdfError, Purpose, Qr, Row, Rule, SMALLEST_LABEL_PT,
    Stack, Text, Vertical, Weight, Width, paint,
};
use crate::domain::answer::{Field, Kind, Shown};
use crate::domain::date::Day;
use crate::domain::form::{self, Card, Form, GRID_COLUMNS, Print, SHEET_MM, Style};
use crate::domain::sheet::Staleness;
use crate::domain::standing::ON_CARDS;
use crate::domain::view::SheetView;

/// White inside the cut, in millimetres: cutting by hand is not exact.
const INSET: f32 = 2.5;
/// Office printers leave so much of the sheet's edge white, in millimetres.
const UNPRINTABLE: f32 = 6.0;
/// Factors on text sizes, tried in order before anything gives way.
const SCALES: [f32; 4] = [1.0, 0.95, 0.9, 0.85];
/// Between the parts of a card, in millimetres.
const GAP: f32 = 0.6;
/// Side of the QR symbol without its quiet zone, in millimetres: the least that is allowed, and the most that helps.
const QR_MM: (f32, f32) = (25.0, 42.0);
/// Width of the symbol with the widest quiet zone, for a symbol one millimetre wide.
const QUIET: f32 = 1.0 + 2.0 * 4.0 / 25.0;
/// Length of a cut mark and its distance from the card, in millimetres.
const MARK: (f32, f32) = (4.0, 1.0);
/// A column narrower than this, in millimetres, has who answers a telephone above the number.
const CALL_BESIDE_MM: f32 = 72.0;
/// White above the line that tells whose a card is, in millimetres.
const WHOSE_DOWN_MM: f32 = 1.5;
/// Width of the marks of the paper, in millimetres.
const MARKS_MM: f32 = 32.0;
/// Between the groups of a code where a hyphen has no room; never at a line's end.
const GROUP_SPACE: &str = "\u{a0}";
const TITLE_PT: f32 = 9.0;
const KANA_PT: f32 = 7.5;
const VALUE_PT: f32 = 9.0;
const VALUE_FLOOR_PT: f32 = 8.0;
const NAME_PT: f32 = 15.0;
const NAME_FLOOR_PT: f32 = 14.0;
const CALL_PT: f32 = 12.5;
const CALL_FLOOR_PT: f32 = 10.0;
const SAFETY_PT: f32 = 8.5;
const LARGE_SAFETY_PT: f32 = 14.0;
/// When something has no room.
pub(super) const MORE: &str = "ほかはQRで";
/// When the alerts have no room.
const ALERTS_GONE: &str = "注意することが多くあります。必ずQRで確認してください";
/// On a card that names nobody.
const CALL_TO_SCAN: &str = "救急のときは このQRコード";

/// The sheets with so many `copies` of each of the `faces`, in their order, as a PDF, and the page on which each of the cards
/// stands, counted from 1.
///
/// # Errors
/// As [`sheet::render`], for any of the cards.
pub(super) fn render(
    form: &Form,
    card: Card,
    faces: &[Leaf],
    copies: usize,
    document: &Document,
) -> Result<(Vec<u8>, Vec<usize>), PdfError> {
    let shaper = Shaper::new();
    let mut cuts = Vec::with_capacity(faces.len() * copies);
    for face in faces {
        cuts.extend(std::iter::repeat_n(cut(&shaper, form, card, face)?, copies));
    }
    let sheets = cuts.chunks(card.per_sheet());
    let pages = sheets.map(|cuts| imposed(card, cuts)).collect();
    let begins = (0..cuts.len())
        .map(|at| at / card.per_sheet() + 1)
        .collect();
    let pdf = paint::paint(document, &[(document.title.clone(), pages)])?;
    Ok((pdf, begins))
}

/// Where the cards stand on a sheet, in millimetres.
struct Imposition {
    card: Card,
    left: f32,
    top: f32,
}

impl Imposition {
    fn of(card: Card) -> Self {
        let (across, down) = card.up();
        let white = |sheet: u16, cards: usize, length: u16| {
            (f32::from(sheet) - cards as f32 * f32::from(length)) / 2.0
        };
        Self {
            card,
            left: white(SHEET_MM.0, across, card.width),
            top: white(SHEET_MM.1, down, card.step()),
        }
    }

    /// Upper left corner of a card, without what stands above it.
    fn corner(&self, at: usize) -> (f32, f32) {
        let (across, _) = self.card.up();
        let above = self.card.step() - self.card.height;
        let x = self.left + (at % across) as f32 * f32::from(self.card.width);
        let y = self.top + (at / across) as f32 * f32::from(self.card.step());
        (x, y + f32::from(above))
    }

    /// White inside a card's edges, in millimetres: also a card at the edge of the sheet is printed whole.
    fn inset(&self) -> f32 {
        INSET.max(UNPRINTABLE - self.left.min(self.top))
    }
}

/// A laid card, and what stands above its cut.
#[derive(Clone)]
pub(super) struct Cut {
    above: Option<Laid>,
    laid: Laid,
}

pub(super) fn cut(shaper: &Shaper, form: &Form, card: Card, face: &Leaf) -> Result<Cut, PdfError> {
    let inset = Imposition::of(card).inset();
    let laid = fitted(shaper, form, card, face, inset)?;
    let above = if card.names_nobody {
        let layouter = Layouter { shaper, scale: 1.0 };
        Some(layouter.lay(&whose(face.view), laid.width, 0.0, Ink::Black)?)
    } else {
        None
    };
    Ok(Cut { above, laid })
}

/// One sheet of cards, with the marks where to cut.
pub(super) fn imposed(card: Card, cuts: &[Cut]) -> PlacedPage {
    let imposition = Imposition::of(card);
    let inset = imposition.inset();
    let mut page = PlacedPage::default();
    let mut place = |x: f32, y: f32, laid: Laid| page.blocks.push(Placed { x, y, laid });
    for (at, cut) in cuts.iter().enumerate() {
        let (x, y) = imposition.corner(at);
        if let Some(above) = &cut.above {
            let from_card = f32::from(Card::WHOSE_MM) - WHOSE_DOWN_MM;
            place(x + inset, y - from_card, above.clone());
        }
        place(x + inset, y + inset, cut.laid.clone());
    }
    place(0.0, 0.0, cut_marks(&imposition, cuts.len()));
    page
}

/// The card as large as it can be; only then without the blocks that may give way, the last of them first.
fn fitted(
    shaper: &Shaper,
    form: &Form,
    card: Card,
    face: &Leaf,
    inset: f32,
) -> Result<Laid, PdfError> {
    let width = f32::from(card.width) - 2.0 * inset;
    let height = f32::from(card.height) - 2.0 * inset;
    let yielding = form
        .print
        .iter()
        .filter(|print| matches!(print, Print::Grid { yields: true, .. }))
        .count();
    for given_way in 0..=yielding {
        let (body, foot) = (body(form, card, face, width, given_way), foot(card, face));
        for scale in SCALES {
            let layouter = Layouter { shaper, scale };
            let body = layouter.lay(&body, width, 0.0, Ink::Black)?;
            let foot = layouter.lay(&foot, width, 0.0, Ink::Black)?;
            if body.height + GAP + foot.height <= height + EPSILON {
                let mut laid = Laid::sized(width, height);
                laid.place(0.0, 0.0, body);
                let down = height - foot.height;
                laid.place(0.0, down, foot);
                return Ok(laid);
            }
        }
    }
    Err(PdfError::TooTall {
        near: format!("{} {}", form.title, name(&body(form, card, face, width, 0))),
    })
}

type Titled<'a> = (&'a str, &'a [Vec<form::Cell>]);

/// The grids that are left when so many have given way, the last first, and whether alerts went with them.
fn remaining(form: &Form, given_way: usize) -> (Vec<Titled<'_>>, bool) {
    let (mut left, mut alerts_gone, mut given) = (Vec::new(), false, 0);
    for print in form.print.iter().rev() {
        let Print::Grid {
            title,
            rows,
            yields,
        } = print
        else {
            continue;
        };
        if *yields && given < given_way {
            given += 1;
            alerts_gone |= rows.iter().flatten().any(|cell| cell.style == Style::Alert);
        } else {
            left.push((title.as_str(), rows.as_slice()));
        }
    }
    left.reverse();
    (left, alerts_gone)
}

fn body(form: &Form, card: Card, face: &Leaf, width: f32, given_way: usize) -> Element {
    let view = face.view;
    let (grids, alerts_gone) = remaining(form, given_way);
    let mut grids = grids.into_iter();
    if card.names_nobody {
        let side = (width * 0.5).clamp(QR_MM.0, QR_MM.1);
        let mut stack = Stack::new(1.2)
            .with(
                Text::heading(1, CALL_TO_SCAN)
                    .size(17.0)
                    .leading(1.2)
                    .centered(),
            )
            .with(Text::critical("スマートフォンのカメラで読み取ってください", 10.0).centered());
        stack.parts.extend(symbol(&face.paper, side));
        stack = stack.with(mark(until(view)).centered());
        for (title, rows) in grids {
            stack = stack.with(Rule {
                border: Border::Light,
            });
            stack = stack.with(grid(title, rows, view, width));
        }
        return stack.into();
    }
    let side = (width * 0.3).clamp(QR_MM.0, QR_MM.1);
    let codes_width = side * QUIET;
    let left_width = width - codes_width - 1.5;
    let mut left = Stack::new(GAP);
    if let Some((title, rows)) = grids.next() {
        left = left.with(grid(title, rows, view, left_width));
        left.parts.extend(doubts(view));
    }
    let wide = card.is_wide();
    let mut below = Stack::new(GAP);
    for (title, rows) in grids {
        let (part, width) = if wide {
            (&mut left, left_width)
        } else {
            (&mut below, width)
        };
        part.parts.push(
            Rule {
                border: Border::Light,
            }
            .into(),
        );
        part.parts.push(grid(title, rows, view, width));
    }
    if alerts_gone {
        below = below.with(Band {
            padding: 0.6,
            ..Band::inverted(Text::critical(ALERTS_GONE, VALUE_PT).leading(1.15))
        });
    }
    let mut title = Text::heading(1, form.title.as_str())
        .size(TITLE_PT)
        .purpose(Purpose::Label)
        .leading(1.0)
        .centered()
        .within(1, 7.0);
    if has_more(form, view, given_way) {
        title = title.run(format!(" {MORE}"), Weight::Regular, 80);
    }
    let mut codes = Stack::new(0.2).with(title);
    codes.parts.extend(symbol(&face.paper, side));
    let codes = codes.with(mark(until(view)).leading(1.0).centered());
    let top = Row::new(1.5).at(Width::Share(1.0), Vertical::Top, left).at(
        Width::Mm(codes_width),
        Vertical::Top,
        codes,
    );
    let mut all = Stack::new(GAP + 0.5).with(top);
    if !below.parts.is_empty() {
        all = all.with(below);
    }
    all.into()
}

/// The QR code; none on a draft.
fn symbol(paper: &Paper, side: f32) -> Option<Element> {
    (!paper.address.is_empty()).then(|| {
        let address = paper.address.to_ascii_uppercase();
        Qr::new(address, side, "最新の内容を開くQRコード").into()
    })
}

fn mark(words: impl Into<String>) -> Text {
    Text::label(words).leading(1.1).within(1, SMALLEST_LABEL_PT)
}

/// The last day on which it may be trusted (safety.md S9).
fn until(view: &SheetView) -> String {
    match &view.issue {
        Some(issue) => format!("{}まで", issue.valid_until.iso()),
        None => "未発行(下書き)".to_owned(),
    }
}

/// The address to type, the place above the token in its groups; the marks by which card and page are matched, and what
/// was printed when (safety.md S8); and what holds on every card.
fn foot(card: Card, face: &Leaf) -> Element {
    let view = face.view;
    let (typed_pt, safety) = if card.is_wide() {
        (
            SMALLEST_LABEL_PT,
            Text::critical(ON_CARDS, SAFETY_PT).within(1, VALUE_FLOOR_PT),
        )
    } else {
        (8.0, Text::critical(ON_CARDS, LARGE_SAFETY_PT))
    };
    let typed = |words: String| mark(words).size(typed_pt);
    let mut typed_code = Stack::new(0.0);
    if !face.paper.address.is_empty() {
        let (place, token) = sheet::typed(&face.paper.address.to_ascii_uppercase());
        typed_code = typed_code
            .with(typed(place))
            .with(typed(groups(card, &token)));
    }
    let mut marks = Stack::new(0.0);
    if let Some(issue) = &view.issue {
        let printed = format!("{}印刷", Day::of(issue.issued_at).iso());
        let of = if card.names_nobody {
            String::new()
        } else {
            format!(" 第{}版", view.marks.revision)
        };
        marks = marks
            .with(mark(format!("照合{} №{}", issue.match_code, issue.serial)).align(Align::Right))
            .with(mark(format!("{printed}{of}")).align(Align::Right));
    }
    let row = Row::new(1.0)
        .at(Width::Share(1.0), Vertical::Bottom, typed_code)
        .at(Width::Mm(MARKS_MM), Vertical::Bottom, marks);
    Stack::new(0.4)
        .with(row)
        .with(Band {
            padding: 0.5,
            ..Band::inverted(safety.leading(1.15).centered())
        })
        .into()
}

/// The groups of a typed code, parted by what has room on the card.
fn groups(card: Card, token: &str) -> String {
    let between = if card.is_wide() { GROUP_SPACE } else { "-" };
    token.replace('-', between)
}

/// Why whoever reads the card has to look twice (safety.md S19, S21).
fn doubts(view: &SheetView) -> Vec<Element> {
    let alike = (!view.alike.is_empty()).then(|| "似た名前の入居者がいます".to_owned());
    let mark = match view.staleness() {
        Staleness::Fresh { .. } => None,
        Staleness::Amber { .. } => Some("▲"),
        Staleness::Red { .. } | Staleness::Never => Some("■"),
    };
    let stale = mark.map(|mark| format!("{mark}最終確認 {}", view.staleness().short_words()));
    let doubt = |words: String| {
        Text::critical(words, SAFETY_PT)
            .leading(1.1)
            .within(1, VALUE_FLOOR_PT)
            .into()
    };
    alike.into_iter().chain(stale).map(doubt).collect()
}

/// Whether somebody finds more behind the QR code: what gave way, and rows beyond those printed.
fn has_more(form: &Form, view: &SheetView, given_way: usize) -> bool {
    let beyond = |cell: &form::Cell| match (view.shown(cell.source), cell.most) {
        (Shown::Rows(rows), Some(most)) => rows.len() > most,
        _ => false,
    };
    given_way > 0 || form.cells().any(beyond)
}

/// Above the cut: whose card it is, for whoever puts it up.
fn whose(view: &SheetView) -> Element {
    let serial = view
        .issue
        .as_ref()
        .map_or(String::new(), |issue| format!("　No. {}", issue.serial));
    let words = format!(
        "切り取って捨てる: {} {} 様{serial}",
        sheet::shown(view, "place"),
        sheet::shown(view, "name")
    );
    Stack::new(0.6)
        .with(Text::value(words).size(9.0).leading(1.2).within(1, 7.0))
        .into()
}

fn grid(title: &str, rows: &[Vec<form::Cell>], view: &SheetView, width: f32) -> Element {
    let mut stack = Stack::new(0.6);
    if !title.is_empty() {
        stack = stack.with(Text::label(title).bold().leading(1.1));
    }
    for row in rows {
        let mut cells = Row::new(1.0);
        for placed in row {
            let share = placed.span as f32 / GRID_COLUMNS as f32;
            cells = cells.at(
                Width::Share(placed.span as f32),
                Vertical::Top,
                cell(placed, view, width * share),
            );
        }
        stack = stack.with(cells);
    }
    stack.into()
}

fn cell(placed: &form::Cell, view: &SheetView, width: f32) -> Element {
    let shown = view.cell(placed);
    if placed.source.key() == "name" {
        return person(&shown, view);
    }
    let narrow = width < CALL_BESIDE_MM;
    let mut stack = Stack::new(0.1);
    let label = |words: &str| Text::label(words).size(SMALLEST_LABEL_PT).leading(1.1);
    match &shown {
        Shown::Rows(rows) => {
            if !narrow && !placed.label.is_empty() {
                stack = stack.with(label(&placed.label));
            }
            for (at, row) in rows.iter().enumerate() {
                // Where the card is narrow, the label stands before the first of those who answer.
                let label = if narrow && at == 0 { &placed.label } else { "" };
                stack = stack.with(line(placed, label, row, narrow));
            }
        }
        other if walk::is_phone(placed.source) => {
            let call = call(&other.line()).within(1, CALL_FLOOR_PT);
            if placed.span == GRID_COLUMNS && narrow {
                let label = Text::value("").run(format!("{} ", placed.label), Weight::Bold, 58);
                return Text {
                    runs: [label.runs, call.runs].concat(),
                    ..call
                }
                .into();
            }
            stack = stack.with(label(&placed.label)).with(call);
        }
        other => {
            if !placed.label.is_empty() {
                stack = stack.with(label(&placed.label));
            }
            stack = stack.with(value(other.line()));
        }
    }
    stack.into()
}

fn call(number: &str) -> Text {
    walk::number(number, CALL_PT).leading(1.1)
}

fn value(words: impl Into<String>) -> Text {
    Text::value(words)
        .size(VALUE_PT)
        .floor(VALUE_FLOOR_PT)
        .leading(1.15)
}

/// The name with its reading above.
fn person(shown: &Shown, view: &SheetView) -> Element {
    let kana = sheet::shown(view, "name_kana");
    Stack::new(0.0)
        .with(
            Text::value(kana)
                .size(KANA_PT)
                .leading(1.1)
                .purpose(Purpose::Label),
        )
        .with(
            Text::critical(shown.line(), NAME_PT)
                .purpose(Purpose::Headline)
                .leading(1.1)
                .within(1, NAME_FLOOR_PT),
        )
        .into()
}

/// One row of a list: who answers, and the number in large digits; an alert's word, and what is known.
fn line(placed: &form::Cell, label: &str, row: &[(Field, Shown)], narrow: bool) -> Element {
    if placed.style == Style::Alert {
        return walk::alert_line(row);
    }
    let (phones, words): (Vec<_>, Vec<_>) = row
        .iter()
        .partition(|(field, _)| matches!(field.kind, Kind::Phone));
    let words: Vec<String> = words
        .iter()
        .filter(|(_, shown)| !shown.is_not_asked())
        .map(|(_, shown)| shown.line())
        .collect();
    let mut who = value("");
    if !label.is_empty() {
        who = who.run(format!("{label} "), Weight::Bold, 78);
    }
    let who = who.then(words.join(" "));
    let Some(first) = phones
        .iter()
        .find(|(_, shown)| !shown.is_not_asked())
        .or(phones.first())
    else {
        return who.into();
    };
    let (field, shown) = first;
    let call = call(&shown.line());
    // Not the kind of number that the form asks for first.
    let other = phones
        .first()
        .is_some_and(|(asked, _)| asked.key != field.key);
    let who = if other {
        who.then(format!("({})", field.label))
    } else {
        who
    };
    if narrow {
        let who = who.within(1, VALUE_FLOOR_PT);
        Stack::new(0.0).with(who).with(call).into()
    } else {
        Row::new(1.5)
            .at(Width::Mm(CALL_PT * walk::PHONE_MM), Vertical::Middle, call)
            .at(Width::Share(1.0), Vertical::Middle, who)
            .into()
    }
}

/// Short lines outside the corners, and crosses where four cards meet.
fn cut_marks(imposition: &Imposition, cards: usize) -> Laid {
    const THICKNESS: f32 = 0.25;
    let mut laid = Laid::sized(f32::from(SHEET_MM.0), f32::from(SHEET_MM.1));
    let (long, away) = MARK;
    let (width, height) = (
        f32::from(imposition.card.width),
        f32::from(imposition.card.height),
    );
    let inside = |x: f32, y: f32| {
        (0.0..=f32::from(SHEET_MM.0)).contains(&x) && (0.0..=f32::from(SHEET_MM.1)).contains(&y)
    };
    for at in 0..cards {
        let (x, y) = imposition.corner(at);
        for (corner_x, out_x) in [(x, -1.0), (x + width, 1.0)] {
            for (corner_y, out_y) in [(y, -1.0), (y + height, 1.0)] {
                let (far_x, far_y) = (
                    corner_x + out_x * (away + long),
                    corner_y + out_y * (away + long),
                );
                if inside(far_x, corner_y) {
                    let from = (corner_x + out_x * away).min(far_x);
                    laid.horizontal(from, corner_y, long, THICKNESS);
                }
                if inside(corner_x, far_y) {
                    let from = (corner_y + out_y * away).min(far_y);
                    laid.vertical(corner_x, from, long, THICKNESS);
                }
            }
        }
    }
    laid
}

#[cfg(test)]
mod tests;
