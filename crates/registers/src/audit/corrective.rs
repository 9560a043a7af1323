//! 矯正措施: a shortcoming, its cause, similar cases, what was done and whether it worked.
//!
//! Why closing is guarded: a shortcoming that is closed without looking at its cause and at
//! the effect of the measure comes back at the next audit. What it can't know: whether the
//! cause that is named is the true one.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Raise, Record, RegisterSpec, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "編號", Kind::Text, "115-CA-001")
        .required()
        .synonyms(&["缺失編號", "項次"]),
    Field::new(
        "origin",
        "來源",
        Kind::Choice(&[
            ("internal_audit", "內部稽核"),
            ("external_audit", "外部稽核"),
            ("incident", "資安事件"),
            ("management_review", "管理審查"),
            ("risk", "風險評估"),
            ("drill", "演練"),
            ("scan", "檢測"),
            ("intelligence", "情資"),
            ("other", "其他"),
        ]),
        "internal_audit",
    )
    .required(),
    Field::new("found_on", "發現日期", Kind::Date, "2026-05-20").required(),
    Field::new(
        "class",
        "類別",
        Kind::Choice(&[
            ("nonconformity", "缺失"),
            ("improvement", "待改善"),
            ("suggestion", "建議"),
        ]),
        "nonconformity",
    )
    .required(),
    Field::new(
        "finding",
        "發現事項",
        Kind::LongText,
        "二名離職人員之帳號未停用。",
    )
    .required()
    .synonyms(&["稽核發現", "缺失事項", "待改善事項"]),
    Field::new("unit", "權責單位", Kind::Text, "資訊科")
        .expected()
        .synonyms(&["受稽單位", "主辦單位"]),
    Field::new("cause", "發生原因", Kind::LongText, "離職通報未會辦資訊單位。")
        .synonyms(&["判定原因", "原因分析"]),
    Field::new(
        "similar",
        "類似情形",
        Kind::LongText,
        "清查全部帳號，另有一件，一併停用。",
    )
    .help("是否有類似缺失存在或可能發生；查過而沒有者寫「無」")
    .synonyms(&["類似缺失"]),
    Field::new(
        "measure",
        "改善措施",
        Kind::LongText,
        "離職單增列資訊單位會辦欄。",
    ),
    Field::new("due", "預定完成日", Kind::Date, "2026-07-31").expected(),
    Field::new("progress", "辦理情形", Kind::LongText, "已於七月實施。").synonyms(&["執行情形", "進度說明"]),
    Field::new("done_on", "實際完成日", Kind::Date, "2026-07-20"),
    Field::new(
        "effect",
        "成效審查",
        Kind::LongText,
        "抽查三個月離職人員，帳號均於當日停用。",
    )
    .synonyms(&["成效評估", "審查有效性", "複查結果"]),
    Field::new("effective", "有效", Kind::Flag, "true").help("成效審查之結論"),
    Field::new("document_changed", "修正之文件", Kind::Text, "離職交接作業程序").help("必要時變更之制度文件"),
    Field::new("closed_on", "結案日", Kind::Date, "2026-11-02"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "corrective",
    title: "矯正措施",
    help: "缺失與待改善事項之原因、類似情形、改善措施、追蹤與成效；結案前須完成成效審查",
    group: Group::Audit,
    hands: &[Hand::Unit],
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[Raise {
        duty: "improvement.correct",
        on: "found_on",
        settled_on: "closed_on",
        about: None,
        when: is_nonconformity,
    }],
    ..RegisterSpec::TABLE
};

fn is_nonconformity(row: &Record<'_>) -> bool {
    row.text("class") != "suggestion"
}

fn is_closed(row: &Record<'_>) -> bool {
    !row.is_blank("closed_on")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("done_on", "found_on"),
        row.not_before("closed_on", "found_on"),
        row.not_before("closed_on", "done_on"),
    ]);
    if is_closed(row) {
        problems.extend(found([
            row.need("cause", "結案前應找出發生原因"),
            row.need("similar", "結案前應查明有無類似情形，沒有者寫「無」"),
            row.need("measure", "結案前應有改善措施"),
            row.need("done_on", "結案前改善措施應已完成"),
            row.need("effect", "結案前應審查改善措施之成效"),
        ]));
        if row.flag("effective") != Some(true) {
            problems.push(FieldProblem::new(
                "effective",
                "成效審查為有效者方可結案；無效者請再研議改善措施，先不填結案日",
            ));
        }
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if is_closed(row) {
        return Vec::new();
    }
    let late = row.date("due").is_some_and(|due| due < book.today) && row.is_blank("done_on");
    found([
        late.then(|| Gap::wrong("progress", "已逾預定完成日，請填辦理情形或展延之日期與理由")),
        row.is_blank("measure")
            .then(|| Gap::missing("measure", "尚未研議改善措施")),
        (!row.is_blank("done_on") && row.is_blank("effect"))
            .then(|| Gap::missing("effect", "改善措施已完成，請審查成效後結案")),
    ])
}
