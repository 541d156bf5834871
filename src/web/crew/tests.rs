//! Every page a crew can meet, rendered and read.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use maud::Markup;
use serde_json::{Value, json};

use super::compare::Compared;
use super::{Opening, cover, json as as_json, sample, sheet, shell, tier};
use crate::domain::directive::Kind;
use crate::domain::directive::sample as directive;
use crate::domain::form::Forms;
use crate::domain::link::EndReason;
use crate::domain::record::Record;
use crate::domain::standing::{
    BLANK_IS_FULL, EVERYTHING_ELSE, NOT_COVERED, ONLY_IN_ARREST, Standing, StandingKind,
};
use crate::store::link::LinkState;
use crate::web::photo::data_address;
use crate::web::scan::Tier;

fn page(opening: &Opening) -> String {
    whole(&sheet::main(Forms::built_in().scan(), opening))
}

fn whole(main: &Markup) -> String {
    shell::document(main, false).into_string()
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

/// A paper printed under an order, in each standing that may hold now.
fn since_an_order() -> Vec<(&'static str, Opening)> {
    let order = directive::of(StandingKind::OrderOnFile);
    StandingKind::ALL
        .into_iter()
        .map(|kind| (kind.code(), sample::standings(&order, directive::of(kind))))
        .collect()
}

fn all_openings() -> Vec<(&'static str, Opening)> {
    let mut openings = since_an_order();
    openings.push((
        "tokyo",
        sample::standings(&sample::order_in_tokyo(), sample::order_in_tokyo()),
    ));
    openings.extend([
        ("current", sample::current()),
        ("changed", sample::changed()),
        ("empty", sample::empty()),
        ("refused", sample::refused()),
        ("unreadable", sample::unreadable()),
        ("hostile", hostile()),
        ("emergency", emergency()),
        ("unrecorded", unrecorded()),
        ("ongoing", sample::ongoing()),
    ]);
    openings
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
        whole(&cover::live_main(&sample::paper(), false)),
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
        let goes_on = page.contains("心肺蘇生を実施してください")
            || page.contains("確認まで心肺蘇生を続けてください");
        assert!(goes_on, "{name}");
        // Where crews may stop the band says on whose word.
        let area = match name.as_str() {
            "tokyo" => "それまで蘇生を続けます",
            _ => &band.area,
        };
        for words in [band.until, area, "href=\"tel:119\"", "noindex"] {
            assert!(page.contains(words), "{name}: {words}");
        }
    }
    for (name, opening) in all_openings() {
        let standing = &body(&opening)["standing"];
        assert_eq!(standing["until"], band.until, "{name}");
        assert!(name == "tokyo" || standing["area"] == band.area, "{name}");
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
        whole(&cover::live_main(&sample::paper(), false)),
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
    let frozen = frozen.replace("\"full_cpr\"", "\"revoked\"");
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
fn s08_an_order_that_ended_after_printing_is_said_first_and_loud() {
    for (name, opening) in since_an_order() {
        let page = text(&page(&opening));
        let holds = name == StandingKind::OrderOnFile.code();
        let loud = match name {
            "revoked" => "この紙の指示は撤回されました。心肺蘇生を実施してください",
            _ => "この紙の指示は、今は有効ではありません。心肺蘇生を実施してください",
        };
        assert_eq!(page.contains(loud), !holds, "{name}: {page}");
        assert_eq!(page.contains("この紙は最新です"), holds, "{name}");
        if !holds {
            assert!(
                page.find(loud) < page.find("髙﨑"),
                "{name}: before everything else"
            );
            let changes = &body(&opening)["changes"];
            assert_eq!(changes[0]["key"], "standing", "{name}");
        }
    }
}

#[test]
fn s08_another_order_another_phone_and_another_reason_are_changes_too() {
    let mut other = directive::order_body();
    for (key, value) in [
        ("physician_name", json!("北村 千尋")),
        ("phone_24h", json!("0463-00-7777")),
        ("original_location", json!("2階 看護師詰所の棚")),
        ("antibiotics", json!(null)),
    ] {
        other[key] = value;
    }
    let now = directive::Log::default().signed_order_of(&other).standing();
    let printed = directive::Log::default().signed_order().standing();
    let opening = sample::standings(&printed, now);
    let Some(Compared::Differences(found)) = opening.sheet.as_ref().map(|sheet| &sheet.compared)
    else {
        panic!("compared");
    };
    let told: Vec<(&str, &str)> = found
        .iter()
        .map(|one| (one.label.as_str(), one.after.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("指示書の医師", "北村 千尋"),
            ("原本の場所", "2階 看護師詰所の棚"),
            (
                "心肺蘇生のほかの治療",
                "気管挿管 望まないと話している(医師の確認が必要)"
            ),
            (
                "医師の電話",
                "北村 千尋医師(みなと在宅クリニック) 0463-00-7777、つながらないとき(みなと訪問看護ステーション) 0463-00-2299"
            ),
        ]
    );
    assert!(!found.iter().any(|one| one.ends_order));
    let due = directive::log(StandingKind::OrderOnFile)
        .standing_at(directive::today().plus_days(81).starts_at());
    assert_eq!(due.kind(), StandingKind::OrderOnFile);
    let opening = sample::standings(&directive::of(StandingKind::OrderOnFile), due);
    let changes = body(&opening)["changes"].clone();
    assert_eq!(
        (changes[0]["label"].as_str(), changes[0]["before"].as_str()),
        (Some("理由"), Some("なし"))
    );
    assert!(
        changes[0]["after"]
            .as_str()
            .unwrap()
            .contains("再確認期限超過"),
        "{changes}"
    );
}

#[test]
fn s08_a_review_since_the_print_tells_its_new_days_and_every_fact_is_compared() {
    let mut log = directive::log(StandingKind::OrderOnFile);
    let printed = log.standing();
    let again = json!({"signed_on": "2026-11-20", "review_due_on": "2027-04-20"});
    log.say(directive::nurse(), Kind::Submitted, Some(2), &json!({}))
        .say(directive::physician(), Kind::Reviewed, Some(2), &again);
    let opening = sample::standings(&printed, log.standing());
    let changes = body(&opening)["changes"].clone();
    let told: Vec<&str> = changes
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["label"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["指示日", "次回確認日", "指示書の有効期限"]);
    assert_eq!(changes[0]["after"], "令和8年11月20日(2026年)");
    let order = printed.json()["order"].clone();
    for (key, label) in super::compare::ORDER {
        assert!(order.get(key).is_some(), "{label}: no such fact {key}");
    }
    // The day on which it expires is part of the day until which it is valid.
    let compared = super::compare::ORDER.len() + 1;
    assert_eq!(order.as_object().unwrap().len(), compared, "{order}");
}

#[test]
fn s08_a_paper_frozen_by_the_older_version_is_still_read() {
    for (code, changed) in [("order_on_file", false), ("full_cpr", true)] {
        let frozen = json!({
            "record": sample::record(), "facility": sample::facility(),
            "standing": {"code": code, "headline": directive::of(StandingKind::OrderOnFile).band().headline, "until": "…"},
        });
        let mut view = sample::view(&sample::record());
        view.standing = directive::of(StandingKind::OrderOnFile);
        let opening = sample::with_printed(frozen.to_string().as_bytes(), view);
        let changes = body(&opening)["changes"].clone();
        assert_eq!(
            changes.as_array().map(Vec::len),
            Some(usize::from(changed)),
            "{changes}"
        );
    }
}

#[test]
fn s13_s14_an_order_says_first_to_what_it_applies_and_what_it_never_touches() {
    let page = text(&page(&sample::standings(
        &directive::of(StandingKind::OrderOnFile),
        directive::of(StandingKind::OrderOnFile),
    )));
    let order = [
        "この紙は最新です",
        "髙﨑 𠮷子",
        ONLY_IN_ARREST,
        "医師の指示書があります(心停止時のみ)",
        "医師が電話で確認するまで",
        "この地域では救急隊は蘇生を行い搬送します",
        "0463-00-1199",
        "0463-00-2299",
        "次回確認日",
        "想定された状態",
        "気管挿管",
        BLANK_IS_FULL,
        EVERYTHING_ELSE,
        NOT_COVERED,
        "090-0000-0001",
        "要注意薬",
    ];
    let places: Vec<Option<usize>> = order.iter().map(|words| page.find(words)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{places:?} {page}"
    );
    for words in [
        "けが・窒息・転落",
        "18歳未満",
        "心停止ではないとき",
        "指示の対象外",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn whom_the_band_calls_is_called_once() {
    let mut order = directive::order_body();
    // The same physician as on the sheet.
    order["phone_24h"] = json!("0463-00-0000");
    let standing = directive::Log::default().signed_order_of(&order).standing();
    let page = page(&sample::standings(&standing, standing.clone()));
    assert_eq!(page.matches("tel:0463000000").count(), 1);
    let first = page.split("class=\"alerts\"").next().unwrap();
    assert!(
        !first.contains("tel:0463002200"),
        "nobody else takes the physician's place"
    );
    assert!(page.contains("tel:0463002200") && page.contains("tel:09000000001"));
    for kind in [StandingKind::Conflict, StandingKind::FullCprInvalidOrder] {
        let standing = directive::of(kind);
        let page = self::page(&sample::standings(&standing, standing.clone()));
        let band = page
            .split("<section class=\"cpr\"")
            .nth(1)
            .unwrap()
            .split("</section>")
            .next()
            .unwrap();
        assert!(
            band.contains("tel:0463001199") && band.contains("tel:0463002299"),
            "{kind:?}"
        );
    }
}

#[test]
fn s15_the_areas_conditions_are_a_checklist_with_whom_to_call_and_a_source() {
    let tokyo = sample::order_in_tokyo();
    let page = text(&page(&sample::standings(&tokyo, tokyo.clone())));
    assert!(page.contains("この地域で確かめること"), "{page}");
    for words in tokyo.conditions().iter().chain(tokyo.area_calls()) {
        assert!(page.contains(words), "{words}");
    }
    assert!(
        page.contains(&format!("出典: {}", tokyo.area_source()))
            && page.contains("2026-11-25 確認")
    );
    let default = text(&self::page(&since_an_order()[4].1));
    assert!(!default.contains("この地域で確かめること"));
}

#[test]
fn s22_without_consent_nothing_of_the_order_is_told_but_that_the_papers_order_ended() {
    let refused = sample::with(
        sample::record(),
        &json!({"consent_to_share_ems": "refused"}),
    );
    for (now, ended) in [
        (StandingKind::OrderOnFile, false),
        (StandingKind::Revoked, true),
    ] {
        let frozen = json!({
            "record": refused, "facility": sample::facility(),
            "standing": directive::of(StandingKind::OrderOnFile).json(),
        });
        let mut view = sample::view(&refused);
        view.standing = directive::of(now);
        let opening = sample::with_printed(frozen.to_string().as_bytes(), view);
        assert_eq!(opening.tier, Tier::ContactsOnly);
        let page = page(&opening);
        let json = body(&opening);
        assert_eq!(
            page.contains("この紙の指示は、今は有効ではありません"),
            ended
        );
        assert_eq!(json["standing"]["code"], "full_cpr");
        assert!(page.contains("data-standing=\"full_cpr\""));
        for hidden in [
            "神谷",
            "みなと在宅",
            "慢性心不全",
            "やっぱり助けて",
            "撤回",
            "医務室",
        ] {
            assert!(
                !page.contains(hidden) && !json.to_string().contains(hidden),
                "{hidden}"
            );
        }
    }
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
    let largest = |mut opening: Opening| {
        if let Some(sheet) = &mut opening.sheet {
            sheet.photo = data_address(&sample::largest_photo());
            assert!(sheet.photo.is_some());
        }
        opening
    };
    let opening = largest(sample::changed());
    let ended = since_an_order().swap_remove(1).1;
    let order = sample::standings(&sample::order_in_tokyo(), sample::order_in_tokyo());
    for (name, page) in [
        ("changed", page(&opening)),
        ("order", page(&largest(order))),
        ("ended", page(&largest(ended))),
        ("ongoing", page(&largest(sample::ongoing()))),
        ("cover", whole(&cover::live_main(&sample::paper(), false))),
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
    let newer = sample::paper();
    pages.push((
        "cover".to_owned(),
        whole(&cover::live_main(&sample::paper(), false)),
    ));
    pages.push((
        "cover-newer".to_owned(),
        whole(&cover::live_main(&newer, true)),
    ));
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

/// What in `value` the schema does not describe, or describes otherwise; enough of JSON Schema for our own.
fn against(schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(choices) = schema["enum"].as_array()
        && !choices.contains(value)
    {
        found.push(format!("{at}: {value}"));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds = &schema["type"];
    if !kinds.is_null()
        && kinds != kind
        && !kinds
            .as_array()
            .is_some_and(|all| all.contains(&json!(kind)))
    {
        found.push(format!("{at} is {kind}"));
    }
    for item in value.as_array().into_iter().flatten() {
        against(&schema["items"], item, &format!("{at}[]"), found);
    }
    if let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object())
    {
        for (name, member) in members {
            match properties.get(name) {
                Some(property) => against(property, member, &format!("{at}.{name}"), found),
                None => found.push(format!("{at}.{name} is not described")),
            }
        }
        for name in schema["required"].as_array().into_iter().flatten() {
            if !members.contains_key(name.as_str().unwrap()) {
                found.push(format!("{at} lacks {name}"));
            }
        }
    }
}

#[test]
fn the_openapi_document_describes_every_answer_in_json() {
    let [(_, page), (_, refusal)] = super::json::schemas();
    let mut found = Vec::new();
    for (name, opening) in all_openings() {
        against(&page, &body(&opening), name, &mut found);
    }
    for state in [
        LinkState::Expired,
        LinkState::Ended(EndReason::Withdrawn),
        LinkState::Ended(EndReason::Died),
    ] {
        let ended = super::json::ended_json(&sample::current().paper, state);
        against(&refusal, &ended, "ended", &mut found);
    }
    found.dedup();
    assert_eq!(found, Vec::<String>::new());
}
