//! One entry, how it is encoded to bytes, and how the next one is made.
//!
//! Why length prefixes: without them two different entries could encode to the same
//! bytes (`"ab","c"` and `"a","bc"`). What it can't know: what a body says; it holds
//! only the body's hash. The encoding is specified in `docs/LEDGER.md`.

use crate::Head;
use sha2::{Digest, Sha256};

/// The domain tag: names the format, and keeps these hashes apart from all others.
pub const DOMAIN: &str = "fazun-ledger-v2";

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// SHA-256 of some bytes: also the hash of a body (its canonical bytes) and of a blob.
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// A digest as 64 lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from(if n < 10 { b'0' + n } else { b'a' + n - 10 });
    bytes
        .iter()
        .flat_map(|b| [digit(b >> 4), digit(b & 15)])
        .collect()
}

/// Reads 64 lower-case hexadecimal digits; `None` for anything else.
pub fn from_hex(text: &str) -> Option<Hash> {
    bytes_from_hex(text)
}

/// Reads lower-case hexadecimal digits, exactly so many as fill the array.
pub(crate) fn bytes_from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: Vec<u8> = text
        .bytes()
        .map(|b| match b {
            b'0'..=b'9' => Some(b - b'0'),
            b'a'..=b'f' => Some(b - b'a' + 10),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .filter_map(|pair| Some(pair.first()? << 4 | pair.last()?))
        .collect();
    if digits.len() == 2 * N {
        bytes.try_into().ok()
    } else {
        None
    }
}

/// A field of an encoding: its length as 8 bytes big-endian, then its bytes.
pub(crate) fn field(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// The next field of an encoding.
pub(crate) fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk()?;
    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
    let (field, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(field)
}

pub(crate) fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

/// One entry: one version of one row was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose chain it stands in: an agency's id, or one of the installation's own (`@…`).
    pub agency: String,
    /// Position in this chain, from 1 without gaps.
    pub seq: u64,
    /// Hash of the entry before in the same chain; [`crate::genesis`] for the first.
    pub prev: Hash,
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Who, by account id.
    pub actor: String,
    /// What was done, as a word (`create`, `update`, `withdraw`, `import`).
    pub action: String,
    /// In which register, by key.
    pub register: String,
    /// Which row, by id.
    pub row: String,
    /// Which version of the row, from 1.
    pub version: u32,
    /// SHA-256 of the body's canonical bytes.
    pub body_hash: Hash,
}

/// What an entry says before it has a place in a chain; the chain is the head's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Who, by account id.
    pub actor: String,
    /// What was done, as a word.
    pub action: String,
    /// In which register, by key.
    pub register: String,
    /// Which row, by id.
    pub row: String,
    /// Which version of the row, from 1.
    pub version: u32,
    /// SHA-256 of the body's canonical bytes.
    pub body_hash: Hash,
}

/// The entry that follows a head, in its chain.
pub fn append(head: &Head, draft: Draft) -> Entry {
    Entry {
        agency: head.agency.clone(),
        // 2^64 entries can't be reached; saturating would show as a gap on verification.
        seq: head.seq.saturating_add(1),
        prev: head.hash,
        at: draft.at,
        actor: draft.actor,
        action: draft.action,
        register: draft.register,
        row: draft.row,
        version: draft.version,
        body_hash: draft.body_hash,
    }
}

impl Entry {
    /// The canonical bytes: the domain tag and the ten fields, each preceded by its
    /// length as 8 bytes big-endian; integers are big-endian, of fixed width.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        for bytes in [
            DOMAIN.as_bytes(),
            self.agency.as_bytes(),
            &self.seq.to_be_bytes(),
            &self.prev,
            &self.at.to_be_bytes(),
            self.actor.as_bytes(),
            self.action.as_bytes(),
            self.register.as_bytes(),
            self.row.as_bytes(),
            &self.version.to_be_bytes(),
            &self.body_hash,
        ] {
            field(&mut out, bytes);
        }
        out
    }

    /// The entry that these canonical bytes say; `None` where they are not the encoding of any.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let tag = take(&mut rest)?;
        let entry = Self {
            agency: text(take(&mut rest)?)?,
            seq: u64::from_be_bytes(take(&mut rest)?.try_into().ok()?),
            prev: take(&mut rest)?.try_into().ok()?,
            at: i64::from_be_bytes(take(&mut rest)?.try_into().ok()?),
            actor: text(take(&mut rest)?)?,
            action: text(take(&mut rest)?)?,
            register: text(take(&mut rest)?)?,
            row: text(take(&mut rest)?)?,
            version: u32::from_be_bytes(take(&mut rest)?.try_into().ok()?),
            body_hash: take(&mut rest)?.try_into().ok()?,
        };
        (tag == DOMAIN.as_bytes() && rest.is_empty()).then_some(entry)
    }

    /// The entry's hash: SHA-256 of its canonical bytes.
    pub fn hash(&self) -> Hash {
        sha256(&self.encode())
    }

    /// The head of a chain that ends with this entry.
    pub fn head(&self) -> Head {
        Head {
            agency: self.agency.clone(),
            seq: self.seq,
            hash: self.hash(),
        }
    }
}
