//! One agency, or a few, in one SQLite file: nothing to set up.

pub(crate) mod backup;
pub(crate) mod open;
pub(crate) mod schema;
mod texts;
mod writer;

pub(crate) use open::Sqlite;
pub(crate) use texts::put as put_texts;
