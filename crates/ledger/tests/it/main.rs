//! The ledger against its specification and against damage.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::enum_glob_use)]

mod checkpoint;
mod hostile;
mod package;
mod sample;
mod stranger;
mod timestamp;
mod vector;
mod verify;
