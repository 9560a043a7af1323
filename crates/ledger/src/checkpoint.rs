//! The installation's checkpoint: one line that vouches for the heads of all chains.
//!
//! What it can't know: anything recorded after it, or a chain left out when made.

use crate::encoding::{Hash, hex};
use crate::line::{LineError, hash, number, words};
use std::fmt;
use std::str::FromStr;

/// The tag of a checkpoint's line, which also keeps its leaves apart from other hashes.
pub const CHECKPOINT: &str = "fazun-checkpoint-v2";

/// What vouches for the heads of all chains at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// When it was made, in microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// How many chains.
    pub leaves: u64,
    /// The root of the tree over their heads.
    pub root: Hash,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{CHECKPOINT} {} {} {}", self.at, self.leaves, hex(&self.root))
    }
}

impl FromStr for Checkpoint {
    type Err = LineError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "fazun-checkpoint-v2 時間 鏈數 雜湊";
        let words = words(line, CHECKPOINT, SHAPE)?;
        let [at, leaves, root] = words.as_slice() else {
            return Err(LineError::Shape(SHAPE));
        };
        Ok(Self {
            at: number(at)?,
            leaves: number(leaves)?,
            root: hash(root)?,
        })
    }
}
