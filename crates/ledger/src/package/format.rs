//! The bounds of a package, its parts' marks, and what can be wrong with one.

use crate::encoding::Hash;
use crate::line::LineError;

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
