//! The file in which a checkpoint is kept: its line, its signature, and the heads under it.
//!
//! Why heads beside the line: the line alone can't say where a chain stood. The heads need
//! not be kept as safely as the line, since its root shows whether they are the ones it was
//! made over. What it can't know: whether it is the latest one.

use crate::checkpoint::{CHECKPOINT, Checkpoint};
use crate::head::Head;
use crate::heads::{Heads, HeadsError};
use crate::line::LineError;
use crate::package::Vouched;
use crate::signature::{SIGNATURE, Signature};
use std::fmt;
use std::str::FromStr;

/// A checkpoint as it is kept in a file: its line, a signature where there is one, and the
/// heads it was made over where they were kept too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The line.
    pub checkpoint: Checkpoint,
    /// Who vouches that the installation made it.
    pub signature: Option<Signature>,
    /// The heads that its root was computed over.
    pub heads: Option<Heads>,
}

/// Why a file is not a kept checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeptError {
    /// No line in it, or another one first.
    #[error("檢查點檔第 {line} 行：{error}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        error: LineError,
    },
    /// No checkpoint in it.
    #[error("檔案裡沒有以「{CHECKPOINT}」開頭的一行，這不是檢查點檔；請指定 fazun 產生的檢查點檔")]
    Empty,
    /// The heads can't be those of one checkpoint.
    #[error("檢查點檔：{0}")]
    Heads(#[from] HeadsError),
    /// The heads are not those that the checkpoint was made over.
    #[error("檢查點檔所列的鏈頭與檢查點不符：檔案被改過或不完整，請用另外保存的那一份")]
    OtherHeads,
    /// The signature is not one of this checkpoint.
    #[error("檢查點的簽章不符：檢查點被改過，或簽章屬於另一個檢查點")]
    Signature,
}

impl Kept {
    /// The checkpoint over heads, kept with them.
    pub fn over(heads: Heads, at: i64) -> Self {
        Self {
            checkpoint: heads.checkpoint(at),
            signature: None,
            heads: Some(heads),
        }
    }

    /// What vouches for one chain alone; `None` where the heads were not kept or the chain
    /// is not among them.
    pub fn vouched(&self, agency: &str) -> Option<Vouched> {
        let heads = self.heads.as_ref()?;
        Some(Vouched {
            checkpoint: self.checkpoint,
            signature: self.signature,
            head: heads.of(agency)?.clone(),
            proof: heads.proof(agency)?,
        })
    }

    /// The same, signed with the installation's secret key.
    #[must_use]
    pub fn signed(mut self, secret: &[u8; 32]) -> Self {
        self.signature = Some(Signature::of(&self.checkpoint, secret));
        self
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.checkpoint)?;
        if let Some(signature) = &self.signature {
            writeln!(f, "{signature}")?;
        }
        let heads = self.heads.iter().flat_map(Heads::as_slice);
        heads.into_iter().try_for_each(|head| writeln!(f, "{head}"))
    }
}

impl FromStr for Kept {
    type Err = KeptError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut checkpoint = None;
        let mut signature = None;
        let mut heads = Vec::new();
        let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
        for (line, text) in lines.filter(|(_, text)| !text.is_empty() && !text.starts_with('#')) {
            let failed = |error| KeptError::Line { line, error };
            let starts = |tag: &str| text.split_whitespace().next() == Some(tag);
            if checkpoint.is_none() {
                checkpoint = Some(text.parse::<Checkpoint>().map_err(failed)?);
            } else if starts(SIGNATURE) && signature.is_none() && heads.is_empty() {
                signature = Some(text.parse::<Signature>().map_err(failed)?);
            } else {
                heads.push(text.parse::<Head>().map_err(failed)?);
            }
        }
        let checkpoint = checkpoint.ok_or(KeptError::Empty)?;
        if signature.is_some_and(|s| !s.verify(&checkpoint)) {
            return Err(KeptError::Signature);
        }
        // Over no chains at all the empty list is the list of heads.
        let heads = (!heads.is_empty() || checkpoint.leaves == 0).then_some(heads);
        let heads = heads.map(Heads::new).transpose()?;
        if heads
            .as_ref()
            .is_some_and(|h| h.checkpoint(checkpoint.at) != checkpoint)
        {
            return Err(KeptError::OtherHeads);
        }
        Ok(Self {
            checkpoint,
            signature,
            heads,
        })
    }
}
