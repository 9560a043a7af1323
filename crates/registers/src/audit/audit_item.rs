//! 稽核項目紀錄: one item of an audit, by whom it was examined, and what was found.
//!
//! Why the auditor is compared with unit and owner: nobody audits his own work. What it
//! can't know: what the auditor looked at beyond what he wrote down.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Record, RegisterSpec, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("audit", "稽核", Kind::Reference("audit"), "a1")
        .required()
        .synonyms(&["稽核名稱"]),
    Field::new("number", "項次", Kind::Text, "3.2")
        .required()
        .synonyms(&["編號", "題號"]),
    Field::new("aspect", "構面", Kind::Text, "防護及控制措施")
        .expected()
        .help("依所用之查核表填寫，例如核心業務及其重要性、委外管理、事件通報")
        .synonyms(&["稽核構面", "大項"]),
    Field::new("item", "稽核項目", Kind::Text, "離職人員之帳號是否即時停用")
        .required()
        .synonyms(&["查核項目", "查核內容"]),
    Field::new("basis", "稽核依據", Kind::Text, "維護計畫「帳號管理」節")
        .expected()
        .help("法規條款或計畫章節")
        .synonyms(&["依據"]),
    Field::new("unit", "受稽單位", Kind::Text, "會計室")
        .required()
        .help("與「人員」所填單位一致")
        .synonyms(&["受稽核單位"]),
    Field::new("owner", "受稽人員", Kind::Reference("person"), "p3")
        .help("此項業務之承辦人")
        .synonyms(&["受訪人員", "承辦人"]),
    Field::new("auditor", "稽核員", Kind::Reference("person"), "p1")
        .help("本機關同仁；外聘委員填下一欄")
        .synonyms(&["稽核人員"]),
    Field::new("outsider", "外聘稽核員", Kind::Text, "周示範"),
    Field::new("on", "稽核日期", Kind::Date, "2026-11-16").synonyms(&["日期"]),
    Field::new(
        "method",
        "稽核方式",
        Kind::Many(&[
            ("interview", "訪談"),
            ("document", "文件檢視"),
            ("site", "實地查看"),
            ("test", "實機檢測"),
        ]),
        r#"["interview","document"]"#,
    )
    .synonyms(&["方式"]),
    Field::new("sample", "抽樣內容", Kind::LongText, "抽查一至十月離職人員五人。"),
    Field::new(
        "result",
        "稽核結果",
        Kind::Choice(&[
            ("conform", "符合"),
            ("partial", "部分符合"),
            ("nonconform", "不符合"),
            ("not_applicable", "不適用"),
        ]),
        "partial",
    )
    .synonyms(&["結果", "符合情形"]),
    Field::new(
        "finding",
        "稽核發現",
        Kind::LongText,
        "二人之帳號於離職後七日始停用。",
    )
    .help("部分符合、不符合與不適用者，應敘明事實或理由")
    .synonyms(&["說明", "發現事項", "事實描述"]),
    Field::new("previous", "前次結果", Kind::Text, "符合"),
    Field::new("improve_by", "改善期限", Kind::Date, "2026-12-31"),
    Field::new("corrective", "矯正措施", Kind::Reference("corrective"), "c1"),
    Field::new("confirmed_on", "受稽單位確認日", Kind::Date, "2026-11-17"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "audit_item",
    title: "稽核項目紀錄",
    help: "稽核人員填具之項目、依據、方式、結果與發現，彙整為結果報告",
    group: Group::Audit,
    hands: &[Hand::AuditorWrites],
    names_row: "item",
    identity: &["audit", "number", "unit"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["audit", "auditor", "person"],
    rules: Some(rules),
    gaps: Some(gaps),
    ..RegisterSpec::TABLE
};

fn is_short(row: &Record<'_>) -> bool {
    ["partial", "nonconform"].contains(&row.text("result"))
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    if row.is_blank("result") {
        return Vec::new();
    }
    let nobody = row.is_blank("auditor") && row.is_blank("outsider");
    let explained = row.text("result") == "conform";
    found([
        row.need("on", "已有結果者應填稽核日期"),
        nobody.then(|| FieldProblem::new("auditor", "已有結果者應填稽核員，外聘者填外聘稽核員")),
        (!explained)
            .then(|| row.need("finding", "部分符合、不符合或不適用者，應敘明事實或理由"))
            .flatten(),
    ])
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if let Some(auditor) = book.of(row, "auditor") {
        let (name, unit) = (auditor.name(), auditor.text("unit"));
        let owner = row.text("owner") == auditor.id;
        problems.extend(found([
            (unit == row.text("unit")).then(|| {
                FieldProblem::new(
                    "auditor",
                    format!("{name} 屬受稽單位「{unit}」，不得稽核所屬單位，請改由他單位人員稽核"),
                )
            }),
            owner.then(|| {
                FieldProblem::new(
                    "auditor",
                    format!("{name} 為此項業務之承辦人，不得稽核自己之業務，請改由他人稽核"),
                )
            }),
        ]));
    }
    let early = book
        .of(row, "audit")
        .and_then(|audit| audit.date("from"))
        .zip(row.date("on"))
        .filter(|(from, on)| on < from);
    problems.extend(early.map(|(from, _)| {
        FieldProblem::new(
            "on",
            format!("早於稽核起日（{}），請更正日期", period::roc_short(from)),
        )
    }));
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let audit = book.of(row, "audit");
    let over = audit
        .and_then(|audit| audit.date("until"))
        .is_some_and(|until| until < book.today);
    let late = row.date("improve_by").is_some_and(|day| day < book.today);
    let signed = book.all("auditor").any(|paper| {
        let same = paper.text("person") == row.text("auditor") && !row.is_blank("auditor")
            || paper.text("person_name") == row.text("outsider") && !row.is_blank("outsider");
        same && paper.text("audit") == row.text("audit") && !paper.is_blank("signed_on")
    });
    let judged = !row.is_blank("result");
    found([
        (judged && !signed).then(|| {
            Gap::wrong(
                "auditor",
                "稽核員未簽署聘任同意暨保密切結書即填稽核結果，請補登稽核人員",
            )
        }),
        (over && !judged).then(|| Gap::missing("result", "稽核期間已過而未填結果")),
        (is_short(row) && row.is_blank("corrective")).then(|| {
            let gap = if late { Gap::wrong } else { Gap::missing };
            gap(
                "corrective",
                "部分符合或不符合者，請登錄矯正措施並於此選取".to_owned(),
            )
        }),
    ])
}
