//! One step of an approval: who takes it, and what for.
//!
//! Why apart from the approval: routes are made of the same steps. What it can't know: who
//! holds a role.

use serde::{Deserialize, Serialize};

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approver {
    /// 資安專責人員
    Officer,
    /// 單位主管
    UnitHead,
    /// 系統管理者
    SystemAdmin,
    /// 資通安全長
    Ciso,
    /// 稽核人員
    Auditor,
    /// 上級機關或資訊單位
    Supervisor,
}

impl Approver {
    /// Everybody who may take a step.
    pub const ALL: [Self; 6] = [
        Self::Officer,
        Self::UnitHead,
        Self::SystemAdmin,
        Self::Ciso,
        Self::Auditor,
        Self::Supervisor,
    ];

    /// As stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::UnitHead => "unit_head",
            Self::SystemAdmin => "system_admin",
            Self::Ciso => "ciso",
            Self::Auditor => "auditor",
            Self::Supervisor => "supervisor",
        }
    }

    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Officer => "資安專責人員",
            Self::UnitHead => "單位主管",
            Self::SystemAdmin => "系統管理者",
            Self::Ciso => "資通安全長",
            Self::Auditor => "稽核人員",
            Self::Supervisor => "上級機關",
        }
    }
}

/// What a step is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// 審核: agrees or returns.
    Reviews,
    /// 會辦: gives an opinion; can't hold it up.
    Consults,
    /// 核定: agrees or returns, and makes it final.
    Approves,
}

impl Does {
    /// Everything a step may be for.
    pub const ALL: [Self; 3] = [Self::Reviews, Self::Consults, Self::Approves];

    /// As stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reviews => "reviews",
            Self::Consults => "consults",
            Self::Approves => "approves",
        }
    }

    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Reviews => "審核",
            Self::Consults => "會辦",
            Self::Approves => "核定",
        }
    }
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Who.
    pub role: Approver,
    /// What for.
    pub does: Does,
}

impl Step {
    /// The step of such words: `unit_head:reviews`.
    pub fn of(words: &str) -> Option<Self> {
        let (role, does) = words.split_once(':')?;
        Some(Self {
            role: Approver::ALL.into_iter().find(|r| r.word() == role)?,
            does: Does::ALL.into_iter().find(|d| d.word() == does)?,
        })
    }

    /// Its words, as a route keeps them.
    pub fn words(self) -> String {
        format!("{}:{}", self.role.word(), self.does.word())
    }

    /// What an officer calls it.
    pub fn title(self) -> String {
        format!("{}{}", self.role.title(), self.does.title())
    }
}
