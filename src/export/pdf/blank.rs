//! 手書き用: a form without anybody's answers, to be filled in with a pen when nothing else can be printed.
//!
//! What the facility answers is printed; everything else is room to write, with the words to tick, on one page. Nothing about a wish or
//! an order can be written onto it: only a signed paper is one (safety.md S5, S17).

use super::sheet::{foot_line, lead, walk};
use super::{
    Band, Border, Cell, Document, Element, Grid, Margins, PdfError, Row, Section, Stack, Strip,
    Table, Text, Vertical, Width,
};
use crate::domain::answer::{Kind, Shown};
use crate::domain::computed::Computed;
use crate::domain::date;
use crate::domain::form::{self, Form, Print, Source, Style};
use crate::domain::view::SheetView;

const MARGINS: Margins = Margins {
    top: 9.0,
    right: 10.0,
    bottom: 7.0,
    left: 10.0,
};
const GAP: f32 = 1.2;
/// Heights of boxes to write in, in millimetres: a line, a line in large letters, several lines.
const LINE_MM: f32 = 8.6;
const LARGE_MM: f32 = 11.0;
const LIST_MM: f32 = 16.0;
/// Rows of a table to write in, and their height in millimetres.
const ROWS: usize = 4;
const ROW_MM: f32 = 7.5;
const WORDS_PT: f32 = 9.5;
const NOT_TOLD: &str = "この紙からは、医師の指示書があるかどうかは分かりません。指示書があるときは、原本も一緒に渡してください";
/// As many characters of choices as have room in a twelfth of the width.
const CHARS_IN_COLUMN: usize = 8;
/// Cells as wide as this name the eras, too.
const SPAN_FOR_ERAS: usize = 5;

/// The form with the facility's answers out of `view`, whose record is empty.
///
/// # Errors
/// A character that no font has, a part that fits on no page.
pub fn render(form: &Form, view: &SheetView) -> Result<Vec<u8>, PdfError> {
    let facility = view.facility.facility_name.to_string();
    let document = Document::new(
        format!("{}(手書き用)", form.title),
        facility,
        format!("blank-{}", form.key),
        view.as_of,
    );
    super::render(&document.with(section(form, view)))
}

fn section<'a>(form: &Form, view: &SheetView) -> Section<'a> {
    let mut section = Section::new()
        .gap(GAP)
        .margins(MARGINS)
        .fit_pages(1)
        .bookmark(format!("{}(手書き用)", form.title))
        .continued("(続き)　氏名　　　　　　　　　　　　　　　　　 様")
        .block(title(form));
    section.continues = "▼ 次のページに続きがあります".to_owned();
    let mut band = Some(band(view));
    if !matches!(form.print.get(1), Some(Print::Band)) {
        section.blocks.extend(band.take());
    }
    for print in &form.print {
        let block = match print {
            Print::Band => match band.take() {
                Some(band) => band,
                None => continue,
            },
            Print::Grid { title, rows, .. } => grid(title, rows, view).into(),
            Print::Table { title, columns, .. } => table(title, columns).into(),
            Print::Blank { title, rows, .. } => walk::blank(title, rows).into(),
        };
        section = section.block(block.keep_together());
    }
    let foot = format!(
        "{}　{}(手書き用)　{} 印刷　様式 {}",
        view.facility.facility_name,
        form.title,
        date::moment_short(view.as_of),
        form.edition
    );
    section.footer(move |page| foot_line(&foot, page))
}

fn title(form: &Form) -> Element {
    let names = Stack::new(0.3)
        .with(
            Text::heading(1, form.title.as_str())
                .size(18.0)
                .leading(1.15),
        )
        .with(
            Text::value("手書き用　印刷できないときに書いて、救急隊に渡します。わからないことは「未確認」に印を付けます")
                .size(9.0)
                .leading(1.2),
        );
    let written = Grid::new().row([
        Cell::new("書いた日時", words("　　　年　　月　　日　　時　　分"))
            .vertical(Vertical::Bottom)
            .min_height(LINE_MM)
            .span(7),
        Cell::blank("書いた人", LINE_MM).span(5),
    ]);
    Row::new(3.0)
        .at(Width::Share(1.0), Vertical::Bottom, names)
        .at(Width::Mm(92.0), Vertical::Bottom, written)
        .into()
}

/// What to do while nobody has looked the resident up. A paper that knows nobody cannot say that there is no order.
fn band(view: &SheetView) -> Element {
    let mut stack = Stack::new(0.35);
    stack.parts.extend(lead::what_to_do(&view.standing.band()));
    Band::framed(stack.with(Text::critical(NOT_TOLD, 9.5).leading(1.2))).into()
}

fn words(text: impl Into<String>) -> Text {
    Text::value(text).size(WORDS_PT).leading(1.25)
}

fn grid(title: &str, rows: &[Vec<form::Cell>], view: &SheetView) -> Grid {
    let cell = |placed: &form::Cell| {
        let label = match placed.source.key() {
            "name" => "氏名(ふりがなも)",
            _ => placed.label.as_str(),
        };
        Cell::new(label, room(placed, view))
            .span(u16::try_from(placed.span).unwrap_or(u16::MAX))
            .vertical(Vertical::Bottom)
            .min_height(height(placed))
    };
    Grid {
        strip: (!title.is_empty()).then(|| Strip::Left(title.to_owned())),
        border: Border::Light,
        rows: rows
            .iter()
            .map(|row| row.iter().map(cell).collect())
            .collect(),
    }
}

fn height(placed: &form::Cell) -> f32 {
    match placed.style {
        _ if placed.source.is_list() => LIST_MM,
        Style::Large => LARGE_MM,
        _ => LINE_MM,
    }
}

/// What stands in a box: the facility's answer, words to tick, or white.
fn room(placed: &form::Cell, view: &SheetView) -> Element {
    let shown = view.cell(placed);
    match placed.source {
        Source::Facility(_) if shown.is_settled() => words(shown.line()).bold().into(),
        Source::Computed(Computed::FacilityPhones) => walk::calls(&shown),
        Source::Computed(Computed::Alerts) => alerts(&shown),
        Source::Computed(Computed::Age) => words("　　　歳").into(),
        Source::Computed(Computed::DoctorPhones | Computed::KeyPersonPhones) => {
            words("氏名・続柄　　　　　　　　　電話\n\n氏名・続柄　　　　　　　　　電話").into()
        }
        Source::Record(field) | Source::Facility(field) | Source::Stay(field) => match field.kind {
            Kind::Choice(choices) | Kind::Checks(choices) => {
                let labels = choices.iter().map(|choice| (false, choice.label));
                let chars: usize = choices
                    .iter()
                    .map(|one| one.label.chars().count() + 3)
                    .sum();
                match chars <= placed.span * CHARS_IN_COLUMN {
                    true => Text::checks(labels).size(WORDS_PT).leading(1.25).into(),
                    false => Element::Space(0.0),
                }
            }
            Kind::Day | Kind::PartialDay if placed.span >= SPAN_FOR_ERAS => {
                words("大正・昭和・平成・令和・西暦　　　　年　　　月　　　日").into()
            }
            Kind::Day | Kind::PartialDay => words("　　年　　月　　日").into(),
            Kind::Number { unit, .. } => words(format!("　　　{unit}")).into(),
            Kind::BloodPressure => words("　　　/　　　 mmHg").into(),
            Kind::Rows(_) => none_or_unknown(),
            _ => Element::Space(0.0),
        },
        Source::Computed(_) => Element::Space(0.0),
    }
}

/// Nobody asked is not none (safety.md S18).
fn none_or_unknown() -> Element {
    Stack::new(0.0)
        .with(Text::checks([(false, "なし"), (false, "未確認"), (false, "あり:")]).size(WORDS_PT))
        .with(Element::Space(LINE_MM))
        .into()
}

/// Each alert with its word and the three answers.
fn alerts(shown: &Shown) -> Element {
    let Shown::Rows(rows) = shown else {
        return Element::Space(LIST_MM);
    };
    let mut lines = Stack::new(1.2);
    for row in rows {
        let Some((_, what)) = row.first() else {
            continue;
        };
        let word = Band {
            padding: 0.4,
            ..Band::plain(Text::critical(what.line(), 9.0).leading(1.2).centered())
        };
        let answers = Text::checks([(false, "なし"), (false, "未確認"), (false, "あり:")]);
        lines = lines.with(
            Row::new(1.5)
                .at(Width::Mm(ALERT_MM), Vertical::Middle, word)
                .at(Width::Share(1.0), Vertical::Middle, answers.size(WORDS_PT)),
        );
    }
    lines.into()
}

/// Width of an alert's word, in millimetres.
const ALERT_MM: f32 = 27.0;

fn table(title: &str, columns: &[form::Column]) -> Table {
    let mut table = Table {
        strip: (!title.is_empty()).then(|| Strip::Left(title.to_owned())),
        border: Border::Light,
        ..Table::new()
    };
    for column in columns {
        let share = if column.width == 0 {
            0.6
        } else {
            column.width as f32
        };
        table = table.column(column.label.as_str(), Width::Share(share));
    }
    for _ in 0..ROWS {
        table = table.row(std::iter::empty::<Element>());
    }
    table.min_row_height(ROW_MM)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::form::Forms;
    use crate::export::pdf::flow;
    use crate::export::pdf::sheet::sample;
    use crate::export::pdf::text::Shaper;

    #[test]
    fn every_sheet_has_a_form_to_write_on() {
        let forms = Forms::built_in();
        let empty = sample::nothing();
        let mut seen = 0;
        for form in forms.printable().filter(|form| form.card.is_none()) {
            seen += 1;
            let pages = flow::pages(&Shaper::new(), &section(form, &empty), 0).unwrap();
            assert!(pages.len() == 1, "{}: {} pages", form.key, pages.len());
        }
        assert!(seen > 1);
    }
}
