//! Work that ends with whoever asked for it.
//!
//! Why a flag and not a dropped future: reading a file keeps a thread busy and waits for
//! nothing, so nothing of it can be dropped; it has to look up now and then. What it can't
//! know: how far the work is; what had been written by then is the writer's to say.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether somebody still waits. Clones share the flag.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

/// Cancels when it is dropped.
#[derive(Debug)]
#[must_use = "dropped at once, it cancels at once"]
pub struct CancelGuard(Cancel);

impl Cancel {
    /// Nobody waits any more.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether nobody does.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The flag itself, for readers that know nothing of us.
    pub fn flag(&self) -> &AtomicBool {
        &self.0
    }

    /// Cancels when the guard goes: with the request's future, however that ends.
    pub fn guard(&self) -> CancelGuard {
        CancelGuard(self.clone())
    }
}

impl Drop for CancelGuard {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clone_learns_of_the_guard_s_end() {
        let cancel = Cancel::default();
        let elsewhere = cancel.clone();
        let guard = cancel.guard();
        assert!(!elsewhere.is_cancelled());
        drop(guard);
        assert!(elsewhere.is_cancelled() && elsewhere.flag().load(Ordering::Relaxed));
        assert!(!Cancel::default().is_cancelled());
    }
}
