//! Every page a crew can meet, rendered and read.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use maud::Markup;
use serde_json::{Value, json};

use super::compare::Compared;
use super::{Opening, cover, json as as_json, sample, sheet, shell, tier};
use crate::domain::form::Forms;
use crate::domain::link::EndReason;
use crate::domain::record::Record;
use crate::domain::standing::Standing;
use crate::store::link::LinkState;
use crate::web::photo::data_address;
use crate::web::scan::Tier;

fn page(opening: &Opening) -> String {
    whole(&sheet::main(Forms::built_in().scan(), opening))
}

fn whole(main: &Markup) -> String {
    shell::document(main).into_string()
}

fn body(opening: &Opening) -> Value {
    as_json::whole(Forms::built_in().scan(), opening)
}

/// What a reader sees, without the elements.
fn text(page: &str) -> String {
    let body = page.split("<body>").nth(1).unwrap();
    body.split('<')
        .filter_map(|part| part.split_once('>'))
        .map(|(_, words)| words)
        .collect()
}

fn all_openings() -> Vec<(&'static str, Opening)> {
    vec![
        ("current", sample::current()),
        ("changed", sample::changed()),
        ("empty", sample::empty()),
        ("refused", sample::refused()),
        ("unreadable", sample::unreadable()),
        ("hostile", hostile()),
        ("emergency", emergency()),
        ("unrecorded", unrecorded()),
    ]
}

fn states() -> Vec<LinkState> {
    EndReason::ALL
        .into_iter()
        .map(LinkState::Ended)
        .chain([LinkState::Expired])
        .collect()
}

fn hostile() -> Opening {
    let attack = "<script>alert(1)</script>";
    let record = sample::with(
        sample::record(),
        &json!({
            "name": attack,
            "room": "<i>\"'&",
            "message_to_ems": attack,
            "physicians": {"state": "present", "rows": [{"institution": attack, "phone_24h": "0463-00-0000"}]},
            "medications": {"state": "present", "rows": [{"name": attack, "dose": attack}]},
            "allergies": {"state": "present", "rows": [{"substance": attack}]},
        }),
    );
    sample::opening(&sample::record(), &record)
}

fn emergency() -> Opening {
    let mut opening = sample::refused();
    let record = Record::from_json(&sample::with(
        sample::record(),
        &json!({"consent_to_share_ems": "refused"}),
    ))
    .unwrap();
    opening.tier = tier(Some(&record), true);
    opening
}

fn unrecorded() -> Opening {
    Opening {
        recorded: false,
        ..sample::current()
    }
}

#[test]
fn s19_who_it_is_comes_before_resuscitation_and_that_before_anything_medical() {
    let page = text(&page(&sample::changed()));
    let places: Vec<usize> = [
        "この紙は最新ではありません",
        "髙﨑 𠮷子",
        "2階 202号室",
        "88歳 女性",
        "特別養護老人ホーム 湘南なぎさの里",
        "似た名前の方あり",
        "心肺蘇生を実施してください",
        "0463-00-0000",
        "090-0000-0001",
        "要注意薬",
        "この紙から変わった点",
        "普段の様子",
        "病気",
        "お薬",
        "ほかの電話",
        "救急車の入口",
    ]
    .iter()
    .map(|words| {
        // The heading of the other phones is also a link beside the first ones.
        let place = if words == &"ほかの電話" {
            page.rfind(words)
        } else {
            page.find(words)
        };
        place.unwrap_or_else(|| panic!("{words}: {page}"))
    })
    .collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn s03_s15_every_page_says_what_to_do_and_until_when() {
    let band = Standing::withheld().band();
    let mut pages: Vec<(String, String)> = all_openings()
        .into_iter()
        .map(|(name, opening)| (name.to_owned(), page(&opening)))
        .collect();
    pages.push((
        "cover".to_owned(),
        whole(&cover::live_main(&sample::paper())),
    ));
    pages.push(("unknown".to_owned(), whole(&cover::unknown_main())));
    pages.push(("unreachable".to_owned(), whole(&cover::unreachable_main())));
    for state in states() {
        pages.push((
            format!("{state:?}"),
            whole(&cover::ended_main(&sample::paper(), state)),
        ));
    }
    for (name, page) in pages {
        for words in [
            "心肺蘇生を実施してください",
            band.until,
            &band.area,
            "href=\"tel:119\"",
            "noindex",
        ] {
            assert!(page.contains(words), "{name}: {words}");
        }
    }
    for (name, opening) in all_openings() {
        let standing = &body(&opening)["standing"];
        assert_eq!(standing["until"], band.until, "{name}");
        assert_eq!(standing["area"], band.area, "{name}");
    }
}

#[test]
fn s01_what_cannot_be_read_is_full_cpr_and_the_facilitys_number() {
    let opening = sample::unreadable();
    assert_eq!(opening.tier, Tier::ContactsOnly);
    let page = page(&opening);
    assert!(page.contains("data-standing=\"full_cpr_by_failure\""));
    assert!(page.contains("tel:0463001199") && page.contains("tel:0463001100"));
    assert!(!page.contains("髙﨑"));
    assert_eq!(body(&opening)["standing"]["code"], "full_cpr_by_failure");
}

#[test]
fn the_cover_and_the_pages_that_open_nothing_hold_no_personal_data() {
    let mut pages = vec![
        whole(&cover::live_main(&sample::paper())),
        whole(&cover::unknown_main()),
        whole(&cover::unreachable_main()),
    ];
    pages.extend(
        states()
            .into_iter()
            .map(|state| whole(&cover::ended_main(&sample::paper(), state))),
    );
    for page in pages {
        for personal in [
            "髙﨑",
            "202号室",
            "88歳",
            "ワルファリン",
            "090-0000-0001",
            "医師の指示書や意思の記録",
        ] {
            assert!(!page.contains(personal), "{personal}");
        }
    }
}

#[test]
fn an_ended_paper_says_which_end_and_never_that_somebody_died() {
    let said: Vec<String> = states()
        .into_iter()
        .map(|state| text(&whole(&cover::ended_main(&sample::paper(), state))))
        .collect();
    for (page, words) in said.iter().zip([
        "新しい紙が発行されています",
        "取り下げられました",
        "利用は終了しています",
        "利用は終了しています",
        "有効期限が切れています",
    ]) {
        assert!(page.contains(words), "{page}");
        assert!(page.contains("この紙は使えません") && page.contains("0463-00-1199"));
    }
    let left = as_json::ended_json(&sample::paper(), LinkState::Ended(EndReason::Left));
    let died = as_json::ended_json(&sample::paper(), LinkState::Ended(EndReason::Died));
    assert_eq!(left, died);
    assert_eq!(said[2], said[3]);
}

#[test]
fn s08_what_changed_since_the_paper_stands_side_by_side() {
    let opening = sample::changed();
    let Some(Compared::Differences(found)) = opening.sheet.as_ref().map(|sheet| &sheet.compared)
    else {
        panic!("compared");
    };
    let told: Vec<(&str, &str, &str)> = found
        .iter()
        .map(|one| (one.label.as_str(), one.before.as_str(), one.after.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("居室", "2階 201号室", "2階 202号室"),
            (
                "服用薬",
                "ワルファリンカリウム錠1mg 1回1錠 朝食後",
                "ワルファリンカリウム錠1mg 1回2錠 朝食後"
            ),
            ("水分のとろみ", "薄い", "未確認"),
        ]
    );
    let page = text(&page(&opening));
    assert!(page.contains("印刷のあとで3点が変わりました"), "{page}");
    assert_eq!(body(&opening)["changes"].as_array().unwrap().len(), 3);
}

#[test]
fn s08_the_facility_and_an_alert_count_as_changes_too_and_a_birthday_does_not() {
    let printed = sample::with(
        sample::record(),
        &json!({"infections": {"state": "unknown"}, "blood_type": "A"}),
    );
    let mut facility = sample::facility();
    facility["night_phone"] = json!("0463-00-1188");
    let view = sample::view(&sample::record());
    let frozen = sample::frozen(&printed, &facility);
    let compared = super::compare(Forms::built_in().scan(), Tier::Full, Some(&frozen), &view);
    let Compared::Differences(found) = compared else {
        panic!("compared");
    };
    let labels: Vec<&str> = found.iter().map(|one| one.label.as_str()).collect();
    assert_eq!(labels, ["感染症", "施設"]);
    assert_eq!(found[0].before, "不明");
    assert!(found[1].before.contains("0463-00-1188") && found[1].after.contains("0463-00-1199"));
}

#[test]
fn s08_a_printed_standing_that_no_longer_holds_comes_first() {
    let frozen = String::from_utf8(sample::frozen(&sample::record(), &sample::facility())).unwrap();
    let frozen = frozen.replace("\"full_cpr\"", "\"order_on_file\"");
    let compared = super::compare(
        Forms::built_in().scan(),
        Tier::Full,
        Some(frozen.as_bytes()),
        &sample::view(&sample::record()),
    );
    let Compared::Differences(found) = compared else {
        panic!("compared");
    };
    assert_eq!((found.len(), found[0].label.as_str()), (1, "心肺蘇生"));
}

#[test]
fn what_was_printed_and_cannot_be_read_is_never_called_the_newest() {
    let mut opening = sample::current();
    if let Some(sheet) = &mut opening.sheet {
        for printed in [
            None,
            Some(b"{".as_slice()),
            Some(b"{\"record\": {\"no\": 1}}"),
        ] {
            sheet.compared =
                super::compare(Forms::built_in().scan(), Tier::Full, printed, &sheet.view);
            assert_eq!(sheet.compared, Compared::Unknown);
        }
    }
    let page = text(&page(&opening));
    assert!(
        page.contains("紙の内容と比べられません") && !page.contains("最新です"),
        "{page}"
    );
    assert_eq!(body(&opening)["changes"], Value::Null);
}

#[test]
fn s22_without_consent_only_contacts_and_the_default_are_shown_with_the_reason() {
    for (consent, why) in [
        ("refused", "同意しないという意思"),
        ("not_obtained", "まだ確認されていません"),
        ("unknown", "まだ確認されていません"),
    ] {
        let record = sample::with(sample::record(), &json!({"consent_to_share_ems": consent}));
        let mut printed = record.clone();
        printed["medications"]["rows"][0]["dose"] = json!("1回9錠");
        let opening = sample::opening(&printed, &record);
        assert_eq!(opening.tier, Tier::ContactsOnly);
        let page = page(&opening);
        for shown in [
            why,
            "202号室",
            "tel:0463000000",
            "tel:09000000001",
            "tel:0463001199",
            "name=\"emergency\" value=\"1\"",
            "この紙は最新です",
        ] {
            assert!(page.contains(shown), "{consent}: {shown}");
        }
        let json = body(&opening).to_string();
        for hidden in [
            "髙﨑 𠮷子",
            "1938",
            "ワルファリン",
            "ペニシリン",
            "慢性心不全",
            "耳が遠い",
            "1回9錠",
        ] {
            assert!(!page.contains(hidden), "{consent}: {hidden}");
            assert!(!json.contains(hidden), "{consent}: {hidden}");
        }
        assert!(json.contains("0463-00-0000"));
    }
}

#[test]
fn s22_an_emergency_request_shows_the_whole_and_says_so() {
    let opening = emergency();
    assert_eq!(opening.tier, Tier::Emergency);
    let page = text(&page(&opening));
    assert!(page.contains("髙﨑 𠮷子") && page.contains("ワルファリン"));
    assert!(page.contains("同意の確認がないまま"), "{page}");
    assert_eq!(body(&opening)["consent"]["shown_without_consent"], true);
}

#[test]
fn s18_unknown_not_asked_none_and_present_are_four_words() {
    let record = sample::with(
        sample::record(),
        &json!({"infections": {"state": "unknown"}, "allergies": {"state": "none", "confirmed_on": "2026-10-01"}}),
    );
    let opening = sample::opening(&record, &record);
    let page = page(&opening);
    for (presence, words) in [
        ("some", "あり 抗凝固薬"),
        ("none", "なし(2026-10-01 確認)"),
        ("unknown", "不明"),
        ("unasked", "未確認"),
    ] {
        let found = page.split("<li data-presence=\"").skip(1).any(|alert| {
            alert.starts_with(presence) && text(&format!("<body><li {alert}")).contains(words)
        });
        assert!(found, "{presence} {words}");
    }
    let empty = text(&self::page(&sample::empty()));
    assert!(empty.contains("未確認服用薬、服用薬の確認日"), "{empty}");
}

#[test]
fn s21_staleness_is_said_in_words() {
    let page = text(&page(&sample::changed()));
    assert!(page.contains("12か月を超えています"), "{page}");
    assert!(text(&self::page(&sample::empty())).contains("全項目の確認記録なし"));
    assert!(!text(&self::page(&sample::current())).contains("か月を超えています"));
}

#[test]
fn s19_an_open_answer_about_the_person_says_which_one_is_open() {
    let empty = text(&page(&sample::empty()));
    assert!(
        empty.contains("居室 未確認 年齢 未確認 性別 未確認") && empty.contains("生年月日 未確認"),
        "{empty}"
    );
    let record = sample::with(sample::record(), &json!({"sex": "other"}));
    let other = text(&page(&sample::opening(&record, &record)));
    assert!(other.contains("88歳 性別 その他"), "{other}");
}

#[test]
fn hostile_text_stays_text() {
    let page = page(&hostile());
    assert!(!page.contains("<script") && !page.contains("<i>"));
    assert!(page.contains("&lt;script&gt;"));
}

#[test]
fn a_view_that_could_not_be_recorded_is_shown_and_says_so() {
    let page = text(&page(&unrecorded()));
    assert!(page.contains("まだ記録できていません") && page.contains("髙﨑 𠮷子"));
    assert_eq!(body(&unrecorded())["view_recorded"], false);
}

#[test]
fn s19_like_names_that_could_not_be_looked_through_are_not_none() {
    let mut opening = sample::current();
    if let Some(sheet) = &mut opening.sheet {
        sheet.alike_known = false;
    }
    assert!(page(&opening).contains("確かめられません"));
    assert_eq!(body(&opening)["resident"]["like_names"], Value::Null);
}

#[test]
fn the_json_follows_the_form_with_every_answer_in_words() {
    let json = body(&sample::current());
    let keys: Vec<&str> = json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["key"].as_str().unwrap())
        .collect();
    let form: Vec<&str> = Forms::built_in()
        .scan()
        .items()
        .map(|item| item.source.key())
        .collect();
    assert_eq!(keys, form);
    let medicines = json["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["key"] == "medications")
        .unwrap();
    assert_eq!(medicines["rows"].as_array().unwrap().len(), 12);
    assert_eq!(medicines["rows"][0][0]["text"], "ワルファリンカリウム錠1mg");
    assert_eq!(json["document"]["match_code"], "な-482");
    assert_eq!(json["changes"], json!([]));
    assert_eq!(json["resident"]["name"], "髙﨑 𠮷子");
}

/// A phone on a bad line gets the page in one flight: 10 segments of 1,460 bytes.
#[test]
fn the_fullest_page_is_under_14_kilobytes_compressed() {
    let mut opening = sample::changed();
    if let Some(sheet) = &mut opening.sheet {
        sheet.photo = data_address(&sample::largest_photo());
        assert!(sheet.photo.is_some());
    }
    for (name, page) in [
        ("changed", page(&opening)),
        ("cover", whole(&cover::live_main(&sample::paper()))),
    ] {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::new(4));
        gzip.write_all(page.as_bytes()).unwrap();
        let size = gzip.finish().unwrap().len();
        println!("{name}: {} bytes, {size} compressed", page.len());
        assert!(size < 14_000, "{name}: {size}");
    }
}

/// Writes every page to the folder named by `CREW_OUT`, to be looked at in a browser.
#[test]
fn every_page_can_be_looked_at() {
    let mut pages: Vec<(String, String)> = all_openings()
        .into_iter()
        .map(|(name, opening)| (format!("sheet-{name}"), page(&opening)))
        .collect();
    let mut newer = sample::paper();
    newer.current_revision = 9;
    pages.push((
        "cover".to_owned(),
        whole(&cover::live_main(&sample::paper())),
    ));
    pages.push(("cover-newer".to_owned(), whole(&cover::live_main(&newer))));
    pages.push(("unknown".to_owned(), whole(&cover::unknown_main())));
    pages.push(("unreachable".to_owned(), whole(&cover::unreachable_main())));
    for state in states() {
        let name = format!("{state:?}").replace(['(', ')'], "-");
        pages.push((name, whole(&cover::ended_main(&sample::paper(), state))));
    }
    for (name, page) in &pages {
        assert_eq!(page.matches("<h1>").count(), 1, "{name}");
        assert!(!page.contains(" style="), "{name}");
    }
    if let Ok(folder) = std::env::var("CREW_OUT") {
        for (name, page) in pages {
            std::fs::write(format!("{folder}/{name}.html"), page).unwrap();
        }
    }
}
