//! Where a database is: a folder of this machine, or a PostgreSQL.

use crate::StoreError;
use crate::postgres::address::Address;
use std::path::PathBuf;

/// The name of an SQLite database's file in its data directory.
pub const DATABASE: &str = "fazun.db";

/// What to do where there is no database yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// Make an empty one (a database that is there is opened and never overwritten).
    Create,
    /// Refuse.
    MustExist,
}

/// Where a database is. A PostgreSQL's password is never shown.
#[derive(Debug, Clone)]
pub enum Location {
    /// The folder of an SQLite file, its files and its journals.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(Address),
}

impl Location {
    /// Reads `postgres://…`, `sqlite:FOLDER`, or the path of a folder.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres:") || text.starts_with("postgresql:") {
            return Address::parse(text).map(Self::Postgres);
        }
        let folder = text.strip_prefix("sqlite:").unwrap_or(text);
        let folder = folder.strip_prefix("//").unwrap_or(folder);
        if folder.is_empty() || text.contains("://") && !text.starts_with("sqlite:") {
            return Err(StoreError::BadAddress {
                what: "不是資料夾，也不是以 postgres:// 或 sqlite: 開頭".to_owned(),
            });
        }
        Ok(Self::Sqlite(folder.into()))
    }

    /// How it is typed, but for a PostgreSQL's password; a folder from wherever somebody stands.
    pub fn typed(&self) -> String {
        match self {
            Self::Sqlite(dir) => {
                let whole = std::path::absolute(dir).unwrap_or_else(|_| dir.clone());
                format!("sqlite:{}", whole.display())
            }
            Self::Postgres(address) => address.to_string(),
        }
    }

    /// What it is called in messages.
    pub fn place(&self) -> String {
        match self {
            Self::Sqlite(dir) => dir.join(DATABASE).display().to_string(),
            Self::Postgres(address) => address.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_addresses_are_told_apart() {
        for (text, place) in [
            ("data", "data/fazun.db"),
            ("sqlite:/srv/fazun", "/srv/fazun/fazun.db"),
            ("sqlite:///srv/fazun", "/srv/fazun/fazun.db"),
            ("postgres://u:p@h/d", "postgres://u@h/d"),
            ("postgresql://h/d", "postgres://h/d"),
        ] {
            assert_eq!(Location::parse(text).unwrap().place(), place);
        }
        for text in ["", "sqlite:", "mysql://u:secret@h/d"] {
            let error = Location::parse(text).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
