//! 證照及證書: which professional licences and competence certificates a person holds.
//!
//! Why rows are counted, and none proves the duty: it asks for papers of each dedicated person, as
//! long as they are valid. What it can't know: whether a licence is on the authority's list.

use crate::core::{
    Book, EVIDENCE, Ends, Field, FieldProblem, Gap, Group, Kind, NOTE, Record, RegisterSpec, Tally, found,
};

const LAW: &str = "classification-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("person", "姓名", Kind::Reference("person"), "p1")
        .required()
        .synonyms(&["人員", "持有人"])
        .law(LAW),
    Field::new(
        "class",
        "類別",
        Kind::Choice(&[
            ("license", "資通安全專業證照"),
            ("competence", "資通安全職能評量證書"),
        ]),
        "license",
    )
    .required()
    .law(LAW),
    Field::new("name", "證照（證書）名稱", Kind::Text, "ISO/IEC 27001 主導稽核員")
        .required()
        .synonyms(&["名稱", "證照名稱", "證書名稱"]),
    Field::new("number", "證號", Kind::Text, "LA-000123")
        .expected()
        .synonyms(&["證書字號", "證照號碼"]),
    Field::new("issuer", "發證機構", Kind::Text, "示範驗證機構").synonyms(&["發證單位"]),
    Field::new("issued_on", "發證日", Kind::Date, "2025-03-01")
        .required()
        .synonyms(&["取得日期", "生效日"]),
    Field::new("expires_on", "有效期限", Kind::Date, "2028-02-29")
        .help("最後一個有效日；無效期者留空")
        .synonyms(&["到期日", "有效日期"]),
    Field::new("verified_on", "查驗日", Kind::Date, "2026-01-10").help("查驗正本或發證機構網站之日"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "certificate",
    title: "證照及證書",
    help: "資安人員之專業證照、職能評量證書及其效期",
    group: Group::People,
    names_row: "name",
    identity: &["person", "name", "number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["certificate", "person"],
    gaps: Some(gaps),
    tallies: &[
        tally("license", |row| row.text("class") == "license"),
        tally("competence", |row| row.text("class") == "competence"),
        // Where either is enough.
        tally("paper", |_| true),
    ],
    ..RegisterSpec::TABLE
};

const fn tally(what: &'static str, when: fn(&Record<'_>) -> bool) -> Tally {
    Tally {
        what,
        of: Some("person"),
        from: "issued_on",
        ends: Ends::After("expires_on"),
        by_file: true,
        when,
    }
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    found([
        row.not_before("expires_on", "issued_on"),
        row.not_before("verified_on", "issued_on"),
    ])
}

fn is_valid(row: &Record<'_>, book: &Book<'_>) -> bool {
    row.date("issued_on").is_some_and(|day| day <= book.today)
        && row.date("expires_on").is_none_or(|last| last >= book.today)
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let person = book.of(row, "person");
    let left = person
        .and_then(|person| person.date("left_on"))
        .is_some_and(|left| left <= book.today);
    let expired = row.date("expires_on").is_some_and(|last| last < book.today);
    let renewed = book.all("certificate").any(|other| {
        other.id != row.id
            && other.text("person") == row.text("person")
            && other.text("class") == row.text("class")
            && is_valid(&other, book)
    });
    found([(expired && !left && !renewed).then(|| {
        Gap::wrong(
            "expires_on",
            "已逾有效期限而無同類之有效證照或證書，請換發或另行取得",
        )
    })])
}
