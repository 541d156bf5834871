//! Cards as their readers find them: what stands on each, where it is cut, and what gives way.

use super::*;
use crate::domain::clock::Moment;
use crate::domain::form::Forms;
use crate::domain::link::LinkToken;
use crate::domain::record::{FacilityFacts, Record};
use crate::domain::standing::StandingKind;
use crate::export::pdf::laid::Content;
use crate::export::pdf::sheet::sample;

const CARDS: [&str; 3] = ["wallet", "pocket", "bed"];

fn form(key: &str) -> Form {
    Forms::built_in().get(key).unwrap().clone()
}

fn paper() -> Paper<'static> {
    Paper {
        address: sample::ADDRESS,
        photo: None,
    }
}

fn people() -> Vec<(String, SheetView)> {
    let mut all: Vec<_> = StandingKind::ALL
        .into_iter()
        .map(|kind| (format!("{kind:?}"), sample::standing(kind)))
        .collect();
    all.push(("empty".to_owned(), sample::empty()));
    all.push(("dense".to_owned(), sample::dense()));
    all.push(("severe".to_owned(), sample::severe()));
    all.push(("overflowing".to_owned(), sample::overflowing()));
    all
}

/// A line at its place on the sheet, in millimetres.
struct Line {
    text: String,
    size_pt: f32,
    x: f32,
    y: f32,
}

fn collect(placed: &Placed, x: f32, y: f32, lines: &mut Vec<Line>, symbols: &mut Vec<f32>) {
    let (x, y) = (x + placed.x, y + placed.y);
    match &placed.laid.content {
        Some(Content::Lines {
            shaped,
            lines: found,
            size_pt,
            ..
        }) => {
            for line in found {
                let text = shaped.shapes[line.line.shapes.clone()]
                    .iter()
                    .map(|shape| &shaped.text[shape.range.clone()])
                    .collect();
                lines.push(Line {
                    text,
                    size_pt: *size_pt,
                    x: x + line.x,
                    y: y + line.baseline,
                });
            }
        }
        Some(Content::Symbol { symbol, module, .. }) => {
            symbols.push(symbol.side() as f32 * module);
        }
        _ => {}
    }
    for child in &placed.laid.children {
        collect(child, x, y, lines, symbols);
    }
}

/// What stands on a sheet of so many of these cards, and the sides of the QR symbols.
fn sheet_of(form: &Form, view: &SheetView, copies: usize) -> (Vec<Line>, Vec<f32>) {
    let face = Leaf {
        view,
        paper: paper(),
    };
    let card = form.card.unwrap();
    let cut = cut(&Shaper::new(), form, card, &face)
        .unwrap_or_else(|error| panic!("{}: {error}", form.key));
    let page = imposed(card, &vec![cut; copies]);
    let (mut lines, mut symbols) = (Vec::new(), Vec::new());
    for block in &page.blocks {
        collect(block, 0.0, 0.0, &mut lines, &mut symbols);
    }
    (lines, symbols)
}

fn text(form: &Form, view: &SheetView) -> String {
    let (lines, _) = sheet_of(form, view, 1);
    lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn a_sheet_holds_ten_for_the_wallet_and_four_of_the_others() {
    let per_sheet = CARDS.map(|key| form(key).card.unwrap().per_sheet());
    assert_eq!(per_sheet, [10, 4, 4]);
}

#[test]
fn s02_every_card_says_to_resuscitate_and_no_card_shows_a_standing() {
    for key in CARDS {
        for (who, view) in people() {
            let text = text(&form(key), &view);
            assert!(text.contains(ON_CARDS), "{key} {who}: {text}");
            for word in ["指示", "DNAR", "撤回", "蘇生を行わない", "意向"] {
                assert!(!text.contains(word), "{key} {who}: {word}");
            }
        }
    }
}

#[test]
fn s08_a_card_says_when_it_was_printed_of_which_version_and_until_when_it_holds() {
    for key in CARDS {
        for (who, view) in people() {
            let issue = view.issue.clone().unwrap();
            let text = text(&form(key), &view);
            let mut marks = vec![
                format!("照合{}", issue.match_code),
                format!("№{}", issue.serial),
                "2026-11-23印刷".to_owned(),
                format!("{}まで", issue.valid_until.iso()),
            ];
            if key != "bed" {
                marks.push(format!("第{}版", view.marks.revision));
            }
            for mark in marks {
                assert!(text.contains(&mark), "{key} {who}: {mark} in {text}");
            }
        }
    }
}

#[test]
fn a_typed_code_is_never_parted() {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut state = 7_u64;
    let mut token = || -> String {
        let letters = (0..26).map(|at| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let most = if at == 0 { 8 } else { LETTERS.len() as u64 };
            char::from(LETTERS[((state >> 33) % most) as usize])
        });
        letters.collect()
    };
    let mut view = sample::ordinary();
    view.issue.as_mut().unwrap().serial = "2026-8888".to_owned();
    for key in CARDS {
        let card = form(key).card.unwrap();
        let width = f32::from(card.width) - 2.0 * Imposition::of(card).inset();
        for _ in 0..200 {
            let address = format!("https://hikitsugi.city.example.lg.jp/Q/{}", token());
            let face = Leaf {
                view: &view,
                paper: Paper {
                    address: &address,
                    photo: None,
                },
            };
            let shaper = Shaper::new();
            let layouter = Layouter {
                shaper: &shaper,
                scale: 1.0,
            };
            let laid = layouter
                .lay(&foot(card, &face), width, 0.0, Ink::Black)
                .unwrap();
            let (mut lines, mut symbols) = (Vec::new(), Vec::new());
            let placed = Placed {
                x: 0.0,
                y: 0.0,
                laid,
            };
            collect(&placed, 0.0, 0.0, &mut lines, &mut symbols);
            let (_, typed) = sheet::typed(&address);
            let typed = groups(card, &typed);
            let said: Vec<_> = lines
                .iter()
                .map(|line| (&line.text, line.size_pt))
                .collect();
            let whole = |words: &str| lines.iter().any(|line| line.text == words);

            assert!(whole(&typed), "{key}: {said:?}");
            assert!(whole("照合か-482 №2026-8888"), "{key}: {said:?}");
        }
    }
}

#[test]
fn s18_what_nobody_answered_is_not_left_out() {
    let text = text(&form("wallet"), &sample::empty());
    assert!(text.contains("緊急連絡先"), "{text}");
    assert!(text.matches("未確認").count() >= 3, "{text}");
}

#[test]
fn s19_a_card_warns_of_like_names_and_s21_of_what_is_stale() {
    for key in ["wallet", "pocket"] {
        let dense = text(&form(key), &sample::dense());
        assert!(dense.contains("似た名前の入居者がいます"), "{dense}");
        assert!(dense.contains("▲最終確認 2026-03-20(8か月前)"), "{dense}");
        let ordinary = text(&form(key), &sample::ordinary());
        assert!(!ordinary.contains("似た名前") && !ordinary.contains("最終確認"));
    }
}

#[test]
fn a_card_at_a_bed_names_nobody_inside_the_cut() {
    let form = form("bed");
    let card = form.card.unwrap();
    let imposition = Imposition::of(card);
    for (who, view) in people() {
        let (lines, _) = sheet_of(&form, &view, 4);
        let name = sheet::shown(&view, "name");
        let mut beside = 0;
        for line in &lines {
            let within = (0..4).any(|at| {
                let (x, y) = imposition.corner(at);
                (x..x + f32::from(card.width)).contains(&line.x)
                    && (y..y + f32::from(card.height)).contains(&line.y)
            });
            if within {
                for key in ["name", "name_kana", "birth_date", "room"] {
                    let fact = sheet::shown(&view, key);
                    assert!(
                        fact == "未確認" || !line.text.contains(&fact),
                        "{who}: {}",
                        line.text
                    );
                }
            } else {
                assert!(line.text.contains(&name), "{who}: {}", line.text);
                beside += 1;
            }
        }
        assert_eq!(beside, 4, "{who}");
    }
}

#[test]
fn a_telephone_number_is_never_parted_and_never_small() {
    for key in CARDS {
        for (who, view) in people() {
            let (lines, _) = sheet_of(&form(key), &view, 1);
            for line in &lines {
                let digits = line.text.chars().filter(char::is_ascii_digit).count();
                let is_phone = line
                    .text
                    .trim_start_matches(['施', '設', ' '])
                    .starts_with('0')
                    && digits >= 10
                    && line.text.contains('-')
                    && line.text.len() < 30
                    && !line.text.contains(char::is_alphabetic);
                if is_phone {
                    assert!(line.size_pt >= 10.0, "{key} {who}: {}", line.text);
                }
            }
            let all: String = lines
                .iter()
                .map(|line| format!("{}\n", line.text))
                .collect();
            let phone = sheet::shown(&view, "facility_phone");
            if key != "wallet" && phone != "未確認" {
                assert!(all.contains(&phone), "{key} {who}: {all}");
            }
        }
    }
}

#[test]
fn the_symbol_is_never_smaller_than_25_millimetres() {
    for key in CARDS {
        let (_, symbols) = sheet_of(&form(key), &sample::ordinary(), 2);
        assert_eq!(symbols.len(), 2);
        assert!(
            symbols.iter().all(|side| *side >= 25.0 - 1e-3),
            "{symbols:?}"
        );
    }
}

#[test]
fn everything_stands_inside_its_cut() {
    for key in CARDS {
        let form = form(key);
        let imposition = Imposition::of(form.card.unwrap());
        let least = imposition.inset();
        assert!(imposition.left.min(imposition.top) + least >= UNPRINTABLE - 1e-3);
        let (lines, _) = sheet_of(&form, &sample::dense(), form.card.unwrap().per_sheet());
        for line in &lines {
            assert!(
                line.x >= UNPRINTABLE - 1e-3 && line.y >= UNPRINTABLE,
                "{}",
                line.text
            );
            assert!(
                line.y <= f32::from(SHEET_MM.1) - UNPRINTABLE,
                "{}",
                line.text
            );
        }
    }
}

#[test]
fn what_gives_way_is_told() {
    let form = form("wallet");
    let view = sample::dense();
    let text = text(&form, &view);
    assert!(!text.contains("施設 "), "{text}");
    assert!(text.contains("ほかはQRで"), "{text}");
}

#[test]
fn s18_alerts_that_have_no_room_are_not_silently_left_out() {
    let most = text(&form("pocket"), &sample::overflowing());
    assert!(most.contains(ALERTS_GONE), "{most}");
    let dense = text(&form("pocket"), &sample::dense());
    assert!(!dense.contains(ALERTS_GONE) && dense.contains("ペースメーカー"));
}

#[test]
fn what_may_not_give_way_and_has_no_room_is_an_error() {
    let text = form("wallet").text.replace("yields = true\n", "");
    let form = Form::parse("x.toml", &text).unwrap();
    let mut view = sample::dense();
    view.record = renamed(&view, &"長い名前".repeat(9));
    let error = sheet::render(&form, &view, &paper()).unwrap_err();
    assert!(matches!(error, PdfError::TooTall { .. }), "{error}");
}

fn renamed(view: &SheetView, name: &str) -> Record {
    let mut record = view.record.json();
    record["name"] = name.into();
    Record::from_json(&record).unwrap()
}

#[test]
fn a_card_prints_for_a_long_name_and_an_address_of_any_length() {
    for key in CARDS {
        for length in [1, 30, 45] {
            let mut view = sample::dense();
            view.record = renamed(&view, "プラチャヤー・ウィッタヤーナン・サクラ");
            let mut facility = view.facility.json();
            facility["facility_name"] = "社会福祉法人".repeat(10).into();
            facility["facility_address"] = "見本市".repeat(40).into();
            facility["ambulance_entrance"] = "東側の門".repeat(20).into();
            view.facility = FacilityFacts::from_json(&facility).unwrap();
            let address = LinkToken::parse(&"7".repeat(26))
                .unwrap()
                .address(&format!("https://{}", "q".repeat(length)));
            let paper = Paper {
                address: &address,
                photo: None,
            };
            if let Err(error) = sheet::render(&form(key), &view, &paper) {
                panic!("{key}, a host of {length}: {error}");
            }
        }
    }
}

#[test]
fn a_file_of_cards_is_the_same_at_every_print_and_tells_no_name_of_a_card_without() {
    let view = sample::ordinary();
    let form = form("bed");
    let first = sheet::render(&form, &view, &paper()).unwrap();
    assert_eq!(first, sheet::render(&form, &view, &paper()).unwrap());
    let document = Document::new("t", "f", "i", Moment(0));
    let face = Leaf {
        view: &view,
        paper: paper(),
    };
    let (_, begins) = render(&form, form.card.unwrap(), &[face], 5, &document).unwrap();
    assert_eq!(begins, [1, 1, 1, 1, 2]);
}

#[test]
fn two_copies_of_a_sheet_say_for_whom_they_are() {
    let mut view = sample::ordinary();
    view.issue.as_mut().unwrap().copies = 2;
    let emergency = Forms::built_in().emergency().clone();
    let pages = |holder: Option<&str>| {
        let section = sheet::section(&emergency, &view, &paper(), holder);
        let pages = crate::export::pdf::flow::pages(&Shaper::new(), &section, 0).unwrap();
        let (mut lines, mut symbols) = (Vec::new(), Vec::new());
        for block in &pages[0].blocks {
            collect(block, 0.0, 0.0, &mut lines, &mut symbols);
        }
        lines
            .iter()
            .map(|line| line.text.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(emergency.copies, ["救急隊用", "病院控え"]);
    for holder in &emergency.copies {
        assert!(pages(Some(holder)).contains(holder));
        assert!(!pages(None).contains(holder));
    }
    let two = sheet::render(&emergency, &view, &paper()).unwrap();
    view.issue.as_mut().unwrap().copies = 1;
    let one = sheet::render(&emergency, &view, &paper()).unwrap();
    assert!(two.len() > one.len());
}
