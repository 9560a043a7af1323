//! Archives and the XML in them, as every reader of user files opens them.
//!
//! What: one reader of archives ([`zip`]) and one of XML ([`xml`]), with all limits: entries,
//! bytes unpacked, ratio, nesting, attributes, size of a piece; document types and unknown
//! entities are refused. An archive inside an archive is never opened. Why in one place: an
//! upload is hostile until proven otherwise, and a limit that each reader keeps for itself is
//! kept by none. What it can't know: whether what is refused was an attack or a plan full of
//! pictures.

pub(crate) mod gauge;
pub(crate) mod xml;
pub(crate) mod zip;

use crate::work::Halt;

/// The most entries an archive may have.
pub(crate) const MAX_ENTRIES: usize = 4_000;

/// What an archive of one kind may unpack to, beside the work that its size allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// The sum that the entries may declare.
    pub total: u64,
    /// The bytes of one part.
    pub part: u64,
    /// The highest ratio of unpacked to packed bytes.
    pub ratio: u64,
    /// Below this size of a part no ratio is asked for: small repetitive XML packs very well.
    pub ratio_from: u64,
}

/// Why an archive or its XML is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Needs a password.
    Protected,
    /// The archive itself is broken.
    Archive(Reason),
    /// What a part holds is broken, or asks for what is refused.
    Part {
        /// The part.
        part: String,
        /// What is wrong.
        reason: Reason,
    },
    /// Would unpack to more than is read.
    Bomb(String),
    /// The budget is spent, or nobody waits any more.
    Halted(Halt),
}

/// What is wrong, in the officer's words; beside it what the library said, which is for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reason {
    pub words: String,
    /// Empty where there is nothing more to be said.
    pub cause: String,
}

impl Reason {
    /// By what a library said.
    pub fn by(words: &str, cause: &dyn std::fmt::Display) -> Self {
        Self {
            words: words.to_owned(),
            cause: cause.to_string(),
        }
    }
}

impl From<&str> for Reason {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl From<String> for Reason {
    fn from(words: String) -> Self {
        Self {
            words,
            cause: String::new(),
        }
    }
}

impl From<Halt> for Refusal {
    fn from(halt: Halt) -> Self {
        Self::Halted(halt)
    }
}
