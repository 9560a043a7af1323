//! 還原測試: whether a backup really comes back, how long it takes, and how much is lost.
//!
//! Why measured against the targets: a restore that takes too long doesn't help. What it
//! can't know: backups that were not tried.

use crate::core::checks::overdue;
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-RT-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("backup", "備份計畫", Kind::Reference("backup"), "b1")
        .required()
        .synonyms(&["備份名稱", "標的"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1").synonyms(&["系統名稱"]),
    Field::new("on", "測試日期", Kind::Date, "2026-03-20").required(),
    Field::new("by", "測試人員", Kind::Text, "林示範").required(),
    Field::new("method", "測試方式", Kind::Text, "還原至測試主機並比對筆數")
        .expected()
        .synonyms(&["方式"]),
    Field::new("copy_from", "所用備份之日期", Kind::Date, "2026-03-19"),
    Field::new("target_rto", "目標 RTO（小時）", Kind::Decimal, "8").synonyms(&["RTO"]),
    Field::new("measured_rto", "實測 RTO（小時）", Kind::Decimal, "5.5").synonyms(&["還原時間"]),
    Field::new("target_rpo", "目標 RPO（小時）", Kind::Decimal, "24").synonyms(&["RPO"]),
    Field::new("measured_rpo", "實測 RPO（小時）", Kind::Decimal, "20"),
    Field::new(
        "result",
        "測試結果",
        Kind::Choice(&[
            ("success", "還原成功"),
            ("partial", "部分還原"),
            ("failed", "還原失敗"),
        ]),
        "success",
    )
    .required(),
    Field::new(
        "verified",
        "內容驗證",
        Kind::LongText,
        "筆數與雜湊值相符，系統可登入使用。",
    )
    .synonyms(&["驗證結果"]),
    Field::new("improvement", "檢討與改善", Kind::LongText, "無。").help("未成功或逾目標者必填"),
    Field::new("fix_due", "改善期限", Kind::Date, "2026-04-20"),
    Field::new("fixed_on", "改善完成日", Kind::Date, "2026-04-10"),
    Field::new("reviewed_by", "主管", Kind::Text, "張示範").expected(),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "restore_test",
    title: "還原測試",
    help: "備份之還原測試：方式、實測 RTO 與 RPO、結果與改善",
    group: Group::Operations,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "backup.test",
        on: "on",
        until: &[],
        about: None,
        when: is_proven,
    }],
    ..RegisterSpec::TABLE
};

fn is_proven(row: &Record<'_>) -> bool {
    row.text("result") == "success" && !row.is_blank("verified")
}

/// The pair that was missed, by the measured one's key.
fn missed(row: &Record<'_>) -> Option<&'static str> {
    [("measured_rto", "target_rto"), ("measured_rpo", "target_rpo")]
        .into_iter()
        .find(|(measured, target)| {
            row.decimal(measured)
                .zip(row.decimal(target))
                .is_some_and(|(measured, target)| measured > target)
        })
        .map(|(measured, _)| measured)
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems: Vec<FieldProblem> = Vec::new();
    problems.extend(found([
        row.not_before("on", "copy_from"),
        row.not_before("fixed_on", "on"),
    ]));
    if row.text("result") == "success" {
        if let Some(key) = missed(row) {
            let label = row.label(key);
            problems.extend(row.need("improvement", &format!("「{label}」超過目標，應檢討改善")));
        }
    } else {
        problems.extend(row.need("improvement", "未能完全還原者，應載明原因與改善"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let success = row.text("result") == "success";
    let open = !success && row.is_blank("fix_due") && row.is_blank("fixed_on");
    found([
        (success && row.is_blank("verified"))
            .then(|| Gap::missing("verified", "還原後請驗證內容是否正確可用，並填內容驗證")),
        open.then(|| Gap::missing("fix_due", "未能完全還原，請定改善期限並重新測試")),
        overdue(row, book, "fix_due", "fixed_on"),
    ])
}
