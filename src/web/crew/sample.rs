//! Openings to render in tests: one for each thing a crew can meet.

use image::codecs::jpeg::JpegEncoder;
use serde_json::{Value, json};

use super::at_call::Emergency;
use super::compare::compare;
use super::{Opening, Paper, Sheet, tier};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::directive::rules::Limits;
use crate::domain::directive::sample as directive;
use crate::domain::form::Forms;
use crate::domain::protocol::Protocols;
use crate::domain::record::{FacilityFacts, Record};
use crate::domain::standing::{Standing, StandingKind, standing};
use crate::domain::transport::sample as transport;
use crate::domain::view::{Marks, SheetView};
use crate::store::attachment::Attachment;
use crate::web::photo::{THUMBNAIL_MAX, data_address};

/// 2026-11-23 03:12 in Japan.
pub const NOW: Moment = Moment(1_795_371_120_000);
const DAY: i64 = 86_400_000;

pub fn record() -> Value {
    let medicine = |name: &str, dose: &str, timing: &str| json!({"name": name, "dose": dose, "timing": timing});
    let contact = |name: &str, who: &str, mobile: &str, key: &str| json!({"name": name, "relationship": who, "phone_mobile": mobile, "is_key_person": key});
    json!({
        "name": "髙﨑 𠮷子", "name_kana": "たかさき よしこ", "birth_date": "1938-01-03", "sex": "female",
        "floor": "2階", "room": "202号室",
        "consent_to_share_ems": "consented_by_resident",
        "emergency_contacts": {"state": "present", "rows": [
            contact("髙﨑 健一郎", "son", "090-0000-0001", "yes"),
            contact("小笠原 由美子", "daughter", "090-0000-0002", "no"),
            contact("髙﨑 翔太", "grandchild", "080-0000-0003", "no"),
            contact("長谷川 隆", "guardian", "0463-00-0004", "no"),
        ]},
        "physicians": {"state": "present", "rows": [
            {"role": "visiting_doctor", "institution": "平塚海岸クリニック", "name": "鈴木 太郎", "phone_24h": "0463-00-0000"},
            {"role": "specialist", "institution": "湘南西部総合病院", "department": "循環器内科", "name": "山本 恵", "phone_day": "0463-00-2200"},
        ]},
        "high_alert_flags": {"state": "present", "items": ["anticoagulant", "insulin"], "note": "ワルファリン"},
        "allergies": {"state": "present", "rows": [
            {"substance": "ペニシリン系", "reaction": "発疹"},
            {"substance": "造影剤", "reaction": "呼吸困難", "severity": "severe"},
        ]},
        "infections": {"state": "none", "confirmed_on": "2026-06-10"},
        "usual_consciousness": "clear", "usual_bp": "128/70",
        "current_conditions": {"state": "present", "rows": [
            {"name": "慢性心不全", "onset_on": "2019年", "institution": "平塚海岸クリニック"},
            {"name": "心房細動", "onset_on": "2015年3月"},
            {"name": "2型糖尿病", "institution": "湘南西部総合病院"},
        ]},
        "past_history": {"state": "present", "rows": [
            {"name": "脳梗塞", "year": "2017年", "surgery": "no"},
            {"name": "右大腿骨頸部骨折", "year": "2021年", "surgery": "yes"},
        ]},
        "medications": {"state": "present", "rows": [
            medicine("ワルファリンカリウム錠1mg", "1回2錠", "朝食後"),
            medicine("フロセミド錠20mg", "1回1錠", "朝食後"),
            medicine("ビソプロロールフマル酸塩錠2.5mg", "1回1錠", "朝食後"),
            medicine("エナラプリルマレイン酸塩錠5mg", "1回1錠", "朝食後"),
            medicine("ランソプラゾールOD錠15mg", "1回1錠", "夕食後"),
            medicine("酸化マグネシウム錠330mg", "1回2錠", "毎食後"),
            medicine("ドネペジル塩酸塩OD錠5mg", "1回1錠", "夕食後"),
            medicine("アムロジピンOD錠5mg", "1回1錠", "朝食後"),
            medicine("グリメピリド錠1mg", "1回1錠", "朝食前"),
            medicine("プレドニゾロン錠5mg", "1回1錠", "朝食後"),
            medicine("ゾルピデム酒石酸塩錠5mg", "1回1錠", "就寝前"),
            medicine("センノシド錠12mg", "1回2錠", "就寝前 頓用"),
        ]},
        "medication_as_of": "2026-07-01",
        "message_to_ems": "耳が遠いので、右側から大きな声で話しかけてください。",
        "care_level": "care4",
        "myna_card_location": "2階ステーションの金庫",
    })
}

pub fn facility() -> Value {
    json!({
        "facility_name": "特別養護老人ホーム 湘南なぎさの里",
        "facility_phone": "0463-00-1100",
        "night_phone": "0463-00-1199",
        "facility_address": "平塚市西海岸9丁目99-99",
        "ambulance_entrance": "建物の裏、搬入口。夜は内線で解錠",
    })
}

pub fn with(mut record: Value, changes: &Value) -> Value {
    if let (Value::Object(record), Value::Object(changes)) = (&mut record, changes) {
        record.extend(changes.clone());
    }
    record
}

pub fn frozen(record: &Value, facility: &Value) -> Vec<u8> {
    let standing = directive::of(StandingKind::FullCpr).json();
    json!({"record": record, "facility": facility, "standing": standing})
        .to_string()
        .into_bytes()
}

/// A face of the size that an upload leaves.
pub fn photo() -> Attachment {
    let picture = image::RgbImage::from_fn(96, 120, |x, y| {
        let (dx, dy) = (f64::from(x) - 48.0, f64::from(y) - 52.0);
        let face = dx * dx / 900.0 + dy * dy / 1400.0 < 1.0;
        let grain = ((x * 37 + y * 101 + x * y) % 23) as u8;
        match face {
            true => image::Rgb([214 - grain, 176 - grain, 150 - grain]),
            false => image::Rgb([120 + grain, 140 + grain, 160 + grain / 2]),
        }
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 60)
        .encode_image(&picture)
        .unwrap();
    Attachment {
        media_type: "image/jpeg".to_owned(),
        thumbnail: Some(bytes),
        body: Vec::new(),
    }
}

/// As many bytes as a thumbnail may have, none of which a compressor can save.
pub fn largest_photo() -> Attachment {
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    Attachment {
        thumbnail: Some(noise.take(THUMBNAIL_MAX).collect()),
        ..photo()
    }
}

pub fn paper() -> Paper {
    Paper {
        facility: FacilityFacts::from_json(&facility()).unwrap(),
        serial: "2026-0142".to_owned(),
        match_code: "な-482".to_owned(),
        issued_at: Moment(NOW.0 - 40 * DAY),
        revision: 7,
        current_revision: 7,
        valid_until: Day::from_ymd(2027, 10, 14),
        is_drill: false,
    }
}

pub fn view(record: &Value) -> SheetView {
    SheetView {
        facility: FacilityFacts::from_json(&facility()).unwrap(),
        record: Record::from_json(record).unwrap(),
        standing: directive::of(StandingKind::FullCpr),
        last_talk: None,
        marks: Marks {
            revision: 7,
            recorded_at: Moment(NOW.0 - 41 * DAY),
            recorded_by: "佐々木 美由紀(看護職)".to_owned(),
            verified_at: Some(Moment(NOW.0 - 41 * DAY)),
            is_drill: false,
        },
        alike: Vec::new(),
        as_of: NOW,
        issue: None,
        at_call: None,
        stay: None,
    }
}

/// Half an hour of an emergency, with three observations and all that can be said of what happened.
pub fn ongoing() -> Opening {
    let mut opening = changed();
    if let Some(sheet) = &mut opening.sheet {
        sheet.emergency = Emergency::Open(Box::new(transport::at_call(NOW)));
    }
    opening
}

/// An opening of a paper printed with `printed`, while the record is `now`.
pub fn opening(printed: &Value, now: &Value) -> Opening {
    let view = view(now);
    let tier = tier(Some(&view.record), false);
    let forms = Forms::built_in();
    Opening {
        paper: paper(),
        at: NOW,
        tier,
        recorded: true,
        sheet: Some(Sheet {
            compared: compare(
                forms.scan(),
                tier,
                Some(&frozen(printed, &facility())),
                &view,
            ),
            view,
            photo: None,
            alike_known: true,
            emergency: Emergency::None,
            mark: "9f2c".to_owned(),
        }),
    }
}

/// A paper printed in a standing, while another holds.
pub fn standings(printed: &Standing, now: Standing) -> Opening {
    let record = record();
    let body = json!({"record": record, "facility": facility(), "standing": printed.json()});
    let body = body.to_string();
    let mut view = view(&record);
    view.standing = now;
    with_printed(body.as_bytes(), view)
}

/// An opening with any frozen text.
pub fn with_printed(frozen: &[u8], view: SheetView) -> Opening {
    let tier = tier(Some(&view.record), false);
    let compared = compare(Forms::built_in().scan(), tier, Some(frozen), &view);
    Opening {
        tier,
        sheet: Some(Sheet {
            compared,
            view,
            photo: data_address(&photo()),
            alike_known: true,
            emergency: Emergency::None,
            mark: "9f2c".to_owned(),
        }),
        ..current()
    }
}

/// An order as a crew of an area meets it whose rules let crews stop.
pub fn order_in_tokyo() -> Standing {
    let log = directive::log(StandingKind::OrderOnFile);
    let now = directive::today().starts_at().plus_minutes(180);
    standing(
        Ok(&log.0),
        &directive::subject(),
        Protocols::default().area(Some("tokyo")),
        Limits::default(),
        now,
    )
}

/// Nothing changed since printing.
pub fn current() -> Opening {
    opening(&record(), &record())
}

/// As much as a real page holds: changes, a photograph, like names, a year without verification.
pub fn changed() -> Opening {
    let mut printed = with(record(), &json!({"room": "201号室", "thickener": "thin"}));
    printed["medications"]["rows"][0]["dose"] = json!("1回1錠");
    let mut opening = opening(&printed, &record());
    opening.paper.current_revision = 8;
    if let Some(sheet) = &mut opening.sheet {
        sheet.view.marks.revision = 8;
        sheet.view.marks.verified_at = Some(Moment(NOW.0 - 400 * DAY));
        sheet.view.alike = vec!["203号室 髙崎 良子(たかさき よしこ)".to_owned()];
        sheet.photo = data_address(&photo());
    }
    opening
}

pub fn empty() -> Opening {
    let nothing = json!({"consent_to_share_ems": "consented_by_representative"});
    let mut opening = opening(&nothing, &nothing);
    if let Some(sheet) = &mut opening.sheet {
        sheet.view.marks.verified_at = None;
    }
    opening
}

pub fn refused() -> Opening {
    let record = with(record(), &json!({"consent_to_share_ems": "refused"}));
    opening(&record, &record)
}

pub fn unreadable() -> Opening {
    Opening {
        sheet: None,
        tier: tier(None, true),
        ..current()
    }
}
