//! The vocabulary in which an agency is described to the law.
//!
//! What: subjects, fact keys with their types, dated facts, things that were done,
//! and the [`Snapshot`] of all of them at one ledger position. Why a crate: the law
//! names dimensions and the registers state facts; both must use the same closed
//! vocabulary and neither may know the other. What it can't know: whether a fact is
//! true; it only carries where the fact was taken from.

mod cities;
mod snapshot;
mod vocabulary;

pub use cities::*;
pub use snapshot::*;
pub use vocabulary::*;
