//! The heads of all chains, which one checkpoint vouches for.

use crate::checkpoint::Checkpoint;
use crate::encoding::Hash;
use crate::head::Head;
use crate::merkle::{Proof, leaf, path, root};

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
