//! 風險: methods, rounds of assessment, single risks, and what helps against them.

#[expect(clippy::module_inception, reason = "one file a register, named by its key")]
pub mod risk;
pub mod risk_assessment;
pub mod risk_method;
pub mod risk_reference;

use crate::core::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[
    risk_assessment::SPEC,
    risk::SPEC,
    risk_method::SPEC,
    risk_reference::SPEC,
];
