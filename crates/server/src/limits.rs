//! How much of everything there is: time, connections, and bytes of bodies held at once.
//!
//! Why one struct: an operator sees what bounds the server in one place, and a test makes a
//! small one. What it can't know: what a handler does with a body after it has it; the lease
//! covers the bytes as they were read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The largest body of a record.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;
/// The largest form without files.
pub(crate) const FORM_LIMIT: usize = 64 * 1024;

/// The bounds of one server.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long the head of a request may take, and how long a kept connection may rest.
    pub header: Duration,
    /// How long the two sides may take to agree on how to encrypt.
    pub handshake: Duration,
    /// How long nothing of a body may come.
    pub body_rest: Duration,
    /// The fewest bytes a second of a body, on the whole, after the first rest.
    pub body_rate: u64,
    /// How long the answer to a request may take, once its body is there.
    pub patience: Duration,
    /// How long a connection may move nothing in either direction.
    pub stalled: Duration,
    /// How long requests under way may still take when the server is told to stop.
    pub stop: Duration,
    /// The most connections at once.
    pub connections: usize,
    /// The most connections at once from one address.
    pub per_address: usize,
    /// The most bytes of bodies held at once, over all requests.
    pub bodies: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(15),
            handshake: Duration::from_secs(10),
            body_rest: Duration::from_secs(10),
            body_rate: 8 * 1024,
            patience: Duration::from_secs(30),
            stalled: Duration::from_mins(1),
            stop: Duration::from_secs(10),
            connections: 1024,
            per_address: 256,
            bodies: 256 * 1024 * 1024,
        }
    }
}

/// The bytes of bodies that may be held at once.
#[derive(Debug)]
pub(crate) struct Budget {
    most: u64,
    held: AtomicU64,
}

/// There is no room for more now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoRoom;

impl Budget {
    /// Of so many bytes.
    pub fn new(most: u64) -> Self {
        Self {
            most,
            held: AtomicU64::new(0),
        }
    }

    /// How many are held.
    pub fn held(&self) -> u64 {
        self.held.load(Ordering::Relaxed)
    }

    fn take(&self, bytes: u64) -> Result<(), NoRoom> {
        let more = |held: u64| held.checked_add(bytes).filter(|sum| *sum <= self.most);
        self.held
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .map(|_| ())
            .map_err(|_| NoRoom)
    }
}

/// What one request holds of the budget; given back when the last clone goes.
#[derive(Debug)]
pub(crate) struct Lease {
    budget: Arc<Budget>,
    mine: AtomicU64,
}

impl Lease {
    /// Of nothing yet.
    pub fn new(budget: Arc<Budget>) -> Self {
        Self {
            budget,
            mine: AtomicU64::new(0),
        }
    }

    /// Takes room for more bytes, or says that there is none.
    pub fn take(&self, bytes: usize) -> Result<(), NoRoom> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.budget.take(bytes)?;
        self.mine.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Gives back what was read and not kept.
    pub fn give_back(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let mine = self
            .mine
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |mine| {
                mine.checked_sub(bytes)
            });
        if mine.is_ok() {
            self.budget.held.fetch_sub(bytes, Ordering::Relaxed);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.budget
            .held
            .fetch_sub(*self.mine.get_mut(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_never_exceeds_the_budget_and_all_comes_back() {
        let budget = Arc::new(Budget::new(10));
        let (a, b) = (Lease::new(Arc::clone(&budget)), Lease::new(Arc::clone(&budget)));
        assert_eq!(a.take(6), Ok(()));
        assert_eq!(b.take(5), Err(NoRoom));
        assert_eq!(b.take(4), Ok(()));
        assert_eq!(a.take(1), Err(NoRoom));
        b.give_back(5);
        assert_eq!(budget.held(), 10, "nobody gives back more than is his");
        b.give_back(4);
        assert_eq!(budget.held(), 6);
        assert_eq!(b.take(usize::MAX), Err(NoRoom));
        drop(a);
        assert_eq!(budget.held(), 0);
    }
}
