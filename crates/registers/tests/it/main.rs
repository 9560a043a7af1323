//! The registers against their tables, their samples and the vocabulary of facts.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod entry;
mod facts;
mod proofs;
mod proofs_of_people;
mod rows;
mod rules;
