//! 資料與軟體交換協定: with whom data is exchanged as a routine, how it is protected, who answers.
//!
//! Why the routine's first day is asked: the agreement belongs before it. What it can't know:
//! exchanges that never came to anybody's desk.

use crate::core::checks::{PERSONAL_DATA, past};
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Raise, Record, RegisterSpec, found,
};

const LAW: &str = "information-security-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "協定編號", Kind::Text, "115-EX-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("partner", "交換對象", Kind::Text, "示範縣政府")
        .required()
        .synonyms(&["對方機關", "往來對象"]),
    Field::new("what", "交換之資料或軟體", Kind::Text, "戶籍資料批次檔")
        .required()
        .synonyms(&["交換內容", "資料名稱"]),
    Field::new("basis", "法令依據或公文", Kind::Text, "業務協調會議紀錄"),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1"),
    Field::new("way", "交換方式", Kind::Text, "加密檔案傳輸")
        .expected()
        .synonyms(&["傳輸方式"]),
    Field::new("frequency", "交換頻率", Kind::Text, "每日"),
    Field::new(
        "personal_data",
        "個人資料",
        Kind::Choice(PERSONAL_DATA),
        "general",
    )
    .expected()
    .synonyms(&["含個資"]),
    Field::new(
        "protection",
        "安全保護事項",
        Kind::LongText,
        "傳輸與儲存加密，限承辦人存取，用畢刪除。",
    )
    .expected()
    .law(LAW),
    Field::new(
        "responsibility",
        "人員責任",
        Kind::LongText,
        "雙方指定專人，違反者依各該規定處理。",
    )
    .expected()
    .law(LAW),
    Field::new("contact", "雙方窗口", Kind::Text, "陳示範；黃示範"),
    Field::new("started_on", "開始例行交換日", Kind::Date, "2026-03-01").required(),
    Field::new("signed_on", "協定簽訂日", Kind::Date, "2026-02-20").synonyms(&["簽訂日期"]),
    Field::new("until", "協定到期日", Kind::Date, "2028-02-19"),
    Field::new("ended_on", "停止交換日", Kind::Date, "2028-02-19"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "exchange",
    title: "資料與軟體交換協定",
    help: "與他機關或往來對象例行交換資料、軟體之協定：保護事項、人員責任與期間",
    group: Group::Outsourcing,
    names_row: "partner",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[Raise {
        duty: "exchange.agree",
        on: "started_on",
        settled_on: "signed_on",
        about: None,
        when: |_| true,
    }],
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("until", "signed_on"),
        row.not_before("ended_on", "started_on"),
    ]);
    if !row.is_blank("signed_on") {
        problems.extend(found([
            row.need("protection", "協定應載明安全保護事項"),
            row.need("responsibility", "協定應載明人員責任"),
        ]));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let runs = !past(row, book, "ended_on");
    let personal = ["general", "special"].contains(&row.text("personal_data"));
    found([
        (runs && past(row, book, "until"))
            .then(|| Gap::wrong("until", "協定已到期而仍交換，請續訂或填停止交換日")),
        (runs && personal && row.is_blank("basis"))
            .then(|| Gap::missing("basis", "交換個人資料者，請填法令依據或公文")),
    ])
}
