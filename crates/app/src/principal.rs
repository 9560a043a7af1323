//! Who acts: one type for the command line, tokens of the API, and whoever is signed in.
//!
//! Why grants and not one role: a person may be the officer of one agency and the superior
//! of thirty. What it can't know: who sits at this machine; the local principal stands for
//! whoever may read its files, and the ledger names it so.

use crate::AppError;
use crate::ids::AgencyId;
use std::collections::BTreeSet;

pub use registers::basics::member::Role;
pub use registers::basics::token::Scope;

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
