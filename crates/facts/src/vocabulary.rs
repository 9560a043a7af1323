//! The closed vocabulary of fact keys. A law file that names another key is refused.

use serde::{Deserialize, Serialize};

/// What type of value a fact key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// One word of a closed list.
    Choice(&'static [&'static str]),
    /// Yes or no.
    Flag,
    /// A day.
    Date,
    /// A number.
    Number,
}

/// One key of the vocabulary.
#[derive(Debug, Clone, Copy)]
pub struct FactSpec {
    /// The key, as law files and registers write it.
    pub key: &'static str,
    /// Its type.
    pub kind: FactKind,
    /// What an officer calls it.
    pub label: &'static str,
    /// Who can supply it when it is missing.
    pub supplied_by: &'static str,
    /// Where it is entered (register key).
    pub register: &'static str,
}

/// Every fact key. Order is the order in which a page lists them.
pub const VOCABULARY: &[FactSpec] = &[
    FactSpec {
        key: "body",
        kind: FactKind::Choice(&["public_agency", "specific_non_government"]),
        label: "機關性質",
        supplied_by: "資通安全專責人員",
        register: "agency",
    },
    FactSpec {
        key: "responsibility_level",
        kind: FactKind::Choice(&["A", "B", "C", "D", "E"]),
        label: "資通安全責任等級",
        supplied_by: "資通安全專責人員（依等級核定函）",
        register: "designation",
    },
    FactSpec {
        key: "level_approved_on",
        kind: FactKind::Date,
        label: "初次受核定或等級變更之日",
        supplied_by: "資通安全專責人員（依等級核定函）",
        register: "designation",
    },
    FactSpec {
        key: "has_core_system",
        kind: FactKind::Flag,
        label: "有核心資通系統",
        supplied_by: "資通安全專責人員與業務單位主管",
        register: "system",
    },
    FactSpec {
        key: "develops_systems",
        kind: FactKind::Flag,
        label: "有自行或委外開發之資通系統",
        supplied_by: "資通安全專責人員",
        register: "agency",
    },
    FactSpec {
        key: "has_mail_server",
        kind: FactKind::Flag,
        label: "有郵件伺服器",
        supplied_by: "資訊單位",
        register: "agency",
    },
    FactSpec {
        key: "has_public_core_system",
        kind: FactKind::Flag,
        label: "有對外服務之核心資通系統",
        supplied_by: "資訊單位",
        register: "agency",
    },
    FactSpec {
        key: "has_plan",
        kind: FactKind::Flag,
        label: "有資通安全維護計畫",
        supplied_by: "資通安全專責人員",
        register: "plan",
    },
    FactSpec {
        key: "has_ciso",
        kind: FactKind::Flag,
        label: "已指派資通安全長",
        supplied_by: "機關首長",
        register: "appointment",
    },
];

/// The specification of a key, if the vocabulary holds it.
pub fn fact_spec(key: &str) -> Option<&'static FactSpec> {
    VOCABULARY.iter().find(|s| s.key == key)
}

/// A fact's value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FactValue {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A day.
    Date(period::Date),
    /// A word of a closed list.
    Choice(String),
}

impl FactValue {
    /// The value as a law file writes it in a table of dimensions (`"C"`, `"true"`).
    pub fn as_word(&self) -> String {
        match self {
            Self::Flag(b) => b.to_string(),
            Self::Number(n) => n.to_string(),
            Self::Date(d) => d.to_string(),
            Self::Choice(s) => s.clone(),
        }
    }
}
