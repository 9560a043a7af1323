//! 風險對策參考: kinds of risk and what helps against them, to choose from when assessing.
//!
//! Why the agency's own list: an office without a server room needs other entries. What it
//! can't know: whether a measure was taken; that stands with the risk.

use crate::core::{EVIDENCE, Field, Group, Kind, NOTE, RegisterSpec};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("code", "風險類型代碼", Kind::Text, "R-AC-01")
        .required()
        .synonyms(&["代碼", "編號"]),
    Field::new("name", "風險類型", Kind::Text, "帳號遭冒用")
        .required()
        .synonyms(&["風險名稱"]),
    Field::new("threat", "威脅", Kind::Text, "未經授權之存取").required(),
    Field::new("weakness", "脆弱點", Kind::Text, "離職帳號未停用")
        .required()
        .synonyms(&["弱點"]),
    Field::new(
        "categories",
        "適用資產類別",
        Kind::Many(&[
            ("information", "資訊"),
            ("software", "軟體"),
            ("physical", "實體"),
            ("service", "支援服務"),
        ]),
        r#"["information","software"]"#,
    )
    .expected(),
    Field::new(
        "measure",
        "風險對策",
        Kind::LongText,
        "每季清查帳號；離職當日停用。",
    )
    .required()
    .synonyms(&["控制措施", "對策"]),
    Field::new("control", "對應控制項", Kind::Text, "AC1-1")
        .help("防護基準之控制措施編號，或所採標準之控制項"),
    Field::new(
        "way",
        "對策方式",
        Kind::Choice(&[
            ("avoid", "避免"),
            ("reduce", "降低"),
            ("transfer", "轉移"),
            ("accept", "接受"),
        ]),
        "reduce",
    )
    .expected(),
    Field::new("document", "參考文件", Kind::Text, "帳號管理程序"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "risk_reference",
    title: "風險類型暨對策參考",
    help: "常見之威脅、脆弱點與對策，供填風險評估表時選用；機關得增補",
    group: Group::Risk,
    names_row: "name",
    identity: &["code"],
    fields: FIELDS,
    ..RegisterSpec::TABLE
};
