use serde_json::{Value, json};

use super::sample::{self, ADDRESS};
use super::*;
use crate::domain::answer::{Kind, Known, Shown};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::form::Forms;
use crate::domain::link::LinkToken;
use crate::domain::record::Record;
use crate::domain::standing::{
    BLANK_IS_FULL, EVERYTHING_ELSE, NOT_COVERED, ONLY_IN_ARREST, StandingKind,
};
use crate::domain::transport::at_call::Entry;
use crate::export::pdf::flow::{self, PlacedPage};
use crate::export::pdf::laid::{Content, Ink, Placed};
use crate::export::pdf::text::Shaper;

const HEAD: &str = "key = \"x\"\ntitle = \"様式\"\nedition = \"1\"\nissuer = \"i\"\nsource = \"s\"\nsurface = \"sheet\"\n";

fn form(body: &str) -> Form {
    Form::parse("x.toml", &format!("{HEAD}{body}")).unwrap()
}

fn emergency() -> Form {
    Forms::built_in().emergency().clone()
}

fn paper(photo: Option<&[u8]>) -> Paper<'_> {
    Paper {
        address: ADDRESS,
        photo,
    }
}

/// A line as it stands on paper.
#[derive(Debug)]
struct Printed {
    text: String,
    size_pt: f32,
    y: f32,
    white: bool,
}

fn collect(placed: &Placed, y: f32, found: &mut Vec<Printed>) {
    let y = y + placed.y;
    if let Some(Content::Lines {
        shaped,
        lines,
        size_pt,
        ink,
        ..
    }) = &placed.laid.content
    {
        for line in lines {
            let shapes = &shaped.shapes[line.line.shapes.clone()];
            let range = shapes[0].range.start..shapes[shapes.len() - 1].range.end;
            found.push(Printed {
                text: shaped.text[range].to_owned(),
                size_pt: size_pt * shaped.scale(line.line.shapes.clone()),
                y: y + line.baseline,
                white: *ink == Ink::White,
            });
        }
    }
    if let Some(Content::Column { shaped, .. } | Content::Turned { shaped, .. }) =
        &placed.laid.content
    {
        found.push(Printed {
            text: shaped.text.clone(),
            size_pt: 9.0,
            y,
            white: true,
        });
    }
    for child in &placed.laid.children {
        collect(child, y, found);
    }
}

fn lines(page: &PlacedPage) -> Vec<Printed> {
    let mut found = Vec::new();
    for placed in page.blocks.iter().chain(&page.header).chain(&page.footer) {
        collect(placed, 0.0, &mut found);
    }
    found
}

fn pages(form: &Form, view: &SheetView, photo: Option<&[u8]>) -> Vec<Vec<Printed>> {
    let section = section(form, view, &paper(photo), None);
    let pages = flow::pages(&Shaper::new(), &section, 0).unwrap();
    pages.iter().map(lines).collect()
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn words(page: &[Printed]) -> String {
    page.iter().map(|line| bare(&line.text)).collect()
}

fn all_words(pages: &[Vec<Printed>]) -> String {
    pages.iter().map(|page| words(page)).collect()
}

fn line_with<'a>(page: &'a [Printed], part: &str) -> &'a Printed {
    page.iter()
        .find(|line| bare(&line.text).contains(&bare(part)))
        .unwrap_or_else(|| panic!("{part} is not on this page: {page:#?}"))
}

fn samples() -> [SheetView; 6] {
    [
        sample::ordinary(),
        sample::dense(),
        sample::severe(),
        sample::empty(),
        sample::overflowing(),
        sample::handed_over(sample::dense()),
    ]
}

/// The sheet that is handed over in an emergency says what was noted until then, in place of the boxes to write in.
#[test]
fn a_sheet_printed_in_an_emergency_carries_what_was_noted() {
    let view = sample::handed_over(sample::ordinary());
    let text = all_words(&pages(&emergency(), &view, None));
    let told = view.at_call.as_ref().unwrap();
    let findings = told.observations.iter();
    let findings = findings.flat_map(|(_, one)| one.findings(&view.record.usual));
    let situation = told.situation.answered().map(|(_, shown)| shown.line());
    let said = told.events.iter().map(Entry::said);
    let noted = findings.map(|one| one.now).chain(situation).chain(said);
    for words in noted.chain([
        "119番に電話した".to_owned(),
        "このあとのこと(手書き)".to_owned(),
    ]) {
        assert!(text.contains(&bare(&words)), "{words} in {text}");
    }
    assert!(!text.contains("119番のときに手書き"));
    // A paper of a file or a card is not of this hour.
    let file = Forms::built_in().get("file").unwrap().clone();
    assert!(!all_words(&pages(&file, &view, None)).contains("119番に電話した"));
}

#[test]
fn an_ordinary_resident_and_a_dense_one_fit_a_page_and_a_small_file() {
    let photo = sample::photo();
    for view in [sample::ordinary(), sample::dense()] {
        assert_eq!(pages(&emergency(), &view, Some(&photo)).len(), 1);
        let bytes = render(&emergency(), &view, &paper(Some(&photo))).unwrap();
        assert!(bytes.len() <= 150 * 1024, "{} bytes", bytes.len());
        assert_eq!(
            render(&emergency(), &view, &paper(Some(&photo))).unwrap(),
            bytes
        );
    }
}

#[test]
fn s03_s15_an_ordinary_sheet_is_one_page_in_every_standing() {
    let photo = sample::photo();
    for kind in StandingKind::ALL {
        let view = sample::standing(kind);
        let pages = pages(&emergency(), &view, Some(&photo));
        assert_eq!(pages.len(), 1, "{kind:?}");
        let band = view.standing.band();
        for part in [band.headline, band.until, &band.area, &band.reason] {
            assert!(words(&pages[0]).contains(&bare(part)), "{kind:?}: {part}");
        }
        for call in view.standing.band_calls() {
            let line = line_with(&pages[0], &format!("☎ {}", call.phone));
            assert!(line.size_pt >= 14.0 && line.y < 140.0, "{line:?}");
        }
        let waits_for_a_physician = [
            StandingKind::Conflict,
            StandingKind::FullCprInvalidOrder,
            StandingKind::OrderOnFile,
        ];
        assert_eq!(
            waits_for_a_physician.contains(&kind),
            words(&pages[0]).contains("☎"),
            "{kind:?}"
        );
    }
}

#[test]
fn the_page_that_opens_a_shared_file_is_one_page() {
    let file = Forms::built_in().get("file").unwrap().clone();
    for kind in StandingKind::ALL {
        let found = pages(&file, &sample::standing(kind), None).len();
        let mut full = sample::severe();
        full.standing = crate::domain::directive::sample::of(kind);
        let severe = pages(&file, &full, None).len();
        assert_eq!((found, severe), (1, 1), "{kind:?}");
    }
}

#[test]
fn s09_s13_s14_an_order_on_paper_says_to_what_it_applies_whom_to_call_and_until_when() {
    for view in [
        sample::standing(StandingKind::OrderOnFile),
        sample::longest_order(),
    ] {
        let pages = pages(&emergency(), &view, None);
        let page = &pages[0];
        let band = view.standing.band();
        let scope = line_with(page, ONLY_IN_ARREST);
        let headline = line_with(page, "医師の指示書があります(心停止時のみ)");
        assert!(
            scope.white && scope.y < headline.y,
            "{scope:?} {headline:?}"
        );
        assert!(headline.size_pt >= 14.0);
        let order = view.standing.order().unwrap();
        for (label, fact) in band.facts.iter().filter(|(label, _)| *label != "医師") {
            assert!(words(page).contains(&bare(fact)), "{label}: {fact}");
        }
        for physician in [&order.physician, &order.institution] {
            assert!(words(page).contains(&bare(physician)), "{physician}");
        }
        assert!(words(page).contains(&format!("{}まで有効", order.valid_until)));
        for (label, words_of) in &order.treatments {
            assert!(
                words(page).contains(&bare(&format!("{label}{words_of}"))),
                "{label}"
            );
        }
        for said in [BLANK_IS_FULL, EVERYTHING_ELSE, NOT_COVERED] {
            assert!(words(page).contains(&bare(said)), "{said}");
        }
    }
    let invalid = sample::standing(StandingKind::FullCprInvalidOrder);
    let text = all_words(&pages(&emergency(), &invalid, None));
    assert!(
        !text.contains("まで有効") && !text.contains(ONLY_IN_ARREST),
        "{text}"
    );
}

#[test]
fn s13_a_page_parted_from_the_first_says_to_what_an_order_applies() {
    let view = SheetView {
        standing: sample::longest_order().standing,
        ..sample::overflowing()
    };
    let pages = pages(&emergency(), &view, None);
    assert!(pages.len() > 1);
    for page in &pages {
        let text = words(page);
        for part in [
            ONLY_IN_ARREST,
            "確認まで心肺蘇生を続けてください",
            view.standing.band().until,
        ] {
            assert!(text.contains(&bare(part)), "{part}: {text}");
        }
    }
}

/// Writes a sheet in each standing to the folder named by `SHEET_OUT`, to be looked at.
#[test]
fn a_sheet_in_each_standing_can_be_looked_at() {
    let photo = sample::photo();
    let mut views: Vec<(String, SheetView)> = StandingKind::ALL
        .iter()
        .map(|kind| (kind.code().to_owned(), sample::standing(*kind)))
        .collect();
    views.push(("longest_order".to_owned(), sample::longest_order()));
    for (name, view) in [("ordinary", sample::ordinary()), ("dense", sample::dense())] {
        views.push((format!("handed_over_{name}"), sample::handed_over(view)));
    }
    for (name, view) in views {
        let bytes = render(&emergency(), &view, &paper(Some(&photo))).unwrap();
        assert!(bytes.starts_with(b"%PDF"), "{name}");
        if let Ok(folder) = std::env::var("SHEET_OUT") {
            std::fs::write(format!("{folder}/{name}.pdf"), bytes).unwrap();
        }
    }
}

#[test]
fn what_does_not_fit_goes_on_and_both_pages_say_so() {
    let view = sample::overflowing();
    let pages = pages(&emergency(), &view, None);
    assert!(pages.len() > 1);
    for (at, page) in pages.iter().enumerate() {
        assert!(words(page).contains(&format!("{}/{}ページ", at + 1, pages.len())));
        assert_eq!(
            words(page).contains("次のページに続きがあります"),
            at + 1 < pages.len()
        );
        assert_eq!(words(page).contains("(続き)"), at > 0);
        // A page that was parted from the first still says whose it is and what holds.
        for part in [
            "髙﨑𠮷子",
            "No.2026-0123",
            view.standing.band().headline,
            view.standing.band().until,
        ] {
            assert!(words(page).contains(part), "{part} on page {}", at + 1);
        }
    }
    assert!(all_words(&pages).contains("見本塩酸塩徐放カプセル30mg「サンプル」30カプセル"));
}

/// What a form's cell shows, cell by cell, without joining words.
fn parts(shown: &Shown) -> Vec<String> {
    match shown {
        Shown::Rows(rows) => rows
            .iter()
            .flatten()
            .filter(|(_, shown)| !shown.is_not_asked())
            .filter(|(field, _)| !matches!(field.kind, Kind::Choice(_)))
            .map(|(_, shown)| shown.line())
            .collect(),
        other => vec![other.line()],
    }
}

#[test]
fn everything_that_a_form_places_is_on_paper() {
    let form = emergency();
    for view in samples() {
        let text = all_words(&pages(&form, &view, None));
        for print in &form.print {
            let placed: Vec<Shown> = match print {
                Print::Grid { rows, .. } => {
                    rows.iter().flatten().map(|cell| view.cell(cell)).collect()
                }
                Print::Table {
                    source, columns, ..
                } => vec![match view.shown(*source) {
                    Shown::Rows(rows) => Shown::Rows(
                        rows.into_iter()
                            .map(|row| {
                                row.into_iter()
                                    .filter(|(field, _)| columns.iter().any(|c| c.field == field))
                                    .collect()
                            })
                            .collect(),
                    ),
                    other => other,
                }],
                Print::Blank { .. } | Print::Band => Vec::new(),
            };
            for part in placed.iter().flat_map(parts) {
                assert!(text.contains(&bare(&part)), "{part} is not in {text}");
            }
        }
    }
}

#[test]
fn s02_s03_s15_no_form_can_leave_out_or_delay_the_band() {
    let first_grid = "[[print]]\ntitle = \"本人\"\ngrid = [[{ show = \"name\", span = 12, style = \"large\" }]]\n";
    let list = "[[print]]\ntitle = \"薬\"\ngrid = [[{ show = \"medications\", span = 12 }]]\n";
    let table = "[[print]]\ntitle = \"薬\"\ntable = \"medications\"\ncolumns = [{ show = \"name\", width = 1 }, { show = \"timing\", width = 1 }]\n";
    let band = "[[print]]\nband = true\n";
    let forms = [
        emergency(),
        form(first_grid),
        form(&[first_grid, band, table].concat()),
        form(&[list, table, band].concat()),
        form(&[table, table, first_grid, band].concat()),
        form(&[band, list].concat()),
    ];
    for form in &forms {
        for view in samples() {
            let pages = pages(form, &view, None);
            let band = view.standing.band();
            let headline = line_with(&pages[0], band.headline);
            assert!(headline.size_pt >= 14.0, "{headline:?}");
            for part in [band.headline, band.until, &band.area, &band.reason] {
                assert!(words(&pages[0]).contains(&bare(part)), "{part}");
            }
            let last: String = band.reason.chars().rev().take(6).collect();
            let last: String = last.chars().rev().collect();
            for part in [&band.until[..12], &band.area[..12], &last] {
                let line = line_with(&pages[0], part);
                assert!(line.size_pt >= 9.0 && line.y < 140.0, "{line:?}");
            }
            let list = view.record.medical.medications.rows();
            if let Some(name) = list.first().and_then(|row| row.name.value()) {
                let before = pages[0]
                    .iter()
                    .find(|line| line.text.contains(name.as_str()));
                assert!(
                    before.is_none_or(|line| line.y > headline.y),
                    "{}",
                    form.text
                );
            }
        }
    }
}

/// The longest answer of a kind.
fn longest(kind: Kind) -> Value {
    match kind {
        Kind::Text { max } | Kind::Lines { max } => json!("漢".repeat(max)),
        Kind::Name => json!("名".repeat(40)),
        Kind::Kana => json!("か".repeat(40)),
        Kind::Day => json!("1937-03-04"),
        Kind::PartialDay => json!("2019"),
        Kind::Phone => json!("090-2345-6789 内線123456"),
        Kind::Postcode => json!("254-8686"),
        Kind::Digits { len } => json!("8".repeat(len)),
        Kind::Number { max, .. } => json!(max / 10),
        Kind::BloodPressure => json!("128/74"),
        Kind::Choice(choices) => json!(choices.last().map(|choice| choice.code)),
        Kind::Checks(choices) => {
            let codes: Vec<&str> = choices.iter().map(|choice| choice.code).collect();
            json!({"state": "present", "items": codes, "note": "漢".repeat(200)})
        }
        Kind::Rows(fields) => {
            let row: serde_json::Map<String, Value> = fields
                .iter()
                .map(|field| (field.key.to_owned(), longest(field.kind)))
                .collect();
            json!({"state": "present", "rows": vec![Value::Object(row); 20]})
        }
        Kind::Photo => Value::Null,
    }
}

#[test]
fn however_much_is_typed_it_is_printed_and_the_band_stands_on_page_one() {
    let record: serde_json::Map<String, Value> = Record::fields()
        .map(|field| (field.key.to_owned(), longest(field.kind)))
        .collect();
    let mut view = sample::ordinary();
    view.record = Record::from_json(&Value::Object(record)).unwrap();
    view.alike = vec!["310 髙﨑 芳子(たかさき よしこ)".to_owned(); 40];
    let pages = pages(&emergency(), &view, None);
    assert!(pages.len() > 2);
    line_with(&pages[0], view.standing.band().headline);
    assert!(words(&pages[0]).contains("、ほか35人"));
    let numbers = bare(&all_words(&pages)).matches("090-2345-6789").count();
    // Twenty physicians and twenty contacts with two numbers each.
    assert!(numbers >= 60, "{numbers}");
    assert!(render(&emergency(), &view, &paper(None)).is_ok());
}

#[test]
fn the_eye_finds_things_in_the_order_of_need() {
    let view = sample::ordinary();
    let page = &pages(&emergency(), &view, None)[0];
    let order = [
        "さとう はる",
        "佐藤 ハル",
        "昭和12年3月4日",
        view.standing.band().headline,
        "090-0000-7890",
        "抗凝固薬",
        "意識:はっきりしている",
        "慢性心不全",
        "アピキサバン錠2.5mg",
        "架空県見本市浅間町9-1",
        "119番のときに手書き",
    ];
    for pair in order.windows(2) {
        let (first, then) = (line_with(page, pair[0]), line_with(page, pair[1]));
        assert!(first.y < then.y, "{} above {}", pair[0], pair[1]);
    }
    // Whom to call stands in the top half, what not to overlook right below.
    assert!(line_with(page, "090-0000-7890").y < 100.0);
    assert!(line_with(page, "アレルギー").y < 148.0);
    assert!(line_with(page, "佐藤 ハル").size_pt >= 14.0);
}

#[test]
fn telephone_numbers_are_large_and_whole() {
    for view in samples() {
        let pages = pages(&emergency(), &view, None);
        for source in [Computed::DoctorPhones, Computed::KeyPersonPhones] {
            let Shown::Rows(rows) = source.shown(&view) else {
                continue;
            };
            for (_, number) in rows.iter().filter_map(|row| row.get(1)) {
                let line = line_with(&pages[0], &number.line());
                assert_eq!(line.text.trim(), number.line());
                assert!(line.size_pt >= 12.0, "{line:?}");
            }
        }
    }
    let facility = line_with(
        &pages(&emergency(), &sample::empty(), None)[0],
        "0463-00-1234",
    )
    .size_pt;
    assert!(facility >= 12.0, "{facility}");
}

#[test]
fn nothing_is_too_small_to_read() {
    for view in samples() {
        for line in pages(&emergency(), &view, None).iter().flatten() {
            assert!(line.size_pt >= 6.49, "{line:?}");
        }
        let pages = pages(&emergency(), &view, None);
        for value in ["意識:", "血圧 128", "架空県見本市"] {
            if let Some(line) = pages
                .iter()
                .flatten()
                .find(|line| line.text.contains(value))
            {
                assert!(line.size_pt >= 9.0, "{line:?}");
            }
        }
    }
}

#[test]
fn s08_s09_the_paper_says_of_what_it_is_and_until_when() {
    let page = &pages(&emergency(), &sample::ordinary(), None)[0];
    for part in [
        "救急隊・搬送先病院へお渡しください",
        "特別養護老人ホーム ひまわり苑",
        "第14版 2026-11-20",
        "鈴木 恵子(看護師)",
        "2027年11月23日まで",
        "か-482",
        "No. 2026-0123",
        "最新はQRで確認",
        "0TV5Z-8K3M9-QW2XR-7CDH4-EJ6PY-B",
        "様式 2026-11",
    ] {
        line_with(page, part);
    }
    for part in [
        "2026年11月23日(月)09:30印刷",
        "つながらない時はこの紙の記載と、施設・医師への電話を優先",
    ] {
        assert!(words(page).contains(part), "{part}");
    }
}

#[test]
fn s08_a_draft_does_not_look_like_a_paper_that_was_issued() {
    let view = SheetView {
        issue: None,
        at_call: None,
        stay: None,
        ..sample::ordinary()
    };
    let without_link = Paper {
        address: "",
        photo: None,
    };
    assert!(render(&emergency(), &view, &without_link).is_ok());
    let text = all_words(&pages(&emergency(), &view, None));
    assert!(text.contains("未発行(下書き)"));
    assert!(!text.contains("照合番号"));
}

#[test]
fn s18_what_nobody_asked_is_not_none() {
    let mut view = sample::empty();
    let text = all_words(&pages(&emergency(), &view, None));
    for asked in [
        "アレルギー",
        "感染症",
        "要注意薬",
        "処置・デバイス",
        "服用薬",
    ] {
        assert!(text.contains(&format!("{asked}未確認")), "{asked}: {text}");
    }
    view.record.identity.sex = Known::Unknown;
    assert!(all_words(&pages(&emergency(), &view, None)).contains("性別不明"));
}

#[test]
fn s19_people_with_like_names_are_told_apart() {
    let page = &pages(&emergency(), &sample::dense(), None)[0];
    let warning = line_with(
        page,
        "似た名前の入居者がいます: 310 髙﨑 芳子(たかさき よしこ)",
    );
    assert!(warning.white && warning.size_pt >= 9.0, "{warning:?}");
    assert!(warning.y < line_with(page, "心肺蘇生を実施してください").y);
}

#[test]
fn s21_an_old_verification_is_seen_without_colour() {
    let verified = |months: i32| {
        let mut view = sample::ordinary();
        view.marks.verified_at = Some(view.today().plus_months(-months).starts_at());
        let page = pages(&emergency(), &view, None).swap_remove(0);
        let at = page
            .iter()
            .position(|line| line.text.contains("か月前") || line.text.contains("年前"))
            .unwrap();
        page.into_iter().nth(at).unwrap()
    };
    let (fresh, amber, red) = (verified(5), verified(8), verified(14));
    assert!(!fresh.text.contains('▲') && !fresh.white, "{fresh:?}");
    assert!(
        amber
            .text
            .contains("▲ 2026-03-23(8か月前) 6か月を超えています"),
        "{amber:?}"
    );
    assert!(
        red.text
            .contains("■ 2025-09-23(1年2か月前) 12か月を超えています"),
        "{red:?}"
    );
    assert!(red.white && !amber.white);
    let never = pages(&emergency(), &sample::empty(), None).swap_remove(0);
    assert!(line_with(&never, "■ 全項目の確認記録なし").white);
}

#[test]
fn s25_a_name_that_no_font_has_stops_the_print() {
    let mut view = sample::ordinary();
    view.alike = vec!["310 𪚥田".to_owned()];
    let refused = render(&emergency(), &view, &paper(None)).unwrap_err();
    assert!(refused.to_string().contains("U+2A6A5"), "{refused}");
}

#[test]
fn boxes_to_write_in_stand_at_the_foot_of_page_one_and_have_room() {
    for view in samples().into_iter().filter(|view| view.at_call.is_none()) {
        let pages = pages(&emergency(), &view, None);
        let heading = line_with(&pages[0], "119番のときに手書き");
        assert!(heading.y > 240.0, "{heading:?}");
    }
    for print in &emergency().print {
        if let Print::Blank { rows, .. } = print {
            assert!(rows.iter().flatten().all(|cell| cell.height >= 8));
        }
    }
    let tall = "[[print]]\ntitle = \"手書き\"\nblank = [[{ label = \"経過\", span = 12, height = 250 }]]\n";
    let pages = pages(&form(tall), &sample::dense(), None);
    line_with(&pages[0], "心肺蘇生を実施してください");
    line_with(&pages[1], "経過");
}

#[test]
fn the_code_is_large_enough_for_a_fax() {
    let mut largest = 0.0_f32;
    fn look(placed: &Placed, largest: &mut f32) {
        if let Some(Content::Symbol { symbol, module, .. }) = &placed.laid.content {
            *largest = largest.max(module * symbol.side() as f32);
        }
        for child in &placed.laid.children {
            look(child, largest);
        }
    }
    let section = section(&emergency(), &sample::dense(), &paper(None), None);
    for placed in &flow::pages(&Shaper::new(), &section, 0).unwrap()[0].blocks {
        look(placed, &mut largest);
    }
    assert!(largest >= 25.0, "{largest} mm");
}

#[test]
fn a_column_without_width_stands_behind_the_one_before() {
    let joined = form(
        "[[print]]\ntitle = \"薬\"\ntable = \"medications\"\ncolumns = [{ show = \"name\", width = 2 }, { show = \"dose\", width = 0 }, { show = \"timing\", width = 1 }]\n",
    );
    let page = &pages(&joined, &sample::ordinary(), None)[0];
    line_with(page, "薬の名前　用量");
    line_with(page, "フロセミド錠20mg　1錠");
    assert_eq!(line_with(page, "朝夕食後").text, "朝夕食後");
}

#[test]
fn a_contact_with_two_numbers_is_named_once() {
    let page = &pages(&emergency(), &sample::dense(), None)[0];
    let named = page
        .iter()
        .filter(|line| line.text.contains("渡邉\u{e0100} 太郎(娘の夫"))
        .count();
    assert_eq!(named, 1);
}

#[test]
fn an_extension_stands_below_its_number() {
    let mut view = sample::ordinary();
    let typed = crate::domain::phone::Phone::parse("0463-00-1234 内線2230").unwrap();
    view.facility.night_phone = Known::Value(typed);
    view.as_of = Moment(Day::of(view.as_of).starts_at().0);
    let page = &pages(&emergency(), &view, None)[0];
    assert_eq!(line_with(page, "内線2230").text, "内線2230");
}

/// A symbol of fewer modules has a wider quiet zone: each length of host makes its own.
#[test]
fn a_sheet_prints_for_an_address_of_any_length() {
    let view = sample::ordinary();
    for length in 1..=52 {
        let base = format!("https://{}", "q".repeat(length));
        let address = LinkToken::parse(&"7".repeat(26)).unwrap().address(&base);
        let paper = Paper {
            address: &address,
            photo: None,
        };
        if let Err(error) = render(&emergency(), &view, &paper) {
            panic!("a host of {length} characters: {error}");
        }
    }
}
