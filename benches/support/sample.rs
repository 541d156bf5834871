//! One dense sheet: 12 medicines, 4 contacts, a photograph, rare shapes of names. Every person and place is invented.

use std::io::Cursor;

use hikitsugi::domain::clock::Moment;
use hikitsugi::domain::date::Day;
use hikitsugi::domain::directive::rules::Limits;
use hikitsugi::domain::protocol::Protocols;
use hikitsugi::domain::record::{FacilityFacts, Record};
use hikitsugi::domain::standing::{Subject, standing};
use hikitsugi::domain::view::{IssueMarks, Marks, SheetView};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

pub const ADDRESS: &str = "https://hikitsugi.city.example.lg.jp/Q/0TV5Z8K3M9QW2XR7CDH4EJ6PYB";

/// 2026-11-23 09:30 in Japan.
const NOW: Moment = Moment(1_795_393_800_000);

/// The sheet of the resident numbered `number`. Names, rooms, serials and one sentence differ from number to number, as
/// they do when a facility prints all its sheets.
pub fn view(number: usize) -> SheetView {
    let mut record: Value =
        serde_json::from_str(include_str!("dense.json")).expect("dense.json is JSON");
    if number > 0 {
        record["room"] = json!(format!("{}", 300 + number));
        record["name"] = json!(format!("髙﨑 𠮷江{number}"));
        record["message_to_ems"] = json!(format!(
            "左腕で血圧を測らないでください。透析日は火木土、{number}番の送迎車"
        ));
    }
    SheetView {
        facility: FacilityFacts::from_json(&facility()).expect("the facility's facts are valid"),
        record: Record::from_json(&record).expect("dense.json is a valid record"),
        standing: standing(
            Ok(&[]),
            &Subject::default(),
            Protocols::default().area(None),
            Limits::default(),
            Moment(0),
        ),
        marks: Marks {
            revision: 14,
            recorded_at: NOW,
            recorded_by: "鈴木 恵子(看護師)".to_owned(),
            verified_at: Day::from_ymd(2026, 3, 20).map(Day::starts_at),
            is_drill: false,
        },
        alike: vec!["310 髙﨑 芳子(たかさき よしこ)".to_owned()],
        as_of: NOW,
        last_talk: None,
        at_call: None,
        stay: None,
        issue: Some(IssueMarks {
            serial: format!("2026-{number:04}"),
            match_code: "か-482".to_owned(),
            issued_at: NOW,
            issued_by: "鈴木 恵子".to_owned(),
            form_title: "救急連絡シート".to_owned(),
            form_edition: "2026-11".to_owned(),
            valid_until: Day::from_ymd(2027, 11, 23).expect("a day of the calendar"),
            copies: 1,
        }),
    }
}

fn facility() -> Value {
    let facility = include_str!("../../src/export/pdf/sheet/sample/facility.json");
    serde_json::from_str(facility).expect("the sample is JSON")
}

/// A portrait as the program keeps it, a JPEG of 480 by 600: light ground, dark hair, a face, shoulders.
pub fn photo() -> Vec<u8> {
    let picture = RgbImage::from_fn(480, 600, |x, y| {
        let (dx, dy) = (f64::from(x) - 240.0, f64::from(y) - 260.0);
        let within = |x: f64, y: f64, a: f64, b: f64| (x / a).powi(2) + (y / b).powi(2) < 1.0;
        let tone = if within(dx, dy, 120.0, 155.0) {
            200
        } else if within(dx, dy + 40.0, 150.0, 175.0) {
            110
        } else if within(dx, dy - 380.0, 230.0, 220.0) {
            90
        } else {
            235
        };
        let grain = u8::try_from((x * 31 + y * 17) % 7).expect("below 7");
        Rgb([tone + grain, tone + grain / 2, tone])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture)
        .write_to(&mut bytes, ImageFormat::Jpeg)
        .expect("a picture in memory can be written");
    bytes.into_inner()
}
