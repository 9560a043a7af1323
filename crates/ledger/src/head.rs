//! Where a chain begins and where it ends, the latter in one line that an outsider can keep.
//!
//! Why: a chain proves only that it agrees with itself. Someone who can write the database
//! can rewrite the whole of it, or cut off its end; a line kept on paper or in another
//! agency's mailbox shows it. What it can't know: anything recorded after it.

use crate::encoding::{DOMAIN, Hash, field, hex, sha256};
use crate::line::{LineError, hash, number, words};
use std::fmt;
use std::str::FromStr;

/// The `prev` of a chain's first entry. Each chain has its own, so that no chain can be
/// shown as another one's.
pub fn genesis(agency: &str) -> Hash {
    let mut out = Vec::with_capacity(64);
    field(&mut out, DOMAIN.as_bytes());
    field(&mut out, agency.as_bytes());
    sha256(&out)
}

/// How far a chain reaches and the hash of its last entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Head {
    /// Whose chain: an agency's id, or one of the installation's own (`@…`).
    pub agency: String,
    /// Sequence number of its last entry; 0 for an empty chain.
    pub seq: u64,
    /// That entry's hash; [`genesis`] for an empty chain.
    pub hash: Hash,
}

impl Head {
    /// The head of a chain without entries.
    pub fn empty(agency: &str) -> Self {
        Self {
            agency: agency.to_owned(),
            seq: 0,
            hash: genesis(agency),
        }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{DOMAIN} {} {} {}", self.agency, self.seq, hex(&self.hash))
    }
}

impl FromStr for Head {
    type Err = LineError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "fazun-ledger-v2 機關代號 序號 雜湊";
        let words = words(line, DOMAIN, SHAPE)?;
        let [agency, seq, head] = words.as_slice() else {
            return Err(LineError::Shape(SHAPE));
        };
        Ok(Self {
            agency: (*agency).to_owned(),
            seq: number(seq)?,
            hash: hash(head)?,
        })
    }
}
