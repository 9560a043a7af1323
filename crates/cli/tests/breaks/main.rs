//! What happens when things break, to the program as somebody runs it: servers that are killed,
//! databases that go away, disks that fill, clocks that go back. What was acknowledged is kept, nothing
//! is kept by halves or twice, and it goes on.
//!
//! Short by default; `FAZUN_KILLS` says how often servers are killed.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

mod away;
mod kill;
mod machine;
mod site;
mod writers;
