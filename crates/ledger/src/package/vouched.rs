//! What vouches for one chain alone: a checkpoint, and the proof that a head is among its heads.
//!
//! What it can't know: whether the proof holds; whoever reads it verifies it.

use crate::checkpoint::Checkpoint;
use crate::head::Head;
use crate::line::LineError;
use crate::merkle::Proof;
use crate::signature::Signature;
use std::fmt;
use std::str::FromStr;

/// What vouches for a chain: a checkpoint, and the proof that a head of it is among its heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// The installation's checkpoint.
    pub checkpoint: Checkpoint,
    /// Its signature, where it is signed.
    pub signature: Option<Signature>,
    /// Where the chain ended then.
    pub head: Head,
    /// That this head is among those of the checkpoint.
    pub proof: Proof,
}

impl fmt::Display for Vouched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.checkpoint)?;
        if let Some(signature) = &self.signature {
            writeln!(f, "{signature}")?;
        }
        writeln!(f, "{}\n{}", self.head, self.proof)
    }
}

impl FromStr for Vouched {
    type Err = LineError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lines: Vec<&str> = text.lines().collect();
        let (checkpoint, signature, head, proof) = match lines.as_slice() {
            [checkpoint, head, proof] => (checkpoint, None, head, proof),
            [checkpoint, signature, head, proof] => (checkpoint, Some(signature), head, proof),
            _ => return Err(LineError::Shape("檢查點、簽章（可無）、鏈頭、證明各一")),
        };
        Ok(Self {
            checkpoint: checkpoint.parse()?,
            signature: signature.map(|line| line.parse()).transpose()?,
            head: head.parse()?,
            proof: proof.parse()?,
        })
    }
}
