//! Why this process writes nothing any more.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Why nothing is written any more.
#[derive(Debug, Default)]
pub(crate) struct Distrust {
    set: AtomicBool,
    whys: Mutex<Whys>,
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Whys {
    /// What this process found, and nobody else knows yet.
    pub own: Option<String>,
    /// What stands in the database.
    pub told: Option<Verdict>,
}

/// That a database was found damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What was found, in words.
    pub why: String,
    /// When, in microseconds since 1970.
    pub at: i64,
}

impl Distrust {
    pub(crate) fn change(&self, change: impl FnOnce(&mut Whys)) {
        if let Ok(mut whys) = self.whys.lock() {
            change(&mut whys);
            let is_set = whys.own.is_some() || whys.told.is_some();
            self.set.store(is_set, Ordering::Release);
        }
    }

    /// Why nothing is written any more; none while the database is trusted.
    pub(crate) fn why(&self) -> Option<String> {
        if !self.set.load(Ordering::Acquire) {
            return None;
        }
        let whys = self.whys();
        whys.own.or(whys.told.map(|verdict| verdict.why))
    }

    pub(crate) fn whys(&self) -> Whys {
        self.whys.lock().map(|whys| whys.clone()).unwrap_or_default()
    }
}
