//! Ids for what is new: short, and in the order in which they were made where that matters.
//!
//! Why random at their end: two that are made at once must differ. What it can't know: whether one
//! is taken; the store refuses a second one.

use std::hash::{BuildHasher, Hasher};

fn random() -> u64 {
    std::hash::RandomState::new().build_hasher().finish()
}

/// A short id that reads well aloud: no 0, 1, l, o.
pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}{}", digits(random(), 10))
}

/// An id that sorts after those made before it, so that lists keep the order of entry.
pub(crate) fn row_id(prefix: &str, micros: i64) -> String {
    let moment = u64::try_from(micros).unwrap_or(0);
    format!("{prefix}{}{}", digits(moment, 11), digits(random(), 4))
}

/// An id that sorts before those made before it, so that lists begin with what came last.
pub(crate) fn latest_first_id(prefix: &str, micros: i64) -> String {
    /// As many bits as eleven digits hold.
    const MOST: u64 = (1 << 55) - 1;
    let left = MOST.saturating_sub(u64::try_from(micros).unwrap_or(0));
    format!("{prefix}{}{}", digits(left, 11), digits(random(), 4))
}

/// The lowest `count` digits of a number in base 32, the greatest first.
fn digits(mut bits: u64, count: usize) -> String {
    const ALPHABET: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
    let mut reversed = Vec::with_capacity(count);
    for _ in 0..count {
        let index = usize::try_from(bits & 31).unwrap_or(0);
        reversed.push(ALPHABET.get(index).map_or('2', |b| char::from(*b)));
        bits >>= 5;
    }
    reversed.into_iter().rev().collect()
}
