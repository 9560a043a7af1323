//! 新進人員資安說明: who arrived, and when the rules were explained to him.
//!
//! Why arrivals are entered before the briefing: else nobody would notice that one is
//! missing. What it can't know: arrivals that the personnel office didn't tell.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Raise, Record, RegisterSpec, Sensitivity,
    found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("person_name", "姓名", Kind::Text, "吳示範")
        .required()
        .synonyms(&["新進人員"])
        .sensitivity(Sensitivity::Personal),
    Field::new("person", "人員", Kind::Reference("person"), "p1").help("已登錄於人員者，請選"),
    Field::new("unit", "單位", Kind::Text, "會計科")
        .required()
        .synonyms(&["服務單位"]),
    Field::new("position", "職稱", Kind::Text, "科員"),
    Field::new(
        "kind",
        "身分",
        Kind::Choice(&[
            ("new", "新進"),
            ("transfer", "調入"),
            ("temporary", "臨時或約聘僱"),
            ("vendor", "駐點人員"),
            ("role", "職務異動"),
        ]),
        "new",
    )
    .required(),
    Field::new("arrived_on", "報到日", Kind::Date, "2026-03-02")
        .required()
        .synonyms(&["到職日", "報到日期"]),
    Field::new("briefed_on", "說明日", Kind::Date, "2026-03-02").synonyms(&["說明日期"]),
    Field::new("briefed_by", "說明人", Kind::Text, "陳示範"),
    Field::new(
        "content",
        "說明內容",
        Kind::LongText,
        "資安政策、通行碼與帳號、郵件、可攜式媒體、異常通報對象及違反之責任。",
    )
    .synonyms(&["說明事項"]),
    Field::new(
        "material",
        "說明資料及版本",
        Kind::Text,
        "新進人員資安須知 115-1 版",
    ),
    Field::new("signed", "當事人簽閱", Kind::Flag, "true").synonyms(&["簽名"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "role_briefing",
    title: "新進人員資安說明",
    help: "新進、調入與職務異動人員報到時之資安規範說明",
    group: Group::People,
    names_row: "person_name",
    identity: &["person_name", "arrived_on"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[Raise {
        duty: "onboarding.briefing",
        on: "arrived_on",
        settled_on: "briefed_on",
        about: None,
        when: |_| true,
    }],
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    if row.is_blank("briefed_on") {
        return Vec::new();
    }
    found([row.need("content", "已說明者應填說明內容")])
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let here = row.date("arrived_on").is_some_and(|day| day < book.today);
    let briefed = !row.is_blank("briefed_on");
    found([
        (here && !briefed).then(|| Gap::wrong("briefed_on", "已報到而未說明，請補辦並填說明日")),
        (briefed && !row.says("signed")).then(|| Gap::hint("signed", "請當事人簽閱，以為說明之佐證")),
    ])
}
