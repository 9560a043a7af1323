//! 決議及改善追蹤: what was decided, who does it, how success is measured, how far it is.
//!
//! Why status and dates must agree: a matter called closed without its effect comes back.
//! What it can't know: whether a percentage is honest.

use crate::core::{Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Record, RegisterSpec, found};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "項次", Kind::Text, "115-MR-01")
        .required()
        .synonyms(&["編號", "決議編號"]),
    Field::new(
        "origin",
        "來源",
        Kind::Choice(&[
            ("management_review", "管理審查"),
            ("internal_audit", "內部稽核"),
            ("external_audit", "外部稽核"),
            ("incident", "資安事件"),
            ("risk", "風險評估"),
            ("drill", "演練"),
            ("intelligence", "情資"),
            ("other", "其他"),
        ]),
        "management_review",
    )
    .required(),
    Field::new(
        "review",
        "管理審查會議",
        Kind::Reference("management_review"),
        "m1",
    ),
    Field::new("decided_on", "決議日", Kind::Date, "2026-12-10")
        .required()
        .synonyms(&["決議日期", "列管日"]),
    Field::new("item", "決議或待改善事項", Kind::LongText, "導入多因子鑑別。")
        .required()
        .synonyms(&["決議事項", "待改善事項", "事項"]),
    Field::new("owner", "主辦", Kind::Text, "資訊科")
        .expected()
        .synonyms(&["主辦單位", "負責單位"]),
    Field::new("helper", "協辦", Kind::Text, "人事室").synonyms(&["協辦單位"]),
    Field::new(
        "measure",
        "改善措施",
        Kind::LongText,
        "核心系統管理者帳號啟用一次性密碼。",
    )
    .expected(),
    Field::new(
        "indicator",
        "績效指標",
        Kind::Text,
        "啟用多因子鑑別之管理者帳號比率",
    )
    .synonyms(&["指標"]),
    Field::new("target", "目標值", Kind::Text, "100%"),
    Field::new("due", "預定完成日", Kind::Date, "2027-03-31").expected(),
    Field::new("corrective", "矯正措施", Kind::Reference("corrective"), "c1"),
    Field::new("progress", "目前進度", Kind::Number, "100")
        .help("百分比，0 至 100")
        .synonyms(&["進度", "完成率"]),
    Field::new("situation", "辦理情形", Kind::LongText, "已全部啟用。").synonyms(&["執行情形"]),
    Field::new(
        "status",
        "狀態",
        Kind::Choice(&[("doing", "執行中"), ("extended", "展延"), ("closed", "結案")]),
        "doing",
    )
    .required(),
    Field::new("extension", "展延理由", Kind::LongText, "採購流標重新招標。"),
    Field::new("extended_to", "展延至", Kind::Date, "2027-06-30"),
    Field::new("done_on", "實際完成日", Kind::Date, "2027-03-20"),
    Field::new("effect", "成效評估", Kind::LongText, "啟用率百分之百，達目標值。").synonyms(&["成效"]),
    Field::new("next_review", "下次追蹤日", Kind::Date, "2027-03-31").synonyms(&["追蹤日"]),
    Field::new("follower", "追蹤人", Kind::Text, "陳示範"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "decision",
    title: "決議及改善績效追蹤",
    help: "管理審查等之決議與待改善事項：主辦、指標、進度、展延與成效，追蹤至結案",
    group: Group::Audit,
    names_row: "item",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let progress = row.number("progress");
    let mut problems = found([
        (progress > Some(100)).then(|| FieldProblem::new("progress", "「目前進度」請填 0 至 100")),
        row.not_before("done_on", "decided_on"),
        row.not_before("due", "decided_on"),
        row.not_before("extended_to", "due"),
    ]);
    if row.text("status") == "closed" {
        let unfinished = progress.is_some_and(|progress| progress < 100);
        problems.extend(found([
            unfinished.then(|| FieldProblem::new("progress", "結案者之進度應為 100，請更正進度或狀態")),
            row.need("done_on", "結案者應填實際完成日"),
            row.need("effect", "結案前應評估成效"),
        ]));
    }
    if row.text("status") == "extended" {
        problems.extend(found([
            row.need("extension", "展延者應敘明理由"),
            row.need("extended_to", "展延者應填展延後之日期"),
        ]));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if row.text("status") == "closed" {
        return Vec::new();
    }
    let due = row.date("extended_to").or_else(|| row.date("due"));
    let late = due.is_some_and(|due| due < book.today);
    let unseen = row.date("next_review").is_some_and(|day| day < book.today);
    found([
        late.then(|| Gap::wrong("status", "已逾預定完成日，請結案，或敘明理由展延")),
        (unseen && !late).then(|| Gap::wrong("next_review", "已逾追蹤日，請更新辦理情形與下次追蹤日")),
    ])
}
