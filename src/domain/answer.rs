//! What can be answered, and how an answer is read, kept and shown.
//!
//! A closed set of answer kinds owns reading, validating and showing; the edit page, the read page, the paper,
//! the crew's page, JSON and CSV only walk them. Outside text becomes a fact at one border: JSON, a posted form and
//! an imported row all become [`Inputs`], and [`Answer::read`] turns those into facts and [`Problems`].
//!
//! Unknown is not none (safety.md S18). Every kind keeps apart: not asked (未確認), unknown (不明) and a value; kinds
//! that list things also keep none (なし, with the day of confirmation).

mod blocks;
mod checks;
mod inputs;
mod known;
mod measured;
mod rows;
mod scalar;

pub(crate) use blocks::blocks;
pub use checks::Checks;
pub use inputs::{Inputs, Problems, Reader};
pub use known::{Known, says_unknown};
pub use measured::{Measured, UNMEASURABLE};
pub use rows::{ROWS_MAX, Rows};
pub(crate) use rows::{group_inputs, group_json, read_group};
pub use scalar::{Coded, Digits, Lines, Number, PhotoId, Scalar, Text, Unit, YesNo};

use super::date::Day;

/// The kind of an answer: what a walker must know to offer an input or a column for it.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One line of at most `max` characters.
    Text {
        max: usize,
    },
    /// Several lines of at most `max` characters together.
    Lines {
        max: usize,
    },
    Name,
    Kana,
    Day,
    /// A year, a month or a day.
    PartialDay,
    Phone,
    Postcode,
    /// Exactly `len` digits.
    Digits {
        len: usize,
    },
    /// A number in `unit`, between `min` and `max` tenths of it.
    Number {
        unit: &'static str,
        min: i32,
        max: i32,
    },
    BloodPressure,
    Choice(&'static [Choice]),
    Checks(&'static [Choice]),
    Rows(&'static [Field]),
    /// The id of a stored photograph.
    Photo,
}

/// One thing that can be chosen: its code in JSON and in the store, and its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    pub code: &'static str,
    pub label: &'static str,
}

/// One named answer of a group.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Identifier in JSON, forms and inputs; from domain/emergency.md §1.3 and domain/forms.md §2.
    pub key: &'static str,
    pub label: &'static str,
    pub kind: Kind,
}

/// What stands where an answer is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    NotAsked,
    Unknown,
    /// None, and since when that is known.
    None(Option<Day>),
    Text(String),
    /// The answered cells of each row, in the order of the row's fields.
    Rows(Vec<Vec<(Field, Shown)>>),
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

/// What a blank prints (safety.md S18).
pub const NOT_ASKED: &str = "未確認";
/// What prints where somebody asked and nobody knows.
pub const UNKNOWN: &str = "不明";

impl Shown {
    /// The answer in words, on one line; never empty.
    pub fn line(&self) -> String {
        match self {
            Self::NotAsked => NOT_ASKED.to_owned(),
            Self::Unknown => UNKNOWN.to_owned(),
            Self::None(None) => "なし(確認日 未記入)".to_owned(),
            Self::None(Some(day)) => format!("なし({} 確認)", day.iso()),
            Self::Text(text) => text.clone(),
            Self::Rows(rows) => rows
                .iter()
                .map(|row| row_line(row))
                .collect::<Vec<_>>()
                .join(" / "),
        }
    }

    pub fn is_not_asked(&self) -> bool {
        matches!(self, Self::NotAsked)
    }

    /// Whether somebody looked into it: anything but not asked and unknown.
    pub fn is_settled(&self) -> bool {
        !matches!(self, Self::NotAsked | Self::Unknown)
    }
}

/// One row in words: its answered cells, the first without its label.
pub fn row_line(row: &[(Field, Shown)]) -> String {
    row.iter()
        .filter(|(_, shown)| !shown.is_not_asked())
        .enumerate()
        .map(|(at, (field, shown))| match (at, field.kind) {
            (0, _) => shown.line(),
            (_, Kind::Text { .. } | Kind::Lines { .. } | Kind::Name) => shown.line(),
            _ => format!("{}:{}", field.label, shown.line()),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// An answer of any kind.
pub trait Answer: std::fmt::Debug + Send + Sync {
    /// Takes the answer from what was typed under `key`; what cannot be read is a problem at its own key.
    fn read(&mut self, reader: &mut Reader<'_>, key: &str);

    /// Writes what an input would hold for this answer; reading it again gives the same answer.
    fn write(&self, inputs: &mut Inputs, key: &str);

    /// The answer in JSON: `null` is not asked, `"unknown"` is unknown.
    fn json(&self) -> serde_json::Value;

    fn shown(&self) -> Shown;
}

/// An answer whose kind is known without a value at hand.
pub trait Kinded: Answer + Default {
    const KIND: Kind;
}

/// Named answers that belong together: a block of the record, or one row of a list.
pub trait Group: std::fmt::Debug + Send + Sync {
    fn fields(&self) -> &'static [Field];
    fn answer(&self, index: usize) -> &dyn Answer;
    fn answer_mut(&mut self, index: usize) -> &mut dyn Answer;

    fn walk(&self) -> impl Iterator<Item = (&'static Field, &dyn Answer)>
    where
        Self: Sized,
    {
        self.fields()
            .iter()
            .enumerate()
            .map(|(index, field)| (field, self.answer(index)))
    }
}

/// A group whose fields are known without a value at hand.
pub trait Grouped: Group + Default + Clone + PartialEq {
    const FIELDS: &'static [Field];
}

/// Declares a group: each line is a field, its kind and its label, and nothing else has to be written for it.
macro_rules! answers {
    ($(#[$doc:meta])* pub struct $name:ident { $( $(#[$field_doc:meta])* $field:ident: $kind:ty = $label:literal, )* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name { $( $(#[$field_doc])* pub $field: $kind, )* }

        impl $crate::domain::answer::Grouped for $name {
            const FIELDS: &'static [$crate::domain::answer::Field] = &[$(
                $crate::domain::answer::Field {
                    key: stringify!($field),
                    label: $label,
                    kind: <$kind as $crate::domain::answer::Kinded>::KIND,
                },
            )*];
        }

        impl $crate::domain::answer::Group for $name {
            fn fields(&self) -> &'static [$crate::domain::answer::Field] {
                <Self as $crate::domain::answer::Grouped>::FIELDS
            }

            fn answer(&self, index: usize) -> &dyn $crate::domain::answer::Answer {
                let answers: [&dyn $crate::domain::answer::Answer; <Self as $crate::domain::answer::Grouped>::FIELDS.len()] =
                    [$( &self.$field, )*];
                answers[index]
            }

            fn answer_mut(&mut self, index: usize) -> &mut dyn $crate::domain::answer::Answer {
                let answers: [&mut dyn $crate::domain::answer::Answer; <Self as $crate::domain::answer::Grouped>::FIELDS.len()] =
                    [$( &mut self.$field, )*];
                answers
                    .into_iter()
                    .nth(index)
                    .expect("an index of FIELDS")
            }
        }
    };
}

/// Declares a closed list of codes with their words.
macro_rules! choice {
    ($(#[$doc:meta])* pub enum $name:ident { $( $(#[$variant_doc:meta])* $variant:ident = $code:literal : $label:literal, )* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $(#[$variant_doc])* $variant, )* }

        impl $crate::domain::answer::Coded for $name {
            const ALL: &'static [Self] = &[$( Self::$variant, )*];
            const CHOICES: &'static [$crate::domain::answer::Choice] = &[$(
                $crate::domain::answer::Choice { code: $code, label: $label },
            )*];

            fn choice(self) -> &'static $crate::domain::answer::Choice {
                &Self::CHOICES[self as usize]
            }
        }
    };
}

/// Declares a unit of numbers: how it is written, the least and greatest value in tenths, and whether tenths are given.
macro_rules! unit {
    ($name:ident, $label:literal, $least:literal..=$greatest:literal tenths, decimals $decimals:literal) => {
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name;

        impl $crate::domain::answer::Unit for $name {
            const NAME: &'static str = $label;
            const TENTHS: (i32, i32) = ($least, $greatest);
            const DECIMALS: bool = $decimals;
        }
    };
}

pub(crate) use {answers, choice, unit};
