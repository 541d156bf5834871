//! 紙の置き場: one page for the wall of the night desk. Where the papers are, what goes along with the crew, and what to
//! say to 119. It hangs where visitors see it, so it holds nothing about any resident.

use super::sheet::foot_line;
use super::{
    Band, Border, Cell, Document, Element, Grid, Margins, PdfError, Row, Rule, Section, Stack,
    Text, Vertical, Width,
};
use crate::domain::answer::{self, Answer, Known, Scalar};
use crate::domain::clock::Moment;
use crate::domain::date;
use crate::domain::record::FacilityFacts;
use crate::domain::standing::{EVERYTHING_ELSE, ON_CARDS};

const MARGINS: Margins = Margins {
    top: 12.0,
    right: 15.0,
    bottom: 9.0,
    left: 15.0,
};
const GAP: f32 = 4.0;
const BODY_PT: f32 = 13.0;
/// Read from a step away.
const FLOOR_PT: f32 = 11.0;
/// When the screens are gone: what to do instead, and what becomes of what was tapped.
const NO_SCREEN: &str = "画面が使えないときは、この紙のとおりに動き、したことと時刻を手書き用の白紙に書きます。開いたままの画面に残った記録は、つながると自動で送られます。";
/// Room for what somebody writes, in millimetres.
const LINE_MM: f32 = 12.0;

/// What goes along (domain/emergency.md §1.3 no. 48).
const ALONG: [&str; 5] = [
    "救急連絡シート",
    "お薬手帳・いまの薬",
    "保険証・マイナカード・診察券",
    "指示書の原本(あるとき)",
    "眼鏡・補聴器・義歯・靴",
];

/// The page of a facility.
///
/// # Errors
/// A character that no font has.
pub fn render(facility: &FacilityFacts, printed_at: Moment) -> Result<Vec<u8>, PdfError> {
    let name = facility.facility_name.to_string();
    let document = Document::new(format!("紙の置き場 {name}"), name, "door", printed_at);
    super::render(&document.with(section(facility, printed_at)))
}

/// Where things are, each with its label.
fn told(facility: &FacilityFacts) -> [(&'static str, &Known<answer::Text<40>>); 4] {
    [
        ("救急連絡シートの綴り", &facility.binder_place),
        ("カード", &facility.cards_place),
        ("指示書の原本", &facility.originals_place),
        ("お薬手帳・保険証", &facility.belongings_place),
    ]
}

/// The places that nobody told yet: they are printed as lines to write on.
pub fn unknown_places(facility: &FacilityFacts) -> Vec<&'static str> {
    let unknown = told(facility)
        .into_iter()
        .filter(|(_, place)| place.value().is_none());
    unknown.map(|(label, _)| label).collect()
}

fn section<'a>(facility: &FacilityFacts, printed_at: Moment) -> Section<'a> {
    let foot = format!(
        "{}　紙の置き場　{} 印刷",
        facility.facility_name,
        date::moment_short(printed_at)
    );
    let mut section = Section::new()
        .gap(GAP)
        .margins(MARGINS)
        .bookmark("紙の置き場")
        .block(
            Text::heading(1, "急変のとき　紙の置き場")
                .size(26.0)
                .leading(1.1),
        )
        .block(Rule {
            border: Border::Heavy,
        })
        .block(call(facility))
        .block(places(facility))
        .block(along())
        .block(arrest());
    section.fit_pages = 1;
    section.footer(move |page| foot_line(&foot, page))
}

fn body(words: impl Into<String>) -> Text {
    Text::value(words)
        .size(BODY_PT)
        .floor(FLOOR_PT)
        .leading(1.25)
}

/// Large where it fits on two lines.
fn large(words: impl Into<String>, size_pt: f32) -> Text {
    body(words)
        .size(size_pt)
        .within(2, FLOOR_PT)
        .leading(1.2)
        .bold()
}

fn checked(thing: &str) -> Text {
    Text::checks([(false, thing)])
        .size(BODY_PT)
        .floor(FLOOR_PT)
        .leading(1.25)
}

fn label(words: &str) -> Text {
    Text::value(words).size(FLOOR_PT).floor(10.5).leading(1.2)
}

/// The answer, or a line to write on.
fn fact<T: Scalar>(words: &str, known: &Known<T>, size_pt: f32) -> Cell
where
    Known<T>: Answer,
{
    let stack = Stack::new(0.4).with(label(words));
    match known.value() {
        Some(value) => Cell::new("", stack.with(large(value.shown(), size_pt))),
        None => Cell::new("", stack).min_height(LINE_MM + 4.0),
    }
}

fn call(facility: &FacilityFacts) -> Element {
    let said = Text::critical("119番に、このとおり言います", 16.0).leading(1.2);
    let facts = Grid::new()
        .row([fact(
            "「救急です。住所は」",
            &facility.facility_address,
            17.0,
        )])
        .row([
            fact("「施設の名前は」", &facility.facility_name, 15.0).span(7),
            fact("「電話は」", &facility.facility_phone, 17.0).span(5),
        ])
        .row([fact(
            "「救急車の入口は」",
            &facility.ambulance_entrance,
            14.0,
        )]);
    Stack::new(1.5).with(said).with(facts).into()
}

fn places(facility: &FacilityFacts) -> Element {
    let [binder, cards, originals, belongings] = told(facility);
    Stack::new(1.5)
        .with(Text::critical("紙はここにあります", 16.0).leading(1.2))
        .with(
            Grid::new()
                .row([fact(binder.0, binder.1, 17.0)])
                .row([
                    fact(cards.0, cards.1, 14.0).span(6),
                    fact(belongings.0, belongings.1, 14.0).span(6),
                ])
                .row([
                    fact(originals.0, originals.1, 14.0).span(6),
                    Cell::new("", label("手書き用の白紙(ここに書く)")).span(6),
                ]),
        )
        .into()
}

fn along() -> Element {
    let row = ALONG.chunks(2).fold(Stack::new(1.0), |stack, pair| {
        let row = pair.iter().fold(Row::new(2.0), |row, thing| {
            row.at(Width::Share(1.0), Vertical::Top, checked(thing))
        });
        stack.with(row)
    });
    Stack::new(1.5)
        .with(Text::critical("救急隊に渡すもの・持たせるもの", 16.0).leading(1.2))
        .with(row)
        .with(body(NO_SCREEN))
        .into()
}

/// What holds for everybody (safety.md S3, S13).
fn arrest() -> Element {
    let words = Stack::new(0.8)
        .with(Text::critical(ON_CARDS, 17.0).within(1, 14.0).leading(1.25))
        .with(body(format!("{EVERYTHING_ELSE}。")));
    Band::framed(words).into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::export::pdf::sheet::sample::NOW;

    fn facility(more: serde_json::Value) -> FacilityFacts {
        FacilityFacts::from_json(&more).unwrap()
    }

    #[test]
    fn the_longest_texts_stay_on_one_page() {
        let long = |chars: usize| "鴎".repeat(chars);
        let full = facility(json!({
            "facility_name": long(60), "facility_address": long(120), "facility_phone": "0463-00-4100",
            "ambulance_entrance": long(80), "binder_place": long(40), "cards_place": long(40),
            "originals_place": long(40), "belongings_place": long(40),
        }));
        assert_eq!(section(&full, NOW).pages().unwrap(), 1);
        assert_eq!(unknown_places(&full), Vec::<&str>::new());
    }

    #[test]
    fn what_nobody_told_is_a_line_to_write_on() {
        let bare = facility(json!({"facility_name": "さざなみ苑"}));
        assert_eq!(section(&bare, NOW).pages().unwrap(), 1);
        assert_eq!(unknown_places(&bare).len(), 4);
        assert!(render(&bare, NOW).unwrap().starts_with(b"%PDF"));
    }
}
