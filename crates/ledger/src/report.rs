//! What a verification found: in words for people, by kind for programs.
//!
//! Why counts beside the list: a hostile ledger has as many problems as entries, and a report
//! that grew with them would be a way to fill the memory. What it can't know: whose doing a
//! problem is.

use crate::head::Head;

/// How many problems a report lists of each sort (damages, notices); all are counted.
pub const LISTED: usize = 1_000;

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemKind {
    /// `prev` is not the hash of the entry before.
    BrokenLink,
    /// The hash stored beside the entry is not its hash.
    WrongHash,
    /// Entries are missing, doubled or out of order.
    Gap,
    /// An entry, or a kept line, of another chain.
    WrongChain,
    /// The body is not the one that was recorded.
    BodyMismatch,
    /// The body is gone.
    MissingBody,
    /// The chain ends before the kept line.
    Truncated,
    /// The entry at the kept line is another one than was there.
    Rewritten,
    /// The entry at the kept line was not among those that were read.
    NotCompared,
    /// The chain is stated to end elsewhere than its entries do.
    WrongHead,
    /// A file that a body names is not there.
    MissingFile,
    /// A file's bytes are not those of its hash.
    AlteredFile,
    /// A file that no body names.
    UnnamedFile,
    /// A proof does not show that the chain was part of its checkpoint.
    Unproven,
    /// A signature is not one of its checkpoint.
    BadSignature,
    /// A package's bytes are not those that were written.
    Checksum,
    /// The clock ran backwards: a notice, as clocks do get corrected.
    TimeBackwards,
    /// A time that has not come yet: a notice, as it may be the reader's clock.
    FutureTime,
}

impl ProblemKind {
    /// Every kind.
    pub const ALL: [Self; 18] = [
        Self::BrokenLink,
        Self::WrongHash,
        Self::Gap,
        Self::WrongChain,
        Self::BodyMismatch,
        Self::MissingBody,
        Self::Truncated,
        Self::Rewritten,
        Self::NotCompared,
        Self::WrongHead,
        Self::MissingFile,
        Self::AlteredFile,
        Self::UnnamedFile,
        Self::Unproven,
        Self::BadSignature,
        Self::Checksum,
        Self::TimeBackwards,
        Self::FutureTime,
    ];

    /// The kind as a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BrokenLink => "broken_link",
            Self::WrongHash => "wrong_hash",
            Self::Gap => "gap",
            Self::WrongChain => "wrong_chain",
            Self::BodyMismatch => "body_mismatch",
            Self::MissingBody => "missing_body",
            Self::Truncated => "truncated",
            Self::Rewritten => "rewritten",
            Self::NotCompared => "not_compared",
            Self::WrongHead => "wrong_head",
            Self::MissingFile => "missing_file",
            Self::AlteredFile => "altered_file",
            Self::UnnamedFile => "unnamed_file",
            Self::Unproven => "unproven",
            Self::BadSignature => "bad_signature",
            Self::Checksum => "checksum",
            Self::TimeBackwards => "time_backwards",
            Self::FutureTime => "future_time",
        }
    }

    /// Whether it is worth a look but no damage.
    pub fn is_notice(self) -> bool {
        matches!(self, Self::TimeBackwards | Self::FutureTime)
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// At which entry.
    pub seq: u64,
    /// The last entry that it concerns: later ones only for notices about the clock.
    pub until: u64,
    /// What.
    pub kind: ProblemKind,
    /// By how many microseconds the clock was off at most; for notices about the clock.
    pub by_micros: Option<u64>,
    /// In words (zh-TW).
    pub message: String,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many entries of the chain were read.
    pub entries: u64,
    /// Where the chain ends, by the entries as they were read.
    pub head: Head,
    /// What is wrong: damages in order, then notices in order; of each the first [`LISTED`].
    pub problems: Vec<Problem>,
    /// How many damages there are, listed or not.
    pub damages: u64,
    /// How many notices there are, listed or not.
    pub notices: u64,
}

impl Report {
    /// Whether nothing is damaged (notices are no damage).
    pub fn is_sound(&self) -> bool {
        self.damages == 0
    }
}
