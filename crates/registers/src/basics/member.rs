//! 使用者: who may use the system for an agency, in which role and over which days.
//!
//! Why apart from 人員: an auditor, a vendor's engineer and the city's office are not on
//! the agency's staff. What it can't know: whether the person at the keyboard is the one;
//! tokens and sign-in show that.

use super::step::Approver;
use crate::core::form::ReadError;
use crate::core::row::typed;
use crate::core::{
    Book, Field, FieldProblem, Flow, Gap, Hand, Kind, NOTE, Reach, Record, RegisterSpec, Sensitivity, found,
    within,
};
use period::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What somebody is to an agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 資安專責人員
    Officer,
    /// 資通安全長
    Ciso,
    /// 單位主管
    UnitHead,
    /// 同仁
    Staff,
    /// 系統管理者
    SystemAdmin,
    /// 稽核員
    Auditor,
    /// 廠商
    Vendor,
    /// 上級機關
    Supervisor,
    /// 平臺管理者: accounts, and no content.
    Administrator,
}

impl Role {
    /// Every role, in the order of the matrix.
    pub const ALL: [Self; 9] = [
        Self::Officer,
        Self::Ciso,
        Self::UnitHead,
        Self::Staff,
        Self::SystemAdmin,
        Self::Auditor,
        Self::Vendor,
        Self::Supervisor,
        Self::Administrator,
    ];

    /// The role of a word, as stored.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// As stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Ciso => "ciso",
            Self::UnitHead => "unit_head",
            Self::Staff => "staff",
            Self::SystemAdmin => "system_admin",
            Self::Auditor => "auditor",
            Self::Vendor => "vendor",
            Self::Supervisor => "supervisor",
            Self::Administrator => "administrator",
        }
    }

    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        ROLES
            .iter()
            .find(|(word, _)| *word == self.word())
            .map_or("", |(_, title)| title)
    }

    /// Whether somebody of this role takes that step of an approval.
    pub fn takes(self, step: Approver) -> bool {
        self.word() == step.word()
    }

    /// Whether somebody of this role is of the agency itself: not a vendor, an auditor or a superior.
    pub fn is_of_the_agency(self) -> bool {
        !matches!(self, Self::Vendor | Self::Auditor | Self::Supervisor)
    }
}

/// Who may use the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// 姓名
    pub name: String,
    /// 角色
    pub role: Role,
    /// 單位
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// 電子郵件
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// A vendor's contract, by row id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contract: String,
    /// An auditor's audit, by row id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub audit: String,
    /// The ledger position at which an auditor reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// First day.
    pub from: Date,
    /// First day no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// 備註
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Member {
    /// Reads a stored body: the only way to read one.
    ///
    /// # Errors
    /// Where it is of a newer form, or no member.
    pub fn read(stored: &Value) -> Result<Self, ReadError> {
        typed(&SPEC, stored)
    }

    /// Whether they serve on a day.
    pub fn serves(&self, day: Date) -> bool {
        within(day, Some(self.from), self.until)
    }
}

/// Roles as stored and as shown.
pub const ROLES: &[(&str, &str)] = &[
    ("officer", "資安專責人員"),
    ("ciso", "資通安全長"),
    ("unit_head", "單位主管"),
    ("staff", "同仁"),
    ("system_admin", "系統管理者"),
    ("auditor", "稽核員"),
    ("vendor", "廠商"),
    ("supervisor", "上級機關"),
    ("administrator", "平臺管理者"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "姓名", Kind::Text, "王示範")
        .required()
        .sensitivity(Sensitivity::Personal),
    Field::new("role", "角色", Kind::Choice(ROLES), "officer").required(),
    Field::new("unit", "單位", Kind::Text, "資訊科").help("單位主管與同仁只辦本單位之事"),
    Field::new("email", "電子郵件", Kind::Text, "wang@example.gov.tw").sensitivity(Sensitivity::Personal),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1").help("廠商只見自己的契約"),
    Field::new("audit", "稽核", Kind::Reference("audit"), "a1").help("稽核員只在該次稽核期間閱覽"),
    Field::new("position", "帳冊位置", Kind::Number, "120").help("稽核員所見資料之時點；留空為指派當時"),
    Field::new("from", "起日", Kind::Date, "2026-01-01").required(),
    Field::new("until", "迄日", Kind::Date, "2027-01-01").help("自這一天起不能再使用"),
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "member",
    title: "使用者",
    help: "可以使用本系統的人、其角色與期間",
    reach: Reach::System,
    hands: &[Hand::Accounts],
    flow: Flow::None,
    names_row: "name",
    identity: &["name", "role", "from"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["deputy"],
    gaps: Some(gaps),
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let (from, until) = (row.date("from"), row.date("until"));
    let mut problems = found([crate::core::checks::ends_after(from, until, "until", "迄日")]);
    match row.text("role") {
        "vendor" => problems.extend(row.need("contract", "廠商只能使用自己契約之資料")),
        "auditor" => {
            problems.extend(row.need("audit", "稽核員依單次稽核指派"));
            problems.extend(row.need("until", "稽核員之期間應有迄日"));
        }
        "unit_head" | "staff" => problems.extend(row.need("unit", "單位主管與同仁只辦本單位之事")),
        _ => {}
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let serves = within(book.today, row.date("from"), row.date("until"));
    let alone =
        serves && row.text("role") == "ciso" && !book.all("deputy").any(|d| d.text("member") == row.id);
    found([alone.then(|| Gap::hint("", "資通安全長尚無代理人，請假期間無人核定，建議登錄代理人"))])
}
