//! 年度資安工作計畫: what the year is to bring, by whom and until when.
//!
//! Why a row is a plan and not one job: the 資通安全長 approves the plan as a whole. What it
//! can't know: whether its jobs were done; registers of their own prove each of them.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("title", "計畫名稱", Kind::Text, "115年度資通安全工作計畫").required(),
    Field::new("year", "年度", Kind::Number, "115")
        .required()
        .help("民國年"),
    Field::new(
        "goals",
        "對應之資安目標",
        Kind::LongText,
        "核心系統可用性；社交工程演練開啟率。",
    )
    .expected()
    .synonyms(&["目標"]),
    Field::new(
        "items",
        "工作項目",
        Kind::LongText,
        "一、核心系統弱點掃描（四月、十月）。\n二、營運持續演練（九月）。\n三、內部稽核（十一月）。",
    )
    .required()
    .help("一行一項，寫明期程與主辦")
    .synonyms(&["辦理事項", "工作內容"]),
    Field::new("owner", "主辦單位", Kind::Text, "資訊科").expected(),
    Field::new("budget", "所需經費", Kind::Decimal, "2500000").help("新臺幣元"),
    Field::new("from", "計畫起日", Kind::Date, "2026-01-01"),
    Field::new("until", "計畫迄日", Kind::Date, "2026-12-31").expected(),
    Field::new("made_on", "擬訂日", Kind::Date, "2025-12-15").expected(),
    Field::new("ciso_approved_on", "資通安全長核定日", Kind::Date, "2025-12-26")
        .synonyms(&["資安長核定日", "核定日期"]),
    Field::new("result", "執行成果", Kind::LongText, "各項均如期完成。").synonyms(&["成果", "辦理情形"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "work_plan",
    title: "年度資安工作計畫",
    help: "每年依資安目標擬訂之工作計畫，經資通安全長核定後實施，年終填執行成果",
    group: Group::Organisation,
    names_row: "title",
    identity: &["year", "title"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "work_plan.make",
        on: "ciso_approved_on",
        until: &[],
        about: None,
        when: is_approved,
    }],
    ..RegisterSpec::TABLE
};

fn is_approved(row: &Record<'_>) -> bool {
    !row.is_blank("ciso_approved_on") && !row.is_blank("goals")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    found([
        row.not_before("until", "from"),
        row.not_before("ciso_approved_on", "made_on"),
    ])
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let over = row.date("until").is_some_and(|until| until < book.today);
    let begun = row.date("from").is_some_and(|from| from <= book.today);
    found([
        (over && row.is_blank("result"))
            .then(|| Gap::missing("result", "計畫期間已過，請填執行成果；未完成者列入下年度")),
        (begun && row.is_blank("ciso_approved_on"))
            .then(|| Gap::wrong("ciso_approved_on", "計畫期間已開始而未核定，請陳資通安全長核定")),
    ])
}
