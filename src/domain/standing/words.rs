//! What people read of a standing: its reasons, whom to call, the area, the order, and what would change it.

use serde_json::{Value, json};

use super::{
    Call, ONLY_IN_ARREST, Standing, StandingKind, Subject, UNTIL, Unreadable, lapsed, mark,
    standing,
};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::directive::Kind;
use crate::domain::directive::rules::Limits;
use crate::domain::directive::sample::{
    self, Log, care_worker, nurse, order_body, physician, second_nurse, wish_body,
};
use crate::domain::directive::state::State;
use crate::domain::protocol::{Protocols, RESUSCITATE_AND_TRANSPORT};
use crate::domain::record::Record;

fn day(from_today: i64) -> String {
    sample::today().plus_days(from_today).iso()
}

/// The day as a page shows it.
fn shown(from_today: i64) -> String {
    sample::today().plus_days(from_today).to_string()
}

fn noon(from_today: i64) -> Moment {
    let day = sample::today().plus_days(from_today);
    day.starts_at().plus_minutes(720)
}

fn with(body: &Value, key: &str, value: impl Into<Value>) -> Value {
    let mut body = body.clone();
    body[key] = value.into();
    body
}

fn without(body: &Value, key: &str) -> Value {
    let mut body = body.clone();
    assert!(body.as_object_mut().unwrap().remove(key).is_some(), "{key}");
    body
}

/// Code and words of every reason.
fn reasons(standing: &Standing) -> Vec<(&'static str, String)> {
    let reasons = standing.reasons().iter();
    reasons
        .map(|reason| (reason.code(), reason.words()))
        .collect()
}

fn told(tell: impl FnOnce(&mut Log)) -> Log {
    let mut log = Log::default();
    tell(&mut log);
    log
}

fn signed() -> Log {
    told(|log| {
        log.signed_order();
    })
}

fn signed_of(body: &Value) -> Log {
    told(|log| {
        log.signed_order_of(body);
    })
}

/// As the sample, in an area where crews can stop on a physician's word.
fn in_tokyo(log: Result<&Log, Unreadable>, now: Moment) -> Standing {
    standing(
        log.map(|log| log.0.as_slice()),
        &sample::subject(),
        Protocols::default().area(Some("tokyo")),
        Limits::default(),
        now,
    )
}

#[test]
fn a_standing_without_an_order_says_who_wished_what_and_when() {
    let inference = |cpr: &str, relationship: Option<&str>| {
        let mut body = json!({"cpr": cpr, "inferred_by": "髙﨑 誠", "stated_on": day(-3)});
        if let Some(relationship) = relationship {
            body["relationship"] = relationship.into();
        }
        told(|log| {
            log.say(nurse(), Kind::Inference, None, &body);
        })
    };
    let wish = |body: &Value| {
        told(|log| {
            log.say(nurse(), Kind::Wish, None, body);
        })
    };
    let on = shown(-50);
    let family = shown(-3);
    for (log, code, words) in [
        (
            Log::default(),
            "nothing_recorded",
            "心肺蘇生についての医師の指示書や意思の記録はありません".to_owned(),
        ),
        (
            wish(&wish_body("no_cpr")),
            "wish_of_person",
            format!("本人が心肺蘇生を望まないと示した記録があります({on} 口頭)"),
        ),
        (
            wish(&without(
                &without(&wish_body("no_cpr"), "stated_on"),
                "stated_how",
            )),
            "wish_of_person",
            "本人が心肺蘇生を望まないと示した記録があります(日付未確認 未確認)".to_owned(),
        ),
        (
            wish(&wish_body("full_cpr")),
            "wish_is_full_treatment",
            format!("心肺蘇生を望むという記録があります({on})"),
        ),
        (
            wish(&wish_body("undecided")),
            "wish_undecided",
            format!("まだ決めていないという記録があります({on})"),
        ),
        (
            inference("no_cpr", Some("son")),
            "wish_of_family",
            format!(
                "家族(息子 髙﨑 誠)による推定の記録があります({family})。本人の意思の記録ではありません"
            ),
        ),
        (
            inference("no_cpr", None),
            "wish_of_family",
            format!(
                "家族(髙﨑 誠)による推定の記録があります({family})。本人の意思の記録ではありません"
            ),
        ),
        (
            inference("full_cpr", Some("son")),
            "wish_is_full_treatment",
            format!("心肺蘇生を望むという記録があります({family})"),
        ),
    ] {
        assert_eq!(reasons(&log.standing()), [(code, words)]);
    }
}

#[test]
fn s05_what_the_family_inferred_is_never_called_the_persons_wish() {
    let inference = json!({"cpr": "no_cpr", "inferred_by": "髙﨑 誠", "relationship": "son"});
    let headline = |wish: bool, family: bool| {
        let log = told(|log| {
            if wish {
                log.say(nurse(), Kind::Wish, None, &wish_body("no_cpr"));
            }
            if family {
                log.say(nurse(), Kind::Inference, None, &inference);
            }
        });
        let standing = log.standing();
        assert_eq!(standing.kind(), StandingKind::FullCprWishOnly);
        standing.band().headline
    };
    let person = "心肺蘇生を実施してください。本人の希望の記録あり・医師の指示なし";
    let family = "心肺蘇生を実施してください。家族による推定の記録あり・医師の指示なし";
    assert_eq!(headline(true, false), person);
    assert_eq!(headline(true, true), person);
    assert_eq!(headline(false, true), family);
}

#[test]
fn every_standing_has_the_code_and_the_sentence_of_the_safety_rules() {
    for (kind, code, sentence) in [
        (
            StandingKind::FullCprByFailure,
            "full_cpr_by_failure",
            "心肺蘇生を実施してください",
        ),
        (
            StandingKind::Revoked,
            "revoked",
            "以前の指示は撤回されています。心肺蘇生を実施してください",
        ),
        (
            StandingKind::Conflict,
            "conflict",
            "心肺蘇生を実施してください。記録に食い違いがあります",
        ),
        (
            StandingKind::FullCprInvalidOrder,
            "full_cpr_invalid_order",
            "心肺蘇生を実施してください。過去の指示は現在無効です",
        ),
        (
            StandingKind::OrderOnFile,
            "order_on_file",
            "医師の指示書があります(心停止時のみ)。中止の判断は必ず医師へ電話で確認してから。確認まで心肺蘇生を続けてください。",
        ),
        (
            StandingKind::FullCprWishOnly,
            "full_cpr_wish_only",
            "心肺蘇生を実施してください。本人の希望の記録あり・医師の指示なし",
        ),
        (
            StandingKind::FullCpr,
            "full_cpr",
            "心肺蘇生を実施してください(通常どおり)",
        ),
    ] {
        let json = sample::of(kind).json();
        assert_eq!(json["code"], code);
        assert_eq!(json["headline"], sentence);
        assert_eq!(json["until"], UNTIL, "{code}");
        assert_eq!(json["area"], RESUSCITATE_AND_TRANSPORT, "{code}");
        let holds = kind == StandingKind::OrderOnFile;
        assert_eq!(json["applies"] == ONLY_IN_ARREST, holds, "{code}");
        assert_eq!(json["order"].is_object(), holds, "{code}");
        let reasons = json["reasons"].as_array().unwrap();
        assert!(
            reasons
                .iter()
                .all(|reason| !reason["text"].as_str().unwrap().is_empty()),
            "{code}"
        );
        assert!(!reasons.is_empty(), "{code}");
    }
}

#[test]
fn s11_a_revocation_says_who_took_what_back_and_in_which_words() {
    let on = shown(-40);
    for (body, words) in [
        (
            json!({"revoked_by": "resident", "words": "やっぱり助けてほしい"}),
            format!("{on} 本人が撤回「やっぱり助けてほしい」"),
        ),
        (
            json!({"revoked_by": "representative", "name": "髙﨑 誠"}),
            format!("{on} 代理人・家族(髙﨑 誠)が撤回"),
        ),
    ] {
        let mut log = signed();
        log.say(care_worker(), Kind::Revoked, None, &body);
        assert_eq!(reasons(&log.standing()), [("revoked", words)]);
    }
}

#[test]
fn s06_every_contradiction_is_told_with_both_of_its_sides() {
    let on = shown(-40);
    for (body, words) in [
        (
            json!({"name": "髙﨑 和夫", "relationship": "son", "words": "聞いていない"}),
            format!("{on} 息子(髙﨑 和夫)から異議があり、解消していません「聞いていない」"),
        ),
        (
            json!({"name": "髙﨑 和夫"}),
            format!("{on} 髙﨑 和夫から異議があり、解消していません"),
        ),
        (
            json!({"relationship": "daughter"}),
            format!("{on} 娘から異議があり、解消していません"),
        ),
        (
            json!({}),
            format!("{on} 家族等から異議があり、解消していません"),
        ),
    ] {
        let log = told(|log| {
            log.say(care_worker(), Kind::ObjectionRaised, None, &body);
        });
        assert_eq!(reasons(&log.standing()), [("objection", words)]);
    }

    let dissent = json!([{"name": "髙﨑 和夫", "relationship": "son"}, {"name": "髙﨑 久美"}]);
    let against = with(&order_body(), "dissent", dissent);
    let words = "指示の話し合いで反対した人がいます(髙﨑 和夫、髙﨑 久美)";
    assert_eq!(
        reasons(&signed_of(&against).standing()),
        [("dissent", words.to_owned())]
    );
    // What was only begun to be written down contradicts nobody yet.
    let draft = told(|log| {
        log.say(nurse(), Kind::Order, None, &against);
    });
    assert_eq!(draft.standing().kind(), StandingKind::FullCprInvalidOrder);

    let family = json!({"cpr": "no_cpr", "inferred_by": "髙﨑 誠", "stated_on": day(-3)});
    let mut wish = told(|log| {
        log.say(nurse(), Kind::Wish, None, &wish_body("full_cpr"))
            .say(nurse(), Kind::Inference, None, &family);
    });
    let words = format!(
        "「本人: 心肺蘇生を望む({})」と「家族の推定: 心肺蘇生を望まない意思表示(医師の確認が必要)({})」が食い違っています",
        shown(-50),
        shown(-3)
    );
    assert_eq!(reasons(&wish.standing()), [("contradiction", words)]);
    wish.say(nurse(), Kind::Wish, None, &wish_body("undecided"));
    assert_eq!(wish.standing().kind(), StandingKind::FullCprWishOnly);

    let mut log = told(|log| {
        log.say(nurse(), Kind::Wish, None, &wish_body("full_cpr"));
    });
    log.signed_order();
    let words = format!(
        "「本人: 心肺蘇生を望む({})」と「医師の指示書: 心停止のときは、医師が電話で確認してから中止を判断する(DNAR)(神谷 修一 {})」が食い違っています",
        shown(-50),
        shown(-45)
    );
    assert_eq!(reasons(&log.standing()), [("contradiction", words)]);
}

#[test]
fn s04_an_order_that_does_not_hold_says_every_reason() {
    let unsigned = |kinds: &[Kind]| {
        told(|log| {
            for kind in kinds {
                let about = (*kind != Kind::Order).then_some(1);
                let body = match kind {
                    Kind::Order => order_body(),
                    Kind::Submitted => json!({}),
                    _ => json!({
                        "original": "5e".repeat(32), "purpose": "activate", "signed_on": day(-40),
                        "review_due_on": day(80),
                    }),
                };
                log.say(nurse(), *kind, about, &body);
            }
        })
    };
    for (kinds, stage) in [
        (vec![Kind::Order], "下書き"),
        (vec![Kind::Order, Kind::Submitted], "医師へ提出、署名待ち"),
        (
            vec![Kind::Order, Kind::Submitted, Kind::Scanned],
            "署名された原本の照合待ち",
        ),
    ] {
        let words = format!("医師の署名がありません({stage})");
        assert_eq!(reasons(&unsigned(&kinds).standing()), [("unsigned", words)]);
    }

    let said = shown(-40);
    for (kind, about, body, why) in [
        (
            Kind::Suspended,
            None,
            json!({"reason": "admission"}),
            "入院した",
        ),
        (
            Kind::Wish,
            None,
            wish_body("undecided"),
            "本人が違うことを話した",
        ),
        (
            Kind::Inference,
            None,
            json!({"cpr": "undecided"}),
            "家族が違うことを話した",
        ),
        (Kind::Closed, None, json!({"reason": "left"}), "退所"),
        (
            Kind::PhoneTested,
            Some(1),
            json!({"number": "phone_24h", "result": "not_in_use"}),
            "医師の電話の確認",
        ),
    ] {
        let mut log = signed();
        log.say(nurse(), kind, about, &body);
        assert_eq!(
            reasons(&log.standing()),
            [("suspended", format!("{said}から停止中({why})"))]
        );
    }

    let mut lacking = order_body();
    for key in ["basis_disease", "effective_from", "expires_on"] {
        lacking = without(&lacking, key);
    }
    let lacks = |what: &str| ("lacks", format!("{what}がありません"));
    assert_eq!(
        reasons(&signed_of(&lacking).standing()),
        [
            lacks("もとになる病気"),
            lacks("有効になる日"),
            lacks("有効期限")
        ]
    );
}

#[test]
fn an_order_that_another_one_replaces_says_since_when() {
    let mut log = signed();
    log.say(nurse(), Kind::Order, None, &order_body())
        .say(nurse(), Kind::Submitted, Some(4), &json!({}))
        .say(nurse(), Kind::Submitted, Some(1), &json!({}));
    // The older one rules again, and the physician has not acted since the newer one was put before them.
    let words = format!("{}に別の指示書が提出されました", shown(-40));
    assert_eq!(reasons(&log.standing()), [("superseded", words)]);
}

#[test]
fn s27_each_end_of_an_order_is_named_from_its_first_day_on() {
    // The sample takes effect on day -40, is signed on that day, due on day 80 with 30 days of grace.
    let at = |log: &Log, day: i64| {
        let codes = log.standing_at(noon(day));
        let codes = codes.reasons().iter().map(|reason| reason.code());
        codes.collect::<Vec<_>>()
    };
    let log = signed();
    assert_eq!(at(&log, 80), ["order_holds"]);
    assert_eq!(at(&log, 81), ["order_holds", "review_due"]);
    assert_eq!(at(&log, 110), ["order_holds", "review_due"]);
    assert_eq!(at(&log, 111), ["review_overdue"]);
    assert_eq!(at(&log, 300), ["review_overdue"]);
    assert_eq!(at(&log, 301), ["expired", "review_overdue"]);
    assert_eq!(
        log.standing_at(noon(301)).band().reason,
        format!(
            "{}で期限が切れました。次回確認日({})と猶予30日を過ぎても再確認されていません。再確認はまだ医師に依頼されていません",
            shown(300),
            shown(80)
        )
    );
    assert_eq!(
        log.standing_at(noon(81)).band().reason,
        format!(
            "医師の指示日 {}。再確認期限超過({}まで)。再確認はまだ医師に依頼されていません。再確認されなければ{}で無効になります",
            shown(-40),
            shown(80),
            shown(110)
        )
    );
    let later = signed_of(&with(&order_body(), "effective_from", day(2)));
    assert_eq!(at(&later, 1), ["not_yet_effective"]);
    assert_eq!(at(&later, 2), ["order_holds"]);
    assert_eq!(
        later.standing_at(noon(1)).band().reason,
        format!("{}から有効の指示です", shown(2))
    );

    // A signature dated after the order's own first day.
    let late = json!({"signed_on": day(3), "review_due_on": day(80)});
    let late = told(|log| {
        log.say(nurse(), Kind::Order, None, &order_body())
            .say(nurse(), Kind::Submitted, Some(1), &json!({}))
            .say(physician(), Kind::Signed, Some(1), &late);
    });
    assert_eq!(at(&late, 2), ["not_yet_effective"]);
    assert_eq!(at(&late, 3), ["order_holds"]);
}

#[test]
fn an_order_is_over_by_its_dates_from_the_day_after_the_last() {
    let early_end = signed_of(&with(&order_body(), "expires_on", day(20)));
    for (log, last) in [(signed(), 110), (early_end, 20)] {
        let state = State::read(&log.0).unwrap();
        let order = state.ruling().unwrap();
        let over = |day: i64| {
            let today = sample::today().plus_days(day);
            lapsed(order, Limits::default(), today)
        };
        assert!(!over(last - 1) && !over(last), "{last}");
        assert!(over(last + 1) && over(last + 2), "{last}");
        assert_eq!(
            log.standing().order().unwrap().valid_until,
            sample::today().plus_days(last)
        );
    }
}

#[test]
fn s14_an_order_speaks_of_adults_whose_birth_date_is_known() {
    let log = signed();
    let born = |birth_date: Option<Day>| {
        let subject = Subject {
            birth_date,
            ..Subject::default()
        };
        let area = Protocols::default();
        let now = noon(0);
        reasons(&standing(
            Ok(&log.0),
            &subject,
            area.area(None),
            Limits::default(),
            now,
        ))
    };
    let outside = |why: &str| vec![("out_of_scope", format!("指示の対象外({why})"))];
    assert_eq!(born(None), outside("生年月日が未確認"));
    assert_eq!(born(Day::from_ymd(2008, 11, 26)), outside("18歳未満"));
    assert_eq!(born(Day::from_ymd(2026, 11, 26)), outside("18歳未満"));
    assert_eq!(born(Day::from_ymd(2008, 11, 25))[0].0, "order_holds");
}

#[test]
fn an_order_that_holds_says_what_a_physician_should_be_asked_about() {
    let rests = signed_of(&with(
        &order_body(),
        "person_wish_basis",
        "inferred_by_family",
    ));
    let holds = ("order_holds", format!("医師の指示日 {}", shown(-40)));
    assert_eq!(
        reasons(&rests.standing()),
        [
            holds.clone(),
            (
                "rests_on_family",
                "本人の意思は家族による推定です".to_owned()
            )
        ]
    );
    let mut called = signed();
    let call = json!({"number": "phone_24h", "result": "no_answer"});
    called.say(nurse(), Kind::PhoneTested, Some(1), &call);
    let silent = format!(
        "{}に確かめたとき、医師の電話に応答がありませんでした",
        shown(-40)
    );
    assert_eq!(
        reasons(&called.standing()),
        [holds, ("phone_not_answered", silent)]
    );
    let full = signed_of(&with(&order_body(), "cpr_instruction", "full_cpr"));
    assert_eq!(full.standing().kind(), StandingKind::FullCpr);
    assert_eq!(
        reasons(&full.standing()),
        [(
            "order_is_full_treatment",
            format!("心肺蘇生を行うという医師の指示があります({})", shown(-40))
        )]
    );
}

#[test]
fn the_order_stands_beside_the_band_with_all_that_a_crew_asks_for() {
    let standing = signed().standing();
    let facts = standing.band().facts;
    let fact = |label: &str| {
        let mut found = facts.iter().filter(|(known, _)| *known == label);
        let (_, words) = found.next().unwrap_or_else(|| panic!("{label}"));
        assert!(found.next().is_none(), "{label} once");
        words.clone()
    };
    for (label, words) in [
        ("医師", "神谷 修一(みなと在宅クリニック)".to_owned()),
        ("指示日", shown(-40)),
        ("次回確認日", shown(80)),
        ("有効期限", format!("{}まで有効", shown(110))),
        (
            "想定された状態",
            "食事がとれなくなり、眠る時間が増え、呼吸と脈が静かに弱くなって止まる".to_owned(),
        ),
        (
            "もとになる病気",
            "慢性心不全(ステージD)・アルツハイマー型認知症".to_owned(),
        ),
        ("本人の意思", "本人が話した".to_owned()),
        (
            "指示の範囲",
            "老衰による心停止のときの心肺蘇生のみ".to_owned(),
        ),
        ("原本の場所", "1階 医務室の赤いファイル".to_owned()),
        (
            "署名",
            "神谷 修一(医師として登録された本人)の電子署名".to_owned(),
        ),
    ] {
        assert_eq!(fact(label), words);
    }
    assert_eq!(facts.len(), 10);
    // Only the treatments about which something was said; CPR and the rest of the order are none of them.
    let order = standing.order().unwrap();
    assert_eq!(
        order.treatments,
        [
            (
                "気管挿管",
                "望まないと話している(医師の確認が必要)".to_owned()
            ),
            ("抗菌薬", "受ける".to_owned()),
        ]
    );
    let json = &standing.json()["order"];
    assert_eq!(json["physician"], "神谷 修一");
    assert_eq!(json["valid_until"], day(110));
    assert_eq!(json["expires_on"], day(300));
    assert_eq!(json["original_mark"], Value::Null);
    assert_eq!(json["treatments"].as_array().unwrap().len(), 2);

    let bare = signed_of(&without(&order_body(), "scope"));
    assert_eq!(
        bare.standing().order().unwrap().scope,
        "心停止時の心肺蘇生のみ"
    );
}

#[test]
fn a_signed_original_is_named_by_the_beginning_of_its_hash() {
    let hash = "0123456789abcdef".repeat(4);
    assert_eq!(mark(&hash), "0123-4567-89ab-cdef");
    let scan = json!({
        "original": hash, "purpose": "activate", "signed_on": day(-40), "review_due_on": day(80),
    });
    let log = told(|log| {
        log.say(nurse(), Kind::Order, None, &order_body())
            .say(nurse(), Kind::Submitted, Some(1), &json!({}))
            .say(nurse(), Kind::Scanned, Some(1), &scan)
            .say(
                second_nurse(),
                Kind::Verified,
                Some(3),
                &json!({"compared": "yes"}),
            );
    });
    let facts = log.standing().band().facts;
    let signature = (
        "署名",
        "署名された原本と照合済み(照合符号 0123-4567-89ab-cdef)".to_owned(),
    );
    assert!(facts.contains(&signature), "{facts:?}");
}

#[test]
fn the_orders_physician_is_called_first_and_no_number_twice() {
    let record = Record::from_json(&json!({
        "birth_date": "1937-03-04",
        "physicians": [
            {"role": "visiting_doctor", "institution": "みなと在宅クリニック", "name": "神谷 修一", "phone_24h": "0463001199"},
            {"role": "primary_doctor", "institution": "潮見内科", "name": "早川 恵", "phone_24h": "0463-00-3399"},
            {"role": "specialist", "institution": "湘南循環器病院", "phone_24h": "0463-00-4499"},
            {"role": "primary_doctor", "institution": "昼間だけの医院", "name": "三浦 健", "phone_day": "0463-00-5599"},
            {"role": "visiting_nurse_station", "institution": "みなと訪問看護ステーション", "phone_24h": "0463-00-6699"},
        ],
    }))
    .unwrap();
    let subject = Subject::of(&record);
    assert_eq!(subject.birth_date, Day::from_ymd(1937, 3, 4));
    let called = |body: &Value| {
        let log = signed_of(body);
        let area = Protocols::default();
        let now = noon(0);
        let standing = standing(
            Ok(&log.0),
            &subject,
            area.area(None),
            Limits::default(),
            now,
        );
        let line = |call: &Call| format!("{} {}", call.who, call.phone);
        let json = standing.json();
        assert_eq!(
            json["calls"].as_array().unwrap().len(),
            standing.calls().len()
        );
        assert_eq!(json["calls"][0]["who"], standing.calls()[0].who);
        standing.calls().iter().map(line).collect::<Vec<_>>()
    };
    let of_the_sheet = [
        "早川 恵医師(潮見内科) 0463-00-3399",
        "湘南循環器病院 0463-00-4499",
    ];
    assert_eq!(
        called(&order_body()),
        [
            "神谷 修一医師(みなと在宅クリニック) 0463-00-1199",
            "つながらないとき(みなと訪問看護ステーション) 0463-00-2299",
            of_the_sheet[0],
            of_the_sheet[1],
        ]
    );
    let backup = without(&order_body(), "phone_backup_of");
    assert_eq!(called(&backup)[1], "つながらないとき 0463-00-2299");
    // An order without its number is invalid, and the sheet's own physicians are still there to call.
    let dead = without(&without(&order_body(), "phone_24h"), "phone_backup");
    assert_eq!(called(&dead)[1..], of_the_sheet);
}

#[test]
fn the_band_names_whom_to_call_where_a_physicians_word_is_waited_for() {
    for kind in StandingKind::ALL {
        let log = sample::log(kind);
        let subject = Subject {
            physicians: signed().standing().calls().to_vec(),
            ..sample::subject()
        };
        let area = Protocols::default();
        let log = match kind {
            StandingKind::FullCprByFailure => Err(Unreadable),
            _ => Ok(log.0.as_slice()),
        };
        let standing = standing(log, &subject, area.area(None), Limits::default(), noon(0));
        assert_eq!(standing.kind(), kind);
        let named = match kind {
            StandingKind::Conflict
            | StandingKind::FullCprInvalidOrder
            | StandingKind::OrderOnFile
            | StandingKind::FullCprWishOnly => 2,
            _ => 0,
        };
        assert_eq!(standing.band_calls().len(), named, "{kind:?}");
    }
}

#[test]
fn s15_the_rules_of_an_area_stand_beside_every_standing_even_when_nothing_can_be_read() {
    let log = signed();
    let before = log.0[0].at.plus_minutes(-60);
    for (standing, reason) in [
        (in_tokyo(Ok(&log), noon(0)), "order_holds"),
        (in_tokyo(Ok(&log), before), "clock_problem"),
        (in_tokyo(Err(Unreadable), noon(0)), "unreadable"),
    ] {
        assert_eq!(standing.reasons()[0].code(), reason);
        assert!(
            standing.band().area.starts_with("東京消防庁の管内では"),
            "{reason}"
        );
        let conditions = standing.conditions();
        for words in [
            "成人で、心肺停止であること",
            "医師が約45分以内に到着できること",
            "引き継ぐ家族等の同意書への署名",
        ] {
            assert!(
                conditions.iter().any(|condition| condition == words),
                "{words}"
            );
        }
        assert_eq!(conditions.len(), 8);
        assert_eq!(standing.json()["conditions"].as_array().unwrap().len(), 8);
        assert_eq!(
            standing.area_calls(),
            ["かかりつけ医等(直接、または訪問看護師を通じて)"]
        );
        let source = standing.area_source();
        assert!(source.starts_with("東京消防庁") && source.ends_with("(2026-11-25 確認)"));
    }
    // Where crews cannot stop there is nothing to check, and where the area is not known nothing is claimed of it.
    let default = log.standing();
    assert!(default.conditions().is_empty() && default.area_calls().is_empty());
    for standing in [Standing::by_failure(), Standing::withheld()] {
        assert_eq!(standing.band().area, RESUSCITATE_AND_TRANSPORT);
        assert!(standing.conditions().is_empty() && standing.area_calls().is_empty());
        assert_eq!(standing.area_source(), "");
    }
}

#[test]
fn s22_what_is_withheld_says_nothing_of_the_person() {
    let standing = Standing::withheld();
    assert_eq!(standing.kind(), StandingKind::FullCpr);
    assert_eq!(
        reasons(&standing),
        [(
            "withheld",
            "同意がないため記録を表示せず、通常どおりの対応を示しています".to_owned()
        )]
    );
    assert!(standing.calls().is_empty() && standing.changes().is_empty());
    assert!(standing.order().is_none());
}

#[test]
fn the_facility_reads_what_would_change_each_standing() {
    let mut seen = Vec::new();
    for kind in StandingKind::ALL {
        let standing = sample::of(kind);
        assert!(!standing.changes().is_empty(), "{kind:?}");
        assert_eq!(standing.json()["changes"], json!(standing.changes()));
        seen.extend(standing.changes().to_vec());
    }
    assert!(
        seen.iter().all(|words| words.chars().count() > 10),
        "{seen:?}"
    );
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 10, "each standing has words of its own");
    // Only a physician makes an order hold; whoever is signed in takes it back.
    let holds = sample::of(StandingKind::OrderOnFile);
    assert!(holds.changes()[0].contains("だれでも一回の操作で撤回・停止できます"));
    let invalid = sample::of(StandingKind::FullCprInvalidOrder);
    assert!(invalid.changes()[0].contains("医師が署名すると有効になります"));
}
