//! 資通安全維護計畫: the plan's file, since when it is in force, and what a reader found in it.
//!
//! Why the reading is opaque here: the plan reader owns its shape; rows that were taken
//! from it name the line they came from. What it can't know: whether the plan was really
//! approved, or what it says beyond its reading.

use crate::core::checks::ends_after;
use crate::core::row::{Row, Stated, check};
use crate::core::text::is_sha256;
use crate::core::{Field, FieldProblem, Flow, Kind, Page, Reach, RegisterSpec};
use facts::{Fact, FactValue, Subject};
use period::Date;
use serde::{Deserialize, Serialize};

/// One version of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// 檔名
    pub file_name: String,
    /// SHA-256 of the file's bytes; the file is kept by it.
    pub sha256: String,
    /// First day in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<Date>,
    /// First day no longer in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// What the plan reader found, as it gave it.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub reading: serde_json::Value,
}

const LAW: &str = "cyber-security-management-act";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("file_name", "檔名", Kind::Text, "資通安全維護計畫.odt")
        .required()
        .law(LAW),
    Field::new(
        "sha256",
        "檔案檢核碼",
        Kind::Text,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )
    .help("由系統於上傳時計算")
    .required(),
    Field::new("effective_from", "生效日", Kind::Date, "2026-01-01")
        .help("核定或實施之日；不知道時留空，視為一直有效"),
    Field::new("until", "停止適用日", Kind::Date, "2027-01-01").help("自這一天起不再適用；現行計畫留空"),
    Field::new("reading", "讀取結果", Kind::Json, r#"{"chapters":[]}"#).help("由系統讀取計畫內容產生"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "plan",
    title: "資通安全維護計畫",
    help: "上傳的維護計畫與讀取結果",
    names_row: "file_name",
    fields: FIELDS,
    typed: Some(check::<Plan>),
    identity: &["file_name"],
    reach: Reach::System,
    flow: Flow::Own,
    page: Page::Own,
    ..RegisterSpec::TABLE
};

impl Row for Plan {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        let mut problems: Vec<FieldProblem> =
            ends_after(self.effective_from, self.until, "until", "停止適用日")
                .into_iter()
                .collect();
        if !is_sha256(&self.sha256) {
            problems.push(FieldProblem::new(
                "sha256",
                "「檔案檢核碼」應為 64 個小寫十六進位字元，請重新上傳檔案",
            ));
        }
        problems
    }
}

impl Stated<Plan> {
    /// A plan states that there is one while it is in force.
    pub fn facts(&self) -> Fact {
        Fact {
            subject: Subject::Agency,
            key: "has_plan".to_owned(),
            value: FactValue::Flag(true),
            from: self.row.effective_from,
            until: self.row.until,
            source: self.source.clone(),
        }
    }
}
