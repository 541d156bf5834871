//! Sheets to look at and to test with. All persons, places and numbers are invented.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::record::{FacilityFacts, Record};
use crate::domain::standing::Standing;
use crate::domain::view::{IssueMarks, Marks, SheetView};

/// 2026-11-23 09:30 in Japan.
pub(super) const NOW: Moment = Moment(1_795_393_800_000);
pub(super) const ADDRESS: &str =
    "https://hikitsugi.city.example.lg.jp/Q/0TV5Z8K3M9QW2XR7CDH4EJ6PYB";

const DAY_MS: i64 = 24 * 3_600_000;

fn facility() -> FacilityFacts {
    FacilityFacts::from_json(&json!({
        "facility_name": "特別養護老人ホーム ひまわり苑",
        "facility_type": "special_nursing_home",
        "facility_postal_code": "254-0000",
        "facility_address": "架空県見本市浅間町9-1 ひまわり苑本館",
        "facility_phone": "0463-00-1234",
        "facility_fax": "0463-00-1235",
        "night_phone": "090-0000-1111",
        "ambulance_entrance": "正面玄関(東側)。夜間は南の職員通用口、ストレッチャー可エレベーターあり",
        "facility_manager_name": "青木 修",
    }))
    .unwrap()
}

fn view(record: &Value) -> SheetView {
    SheetView {
        facility: facility(),
        record: Record::from_json(record).unwrap(),
        standing: Standing::FullCpr,
        marks: Marks {
            revision: 14,
            recorded_at: Moment(NOW.0 - 3 * DAY_MS),
            recorded_by: "鈴木 恵子(看護師)".to_owned(),
            verified_at: Some(Moment(NOW.0 - 3 * DAY_MS)),
        },
        alike: Vec::new(),
        as_of: NOW,
        issue: Some(IssueMarks {
            serial: "2026-0123".to_owned(),
            match_code: "か-482".to_owned(),
            issued_at: NOW,
            issued_by: "鈴木 恵子".to_owned(),
            form_title: "救急連絡シート".to_owned(),
            form_edition: "2026-11".to_owned(),
            valid_until: Day::from_ymd(2027, 11, 23).unwrap(),
        }),
    }
}

fn with(mut record: Value, more: &Value) -> Value {
    let members = record.as_object_mut().unwrap();
    for (key, value) in more.as_object().unwrap() {
        members.insert(key.clone(), value.clone());
    }
    record
}

fn ordinary_record() -> Value {
    let person = json!({
        "name": "佐藤 ハル", "name_kana": "さとう はる", "birth_date": "1937-03-04", "sex": "female",
        "floor": "2階", "room": "203", "height_cm": 148, "weight_kg": 42.5,
        "consent_to_share_ems": "consented_by_representative", "consented_on": "2026-04-10", "consented_by_name": "佐藤 健一",
        "consented_by_relationship": "son",
        "emergency_contacts": [
            {"name": "佐藤 健一", "relationship": "son", "phone_mobile": "090-0000-2345", "phone_home": "0463-00-5678",
             "reachable_hours": "終日", "is_key_person": "yes", "is_substitute_decision_maker": "yes"},
            {"name": "小林 幸子", "relationship": "daughter", "phone_mobile": "080-0000-3456", "reachable_hours": "平日は19時から"},
            {"name": "佐藤 由美", "relationship": "daughter_in_law", "phone_mobile": "070-0000-4567"},
            {"name": "佐藤 次郎", "relationship": "sibling", "phone_home": "045-000-6789", "reachable_hours": "日中"},
        ],
        "physicians": [
            {"role": "attending_facility_doctor", "institution": "見本内科クリニック", "name": "山本 健", "phone_24h": "090-0000-7890", "phone_day": "0463-00-2222"},
            {"role": "primary_doctor", "institution": "湘南みほん病院", "department": "循環器内科", "name": "高橋 直樹", "phone_day": "0463-00-3333"},
            {"role": "specialist", "institution": "架空整形外科", "department": "整形外科", "name": "伊藤 明", "phone_day": "0463-00-4444"},
        ],
        "allergies": [{"substance": "ペニシリン系抗菌薬", "kind": "drug", "reaction": "全身の発疹", "severity": "severe"}],
        "high_alert_flags": {"state": "present", "items": ["anticoagulant"]},
        "infections": {"state": "none", "confirmed_on": "2026-10-01"},
        "special_care": {"state": "none", "confirmed_on": "2026-11-20"},
        "usual_consciousness": "clear", "usual_conversation": "possible", "usual_mobility": "wheelchair_self",
        "paralysis": "mild", "paralysis_site": {"state": "present", "items": ["right_upper", "right_lower"]},
        "usual_bp": "128/74", "usual_pulse": 72, "usual_spo2": 96, "usual_temp": 36.4,
        "usual_condition_note": "笑顔で会話する。名前と場所が言える。食事は自分で8割以上",
        "communication": "some_difficulty", "communication_note": "右耳が遠い。左耳に大きめの声で。老眼鏡",
        "current_conditions": [
            {"name": "慢性心不全", "onset_on": "2019", "institution": "湘南みほん病院"},
            {"name": "心房細動", "onset_on": "2019"},
            {"name": "高血圧症", "onset_on": "1998"},
            {"name": "アルツハイマー型認知症", "onset_on": "2021-05", "institution": "見本内科クリニック"},
            {"name": "骨粗鬆症", "onset_on": "2016", "institution": "架空整形外科"},
        ],
    });
    let care = json!({
        "past_history": [
            {"name": "脳梗塞(左中大脳動脈)", "year": "2013", "surgery": "no"},
            {"name": "左大腿骨頸部骨折 人工骨頭", "year": "2020-02", "surgery": "yes"},
            {"name": "胆のう摘出", "year": "1989", "surgery": "yes"},
        ],
        "medications": [
            {"name": "アピキサバン錠2.5mg", "dose": "1錠", "timing": "朝夕食後"},
            {"name": "フロセミド錠20mg", "dose": "1錠", "timing": "朝食後"},
            {"name": "ビソプロロールフマル酸塩錠0.625mg", "dose": "1錠", "timing": "朝食後"},
            {"name": "アムロジピンOD錠5mg", "dose": "1錠", "timing": "朝食後"},
            {"name": "ドネペジル塩酸塩OD錠5mg", "dose": "1錠", "timing": "夕食後"},
            {"name": "酸化マグネシウム錠330mg", "dose": "1錠", "timing": "毎食後"},
            {"name": "エルデカルシトールカプセル0.75μg", "dose": "1C", "timing": "朝食後"},
            {"name": "ランソプラゾールOD錠15mg", "dose": "1錠", "timing": "朝食後"},
        ],
        "medication_as_of": "2026-11-20", "medication_list_attached": "yes",
        "care_level": "care3", "disability_adl": "B1", "dementia_adl": "IIb",
        "diet_texture": "soft", "thickener": "thin", "denture": "upper",
        "transport_preference": "prefer_partner_hospital", "transport_hospital_name": "湘南みほん病院",
        "myna_card_location": "事務室の金庫。診察券も同じ袋",
        "message_to_ems": "右手で点滴を抜こうとすることがあります",
        "acp_discussions": [{"held_on": "2026-04-10", "summary": "これまでの暮らしを続けたい"}],
    });
    with(person, &care)
}

pub(super) fn ordinary() -> SheetView {
    view(&ordinary_record())
}

/// Twelve medicines, four contacts with two numbers each, rare shapes of names, a namesake next door, and not
/// verified for eight months.
pub(super) fn dense() -> SheetView {
    let record = with(
        ordinary_record(),
        &json!({
            "name": "髙﨑 𠮷子", "name_kana": "たかさき よしこ", "birth_date": "1926-12-25", "floor": "3階 ひまわり", "room": "312",
            "consented_by_name": "渡邉󠄀 太郎",
            "emergency_contacts": [
                {"name": "渡邉󠄀 太郎", "relationship": "son_in_law", "phone_mobile": "090-0000-2345", "phone_home": "0463-00-5678",
                 "reachable_hours": "夜間も可", "is_key_person": "yes", "is_substitute_decision_maker": "yes"},
                {"name": "渡邉󠄀 槗子", "relationship": "daughter", "phone_mobile": "080-0000-3456", "phone_home": "0463-00-5678", "reachable_hours": "平日9時から17時は勤務中"},
                {"name": "髙﨑 辻󠄀男", "relationship": "sibling", "phone_mobile": "070-0000-4567", "phone_home": "045-000-6789"},
                {"name": "山田 司法書士事務所", "relationship": "guardian", "phone_home": "0463-00-9999", "reachable_hours": "平日日中"},
            ],
            "physicians": [
                {"role": "visiting_doctor", "institution": "ひらつか在宅みほんクリニック", "name": "髙橋 葛󠄀子", "phone_24h": "090-0000-7890", "phone_day": "0463-00-2222"},
                {"role": "visiting_nurse_station", "institution": "訪問看護ステーションさざなみ", "phone_24h": "080-0000-1212"},
                {"role": "specialist", "institution": "湘南みほん病院", "department": "腎臓内科", "name": "伊藤 明", "phone_day": "0463-00-4444"},
            ],
            "allergies": [
                {"substance": "ペニシリン系抗菌薬", "kind": "drug", "reaction": "アナフィラキシー(2008年)", "severity": "anaphylaxis"},
                {"substance": "造影剤(ヨード)", "kind": "contrast", "reaction": "じんましん"},
            ],
            "food_allergens": {"state": "present", "items": ["buckwheat", "shrimp"]},
            "high_alert_flags": {"state": "present", "items": ["anticoagulant", "insulin", "antiepileptic"]},
            "infections": [{"agent": "mrsa", "note": "鼻腔", "status": "positive", "tested_on": "2026-09-02"}, {"agent": "hcv", "status": "past", "tested_on": "2020-04-01"}],
            "isolation_needed": "no",
            "special_care": {"state": "present", "items": ["dialysis", "oxygen", "urinary_catheter", "insulin"]},
            "dialysis_detail": "火木土・左前腕シャント・湘南みほん病院", "oxygen_detail": "2L/分 鼻カヌラ",
            "devices": {"state": "present", "items": ["pacemaker", "shunt"], "note": "MRI不可"},
            "usual_consciousness": "slightly_dull", "usual_conversation": "partial", "usual_mobility": "wheelchair_assisted", "paralysis": "moderate",
            "usual_condition_note": "呼びかけに目を開け、短い言葉で返事ができる。午後は眠っていることが多いが、声をかければ起きる。手足の冷たさはいつも",
            "communication_note": "右耳が遠い。左耳に大きめの声で。文字盤と指さしで意思が分かる。老眼鏡・補聴器(左)",
            "current_conditions": [
                {"name": "慢性腎不全(血液透析)", "onset_on": "2018-06", "institution": "湘南みほん病院"},
                {"name": "慢性心不全(NYHA Ⅲ)", "onset_on": "2019", "institution": "湘南みほん病院"},
                {"name": "2型糖尿病", "onset_on": "1995"},
                {"name": "症候性てんかん", "onset_on": "2014", "institution": "架空脳神経外科"},
                {"name": "レビー小体型認知症", "onset_on": "2021-05"},
            ],
            "medications": [
                {"name": "アピキサバン錠2.5mg", "dose": "1錠", "timing": "朝夕食後"},
                {"name": "フロセミド錠40mg", "dose": "1錠", "timing": "朝食後(透析日は中止)"},
                {"name": "ビソプロロールフマル酸塩錠0.625mg", "dose": "1錠", "timing": "朝食後"},
                {"name": "アムロジピンOD錠5mg", "dose": "1錠", "timing": "朝食後"},
                {"name": "レベチラセタム錠250mg", "dose": "1錠", "timing": "朝夕食後"},
                {"name": "インスリン グラルギン注ソロスター", "dose": "6単位", "timing": "朝食前 皮下注"},
                {"name": "リナグリプチン錠5mg", "dose": "1錠", "timing": "朝食後"},
                {"name": "ドネペジル塩酸塩OD錠5mg", "dose": "1錠", "timing": "夕食後"},
                {"name": "炭酸ランタンOD錠250mg", "dose": "1錠", "timing": "毎食直後"},
                {"name": "酸化マグネシウム錠330mg", "dose": "1錠", "timing": "就寝前"},
                {"name": "ランソプラゾール腸溶カプセル15mg", "dose": "1C", "timing": "朝食後"},
                {"name": "アセトアミノフェン錠200mg", "dose": "2錠", "timing": "38.5℃以上のとき"},
            ],
            "care_level": "care5", "disability_adl": "C1", "dementia_adl": "IIIb",
            "message_to_ems": "左腕で血圧を測らないでください(シャント)。透析日は火木土",
        }),
    );
    let mut view = view(&record);
    view.marks.verified_at = Day::from_ymd(2026, 3, 20).map(Day::starts_at);
    view.alike = vec!["310 髙﨑 芳子(たかさき よしこ)".to_owned()];
    view
}

/// Moved in today: a name and nothing else.
pub(super) fn empty() -> SheetView {
    let mut view = view(&json!({"name": "田中 実", "name_kana": "たなか みのる"}));
    view.marks = Marks {
        revision: 1,
        recorded_at: NOW,
        recorded_by: "青木 修(管理者)".to_owned(),
        verified_at: None,
    };
    view
}

/// More than a page holds: thirty medicines, ten illnesses, and every note as long as it may be.
pub(super) fn overflowing() -> SheetView {
    let dense = dense();
    let medications: Vec<Value> = (1..=30)
        .map(|number| {
            json!({"name": format!("見本塩酸塩徐放カプセル{number}mg「サンプル」"), "dose": format!("{number}カプセル"),
                   "timing": "朝食後と就寝前、むせのあるときは粉砕してとろみ水で"})
        })
        .collect();
    let conditions: Vec<Value> = (1..=10)
        .map(|number| json!({"name": format!("診断名の長い病気 その{number}(重症度分類 Ⅲb、経過観察中)"), "onset_on": "2011-04",
                             "institution": "独立行政法人見本医療センター 総合内科"}))
        .collect();
    let record = with(
        dense.record.json(),
        &json!({
            "medications": medications, "current_conditions": conditions,
            "usual_condition_note": "ふ".repeat(80), "communication_note": "こ".repeat(80),
            "message_to_ems": "で".repeat(60),
        }),
    );
    SheetView {
        record: Record::from_json(&record).unwrap(),
        ..dense
    }
}

/// A portrait of the size that is kept: light, dark hair, shoulders.
pub(super) fn photo() -> Vec<u8> {
    let (width, height) = (480_u32, 600_u32);
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (f64::from(x) - 240.0, f64::from(y) - 260.0);
        let within = |x: f64, y: f64, a: f64, b: f64| (x / a).powi(2) + (y / b).powi(2) < 1.0;
        let grain = ((x * 31 + y * 17) % 7) as u8;
        let tone = if within(dx, dy, 120.0, 155.0) {
            200
        } else if within(dx, dy + 40.0, 150.0, 175.0) {
            110
        } else if within(dx, dy - 380.0, 230.0, 220.0) {
            90
        } else {
            235
        };
        Rgb([tone + grain, tone + grain / 2, tone])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture)
        .write_to(&mut bytes, ImageFormat::Jpeg)
        .unwrap();
    bytes.into_inner()
}
