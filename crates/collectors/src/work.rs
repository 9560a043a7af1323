//! How much a reader may do for one file, and who tells it to stop.
//!
//! What: budgets for bytes unpacked, steps through a file's structure, cells, and bytes of text
//! handed on, all in one place; the count of what was done; and a sign that nobody waits any
//! more. Why beside the limits of each format: a limit on each thing bounds no product of two. A
//! text of 40,000 characters that half a million cells share stands in a file of a few kilobytes.
//! Why by the size of the file: who sends little may ask for little; honest files, however well
//! they pack, stay far below. What it can't know: how long a step takes on this machine.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const MB: u64 = 1024 * 1024;

/// How much of something a file may ask for: a base, more by its own size, and never above the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// What the smallest file may ask for.
    pub base: u64,
    /// What each byte of the file adds.
    pub per_byte: u64,
    /// What the largest may ask for.
    pub most: u64,
}

impl Amount {
    /// What a file of that many bytes may ask for.
    pub const fn of(self, bytes: u64) -> u64 {
        let grown = self.base.saturating_add(self.per_byte.saturating_mul(bytes));
        if grown < self.most { grown } else { self.most }
    }
}

/// What reading one file may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Bytes that the parts of an archive unpack to, each time that one is read.
    pub unpacked: Amount,
    /// Elements, texts, values, lines: whatever a reader looks at one by one.
    pub steps: Amount,
    /// Cells with something in them, repetitions included.
    pub cells: Amount,
    /// Bytes of text that are handed on, repetitions included.
    pub text: Amount,
}

/// Spreadsheets. The largest inventory has 200,000 rows of 40 filled columns. Rows that are all
/// alike, written out and packed, come to one cell, 5 steps and 14 bytes of text for each byte of
/// the file, and a long remark that all share to 28; packing can't gain more than 1,032 to one.
pub const SHEET: Budget = Budget {
    unpacked: Amount {
        base: 32 * MB,
        per_byte: 1_200,
        most: 1_536 * MB,
    },
    steps: Amount {
        base: 4_000_000,
        per_byte: 32,
        most: 128_000_000,
    },
    cells: Amount {
        base: 100_000,
        per_byte: 16,
        most: 8_000_000,
    },
    text: Amount {
        base: 8 * MB,
        per_byte: 128,
        most: 256 * MB,
    },
};

/// Documents of text, which hold at most a few hundred pages.
pub const TEXT: Budget = Budget {
    unpacked: Amount {
        base: 16 * MB,
        per_byte: 1_200,
        most: 192 * MB,
    },
    steps: Amount {
        base: 1_000_000,
        per_byte: 64,
        most: 16_000_000,
    },
    cells: Amount {
        base: 200_000,
        per_byte: 16,
        most: 1_000_000,
    },
    text: Amount {
        base: 4 * MB,
        per_byte: 64,
        most: 32 * MB,
    },
};

/// Standards: written out, not packed; what aliases repeat is what exceeds the file. Their values
/// have a limit of their own, a million, which is met first.
pub const STANDARD: Budget = Budget {
    unpacked: Amount {
        base: 0,
        per_byte: 1,
        most: 16 * MB,
    },
    steps: Amount {
        base: 1_100_000,
        per_byte: 4,
        most: 8_000_000,
    },
    cells: Amount {
        base: 0,
        per_byte: 0,
        most: 0,
    },
    text: Amount {
        base: 4 * MB,
        per_byte: 4,
        most: 64 * MB,
    },
};

/// A sign, shared by who waits and who reads. The default one is never given.
#[derive(Debug, Clone, Default)]
pub struct Stop(Option<Arc<AtomicBool>>);

impl Stop {
    /// A sign that can be given.
    pub fn new() -> Self {
        Self(Some(Arc::default()))
    }

    /// Gives the sign; a sign that can't be given stays as it is.
    pub fn give(&self) {
        if let Some(sign) = &self.0 {
            sign.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it was given.
    pub fn given(&self) -> bool {
        self.0.as_ref().is_some_and(|sign| sign.load(Ordering::Relaxed))
    }

    /// What gives the sign when it is dropped: held by a request, it does so when that is gone.
    pub fn when_dropped(&self) -> StopOnDrop {
        StopOnDrop(self.clone())
    }
}

/// Gives its sign when it is dropped.
#[derive(Debug)]
#[must_use = "dropped at once, it stops the work at once"]
pub struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.give();
    }
}

/// Why a reader went no further, whatever the file still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// The sign was given.
    Stopped,
    /// More bytes unpacked than this.
    Unpacked(u64),
    /// More steps than this.
    Steps(u64),
    /// More cells than this.
    Cells(u64),
    /// More bytes of text than this.
    Text(u64),
}

impl Halt {
    /// Which limit was met, in the officer's words.
    pub fn words(self) -> String {
        match self {
            Self::Stopped => "讀取已取消".to_owned(),
            Self::Unpacked(limit) => format!("內容總量超過 {} MB", limit / MB),
            Self::Steps(limit) => format!("內容的項目超過 {limit} 個"),
            Self::Cells(limit) => format!("儲存格連同重複的超過 {limit} 個"),
            Self::Text(limit) => format!("文字連同重複的超過 {} MB", limit / MB),
        }
    }
}

/// What was done for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Bytes unpacked.
    pub unpacked: u64,
    /// Steps.
    pub steps: u64,
    /// Cells.
    pub cells: u64,
    /// Bytes of text.
    pub text: u64,
}

/// The count for one file against its budget. What would exceed it is refused before it is done.
#[derive(Debug)]
pub struct Work {
    most: Spent,
    stop: Stop,
    unpacked: Cell<u64>,
    steps: Cell<u64>,
    cells: Cell<u64>,
    text: Cell<u64>,
}

impl Work {
    /// The count for a file of that many bytes.
    pub fn new(budget: &Budget, bytes: usize, stop: Stop) -> Self {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        Self {
            most: Spent {
                unpacked: budget.unpacked.of(bytes),
                steps: budget.steps.of(bytes),
                cells: budget.cells.of(bytes),
                text: budget.text.of(bytes),
            },
            stop,
            unpacked: Cell::default(),
            steps: Cell::default(),
            cells: Cell::default(),
            text: Cell::default(),
        }
    }

    /// What this file may cost.
    pub fn most(&self) -> Spent {
        self.most
    }

    /// What it cost so far; never more than [`Self::most`].
    pub fn spent(&self) -> Spent {
        Spent {
            unpacked: self.unpacked.get(),
            steps: self.steps.get(),
            cells: self.cells.get(),
            text: self.text.get(),
        }
    }

    /// Whether the sign was given. Who goes on without an error to return ends early and asks again.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.given()
    }

    /// Refuses to go on once the sign was given.
    pub(crate) fn go_on(&self) -> Result<(), Halt> {
        if self.stopped() {
            Err(Halt::Stopped)
        } else {
            Ok(())
        }
    }

    /// One more step; here the sign is looked at.
    pub(crate) fn step(&self) -> Result<(), Halt> {
        self.steps(1)
    }

    /// That many more steps; here the sign is looked at.
    pub(crate) fn steps(&self, more: usize) -> Result<(), Halt> {
        self.go_on()?;
        add(&self.steps, more, self.most.steps).map_err(Halt::Steps)
    }

    pub(crate) fn unpack(&self, more: usize) -> Result<(), Halt> {
        self.go_on()?;
        add(&self.unpacked, more, self.most.unpacked).map_err(Halt::Unpacked)
    }

    /// The same cells, `times` over.
    pub(crate) fn cells(&self, more: usize, times: usize) -> Result<(), Halt> {
        add(&self.cells, more.saturating_mul(times), self.most.cells).map_err(Halt::Cells)
    }

    /// The same bytes of text, `times` over.
    pub(crate) fn text(&self, more: usize, times: usize) -> Result<(), Halt> {
        add(&self.text, more.saturating_mul(times), self.most.text).map_err(Halt::Text)
    }
}

/// Adds where the sum stays within the limit; else gives the limit.
fn add(count: &Cell<u64>, more: usize, limit: u64) -> Result<(), u64> {
    let sum = count
        .get()
        .saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
    if sum > limit {
        return Err(limit);
    }
    count.set(sum);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exceeds_the_budget_is_not_counted() {
        let budget = Budget {
            text: Amount {
                base: 5,
                per_byte: 1,
                most: 7,
            },
            ..SHEET
        };
        let work = Work::new(&budget, 1, Stop::default());
        assert_eq!(work.most().text, 6);
        assert_eq!(work.text(3, 2), Ok(()));
        assert_eq!(work.text(1, 1), Err(Halt::Text(6)));
        assert_eq!(work.text(usize::MAX, usize::MAX), Err(Halt::Text(6)));
        assert_eq!(work.spent().text, 6);
        assert_eq!(Work::new(&budget, 9, Stop::default()).most().text, 7);
    }

    #[test]
    fn a_sign_reaches_the_work() {
        let stop = Stop::new();
        let work = Work::new(&SHEET, 1, stop.clone());
        let held = stop.when_dropped();
        assert_eq!(work.step(), Ok(()));
        drop(held);
        assert_eq!(work.step(), Err(Halt::Stopped));
        assert_eq!(work.unpack(1), Err(Halt::Stopped));
        let never = Stop::default();
        never.give();
        assert!(!never.given());
    }
}
