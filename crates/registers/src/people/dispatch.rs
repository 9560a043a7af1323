//! 調度支援: whom the competent authority called up for an incident elsewhere, or whose help came here.
//!
//! Why both sides in one table: one notice names who sends and who is helped, and each has its own
//! part to do. What it can't know: whether the authority may call; its written notice says so.

use crate::core::checks::days;
use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Limit, NOTE, Raise, Record, RegisterSpec,
    Sensitivity, found,
};

const LAW: &str = "personnel-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("notice_no", "調度通知文號", Kind::Text, "數授資字第1150000002號")
        .required()
        .synonyms(&["通知文號", "文號"]),
    Field::new(
        "side",
        "本機關之角色",
        Kind::Choice(&[
            ("sends", "派員支援其他機關"),
            ("receives", "發生事件，受其他機關支援"),
        ]),
        "sends",
    )
    .required()
    .law(LAW),
    Field::new("notified_on", "接獲通知日", Kind::Date, "2026-05-04")
        .required()
        .synonyms(&["通知日"])
        .law(LAW),
    Field::new(
        "about",
        "支援之事件",
        Kind::LongText,
        "示範機關第三級事件之損害控制。",
    )
    .required()
    .help("支援之機關、事件與事項")
    .sensitivity(Sensitivity::Confidential)
    .law(LAW),
    Field::new("incident", "本機關之事件", Kind::Reference("incident"), "i1").help("受支援者必選"),
    Field::new("people", "支援人員", Kind::Text, "陳示範")
        .required()
        .synonyms(&["派員姓名", "姓名"])
        .sensitivity(Sensitivity::Personal),
    Field::new("from", "支援起日", Kind::Date, "2026-05-05")
        .expected()
        .synonyms(&["起日"])
        .law(LAW),
    Field::new("until", "支援迄日", Kind::Date, "2026-05-11")
        .help("原定之最後一日，不含延長")
        .expected()
        .synonyms(&["迄日"])
        .law(LAW),
    Field::new("extended_until", "延長至", Kind::Date, "2026-05-14")
        .help("延長者，填延長後之最後一日")
        .law(LAW),
    Field::new("extensions", "延長次數", Kind::Number, "1").law(LAW),
    Field::new("confidential_on", "告知保密義務日", Kind::Date, "2026-05-05").law(LAW),
    Field::new("recorded_on", "應處情形與建議作成日", Kind::Date, "2026-05-14")
        .help("派員支援者填；檢附作成之紀錄")
        .synonyms(&["紀錄日"])
        .law(LAW),
    Field::new("provided_on", "說明及提供資料日", Kind::Date, "2026-05-05")
        .help("受支援者填；說明情形、協力並提供資料之日")
        .law(LAW),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "dispatch",
    title: "人力調度支援",
    help: "接獲主管機關之調度通知，派員支援或受支援之期間、延長與紀錄",
    group: Group::People,
    names_row: "notice_no",
    identity: &["notice_no", "side"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    limits_on: &["notified_on"],
    limits: &[
        Limit {
            parameter: "dispatch.max_days",
            judge: too_long,
        },
        Limit {
            parameter: "dispatch.extension_days",
            judge: extended_too_long,
        },
        Limit {
            parameter: "dispatch.extensions",
            judge: extended_too_often,
        },
    ],
    raises: &[
        Raise {
            duty: "dispatch.support",
            on: "notified_on",
            settled_on: "recorded_on",
            about: None,
            when: sends,
        },
        Raise {
            duty: "dispatch.support",
            on: "notified_on",
            settled_on: "provided_on",
            about: None,
            when: receives,
        },
    ],
    ..RegisterSpec::TABLE
};

fn sends(row: &Record<'_>) -> bool {
    row.text("side") == "sends"
}

fn receives(row: &Record<'_>) -> bool {
    row.text("side") == "receives"
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("from", "notified_on"),
        row.not_before("until", "from"),
        row.not_before("extended_until", "until"),
        row.not_before("recorded_on", "from"),
        row.not_before("provided_on", "notified_on"),
    ]);
    if receives(row) {
        problems.extend(row.need("incident", "受支援者應選本機關登錄之事件"));
    }
    if row.number("extensions").is_some_and(|n| n > 0) {
        problems.extend(row.need("extended_until", "有延長者應填延長後之最後一日"));
    }
    if !row.is_blank("extended_until") {
        problems.extend(row.need("until", "有延長者應填原定之支援迄日"));
    }
    problems
}

fn more_than(days: i64, bound: &Bound) -> Option<bool> {
    Some(f64::from(i32::try_from(days).ok()?) > bound.number?)
}

fn too_long(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let asked = days(row.date("from")?, row.date("until")?);
    let over = more_than(asked, bound)?;
    over.then(|| {
        FieldProblem::new(
            "until",
            format!(
                "每次調度不逾 {}，所填為 {asked} 天；超過者應另列延長",
                bound.words
            ),
        )
    })
}

fn extended_too_long(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let more = days(row.date("until")?.tomorrow().ok()?, row.date("extended_until")?);
    let over = more_than(more, bound)?;
    over.then(|| {
        FieldProblem::new(
            "extended_until",
            format!("延長不逾 {}，所填延長 {more} 天", bound.words),
        )
    })
}

fn extended_too_often(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let over = row.decimal("extensions")? > bound.number?;
    over.then(|| FieldProblem::new("extensions", format!("調度得延長 {}，不得再延長", bound.words)))
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let last = row.date("extended_until").or_else(|| row.date("until"));
    let over = last.is_some_and(|last| last < book.today);
    let untold = row.date("from").is_some_and(|from| from <= book.today);
    found([
        (over && sends(row) && row.is_blank("recorded_on"))
            .then(|| Gap::missing("recorded_on", "支援期間已過，請作成應處情形與建議之紀錄並填日期")),
        (untold && row.is_blank("confidential_on"))
            .then(|| Gap::missing("confidential_on", "支援已開始，請告知支援人員保密義務並填日期")),
    ])
}
