//! 人員指派: who holds which office of cyber-security, from when until when.
//!
//! Why dated: whether there was a 資通安全長 is asked for a day, also a past one. What it
//! can't know: whether an office is vacant or only not entered; days that no
//! appointment covers are therefore unknown.

use crate::core::checks::ends_after;
use crate::core::row::{Row, Stated, check};
use crate::core::{Field, FieldProblem, Group, Kind, RegisterSpec, Sensitivity};
use crate::organisation::task_force::TASKS;
use facts::{Fact, FactValue, Subject};
use period::Date;
use serde::{Deserialize, Serialize};

/// Which office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 資通安全長
    Ciso,
    /// 資通安全專職（責）人員
    DedicatedStaff,
    /// 內部稽核
    Audit,
    /// Another.
    Other,
}

/// One of the four tasks of cyber-security work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// 管理面
    Management,
    /// 系統安全
    SystemSecurity,
    /// 資安防護
    Protection,
    /// 法遵
    Compliance,
}

/// One appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appointment {
    /// 職務
    pub role: Role,
    /// 姓名
    pub person_name: String,
    /// 本職
    #[serde(default)]
    pub position: String,
    /// First day in office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// First day no longer in office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// 文號
    #[serde(default)]
    pub document_no: String,
    /// 業務分工: which of the four tasks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
    /// 代理人
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub deputy: String,
}

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new(
        "role",
        "職務",
        Kind::Choice(&[
            ("ciso", "資通安全長"),
            ("dedicated_staff", "資通安全專職（責）人員"),
            ("audit", "內部稽核人員"),
            ("other", "其他"),
        ]),
        "ciso",
    )
    .required()
    .law("cyber-security-management-act"),
    Field::new("person_name", "姓名", Kind::Text, "王示範")
        .required()
        .sensitivity(Sensitivity::Personal),
    Field::new("position", "本職", Kind::Text, "副處長"),
    Field::new("from", "到任日", Kind::Date, "2025-01-16").help("不知道時留空，視為一直在任"),
    Field::new("until", "卸任日", Kind::Date, "2027-01-16").help("自這一天起不再擔任；仍在任時留空"),
    Field::new("document_no", "指派文號", Kind::Text, "府人字第1140000000號"),
    Field::new(
        "tasks",
        "業務分工",
        Kind::Many(TASKS),
        r#"["management","compliance"]"#,
    )
    .help("管理面含治理成熟度；四項業務各須有人負責，一人可負責數項"),
    Field::new("deputy", "代理人", Kind::Text, "林示範")
        .synonyms(&["職務代理人"])
        .sensitivity(Sensitivity::Personal),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "appointment",
    title: "資安人員指派",
    help: "資通安全長、專職（責）人員與內部稽核人員的任期",
    names_row: "person_name",
    fields: FIELDS,
    typed: Some(check::<Appointment>),
    group: Group::Organisation,
    identity: &["role", "person_name", "from"],
    ..RegisterSpec::TABLE
};

impl Row for Appointment {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        let own_deputy = !self.deputy.is_empty() && self.deputy == self.person_name;
        ends_after(self.from, self.until, "until", "卸任日")
            .into_iter()
            .chain(own_deputy.then(|| FieldProblem::new("deputy", "「代理人」不可為本人，請填其他同仁")))
            .collect()
    }
}

impl Stated<Appointment> {
    /// A 資通安全長's appointment states that there is one while it lasts.
    pub fn facts(&self) -> Option<Fact> {
        (self.row.role == Role::Ciso).then(|| Fact {
            subject: Subject::Agency,
            key: "has_ciso".to_owned(),
            value: FactValue::Flag(true),
            from: self.row.from,
            until: self.row.until,
            source: self.source.clone(),
        })
    }
}
