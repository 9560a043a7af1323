//! Where the API is.
//!
//! What it can't know: which routes lie under it.

/// Where every address of the API begins.
pub(crate) const PREFIX: &str = "/api/v1";
