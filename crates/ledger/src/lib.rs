//! The ledger: for each agency a hash chain over everything that was ever recorded of it.
//!
//! What: the entry and its canonical encoding, the head of a chain, the installation's
//! checkpoint over all heads with a proof for one agency, the timestamp that an authority outside
//! gives it, the package in which one chain is handed over, and a verifier that streams over entries
//! and says what is wrong. Why a crate of its own, free of the database and of JSON: `docs/LEDGER.md` is its specification, and a stranger must be able to reimplement it from
//! that page alone. What it can't know: whether what was recorded is true, who held the
//! keyboard, and whether a whole chain was rewritten, unless someone outside kept a line.

mod checkpoint;
mod encoding;
mod entry;
mod head;
mod heads;
mod kept;
mod line;
mod merkle;
mod package;
mod report;
mod signature;
mod timestamp;
mod verify;

pub use checkpoint::{CHECKPOINT, Checkpoint};
pub use encoding::{DOMAIN, Hash, from_hex, hex, sha256};
pub use entry::{Draft, Entry, append};
pub use head::{Head, genesis};
pub use heads::{Heads, HeadsError};
pub use kept::{Kept, KeptError};
pub use line::LineError;
pub use merkle::{PROOF, Proof};
pub use package::{
    Checked, FileMeta, MAX_BODY, MAX_FILES, PACKAGE, PackageCheck, PackageError, PackageReader,
    PackageWriter, Record, Vouched, verify_package,
};
pub use report::{LISTED, Problem, ProblemKind, Report};
pub use signature::{SIGNATURE, Signature, public_key};
pub use timestamp::{
    Answer as TimestampAnswer, Authorities, Request as TimestampRequest, Timestamp, TimestampError, Verified,
};
pub use verify::{Body, CLOCK_TOLERANCE, Verifier};

/// The chain of what belongs to no agency: people, settings, law in use.
pub const INSTALLATION: &str = "@installation";

/// The chain of the imported standards, which belong to all agencies.
pub const STANDARDS: &str = "@standards";
