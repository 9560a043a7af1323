//! 人員與訓練: training, attendance, certificates, undertakings, vetting, dispatch.

pub mod attendance;
pub mod certificate;
pub mod dispatch;
pub mod role_briefing;
pub mod training;
pub mod training_plan;
pub mod training_result;
pub mod undertaking;
pub mod vetting;

use crate::core::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[
    training_plan::SPEC,
    training::SPEC,
    attendance::SPEC,
    training_result::SPEC,
    certificate::SPEC,
    undertaking::SPEC,
    role_briefing::SPEC,
    vetting::SPEC,
    dispatch::SPEC,
];
