//! User-facing errors: a stable code, a sentence in zh-TW, a next step.

use law::LawError;
use registers::{FieldProblem, RegisterSpec};
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

/// An error with everything that caused it, in one line, for logs and whoever mends it.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut last = said.clone();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // Where an error only passes its cause on, the cause is said once.
        if text != last {
            said.push_str("；起因：");
            said.push_str(&text);
        }
        last = text;
        cause = error.source();
    }
    said
}

/// What is wrong, and what to do about it, as a failure of the store says them.
pub(crate) fn what_and_next(error: &StoreError) -> (String, String) {
    let told = error.to_string();
    let (what, next) = told.split_once("。請").unwrap_or((&told, ""));
    let next = match error {
        // Nobody tries again by himself who ends with this.
        StoreError::Unreachable { .. } => "請先啟動資料庫服務並確認網路可通，再重新執行".to_owned(),
        _ if next.is_empty() => String::new(),
        _ => format!("請{next}"),
    };
    (what.to_owned(), next)
}

/// What was said, with its cause.
pub(crate) fn because(what: String, error: &StoreError) -> String {
    match error.said() {
        Some(cause) if !what.contains(&cause) => format!("{what}；起因：{cause}"),
        _ => what,
    }
}

/// An error as whoever typed a command reads it, where the process ends with it: of what a database
/// said, one line. The whole is for the log ([`beneath`]).
pub fn in_short(error: &AppError) -> String {
    match error {
        AppError::Store(error) => {
            let told = match what_and_next(error) {
                (what, next) if next.is_empty() => what,
                (what, next) => format!("{what}。{next}"),
            };
            because(told, error)
        }
        other => causes(other),
    }
}

/// All that a database or the machine said, for the log: what [`in_short`] says one line of.
pub fn beneath(error: &AppError) -> Option<String> {
    match error {
        AppError::Store(error) => std::error::Error::source(error).map(causes),
        _ => None,
    }
}

/// Whether one of the causes is what is looked for.
fn is_caused(error: &StoreError, by: impl Fn(&(dyn std::error::Error + 'static)) -> bool) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if by(error) {
            return true;
        }
        cause = error.source();
    }
    false
}

fn io_kind(error: &(dyn std::error::Error + 'static)) -> Option<std::io::ErrorKind> {
    error.downcast_ref::<std::io::Error>().map(std::io::Error::kind)
}

/// Whether a disk is full, whoever noticed.
fn is_full(error: &StoreError) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error, StoreError::Full { .. })
        || is_caused(error, |cause| {
            matches!(io_kind(cause), Some(StorageFull | QuotaExceeded))
                || cause.to_string().contains("database or disk is full")
        })
}

/// Whether nothing can be written where the database is. The database's own words: what it
/// throws has no name outside of the store.
fn is_read_only(error: &StoreError) -> bool {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    matches!(error, StoreError::ReadOnly { .. })
        || is_caused(error, |cause| {
            matches!(io_kind(cause), Some(ReadOnlyFilesystem | PermissionDenied))
                || cause.to_string().contains("attempt to write a readonly database")
        })
}

/// What is wrong with a field of a record.
#[derive(Debug, Clone, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
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

/// A problem of a field as it is told, with its label and the clause that asks for it.
pub(crate) fn labelled(spec: &RegisterSpec, problem: FieldProblem, clause: &str) -> FieldError {
    FieldError {
        label: spec.field(&problem.field).map_or("", |f| f.label).to_owned(),
        field: problem.field,
        message: problem.message,
        clause: clause.to_owned(),
    }
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
    /// What a library said of a file that can't be read: for the log, never for the user.
    pub fn technical(&self) -> Option<&str> {
        match self {
            Self::Sheet(error) => error.cause(),
            Self::Unreadable(error) => error.cause(),
            _ => None,
        }
    }

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
            (Self::Store(error), _) if is_full(error) => "disk_full",
            (Self::Store(error), _) if is_read_only(error) => "read_only",
            (
                Self::Store(StoreError::Busy { .. } | StoreError::Slow { .. } | StoreError::TooMany { .. }),
                _,
            ) => "database_busy",
            (
                Self::Store(
                    StoreError::NotFound { .. }
                    | StoreError::Io { .. }
                    | StoreError::FileAway { .. }
                    | StoreError::Unreachable { .. }
                    | StoreError::Closed { .. }
                    | StoreError::Standby { .. }
                    | StoreError::NoDatabase { .. }
                    | StoreError::WrongPassword { .. }
                    | StoreError::Unencrypted { .. },
                ),
                _,
            ) => "database_away",
            (Self::Store(StoreError::Uncertain { .. }), _) => "database_uncertain",
            (Self::Store(StoreError::UnfinishedCopy { .. }), _) => "copy_unfinished",
            (Self::Store(StoreError::Underived { .. }), _) => "being_derived",
            (Self::Store(StoreError::Broken { .. }), _) => "ledger_broken",
            (Self::Store(StoreError::Distrusted { .. }), _) => "distrusted",
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

#[cfg(test)]
mod tests {
    use super::*;

    fn io(kind: std::io::ErrorKind) -> AppError {
        AppError::Store(StoreError::Io {
            doing: "寫入",
            path: "fazun.db".into(),
            source: std::io::Error::from(kind),
        })
    }

    fn database(said: &str) -> AppError {
        AppError::Store(StoreError::Database {
            doing: "寫入",
            source: said.into(),
        })
    }

    #[test]
    fn a_machine_s_failures_have_codes_of_their_own() {
        use std::io::ErrorKind::{
            NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull,
        };
        let place = |made: fn(String) -> StoreError| AppError::Store(made("h/d".to_owned()));
        let slow = place(|place| StoreError::Slow {
            doing: "寫入", place
        });
        let closed = place(|place| StoreError::Closed {
            doing: "寫入", place
        });
        let uncertain = place(|place| StoreError::Uncertain {
            doing: "寫入", place
        });
        let away = place(|place| StoreError::Unreachable {
            doing: "寫入",
            place,
            source: "refused".into(),
        });
        let moved = AppError::Store(StoreError::FileAway {
            doing: "寫入",
            path: "fazun.db".into(),
        });
        for (error, code) in [
            (moved, "database_away"),
            (AppError::Store(StoreError::Full { doing: "寫入" }), "disk_full"),
            (io(StorageFull), "disk_full"),
            (io(QuotaExceeded), "disk_full"),
            (database("(code: 13) database or disk is full"), "disk_full"),
            (io(ReadOnlyFilesystem), "read_only"),
            (io(PermissionDenied), "read_only"),
            (
                database("(code: 8) attempt to write a readonly database"),
                "read_only",
            ),
            (
                AppError::Store(StoreError::Busy { doing: "寫入" }),
                "database_busy",
            ),
            (
                AppError::Store(StoreError::ReadOnly { doing: "寫入" }),
                "read_only",
            ),
            (slow, "database_busy"),
            (place(|place| StoreError::TooMany { place }), "database_busy"),
            (io(NotFound), "database_away"),
            (place(|place| StoreError::Standby { place }), "database_away"),
            (place(|place| StoreError::NoDatabase { place }), "database_away"),
            (
                place(|place| StoreError::WrongPassword { place }),
                "database_away",
            ),
            (closed, "database_away"),
            (away, "database_away"),
            (uncertain, "database_uncertain"),
            (
                AppError::Store(StoreError::Distrusted { why: "甲".into() }),
                "distrusted",
            ),
            (database("something else"), "failed"),
        ] {
            assert_eq!(error.code(), code, "{error}");
            assert_eq!(error.kind(), Kind::Failed, "{error}");
        }
    }

    #[test]
    fn a_command_ends_with_one_line_of_what_was_said() {
        let error = database("no such table: job\nin SELECT 1");
        assert_eq!(
            in_short(&error),
            "寫入失敗。請執行 fazun doctor 查明原因；起因：no such table: job"
        );
        assert_eq!(
            beneath(&error).as_deref(),
            Some("no such table: job\nin SELECT 1")
        );
        let away = AppError::Store(StoreError::Unreachable {
            doing: "連線",
            place: "postgres://h/d".into(),
            source: "refused".into(),
        });
        let told = in_short(&away);
        assert!(
            told.contains("請先啟動資料庫服務") && told.ends_with("起因：refused"),
            "{told}"
        );
        assert!(!told.contains("自行"), "{told}");
    }

    #[test]
    fn causes_are_a_chain_and_nothing_is_said_twice() {
        let said = causes(&database("(code: 1) no such table: row_head"));
        assert_eq!(
            said,
            "寫入失敗。請執行 fazun doctor 查明原因；起因：(code: 1) no such table: row_head"
        );
    }
}
