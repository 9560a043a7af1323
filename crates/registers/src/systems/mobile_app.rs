//! 行動應用程式: apps that the agency offers, what they may do on a phone, and how they were tested.
//!
//! Why one day says that it is done: permissions, encryption, test and mending belong
//! together. What it can't know: what a store's newest package holds.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Raise, Record, RegisterSpec, found,
};

const LAW: &str = "information-security-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "應用程式名稱", Kind::Text, "示範市民通")
        .required()
        .synonyms(&["App名稱", "APP"]),
    Field::new("version", "版本", Kind::Text, "3.1.0")
        .required()
        .synonyms(&["版次"]),
    Field::new(
        "platforms",
        "平台",
        Kind::Many(&[("android", "Android"), ("ios", "iOS"), ("other", "其他")]),
        r#"["android","ios"]"#,
    )
    .expected(),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1").help("後端所屬系統"),
    Field::new("unit", "業務單位", Kind::Text, "服務科").expected(),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1"),
    Field::new("url", "下載網址", Kind::Text, "https://store.example/app"),
    Field::new("released_on", "上架或改版日", Kind::Date, "2026-08-01")
        .required()
        .synonyms(&["上架日期", "發布日期"]),
    Field::new(
        "permissions",
        "存取權限及用途",
        Kind::LongText,
        "定位：顯示附近據點。",
    )
    .help("逐項說明；限業務所需")
    .synonyms(&["權限"])
    .law(LAW),
    Field::new("sensitive_data", "裝置上存有敏感資料", Kind::Flag, "true"),
    Field::new("encrypted", "敏感資料已加密", Kind::Flag, "true").law(LAW),
    Field::new(
        "tests",
        "檢測方式",
        Kind::Many(&[
            ("source", "源碼掃描"),
            ("black_box", "黑箱測試"),
            ("penetration", "滲透測試"),
        ]),
        r#"["source"]"#,
    )
    .law(LAW),
    Field::new("tested_on", "檢測日期", Kind::Date, "2026-07-20"),
    Field::new("high", "高風險弱點數", Kind::Number, "0").synonyms(&["高風險"]),
    Field::new("medium", "中風險弱點數", Kind::Number, "2").synonyms(&["中風險"]),
    Field::new("retested_on", "複測日期", Kind::Date, "2026-07-28"),
    Field::new(
        "retest",
        "複測結果",
        Kind::Choice(&[("passed", "通過"), ("failed", "未通過")]),
        "passed",
    ),
    Field::new("guideline_checked_on", "作業原則檢核日", Kind::Date, "2026-07-29")
        .help("依所屬機關之 App 發展作業原則檢核"),
    Field::new("secured_on", "安全事項完成日", Kind::Date, "2026-07-30")
        .help("權限檢視、加密、檢測與改善均完成之日"),
    Field::new("retired_on", "下架日", Kind::Date, "2028-12-31"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "mobile_app",
    title: "行動應用程式",
    help: "機關提供之 App：權限、裝置上資料之加密、檢測、弱點改善與作業原則檢核，每次改版一筆",
    group: Group::Systems,
    names_row: "name",
    identity: &["name", "version"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[Raise {
        duty: "mobile_app.secure",
        on: "released_on",
        settled_on: "secured_on",
        about: None,
        when: |_| true,
    }],
    tells: &[
        "permissions",
        "encrypted",
        "sensitive_data=false",
        "tested_on",
        "guideline_checked_on",
    ],
    ..RegisterSpec::TABLE
};

fn weaknesses(row: &Record<'_>) -> u64 {
    row.number("high").unwrap_or_default() + row.number("medium").unwrap_or_default()
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("retested_on", "tested_on"),
        row.not_before("retired_on", "released_on"),
    ]);
    if row.is_blank("secured_on") {
        return problems;
    }
    problems.extend(found([
        row.need("permissions", "完成前應逐項說明存取權限及用途"),
        row.need("tests", "完成前應檢測"),
        row.need("tested_on", "完成前應檢測"),
    ]));
    if row.says("sensitive_data") && !row.says("encrypted") {
        problems.push(FieldProblem::new(
            "encrypted",
            "裝置上之敏感資料應加密後，始得填安全事項完成日",
        ));
    }
    if weaknesses(row) > 0 && row.text("retest") != "passed" {
        problems.push(FieldProblem::new(
            "retest",
            "有中風險以上之弱點，應改善並複測通過後，始得填安全事項完成日",
        ));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let released = row.date("released_on").is_some_and(|day| day <= book.today);
    let open =
        released && row.is_blank("retired_on") && weaknesses(row) > 0 && row.text("retest") != "passed";
    found([open.then(|| Gap::wrong("retest", "已上架而弱點尚未複測通過，請改善並複測，或先行下架"))])
}
