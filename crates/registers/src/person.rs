//! 人員: who works on cyber-security, or must be trained in it.
//!
//! Why so little: only what training and staffing duties need; this is personal data. Why
//! a leaver's account stands here: his access must end, and somebody has to say that it
//! did. What it can't know: anything the personnel office holds.

use crate::core::row::{Row, check};
use crate::core::{
    Book, Ends, Field, FieldProblem, Gap, Group, Kind, Record, RegisterSpec, Sensitivity, Tally, found,
};
use period::Date;
use serde::{Deserialize, Serialize};

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// 姓名
    pub name: String,
    /// 單位
    #[serde(default)]
    pub unit: String,
    /// 職稱
    #[serde(default)]
    pub position: String,
    /// 電子郵件
    #[serde(default)]
    pub email: String,
    /// 資通安全專職（責）人員
    #[serde(default)]
    pub dedicated: bool,
    /// 資訊人員
    #[serde(default)]
    pub it_staff: bool,
    /// First day no longer with the agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_on: Option<Date>,
    /// 員工編號
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub employee_no: String,
    /// First day with the agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_on: Option<Date>,
    /// Day on which the accounts were stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_stopped_on: Option<Date>,
    /// Day on which every right of access was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights_withdrawn_on: Option<Date>,
}

const LAW: &str = "classification-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "姓名", Kind::Text, "陳示範")
        .required()
        .sensitivity(Sensitivity::Personal),
    Field::new("employee_no", "員工編號", Kind::Text, "A0123")
        .help("本機關之編號，不填身分證統一編號")
        .synonyms(&["員編", "職員編號", "人員代號"]),
    Field::new("unit", "單位", Kind::Text, "資訊科").synonyms(&["服務單位", "科室"]),
    Field::new("position", "職稱", Kind::Text, "管理師"),
    Field::new("email", "電子郵件", Kind::Text, "chen@example.gov.tw")
        .synonyms(&["E-mail", "信箱"])
        .sensitivity(Sensitivity::Personal),
    Field::new("dedicated", "資通安全專職（責）人員", Kind::Flag, "true").law(LAW),
    Field::new("it_staff", "資訊人員", Kind::Flag, "true")
        .help("訓練時數依是否為資訊人員而不同")
        .law(LAW),
    Field::new("joined_on", "到職日", Kind::Date, "2024-02-01").synonyms(&["到任日", "報到日"]),
    Field::new("left_on", "離職日", Kind::Date, "2026-07-01")
        .help("離職或調職；自這一天起不再列入，在職時留空")
        .synonyms(&["調職日", "離職日期"]),
    Field::new("account_stopped_on", "帳號停用日", Kind::Date, "2026-07-01"),
    Field::new("rights_withdrawn_on", "存取權限收回日", Kind::Date, "2026-07-01")
        .help("離職、調職或休職時，門禁、帳號、權限與設備均收回之日")
        .synonyms(&["權限取消日", "權限移除日"]),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "person",
    title: "人員",
    help: "應受資通安全訓練或負責資安工作的人員",
    names_row: "name",
    fields: FIELDS,
    typed: Some(check::<Person>),
    group: Group::People,
    identity: &["name", "unit"],
    gaps: Some(gaps),
    tallies: &[Tally {
        what: "dedicated_person",
        of: None,
        from: "joined_on",
        ends: Ends::On("left_on"),
        by_file: false,
        when: |person| person.says("dedicated"),
    }],
    ..RegisterSpec::TABLE
};

fn gaps(person: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let left = person.date("left_on").is_some_and(|left| left <= book.today);
    found([(left && person.is_blank("rights_withdrawn_on")).then(|| {
        Gap::wrong(
            "rights_withdrawn_on",
            "已離職而未登錄收回權限，請確認帳號、門禁與設備均已收回並填日期",
        )
    })])
}

impl Row for Person {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        if let (Some(joined), Some(left)) = (self.joined_on, self.left_on)
            && left < joined
        {
            problems.push(FieldProblem::new(
                "left_on",
                format!(
                    "「離職日」不可早於「到職日」（{}），請更正其中之一",
                    period::roc_short(joined)
                ),
            ));
        }
        let plausible = self.email.is_empty()
            || self.email.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && host.contains('.') && !self.email.contains(char::is_whitespace)
            });
        if !plausible {
            problems.push(FieldProblem::new(
                "email",
                "「電子郵件」格式不對，請填如 name@example.gov.tw，或留空",
            ));
        }
        problems
    }
}
