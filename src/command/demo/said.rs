//! What was said about the last stage of life: talks over years, wishes, orders and what became of them, so that every
//! standing that a city meets is there to be looked at.
//!
//! Each statement is what a person of the home said on a day, through the same border as what is typed; the standing
//! follows from them, and a test derives it.

use serde_json::{Value, json};

use super::chance::Chance;
use super::person::{Fullness, Person};
use super::places;
use super::words::{TALKS, TALKS_OF_FAMILY};
use crate::domain::answer::{Coded, Inputs, YesNo};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::directive::{Kind, Statement};
use crate::domain::permit::Role;
use crate::domain::record::{Record, Relationship};
use crate::domain::standing;
use crate::export::pdf::{self, Cell, Document, Grid, Section, Text};
use crate::web::sha256;

/// One thing said.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    pub when: When,
    /// Index into the facility's staff.
    pub by: usize,
    /// Index into what was said before.
    pub about: Option<usize>,
    pub statement: Statement,
    /// The file that a scan registers.
    pub original: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    At(Moment),
    /// Just now: the papers in the folders do not know of it.
    AfterThePapers,
}

/// What is told of a resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// A talk, a wish, or nothing.
    ByChance,
    /// The physician's own signature holds.
    OrderHolds,
    /// It holds by a signed original that a second person compared.
    OrderByOriginal,
    /// Past the day of review, within the grace.
    ReviewDue,
    ReviewOverdue,
    Expired,
    /// Suspended after the paper was printed: the resident was taken to hospital today.
    SuspendedToday,
    AwaitsSignature,
    AwaitsComparison,
    Begun,
    /// By the resident, at night, to whoever was there.
    Revoked,
    /// A son objects.
    Objection,
    OwnWish,
    FamilysInference,
    WantsEverything,
    Undecided,
}

/// Writes what was said of `person`, who came under our eyes on `since`.
pub(super) fn said(
    story: Story,
    person: &Person,
    record: &Record,
    since: Day,
    today: Day,
    chance: Chance,
) -> Vec<Spoken> {
    let mut journal = Journal {
        person,
        record,
        since,
        today,
        said: Vec::new(),
    };
    journal.tell(story, chance);
    journal.said
}

struct Journal<'a> {
    person: &'a Person,
    record: &'a Record,
    since: Day,
    today: Day,
    said: Vec<Spoken>,
}

/// Who says it, of the people of the home.
#[derive(Clone, Copy)]
enum By {
    Nurse,
    /// Another person who may compare a signed original.
    Manager,
    CareWorker,
    Physician,
}

/// What an order says beyond what every order says.
struct Order {
    /// Empty: the first illness of the sheet.
    basis: &'static str,
    event: &'static str,
    wish: &'static str,
    last_phase: bool,
    /// Days from the signature to the last day.
    lasts: i64,
}

const ORDER: Order = Order {
    basis: "",
    event: "食事がとれなくなり、眠る時間が増え、呼吸と脈が静かに弱くなって止まる",
    wish: "self_stated",
    last_phase: false,
    lasts: 360,
};

impl Journal<'_> {
    fn tell(&mut self, story: Story, chance: Chance) {
        match story {
            Story::ByChance => self.by_chance(chance),
            Story::OrderHolds => self.order_holds(),
            Story::OrderByOriginal => self.order_by_original(),
            Story::ReviewDue => self.review_due(),
            Story::ReviewOverdue => self.review_overdue(),
            Story::Expired => self.expired(),
            Story::SuspendedToday => self.suspended_today(),
            Story::AwaitsSignature => self.awaits_signature(),
            Story::AwaitsComparison => self.awaits_comparison(),
            Story::Begun => self.begun(),
            Story::Revoked => self.revoked(),
            Story::Objection => self.objection(),
            Story::OwnWish => {
                self.talk(
                    200,
                    "ending_note",
                    "ノートに、葬儀は身内だけで、歌は「故郷の春」をと書いてある",
                    Some(160),
                );
                self.wish(
                    33,
                    "no_cpr",
                    "ending_note",
                    "管につながれて長らえるより、故郷の歌を聞きながら眠るように逝きたい",
                );
            }
            Story::FamilysInference => {
                self.inference(
                    28,
                    "父を看取ったとき「私のときは自然に」と何度も話していました",
                );
            }
            Story::WantsEverything => {
                self.wish(
                    26,
                    "full_cpr",
                    "spoken",
                    "まだ孫に会いたい。できることは全部してください",
                );
            }
            Story::Undecided => {
                self.talk(
                    60,
                    "acp_meeting",
                    "体の中の機械のことも、止まったときのことも、もう少し考えてから決めたい",
                    Some(120),
                );
                self.wish(
                    59,
                    "undecided",
                    "spoken",
                    "妻とよく話してから決める。今はまだ決めないでほしい",
                );
            }
        }
    }

    fn by_chance(&mut self, mut chance: Chance) {
        if self.person.fullness == Fullness::Bare || !chance.happens(45) {
            return;
        }
        let own = self.person.decides();
        let words = if own { TALKS } else { TALKS_OF_FAMILY };
        let mut words = chance.shuffled(words).into_iter();
        let mut ago = i64::from(chance.between(20, 170)) + 365;
        for talk in 0..chance.between(1, 3) {
            let material = *chance.pick(&["acp_meeting", "care_conference", "daily_talk"]);
            let next = (ago < 365).then_some(180 - ago % 170);
            self.talk(ago, material, words.next().unwrap_or_default(), next);
            ago = (ago - 200).max(9 + i64::from(talk));
        }
        let wished = i64::from(chance.between(8, 90));
        match chance.between(1, 100) {
            1..=20 if own => self.wish(
                wished,
                "full_cpr",
                "spoken",
                "治るものなら治してほしい。救急車も呼んでほしい",
            ),
            21..=40 if own => self.wish(
                wished,
                "no_cpr",
                "spoken",
                "もう十分。最後は静かに、ここの窓から海を見ていたい",
            ),
            41..=55 if !own => self.inference(
                wished,
                "元気なころ「機械で生かされるのは嫌だ」と家族に話していました",
            ),
            _ => {}
        }
    }

    // ---- stories ----------------------------------------------------------------------------------------------------

    fn order_holds(&mut self) {
        self.talk(
            800,
            "ending_note",
            "エンディングノートを一緒に書いた。大切なのは家族に囲まれていること",
            None,
        );
        self.talk(
            430,
            "acp_meeting",
            "夫を看取った日の話。苦しいのだけは取ってほしい。入院は治る見込みがあるときだけでよい",
            None,
        );
        self.talk(75, "acp_meeting", "息切れが増えたことを本人も感じている。心臓が止まったときは静かに逝かせてほしいと、家族と医師の前で話された", Some(105));
        self.wish(
            74,
            "no_cpr",
            "spoken",
            "夫のときのように、静かに逝きたい。苦しいのだけは取ってほしい",
        );
        let order = self.order(
            62,
            60,
            &Order {
                basis: "慢性心不全(心房細動を伴う)",
                event: "心不全が進み、食事がとれず眠る時間が増え、呼吸と脈が静かに弱くなって止まる",
                ..ORDER
            },
        );
        self.signed(order, 60, 165);
        self.phone(order, 30, "phone_24h", "answered");
        self.phone(order, 30, "phone_backup", "answered");
        self.phone(order, 2, "phone_24h", "answered");
    }

    fn order_by_original(&mut self) {
        self.talk(
            500,
            "care_conference",
            "入居のとき、前の主治医と書いた事前指示書を家族が持参",
            None,
        );
        self.wish(52, "no_cpr", "written_directive", "わたしは、回復の見込みがないときの心肺蘇生を望みません。痛みは取ってください(事前指示書より)");
        let order = self.order(
            50,
            49,
            &Order {
                wish: "written_ad",
                last_phase: true,
                ..ORDER
            },
        );
        let scan = self.scanned(order, 48, 49, 80);
        self.say(
            47,
            (11, 20),
            By::Manager,
            Kind::Verified,
            Some(scan),
            &json!({"compared": "yes"}),
        );
        self.phone(order, 10, "phone_24h", "no_answer");
        self.talk(
            6,
            "acp_meeting",
            "ご家族と、指示書の控えの置き場所を確かめた",
            Some(84),
        );
    }

    fn review_due(&mut self) {
        self.talk(
            50,
            "acp_meeting",
            "文字盤で「くるしくないように。まちの音をききながら」",
            None,
        );
        self.wish(
            50,
            "no_cpr",
            "other",
            "くるしくないように。とまったら、そのままに(文字盤で)",
        );
        let order = self.order(
            48,
            47,
            &Order {
                event: "呼吸の力がさらに弱り、眠っている間に呼吸と脈が止まる",
                last_phase: true,
                ..ORDER
            },
        );
        self.signed(order, 47, 35);
        self.submitted(
            order,
            3,
            "次回確認日を過ぎました。気管切開の管は10日前に交換済みです",
        );
    }

    fn review_overdue(&mut self) {
        self.wish(
            82,
            "no_cpr",
            "spoken",
            "息が苦しいのがいちばんこわい。苦しくなければ、それでいい",
        );
        let order = self.order(
            81,
            80,
            &Order {
                event: "息切れが進み、眠る時間が増え、呼吸と脈が静かに弱くなって止まる",
                ..ORDER
            },
        );
        self.signed(order, 80, 30);
        self.talk(16, "daily_talk", "春の桜をもう一度見たいと話された", None);
    }

    fn expired(&mut self) {
        self.inference(
            77,
            "胃ろうを作るとき、最後は自然にと本人が医師に話していました",
        );
        let order = self.order(
            76,
            75,
            &Order {
                wish: "inferred_by_family",
                lasts: 64,
                ..ORDER
            },
        );
        self.signed(order, 75, 60);
    }

    fn suspended_today(&mut self) {
        self.wish(
            42,
            "no_cpr",
            "spoken",
            "透析をやめる日が来たら、そのあとは静かに",
        );
        let order = self.order(
            41,
            39,
            &Order {
                event: "透析を続けられなくなり、眠る時間が増え、呼吸と脈が静かに止まる",
                ..ORDER
            },
        );
        self.signed(order, 39, 150);
        self.now(
            By::CareWorker,
            Kind::Suspended,
            &json!({"reason": "admission", "words": "38.9度の発熱とふるえ。みなと市立しおさい病院へ搬送、そのまま入院"}),
        );
    }

    fn awaits_signature(&mut self) {
        self.talk(
            11,
            "care_conference",
            "食べる量が減ってきたことを家族と確かめた。次の往診で医師と話す",
            Some(20),
        );
        self.inference(9, "歌が好きだった母なら、静かな部屋で、と言うと思います");
        self.order(
            4,
            3,
            &Order {
                wish: "inferred_by_family",
                last_phase: true,
                ..ORDER
            },
        );
    }

    fn awaits_comparison(&mut self) {
        self.talk(
            300,
            "daily_talk",
            "百歳を過ぎたら、あとはおまけ。毎朝お茶が飲めればよい",
            None,
        );
        self.wish(
            20,
            "no_cpr",
            "spoken",
            "百四つまで生きた。おまけはもういいから、そっとしておいて",
        );
        let order = self.order(
            6,
            5,
            &Order {
                basis: "老衰",
                ..ORDER
            },
        );
        self.scanned(order, 2, 4, 150);
    }

    fn begun(&mut self) {
        self.wish(
            24,
            "no_cpr",
            "spoken",
            "弁を替えてもらって二十年。もう胸は開けないでほしい",
        );
        let mut body = self.order_body(20, &ORDER);
        for open in [
            "phone_tested_on",
            "original_location",
            "effective_from",
            "expires_on",
        ] {
            body[open] = Value::Null;
        }
        self.say(20, (15, 40), By::Nurse, Kind::Order, None, &body);
    }

    fn revoked(&mut self) {
        self.wish(
            72,
            "no_cpr",
            "spoken",
            "体が動かなくなってまで、無理に生かさなくてよい",
        );
        let order = self.order(71, 70, &ORDER);
        self.signed(order, 70, 150);
        self.say(
            9,
            (2, 40),
            By::CareWorker,
            Kind::Revoked,
            None,
            &json!({"revoked_by": "resident", "words": "やっぱり死にたくない。何かあったら助けてくれ(夜中に目を覚まし、手を握って)"}),
        );
        self.talk(
            7,
            "daily_talk",
            "夜の話を本人と振り返った。今は助けてほしい気持ちが強い。家族と医師に伝えた",
            Some(30),
        );
    }

    fn objection(&mut self) {
        let order = {
            self.inference(46, "迷惑をかけずに逝きたいと、よく申しておりました");
            self.order(
                45,
                44,
                &Order {
                    wish: "inferred_by_family",
                    ..ORDER
                },
            )
        };
        self.signed(order, 44, 150);
        self.say(
            5,
            (19, 10),
            By::CareWorker,
            Kind::ObjectionRaised,
            None,
            &json!({
                "name": format!("{} 達也", self.person.surname.0),
                "relationship": "son",
                "words": "聞いていない。父にはできる治療を全部してほしい(大阪から電話で)",
            }),
        );
    }

    // ---- statements -------------------------------------------------------------------------------------------------

    /// That many days ago, or as soon as the resident was here.
    fn day(&self, ago: i64) -> Day {
        self.today.plus_days(-ago).max(self.since.plus_days(1))
    }

    fn say(
        &mut self,
        ago: i64,
        (hour, minute): (i64, i64),
        by: By,
        kind: Kind,
        about: Option<usize>,
        body: &Value,
    ) -> usize {
        let wanted = self.day(ago).starts_at().plus_minutes(hour * 60 + minute);
        let at = match self.said.last().map(|last| last.when) {
            Some(When::At(last)) => wanted.max(last.plus_minutes(4)),
            _ => wanted,
        };
        self.push(When::At(at), by, kind, about, body)
    }

    fn now(&mut self, by: By, kind: Kind, body: &Value) {
        self.push(When::AfterThePapers, by, kind, None, body);
    }

    fn push(
        &mut self,
        when: When,
        by: By,
        kind: Kind,
        about: Option<usize>,
        body: &Value,
    ) -> usize {
        let statement = Statement::read(kind, &Inputs::from_json(body))
            .expect("a test reads whatever is written here");
        self.said.push(Spoken {
            when,
            by: self.staff(by),
            about,
            statement,
            original: None,
        });
        self.said.len() - 1
    }

    fn staff(&self, by: By) -> usize {
        let role = match by {
            By::Nurse => Role::Nurse,
            By::Manager => Role::Manager,
            By::CareWorker => Role::CareWorker,
            By::Physician => Role::Physician,
        };
        let found = self
            .person
            .home
            .staff
            .iter()
            .rposition(|(known, _)| *known == role);
        found.unwrap_or(0)
    }

    fn talk(&mut self, ago: i64, material: &str, words: &str, next: Option<i64>) {
        let held_on = self.today.plus_days(-ago);
        let copied = held_on < self.since;
        let words = if copied {
            format!("{words}(以前の紙の記録から書き写し)")
        } else {
            words.to_owned()
        };
        let own = self.person.decides();
        let mut attendance = if own { vec!["resident"] } else { Vec::new() };
        if self.kin().is_some() {
            attendance.push("family");
        }
        attendance.push("care_team");
        let by = if material == "daily_talk" {
            By::CareWorker
        } else {
            By::Nurse
        };
        let body = json!({
            "held_on": held_on.iso(),
            "attendance": {"state": "present", "items": attendance},
            "participants": {"state": "present", "rows": self.participants(own)},
            "material": material,
            "words": words,
            "next_on": next.map(|days| self.today.plus_days(days).iso()),
        });
        self.say(ago, (16, 15), by, Kind::Talk, None, &body);
    }

    fn wish(&mut self, ago: i64, cpr: &str, how: &str, words: &str) {
        let mut body = json!({
            "cpr": cpr,
            "stated_on": self.day(ago).iso(),
            "stated_how": how,
            "words": words,
            "witness": self.person.home.staff[self.staff(By::Nurse)].1,
            "comfort": "wanted",
        });
        if matches!(how, "written_directive" | "ending_note") {
            body["document_location"] = json!("医務室の個人ファイル(原本はご本人の引き出し)");
        }
        if cpr == "no_cpr" {
            body["intubation"] = json!("unwanted");
            body["transfer_to_hospital"] = json!("ask_physician");
        }
        self.say(ago, (10, 50), By::Nurse, Kind::Wish, None, &body);
    }

    fn inference(&mut self, ago: i64, grounds: &str) {
        let Some((name, relationship)) = self.kin() else {
            return;
        };
        let body = json!({
            "cpr": "no_cpr",
            "inferred_by": name,
            "relationship": relationship.choice().code,
            "why_person_cannot": "認知症が進み、言葉で確かめることが難しい",
            "stated_on": self.day(ago).iso(),
            "grounds": grounds,
            "comfort": "wanted",
        });
        self.say(ago, (14, 5), By::Nurse, Kind::Inference, None, &body);
    }

    /// The relative who is asked first: the key person, where the sheet says who that is.
    fn kin(&self) -> Option<(String, Relationship)> {
        let contacts = self.record.contacts.emergency_contacts.rows();
        let key = contacts
            .iter()
            .find(|row| row.is_key_person.is(&YesNo::Yes));
        let asked = key.or_else(|| contacts.first())?;
        Some((asked.name.to_string(), *asked.relationship.value()?))
    }

    fn participants(&self, own: bool) -> Vec<Value> {
        let mut people = Vec::new();
        if own {
            people.push(json!({"name": self.person.name(), "role": "本人"}));
        }
        if let Some((name, relationship)) = self.kin() {
            people.push(json!({"name": name, "role": relationship.choice().label}));
        }
        let (role, name) = self.person.home.staff[self.staff(By::Nurse)];
        people.push(json!({"name": name, "role": role.label()}));
        people
    }

    /// Writes an order down and puts it before the physician.
    fn order(&mut self, ago: i64, effective: i64, order: &Order) -> usize {
        let mut body = self.order_body(ago, order);
        body["effective_from"] = json!(self.day(effective).iso());
        body["expires_on"] = json!(self.day(effective).plus_days(order.lasts).iso());
        let at = self.say(ago, (13, 30), By::Nurse, Kind::Order, None, &body);
        self.submitted(at, ago, "次の診察のときに確認をお願いします");
        at
    }

    fn order_body(&self, ago: i64, order: &Order) -> Value {
        let doctor = &self.person.home.doctor;
        let day = self.day(ago).iso();
        let conditions = self.record.medical.current_conditions.rows();
        let basis = match (order.basis, conditions.first()) {
            ("", Some(first)) => first.name.to_string(),
            (basis, _) => basis.to_owned(),
        };
        let (backup, of) = match self.person.home.nurse_station {
            Some((name, phone)) => (phone, name),
            None => ("0463-00-3100", "鴎浜ホームクリニック 当直"),
        };
        json!({
            "cpr_instruction": "no_cpr",
            "scope": "想定された経過による心停止のときの心肺蘇生のみ",
            "basis_disease": basis,
            "expected_event": order.event,
            "irreversible": "yes",
            "end_of_life_phase": if order.last_phase { "yes" } else { "no" },
            "person_wish_basis": order.wish,
            "participants": {"state": "present", "rows": self.participants(order.wish == "self_stated")},
            "dissent": {"state": "none", "confirmed_on": day},
            "discussed_on": day,
            "physician_name": doctor.name,
            "institution": places::CLINIC,
            "phone_24h": doctor.phone_24h,
            "phone_backup": backup,
            "phone_backup_of": of,
            "phone_tested_on": day,
            "original_location": "医務室 救急持ち出し袋の青いファイル",
            "intubation": "unwanted",
            "ventilation": "unwanted",
            "antibiotics": "wanted",
            "transfer_to_hospital": "ask_physician",
            "comfort": "wanted",
        })
    }

    fn submitted(&mut self, order: usize, ago: i64, note: &str) {
        self.say(
            ago,
            (13, 45),
            By::Nurse,
            Kind::Submitted,
            Some(order),
            &json!({"note": note}),
        );
    }

    fn signed(&mut self, order: usize, ago: i64, review_in: i64) {
        let body = self.signature(ago, review_in);
        self.say(
            ago,
            (14, 20),
            By::Physician,
            Kind::Signed,
            Some(order),
            &body,
        );
    }

    fn signature(&self, ago: i64, review_in: i64) -> Value {
        let signed_on = self.day(ago);
        json!({"signed_on": signed_on.iso(), "review_due_on": signed_on.plus_days(review_in).iso()})
    }

    /// Registers the signed original, whose scan is a small PDF.
    fn scanned(&mut self, order: usize, ago: i64, signed: i64, review_in: i64) -> usize {
        let original = self.original(order, signed);
        let hash: String = sha256(&original)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let mut body = self.signature(signed, review_in);
        body["original"] = json!(hash);
        body["purpose"] = json!("activate");
        let scan = self.say(ago, (9, 40), By::Nurse, Kind::Scanned, Some(order), &body);
        self.said[scan].original = Some(original);
        scan
    }

    /// The paper that the physician signed at the bedside, as a scanner would give it.
    fn original(&self, order: usize, signed: i64) -> Vec<u8> {
        let mut answers = Grid::titled("医師の指示");
        for (field, answer) in self.said[order].statement.walk() {
            let shown = answer.shown();
            if shown.is_settled() {
                let cell = Cell::new(field.label, Text::value(shown.line())).label_left(42.0);
                answers = answers.row([cell]);
            }
        }
        let home = self.person.home;
        let signed_on = self.day(signed);
        let paper = Section::new()
            .block(Text::heading(
                1,
                "心肺蘇生についての医師の指示書(署名された原本・架空)",
            ))
            .block(Text::value(format!(
                "{}。{}",
                standing::ONLY_IN_ARREST,
                standing::UNTIL
            )))
            .block(
                Grid::titled("本人")
                    .row([Cell::new("氏名", Text::value(self.person.name())).label_left(42.0)]),
            )
            .block(answers)
            .block(Text::value(format!(
                "署名日 {signed_on}  署名 {}",
                home.doctor.name
            )));
        let title = "医師の指示書(架空)";
        let document =
            Document::new(title, places::CLINIC, "original", signed_on.starts_at()).with(paper);
        pdf::render(&document).expect("a test renders every original")
    }

    fn phone(&mut self, order: usize, ago: i64, number: &str, result: &str) {
        let body = json!({"number": number, "result": result});
        self.say(
            ago,
            (20, 30),
            By::Nurse,
            Kind::PhoneTested,
            Some(order),
            &body,
        );
    }
}
