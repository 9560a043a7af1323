//! One entry, how it is encoded to bytes, and how the next one is made.
//!
//! What it can't know: what a body says; it holds only the body's hash. The encoding is specified in
//! `docs/LEDGER.md`.

use crate::encoding::{DOMAIN, Hash, field, sha256, take, text};
use crate::head::Head;

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
