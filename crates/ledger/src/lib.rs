//! The ledger: a hash chain over everything that was ever recorded.
//!
//! What: the entry and its canonical encoding, the chain's head as a checkpoint that an
//! outsider can keep, and a verifier that streams over entries and says what is wrong.
//! Why a crate of its own, free of the database and of JSON: `docs/LEDGER.md` is its
//! specification, and a stranger must be able to reimplement it from that page alone.
//! What it can't know: whether what was recorded is true, who held the keyboard, and
//! whether the whole chain was rewritten, unless someone outside kept a checkpoint.

mod checkpoint;
mod entry;
mod verify;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use entry::{DOMAIN, Draft, Entry, Hash, append, from_hex, genesis, hex, sha256};
pub use verify::{Body, Problem, ProblemKind, Report, Verifier};
