//! Sheets to look at and to test with. All persons, places and numbers are invented.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::directive::sample as directive;
use crate::domain::record::{FacilityFacts, Record};
use crate::domain::standing::StandingKind;
use crate::domain::transport::sample as transport;
use crate::domain::view::{IssueMarks, Marks, SheetView};

/// 2026-11-23 09:30 in Japan.
pub(in crate::export::pdf) const NOW: Moment = Moment(1_795_393_800_000);
pub(in crate::export::pdf) const ADDRESS: &str =
    "https://hikitsugi.city.example.lg.jp/Q/0TV5Z8K3M9QW2XR7CDH4EJ6PYB";

const DAY_MS: i64 = 24 * 3_600_000;

fn facility() -> FacilityFacts {
    FacilityFacts::from_json(&record(include_str!("sample/facility.json"))).unwrap()
}

fn view(record: &Value) -> SheetView {
    SheetView {
        facility: facility(),
        record: Record::from_json(record).unwrap(),
        standing: directive::of(StandingKind::FullCpr),
        last_talk: None,
        marks: Marks {
            revision: 14,
            recorded_at: Moment(NOW.0 - 3 * DAY_MS),
            recorded_by: "鈴木 恵子(看護師)".to_owned(),
            verified_at: Some(Moment(NOW.0 - 3 * DAY_MS)),
            is_drill: false,
        },
        alike: Vec::new(),
        as_of: NOW,
        at_call: None,
        stay: None,
        issue: Some(IssueMarks {
            serial: "2026-0123".to_owned(),
            match_code: "か-482".to_owned(),
            issued_at: NOW,
            issued_by: "鈴木 恵子".to_owned(),
            form_title: "救急連絡シート".to_owned(),
            form_edition: "2026-11".to_owned(),
            valid_until: Day::from_ymd(2027, 11, 23).unwrap(),
            copies: 1,
        }),
    }
}

/// A facility and nobody's answers.
pub(in crate::export::pdf) fn nothing() -> SheetView {
    let standing = directive::of(StandingKind::FullCpr);
    SheetView::of(Record::default(), facility(), standing, NOW)
}

fn record(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn with(mut record: Value, more: &Value) -> Value {
    let members = record.as_object_mut().unwrap();
    for (key, value) in more.as_object().unwrap() {
        members.insert(key.clone(), value.clone());
    }
    record
}

/// An ordinary sheet in that standing: eight medicines, one physician, three contacts, three illnesses.
pub(in crate::export::pdf) fn standing(kind: StandingKind) -> SheetView {
    let mut record = record(include_str!("sample/ordinary.json"));
    for (list, most) in [
        ("medications", 8),
        ("physicians", 1),
        ("emergency_contacts", 3),
        ("current_conditions", 3),
    ] {
        record[list].as_array_mut().unwrap().truncate(most);
    }
    let mut view = SheetView {
        standing: directive::of(kind),
        ..view(&record)
    };
    if let (Some(order), Some(issue)) = (view.standing.order(), &mut view.issue) {
        issue.valid_until = order.valid_until;
    }
    view
}

/// An order with every text as long as it may be.
pub(in crate::export::pdf) fn longest_order() -> SheetView {
    let mut order = directive::order_body();
    for (key, max) in [
        ("scope", 120),
        ("basis_disease", 80),
        ("expected_event", 120),
        ("institution", 60),
        ("phone_backup_of", 40),
        ("original_location", 80),
    ] {
        order[key] = json!("漢".repeat(max));
    }
    for treatment in [
        "transfer_to_hospital",
        "intubation",
        "ventilation",
        "vasopressors",
        "antibiotics",
        "fluids",
        "tube_feeding",
        "dialysis",
        "transfusion",
        "comfort",
    ] {
        order[treatment] = json!("unwanted");
    }
    let mut log = directive::Log::default();
    log.signed_order_of(&order);
    SheetView {
        standing: log.standing(),
        ..ordinary()
    }
}

pub(in crate::export::pdf) fn ordinary() -> SheetView {
    view(&record(include_str!("sample/ordinary.json")))
}

/// Twelve medicines, four contacts with two numbers each, rare shapes of names, a namesake next door, and not
/// verified for eight months.
pub(in crate::export::pdf) fn dense() -> SheetView {
    let record = with(
        record(include_str!("sample/ordinary.json")),
        &record(include_str!("sample/dense.json")),
    );
    let mut view = view(&record);
    view.marks.verified_at = Day::from_ymd(2026, 3, 20).map(Day::starts_at);
    view.alike = vec!["310 髙﨑 芳子(たかさき よしこ)".to_owned()];
    view
}

/// The same person with as many things not to overlook as a sheet can hold.
pub(in crate::export::pdf) fn severe() -> SheetView {
    let dense = dense();
    let record = with(
        dense.record.json(),
        &record(include_str!("sample/severe.json")),
    );
    SheetView {
        record: Record::from_json(&record).unwrap(),
        ..dense
    }
}

/// Printed while an emergency goes on.
pub(in crate::export::pdf) fn handed_over(view: SheetView) -> SheetView {
    SheetView {
        at_call: Some(transport::at_call(view.as_of)),
        ..view
    }
}

/// Moved in today: a name and nothing else.
pub(in crate::export::pdf) fn empty() -> SheetView {
    let mut view = view(&json!({"name": "田中 実", "name_kana": "たなか みのる"}));
    view.marks = Marks {
        revision: 1,
        recorded_at: NOW,
        recorded_by: "青木 修(管理者)".to_owned(),
        verified_at: None,
        is_drill: false,
    };
    view
}

/// More than a page holds: thirty medicines, ten illnesses, and every note as long as it may be.
pub(in crate::export::pdf) fn overflowing() -> SheetView {
    let severe = severe();
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
        severe.record.json(),
        &json!({
            "medications": medications, "current_conditions": conditions,
            "usual_condition_note": "ふ".repeat(80), "communication_note": "こ".repeat(80),
            "message_to_ems": "で".repeat(60),
        }),
    );
    SheetView {
        record: Record::from_json(&record).unwrap(),
        ..severe
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
