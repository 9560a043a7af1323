//! 資通系統分級: which grade each aspect of a system has, why, and the grade that follows.
//!
//! Why the whole agency is stated on a row: the duty is done when every system is graded, and
//! one system's row can't show that; who says so is checked against the other approved rows. What it
//! can't know: whether the harm that is assumed is the true one.

use crate::core::checks::{GRADES, is_own_system, names, past};
use crate::core::{
    Alter, Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec,
};

const LAW: &str = "classification-regulation";

/// The aspects that are graded.
const ASPECTS: [&str; 4] = ["confidentiality", "integrity", "availability", "compliance"];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-GR-001")
        .required()
        .synonyms(&["編號", "項次"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1")
        .required()
        .synonyms(&["資通系統名稱", "系統名稱"]),
    Field::new("year", "年度", Kind::Number, "115")
        .required()
        .help("民國年"),
    Field::new(
        "kind",
        "評定性質",
        Kind::Choice(&[
            ("initial", "初次分級"),
            ("review", "年度檢視"),
            ("change", "系統異動重評"),
        ]),
        "review",
    )
    .required(),
    Field::new("graded_on", "評定日期", Kind::Date, "2026-03-10")
        .required()
        .synonyms(&["分級日期", "檢視日期"]),
    Field::new("confidentiality", "機密性", Kind::Choice(GRADES), "中")
        .required()
        .synonyms(&["機密性等級"])
        .law(LAW),
    Field::new(
        "confidentiality_reason",
        "機密性理由",
        Kind::LongText,
        "外洩將影響民眾權益。",
    )
    .expected(),
    Field::new("integrity", "完整性", Kind::Choice(GRADES), "中")
        .required()
        .synonyms(&["完整性等級"])
        .law(LAW),
    Field::new(
        "integrity_reason",
        "完整性理由",
        Kind::LongText,
        "竄改將使統計結果有誤。",
    )
    .expected(),
    Field::new("availability", "可用性", Kind::Choice(GRADES), "普")
        .required()
        .synonyms(&["可用性等級"])
        .law(LAW),
    Field::new(
        "availability_reason",
        "可用性理由",
        Kind::LongText,
        "中斷一日內可以人工替代。",
    )
    .expected(),
    Field::new("compliance", "法律遵循性", Kind::Choice(GRADES), "普")
        .required()
        .synonyms(&["法遵性", "法律遵循性等級"])
        .law(LAW),
    Field::new(
        "compliance_reason",
        "法律遵循性理由",
        Kind::LongText,
        "未涉特別法規之處理規範。",
    )
    .expected(),
    Field::new("overall", "防護需求等級", Kind::Choice(GRADES), "中")
        .required()
        .help("四構面中最高者")
        .synonyms(&["系統等級", "整體等級", "安全等級"])
        .law(LAW),
    Field::new("previous", "原等級", Kind::Choice(GRADES), "普"),
    Field::new(
        "change_reason",
        "等級調整理由",
        Kind::LongText,
        "新增申辦功能，涉及個人資料。",
    ),
    Field::new("business_unit", "業務單位", Kind::Text, "歲計科")
        .help("由業務單位先行鑑別")
        .expected(),
    Field::new("graded_by", "評定人", Kind::Text, "陳示範").expected(),
    Field::new("next_review", "下次檢視日", Kind::Date, "2027-03-31").expected(),
    Field::new("completes", "全部系統均已評定", Kind::Flag, "true")
        .help("本機關自行或委外開發之系統於該年度均已評定者，在最後一筆填「是」；未填者不作為完成分級之證明"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "grading",
    title: "資通系統分級",
    help: "各系統就機密性、完整性、可用性、法律遵循性評定等級並敘明理由；最高者為防護需求等級，每年檢視",
    group: Group::Systems,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["system", "grading"],
    rules: Some(rules),
    gaps: Some(gaps),
    proves: &[
        Proof {
            duty: "classification.complete",
            on: "graded_on",
            until: &[],
            about: None,
            when: completes,
        },
        Proof {
            duty: "classification.review",
            on: "graded_on",
            until: &[],
            about: None,
            when: is_yearly_review,
        },
    ],
    alters: &[
        Alter {
            what: "system.regraded",
            about: Some("system"),
            on: "graded_on",
            when: is_regraded,
        },
        Alter {
            what: "system.core",
            about: Some("system"),
            on: "graded_on",
            when: |row| is_regraded(row) && row.text("overall") == "高",
        },
    ],
    ..RegisterSpec::TABLE
};

/// Whether it gave the system another grade than it had.
fn is_regraded(row: &Record<'_>) -> bool {
    !row.is_blank("previous") && row.text("previous") != row.text("overall")
}

fn completes(row: &Record<'_>) -> bool {
    row.says("completes")
}

fn is_yearly_review(row: &Record<'_>) -> bool {
    row.says("completes") && row.text("kind") != "initial"
}

/// A grade's height; none where it is none.
fn height(grade: &str) -> Option<usize> {
    GRADES.iter().position(|(word, _)| *word == grade)
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let highest = ASPECTS.iter().filter_map(|a| height(row.text(a))).max();
    if highest != height(row.text("overall")) {
        let word = highest.and_then(|h| GRADES.get(h)).map_or("", |(word, _)| word);
        problems.push(FieldProblem::new(
            "overall",
            format!("「防護需求等級」應為四構面中最高者「{word}」，請更正等級或構面"),
        ));
    }
    let previous = row.text("previous");
    if !previous.is_empty() && previous != row.text("overall") {
        problems.extend(row.need("change_reason", "等級與前次不同，請敘明調整之理由"));
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let denied = book
        .of(row, "system")
        .is_some_and(|s| s.flag("core") == Some(false));
    if row.text("overall") == "高" && denied {
        problems.push(FieldProblem::new(
            "overall",
            "防護需求等級為「高」者即為核心資通系統，而該系統登錄為非核心：請先更正資通系統，或重新評定等級",
        ));
    }
    if row.says("completes") {
        let year = row.number("year");
        let is_graded = |id: &str| {
            row.text("system") == id
                || book
                    .all("grading")
                    .any(|g| g.is_final && g.text("system") == id && g.number("year") == year)
        };
        let open: Vec<&str> = book
            .all("system")
            .filter(|s| is_own_system(s) && !is_graded(s.id))
            .map(|s| s.name())
            .collect();
        if !open.is_empty() {
            problems.push(FieldProblem::new(
                "completes",
                format!(
                    "該年度尚未評定或尚未核定之系統：{}；請先完成評定並核定，再填「全部系統均已評定」",
                    names(&open)
                ),
            ));
        }
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let of_system = book
        .all("grading")
        .filter(|g| g.text("system") == row.text("system"));
    let newer = of_system
        .filter(|g| g.id != row.id)
        .any(|g| g.date("graded_on") > row.date("graded_on"));
    if newer {
        return Vec::new();
    }
    let mut gaps = Vec::new();
    if past(row, book, "next_review") {
        gaps.push(Gap::wrong(
            "next_review",
            "已逾下次檢視日，請重新檢視等級是否妥適並新增一筆分級紀錄",
        ));
    }
    if let Some(system) = book.of(row, "system") {
        let (stated, graded) = (system.text("grade"), row.text("overall"));
        if !stated.is_empty() && stated != graded {
            gaps.push(Gap::wrong(
                "overall",
                format!("本次評定為「{graded}」，而資通系統登錄為「{stated}」，請更新資通系統之等級"),
            ));
        }
    }
    gaps
}
