//! 廠商: companies that work for the agency, and what speaks for their security.
//!
//! Why apart from contracts: one company has several, and its certificate runs out once. What
//! it can't know: what happens inside it; checks ask.

use crate::core::checks::past;
use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Lapse, NOTE, Record, RegisterSpec,
    Sensitivity, found,
};

const LAW: &str = "enforcement-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "廠商名稱", Kind::Text, "示範資訊股份有限公司")
        .required()
        .synonyms(&["公司名稱", "廠商", "受託者"]),
    Field::new("tax_id", "統一編號", Kind::Text, "12345675")
        .expected()
        .synonyms(&["統編"]),
    Field::new("head", "負責人", Kind::Text, "黃示範").sensitivity(Sensitivity::Personal),
    Field::new("address", "地址", Kind::Text, "示範市示範路 1 號"),
    Field::new("contact", "聯絡窗口", Kind::Text, "林示範")
        .expected()
        .synonyms(&["聯絡人"])
        .sensitivity(Sensitivity::Personal),
    Field::new("phone", "電話", Kind::Text, "02-0000-0000")
        .expected()
        .synonyms(&["聯絡電話"])
        .sensitivity(Sensitivity::Personal),
    Field::new("email", "電子郵件", Kind::Text, "service@vendor.example").sensitivity(Sensitivity::Personal),
    Field::new(
        "emergency",
        "資安事件通報窗口",
        Kind::Text,
        "24 小時專線 02-0000-0001",
    )
    .help("知悉資安事件時雙方通報之窗口")
    .expected(),
    Field::new("services", "提供之服務", Kind::Text, "公文系統維護"),
    Field::new(
        "measures",
        "資安管理措施",
        Kind::LongText,
        "訂有資安政策，每年內部稽核。",
    )
    .help("完善之資安管理措施，或通過第三方驗證")
    .law(LAW),
    Field::new("iso27001", "通過 ISO 27001 驗證", Kind::Flag, "true")
        .synonyms(&["ISO27001", "第三方驗證"])
        .law(LAW),
    Field::new("certificate_no", "證書編號", Kind::Text, "IS-000001"),
    Field::new("certificate_scope", "驗證範圍", Kind::Text, "系統開發與維運").help("應涵蓋受託業務"),
    Field::new("certificate_until", "證書到期日", Kind::Date, "2028-06-30").synonyms(&["證書效期"]),
    Field::new("security_staff", "資安專業人員數", Kind::Number, "3").law(LAW),
    Field::new(
        "staff_proof",
        "人員證照及經驗",
        Kind::LongText,
        "二人持有資安專業證照。",
    )
    .law(LAW),
    Field::new(
        "forensics",
        "事件應變及鑑識量能",
        Kind::LongText,
        "鑑識團隊二人，具證照與工具。",
    )
    .help("團隊、證照、經驗與工具"),
    Field::new("chinese_capital", "陸資背景", Kind::Flag, "false").help("廠商及其分包廠商"),
    Field::new("ended_on", "停止往來日", Kind::Date, "2030-12-31"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "vendor",
    title: "委外廠商",
    help: "受託者之聯絡窗口、資安管理措施、第三方驗證與資安專業人員；選任與監督時參考",
    group: Group::Outsourcing,
    names_row: "name",
    identity: &["name"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    checks: &[
        Check {
            key: "vendor.managed",
            label: "廠商訂有資安管理措施或通過第三方驗證",
            ends: "ended_on",
            lapses: Lapse::AfterIf("certificate_until", |row| row.is_blank("measures")),
            holds: |row| {
                let bare = row.is_blank("measures");
                if bare { row.flag("iso27001") } else { Some(true) }
            },
            ..Check::STATE
        },
        Check {
            key: "vendor.staffed",
            label: "廠商配置具證照或經驗之資安專業人員",
            ends: "ended_on",
            holds: |row| match row.number("security_staff") {
                Some(0) => Some(false),
                Some(_) => (!row.is_blank("staff_proof")).then_some(true),
                None => None,
            },
            ..Check::STATE
        },
    ],
    ..RegisterSpec::TABLE
};

/// Whether eight digits are a business's number, by its check digit.
fn is_tax_id(text: &str) -> bool {
    const WEIGHTS: [u32; 8] = [1, 2, 1, 2, 1, 2, 4, 1];
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != WEIGHTS.len() || text.chars().count() != WEIGHTS.len() {
        return false;
    }
    let cross = |n: u32| n / 10 + n % 10;
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| cross(digit * weight))
        .sum();
    // A seven in the seventh place may count as one or as nothing.
    sum.is_multiple_of(5) || (digits.get(6) == Some(&7) && (sum + 1).is_multiple_of(5))
}

/// What is wrong with a business's number, where one is given.
pub(crate) fn tax_id_problem(text: &str) -> Option<FieldProblem> {
    (!text.is_empty() && !is_tax_id(text)).then(|| {
        FieldProblem::new(
            "tax_id",
            "「統一編號」不正確：應為八位數字，請核對；外國廠商留空並於備註敘明",
        )
    })
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([tax_id_problem(row.text("tax_id"))]);
    if row.says("iso27001") {
        problems.extend(row.need("certificate_until", "通過驗證者，應填證書到期日"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if past(row, book, "ended_on") {
        return Vec::new();
    }
    let bare = !row.says("iso27001") && row.is_blank("measures");
    found([
        past(row, book, "certificate_until").then(|| {
            Gap::wrong(
                "certificate_until",
                "驗證證書已到期，請洽廠商提供新證書並更新到期日",
            )
        }),
        bare.then(|| Gap::missing("measures", "未通過第三方驗證者，請載明其資安管理措施")),
        row.says("chinese_capital")
            .then(|| Gap::hint("chinese_capital", "具陸資背景，請確認得否參與本案並留存依據")),
    ])
}
