//! 契約終止資料返還及刪除: what a vendor held, and that it gave back or destroyed all of it.
//!
//! Why the vendor's own word is asked too: the agency can see what comes back, not what stays.
//! What it can't know: copies that the vendor keeps silent about.

use crate::core::checks::overdue;
use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, Lapse, NOTE, Raise, Record,
    RegisterSpec, found,
};

const LAW: &str = "enforcement-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-DT-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1")
        .required()
        .synonyms(&["契約", "專案"]),
    Field::new(
        "reason",
        "終止原因",
        Kind::Choice(&[
            ("expired", "屆滿"),
            ("terminated", "終止"),
            ("rescinded", "解除"),
            ("renewed", "續約"),
        ]),
        "expired",
    )
    .expected(),
    Field::new("ended_on", "契約終止日", Kind::Date, "2026-12-31")
        .required()
        .synonyms(&["屆滿日", "終止日期"]),
    Field::new(
        "items",
        "資料項目",
        Kind::LongText,
        "公文測試資料、系統備份、原始碼。",
    )
    .expected()
    .help("廠商因履約所持有之資料、文件、設備與載體")
    .synonyms(&["項目", "資料名稱"])
    .law(LAW),
    Field::new("quantity", "數量", Kind::Text, "3 份"),
    Field::new("personal_data", "含個人資料", Kind::Flag, "true").expected(),
    Field::new(
        "ways",
        "處置方式",
        Kind::Many(&[
            ("return", "返還"),
            ("transfer", "移交"),
            ("delete", "刪除"),
            ("destroy", "銷毀"),
        ]),
        r#"["return","delete"]"#,
    )
    .synonyms(&["方式"])
    .law(LAW),
    Field::new("done_on", "處置日期", Kind::Date, "2027-01-05").synonyms(&["時間", "返還日期"]),
    Field::new("received_by", "簽收人", Kind::Text, "林示範"),
    Field::new("disposal", "刪除銷毀紀錄", Kind::Reference("disposal"), "ds1"),
    Field::new("pledged_on", "未再持有切結日", Kind::Date, "2027-01-06")
        .help("廠商書面切結未再持有之日；含個資者必填"),
    Field::new(
        "accounts_stopped_on",
        "帳號及門禁收回日",
        Kind::Date,
        "2026-12-31",
    ),
    Field::new("due", "辦理期限", Kind::Date, "2027-01-15"),
    Field::new("confirmed_by", "確認人", Kind::Text, "陳示範"),
    Field::new("confirmed_on", "機關確認日", Kind::Date, "2027-01-08").synonyms(&["確認日期"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "data_return",
    title: "契約終止資料返還與刪除",
    help: "契約屆滿、終止或解除時，廠商所持資料之返還、移交、刪除或銷毀，及機關之確認",
    group: Group::Outsourcing,
    hands: &[Hand::VendorReads, Hand::VendorWrites],
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["account"],
    gaps: Some(gaps),
    raises: &[
        Raise {
            duty: "outsourcing.end",
            on: "ended_on",
            settled_on: "confirmed_on",
            about: None,
            when: |row| row.text("reason") != "renewed",
        },
        Raise {
            duty: "contract.exit",
            on: "ended_on",
            settled_on: "confirmed_on",
            about: Some("contract"),
            when: |row| row.text("reason") != "renewed",
        },
    ],
    checks: &[Check {
        key: "data_return.disposed",
        label: "契約結束後資料已返還、移交、刪除或銷毀並經確認",
        from: "ended_on",
        about: Some("contract"),
        lapses: Lapse::AfterIf("due", |row| row.is_blank("confirmed_on")),
        when: |row| row.text("reason") != "renewed",
        holds: |row| (!row.is_blank("confirmed_on") && !row.is_blank("ways")).then_some(true),
        ..Check::STATE
    }],
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("confirmed_on", "done_on"),
        row.not_before("due", "ended_on"),
    ]);
    if row.is_blank("confirmed_on") {
        return problems;
    }
    let returns = ["return", "transfer"]
        .iter()
        .any(|way| row.list("ways").contains(way));
    problems.extend(found([
        row.need("items", "確認前應逐項列出廠商所持有之資料；未持有者寫「無」"),
        row.need("ways", "請載明處置方式"),
        row.need("done_on", "請載明處置日期"),
        row.need("confirmed_by", "請載明確認之人"),
    ]));
    if returns {
        problems.extend(row.need("received_by", "返還或移交者，應載明簽收人"));
    }
    if row.says("personal_data") {
        problems.extend(row.need("pledged_on", "含個人資料者，廠商應切結未再持有"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let ended = row.date("ended_on").is_some_and(|day| day <= book.today);
    let open = book
        .all("account")
        .filter(|a| a.text("contract") == row.text("contract") && a.is_blank("stopped_on"))
        .count();
    found([
        overdue(row, book, "due", "confirmed_on"),
        (ended && open > 0 && row.text("reason") != "renewed").then(|| {
            Gap::wrong(
                "accounts_stopped_on",
                format!("契約已終止而尚有 {open} 個帳號未停用，請收回並填收回日"),
            )
        }),
    ])
}
