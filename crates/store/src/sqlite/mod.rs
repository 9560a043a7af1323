//! One agency, or a few, in one SQLite file: nothing to set up.

pub(crate) mod backup;
pub(crate) mod connection;
pub(crate) mod open;
mod pairs;
pub(crate) mod readers;
pub(crate) mod schema;
pub(crate) mod spot;
mod texts;
mod writer;

pub(crate) use open::Sqlite;
pub(crate) use pairs::{list_some, spots, wrong_pairs};
pub(crate) use texts::put as put_texts;
