//! The tree over the heads of all chains, and the proof that one head is among them.
//!
//! Why a tree as in RFC 6962: one hash vouches for three hundred chains, and an agency that
//! takes its own chain away can show with a dozen hashes that it was part of a checkpoint,
//! without the heads of the others. What it can't know: whether a chain was left out.

use crate::checkpoint::{CHECKPOINT, Checkpoint};
use crate::encoding::{Hash, field, hex, sha256};
use crate::head::Head;
use crate::line::{LineError, hash, number, words};
use std::fmt;
use std::str::FromStr;

/// The tag of a proof's line.
pub const PROOF: &str = "fazun-proof-v2";

/// A tree of 2^64 leaves would be this high.
const HIGHEST: usize = 64;

/// The leaf that stands for a head.
pub(crate) fn leaf(head: &Head) -> Hash {
    let mut out = vec![0];
    field(&mut out, CHECKPOINT.as_bytes());
    field(&mut out, head.agency.as_bytes());
    field(&mut out, &head.seq.to_be_bytes());
    field(&mut out, &head.hash);
    sha256(&out)
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut out = vec![1];
    out.extend_from_slice(left);
    out.extend_from_slice(right);
    sha256(&out)
}

/// Where a tree of at least two leaves parts: at the largest power of two below their number.
fn parted(leaves: &[Hash]) -> Option<(&[Hash], &[Hash])> {
    let half = leaves.len().next_power_of_two() / 2;
    if leaves.len() < 2 {
        return None;
    }
    leaves.split_at_checked(half)
}

/// The root over leaves; over none, the hash of nothing.
pub(crate) fn root(leaves: &[Hash]) -> Hash {
    match parted(leaves) {
        Some((left, right)) => node(&root(left), &root(right)),
        None => leaves.first().copied().unwrap_or_else(|| sha256(&[])),
    }
}

/// The hashes beside the way from a leaf up to the root.
pub(crate) fn path(leaves: &[Hash], index: usize) -> Vec<Hash> {
    let Some((left, right)) = parted(leaves) else {
        return Vec::new();
    };
    let (mut below, beside) = match index.checked_sub(left.len()) {
        None => (path(left, index), root(right)),
        Some(index) => (path(right, index), root(left)),
    };
    below.push(beside);
    below
}

/// That one head is a leaf of a checkpoint's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Which leaf, from 0.
    pub index: u64,
    /// The hashes beside the way up, from the leaf to the root.
    pub path: Vec<Hash>,
}

impl Proof {
    /// Whether it shows that the head is among those of the checkpoint.
    pub fn verify(&self, head: &Head, checkpoint: &Checkpoint) -> bool {
        if self.index >= checkpoint.leaves {
            return false;
        }
        // RFC 9162, 2.1.3.2: `last` tells where the right edge has no neighbour.
        let (mut at, mut last) = (self.index, checkpoint.leaves - 1);
        let mut hash = leaf(head);
        for beside in &self.path {
            if last == 0 {
                return false;
            }
            if at % 2 == 1 || at == last {
                hash = node(beside, &hash);
                while at.is_multiple_of(2) && at != 0 {
                    at /= 2;
                    last /= 2;
                }
            } else {
                hash = node(&hash, beside);
            }
            at /= 2;
            last /= 2;
        }
        last == 0 && hash == checkpoint.root
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PROOF} {}", self.index)?;
        self.path.iter().try_for_each(|hash| write!(f, " {}", hex(hash)))
    }
}

impl FromStr for Proof {
    type Err = LineError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "fazun-proof-v2 位置 雜湊…";
        let words = words(line, PROOF, SHAPE)?;
        let Some((index, path)) = words.split_first().filter(|(_, path)| path.len() <= HIGHEST) else {
            return Err(LineError::Shape(SHAPE));
        };
        Ok(Self {
            index: number(index)?,
            path: path.iter().map(|word| hash(word)).collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The roots that the reference implementation of RFC 6962 states for its eight leaves.
    #[test]
    fn the_tree_is_that_of_rfc_6962() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let leaves: Vec<Hash> = leaves
            .iter()
            .map(|bytes| sha256(&[b"\x00", *bytes].concat()))
            .collect();
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        for (count, expected) in roots.iter().enumerate() {
            assert_eq!(hex(&root(&leaves[..count])), *expected, "{count} leaves");
        }
    }
}
