//! 資安需求申請: what a unit asks for, what the task force says, and whether it was approved.
//!
//! Why approval comes before completion: what is built without the 資通安全長's approval
//! has no place in the budget's order. What it can't know: whether the money was granted;
//! the register of budgets says so.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Record, RegisterSpec, Sensitivity,
    found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "申請單編號", Kind::Text, "115-SN-001")
        .required()
        .synonyms(&["單號", "編號"]),
    Field::new("applied_on", "申請日期", Kind::Date, "2026-02-10")
        .required()
        .synonyms(&["填表日期"]),
    Field::new("unit", "申請單位", Kind::Text, "會計室")
        .required()
        .synonyms(&["需求單位"]),
    Field::new("applicant", "申請人", Kind::Text, "陳示範")
        .required()
        .synonyms(&["承辦人"])
        .sensitivity(Sensitivity::Personal),
    Field::new("phone", "分機", Kind::Text, "5678").synonyms(&["電話"]),
    Field::new(
        "kinds",
        "需求類別",
        Kind::Many(&[
            ("people", "人力"),
            ("money", "經費"),
            ("equipment", "設備"),
            ("software", "軟體"),
            ("service", "服務"),
            ("training", "教育訓練"),
            ("other", "其他"),
        ]),
        r#"["software","service"]"#,
    )
    .required()
    .synonyms(&["類別"]),
    Field::new(
        "content",
        "需求內容及原因",
        Kind::LongText,
        "建置端點偵測及應變機制，以縮短發現入侵之時間。",
    )
    .required()
    .synonyms(&["需求內容", "原因", "需求說明"]),
    Field::new("benefit", "預期效益", Kind::LongText, "全部個人電腦納入偵測。"),
    Field::new("needed_by", "需求日期", Kind::Date, "2026-10-31")
        .help("最遲何日須備妥")
        .expected(),
    Field::new("amount", "預估經費", Kind::Decimal, "480000")
        .help("新臺幣元；不需經費者留空")
        .synonyms(&["金額", "預估金額"]),
    Field::new("budget_year", "預算年度", Kind::Number, "116")
        .help("民國年")
        .synonyms(&["年度"]),
    Field::new("source", "經費來源", Kind::Text, "單位預算"),
    Field::new(
        "impact",
        "影響評估",
        Kind::LongText,
        "未辦理者，入侵後不易及時發現。",
    )
    .help("未能辦理時之影響"),
    Field::new("unit_head", "單位主管", Kind::Text, "李示範").sensitivity(Sensitivity::Personal),
    Field::new(
        "opinion",
        "推動小組審查意見",
        Kind::Choice(&[("agree", "同意"), ("part", "部分同意"), ("disagree", "不同意")]),
        "agree",
    )
    .synonyms(&["審查意見"]),
    Field::new(
        "opinion_reason",
        "審查理由",
        Kind::LongText,
        "列入下年度優先辦理。",
    ),
    Field::new("reviewed_on", "審查日期", Kind::Date, "2026-03-05"),
    Field::new("ciso_approved_on", "資通安全長核定日", Kind::Date, "2026-03-12")
        .synonyms(&["資安長核定日", "核定日期"]),
    Field::new("progress", "辦理情形", Kind::LongText, "已完成採購並部署。"),
    Field::new("done_on", "結案日期", Kind::Date, "2026-10-15").synonyms(&["完成日期"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "need",
    title: "資通安全需求申請",
    help: "各單位之資安資源需求：配合預算期程提出，推動小組分配，資通安全長核定後建置",
    group: Group::Organisation,
    hands: &[Hand::Unit, Hand::Anybody],
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    ..RegisterSpec::TABLE
};

fn is_refused(row: &Record<'_>) -> bool {
    row.text("opinion") == "disagree"
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("reviewed_on", "applied_on"),
        row.not_before("ciso_approved_on", "applied_on"),
        row.not_before("ciso_approved_on", "reviewed_on"),
        row.not_before("done_on", "applied_on"),
        row.not_before("done_on", "ciso_approved_on"),
    ]);
    if ["part", "disagree"].contains(&row.text("opinion")) {
        problems.extend(row.need("opinion_reason", "部分同意或不同意者，應說明理由"));
    }
    if !row.is_blank("amount") {
        problems.extend(row.need("budget_year", "有預估經費者，應載明列入哪一年度"));
    }
    if !row.is_blank("done_on") && !is_refused(row) {
        problems.extend(found([
            row.need("ciso_approved_on", "經資通安全長核定後方得建置並結案"),
            row.need("progress", "結案前應填辦理情形"),
        ]));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if !row.is_blank("done_on") || is_refused(row) {
        return Vec::new();
    }
    let late = row.date("needed_by").is_some_and(|day| day < book.today);
    let waits = !row.is_blank("opinion") && row.is_blank("ciso_approved_on");
    found([
        late.then(|| Gap::wrong("progress", "已逾需求日期，請填辦理情形；已完成者請結案")),
        waits.then(|| Gap::missing("ciso_approved_on", "推動小組已審查，請陳資通安全長核定")),
        row.is_blank("opinion")
            .then(|| Gap::hint("opinion", "尚未經推動小組審查，請排入下次會議")),
    ])
}
