//! A form's print blocks become elements.

use super::super::{
    Band, Border, Cell, Element, Grid, Purpose, Row, SMALLEST_VALUE_PT, Stack, Strip, Table, Text,
    Vertical, Width,
};
use crate::domain::answer::{Coded, Field, Kind, Shown, YesNo};
use crate::domain::computed::Computed;
use crate::domain::date::time_beside;
use crate::domain::form::{self, BlankCell, Source, Style};
use crate::domain::transport::at_call::{AtCall, Entry, Finding};
use crate::domain::view::SheetView;

/// Sizes in points. A fact shrinks to 9 when a page is full; what is critical never shrinks.
const VALUE_PT: f32 = 9.5;
const TABLE_PT: f32 = 9.5;
const LARGE_PT: f32 = 16.0;
const NAME_PT: f32 = 20.0;
const ALERT_PT: f32 = 10.5;
const FIRST_CALL_PT: f32 = 13.0;
const CALL_PT: f32 = 12.0;
/// No critical text is smaller than this, also when it would take a second line.
const LARGE_FLOOR_PT: f32 = 14.0;
/// Who answers a telephone.
const WHO_PT: f32 = 9.0;
/// Baseline distance of facts; cells add white space of their own.
const LEADING: f32 = 1.17;
/// 未確認 in a large cell.
const UNANSWERED_PT: f32 = 11.0;
/// Width of a label before its value, in millimetres: four characters.
const LABEL_MM: f32 = 14.0;
/// Narrower cells have their label above the value.
const SPAN_FOR_LEFT_LABEL: usize = 4;
/// Width of eleven bold digits and two hyphens, in millimetres for each point of their size.
pub(in crate::export::pdf) const PHONE_MM: f32 = 3.3;
/// Width of an alert's word: seven characters, in millimetres.
const ALERT_MM: f32 = 23.0;
/// A line to write on, in millimetres.
const WRITE_MM: f32 = 9.0;
/// A cell this wide has its alerts in two columns.
const SPAN_FOR_TWO_COLUMNS: usize = 10;

fn strip(title: &str) -> Option<Strip> {
    (!title.is_empty()).then(|| Strip::Left(title.to_owned()))
}

pub(in crate::export::pdf) fn grid(
    title: &str,
    rows: &[Vec<form::Cell>],
    view: &SheetView,
) -> Grid {
    Grid {
        strip: strip(title),
        border: Border::Light,
        rows: rows.iter().map(|row| cells(row, view)).collect(),
    }
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
        Style::Alert => alert(placed, shown),
        Style::Boxes => boxes(placed, view),
        Style::Normal if is_phone(placed.source) => calls(shown),
        Style::Normal => normal(shown),
    }
}

/// A telephone number is large and whole in every style.
pub(in crate::export::pdf) fn is_phone(source: Source) -> bool {
    matches!(source.kind(), Some(Kind::Phone))
}

/// Every box of the form, and behind them what the form has no words for.
fn boxes(placed: &form::Cell, view: &SheetView) -> Element {
    let boxes = placed.boxes(&view.json(placed.source));
    let ticks = boxes
        .ticks
        .iter()
        .map(|(is_ticked, label)| (*is_ticked, *label));
    let mut text = Text::checks(ticks).size(VALUE_PT).leading(LEADING);
    if !boxes.beside.is_empty() {
        text = text.then_bold(format!("　{}", boxes.beside));
    }
    text.into()
}

fn fact(text: impl Into<String>) -> Text {
    Text::value(text).size(VALUE_PT).leading(LEADING)
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
        Kind::Text { .. } | Kind::Lines { .. } | Kind::Name | Kind::Phone | Kind::PartialDay => {
            words
        }
        Kind::Choice(choices) if choices == YesNo::CHOICES => match shown {
            Shown::Text(_) if words == YesNo::Yes.choice().label => format!("{}あり", field.label),
            Shown::Text(_) => format!("{}なし", field.label),
            _ => format!("{}{words}", field.label),
        },
        _ => format!("{}:{words}", field.label),
    }
}

fn large(shown: &Shown, size_pt: f32) -> Element {
    match shown {
        Shown::Text(words) => Text::critical(words.as_str(), size_pt)
            .purpose(Purpose::Headline)
            .leading(1.15)
            .within(1, LARGE_FLOOR_PT)
            .into(),
        other => Text::critical(other.line(), UNANSWERED_PT).into(),
    }
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

/// A telephone number, its extension on a line of its own.
pub(in crate::export::pdf) fn number(number: &str, size_pt: f32) -> Text {
    Text::critical(number.replace(" 内線", "\n内線"), size_pt)
}

/// Telephone numbers in large digits, the first the largest; who answers stands beside. Numbers of the same person
/// stand together.
pub(in crate::export::pdf) fn calls(shown: &Shown) -> Element {
    let Shown::Rows(rows) = shown else {
        return number(&shown.line(), CALL_PT).leading(1.15).into();
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
    let mut lines = Stack::new(0.5);
    for (at, (who, numbers)) in people.into_iter().enumerate() {
        let size = if at == 0 { FIRST_CALL_PT } else { CALL_PT };
        let mut column = Stack::new(0.0);
        for called in numbers {
            column = column.with(number(&called, size).leading(1.05));
        }
        lines = lines.with(
            Row::new(1.0)
                .at(
                    Width::Mm(FIRST_CALL_PT * PHONE_MM),
                    Vertical::Middle,
                    column,
                )
                .at(Width::Share(1.0), Vertical::Middle, fact(who).size(WHO_PT)),
        );
    }
    lines.into()
}

fn alert(placed: &form::Cell, shown: &Shown) -> Element {
    match shown {
        Shown::Rows(rows) if matches!(placed.source, Source::Computed(Computed::Alerts)) => {
            let columns = if placed.span >= SPAN_FOR_TWO_COLUMNS {
                2
            } else {
                1
            };
            let mut row = Row::new(3.0);
            for part in rows.chunks(rows.len().div_ceil(columns).max(1)) {
                let mut lines = Stack::new(0.6);
                for line in part {
                    lines = lines.with(alert_line(line));
                }
                row = row.at(Width::Share(1.0), Vertical::Top, lines);
            }
            row.into()
        }
        Shown::Rows(rows) => {
            let mut lines = Stack::new(0.0);
            for row in rows {
                lines = lines.with(Text::critical(row_text(row).plain(), ALERT_PT));
            }
            lines.into()
        }
        shown => alert_text(shown).into(),
    }
}

/// The alert's word, white on black where there is something to know, and what is known.
pub(in crate::export::pdf) fn alert_line(line: &[(Field, Shown)]) -> Element {
    let [(_, what), (_, detail)] = line else {
        return row_text(line).into();
    };
    let word = Text::critical(what.line(), 9.0).leading(1.2).centered();
    let word = if is_present(detail) {
        Band::inverted(word)
    } else {
        Band::plain(word)
    };
    Row::new(1.2)
        .at(
            Width::Mm(ALERT_MM),
            Vertical::Top,
            Band {
                padding: 0.4,
                ..word
            },
        )
        .at(Width::Share(1.0), Vertical::Middle, alert_text(detail))
        .into()
}

fn is_present(shown: &Shown) -> bool {
    matches!(shown, Shown::Text(_) | Shown::Rows(_))
}

fn alert_text(shown: &Shown) -> Text {
    if is_present(shown) {
        Text::critical(shown.line(), ALERT_PT)
            .floor(9.5)
            .leading(LEADING)
    } else {
        fact(shown.line())
    }
}

/// A list under headings, `across` of its rows side by side, reading from left to right. A column without width
/// stands behind the one before it.
pub(in crate::export::pdf) fn table(
    title: &str,
    shown: &Shown,
    columns: &[form::Column],
    across: usize,
) -> Table {
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
    let groups: Vec<&[form::Column]> = columns.chunk_by(|_, next| next.width == 0).collect();
    let across = across.min(rows.len()).max(1);
    for _ in 0..across {
        for group in &groups {
            let heading: Vec<&str> = group.iter().map(|column| column.label.as_str()).collect();
            let width = group[0].width.max(1) as f32;
            table = table.column(heading.join("　"), Width::Share(width));
        }
    }
    for line in rows.chunks(across) {
        let cells = line
            .iter()
            .flat_map(|row| groups.iter().map(|group| group_text(group, row)));
        table = table.row(cells);
    }
    table
}

/// What stands in one place of a table: one column, or several behind each other, of which those not answered are
/// left out except the first.
fn group_text(group: &[form::Column], row: &[(Field, Shown)]) -> Text {
    let answer = |column: &form::Column| {
        row.iter()
            .find(|(field, _)| field.key == column.field.key)
            .map_or(&Shown::NotAsked, |(_, shown)| shown)
    };
    match group {
        [only]
            if matches!(
                (only.field.kind, answer(only)),
                (Kind::Phone, Shown::Text(_))
            ) =>
        {
            number(&answer(only).line(), CALL_PT)
        }
        group => {
            let words: Vec<String> = group
                .iter()
                .enumerate()
                .map(|(at, column)| (at, answer(column)))
                .filter(|(at, shown)| *at == 0 || !shown.is_not_asked())
                .map(|(_, shown)| shown.line())
                .collect();
            fact(words.join("　")).size(TABLE_PT)
        }
    }
}

/// What was noted of an open emergency until now, and a line to write what came after.
pub(super) fn at_call(noted: &AtCall, view: &SheetView) -> Grid {
    let today = view.today();
    let when = |at| time_beside(today, at);
    let wide = |label: &str, words: String| Cell::new(label, fact(words)).span(12);
    let entries = |entries: &mut dyn Iterator<Item = &Entry>| {
        let words = entries.map(|entry| {
            let said = entry.said();
            let space = if said.is_empty() { "" } else { " " };
            format!("{} {}{space}{said}", when(entry.at), entry.event.label())
        });
        words.collect::<Vec<_>>().join("、")
    };
    let situation = noted.situation.answered();
    let situation: Vec<String> = situation
        .map(|(label, shown)| format!("{label}: {}", shown.line()))
        .collect();
    let mut rows = vec![vec![
        Cell::new("気づいた時刻", fact(when(noted.began))).span(2),
        Cell::new("起きたこと", fact(or_nothing(situation.join("、")))).span(10),
    ]];
    for (at, observation) in &noted.observations {
        let findings = observation.findings(&view.record.usual);
        let findings: Vec<String> = findings.iter().map(Finding::line).collect();
        rows.push(vec![wide(
            &format!("観察 {}", when(*at)),
            findings.join("、"),
        )]);
    }
    rows.push(vec![wide(
        "した手当",
        or_nothing(entries(&mut noted.care())),
    )]);
    rows.push(vec![wide("連絡", or_nothing(entries(&mut noted.calls())))]);
    let others = entries(&mut noted.others());
    if !others.is_empty() {
        rows.push(vec![wide("ほかの経過", others)]);
    }
    rows.push(vec![
        Cell::blank("このあとのこと(手書き)", WRITE_MM).span(12),
    ]);
    Grid {
        strip: Some(Strip::Top(format!(
            "急変の記録 {} まで(施設が記録したもの)",
            when(view.as_of)
        ))),
        border: Border::Heavy,
        rows,
    }
}

fn or_nothing(words: String) -> String {
    match words.is_empty() {
        true => "まだ記録がありません".to_owned(),
        false => words,
    }
}

/// Boxes to write in; `choices` are boxes to tick at the bottom of theirs.
pub(in crate::export::pdf) fn blank(title: &str, rows: &[Vec<BlankCell>]) -> Grid {
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
