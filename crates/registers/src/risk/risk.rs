//! 風險評估表: each risk of an assessment, its value, and what is done about it.
//!
//! Why the value is counted again: a sheet's formula that was overwritten is the usual
//! mistake. What it can't know: whether the scores are the true ones.

use crate::core::checks::overdue;
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Record, RegisterSpec, Sensitivity,
    found,
};

const LAW: &str = "enforcement-rules";

/// The aspects of an asset's value.
const ASPECTS: [&str; 4] = ["c", "i", "a", "l"];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "項次", Kind::Text, "115-RK-001")
        .required()
        .synonyms(&["編號", "風險編號"]),
    Field::new(
        "assessment",
        "風險評估",
        Kind::Reference("risk_assessment"),
        "ra1",
    )
    .required(),
    Field::new("asset_no", "資產編號", Kind::Text, "HW-001"),
    Field::new("asset_name", "資產名稱", Kind::Text, "預算資料庫主機")
        .required()
        .synonyms(&["資產"]),
    Field::new(
        "category",
        "資產類別",
        Kind::Choice(&[
            ("information", "資訊"),
            ("software", "軟體"),
            ("physical", "實體"),
            ("service", "支援服務"),
        ]),
        "physical",
    ),
    Field::new("owner", "擁有者", Kind::Text, "歲計科"),
    Field::new("c", "機密性評分", Kind::Number, "3").synonyms(&["機密性", "C"]),
    Field::new("i", "完整性評分", Kind::Number, "3").synonyms(&["完整性", "I"]),
    Field::new("a", "可用性評分", Kind::Number, "2").synonyms(&["可用性", "A"]),
    Field::new("l", "法律遵循性評分", Kind::Number, "2").synonyms(&["法律遵循性", "L"]),
    Field::new("threat", "威脅", Kind::Text, "未經授權之存取")
        .required()
        .sensitivity(Sensitivity::Confidential),
    Field::new("weakness", "脆弱點", Kind::Text, "帳號未定期清查")
        .required()
        .synonyms(&["弱點", "脆弱性"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("controls", "既有控制措施", Kind::LongText, "防火牆限制來源。")
        .synonyms(&["現有控制措施", "既有控制"]),
    Field::new("likelihood", "可能性", Kind::Number, "3")
        .required()
        .help("即威脅等級")
        .synonyms(&["威脅等級", "發生可能性"]),
    Field::new("impact", "衝擊", Kind::Number, "3")
        .required()
        .help("即弱點等級")
        .synonyms(&["弱點等級", "衝擊程度"]),
    Field::new("value", "風險值", Kind::Number, "27")
        .expected()
        .help("依本次評估之計算方式")
        .law(LAW),
    Field::new("rank", "風險排序", Kind::Number, "1"),
    Field::new(
        "treatment",
        "處理方式",
        Kind::Choice(&[
            ("avoid", "避免"),
            ("reduce", "降低"),
            ("transfer", "轉移"),
            ("accept", "接受"),
        ]),
        "reduce",
    )
    .synonyms(&["風險處理", "對策方式"])
    .law(LAW),
    Field::new("reference", "風險對策", Kind::Reference("risk_reference"), "rr1")
        .help("取自風險類型暨對策參考表"),
    Field::new(
        "measure",
        "處理措施",
        Kind::LongText,
        "每季清查帳號並停用逾期者。",
    )
    .synonyms(&["風險處理方案", "高風險處理方案"]),
    Field::new("responsible", "負責單位或人員", Kind::Text, "資訊科").synonyms(&["負責單位", "負責人"]),
    Field::new("due", "預定完成日", Kind::Date, "2026-12-31"),
    Field::new("done_on", "實際完成日", Kind::Date, "2026-12-10"),
    Field::new("residual_likelihood", "殘餘可能性", Kind::Number, "1"),
    Field::new("residual_impact", "殘餘衝擊", Kind::Number, "3"),
    Field::new("residual_value", "殘餘風險值", Kind::Number, "9").synonyms(&["殘餘風險"]),
    Field::new("accepted_by", "核定接受者", Kind::Text, "張示範").help("接受高於可接受風險值之風險者"),
    Field::new("accepted_on", "核定接受日期", Kind::Date, "2026-10-01"),
    Field::new("assessed_on", "評估日", Kind::Date, "2026-08-15"),
    Field::new("assessed_by", "評估人", Kind::Text, "林示範"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "risk",
    title: "風險評估表",
    help: "各項風險之威脅、脆弱點、風險值、處理方式與殘餘風險；高於可接受風險值者應處理或核定接受",
    group: Group::Risk,
    hands: &[Hand::Unit],
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["risk_assessment"],
    rules: Some(rules),
    gaps: Some(gaps),
    ..RegisterSpec::TABLE
};

/// A value by the assessment's formula; none where a score is missing.
fn counted(row: &Record<'_>, formula: &str, likelihood: &str, impact: &str) -> Option<u64> {
    let (likelihood, impact) = (row.number(likelihood)?, row.number(impact)?);
    let scores = ASPECTS.iter().filter_map(|key| row.number(key));
    let worth = match formula {
        "max_times" => scores.max()?,
        "sum_times" => {
            let given: Vec<u64> = scores.collect();
            if given.is_empty() {
                return None;
            }
            given.iter().fold(0_u64, |sum, n| sum.saturating_add(*n))
        }
        _ => 1,
    };
    Some(worth.saturating_mul(likelihood).saturating_mul(impact))
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([row.not_before("done_on", "assessed_on")]);
    if !row.is_blank("accepted_on") {
        problems.extend(row.need("accepted_by", "已核定接受者，應載明核定之人"));
    }
    let treated = ["avoid", "reduce", "transfer"].contains(&row.text("treatment"));
    if treated && !row.is_blank("done_on") {
        problems.extend(row.need("measure", "已完成處理者，應載明處理措施"));
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let Some(assessment) = book.of(row, "assessment") else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    let scale = assessment.number("scale").unwrap_or(u64::MAX);
    let scores = ASPECTS
        .iter()
        .chain(&["likelihood", "impact", "residual_likelihood", "residual_impact"]);
    for key in scores {
        if let Some(score) = row.number(key).filter(|n| !(1..=scale).contains(n)) {
            let label = row.label(key);
            problems.push(FieldProblem::new(
                key,
                format!("「{label}」填 {score}，本次評估之評分為 1 至 {scale}，請更正"),
            ));
        }
    }
    let formula = assessment.text("formula");
    let value = counted(row, formula, "likelihood", "impact");
    let residual = counted(row, formula, "residual_likelihood", "residual_impact");
    for (key, counted) in [("value", value), ("residual_value", residual)] {
        let Some(stated) = row.number(key) else { continue };
        let label = row.label(key);
        match counted {
            Some(counted) if counted != stated => problems.push(FieldProblem::new(
                key,
                format!(
                    "依「{}」計算為 {counted}，「{label}」填 {stated}，請更正評分或風險值",
                    assessment.shown("formula")
                ),
            )),
            None => problems.push(FieldProblem::new(
                key,
                format!("已填「{label}」而評分不全，無從核對；請補填評分"),
            )),
            _ => {}
        }
    }
    let acceptable = assessment.number("acceptable").unwrap_or(u64::MAX);
    if value.is_some_and(|n| n > acceptable) {
        problems.extend(row.need(
            "treatment",
            &format!("風險值高於可接受風險值 {acceptable}，應決定處理方式"),
        ));
        let accepts = row.text("treatment") == "accept";
        let remains = residual.is_some_and(|n| n > acceptable);
        if accepts {
            problems.extend(row.need("accepted_by", "接受高於可接受風險值之風險，應由權責主管核定"));
        } else if remains && !row.is_blank("done_on") {
            problems.extend(row.need(
                "accepted_by",
                "處理後殘餘風險仍高於可接受風險值，應續行處理或核定接受",
            ));
        }
        if !accepts && !row.is_blank("treatment") {
            problems.extend(row.need("measure", "高於可接受風險值者，應擬處理措施"));
        }
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let treated = ["avoid", "reduce", "transfer"].contains(&row.text("treatment"));
    let done = !row.is_blank("done_on");
    found([
        (treated && row.is_blank("due") && !done)
            .then(|| Gap::missing("due", "已定處理方式，請填預定完成日")),
        (treated && row.is_blank("responsible"))
            .then(|| Gap::missing("responsible", "已定處理方式，請填負責單位或人員")),
        overdue(row, book, "due", "done_on"),
        (treated && done && row.is_blank("residual_value"))
            .then(|| Gap::missing("residual_value", "處理已完成，請重新評估並填殘餘風險值")),
    ])
}
