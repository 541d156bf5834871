//! The sheet on paper: what a form prints of one resident, on A4.
//!
//! A form places cells, tables and boxes to write in. What every sheet must carry is drawn here and no form can
//! leave it out: the title, the marks of version, verification, print and validity, the QR code with its typed
//! code, the resuscitation band, the warning of like names and the footer.
//!
//! ```text
//! ┌ title · for whom ────────────────────┬─────────────┐
//! │ version · verified · printed · until │ QR          │
//! │ photo · the form's first grid        │ typed code  │
//! │ like names                           │ match code  │
//! │ resuscitation band                   │ serial      │
//! ├──────────────────────────────────────┴─────────────┤
//! │ the form's other blocks, in its order              │
//! │ boxes to write in, at the bottom of page 1         │
//! └ facility · resident · serial · version · page n/N ─┘
//! ```
//!
//! The band stands right below the first grid where the form places it there and that grid is short; in all other
//! cases above everything. No form can move it down the page.

pub(in crate::export::pdf) mod lead;
#[cfg(test)]
pub(in crate::export::pdf) mod sample;
#[cfg(test)]
mod tests;
pub(in crate::export::pdf) mod walk;

use super::binder::Leaf;
use super::{
    Align, Border, Document, Element, Margins, Page, PdfError, Rule, Section, Stack, Text, card,
};
use crate::domain::computed::Computed;
use crate::domain::date;
use crate::domain::form::{self, Form, Print, Source};
use crate::domain::link::LinkToken;
use crate::domain::view::{DRILL, SheetView};

/// What a sheet holds besides the form and the record.
#[derive(Clone, Copy)]
pub struct Paper<'a> {
    /// The link's address, which the QR code holds.
    pub address: &'a str,
    /// The resident's photograph, a JPEG.
    pub photo: Option<&'a [u8]>,
}

/// Between blocks, in millimetres.
const GAP: f32 = 0.9;
/// In millimetres; office printers leave 5 mm white at most.
const MARGINS: Margins = Margins {
    top: 8.0,
    right: 10.0,
    bottom: 7.0,
    left: 10.0,
};
/// Boxes to write in that are together higher than this, in millimetres, follow the other blocks instead of being
/// kept at the bottom of page 1, where they would push the record away.
const PINNED_MOST: u32 = 90;
/// A first grid of more rows than this does not stand above the band.
const LEAD_ROWS: usize = 4;

/// The sheet of `view`, laid out by `form`, as a PDF.
///
/// # Errors
/// A character that no font has, a photograph that cannot be read, a part that fits on no page.
pub fn render(form: &Form, view: &SheetView, paper: &Paper) -> Result<Vec<u8>, PdfError> {
    let serial = view.issue.as_ref().map_or("", |issue| &issue.serial);
    let copies = view.issue.as_ref().map_or(1, |issue| issue.copies);
    let title = match form.card {
        Some(card) if card.names_nobody => form.title.clone(),
        _ => format!("{} {} 様", lead::titled(form, view), name(view)),
    };
    let mut document = Document::new(title, facility(view), serial, printed_at(view));
    if let Some(card) = form.card {
        let face = Leaf {
            view,
            paper: *paper,
        };
        let copies = usize::from(copies);
        return Ok(card::render(form, card, &[face], copies, &document)?.0);
    }
    if copies > 1 {
        let copies = form.copies.iter().take(usize::from(copies));
        document
            .sections
            .extend(copies.map(|holder| section(form, view, paper, Some(holder))));
    } else {
        document.sections.push(section(form, view, paper, None));
    }
    super::render(&document)
}

/// The sheet as a part of a larger file; for whom, where there are several.
pub fn section(
    form: &Form,
    view: &SheetView,
    paper: &Paper,
    holder: Option<&str>,
) -> Section<'static> {
    let (lead_rows, rest) = split(form);
    let band_first = lead_rows.is_none() || !matches!(form.print.get(1), Some(Print::Band));
    let mut section = Section::new()
        .bookmark(format!("{} {}", place(view), name(view)).trim())
        .gap(GAP)
        .margins(MARGINS)
        .continued(continued(view))
        .block(lead::lead(form, view, paper, lead_rows, band_first, holder).keep_together());
    section.continues = "▼ 次のページに続きがあります".to_owned();
    for print in rest {
        section = match print {
            Print::Band => section,
            Print::Grid { title, rows, .. } => {
                section.block(Element::from(walk::grid(title, rows, view)).keep_together())
            }
            Print::Table {
                title,
                source,
                columns,
                across,
            } => {
                let table = walk::table(title, &view.shown(*source), columns, *across);
                section.block(Element::from(table).keep_together())
            }
            Print::Blank {
                title,
                rows,
                at_call,
            } => match &view.at_call {
                Some(noted) if *at_call => section.block(walk::at_call(noted, view)),
                _ if blank_height(form) <= PINNED_MOST => section.pin(walk::blank(title, rows)),
                _ => section.block(walk::blank(title, rows)),
            },
        };
    }
    let foot = footer(&form.edition, view);
    section.footer(move |page| foot_line(&foot, page))
}

/// The first grid, when it is short enough to stand above the band, and the blocks after it.
fn split(form: &Form) -> (Option<&[Vec<form::Cell>]>, impl Iterator<Item = &Print>) {
    let first = form
        .print
        .iter()
        .position(|print| !matches!(print, Print::Band));
    let rows = match first.map(|at| &form.print[at]) {
        Some(Print::Grid { rows, .. }) if is_short(rows) => Some(rows.as_slice()),
        _ => None,
    };
    let taken = rows.and(first);
    let rest = form
        .print
        .iter()
        .enumerate()
        .filter(move |(at, _)| Some(*at) != taken)
        .map(|(_, print)| print);
    (rows, rest)
}

/// Whether a grid stays small whatever the record holds: few rows, no lists.
fn is_short(rows: &[Vec<form::Cell>]) -> bool {
    rows.len() <= LEAD_ROWS && !rows.iter().flatten().any(|cell| cell.source.is_list())
}

/// The heights of all boxes to write in, in millimetres.
fn blank_height(form: &Form) -> u32 {
    let row = |row: &Vec<form::BlankCell>| row.iter().map(|cell| u32::from(cell.height)).max();
    let rows = form.print.iter().filter_map(|print| match print {
        Print::Blank { rows, .. } => Some(rows.iter().filter_map(row).sum::<u32>()),
        _ => None,
    });
    rows.sum()
}

pub(in crate::export::pdf) fn shown(view: &SheetView, key: &str) -> String {
    Source::find(key).map_or_else(String::new, |source| view.shown(source).line())
}

fn name(view: &SheetView) -> String {
    shown(view, "name")
}

fn facility(view: &SheetView) -> String {
    shown(view, "facility_name")
}

/// Floor and room, or nothing: a line that only finds its way back needs no 未確認.
fn place(view: &SheetView) -> String {
    match Computed::Place.shown(view) {
        crate::domain::answer::Shown::Text(words) => words,
        _ => String::new(),
    }
}

/// An address as a person types it: the place with its last slash, then the token in groups.
pub(super) fn typed(address: &str) -> (String, String) {
    let (place, token) = address.rsplit_once('/').unwrap_or(("", address));
    let grouped = LinkToken::parse(token).map_or_else(|| token.to_owned(), |token| token.grouped());
    let place = place
        .trim_start_matches("HTTPS://")
        .trim_start_matches("HTTP://");
    (format!("{place}/"), grouped)
}

pub(in crate::export::pdf) fn printed_at(view: &SheetView) -> crate::domain::clock::Moment {
    view.issue
        .as_ref()
        .map_or(view.as_of, |issue| issue.issued_at)
}

/// Opens each further page: whose it is, and what holds until a physician says otherwise (safety.md S3), for a page
/// that was parted from the first.
pub(super) fn continued(view: &SheetView) -> String {
    let band = view.standing.band();
    let scope = band.scope.map(|scope| format!("{scope}\n"));
    let drill = if view.marks.is_drill {
        format!("{DRILL}\n")
    } else {
        String::new()
    };
    format!(
        "{drill}(続き){} {} 様\n{}{}。{}",
        place(view),
        name(view),
        scope.unwrap_or_default(),
        band.headline.trim_end_matches('。'),
        band.until
    )
}

/// What the footer says before the page number.
pub(super) fn footer(edition: &str, view: &SheetView) -> String {
    let serial = view.issue.as_ref().map_or("未発行".to_owned(), |issue| {
        format!("No. {}", issue.serial)
    });
    let drill = if view.marks.is_drill { "訓練 " } else { "" };
    [
        format!("{drill}{}", facility(view)),
        format!("{} {} 様", shown(view, "room"), name(view)),
        serial,
        format!("第{}版", view.marks.revision),
        format!("{} 印刷", date::moment_short(printed_at(view))),
        format!("様式 {edition}"),
    ]
    .join("　")
}

pub(super) fn foot_line(words: &str, page: Page) -> Element {
    let line = super::Row::new(3.0)
        .with(super::Width::Share(1.0), Text::label(words))
        .with(
            super::Width::Mm(18.0),
            Text::label(format!("{} / {} ページ", page.number, page.of))
                .bold()
                .align(Align::Right),
        );
    Stack::new(0.6)
        .with(Rule {
            border: Border::Light,
        })
        .with(line)
        .into()
}
