//! 資產與媒體: counts, movements, media, disposal, facilities. The inventory itself is `asset`.

pub mod disposal;
pub mod entry_log;
pub mod facility_check;
pub mod inventory;
pub mod media;
pub mod movement;

use crate::core::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[
    inventory::SPEC,
    movement::SPEC,
    media::SPEC,
    disposal::SPEC,
    facility_check::SPEC,
    entry_log::SPEC,
];
