//! What of a register left the system, as its page lists it.

use serde::Serialize;

/// One export or download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disclosure {
    /// When, in words.
    pub at: String,
    /// Who.
    pub by: String,
    /// What was done, in words.
    pub what: String,
    /// How many rows, of an export.
    pub rows: Option<u64>,
    /// Which file, by its hash; empty for an export.
    pub file_hash: String,
    /// Labels of the columns that were masked.
    pub masked: Vec<String>,
    /// By which way, in words.
    pub surface: String,
}

/// A page of them, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisclosurePage {
    /// What the register is called.
    pub register: String,
    /// These.
    pub disclosures: Vec<Disclosure>,
    /// How many there are in all.
    pub total: u64,
    /// From where the next page goes on.
    pub next: Option<String>,
}
