//! 委外: vendors, checks, data returned or destroyed, exchange.

use crate::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[];
