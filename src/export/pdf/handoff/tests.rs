use serde_json::Value;

use super::*;
use crate::domain::answer::{Coded, Kind, NOT_ASKED, Shown, YesNo};
use crate::domain::form::{Forms, Source};
use crate::domain::handoff::{Part, Stay, StayView};
use crate::domain::standing::StandingKind;
use crate::domain::transport::sample::at_call;
use crate::export::pdf::laid::{Content, Laid};
use crate::export::pdf::sheet::sample;
use crate::export::pdf::text::Shaper;
use crate::export::pdf::{flow, page_count};

/// Three weeks in hospital of the sheet's ordinary resident, with everything answered.
fn view() -> SheetView {
    let parts: Value = serde_json::from_str(include_str!("sample.json")).unwrap();
    let mut view = sample::standing(StandingKind::OrderOnFile);
    let mut stay = Stay::default();
    for part in Part::ALL {
        stay.put(*part, &parts[part.code()].to_string())
            .unwrap_or_else(|problems| panic!("{part:?} {problems:?}"));
    }
    view.stay = Some(Box::new(StayView {
        stay,
        emergency: Some(at_call(view.as_of)),
        written: vec![(Part::Admission, view.as_of, "髙﨑 恵子".to_owned())],
    }));
    view
}

fn pages(form: &Form, view: &SheetView) -> Vec<String> {
    let shaper = Shaper::new();
    let pages = flow::pages(&shaper, &section(form, view), 0).unwrap();
    let words = |page: &flow::PlacedPage| {
        let mut text = String::new();
        let furniture = page.header.iter().chain(&page.blocks).chain(&page.footer);
        furniture.for_each(|placed| collect(&placed.laid, &mut text));
        text
    };
    pages.iter().map(words).collect()
}

fn collect(laid: &Laid, text: &mut String) {
    if let Some(Content::Lines { shaped, .. }) = &laid.content {
        text.push_str(&shaped.text);
        text.push('\n');
    }
    laid.children
        .iter()
        .for_each(|child| collect(&child.laid, text));
}

fn bare(words: &str) -> String {
    words.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn every_field_of_a_stay_is_answered_in_the_sample_and_printed_by_a_form() {
    let view = view();
    let forms = Forms::built_in();
    let placed: Vec<Source> = forms.handoff().flat_map(Form::sources).collect();
    for field in Stay::fields() {
        let source = Source::Stay(field);
        assert!(
            !view.shown(source).is_not_asked(),
            "{} is not in the sample",
            field.key
        );
        assert!(placed.contains(&source), "{} is on no form", field.key);
    }
}

#[test]
fn paper_says_what_the_record_says() {
    let view = view();
    for form in Forms::built_in().handoff() {
        let text = bare(&pages(form, &view).concat());
        for cell in form.cells() {
            let shown = view.cell(cell);
            let words = match &shown {
                _ if !cell.ticks.is_empty() => {
                    let boxes = cell.boxes(&view.json(cell.source));
                    let ticked = boxes.ticks.iter().filter(|(is_ticked, _)| *is_ticked);
                    ticked.map(|(_, label)| format!("☑{label}")).collect()
                }
                // A yes in a row stands with its column's word.
                Shown::Rows(rows) => {
                    let cells = rows.iter().flatten();
                    let cells = cells.filter(|(field, _)| !matches!(field.kind, Kind::Choice(choices) if choices == YesNo::CHOICES));
                    cells.map(|(_, shown)| shown.line()).collect()
                }
                shown => vec![shown.line()],
            };
            for words in words.iter().filter(|words| *words != NOT_ASKED) {
                let words = bare(words).replace("内線", "");
                let is_there = text.contains(&words) || text.replace("内線", "").contains(&words);
                assert!(
                    is_there,
                    "{} {}: 「{words}」 in {text}",
                    form.key,
                    cell.source.key()
                );
            }
        }
    }
}

#[test]
fn the_views_for_ward_msw_and_physician_are_one_page_each() {
    // With an order on file and a long night before, a view may go on; it then says so on both pages.
    let view = SheetView {
        standing: sample::ordinary().standing,
        ..view()
    };
    let forms = Forms::built_in();
    for key in ["ward", "msw", "physician", "placement", "sensitive"] {
        assert_eq!(pages(forms.get(key).unwrap(), &view).len(), 1, "{key}");
    }
}

#[test]
fn s16_what_goes_to_a_hospital_prints_the_order_with_date_physician_scope_and_state() {
    let view = view();
    let order = view.standing.order().unwrap().clone();
    for form in Forms::built_in()
        .handoff()
        .filter(|form| form.direction == Some(Direction::ToHospital) && !form.restricted)
    {
        let text = bare(&pages(form, &view).concat());
        let band = view.standing.band();
        assert!(text.contains(&bare(band.headline)), "{}", form.key);
        assert!(text.contains(&bare(band.until)), "{}", form.key);
        assert!(text.contains("心停止"), "{}", form.key);
        assert!(text.contains(&bare(&order.physician)), "{}", form.key);
    }
}

#[test]
fn s18_what_nobody_asked_prints_so_and_ticks_nothing() {
    let mut view = SheetView::of(
        Default::default(),
        Default::default(),
        crate::domain::standing::Standing::by_failure(),
        crate::domain::clock::Moment(1_795_393_800_000),
    );
    view.stay = None;
    for form in Forms::built_in().handoff() {
        let text = pages(form, &view).concat();
        assert!(!text.contains('☑'), "{}: {text}", form.key);
        assert!(text.contains(NOT_ASKED), "{}", form.key);
    }
}

#[test]
fn a_page_without_names_tells_nobody() {
    let view = view();
    let forms = Forms::built_in();
    let form = forms.get("placement").unwrap();
    assert!(form.anonymous);
    let bytes = render(form, &view).unwrap();
    let text = bare(&pages(form, &view).concat());
    for key in [
        "name",
        "name_kana",
        "birth_date",
        "room",
        "home_address",
        "phone",
        "facility_name",
        "facility_phone",
        "facility_address",
    ] {
        let words = bare(&shown(&view, key));
        assert!(
            words.is_empty() || words == NOT_ASKED || !text.contains(&words),
            "{key} {words}"
        );
    }
    let file = String::from_utf8_lossy(&bytes).into_owned();
    for key in ["name", "facility_name"] {
        assert!(!file.contains(&shown(&view, key)), "{key} in the file");
    }
    assert!(text.contains("80代") || text.contains("90代"), "{text}");
    let named = form.text.replace("show = \"age_band\"", "show = \"name\"");
    assert!(
        Form::parse("x.toml", &named).unwrap_err()[0]
            .message
            .contains("anonymous")
    );
}

#[test]
fn what_only_some_may_see_is_on_its_own_form_alone() {
    let forms = Forms::built_in();
    for form in forms.iter() {
        let sensitive = form
            .sources()
            .any(|source| Part::of(source.key()) == Some(Part::Sensitive));
        assert_eq!(sensitive, form.restricted, "{}", form.key);
    }
    let open = forms
        .get("sensitive")
        .unwrap()
        .text
        .replace("restricted = true", "");
    assert!(
        Form::parse("x.toml", &open).unwrap_err()[0]
            .message
            .contains("restricted")
    );
    let scan = &forms.scan().text;
    let (_, shown) = scan.split_once("show = \"").unwrap();
    let (first, _) = shown.split_once('"').unwrap();
    let scan = scan.replacen(&format!("\"{first}\""), "\"abuse_suspicion\"", 1);
    assert!(Form::parse("scan.toml", &scan).is_err());
}

#[test]
fn where_the_form_has_fewer_words_the_record_has_the_last() {
    let view = view();
    let forms = Forms::built_in();
    let lossy = |key: &str| {
        forms
            .get(key)
            .unwrap()
            .cells()
            .filter(|cell| cell.is_lossy())
            .count()
    };
    assert!(lossy("admission") > 0 && lossy("transfer") > 0);
    for form in forms.handoff() {
        let text = bare(&pages(form, &view).concat());
        for cell in form.cells().filter(|cell| cell.is_lossy()) {
            let boxes = cell.boxes(&view.json(cell.source));
            assert!(
                text.contains(&bare(&boxes.beside)),
                "{} {}",
                form.key,
                cell.source.key()
            );
        }
    }
}

/// Writes every form to the folder named by `HANDOFF_OUT`, to be looked at.
#[test]
fn every_form_can_be_looked_at() {
    let view = view();
    for form in Forms::built_in().handoff() {
        let bytes = render(form, &view).unwrap();
        assert!(
            page_count(bytes.clone()).is_some_and(|pages| (1..=4).contains(&pages)),
            "{}",
            form.key
        );
        if let Ok(folder) = std::env::var("HANDOFF_OUT") {
            std::fs::write(format!("{folder}/{}.pdf", form.key), bytes).unwrap();
        }
    }
}
