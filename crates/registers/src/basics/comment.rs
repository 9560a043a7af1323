//! 意見: what a superior or an auditor says about a record, without touching it.
//!
//! Why a row of its own: whoever only looks must be able to answer, and never edits.

use crate::core::{Field, Flow, Hand, Kind, Page, Reach, RegisterSpec, Sensitivity};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("register", "登記簿", Kind::Text, "report").required(),
    Field::new("row", "紀錄", Kind::Text, "a1-r1").required(),
    Field::new("version", "版本", Kind::Number, "3"),
    Field::new(
        "kind",
        "種類",
        Kind::Choice(&[("comment", "意見"), ("return", "退回補正"), ("answer", "回復")]),
        "comment",
    )
    .required(),
    Field::new("text", "內容", Kind::LongText, "請補附演練紀錄。").required(),
    Field::new("by", "何人", Kind::Text, "王示範")
        .required()
        .sensitivity(Sensitivity::Personal),
    Field::new("at", "時間", Kind::Moment, "2026-05-20T10:00").required(),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "comment",
    title: "意見",
    help: "上級機關、稽核員與同仁對紀錄之意見",
    reach: Reach::System,
    hands: &[Hand::AboutAnother],
    flow: Flow::Own,
    page: Page::Own,
    names_row: "text",
    fields: FIELDS,
    ..RegisterSpec::TABLE
};
