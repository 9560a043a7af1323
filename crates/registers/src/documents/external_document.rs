//! 外來文件: laws, orders and standards from outside, and which own papers they touch.
//!
//! Why an assessment is asked for: a new rule that nobody compares with the agency's papers
//! changes nothing. What it can't know: rules that nobody entered.

use crate::core::{Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Record, RegisterSpec, found};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("title", "文件名稱", Kind::Text, "資通安全責任等級分級辦法")
        .required()
        .synonyms(&["名稱", "法規名稱"]),
    Field::new("number", "發文字號", Kind::Text, "數授資字第1150000000號").synonyms(&[
        "文號",
        "文件編號",
        "編號",
    ]),
    Field::new("issuer", "發布機關", Kind::Text, "數位發展部")
        .required()
        .synonyms(&["發文機關", "來源"]),
    Field::new("version", "版次", Kind::Text, "115年1月修正").synonyms(&["版本"]),
    Field::new("issued_on", "發布日", Kind::Date, "2026-01-05").synonyms(&["發布日期"]),
    Field::new("effective_on", "生效日", Kind::Date, "2026-01-07")
        .expected()
        .synonyms(&["施行日期", "生效日期"]),
    Field::new("received_on", "收文日", Kind::Date, "2026-01-08"),
    Field::new("keeper", "保存單位", Kind::Text, "資訊科").synonyms(&["保管單位"]),
    Field::new("location", "存放位置", Kind::Text, "公文系統"),
    Field::new(
        "documents",
        "對應內部文件",
        Kind::References("document"),
        r#"["d1"]"#,
    ),
    Field::new("assessed_on", "影響評估日", Kind::Date, "2026-01-15").help("評估內部文件須否配合修正之日"),
    Field::new(
        "assessment",
        "影響評估",
        Kind::LongText,
        "專職人員訓練時數不變；稽核計畫應載事項須修正。",
    )
    .help("須修正之文件與作法；無須修正者寫「無須修正」"),
    Field::new("next_check", "下次確認日", Kind::Date, "2027-01-15").help("確認有無新版之日"),
    Field::new("ended_on", "停止適用日", Kind::Date, "2028-01-01"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "external_document",
    title: "外來文件清冊",
    help: "法規、公文、標準等外來文件，及其與內部文件之對應",
    group: Group::Documents,
    names_row: "title",
    identity: &["title", "version"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("ended_on", "effective_on"),
        row.not_before("assessed_on", "issued_on"),
    ]);
    if !row.is_blank("assessed_on") {
        problems.extend(row.need("assessment", "已評估者應寫明結果，無須修正者寫「無須修正」"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if row.date("ended_on").is_some_and(|ended| ended <= book.today) {
        return Vec::new();
    }
    let holds = row.date("effective_on").is_some_and(|day| day <= book.today);
    let late = row.date("next_check").is_some_and(|day| day < book.today);
    found([
        (holds && row.is_blank("assessed_on"))
            .then(|| Gap::missing("assessed_on", "已生效而尚未評估對內部文件之影響，請評估並填日期")),
        late.then(|| Gap::wrong("next_check", "已逾確認日，請確認有無新版並更新下次確認日")),
    ])
}
