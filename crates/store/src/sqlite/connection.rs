//! A connection to SQLite, asked in the thread that holds it.
//!
//! Why not through a thread for each connection, as a driver for waiting callers has it: every
//! statement was handed over and back what it gave, and waking threads cost more than SQLite did.
//! What it can't know: how long a statement takes; `Link` says which may keep others waiting.

use crate::value::{Arg, Cell, Cells};
use rusqlite::types::{Null, ValueRef};
use rusqlite::{OpenFlags, Statement};
use sqlx::Error;
use sqlx::error::{DatabaseError, ErrorKind};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// How long another process's transaction is waited for.
const BUSY: Duration = Duration::from_secs(10);
/// Pages of the log after which the writer puts them where they belong; each costs it a wait for the disk.
const CHECKPOINT: &str = "4000";
/// Statements that are kept prepared.
const PREPARED: usize = 256;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// To write, in the way that all of ours do.
    Writing,
    /// To read what others write meanwhile.
    Reading,
    /// To make a file, or to copy one as it is.
    Files,
    /// To look at a file without changing it.
    Looking,
    /// To look at a file that nobody else has open: not even a log appears beside it.
    LookingAlone,
}

/// A connection to a database.
#[derive(Debug)]
pub(crate) struct Connection(rusqlite::Connection);

impl Connection {
    /// Opens a database that is there.
    pub(crate) fn open(path: &Path, purpose: For) -> Result<Self, Error> {
        let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
        flags |= match purpose {
            For::Looking | For::LookingAlone => OpenFlags::SQLITE_OPEN_READ_ONLY,
            For::Writing | For::Reading | For::Files => OpenFlags::SQLITE_OPEN_READ_WRITE,
        };
        let opened = if purpose == For::LookingAlone {
            flags |= OpenFlags::SQLITE_OPEN_URI;
            rusqlite::Connection::open_with_flags(unchanging(path), flags)
        } else {
            rusqlite::Connection::open_with_flags(path, flags)
        };
        let c = opened.map_err(failed)?;
        c.busy_timeout(BUSY).map_err(failed)?;
        c.set_prepared_statement_cache_capacity(PREPARED);
        let set = |pragma, value| c.pragma_update(None, pragma, value).map_err(failed);
        set("foreign_keys", "ON")?;
        if matches!(purpose, For::Writing | For::Reading) {
            set("journal_mode", "WAL")?;
            set("synchronous", "FULL")?;
        }
        match purpose {
            For::Writing => {
                // What a statement that fails takes back is kept in memory, not in a file.
                set("temp_store", "MEMORY")?;
                set("wal_autocheckpoint", CHECKPOINT)?;
            }
            For::Reading => set("query_only", "ON")?,
            For::Files | For::Looking | For::LookingAlone => {}
        }
        Ok(Self(c))
    }

    /// A database of its own, gone with it.
    pub(crate) fn in_memory() -> Result<Self, Error> {
        rusqlite::Connection::open_in_memory().map(Self).map_err(failed)
    }

    /// Begins or ends a transaction, or a part of one.
    pub(crate) fn bracket(&self, sql: &str) -> Result<(), Error> {
        let mut statement = self.0.prepare_cached(sql).map_err(failed)?;
        statement.raw_execute().map(|_| ()).map_err(failed)
    }

    /// Carries out several statements, one after the other.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), Error> {
        self.0.execute_batch(sql).map_err(failed)
    }

    /// How many rows were changed since it was opened.
    pub(crate) fn changed(&self) -> u64 {
        self.0.total_changes()
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

/// A file that is taken for one that never changes, as SQLite reads it from an address.
fn unchanging(path: &Path) -> String {
    let mut address = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => address.push(char::from(*byte)),
            _ if byte.is_ascii_alphanumeric() => address.push(char::from(*byte)),
            _ => _ = write!(address, "%{byte:02X}"),
        }
    }
    address + "?immutable=1"
}

/// A statement for SQLite, with `?` for its values where each stands once and in their order: SQLite
/// looks for each numbered one among all before it, which a statement of thousands feels.
fn in_order(sql: &str) -> String {
    let mut plain = String::with_capacity(sql.len());
    let mut rest = sql;
    let mut expected = 1_usize;
    while let Some((before, after)) = rest.split_once('$') {
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let (number, behind) = after.split_at(digits);
        if number.parse() != Ok(expected) {
            return sql.to_owned();
        }
        plain.push_str(before);
        plain.push('?');
        expected += 1;
        rest = behind;
    }
    plain.push_str(rest);
    plain
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
        let c = Connection::open(&path, For::Writing).unwrap();
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
        let (dir, c) = connection();
        for (pragma, value) in [
            ("journal_mode", Cell::Text("wal".into())),
            ("synchronous", Cell::Int(2)),
            ("foreign_keys", Cell::Int(1)),
            ("busy_timeout", Cell::Int(10_000)),
            ("temp_store", Cell::Int(2)),
            ("query_only", Cell::Int(0)),
        ] {
            let found = c.rows(&format!("PRAGMA {pragma}"), Vec::new(), false).unwrap();
            assert_eq!(found, [Cells(vec![value])], "{pragma}");
        }
        let path = dir.path().join("of a test");
        for purpose in [For::Reading, For::Looking, For::LookingAlone] {
            let c = Connection::open(&path, purpose).unwrap();
            let refused = c.execute("CREATE TABLE t (a)", Vec::new(), false).unwrap_err();
            assert_eq!(code(&refused).as_deref(), Some("8"), "{purpose:?}");
        }
    }

    #[test]
    fn whoever_looks_alone_leaves_nothing_beside_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("100% 測試?x=1#y&z.db");
        let c = rusqlite::Connection::open(&path).unwrap();
        c.pragma_update(None, "journal_mode", "WAL").unwrap();
        c.execute_batch("CREATE TABLE t (a)").unwrap();
        drop(c);
        let c = Connection::open(&path, For::LookingAlone).unwrap();
        assert_eq!(c.rows("SELECT a FROM t", Vec::new(), false).unwrap(), []);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
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
        let missing = Connection::open(&dir.path().join("missing"), For::Writing).unwrap_err();
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

    #[test]
    fn values_that_stand_in_order_are_not_numbered() {
        for (sql, plain) in [
            ("SELECT 1", "SELECT 1"),
            ("a = $1 AND b = $2", "a = ? AND b = ?"),
            ("VALUES ($1, $2), ($3, $4)", "VALUES (?, ?), (?, ?)"),
            // One that is used twice, or out of order, is known by its number.
            ("a = $1 OR b = $1", "a = $1 OR b = $1"),
            ("a = $2 AND b = $1", "a = $2 AND b = $1"),
        ] {
            assert_eq!(in_order(sql), plain);
        }
    }
}
