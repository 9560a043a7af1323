//! Addresses from which wrong tokens came: each further answer to one waits longer.
//!
//! Why only the wrong ones wait: behind one address may stand a whole office, and nobody's
//! right token must suffer from a neighbour's wrong one. How many wait at once is bounded by
//! the connections of an address. What it can't know: who shares an address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// How many addresses are remembered.
const REMEMBERED: usize = 4096;
/// An address is forgotten when nothing wrong came from it for so long.
const FORGOTTEN: Duration = Duration::from_mins(10);
const FIRST: Duration = Duration::from_millis(125);
const LONGEST: Duration = Duration::from_secs(4);

/// Failures by address.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    by_address: Mutex<HashMap<IpAddr, (u32, Instant)>>,
}

/// One customer's addresses of the new kind are one.
fn key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

impl Failures {
    /// One more failure: how long its answer waits.
    pub fn failed(&self, address: IpAddr) -> Duration {
        let Ok(mut known) = self.by_address.lock() else {
            return LONGEST;
        };
        let (now, address) = (Instant::now(), key(address));
        if known.len() >= REMEMBERED && !known.contains_key(&address) {
            known.retain(|_, (_, last)| now.duration_since(*last) < FORGOTTEN);
            let oldest = known.iter().min_by_key(|(_, (_, last))| *last);
            let oldest = oldest.map(|(address, _)| *address);
            if let Some(oldest) = oldest.filter(|_| known.len() >= REMEMBERED) {
                known.remove(&oldest);
            }
        }
        let (count, last) = known.entry(address).or_insert((0, now));
        if now.duration_since(*last) >= FORGOTTEN {
            *count = 0;
        }
        *last = now;
        *count = count.saturating_add(1);
        FIRST.saturating_mul(1 << (*count - 1).min(16)).min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(n: u32) -> IpAddr {
        IpAddr::V4(n.into())
    }

    #[tokio::test(start_paused = true)]
    async fn each_failure_waits_longer_up_to_a_bound_and_is_forgotten() {
        let failures = Failures::default();
        let waits: Vec<u128> = (0..7).map(|_| failures.failed(v4(1)).as_millis()).collect();
        assert_eq!(waits, [125, 250, 500, 1_000, 2_000, 4_000, 4_000]);
        assert_eq!(failures.failed(v4(2)).as_millis(), 125, "another address");
        tokio::time::advance(FORGOTTEN.saturating_sub(Duration::from_secs(1))).await;
        assert_eq!(failures.failed(v4(1)).as_millis(), 4_000);
        tokio::time::advance(FORGOTTEN).await;
        assert_eq!(failures.failed(v4(1)).as_millis(), 125);
    }

    #[tokio::test(start_paused = true)]
    async fn the_table_is_bounded_and_forgets_the_oldest() {
        let failures = Failures::default();
        failures.failed(v4(0));
        tokio::time::advance(Duration::from_secs(1)).await;
        failures.failed(v4(1));
        for n in 2..=u32::try_from(REMEMBERED).unwrap() {
            tokio::time::advance(Duration::from_millis(1)).await;
            failures.failed(v4(n));
        }
        assert_eq!(failures.by_address.lock().unwrap().len(), REMEMBERED);
        assert_eq!(failures.failed(v4(1)).as_millis(), 250, "it is remembered");
        assert_eq!(failures.failed(v4(0)).as_millis(), 125, "it is not");
    }

    #[test]
    fn neighbours_in_one_network_are_one() {
        let a: IpAddr = "2001:db8:1:2::5".parse().unwrap();
        let b: IpAddr = "2001:db8:1:2:ffff::9".parse().unwrap();
        assert_eq!(key(a), key(b));
        assert_ne!(key(a), key("2001:db8:1:3::5".parse().unwrap()));
        assert_eq!(key("::ffff:127.0.0.1".parse().unwrap()), v4(0x7f00_0001));
    }
}
