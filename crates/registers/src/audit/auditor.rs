//! 稽核人員: who agreed to audit, promised secrecy, and declared what ties him to the audited.
//!
//! Why access waits for the signature: what an auditor sees must already be under his
//! promise. Nobody audits his own unit. What it can't know: ties that he doesn't declare.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Record, RegisterSpec, Sensitivity,
    found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("audit", "稽核", Kind::Reference("audit"), "a1")
        .required()
        .synonyms(&["稽核名稱"]),
    Field::new("person_name", "姓名", Kind::Text, "周示範")
        .required()
        .synonyms(&["委員姓名", "稽核員"])
        .sensitivity(Sensitivity::Personal),
    Field::new("person", "人員", Kind::Reference("person"), "p2").help("本機關同仁者請選；外聘委員留空"),
    Field::new(
        "role",
        "聘任職務",
        Kind::Choice(&[
            ("leader", "領隊（組長）"),
            ("member", "委員（稽核員）"),
            ("observer", "觀察員"),
        ]),
        "member",
    )
    .required(),
    Field::new("organisation", "服務單位", Kind::Text, "示範大學資訊管理學系").expected(),
    Field::new("position", "職稱", Kind::Text, "教授"),
    Field::new(
        "expertise",
        "專長及證照",
        Kind::LongText,
        "ISO/IEC 27001 主導稽核員。",
    )
    .synonyms(&["專長", "證照"]),
    Field::new("phone", "聯絡電話", Kind::Text, "07-0000000").sensitivity(Sensitivity::Personal),
    Field::new("email", "電子郵件", Kind::Text, "zhou@example.edu.tw").sensitivity(Sensitivity::Personal),
    Field::new("from", "聘期起日", Kind::Date, "2026-11-01"),
    Field::new("until", "聘期迄日", Kind::Date, "2026-12-31"),
    Field::new(
        "conflict",
        "利益迴避聲明",
        Kind::Choice(&[("none", "無應迴避之情形"), ("some", "有應迴避之情形")]),
        "some",
    )
    .expected()
    .synonyms(&["迴避聲明"])
    .law("audit-regulation"),
    Field::new(
        "conflict_note",
        "應迴避之情形及處理",
        Kind::LongText,
        "曾任會計室顧問，不參與該單位之稽核。",
    )
    .help("與受稽單位之關係，及不參與之項目"),
    Field::new("text_version", "條款版本", Kind::Text, "115-1"),
    Field::new("signed_on", "簽署日", Kind::Date, "2026-11-05")
        .expected()
        .help("聘任同意暨保密切結書簽署之日")
        .synonyms(&["簽署日期"]),
    Field::new("access_from", "檢視權限起日", Kind::Date, "2026-11-06").help("簽署後始得開通"),
    Field::new("access_until", "檢視權限迄日", Kind::Date, "2026-12-31"),
    Field::new("returned_on", "資料返還或銷毀日", Kind::Date, "2026-12-20"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "auditor",
    title: "稽核人員聘任及切結",
    help: "稽核委員聘任同意暨保密切結：利益迴避、簽署與檢視權限之起迄",
    group: Group::Audit,
    hands: &[Hand::AuditorWrites],
    names_row: "person_name",
    identity: &["audit", "person_name"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["audit", "person"],
    rules: Some(rules),
    gaps: Some(gaps),
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("until", "from"),
        row.not_before("access_from", "signed_on"),
        row.not_before("access_until", "access_from"),
        row.not_before("returned_on", "signed_on"),
    ]);
    if !row.is_blank("access_from") {
        problems.extend(found([
            row.need("signed_on", "簽署後始得開通檢視權限"),
            row.need("conflict", "開通檢視權限前應聲明有無應迴避之情形"),
            row.need("access_until", "檢視權限應定迄日，到期收回"),
        ]));
    }
    if row.text("conflict") == "some" {
        problems.extend(row.need("conflict_note", "請敘明關係，及其不參與之項目"));
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let audit = book.of(row, "audit");
    let units = audit.map(|audit| audit.list("units")).unwrap_or_default();
    // With several units one may audit the others; each item names its own.
    let [only] = units.as_slice() else {
        return Vec::new();
    };
    let unit = book.of(row, "person").map_or("", |person| person.text("unit"));
    let is_own = unit == *only || row.text("organisation") == *only;
    let observes = row.text("role") == "observer";
    (is_own && !observes)
        .then(|| {
            FieldProblem::new(
                "person_name",
                format!(
                    "{} 屬受稽單位「{only}」，不得稽核所屬單位，請改聘他單位人員",
                    row.name()
                ),
            )
        })
        .into_iter()
        .collect()
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let audit = book.of(row, "audit");
    let begun = audit
        .and_then(|audit| audit.date("from"))
        .is_some_and(|from| from <= book.today);
    let over = audit
        .and_then(|audit| audit.date("reported_on"))
        .is_some_and(|day| day < book.today);
    found([
        (begun && row.is_blank("signed_on")).then(|| Gap::wrong("signed_on", "稽核已開始而未簽署，請補簽")),
        (over && row.is_blank("returned_on"))
            .then(|| Gap::hint("returned_on", "結果已提報，請確認稽核資料已返還或銷毀並填日期")),
    ])
}
