//! Sheets without a service: invented residents in every standing, as the renderer takes them.

use hikitsugi::domain::answer::Inputs;
use hikitsugi::domain::clock::Moment;
use hikitsugi::domain::date::Day;
use hikitsugi::domain::directive::rules::Limits;
use hikitsugi::domain::directive::state::Unreadable;
use hikitsugi::domain::directive::{Kind, Said, Speaker, Statement};
use hikitsugi::domain::form::Form;
use hikitsugi::domain::id::{StaffId, StatementId};
use hikitsugi::domain::link::{LinkToken, MatchCode};
use hikitsugi::domain::permit::Role;
use hikitsugi::domain::protocol::Protocols;
use hikitsugi::domain::record::{FacilityFacts, Record};
use hikitsugi::domain::standing::{Standing, StandingKind, Subject, standing};
use hikitsugi::domain::view::{IssueMarks, Marks, SheetView};
use hikitsugi::export::pdf::binder::{self, Cover, Drawn, Leaf};
use hikitsugi::export::pdf::sheet::Paper;
use serde_json::{Value, json};

use super::doubles::SeededEntropy;
use crate::directive::steps::{self, Dice};

/// 2026-11-23 09:30 in Japan.
pub const NOW: Moment = Moment(1_795_393_800_000);
/// The same day, counted from 1970.
const TODAY: i64 = (NOW.0 + 9 * 3_600_000) / 86_400_000;
/// The longest host that the paper promises to carry: 45 characters.
pub const HOST: &str = "kyukyu-hikitsugi.minato-shi.tokubetsu.example";

fn day(from_today: i64) -> String {
    Day::of(NOW).plus_days(from_today).iso()
}

/// What was said so that this standing holds; nothing for a failure to read.
pub fn log(kind: StandingKind) -> Vec<Said> {
    let mut order = steps::on(&steps::order(), TODAY - 40);
    order["review_due_on"] = day(80).into();
    let signed = [
        (Kind::Order, None, order),
        (Kind::Submitted, Some(0), json!({})),
        (
            Kind::Signed,
            Some(0),
            json!({"signed_on": day(-40), "review_due_on": day(80)}),
        ),
    ];
    let wish = json!({"cpr": "no_cpr", "stated_on": day(-50), "stated_how": "spoken",
        "words": "もう十分生きたから、静かに逝かせてほしい"});
    let after = |kind, body| [signed.to_vec(), vec![(kind, None, body)]].concat();
    let said = match kind {
        StandingKind::FullCprByFailure | StandingKind::FullCpr => Vec::new(),
        StandingKind::FullCprWishOnly => vec![(Kind::Wish, None, wish)],
        StandingKind::OrderOnFile => signed.to_vec(),
        StandingKind::Revoked => after(
            Kind::Revoked,
            json!({"revoked_by": "resident", "words": "やっぱり助けてほしい"}),
        ),
        StandingKind::Conflict => after(
            Kind::ObjectionRaised,
            json!({"name": "髙﨑 和夫", "relationship": "son", "words": "聞いていない"}),
        ),
        StandingKind::FullCprInvalidOrder => after(Kind::Suspended, json!({"reason": "admission"})),
    };
    let id = |index: usize| StatementId(format!("r.{}", index + 1));
    said.into_iter()
        .enumerate()
        .map(|(index, (kind, about, body))| {
            let seq = i64::try_from(index + 1).unwrap();
            let (staff, name, role) = match kind {
                Kind::Signed => ("doctor", "神谷 修一", Role::Physician),
                _ => ("nurse", "石原 由美子", Role::Nurse),
            };
            Said {
                id: id(index),
                seq,
                about: about.map(id),
                at: Day::of(NOW)
                    .plus_days(-40)
                    .starts_at()
                    .plus_minutes(60 * (9 + seq)),
                by: Speaker {
                    staff: StaffId::from(staff),
                    name: name.to_owned(),
                    role,
                },
                statement: Statement::read(kind, &Inputs::from_json(&body)).unwrap(),
            }
        })
        .collect()
}

/// The standing itself, derived as the program derives it.
pub fn in_standing(kind: StandingKind) -> Standing {
    let said = log(kind);
    let log = match kind {
        StandingKind::FullCprByFailure => Err(Unreadable),
        _ => Ok(said.as_slice()),
    };
    let subject = Subject {
        birth_date: Day::from_ymd(1937, 3, 4),
        physicians: Vec::new(),
    };
    let found = standing(
        log,
        &subject,
        Protocols::default().area(None),
        Limits::default(),
        NOW,
    );
    assert_eq!(found.kind(), kind);
    found
}

/// The sheet of a record in that standing, numbered so that serials and codes differ.
pub fn view(record: &Value, kind: StandingKind, number: usize) -> SheetView {
    let standing = in_standing(kind);
    let valid_until = standing
        .order()
        .map_or(Day::of(NOW).plus_days(365), |order| order.valid_until);
    SheetView {
        facility: FacilityFacts::from_json(&json!({
            "facility_name": "特別養護老人ホーム さざなみ苑",
            "facility_type": "special_nursing_home",
            "facility_postal_code": "254-0000",
            "facility_address": "架空県見本市浅間町9-1",
            "facility_phone": "0463-00-1234",
            "night_phone": "090-0000-1111",
            "ambulance_entrance": "正面玄関(東側)。夜間は南の職員通用口",
            "facility_manager_name": "青木 修",
        }))
        .unwrap(),
        record: Record::from_json(record).unwrap(),
        standing,
        last_talk: None,
        marks: Marks {
            revision: 2,
            recorded_at: Moment(NOW.0 - 3 * 24 * 3_600_000),
            recorded_by: "佐々木 美由紀(看護職)".to_owned(),
            verified_at: Some(Moment(NOW.0 - 3 * 24 * 3_600_000)),
            is_drill: false,
        },
        alike: Vec::new(),
        as_of: NOW,
        at_call: None,
        stay: None,
        issue: Some(IssueMarks {
            serial: format!("2026-{number:04}"),
            match_code: MatchCode::new(&SeededEntropy::new(number as u64)).0,
            issued_at: NOW,
            issued_by: "佐々木 美由紀".to_owned(),
            form_title: "救急連絡シート".to_owned(),
            form_edition: "2026-11".to_owned(),
            valid_until,
            copies: 1,
        }),
    }
}

/// What the QR code of that sheet holds, at the longest host.
pub fn address(number: usize) -> String {
    LinkToken::new(&SeededEntropy::new(1000 + number as u64)).address(&format!("https://{HOST}"))
}

/// Family names, with their reading, from everyday ones to those that need a fallback font or a variation sequence.
const FAMILIES: [(&str, &str); 16] = [
    ("佐藤", "さとう"),
    ("髙﨑", "たかさき"),
    ("𠮷田", "よしだ"),
    ("渡邉\u{e0100}", "わたなべ"),
    ("齋藤", "さいとう"),
    ("齊藤", "さいとう"),
    ("濵田", "はまだ"),
    ("葛\u{e0100}城", "かつらぎ"),
    ("辻\u{e0100}村", "つじむら"),
    ("槗本", "はしもと"),
    ("神谷", "かみや"),
    ("桑\u{e0100}原", "くわばら"),
    ("小野寺", "おのでら"),
    ("五十嵐", "いがらし"),
    ("東海林", "しょうじ"),
    ("廣瀨", "ひろせ"),
];
const GIVEN: [(&str, &str); 12] = [
    ("ハル", "はる"),
    ("𠮷子", "よしこ"),
    ("トメ", "とめ"),
    ("正一", "しょういち"),
    ("キヨ", "きよ"),
    ("辰雄", "たつお"),
    ("千鶴子", "ちづこ"),
    ("勝", "まさる"),
    ("ヱイ", "えい"),
    ("俊太郎", "しゅんたろう"),
    ("美惠子", "みえこ"),
    ("德三", "とくぞう"),
];
const MEDICINES: [(&str, &str, &str); 10] = [
    ("アピキサバン錠2.5mg", "1錠", "朝夕食後"),
    ("フロセミド錠40mg", "1錠", "朝食後(透析日は中止)"),
    ("ビソプロロールフマル酸塩錠0.625mg", "1錠", "朝食後"),
    ("レベチラセタム錠250mg", "1錠", "朝夕食後"),
    (
        "インスリン グラルギン注ソロスター",
        "6単位",
        "朝食前 皮下注",
    ),
    ("ドネペジル塩酸塩OD錠5mg", "1錠", "夕食後"),
    ("エルデカルシトールカプセル0.75μg", "1C", "朝食後"),
    ("酸化マグネシウム錠330mg", "1錠", "就寝前"),
    ("ランソプラゾール腸溶カプセル15mg", "1C", "朝食後"),
    ("アセトアミノフェン錠200mg", "2錠", "38.5℃以上のとき"),
];
const ILLNESSES: [&str; 8] = [
    "慢性腎不全(血液透析)",
    "慢性心不全(NYHA Ⅲ)",
    "2型糖尿病",
    "レビー小体型認知症",
    "高血圧症",
    "心房細動",
    "骨粗鬆症",
    "誤嚥性肺炎(反復)",
];
const NOTES: [&str; 5] = [
    "笑顔で会話する。名前と場所が言える",
    "食事は自分で8割以上。午後は眠っていることが多い",
    "「おはよう」と声をかけると、うなずく",
    "右手で点滴を抜こうとすることがある(ミトン不要)",
    "SpO₂ 92%・酸素2L/分が普段どおり、チアノーゼなし",
];

fn name(dice: &mut Dice) -> (String, String) {
    let (family, family_kana) = dice.one_of(&FAMILIES);
    let (given, given_kana) = dice.one_of(&GIVEN);
    (
        format!("{family} {given}"),
        format!("{family_kana} {given_kana}"),
    )
}

fn mobile(dice: &mut Dice) -> String {
    format!("0{}0-0000-{:04}", 7 + dice.below(3), dice.below(10_000))
}

/// Nobody asked, unknown, none, or so many of what `row` makes.
fn list(dice: &mut Dice, most: usize, mut row: impl FnMut(&mut Dice, usize) -> Value) -> Value {
    match dice.below(10) {
        0 => Value::Null,
        1 => json!({"state": "unknown"}),
        2 => json!({"state": "none", "confirmed_on": "2026-10-01"}),
        _ => {
            let count = 1 + dice.below(most);
            (0..count).map(|index| row(dice, index)).collect()
        }
    }
}

/// The record of the resident numbered `number`: the same one each time, and as different from the others as residents
/// are.
pub fn resident(number: usize) -> Value {
    let mut dice = Dice::new(300 + number as u64);
    let dice = &mut dice;
    let (name, kana) = self::name(dice);
    let birth = format!(
        "{}-{:02}-{:02}",
        1921 + dice.below(35),
        1 + dice.below(12),
        1 + dice.below(28)
    );
    let relationships = ["son", "daughter", "sibling", "grandchild", "guardian"];
    let contacts = list(dice, 3, |dice, index| {
        json!({"name": self::name(dice).0, "relationship": dice.one_of(&relationships),
            "phone_mobile": mobile(dice), "is_key_person": if index == 0 { "yes" } else { "no" }})
    });
    let physicians = list(dice, 2, |dice, _| {
        json!({"role": "attending_facility_doctor", "institution": "見本内科クリニック", "name": self::name(dice).0,
            "phone_24h": mobile(dice)})
    });
    let allergies = list(dice, 2, |dice, _| {
        let substance =
            dice.one_of(&["ペニシリン系抗菌薬", "造影剤(ヨード)", "そば", "アスピリン"]);
        json!({"substance": substance, "kind": "drug", "reaction": dice.one_of(&["じんましん", "アナフィラキシー(2008年)"])})
    });
    let medications = list(dice, 10, |_, index| {
        let (name, dose, timing) = MEDICINES[index];
        json!({"name": name, "dose": dose, "timing": timing})
    });
    let conditions = list(
        dice,
        4,
        |dice, _| json!({"name": dice.one_of(&ILLNESSES), "onset_on": format!("{}", 1990 + dice.below(36))}),
    );
    let history = list(
        dice,
        2,
        |dice, _| json!({"name": dice.one_of(&["脳梗塞", "左大腿骨頸部骨折 人工骨頭", "胃がん(全摘)"]), "year": format!("{}", 1980 + dice.below(46))}),
    );
    json!({
        "name": name, "name_kana": kana, "birth_date": birth, "sex": dice.one_of(&["female", "male"]),
        "floor": format!("{}階", 1 + dice.below(4)), "room": format!("{}", 101 + number),
        "consent_to_share_ems": "consented_by_representative", "consented_on": "2026-04-10", "consented_by_name": self::name(dice).0,
        "emergency_contacts": contacts, "physicians": physicians, "allergies": allergies,
        "medications": medications, "current_conditions": conditions, "past_history": history,
        "usual_consciousness": dice.one_of(&["clear", "slightly_dull"]), "usual_bp": format!("{}/{}", 98 + dice.below(60), 50 + dice.below(40)),
        "usual_pulse": 55 + dice.below(40), "usual_spo2": 90 + dice.below(10),
        "usual_condition_note": dice.one_of(&NOTES), "communication_note": dice.one_of(&NOTES),
        "message_to_ems": dice.one_of(&NOTES), "myna_card_location": "事務室の金庫。診察券も同じ袋",
    })
}

/// The first residents, by turns in every standing, bound as a facility binds them.
pub struct Bound {
    pub views: Vec<SheetView>,
    pub addresses: Vec<String>,
    pub drawn: Drawn,
}

pub fn bound(form: &Form, residents: usize) -> Bound {
    let views: Vec<SheetView> = (0..residents)
        .map(|number| {
            let kind = StandingKind::ALL[number % StandingKind::ALL.len()];
            view(&resident(number), kind, number)
        })
        .collect();
    let addresses: Vec<String> = (0..residents).map(address).collect();
    let leaves: Vec<Leaf> = views
        .iter()
        .zip(&addresses)
        .map(|(view, address)| Leaf {
            view,
            paper: Paper {
                address,
                photo: None,
            },
        })
        .collect();
    let cover = Cover {
        id: "bound",
        facility: "特別養護老人ホーム さざなみ苑",
        issued_at: NOW,
        issued_by: "佐々木 美由紀",
    };
    let drawn = binder::render(form, &cover, &leaves).unwrap();
    Bound {
        views,
        addresses,
        drawn,
    }
}
