//! The ledger against its specification and against damage.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::enum_glob_use)]

mod checkpoint;
mod hostile;
mod package;
mod sample;
mod stranger;
mod vector;
mod verify;
