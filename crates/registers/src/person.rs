//! 人員: who works on cyber-security, or must be trained in it.
//!
//! Why so little: only what training and staffing duties need; this is personal data.
//! What it can't know: anything the personnel office holds.

use crate::row::{Row, check};
use crate::{Field, FieldProblem, Group, Kind, RegisterSpec, Sensitivity};
use period::Date;
use serde::{Deserialize, Serialize};

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// 姓名
    pub name: String,
    /// 單位
    #[serde(default)]
    pub unit: String,
    /// 職稱
    #[serde(default)]
    pub position: String,
    /// 電子郵件
    #[serde(default)]
    pub email: String,
    /// 資通安全專職（責）人員
    #[serde(default)]
    pub dedicated: bool,
    /// 資訊人員
    #[serde(default)]
    pub it_staff: bool,
    /// First day no longer with the agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_on: Option<Date>,
}

const LAW: &str = "classification-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "姓名", Kind::Text, "陳示範")
        .required()
        .sensitivity(Sensitivity::Personal),
    Field::new("unit", "單位", Kind::Text, "資訊科"),
    Field::new("position", "職稱", Kind::Text, "管理師"),
    Field::new("email", "電子郵件", Kind::Text, "chen@example.gov.tw").sensitivity(Sensitivity::Personal),
    Field::new("dedicated", "資通安全專職（責）人員", Kind::Flag, "true").law(LAW),
    Field::new("it_staff", "資訊人員", Kind::Flag, "true")
        .help("訓練時數依是否為資訊人員而不同")
        .law(LAW),
    Field::new("left_on", "離職日", Kind::Date, "2026-07-01").help("自這一天起不再列入；在職時留空"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "person",
    title: "人員",
    help: "應受資通安全訓練或負責資安工作的人員",
    v: 1,
    names_row: "name",
    fields: FIELDS,
    typed: Some(check::<Person>),
    group: Group::People,
    identity: &["name", "unit"],
    ..RegisterSpec::TABLE
};

impl Row for Person {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        let plausible = self.email.is_empty()
            || self.email.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && host.contains('.') && !self.email.contains(char::is_whitespace)
            });
        if plausible {
            return Vec::new();
        }
        vec![FieldProblem::new(
            "email",
            "「電子郵件」格式不對，請填如 name@example.gov.tw，或留空",
        )]
    }
}
