//! How long to wait after a failure.
//!
//! Why the chance in it follows from the job: what failed together is not tried again together,
//! and yet the same failure waits equally long in every process and test.

/// Waits that double with each attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The first wait at most, in microseconds.
    pub first: i64,
    /// The longest wait, in microseconds.
    pub most: i64,
}

impl Default for Backoff {
    /// From ten seconds to an hour.
    fn default() -> Self {
        Self {
            first: 10_000_000,
            most: 3_600_000_000,
        }
    }
}

impl Backoff {
    /// How long to wait after an attempt, from 1: between half and all of its share.
    pub(crate) fn wait(self, agency: &str, id: &str, attempt: u32) -> i64 {
        let doublings = attempt.saturating_sub(1).min(40);
        let share = self
            .first
            .max(0)
            .saturating_mul(1 << doublings)
            .min(self.most.max(0));
        let half = share / 2;
        let chance = ledger::sha256(format!("{agency}\0{id}\0{attempt}").as_bytes());
        let chance = chance
            .iter()
            .take(4)
            .fold(0_i64, |n, byte| n << 8 | i64::from(*byte));
        // `chance` is below 2^32, and waits are far from 2^31 seconds.
        half.saturating_add((share - half) / 1_000 * (chance % 1_001))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_differ() {
        let backoff = Backoff {
            first: 1_000_000,
            most: 60_000_000,
        };
        for attempt in 1..=80 {
            let share = 1_000_000_i64
                .saturating_mul(1 << (attempt - 1).min(20))
                .min(60_000_000);
            let wait = backoff.wait("a", "j", attempt);
            assert!(
                (share / 2..=share).contains(&wait),
                "{attempt}: {wait} of {share}"
            );
            assert_eq!(wait, backoff.wait("a", "j", attempt));
        }
        let waits: std::collections::BTreeSet<i64> =
            (0..100).map(|n| backoff.wait("a", &format!("j{n}"), 1)).collect();
        assert!(waits.len() > 80, "{}", waits.len());
        assert_ne!(backoff.wait("a", "j", 7), backoff.wait("b", "j", 7));
        assert_eq!(Backoff { first: -5, most: 9 }.wait("a", "j", 1), 0);
        let endless = Backoff {
            first: i64::MAX,
            most: i64::MAX,
        };
        assert!(endless.wait("a", "j", u32::MAX) > 0);
    }
}
