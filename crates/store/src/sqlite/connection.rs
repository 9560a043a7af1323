//! A connection that is asked in the thread that holds it.
//!
//! Why beside the driver's own: that one keeps a thread for each connection and hands every statement
//! over to it, and back what it gave. A write is some ten statements, and waking threads cost more
//! of it than SQLite did. What it can't know: how long a statement takes; whoever holds the connection
//! waits for it, so it belongs in a thread where nothing else has to go on.

use crate::link::in_order;
use crate::value::{Arg, Cell, Cells};
use rusqlite::types::{Null, ValueRef};
use rusqlite::{OpenFlags, Statement};
use sqlx::Error;
use sqlx::error::{DatabaseError, ErrorKind};
use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

/// How long another process's transaction is waited for.
pub(crate) const BUSY: Duration = Duration::from_secs(10);
/// Statements that are kept prepared.
pub(crate) const PREPARED: usize = 256;

/// A connection that may write.
#[derive(Debug)]
pub(crate) struct Connection(rusqlite::Connection);

impl Connection {
    /// Opens a database that is there.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let c = rusqlite::Connection::open_with_flags(path, flags).map_err(failed)?;
        c.busy_timeout(BUSY).map_err(failed)?;
        c.set_prepared_statement_cache_capacity(PREPARED);
        c.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        c.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        c.pragma_update(None, "foreign_keys", "ON").map_err(failed)?;
        Ok(Self(c))
    }

    /// Begins or ends a transaction, or a part of one.
    pub(crate) fn bracket(&self, sql: &str) -> Result<(), Error> {
        let mut statement = self.0.prepare_cached(sql).map_err(failed)?;
        statement.raw_execute().map(|_| ()).map_err(failed)
    }

    /// What a statement gives; where it is to be kept, it is prepared once.
    pub(crate) fn rows(&self, sql: &str, args: Vec<Arg>, keep: bool) -> Result<Vec<Cells>, Error> {
        self.with(sql, args, keep, |statement| {
            let columns = statement.column_count();
            let mut found = Vec::new();
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next().map_err(failed)? {
                let cells = (0..columns).map(|column| cell(row.get_ref(column).map_err(failed)?));
                found.push(Cells(cells.collect::<Result<_, Error>>()?));
            }
            Ok(found)
        })
    }

    /// Carries a statement out; gives how many rows it touched.
    pub(crate) fn execute(&self, sql: &str, args: Vec<Arg>, keep: bool) -> Result<u64, Error> {
        self.with(sql, args, keep, |statement| {
            statement.raw_execute().map(|rows| rows as u64).map_err(failed)
        })
    }

    fn with<T>(
        &self,
        sql: &str,
        args: Vec<Arg>,
        keep: bool,
        ask: impl FnOnce(&mut Statement<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let ordered = in_order(sql);
        let sql = numbered(&ordered);
        if keep {
            let mut statement = self.0.prepare_cached(&sql).map_err(failed)?;
            bind(&mut statement, args)?;
            ask(&mut statement)
        } else {
            let mut statement = self.0.prepare(&sql).map_err(failed)?;
            bind(&mut statement, args)?;
            ask(&mut statement)
        }
    }
}

/// `?7` for `$7`, which SQLite would take for a name.
fn numbered(sql: &str) -> Cow<'_, str> {
    if sql.contains('$') {
        sql.replace('$', "?").into()
    } else {
        sql.into()
    }
}

fn bind(statement: &mut Statement<'_>, args: Vec<Arg>) -> Result<(), Error> {
    for (place, arg) in (1..).zip(args) {
        let bound = match arg {
            Arg::Text(text) => statement.raw_bind_parameter(place, text),
            Arg::Int(number) => statement.raw_bind_parameter(place, number),
            Arg::Bytes(bytes) => statement.raw_bind_parameter(place, bytes),
            Arg::Texts(texts) => {
                statement.raw_bind_parameter(place, serde_json::Value::from(texts).to_string())
            }
            Arg::Ints(numbers) => {
                statement.raw_bind_parameter(place, serde_json::Value::from(numbers).to_string())
            }
            Arg::Null => statement.raw_bind_parameter(place, Null),
        };
        bound.map_err(failed)?;
    }
    Ok(())
}

fn cell(value: ValueRef<'_>) -> Result<Cell, Error> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        // Text that is no UTF-8 is damage, and an error.
        ValueRef::Text(bytes) => Cell::Text(str::from_utf8(bytes).map_err(decode)?.to_owned()),
        // No column of ours has one.
        ValueRef::Real(number) => return Err(decode(format!("{number} is no value of ours"))),
    })
}

fn decode(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Decode(why.into())
}

/// What SQLite said, as the other driver's errors say it.
#[derive(Debug, thiserror::Error)]
#[error("(code: {code}) {message}")]
pub(crate) struct Said {
    /// SQLite's extended result code.
    code: i32,
    message: String,
}

fn failed(error: rusqlite::Error) -> Error {
    match error {
        rusqlite::Error::SqliteFailure(said, message) => Error::Database(Box::new(Said {
            code: said.extended_code,
            message: message.unwrap_or_else(|| said.to_string()),
        })),
        other => decode(other),
    }
}

impl DatabaseError for Said {
    fn message(&self) -> &str {
        &self.message
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.to_string().into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    /// Nobody asks; the code says it.
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::args;

    fn connection() -> (tempfile::TempDir, Connection) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("of a test");
        rusqlite::Connection::open(&path).unwrap();
        let c = Connection::open(&path).unwrap();
        (dir, c)
    }

    fn code(error: &Error) -> Option<String> {
        error
            .as_database_error()
            .and_then(DatabaseError::code)
            .map(Cow::into_owned)
    }

    #[test]
    fn what_is_handed_in_comes_back() {
        let (_dir, c) = connection();
        c.execute("CREATE TABLE t (a, b, c)", Vec::new(), false).unwrap();
        let values = args!["資安", 7_i64, [0_u8, 255].as_slice()];
        let into = "INSERT INTO t VALUES ($1, $2, $3)";
        assert_eq!(c.execute(into, values.clone(), true).unwrap(), 1);
        let found = c
            .rows("SELECT a, b, c, NULL FROM t WHERE b = $1", args![7_i64], true)
            .unwrap();
        let row = vec![
            Cell::Text("資安".into()),
            Cell::Int(7),
            Cell::Bytes(vec![0, 255]),
            Cell::Null,
        ];
        assert_eq!(found, [Cells(row)]);
        // By number, where they don't come in order or come twice.
        let by_number = "SELECT b FROM t WHERE b = $2 AND a = $1 AND b = $2";
        for keep in [true, false] {
            let found = c.rows(by_number, args!["資安", 7_i64], keep).unwrap();
            assert_eq!(found, [Cells(vec![Cell::Int(7)])]);
            assert_eq!(c.rows(by_number, args!["資安", 8_i64], keep).unwrap(), []);
        }
        let lists = vec![Arg::Texts(vec!["資安".into()]), Arg::Ints(vec![6, 7]), Arg::Null];
        let among = "SELECT b FROM t WHERE a IN (SELECT value FROM json_each($1))
                     AND b IN (SELECT value FROM json_each($2)) AND $3 IS NULL";
        assert_eq!(c.rows(among, lists, true).unwrap().len(), 1);
        assert_eq!(
            c.execute("UPDATE t SET b = 8 WHERE b = 9", Vec::new(), true)
                .unwrap(),
            0
        );
    }

    #[test]
    fn it_keeps_what_the_whole_store_relies_on() {
        let (_dir, c) = connection();
        for (pragma, value) in [
            ("journal_mode", Cell::Text("wal".into())),
            ("synchronous", Cell::Int(2)),
            ("foreign_keys", Cell::Int(1)),
            ("busy_timeout", Cell::Int(10_000)),
        ] {
            let found = c.rows(&format!("PRAGMA {pragma}"), Vec::new(), false).unwrap();
            assert_eq!(found, [Cells(vec![value])], "{pragma}");
        }
    }

    #[test]
    fn what_goes_wrong_is_said_with_its_code() {
        let (dir, c) = connection();
        c.execute("CREATE TABLE t (a UNIQUE)", Vec::new(), false).unwrap();
        c.execute("INSERT INTO t VALUES (1)", Vec::new(), true).unwrap();
        let twice = c
            .execute("INSERT INTO t VALUES (1)", Vec::new(), true)
            .unwrap_err();
        assert_eq!(code(&twice).as_deref(), Some("2067"));
        assert!(twice.to_string().contains("t.a"), "{twice}");
        let nonsense = c.rows("SELECT nothing", Vec::new(), true).unwrap_err();
        assert!(nonsense.to_string().contains("nothing"), "{nonsense}");
        let missing = Connection::open(&dir.path().join("missing")).unwrap_err();
        assert_eq!(code(&missing).as_deref(), Some("14"));
        let more = c.rows("SELECT 1", args![1_i64], true).unwrap_err();
        assert_eq!(code(&more).as_deref(), Some("25"));
        // Damage is no text, and a fraction is nothing that we keep.
        for odd in ["CAST(x'ff' AS TEXT)", "0.5"] {
            let error = c.rows(&format!("SELECT {odd}"), Vec::new(), false).unwrap_err();
            assert!(matches!(error, Error::Decode(_)), "{odd}: {error}");
        }
    }

    #[test]
    fn a_transaction_is_taken_back_whole() {
        let (_dir, c) = connection();
        c.execute("CREATE TABLE t (a)", Vec::new(), false).unwrap();
        c.bracket("BEGIN IMMEDIATE").unwrap();
        c.execute("INSERT INTO t VALUES (1)", Vec::new(), true).unwrap();
        c.bracket("ROLLBACK").unwrap();
        assert_eq!(c.rows("SELECT a FROM t", Vec::new(), true).unwrap(), []);
    }
}
