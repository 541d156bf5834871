//! What a form can show that nobody typed: an age, the phones to call first, the things not to overlook.

use super::answer::{Answer, Field, Kind, Known, NOT_ASKED, Rows, Shown, YesNo};
use super::clock::Moment;
use super::date::{self, Day};
use super::phone::Phone;
use super::record::{EmergencyContact, InfectionStatus, Physician, PhysicianRole};
use super::transport::at_call::{AtCall, Finding};
use super::view::SheetView;

macro_rules! computed {
    ($($(#[$doc:meta])* $variant:ident = $key:literal : $label:literal,)*) => {
        /// A closed set; each has a key for forms and a label.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Computed { $($(#[$doc])* $variant,)* }

        impl Computed {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)* }
            }

            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }
        }
    };
}

computed! {
    Age = "age": "年齢",
    Place = "place": "居室",
    Weight = "build": "身長・体重",
    /// Physicians in the order of calling: those with a 24-hour phone, then the others, specialists last.
    DoctorPhones = "doctor_phones": "医師の24時間電話",
    /// The key person first, then the others in their order.
    KeyPersonPhones = "key_person_phones": "キーパーソンの電話",
    /// Medicines, allergies, infections, treatment and devices that can hurt if overlooked.
    Alerts = "alerts": "注意",
    UsualSummary = "usual_summary": "普段の状態",
    UsualVitals = "usual_vitals": "普段のバイタル",
    ConsentSummary = "consent_summary": "情報提供の同意",
    TransportWish = "transport_wish": "搬送先の希望",
    LastAcp = "last_acp": "人生会議(ACP)",
    FacilityPhones = "facility_phones": "施設の電話",
    Recorded = "recorded": "記入",
    Verified = "verified": "最終確認",
    LikeNames = "like_names": "似た名前の入居者",
    /// What was said of resuscitation, with whom, when and how it holds (safety.md S16).
    Directive = "directive": "急変時の意思と指示",
    PrimaryCaregiver = "primary_caregiver": "主介護者",
    /// Of the emergency that led to the stay.
    EmergencyCourse = "emergency_course": "急変の経過",
    EmergencyFindings = "emergency_findings": "急変時の観察",
    EmergencyCare = "emergency_care": "施設でした手当",
    LastMeal = "last_meal_before": "最後の食事・薬",
    /// Five years, so that nobody is found by it.
    AgeBand = "age_band": "年齢層",
    /// The town of the facility.
    Area = "area": "地域",
}

/// The label beside a telephone number.
const WHO: Field = Field {
    key: "who",
    label: "相手",
    kind: Kind::Text { max: 200 },
};
const PHONE: Field = Field {
    key: "phone",
    label: "電話",
    kind: Kind::Phone,
};
const WHAT: Field = Field {
    key: "what",
    label: "項目",
    kind: Kind::Text { max: 40 },
};
const DETAIL: Field = Field {
    key: "detail",
    label: "内容",
    kind: Kind::Text { max: 400 },
};

impl Computed {
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|computed| computed.key() == key)
    }

    /// What stands there for one sheet.
    pub fn shown(self, view: &SheetView) -> Shown {
        let record = &view.record;
        match self {
            Self::Age => match &record.identity.birth_date {
                Known::Value(born) => text(format!("{}歳", born.age_on(view.today()))),
                other => other.shown(),
            },
            Self::Place => place(view),
            Self::Weight => joined(&[&record.identity.height_cm, &record.identity.weight_kg]),
            Self::DoctorPhones => doctor_phones(&record.contacts.physicians),
            Self::KeyPersonPhones => key_person_phones(&record.contacts.emergency_contacts),
            Self::Alerts => Shown::Rows(alerts(view)),
            Self::UsualSummary => usual_summary(view),
            Self::UsualVitals => usual_vitals(view),
            Self::ConsentSummary => joined(&[
                &record.consent.consent_to_share_ems,
                &record.consent.consented_on,
                &record.consent.consented_by_name,
            ]),
            Self::TransportWish => transport_wish(view),
            Self::LastAcp => last_acp(view),
            Self::FacilityPhones => facility_phones(view),
            Self::Recorded => text(format!(
                "{} {}(第{}版)",
                moment_day(view.marks.recorded_at),
                view.marks.recorded_by,
                view.marks.revision
            )),
            Self::Verified => text(view.staleness().words()),
            Self::LikeNames if view.alike.is_empty() => Shown::None(None),
            Self::LikeNames => text(view.alike.join("、")),
            Self::Directive => directive(view),
            Self::PrimaryCaregiver => primary_caregiver(&record.contacts.emergency_contacts),
            Self::EmergencyCourse => emergency(view, course),
            Self::EmergencyFindings => emergency(view, |call| findings(call, view)),
            Self::EmergencyCare => emergency(view, care),
            Self::LastMeal => emergency(view, |call| {
                joined(&[&call.situation.last_meal, &call.situation.last_medication])
            }),
            Self::AgeBand => match &record.identity.birth_date {
                Known::Value(born) => text(age_band(born.age_on(view.today()))),
                other => other.shown(),
            },
            Self::Area => area(view),
        }
    }
}

fn text(words: impl Into<String>) -> Shown {
    Shown::Text(words.into())
}

fn moment_day(moment: Moment) -> String {
    Day::of(moment).iso()
}

/// The answered ones in one line; not asked when none is answered.
fn joined(answers: &[&dyn Answer]) -> Shown {
    let words: Vec<String> = answers
        .iter()
        .map(|answer| answer.shown())
        .filter(|shown| !shown.is_not_asked())
        .map(|shown| shown.line())
        .collect();
    if words.is_empty() {
        Shown::NotAsked
    } else {
        text(words.join(" "))
    }
}

fn place(view: &SheetView) -> Shown {
    joined(&[&view.record.identity.floor, &view.record.identity.room])
}

fn call(who: String, phone: &Known<Phone>) -> Vec<(Field, Shown)> {
    vec![(WHO, text(who)), (PHONE, phone.shown())]
}

fn words_of(answers: &[&dyn Answer]) -> String {
    match joined(answers) {
        Shown::Text(words) => words,
        _ => NOT_ASKED.to_owned(),
    }
}

fn doctor_phones(physicians: &Rows<Physician>) -> Shown {
    if let Rows::Some(rows) = physicians {
        let who = |row: &Physician, hours: &str| {
            let words = words_of(&[&row.role, &row.institution, &row.name]);
            format!("{words}({hours})")
        };
        let is_specialist = |row: &&Physician| row.role.is(&PhysicianRole::Specialist);
        let at_night = rows
            .iter()
            .filter(|row| row.phone_24h.reachable().is_some());
        let by_day = || {
            rows.iter()
                .filter(|row| row.phone_24h.reachable().is_none())
        };
        let nearer = by_day().filter(|row| !is_specialist(row));
        let specialists = by_day()
            .filter(is_specialist)
            .filter(|row| row.phone_day.value().is_some());
        let calls: Vec<_> = at_night
            .map(|row| call(who(row, "24時間"), &row.phone_24h))
            .chain(nearer.map(|row| call(who(row, "日中のみ・夜間は未確認"), &row.phone_day)))
            .chain(specialists.map(|row| call(who(row, "日中"), &row.phone_day)))
            .collect();
        if !calls.is_empty() {
            return Shown::Rows(calls);
        }
    }
    match physicians {
        Rows::Some(_) => Shown::NotAsked,
        other => other.shown(),
    }
}

fn key_person_phones(contacts: &Rows<EmergencyContact>) -> Shown {
    let Rows::Some(rows) = contacts else {
        return contacts.shown();
    };
    let is_key = |row: &&EmergencyContact| row.is_key_person.is(&YesNo::Yes);
    let ordered = rows
        .iter()
        .filter(is_key)
        .chain(rows.iter().filter(|row| !is_key(row)));
    let mut calls = Vec::new();
    for row in ordered {
        let mut who = words_of(&[&row.name]);
        let mut notes: Vec<String> = Vec::new();
        if row.relationship.value().is_some() {
            notes.push(row.relationship.to_string());
        }
        if is_key(&row) {
            notes.push("キーパーソン".to_owned());
        }
        if row.is_substitute_decision_maker.is(&YesNo::Yes) {
            notes.push("代理意思決定者".to_owned());
        }
        if let Known::Value(hours) = &row.reachable_hours {
            notes.push(hours.as_str().to_owned());
        }
        if !notes.is_empty() {
            who.push_str(&format!("({})", notes.join("・")));
        }
        let phones = [&row.phone_mobile, &row.phone_home];
        let known: Vec<_> = phones
            .into_iter()
            .filter(|phone| phone.value().is_some())
            .collect();
        for phone in &known {
            calls.push(call(who.clone(), phone));
        }
        if known.is_empty() {
            calls.push(call(who, &row.phone_mobile));
        }
    }
    Shown::Rows(calls)
}

/// Each alert with its own word in front, so that no colour is needed; an unanswered one says so (S18).
fn alerts(view: &SheetView) -> Vec<Vec<(Field, Shown)>> {
    let medical = &view.record.medical;
    let mut alerts = Vec::new();
    let mut add = |what: &'static str, detail: Shown| {
        alerts.push(vec![(WHAT, text(what)), (DETAIL, detail)]);
    };
    add("要注意薬", medical.high_alert_flags.shown());
    add("アレルギー", rows_in_words(medical.allergies.shown()));
    if !medical.food_allergens.shown().is_not_asked() {
        add("食物アレルギー", medical.food_allergens.shown());
    }
    add("感染症", infections(view));
    let mut care = medical.special_care.shown();
    for detail in [&medical.dialysis_detail, &medical.oxygen_detail] {
        if let (Shown::Text(words), Known::Value(detail)) = (&mut care, detail) {
            words.push_str(&format!("({})", detail.as_str()));
        }
    }
    add("処置・デバイス", care);
    if !medical.devices.shown().is_not_asked() {
        add("体内の機器", medical.devices.shown());
    }
    alerts
}

fn rows_in_words(shown: Shown) -> Shown {
    match shown {
        Shown::Rows(_) => text(shown.line()),
        other => other,
    }
}

fn infections(view: &SheetView) -> Shown {
    let medical = &view.record.medical;
    let mut words = match &medical.infections {
        Rows::Some(rows) => {
            let open: Vec<String> = rows
                .iter()
                .filter(|row| !row.status.is(&InfectionStatus::Negative))
                .map(|row| words_of(&[&row.agent, &row.note, &row.status, &row.tested_on]))
                .collect();
            if open.is_empty() {
                rows_in_words(medical.infections.shown()).line()
            } else {
                open.join(" / ")
            }
        }
        other if medical.infection_screening.value().is_some() && other.shown().is_not_asked() => {
            medical.infection_screening.to_string()
        }
        other => return other.shown(),
    };
    if medical.isolation_needed.is(&YesNo::Yes) {
        words.push_str("【隔離 要】");
    }
    text(words)
}

fn usual_summary(view: &SheetView) -> Shown {
    let usual = &view.record.usual;
    let parts = [
        ("意識", usual.usual_consciousness.shown()),
        ("会話", usual.usual_conversation.shown()),
        ("移動", usual.usual_mobility.shown()),
        ("麻痺", usual.paralysis.shown()),
    ];
    if parts.iter().all(|(_, shown)| shown.is_not_asked()) {
        return Shown::NotAsked;
    }
    let mut words: Vec<String> = parts
        .iter()
        .map(|(what, shown)| format!("{what}:{}", shown.line()))
        .collect();
    if !usual.paralysis_site.items().is_empty() {
        words.push(format!("({})", usual.paralysis_site.shown().line()));
    }
    text(words.join(" "))
}

fn usual_vitals(view: &SheetView) -> Shown {
    let usual = &view.record.usual;
    let parts: [(&str, &dyn Answer); 4] = [
        ("血圧", &usual.usual_bp),
        ("脈拍", &usual.usual_pulse),
        ("SpO2", &usual.usual_spo2),
        ("体温", &usual.usual_temp),
    ];
    if parts
        .iter()
        .all(|(_, answer)| answer.shown().is_not_asked())
    {
        return Shown::NotAsked;
    }
    let words: Vec<String> = parts
        .iter()
        .map(|(what, answer)| format!("{what} {}", answer.shown().line()))
        .collect();
    text(words.join(" "))
}

fn transport_wish(view: &SheetView) -> Shown {
    let wishes = &view.record.wishes;
    match joined(&[
        &wishes.transport_preference,
        &wishes.transport_hospital_name,
    ]) {
        Shown::Text(words) => text(format!("{words}(搬送先は救急隊が決定します)")),
        other => other,
    }
}

fn last_acp(view: &SheetView) -> Shown {
    let talks = &view.record.wishes.acp_discussions;
    let rows = match (talks, view.last_talk) {
        (Rows::Some(rows), _) => rows.as_slice(),
        (_, Some(_)) => &[],
        (other, None) => return other.shown(),
    };
    let days = rows.iter().filter_map(|row| row.held_on.value().copied());
    match days.chain(view.last_talk).max() {
        Some(day) => text(format!(
            "{} 話し合いの記録あり(施設で保管。医師の指示ではありません)",
            day.iso()
        )),
        None => text("話し合いの記録あり(日付 未確認。医師の指示ではありません)"),
    }
}

fn facility_phones(view: &SheetView) -> Shown {
    let facts = &view.facility;
    let name = words_of(&[&facts.facility_name]);
    let mut calls = vec![call(format!("{name} 代表"), &facts.facility_phone)];
    if facts.night_phone.value().is_some() {
        calls.insert(0, call(format!("{name} 夜間"), &facts.night_phone));
    }
    Shown::Rows(calls)
}

/// The order or the wish is never a bare tick: what it comes to, why, and what was signed by whom and when.
fn directive(view: &SheetView) -> Shown {
    let band = view.standing.band();
    let facts = band.facts.iter();
    let facts: Vec<String> = facts
        .map(|(label, words)| format!("{label} {words}"))
        .collect();
    let mut words = vec![
        band.headline.trim_end_matches('。').to_owned(),
        band.until.to_owned(),
        band.reason.clone(),
    ];
    words.extend(facts);
    words.retain(|words| !words.is_empty());
    text(words.join("。"))
}

fn primary_caregiver(contacts: &Rows<EmergencyContact>) -> Shown {
    let Rows::Some(rows) = contacts else {
        return contacts.shown();
    };
    let row = rows
        .iter()
        .find(|row| row.is_primary_caregiver.is(&YesNo::Yes));
    let Some(row) = row else {
        return Shown::NotAsked;
    };
    let mut words = words_of(&[&row.name, &row.relationship, &row.age]);
    match &row.cohabiting {
        Known::Value(YesNo::Yes) => words.push_str(" 同居"),
        Known::Value(YesNo::No) => words.push_str(" 別居"),
        _ => words.push_str(" 同居・別居 未確認"),
    }
    let phones = joined(&[&row.phone_mobile, &row.phone_home]);
    text(format!("{words} {}", phones.line()))
}

/// What one of the answers says that the emergency gave; not asked without one.
fn emergency(view: &SheetView, says: impl Fn(&AtCall) -> Shown) -> Shown {
    let stay = view.stay.as_ref();
    let emergency = stay.and_then(|stay| stay.emergency.as_ref());
    emergency.map_or(Shown::NotAsked, says)
}

fn course(call: &AtCall) -> Shown {
    let mut words = vec![format!("{} に気づいた", date::moment_text(call.began))];
    let answered = call.situation.answered();
    words.extend(answered.map(|(label, shown)| format!("{label}: {}", shown.line())));
    text(words.join("。"))
}

fn findings(call: &AtCall, view: &SheetView) -> Shown {
    let Some((at, observation)) = call.observations.last() else {
        return Shown::NotAsked;
    };
    let findings = observation.findings(&view.record.usual);
    let lines: Vec<String> = findings.iter().map(Finding::line).collect();
    text(format!("{} {}", date::moment_text(*at), lines.join("、")))
}

fn care(call: &AtCall) -> Shown {
    let done: Vec<String> = call
        .care()
        .map(|entry| format!("{} {}", date::clock_time(entry.at), entry.event.label()))
        .collect();
    match done.is_empty() {
        true => Shown::NotAsked,
        false => text(done.join("、")),
    }
}

fn age_band(age: u32) -> String {
    let decade = age / 10 * 10;
    let half = if age % 10 < 5 { "前半" } else { "後半" };
    format!("{decade}代{half}")
}

/// The town of the address, without what stands behind it.
fn area(view: &SheetView) -> Shown {
    let Known::Value(address) = &view.facility.facility_address else {
        return view.facility.facility_address.shown();
    };
    let address = address.as_str();
    let rest = address
        .find(['都', '道', '府', '県'])
        .map_or(0, |at| at + '県'.len_utf8());
    match address[rest..].find(['市', '区', '町', '村']) {
        Some(at) => text(&address[..rest + at + '市'.len_utf8()]),
        None => Shown::NotAsked,
    }
}

/// How long ago, in words, with the day itself.
pub fn day_and_age(day: Day, today: Day) -> String {
    format!("{}({})", day.iso(), date::ago(day, today))
}
