//! Tests of the crate from outside: the shipped calendars, worked cases, properties.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy's own exception for tests does not reach helper functions of a test binary"
)]

mod calendars;
mod cases;
mod count_properties;
mod text_properties;
