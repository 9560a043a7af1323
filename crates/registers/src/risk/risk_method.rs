//! 風險評估方法: how a value is counted, on which scale, and up to which value it is accepted.
//!
//! Why a row and not a setting: an old assessment must be read by the method of its day. What
//! it can't know: whether the accepted value suits the agency.

use crate::core::{EVIDENCE, Field, FieldProblem, Group, Kind, NOTE, Record, RegisterSpec, found};

/// How a risk's value is counted.
pub const FORMULAS: &[(&str, &str)] = &[
    ("max_times", "資產價值（各構面最高）×可能性×衝擊"),
    ("sum_times", "資產價值（各構面合計）×可能性×衝擊"),
    ("matrix", "可能性×衝擊（矩陣）"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "方法名稱", Kind::Text, "115 年風險評估方法")
        .required()
        .synonyms(&["名稱"]),
    Field::new("from", "適用起日", Kind::Date, "2026-01-01").required(),
    Field::new("until", "適用迄日", Kind::Date, "2028-12-31").help("仍適用者留空"),
    Field::new("formula", "風險值計算方式", Kind::Choice(FORMULAS), "max_times")
        .required()
        .help("可能性即威脅等級，衝擊即弱點等級；依機關文件所定"),
    Field::new("scale", "評分級數", Kind::Number, "4")
        .required()
        .help("各項評分由 1 至此數"),
    Field::new("acceptable", "可接受風險值", Kind::Number, "24")
        .required()
        .help("風險值高於此數者應處理")
        .synonyms(&["可接受風險等級", "風險門檻"]),
    Field::new("levels", "等級說明", Kind::LongText, "1 低、2 中、3 高、4 極高。"),
    Field::new("approved_by", "核定人", Kind::Text, "張示範").expected(),
    Field::new("approved_on", "核定日期", Kind::Date, "2026-01-05").expected(),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "risk_method",
    title: "風險評估方法",
    help: "風險值之計算方式、評分級數與可接受風險值；每次評估記明所依之方法",
    group: Group::Risk,
    names_row: "name",
    identity: &["name"],
    fields: FIELDS,
    validate: Some(validate),
    ..RegisterSpec::TABLE
};

/// The greatest value that a formula gives on a scale, where each of four aspects counts.
fn greatest(formula: &str, scale: u64) -> u64 {
    let square = scale.saturating_mul(scale);
    match formula {
        "max_times" => square.saturating_mul(scale),
        "sum_times" => square.saturating_mul(scale).saturating_mul(4),
        _ => square,
    }
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([row.not_before("until", "from")]);
    let scale = row.number("scale").unwrap_or_default();
    if scale < 2 {
        problems.push(FieldProblem::new("scale", "「評分級數」至少為 2，請更正"));
        return problems;
    }
    let most = greatest(row.text("formula"), scale);
    if row.number("acceptable").is_some_and(|n| n >= most) {
        problems.push(FieldProblem::new(
            "acceptable",
            format!("依此方式風險值最高為 {most}，「可接受風險值」應低於此數，否則沒有風險須處理"),
        ));
    }
    problems
}
