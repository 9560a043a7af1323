//! 稽核與改善: audits, items, auditors, corrective action, management review.

#[expect(clippy::module_inception, reason = "the register is called as its group")]
pub mod audit;
pub mod audit_item;
pub mod auditor;
pub mod corrective;
pub mod decision;
pub mod management_review;

use crate::core::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[
    audit::SPEC,
    auditor::SPEC,
    audit_item::SPEC,
    corrective::SPEC,
    management_review::SPEC,
    decision::SPEC,
];
