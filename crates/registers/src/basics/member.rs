//! 使用者: who may use the system for an agency, in which role and over which days.
//!
//! Why apart from 人員: an auditor, a vendor's engineer and the city's office are not on
//! the agency's staff. What it can't know: whether the person at the keyboard is the one;
//! tokens, and later sign-in, show that.

use crate::{
    Book, Field, FieldProblem, Gap, Group, Kind, NOTE, Reach, Record, RegisterSpec, Sensitivity, found,
    within,
};

/// Roles as stored and as shown.
pub const ROLES: &[(&str, &str)] = &[
    ("officer", "資安專責人員"),
    ("ciso", "資通安全長"),
    ("unit_head", "單位主管"),
    ("staff", "同仁"),
    ("system_admin", "系統管理者"),
    ("auditor", "稽核員"),
    ("vendor", "廠商"),
    ("supervisor", "上級機關"),
    ("administrator", "平臺管理者"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "姓名", Kind::Text, "王示範")
        .required()
        .sensitivity(Sensitivity::Personal),
    Field::new("role", "角色", Kind::Choice(ROLES), "officer").required(),
    Field::new("unit", "單位", Kind::Text, "資訊科").help("單位主管與同仁只辦本單位之事"),
    Field::new("email", "電子郵件", Kind::Text, "wang@example.gov.tw").sensitivity(Sensitivity::Personal),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1").help("廠商只見自己的契約"),
    Field::new("audit", "稽核", Kind::Reference("audit"), "a1").help("稽核員只在該次稽核期間閱覽"),
    Field::new("position", "帳冊位置", Kind::Number, "120").help("稽核員所見資料之時點；留空為指派當時"),
    Field::new("from", "起日", Kind::Date, "2026-01-01").required(),
    Field::new("until", "迄日", Kind::Date, "2027-01-01").help("自這一天起不能再使用"),
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "member",
    title: "使用者",
    help: "可以使用本系統的人、其角色與期間",
    group: Group::Basics,
    reach: Reach::System,
    names_row: "name",
    identity: &["name", "role", "from"],
    fields: FIELDS,
    validate,
    looks_at: &["deputy"],
    gaps,
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let (from, until) = (row.date("from"), row.date("until"));
    let mut problems = found([crate::row::ends_after(from, until, "until", "迄日")]);
    match row.text("role") {
        "vendor" => problems.extend(row.need("contract", "廠商只能使用自己契約之資料")),
        "auditor" => {
            problems.extend(row.need("audit", "稽核員依單次稽核指派"));
            problems.extend(row.need("until", "稽核員之期間應有迄日"));
        }
        "unit_head" | "staff" => problems.extend(row.need("unit", "單位主管與同仁只辦本單位之事")),
        _ => {}
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let serves = within(book.today, row.date("from"), row.date("until"));
    let alone =
        serves && row.text("role") == "ciso" && !book.all("deputy").any(|d| d.text("member") == row.id);
    found([alone.then(|| Gap::hint("", "資通安全長尚無代理人，請假期間無人核定，建議登錄代理人"))])
}
