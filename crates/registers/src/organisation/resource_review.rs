//! 人力經費檢討: whether people and money suffice, and what the management review heard of it.
//!
//! Why needed and actual numbers stand side by side: a review that names neither reviews
//! nothing. What it can't know: who really does security work; the law's number of
//! dedicated staff comes as a limit, the rest is the agency's own judgement.

use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Limit, NOTE, Proof, Record, RegisterSpec,
    found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("title", "名稱", Kind::Text, "115年度資安人力及經費配置檢討").required(),
    Field::new("held_on", "檢討日期", Kind::Date, "2026-11-10").required(),
    Field::new("staff_needed", "應配置專職人力", Kind::Number, "1")
        .required()
        .help("資通安全專職（責）人員之應有人數")
        .law("classification-regulation"),
    Field::new("staff_actual", "實際專職人力", Kind::Number, "1").required(),
    Field::new(
        "people",
        "人力檢討",
        Kind::LongText,
        "專職人員一人，四項業務均有人負責並有代理人。",
    )
    .required()
    .synonyms(&["人力配置情形"]),
    Field::new("it_amount", "資訊經費", Kind::Decimal, "8000000")
        .help("新臺幣元")
        .synonyms(&["資訊總經費"]),
    Field::new("security_amount", "資安經費", Kind::Decimal, "600000")
        .expected()
        .help("新臺幣元"),
    Field::new(
        "money",
        "經費檢討",
        Kind::LongText,
        "資安經費占資訊經費百分之七點五，配合政策及目標。",
    )
    .required()
    .synonyms(&["經費配置情形"]),
    Field::new(
        "suggestion",
        "改善建議",
        Kind::LongText,
        "下年度增列端點偵測經費。",
    ),
    Field::new("conclusion", "檢討結論", Kind::LongText, "現有配置足敷需要。")
        .synonyms(&["結論", "檢討結果"]),
    Field::new(
        "review",
        "提報之管理審查",
        Kind::Reference("management_review"),
        "m1",
    ),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "resource_review",
    title: "人力及經費檢討",
    help: "定期檢討資安人力及經費之配置，提報管理審查",
    group: Group::Organisation,
    names_row: "title",
    identity: &["title", "held_on"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    limits_on: &["held_on"],
    limits: &[Limit {
        parameter: "staff.dedicated",
        judge: staff,
    }],
    proves: &[
        Proof {
            duty: "resources.review",
            on: "held_on",
            until: &[],
            about: None,
            when: is_concluded,
        },
        Proof {
            duty: "staff.dedicated",
            on: "held_on",
            until: &[],
            about: None,
            when: has_staff,
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_concluded(row: &Record<'_>) -> bool {
    !row.is_blank("conclusion")
}

fn has_staff(row: &Record<'_>) -> bool {
    let (needed, actual) = (row.number("staff_needed"), row.number("staff_actual"));
    is_concluded(row) && needed > Some(0) && actual >= needed
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let part = row.decimal("security_amount").zip(row.decimal("it_amount"));
    let too_much = part.is_some_and(|(security, whole)| security > whole);
    let short = row.number("staff_actual") < row.number("staff_needed");
    found([
        too_much.then(|| {
            FieldProblem::new(
                "security_amount",
                "「資安經費」不可大於「資訊經費」，請更正其中之一",
            )
        }),
        short
            .then(|| row.need("suggestion", "專職人力不足者，應提出補足之建議"))
            .flatten(),
    ])
}

fn staff(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let least = bound.number?;
    let needed = u32::try_from(row.number("staff_needed")?).ok()?;
    (f64::from(needed) < least).then(|| {
        FieldProblem::new(
            "staff_needed",
            format!("依本機關責任等級應配置 {}，請更正應有人數", bound.words),
        )
    })
}

fn gaps(row: &Record<'_>, _: &Book<'_>) -> Vec<Gap> {
    found([
        (!is_concluded(row)).then(|| Gap::missing("conclusion", "請填檢討結論，填後始為完成檢討")),
        (is_concluded(row) && row.is_blank("review"))
            .then(|| Gap::hint("review", "檢討結果應提報管理審查，開會後請選其會議")),
    ])
}
