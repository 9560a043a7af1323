//! 防護基準自評: each row of the protection baseline for each system, and how it stands.
//!
//! Why one row a control: open ones have a person and a day of their own. What it can't know:
//! which controls a grade asks for; the law's baseline does, edition by edition.

use crate::core::checks::{GRADES, overdue};
use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Record, RegisterSpec, found,
};

const LAW: &str = "classification-regulation";

/// How a control stands.
pub const RESULTS: &[(&str, &str)] = &[
    ("met", "符合"),
    ("partial", "部分符合"),
    ("not_met", "不符合"),
    ("not_applicable", "不適用"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("system", "資通系統", Kind::Reference("system"), "s1")
        .required()
        .synonyms(&["資通系統名稱", "系統名稱"]),
    Field::new("edition", "防護基準版本", Kind::Text, "2026")
        .required()
        .help("所依之防護基準版本，與法規資料之版本相同"),
    Field::new("control", "控制措施編號", Kind::Text, "AC1-1")
        .required()
        .synonyms(&["項次", "編號", "措施編號"])
        .law(LAW),
    Field::new("measure", "措施內容", Kind::Text, "帳號管理").synonyms(&["控制措施", "構面"]),
    Field::new(
        "demand",
        "要求",
        Kind::LongText,
        "帳號之申請、建立、異動、停用有程序。",
    )
    .synonyms(&["安全控制措施", "查核項目"]),
    Field::new("grade", "適用等級", Kind::Choice(GRADES), "普"),
    Field::new("result", "自評結果", Kind::Choice(RESULTS), "partial")
        .required()
        .synonyms(&["結果", "符合情形", "評估結果"]),
    Field::new(
        "explanation",
        "現況說明",
        Kind::LongText,
        "離職帳號以人工停用，尚未自動化。",
    )
    .help("不適用者敘明理由")
    .synonyms(&["說明", "實施情形"])
    .expected(),
    Field::new("compensating", "替代措施", Kind::LongText, "每週比對離職名單。")
        .synonyms(&["補償措施", "補償控制"]),
    Field::new("responsible", "負責人", Kind::Text, "林示範").synonyms(&["負責單位", "承辦人"]),
    Field::new("checked_on", "自評日期", Kind::Date, "2026-04-01").expected(),
    Field::new("due", "預定完成日", Kind::Date, "2026-12-15").synonyms(&["改善期限", "預計完成日"]),
    Field::new("done_on", "實際完成日", Kind::Date, "2026-12-10").help("改善完成後填寫，並更新自評結果"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "control_check",
    title: "防護基準自評",
    help: "各系統逐項對照防護基準：結果、現況、替代措施與預定完成日",
    group: Group::Systems,
    names_row: "control",
    identity: &["system", "edition", "control"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["system"],
    rules: Some(rules),
    gaps: Some(gaps),
    checks: &[Check {
        key: "control_check",
        label: "防護基準自評為符合或不適用",
        from: "checked_on",
        ages: true,
        about: Some("system"),
        by: Some("control"),
        holds: |row| match row.text("result") {
            "" => None,
            result => Some(!["partial", "not_met"].contains(&result)),
        },
        ..Check::STATE
    }],
    ..RegisterSpec::TABLE
};

fn is_open(row: &Record<'_>) -> bool {
    ["partial", "not_met"].contains(&row.text("result"))
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let unfit = row.text("result") == "not_applicable";
    found([
        unfit
            .then(|| row.need("explanation", "自評為「不適用」者，應敘明不適用之理由"))
            .flatten(),
        row.not_before("done_on", "checked_on"),
    ])
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    // A control of a higher grade than the system's isn't asked for; saying 不符合 would open work for nothing.
    let height = |word: &str| GRADES.iter().position(|(grade, _)| *grade == word);
    let asked = height(row.text("grade"));
    let system = book.of(row, "system").and_then(|s| height(s.text("grade")));
    match (asked, system) {
        (Some(asked), Some(system)) if asked > system && row.text("result") == "not_met" => {
            vec![FieldProblem::new(
                "result",
                "這項措施適用之等級高於該系統之防護需求等級：請選「不適用」並敘明，或更正等級",
            )]
        }
        _ => Vec::new(),
    }
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if !is_open(row) {
        let bare = row.text("result") == "met" && row.files("evidence").is_empty();
        return found([
            bare.then(|| Gap::hint("evidence", "自評為「符合」而無佐證，請上傳設定畫面、程序或紀錄"))
        ]);
    }
    if !row.is_blank("done_on") {
        return vec![Gap::wrong(
            "result",
            "已填實際完成日而自評結果仍未符合，請更新自評結果或清除完成日",
        )];
    }
    found([
        row.is_blank("due")
            .then(|| Gap::missing("due", "尚未符合，請填預定完成日")),
        row.is_blank("responsible")
            .then(|| Gap::missing("responsible", "尚未符合，請填負責人")),
        overdue(row, book, "due", "done_on"),
    ])
}
