//! 現況盤點: how an agency says its duties stood when it began to keep its records here.
//!
//! Why a register: a statement has an author, a day and a history as any record has, and one that is
//! corrected must show what it said before. Why it proves nothing: no file shows it. What it can't
//! know: whether the duty exists; the application does.

use crate::core::checks::ends_after;
use crate::core::row::{Row, Stated, check};
use crate::core::{Book, Field, FieldProblem, Kind, Record, RegisterSpec, found};
use facts::{Declared, DeclaredAs, Subject};
use period::{Date, Span, Unit, later};
use serde::{Deserialize, Serialize};

/// One statement about one duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stocktake {
    /// 應辦事項, by key.
    pub duty: String,
    /// 對象
    pub subject: Subject,
    /// 現況
    pub state: DeclaredAs,
    /// 辦理日期
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// 文號
    #[serde(default)]
    pub document_no: String,
    /// 佐證所在
    #[serde(default)]
    pub proof_at: String,
    /// 填報人
    #[serde(default)]
    pub said_by: String,
    /// 填報日期
    pub said_on: Date,
    /// 補佐證期限
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prove_by: Option<Date>,
    /// 說明
    #[serde(default)]
    pub note: String,
}

/// The states, as stored and as shown.
pub const STATES: &[(&str, &str)] = &[
    ("done", "已辦理"),
    ("part", "部分辦理"),
    ("not_done", "尚未辦理"),
    ("not_known", "不知道"),
    ("by_superior", "由上級代辦"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("duty", "應辦事項", Kind::Text, "audit.internal")
        .help("這一列說明哪一項應辦事項")
        .required(),
    Field::new("subject", "對象", Kind::Subject, r#"{"kind":"agency"}"#)
        .help("全機關、某一資通系統、某一人員，或某一契約")
        .required(),
    Field::new("state", "現況", Kind::Choice(STATES), "done")
        .help("自陳不是佐證：未附檔案前，判定仍為未符合")
        .required(),
    Field::new("on", "辦理日期", Kind::Date, "2023-05-02").help("已辦理者填寫；不知道時留空"),
    Field::new("document_no", "文號", Kind::Text, "府資安字第1120000000號"),
    Field::new("proof_at", "佐證所在", Kind::Text, "資訊室公文櫃").help("佐證現在放在哪裡，補附時由此取得"),
    Field::new("said_by", "填報人", Kind::Text, "林示範"),
    Field::new("said_on", "填報日期", Kind::Date, "2026-11-21").required(),
    Field::new("prove_by", "補佐證期限", Kind::Date, "2027-02-19")
        .help("留空則依「機關基本資料」所訂期限；都沒有訂時，自填報日起三個月（本系統之預設，並非法規所定）"),
    Field::new(
        "note",
        "說明",
        Kind::LongText,
        "由上級機關統一辦理，向該機關索取紀錄。",
    ),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "stocktake",
    title: "現況盤點",
    help: "開始使用時，各項應辦事項之現況；自陳已辦理者，於期限內補附佐證",
    names_row: "duty",
    fields: FIELDS,
    typed: Some(check::<Stocktake>),
    identity: &["duty", "subject"],
    answered_by: Some("state"),
    rules: Some(rules),
    ..RegisterSpec::TABLE
};

/// How long a proof may follow where nobody says otherwise: a choice of this product. No law sets it.
const MONTHS: u32 = 3;

/// What lies ahead was not done, and not said.
fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let ahead = |key: &'static str, what: &str| {
        let day = row.date(key).filter(|day| *day > book.today);
        day.map(|_| FieldProblem::new(key, format!("{what}在今天之後，請填實際日期，例如 115/11/18")))
    };
    found([ahead("on", "辦理日期"), ahead("said_on", "填報日期")])
}

impl Row for Stocktake {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        let mut problems: Vec<FieldProblem> =
            ends_after(Some(self.said_on), self.prove_by, "prove_by", "補佐證期限")
                .into_iter()
                .collect();
        if self.on.is_some() && matches!(self.state, DeclaredAs::NotDone | DeclaredAs::NotKnown) {
            problems.push(FieldProblem::new(
                "on",
                "「現況」為尚未辦理或不知道時，沒有辦理日期；請清空本欄，或更正現況",
            ));
        }
        problems
    }
}

impl Stated<Stocktake> {
    /// The statement, as an assessment sees it; `until` is the agency's own last day for proofs.
    pub fn declared(&self, until: Option<Date>) -> Declared {
        let agreed = until.filter(|until| *until > self.row.said_on);
        let usual = Span {
            amount: MONTHS,
            unit: Unit::Month,
        };
        Declared {
            subject: self.row.subject.clone(),
            duty: self.row.duty.clone(),
            state: self.row.state,
            on: self.row.on,
            document_no: self.row.document_no.clone(),
            said_on: self.row.said_on,
            prove_by: self
                .row
                .prove_by
                .or(agreed)
                .or_else(|| later(self.row.said_on, usual)),
            source: self.source.clone(),
        }
    }
}
