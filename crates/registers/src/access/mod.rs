//! 存取與連線: accounts, reviews, remote permits.

pub mod access_review;
pub mod account;
pub mod remote_permit;

use crate::core::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[account::SPEC, access_review::SPEC, remote_permit::SPEC];
