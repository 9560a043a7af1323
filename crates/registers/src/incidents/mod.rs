//! 事件與情資: incidents, their reports, and intelligence.

pub mod incident;
pub mod incident_report;
pub mod intelligence;

use crate::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[incident::SPEC, incident_report::SPEC, intelligence::SPEC];
