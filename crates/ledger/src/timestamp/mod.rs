//! Timestamps of RFC 3161: an authority outside says when a checkpoint's line was there at the latest.
//!
//! Why: a kept line shows what was recorded before it, and nothing about when it was made but what the
//! installation itself says; an authority's token says it by another's clock and key. What is stamped
//! is the SHA-256 of the line's bytes, single spaces, no line end, as for its signature. What it can't
//! know: whether the authority's key was revoked later; and that a later line is true.

mod error;
mod signed;
mod token;

pub use error::TimestampError;
pub use signed::{Authorities, Verified};
pub use token::{Answer, Request, Timestamp};
