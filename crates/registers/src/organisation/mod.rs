//! 組織與資源: who does what, and with which money.

use crate::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[];
