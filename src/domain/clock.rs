//! Time and chance, handed in from outside so that every rule can be tested at any instant.

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(pub i64);

impl Moment {
    /// The instant `minutes` later (earlier when negative).
    pub fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(60_000)))
    }

    /// The instant `days` times 24 hours later (earlier when negative).
    pub fn plus_days(self, days: i64) -> Self {
        self.plus_minutes(days.saturating_mul(24 * 60))
    }
}

/// Tells the time. The program's one real clock is made in `main`; tests hand in a fixed one.
pub trait Clock: Send + Sync {
    fn now(&self) -> Moment;
}

/// Gives unpredictable bytes for ids, tokens and salts.
pub trait Entropy: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}
