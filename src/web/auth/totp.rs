//! The six digits that a person's phone shows anew every half minute (RFC 6238).

use totp_rs::{Builder, Secret, Totp};

use crate::domain::clock::{Entropy, Moment};

/// Bytes of the key, as RFC 4226 recommends for SHA-1.
pub const SECRET_LEN: usize = 20;
/// The name under which an authenticator app keeps the key.
const ISSUER: &str = "hikitsugi";

/// A key that is to be shown to its person.
pub fn fresh(entropy: &dyn Entropy) -> [u8; SECRET_LEN] {
    let mut secret = [0; SECRET_LEN];
    entropy.fill(&mut secret);
    secret
}

/// A key as programs take it.
pub fn base32(secret: &[u8]) -> String {
    Secret::from(secret).to_base32()
}

/// One person's digits.
pub struct Digits(Totp);

impl Digits {
    /// `None` for bytes that are no key.
    pub fn of(secret: &[u8], login: &str) -> Option<Self> {
        let totp = Builder::new()
            .with_secret(secret)
            // A colon would part the name in two.
            .with_account_name(login.replace(':', "_"))
            .with_issuer(Some(ISSUER))
            .build();
        totp.ok().map(Self)
    }

    /// The half minute to which the typed digits belong: this one, the one before or the one after.
    pub fn step(&self, typed: &str, now: Moment) -> Option<i64> {
        let digits: String = typed
            .chars()
            .filter(|c| !matches!(c, ' ' | '\u{3000}' | '-'))
            .map(|c| match c {
                '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
                c => c,
            })
            .collect();
        let step = self.0.check(&digits, seconds(now))?;
        i64::try_from(step).ok()
    }

    /// What the phone shows now.
    pub fn now(&self, now: Moment) -> String {
        self.0.generate(seconds(now)).to_string()
    }

    /// The key for typing, in groups of four letters.
    pub fn key(&self) -> String {
        let key = base32(self.0.secret().as_bytes());
        let groups = key.as_bytes().chunks(4);
        let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
        groups.join(" ")
    }

    /// What the QR code for an authenticator app holds.
    pub fn address(&self) -> String {
        self.0.to_url().unwrap_or_default()
    }
}

fn seconds(now: Moment) -> u64 {
    u64::try_from(now.0 / 1000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of RFC 6238, appendix B, cut to six digits.
    #[test]
    fn the_digits_are_those_of_the_standard() {
        let digits = Digits::of(b"12345678901234567890", "nurse").unwrap();
        for (second, shown) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Moment(second * 1000);
            assert_eq!(digits.now(now), shown, "{second}");
            assert_eq!(digits.step(shown, now), Some(second / 30), "{second}");
        }
    }

    #[test]
    fn a_clock_that_is_half_a_minute_off_is_forgiven_and_a_minute_is_not() {
        let digits = Digits::of(b"12345678901234567890", "nurse").unwrap();
        let shown = digits.now(Moment(1_234_567_890_000));
        let at = |seconds: i64| digits.step(&shown, Moment((1_234_567_890 + seconds) * 1000));
        for off in [-30, -1, 0, 29, 30] {
            assert_eq!(at(off), Some(1_234_567_890 / 30), "{off}");
        }
        for off in [-61, 60, 3600] {
            assert_eq!(at(off), None, "{off}");
        }
    }

    #[test]
    fn digits_are_read_as_they_are_typed() {
        let digits = Digits::of(b"12345678901234567890", "nurse").unwrap();
        let now = Moment(59_000);
        for typed in ["287082", "287 082", " ２８７０８２ "] {
            assert!(digits.step(typed, now).is_some(), "{typed}");
        }
        for typed in ["", "28708", "2870820", "28708x", "287083"] {
            assert!(digits.step(typed, now).is_none(), "{typed}");
        }
        assert!(
            digits
                .address()
                .starts_with("otpauth://totp/hikitsugi:nurse?")
        );
        assert_eq!(digits.key(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(Digits::of(b"short", "nurse").is_none());
    }
}
