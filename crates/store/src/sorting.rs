//! What a database says, sorted by what has to be done about it.
//!
//! Why in one place for both: whoever reads the sentence doesn't care which database it was. What it
//! can't know: why the machine is as the database found it.

use crate::error::StoreError;
use crate::postgres::sorted;
use crate::sqlite::connection::Said;
use crate::sqlite::spot::is_away;
use std::error::Error as _;

impl StoreError {
    /// Sorts a database error by what has to be done about it.
    pub(crate) fn from_sqlx(doing: &'static str, place: &str, error: sqlx::Error) -> Self {
        let error = match sorted(doing, place, error) {
            Ok(sorted) => return sorted,
            Err(error) => error,
        };
        let code = error
            .as_database_error()
            .filter(|e| e.try_downcast_ref::<Said>().is_some())
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<u32>().ok());
        // The low byte is SQLite's primary result code.
        match (code.map(|c| c & 0xff), &error) {
            (Some(5 | 6), _) | (_, sqlx::Error::PoolTimedOut) => Self::Busy { doing },
            (_, sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed) => Self::Closed {
                doing,
                place: place.to_owned(),
            },
            (Some(8), _) => Self::ReadOnly { doing },
            (Some(11), _) => Self::Corrupt {
                path: place.into(),
                detail: error.to_string(),
            },
            (Some(13), _) => Self::Full { doing },
            (Some(10 | 14), _) => Self::of_file(doing, place.as_ref(), error),
            _ if is_away(&error) => Self::FileAway {
                doing,
                path: place.into(),
            },
            (_, sqlx::Error::Io(_)) => Self::Unreachable {
                doing,
                place: place.to_owned(),
                source: Box::new(error),
            },
            (Some(26), _) => Self::NotADatabase {
                path: place.into(),
                detail: error.to_string(),
            },
            _ => Self::Database {
                doing,
                source: Box::new(error),
            },
        }
    }

    /// A migration that failed: where the machine is to blame, that is said.
    pub(crate) fn unmigrated(place: &str, version: u32, error: sqlx::Error) -> Self {
        match Self::from_sqlx("升級資料結構", place, error) {
            Self::Database { source, .. } => Self::Unmigrated {
                place: place.to_owned(),
                version,
                source,
            },
            of_machine => of_machine,
        }
    }

    /// What the database or the machine said, as its first line and without what it was told; none
    /// where they said nothing. The whole is the error's sources.
    pub fn said(&self) -> Option<String> {
        let mut cause = self.source()?;
        loop {
            if let Some(rusqlite::Error::SqlInputError { msg, .. }) = cause.downcast_ref() {
                return first_line(msg);
            }
            if let Some(sqlx::Error::Database(said)) = cause.downcast_ref() {
                return first_line(said.message());
            }
            match cause.source() {
                Some(next) => cause = next,
                None => return first_line(&cause.to_string()),
            }
        }
    }

    /// A file that SQLite can't open, read or write, and doesn't say why.
    fn of_file(doing: &'static str, path: &std::path::Path, error: sqlx::Error) -> Self {
        use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        match std::fs::OpenOptions::new().append(true).open(path) {
            Err(e) if matches!(e.kind(), ReadOnlyFilesystem | PermissionDenied) => Self::ReadOnly { doing },
            _ => Self::io(doing, path, std::io::Error::other(error)),
        }
    }
}

fn first_line(said: &str) -> Option<String> {
    let line = said.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(line.to_owned())
}
