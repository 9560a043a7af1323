//! The tools as they are called: the scripts beside the tree and `xtask` itself.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod postgres;
