//! A person's sheet as a nurse would fill it in on one day.

mod care;
mod gaps;
mod life;
mod medical;
mod medicines;
mod people;
mod usual;

use super::cases::Daily;
use super::chance::Chance;
use super::draft::Draft;
use super::illness::Illness;
use super::person::{Agreement, Person};
use crate::domain::answer::Coded;
use crate::domain::date::Day;

/// Writes the sheet of `person` as it stands on `on`, with ages as of that day.
pub(super) fn sheet(person: &Person, on: Day, chance: Chance) -> Draft {
    let mut pen = Pen {
        person,
        on,
        daily: daily_at(person),
        ill: Vec::new(),
        key_person: 0,
        chance,
        draft: Draft::default(),
    };
    pen.ill = pen.illnesses();
    pen.identity();
    pen.contacts();
    pen.consent();
    pen.doctors();
    pen.usual();
    pen.care();
    pen.food();
    pen.medical();
    pen.medicines();
    pen.treatment();
    pen.wishes();
    pen.insurance();
    pen.own_words();
    pen.leave_gaps();
    pen.draft
}

struct Pen<'a> {
    person: &'a Person,
    on: Day,
    daily: Daily,
    ill: Vec<&'static Illness>,
    /// The contact who is called first for decisions: a spouse of that age seldom is.
    key_person: usize,
    chance: Chance,
    draft: Draft,
}

/// A nursing home admits from 要介護3, so that the same story is further on there.
fn daily_at(person: &Person) -> Daily {
    let mut daily = person.case.daily;
    if person.home.dwelling == "special_nursing_home" && daily.care < 3 {
        daily.care = 3;
        daily.moves = match daily.moves {
            "cane" => "walker",
            "walker" => "wheelchair_self",
            other => other,
        };
    }
    daily
}

impl Pen<'_> {
    fn say(&mut self, key: &str, value: impl Into<String>) {
        self.draft.say(key, value);
    }

    /// A day between `least` and `most` days ago, but not before moving in.
    fn ago(&mut self, least: i32, most: i32) -> Day {
        let days = self.chance.between(least, most);
        self.on
            .plus_days(-i64::from(days))
            .max(self.person.moved_in)
    }

    fn age(&self) -> i32 {
        i32::try_from(self.person.born.age_on(self.on)).unwrap_or(0)
    }

    fn illnesses(&mut self) -> Vec<&'static Illness> {
        let mut ill: Vec<&'static Illness> = self.person.case.ill.to_vec();
        ill.extend(self.person.also);
        if !self.person.only {
            let more = usize::try_from(self.chance.between(0, 4)).unwrap_or(0);
            let may = self.chance.shuffled(self.person.case.may);
            ill.extend(may.into_iter().take(more));
        }
        ill
    }

    fn identity(&mut self) {
        let person = self.person;
        self.say(
            "resident_number",
            format!("{}{:04}", person.home.number, person.number),
        );
        self.say("name", person.name());
        self.say("name_kana", person.kana());
        self.say("birth_date", person.born.iso());
        self.say("sex", if person.man { "male" } else { "female" });
        self.say("floor", person.unit.name);
        self.say("room", person.room.to_string());
        self.say("moved_in_on", person.moved_in.iso());
        let height = if person.man {
            self.chance.between(1500, 1690)
        } else {
            self.chance.between(1360, 1550)
        };
        // 体格指数 from 17 to 24, in tenths.
        let mass_index = self.chance.between(170, 240);
        let weight = i64::from(mass_index) * i64::from(height) * i64::from(height) / 1_000_000;
        self.say("height_cm", tenths(height.into()));
        self.say("weight_kg", tenths(weight));
        let measured = self.ago(0, 25);
        self.say("weight_measured_on", measured.iso());
        if self.chance.happens(60) {
            let blood = *self
                .chance
                .pick(&["A", "A", "A", "A", "O", "O", "O", "B", "B", "AB"]);
            self.say("blood_type", blood);
            self.say("blood_rh", "rh_positive");
        }
    }

    fn consent(&mut self) {
        match self.person.agreement {
            Agreement::NotAsked => {}
            Agreement::NotObtained => self.say("consent_to_share_ems", "not_obtained"),
            Agreement::Refused => {
                self.say("consent_to_share_ems", "refused");
                let day = self.ago(30, 200);
                self.say("consented_on", day.iso());
            }
            Agreement::Given => self.consent_given(),
        }
    }

    fn consent_given(&mut self) {
        let own = self.person.decides();
        let key_person = self.key_persons("name");
        let (by, relationship) = match (own, key_person.is_empty()) {
            (true, _) => (self.person.name(), String::new()),
            (false, false) => (key_person, self.key_persons("relationship")),
            (false, true) => (
                self.draft.says("guardian_name").to_owned(),
                "guardian".to_owned(),
            ),
        };
        self.say(
            "consent_to_share_ems",
            if own {
                "consented_by_resident"
            } else {
                "consented_by_representative"
            },
        );
        self.say("consent_method", if own { "written" } else { "proxy" });
        let day = self.ago(20, 330);
        self.say("consented_on", day.iso());
        self.say("consented_by_name", by);
        if !relationship.is_empty() {
            self.say("consented_by_relationship", relationship);
        }
        self.say("next_review_on", day.plus_months(12).iso());
    }

    /// What this person's illnesses tick under `key`.
    fn ticked(&self, key: &str) -> Vec<&'static str> {
        distinct(
            self.ill
                .iter()
                .flat_map(|illness| illness.ticks)
                .filter(|(of, _)| *of == key)
                .map(|(_, code)| *code),
        )
    }

    fn own_words(&mut self) {
        for (key, value) in self.person.own {
            // A row of a list that was said to be empty makes it one that is not.
            if let Some((list, _)) = key.split_once('.') {
                self.draft.forget(&format!("{list}.state"));
                self.draft.forget(&format!("{list}.confirmed_on"));
            }
            self.say(key, *value);
        }
    }
}

/// Tenths as a decimal number.
fn tenths(value: i64) -> String {
    format!("{}.{}", value / 10, value % 10)
}

fn distinct<'a>(codes: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for code in codes {
        if !seen.contains(&code) {
            seen.push(code);
        }
    }
    seen
}

fn codes<'a, E: Coded>(items: impl IntoIterator<Item = &'a E>) -> Vec<&'static str> {
    distinct(items.into_iter().map(|item| item.choice().code))
}
