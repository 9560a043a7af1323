//! Trying again: how often, how long between, and what is worth it.
//!
//! Why in one place: what gets in the way of a transaction and passes by itself (another writer,
//! a deadlock, two transactions that can't both be first) is nobody's business but the store's.

use sqlx::Error;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How often something is tried again before somebody is told.
const TRIES: u32 = 6;
/// How long the first wait is at most; each further one may be twice as long.
const FIRST: Duration = Duration::from_millis(20);

/// Waits between tries, longer each time, and never in step with somebody else's.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    tried: u32,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Waits; false where it was tried often enough.
    pub(crate) async fn wait(&mut self) -> bool {
        self.tried += 1;
        if self.tried > TRIES {
            return false;
        }
        let most = FIRST.saturating_mul(1 << self.tried.min(10));
        // Each hasher of the standard library has keys of its own: that is chance enough.
        let share = RandomState::new().hash_one(self.tried) % 1_000;
        let part = u32::try_from(share).unwrap_or(500);
        tokio::time::sleep(most.saturating_mul(part) / 1_000).await;
        true
    }
}

/// Whether an error passes by itself.
pub(crate) fn is_passing(error: &Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    match code.as_deref() {
        // Serialization failure, deadlock, lock not available.
        Some("40001" | "40P01" | "55P03") => true,
        // SQLite's primary result code, in fewer digits: busy, locked.
        Some(code) if code.len() < 5 => code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn patience_ends_and_grows() {
        let mut patience = Patience::new();
        let start = tokio::time::Instant::now();
        let mut waits = 0;
        while patience.wait().await {
            waits += 1;
        }
        assert_eq!(waits, TRIES);
        assert!(start.elapsed() < FIRST * (1 << (TRIES + 1)));
        assert!(!patience.wait().await);
    }

    #[test]
    fn errors_of_one_s_own_do_not_pass() {
        assert!(!is_passing(&Error::RowNotFound));
        assert!(!is_passing(&Error::PoolTimedOut));
    }
}
