//! 日誌檢視: who looked through which logs, what was found, and which superior looked again.
//!
//! Why the second look decides: the plan asks for it. What it can't know: what the reader
//! overlooked.

use crate::core::checks::overdue;
use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

const LAW: &str = "information-bureau-plan";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-LR-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("sources", "日誌來源", Kind::References("log_source"), r#"["l1"]"#)
        .expected()
        .synonyms(&["來源", "設備"]),
    Field::new("from", "檢視起日", Kind::Date, "2026-09-01").expected(),
    Field::new("until", "檢視迄日", Kind::Date, "2026-09-30").expected(),
    Field::new("on", "檢視日期", Kind::Date, "2026-10-02")
        .required()
        .law(LAW),
    Field::new("by", "檢視人", Kind::Text, "林示範").required(),
    Field::new("backed_up", "日誌已備份", Kind::Flag, "true").law(LAW),
    Field::new("abnormal", "有異常", Kind::Flag, "false").required(),
    Field::new("findings", "異常情形", Kind::LongText, "無。").synonyms(&["發現事項"]),
    Field::new("action", "處理情形", Kind::LongText, "已通知系統管理者查明。"),
    Field::new("fix_due", "處理期限", Kind::Date, "2026-10-09"),
    Field::new("fixed_on", "處理完成日", Kind::Date, "2026-10-05"),
    Field::new("incident_no", "資安事件編號", Kind::Text, "115-IN-002").help("經判斷屬資通安全事件者"),
    Field::new("checked_by", "複核主管", Kind::Text, "張示範").law(LAW),
    Field::new("checked_on", "複核日期", Kind::Date, "2026-10-05"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "log_review",
    title: "日誌檢視紀錄",
    help: "資安設備與系統日誌之定期備份、檢視、異常處理與主管複核",
    group: Group::Operations,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "log.review",
        on: "on",
        until: &[],
        about: None,
        when: is_countersigned,
    }],
    tells: &["backed_up"],
    checks: &[Check {
        key: "log_review.kept",
        label: "日誌已備份並經主管複核",
        from: "on",
        ages: true,
        holds: |row| match row.flag("backed_up") {
            Some(true) => is_countersigned(row).then_some(true),
            said => said,
        },
        ..Check::STATE
    }],
    ..RegisterSpec::TABLE
};

fn is_countersigned(row: &Record<'_>) -> bool {
    !row.is_blank("checked_by") && !row.is_blank("checked_on")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("until", "from"),
        row.not_before("on", "until"),
        row.not_before("checked_on", "on"),
        row.not_before("fixed_on", "on"),
    ]);
    if row.says("abnormal") {
        problems.extend(row.need("findings", "有異常者，應載明異常情形"));
    }
    let same = row.text("checked_by") == row.text("by");
    if same && !row.is_blank("checked_by") {
        problems.push(FieldProblem::new(
            "checked_by",
            "複核主管不可為檢視人本人，請由主管複核",
        ));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let unchecked = !is_countersigned(row);
    let unhandled = row.says("abnormal") && row.is_blank("action");
    found([
        unchecked.then(|| Gap::missing("checked_by", "尚未經主管複核，請送主管複核並填複核日期")),
        unhandled.then(|| Gap::wrong("action", "有異常而未載明處理情形，請處理並填寫")),
        overdue(row, book, "fix_due", "fixed_on"),
    ])
}
