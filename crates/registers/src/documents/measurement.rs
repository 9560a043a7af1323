//! 目標評量: what was measured against an objective, and whether it was reached.
//!
//! Why 「reached」 is compared with the objective: the value decides, not the wish. What it
//! can't know: whether the value was counted rightly; the formula and the source stand
//! beside it so that somebody can count again.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("objective", "目標", Kind::Reference("objective"), "o1")
        .required()
        .synonyms(&["目標名稱", "目標項目"]),
    Field::new("period", "評量期間", Kind::Text, "115年度")
        .required()
        .synonyms(&["期間", "年度"]),
    Field::new("from", "期間起日", Kind::Date, "2026-01-01"),
    Field::new("until", "期間迄日", Kind::Date, "2026-10-31"),
    Field::new("measured_on", "評量日期", Kind::Date, "2026-11-05")
        .required()
        .synonyms(&["統計日期"]),
    Field::new("value", "實績值", Kind::Decimal, "99.98")
        .help("量化目標必填")
        .synonyms(&["實績", "實際值"]),
    Field::new(
        "data",
        "計算過程或事實",
        Kind::LongText,
        "全年非計畫中斷 1.7 小時。",
    )
    .help("量化目標之分子、分母與來源；質化目標所依之事實")
    .synonyms(&["資料來源", "說明"]),
    Field::new("reached", "達成", Kind::Flag, "true")
        .required()
        .synonyms(&["是否達成"]),
    Field::new("reason", "未達原因", Kind::LongText, "機房空調故障致停機。").synonyms(&["未達成原因"]),
    Field::new("action", "改善措施", Kind::LongText, "增設備援空調。"),
    Field::new("measured_by", "評量人", Kind::Text, "林示範").synonyms(&["統計人"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "measurement",
    title: "目標評量",
    help: "依週期統計各項目標之實績，與目標值比較是否達成；未達成者敘明原因",
    group: Group::Documents,
    names_row: "period",
    identity: &["objective", "period"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["objective"],
    rules: Some(rules),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "objective.measure",
        on: "measured_on",
        until: &[],
        about: None,
        when: is_measured,
    }],
    ..RegisterSpec::TABLE
};

fn is_measured(row: &Record<'_>) -> bool {
    !row.is_blank("value") || !row.is_blank("data")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("until", "from"),
        row.not_before("measured_on", "from"),
    ]);
    if row.flag("reached") == Some(false) {
        problems.extend(row.need("reason", "未達成者，應敘明原因"));
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let Some(objective) = book.of(row, "objective") else {
        return Vec::new();
    };
    if objective.text("kind") == "qualitative" {
        return found([row.need("data", "質化目標應寫明所依之事實")]);
    }
    let Some(value) = row.decimal("value") else {
        return found([row.need("value", "量化目標應填實績值")]);
    };
    let Some(target) = objective.decimal("target") else {
        return Vec::new();
    };
    let met = match objective.text("direction") {
        "at_most" => value <= target,
        "below" => value < target,
        _ => value >= target,
    };
    let says = if met { "已達成" } else { "未達成" };
    found([(row.flag("reached") != Some(met)).then(|| {
        FieldProblem::new(
            "reached",
            format!("實績值 {value} 與目標值 {target} 比較為{says}，請更正"),
        )
    })])
}

fn gaps(row: &Record<'_>, _: &Book<'_>) -> Vec<Gap> {
    let idle = row.flag("reached") == Some(false) && row.is_blank("action");
    found([
        idle.then(|| Gap::missing("action", "目標未達成，請研提改善措施")),
        (!is_measured(row)).then(|| Gap::missing("data", "請填實績值或所依之事實，填後始為完成評量")),
    ])
}
