//! Who acts: one type for the command line, tokens of the API, and sign-in to come.
//!
//! Why grants and not one role: a person may be the officer of one agency and the superior
//! of thirty. What it can't know: who sits at this machine; the local principal stands for
//! whoever may read its files, and the ledger names it so.

use crate::AppError;
use crate::ids::AgencyId;
use law::Approver;
use period::Date;
use serde::Serialize;
use std::collections::BTreeSet;

/// What somebody is to an agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
        let known = registers::basics::member::ROLES;
        known
            .iter()
            .find(|(word, _)| *word == self.word())
            .map_or("", |(_, title)| title)
    }

    /// Whether somebody of this role takes that step of an approval.
    pub fn takes(self, step: Approver) -> bool {
        matches!(
            (self, step),
            (Self::Officer, Approver::Officer)
                | (Self::Ciso, Approver::Ciso)
                | (Self::UnitHead, Approver::UnitHead)
                | (Self::SystemAdmin, Approver::SystemAdmin)
                | (Self::Auditor, Approver::Auditor)
                | (Self::Supervisor, Approver::Supervisor)
        )
    }
}

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Reading.
    Read,
    /// Recording and amending.
    Write,
    /// Importing.
    Import,
    /// Deciding.
    Approve,
}

impl Scope {
    /// The scope of a word, as stored.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "read" => Some(Self::Read),
            "write" => Some(Self::Write),
            "import" => Some(Self::Import),
            "approve" => Some(Self::Approve),
            _ => None,
        }
    }

    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Read => "閱覽",
            Self::Write => "登錄與修改",
            Self::Import => "匯入",
            Self::Approve => "簽核",
        }
    }
}

/// What somebody is to one agency, and of what part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The agency; a superior's also covers those below it.
    pub agency: String,
    /// The unit of a head or a member of staff.
    pub unit: String,
    /// A vendor's contract, by row id.
    pub contract: String,
    /// An auditor's audit.
    pub audit: String,
    /// The ledger position at which an auditor reads.
    pub position: Option<u64>,
    /// Whom a deputy stands for.
    pub stands_for: Option<String>,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// As the ledger names it.
    pub id: String,
    /// As people know it.
    pub name: String,
    /// The token used, by row id; none on this machine.
    pub token: Option<String>,
    /// Whether it stands for whoever may read this machine's files.
    pub is_local: bool,
    /// What it may do where.
    pub grants: Vec<Grant>,
    /// What its token is for.
    pub scopes: BTreeSet<Scope>,
    /// Its own key of a request that may come twice, with the hash of what it asks.
    pub(crate) once: Option<(String, [u8; 32])>,
}

impl Principal {
    /// Whoever sits at this machine: the officer of every agency on it, and its administrator.
    pub fn local(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: "本機操作者".to_owned(),
            token: None,
            is_local: true,
            grants: Vec::new(),
            scopes: BTreeSet::from([Scope::Read, Scope::Write, Scope::Import, Scope::Approve]),
            once: None,
        }
    }

    /// A member's, with the deputyships it holds.
    pub fn member(id: &str, name: &str, grants: Vec<Grant>) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            token: None,
            is_local: false,
            grants,
            scopes: BTreeSet::from([Scope::Read, Scope::Write, Scope::Import, Scope::Approve]),
            once: None,
        }
    }

    /// Its grants that reach an agency, whose superiors are given nearest first.
    pub fn grants_for(&self, agency: &AgencyId, superiors: &[String]) -> Vec<Grant> {
        if self.is_local {
            return [Role::Officer, Role::Administrator]
                .map(|role| Grant {
                    role,
                    agency: agency.to_string(),
                    unit: String::new(),
                    contract: String::new(),
                    audit: String::new(),
                    position: None,
                    stands_for: None,
                })
                .into();
        }
        let reaches = |grant: &&Grant| {
            let above = superiors.contains(&grant.agency);
            match grant.role {
                Role::Supervisor => above,
                _ => grant.agency == agency.as_str(),
            }
        };
        self.grants.iter().filter(reaches).cloned().collect()
    }

    /// Refuses what the token is not for.
    ///
    /// # Errors
    /// Where it is not for that.
    pub fn demand(&self, scope: Scope) -> Result<(), AppError> {
        if self.scopes.contains(&scope) {
            return Ok(());
        }
        Err(AppError::forbidden(
            format!("這個存取權杖沒有「{}」的範圍", scope.title()),
            "請改用有此範圍的權杖，或請平臺管理者另發",
        ))
    }
}

/// Whether a member, stored as a row, serves on a day.
pub(crate) fn serves(body: &serde_json::Value, day: Date) -> bool {
    let date = |key: &str| {
        body.get(key)
            .and_then(serde_json::Value::as_str)
            .and_then(|d| d.parse::<Date>().ok())
    };
    registers::within(day, date("from"), date("until"))
}
