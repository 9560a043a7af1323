//! 實施情形: what the agency tells its superior each year about the plan, item by item.
//!
//! Why each item is a field: the report goes into another system one box at a time, and a
//! box left empty is found before it is sent. Which items the law lists is dated there; the
//! table holds those of the law in force. What it can't know: what the superior asks beyond.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

const LAW: &str = "enforcement-rules";

const fn item(key: &'static str, label: &'static str, example: &'static str) -> Field {
    Field::new(key, label, Kind::LongText, example).law(LAW)
}

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("title", "名稱", Kind::Text, "114年度資通安全維護計畫實施情形").required(),
    Field::new("year", "實施年度", Kind::Number, "114")
        .required()
        .help("所報之年度，民國年")
        .synonyms(&["年度"]),
    item(
        "core_business",
        "核心業務及其重要性",
        "核心業務二項，重要性經檢視無變動。",
    ),
    item(
        "policy_objectives",
        "資通安全政策及目標",
        "目標五項，達成四項，未達成者已改善。",
    ),
    item(
        "organization",
        "資通安全推動組織",
        "推動小組開會二次，名冊更新一次。",
    ),
    item(
        "resources",
        "專職人力及經費之配置",
        "專職人員一人，資安經費占資訊經費百分之七。",
    ),
    item("ciso", "資通安全長之配置", "由副處長兼任，召開管理審查一次。"),
    item(
        "systems_assets",
        "資通系統之盤點及核心系統、相關資產之標示",
        "盤點資產 128 項，核心系統一個。",
    ),
    item("risk", "資通安全風險管理", "評估完成，高風險二項均已處理。"),
    item("controls", "資通安全防護及控制措施", "防護基準控制措施全數完成。"),
    item(
        "incident",
        "資通安全事件通報、應變及演練相關機制",
        "事件一件，依限通報；演練二次。",
    ),
    item(
        "intelligence",
        "資通安全情資之評估及因應機制",
        "收受情資 36 則，均已評估。",
    ),
    item(
        "outsourcing",
        "資通系統或服務委外辦理之管理措施",
        "查核廠商二家，缺失三項均改善。",
    ),
    item(
        "appraisal",
        "所屬人員辦理業務涉及資通安全事項之考核機制",
        "獎勵一人次。",
    ),
    item(
        "improvement",
        "資通安全維護計畫與實施情形之持續精進及績效管理機制",
        "內部稽核一次，管理審查一次。",
    ),
    Field::new("due", "提報期限", Kind::Date, "2026-03-31").expected(),
    Field::new("to", "受理機關", Kind::Text, "示範市政府")
        .synonyms(&["上級或監督機關", "提報機關"])
        .law("cyber-security-management-act"),
    Field::new("approved_on", "核定日", Kind::Date, "2026-03-20"),
    Field::new("submitted_on", "提報日期", Kind::Date, "2026-03-25")
        .synonyms(&["送出日", "提出日期"])
        .law("cyber-security-management-act"),
    Field::new("document_no", "文號或案號", Kind::Text, "府資字第1150000000號").synonyms(&["文號"]),
    Field::new("returned_on", "退回補正日", Kind::Date, "2026-04-10"),
    Field::new(
        "returned_why",
        "退回補正事項",
        Kind::LongText,
        "補充風險處理情形。",
    ),
    Field::new("resubmitted_on", "補正提報日", Kind::Date, "2026-04-15"),
    EVIDENCE,
    NOTE,
];

/// The items of the report.
const ITEMS: [&str; 13] = [
    "core_business",
    "policy_objectives",
    "organization",
    "resources",
    "ciso",
    "systems_assets",
    "risk",
    "controls",
    "incident",
    "intelligence",
    "outsourcing",
    "appraisal",
    "improvement",
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "report",
    title: "維護計畫實施情形",
    help: "每年提出之維護計畫實施情形，各款之執行成果及說明；各款均填後提報",
    group: Group::Documents,
    names_row: "title",
    identity: &["year"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["report"],
    rules: Some(rules),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "implementation_report.submit",
        on: "submitted_on",
        until: &[],
        about: None,
        when: is_submitted,
    }],
    ..RegisterSpec::TABLE
};

fn is_submitted(row: &Record<'_>) -> bool {
    let returned = !row.is_blank("returned_on") && row.is_blank("resubmitted_on");
    !row.is_blank("submitted_on") && !returned
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("submitted_on", "approved_on"),
        row.not_before("returned_on", "submitted_on"),
        row.not_before("resubmitted_on", "returned_on"),
    ]);
    if !row.is_blank("submitted_on") {
        let blank = ITEMS
            .iter()
            .filter_map(|key| row.need(key, "各款均填後始得提報，無者亦應說明"));
        problems.extend(blank);
        problems.extend(row.need("to", "提報者應載明受理機關"));
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let twice = book
        .all("report")
        .any(|other| other.id != row.id && other.number("year") == row.number("year"));
    found([twice.then(|| FieldProblem::new("year", "這個年度已有實施情形，請於原筆修改"))])
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let late = row.date("due").is_some_and(|due| due < book.today) && row.is_blank("submitted_on");
    let returned = !row.is_blank("returned_on") && row.is_blank("resubmitted_on");
    let blank = ITEMS.iter().filter(|key| row.is_blank(key)).count();
    found([
        late.then(|| Gap::wrong("submitted_on", "已逾提報期限，請儘速提報")),
        returned.then(|| Gap::wrong("resubmitted_on", "已退回補正，請補正後再提報並填日期")),
        (blank > 0).then(|| Gap::missing("", format!("尚有 {blank} 款未填，請洽各權責單位提供"))),
    ])
}
