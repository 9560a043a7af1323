//! 防護基準完成情形: a system's self-assessment against the baseline, as it was closed.
//!
//! Why beside the single controls: the duty is done when every system has nothing open, and
//! somebody says so on a day. What it can't know: controls that nobody entered.

use super::control_check::RESULTS;
use crate::core::checks::{GRADES, is_own_system, names, past};
use crate::core::{Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-BL-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1")
        .required()
        .synonyms(&["資通系統名稱", "系統名稱"]),
    Field::new("edition", "防護基準版本", Kind::Text, "2026").required(),
    Field::new("grade", "防護需求等級", Kind::Choice(GRADES), "中").expected(),
    Field::new("checked_on", "自評完成日", Kind::Date, "2026-12-20")
        .required()
        .synonyms(&["評估日期", "自評日期"]),
    Field::new("checked_by", "自評人", Kind::Text, "陳示範").expected(),
    Field::new("met", "符合項數", Kind::Number, "60")
        .required()
        .synonyms(&["符合"]),
    Field::new("partial", "部分符合項數", Kind::Number, "0")
        .required()
        .synonyms(&["部分符合"]),
    Field::new("not_met", "不符合項數", Kind::Number, "0")
        .required()
        .synonyms(&["不符合"]),
    Field::new("not_applicable", "不適用項數", Kind::Number, "5")
        .required()
        .synonyms(&["不適用"]),
    Field::new("conclusion", "結論", Kind::LongText, "各項措施均已完成。"),
    Field::new("next_review", "下次檢視日", Kind::Date, "2027-12-20"),
    Field::new("completes", "全部系統均已完成", Kind::Flag, "true").help(
        "本機關自行或委外開發之系統均已完成控制措施者，在最後一筆填「是」；未填者不作為完成防護基準之證明",
    ),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "control_review",
    title: "防護基準完成情形",
    help: "一個系統完成一輪防護基準自評之結果；項數須與逐項自評相符",
    group: Group::Systems,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["control_check", "control_review", "system"],
    rules: Some(rules),
    gaps: Some(gaps),
    // Of which edition the rows were, the record itself says; the law knows which it asks for.
    proves: &[
        Proof {
            duty: "baseline.complete",
            on: "checked_on",
            until: &[],
            about: None,
            when: completes,
        },
        Proof {
            duty: "baseline.revised",
            on: "checked_on",
            until: &[],
            about: None,
            when: completes,
        },
    ],
    ..RegisterSpec::TABLE
};

fn open(row: &Record<'_>) -> u64 {
    let count = |key| row.number(key).unwrap_or_default();
    count("partial") + count("not_met")
}

fn completes(row: &Record<'_>) -> bool {
    row.says("completes") && open(row) == 0
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if row.number("met") == Some(0) && open(row) == 0 && row.number("not_applicable") == Some(0) {
        problems.push(FieldProblem::new("met", "各項數均為零，請依自評結果填寫"));
    }
    if row.says("completes") && open(row) > 0 {
        problems.push(FieldProblem::new(
            "completes",
            "尚有部分符合或不符合之項目，不可填「全部系統均已完成」；請先完成改善",
        ));
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let same = |other: &Record<'_>| {
        other.text("system") == row.text("system") && other.text("edition") == row.text("edition")
    };
    let checks: Vec<&str> = book
        .all("control_check")
        .filter(|c| same(c))
        .map(|c| c.text("result"))
        .collect();
    // Who keeps the single controls elsewhere still may close the round here.
    if !checks.is_empty() {
        for (result, shown) in RESULTS {
            let counted = checks.iter().filter(|r| *r == result).count();
            let stated = row.number(result).unwrap_or_default();
            if usize::try_from(stated) != Ok(counted) {
                problems.push(FieldProblem::new(
                    result,
                    format!("逐項自評中「{shown}」有 {counted} 項，此處填 {stated} 項，請更正其中之一"),
                ));
            }
        }
    }
    if row.says("completes") {
        let same_edition = |r: &Record<'_>| r.text("edition") == row.text("edition");
        // A draft of another system closes nothing.
        let is_done = |id: &str| {
            row.text("system") == id
                || book
                    .all("control_review")
                    .any(|r| r.is_final && same_edition(&r) && r.text("system") == id && open(&r) == 0)
        };
        let missing: Vec<&str> = book
            .all("system")
            .filter(|s| is_own_system(s) && !is_done(s.id))
            .map(|s| s.name())
            .collect();
        if !missing.is_empty() {
            problems.push(FieldProblem::new(
                "completes",
                format!(
                    "尚未完成或尚未核定之系統：{}；全部完成並核定後再填「是」",
                    names(&missing)
                ),
            ));
        }
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let newer = book
        .all("control_review")
        .any(|r| r.text("system") == row.text("system") && r.date("checked_on") > row.date("checked_on"));
    let due = past(row, book, "next_review") && !newer;
    due.then(|| Gap::wrong("next_review", "已逾下次檢視日，請重新自評並新增一筆"))
        .into_iter()
        .collect()
}
