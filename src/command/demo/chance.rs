//! Chance from a seed: the same seed gives the same city on every machine and in every year.

/// SplitMix64 (Steele, Lea and Flood 2014). Good enough to shuffle names, and no secret is ever made with it.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own, so that one more choice about one resident leaves every other resident as they were.
    pub(super) fn branch(&self, number: usize) -> Self {
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        let mut branch = Self(self.0 ^ number.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        branch.next();
        branch
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `greatest`, both included.
    pub(super) fn between(&mut self, least: i32, greatest: i32) -> i32 {
        let span = u64::from(greatest.abs_diff(least)) + 1;
        let step = i64::try_from(self.next() % span).unwrap_or(0);
        i32::try_from(i64::from(least) + step).unwrap_or(least)
    }

    /// Whether something happens that happens to `percent` of a hundred.
    pub(super) fn happens(&mut self, percent: i32) -> bool {
        self.between(1, 100) <= percent
    }

    /// # Panics
    /// On an empty list; every list here is written into the program.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let last = i32::try_from(list.len()).unwrap_or(i32::MAX) - 1;
        let at = usize::try_from(self.between(0, last)).unwrap_or(0);
        &list[at]
    }

    pub(super) fn shuffled<T: Clone>(&mut self, list: &[T]) -> Vec<T> {
        let mut list = list.to_vec();
        for at in (1..list.len()).rev() {
            let last = i32::try_from(at).unwrap_or(i32::MAX);
            let other = usize::try_from(self.between(0, last)).unwrap_or(0);
            list.swap(at, other);
        }
        list
    }
}
