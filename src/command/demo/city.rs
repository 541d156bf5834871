//! みなと市, a city like 平塚市 that does not exist, from a seed.

use super::chance::Chance;
use super::history::{self, Version};
use super::person::{Fullness, Person};
use super::places::{self, Home, Institution};
pub use super::roster::Paper;
use super::roster::{self, Checked, Ending, Entry};
use super::said;
pub use super::said::{Spoken, When};
use super::writing;
use crate::domain::answer::Inputs;
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::permit::{ActionKind, Role, allowed};
use crate::domain::record::{FacilityFacts, Record};

pub struct City {
    pub name: &'static str,
    pub facilities: Vec<Facility>,
    pub institutions: &'static [Institution],
}

pub struct Facility {
    /// Short and in letters, for logins.
    pub key: &'static str,
    pub facts: FacilityFacts,
    pub staff: Vec<Staff>,
    /// In the order of moving in.
    pub residents: Vec<Resident>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    pub login: String,
    pub name: &'static str,
    pub role: Role,
}

/// A resident's whole history here.
#[derive(Clone, Debug, PartialEq)]
pub struct Resident {
    /// In the order of time; never empty.
    pub revisions: Vec<Revision>,
    /// When somebody went through the whole sheet, in the order of time.
    pub verifications: Vec<Verification>,
    /// What was said about the last stage of life, in the order of time.
    pub said: Vec<Spoken>,
    pub stay: Stay,
    pub paper: Paper,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    pub at: Moment,
    /// Index into the facility's staff.
    pub author: usize,
    pub reason: String,
    pub record: Record,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verification {
    pub at: Moment,
    /// Counted from 1.
    pub revision: usize,
    /// Index into the facility's staff.
    pub by: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    LivingIn,
    Left(Day),
    Died(Day),
}

impl Resident {
    /// What the sheet says now.
    ///
    /// # Panics
    /// Never: the generator writes at least one revision.
    pub fn record(&self) -> &Record {
        &self.revisions.last().expect("a first revision").record
    }
}

impl City {
    /// The same city for the same seed and day; everything in it happened before `today`.
    pub fn generate(seed: u64, today: Day) -> Self {
        let chance = Chance::new(seed);
        let mut facilities: Vec<Facility> = roster::homes(&chance, today)
            .into_iter()
            .enumerate()
            .map(|(number, (home, entries))| {
                let chance = chance.branch(1000 + number);
                let residents = entries
                    .iter()
                    .map(|entry| {
                        let room = usize::try_from(entry.person.room).unwrap_or(0);
                        resident(entry, today, chance.branch(room))
                    })
                    .collect();
                facility(home, residents)
            })
            .collect();
        facilities.push(facility(&places::OFFICE, Vec::new()));
        Self {
            name: places::CITY,
            facilities,
            institutions: places::INSTITUTIONS,
        }
    }
}

fn facility(home: &'static Home, residents: Vec<Resident>) -> Facility {
    let mut inputs = Inputs::default();
    for (key, value) in home.facts {
        inputs.set(*key, *value);
    }
    let (facts, problems) = FacilityFacts::read(&inputs);
    debug_assert!(problems.is_empty(), "{problems:?}");
    Facility {
        key: home.key,
        facts,
        staff: staff(home),
        residents,
    }
}

/// Logins count on within a role: `sazanami-nurse1`.
fn staff(home: &Home) -> Vec<Staff> {
    home.staff
        .iter()
        .enumerate()
        .map(|(at, (role, name))| {
            let number = home.staff[..=at]
                .iter()
                .filter(|(other, _)| other == role)
                .count();
            let word = match role {
                Role::CareWorker => "care",
                Role::Nurse => "nurse",
                Role::Manager => "manager",
                Role::Physician => "doctor",
                Role::Operator => "operator",
                Role::HospitalStaff => "msw",
                Role::Sealed => "sealed",
            };
            Staff {
                login: format!("{}-{word}{number}", home.key),
                name,
                role: *role,
            }
        })
        .collect()
}

fn resident(entry: &Entry, today: Day, mut chance: Chance) -> Resident {
    let person = &entry.person;
    let verified_on = match entry.checked {
        Checked::DaysAgo(days) => Some(today.plus_days(-i64::from(days))),
        Checked::MonthsAgo(months) => Some(today.plus_months(-months).plus_days(-5)),
        Checked::Never => None,
    };
    let days = revision_days(entry, verified_on, today, &mut chance);
    let last = *days.last().unwrap_or(&today);
    let sheet = writing::sheet(person, last, chance.branch(0));
    let versions = history::versions(sheet, &days, person, &mut chance);
    let authors = editors(person.home);
    let revisions: Vec<Revision> = versions
        .into_iter()
        .map(|version| revision(version, person, &authors, &mut chance))
        .collect();
    let verifications = verified_on
        .map(|day| {
            let at = day
                .starts_at()
                .plus_minutes(i64::from(chance.between(16 * 60, 17 * 60 + 30)));
            let revision = revisions.iter().filter(|revision| revision.at < at).count();
            Verification {
                at,
                revision,
                by: *chance.pick(&authors),
            }
        })
        .into_iter()
        .collect();
    let since = Day::of(revisions[0].at);
    let record = &revisions[revisions.len() - 1].record;
    let said = said::said(entry.story, person, record, since, today, chance.branch(1));
    let ended = today.plus_days(-1);
    Resident {
        revisions,
        verifications,
        said,
        stay: match entry.ending {
            Ending::None => Stay::LivingIn,
            Ending::Left => Stay::Left(ended),
            Ending::Died => Stay::Died(ended),
        },
        paper: entry.paper,
    }
}

fn revision(version: Version, person: &Person, authors: &[usize], chance: &mut Chance) -> Revision {
    let reason = if person.fullness == Fullness::Bare {
        "利用者名簿の取り込み".to_owned()
    } else {
        version.reason
    };
    Revision {
        at: version
            .on
            .starts_at()
            .plus_minutes(i64::from(chance.between(9 * 60, 15 * 60 + 30))),
        author: *chance.pick(authors),
        reason,
        record: version.draft.record(),
    }
}

/// Indices of those who may keep a sheet.
fn editors(home: &Home) -> Vec<usize> {
    home.staff
        .iter()
        .enumerate()
        .filter(|(_, (role, _))| allowed(*role, ActionKind::EditSheet))
        .map(|(at, _)| at)
        .collect()
}

/// The days of the revisions, ascending, all since moving in and before `today`. Most sheets were last changed when they
/// were last gone through; some have changed since in one point.
fn revision_days(
    entry: &Entry,
    verified_on: Option<Day>,
    today: Day,
    chance: &mut Chance,
) -> Vec<Day> {
    let moved_in = entry.person.moved_in;
    let recent = today.plus_days(-i64::from(chance.between(3, 30)));
    let since = entry.paper == Paper::Outdated || (entry.revisions > 1 && chance.happens(30));
    let mut day = match verified_on {
        None => recent,
        Some(day) if since => recent.max(day),
        Some(day) => day.plus_days(-i64::from(chance.between(0, 8))),
    };
    day = day.min(today.plus_days(-2)).max(moved_in);
    let mut days = vec![day];
    for _ in 1..entry.revisions {
        let limit = verified_on
            .filter(|verified| *verified < day)
            .unwrap_or(day);
        day = limit.plus_days(-i64::from(chance.between(25, 200)));
        if day < moved_in {
            break;
        }
        days.insert(0, day);
    }
    days
}

#[cfg(test)]
mod tests;
