//! 軟體授權: which software the agency may use, on how many machines, and where it is installed.
//!
//! Why more installations than licences are taken: they are a fact to be mended, not a typing
//! mistake. What it can't know: what is installed without being counted.

use crate::core::checks::past;
use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Lapse, NOTE, Record, RegisterSpec, found,
};

const LAW: &str = "information-security-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "編號", Kind::Text, "SW-001").synonyms(&["軟體編號", "財產編號"]),
    Field::new("name", "軟體名稱", Kind::Text, "示範文書軟體")
        .required()
        .synonyms(&["名稱", "品名"])
        .law(LAW),
    Field::new("version", "版本", Kind::Text, "2024")
        .expected()
        .synonyms(&["軟體版本"]),
    Field::new("maker", "廠牌", Kind::Text, "示範軟體公司")
        .expected()
        .synonyms(&["原廠", "製造商"]),
    Field::new(
        "licence",
        "授權方式",
        Kind::Choice(&[
            ("perpetual", "永久授權"),
            ("subscription", "訂閱"),
            ("bundled", "隨機版"),
            ("open_source", "開放原始碼"),
            ("free", "免費軟體"),
            ("own", "自行或委外開發"),
        ]),
        "subscription",
    )
    .required()
    .synonyms(&["授權類型"]),
    Field::new("licences", "授權數", Kind::Number, "50").synonyms(&["授權套數", "數量"]),
    Field::new("installed", "安裝數", Kind::Number, "48").synonyms(&["已安裝數"]),
    Field::new("licence_no", "授權書號", Kind::Text, "LIC-0001"),
    Field::new("terms", "授權條件", Kind::Text, "限公務使用").help("免費與開放原始碼軟體，是否允許公務使用"),
    Field::new("modified", "有自行修改", Kind::Flag, "false").help("套裝軟體宜避免自行修改"),
    Field::new("modified_reason", "修改說明", Kind::Text, "無"),
    Field::new("keeper", "管理人", Kind::Text, "林示範").expected(),
    Field::new("from", "授權起日", Kind::Date, "2026-01-01"),
    Field::new("until", "授權迄日", Kind::Date, "2026-12-31").synonyms(&["到期日"]),
    Field::new("support_until", "原廠支援終止日", Kind::Date, "2028-10-10").synonyms(&["EOL", "EOS"]),
    Field::new("counted_on", "最近清查日", Kind::Date, "2026-09-15").synonyms(&["清查日期"]),
    Field::new("retired_on", "停用日", Kind::Date, "2029-01-01"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "software",
    title: "軟體授權清冊",
    help: "合法使用之軟體：版本、授權數與安裝數、授權期間與原廠支援",
    group: Group::Operations,
    names_row: "name",
    identity: &["name", "version"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    checks: &[Check {
        key: "software.supported",
        label: "軟體仍在原廠支援期內",
        ends: "retired_on",
        lapses: Lapse::After("support_until"),
        when: |row| !row.is_blank("support_until"),
        ..Check::STATE
    }],
    ..RegisterSpec::TABLE
};

fn is_counted(row: &Record<'_>) -> bool {
    ["perpetual", "subscription", "bundled"].contains(&row.text("licence"))
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([row.not_before("until", "from")]);
    if row.says("modified") {
        problems.extend(row.need("modified_reason", "自行修改套裝軟體者，應載明必要與內容"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if past(row, book, "retired_on") {
        return Vec::new();
    }
    let over = row
        .number("installed")
        .zip(row.number("licences"))
        .filter(|(installed, licences)| is_counted(row) && installed > licences);
    found([
        over.map(|(installed, licences)| {
            Gap::wrong(
                "installed",
                format!("安裝 {installed} 套，多於授權 {licences} 套，請移除或增購"),
            )
        }),
        (is_counted(row) && row.is_blank("licences")).then(|| Gap::missing("licences", "請填授權數")),
        past(row, book, "until").then(|| Gap::wrong("until", "授權已到期，請續約、停用或更新迄日")),
        past(row, book, "support_until")
            .then(|| Gap::wrong("support_until", "原廠已終止支援，不再更新弱點，請升級或停用")),
    ])
}
