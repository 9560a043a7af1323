//! 基本資料: evidence, and what the system keeps for itself: approvals, accounts, comments,
//! and what left it.

pub mod approval;
pub mod comment;
pub mod deputy;
pub mod disclosure;
pub mod evidence;
pub mod mapping;
pub mod member;
pub mod route;
pub mod step;
pub mod token;

use crate::core::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[
    evidence::SPEC,
    member::SPEC,
    deputy::SPEC,
    route::SPEC,
    approval::SPEC,
    comment::SPEC,
    token::SPEC,
    mapping::SPEC,
    disclosure::SPEC,
];
