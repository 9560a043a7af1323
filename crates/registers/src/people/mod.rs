//! 人員與訓練: plans, courses, attendance, certificates, undertakings.

use crate::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[];
