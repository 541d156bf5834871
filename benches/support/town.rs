//! Facilities full of residents, in a fresh SQLite file on the disk of the build folder.

use std::path::PathBuf;

use hikitsugi::command::system::{SystemClock, SystemEntropy};
use hikitsugi::domain::clock::{Clock, Moment};
use hikitsugi::domain::id::{FacilityId, ResidentId};
use hikitsugi::domain::permit::{Action, Actor, Permit, Role};
use hikitsugi::domain::record::Record;
use hikitsugi::domain::resident::Head;
use hikitsugi::store::facility::{self, FacilityText};
use hikitsugi::store::resident::{self, Admission, ImportRow};
use hikitsugi::store::sheet::NewRevision;
use hikitsugi::store::staff::NewStaff;
use hikitsugi::store::{MasterKey, Store};
use serde_json::{Value, json};

const SURNAMES: [(&str, &str); 24] = [
    ("佐藤", "さとう"),
    ("鈴木", "すずき"),
    ("髙橋", "たかはし"),
    ("田中", "たなか"),
    ("渡邉", "わたなべ"),
    ("伊藤", "いとう"),
    ("山本", "やまもと"),
    ("中村", "なかむら"),
    ("小林", "こばやし"),
    ("加藤", "かとう"),
    ("吉田", "よしだ"),
    ("山田", "やまだ"),
    ("佐々木", "ささき"),
    ("山口", "やまぐち"),
    ("松本", "まつもと"),
    ("井上", "いのうえ"),
    ("木村", "きむら"),
    ("林", "はやし"),
    ("斎藤", "さいとう"),
    ("清水", "しみず"),
    ("山﨑", "やまさき"),
    ("森", "もり"),
    ("池田", "いけだ"),
    ("橋本", "はしもと"),
];
const GIVEN: [(&str, &str); 20] = [
    ("ハル", "はる"),
    ("キヨ", "きよ"),
    ("フミ子", "ふみこ"),
    ("千代", "ちよ"),
    ("和子", "かずこ"),
    ("幸子", "さちこ"),
    ("節子", "せつこ"),
    ("美代子", "みよこ"),
    ("𠮷江", "よしえ"),
    ("文子", "ふみこ"),
    ("正雄", "まさお"),
    ("茂", "しげる"),
    ("清", "きよし"),
    ("勝", "まさる"),
    ("実", "みのる"),
    ("弘", "ひろし"),
    ("三郎", "さぶろう"),
    ("武", "たけし"),
    ("トメ", "とめ"),
    ("久子", "ひさこ"),
];

pub struct Town {
    pub store: Store,
    folder: PathBuf,
    usual: Value,
}

impl Town {
    /// An empty database in a folder `name`, which is emptied first.
    pub async fn open(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).expect("the folder of the run before can be emptied");
        }
        std::fs::create_dir_all(&folder).expect("the build folder is writable");
        let url = format!("sqlite:{}", folder.join("town.db").display());
        Self {
            store: Store::open(&url, MasterKey::fresh().expect("random bytes"))
                .await
                .expect("a fresh database opens"),
            folder,
            usual: usual_record(),
        }
    }

    /// Closes the database and takes its files away.
    pub async fn close(self) {
        self.store.close().await;
        std::fs::remove_dir_all(&self.folder).expect("the town's folder is its own");
    }

    /// Adds a facility with its people.
    pub async fn found(&self, id: &FacilityId, people: &[NewStaff<'_>]) {
        let operator = Actor::console(FacilityId::from("city"), Role::Operator);
        let permit = operator.permit().expect("an operator adds facilities");
        let body = json!({
            "facility_name": "特別養護老人ホーム ひまわり苑", "facility_type": "special_nursing_home",
            "facility_phone": "0463-00-1234", "night_phone": "090-0000-1111",
            "facility_address": "架空県見本市浅間町9-1", "ambulance_entrance": "正面玄関(東側)",
        })
        .to_string();
        let text = FacilityText {
            name: "特別養護老人ホーム ひまわり苑",
            kind: "special_nursing_home",
            body: body.as_bytes(),
        };
        facility::create(&self.store, &permit, id, text, people, now())
            .await
            .expect("a new facility");
    }

    /// Brings `count` residents, numbered from `first`, into a facility, 1,000 at a time.
    pub async fn fill(
        &self,
        facility: &FacilityId,
        first: usize,
        count: usize,
    ) -> Vec<(ResidentId, Head)> {
        let permit = permit(facility);
        let numbers: Vec<usize> = (first..first + count).collect();
        let mut known = Vec::with_capacity(count);
        for numbers in numbers.chunks(1_000) {
            let people: Vec<(ResidentId, Head, Vec<u8>)> =
                numbers.iter().map(|number| self.person(*number)).collect();
            let rows: Vec<ImportRow<'_>> = people
                .iter()
                .map(|(id, head, body)| {
                    ImportRow::Admit(Admission {
                        id,
                        head,
                        sheet: NewRevision {
                            body,
                            reason: "",
                            verified: true,
                        },
                    })
                })
                .collect();
            resident::import(&self.store, &permit, &rows, now())
                .await
                .expect("new residents can be imported");
            known.extend(people.into_iter().map(|(id, head, _)| (id, head)));
        }
        known
    }

    fn person(&self, number: usize) -> (ResidentId, Head, Vec<u8>) {
        // Steps prime to the lengths, so that neighbours differ in both names.
        let (surname, surname_kana) = SURNAMES[number * 7 % SURNAMES.len()];
        let (given, given_kana) = GIVEN[number / SURNAMES.len() * 3 % GIVEN.len()];
        let who = json!({
            "name": format!("{surname} {given}"), "name_kana": format!("{surname_kana} {given_kana}"),
            "floor": format!("{}階", number / 25 % 4 + 1), "room": format!("{}", 101 + number % 25 + number / 25 % 4 * 100),
            "resident_number": format!("{number:06}"), "birth_date": "1937-03-04", "sex": "female",
        });
        let head = Head::of(&Record::from_json(&who).expect("an invented person is valid"));
        let mut record = self.usual.clone();
        for (key, value) in who.as_object().expect("a literal object") {
            record[key] = value.clone();
        }
        (
            ResidentId::new(&SystemClock, &SystemEntropy),
            head,
            record.to_string().into_bytes(),
        )
    }
}

/// What the manager of a facility may do.
pub fn permit<A: Action>(facility: &FacilityId) -> Permit<A> {
    let manager = Actor {
        role: Role::Manager,
        name: "青木 修".to_owned(),
        source: "192.0.2.1".to_owned(),
        ..Actor::console(facility.clone(), Role::Manager)
    };
    manager.permit().expect("a manager may do all of this")
}

pub fn now() -> Moment {
    SystemClock.now()
}

/// The dense sheet with the lists as long as most people's.
fn usual_record() -> Value {
    let mut record: Value =
        serde_json::from_str(include_str!("dense.json")).expect("dense.json is JSON");
    for (list, most) in [
        ("medications", 5),
        ("emergency_contacts", 2),
        ("physicians", 1),
        ("current_conditions", 3),
        ("past_history", 1),
    ] {
        record[list]
            .as_array_mut()
            .expect("a list of dense.json")
            .truncate(most);
    }
    record
}
