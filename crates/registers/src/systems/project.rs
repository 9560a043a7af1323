//! 系統專案: a system that is built, extended or maintained, from its evaluation to its warranty.
//!
//! Why the evaluation stands on the project: what else could serve, who builds it and what it
//! costs afterwards are asked before anything starts. What it can't know: whether the
//! alternatives that were named are all there are.

use crate::core::checks::GRADES;
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Raise, Record, RegisterSpec, found,
};

const LAW: &str = "system-development-principles";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "專案編號", Kind::Text, "115-PJ-001")
        .required()
        .synonyms(&["編號", "案號"]),
    Field::new("name", "專案名稱", Kind::Text, "預算編製系統擴增案")
        .required()
        .synonyms(&["案名", "計畫名稱"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1").help("新建系統登錄後補填"),
    Field::new(
        "kind",
        "性質",
        Kind::Choice(&[("new", "新建"), ("extend", "擴增"), ("maintain", "維護")]),
        "extend",
    )
    .required(),
    Field::new("unit", "業務單位", Kind::Text, "歲計科")
        .expected()
        .synonyms(&["需求單位", "主辦單位"]),
    Field::new("manager", "專案負責人", Kind::Text, "陳示範").expected(),
    Field::new("proposed_on", "提案日期", Kind::Date, "2026-01-05").required(),
    Field::new(
        "alternatives",
        "替代方案評估",
        Kind::LongText,
        "查無共通系統可用；已評估以開放資料介接。",
    )
    .help("共通系統、開放資料或介面、響應式網頁等可否代替")
    .law(LAW),
    Field::new(
        "way",
        "辦理方式",
        Kind::Choice(&[
            ("own", "自行開發"),
            ("outsourced", "委外開發"),
            ("package", "購置套裝軟體"),
        ]),
        "outsourced",
    ),
    Field::new(
        "running_cost",
        "日後維運經費評估",
        Kind::LongText,
        "每年維護費約為建置費一成。",
    )
    .law(LAW),
    Field::new("evaluated_on", "評估完成日", Kind::Date, "2026-01-20"),
    Field::new("grade", "預定防護需求等級", Kind::Choice(GRADES), "中").help("規劃時一併鑑別"),
    Field::new(
        "security_demands",
        "資安需求",
        Kind::LongText,
        "身分鑑別、日誌、加密與備份需求詳附件。",
    )
    .synonyms(&["安全需求", "防護需求"]),
    Field::new(
        "standards",
        "開發標準與應遵循法規",
        Kind::LongText,
        "安全程式設計參考指引。",
    ),
    Field::new("budget", "總經費（元）", Kind::Decimal, "3000000").synonyms(&["預算", "經費"]),
    Field::new("security_budget", "資安經費（元）", Kind::Decimal, "300000")
        .help("總經費中屬資安之部分，單獨列出")
        .law(LAW),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1"),
    Field::new("started_on", "開始日期", Kind::Date, "2026-03-01").synonyms(&["開工日", "啟動日"]),
    Field::new("golive_on", "上線日期", Kind::Date, "2026-10-01"),
    Field::new("accepted_on", "驗收日期", Kind::Date, "2026-10-20"),
    Field::new("warranty_until", "保固期滿日", Kind::Date, "2027-10-19").help("期滿後始得編列維護費"),
    Field::new("closed_on", "結案日", Kind::Date, "2026-11-01"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "project",
    title: "系統專案",
    help: "新建、擴增與維護案：開發前評估、資安需求與經費、上線、驗收與保固",
    group: Group::Systems,
    names_row: "name",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["gate"],
    gaps: Some(gaps),
    raises: &[Raise {
        duty: "project.evaluate",
        on: "proposed_on",
        settled_on: "evaluated_on",
        about: None,
        when: is_development,
    }],
    ..RegisterSpec::TABLE
};

fn is_development(row: &Record<'_>) -> bool {
    row.text("kind") != "maintain"
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems: Vec<FieldProblem> = Vec::new();
    problems.extend(found([
        row.not_before("evaluated_on", "proposed_on"),
        row.not_before("golive_on", "started_on"),
        row.not_before("accepted_on", "started_on"),
        row.not_before("warranty_until", "accepted_on"),
    ]));
    if let Some((part, whole)) = row.decimal("security_budget").zip(row.decimal("budget"))
        && part > whole
    {
        problems.push(FieldProblem::new(
            "security_budget",
            "「資安經費（元）」不可多於「總經費（元）」，請更正其中之一",
        ));
    }
    if !row.is_blank("evaluated_on") && is_development(row) {
        problems.extend(found([
            row.need("alternatives", "評估應包含可否以既有系統或其他方式代替"),
            row.need("way", "評估應決定自行或委外辦理"),
            row.need("running_cost", "評估應包含日後維運經費"),
        ]));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let development = is_development(row);
    let tested = book
        .all("gate")
        .any(|g| g.text("project") == row.id && g.text("phase") == "test" && super::gate::is_passed(&g));
    let live = row.date("golive_on").is_some_and(|day| day <= book.today);
    found([
        (development && !row.is_blank("started_on") && row.is_blank("security_demands"))
            .then(|| Gap::missing("security_demands", "專案已開始，請補列資安需求")),
        (development && live && !tested).then(|| {
            Gap::wrong(
                "golive_on",
                "已上線而查無通過之測試階段檢核，請補登「開發階段檢核」或說明",
            )
        }),
        (!row.is_blank("accepted_on") && row.is_blank("warranty_until"))
            .then(|| Gap::missing("warranty_until", "已驗收，請填保固期滿日；無保固者於備註敘明")),
    ])
}
