//! How many statements a request may make, asserted of every request of these tests.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// A page, or an answer to a question.
const PAGE: u64 = 12;
/// A form or a request that changes something, with whose it is and the transaction that writes it.
const CHANGE: u64 = 17;
/// What is done with an account, or to begin: attempts are counted, sessions made, agencies founded, rarely.
const ACCOUNT: u64 = 60;
/// The X-ray, whatever the number of registers.
const XRAY: u64 = 40;

thread_local! {
    static MOST: RefCell<BTreeMap<&'static str, (u64, String)>> = const { RefCell::new(BTreeMap::new()) };
}

thread_local! {
    static BEGUN: Cell<u64> = const { Cell::new(0) };
    static UNDER_WAY: Cell<u64> = const { Cell::new(0) };
}

/// Where the counts stood when a request began: of statements, and of requests.
pub struct Counted {
    made: u64,
    begun: u64,
    alone: bool,
}

/// Begins to count.
pub fn begin() -> Counted {
    BEGUN.set(BEGUN.get() + 1);
    let before = UNDER_WAY.replace(UNDER_WAY.get() + 1);
    Counted {
        made: store::statements_made(),
        begun: BEGUN.get(),
        alone: before == 0,
    }
}

impl Counted {
    /// Asserts the bound of a request's kind. Whole files, in and out, are read and written by
    /// portions, and are not bounded by a number.
    #[track_caller]
    pub fn end(self, method: &str, path: &str) {
        UNDER_WAY.set(UNDER_WAY.get() - 1);
        // Of two at once, nobody can say who made which.
        if !self.alone || BEGUN.get() != self.begun {
            return;
        }
        let path = path.split('?').next().unwrap_or_default();
        let whole = ["/import", "/export", "/template", "/labels"];
        if whole.iter().any(|part| path.contains(part)) {
            return;
        }
        let of_accounts = ["/sign-in", "/link/", "/me", "/accounts", "/new"];
        let (kind, bound) = match method {
            _ if of_accounts.iter().any(|part| path.starts_with(part)) => ("account", ACCOUNT),
            "GET" | "HEAD" if path.ends_with("/xray") => ("xray", XRAY),
            // A download is told to the ledger before it leaves.
            "GET" | "HEAD" if leaves(path) => ("change", CHANGE),
            "GET" | "HEAD" => ("page", PAGE),
            _ => ("change", CHANGE),
        };
        let made = store::statements_made() - self.made;
        MOST.with_borrow_mut(|most| {
            let known = most.entry(kind).or_default();
            if made > known.0 {
                *known = (made, format!("{method} {path}"));
                if std::env::var_os("FAZUN_SHOW_STATEMENTS").is_some() {
                    println!("{kind} {made} {method} {path}");
                }
            }
        });
        assert!(
            made <= bound,
            "{method} {path} made {made} statements; {bound} are allowed"
        );
    }
}

/// Whether an address hands out a file: a kept one, one that a job made, or a list as a sheet.
fn leaves(path: &str) -> bool {
    let ends = ["/file", ".csv", ".ods", ".xlsx"];
    path.contains("/files/") || ends.iter().any(|end| path.ends_with(end))
}
