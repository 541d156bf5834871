//! What can happen to a resident, as data: drawn by dice from a seed, printed when it fails, and still runnable when
//! some of it is left out.

use serde_json::{Value, json};

use super::oracle;

/// SplitMix64: the same throws for the same seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, sides: usize) -> usize {
        (self.next() % sides as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// Everybody who tries something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    CareWorker,
    Nurse,
    SecondNurse,
    Manager,
    Physician,
    SecondPhysician,
    Operator,
    /// A nurse of another facility.
    Stranger,
}

impl Who {
    pub const ALL: [Self; 8] = [
        Self::CareWorker,
        Self::Nurse,
        Self::SecondNurse,
        Self::Manager,
        Self::Physician,
        Self::SecondPhysician,
        Self::Operator,
        Self::Stranger,
    ];

    pub fn staff(self) -> &'static str {
        match self {
            Self::CareWorker => "care",
            Self::Nurse => "nurse",
            Self::SecondNurse => "nurse2",
            Self::Manager => "manager",
            Self::Physician => "physician",
            Self::SecondPhysician => "physician2",
            Self::Operator => "operator",
            Self::Stranger => "other-nurse",
        }
    }

    pub fn role(self) -> &'static str {
        match self {
            Self::CareWorker => "care_worker",
            Self::Nurse | Self::SecondNurse | Self::Stranger => "nurse",
            Self::Manager => "manager",
            Self::Physician | Self::SecondPhysician => "physician",
            Self::Operator => "operator",
        }
    }

    /// Whether safety.md lets this person say such a thing at all (S11, S12).
    pub fn may_say(self, kind: &str) -> bool {
        match kind {
            "suspended" | "revoked" | "objection_raised" | "acp_talk" => self != Self::Operator,
            "signed" | "resumed" | "reviewed" => self.role() == "physician",
            "closed" => false,
            _ => matches!(self.role(), "nurse" | "manager"),
        }
    }

    /// Whether this person keeps sheets and moves residents.
    pub fn keeps_sheets(self) -> bool {
        matches!(self.role(), "nurse" | "manager")
    }
}

pub const KINDS: [&str; 16] = [
    "patient_wish",
    "family_inference",
    "acp_talk",
    "physician_order",
    "submitted",
    "signed",
    "resumed",
    "reviewed",
    "scanned",
    "verified",
    "suspended",
    "revoked",
    "objection_raised",
    "objection_settled",
    "phone_tested",
    "closed",
];

/// What raises protection by one step, for anyone (S11).
pub fn raises(kind: &str) -> bool {
    matches!(kind, "suspended" | "revoked" | "objection_raised")
}

/// What a statement is about, found when it is said.
#[derive(Clone, Copy, Debug)]
pub enum About {
    Nothing,
    /// The newest statement of a kind.
    Newest(&'static str),
    /// The one before it.
    Older(&'static str),
    /// Another resident's order.
    OfAnother,
    Unknown,
}

/// What the speaker has seen of the log.
#[derive(Clone, Copy, Debug)]
pub enum Seen {
    All,
    AllButOne,
    /// Does not say.
    Unsaid,
}

#[derive(Clone, Debug)]
pub struct Saying {
    pub by: Who,
    pub kind: &'static str,
    pub about: About,
    pub seen: Seen,
    /// `day:3` stands for the day three days after the one on which it is said.
    pub body: Value,
    /// Somebody reads the whole time.
    pub watched: bool,
}

/// The parts of a sheet that matter, each by the number of its wording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub physician: u8,
    pub key_person: u8,
    pub diagnosis: u8,
    pub name: u8,
    pub born: u8,
    /// The last stay in hospital; 0 is none.
    pub stay: u8,
    /// What nothing rests on: the room, the message, a phone number.
    pub other: u8,
}

#[derive(Clone, Copy, Debug)]
pub enum Part {
    Physician,
    KeyPerson,
    Diagnosis,
    Name,
    Born,
    Stay,
    Other,
}

#[derive(Clone, Debug)]
pub enum Step {
    Say(Saying),
    Revise {
        by: Who,
        parts: Vec<(Part, u8)>,
    },
    Move {
        by: Who,
        status: &'static str,
    },
    /// Review, review in the last phase, expiry in months, grace in days.
    Limits {
        by: Who,
        limits: [i64; 4],
    },
    /// The server's clock jumps by minutes.
    Clock(i64),
    Restart,
    /// Two at once.
    Together(Box<Step>, Box<Step>),
}

/// A body with its days, said on `today`.
pub fn on(body: &Value, today: i64) -> Value {
    match body {
        Value::String(text) => match text.strip_prefix("day:") {
            Some(days) => {
                let days: i64 = days.parse().expect("a number of days");
                oracle::iso(today + days).into()
            }
            None => body.clone(),
        },
        Value::Array(items) => items.iter().map(|item| on(item, today)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), on(value, today)))
            .collect(),
        _ => body.clone(),
    }
}

/// The order that everything begins with.
pub fn order() -> Value {
    json!({
        "cpr_instruction": "no_cpr",
        "scope": "老衰による心停止のときの心肺蘇生のみ",
        "basis_disease": "慢性心不全(ステージD)",
        "expected_event": "食事がとれなくなり、眠る時間が増え、呼吸と脈が静かに弱くなって止まる",
        "irreversible": "yes",
        "end_of_life_phase": "no",
        "person_wish_basis": "self_stated",
        "dissent": {"state": "none", "confirmed_on": "day:-3"},
        "discussed_on": "day:-3",
        "physician_name": "神谷 修一",
        "institution": "みなと在宅クリニック",
        "phone_24h": "0463-00-1199",
        "phone_tested_on": "day:-1",
        "original_location": "1階 医務室の赤いファイル",
        "effective_from": "day:0",
        "expires_on": "day:300",
        "antibiotics": "wanted",
    })
}

/// Draws a sequence of what happens.
pub fn draw(seed: u64) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut hand = Hand {
        dice: Dice::new(seed),
        way: Way::Nothing,
        signed: false,
        against: false,
        open: Open::Nothing,
    };
    if hand.dice.chance(60) {
        while hand.way != Way::Active {
            hand.forward(&mut steps);
        }
    }
    let length = steps.len() + 3 + hand.dice.below(10);
    while steps.len() < length {
        hand.draw(&mut steps);
    }
    if hand.dice.chance(20) {
        let at = hand.dice.below(steps.len());
        steps.insert(at, Step::Restart);
    }
    steps
}

/// How far an order came, as far as who draws can tell.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Nothing,
    Written,
    Submitted,
    Scanned,
    Active,
}

struct Hand {
    dice: Dice,
    way: Way,
    signed: bool,
    against: bool,
    open: Open,
}

/// What has to be dealt with before a signature counts again.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    Objection,
    Contradiction,
    DeadPhone,
}

impl Hand {
    fn draw(&mut self, steps: &mut Vec<Step>) {
        match self.dice.below(100) {
            0..48 => self.forward(steps),
            48..57 => {
                let step = self.raise();
                steps.push(step);
            }
            57..64 => {
                let step = self.wish();
                steps.push(step);
            }
            64..69 => {
                let say = self.say("objection_settled", About::Newest("objection_raised"));
                let step = say(self, json!({"words": "家族会議で話し合い、納得された"}));
                steps.push(step);
            }
            69..74 => {
                let step = self.phone();
                steps.push(step);
            }
            74..76 => {
                let say = self.say("acp_talk", About::Nothing);
                let step = say(
                    self,
                    json!({"held_on": "day:0", "words": "孫の結婚式までは元気でいたい"}),
                );
                steps.push(step);
            }
            76..82 => steps.push(self.revise()),
            82..84 => {
                let by = self.staff();
                let status = self.dice.one_of(&["left", "died", "living_in"]);
                steps.push(Step::Move { by, status });
                if status != "living_in" {
                    self.against = true;
                    steps.push(Step::Move {
                        by: Who::Manager,
                        status: "living_in",
                    });
                }
            }
            84..87 => steps.push(self.limits()),
            87..93 => steps.push(self.clock()),
            93..97 => {
                let (one, other) = (self.single(), self.single());
                steps.push(Step::Together(Box::new(one), Box::new(other)));
            }
            _ => {
                let step = self.anything();
                steps.push(step);
            }
        }
    }

    /// One of two things that happen at once.
    fn single(&mut self) -> Step {
        match self.dice.below(10) {
            0..4 => {
                let mut steps = Vec::new();
                self.forward(&mut steps);
                steps.pop().expect("a step forward is a step")
            }
            4..7 => self.raise(),
            7 => self.wish(),
            8 => self.revise(),
            _ => Step::Move {
                by: Who::Manager,
                status: self.dice.one_of(&["left", "living_in"]),
            },
        }
    }

    fn staff(&mut self) -> Who {
        match self.dice.chance(92) {
            true => self
                .dice
                .one_of(&[Who::Nurse, Who::SecondNurse, Who::Manager]),
            false => self.dice.one_of(&Who::ALL),
        }
    }

    fn physician(&mut self) -> Who {
        match self.dice.chance(88) {
            true => self.dice.one_of(&[Who::Physician, Who::SecondPhysician]),
            false => self.dice.one_of(&Who::ALL),
        }
    }

    /// Somebody says something of a kind.
    fn say(
        &mut self,
        kind: &'static str,
        about: About,
    ) -> impl FnOnce(&mut Self, Value) -> Step + use<> {
        move |hand, body| {
            let by = match kind {
                "signed" | "resumed" | "reviewed" => hand.physician(),
                _ if raises(kind) || kind == "acp_talk" => hand.dice.one_of(&Who::ALL),
                _ => hand.staff(),
            };
            let about = match hand.dice.below(40) {
                0 => hand
                    .dice
                    .one_of(&[About::Nothing, About::OfAnother, About::Unknown]),
                1..3 => match about {
                    About::Newest(kind) => About::Older(kind),
                    other => other,
                },
                _ => about,
            };
            let seen = match hand.dice.below(12) {
                0 if hand.dice.chance(40) => Seen::AllButOne,
                1..4 => Seen::Unsaid,
                _ => Seen::All,
            };
            let watched = hand.dice.chance(8);
            Step::Say(Saying {
                by,
                kind,
                about,
                seen,
                body,
                watched,
            })
        }
    }

    /// The next step to an order that holds, mostly right.
    fn forward(&mut self, steps: &mut Vec<Step>) {
        let order = About::Newest("physician_order");
        match self.way {
            Way::Nothing => {
                let body = self.order();
                let say = self.say("physician_order", About::Nothing);
                let step = say(self, body);
                steps.push(step);
                self.way = Way::Written;
            }
            Way::Written | Way::Active => {
                if self.way == Way::Active && self.dice.chance(20) {
                    self.way = Way::Nothing;
                    self.signed = false;
                    self.against = false;
                    return self.forward(steps);
                }
                if self.dice.chance(80) {
                    self.repair(steps);
                }
                let say = self.say("submitted", order);
                let step = say(self, json!({}));
                steps.push(step);
                self.way = Way::Submitted;
            }
            Way::Submitted => {
                let purpose = match (self.signed, self.against) {
                    (false, _) => 0,
                    (true, true) => 1,
                    (true, false) => 2,
                };
                let purpose = match self.dice.chance(8) {
                    true => self.dice.below(3),
                    false => purpose,
                };
                let signed_on = self.dice.one_of(&[
                    "day:0", "day:0", "day:0", "day:0", "day:0", "day:0", "day:-1", "day:-20",
                    "day:1",
                ]);
                let due = self.dice.one_of(&[
                    "day:20", "day:60", "day:85", "day:85", "day:28", "day:170", "day:200", "day:0",
                ]);
                let mut body = json!({"signed_on": signed_on, "review_due_on": due});
                if self.dice.chance(60) {
                    let kind = ["signed", "resumed", "reviewed"][purpose];
                    let say = self.say(kind, order);
                    let step = say(self, body);
                    steps.push(step);
                    self.active();
                } else {
                    if (self.against || self.signed) && self.dice.chance(70) {
                        steps.push(Step::Clock(24 * 60));
                    }
                    body["purpose"] = ["activate", "resume", "review"][purpose].into();
                    body["original"] = "a1".repeat(32).into();
                    let say = self.say("scanned", order);
                    let step = say(self, body);
                    steps.push(step);
                    self.way = Way::Scanned;
                }
            }
            Way::Scanned => {
                let compared = self
                    .dice
                    .one_of(&["yes", "yes", "yes", "yes", "yes", "yes", "yes", "yes", "no"]);
                let say = self.say("verified", About::Newest("scanned"));
                let step = say(self, json!({"compared": compared}));
                steps.push(step);
                self.active();
            }
        }
    }

    fn repair(&mut self, steps: &mut Vec<Step>) {
        let step = match self.open {
            Open::Nothing => return,
            Open::Objection => {
                let say = self.say("objection_settled", About::Newest("objection_raised"));
                say(self, json!({"words": "家族会議で話し合い、納得された"}))
            }
            Open::Contradiction => {
                let say = self.say("patient_wish", About::Nothing);
                say(
                    self,
                    json!({"cpr": "no_cpr", "stated_on": "day:0", "words": "やはり静かに逝かせてほしい"}),
                )
            }
            Open::DeadPhone => {
                let say = self.say("phone_tested", About::Newest("physician_order"));
                say(self, json!({"number": "phone_24h", "result": "answered"}))
            }
        };
        steps.push(step);
        self.open = Open::Nothing;
    }

    fn active(&mut self) {
        self.way = Way::Active;
        self.signed = true;
        self.against = false;
    }

    fn order(&mut self) -> Value {
        let mut body = order();
        match self.dice.below(40) {
            0 => body["cpr_instruction"] = "full_cpr".into(),
            1 => {
                body["dissent"] = json!({"state": "present", "rows": [{"name": "髙﨑 和夫", "relationship": "son"}]})
            }
            2..4 => body["end_of_life_phase"] = "yes".into(),
            4 => body["effective_from"] = "day:5".into(),
            5 => body["expires_on"] = "day:1".into(),
            6 => body["expires_on"] = "day:500".into(),
            7 => body["person_wish_basis"] = "inferred_by_family".into(),
            8 => body["discussed_on"] = "day:2".into(),
            9 => body["cpr_instruction"] = "dnar".into(),
            10 => body["phone_backup"] = "0463-00-2299".into(),
            11 | 12 => {
                let keys: Vec<String> = body
                    .as_object()
                    .expect("an order")
                    .keys()
                    .cloned()
                    .collect();
                let left_out = &keys[self.dice.below(keys.len())];
                body.as_object_mut().expect("an order").remove(left_out);
            }
            _ => {}
        }
        body
    }

    fn raise(&mut self) -> Step {
        let kind = self
            .dice
            .one_of(&["suspended", "revoked", "objection_raised"]);
        let body = match (kind, self.dice.below(8)) {
            ("suspended", 0) => json!({"words": "理由は書かれていない"}),
            ("suspended", _) => {
                let reason = self.dice.one_of(&[
                    "person_says_otherwise",
                    "family_objects",
                    "admission",
                    "discharge",
                    "contradiction",
                    "phone_missing",
                    "other",
                ]);
                json!({"reason": reason})
            }
            ("revoked", 0) => json!({"words": "だれの言葉かは書かれていない"}),
            ("revoked", _) => {
                let by = self
                    .dice
                    .one_of(&["resident", "representative", "physician"]);
                json!({"revoked_by": by, "words": "やっぱり助けてほしい"})
            }
            (_, 0) => json!({}),
            _ => json!({"name": "髙﨑 和夫", "relationship": "son", "words": "聞いていない"}),
        };
        self.against = true;
        match kind {
            "objection_raised" => self.open = Open::Objection,
            "revoked" => {
                self.open = Open::Nothing;
                self.signed = false;
            }
            _ => {}
        }
        self.way = match (kind, self.way) {
            ("revoked", _) | (_, Way::Nothing) => Way::Nothing,
            _ => Way::Written,
        };
        let say = self.say(kind, About::Nothing);
        say(self, body)
    }

    fn wish(&mut self) -> Step {
        let cpr = self
            .dice
            .one_of(&["no_cpr", "no_cpr", "full_cpr", "undecided", "", "stop"]);
        let mut body = match self.dice.chance(70) {
            true => {
                json!({"stated_on": "day:-1", "stated_how": "spoken", "words": "もう十分生きたから、静かに逝かせてほしい", "antibiotics": "wanted"})
            }
            false => json!({
                "inferred_by": "髙﨑 誠", "relationship": "son", "why_person_cannot": "言葉での意思表示が難しい",
                "stated_on": "day:-1", "grounds": "自分は静かに逝きたいと話していた",
            }),
        };
        let kind = match body["inferred_by"].is_null() {
            true => "patient_wish",
            false => "family_inference",
        };
        if !cpr.is_empty() {
            body["cpr"] = cpr.into();
        }
        if self.dice.chance(8) {
            body["stated_on"] = "day:1".into();
        }
        if matches!(cpr, "full_cpr" | "undecided") {
            self.against = true;
            self.way = match self.way {
                Way::Nothing => Way::Nothing,
                _ => Way::Written,
            };
        }
        if cpr == "full_cpr" {
            self.open = Open::Contradiction;
        }
        let say = self.say(kind, About::Nothing);
        say(self, body)
    }

    fn phone(&mut self) -> Step {
        let number = self
            .dice
            .one_of(&["phone_24h", "phone_24h", "phone_24h", "phone_backup"]);
        let result = self.dice.one_of(&["answered", "no_answer", "not_in_use"]);
        if (number, result) == ("phone_24h", "not_in_use") {
            self.against = true;
            self.open = Open::DeadPhone;
        }
        let say = self.say("phone_tested", About::Newest("physician_order"));
        say(self, json!({"number": number, "result": result}))
    }

    fn revise(&mut self) -> Step {
        let parts = [
            Part::Physician,
            Part::KeyPerson,
            Part::Diagnosis,
            Part::Name,
            Part::Born,
            Part::Stay,
            Part::Other,
            Part::Other,
        ];
        let count = 1 + self.dice.below(2);
        let parts = (0..count)
            .map(|_| (self.dice.one_of(&parts), self.dice.below(3) as u8))
            .collect();
        Step::Revise {
            by: self.staff(),
            parts,
        }
    }

    fn limits(&mut self) -> Step {
        let by = match self.dice.chance(85) {
            true => Who::Manager,
            false => self.dice.one_of(&Who::ALL),
        };
        let limits = [
            self.dice.one_of(&[1, 2, 6]),
            self.dice.one_of(&[1, 3]),
            self.dice.one_of(&[1, 6, 12]),
            self.dice.one_of(&[0, 7, 30]),
        ];
        Step::Limits { by, limits }
    }

    fn clock(&mut self) -> Step {
        const DAY: i64 = 24 * 60;
        Step::Clock(self.dice.one_of(&[
            1,
            90,
            11 * 60,
            DAY,
            2 * DAY,
            30 * DAY,
            90 * DAY,
            200 * DAY,
            400 * DAY,
            -4,
            -6,
            -DAY,
            -40 * DAY,
        ]))
    }

    /// Any kind by anybody about anything, with some body.
    fn anything(&mut self) -> Step {
        let kind = self.dice.one_of(&KINDS);
        let about = self.dice.one_of(&KINDS);
        let about = self.dice.one_of(&[
            About::Nothing,
            About::Newest(about),
            About::Older(about),
            About::Newest("physician_order"),
        ]);
        let body = match self.dice.below(4) {
            0 => order(),
            1 => {
                json!({"signed_on": "day:0", "review_due_on": "day:60", "purpose": "activate", "original": "a1".repeat(32)})
            }
            2 => {
                json!({"reason": "other", "revoked_by": "resident", "words": "話を聞いた", "compared": "yes"})
            }
            _ => json!({}),
        };
        let by = self.dice.one_of(&Who::ALL);
        let seen = self
            .dice
            .one_of(&[Seen::All, Seen::Unsaid, Seen::AllButOne]);
        Step::Say(Saying {
            by,
            kind,
            about,
            seen,
            body,
            watched: false,
        })
    }
}
