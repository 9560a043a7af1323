//! 儲存媒體: tapes, disks and papers, where they are locked up, who has the key, who signed for them.
//!
//! Why moving has a day: media wear out before what is on them may go. What it can't know:
//! whether the lock is used.

use crate::core::checks::overdue;
use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Proof, Record, RegisterSpec,
    Sensitivity, found,
};

const LAW: &str = "information-bureau-plan";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "媒體編號", Kind::Text, "MD-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("name", "媒體名稱", Kind::Text, "115 年公文備份磁帶")
        .required()
        .synonyms(&["名稱"]),
    Field::new(
        "kind",
        "媒體種類",
        Kind::Choice(&[
            ("tape", "磁帶"),
            ("disk", "硬碟"),
            ("portable", "隨身碟或外接硬碟"),
            ("optical", "光碟"),
            ("paper", "紙本"),
            ("other", "其他"),
        ]),
        "tape",
    )
    .required()
    .synonyms(&["種類", "類別"]),
    Field::new("serial", "序號", Kind::Text, "SN-0001"),
    Field::new("content", "內容", Kind::Text, "公文資料庫完整備份").expected(),
    Field::new(
        "sensitivity",
        "機敏級別",
        Kind::Choice(&[("general", "一般"), ("sensitive", "敏感"), ("secret", "機密")]),
        "sensitive",
    )
    .required()
    .synonyms(&["機密等級", "機敏等級"])
    .law(LAW),
    Field::new("keeper", "保管人", Kind::Text, "林示範").expected(),
    Field::new("location", "存放位置", Kind::Text, "機房防火櫃")
        .expected()
        .synonyms(&["存放地點"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("apart", "與一般媒體分開存放", Kind::Flag, "true").law(LAW),
    Field::new("locked", "已上鎖", Kind::Flag, "true").law(LAW),
    Field::new("key_keeper", "管鑰人", Kind::Text, "陳示範")
        .synonyms(&["鑰匙保管人"])
        .law(LAW),
    Field::new("encrypted", "已加密或設密碼", Kind::Flag, "true").law("information-security-rules"),
    Field::new("sent_on", "送出日期", Kind::Date, "2026-05-02").synonyms(&["傳送日期"]),
    Field::new("sent_to", "送往", Kind::Text, "異地備份中心"),
    Field::new("carrier", "運送方式", Kind::Text, "專人運送，密封").synonyms(&["傳送方式"]),
    Field::new("received_by", "簽收人", Kind::Text, "黃示範").law(LAW),
    Field::new("received_on", "簽收日期", Kind::Date, "2026-05-02"),
    Field::new("migrate_due", "預定移轉日", Kind::Date, "2031-05-01").help("劣化前移轉至新媒體之期限"),
    Field::new("migrated_on", "移轉日", Kind::Date, "2031-04-10").synonyms(&["移轉日期"]),
    Field::new("migrated_to", "移轉至", Kind::Text, "MD-090"),
    Field::new("checked_on", "最近檢查日", Kind::Date, "2026-09-15").synonyms(&["檢查日期", "盤點日期"]),
    Field::new("checked_by", "檢查人", Kind::Text, "張示範"),
    Field::new("disposal", "刪除銷毀紀錄", Kind::Reference("disposal"), "ds1")
        .help("不再使用者，選其銷毀紀錄"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "media",
    title: "儲存媒體保管",
    help: "重要儲存媒體之機敏級別、存放、上鎖與管鑰、運送簽收、劣化前移轉與檢查",
    group: Group::Assets,
    hands: &[Hand::Unit],
    names_row: "name",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "media.handle",
        on: "checked_on",
        until: &[],
        about: None,
        when: is_kept,
    }],
    checks: &[
        Check {
            key: "media.locked",
            label: "存敏感或機密資料之媒體已上鎖",
            when: |row| is_sensitive(row) && row.is_blank("disposal"),
            holds: |row| row.flag("locked"),
            ..Check::STATE
        },
        Check {
            key: "media.encrypted",
            label: "存敏感或機密資料之媒體已加密或設密碼",
            when: |row| is_sensitive(row) && row.is_blank("disposal"),
            holds: |row| row.flag("encrypted"),
            ..Check::STATE
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_sensitive(row: &Record<'_>) -> bool {
    row.text("sensitivity") != "general"
}

fn is_kept(row: &Record<'_>) -> bool {
    let guarded = row.says("locked") && !row.is_blank("key_keeper");
    !row.is_blank("checked_on") && !row.is_blank("checked_by") && (guarded || !is_sensitive(row))
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([row.not_before("received_on", "sent_on")]);
    if !row.is_blank("received_on") {
        problems.extend(row.need("received_by", "已簽收者，應載明簽收人"));
    }
    if !row.is_blank("migrated_on") {
        problems.extend(row.need("migrated_to", "已移轉者，應載明移轉至何媒體"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if !row.is_blank("disposal") {
        return Vec::new();
    }
    let sensitive = is_sensitive(row);
    let portable = row.text("kind") == "portable";
    found([
        (sensitive && !row.says("locked"))
            .then(|| Gap::wrong("locked", "機敏媒體應上鎖保管，請上鎖後更新此欄")),
        (sensitive && row.is_blank("key_keeper"))
            .then(|| Gap::missing("key_keeper", "機敏媒體之鑰匙應由專人保管，請填管鑰人")),
        (sensitive && row.flag("apart") == Some(false))
            .then(|| Gap::wrong("apart", "機敏媒體應與一般媒體分開存放")),
        (sensitive && portable && !row.says("encrypted"))
            .then(|| Gap::wrong("encrypted", "可攜媒體存有機敏資料，應加密或設密碼")),
        (!row.is_blank("sent_on") && row.is_blank("received_by"))
            .then(|| Gap::wrong("received_by", "已送出而無簽收紀錄，請查明並填簽收人與簽收日期")),
        overdue(row, book, "migrate_due", "migrated_on"),
    ])
}
