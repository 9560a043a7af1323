//! 資產: the inventory of information, software, hardware and supporting services.
//!
//! Why its own register: the plan asks for an inventory with owner, custodian and user
//! of each asset. Why the grade is a text: inventories that are taken over say 「中高」 and
//! other words of their own. What it can't know: what is installed or attached without being
//! entered; scanners find that.

use crate::core::checks::{GRADES, PERSONAL_DATA, past};
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Record, RegisterSpec, Sensitivity,
    found,
};

const LAW: &str = "enforcement-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "資產編號", Kind::Text, "HW-001").synonyms(&["編號", "項次", "資產代號"]),
    Field::new("system_name", "所屬資通系統", Kind::Text, "預算編製系統")
        .help("不屬於任何系統時留空")
        .synonyms(&["資訊及資通系統名稱", "系統名稱", "資通系統名稱"]),
    Field::new("name", "資產名稱", Kind::Text, "預算資料庫主機")
        .required()
        .synonyms(&["名稱", "品名"])
        .law(LAW),
    Field::new(
        "category",
        "資產類別",
        Kind::Choice(&[
            ("information", "資訊"),
            ("software", "軟體"),
            ("physical", "實體"),
            ("service", "支援服務"),
        ]),
        "physical",
    )
    .required()
    .synonyms(&["類別", "資產種類"])
    .law(LAW),
    Field::new("owner", "擁有者", Kind::Text, "歲計科")
        .expected()
        .synonyms(&["權責單位", "資產擁有者"]),
    Field::new("custodian", "管理者", Kind::Text, "資訊單位")
        .help("指定之資產管理人")
        .expected()
        .synonyms(&["保管人", "管理人", "資產管理者"]),
    Field::new("user", "使用者", Kind::Text, "歲計科同仁")
        .expected()
        .synonyms(&["使用單位", "資產使用者"]),
    Field::new("location", "存放位置", Kind::Text, "三樓機房")
        .expected()
        .synonyms(&["位置", "放置地點"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("protection_level", "防護需求等級", Kind::Text, "中")
        .help("普、中、高")
        .expected()
        .synonyms(&["等級", "資產等級"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("confidentiality", "機密性等級", Kind::Choice(GRADES), "中").synonyms(&["機密性", "C"]),
    Field::new("integrity", "完整性等級", Kind::Choice(GRADES), "中").synonyms(&["完整性", "I"]),
    Field::new("availability", "可用性等級", Kind::Choice(GRADES), "普").synonyms(&["可用性", "A"]),
    Field::new("compliance", "法律遵循性等級", Kind::Choice(GRADES), "普").synonyms(&["法律遵循性", "L"]),
    Field::new("core", "核心資產", Kind::Flag, "true")
        .help("核心資通系統之資產；標籤加註")
        .synonyms(&["核心", "核心系統", "核心標示"]),
    Field::new("business", "相關核心業務", Kind::Text, "歲計業務"),
    Field::new("property_no", "財產編號", Kind::Text, "3140101-03-0001").synonyms(&["財產號碼", "財編"]),
    Field::new("quantity", "數量", Kind::Number, "1"),
    Field::new("brand", "廠牌", Kind::Text, "示範牌")
        .help("供比對限制使用之產品")
        .synonyms(&["品牌", "製造商"])
        .sensitivity(Sensitivity::Confidential)
        .law("restricted-products-principles"),
    Field::new("model", "型號", Kind::Text, "X-100").sensitivity(Sensitivity::Confidential),
    Field::new("version", "版本", Kind::Text, "16.4")
        .synonyms(&["軟體版本", "韌體版本"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("os", "作業系統及版本", Kind::Text, "Debian 12")
        .synonyms(&["作業系統", "OS"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("ip", "IP 或網域", Kind::Text, "192.0.2.10")
        .synonyms(&["IP", "IP位址", "網址"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("public_facing", "對外服務", Kind::Flag, "false").synonyms(&["是否對外"]),
    Field::new("outsourced", "委外維運", Kind::Flag, "true").synonyms(&["自行或委外", "委外"]),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1").synonyms(&["契約", "維護廠商契約"]),
    Field::new(
        "personal_data",
        "個人資料",
        Kind::Choice(PERSONAL_DATA),
        "general",
    )
    .synonyms(&["含個資", "是否含個資"]),
    Field::new("personal_records", "個資筆數級距", Kind::Text, "一千至一萬筆"),
    Field::new("china_brand", "大陸廠牌", Kind::Flag, "false")
        .synonyms(&["是否為大陸廠牌", "大陸品牌", "陸牌"])
        .sensitivity(Sensitivity::Confidential)
        .law("restricted-products-principles"),
    Field::new(
        "china_disposition",
        "大陸廠牌處置",
        Kind::Text,
        "115 年底前汰換，期間不連外網。",
    )
    .help("汰換期程，或核准專案使用之文號")
    .sensitivity(Sensitivity::Confidential),
    Field::new("backup", "備份方式", Kind::Text, "每日異機備份"),
    Field::new("acquired_on", "取得日期", Kind::Date, "2022-05-01").synonyms(&["購置日期", "取得日"]),
    Field::new("eol", "原廠支援終止日", Kind::Date, "2029-05-01").synonyms(&["EOL", "EOS", "停止支援日"]),
    Field::new("labelled", "已張貼標籤", Kind::Flag, "true")
        .help("財產編號、保管人、廠牌、型號；核心資產加註"),
    Field::new("counted_on", "盤點日期", Kind::Date, "2026-09-15").synonyms(&["盤點日"]),
    Field::new("counted_by", "盤點人", Kind::Text, "林示範"),
    Field::new("retired_on", "報廢日期", Kind::Date, "2029-06-01").synonyms(&["報廢日", "汰除日期"]),
    Field::new("disposal_no", "刪除銷毀紀錄編號", Kind::Text, "118-DS-004")
        .help("報廢者，對應之資料與媒體刪除銷毀紀錄"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "asset",
    title: "資訊及資通系統資產",
    help: "定期盤點的資產清冊：擁有者、管理者、使用者、位置、等級、廠牌與生命週期",
    group: Group::Assets,
    hands: &[Hand::Unit],
    names_row: "name",
    identity: &["number", "name"],
    own_number: Some("number"),
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    bulk: true,
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("retired_on", "acquired_on"),
        row.not_before("counted_on", "acquired_on"),
    ]);
    if row.text("personal_data") == "none" && !row.is_blank("personal_records") {
        problems.push(FieldProblem::new(
            "personal_data",
            "已填個資筆數級距，請改選一般個資或特種個資，或清除筆數級距",
        ));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let stored = ["physical", "information"].contains(&row.text("category"));
    if past(row, book, "retired_on") {
        return found([(stored && row.is_blank("disposal_no"))
            .then(|| {
                Gap::missing(
                    "disposal_no",
                    "已報廢，請填資料與媒體刪除銷毀紀錄之編號；無儲存媒體者於備註敘明",
                )
            })
            .filter(|_| row.is_blank("note"))]);
    }
    let restricted = row.says("china_brand") && row.is_blank("china_disposition");
    found([
        restricted.then(|| {
            Gap::wrong(
                "china_disposition",
                "大陸廠牌請填處置：移除或汰換期程；因業務需求使用者，填核定文號並登錄「危害產品」",
            )
        }),
        past(row, book, "eol").then(|| Gap::hint("eol", "原廠已終止支援，請排定汰換或填替代之防護")),
        (row.says("outsourced") && row.is_blank("contract"))
            .then(|| Gap::hint("contract", "委外維運之資產，請選委外契約")),
    ])
}
