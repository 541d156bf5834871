//! Residents with which a form is tried. All persons, places and numbers are invented.

use serde_json::{Value, json};

use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::directive::rules::Limits;
use crate::domain::handoff::{Part, Stay, StayView};
use crate::domain::protocol::Protocols;
use crate::domain::record::{FacilityFacts, Record};
use crate::domain::standing::{Subject, standing};
use crate::domain::view::{IssueMarks, Marks, SheetView};

pub const ADDRESS: &str = "https://hikitsugi.city.example.lg.jp/Q/0TV5Z8K3M9QW2XR7CDH4EJ6PYB";

/// 2026-11-23 09:30 in Japan.
const NOW: Moment = Moment(1_795_393_800_000);

/// Eight medicines, one physician, three contacts, three illnesses.
pub fn ordinary() -> SheetView {
    let mut record = all();
    for (list, most) in [
        ("medications", 8),
        ("physicians", 1),
        ("emergency_contacts", 3),
        ("current_conditions", 3),
    ] {
        if let Some(rows) = record[list].as_array_mut() {
            rows.truncate(most);
        }
    }
    view(&record)
}

/// Twelve medicines, three physicians, four contacts, five illnesses.
pub fn full() -> SheetView {
    view(&all())
}

/// Thirty medicines, ten illnesses, and notes as long as they may be.
pub fn overflowing() -> SheetView {
    let mut record = all();
    record["medications"] = (1..=30)
        .map(|number| {
            json!({"name": format!("見本塩酸塩徐放カプセル{number}mg「サンプル」"), "dose": format!("{number}カプセル"),
                   "timing": "朝食後と就寝前、むせのあるときは粉砕してとろみ水で"})
        })
        .collect();
    record["current_conditions"] = (1..=10)
        .map(|number| json!({"name": format!("診断名の長い病気 その{number}(重症度分類 Ⅲb、経過観察中)"), "onset_on": "2011-04"}))
        .collect();
    record["usual_condition_note"] = json!("ふ".repeat(80));
    record["communication_note"] = json!("こ".repeat(80));
    record["message_to_ems"] = json!("で".repeat(60));
    view(&record)
}

/// Three weeks in hospital with everything answered.
fn stay() -> StayView {
    let parts = read(include_str!("../../export/pdf/handoff/sample.json"));
    let mut stay = Stay::default();
    for part in Part::ALL {
        stay.put(*part, &parts[part.code()].to_string())
            .expect("the sample is valid");
    }
    StayView {
        stay,
        emergency: None,
        written: vec![(Part::Admission, NOW, "髙﨑 恵子".to_owned())],
    }
}

fn all() -> Value {
    read(include_str!("../../export/pdf/sheet/sample/ordinary.json"))
}

fn read(sample: &str) -> Value {
    serde_json::from_str(sample).expect("the sample is JSON")
}

fn view(record: &Value) -> SheetView {
    let facility = read(include_str!("../../export/pdf/sheet/sample/facility.json"));
    SheetView {
        facility: FacilityFacts::from_json(&facility).expect("the sample is valid"),
        record: Record::from_json(record).expect("the sample is valid"),
        standing: standing(
            Ok(&[]),
            &Subject::default(),
            Protocols::default().area(None),
            Limits::default(),
            NOW,
        ),
        last_talk: None,
        marks: Marks {
            revision: 14,
            recorded_at: NOW,
            recorded_by: "鈴木 恵子(看護師)".to_owned(),
            verified_at: Some(NOW),
            is_drill: false,
        },
        alike: Vec::new(),
        as_of: NOW,
        at_call: None,
        stay: Some(Box::new(stay())),
        issue: Some(IssueMarks {
            serial: "2026-0123".to_owned(),
            match_code: "か-482".to_owned(),
            issued_at: NOW,
            issued_by: "鈴木 恵子".to_owned(),
            form_title: "様式".to_owned(),
            form_edition: "2026-11".to_owned(),
            valid_until: Day::of(NOW).plus_months(12),
            copies: 1,
        }),
    }
}
