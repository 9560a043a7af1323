//! 存取權杖: what a program shows instead of a person's sign-in.
//!
//! Why only a hash: whoever reads the database can't act as its owner. What it can't
//! know: where a token was copied to; it ends by itself, and can be revoked at any time.

use crate::core::form::ReadError;
use crate::core::row::typed;
use crate::core::{Field, Flow, Hand, Kind, Page, Reach, RegisterSpec, Sensitivity};
use period::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Import, Self::Approve];

    /// The scope of a word, as stored.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }

    /// As stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Import => "import",
            Self::Approve => "approve",
        }
    }

    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        SCOPES
            .iter()
            .find(|(word, _)| *word == self.word())
            .map_or("", |(_, title)| title)
    }
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// 用途
    pub label: String,
    /// Whose it is, by row id.
    pub member: String,
    /// The hash of what is presented.
    pub secret_hash: String,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
    /// First day on which it can't be used.
    pub expires: Date,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub revoked_at: String,
}

impl Token {
    /// Reads a stored body: the only way to read one.
    ///
    /// # Errors
    /// Where it is of a newer form, or no token.
    pub fn read(stored: &Value) -> Result<Self, ReadError> {
        typed(&SPEC, stored)
    }

    /// Whether it can be used on a day.
    pub fn holds(&self, day: Date) -> bool {
        day < self.expires && self.revoked_at.is_empty()
    }
}

/// What a token may be used for.
pub const SCOPES: &[(&str, &str)] = &[
    ("read", "閱覽"),
    ("write", "登錄與修改"),
    ("import", "匯入"),
    ("approve", "簽核"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("label", "用途", Kind::Text, "資產盤點程式").required(),
    Field::new("member", "使用者", Kind::Reference("member"), "m1").required(),
    Field::new(
        "secret_hash",
        "雜湊",
        Kind::Text,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )
    .required()
    .sensitivity(Sensitivity::Confidential),
    Field::new("scopes", "範圍", Kind::Many(SCOPES), r#"["read"]"#).required(),
    Field::new("expires", "到期日", Kind::Date, "2027-01-01")
        .required()
        .help("自這一天起不能再使用"),
    Field::new("revoked_at", "廢止時間", Kind::Moment, "2026-06-01T09:00"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "token",
    title: "存取權杖",
    help: "供程式使用之權杖，只保存雜湊",
    reach: Reach::System,
    hands: &[Hand::Accounts, Hand::Hidden],
    flow: Flow::Own,
    page: Page::Own,
    names_row: "label",
    fields: FIELDS,
    ..RegisterSpec::TABLE
};
