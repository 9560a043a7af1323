//! 檢視紀錄: that the policy, the plan or another paper was reviewed, and what came of it.
//!
//! Why a review that asks for a revision is not done before the revision is approved: else
//! a paper known to be wrong would count as reviewed. What a reviewed paper proves is shown anew.
//! What it can't know: how thoroughly
//! somebody read.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, Renewal, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("title", "名稱", Kind::Text, "115年度資通安全政策及目標檢視").required(),
    Field::new(
        "kind",
        "檢視對象",
        Kind::Choice(&[
            ("policy", "資通安全政策及目標"),
            ("plan", "資通安全維護計畫"),
            ("document", "其他文件"),
        ]),
        "policy",
    )
    .required(),
    Field::new("document", "文件", Kind::Reference("document"), "d1")
        .help("檢視其他文件者，選其文件")
        .synonyms(&["文件名稱"]),
    Field::new("held_on", "檢視日期", Kind::Date, "2026-11-10")
        .required()
        .synonyms(&["檢討日期"]),
    Field::new("reviewer", "檢視人", Kind::Text, "林示範")
        .expected()
        .synonyms(&["檢視單位", "檢討人"]),
    Field::new(
        "grounds",
        "檢視依據",
        Kind::LongText,
        "法規修正、上次稽核結果、組織調整。",
    )
    .help("考量之法規、業務、技術、事件與組織變動")
    .synonyms(&["檢討事項"]),
    Field::new(
        "conclusion",
        "檢視結果",
        Kind::Choice(&[("keep", "維持"), ("revise", "修正"), ("abolish", "廢止")]),
        "keep",
    )
    .required()
    .synonyms(&["結論", "檢討結果"]),
    Field::new(
        "changes",
        "修正重點",
        Kind::LongText,
        "目標增列社交工程演練點閱率。",
    )
    .synonyms(&["修正內容"]),
    Field::new("due", "預定完成日", Kind::Date, "2026-12-31").help("須修正或廢止者，預定核定之日"),
    Field::new("approved_on", "核定日", Kind::Date, "2026-11-25")
        .help("檢視結果（及修正後文件）經核定之日")
        .synonyms(&["核定日期"]),
    Field::new("approved_by", "核定者", Kind::Text, "資通安全長"),
    Field::new("next_review", "下次檢視日", Kind::Date, "2027-11-10"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "document_review",
    title: "文件檢視紀錄",
    help: "政策及目標、維護計畫與其他文件之定期檢視；須修正者，核定後始為完成",
    group: Group::Documents,
    names_row: "title",
    identity: &["title", "held_on"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["document"],
    rules: Some(rules),
    gaps: Some(gaps),
    proves: &[
        Proof {
            duty: "policy.review",
            on: "held_on",
            until: &[],
            about: None,
            when: of_policy,
        },
        Proof {
            duty: "plan.review",
            on: "held_on",
            until: &[],
            about: None,
            when: of_plan,
        },
    ],
    renews: Some(Renewal {
        of: "document",
        on: "held_on",
        when: keeps,
    }),
    ..RegisterSpec::TABLE
};

fn is_done(row: &Record<'_>) -> bool {
    row.text("conclusion") == "keep" || !row.is_blank("approved_on")
}

/// What is to be abolished no longer shows anything.
fn keeps(row: &Record<'_>) -> bool {
    row.text("conclusion") != "abolish" && is_done(row)
}

fn of_policy(row: &Record<'_>) -> bool {
    row.text("kind") == "policy" && is_done(row)
}

fn of_plan(row: &Record<'_>) -> bool {
    row.text("kind") == "plan" && is_done(row)
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("approved_on", "held_on"),
        row.not_before("due", "held_on"),
        row.not_before("next_review", "held_on"),
    ]);
    if row.text("conclusion") == "revise" {
        problems.extend(row.need("changes", "檢視結果為修正者，應寫明修正重點"));
    }
    if row.text("kind") == "document" {
        problems.extend(row.need("document", "檢視其他文件者，應選其文件"));
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let Some(document) = book.of(row, "document") else {
        return Vec::new();
    };
    let other = row.text("kind") != "document" && document.text("kind") != row.text("kind");
    found([other.then(|| {
        FieldProblem::new(
            "document",
            format!(
                "所選文件之種類為「{}」，與檢視對象不符，請更正其中之一",
                document.shown("kind")
            ),
        )
    })])
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if is_done(row) {
        return Vec::new();
    }
    let late = row.date("due").is_some_and(|due| due < book.today);
    found([
        late.then(|| Gap::wrong("approved_on", "已逾預定完成日而未核定，請儘速修正陳核")),
        row.is_blank("due")
            .then(|| Gap::missing("due", "檢視結果須修正或廢止，請填預定完成日")),
    ])
}
