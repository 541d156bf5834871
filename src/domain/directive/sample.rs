//! Logs that give each standing, for the tests of every surface.

use serde_json::{Value, json};

use super::{Kind, Said, Speaker, Statement};
use crate::domain::answer::Inputs;
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::directive::rules::Limits;
use crate::domain::id::{StaffId, StatementId};
use crate::domain::permit::Role;
use crate::domain::protocol::Protocols;
use crate::domain::standing::{Standing, StandingKind, Subject, Unreadable, standing};

/// The day on which the samples are looked at.
pub fn today() -> Day {
    Day::from_ymd(2026, 11, 25).unwrap()
}

pub fn nurse() -> Speaker {
    speaker("nurse", "石原 由美子", Role::Nurse)
}

pub fn second_nurse() -> Speaker {
    speaker("nurse2", "髙﨑 千鶴", Role::Nurse)
}

pub fn care_worker() -> Speaker {
    speaker("care", "渡邉 大輔", Role::CareWorker)
}

pub fn physician() -> Speaker {
    speaker("doctor", "神谷 修一", Role::Physician)
}

fn speaker(id: &str, name: &str, role: Role) -> Speaker {
    Speaker {
        staff: StaffId::from(id),
        name: name.to_owned(),
        role,
    }
}

/// A log that grows by one statement each time, an hour after the other.
#[derive(Default)]
pub struct Log(pub Vec<Said>);

impl Log {
    pub fn say(&mut self, by: Speaker, kind: Kind, about: Option<i64>, body: &Value) -> &mut Self {
        let seq = i64::try_from(self.0.len() + 1).unwrap();
        let statement = Statement::read(kind, &Inputs::from_json(body)).unwrap();
        self.0.push(Said {
            id: StatementId(format!("r.{seq}")),
            seq,
            about: about.map(|about| StatementId(format!("r.{about}"))),
            at: today()
                .plus_days(-40)
                .starts_at()
                .plus_minutes(60 * (9 + seq)),
            by,
            statement,
        });
        self
    }

    /// Written down, put before the physician and signed.
    pub fn signed_order(&mut self) -> &mut Self {
        self.signed_order_of(&order_body())
    }

    /// The same with other words in the order.
    pub fn signed_order_of(&mut self, body: &Value) -> &mut Self {
        let order = i64::try_from(self.0.len() + 1).unwrap();
        let signature = json!({"signed_on": day(-40), "review_due_on": day(80)});
        self.say(nurse(), Kind::Order, None, body)
            .say(nurse(), Kind::Submitted, Some(order), &json!({}))
            .say(physician(), Kind::Signed, Some(order), &signature)
    }

    pub fn standing(&self) -> Standing {
        self.standing_at(today().starts_at().plus_minutes(180))
    }

    pub fn standing_at(&self, now: Moment) -> Standing {
        standing(
            Ok(&self.0),
            &subject(),
            Protocols::default().area(None),
            Limits::default(),
            now,
        )
    }
}

fn day(from_today: i64) -> String {
    today().plus_days(from_today).iso()
}

pub fn subject() -> Subject {
    Subject {
        birth_date: Day::from_ymd(1937, 3, 4),
        physicians: Vec::new(),
    }
}

pub fn order_body() -> Value {
    json!({
        "cpr_instruction": "no_cpr",
        "scope": "老衰による心停止のときの心肺蘇生のみ",
        "basis_disease": "慢性心不全(ステージD)・アルツハイマー型認知症",
        "expected_event": "食事がとれなくなり、眠る時間が増え、呼吸と脈が静かに弱くなって止まる",
        "irreversible": "yes",
        "end_of_life_phase": "no",
        "person_wish_basis": "self_stated",
        "participants": [{"name": "髙﨑 キヨ", "role": "本人"}, {"name": "髙﨑 誠", "role": "長男"}],
        "dissent": {"state": "none", "confirmed_on": day(-45)},
        "discussed_on": day(-45),
        "physician_name": "神谷 修一",
        "institution": "みなと在宅クリニック",
        "phone_24h": "0463-00-1199",
        "phone_backup": "0463-00-2299",
        "phone_backup_of": "みなと訪問看護ステーション",
        "phone_tested_on": day(-42),
        "original_location": "1階 医務室の赤いファイル",
        "effective_from": day(-40),
        "review_due_on": day(80),
        "expires_on": day(300),
        "intubation": "unwanted",
        "antibiotics": "wanted",
    })
}

pub fn wish_body(cpr: &str) -> Value {
    json!({
        "cpr": cpr,
        "stated_on": day(-50),
        "stated_how": "spoken",
        "words": "もう十分生きたから、静かに逝かせてほしい",
    })
}

/// A log that gives this standing; for [`StandingKind::FullCprByFailure`] see [`of`].
pub fn log(kind: StandingKind) -> Log {
    let mut log = Log::default();
    match kind {
        StandingKind::FullCprByFailure | StandingKind::FullCpr => {}
        StandingKind::Revoked => {
            let words = json!({"revoked_by": "resident", "words": "やっぱり助けてほしい"});
            log.signed_order()
                .say(care_worker(), Kind::Revoked, None, &words);
        }
        StandingKind::Conflict => {
            let words =
                json!({"name": "髙﨑 和夫", "relationship": "son", "words": "聞いていない"});
            log.signed_order()
                .say(care_worker(), Kind::ObjectionRaised, None, &words);
        }
        StandingKind::FullCprInvalidOrder => {
            log.signed_order().say(
                care_worker(),
                Kind::Suspended,
                None,
                &json!({"reason": "admission"}),
            );
        }
        StandingKind::OrderOnFile => {
            log.say(nurse(), Kind::Wish, None, &wish_body("no_cpr"))
                .signed_order();
        }
        StandingKind::FullCprWishOnly => {
            log.say(nurse(), Kind::Wish, None, &wish_body("no_cpr"));
        }
    }
    log
}

/// Each standing, derived.
pub fn of(kind: StandingKind) -> Standing {
    let standing = match kind {
        StandingKind::FullCprByFailure => standing(
            Err(Unreadable),
            &subject(),
            Protocols::default().area(None),
            Limits::default(),
            Moment(0),
        ),
        kind => log(kind).standing(),
    };
    assert_eq!(standing.kind(), kind);
    standing
}
