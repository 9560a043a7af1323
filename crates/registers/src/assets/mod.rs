//! 資產與媒體: counts, movements, media, disposal, facilities.

use crate::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[];
