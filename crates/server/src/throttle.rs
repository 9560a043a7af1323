//! How often one address may try to be let in: beside the count of each account.
//!
//! Why: one guess at each of ten thousand accounts shuts none of them. What it can't know: how many
//! people share an address; an office signs in within minutes and stays below.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Attempts within the window.
const MOST: u32 = 60;
const WINDOW: Duration = Duration::from_mins(1);
/// Addresses that are remembered; a flood of them forgets those that are over first.
const ADDRESSES: usize = 10_000;

/// Attempts by address.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    seen: Mutex<HashMap<IpAddr, (Instant, u32)>>,
}

impl Throttle {
    /// Counts an attempt; false where there were too many.
    pub fn may(&self, address: IpAddr) -> bool {
        self.at(address, Instant::now())
    }

    fn at(&self, address: IpAddr, now: Instant) -> bool {
        let Ok(mut seen) = self.seen.lock() else {
            return false;
        };
        if seen.len() >= ADDRESSES {
            seen.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
        }
        // So many at once within a minute are no office.
        if seen.len() >= ADDRESSES && !seen.contains_key(&address) {
            return false;
        }
        let (since, count) = seen.entry(address.to_canonical()).or_insert((now, 0));
        if now.duration_since(*since) >= WINDOW {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_in_a_minute_and_others_have_theirs() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let (one, other): (IpAddr, IpAddr) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        assert!((0..MOST).all(|_| throttle.at(one, now)));
        assert!(!throttle.at(one, now) && throttle.at(other, now));
        assert!(
            !throttle.at("::ffff:10.0.0.1".parse().unwrap(), now),
            "the same in other words"
        );
        assert!(!throttle.at(one, now + WINDOW.saturating_sub(Duration::from_millis(1))));
        assert!(throttle.at(one, now + WINDOW));
    }
}
