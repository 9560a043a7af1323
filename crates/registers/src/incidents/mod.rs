//! 事件與情資: incidents, their reports, vendors' responses, and intelligence.

pub mod incident;
pub mod incident_report;
pub mod incident_review;
pub mod intelligence;
pub mod vendor_response;

use crate::core::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[
    incident::SPEC,
    incident_report::SPEC,
    incident_review::SPEC,
    vendor_response::SPEC,
    intelligence::SPEC,
];
