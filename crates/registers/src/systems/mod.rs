//! 資通系統: grades, baseline, interruptions, changes, projects, sites and what the network assigns.

pub mod availability;
pub mod change;
pub mod control_check;
pub mod control_review;
pub mod gate;
pub mod grading;
pub mod mobile_app;
pub mod network_request;
pub mod outage;
pub mod project;
pub mod website;

use crate::core::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[
    grading::SPEC,
    control_check::SPEC,
    control_review::SPEC,
    outage::SPEC,
    availability::SPEC,
    change::SPEC,
    project::SPEC,
    gate::SPEC,
    mobile_app::SPEC,
    website::SPEC,
    network_request::SPEC,
];
