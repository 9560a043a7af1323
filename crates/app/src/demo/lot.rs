//! What falls out by lot in the demonstration, always the same from the same seed.
//!
//! Why our own few lines: the lot must fall alike on every machine and in every version. What it can't
//! be used for: anything that must not be guessed.

/// SplitMix64: every seed is a good one.
#[derive(Debug, Clone)]
pub(super) struct Lot(u64);

impl Lot {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From zero up to, and without, so many.
    pub(super) fn below(&mut self, many: i64) -> i64 {
        let many = u64::try_from(many).unwrap_or(1).max(1);
        i64::try_from(self.next() % many).unwrap_or(0)
    }

    /// True in so many of a hundred.
    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(super) fn pick<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        let at = self.below(i64::try_from(of.len()).unwrap_or(1));
        of.get(usize::try_from(at).unwrap_or(0))
    }

    /// One of these words, or none where there are none.
    pub(super) fn word(&mut self, of: &[&str]) -> String {
        self.pick(of).map_or_else(String::new, |w| (*w).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_lot() {
        let draw = |seed| {
            let mut lot = Lot::new(seed);
            (0..8).map(|_| lot.below(100)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).iter().all(|n| (0..100).contains(n)));
    }
}
