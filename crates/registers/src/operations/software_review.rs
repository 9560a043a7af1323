//! 軟體清查: what was found installed that shouldn't be, and what was done about it.
//!
//! Why three numbers: without a licence, without leave, and restricted are mended by
//! different people. What it can't know: machines that were off.

use crate::core::checks::{overdue, part};
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

const LAW: &str = "information-bureau-plan";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-SR-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("period", "清查期別", Kind::Text, "115 年下半年")
        .required()
        .synonyms(&["期別"]),
    Field::new("on", "清查日期", Kind::Date, "2026-09-15")
        .required()
        .law(LAW),
    Field::new("by", "清查人", Kind::Text, "林示範")
        .required()
        .synonyms(&["清查人員", "管理者"]),
    Field::new("scope", "清查範圍", Kind::Text, "全部個人電腦與伺服器").expected(),
    Field::new("devices", "應清查設備數", Kind::Number, "120").synonyms(&["設備數"]),
    Field::new("checked", "已清查設備數", Kind::Number, "120"),
    Field::new("unlicensed", "未授權軟體數", Kind::Number, "0").help("查無授權者，沒有填 0"),
    Field::new("unapproved", "未核准軟體數", Kind::Number, "2").help("非公務所需或未經核准安裝者，沒有填 0"),
    Field::new("restricted", "危害產品數", Kind::Number, "0")
        .help("危害國家資通安全產品，沒有填 0；查有者登錄「危害產品」"),
    Field::new("action", "處理情形", Kind::LongText, "二套未核准軟體已移除。").synonyms(&["處置"]),
    Field::new("fix_due", "處理期限", Kind::Date, "2026-09-30"),
    Field::new("fixed_on", "處理完成日", Kind::Date, "2026-09-20"),
    Field::new("confirmed_by", "主管", Kind::Text, "張示範").synonyms(&["複核主管"]),
    Field::new("confirmed_on", "主管確認日期", Kind::Date, "2026-09-25"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "software_review",
    title: "軟體清查紀錄",
    help: "定期清查設備上之軟體：未授權、未核准與危害產品之數量與處理",
    group: Group::Operations,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[
        Proof {
            duty: "software.review",
            on: "on",
            until: &[],
            about: None,
            when: is_done,
        },
        Proof {
            duty: "software.lawful",
            on: "on",
            until: &[],
            about: None,
            when: |row| is_done(row) && (row.number("unlicensed") == Some(0) || !row.is_blank("fixed_on")),
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_done(row: &Record<'_>) -> bool {
    let counted = ["checked", "unlicensed", "unapproved"];
    !row.is_blank("confirmed_on") && counted.iter().all(|key| !row.is_blank(key))
}

fn bad(row: &Record<'_>) -> u64 {
    ["unlicensed", "unapproved", "restricted"]
        .iter()
        .filter_map(|key| row.number(key))
        .fold(0, u64::saturating_add)
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        part(row, "checked", "devices"),
        row.not_before("fixed_on", "on"),
        row.not_before("confirmed_on", "on"),
    ]);
    if !row.is_blank("confirmed_on") {
        let why = "確認前應完成清查，沒有者填 0";
        problems.extend(found([
            row.need("confirmed_by", "請載明確認之主管"),
            row.need("checked", "確認前應完成清查"),
            row.need("unlicensed", why),
            row.need("unapproved", why),
        ]));
        if bad(row) > 0 {
            problems.extend(row.need("action", "查有不合規定之軟體，應載明處理情形"));
        }
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let rest = row
        .number("devices")
        .zip(row.number("checked"))
        .filter(|(all, seen)| seen < all);
    found([
        rest.map(|(all, seen)| {
            Gap::hint(
                "checked",
                format!("應清查 {all} 台，已清查 {seen} 台，請補清查其餘設備"),
            )
        }),
        (bad(row) > 0 && row.is_blank("fix_due") && row.is_blank("fixed_on"))
            .then(|| Gap::missing("fix_due", "查有不合規定之軟體，請定處理期限")),
        overdue(row, book, "fix_due", "fixed_on"),
        row.is_blank("confirmed_on")
            .then(|| Gap::missing("confirmed_on", "清查結果尚未經主管確認")),
    ])
}
