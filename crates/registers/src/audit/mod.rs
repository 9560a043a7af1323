//! 稽核與改善: audits, items, auditors, corrective action, management review.

pub mod corrective;

use crate::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[corrective::SPEC];
