//! A form about a stay in hospital on A4: what a facility sends, what a hospital sends back, what both decide.
//!
//! Its blocks are those of the form file, drawn as on a sheet. The head with what it is and as of when, the sentence of
//! consent, the warning of like names and the footer with edition and source are drawn here and no form can leave them
//! out. A form without names has none of them that would tell who it is.

#[cfg(test)]
mod tests;

use super::sheet::{continued, foot_line, lead, printed_at, shown, walk};
use super::{
    Align, Border, Document, Element, Margins, PdfError, Row, Rule, Section, Stack, Text, Vertical,
    Width,
};
use crate::domain::date::{self, Day};
use crate::domain::form::{Direction, Form, Print};
use crate::domain::view::SheetView;

const GAP: f32 = 1.0;
const MARGINS: Margins = Margins {
    top: 8.0,
    right: 10.0,
    bottom: 7.0,
    left: 10.0,
};
const TITLE_PT: f32 = 18.0;
const WORDS_PT: f32 = 9.0;

/// The form filled in from `view`, as a PDF.
///
/// # Errors
/// A character that no font has, a part that fits on no page.
pub fn render(form: &Form, view: &SheetView) -> Result<Vec<u8>, PdfError> {
    let serial = view.issue.as_ref().map_or("", |issue| &issue.serial);
    let (title, author) = match form.anonymous {
        true => (form.title.clone(), String::new()),
        false => (
            format!("{} {} 様", form.title, shown(view, "name")),
            shown(view, "facility_name"),
        ),
    };
    let document = Document::new(title, author, serial, printed_at(view));
    super::render(&document.with(section(form, view)))
}

/// The form as pages.
pub fn section(form: &Form, view: &SheetView) -> Section<'static> {
    let mut section = Section::new()
        .bookmark(form.title.clone())
        .gap(GAP)
        .margins(MARGINS)
        .block(head(form, view));
    section.continues = "▼ 次のページに続きがあります".to_owned();
    section.fit_pages = usize::from(form.one_page);
    if !form.anonymous {
        section = section.continued(continued(view));
        if let Some(alike) = lead::like_names(view) {
            section = section.block(alike);
        }
    }
    for print in &form.print {
        section = match print {
            Print::Band => section.block(lead::band(view).keep_together()),
            Print::Grid { title, rows, .. } => {
                section.block(Element::from(walk::grid(title, rows, view)).keep_together())
            }
            Print::Table {
                title,
                source,
                columns,
                across,
            } => section.block(walk::table(title, &view.shown(*source), columns, *across)),
            Print::Blank { title, rows, .. } => section.block(walk::blank(title, rows)),
        };
    }
    let foot = footer(form, view);
    section.footer(move |page| foot_line(&foot, page))
}

fn head(form: &Form, view: &SheetView) -> Element {
    let issued = printed_at(view);
    let serial = view.issue.as_ref().map_or("未発行".to_owned(), |issue| {
        format!("No. {}", issue.serial)
    });
    let when = format!("記入・提供 {}", date::moment_text(issued));
    let beside = Stack::new(0.2)
        .with(Text::critical(serial, 10.0).align(Align::Right))
        .with(Text::value(when).size(WORDS_PT).align(Align::Right));
    let title = Text::heading(1, form.title.as_str())
        .size(TITLE_PT)
        .within(1, 13.0);
    let top = Row::new(2.0)
        .at(Width::Share(1.0), Vertical::Middle, title)
        .at(Width::Mm(62.0), Vertical::Middle, beside);
    let mut head = Stack::new(0.6).with(top).with(Rule {
        border: Border::Heavy,
    });
    if form.direction == Some(Direction::ToHospital) {
        head = head.with(words(consent(view)));
    }
    if !form.anonymous {
        head = head.with(words(as_of(view)));
    }
    head.into()
}

fn words(text: String) -> Text {
    Text::value(text).size(WORDS_PT).leading(1.2)
}

/// On what consent it is given; without one the paper says so and claims none.
fn consent(view: &SheetView) -> String {
    let stay = view.stay.as_ref().map(|stay| &stay.stay.admission);
    let as_of = match stay.and_then(|admission| admission.status_as_of.value()) {
        Some(day) => format!("{} 現在の状態です。", day.seireki()),
        None => "状態の基準日 未確認。".to_owned(),
    };
    let given = match crate::domain::sheet::may_share_with_crews(&view.record) {
        true => "利用者(患者)または家族の同意に基づき、情報を提供します。",
        false => "情報提供の同意は、記録されていません。",
    };
    format!("{given}{as_of}")
}

/// From which record, written and gone through by whom and when: a sheet without date and confirmer is distrusted.
fn as_of(view: &SheetView) -> String {
    let marks = &view.marks;
    let mut words = format!(
        "入居者の記録 第{}版 {} {} 記入・全項目の最終確認 {}",
        marks.revision,
        Day::of(marks.recorded_at).iso(),
        marks.recorded_by,
        view.staleness().words()
    );
    let written = view.stay.iter().flat_map(|stay| &stay.written);
    for (part, at, by) in written {
        words.push_str(&format!(
            "　{} {} {by} 記入",
            part.label(),
            date::moment_short(*at)
        ));
    }
    words
}

fn footer(form: &Form, view: &SheetView) -> String {
    let mut parts = Vec::new();
    if !form.anonymous {
        parts.push(shown(view, "facility_name"));
        parts.push(format!("{} 様", shown(view, "name")));
    }
    parts.extend(
        view.issue
            .as_ref()
            .map(|issue| format!("No. {}", issue.serial)),
    );
    parts.push(format!("様式 {}({})", form.edition, form.issuer));
    parts.push(form.source.clone());
    parts.join("　")
}
