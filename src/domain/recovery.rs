//! Codes on paper that stand in for the digits of a lost phone.

use super::clock::Entropy;
use super::link::{letters, read_letters};

/// How many a person is given at a time.
pub const CODES: usize = 10;
/// 12 letters of 5 bits: 60 random bits, each code good for one sign-in behind a right password.
const LENGTH: usize = 12;

/// One code. It is shown once and never stored: the store keeps its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
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
        format!("{}-{}-{}", &self.0[..4], &self.0[4..8], &self.0[8..])
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_typed_from_paper() {
        let code = RecoveryCode("7K0M4QZ91XAB".to_owned());
        for typed in ["7K0M-4QZ9-1XAB", " 7k0m 4qz9 lxab", "7KOM-4QZ9-IXAB"] {
            assert_eq!(RecoveryCode::parse(typed).as_ref(), Some(&code), "{typed}");
        }
        assert_eq!(RecoveryCode::parse(&code.grouped()).as_ref(), Some(&code));
        assert_eq!(RecoveryCode::parse("123456"), None, "six digits are none");
        assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
    }
}
