//! Ids as types: what a surface was given as text is parsed once, at the edge.
//!
//! Why: an agency, a row, a duty and a person are all short texts; a mistake between two of them
//! must not compile. What it can't know: whether there is such a thing; the visit looks.

use crate::AppError;
use registers::RegisterSpec;
use std::fmt;

/// The longest id that anything of ours has, with room to spare.
const LONGEST: usize = 200;

/// Whose the imported standards are; an agency's id starts with another letter.
pub(crate) const STANDARDS: &str = "standards";

fn fits(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control)
}

/// What of an unusable id is said again: enough to recognise it.
fn shown(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    plain.take(40).collect()
}

/// An agency, by its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgencyId(String);

impl AgencyId {
    /// The id in a text.
    ///
    /// # Errors
    /// Where no agency's id can be so: the words are those of an agency that isn't there.
    pub fn parse(text: &str) -> Result<Self, AppError> {
        // What begins so is a chain of the installation, never an agency.
        if fits(text) && !text.starts_with('@') && text != STANDARDS {
            Ok(Self(text.to_owned()))
        } else {
            Err(no_agency(&shown(text)))
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A row of a register, by its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(String);

impl RowId {
    /// The id in a text.
    ///
    /// # Errors
    /// Where no row's id can be so.
    pub fn parse(text: &str) -> Result<Self, AppError> {
        if fits(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AppError::not_found(
                format!("沒有「{}」這筆紀錄", shown(text)),
                "請由清單開啟；紀錄可能已註銷，或不屬於本機關",
            ))
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A duty of the law, by its key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DutyKey(String);

impl DutyKey {
    /// The key in a text.
    ///
    /// # Errors
    /// Where no duty's key can be so.
    pub fn parse(text: &str) -> Result<Self, AppError> {
        if fits(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AppError::not_found(
                format!("沒有「{}」這項應辦事項", shown(text)),
                "請由應辦事項清單選取",
            ))
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Somebody who may use the system, by the id of their row in 使用者.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(String);

impl PersonId {
    /// The id in a text.
    ///
    /// # Errors
    /// Where nobody's id can be so.
    pub fn parse(text: &str) -> Result<Self, AppError> {
        if fits(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AppError::not_found(
                format!("沒有使用者「{}」", shown(text)),
                "請以 fazun record list --register member 查看使用者編號",
            ))
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgencyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DutyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// No such agency, or none of the asker's: the same words for both.
pub(crate) fn no_agency(agency: &str) -> AppError {
    AppError::not_found(
        format!("沒有機關「{agency}」"),
        "請由首頁選取機關（指令列為 fazun agency list），或確認您的帳號屬於該機關",
    )
}

/// No such record of a register, or none of the asker's: the same words for both.
pub(crate) fn no_record(spec: &RegisterSpec, id: &str) -> AppError {
    AppError::not_found(
        format!("「{}」沒有「{id}」這筆紀錄", spec.title),
        "請由清單開啟；紀錄可能已註銷，或不屬於本機關",
    )
}

/// The register of a key.
///
/// # Errors
/// Where there is none.
pub fn register(key: &str) -> Result<&'static RegisterSpec, AppError> {
    registers::register(key).ok_or_else(|| {
        AppError::not_found(
            format!("沒有登記簿「{key}」"),
            "請由登記簿清單選取，或以 fazun record registers --agency 機關代號 查看代號",
        )
    })
}
