//! 風險評估: one round of assessing risks, by which method, and with which result.
//!
//! Why the method is copied: a method that is changed later must not change what was judged
//! by it. What it can't know: risks that nobody thought of.

use super::risk_method::FORMULAS;
use crate::core::checks::overdue;
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

const LAW: &str = "enforcement-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-RK")
        .required()
        .synonyms(&["編號"]),
    Field::new("year", "年度", Kind::Number, "115")
        .required()
        .help("民國年"),
    Field::new(
        "reason",
        "評估事由",
        Kind::Choice(&[
            ("regular", "定期評估"),
            ("change", "重大變更後"),
            ("incident", "事件後"),
            ("intelligence", "情資"),
            ("new", "新系統"),
        ]),
        "regular",
    )
    .expected(),
    Field::new("scope", "評估範圍", Kind::Text, "全機關資訊資產")
        .required()
        .law(LAW),
    Field::new("method", "評估方法", Kind::Reference("risk_method"), "rm1").required(),
    Field::new("formula", "風險值計算方式", Kind::Choice(FORMULAS), "max_times")
        .required()
        .help("與評估方法相同；留存於本次評估"),
    Field::new("scale", "評分級數", Kind::Number, "4").required(),
    Field::new("acceptable", "可接受風險值", Kind::Number, "24").required(),
    Field::new("started_on", "開始日期", Kind::Date, "2026-07-01")
        .required()
        .synonyms(&["評估日期"]),
    Field::new("due", "預定完成日", Kind::Date, "2026-09-30"),
    Field::new("by", "評估人員", Kind::Text, "資訊科").expected(),
    Field::new("by_grade", "已依系統等級分別評鑑", Kind::Flag, "true")
        .help("各系統依其防護需求等級評鑑，結果用以執行防護基準"),
    Field::new("total", "風險項數", Kind::Number, "42"),
    Field::new("above", "高於可接受風險值之項數", Kind::Number, "5"),
    Field::new(
        "result",
        "評估結果",
        Kind::LongText,
        "五項高於可接受風險值，均已擬處理方案。",
    )
    .synonyms(&["結論"]),
    Field::new("done_on", "完成日期", Kind::Date, "2026-09-20"),
    Field::new("reported_on", "提報日期", Kind::Date, "2026-09-25").help("提報管理審查或資通安全長之日"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "risk_assessment",
    title: "風險評估",
    help: "年度或重大變更後之風險評估：方法、可接受風險值、結果；各項風險列於風險評估表",
    group: Group::Risk,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["risk_method", "risk"],
    rules: Some(rules),
    gaps: Some(gaps),
    proves: &[
        Proof {
            duty: "risk.assess",
            on: "done_on",
            until: &[],
            about: None,
            when: is_done,
        },
        Proof {
            duty: "risk.by_grade",
            on: "done_on",
            until: &[],
            about: None,
            when: |row| is_done(row) && row.says("by_grade"),
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_done(row: &Record<'_>) -> bool {
    !row.is_blank("done_on")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("done_on", "started_on"),
        row.not_before("reported_on", "done_on"),
        crate::core::checks::part(row, "above", "total"),
    ]);
    if is_done(row) {
        problems.extend(found([
            row.need("result", "完成評估者，應載明結果"),
            row.need("total", "完成評估者，應載明風險項數"),
        ]));
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if let Some(method) = book.of(row, "method") {
        if method.text("formula") != row.text("formula") {
            problems.push(FieldProblem::new(
                "formula",
                format!(
                    "評估方法「{}」之計算方式為「{}」，請改為相同，或另立評估方法",
                    method.name(),
                    method.shown("formula")
                ),
            ));
        }
        for key in ["scale", "acceptable"] {
            let (stated, given) = (method.number(key), row.number(key));
            if stated != given {
                let label = row.label(key);
                let stated = stated.unwrap_or_default();
                problems.push(FieldProblem::new(
                    key,
                    format!("評估方法所定之「{label}」為 {stated}，請改為相同，或另立評估方法"),
                ));
            }
        }
    }
    let listed = book
        .all("risk")
        .filter(|r| r.text("assessment") == row.id)
        .count();
    // Who keeps the single risks elsewhere still may close the round here.
    let differs = row
        .number("total")
        .is_some_and(|n| usize::try_from(n) != Ok(listed));
    if is_done(row) && listed > 0 && differs {
        problems.push(FieldProblem::new(
            "total",
            format!("風險評估表有 {listed} 項屬本次評估，請更正項數"),
        ));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let unreported = is_done(row) && row.is_blank("reported_on");
    found([
        overdue(row, book, "due", "done_on"),
        unreported.then(|| {
            Gap::missing(
                "reported_on",
                "評估已完成，請提報資通安全長或管理審查並填提報日期",
            )
        }),
    ])
}
