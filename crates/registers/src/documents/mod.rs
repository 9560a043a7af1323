//! 文件與目標: papers under control, objectives and what was measured.

pub mod campaign;
pub mod delegation;
pub mod document;
pub mod document_review;
pub mod exception;
pub mod external_document;
pub mod measurement;
pub mod objective;
pub mod personal_file;
pub mod promotion;
pub mod report;

use crate::core::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[
    document::SPEC,
    external_document::SPEC,
    document_review::SPEC,
    promotion::SPEC,
    objective::SPEC,
    measurement::SPEC,
    report::SPEC,
    exception::SPEC,
    delegation::SPEC,
    campaign::SPEC,
    personal_file::SPEC,
];
