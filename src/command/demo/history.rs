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
    last: Draft,
    days: &[Day],
    person: &Person,
    chance: &mut Chance,
) -> Vec<Version> {
    let mut versions = Vec::new();
    let mut draft = last;
    for (at, on) in days.iter().enumerate().rev() {
        if at == 0 {
            versions.push(Version {
                on: *on,
                reason: first_reason(person, *on),
                draft: draft.clone(),
            });
            break;
        }
        let mut earlier = draft.clone();
        let Some(reason) = undo_one(&mut earlier, days[at - 1], chance) else {
            versions.push(Version {
                on: *on,
                reason: first_reason(person, *on),
                draft: draft.clone(),
            });
            break;
        };
        if at == 1 {
            leave_early_gaps(&mut earlier);
        }
        as_of(&mut earlier, days[at - 1]);
        versions.push(Version {
            on: *on,
            reason,
            draft: std::mem::replace(&mut draft, earlier),
        });
    }
    versions.reverse();
    versions
}

fn first_reason(person: &Person, on: Day) -> String {
    let said = if person.moved_in.days_until(on) <= 60 {
        "入居時の聞き取り"
    } else {
        "紙のシートから書き写し"
    };
    said.to_owned()
}

/// Takes something back from a draft that is to stand on the given day, if there is such a thing to take back.
type Step = fn(&mut Draft, Day, &mut Chance) -> Option<String>;

/// Takes back one thing that staff record as it happens, and says how they would have put it.
fn undo_one(draft: &mut Draft, before: Day, chance: &mut Chance) -> Option<String> {
    let steps: [Step; 8] = [
        medicine_added,
        weighed,
        number_changed,
        care_level_raised,
        walks_less,
        allergy_learnt,
        infection_found,
        message_added,
    ];
    chance
        .shuffled(&steps)
        .into_iter()
        .find_map(|step| step(draft, before, chance))
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

fn medicine_added(draft: &mut Draft, _: Day, _: &mut Chance) -> Option<String> {
    let rows = draft.rows("medications");
    let name = |row: usize| draft.says(&format!("medications.{row}.name")).to_owned();
    let row = (0..rows).rev().find(|row| {
        PLAIN_MEDICINES
            .iter()
            .any(|plain| name(*row).starts_with(plain))
    })?;
    let added = name(row);
    (rows > 1).then(|| {
        draft.drop_row("medications", row);
        format!("処方の追加({added})")
    })
}

fn weighed(draft: &mut Draft, _: Day, chance: &mut Chance) -> Option<String> {
    let (whole, tenth) = draft.says("weight_kg").split_once('.')?;
    let weight = whole.parse::<i32>().ok()? * 10 + tenth.parse::<i32>().ok()?;
    let earlier = weight + chance.between(6, 24);
    draft.say("weight_kg", format!("{}.{}", earlier / 10, earlier % 10));
    Some("月例の体重測定".to_owned())
}

fn number_changed(draft: &mut Draft, _: Day, chance: &mut Chance) -> Option<String> {
    let key = (0..2)
        .map(|row| format!("emergency_contacts.{row}.phone_mobile"))
        .find(|key| !draft.says(key).is_empty())?;
    draft.say(&key, format!("090-0000-{:04}", chance.between(1000, 9999)));
    Some("ご家族の携帯番号が変わったため".to_owned())
}

fn care_level_raised(draft: &mut Draft, _: Day, _: &mut Chance) -> Option<String> {
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
        "要介護認定の更新".to_owned()
    })
}

fn walks_less(draft: &mut Draft, _: Day, _: &mut Chance) -> Option<String> {
    (draft.says("usual_mobility") == "walker").then(|| {
        draft.say("usual_mobility", "cane");
        draft.say("disability_adl", "A1");
        "ふらつきが増え、杖から歩行器に変更".to_owned()
    })
}

fn allergy_learnt(draft: &mut Draft, _: Day, _: &mut Chance) -> Option<String> {
    (draft.rows("allergies") > 0).then(|| {
        draft.unknown("allergies");
        "アレルギーを家族とお薬手帳で確認".to_owned()
    })
}

fn infection_found(draft: &mut Draft, before: Day, _: &mut Chance) -> Option<String> {
    let tested = Day::parse(draft.says("infections.0.tested_on")).ok()?;
    (tested > before && draft.rows("infections") == 1).then(|| {
        draft.forget("infections");
        draft.forget("infection_screening");
        "感染症の検査結果を追記".to_owned()
    })
}

fn message_added(draft: &mut Draft, _: Day, _: &mut Chance) -> Option<String> {
    (!draft.says("message_to_ems").is_empty()).then(|| {
        draft.forget("message_to_ems");
        "救急隊への伝言を追加(多職種会議)".to_owned()
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
const DONE: &[(&str, &str)] = &[
    ("weight_measured_on", ""),
    ("consented_on", "next_review_on"),
    ("medication_as_of", ""),
    ("care_assessed_on", ""),
    ("tested_on", ""),
    ("last_confirmed_on", ""),
    ("agreement_confirmed_on", ""),
    ("confirmed_on", ""),
    ("last_changed_on", "next_change_on"),
];

/// Moves back every day that on `day` had not come, and takes out what had not happened.
fn as_of(draft: &mut Draft, day: Day) {
    for (key, value) in draft.typed() {
        let (rows, last) = key
            .rsplit_once('.')
            .map_or(("", key.as_str()), |(rows, last)| (rows, last));
        let Some((_, along)) = DONE.iter().find(|(done, _)| *done == last) else {
            continue;
        };
        let Some(late) = Day::parse(&value)
            .ok()
            .map(|done| day.days_until(done))
            .filter(|late| *late > 0)
        else {
            continue;
        };
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
