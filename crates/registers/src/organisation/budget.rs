//! 資安經費: what is budgeted, with the money for security apart, and warranty before upkeep.
//!
//! Why security stands in its own column: it has to be shown by itself, and a share is
//! worked out from it. Why upkeep looks at warranties: what the contract still covers is
//! not paid twice. What it can't know: prices; whether an amount is reasonable is for the
//! handbook of estimates and the budget office.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Raise, Record, RegisterSpec, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("year", "年度", Kind::Number, "116")
        .required()
        .help("預算年度，民國年")
        .synonyms(&["預算年度", "會計年度"]),
    Field::new("item", "項目", Kind::Text, "公文系統維護")
        .required()
        .synonyms(&["預算項目", "經費項目", "名稱"]),
    Field::new(
        "kind",
        "性質",
        Kind::Choice(&[
            ("build", "開發建置"),
            ("expand", "擴增"),
            ("maintenance", "維護"),
            ("service", "資安服務"),
            ("equipment", "設備及軟體"),
            ("training", "教育訓練"),
            ("other", "其他"),
        ]),
        "maintenance",
    )
    .required()
    .synonyms(&["類別", "經費性質"]),
    Field::new("project_no", "專案編號", Kind::Text, "114-P-03")
        .help("同一專案之建置與維護填同一編號，系統據以比對保固期")
        .synonyms(&["專案"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1").synonyms(&["系統名稱", "系統"]),
    Field::new("need", "需求申請單", Kind::Reference("need"), "n1"),
    Field::new("amount", "預算數", Kind::Decimal, "1200000")
        .required()
        .help("新臺幣元")
        .synonyms(&["金額", "預算金額", "總經費"]),
    Field::new("security_amount", "資安經費", Kind::Decimal, "180000")
        .expected()
        .help("上列金額中屬資通安全者，單獨列出；沒有者填 0")
        .synonyms(&["資安預算", "資安金額"]),
    Field::new(
        "analysis",
        "經費分析",
        Kind::LongText,
        "依估算編列手冊按功能點數分析；無重複編列，亦無遺漏。",
    )
    .expected()
    .help("估算之依據與方法，有無重複或遺漏")
    .synonyms(&["編列說明", "估算說明"]),
    Field::new(
        "adjustment",
        "個案調整說明",
        Kind::LongText,
        "主機與資料庫同屬一案，維護項目整併。",
    )
    .help("依個案調整成本或整併項目者，說明原因"),
    Field::new(
        "objectives",
        "配合之政策及目標",
        Kind::LongText,
        "提升核心系統可用性。",
    )
    .help("建置系統者，一併寫明所規劃之防護需求"),
    Field::new("warranty_until", "保固期滿日", Kind::Date, "2026-12-31")
        .help("保固的最後一天；保固期滿後始得編列維護費")
        .synonyms(&["保固迄日", "保固截止日"]),
    Field::new("from", "起日", Kind::Date, "2027-01-01")
        .help("維護或服務期間的第一天")
        .synonyms(&["維護起日"]),
    Field::new("until", "迄日", Kind::Date, "2027-12-31").synonyms(&["維護迄日"]),
    Field::new("prepared_on", "編列日期", Kind::Date, "2026-03-20")
        .required()
        .synonyms(&["填表日期"]),
    Field::new("approved_on", "核定日期", Kind::Date, "2026-04-15").synonyms(&["核定日"]),
    Field::new("spent", "執行數", Kind::Decimal, "1150000").synonyms(&["決算數", "實支數"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "budget",
    title: "資安經費",
    help: "資訊經費之編列與其中之資安經費；保固期滿後始編維護費，同一年度同一項目不重複",
    group: Group::Organisation,
    names_row: "item",
    identity: &["year", "item", "project_no"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["budget"],
    rules: Some(rules),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "resources.allocate",
        on: "approved_on",
        until: &[],
        about: None,
        when: is_allocated,
    }],
    raises: &[Raise {
        duty: "budget.security",
        on: "prepared_on",
        settled_on: "approved_on",
        about: None,
        when: is_for_systems,
    }],
    ..RegisterSpec::TABLE
};

fn is_allocated(row: &Record<'_>) -> bool {
    !row.is_blank("security_amount") && !row.is_blank("objectives")
}

fn is_for_systems(row: &Record<'_>) -> bool {
    ["build", "expand", "maintenance"].contains(&row.text("kind"))
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let part = row.decimal("security_amount").zip(row.decimal("amount"));
    let too_much = part.is_some_and(|(security, whole)| security > whole);
    let mut problems = found([
        row.not_before("until", "from"),
        row.not_before("approved_on", "prepared_on"),
        too_much.then(|| {
            FieldProblem::new(
                "security_amount",
                "「資安經費」不可大於「預算數」，請更正其中之一",
            )
        }),
        under_warranty(row, row),
    ]);
    if !row.is_blank("approved_on") && is_for_systems(row) {
        problems.extend(found([
            row.need("analysis", "核定前應有經費分析"),
            row.need("security_amount", "核定前應單獨列出資安經費，沒有者填 0"),
        ]));
    }
    problems
}

/// Whether upkeep begins while a warranty still runs.
fn under_warranty(row: &Record<'_>, warranty: &Record<'_>) -> Option<FieldProblem> {
    let (from, until) = (row.date("from")?, warranty.date("warranty_until")?);
    (row.text("kind") == "maintenance" && from <= until).then(|| {
        FieldProblem::new(
            "from",
            format!(
                "保固至 {} 始期滿，維護費之起日應在其後，請更正起日",
                period::roc_short(until)
            ),
        )
    })
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let others = || book.all("budget").filter(|other| other.id != row.id);
    let twice = others().any(|other| {
        other.number("year") == row.number("year")
            && other.text("item") == row.text("item")
            && other.text("project_no") == row.text("project_no")
    });
    let covered = others()
        .filter(|other| !row.is_blank("project_no") && other.text("project_no") == row.text("project_no"))
        .find_map(|other| under_warranty(row, &other));
    found([
        twice.then(|| FieldProblem::new("item", "同一年度已編列這個項目，請勿重複編列，或改寫項目以資區別")),
        covered,
    ])
}

fn gaps(row: &Record<'_>, _: &Book<'_>) -> Vec<Gap> {
    let building = ["build", "expand"].contains(&row.text("kind"));
    found([
        (building && row.is_blank("warranty_until")).then(|| {
            Gap::missing(
                "warranty_until",
                "建置或擴增應於契約訂明保固，簽約後請填保固期滿日",
            )
        }),
        (row.text("kind") == "maintenance" && row.is_blank("from"))
            .then(|| Gap::missing("from", "維護費請填起日，以確認保固已期滿")),
    ])
}
