//! 訓練簽到: who attended which course, and the hours that count.
//!
//! Why a row may stand without a session: hours from other organisers come as a list from
//! the civil servants' learning record. Why the category is on the row: the hours of a year
//! are summed from here. What it can't know: whether somebody who signed in stayed.

use super::training::CATEGORIES;
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Record, RegisterSpec, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("course", "課程名稱", Kind::Text, "社交工程防範實務")
        .required()
        .synonyms(&["課程"]),
    Field::new("training", "本機關課程", Kind::Reference("training"), "t1")
        .help("本機關辦理者選其課程；終身學習等外部課程留空"),
    Field::new("person", "姓名", Kind::Reference("person"), "p1")
        .required()
        .synonyms(&["人員", "學員"]),
    Field::new("held_on", "上課日期", Kind::Date, "2026-04-16")
        .required()
        .synonyms(&["日期", "研習日期"]),
    Field::new("category", "類別", Kind::Choice(CATEGORIES), "general")
        .required()
        .synonyms(&["課程類別"]),
    Field::new(
        "status",
        "出席",
        Kind::Choice(&[
            ("present", "出席"),
            ("makeup", "補課"),
            ("leave", "請假"),
            ("absent", "缺席"),
        ]),
        "present",
    )
    .required()
    .synonyms(&["出席情形"]),
    Field::new("hours", "核給時數", Kind::Decimal, "3")
        .required()
        .synonyms(&["時數", "認證時數", "研習時數"]),
    Field::new("signed_in", "簽到", Kind::Flag, "true"),
    Field::new("signed_out", "簽退", Kind::Flag, "true"),
    Field::new("score", "測驗分數", Kind::Decimal, "92").synonyms(&["分數", "成績"]),
    Field::new("organiser", "主辦單位", Kind::Text, "資訊科").synonyms(&["辦理機關"]),
    Field::new(
        "source",
        "時數來源",
        Kind::Choice(&[
            ("sheet", "簽到表"),
            ("lifelong", "公務人員終身學習"),
            ("certificate", "結訓證明"),
            ("other", "其他"),
        ]),
        "sheet",
    ),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "attendance",
    title: "訓練簽到",
    help: "認知宣導及教育訓練之簽到與核給時數；外部課程之時數亦登錄於此",
    group: Group::People,
    hands: &[Hand::Unit],
    names_row: "course",
    identity: &["person", "course", "held_on"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["attendance", "training"],
    rules: Some(rules),
    gaps: Some(gaps),
    ..RegisterSpec::TABLE
};

fn is_away(row: &Record<'_>) -> bool {
    ["leave", "absent"].contains(&row.text("status"))
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let hours = row.decimal("hours").unwrap_or_default();
    found([(is_away(row) && hours > 0.0)
        .then(|| FieldProblem::new("hours", "請假或缺席者不核給時數，請填 0 或更正出席情形"))])
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let twice = book.all("attendance").any(|other| {
        other.id != row.id
            && other.text("person") == row.text("person")
            && other.text("course") == row.text("course")
            && other.date("held_on") == row.date("held_on")
    });
    let mut problems = found([twice.then(|| {
        FieldProblem::new(
            "person",
            "此人同日同一課程已有紀錄，請勿重複登錄，以免時數重複計算",
        )
    })]);
    let Some(training) = book.of(row, "training") else {
        return problems;
    };
    let most = training.decimal("hours").unwrap_or(f64::MAX);
    let last = training.date("ended_on").or_else(|| training.date("held_on"));
    let outside = row.date("held_on") < training.date("held_on") || row.date("held_on") > last;
    problems.extend(found([
        (row.text("category") != training.text("category")).then(|| {
            FieldProblem::new(
                "category",
                format!("課程之類別為「{}」，請更正", training.shown("category")),
            )
        }),
        (row.decimal("hours") > Some(most))
            .then(|| FieldProblem::new("hours", format!("課程時數為 {most} 小時，核給時數不可超過"))),
        (outside && row.text("status") != "makeup")
            .then(|| FieldProblem::new("held_on", "不在課程之上課日期內，請更正；補課者請選補課")),
    ]));
    problems
}

fn gaps(row: &Record<'_>, _: &Book<'_>) -> Vec<Gap> {
    let unsigned = row.text("source") == "sheet" && !is_away(row) && row.flag("signed_in") == Some(false);
    found([unsigned.then(|| Gap::wrong("signed_in", "沒有簽到而核給時數，請補簽或更正出席情形"))])
}
