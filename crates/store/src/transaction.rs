//! A read transaction of whichever database, and the link through which it is asked.

use crate::link::{Dialect, Link};
use crate::sqlite::readers::Reader;
use sqlx::Transaction;

/// A read transaction.
pub(crate) enum Tx {
    Sqlite(Reader),
    Postgres(Transaction<'static, sqlx::Postgres>),
}

impl Tx {
    pub(crate) fn link(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(tx) => Link::Sqlite(tx.connection()),
            Self::Postgres(tx) => Link::Postgres(tx),
        }
    }

    /// The same, for statements that find a few rows by their keys.
    pub(crate) fn quick(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(tx) => Link::Quick(tx.connection()),
            Self::Postgres(tx) => Link::Postgres(tx),
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }
}
