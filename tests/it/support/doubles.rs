//! Time and chance for tests.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use hikitsugi::domain::clock::{Clock, Entropy, Moment};

/// Stands at 2026-11-23T03:00:00Z, noon in Japan, until it is moved.
pub struct FixedClock(AtomicI64);

impl Default for FixedClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_795_402_800_000))
    }
}

impl FixedClock {
    pub fn set(&self, now: Moment) {
        self.0.store(now.0, Ordering::Relaxed);
    }

    pub fn advance_minutes(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60_000, Ordering::Relaxed);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::Relaxed))
    }
}

/// SplitMix64 from a seed: the same bytes in every run, and never the same twice in one.
pub struct SeededEntropy(AtomicU64);

impl Default for SeededEntropy {
    fn default() -> Self {
        Self::new(119)
    }
}

impl SeededEntropy {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}
