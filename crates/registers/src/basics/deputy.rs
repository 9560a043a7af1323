//! 代理人: who decides for whom, over which days.
//!
//! Why dated: a decision taken by a deputy must be shown as such, and only while the
//! deputyship lasts. What it can't know: whether the person represented was really away.

use super::member::Role;
use crate::core::checks::ends_after;
use crate::core::form::ReadError;
use crate::core::row::typed;
use crate::core::{
    Book, Field, FieldProblem, Flow, Hand, Kind, NOTE, Reach, Record, RegisterSpec, found, within,
};
use period::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who decides for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deputy {
    /// 被代理人, by row id.
    pub member: String,
    /// 代理人, by row id.
    pub deputy: String,
    /// First day.
    pub from: Date,
    /// First day no longer.
    pub until: Date,
    /// 事由
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// 備註
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Deputy {
    /// Reads a stored body: the only way to read one.
    ///
    /// # Errors
    /// Where it is of a newer form, or no deputyship.
    pub fn read(stored: &Value) -> Result<Self, ReadError> {
        typed(&SPEC, stored)
    }

    /// Whether it lasts on a day.
    pub fn serves(&self, day: Date) -> bool {
        within(day, Some(self.from), Some(self.until))
    }
}

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("member", "被代理人", Kind::Reference("member"), "m1").required(),
    Field::new("deputy", "代理人", Kind::Reference("member"), "m2").required(),
    Field::new("from", "起日", Kind::Date, "2026-07-01").required(),
    Field::new("until", "迄日", Kind::Date, "2026-07-15")
        .required()
        .help("自這一天起不再代理"),
    Field::new("reason", "事由", Kind::Text, "休假"),
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "deputy",
    title: "代理人",
    help: "請假或出缺期間由誰代為簽核",
    reach: Reach::System,
    hands: &[Hand::Accounts],
    flow: Flow::None,
    names_row: "reason",
    identity: &["member", "deputy", "from"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["member"],
    rules: Some(rules),
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let own = row.text("member") == row.text("deputy");
    found([
        own.then(|| FieldProblem::new("deputy", "代理人不能是本人，請改選他人")),
        ends_after(row.date("from"), row.date("until"), "until", "迄日"),
    ])
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let outside = book
        .of(row, "deputy")
        .and_then(|m| Role::of(m.text("role")))
        .is_some_and(|role| !role.is_of_the_agency());
    found([outside.then(|| FieldProblem::new("deputy", "代理人應為本機關人員，請改選"))])
}
