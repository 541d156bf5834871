//! Who is thought up before a sheet is written: a name, an age, a story, a family, and how well the home knows them.

use super::cases::Case;
use super::names::Part;
use super::places::{Home, Unit};
use crate::domain::date::Day;

#[derive(Clone, Debug)]
pub(super) struct Person {
    pub surname: Part,
    pub given: Part,
    pub man: bool,
    pub born: Day,
    pub case: &'static Case,
    pub home: &'static Home,
    pub unit: &'static Unit,
    pub room: i32,
    /// Counts residents of a home from 1, in the order of moving in.
    pub number: i32,
    pub moved_in: Day,
    pub kin: Kin,
    pub agreement: Agreement,
    pub fullness: Fullness,
    /// Said of nobody else.
    pub own: &'static [(&'static str, &'static str)],
    /// Illnesses beyond the story's.
    pub also: &'static [&'static super::illness::Illness],
    /// Whether chance may add any.
    pub only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kin {
    Many,
    Some,
    One,
    /// Nobody; a guardian appointed by the court.
    None,
}

/// To information being handed to crews and hospitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    Given,
    NotAsked,
    NotObtained,
    Refused,
}

/// How much of the sheet anybody has filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fullness {
    /// Everything a crew or a ward asks.
    Complete,
    /// What matters, and most of the rest.
    Usual,
    /// Gaps where surveys of real sheets find them.
    Thin,
    /// Brought in from a list a few days ago.
    Bare,
}

impl Person {
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.surname.0, self.given.0)
    }

    pub(super) fn kana(&self) -> String {
        format!("{} {}", self.surname.1, self.given.1)
    }

    /// Whether somebody can speak for themselves about consent and wishes.
    pub(super) fn decides(&self) -> bool {
        matches!(self.case.daily.dementia, "none" | "I" | "IIa")
            && self.case.daily.talks != "impossible"
    }
}
