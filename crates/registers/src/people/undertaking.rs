//! 保密同意書及切結書: who promised secrecy, for which work, and when it ended.
//!
//! Why one row per person and contract: each who works for a contract signs, and a newcomer
//! signs anew. Why leaving stands here: secrecy goes on, but access must end. What it can't
//! know: persons of a vendor whom nobody entered; the vendor's own statement covers them.

use crate::core::{
    Book, EVIDENCE, Ends, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Proof, Record, RegisterSpec,
    Sensitivity, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new(
        "kind",
        "類別",
        Kind::Choice(&[
            ("staff", "同仁保密同意書"),
            ("vendor_person", "廠商人員保密切結書"),
            ("vendor", "廠商保密同意書"),
        ]),
        "staff",
    )
    .required(),
    Field::new("person_name", "姓名", Kind::Text, "吳示範")
        .required()
        .help("廠商保密同意書者，填負責人或代表人")
        .synonyms(&["立書人", "立書人姓名", "立切結書人"])
        .sensitivity(Sensitivity::Personal),
    Field::new("person", "人員", Kind::Reference("person"), "p1").help("同仁已登錄於人員者，請選"),
    Field::new("unit", "服務單位或公司", Kind::Text, "示範資訊股份有限公司")
        .expected()
        .synonyms(&["服務機關", "公司", "單位", "公司名稱"]),
    Field::new("position", "職稱", Kind::Text, "工程師"),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1")
        .help("廠商及其人員者必選")
        .synonyms(&["契約名稱", "專案名稱"]),
    Field::new("role", "專案角色", Kind::Text, "駐點維護"),
    Field::new("tier", "複委託層級", Kind::Number, "0").help("0 為受託者本身，1 為其複委託者，依此類推"),
    Field::new(
        "scope",
        "知悉業務範圍",
        Kind::LongText,
        "公文系統維護所接觸之資料。",
    ),
    Field::new("nationality", "國籍聲明", Kind::Text, "中華民國")
        .help("依契約要求聲明者填寫")
        .sensitivity(Sensitivity::Personal),
    Field::new("text_version", "條款版本", Kind::Text, "115-1")
        .expected()
        .synonyms(&["版本"]),
    Field::new("signed_on", "簽署日", Kind::Date, "2026-01-05")
        .expected()
        .help("尚未簽署者留空，列入待簽")
        .synonyms(&["簽署日期", "日期"]),
    Field::new(
        "method",
        "簽署方式",
        Kind::Choice(&[("paper", "紙本"), ("online", "線上")]),
        "paper",
    ),
    Field::new("witness", "見證人或主管", Kind::Text, "李示範").sensitivity(Sensitivity::Personal),
    Field::new("joined_on", "到職或進場日", Kind::Date, "2026-01-05").synonyms(&["到職日", "任職日"]),
    Field::new("leaves_on", "離職或離場日", Kind::Date, "2026-12-31")
        .help("離開後仍負保密責任")
        .synonyms(&["離職日", "離場日"]),
    Field::new("accounts", "帳號清單", Kind::List, r#"["edoc-maint01"]"#)
        .help("一行一個；沒有者留空")
        .sensitivity(Sensitivity::Confidential),
    Field::new("account_stopped_on", "帳號停用日", Kind::Date, "2026-12-31"),
    Field::new("all_signed", "全體履約人員均已簽署", Kind::Flag, "false")
        .help("廠商保密同意書者填；含協力廠商與複委託人員"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "undertaking",
    title: "保密同意書及切結書",
    help: "同仁、廠商及其履約人員之保密同意與切結；異動補簽，離場停用帳號",
    group: Group::People,
    hands: &[Hand::VendorReads, Hand::VendorWrites],
    names_row: "person_name",
    identity: &["person_name", "contract", "kind"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["undertaking", "contract"],
    rules: Some(rules),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "contract.confidentiality",
        on: "signed_on",
        until: &[Ends::After("leaves_on")],
        about: Some("contract"),
        when: covers_all,
    }],
    ..RegisterSpec::TABLE
};

fn covers_all(row: &Record<'_>) -> bool {
    row.text("kind") == "vendor" && row.says("all_signed") && !row.is_blank("signed_on")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("leaves_on", "joined_on"),
        row.not_before("leaves_on", "signed_on"),
    ]);
    if row.text("kind") != "staff" {
        problems.extend(row.need("contract", "廠商及其人員應選所履行之契約"));
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    if !covers_all(row) {
        return Vec::new();
    }
    let unsigned: Vec<&str> = book
        .all("undertaking")
        .filter(|other| other.id != row.id && other.text("kind") == "vendor_person")
        .filter(|other| other.text("contract") == row.text("contract") && other.is_blank("signed_on"))
        .map(|other| other.name())
        .collect();
    found([(!unsigned.is_empty()).then(|| {
        let names = unsigned.join("、");
        FieldProblem::new("all_signed", format!("{names} 尚未簽署，請補簽後再填"))
    })])
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let passed = |key: &str| row.date(key).is_some_and(|day| day < book.today);
    let ended = book
        .of(row, "contract")
        .and_then(|contract| contract.date("until"))
        .is_some_and(|until| until <= book.today);
    let person = row.text("kind") == "vendor_person";
    let access = !row.is_blank("accounts") && row.is_blank("account_stopped_on");
    found([
        (passed("leaves_on") && access).then(|| {
            Gap::wrong(
                "account_stopped_on",
                "已離職或離場而帳號未停用，請停用並填帳號停用日",
            )
        }),
        (passed("joined_on") && row.is_blank("signed_on"))
            .then(|| Gap::wrong("signed_on", "已到職或進場而未簽署，請補簽")),
        (person && ended && row.is_blank("leaves_on"))
            .then(|| Gap::missing("leaves_on", "契約已屆滿，請填離場日並確認帳號停用")),
    ])
}
