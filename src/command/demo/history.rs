//! How a sheet came to say what it says: from the last revision back to the first.

use super::chance::Chance;
use super::draft::Draft;
use super::person::Person;
use crate::domain::date::{Day, PartialDay};

/// One state of a sheet.
pub(super) struct Version {
    pub on: Day,
    pub reason: String,
    pub draft: Draft,
}

/// The versions of `last` on `days` (ascending, its own day last), each different from the one before.
pub(super) fn versions(
    mut last: Draft,
    days: &[Day],
    person: &Person,
    chance: &mut Chance,
) -> Vec<Version> {
    if let Some(first) = days.first() {
        move_back(&mut last, *first, ASKED_ONCE);
    }
    let mut versions = Vec::new();
    let mut steps = chance.shuffled(STEPS);
    let mut draft = last;
    for (at, on) in days.iter().enumerate().rev() {
        let before = at.checked_sub(1).map(|before| days[before]);
        let mut earlier = draft.clone();
        let step = before.and_then(|_| undo_one(&mut earlier, &mut steps, chance));
        let (Some(before), Some(step)) = (before, step) else {
            versions.push(Version {
                on: *on,
                reason: first_reason(person, *on),
                draft,
            });
            break;
        };
        if at == 1 {
            leave_early_gaps(&mut earlier);
        }
        as_of(&mut earlier, before);
        let now = std::mem::replace(&mut draft, earlier);
        versions.push(Version {
            on: *on,
            reason: step.reason,
            draft: now,
        });
        date(&mut versions, &step.dated, *on);
    }
    versions.reverse();
    versions
}

/// Writes the day of a step into the version that it made and into those later ones that know of no later day.
fn date(versions: &mut [Version], key: &str, on: Day) {
    for version in versions {
        if Day::parse(version.draft.says(key)).is_ok_and(|known| known < on) {
            version.draft.say(key, on.iso());
        }
    }
}

fn first_reason(person: &Person, on: Day) -> String {
    let said = if person.moved_in.days_until(on) <= 60 {
        "入居時の聞き取り"
    } else {
        "紙のシートから書き写し"
    };
    said.to_owned()
}

/// Something that staff record as it happens.
struct Step {
    /// As they would put it.
    reason: String,
    /// The key of the day that it brings along; empty where there is none.
    dated: String,
}

impl Step {
    fn new(reason: impl Into<String>, dated: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            dated: dated.into(),
        }
    }
}

/// Takes a step back, if the draft shows one to take back.
type Undo = fn(&mut Draft, &mut Chance) -> Option<Step>;

const STEPS: &[Undo] = &[
    medicine_added,
    weighed,
    number_changed,
    care_level_raised,
    walks_less,
    allergy_learnt,
    infection_found,
    message_added,
];

/// Takes back the first of `steps` that can be, and out of the list, so that no history tells the same thing twice.
fn undo_one(draft: &mut Draft, steps: &mut Vec<Undo>, chance: &mut Chance) -> Option<Step> {
    let (at, step) = steps
        .iter()
        .enumerate()
        .find_map(|(at, undo)| Some((at, undo(draft, chance)?)))?;
    steps.remove(at);
    Some(step)
}

/// Medicines that come and go without changing what a crew is warned of.
const PLAIN_MEDICINES: &[&str] = &[
    "酸化マグネシウム",
    "アムロジピン",
    "ランソプラゾール",
    "カルボシステイン",
    "アセトアミノフェン",
    "ロスバスタチン",
    "ドネペジル",
    "センノシド",
    "エルデカルシトール",
    "スピロノラクトン",
    "フェブキソスタット",
    "抑肝散",
];

fn medicine_added(draft: &mut Draft, _: &mut Chance) -> Option<Step> {
    let rows = draft.rows("medications");
    let name = |row: usize| draft.says(&format!("medications.{row}.name")).to_owned();
    let is_plain = |row: &usize| {
        PLAIN_MEDICINES
            .iter()
            .any(|plain| name(*row).starts_with(plain))
    };
    let row = (0..rows).rev().find(is_plain)?;
    let added = name(row);
    (rows > 1).then(|| {
        draft.drop_row("medications", row);
        Step::new(format!("処方の追加({added})"), "medication_as_of")
    })
}

fn weighed(draft: &mut Draft, chance: &mut Chance) -> Option<Step> {
    let (whole, tenth) = draft.says("weight_kg").split_once('.')?;
    let weight = whole.parse::<i32>().ok()? * 10 + tenth.parse::<i32>().ok()?;
    let earlier = weight + chance.between(6, 24);
    draft.say("weight_kg", format!("{}.{}", earlier / 10, earlier % 10));
    Some(Step::new("月例の体重測定", "weight_measured_on"))
}

fn number_changed(draft: &mut Draft, chance: &mut Chance) -> Option<Step> {
    let row = (0..2)
        .map(|row| format!("emergency_contacts.{row}"))
        .find(|row| !draft.says(&format!("{row}.phone_mobile")).is_empty())?;
    let earlier = format!("090-0000-{:04}", chance.between(1000, 9999));
    draft.say(&format!("{row}.phone_mobile"), earlier);
    Some(Step::new(
        "ご家族の携帯番号が変わったため",
        format!("{row}.last_confirmed_on"),
    ))
}

fn care_level_raised(draft: &mut Draft, _: &mut Chance) -> Option<Step> {
    let level: i32 = draft
        .says("care_level")
        .strip_prefix("care")?
        .parse()
        .ok()?;
    let from = Day::parse(draft.says("care_level_valid_from")).ok()?;
    (level >= 4).then(|| {
        draft.say("care_level", format!("care{}", level - 1));
        draft.say("care_level_valid_from", from.plus_months(-24).iso());
        draft.say("care_level_valid_to", from.plus_days(-1).iso());
        Step::new("要介護認定の更新", "")
    })
}

fn walks_less(draft: &mut Draft, _: &mut Chance) -> Option<Step> {
    (draft.says("usual_mobility") == "walker").then(|| {
        draft.say("usual_mobility", "cane");
        draft.say("disability_adl", "A1");
        Step::new("ふらつきが増え、杖から歩行器に変更", "care_assessed_on")
    })
}

fn allergy_learnt(draft: &mut Draft, _: &mut Chance) -> Option<Step> {
    (draft.rows("allergies") > 0).then(|| {
        draft.unknown("allergies");
        Step::new("アレルギーを家族とお薬手帳で確認", "")
    })
}

fn infection_found(draft: &mut Draft, _: &mut Chance) -> Option<Step> {
    (draft.rows("infections") > 0).then(|| {
        draft.forget("infections");
        draft.forget("infection_screening");
        Step::new("感染症の検査結果を追記", "infections.0.tested_on")
    })
}

fn message_added(draft: &mut Draft, _: &mut Chance) -> Option<Step> {
    (!draft.says("message_to_ems").is_empty()).then(|| {
        draft.forget("message_to_ems");
        Step::new("救急隊への伝言を追加(多職種会議)", "")
    })
}

/// What nobody has time to ask in the first weeks.
fn leave_early_gaps(draft: &mut Draft) {
    for key in [
        "life_history",
        "interests",
        "acp_discussions",
        "wish_of_family",
        "surrogate_basis",
        "communication_note",
    ] {
        draft.forget(key);
    }
}

/// Days that something was done, and the day that moves along with each.
type Done = &'static [(&'static str, &'static str)];

/// Asked when the sheet was first written, and then only when it changed.
const ASKED_ONCE: Done = &[
    ("consented_on", "next_review_on"),
    ("care_assessed_on", ""),
    ("tested_on", ""),
    ("last_confirmed_on", ""),
    ("agreement_confirmed_on", ""),
    ("confirmed_on", ""),
];

/// Done again and again.
const KEPT_UP: Done = &[
    ("weight_measured_on", ""),
    ("medication_as_of", ""),
    ("last_changed_on", "next_change_on"),
];

/// Moves back every one of these days that on `day` had not come.
fn move_back(draft: &mut Draft, day: Day, days: Done) {
    for (key, value) in draft.typed() {
        let (rows, last) = key
            .rsplit_once('.')
            .map_or(("", key.as_str()), |(rows, last)| (rows, last));
        let Some((_, along)) = days.iter().find(|(done, _)| *done == last) else {
            continue;
        };
        let late = Day::parse(&value).map_or(0, |done| day.days_until(done));
        if late <= 0 {
            continue;
        }
        draft.say(&key, day.iso());
        let along = if rows.is_empty() {
            (*along).to_owned()
        } else {
            format!("{rows}.{along}")
        };
        if let Ok(next) = Day::parse(draft.says(&along)) {
            draft.say(&along, next.plus_days(-late).iso());
        }
    }
}

/// Takes out what on `day` had not happened.
fn as_of(draft: &mut Draft, day: Day) {
    move_back(draft, day, ASKED_ONCE);
    move_back(draft, day, KEPT_UP);
    for (list, cell) in [
        ("acp_discussions", "held_on"),
        ("current_conditions", "onset_on"),
        ("past_history", "year"),
    ] {
        for row in (0..draft.rows(list)).rev() {
            let when = PartialDay::parse(draft.says(&format!("{list}.{row}.{cell}")));
            if when.is_ok_and(|when| when.first_day() > day) {
                draft.drop_row(list, row);
            }
        }
    }
}
