//! What each statement asks for before it is taken down, and on which day its dates begin and cease to be right.

use serde_json::{Value, json};

use super::{Limits, may_follow};
use crate::domain::answer::Inputs;
use crate::domain::directive::sample::{
    self, Log, care_worker, nurse, order_body, physician, second_nurse, wish_body,
};
use crate::domain::directive::state::State;
use crate::domain::directive::{Kind, Speaker, Statement};
use crate::domain::id::StatementId;
use crate::domain::permit::Role;
use crate::domain::record::FacilityFacts;

fn day(from_today: i64) -> String {
    sample::today().plus_days(from_today).iso()
}

/// Says why a statement may not follow, by the key of each reason; nothing when it may.
fn refused_under(
    limits: Limits,
    log: &Log,
    by: &Speaker,
    kind: Kind,
    about: Option<i64>,
    body: &Value,
) -> Vec<String> {
    let state = State::read(&log.0).unwrap();
    let statement = Statement::read(kind, &Inputs::from_json(body)).unwrap();
    let about = about.map(|about| StatementId(format!("r.{about}")));
    let today = sample::today();
    may_follow(&state, about.as_ref(), &statement, by, limits, today)
        .err()
        .map_or_else(Vec::new, |problems| {
            problems.iter().map(|(key, _)| key.to_owned()).collect()
        })
}

fn refused(log: &Log, by: &Speaker, kind: Kind, about: Option<i64>, body: &Value) -> Vec<String> {
    refused_under(Limits::default(), log, by, kind, about, body)
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

fn inference_body() -> Value {
    json!({
        "cpr": "no_cpr", "inferred_by": "髙﨑 誠", "relationship": "son", "stated_on": day(-2),
        "why_person_cannot": "言葉が出ない", "grounds": "父の最期に、自分は静かに逝きたいと話していた",
    })
}

fn talk_body() -> Value {
    json!({"held_on": day(-2), "words": "家で過ごしたように過ごしたい"})
}

fn signature() -> Value {
    json!({"signed_on": day(-1), "review_due_on": day(80)})
}

fn paper() -> Value {
    json!({
        "original": "5e".repeat(32), "purpose": "activate", "signed_on": day(-1), "review_due_on": day(80),
    })
}

/// An order that is put before the physician: statements 1 and 2.
fn submitted_of(body: &Value) -> Log {
    let mut log = Log::default();
    log.say(nurse(), Kind::Order, None, body)
        .say(nurse(), Kind::Submitted, Some(1), &json!({}));
    log
}

fn submitted() -> Log {
    submitted_of(&order_body())
}

/// Why an order may not be put before the physician.
fn lacks(body: &Value) -> Vec<String> {
    let mut log = Log::default();
    log.say(nurse(), Kind::Order, None, body);
    refused(&log, &nurse(), Kind::Submitted, Some(1), &json!({}))
}

#[test]
fn what_has_to_be_answered_is_asked_for_by_its_name() {
    let none = Log::default();
    let complete: [(Kind, Value, &[&str]); 8] = [
        (
            Kind::Wish,
            wish_body("no_cpr"),
            &["cpr", "stated_on", "words"],
        ),
        (
            Kind::Inference,
            inference_body(),
            &[
                "cpr",
                "inferred_by",
                "relationship",
                "why_person_cannot",
                "stated_on",
            ],
        ),
        (Kind::Talk, talk_body(), &["held_on", "words"]),
        (
            Kind::Order,
            json!({"cpr_instruction": "no_cpr"}),
            &["cpr_instruction"],
        ),
        (Kind::Suspended, json!({"reason": "admission"}), &["reason"]),
        (
            Kind::Revoked,
            json!({"revoked_by": "resident"}),
            &["revoked_by"],
        ),
        (Kind::ObjectionRaised, json!({}), &[]),
        (Kind::Closed, json!({}), &[]),
    ];
    for (kind, body, required) in complete {
        let taken = refused(&none, &nurse(), kind, None, &body);
        assert!(taken.is_empty(), "{kind:?}: {taken:?}");
        for key in required {
            let keys = refused(&none, &nurse(), kind, None, &without(&body, key));
            assert_eq!(keys, [*key], "{kind:?}");
        }
        // None of them is about another statement.
        let about = refused(&submitted(), &nurse(), kind, Some(1), &body);
        assert_eq!(about, ["about"], "{kind:?}");
    }
}

#[test]
fn nothing_was_said_tomorrow() {
    let none = Log::default();
    for (kind, body, key) in [
        (Kind::Wish, wish_body("no_cpr"), "stated_on"),
        (Kind::Inference, inference_body(), "stated_on"),
        (Kind::Talk, talk_body(), "held_on"),
    ] {
        let said = |on: i64| refused(&none, &nurse(), kind, None, &with(&body, key, day(on)));
        assert!(said(0).is_empty(), "{kind:?} today");
        assert_eq!(said(1), [key], "{kind:?} tomorrow");
    }
}

#[test]
fn a_wish_is_the_persons_words_or_a_paper_and_says_something_about_a_treatment() {
    let none = Log::default();
    let wish = |body: &Value| refused(&none, &nurse(), Kind::Wish, None, body);
    let spoken = wish_body("no_cpr");
    let written = with(
        &without(&spoken, "words"),
        "document_location",
        "居室の引き出し",
    );
    assert!(wish(&written).is_empty());
    assert!(wish(&with(&spoken, "document_location", "居室の引き出し")).is_empty());
    let silent = without(&spoken, "cpr");
    assert_eq!(wish(&silent), ["cpr"]);
    assert_eq!(wish(&with(&silent, "cpr", "不明")), ["cpr"]);
    for treatment in [
        "transfer_to_hospital",
        "intubation",
        "ventilation",
        "vasopressors",
        "antibiotics",
        "fluids",
        "tube_feeding",
        "dialysis",
        "transfusion",
        "comfort",
    ] {
        assert!(
            wish(&with(&silent, treatment, "wanted")).is_empty(),
            "{treatment}"
        );
    }
}

#[test]
fn s10_an_order_that_lacks_something_is_not_put_before_the_physician() {
    assert!(lacks(&order_body()).is_empty());
    for key in [
        "basis_disease",
        "expected_event",
        "irreversible",
        "person_wish_basis",
        "dissent",
        "discussed_on",
        "physician_name",
        "institution",
        "phone_24h",
        "phone_tested_on",
        "original_location",
        "effective_from",
        "expires_on",
    ] {
        assert_eq!(lacks(&without(&order_body(), key)), [key]);
    }
    // That nobody knows is an answer where the physician can still weigh it, and none where a crew needs the words.
    assert!(lacks(&with(&order_body(), "person_wish_basis", "不明")).is_empty());
    assert!(lacks(&with(&order_body(), "dissent", json!({"state": "unknown"}))).is_empty());
    for key in [
        "basis_disease",
        "expected_event",
        "institution",
        "original_location",
        "phone_24h",
    ] {
        assert_eq!(lacks(&with(&order_body(), key, "不明")), [key]);
    }
    assert_eq!(lacks(&json!({"cpr_instruction": "no_cpr"})).len(), 13);
}

#[test]
fn s02_s10_what_no_order_can_ever_say_is_refused_in_a_draft_and_when_it_is_put_before_the_physician()
 {
    for (key, words) in [
        ("phone_24h", "119"),
        ("phone_backup", "#7119"),
        ("scope", "蘇生不要。何もしないでください"),
        ("basis_disease", "老衰。心肺蘇生はしない"),
        ("expected_event", "呼吸が止まっても胸骨圧迫をしないこと"),
        (
            "call_physician_first",
            "息が止まったとき。胸骨圧迫をしないこと",
        ),
        ("institution", "救急車を呼ばないこと"),
        ("phone_backup_of", "119番は不要"),
        ("original_location", "DNAR対応の棚"),
    ] {
        let body = with(&order_body(), key, words);
        assert_eq!(
            refused(&Log::default(), &nurse(), Kind::Order, None, &body),
            [key]
        );
        let mut log = Log::default();
        log.say(nurse(), Kind::Order, None, &body);
        let refused = refused(&log, &nurse(), Kind::Submitted, Some(1), &json!({}));
        assert!(
            refused.iter().any(|lacking| lacking == key),
            "{key}: {refused:?}"
        );
    }
}

#[test]
fn the_dates_of_an_order_end_on_the_day_that_they_name() {
    let order = |from: i64, until: i64| {
        let body = with(&order_body(), "effective_from", day(from));
        lacks(&with(&body, "expires_on", day(until)))
    };
    // The sample's effective day plus twelve months is 365 days later.
    for (from, until, keys) in [
        (-40, 325, 0),
        (-40, 326, 1),
        (-40, 0, 0),
        (-40, -1, 1),
        (10, 10, 0),
        (10, 9, 1),
    ] {
        let found = order(from, until);
        assert_eq!(found, vec!["expires_on"; keys], "{from} to {until}");
    }
    for key in ["discussed_on", "phone_tested_on"] {
        assert!(lacks(&with(&order_body(), key, day(0))).is_empty(), "{key}");
        assert_eq!(lacks(&with(&order_body(), key, day(1))), [key]);
    }
}

#[test]
fn only_an_order_that_counts_and_is_not_asked_for_yet_is_put_before_the_physician() {
    let again = |log: &Log, about| refused(log, &nurse(), Kind::Submitted, about, &json!({}));
    assert_eq!(again(&submitted(), Some(1)), ["about"], "asked for already");
    assert_eq!(again(&submitted(), Some(2)), ["about"], "not an order");
    assert_eq!(again(&submitted(), None), ["about"], "no order");
    let mut log = submitted();
    log.say(physician(), Kind::Signed, Some(1), &signature());
    assert!(again(&log, Some(1)).is_empty(), "for its review");
    log.say(
        care_worker(),
        Kind::Revoked,
        None,
        &json!({"revoked_by": "resident"}),
    );
    assert_eq!(again(&log, Some(1)), ["about"], "revoked");
}

#[test]
fn a_call_says_which_number_of_which_order_and_what_happened() {
    let call = json!({"number": "phone_backup", "result": "no_answer"});
    let called = |body: &Value, call: &Value| {
        refused(
            &submitted_of(body),
            &nurse(),
            Kind::PhoneTested,
            Some(1),
            call,
        )
    };
    assert!(called(&order_body(), &call).is_empty());
    for key in ["number", "result"] {
        assert_eq!(called(&order_body(), &without(&call, key)), [key]);
    }
    let no_backup = without(&order_body(), "phone_backup");
    assert_eq!(called(&no_backup, &call), ["number"]);
    assert!(called(&no_backup, &with(&call, "number", "phone_24h")).is_empty());
    let other = refused(&submitted(), &nurse(), Kind::PhoneTested, Some(2), &call);
    assert_eq!(other, ["about"]);
}

#[test]
fn an_objection_is_settled_once_and_in_words() {
    let mut log = submitted();
    log.say(
        care_worker(),
        Kind::ObjectionRaised,
        None,
        &json!({"name": "髙﨑 和夫"}),
    )
    .say(
        care_worker(),
        Kind::ObjectionRaised,
        None,
        &json!({"name": "髙﨑 久美"}),
    );
    let words = json!({"words": "長男と話し合い、本人の言葉を確かめた"});
    let settled = |log: &Log, about, body: &Value| {
        refused(log, &nurse(), Kind::ObjectionSettled, about, body)
    };
    for objection in [3, 4] {
        assert!(settled(&log, Some(objection), &words).is_empty());
        assert_eq!(settled(&log, Some(objection), &json!({})), ["words"]);
    }
    assert_eq!(settled(&log, Some(1), &words), ["about"], "an order");
    assert_eq!(settled(&log, None, &words), ["about"]);
    log.say(nurse(), Kind::ObjectionSettled, Some(3), &words);
    assert_eq!(settled(&log, Some(3), &words), ["about"]);
    assert!(settled(&log, Some(4), &words).is_empty());
}

#[test]
fn s12_only_a_physician_signs_and_never_on_their_own_request() {
    let other_physician = Speaker {
        staff: "doctor2".into(),
        name: "早川 恵".to_owned(),
        role: Role::Physician,
    };
    let mut own = Log::default();
    own.say(nurse(), Kind::Order, None, &order_body()).say(
        physician(),
        Kind::Submitted,
        Some(1),
        &json!({}),
    );
    for (log, signer, keys) in [
        (submitted(), physician(), 0),
        (submitted(), nurse(), 2),
        (submitted(), second_nurse(), 1),
        (Log(own.0.clone()), physician(), 1),
        (own, other_physician, 0),
    ] {
        let found = refused(&log, &signer, Kind::Signed, Some(1), &signature());
        assert_eq!(found, vec!["about"; keys], "{signer:?}");
    }
}

#[test]
fn a_signature_is_for_what_the_order_waits_for() {
    let mut resumed = submitted();
    resumed
        .say(physician(), Kind::Signed, Some(1), &signature())
        .say(
            care_worker(),
            Kind::Suspended,
            None,
            &json!({"reason": "admission"}),
        )
        .say(nurse(), Kind::Submitted, Some(1), &json!({}));
    let mut reviewed = submitted();
    reviewed
        .say(physician(), Kind::Signed, Some(1), &signature())
        .say(nurse(), Kind::Submitted, Some(1), &json!({}));
    let kinds = [
        (Kind::Signed, "activate"),
        (Kind::Resumed, "resume"),
        (Kind::Reviewed, "review"),
    ];
    // The papers are signed today: after whatever was said before.
    let today = json!({"signed_on": day(0), "review_due_on": day(80)});
    for (log, fits) in [(submitted(), 0), (resumed, 1), (reviewed, 2)] {
        for (index, (kind, purpose)) in kinds.into_iter().enumerate() {
            let expected = vec!["about"; usize::from(index != fits)];
            assert_eq!(
                refused(&log, &physician(), kind, Some(1), &today),
                expected,
                "{kind:?}"
            );
            let scan = with(&with(&paper(), "purpose", purpose), "signed_on", day(0));
            assert_eq!(
                refused(&log, &nurse(), Kind::Scanned, Some(1), &scan),
                expected,
                "{purpose}"
            );
        }
    }
    let mut unasked = Log::default();
    unasked.say(nurse(), Kind::Order, None, &order_body());
    let early = refused(&unasked, &physician(), Kind::Signed, Some(1), &signature());
    assert_eq!(early, ["about"]);
    let of_nothing = refused(&unasked, &physician(), Kind::Signed, None, &signature());
    assert_eq!(of_nothing, ["about"]);
}

#[test]
fn a_review_is_due_after_the_signature_and_within_the_limit() {
    // Signed yesterday, on 24 November: six months later is 24 May, three months later 24 February.
    let due = |end_of_life: &str, signed: Value| {
        let log = submitted_of(&with(&order_body(), "end_of_life_phase", end_of_life));
        refused(&log, &physician(), Kind::Signed, Some(1), &signed)
    };
    let signed = |due: &str| with(&signature(), "review_due_on", due);
    assert_eq!(due("no", signed(&day(-1))), ["review_due_on"]);
    assert!(due("no", signed(&day(0))).is_empty());
    assert!(due("no", signed("2027-05-24")).is_empty());
    assert_eq!(due("no", signed("2027-05-25")), ["review_due_on"]);
    assert!(due("yes", signed("2027-02-24")).is_empty());
    assert_eq!(due("yes", signed("2027-02-25")), ["review_due_on"]);
    for key in ["signed_on", "review_due_on"] {
        assert_eq!(due("no", without(&signature(), key)), [key]);
    }
    assert!(due("no", with(&signature(), "signed_on", day(0))).is_empty());
    assert_eq!(
        due("no", with(&signature(), "signed_on", day(1))),
        ["signed_on"]
    );
}

#[test]
fn a_scan_needs_its_file_and_says_what_it_was_signed_for() {
    let scan = |body: &Value| refused(&submitted(), &nurse(), Kind::Scanned, Some(1), body);
    assert!(scan(&paper()).is_empty());
    for key in ["original", "purpose", "signed_on", "review_due_on"] {
        assert_eq!(scan(&without(&paper(), key)), [key]);
    }
}

#[test]
fn s12_a_scan_is_compared_by_somebody_else_and_only_when_it_agrees() {
    let mut log = submitted();
    log.say(nurse(), Kind::Scanned, Some(1), &paper());
    let compared =
        |by: &Speaker, about, body: &Value| refused(&log, by, Kind::Verified, about, body);
    let yes = json!({"compared": "yes"});
    assert!(compared(&second_nurse(), Some(3), &yes).is_empty());
    assert_eq!(compared(&nurse(), Some(3), &yes), ["about"]);
    for other in [json!({"compared": "no"}), json!({})] {
        assert_eq!(compared(&second_nurse(), Some(3), &other), ["compared"]);
    }
    for wrong in [Some(1), Some(2), None] {
        assert_eq!(
            compared(&second_nurse(), wrong, &yes),
            ["about"],
            "{wrong:?}"
        );
    }
    // What was complete under the old limits is looked at again: the order ends later than the facility now lets it.
    let short = Limits {
        expiry_months: 6,
        ..Limits::default()
    };
    let later = refused_under(short, &log, &second_nurse(), Kind::Verified, Some(3), &yes);
    assert_eq!(later, ["expires_on"]);
}

#[test]
fn a_facility_shortens_the_limits_and_each_for_itself() {
    let limits = |facts: Value| Limits::of(&FacilityFacts::from_json(&facts).unwrap());
    assert_eq!(limits(json!({})), Limits::default());
    let own = Limits {
        review_months: 5,
        end_of_life_review_months: 2,
        expiry_months: 11,
        grace_days: 14,
    };
    let all = json!({
        "directive_review_months": 5, "directive_end_of_life_review_months": 2, "directive_expiry_months": 11,
        "directive_grace_days": 14,
    });
    assert_eq!(limits(all), own);
    let shortest = json!({
        "directive_review_months": 1, "directive_end_of_life_review_months": 1, "directive_expiry_months": 1,
        "directive_grace_days": 0,
    });
    assert_eq!(limits(shortest), Limits::SHORTEST);
}
