//! Every field of the built-in forms, shown and posted back: nothing may be lost between the page and the record.

use proptest::prelude::*;

use super::browser::Page;
use super::edit::{self, Pages, Typed};
use super::{change, post, read};
use crate::domain::answer::{Choice, Field, Inputs, Kind, Problems, Shown};
use crate::domain::date::Day;
use crate::domain::directive::sample as directive;
use crate::domain::form::{Forms, Section};
use crate::domain::record::{FacilityFacts, Record};
use crate::domain::sheet::{Missing, Staleness, changes, merge, missing};
use crate::domain::standing::StandingKind;
use crate::domain::view::{Marks, SheetView};

/// What people, programs and attackers put into a field.
fn hostile() -> Vec<String> {
    vec![
        "<script>alert(1)</script>\"'&amp;&".to_owned(),
        "</textarea></select><input name=\"name\" value=\"x\">".to_owned(),
        "\u{202E}彼\u{2066}逆\u{200B}".to_owned(),
        "\n1行目\r\n2行目\n\n".to_owned(),
        " \u{3000}前後に空白 ".to_owned(),
        "不明".to_owned(),
        "わからない".to_owned(),
        "present".to_owned(),
        "-1".to_owned(),
    ]
}

/// Something true of every kind.
fn sound(key: &str, kind: Kind, inputs: &mut Inputs) {
    let mut set = |value: &str| inputs.set(key, value);
    match kind {
        Kind::Text { .. } => set("内容"),
        Kind::Lines { .. } => set("1行目\n2行目"),
        Kind::Name => set("髙﨑\u{3000}𠮷子"),
        Kind::Kana => set("たかさき\u{3000}よしこ"),
        Kind::Day => set("昭和12年3月4日"),
        Kind::PartialDay => set("2015年3月"),
        Kind::Phone => set("0463-23-1111 内線12"),
        Kind::Postcode => set("254-8686"),
        Kind::Digits { len } => set(&"0".repeat(len)),
        Kind::Number { max, .. } => set(&(max / 10).to_string()),
        Kind::BloodPressure => set("128/74"),
        Kind::Choice(choices) => set(choices[choices.len() - 1].code),
        Kind::Photo => set(&"0a".repeat(32)),
        Kind::Checks(choices) => {
            for Choice { code, .. } in choices {
                inputs.push(key.to_owned(), (*code).to_owned());
            }
            inputs.set(format!("{key}.state"), "present");
            inputs.set(format!("{key}.note"), "補足");
        }
        Kind::Rows(fields) => {
            inputs.set(format!("{key}.state"), "present");
            for row in 0..2 {
                for field in fields {
                    sound(&format!("{key}.{row}.{}", field.key), field.kind, inputs);
                }
            }
        }
    }
}

/// `text` in every place of a field where text can be put.
fn everywhere(key: &str, kind: Kind, text: &str, inputs: &mut Inputs) {
    let parts = ["state", "note", "confirmed_on", "confirmed_on.era"];
    match kind {
        Kind::Rows(fields) => {
            for field in fields {
                everywhere(&format!("{key}.0.{}", field.key), field.kind, text, inputs);
            }
            inputs.set(key, text);
            inputs.set(format!("{key}.state"), text);
        }
        Kind::Checks(_) => {
            inputs.push(key.to_owned(), text.to_owned());
            inputs.push(key.to_owned(), format!("{text}2"));
            for part in parts {
                inputs.set(format!("{key}.{part}"), text);
            }
        }
        Kind::Day => {
            inputs.set(key, text);
            inputs.set(format!("{key}.era"), text);
        }
        _ => inputs.set(key, text),
    }
}

fn filled(fill: impl Fn(&'static Field, &mut Inputs)) -> Inputs {
    let mut inputs = Inputs::default();
    for field in Record::fields() {
        fill(field, &mut inputs);
    }
    inputs
}

fn full() -> Inputs {
    filled(|field, inputs| sound(field.key, field.kind, inputs))
}

fn today() -> Day {
    Day::from_ymd(2026, 11, 23).unwrap()
}

fn page(section: &Section, inputs: &Inputs, problems: &Problems, missing: &[Missing]) -> Page {
    let typed = Typed {
        inputs,
        problems,
        missing,
        today: today(),
        photo: Some("/residents/1/photo"),
        focus: None,
    };
    Page::parse(&edit::section(section, &typed).into_string())
}

/// Shows every section of the sheet and posts it back untouched.
fn through_the_pages(inputs: &Inputs) -> Inputs {
    through(inputs, |_| true)
}

fn through(inputs: &Inputs, concerns: impl Fn(&Section) -> bool) -> Inputs {
    let forms = Forms::built_in();
    let (record, problems) = Record::read(inputs);
    let missing = missing(&record, forms.emergency());
    let mut after = inputs.clone();
    for section in forms
        .emergency()
        .sections
        .iter()
        .filter(|section| concerns(section))
    {
        let page = page(section, inputs, &problems, &missing);
        assert_eq!(page.barriers(), [""; 0], "{}", section.key);
        post::take(&mut after, section, &page.posted());
    }
    after
}

fn without_marks(inputs: &Inputs) -> Inputs {
    Inputs::from_pairs(
        inputs
            .iter()
            .filter(|(key, _)| !key.ends_with(".row"))
            .flat_map(|(key, values)| values.iter().map(|value| (key.to_owned(), value.clone()))),
    )
}

#[test]
fn a_full_sheet_comes_back_as_it_was() {
    let inputs = full();
    let (_, problems) = Record::read(&inputs);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(without_marks(&through_the_pages(&inputs)), inputs);
}

#[test]
fn an_empty_sheet_stays_empty() {
    let inputs = Inputs::default();
    assert_eq!(through_the_pages(&inputs), inputs);
}

#[test]
fn whatever_was_typed_comes_back_and_reads_the_same() {
    for text in hostile() {
        let inputs = filled(|field, inputs| everywhere(field.key, field.kind, &text, inputs));
        let after = through_the_pages(&inputs);
        let (before, problems) = Record::read(&inputs);
        let (record, problems_after) = Record::read(&after);
        assert_eq!(problems_after, problems, "{text:.40}");
        assert_eq!(record, before, "{text:.40}");
        let again = through_the_pages(&after);
        assert_eq!(again, after, "{text:.40}");
        let kept = |key: &str| after.get(key).replace('\r', "");
        for key in [
            "name",
            "home_address",
            "usual_bp",
            "life_history",
            "medications.0.name",
        ] {
            assert_eq!(kept(key), text.replace('\r', ""), "{key}");
        }
    }
}

#[test]
fn ten_thousand_characters_are_refused_but_not_cut() {
    let long = "髙".repeat(10_000);
    let mut inputs = Inputs::default();
    let mut kinds = Vec::new();
    for field in Record::fields() {
        // One field of each kind, lists with all their parts.
        let kind = std::mem::discriminant(&field.kind);
        if !kinds.contains(&kind) || matches!(field.kind, Kind::Rows(_)) {
            kinds.push(kind);
            everywhere(field.key, field.kind, &long, &mut inputs);
        }
    }
    assert!(kinds.len() > 14);
    let after = through_the_pages(&inputs);
    assert_eq!(Record::read(&after).1, Record::read(&inputs).1);
    for (key, values) in inputs.iter() {
        assert_eq!(after.all(key), values, "{key}");
    }
}

#[test]
fn every_state_of_a_list_comes_back() {
    for state in ["unknown", "none", "not_asked", "present", "maybe"] {
        for beside in [None, Some(("allergies.0.substance", "卵"))] {
            let mut inputs = Inputs::default();
            inputs.set("allergies.state", state);
            inputs.set("special_care.state", state);
            inputs.set("allergies.confirmed_on", "S12.3.4");
            inputs.set("special_care.confirmed_on", "12/3/4");
            inputs.set("special_care.confirmed_on.era", "S");
            if let Some((key, value)) = beside {
                inputs.set(key, value);
                inputs.push("special_care".to_owned(), "oxygen".to_owned());
            }
            let after = through_the_pages(&inputs);
            assert_eq!(without_marks(&after), inputs, "{state} {beside:?}");
        }
    }
}

#[test]
fn saying_not_asked_beside_rows_is_a_contradiction_and_no_silence() {
    let mut inputs = Inputs::default();
    inputs.set("allergies.0.substance", "卵");
    let section = Forms::built_in()
        .emergency()
        .section("alerts")
        .unwrap()
        .clone();
    let page = page(&section, &inputs, &Problems::default(), &[]);
    let values: Vec<_> = page
        .0
        .iter()
        .filter(|element| element.get("name") == Some("allergies.state"))
        .map(|radio| radio.get("value").unwrap())
        .collect();
    assert_eq!(values, ["not_asked", "unknown", "none", "present"]);
    assert_eq!(page.posted().get("allergies.state"), "present");
}

#[test]
fn an_empty_row_stays_until_it_is_removed() {
    let mut inputs = Inputs::default();
    post::apply(&mut inputs, "add:medications").unwrap();
    post::apply(&mut inputs, "add:medications").unwrap();
    assert_eq!(through_the_pages(&inputs).rows("medications"), [0, 1]);
}

#[test]
fn a_problem_stands_at_its_input_and_the_summary_leads_there() {
    let forms = Forms::built_in();
    let form = forms.emergency();
    let mut inputs = full();
    inputs.set("birth_date", "昭和65年1月1日");
    inputs.set("emergency_contacts.1.phone_mobile", "090");
    inputs.set("partner_hospitals.0.accepts.state", "none");
    inputs.set("sex", "<b>");
    inputs.set("colour", "赤");
    let (_, problems) = Record::read(&inputs);
    assert_eq!(problems.len(), 5, "{problems:?}");
    for (section, key) in [
        ("identity", "birth_date"),
        ("identity", "sex"),
        ("contacts", "emergency_contacts.1.phone_mobile"),
        ("contacts", "partner_hospitals.0.accepts"),
    ] {
        let section = form.section(section).unwrap();
        let page = page(section, &inputs, &problems, &[]);
        let input = page.0.iter().find(|element| element.get("id") == Some(key));
        let described = input.and_then(|input| input.get("aria-describedby"));
        let error = format!("{key}-error");
        assert!(described.unwrap().split(' ').any(|id| id == error), "{key}");
        let error = page
            .0
            .iter()
            .find(|element| element.get("id") == Some(&error));
        assert_eq!(Some(error.unwrap().text.as_str()), problems.at(key));
    }
    let pages = Pages {
        form,
        base: "/residents/1/edit",
        current: Some("identity"),
    };
    let summary = edit::error_summary(&problems, &inputs, &pages).into_string();
    for link in [
        "href=\"#birth_date\">生年月日: ",
        "href=\"/residents/1/edit/contacts#emergency_contacts.1.phone_mobile\">緊急連絡先 2番目 携帯電話: ",
        "<li>colour: ",
        "5か所を直してください",
    ] {
        assert!(summary.contains(link), "{link} in {summary}");
    }
    assert!(!summary.contains("<b>"));
}

#[test]
fn a_date_says_how_it_was_read() {
    let inputs = Inputs::from_pairs([
        ("birth_date".to_owned(), "12.3.4".to_owned()),
        ("birth_date.era".to_owned(), "S".to_owned()),
    ]);
    let section = Forms::built_in()
        .emergency()
        .section("identity")
        .unwrap()
        .clone();
    let page = page(&section, &inputs, &Problems::default(), &[]);
    let input = page
        .0
        .iter()
        .find(|element| element.get("id") == Some("birth_date"));
    assert!(
        input
            .unwrap()
            .get("aria-describedby")
            .unwrap()
            .contains("birth_date-read")
    );
    let read = page
        .0
        .iter()
        .find(|element| element.get("id") == Some("birth_date-read"));
    assert_eq!(read.unwrap().text, "昭和12年3月4日(1937年) 89歳");
}

#[test]
fn what_is_missing_is_said_beside_the_list() {
    let mut inputs = Inputs::default();
    inputs.set("emergency_contacts.0.name", "髙﨑 一郎");
    let forms = Forms::built_in();
    let (record, problems) = Record::read(&inputs);
    let missing = missing(&record, forms.emergency());
    let page = page(
        forms.emergency().section("contacts").unwrap(),
        &inputs,
        &problems,
        &missing,
    );
    let said = page
        .0
        .iter()
        .find(|element| element.get("id") == Some("emergency_contacts-missing"));
    assert!(said.unwrap().text.contains("2人以上を登録してください"));
}

#[test]
fn the_navigation_names_each_section_with_a_word() {
    let forms = Forms::built_in();
    let mut inputs = full();
    inputs.set("allergies.state", "none");
    inputs.replace("medications", Inputs::default());
    inputs.replace("usual_bp", Inputs::default());
    let (record, problems) = Record::read(&inputs);
    let markup = edit::nav(forms.emergency(), &record, &problems, "contacts").into_string();
    let page = Page::parse(&markup);
    assert_eq!(page.barriers(), [""; 0]);
    let button = |section: &str| {
        let value = format!("go:{section}");
        page.0
            .iter()
            .find(|element| element.get("value") == Some(&value))
            .unwrap()
    };
    assert!(
        button("identity").text.ends_with("記入済み 5/5")
            || button("identity").text.contains("記入済み")
    );
    assert!(button("alerts").text.contains("誤りあり"));
    assert!(button("medicines").text.contains("一部記入 0/1"));
    assert!(button("insurance").text.contains("任意・記入あり"));
    assert_eq!(button("contacts").get("aria-current"), Some("step"));
    assert_eq!(button("identity").get("aria-current"), None);
}

#[test]
fn the_facility_s_own_facts_come_back() {
    let mut inputs = Inputs::default();
    for field in <FacilityFacts as crate::domain::answer::Grouped>::FIELDS {
        sound(field.key, field.kind, &mut inputs);
    }
    let problems = Problems::default();
    let typed = Typed {
        inputs: &inputs,
        problems: &problems,
        missing: &[],
        today: today(),
        photo: None,
        focus: None,
    };
    let fields = <FacilityFacts as crate::domain::answer::Grouped>::FIELDS;
    let page = Page::parse(&edit::fields(fields, &["facility_name"], &typed).into_string());
    assert_eq!(page.barriers(), [""; 0]);
    let mut after = Inputs::default();
    post::take_fields(&mut after, fields, &page.posted());
    assert_eq!(after, inputs);
}

fn view(inputs: &Inputs) -> SheetView {
    let (record, problems) = Record::read(inputs);
    assert!(problems.is_empty(), "{problems:?}");
    SheetView {
        facility: FacilityFacts::default(),
        record,
        standing: directive::of(StandingKind::FullCpr),
        last_talk: None,
        marks: Marks {
            revision: 7,
            recorded_at: today().starts_at(),
            recorded_by: "佐々木 美由紀(看護職)".to_owned(),
            verified_at: None,
            is_drill: false,
        },
        alike: vec!["203号室 髙崎 良子".to_owned()],
        as_of: today().starts_at(),
        issue: None,
        at_call: None,
        stay: None,
    }
}

fn read_pages(inputs: &Inputs) -> String {
    let forms = Forms::built_in();
    let view = view(inputs);
    let sections = forms
        .emergency()
        .sections
        .iter()
        .chain(&forms.scan().sections);
    let markup: String = sections
        .map(|section| read::section(&view, section, Some("/edit")).into_string())
        .collect();
    Page::parse(&markup);
    markup
}

#[test]
fn every_answer_stands_on_the_read_page() {
    let inputs = full();
    let markup = read_pages(&inputs);
    let text: String = Page::parse(&markup)
        .0
        .iter()
        .map(|e| e.text.as_str())
        .collect();
    for (field, answer) in view(&inputs).record.walk() {
        assert!(text.contains(field.label), "{}", field.label);
        if let Shown::Text(words) = answer.shown() {
            for line in words.split('\n') {
                assert!(text.contains(line), "{}: {line}", field.key);
            }
        }
    }
    assert!(markup.contains("href=\"tel:0463231111,12\""));
}

#[test]
fn every_question_that_nobody_asked_says_so_by_name() {
    let text: String = Page::parse(&read_pages(&Inputs::default()))
        .0
        .iter()
        .map(|element| element.text.as_str())
        .collect();
    for field in Record::fields() {
        assert!(text.contains(field.label), "{}", field.label);
    }
    assert!(text.contains("未確認"));
    assert!(!text.contains("なし("));
}

#[test]
fn s18_the_four_answers_have_four_words_and_three_shapes() {
    let shown = |state: &str| {
        let mut inputs = Inputs::default();
        inputs.set("allergies.state", state);
        let section = Forms::built_in()
            .emergency()
            .section("alerts")
            .unwrap()
            .clone();
        read::section(&view(&inputs), &section, None).into_string()
    };
    assert!(shown("").contains("data-presence=\"unasked\""));
    assert!(shown("unknown").contains("data-presence=\"unknown\""));
    assert!(shown("none").contains("data-presence=\"none\""));
    assert!(shown("none").contains("なし(確認日 未記入)"));
}

#[test]
fn what_people_wrote_is_never_markup() {
    let script = "<script>\"'&";
    let mut inputs = full();
    for field in Record::fields() {
        match field.kind {
            Kind::Text { max } if max > 20 => inputs.set(field.key, script),
            Kind::Lines { .. } => inputs.set(field.key, script),
            Kind::Rows(parts) => {
                for part in parts {
                    if matches!(part.kind, Kind::Text { max } if max > 20) {
                        inputs.set(format!("{}.0.{}", field.key, part.key), script);
                    }
                }
            }
            _ => {}
        }
    }
    let view = view(&inputs);
    let before = Record::default();
    let mine = view.record.inputs();
    let merge = merge(&Inputs::default(), &mine, &full());
    for markup in [
        read_pages(&inputs),
        read::glance(&view).into_string(),
        change::changes(&changes(&before, &view.record)).into_string(),
        change::conflicts(&merge, script).into_string(),
    ] {
        assert!(!markup.contains("<script"), "{markup}");
        Page::parse(&markup);
    }
}

#[test]
fn s02_s03_s15_every_band_has_its_four_lines() {
    for kind in StandingKind::ALL {
        let standing = directive::of(kind);
        let band = standing.band();
        for markup in [read::band(&standing), read::band_compact(&standing)] {
            let markup = markup.into_string();
            let text = &Page::parse(&markup).0[0].text;
            for words in [band.headline, &band.reason, band.until, &band.area] {
                assert!(text.contains(words), "{words}");
            }
            let place = |words: &str| text.find(words).unwrap();
            if let Some(scope) = band.scope {
                assert!(
                    place(scope) < place(band.headline),
                    "applicability comes first"
                );
            }
            for call in standing.calls() {
                let dial = format!("href=\"tel:{}\"", call.phone.dial());
                assert!(markup.contains(&dial), "{dial}: {markup}");
            }
        }
        let whole = Page::parse(&read::band(&standing).into_string()).0[0]
            .text
            .clone();
        for (label, words) in &band.facts {
            assert!(
                whole.contains(label) && whole.contains(words),
                "{label}: {words}"
            );
        }
        let line = read::band_line(&standing).into_string();
        assert!(line.contains(band.headline));
        let note = read::list_note(&band.area).into_string();
        assert!(note.contains(band.until) && note.contains(&band.area));
    }
}

#[test]
fn s19_the_person_comes_with_room_reading_birth_facility_and_like_names() {
    let mut inputs = full();
    inputs.set("name", "葛\u{E0100}城 一");
    let markup = read::identity_header(&view(&inputs), None).into_string();
    let page = Page::parse(&markup);
    let text = &page.0[0].text;
    for words in [
        "葛\u{E0100}城 一",
        "たかさき",
        "昭和12年3月4日(1937年)",
        "89歳",
        "居室",
        "施設",
        "似た名前: 203号室 髙崎 良子",
        "全項目の確認記録なし",
    ] {
        assert!(text.contains(words), "{words}");
    }
    let face = page
        .0
        .iter()
        .find(|element| element.get("class") == Some("face"));
    assert_eq!(face.unwrap().text, "葛\u{E0100}");
    let photo = read::identity_header(&view(&inputs), Some("/photo?v=\"")).into_string();
    assert!(photo.contains("src=\"/photo?v=&quot;\""));
}

#[test]
fn s21_staleness_is_a_word_and_a_shape() {
    let of = |months: i32| {
        let verified = today().plus_months(-months);
        read::staleness(Staleness::of(Some(verified), today())).into_string()
    };
    assert!(of(1).contains("data-fresh=\"ok\"") && of(1).contains("1か月前"));
    assert!(of(7).contains("data-fresh=\"amber\"") && of(7).contains("6か月を超えています"));
    assert!(of(13).contains("data-fresh=\"red\"") && of(13).contains("12か月を超えています"));
}

#[test]
fn two_editors_settle_what_both_changed() {
    let with = |phone: &str, mobility: &str| {
        let mut inputs = full();
        inputs.set("emergency_contacts.0.phone_mobile", phone);
        inputs.set("oxygen_detail", mobility);
        inputs
    };
    let merged = merge(
        &with("090-1111-1111", "2L/分"),
        &with("090-2222-2222", "3L/分"),
        &with("090-3333-3333", "4L/分"),
    );
    let markup = change::conflicts(&merged, "鈴木 一さん 第8版").into_string();
    let page = Page::parse(&markup);
    assert_eq!(page.barriers(), [""; 0]);
    let choices = |name: &str| -> Vec<&str> {
        page.0
            .iter()
            .filter(|element| element.get("name") == Some(name))
            .filter_map(|element| element.get("value"))
            .collect()
    };
    assert_eq!(
        choices("settle.emergency_contacts"),
        ["mine", "theirs", "both"]
    );
    assert_eq!(choices("settle.oxygen_detail"), ["mine", "theirs"]);
    for words in [
        "2L/分",
        "3L/分",
        "4L/分",
        "鈴木 一さん 第8版",
        "090-2222-2222",
    ] {
        assert!(
            page.0.iter().any(|element| element.text.contains(words)),
            "{words}"
        );
    }
    let settled = change::settled(&Inputs::from_pairs(
        [
            ("settle.emergency_contacts", "both"),
            ("settle.oxygen_detail", "mine"),
            ("settle.name", "neither"),
            ("oxygen_detail", "theirs"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned())),
    ));
    assert_eq!(settled.len(), 2);
    let after = merged.settle(&settled);
    assert_eq!(after.get("oxygen_detail"), "3L/分");
    assert_eq!(after.rows("emergency_contacts").len(), 3);
}

#[test]
fn before_and_after_stand_side_by_side_with_their_words() {
    let mut inputs = Inputs::default();
    inputs.set("allergies.state", "unknown");
    let (after, _) = Record::read(&inputs);
    let markup = change::changes(&changes(&Record::default(), &after)).into_string();
    assert!(markup.contains("アレルギー・禁忌"));
    assert!(markup.contains("data-presence=\"unasked\""));
    assert!(markup.contains("data-presence=\"unknown\""));
}

/// A key of the sheet, a part of one, or a key of a row.
fn any_key() -> impl Strategy<Value = String> {
    fn keys(prefix: &str, field: &Field) -> Vec<String> {
        let key = format!("{prefix}{}", field.key);
        let part = |part: &str| format!("{key}.{part}");
        match field.kind {
            Kind::Rows(fields) => fields
                .iter()
                .flat_map(|field| [0, 3].map(|row| keys(&part(&format!("{row}.")), field)))
                .flatten()
                .chain([
                    part("state"),
                    part("confirmed_on"),
                    part("2.row"),
                    key.clone(),
                ])
                .collect(),
            Kind::Checks(_) => vec![part("state"), part("note"), part("confirmed_on"), key],
            Kind::Day => vec![part("era"), key],
            _ => vec![key],
        }
    }
    let all: Vec<String> = Record::fields().flat_map(|field| keys("", field)).collect();
    proptest::sample::select(all)
}

fn any_text() -> impl Strategy<Value = String> {
    let likely = proptest::sample::select(vec![
        "",
        "不明",
        "unknown",
        "none",
        "present",
        "not_asked",
        "S",
        "12.3.4",
        "昭和12年3月4日",
        "090-1234-5678",
        "128/74",
        "yes",
        "はい",
        "male",
        "oxygen",
        "drug",
        "2015年3月",
        "36.5",
        "<b>&amp;\"'",
        "1\n2",
        "\n",
        " ",
    ])
    .prop_map(str::to_owned);
    // A browser cannot hold U+0000.
    let any = any::<String>().prop_map(|text| text.replace('\0', ""));
    prop_oneof![3 => likely, 1 => any]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_page_posts_what_reads_as_before(
        pairs in proptest::collection::vec((any_key(), any_text()), 0..6)
    ) {
        let inputs = Inputs::from_pairs(pairs);
        let touched = |section: &Section| {
            section.items.iter().any(|item| !inputs.part(item.source.key()).is_empty())
        };
        let after = through(&inputs, touched);
        let (before, problems) = Record::read(&inputs);
        let (record, problems_after) = Record::read(&after);
        prop_assert_eq!(problems_after, problems, "{:?} {:?}", inputs, after);
        prop_assert_eq!(record, before, "{:?} {:?}", inputs, after);
        prop_assert_eq!(through(&after, touched), after);
    }
}
