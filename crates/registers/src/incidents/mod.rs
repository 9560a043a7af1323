//! 事件與情資: incidents, their reports, intelligence.

use crate::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[];
