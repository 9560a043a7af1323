//! 代理人: who decides for whom, over which days.
//!
//! Why dated: a decision taken by a deputy must be shown as such, and only while the
//! deputyship lasts. What it can't know: whether the person represented was really away.

use crate::{Book, Field, FieldProblem, Group, Kind, NOTE, Reach, Record, RegisterSpec, found};

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
    group: Group::Basics,
    reach: Reach::System,
    names_row: "reason",
    identity: &["member", "deputy", "from"],
    fields: FIELDS,
    validate,
    looks_at: &["member"],
    rules,
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let own = row.text("member") == row.text("deputy");
    found([
        own.then(|| FieldProblem::new("deputy", "代理人不能是本人，請改選他人")),
        crate::row::ends_after(row.date("from"), row.date("until"), "until", "迄日"),
    ])
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let outside = book
        .of(row, "deputy")
        .is_some_and(|m| ["vendor", "auditor", "supervisor"].contains(&m.text("role")));
    found([outside.then(|| FieldProblem::new("deputy", "代理人應為本機關人員，請改選"))])
}
