//! An emergency to look at and to test with. All persons and places are invented.

use serde_json::{Value, json};

use super::at_call::{AtCall, Body, Entry};
use super::{Event, Outcome};
use crate::domain::clock::Moment;

/// Half an hour of an emergency, with three observations and all that can be said of what happened.
pub fn at_call(now: Moment) -> AtCall {
    let entry = |seq: i64, event: Event, said: [&str; 2], body: Value| Entry {
        seq,
        at: now.plus_minutes(seq - 20),
        event,
        about: None,
        who: said[0].to_owned(),
        outcome: event.is_call().then_some(Outcome::Answered),
        words: said[1].to_owned(),
        body: Body::stored(event, &body.to_string()),
    };
    let none = || json!({});
    let happened = json!({
        "chief_complaint": "dyspnea", "incident_type": "sudden_illness",
        "incident_course": "2時50分の巡回で、ベッドの上で起き上がり、肩で息をしていた。顔色が悪く、冷や汗をかいていた",
        "onset": "2時30分から2時50分のあいだ", "last_seen_well": "2時30分の巡回", "witnessed": "no", "witness": "介木 夜子",
        "last_meal": "18時 夕食8割", "last_medication": "20時 就寝前の薬", "companion": "介木 夜子", "belongings": "保険証、お薬手帳、眼鏡、補聴器",
    });
    let observed = |spo2: u8, jcs: &str| {
        json!({"jcs": jcs, "breathing": "abnormal", "bp": "unmeasurable", "pulse": 118, "pulse_regular": "no", "spo2": spo2,
            "oxygen": 3, "resp_rate": 32, "temp": 37.8, "glucose": 146, "pupils": "左右差なし"})
    };
    let entries = vec![
        entry(0, Event::Call119, ["", ""], none()),
        entry(1, Event::Situation, ["", ""], happened),
        entry(2, Event::Observation, ["", ""], observed(82, "2")),
        entry(3, Event::Oxygen, ["", "鼻カニューレ 3L/分"], none()),
        entry(
            4,
            Event::Nurse,
            ["看護師 佐々木", "すぐ向かう。到着まで25分"],
            none(),
        ),
        entry(
            5,
            Event::Family,
            ["髙﨑 健一郎(長男)", "病院に直接向かう"],
            none(),
        ),
        entry(9, Event::Observation, ["", ""], observed(88, "1")),
        entry(14, Event::Observation, ["", ""], observed(91, "1")),
        entry(
            15,
            Event::Observed,
            ["", "起こした姿勢のほうが楽だと本人が言う"],
            none(),
        ),
    ];
    AtCall::of(now.plus_minutes(-22), entries)
}
