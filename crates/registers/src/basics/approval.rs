//! 簽核: where a record stands on its way to being final, and who decided what.
//!
//! Why a row of its own: a decision is about one version of a record, by its hash; the
//! record can then go on without losing what was approved. What it can't know: whether
//! a signature on paper is genuine; the scan is kept.

use crate::{Field, Group, Kind, Reach, RegisterSpec};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("register", "登記簿", Kind::Text, "remote_permit").required(),
    Field::new("row", "紀錄", Kind::Text, "a1-r1").required(),
    Field::new("version", "版本", Kind::Number, "2").required(),
    Field::new(
        "state",
        "狀態",
        Kind::Choice(&[
            ("submitted", "簽核中"),
            ("returned", "已退回"),
            ("withdrawn", "已撤回"),
            ("final", "已定版"),
        ]),
        "final",
    )
    .required(),
    Field::new("step", "目前步驟", Kind::Number, "1"),
    Field::new(
        "steps",
        "步驟",
        Kind::Json,
        r#"[{"role":"ciso","does":"approves"}]"#,
    ),
    Field::new(
        "decisions",
        "歷程",
        Kind::Json,
        r#"[{"by":"m1","name":"王示範","verdict":"agree","at":"2026-05-20T10:00"}]"#,
    ),
    Field::new("number", "定版編號", Kind::Text, "115-RA-001"),
    Field::new(
        "body_hash",
        "定版內容之雜湊",
        Kind::Text,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    Field::new(
        "approved",
        "前次定版",
        Kind::Json,
        r#"{"version":2,"number":"115-RA-001","on":"2026-05-20","body":{}}"#,
    )
    .help("最近一次定版之版本、編號、日期與內容"),
    crate::EVIDENCE.help("紙本核定者，簽名頁之掃描檔"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "approval",
    title: "簽核",
    help: "紀錄之簽核歷程與定版內容",
    group: Group::Basics,
    reach: Reach::System,
    names_row: "number",
    identity: &["register", "row"],
    fields: FIELDS,
    ..RegisterSpec::TABLE
};
