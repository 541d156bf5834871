//! The top of page 1: who this is, what to do in cardiac arrest, and what this paper is.

use super::super::{
    Band, Border, Cell, Element, Grid, Image, LabelPlace, Purpose, Qr, Row, SMALLEST_LABEL_PT,
    Stack, Text, Vertical, Weight, Width,
};
use super::{GAP, Paper, facility, printed_at, typed, walk};
use crate::domain::date::{self, Day};
use crate::domain::form::{self, Form};
use crate::domain::sheet::Staleness;
use crate::domain::standing::{self, BLANK_IS_FULL, Call, EVERYTHING_ELSE, NOT_COVERED, Standing};
use crate::domain::view::{DRILL, SheetView};

/// Side of the QR symbol without its quiet zone, in millimetres: the least that is allowed. A short address makes a
/// symbol of few, large modules, whose quiet zone of four modules must fit beside it too.
const QR_MM: f32 = 25.0;
/// Width of the box that holds it.
const CODES_MM: f32 = 60.5;
/// So many residents with like names are named; the others are counted.
const LIKE_NAMES: usize = 5;
/// Width of the label of a stale verification, in millimetres.
const STALE_LABEL_MM: f32 = 26.0;
const PHOTO_MM: (f32, f32) = (20.0, 25.0);
/// Size of the band's headline in points; 14 is the least.
const HEADLINE_PT: f32 = 16.0;
const HEADLINE_FLOOR_PT: f32 = 14.5;
/// What holds for every order, in percent of the order's own facts.
const NOTE_PERCENT: u16 = 89;
/// So many numbers stand in the band; the sheet names the other physicians below.
const BAND_CALLS: usize = 2;
/// Width of a telephone number in the band, in millimetres.
const PHONE_MM: f32 = 50.0;

/// Title, codes, the form's first grid and the band, in this order or with the band above the grid.
pub(super) fn lead(
    form: &Form,
    view: &SheetView,
    paper: &Paper,
    rows: Option<&[Vec<form::Cell>]>,
    band_first: bool,
    holder: Option<&str>,
) -> Element {
    let mut left = Stack::new(GAP)
        .with(title(form, view, holder))
        .with(marks(view));
    let person = rows.map(|rows| person(rows, view, paper));
    let mut below = Vec::new();
    if band_first {
        left = left.with(band(view));
        below.extend(person);
        below.extend(like_names(view));
    } else {
        left.parts.extend(person);
        below.extend(like_names(view));
        below.push(band(view));
    }
    let top = Row::new(1.6)
        .with(Width::Share(1.0), left)
        .with(Width::Mm(CODES_MM), codes(view, paper));
    let mut lead = Stack::new(GAP).with(top);
    lead.parts.extend(below);
    lead.into()
}

fn title(form: &Form, view: &SheetView, holder: Option<&str>) -> Element {
    let hand_over = match holder {
        _ if view.marks.is_drill => Text::critical(DRILL, 10.0),
        None => Text::critical("救急隊・搬送先病院へお渡しください", 10.0),
        Some(holder) => Text::critical(holder, 14.0),
    };
    let hand_over = Band {
        padding: 0.9,
        ..Band::inverted(hand_over.centered())
    };
    let whose = Stack::new(0.6)
        .with(hand_over)
        .with(Text::value(facility(view)).size(9.5).bold().leading(1.15));
    Row::new(2.0)
        .at(
            Width::Share(1.0),
            Vertical::Middle,
            Text::heading(1, titled(form, view))
                .size(20.0)
                .leading(1.1)
                .within(1, 14.0),
        )
        .at(Width::Mm(66.0), Vertical::Middle, whose)
        .into()
}

/// The form's title, which in a drill says so.
pub(super) fn titled(form: &Form, view: &SheetView) -> String {
    match view.marks.is_drill {
        true => format!("【訓練】{}", form.title),
        false => form.title.clone(),
    }
}

/// Version, verification, print and validity (safety.md S8, S9). What is stale stands in a row of its own: in words, and
/// with a triangle for amber, in white on black for red (S21).
fn marks(view: &SheetView) -> Element {
    let version = mark("")
        .then_bold(format!("第{}版", view.marks.revision))
        .then(format!(" {}", Day::of(view.marks.recorded_at).iso()));
    let recorded_by = format!("事前記載 {}", view.marks.recorded_by);
    let version = Cell::new(recorded_by, version).span(19);
    let until = match &view.issue {
        Some(issue) => format!("{}まで", issue.valid_until.seireki()),
        None => "未発行(下書き)".to_owned(),
    };
    let until = Cell::new("有効期限", mark(until).bold()).span(23);
    let verified = |text: Text| Cell::new("最終確認(全項目)", text);
    let words = view.staleness().words();
    let grid = Grid::new().border(Border::Light);
    match view.staleness() {
        Staleness::Fresh { .. } => grid.row([version, verified(mark(words)).span(24), until]),
        Staleness::Amber { .. } => grid
            .row([version, until])
            .row([verified(mark(format!("▲ {words}")).bold()).label_left(STALE_LABEL_MM)]),
        Staleness::Red { .. } | Staleness::Never => {
            grid.row([version, until])
                .row([verified(mark(format!("■ {words}")).bold())
                    .label_left(STALE_LABEL_MM)
                    .inverted()])
        }
    }
    .into()
}

fn mark(words: impl Into<String>) -> Text {
    Text::value(words).size(9.0).leading(1.2)
}

fn person(rows: &[Vec<form::Cell>], view: &SheetView, paper: &Paper) -> Element {
    let mut grid = walk::grid("", rows, view);
    for cell in grid.rows.iter_mut().flatten() {
        cell.place = LabelPlace::Top;
        cell.vertical = Vertical::Top;
    }
    let Some(photo) = paper.photo else {
        return grid.into();
    };
    let (width, height) = PHOTO_MM;
    Row::new(1.3)
        .at(
            Width::Mm(width),
            Vertical::Top,
            Image::jpeg(photo.to_vec(), width, height, "本人の顔写真"),
        )
        .with(Width::Share(1.0), grid)
        .into()
}

/// Safety.md S19.
pub(in crate::export::pdf) fn like_names(view: &SheetView) -> Option<Element> {
    if view.alike.is_empty() {
        return None;
    }
    let mut names = view.alike[..view.alike.len().min(LIKE_NAMES)].join("、");
    if view.alike.len() > LIKE_NAMES {
        names.push_str(&format!("、ほか{}人", view.alike.len() - LIKE_NAMES));
    }
    let words =
        format!("似た名前の入居者がいます: {names}。生年月日・居室・写真で本人を確認してください");
    let band = Band::inverted(Text::critical(words, 10.0).leading(1.2));
    Some(
        Band {
            padding: 0.8,
            ..band
        }
        .into(),
    )
}

/// All texts of the band, always (safety.md S3, S13, S14, S15): to what an order applies, what to do, until when, whom to
/// call, why, and what the order says. Weight, frames and white on black tell them apart; nothing here is colour.
pub(in crate::export::pdf) fn band(view: &SheetView) -> Element {
    let standing = &view.standing;
    let words = standing.band();
    let mut stack = Stack::new(0.35);
    if let Some(scope) = words.scope {
        let scope = Band::inverted(Text::critical(scope, 12.5).leading(1.15).centered());
        stack = stack.with(Band {
            padding: 0.6,
            ..scope
        });
    }
    stack.parts.extend(what_to_do(&words));
    stack.parts.extend(band_calls(standing.band_calls()));
    if words.facts.is_empty() {
        let why = Text::critical("", 9.5).then(words.reason.as_str());
        stack = stack.with(why.leading(1.2));
    } else {
        stack = stack.with(order(&words)).with(beyond(standing));
    }
    Band::framed(stack).into()
}

/// The headline, and until when and where it holds.
pub(in crate::export::pdf) fn what_to_do(words: &standing::Band) -> [Element; 2] {
    let headline = Text::critical(words.headline, HEADLINE_PT)
        .purpose(Purpose::Headline)
        .floor(HEADLINE_FLOOR_PT)
        .leading(1.2);
    let until = Text::critical(words.until, 11.5)
        .run("　", Weight::Regular, 85)
        .run(words.area.as_str(), Weight::Regular, 85)
        .leading(1.2);
    [headline.into(), until.into()]
}

/// Whom to ask for the word that ends resuscitation, in numbers that are read without glasses.
fn band_calls(calls: &[Call]) -> Option<Element> {
    let shown = &calls[..calls.len().min(BAND_CALLS)];
    let call = |call: &Call| {
        Row::new(1.2)
            .at(
                Width::Mm(PHONE_MM),
                Vertical::Middle,
                Text::critical(format!("☎ {}", call.phone), 14.0)
                    .leading(1.15)
                    .within(1, 12.0),
            )
            .at(
                Width::Share(1.0),
                Vertical::Middle,
                Text::value(call.who.as_str()).size(9.0).leading(1.1),
            )
    };
    let row = shown.iter().fold(Row::new(2.0), |row, one| {
        row.at(Width::Share(1.0), Vertical::Middle, call(one))
    });
    (!shown.is_empty()).then(|| row.into())
}

/// Why, and what the order says: each label in bold, one after the other, because the page has to hold the rest too. The
/// physician stands beside the telephone and the day of the order in the reason, so neither is told twice.
fn order(words: &standing::Band) -> Element {
    let mut text = Text::value(format!("{}　", words.reason))
        .size(9.0)
        .leading(1.15);
    let facts = words.facts.iter();
    for (label, words) in facts.filter(|(label, _)| !matches!(*label, "医師" | "指示日")) {
        text = text
            .then_bold(format!("{label} "))
            .then(format!("{words}　"));
    }
    text.into()
}

/// What was said about other treatments, that all others go on (safety.md S13), and when the order does not speak (S14).
fn beyond(standing: &Standing) -> Element {
    let treatments = standing
        .order()
        .map(|order| order.treatments.as_slice())
        .unwrap_or_default();
    let mut text = Text::value("").size(9.0).leading(1.15);
    for (label, words) in treatments {
        text = text
            .then_bold(format!("{label} "))
            .then(format!("{words}　"));
    }
    text.run(
        format!("{BLANK_IS_FULL}。{EVERYTHING_ELSE}。"),
        Weight::Regular,
        NOTE_PERCENT,
    )
    .run(format!("{NOT_COVERED}。"), Weight::Bold, NOTE_PERCENT)
    .into()
}

/// The QR code, its typed code, and the marks by which paper and page are matched.
fn codes(view: &SheetView, paper: &Paper) -> Element {
    let mut beside = Stack::new(1.0);
    if let Some(issue) = &view.issue {
        let matching = Stack::new(0.0)
            .with(Text::label("照合番号").leading(1.15))
            .with(Text::critical(issue.match_code.as_str(), 14.0).leading(1.1))
            .with(
                Text::critical(format!("No. {}", issue.serial), 9.5)
                    .purpose(Purpose::Label)
                    .leading(1.15)
                    .within(1, 7.5),
            )
            .with(
                Text::label(format!("{} 印刷", date::moment_text(printed_at(view)))).leading(1.15),
            );
        beside = beside.with(matching);
    }
    let fall_back = Text::label("つながらない時はこの紙の記載と、施設・医師への電話を優先");
    let beside = beside.with(fall_back.size(8.0).leading(1.2));
    let mut codes = Stack::new(0.3);
    if paper.address.is_empty() {
        codes = codes.with(beside);
    } else {
        let address = paper.address.to_ascii_uppercase();
        let symbol = Qr::new(address.as_str(), QR_MM, "最新の内容を開くQRコード");
        codes = codes
            .with(
                Text::critical("最新はQRで確認", 12.0)
                    .leading(1.2)
                    .centered(),
            )
            .with(
                Row::new(0.6)
                    .at(Width::Mm(32.0), Vertical::Middle, symbol)
                    .at(Width::Share(1.0), Vertical::Middle, beside),
            )
            .with(typed_code(&address));
    }
    let frame = Band::plain(codes);
    Band {
        padding: 0.9,
        ..frame
    }
    .into()
}

/// The address as a person types it.
fn typed_code(address: &str) -> Element {
    let (place, token) = typed(address);
    Stack::new(0.0)
        .with(
            Text::label(format!("手入力 {place}"))
                .leading(1.15)
                .centered(),
        )
        .with(
            Text::label(token)
                .size(8.5)
                .leading(1.15)
                .within(1, SMALLEST_LABEL_PT)
                .centered(),
        )
        .into()
}
