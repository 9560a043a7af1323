//! 複委託: whether a vendor may pass work on, to whom, how much of it, and with which measures.
//!
//! Why its own list: the third company is the one that is forgotten. What it can't know:
//! companies that the vendor didn't name.

use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Record, RegisterSpec, found,
};

const LAW: &str = "enforcement-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1")
        .required()
        .synonyms(&["契約"])
        .law(LAW),
    Field::new("company", "複委託廠商", Kind::Text, "示範雲端有限公司")
        .required()
        .synonyms(&["分包廠商", "複委託對象"])
        .law(LAW),
    Field::new("tax_id", "統一編號", Kind::Text, "12345675").synonyms(&["統編"]),
    Field::new("level", "複委託層級", Kind::Number, "1").help("受託者直接複委託為 1"),
    Field::new("scope", "複委託範圍", Kind::LongText, "主機代管。")
        .required()
        .synonyms(&["範圍", "複委託項目"])
        .law(LAW),
    Field::new("allowed", "契約允許複委託", Kind::Flag, "true").expected(),
    Field::new("consented_on", "機關同意日", Kind::Date, "2026-01-10").synonyms(&["同意日期"]),
    Field::new("consent_no", "同意文號", Kind::Text, "示字第1150000002號"),
    Field::new(
        "measures",
        "應具備之資安維護措施",
        Kind::LongText,
        "與受託者相同，並通過第三方驗證。",
    )
    .expected()
    .synonyms(&["資安措施"])
    .law(LAW),
    Field::new("pledged", "人員已簽保密切結", Kind::Flag, "true"),
    Field::new("personal_data", "處理個人資料", Kind::Flag, "false"),
    Field::new("chinese_capital", "陸資背景", Kind::Flag, "false"),
    Field::new("from", "起日", Kind::Date, "2026-01-15"),
    Field::new("until", "迄日", Kind::Date, "2026-12-31"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "subcontract",
    title: "複委託",
    help: "各契約之複委託廠商、範圍、機關同意與其應具備之資安維護措施",
    group: Group::Outsourcing,
    hands: &[Hand::VendorReads],
    names_row: "company",
    identity: &["contract", "company"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["contract"],
    rules: Some(rules),
    gaps: Some(gaps),
    checks: &[Check {
        key: "subcontract.allowed",
        label: "複委託為契約所允許",
        from: "from",
        ends: "until",
        about: Some("contract"),
        holds: |row| row.flag("allowed"),
        ..Check::STATE
    }],
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let denied = row.flag("allowed") == Some(false) && !row.is_blank("from");
    found([
        super::vendor::tax_id_problem(row.text("tax_id")),
        row.not_before("until", "from"),
        denied.then(|| {
            FieldProblem::new(
                "from",
                "契約不允許複委託者不可開始；請先修正契約並經同意，或清除起日",
            )
        }),
    ])
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let forbidden = book
        .of(row, "contract")
        .is_some_and(|c| c.flag("subcontract_allowed") == Some(false));
    (forbidden && row.flag("allowed") != Some(false))
        .then(|| {
            FieldProblem::new(
                "allowed",
                "該契約登錄為不得複委託：請填「否」並處理，或先更正委外契約",
            )
        })
        .into_iter()
        .collect()
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let started = row.date("from").is_some_and(|day| day <= book.today);
    found([
        (started && row.is_blank("consented_on"))
            .then(|| Gap::missing("consented_on", "複委託已開始，請確認已經機關同意並填機關同意日")),
        (started && row.flag("pledged") != Some(true))
            .then(|| Gap::missing("pledged", "複委託人員亦應簽保密切結，請補簽後更新此欄")),
    ])
}
