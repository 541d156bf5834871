//! Histories in which somebody would like the standing to lie.

use serde_json::{Value, json};

use super::rules::{Limits, may_follow};
use super::sample::{
    self, Log, care_worker, nurse, order_body, physician, second_nurse, wish_body,
};
use super::state::State;
use super::{
    Kind, PhoneResult, SignaturePurpose, Speaker, Statement, SuspendReason, last_talk, triggers,
};
use crate::domain::answer::Inputs;
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::id::StatementId;
use crate::domain::record::Record;
use crate::domain::standing::StandingKind;

fn day(from_today: i64) -> String {
    sample::today().plus_days(from_today).iso()
}

fn signature() -> Value {
    json!({"signed_on": day(-40), "review_due_on": day(80)})
}

fn paper(purpose: &str, signed_on: i64) -> Value {
    json!({
        "original": "ab".repeat(32), "purpose": purpose, "signed_on": day(signed_on), "review_due_on": day(80),
    })
}

/// Moves the newest statement to noon of a day.
fn on(log: &mut Log, from_today: i64) -> &mut Log {
    log.0.last_mut().unwrap().at = sample::today()
        .plus_days(from_today)
        .starts_at()
        .plus_minutes(720);
    log
}

/// Why a statement may not follow, by its keys; empty when it may.
fn refused(log: &Log, by: &Speaker, kind: Kind, about: i64, body: &Value) -> Vec<String> {
    let state = State::read(&log.0).unwrap();
    let statement = Statement::read(kind, &Inputs::from_json(body)).unwrap();
    let about = StatementId(format!("r.{about}"));
    let today = Day::of(Moment(sample::today().starts_at().plus_minutes(600).0));
    let outcome = may_follow(
        &state,
        Some(&about),
        &statement,
        by,
        Limits::default(),
        today,
    );
    outcome.err().map_or_else(Vec::new, |problems| {
        problems.iter().map(|(key, _)| key.to_owned()).collect()
    })
}

#[test]
fn s06_no_signature_counts_while_a_contradiction_is_open() {
    let mut log = Log::default();
    log.say(nurse(), Kind::Wish, None, &wish_body("full_cpr"))
        .say(nurse(), Kind::Order, None, &order_body())
        .say(nurse(), Kind::Submitted, Some(2), &json!({}));
    assert_eq!(
        refused(&log, &physician(), Kind::Signed, 2, &signature()),
        ["about"]
    );
    // However the signature came into the store: whoever takes the wish back alone lowers nothing.
    log.say(physician(), Kind::Signed, Some(2), &signature());
    assert_eq!(log.standing().kind(), StandingKind::Conflict);
    log.say(nurse(), Kind::Wish, None, &wish_body("no_cpr"));
    assert_eq!(log.standing().kind(), StandingKind::FullCprInvalidOrder);
    // The request still waits, and now the physician can answer it.
    assert!(refused(&log, &physician(), Kind::Signed, 2, &signature()).is_empty());
    log.say(physician(), Kind::Signed, Some(2), &signature());
    assert_eq!(log.standing().kind(), StandingKind::OrderOnFile);
}

#[test]
fn s06_no_signature_counts_while_an_objection_is_open() {
    let mut log = Log::default();
    log.say(
        care_worker(),
        Kind::ObjectionRaised,
        None,
        &json!({"words": "聞いていない"}),
    )
    .say(nurse(), Kind::Order, None, &order_body())
    .say(nurse(), Kind::Submitted, Some(2), &json!({}));
    assert_eq!(
        refused(&log, &physician(), Kind::Signed, 2, &signature()),
        ["about"]
    );
    log.say(physician(), Kind::Signed, Some(2), &signature());
    let settled = json!({"words": "長男と話し合い、本人の言葉を確かめた"});
    log.say(nurse(), Kind::ObjectionSettled, Some(1), &settled);
    assert_eq!(log.standing().kind(), StandingKind::FullCprInvalidOrder);
}

#[test]
fn s10_no_signature_counts_while_the_number_is_dead() {
    let call = |result: &str| json!({"number": "phone_24h", "result": result});
    let mut log = Log::default();
    log.say(nurse(), Kind::Order, None, &order_body())
        .say(nurse(), Kind::PhoneTested, Some(1), &call("not_in_use"))
        .say(nurse(), Kind::PhoneTested, Some(1), &call("no_answer"))
        .say(nurse(), Kind::Submitted, Some(1), &json!({}));
    assert_eq!(
        refused(&log, &physician(), Kind::Signed, 1, &signature()),
        ["about"]
    );
    log.say(physician(), Kind::Signed, Some(1), &signature());
    assert_ne!(log.standing().kind(), StandingKind::OrderOnFile);
    log.say(nurse(), Kind::PhoneTested, Some(1), &call("answered"));
    assert_ne!(log.standing().kind(), StandingKind::OrderOnFile);
    assert!(refused(&log, &physician(), Kind::Signed, 1, &signature()).is_empty());
}

#[test]
fn s12_two_nurses_cannot_resume_with_the_old_paper() {
    let mut log = Log::default();
    log.say(nurse(), Kind::Order, None, &order_body())
        .say(nurse(), Kind::Submitted, Some(1), &json!({}))
        .say(nurse(), Kind::Scanned, Some(1), &paper("activate", -40))
        .say(
            second_nurse(),
            Kind::Verified,
            Some(3),
            &json!({"compared": "yes"}),
        );
    assert_eq!(log.standing().kind(), StandingKind::OrderOnFile);
    log.say(
        care_worker(),
        Kind::Suspended,
        None,
        &json!({"reason": "admission"}),
    );
    on(&mut log, -10).say(nurse(), Kind::Submitted, Some(1), &json!({}));
    on(&mut log, -9);
    for (signed_on, too_old) in [(-40, true), (-11, true), (-10, true), (-9, false)] {
        let keys = refused(
            &log,
            &nurse(),
            Kind::Scanned,
            1,
            &paper("resume", signed_on),
        );
        assert_eq!(keys == ["signed_on"], too_old, "{signed_on}: {keys:?}");
        let mut log = Log(log.0.clone());
        log.say(nurse(), Kind::Scanned, Some(1), &paper("resume", signed_on));
        on(&mut log, -8).say(
            second_nurse(),
            Kind::Verified,
            Some(7),
            &json!({"compared": "yes"}),
        );
        on(&mut log, -8);
        assert_eq!(
            log.standing().kind() != StandingKind::OrderOnFile,
            too_old,
            "{signed_on}"
        );
    }
}

#[test]
fn s12_a_paper_from_before_a_revocation_carries_no_new_order() {
    let mut log = Log::default();
    log.say(
        care_worker(),
        Kind::Revoked,
        None,
        &json!({"revoked_by": "resident"}),
    );
    on(&mut log, -20)
        .say(nurse(), Kind::Order, None, &order_body())
        .say(nurse(), Kind::Submitted, Some(2), &json!({}));
    let old = refused(&log, &nurse(), Kind::Scanned, 2, &paper("activate", -40));
    assert_eq!(old, ["signed_on"]);
    let new = refused(&log, &nurse(), Kind::Scanned, 2, &paper("activate", -19));
    assert!(new.is_empty(), "{new:?}");
    log.say(nurse(), Kind::Scanned, Some(2), &paper("activate", -20))
        .say(
            second_nurse(),
            Kind::Verified,
            Some(4),
            &json!({"compared": "yes"}),
        );
    assert_eq!(log.standing().kind(), StandingKind::FullCprInvalidOrder);
}

#[test]
fn s12_a_review_on_paper_is_newer_than_the_signature_before_it() {
    let mut log = Log::default();
    log.signed_order()
        .say(nurse(), Kind::Submitted, Some(1), &json!({}));
    let again = refused(&log, &nurse(), Kind::Scanned, 1, &paper("review", -40));
    assert_eq!(again, ["signed_on"]);
    assert!(refused(&log, &nurse(), Kind::Scanned, 1, &paper("review", -39)).is_empty());
}

#[test]
fn nobody_signs_before_it_was_talked_about() {
    let mut log = Log::default();
    log.say(nurse(), Kind::Order, None, &order_body()).say(
        nurse(),
        Kind::Submitted,
        Some(1),
        &json!({}),
    );
    let signed = |from_today| {
        let body = json!({"signed_on": day(from_today), "review_due_on": day(80)});
        refused(&log, &physician(), Kind::Signed, 1, &body)
    };
    let on_paper = |from_today| {
        refused(
            &log,
            &nurse(),
            Kind::Scanned,
            1,
            &paper("activate", from_today),
        )
    };
    assert_eq!(signed(-46), ["signed_on"]);
    assert!(signed(-45).is_empty());
    assert_eq!(on_paper(-46), ["signed_on"]);
    assert!(on_paper(-45).is_empty());
}

#[test]
fn s12_only_those_who_may_bring_and_compare_an_original() {
    for (first, second, holds) in [
        (nurse(), second_nurse(), true),
        (nurse(), nurse(), false),
        (care_worker(), nurse(), false),
        (nurse(), care_worker(), false),
        (nurse(), physician(), false),
    ] {
        let mut log = Log::default();
        log.say(nurse(), Kind::Order, None, &order_body())
            .say(nurse(), Kind::Submitted, Some(1), &json!({}))
            .say(first, Kind::Scanned, Some(1), &paper("activate", -40))
            .say(second, Kind::Verified, Some(3), &json!({"compared": "yes"}));
        assert_eq!(
            log.standing().kind() == StandingKind::OrderOnFile,
            holds,
            "{:?}",
            log.0[3].by
        );
    }
}

#[test]
fn who_decides_and_on_which_number_are_each_a_change_of_their_own() {
    let contact = |key: &str, decides: &str, phone: &str| {
        let record = json!({
            "emergency_contacts": [
                {"name": "髙﨑 誠", "is_key_person": key, "is_substitute_decision_maker": decides},
                {"name": "渡邉 幸子", "is_key_person": "no", "is_substitute_decision_maker": "yes"},
            ],
            "physicians": [{"role": "visiting_doctor", "name": "神谷 修一", "phone_24h": phone}],
        });
        Record::from_json(&record).unwrap()
    };
    let before = contact("yes", "yes", "0463-00-1199");
    assert_eq!(triggers(&before, &before.clone()), []);
    for after in [
        contact("no", "yes", "0463-00-1199"),
        contact("yes", "no", "0463-00-1199"),
    ] {
        assert_eq!(triggers(&before, &after), [SuspendReason::KeyPersonChanged]);
    }
    let after = contact("yes", "yes", "0463-00-2299");
    assert_eq!(triggers(&before, &after), [SuspendReason::PhysicianChanged]);
}

#[test]
fn s16_a_stay_in_hospital_that_the_sheet_did_not_know_suspends() {
    let record = |stay: serde_json::Value| Record::from_json(&stay).unwrap();
    let none = record(json!({}));
    let asked = record(json!({"admission_last_6m": "no"}));
    let stayed = record(json!({"admission_last_6m": "yes"}));
    let august = record(
        json!({"admission_last_6m": "yes", "admission_last_6m_detail": "8月 誤嚥性肺炎で10日間"}),
    );
    let november = record(
        json!({"admission_last_6m": "yes", "admission_last_6m_detail": "11月 骨折で入院中"}),
    );
    for (before, after) in [
        (&none, &stayed),
        (&asked, &stayed),
        (&none, &august),
        (&stayed, &august),
        (&august, &november),
    ] {
        assert_eq!(triggers(before, after), [SuspendReason::Admission]);
    }
    for (before, after) in [
        (&none, &asked),
        (&august, &august),
        (&august, &asked),
        (&august, &none),
    ] {
        assert_eq!(triggers(before, after), []);
    }
}

#[test]
fn s12_a_comparison_counts_for_the_scan_that_it_names_and_for_no_other() {
    let compare = |log: &mut Log, about: Option<i64>, compared: &str| {
        let body = json!({"compared": compared});
        log.say(second_nurse(), Kind::Verified, about, &body);
    };
    let mut log = Log::default();
    log.say(nurse(), Kind::Order, None, &order_body())
        .say(nurse(), Kind::Order, None, &order_body())
        .say(nurse(), Kind::Submitted, Some(1), &json!({}))
        .say(nurse(), Kind::Scanned, Some(1), &paper("activate", -40));
    for (about, compared) in [
        (Some(1), "yes"),
        (Some(2), "yes"),
        (Some(3), "yes"),
        (None, "yes"),
        (Some(4), "no"),
    ] {
        compare(&mut log, about, compared);
        let kind = log.standing().kind();
        assert_eq!(kind, StandingKind::FullCprInvalidOrder, "{about:?}");
    }
    compare(&mut log, Some(4), "yes");
    assert_eq!(log.standing().kind(), StandingKind::OrderOnFile);
}

#[test]
fn s12_after_whatever_raised_protection_only_a_newer_paper_counts() {
    let call = |number: &str, result: &str| json!({"number": number, "result": result});
    let inference = |cpr: &str| json!({"cpr": cpr});
    for (kind, body, raises) in [
        (Kind::Suspended, json!({"reason": "discharge"}), true),
        (Kind::Revoked, json!({"revoked_by": "resident"}), true),
        (Kind::ObjectionRaised, json!({}), true),
        (Kind::Closed, json!({"reason": "left"}), true),
        (Kind::Wish, wish_body("full_cpr"), true),
        (Kind::Wish, wish_body("undecided"), true),
        (Kind::Wish, wish_body("no_cpr"), false),
        (Kind::Wish, json!({"intubation": "wanted"}), false),
        (Kind::Inference, inference("full_cpr"), true),
        (Kind::Inference, inference("undecided"), true),
        (Kind::Inference, inference("no_cpr"), false),
        (Kind::PhoneTested, call("phone_24h", "not_in_use"), true),
        (Kind::PhoneTested, call("phone_24h", "no_answer"), false),
        (Kind::PhoneTested, call("phone_backup", "not_in_use"), false),
        (Kind::Talk, json!({"words": "家で過ごしたい"}), false),
    ] {
        // Said of an older order, on day -20; then another order is put before the physician.
        let mut log = Log::default();
        log.say(nurse(), Kind::Order, None, &order_body());
        let about = (kind == Kind::PhoneTested).then_some(1);
        log.say(nurse(), kind, about, &body);
        on(&mut log, -20)
            .say(nurse(), Kind::Order, None, &order_body())
            .say(nurse(), Kind::Submitted, Some(3), &json!({}));
        let state = State::read(&log.0).unwrap();
        let order = state.order(&StatementId("r.3".to_owned())).unwrap();
        let after = raises.then(|| sample::today().plus_days(-20));
        assert_eq!(state.paper_after(order), after, "{kind:?} {body}");
    }
}

#[test]
fn s12_what_raises_protection_ends_the_request_that_waits() {
    let mut log = Log::default();
    log.say(nurse(), Kind::Order, None, &order_body())
        .say(nurse(), Kind::Submitted, Some(1), &json!({}))
        .say(
            care_worker(),
            Kind::Suspended,
            None,
            &json!({"reason": "admission"}),
        );
    assert_eq!(
        refused(&log, &physician(), Kind::Signed, 1, &signature()),
        ["about"]
    );
    // However the signature came into the store, it answers nothing.
    log.say(physician(), Kind::Signed, Some(1), &signature());
    assert_eq!(log.standing().kind(), StandingKind::FullCprInvalidOrder);
    log.say(nurse(), Kind::Submitted, Some(1), &json!({})).say(
        physician(),
        Kind::Signed,
        Some(1),
        &signature(),
    );
    assert_eq!(log.standing().kind(), StandingKind::OrderOnFile);
}

#[test]
fn every_activation_says_what_it_was_signed_for() {
    let purpose = |log: &Log| {
        let state = State::read(&log.0).unwrap();
        let activation = state.ruling().unwrap().activation.clone();
        activation.map(|activation| activation.purpose)
    };
    let suspended = json!({"reason": "admission"});
    let again = |kind: Kind, suspend: bool| {
        let mut log = Log::default();
        log.signed_order();
        assert_eq!(purpose(&log), Some(SignaturePurpose::Activate));
        if suspend {
            log.say(care_worker(), Kind::Suspended, None, &suspended);
        }
        log.say(nurse(), Kind::Submitted, Some(1), &json!({})).say(
            physician(),
            kind,
            Some(1),
            &signature(),
        );
        purpose(&log)
    };
    let resumed = again(Kind::Resumed, true);
    assert_eq!(resumed, Some(SignaturePurpose::Resume));
    let reviewed = again(Kind::Reviewed, false);
    assert_eq!(reviewed, Some(SignaturePurpose::Review));
}

#[test]
fn s10_a_dead_number_stays_dead_until_somebody_answers_it() {
    let newest = |calls: &[(&str, &str)]| {
        let mut log = Log::default();
        log.say(nurse(), Kind::Order, None, &order_body());
        for (number, result) in calls {
            let call = json!({"number": number, "result": result});
            log.say(nurse(), Kind::PhoneTested, Some(1), &call);
        }
        let state = State::read(&log.0).unwrap();
        let test = state.ruling().unwrap().phone_test;
        test.map(|(said, result)| (said.seq, result))
    };
    let (own, backup) = ("phone_24h", "phone_backup");
    for (calls, expected) in [
        (vec![], None),
        (vec![(backup, "not_in_use")], None),
        (
            vec![(own, "answered"), (own, "no_answer")],
            Some((3, PhoneResult::NoAnswer)),
        ),
        (
            vec![(own, "no_answer"), (own, "answered")],
            Some((3, PhoneResult::Answered)),
        ),
        (
            vec![(own, "not_in_use"), (own, "no_answer")],
            Some((2, PhoneResult::NotInUse)),
        ),
        (
            vec![(own, "not_in_use"), (own, "not_in_use")],
            Some((3, PhoneResult::NotInUse)),
        ),
        (
            vec![(own, "not_in_use"), (own, "no_answer"), (own, "answered")],
            Some((4, PhoneResult::Answered)),
        ),
    ] {
        assert_eq!(newest(&calls), expected, "{calls:?}");
    }
}

#[test]
fn an_order_of_full_treatment_is_ended_by_no_wish_for_it() {
    let full = |cpr: &str| {
        let mut body = order_body();
        body["cpr_instruction"] = "full_cpr".into();
        let mut log = Log::default();
        log.signed_order_of(&body)
            .say(nurse(), Kind::Wish, None, &wish_body(cpr));
        log
    };
    for cpr in ["full_cpr", "undecided"] {
        let log = full(cpr);
        let state = State::read(&log.0).unwrap();
        assert!(state.ruling().unwrap().against.is_empty(), "{cpr}");
        assert_eq!(log.standing().kind(), StandingKind::FullCpr, "{cpr}");
    }
    assert_eq!(full("no_cpr").standing().kind(), StandingKind::Conflict);
    // Nor does anything stand in the way of a signature that asks for more.
    let mut log = full("full_cpr");
    log.say(care_worker(), Kind::ObjectionRaised, None, &json!({}));
    let order = StatementId("r.1".to_owned());
    let state = State::read(&log.0).unwrap();
    assert_eq!(state.open_against(Some(&order)), None);
}

#[test]
fn each_kind_is_found_by_its_code_and_an_unknown_one_is_none() {
    for kind in Kind::ALL {
        assert_eq!(Kind::from_code(kind.code()), Some(*kind));
    }
    assert_eq!(Kind::from_code("dnar"), None);
    assert_eq!(Kind::from_code(""), None);
}

#[test]
fn a_change_of_the_sheet_is_a_reason_to_suspend_and_says_which() {
    let sheet = json!({
        "name": "髙﨑 キヨ",
        "birth_date": "1937-03-04",
        "room": "203",
        "physicians": [
            {"role": "visiting_doctor", "institution": "みなと在宅クリニック", "name": "神谷 修一",
             "phone_24h": "0463-00-1199"},
        ],
        "emergency_contacts": [
            {"name": "髙﨑 誠", "is_key_person": "yes", "phone_mobile": "090-1234-5678"},
            {"name": "髙﨑 和夫", "is_substitute_decision_maker": "yes"},
            {"name": "髙﨑 久美"},
        ],
        "guardian_name": "大野 弘",
        "current_conditions": [{"name": "慢性心不全"}, {"name": "アルツハイマー型認知症"}],
    });
    let before = Record::from_json(&sheet).unwrap();
    let changed = |pointer: &str, value: Value| {
        let mut sheet = sheet.clone();
        *sheet.pointer_mut(pointer).unwrap() = value;
        triggers(&before, &Record::from_json(&sheet).unwrap())
    };
    // What an order does not rest on.
    for (pointer, value) in [
        ("/room", json!("310")),
        ("/emergency_contacts/0/phone_mobile", json!("090-8765-4321")),
        ("/emergency_contacts/2/name", json!("髙﨑 久美子")),
        (
            "/current_conditions",
            json!([{"name": "アルツハイマー型認知症"}, {"name": "慢性心不全", "status": "stable"}]),
        ),
    ] {
        assert!(changed(pointer, value).is_empty(), "{pointer}");
    }
    for (pointer, value, reason) in [
        (
            "/physicians/0/name",
            json!("早川 恵"),
            SuspendReason::PhysicianChanged,
        ),
        (
            "/physicians/0/institution",
            json!("潮見内科"),
            SuspendReason::PhysicianChanged,
        ),
        (
            "/physicians/0/role",
            json!("specialist"),
            SuspendReason::PhysicianChanged,
        ),
        (
            "/emergency_contacts/0/name",
            json!("髙﨑 真"),
            SuspendReason::KeyPersonChanged,
        ),
        (
            "/emergency_contacts/0/is_key_person",
            json!("no"),
            SuspendReason::KeyPersonChanged,
        ),
        (
            "/emergency_contacts/1/name",
            json!("髙﨑 和雄"),
            SuspendReason::KeyPersonChanged,
        ),
        (
            "/guardian_name",
            json!("大野 浩"),
            SuspendReason::KeyPersonChanged,
        ),
        (
            "/current_conditions/0/name",
            json!("慢性心不全(ステージD)"),
            SuspendReason::DiagnosisChanged,
        ),
        ("/name", json!("高崎 キヨ"), SuspendReason::IdentityChanged),
        (
            "/birth_date",
            json!("1937-04-03"),
            SuspendReason::IdentityChanged,
        ),
    ] {
        assert_eq!(changed(pointer, value), [reason], "{pointer}");
    }
    // All at once are all named.
    let other = Record::from_json(&json!({"name": "渡邊 ハル"})).unwrap();
    assert_eq!(triggers(&before, &other).len(), 4);
}

#[test]
fn s04_no_order_that_ended_or_never_began_holds() {
    type Tell = fn(&mut Log);
    let unsigned = |log: &mut Log| {
        log.say(nurse(), Kind::Order, None, &order_body());
    };
    let submitted = |log: &mut Log| {
        log.say(nurse(), Kind::Order, None, &order_body()).say(
            nurse(),
            Kind::Submitted,
            Some(1),
            &json!({}),
        );
    };
    let suspended = |log: &mut Log| {
        let reason = json!({"reason": "admission"});
        log.signed_order()
            .say(care_worker(), Kind::Suspended, None, &reason);
    };
    let revoked = |log: &mut Log| {
        let words = json!({"revoked_by": "resident", "words": "やっぱり助けてほしい"});
        log.signed_order()
            .say(care_worker(), Kind::Revoked, None, &words);
    };
    let superseded = |log: &mut Log| {
        log.signed_order()
            .say(nurse(), Kind::Order, None, &order_body())
            .say(nurse(), Kind::Submitted, Some(4), &json!({}));
    };
    let histories: [(&str, Tell); 5] = [
        ("unsigned", unsigned),
        ("submitted", submitted),
        ("suspended", suspended),
        ("revoked", revoked),
        ("superseded", superseded),
    ];
    for (name, tell) in histories {
        let mut log = Log::default();
        tell(&mut log);
        assert_ne!(log.standing().kind(), StandingKind::OrderOnFile, "{name}");
    }
    let mut log = Log::default();
    log.signed_order();
    assert_eq!(log.standing().kind(), StandingKind::OrderOnFile);
    let after = sample::today().plus_days(301).starts_at();
    let expired = log.standing_at(after).kind();
    assert_eq!(expired, StandingKind::FullCprInvalidOrder);
}

#[test]
fn s16_an_admission_stops_the_order_until_the_physician_acts_again() {
    let mut log = Log::default();
    let reason = json!({"reason": "admission"});
    log.signed_order()
        .say(care_worker(), Kind::Suspended, None, &reason);
    assert_eq!(log.standing().kind(), StandingKind::FullCprInvalidOrder);
    log.say(nurse(), Kind::Submitted, Some(1), &json!({}));
    assert_eq!(
        log.standing().kind(),
        StandingKind::FullCprInvalidOrder,
        "a request alone is not the physician's act"
    );
}

#[test]
fn the_newest_talk_is_the_one_held_last_and_a_wish_is_no_talk() {
    let mut log = Log::default();
    log.say(nurse(), Kind::Wish, None, &wish_body("no_cpr"));
    assert_eq!(last_talk(&log.0), None);
    for held in [-30, -3, -90] {
        let talk = json!({"held_on": day(held), "words": "孫の結婚式までは元気でいたい"});
        log.say(care_worker(), Kind::Talk, None, &talk);
    }
    assert_eq!(last_talk(&log.0), Some(sample::today().plus_days(-3)));
}
