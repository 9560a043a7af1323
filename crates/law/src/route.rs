//! Who approves what: the steps that a record of a register takes until it is final.
//!
//! Why data: plans name other people for the same paper, and an agency may set its own.
//! What it can't know: registers and accounts; that a register exists is checked by the
//! crate that has them, and who holds a role by the application.

use crate::citation::Citation;
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

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Who.
    pub role: Approver,
    /// What for.
    pub does: Does,
}

/// The way of a register's records to being final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Route {
    /// Register key.
    pub register: String,
    /// What the numbers of final records begin with, after the year.
    pub prefix: String,
    /// Steps in order; the last one approves.
    pub steps: Vec<Step>,
    /// Clauses that say who approves.
    pub cites: Vec<Citation>,
}

impl Route {
    /// What is wrong with the steps, if something is.
    pub fn problem(steps: &[Step]) -> Option<&'static str> {
        match steps.split_last() {
            None => Some("沒有任何步驟"),
            Some((last, _)) if last.does != Does::Approves => Some("最後一步應為核定"),
            Some((_, rest)) if rest.iter().any(|s| s.does == Does::Approves) => Some("核定只能是最後一步"),
            _ => None,
        }
    }
}
