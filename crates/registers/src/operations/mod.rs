//! 維運: logs, backups, software, keys, restricted products, tests and drills.

pub mod backup;
pub mod crypto_key;
pub mod drill;
pub mod log_review;
pub mod log_source;
pub mod restore_test;
pub mod restricted_product;
pub mod scan;
pub mod software;
pub mod software_review;

use crate::core::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[
    scan::SPEC,
    drill::SPEC,
    log_source::SPEC,
    log_review::SPEC,
    backup::SPEC,
    restore_test::SPEC,
    software::SPEC,
    software_review::SPEC,
    crypto_key::SPEC,
    restricted_product::SPEC,
];
