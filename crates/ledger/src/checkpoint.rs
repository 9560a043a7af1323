//! The installation's checkpoint: one line that vouches for the heads of all chains, and the
//! file in which it is kept.
//!
//! Why heads beside the line: the line alone can't say where a chain stood. The heads need
//! not be kept as safely as the line, since its root shows whether they are the ones it was
//! made over. What it can't know: anything recorded after it, or a chain left out when made.

use crate::entry::{Hash, hex};
use crate::head::Head;
use crate::line::{LineError, hash, number, words};
use crate::merkle::{Proof, leaf, path, root};
use crate::package::Vouched;
use crate::signature::{SIGNATURE, Signature};
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

/// Why heads can't be brought under one checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadsError {
    /// Two heads of one chain.
    #[error("「{0}」有兩個鏈頭，無法製作檢查點；請重新讀取各機關的帳本")]
    Doubled(String),
    /// An id that would not survive its line.
    #[error("「{0}」不能作為鏈的代號：代號不可空白，也不可含空白或控制字元")]
    Id(String),
}

/// The heads of all chains, one each, in the order of their ids' bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads(Vec<Head>);

impl Heads {
    /// Heads in any order.
    ///
    /// # Errors
    /// Where a chain is there twice, or has an id that can't stand in a line.
    pub fn new(mut heads: Vec<Head>) -> Result<Self, HeadsError> {
        heads.sort();
        for (head, next) in heads.iter().zip(heads.iter().skip(1)) {
            if head.agency == next.agency {
                return Err(HeadsError::Doubled(head.agency.clone()));
            }
        }
        let unwritable =
            |id: &str| id.is_empty() || id.contains(|c: char| c.is_whitespace() || c.is_control());
        match heads.iter().find(|head| unwritable(&head.agency)) {
            Some(head) => Err(HeadsError::Id(head.agency.clone())),
            None => Ok(Self(heads)),
        }
    }

    /// The heads in their order.
    pub fn as_slice(&self) -> &[Head] {
        &self.0
    }

    /// One chain's head.
    pub fn of(&self, agency: &str) -> Option<&Head> {
        self.0.get(self.index(agency)?)
    }

    /// The checkpoint over these heads.
    pub fn checkpoint(&self, at: i64) -> Checkpoint {
        Checkpoint {
            at,
            leaves: self.0.len() as u64,
            root: root(&self.leaves()),
        }
    }

    /// The proof that one chain's head is among these.
    pub fn proof(&self, agency: &str) -> Option<Proof> {
        let index = self.index(agency)?;
        Some(Proof {
            index: index as u64,
            path: path(&self.leaves(), index),
        })
    }

    fn index(&self, agency: &str) -> Option<usize> {
        self.0
            .binary_search_by(|head| head.agency.as_str().cmp(agency))
            .ok()
    }

    fn leaves(&self) -> Vec<Hash> {
        self.0.iter().map(leaf).collect()
    }
}

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
