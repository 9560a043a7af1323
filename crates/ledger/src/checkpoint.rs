//! The head of the ledger in one line that an outsider can keep.
//!
//! Why: a chain proves only that it agrees with itself. Someone who can write the
//! database can rewrite the whole of it, or cut off its end; a line kept on paper or in
//! another agency's mailbox shows it. What it can't know: anything recorded after it.

use crate::entry::{DOMAIN, Hash, from_hex, genesis, hex};
use std::fmt;
use std::str::FromStr;

/// How far a ledger reaches and the hash of its last entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// Sequence number of the last entry; 0 for an empty ledger.
    pub seq: u64,
    /// Its hash; [`genesis`] for an empty ledger.
    pub head: Hash,
}

impl Checkpoint {
    /// The head of an empty ledger.
    pub fn empty() -> Self {
        Self {
            seq: 0,
            head: genesis(),
        }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{DOMAIN} {} {}", self.seq, hex(&self.head))
    }
}

/// Why a line is not a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not three words.
    #[error("檢查點應為一行三段「{DOMAIN} 序號 雜湊」，請整行複製，不要斷行")]
    Shape,
    /// Another format's tag.
    #[error("檢查點的格式是「{0}」，本版只讀「{DOMAIN}」；請用產生它的版本驗證")]
    Format(String),
    /// The number is none, or is written another way than we write it.
    #[error("檢查點的序號「{0}」不是數字，請重新複製")]
    Seq(String),
    /// The hash is not 64 hexadecimal digits.
    #[error("檢查點的雜湊應為 64 個小寫十六進位字元，請重新複製")]
    Hash,
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [tag, seq, head] = words.as_slice() else {
            return Err(CheckpointError::Shape);
        };
        if *tag != DOMAIN {
            return Err(CheckpointError::Format((*tag).to_owned()));
        }
        let number: u64 = seq.parse().map_err(|_| CheckpointError::Seq((*seq).to_owned()))?;
        if number.to_string() != *seq {
            return Err(CheckpointError::Seq((*seq).to_owned()));
        }
        Ok(Self {
            seq: number,
            head: from_hex(head).ok_or(CheckpointError::Hash)?,
        })
    }
}
