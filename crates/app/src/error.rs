//! User-facing errors: a stable code, a sentence in zh-TW, a next step.

use law::LawError;
use store::StoreError;

/// What kind of error, for exit codes and HTTP statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What the user gave can't be used.
    BadInput,
    /// What the user asked for isn't there.
    NotFound,
    /// Who asks may not.
    Forbidden,
    /// It is where this can't be done.
    Conflict,
    /// Someone else was faster: another version is there than the one that was seen.
    Stale,
    /// The operation failed.
    Failed,
}

/// An error as the user reads it.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// One of ours, in words.
    #[error("{message}。下一步：{remedy}")]
    Told {
        /// What kind.
        kind: Kind,
        /// What is wrong.
        message: String,
        /// What to do next.
        remedy: String,
    },
    /// A record that is refused, field by field.
    #[error("{}", fields(.0))]
    Fields(Vec<FieldError>),
    /// A spreadsheet or list that can't be read.
    #[error("{0}")]
    Sheet(#[from] collectors::sheet::SheetError),
    /// A plan or text that can't be read.
    #[error("{0}")]
    Unreadable(#[from] collectors::PlanError),
    /// A standard that can't be imported.
    #[error("{0}")]
    Standard(#[from] collectors::standards::StandardError),
    /// The store refused.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The law files are wrong.
    #[error("法規資料有 {} 處錯誤：\n{}", .0.len(), list(.0))]
    Law(Vec<LawError>),
    /// A stored row that this program can't read.
    #[error("{0}")]
    Form(#[from] registers::ReadError),
    /// A period or date.
    #[error("{0}")]
    Period(#[from] period::PeriodError),
}

/// What is wrong with a field of a record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// The field's key; empty for the record as a whole.
    pub field: String,
    /// What an officer calls it.
    pub label: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The clause that asks for it, where the law does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub clause: String,
}

fn fields(errors: &[FieldError]) -> String {
    let said = errors.iter().map(|e| match e.clause.as_str() {
        "" => e.message.clone(),
        clause => format!("{}（依據：{clause}）", e.message),
    });
    said.collect::<Vec<_>>().join("；")
}

fn list(errors: &[LawError]) -> String {
    errors
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

impl AppError {
    /// What the user gave can't be used.
    pub fn bad_input(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Told {
            kind: Kind::BadInput,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// What the user asked for isn't there.
    pub fn not_found(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Told {
            kind: Kind::NotFound,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// Who asks may not.
    pub fn forbidden(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Told {
            kind: Kind::Forbidden,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// The record is where this can't be done.
    pub fn conflict(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Told {
            kind: Kind::Conflict,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// Somebody else was faster.
    pub fn stale(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Told {
            kind: Kind::Stale,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// The operation failed.
    pub fn failed(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Told {
            kind: Kind::Failed,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// What kind of error it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Told { kind, .. } => *kind,
            Self::Unreadable(_)
            | Self::Sheet(_)
            | Self::Fields(_)
            | Self::Standard(_)
            | Self::Law(_)
            | Self::Period(_) => Kind::BadInput,
            // What every write by a token is bound to: it was revoked, or changed, on the way.
            Self::Store(StoreError::Conflict { register, .. }) if register == "token" => Kind::Forbidden,
            Self::Store(StoreError::Conflict { .. } | StoreError::Moved { .. }) => Kind::Stale,
            Self::Store(_) | Self::Form(_) => Kind::Failed,
        }
    }

    /// A stable code for logs and for machines.
    pub fn code(&self) -> &'static str {
        match (self, self.kind()) {
            (Self::Law(_), _) => "law_invalid",
            (Self::Store(StoreError::Broken { .. }), _) => "ledger_broken",
            (Self::Store(StoreError::Corrupt { .. } | StoreError::NotADatabase { .. }), _) => {
                "database_corrupt"
            }
            (_, Kind::BadInput) => "bad_input",
            (_, Kind::NotFound) => "not_found",
            (_, Kind::Forbidden) => "forbidden",
            (_, Kind::Conflict) => "conflict",
            (_, Kind::Stale) => "stale",
            (_, Kind::Failed) => "failed",
        }
    }

    /// The exit code of the CLI: 2 for bad input, 1 for a failed operation.
    pub fn exit_code(&self) -> u8 {
        match self.kind() {
            Kind::BadInput | Kind::NotFound | Kind::Forbidden => 2,
            Kind::Conflict | Kind::Stale | Kind::Failed => 1,
        }
    }
}
