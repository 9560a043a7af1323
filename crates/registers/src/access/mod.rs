//! 存取與連線: accounts, reviews, remote permits, requests to the network.

pub mod remote_permit;

use crate::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[remote_permit::SPEC];
