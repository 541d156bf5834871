//! Records of invented residents, from nearly nothing to more than a page holds, and how they come into the service.

use axum::http::{Method, StatusCode};
use hikitsugi::domain::answer::Kind;
use hikitsugi::domain::record::Record;
use serde_json::{Value, json};

use super::service::{Person, Service};

/// 渡邉󠄀: the second character with a variation selector, as the family registers it.
pub const DAUGHTER: &str = "渡邉\u{e0100} 槗子";

/// 髙﨑 𠮷子: twelve medicines, four contacts, and something in every part of the sheet.
pub fn full() -> Value {
    let mut record = person();
    merge(&mut record, illness());
    record
}

fn person() -> Value {
    json!({
        "name": "髙﨑 𠮷子", "name_kana": "たかさき よしこ", "birth_date": "1937-03-04", "sex": "female",
        "floor": "3階 ひまわり", "room": "312",
        "consent_to_share_ems": "consented_by_representative", "consented_on": "2026-04-10", "consented_by_name": DAUGHTER,
        "emergency_contacts": [
            {"name": DAUGHTER, "relationship": "daughter", "phone_mobile": "090-0000-2345", "phone_home": "0463-00-5678",
             "reachable_hours": "夜間も可", "is_key_person": "yes", "is_substitute_decision_maker": "yes"},
            {"name": "髙﨑 辻\u{e0100}男", "relationship": "sibling", "phone_mobile": "080-0000-3456", "reachable_hours": "平日は19時から"},
            {"name": "小林 幸子", "relationship": "grandchild", "phone_mobile": "070-0000-4567"},
            {"name": "山田 司法", "relationship": "guardian", "phone_home": "045-000-6789", "reachable_hours": "日中"},
        ],
        "physicians": [
            {"role": "visiting_doctor", "institution": "ひらつか在宅みほんクリニック", "name": "髙橋 葛\u{e0100}子", "phone_24h": "090-0000-7890"},
            {"role": "primary_doctor", "institution": "湘南みほん病院", "name": "高橋 直樹", "phone_day": "0463-00-3333"},
        ],
        "usual_consciousness": "slightly_dull", "usual_conversation": "partial", "usual_mobility": "wheelchair_assisted", "paralysis": "mild",
        "paralysis_site": {"state": "present", "items": ["right_upper", "right_lower"]},
        "usual_bp": "128/74", "usual_pulse": 72, "usual_spo2": 96, "usual_temp": 36.4,
        "usual_condition_note": "笑顔で会話する。名前と場所が言える。食事は自分で8割以上。午後は眠っていることが多い",
        "communication_note": "右耳が遠い。左耳に大きめの声で。老眼鏡",
        "care_level": "care5", "disability_adl": "C1", "dementia_adl": "IIIb", "diet_texture": "chopped", "thickener": "thin", "denture": "upper",
        "transport_preference": "prefer_partner_hospital", "transport_hospital_name": "湘南みほん病院",
        "myna_card_location": "事務室の金庫。診察券も同じ袋",
        "message_to_ems": "左腕で血圧を測らないでください(シャント)",
        "acp_discussions": [{"held_on": "2026-04-10", "summary": "これまでの暮らしを続けたい"}],
    })
}

fn illness() -> Value {
    json!({
        "allergies": [
            {"substance": "ペニシリン系抗菌薬", "kind": "drug", "reaction": "アナフィラキシー(2008年)", "severity": "anaphylaxis"},
            {"substance": "造影剤(ヨード)", "kind": "contrast", "reaction": "じんましん"},
        ],
        "high_alert_flags": {"state": "present", "items": ["anticoagulant", "insulin"]},
        "infections": [{"agent": "mrsa", "note": "鼻腔", "status": "positive", "tested_on": "2026-09-02"}],
        "special_care": {"state": "present", "items": ["dialysis", "oxygen"]},
        "dialysis_detail": "火木土・左前腕シャント・湘南みほん病院", "oxygen_detail": "2L/分 鼻カヌラ",
        "devices": {"state": "present", "items": ["pacemaker"], "note": "MRI不可"},
        "current_conditions": [
            {"name": "慢性腎不全(血液透析)", "onset_on": "2018-06", "institution": "湘南みほん病院"},
            {"name": "慢性心不全(NYHA Ⅲ)", "onset_on": "2019", "institution": "湘南みほん病院"},
            {"name": "2型糖尿病", "onset_on": "1995"},
            {"name": "レビー小体型認知症", "onset_on": "2021-05"},
        ],
        "past_history": [
            {"name": "脳梗塞(左中大脳動脈)", "year": "2013", "surgery": "no"},
            {"name": "左大腿骨頸部骨折 人工骨頭", "year": "2020-02", "surgery": "yes"},
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
            {"name": "エルデカルシトールカプセル0.75μg", "dose": "1C", "timing": "朝食後"},
            {"name": "酸化マグネシウム錠330mg", "dose": "1錠", "timing": "就寝前"},
            {"name": "ランソプラゾール腸溶カプセル15mg", "dose": "1C", "timing": "朝食後"},
            {"name": "アセトアミノフェン錠200mg", "dose": "2錠", "timing": "38.5℃以上のとき"},
        ],
        "medication_as_of": "2026-11-20",
    })
}

/// 佐藤 ハル: eight medicines, two contacts, names of everyday characters.
pub fn ordinary() -> Value {
    let mut record = full();
    let medicines: Vec<Value> = record["medications"]
        .as_array()
        .into_iter()
        .flatten()
        .take(8)
        .cloned()
        .collect();
    merge(
        &mut record,
        json!({
            "name": "佐藤 ハル", "name_kana": "さとう はる", "consented_by_name": "佐藤 健一",
            "emergency_contacts": [
                {"name": "佐藤 健一", "relationship": "son", "phone_mobile": "090-0000-2345", "is_key_person": "yes"},
                {"name": "小林 幸子", "relationship": "daughter", "phone_mobile": "080-0000-3456", "reachable_hours": "平日は19時から"},
            ],
            "physicians": [
                {"role": "attending_facility_doctor", "institution": "見本内科クリニック", "name": "山本 健", "phone_24h": "090-0000-7890"},
            ],
            "allergies": {"state": "none", "confirmed_on": "2026-10-01"},
            "special_care": {"state": "none", "confirmed_on": "2026-10-01"}, "dialysis_detail": null, "oxygen_detail": null, "devices": null,
            "high_alert_flags": {"state": "present", "items": ["anticoagulant"]}, "infections": {"state": "none", "confirmed_on": "2026-10-01"},
            "current_conditions": [{"name": "高血圧症", "onset_on": "1998"}, {"name": "心房細動", "onset_on": "2019"}, {"name": "アルツハイマー型認知症", "onset_on": "2021-05"}],
            "past_history": [{"name": "脳梗塞", "year": "2013", "surgery": "no"}],
            "message_to_ems": "右手で点滴を抜こうとすることがあります",
            "medications": medicines,
        }),
    );
    record
}

/// Moved in today: a name and nothing else.
pub fn bare() -> Value {
    json!({"name": "田中 実", "name_kana": "たなか みのる"})
}

/// More than a page holds: thirty medicines, ten illnesses, and every note as long as it may be.
pub fn overflowing() -> Value {
    let medications: Vec<Value> = (1..=30)
        .map(|number| {
            json!({"name": format!("見本塩酸塩徐放カプセル{number}mg「サンプル」"), "dose": format!("{number}カプセル"),
                   "timing": format!("朝食後と就寝前、むせのあるとき{number}番は粉砕")})
        })
        .collect();
    let conditions: Vec<Value> = (1..=10)
        .map(|number| {
            json!({"name": format!("診断名の長い病気 その{number}(重症度分類 Ⅲb、経過観察中)"), "onset_on": "2011-04",
                   "institution": format!("独立行政法人見本医療センター 第{number}内科")})
        })
        .collect();
    let mut record = full();
    merge(
        &mut record,
        json!({
            "medications": medications, "current_conditions": conditions,
            "usual_condition_note": "普段から笑って話す方です。".repeat(6), "communication_note": "左の耳に大きな声で話す。".repeat(6),
            "message_to_ems": "左腕で血圧を測らない。".repeat(5),
        }),
    );
    record
}

fn merge(record: &mut Value, more: Value) {
    let (Some(record), Value::Object(more)) = (record.as_object_mut(), more) else {
        unreachable!("records are objects");
    };
    record.extend(more);
}

/// Everything in a record that somebody typed in words or digits: texts, names, readings and telephone numbers.
pub fn typed(record: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for field in Record::fields() {
        match (&record[field.key], field.kind) {
            (Value::Array(rows), Kind::Rows(parts)) => {
                for row in rows {
                    let cells = parts.iter().filter(|part| is_typed(part.kind));
                    found.extend(
                        cells
                            .filter_map(|part| row[part.key].as_str())
                            .map(str::to_owned),
                    );
                }
            }
            (Value::String(words), kind) if is_typed(kind) => found.push(words.clone()),
            (boxes, Kind::Checks(_)) => found.extend(boxes["note"].as_str().map(str::to_owned)),
            _ => {}
        }
    }
    found
}

fn is_typed(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Text { .. }
            | Kind::Lines { .. }
            | Kind::Name
            | Kind::Kana
            | Kind::Phone
            | Kind::BloodPressure
    )
}

/// Admits somebody with a whole record through the API and confirms that all of it is right; gives the id.
pub async fn admit(api: &Person<'_>, record: &Value) -> String {
    let created = api
        .json(Method::POST, "/api/v1/residents", &[], record)
        .await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text());
    let id = created.value()["id"]
        .as_str()
        .expect("a resident has an id")
        .to_owned();
    let whole = json!({"record": record, "reason": "入居時の聞き取り", "verified": true});
    let kept = api
        .json(
            Method::PUT,
            &format!("/api/v1/residents/{id}/sheet"),
            &[("if-match", "\"1\"")],
            &whole,
        )
        .await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text());
    id
}

/// A sheet on paper: the document as the API tells of it, and its PDF.
pub struct Issued {
    pub document: Value,
    pub pdf: Vec<u8>,
}

impl Issued {
    /// What the QR code holds.
    pub fn address(&self) -> &str {
        self.document["scan_url"]
            .as_str()
            .expect("the first answer holds the address")
    }

    pub fn serial(&self) -> &str {
        self.document["serial"]
            .as_str()
            .expect("a paper has a serial")
    }
}

/// Issues the sheet of a resident.
pub async fn issue(api: &Person<'_>, id: &str) -> Issued {
    let issued = api
        .json(
            Method::POST,
            &format!("/api/v1/residents/{id}/documents"),
            &[],
            &json!({"form": "emergency"}),
        )
        .await;
    assert_eq!(issued.status, StatusCode::CREATED, "{}", issued.text());
    let document = issued.value();
    let pdf = api
        .get(document["pdf"].as_str().expect("a paper has a PDF"))
        .await;
    assert_eq!(pdf.status, StatusCode::OK, "{}", pdf.text());
    Issued {
        document,
        pdf: pdf.body,
    }
}

/// The sheet of somebody with this record, from an empty service to paper.
pub async fn printed(service: &Service, record: &Value) -> Issued {
    let api = service.api("nurse").await;
    let id = admit(&api, record).await;
    issue(&api, &id).await
}
