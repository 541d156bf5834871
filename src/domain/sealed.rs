//! The account in a sealed envelope (非常時アカウント, security.md J-11): for the night on which nobody has digits.

use super::clock::{Entropy, Moment};
use super::link::{letters, read_letters};

/// How long it works once it was opened.
pub const OPEN_HOURS: i64 = 12;
/// 20 letters of 5 bits: 100 random bits, so that nobody's guessing has to be slowed and nobody can shut it.
const LENGTH: usize = 20;

/// The code of one envelope. It is shown once and never stored: the store keeps its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedCode(String);

impl SealedCode {
    pub fn new(entropy: &dyn Entropy) -> Self {
        Self(letters(entropy, LENGTH))
    }

    /// Reads a code as it is typed from paper, in any case and grouping.
    pub fn parse(typed: &str) -> Option<Self> {
        read_letters(typed, LENGTH).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it stands on paper.
    pub fn grouped(&self) -> String {
        let groups = self.0.as_bytes().chunks(4);
        let groups = groups.map(|group| String::from_utf8_lossy(group).into_owned());
        groups.collect::<Vec<_>>().join("-")
    }
}

impl std::fmt::Debug for SealedCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedCode(…)")
    }
}

/// Whose name stands beside everything that is recorded with it.
pub fn name_of(who: &str) -> String {
    format!("非常用: {who}")
}

/// What an envelope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It opens once.
    Sealed,
    /// It was opened and works until then.
    Open { until: Moment },
    /// It was opened, and works no more.
    Spent,
    /// Another one took its place, or none.
    Closed,
}

impl State {
    pub fn of(opened_at: Option<Moment>, closed_at: Option<Moment>, now: Moment) -> Self {
        match (opened_at, closed_at) {
            (_, Some(_)) => Self::Closed,
            (None, None) => Self::Sealed,
            (Some(opened), None) => {
                let until = opened.plus_minutes(OPEN_HOURS * 60);
                match now < until {
                    true => Self::Open { until },
                    false => Self::Spent,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_typed_from_the_letter() {
        let code = SealedCode("7K0M4QZ91XAB7K0M4QZ9".to_owned());
        assert_eq!(code.grouped(), "7K0M-4QZ9-1XAB-7K0M-4QZ9");
        for typed in [&*code.grouped(), " 7kOm 4qz9 lxab 7k0m 4qz9 "] {
            assert_eq!(SealedCode::parse(typed).as_ref(), Some(&code), "{typed}");
        }
        assert_eq!(SealedCode::parse("7K0M-4QZ9-1XAB"), None);
        assert_eq!(format!("{code:?}"), "SealedCode(…)");
    }

    #[test]
    fn an_envelope_works_for_twelve_hours_and_never_after_another_took_its_place() {
        let (opened, hours) = (Moment(1_000), |hours: i64| {
            Moment(1_000).plus_minutes(hours * 60)
        });
        assert_eq!(State::of(None, None, opened), State::Sealed);
        let until = hours(12);
        for now in [opened, Moment(until.0 - 1)] {
            assert_eq!(State::of(Some(opened), None, now), State::Open { until });
        }
        assert_eq!(State::of(Some(opened), None, until), State::Spent);
        for opened_at in [None, Some(opened)] {
            assert_eq!(State::of(opened_at, Some(opened), opened), State::Closed);
        }
    }
}
