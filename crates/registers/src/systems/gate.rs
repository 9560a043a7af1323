//! 開發階段檢核: whether a phase of a project met its security demands.
//!
//! Why in order: a test passed before the design was looked at proves little. What it can't
//! know: what the reports behind it say.

use crate::core::checks::overdue;
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

/// The phases, in their order.
const PHASES: &[(&str, &str)] = &[
    ("requirement", "需求"),
    ("design", "設計"),
    ("development", "開發"),
    ("test", "測試"),
    ("deployment", "部署維運"),
    ("acceptance", "驗收"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-GT-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("project", "系統專案", Kind::Reference("project"), "pj1")
        .required()
        .synonyms(&["專案名稱", "案名"]),
    Field::new("phase", "階段", Kind::Choice(PHASES), "requirement")
        .required()
        .synonyms(&["開發階段"]),
    Field::new("on", "檢核日期", Kind::Date, "2026-03-20").required(),
    Field::new(
        "items",
        "檢核項目",
        Kind::LongText,
        "資安需求已納入需求規格書並經業務單位確認。",
    )
    .expected()
    .synonyms(&["檢核內容", "安全需求"]),
    Field::new(
        "result",
        "檢核結果",
        Kind::Choice(&[
            ("passed", "通過"),
            ("conditional", "修正後通過"),
            ("failed", "未通過"),
        ]),
        "passed",
    )
    .required(),
    Field::new("findings", "發現事項", Kind::LongText, "無。").synonyms(&["缺失", "待修正事項"]),
    Field::new("fix_due", "修正期限", Kind::Date, "2026-04-03"),
    Field::new("fixed_on", "修正完成日", Kind::Date, "2026-04-01"),
    Field::new("vendor_statement", "廠商檢測證明", Kind::Text, "檢測報告第1版")
        .help("源碼檢測、弱點掃描或滲透測試報告名稱"),
    Field::new("reviewer", "檢核人", Kind::Text, "林示範").expected(),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "gate",
    title: "開發階段檢核",
    help: "需求、設計、開發、測試、部署維運與驗收各階段之資安檢核；前階段通過後，後階段始得通過",
    group: Group::Systems,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["gate"],
    rules: Some(rules),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "development.ssdlc",
        on: "on",
        until: &[],
        about: None,
        when: is_last,
    }],
    ..RegisterSpec::TABLE
};

fn is_last(row: &Record<'_>) -> bool {
    row.text("phase") == "acceptance" && is_passed(row)
}

/// Whether a phase is passed: at once, or after what was found is mended.
pub(super) fn is_passed(row: &Record<'_>) -> bool {
    match row.text("result") {
        "passed" => true,
        "conditional" => !row.is_blank("fixed_on"),
        _ => false,
    }
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([row.not_before("fix_due", "on"), row.not_before("fixed_on", "on")]);
    if row.text("result") == "conditional" {
        problems.extend(found([
            row.need("findings", "修正後通過者，應載明待修正事項"),
            row.need("fix_due", "修正後通過者，應定修正期限"),
        ]));
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    if !is_passed(row) {
        return Vec::new();
    }
    let before = PHASES.iter().take_while(|(phase, _)| *phase != row.text("phase"));
    let missing: Vec<&str> = before
        .filter(|(phase, _)| {
            !book.all("gate").any(|g| {
                g.text("project") == row.text("project")
                    && g.text("phase") == *phase
                    && is_passed(&g)
                    && g.date("on") <= row.date("on")
            })
        })
        .map(|(_, shown)| *shown)
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    vec![FieldProblem::new(
        "result",
        format!(
            "前階段尚未通過：{}；請先完成前階段之檢核，再登錄本階段通過",
            missing.join("、")
        ),
    )]
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    overdue(row, book, "fix_due", "fixed_on").into_iter().collect()
}
