//! 維運: logs, backups, software, keys, scans and drills.

use crate::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[];
