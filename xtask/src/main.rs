//! Tidy checks of the tree. `cargo xtask tidy` runs them all.

fn main() {}
