//! A form's print blocks become elements.

use super::super::{
    Band, Border, Cell, Element, Grid, Row, SMALLEST_VALUE_PT, Stack, Strip, Table, Text, Vertical,
    Width,
};
use crate::domain::answer::{Coded, Field, Kind, Shown, YesNo};
use crate::domain::computed::Computed;
use crate::domain::form::{self, BlankCell, Source, Style};
use crate::domain::view::SheetView;

/// Sizes in points. A fact shrinks to 9 when a page is full; what is critical never shrinks.
const VALUE_PT: f32 = 10.0;
const TABLE_PT: f32 = 9.5;
const LARGE_PT: f32 = 16.0;
const NAME_PT: f32 = 20.0;
const ALERT_PT: f32 = 11.0;
const FIRST_CALL_PT: f32 = 15.0;
const CALL_PT: f32 = 12.5;
/// No critical text is smaller than this, also when it would take a second line.
const LARGE_FLOOR_PT: f32 = 14.0;
/// Width of a label before its value, in millimetres: five characters.
const LABEL_MM: f32 = 16.5;
/// Narrower cells have their label above the value.
const SPAN_FOR_LEFT_LABEL: usize = 3;
/// Width of a telephone number, in millimetres.
const PHONE_MM: f32 = 41.0;
/// Alerts of at most this many characters stand two in a row.
const SHORT_ALERT: usize = 26;

fn strip(title: &str) -> Option<Strip> {
    (!title.is_empty()).then(|| Strip::Left(title.to_owned()))
}

pub(super) fn grid(title: &str, rows: &[Vec<form::Cell>], view: &SheetView) -> Grid {
    let mut grid = Grid {
        strip: strip(title),
        border: Border::Light,
        rows: Vec::new(),
    };
    for row in rows {
        match row.as_slice() {
            [only] if is_alerts(only) => grid.rows.extend(alert_rows(&view.cell(only))),
            row => grid.rows.push(cells(row, view)),
        }
    }
    grid
}

fn is_alerts(cell: &form::Cell) -> bool {
    cell.style == Style::Alert && matches!(cell.source, Source::Computed(Computed::Alerts))
}

fn cells(row: &[form::Cell], view: &SheetView) -> Vec<Cell> {
    let shown: Vec<Shown> = row.iter().map(|cell| view.cell(cell)).collect();
    let labels_left = row.iter().zip(&shown).all(|(cell, shown)| {
        cell.style == Style::Normal
            && cell.span >= SPAN_FOR_LEFT_LABEL
            && !matches!(shown, Shown::Rows(_))
    });
    let cell = |(placed, shown): (&form::Cell, &Shown)| {
        let cell = Cell::new(placed.label.as_str(), value(placed, shown, view))
            .span(u16::try_from(placed.span).unwrap_or(u16::MAX));
        if labels_left {
            cell.label_left(LABEL_MM)
        } else {
            cell
        }
    };
    row.iter().zip(&shown).map(cell).collect()
}

fn value(placed: &form::Cell, shown: &Shown, view: &SheetView) -> Element {
    match placed.style {
        Style::Large if placed.source.key() == "name" => name(shown, view),
        Style::Large => large(shown, LARGE_PT),
        Style::Call => calls(shown),
        Style::Alert => alert_stack(placed, shown),
        Style::Normal => normal(shown),
    }
}

fn fact(text: impl Into<String>) -> Text {
    Text::value(text).size(VALUE_PT).leading(1.25)
}

fn normal(shown: &Shown) -> Element {
    match shown {
        Shown::Rows(rows) => {
            let mut lines = Stack::new(0.0);
            for row in rows {
                lines = lines.with(row_text(row));
            }
            lines.into()
        }
        other => fact(other.line()).into(),
    }
}

/// One row of a list: its first cell in bold, then the answered others.
fn row_text(row: &[(Field, Shown)]) -> Text {
    let mut answered = row.iter().filter(|(_, shown)| !shown.is_not_asked());
    let first = answered
        .next()
        .map_or_else(|| Shown::NotAsked.line(), |(_, shown)| shown.line());
    let mut text = fact("").then_bold(first);
    for (field, shown) in answered {
        text = text.then(format!(" {}", cell_words(field, shown)));
    }
    text
}

/// A cell that stands without its column's heading.
fn cell_words(field: &Field, shown: &Shown) -> String {
    let words = shown.line();
    match field.kind {
        Kind::Text { .. } | Kind::Lines { .. } | Kind::Name | Kind::Phone => words,
        Kind::Choice(choices) if choices == YesNo::CHOICES => match shown {
            Shown::Text(_) if words == YesNo::Yes.choice().label => format!("{}あり", field.label),
            Shown::Text(_) => format!("{}なし", field.label),
            _ => format!("{}{words}", field.label),
        },
        _ => format!("{}:{words}", field.label),
    }
}

fn large(shown: &Shown, size_pt: f32) -> Element {
    let text = match shown {
        Shown::Text(words) => Text::critical(words.as_str(), size_pt),
        other => Text::critical(other.line(), LARGE_FLOOR_PT),
    };
    text.leading(1.15).within(1, LARGE_FLOOR_PT).into()
}

/// The name, with its reading above.
fn name(shown: &Shown, view: &SheetView) -> Element {
    let kana = view
        .record
        .get("name_kana")
        .map_or(Shown::NotAsked, |(_, kana)| kana.shown());
    let kana = match kana {
        Shown::Text(kana) => kana,
        other => format!("ふりがな {}", other.line()),
    };
    Stack::new(0.0)
        .with(Text::value(kana).size(SMALLEST_VALUE_PT).leading(1.1))
        .with(large(shown, NAME_PT))
        .into()
}

/// Telephone numbers in large digits, the first the largest; who answers stands beside. Numbers of the same person
/// stand together.
fn calls(shown: &Shown) -> Element {
    let Shown::Rows(rows) = shown else {
        return Text::critical(shown.line(), CALL_PT).into();
    };
    let mut people: Vec<(String, Vec<String>)> = Vec::new();
    for row in rows {
        let (numbers, words): (Vec<_>, Vec<_>) = row
            .iter()
            .partition(|(field, _)| matches!(field.kind, Kind::Phone));
        let who = words
            .iter()
            .filter(|(_, shown)| !shown.is_not_asked())
            .map(|(_, shown)| shown.line())
            .collect::<Vec<_>>()
            .join(" ");
        let numbers = numbers.iter().map(|(_, shown)| shown.line());
        match people.last_mut() {
            Some((same, known)) if *same == who => known.extend(numbers),
            _ => people.push((who, numbers.collect())),
        }
    }
    let mut lines = Stack::new(0.7);
    for (at, (who, numbers)) in people.into_iter().enumerate() {
        let size = if at == 0 { FIRST_CALL_PT } else { CALL_PT };
        let mut column = Stack::new(0.0);
        for number in numbers {
            column = column.with(Text::critical(number, size).leading(1.15));
        }
        lines = lines.with(
            Row::new(1.0)
                .at(Width::Mm(PHONE_MM), Vertical::Middle, column)
                .at(
                    Width::Share(1.0),
                    Vertical::Middle,
                    fact(who).size(9.5).leading(1.2),
                ),
        );
    }
    lines.into()
}

/// The word of an alert and what is to be known; the word is white on black where there is something.
struct Alert {
    what: String,
    detail: Shown,
}

impl Alert {
    fn all(shown: &Shown) -> Vec<Self> {
        let Shown::Rows(rows) = shown else {
            return Vec::new();
        };
        let alert = |row: &Vec<(Field, Shown)>| match row.as_slice() {
            [(_, what), (_, detail)] => Self {
                what: what.line(),
                detail: detail.clone(),
            },
            row => Self {
                what: String::new(),
                detail: Shown::Text(row_text(row).plain()),
            },
        };
        rows.iter().map(alert).collect()
    }

    fn is_present(&self) -> bool {
        matches!(self.detail, Shown::Text(_) | Shown::Rows(_))
    }

    fn is_short(&self) -> bool {
        self.detail.line().chars().count() <= SHORT_ALERT
    }

    fn cells(&self, span: u16) -> [Cell; 2] {
        let what = Cell::new(
            "",
            Text::critical(self.what.as_str(), 10.0)
                .leading(1.2)
                .centered(),
        );
        let detail = Cell::new("", self.text())
            .span(span - 2)
            .vertical(Vertical::Middle);
        let what = what.span(2).vertical(Vertical::Middle);
        [
            if self.is_present() {
                what.inverted()
            } else {
                what
            },
            detail,
        ]
    }

    fn text(&self) -> Text {
        if self.is_present() {
            Text::critical(self.detail.line(), ALERT_PT).leading(1.2)
        } else {
            fact(self.detail.line())
        }
    }
}

fn alert_rows(shown: &Shown) -> Vec<Vec<Cell>> {
    let alerts = Alert::all(shown);
    let mut rows = Vec::new();
    let mut alerts = alerts.iter().peekable();
    while let Some(alert) = alerts.next() {
        match alerts.next_if(|next| alert.is_short() && next.is_short()) {
            Some(next) => rows.push([alert.cells(6), next.cells(6)].concat()),
            None => rows.push(alert.cells(12).to_vec()),
        }
    }
    rows
}

/// An alert in a cell of its own.
fn alert_stack(placed: &form::Cell, shown: &Shown) -> Element {
    if !is_alerts(placed) {
        return match shown {
            Shown::Rows(rows) => {
                let mut lines = Stack::new(0.0);
                for row in rows {
                    lines = lines.with(Text::critical(row_text(row).plain(), ALERT_PT));
                }
                lines.into()
            }
            Shown::Text(words) => Text::critical(words.as_str(), ALERT_PT).into(),
            other => fact(other.line()).into(),
        };
    }
    let mut lines = Stack::new(0.5);
    for alert in Alert::all(shown) {
        let what = Text::critical(alert.what.as_str(), 9.5)
            .leading(1.15)
            .centered();
        let what = Band {
            padding: 0.5,
            ..if alert.is_present() {
                Band::inverted(what)
            } else {
                Band::plain(what)
            }
        };
        lines = lines.with(
            Row::new(1.2)
                .at(Width::Mm(25.0), Vertical::Middle, what)
                .at(Width::Share(1.0), Vertical::Middle, alert.text()),
        );
    }
    lines.into()
}

/// A list under headings, `across` of its rows side by side, reading from left to right.
pub(super) fn table(title: &str, shown: &Shown, columns: &[form::Column], across: usize) -> Table {
    let mut table = Table {
        strip: strip(title),
        border: Border::Light,
        ..Table::new()
    };
    let Shown::Rows(rows) = shown else {
        return table
            .column("", Width::Share(1.0))
            .row([fact(shown.line())]);
    };
    let across = across.min(rows.len()).max(1);
    for _ in 0..across {
        for column in columns {
            table = table.column(column.label.as_str(), Width::Share(column.width as f32));
        }
    }
    for line in rows.chunks(across) {
        table = table.row(
            line.iter()
                .flat_map(|row| columns.iter().map(|column| column_text(column, row))),
        );
    }
    table
}

fn column_text(column: &form::Column, row: &[(Field, Shown)]) -> Text {
    let shown = row
        .iter()
        .find(|(field, _)| field.key == column.field.key)
        .map_or(&Shown::NotAsked, |(_, shown)| shown);
    match (column.field.kind, shown) {
        (Kind::Phone, Shown::Text(number)) => Text::critical(number.as_str(), CALL_PT),
        (_, shown) => fact(shown.line()).size(TABLE_PT).leading(1.2),
    }
}

/// Boxes to write in; `choices` are boxes to tick at the bottom of theirs.
pub(super) fn blank(title: &str, rows: &[Vec<BlankCell>]) -> Grid {
    let cell = |blank: &BlankCell| {
        let height = f32::from(blank.height);
        let span = u16::try_from(blank.span).unwrap_or(u16::MAX);
        let cell = if blank.choices.is_empty() {
            Cell::blank(blank.label.as_str(), height)
        } else {
            let choices = Text::checks(blank.choices.iter().map(|choice| (false, choice.as_str())));
            Cell::new(blank.label.as_str(), choices.size(9.5).leading(1.2))
                .vertical(Vertical::Bottom)
                .min_height(height)
        };
        cell.span(span)
    };
    Grid {
        strip: (!title.is_empty()).then(|| Strip::Top(title.to_owned())),
        border: Border::Light,
        rows: rows
            .iter()
            .map(|row| row.iter().map(cell).collect())
            .collect(),
    }
}
