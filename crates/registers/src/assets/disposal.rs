//! 資料與媒體刪除銷毀: what was destroyed or handed back, how, by whom, and how that was verified.
//!
//! Why the two persons differ: who destroys doesn't attest his own work. What it can't know:
//! copies that nobody remembered; the assessment before it asks for them.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

const LAW: &str = "information-bureau-plan";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-DS-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("name", "資料或媒體名稱", Kind::Text, "汰換硬碟")
        .required()
        .synonyms(&["項目", "資料名稱", "銷毀項目"]),
    Field::new(
        "kind",
        "類別",
        Kind::Choice(&[
            ("personal", "個人資料"),
            ("official", "公務資料"),
            ("system", "系統資料"),
            ("media", "儲存媒體"),
            ("equipment", "含儲存媒體之設備"),
        ]),
        "media",
    )
    .required(),
    Field::new("quantity", "數量", Kind::Text, "3 顆")
        .required()
        .help("含單位")
        .law(LAW),
    Field::new("media_type", "媒體種類", Kind::Text, "硬碟"),
    Field::new("serial", "序號", Kind::Text, "SN-0001、SN-0002、SN-0003").synonyms(&["媒體序號"]),
    Field::new("property_no", "財產編號", Kind::Text, "3140101-03-0001"),
    Field::new("owner_unit", "資料所有單位", Kind::Text, "歲計科").expected(),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1").help("廠商持有之資料，選其契約"),
    Field::new(
        "reason",
        "刪除原因",
        Kind::Choice(&[
            ("contract_end", "契約終止"),
            ("replaced", "汰換"),
            ("expired", "保存期限屆滿"),
            ("purpose_gone", "特定目的消失"),
            ("reuse", "改作他用"),
            ("other", "其他"),
        ]),
        "replaced",
    )
    .required(),
    Field::new(
        "assessment",
        "刪除前評估及清查",
        Kind::LongText,
        "已確認資料移轉完成，備份及暫存檔一併清查。",
    )
    .help("是否仍需保存；備份、副本與暫存檔之清查結果；版權軟體已否移除")
    .expected()
    .law(LAW),
    Field::new(
        "method",
        "方法",
        Kind::Choice(&[
            ("overwrite", "覆寫"),
            ("degauss", "消磁"),
            ("destroy", "實體破壞"),
            ("burn", "焚毀"),
            ("shred", "碎紙"),
            ("crypto_erase", "加密抹除"),
            ("return", "返還"),
            ("delete", "邏輯刪除"),
        ]),
        "destroy",
    )
    .required()
    .synonyms(&["銷毀方式", "刪除方式"])
    .law(LAW),
    Field::new("tool", "工具及版本", Kind::Text, "硬碟破碎機"),
    Field::new("passes", "覆寫次數", Kind::Number, "3"),
    Field::new("on", "執行日期", Kind::Date, "2026-07-08")
        .required()
        .synonyms(&["銷毀日期", "刪除日期", "時間"]),
    Field::new("by", "執行人", Kind::Text, "林示範").required(),
    Field::new("witness", "會同或監銷人", Kind::Text, "陳示範")
        .expected()
        .synonyms(&["監銷人", "會同人員"]),
    Field::new("received_by", "簽收人", Kind::Text, "黃示範").help("返還或交付者，收受之人"),
    Field::new("verification", "驗證方式", Kind::Text, "逐顆核對序號並拍照").expected(),
    Field::new("verified_on", "驗證日期", Kind::Date, "2026-07-08"),
    Field::new(
        "verified",
        "驗證結果",
        Kind::Choice(&[
            ("ok", "確認無法復原"),
            ("partial", "部分無法刪除"),
            ("failed", "未通過"),
        ]),
        "ok",
    ),
    Field::new("remaining", "無法刪除部分及處置", Kind::LongText, "無。"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "disposal",
    title: "資料與媒體刪除銷毀",
    help: "刪除、銷毀或交還之項目、數量、時間、方法、執行與監銷，以及驗證結果",
    group: Group::Assets,
    hands: &[Hand::Unit],
    names_row: "name",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "media.handle",
        on: "verified_on",
        until: &[],
        about: None,
        when: is_proven,
    }],
    ..RegisterSpec::TABLE
};

fn is_proven(row: &Record<'_>) -> bool {
    let medium = ["media", "equipment"].contains(&row.text("kind"));
    medium && row.text("verified") == "ok" && !row.is_blank("witness") && !row.is_blank("assessment")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([row.not_before("verified_on", "on")]);
    match row.text("method") {
        "return" => problems.extend(row.need("received_by", "返還者，應載明簽收人")),
        "overwrite" => problems.extend(row.need("passes", "以覆寫刪除者，應載明覆寫次數")),
        _ => {}
    }
    match row.text("verified") {
        "" => {}
        "ok" => problems.extend(row.need("verified_on", "已驗證者，應填驗證日期")),
        _ => problems.extend(row.need("remaining", "未能完全刪除者，應載明其範圍與處置")),
    }
    let witness = row.text("witness");
    if !witness.is_empty() && witness == row.text("by") {
        problems.push(FieldProblem::new(
            "witness",
            "會同或監銷人不可為執行人本人，請由他人會同",
        ));
    }
    problems
}

fn gaps(row: &Record<'_>, _: &Book<'_>) -> Vec<Gap> {
    let weak = row.text("method") == "delete" && ["media", "equipment"].contains(&row.text("kind"));
    found([
        row.is_blank("verified")
            .then(|| Gap::missing("verified", "尚未驗證，請確認資料無法復原並填驗證結果")),
        (row.text("verified") == "failed")
            .then(|| Gap::wrong("verified", "驗證未通過，請以其他方法重新刪除或銷毀，另登一筆")),
        weak.then(|| Gap::wrong("method", "汰除之媒體僅邏輯刪除仍可復原，請改以安全覆寫或實體銷毀")),
    ])
}
