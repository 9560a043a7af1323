//! 資通系統: grading, self-assessment, outages, changes, projects, websites.

use crate::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[];
