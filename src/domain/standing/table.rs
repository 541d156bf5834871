//! Every kind of history, at every day that matters, compared with a second opinion that shares no code
//! (tests/it/directive/oracle.rs).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{History, Standing, StandingKind, Subject, standing};
use crate::domain::answer::Coded;
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::directive::rules::Limits;
use crate::domain::directive::sample::{
    self, Log, care_worker, nurse, order_body, physician, second_nurse, wish_body,
};
use crate::domain::directive::{Kind, Said, SuspendReason};
use crate::domain::protocol::{Protocols, RESUSCITATE_AND_TRANSPORT};

#[path = "../../../tests/it/directive/oracle.rs"]
mod oracle;

use oracle::{Allowed, Fact, Oracle};

/// The days of an order, from the day on which it was written down.
#[derive(Clone, Copy)]
struct Dates {
    from: i64,
    until: i64,
    signed_on: i64,
    due: i64,
}

/// In the first the order's own end comes first, in the second its review, in the third the limits are nearer than both
/// dates, in the last the signature is dated after the order takes effect.
const DATES: [Dates; 4] = [
    Dates {
        from: 10,
        until: 60,
        signed_on: 0,
        due: 80,
    },
    Dates {
        from: 10,
        until: 300,
        signed_on: 0,
        due: 80,
    },
    Dates {
        from: 0,
        until: 365,
        signed_on: 0,
        due: 181,
    },
    Dates {
        from: 0,
        until: 300,
        signed_on: 4,
        due: 80,
    },
];

#[derive(Clone, Copy, PartialEq)]
enum Signature {
    OwnAct,
    Paper,
}

/// What an order lacks, or has beside the usual.
const LACKS: [&str; 9] = [
    "",
    "phone_24h",
    "service_phone",
    "basis_disease",
    "expected_event",
    "effective_from",
    "expires_on",
    "cpr_instruction",
    "dissent",
];

fn first() -> Day {
    sample::today().plus_days(-40)
}

fn day(offset: i64) -> String {
    first().plus_days(offset).iso()
}

struct Story {
    log: Log,
    dates: Dates,
    signature: Signature,
    body: Value,
}

impl Story {
    fn next(&self) -> i64 {
        i64::try_from(self.log.0.len()).unwrap() + 1
    }

    fn order(&mut self) -> i64 {
        let order = self.next();
        let body = self.body.clone();
        self.log.say(nurse(), Kind::Order, None, &body);
        order
    }

    fn submit(&mut self, order: i64) {
        self.log
            .say(nurse(), Kind::Submitted, Some(order), &json!({}));
    }

    fn paper(&mut self, order: i64, purpose: &str, signed_on: i64) -> i64 {
        let scan = self.next();
        let body = json!({
            "original": "5e".repeat(32), "purpose": purpose, "signed_on": day(signed_on),
            "review_due_on": day(self.dates.due),
        });
        self.log.say(nurse(), Kind::Scanned, Some(order), &body);
        scan
    }

    fn verify(&mut self, scan: i64) {
        self.log.say(
            second_nurse(),
            Kind::Verified,
            Some(scan),
            &json!({"compared": "yes"}),
        );
    }

    fn activate(&mut self, order: i64, kind: Kind, purpose: &str) {
        // What is signed again is signed on a later day.
        let signed_on = self.dates.signed_on + if kind == Kind::Signed { 0 } else { 1 };
        match self.signature {
            Signature::OwnAct => {
                let body =
                    json!({"signed_on": day(signed_on), "review_due_on": day(self.dates.due)});
                self.log.say(physician(), kind, Some(order), &body);
            }
            Signature::Paper => {
                let scan = self.paper(order, purpose, signed_on);
                self.verify(scan);
            }
        }
    }

    fn active(&mut self) -> i64 {
        let order = self.order();
        self.submit(order);
        self.activate(order, Kind::Signed, "activate");
        order
    }

    fn wish(&mut self, cpr: &str) {
        self.log.say(nurse(), Kind::Wish, None, &wish_body(cpr));
    }

    fn inference(&mut self, cpr: &str) {
        let body = json!({"cpr": cpr, "inferred_by": "髙﨑 誠", "relationship": "son", "stated_on": day(-2)});
        self.log.say(nurse(), Kind::Inference, None, &body);
    }

    fn call(&mut self, order: i64, number: &str, result: &str) {
        let body = json!({"number": number, "result": result});
        self.log.say(nurse(), Kind::PhoneTested, Some(order), &body);
    }

    fn raise(&mut self, kind: Kind, body: &Value) -> i64 {
        let raised = self.next();
        self.log.say(care_worker(), kind, None, body);
        raised
    }
}

/// What happens in a story.
type Plot = fn(&mut Story);

/// Every state of an order, each by the history that leads to it.
fn histories() -> Vec<(String, Plot)> {
    let plain: [(&str, Plot); 33] = [
        ("none", |_| {}),
        ("no order, a wish", |s| s.wish("no_cpr")),
        ("no order, full treatment", |s| s.wish("full_cpr")),
        ("no order, undecided", |s| s.wish("undecided")),
        ("no order, the family infers", |s| s.inference("no_cpr")),
        ("no order, wish and inference differ", |s| {
            s.wish("no_cpr");
            s.inference("full_cpr");
        }),
        ("draft", |s| {
            s.order();
        }),
        ("submitted", |s| {
            let order = s.order();
            s.submit(order);
        }),
        ("scanned", |s| {
            let order = s.order();
            s.submit(order);
            s.paper(order, "activate", s.dates.signed_on);
        }),
        ("active", |s| {
            s.active();
        }),
        ("active after a wish", |s| {
            s.wish("no_cpr");
            s.inference("no_cpr");
            s.active();
        }),
        ("active over a contradiction", |s| {
            s.wish("full_cpr");
            s.active();
            s.wish("no_cpr");
        }),
        ("active over an undecided wish", |s| {
            s.wish("undecided");
            s.active();
        }),
        ("active beside a draft", |s| {
            s.active();
            s.order();
        }),
        ("reviewed", |s| {
            let order = s.active();
            s.submit(order);
            s.activate(order, Kind::Reviewed, "review");
        }),
        ("review asked for", |s| {
            let order = s.active();
            s.submit(order);
        }),
        ("superseded", |s| {
            s.active();
            let order = s.order();
            s.submit(order);
        }),
        ("superseded, and the older asked for again", |s| {
            let old = s.active();
            let new = s.order();
            s.submit(new);
            s.submit(old);
        }),
        ("superseded by an active one", |s| {
            s.active();
            s.active();
        }),
        ("revoked", |s| {
            s.active();
            s.raise(Kind::Revoked, &json!({"revoked_by": "resident"}));
        }),
        ("revoked, then a wish", |s| {
            s.active();
            s.raise(Kind::Revoked, &json!({"revoked_by": "resident"}));
            s.wish("no_cpr");
        }),
        ("revoked, then signed anyway", |s| {
            let order = s.active();
            s.raise(Kind::Revoked, &json!({"revoked_by": "representative"}));
            s.submit(order);
            s.activate(order, Kind::Reviewed, "review");
        }),
        ("left", |s| {
            s.active();
            s.raise(Kind::Closed, &json!({"reason": "left"}));
        }),
        ("died", |s| {
            s.active();
            s.raise(Kind::Closed, &json!({"reason": "died"}));
        }),
        ("objection", |s| {
            s.active();
            s.raise(Kind::ObjectionRaised, &json!({"words": "聞いていない"}));
        }),
        ("objection settled", |s| {
            s.active();
            let objection = s.raise(Kind::ObjectionRaised, &json!({}));
            s.log.say(
                nurse(),
                Kind::ObjectionSettled,
                Some(objection),
                &json!({"words": "話し合った"}),
            );
        }),
        ("a wish for full treatment", |s| {
            s.active();
            s.wish("full_cpr");
        }),
        ("a wish for full treatment, taken back", |s| {
            s.active();
            s.wish("full_cpr");
            s.wish("no_cpr");
        }),
        ("undecided again", |s| {
            s.active();
            s.wish("undecided");
        }),
        ("the family infers full treatment, then not", |s| {
            s.active();
            s.inference("full_cpr");
            s.inference("no_cpr");
        }),
        ("the number is dead", |s| {
            let order = s.active();
            s.call(order, "phone_24h", "not_in_use");
        }),
        ("the number was dead", |s| {
            let order = s.active();
            s.call(order, "phone_24h", "not_in_use");
            s.call(order, "phone_24h", "answered");
        }),
        ("nobody answers", |s| {
            let order = s.active();
            s.call(order, "phone_24h", "no_answer");
            s.call(order, "phone_backup", "not_in_use");
        }),
    ];
    plain
        .into_iter()
        .map(|(name, tell)| (name.to_owned(), tell))
        .collect()
}

/// Every story told with this order; the suspensions by each of their reasons.
fn told(dates: Dates, signature: Signature, lacks: &str, end_of_life: bool) -> Vec<(String, Log)> {
    let mut body = order_body();
    body["effective_from"] = day(dates.from).into();
    body["expires_on"] = day(dates.until).into();
    body["end_of_life_phase"] = if end_of_life { "yes" } else { "no" }.into();
    match lacks {
        "" => {}
        "cpr_instruction" => body[lacks] = "full_cpr".into(),
        "service_phone" => body["phone_24h"] = "119 内線123456".into(),
        "dissent" => body[lacks] = json!([{"name": "髙﨑 和夫", "relationship": "son"}]),
        key => drop(body.as_object_mut().unwrap().remove(key)),
    }
    let story = || Story {
        log: Log::default(),
        dates,
        signature,
        body: body.clone(),
    };
    let mut told = Vec::new();
    for (name, tell) in histories() {
        let mut story = story();
        tell(&mut story);
        told.push((name, story.log));
    }
    for reason in SuspendReason::CHOICES.iter().map(|choice| choice.code) {
        for then in ["", "asked for again", "resumed", "waiting scan"] {
            let mut story = story();
            let order = story.active();
            if then == "waiting scan" {
                story.submit(order);
                let scan = story.paper(order, "review", dates.signed_on + 1);
                story.raise(Kind::Suspended, &json!({"reason": reason}));
                story.verify(scan);
            } else {
                story.raise(Kind::Suspended, &json!({"reason": reason}));
            }
            if then == "asked for again" || then == "resumed" {
                story.submit(order);
            }
            if then == "resumed" {
                story.activate(order, Kind::Resumed, "resume");
            }
            told.push((format!("suspended: {reason} {then}"), story.log));
        }
    }
    told
}

fn facts(log: &[Said]) -> Vec<Fact> {
    log.iter()
        .map(|said| Fact {
            seq: said.seq,
            id: said.id.0.clone(),
            about: said.about.as_ref().map(|about| about.0.clone()),
            at: said.at.0,
            kind: said.statement.kind().code().to_owned(),
            by: said.by.staff.0.clone(),
            role: said.by.role.code().to_owned(),
            body: said.statement.json(),
        })
        .collect()
}

/// The first millisecond of a day in Japan.
fn start_of(day: i64) -> i64 {
    day * 86_400_000 - 9 * 3_600_000
}

/// The band must say what safety.md wants of it.
fn check(name: &str, standing: &Standing, expected: &str, stop_possible: bool) {
    let holds = expected == "order_on_file";
    assert_eq!(standing.order().is_some(), holds, "{name}");
    let band = standing.band();
    assert_eq!(band.scope.is_some(), holds, "{name}");
    assert!(band.until.contains("心肺蘇生を続けてください"), "{name}");
    let told = band.headline.contains("心肺蘇生を実施してください");
    assert!(told != holds, "{name}: {}", band.headline);
    assert_eq!(
        band.area == RESUSCITATE_AND_TRANSPORT,
        !stop_possible,
        "{name}"
    );
    assert!(!standing.reasons().is_empty(), "{name}");
}

#[test]
fn every_state_at_every_limit_is_what_the_oracle_says() {
    let protocols = Protocols::default();
    let areas = [protocols.area(None), protocols.area(Some("tokyo"))];
    let longest = Limits::default();
    let shortest = Limits {
        review_months: 1,
        end_of_life_review_months: 1,
        expiry_months: 1,
        grace_days: 0,
    };
    let middle = Limits {
        review_months: 2,
        grace_days: 7,
        ..longest
    };
    let mut combinations = 0_u64;
    // What a band says hangs on the standing alone: it is read whenever that is another than the one before.
    let mut read: [Option<Standing>; 2] = [None, None];
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for dates in DATES {
        for signature in [Signature::OwnAct, Signature::Paper] {
            for lacks in LACKS {
                for end_of_life in [false, true] {
                    for (name, log) in told(dates, signature, lacks, end_of_life) {
                        let facts = facts(&log.0);
                        let oracle = Oracle::of(&facts);
                        let history = History::read(&log.0).unwrap();
                        for limits in [longest, middle, shortest] {
                            for now in instants(dates, end_of_life, limits) {
                                let today = oracle::day_of(now.0);
                                let majority = oracle::months_later(today, -18 * 12);
                                // Who is of age hangs on no other limit: it is tried with one of them.
                                let births = [Some(majority), Some(majority + 1), None];
                                let tried = if limits == longest { births.len() } else { 1 };
                                for born in &births[..tried] {
                                    let subject = Subject {
                                        birth_date: born
                                            .map(|born| Day::parse(&oracle::iso(born)).unwrap()),
                                        physicians: Vec::new(),
                                    };
                                    let born = born.map(oracle::iso);
                                    let expected =
                                        oracle.standing(born.as_deref(), plain(limits), now.0);
                                    let which = usize::from(combinations.is_multiple_of(2));
                                    let area = areas[which];
                                    let standing = history.standing(&subject, area, limits, now);
                                    assert_eq!(standing.code(), expected, "{name}: {standing:?}");
                                    if read[which].as_ref() != Some(&standing) {
                                        check(&name, &standing, expected, area.stop_possible);
                                        read[which] = Some(standing);
                                    }
                                    assert!(
                                        oracle.lives() || expected != "order_on_file",
                                        "{name}"
                                    );
                                    combinations += 1;
                                    *seen.entry(expected).or_default() += 1;
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    println!("{combinations} combinations: {seen:?}");
    assert_eq!(
        seen.len(),
        StandingKind::ALL.len(),
        "every standing occurs: {seen:?}"
    );
    assert!(combinations > 1_000_000, "{combinations}");
}

fn plain(limits: Limits) -> Allowed {
    Allowed {
        review_months: limits.review_months.into(),
        end_of_life_review_months: limits.end_of_life_review_months.into(),
        expiry_months: limits.expiry_months.into(),
        grace_days: limits.grace_days,
    }
}

/// Around each day that ends or begins something: the last instant of the day before, the day's own first and last, and
/// the first of the day after; and once before anything was said.
fn instants(dates: Dates, end_of_life: bool, limits: Limits) -> Vec<Moment> {
    let start = oracle::day_of(first().starts_at().0);
    let months = i64::from(if end_of_life {
        limits.review_months.min(limits.end_of_life_review_months)
    } else {
        limits.review_months
    });
    let due = (start + dates.due).min(oracle::months_later(start + dates.signed_on, months));
    let until = (start + dates.until).min(oracle::months_later(
        start + dates.from,
        limits.expiry_months.into(),
    ));
    let days = [
        start + dates.from,
        start + dates.signed_on,
        until,
        due,
        due + limits.grace_days,
    ];
    let mut instants: Vec<Moment> = days
        .iter()
        .flat_map(|day| {
            let (begins, ends) = (start_of(*day), start_of(day + 1));
            [begins - 1, begins, ends - 1, ends]
        })
        .map(Moment)
        .chain([Moment(0)])
        .collect();
    instants.sort_unstable();
    instants.dedup();
    instants
}

#[test]
fn s01_a_damaged_history_is_full_cpr() {
    let whole = sample::log(StandingKind::OrderOnFile).0;
    let failure = |log: &[Said]| {
        let facts = facts(log);
        let now = Moment(sample::today().starts_at().0 + 1);
        let expected = Oracle::of(&facts).standing(Some("1937-03-04"), oracle::LONGEST, now.0);
        let area = Protocols::default();
        let found = standing(
            Ok(log),
            &sample::subject(),
            area.area(None),
            Limits::default(),
            now,
        );
        assert_eq!(found.code(), expected);
        found.kind() == StandingKind::FullCprByFailure
    };
    assert!(!failure(&whole));
    for index in 0..whole.len() {
        let mut log = whole.clone();
        log.remove(index);
        // Without its end a log is whole: what was cut off is for the audit to tell.
        assert_eq!(failure(&log), index + 1 < whole.len(), "without {index}");
        let mut log = whole.clone();
        log[index].about = Some(whole.last().unwrap().id.clone());
        assert!(failure(&log), "{index} speaks of what is not said yet");
        let mut log = whole.clone();
        log.push(whole[index].clone());
        assert!(failure(&log), "{index} twice");
    }
}
