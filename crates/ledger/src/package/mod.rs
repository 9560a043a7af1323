//! The package in which one chain is handed over: entries, bodies, files, and what vouches
//! for them.
//!
//! Why a format of our own and not an archive: it is read in one pass with bounded memory,
//! a stranger implements it from `docs/LEDGER.md` in an afternoon, and the same chain gives
//! the same bytes. What it can't know: what was cut off before it was written, unless the
//! reader kept a line; and what bodies say, so the caller tells which files they name.

mod check;
mod read;
mod write;

pub use check::{Checked, PackageCheck, verify_package};
pub use read::{PackageReader, Record};
pub use write::PackageWriter;

use crate::checkpoint::Checkpoint;
use crate::entry::Hash;
use crate::head::Head;
use crate::line::LineError;
use crate::merkle::Proof;
use crate::signature::Signature;
use std::fmt;
use std::str::FromStr;

/// The first line of a package, without its line end.
pub const PACKAGE: &str = "fazun-package-v2";

/// The longest body, in bytes: what a reader may have to hold at once.
pub const MAX_BODY: u64 = 64 << 20;

/// The most files: a reader holds their hashes.
pub const MAX_FILES: u64 = 1_000_000;

/// The most checkpoints that vouch for a chain: one a day for a century.
pub(crate) const MAX_VOUCHED: u64 = 36_525;

/// The longest of the other records, in bytes; files have no bound.
pub(crate) const MAX_SMALL: u64 = 64 << 10;

/// How much of a record is read at once.
pub(crate) const CHUNK: usize = 64 << 10;

/// What a record is, by its first byte.
pub(crate) mod kind {
    pub(crate) const HEAD: u8 = b'H';
    pub(crate) const VOUCHED: u8 = b'V';
    pub(crate) const FILE: u8 = b'F';
    pub(crate) const DATA: u8 = b'D';
    pub(crate) const ENTRY: u8 = b'E';
    pub(crate) const BODY: u8 = b'B';
    pub(crate) const END: u8 = b'Z';
}

/// Why a package can't be written or read to its end.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Something else than a package.
    #[error("這不是帳本封裝檔（應以「{PACKAGE}」開頭）；請指定 fazun ledger export 產生的檔案")]
    NotAPackage,
    /// It ends too early.
    #[error("封裝檔在第 {at} 個位元組中斷：檔案不完整，請重新取得")]
    Truncated {
        /// Where it ends.
        at: u64,
    },
    /// A part that is not as the format says.
    #[error("封裝檔第 {at} 個位元組處{what}，無法繼續讀取；請重新取得檔案")]
    Malformed {
        /// Where the part begins.
        at: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A line in it that is none.
    #[error("封裝檔第 {at} 個位元組處：{error}")]
    Line {
        /// Where the part begins.
        at: u64,
        /// What is wrong with the line.
        error: LineError,
    },
    /// Something that can't be packed.
    #[error("無法封裝：{0}")]
    Unpackable(&'static str),
    /// It can't be read or written.
    #[error("封裝檔無法讀寫：{0}")]
    Io(#[from] std::io::Error),
}

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

/// What is known of a file beside its bytes; only its hash is vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMeta {
    /// SHA-256 of its bytes.
    pub sha256: Hash,
    /// Its media type, as far as known.
    pub media_type: String,
    /// The name it first came with.
    pub name: String,
}
