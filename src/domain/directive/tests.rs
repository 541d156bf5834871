//! Histories in which somebody would like the standing to lie.

use serde_json::{Value, json};

use super::rules::{Limits, may_follow};
use super::sample::{
    self, Log, care_worker, nurse, order_body, physician, second_nurse, wish_body,
};
use super::state::State;
use super::{Kind, Speaker, Statement};
use crate::domain::answer::Inputs;
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::id::StatementId;
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
