//! 組織與資源: who does what, and with which money.

pub mod budget;
pub mod level_criterion;
pub mod need;
pub mod resource_review;
pub mod reward;
pub mod task_force;
pub mod work_plan;

use crate::core::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[
    task_force::SPEC,
    work_plan::SPEC,
    need::SPEC,
    budget::SPEC,
    resource_review::SPEC,
    reward::SPEC,
    level_criterion::SPEC,
];
