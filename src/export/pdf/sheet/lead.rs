//! The top of page 1: who this is, what to do in cardiac arrest, and what this paper is.

use super::super::{
    Align, Band, Border, Cell, Element, Grid, Image, Qr, Row, Stack, Text, Vertical, Width,
};
use super::{Paper, facility, printed_at, walk};
use crate::domain::date::{self, Day};
use crate::domain::form::{self, Form};
use crate::domain::link::LinkToken;
use crate::domain::sheet::Staleness;
use crate::domain::view::SheetView;

/// Side of the QR symbol without its quiet zone, in millimetres.
const QR_MM: f32 = 25.5;
/// Width of the column that holds it.
const CODES_MM: f32 = 38.0;
const PHOTO_MM: (f32, f32) = (20.0, 25.0);
/// Size of the band's headline in points; safety of reading wants at least 14.
const HEADLINE_PT: f32 = 17.0;

pub(super) fn lead(
    form: &Form,
    view: &SheetView,
    paper: &Paper,
    rows: Option<&[Vec<form::Cell>]>,
    band_first: bool,
) -> Element {
    let person = rows.map(|rows| person(rows, view, paper));
    let mut left = Stack::new(1.3).with(title(form, view)).with(marks(view));
    if band_first {
        left = left.with(band(view));
    }
    if let Some(person) = person {
        left = left.with(person);
    }
    if !view.alike.is_empty() {
        left = left.with(like_names(view));
    }
    if !band_first {
        left = left.with(band(view));
    }
    Row::new(1.6)
        .with(Width::Share(1.0), left)
        .with(Width::Mm(CODES_MM), codes(view, paper))
        .into()
}

fn title(form: &Form, view: &SheetView) -> Element {
    let names = Stack::new(0.2)
        .with(
            Text::heading(1, form.title.as_str())
                .size(19.0)
                .leading(1.1),
        )
        .with(Text::value(facility(view)).bold().leading(1.2));
    Row::new(2.0)
        .at(Width::Share(1.0), Vertical::Middle, names)
        .at(
            Width::Mm(62.0),
            Vertical::Middle,
            Band::inverted(Text::critical("救急隊・搬送先病院へお渡しください", 10.0).centered()),
        )
        .into()
}

/// Version, verification, print and validity (safety.md S8, S9, S21).
fn marks(view: &SheetView) -> Element {
    let recorded = format!(
        "{} {} 記入",
        Day::of(view.marks.recorded_at).iso(),
        view.marks.recorded_by
    );
    let version = Stack::new(0.0)
        .with(Text::critical(format!("第{}版", view.marks.revision), 13.0).leading(1.1))
        .with(Text::label(recorded));
    let printed = Text::value(date::moment_text(printed_at(view))).size(9.0);
    let until = match &view.issue {
        Some(issue) => format!("{}まで", issue.valid_until.seireki()),
        None => "未発行(下書き)".to_owned(),
    };
    Grid::new()
        .border(Border::Light)
        .row([
            Cell::new("この紙の内容", version).span(3),
            verified(view).span(4),
            Cell::new("印刷", printed).span(3),
            Cell::new("有効期限", Text::value(until).size(9.0).bold()).span(2),
        ])
        .into()
}

/// Staleness in words and in shape: a triangle for amber, white on black for red (safety.md S21).
fn verified(view: &SheetView) -> Cell {
    let staleness = view.staleness();
    let words = staleness.words();
    let cell = |text: Text| Cell::new("最終確認(全項目)", text.size(9.0));
    match staleness {
        Staleness::Fresh { .. } => cell(Text::value(words)),
        Staleness::Amber { .. } => cell(Text::value(format!("▲ {words}")).bold()),
        Staleness::Red { .. } | Staleness::Never => {
            cell(Text::value(format!("■ {words}")).bold()).inverted()
        }
    }
}

fn person(rows: &[Vec<form::Cell>], view: &SheetView, paper: &Paper) -> Element {
    let grid = walk::grid("", rows, view).border(Border::Light);
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
fn like_names(view: &SheetView) -> Element {
    Band::inverted(Text::critical(
        format!(
            "似た名前の入居者がいます: {}。生年月日・居室・写真で確認してください",
            view.alike.join("、")
        ),
        9.5,
    ))
    .into()
}

/// All four texts of the band, always (safety.md S3, S15).
fn band(view: &SheetView) -> Element {
    let words = view.standing.band();
    Band::framed(
        Stack::new(0.4)
            .with(Text::critical(words.headline, HEADLINE_PT).leading(1.2))
            .with(Text::critical(words.until, 11.0))
            .with(Text::critical("", 9.5).then(words.area))
            .with(Text::critical("", 9.5).then(words.reason)),
    )
    .into()
}

/// The QR code, its typed code, and the marks by which paper and page are matched.
fn codes(view: &SheetView, paper: &Paper) -> Element {
    let mut codes = Stack::new(0.5);
    if !paper.address.is_empty() {
        let address = paper.address.to_ascii_uppercase();
        codes = codes
            .with(Text::critical("最新はQRで確認", 10.5).centered())
            .with(Qr::new(address.as_str(), QR_MM, "最新の内容を開くQRコード"))
            .with(typed_code(&address));
    }
    if let Some(issue) = &view.issue {
        codes = codes
            .with(
                Text::critical("", 12.0)
                    .run("照合番号 ", super::super::Weight::Regular, 65)
                    .then_bold(issue.match_code.as_str())
                    .centered(),
            )
            .with(
                Text::value(format!("No. {}", issue.serial))
                    .size(9.0)
                    .bold()
                    .centered(),
            );
    }
    codes = codes.with(
        Text::label("つながらない時はこの紙の記載と、施設・医師への電話を優先してください")
            .size(7.5),
    );
    Band {
        padding: 0.7,
        ..Band::plain(codes)
    }
    .into()
}

/// The address as a person types it: the place, then the token in groups.
fn typed_code(address: &str) -> Element {
    let (place, token) = address.rsplit_once('/').unwrap_or(("", address));
    let grouped = LinkToken::parse(token).map_or_else(|| token.to_owned(), |token| token.grouped());
    let place = place
        .trim_start_matches("HTTPS://")
        .trim_start_matches("HTTP://");
    let groups: Vec<&str> = grouped.split_inclusive('-').collect();
    let lines: Vec<String> = groups.chunks(3).map(|line| line.concat()).collect();
    Stack::new(0.0)
        .with(
            Text::label(format!("{place}/"))
                .leading(1.2)
                .align(Align::Center),
        )
        .with(
            Text::label(lines.join("\n"))
                .size(8.0)
                .leading(1.2)
                .centered(),
        )
        .into()
}
