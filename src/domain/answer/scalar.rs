//! The kinds of one value.

use std::marker::PhantomData;

use serde_json::Value;

use super::{Choice, Kind, choice};
use crate::domain::date::{Day, Era, PartialDay};
use crate::domain::kana::Kana;
use crate::domain::number::{BloodPressure, Decimal};
use crate::domain::phone::{Phone, Postcode};
use crate::domain::text::{PersonName, Problem, check_line, check_lines};

/// One value with its one way in and its one way out.
pub trait Scalar: Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    const KIND: Kind;
    /// A second input that helps to read the first (the era of a date), as a part of its key.
    const HINT: Option<&'static str> = None;
    /// What an input holds when the answer is unknown.
    const UNKNOWN_INPUT: &'static str = "不明";

    fn parse(text: &str) -> Result<Self, Problem>;

    fn parse_hinted(text: &str, _hint: &str) -> Result<Self, Problem> {
        Self::parse(text)
    }

    fn input(&self) -> String;

    fn json(&self) -> Value {
        Value::String(self.input())
    }

    fn shown(&self) -> String;
}

/// One line of at most `MAX` characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Scalar for Text<MAX> {
    const KIND: Kind = Kind::Text { max: MAX };

    fn parse(text: &str) -> Result<Self, Problem> {
        check_line(text, MAX)?;
        Ok(Self(text.to_owned()))
    }

    fn input(&self) -> String {
        self.0.clone()
    }

    fn shown(&self) -> String {
        self.0.clone()
    }
}

/// Lines of at most `MAX` characters together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines<const MAX: usize>(String);

impl<const MAX: usize> Scalar for Lines<MAX> {
    const KIND: Kind = Kind::Lines { max: MAX };

    fn parse(text: &str) -> Result<Self, Problem> {
        check_lines(text, MAX)?;
        Ok(Self(text.to_owned()))
    }

    fn input(&self) -> String {
        self.0.clone()
    }

    fn shown(&self) -> String {
        self.0.clone()
    }
}

/// Exactly `N` digits, kept as text because zeros in front count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits<const N: usize>(String);

impl<const N: usize> Scalar for Digits<N> {
    const KIND: Kind = Kind::Digits { len: N };

    fn parse(text: &str) -> Result<Self, Problem> {
        let digits: String = text
            .chars()
            .map(|c| match c {
                '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
                _ => c,
            })
            .filter(|c| !matches!(c, '-' | ' '))
            .collect();
        if digits.len() == N && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(Problem(format!("{N}桁の数字で入力してください")))
        }
    }

    fn input(&self) -> String {
        self.0.clone()
    }

    fn shown(&self) -> String {
        self.0.clone()
    }
}

/// The id of a stored photograph: the SHA-256 of its bytes, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhotoId(String);

impl PhotoId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Scalar for PhotoId {
    const KIND: Kind = Kind::Photo;

    fn parse(text: &str) -> Result<Self, Problem> {
        if text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Problem(
                "写真は「写真を選ぶ」から登録してください".to_owned(),
            ))
        }
    }

    fn input(&self) -> String {
        self.0.clone()
    }

    fn shown(&self) -> String {
        "写真あり".to_owned()
    }
}

/// A unit with the range in which a value of it can be true of a person.
pub trait Unit: Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    const NAME: &'static str;
    /// Least and greatest value, in tenths.
    const TENTHS: (i32, i32);
    /// Whether tenths may be given.
    const DECIMALS: bool;
}

/// A number in a unit, in tenths.
#[derive(Clone, Debug, PartialEq)]
pub struct Number<U>(Decimal, PhantomData<U>);

impl<U: Unit> Number<U> {
    pub fn decimal(&self) -> &Decimal {
        &self.0
    }
}

impl<U: Unit> Scalar for Number<U> {
    const KIND: Kind = Kind::Number {
        unit: U::NAME,
        min: U::TENTHS.0,
        max: U::TENTHS.1,
    };

    fn parse(text: &str) -> Result<Self, Problem> {
        let (least, greatest) = U::TENTHS;
        let text = text.strip_suffix(U::NAME).unwrap_or(text).trim_end();
        Decimal::parse_between(text, least, greatest, U::DECIMALS, U::NAME)
            .map(|decimal| Self(decimal, PhantomData))
    }

    fn input(&self) -> String {
        self.0.to_string()
    }

    fn json(&self) -> Value {
        // Tenths keep their one digit: 36.5 is written 36.5, never 36.500001.
        serde_json::from_str(&self.0.to_string()).unwrap_or(Value::Null)
    }

    fn shown(&self) -> String {
        format!("{}{}", self.0, U::NAME)
    }
}

/// A closed list of codes with their words; made by `choice!`.
pub trait Coded: Copy + std::fmt::Debug + Ord + Send + Sync + 'static {
    const ALL: &'static [Self];
    const CHOICES: &'static [Choice];

    fn choice(self) -> &'static Choice;

    /// By code, or by the words that people see.
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|item| {
            let choice = item.choice();
            choice.code == text || choice.label == text
        })
    }
}

impl<E: Coded> Scalar for E {
    const KIND: Kind = Kind::Choice(E::CHOICES);
    const UNKNOWN_INPUT: &'static str = "unknown";

    fn parse(text: &str) -> Result<Self, Problem> {
        <E as Coded>::parse(text)
            .ok_or_else(|| Problem(format!("「{text}」は選べません。一覧から選んでください")))
    }

    fn input(&self) -> String {
        self.choice().code.to_owned()
    }

    fn shown(&self) -> String {
        self.choice().label.to_owned()
    }
}

choice! {
    /// Yes or no; unknown and not asked are [`super::Known`]'s.
    pub enum YesNo {
        Yes = "yes": "はい",
        No = "no": "いいえ",
    }
}

macro_rules! plain_scalar {
    ($($type:ty => $kind:ident),* $(,)?) => {$(
        impl Scalar for $type {
            const KIND: Kind = Kind::$kind;

            fn parse(text: &str) -> Result<Self, Problem> {
                <$type>::parse(text)
            }

            fn input(&self) -> String {
                <$type>::input(self)
            }

            fn shown(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

plain_scalar! {
    PersonName => Name,
    Kana => Kana,
    Phone => Phone,
    Postcode => Postcode,
    BloodPressure => BloodPressure,
}

impl Scalar for Day {
    const KIND: Kind = Kind::Day;
    const HINT: Option<&'static str> = Some("era");

    fn parse(text: &str) -> Result<Self, Problem> {
        Day::parse(text)
    }

    fn parse_hinted(text: &str, hint: &str) -> Result<Self, Problem> {
        match hint.chars().next().and_then(Era::from_letter) {
            Some(era) => Day::parse(text).or_else(|_| Day::parse_with_era(text, era)),
            None => Day::parse(text),
        }
    }

    fn input(&self) -> String {
        Day::input(self)
    }

    fn json(&self) -> Value {
        Value::String(self.iso())
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Scalar for PartialDay {
    const KIND: Kind = Kind::PartialDay;

    fn parse(text: &str) -> Result<Self, Problem> {
        PartialDay::parse(text)
    }

    fn input(&self) -> String {
        PartialDay::input(self)
    }

    fn json(&self) -> Value {
        Value::String(self.iso())
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}
