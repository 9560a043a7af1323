//! 管制區域進出登記: who went in, when he left, what he brought, and who was with him.
//!
//! Why the leaving may be blank: the row is made at the door. What it can't know: who came in
//! behind somebody else.

use crate::core::checks::later;
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Record, RegisterSpec, Sensitivity,
    found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("serial", "序號", Kind::Text, "115-0001").synonyms(&["編號", "項次"]),
    Field::new("area", "管制區域名稱", Kind::Text, "三樓機房")
        .required()
        .synonyms(&["管制區域", "地點"]),
    Field::new("entered", "進入時間", Kind::Moment, "2026-05-04T09:10")
        .required()
        .synonyms(&["進入", "到訪時間"]),
    Field::new("left", "離開時間", Kind::Moment, "2026-05-04T11:40").synonyms(&["離開"]),
    Field::new("name", "姓名", Kind::Text, "黃示範")
        .required()
        .sensitivity(Sensitivity::Personal),
    Field::new("company", "所屬單位或公司", Kind::Text, "示範資訊股份有限公司")
        .expected()
        .synonyms(&["單位", "公司", "所屬單位"]),
    Field::new("outsider", "外部人員", Kind::Flag, "true").help("非本機關人員"),
    Field::new("contact", "聯絡方式", Kind::Text, "02-0000-0000")
        .synonyms(&["電話"])
        .sensitivity(Sensitivity::Personal),
    Field::new("reason", "事由", Kind::Text, "更換硬碟")
        .required()
        .synonyms(&["進出事由"]),
    Field::new("work_order", "作業內容或工單", Kind::Text, "維護單 115-034"),
    Field::new("badge", "證件種類及換證號碼", Kind::Text, "訪客證 07")
        .help("不登錄身分證字號")
        .sensitivity(Sensitivity::Personal),
    Field::new("escort", "陪同人員", Kind::Text, "林示範"),
    Field::new("brought_in", "攜入設備", Kind::Text, "硬碟一顆 SN-0001").synonyms(&["攜帶物品"]),
    Field::new("taken_out", "攜出設備", Kind::Text, "硬碟一顆 SN-0002"),
    Field::new("sealed", "行動裝置已封存", Kind::Flag, "true"),
    Field::new("approved_by", "核准人", Kind::Text, "張示範"),
    Field::new("reviewed_by", "複核主管", Kind::Text, "張示範"),
    Field::new("reviewed_on", "複核日期", Kind::Date, "2026-06-01").help("主管定期複核之日"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "entry_log",
    title: "管制區域人員進出登記",
    help: "機房等管制區域之進出：時間、姓名、事由、陪同、攜入攜出設備與複核",
    group: Group::Assets,
    hands: &[Hand::Unit, Hand::Anybody],
    names_row: "name",
    identity: &["area", "entered", "name"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    bulk: true,
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let unreviewed = !row.is_blank("reviewed_on") && row.is_blank("left");
    found([
        later(row, "left", "entered"),
        unreviewed.then(|| FieldProblem::new("left", "複核前應登錄離開時間，請先查明")),
    ])
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let inside = row.is_blank("left") && row.day_of("entered").is_some_and(|day| day < book.today);
    found([
        inside.then(|| Gap::wrong("left", "尚未離開：進入後已逾一日而無離開時間，請查明並補登")),
        (row.says("outsider") && row.is_blank("escort"))
            .then(|| Gap::missing("escort", "外部人員進入管制區域，請填陪同人員")),
        (!row.is_blank("taken_out") && row.is_blank("approved_by"))
            .then(|| Gap::missing("approved_by", "攜出設備應經核准，請填核准人")),
    ])
}
