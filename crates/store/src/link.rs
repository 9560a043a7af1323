//! One connection within one transaction, whichever database is behind it.
//!
//! Why own values instead of a driver's: every statement is written once, in the SQL that both
//! databases read (`$1`, `ON CONFLICT`, row values), so that they can't come to answer
//! differently. What it can't know: what a statement means; it passes on and counts.

use crate::sqlite::connection::Connection;
use crate::value::{Arg, Cell, Cells, args};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Column, Error, Row, TypeInfo, ValueRef};

/// The connection of a transaction.
#[derive(Debug)]
pub(crate) enum Link<'c> {
    Sqlite(&'c mut SqliteConnection),
    /// SQLite again, asked in the thread that holds the connection.
    Here(&'c mut Connection),
    Postgres(&'c mut PgConnection),
}

/// Which database it is, where the two are not spoken to alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Whether a text contains another.
    pub(crate) fn contains(self, text: &str, part: &str) -> String {
        match self {
            Self::Sqlite => format!("instr({text}, {part}) > 0"),
            Self::Postgres => format!("strpos({text}, {part}) > 0"),
        }
    }

    /// Whether a text is one of some, which are handed over as one value ([`Arg::Texts`]).
    pub(crate) fn among(self, text: &str, all: &str) -> String {
        match self {
            Self::Sqlite => format!("{text} IN (SELECT value FROM json_each({all}))"),
            Self::Postgres => format!("{text} = ANY({all})"),
        }
    }

    /// That `row_text` (as `x`) holds all pairs of characters that the transaction looks for
    /// ([`Link::look_for`]), where the database keeps an index of them: with `$a` for the agency.
    pub(crate) fn holds_pairs(self) -> Option<&'static str> {
        match self {
            // It names the spots instead.
            Self::Sqlite => None,
            Self::Postgres => Some("x.id IN (SELECT g.id FROM row_gram g WHERE g.agency = $a)"),
        }
    }

    /// A row that is read to be written, held until the transaction ends; passed by where somebody
    /// else holds it.
    pub(crate) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Rows that are read to be written, held until the transaction ends.
    pub(crate) fn for_update(self) -> &'static str {
        match self {
            // Its writers come one at a time anyway.
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }
}

thread_local! {
    static MADE: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// How many statements this thread has made, or had made for it, but those that begin and end a
/// transaction. In a test, whose runtime has one thread, that is how many the test made.
pub fn statements_made() -> u64 {
    MADE.get()
}

fn count() {
    count_made(1);
}

/// Counts statements that another thread made for this one.
pub(crate) fn count_made(statements: u64) {
    if UPKEEP.try_with(|()| ()).is_err() {
        MADE.set(MADE.get().wrapping_add(statements));
    }
}

tokio::task_local! {
    static UPKEEP: ();
}

/// Does something that nobody asked for and no request pays for: its statements are not counted.
pub(crate) async fn upkeep<T>(work: impl Future<Output = T>) -> T {
    UPKEEP.scope((), work).await
}

impl Link<'_> {
    /// Turns to an agency within the transaction: where the database keeps agencies apart by
    /// itself, its rows are the only ones that are there.
    pub(crate) async fn turn_to(&mut self, agency: &str) -> Result<(), Error> {
        match self.dialect() {
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => {
                let sql = "SELECT set_config('fazun.agency', $1, true), set_config('fazun.across', '', true)";
                self.rows(sql, args![agency]).await.map(|_| ())
            }
        }
    }

    /// Says which pairs of characters the transaction's next search is for.
    pub(crate) async fn look_for(&mut self, pairs: &[i64]) -> Result<(), Error> {
        if self.dialect() == Dialect::Sqlite {
            // Its index was asked before, for the spots.
            return Ok(());
        }
        let numbers: Vec<String> = pairs.iter().map(ToString::to_string).collect();
        let sql = "SELECT set_config('fazun.pairs', $1, true)";
        let all = format!("{{{}}}", numbers.join(","));
        self.rows(sql, args![all]).await.map(|_| ())
    }

    /// From here on a statement of the transaction may take as long as it takes.
    pub(crate) async fn take_time(&mut self) -> Result<(), Error> {
        match self.dialect() {
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => self
                .run("SET LOCAL statement_timeout = 0", Vec::new())
                .await
                .map(|_| ()),
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) | Self::Here(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// What a statement gives; it is prepared once a connection.
    pub(crate) async fn rows(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Cells>, Error> {
        self.ask(sql, args, true).await
    }

    /// What a statement gives whose text is seldom the same.
    pub(crate) async fn rows_once(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Cells>, Error> {
        self.ask(sql, args, false).await
    }

    /// The first row that a statement gives.
    pub(crate) async fn one(&mut self, sql: &str, args: Vec<Arg>) -> Result<Option<Cells>, Error> {
        Ok(self.ask(sql, args, true).await?.into_iter().next())
    }

    async fn ask(&mut self, sql: &str, args: Vec<Arg>, keep: bool) -> Result<Vec<Cells>, Error> {
        count();
        match self {
            Self::Sqlite(c) => {
                let rows = sqlx::query_with(AssertSqlSafe(in_order(sql)), sqlite_args(args)?)
                    .persistent(keep)
                    .fetch_all(&mut **c)
                    .await?;
                rows.iter().map(sqlite_cells).collect()
            }
            Self::Here(c) => c.rows(sql, args, keep),
            Self::Postgres(c) => crate::postgres::ask(c, sql, args, keep).await,
        }
    }

    /// Begins or ends a transaction, or a part of one.
    pub(crate) async fn bracket(&mut self, sql: &'static str) -> Result<(), Error> {
        match self {
            Self::Sqlite(c) => sqlx::query(sql).execute(&mut **c).await.map(|_| ()),
            Self::Here(c) => c.bracket(sql),
            Self::Postgres(c) => sqlx::query(sql).execute(&mut **c).await.map(|_| ()),
        }
    }

    /// Carries a statement out; gives how many rows it touched.
    pub(crate) async fn run(&mut self, sql: &str, args: Vec<Arg>) -> Result<u64, Error> {
        self.execute(sql, args, true).await
    }

    /// Carries a statement out whose text is seldom the same.
    pub(crate) async fn run_once(&mut self, sql: &str, args: Vec<Arg>) -> Result<u64, Error> {
        self.execute(sql, args, false).await
    }

    async fn execute(&mut self, sql: &str, args: Vec<Arg>, keep: bool) -> Result<u64, Error> {
        count();
        match self {
            Self::Sqlite(c) => {
                let done = sqlx::query_with(AssertSqlSafe(in_order(sql)), sqlite_args(args)?)
                    .persistent(keep)
                    .execute(&mut **c)
                    .await?;
                Ok(done.rows_affected())
            }
            Self::Here(c) => c.execute(sql, args, keep),
            Self::Postgres(c) => crate::postgres::execute(c, sql, args, keep).await,
        }
    }
}

/// A statement for SQLite, with `?` for its values where each stands once and in their order: SQLite
/// looks for each numbered one among all before it, which a statement of thousands feels.
pub(crate) fn in_order(sql: &str) -> String {
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

fn sqlite_args(args: Vec<Arg>) -> Result<SqliteArguments, Error> {
    let mut bound = SqliteArguments::default();
    for arg in args {
        let added = match arg {
            Arg::Text(text) => Arguments::add(&mut bound, text),
            Arg::Int(number) => Arguments::add(&mut bound, number),
            Arg::Bytes(bytes) => Arguments::add(&mut bound, bytes),
            Arg::Texts(texts) => Arguments::add(&mut bound, serde_json::Value::from(texts).to_string()),
            Arg::Null => Arguments::add(&mut bound, None::<String>),
            Arg::Ints(numbers) => Arguments::add(&mut bound, serde_json::Value::from(numbers).to_string()),
        };
        added.map_err(Error::Encode)?;
    }
    Ok(bound)
}

fn sqlite_cells(row: &SqliteRow) -> Result<Cells, Error> {
    let mut cells = Vec::with_capacity(row.len());
    for column in row.columns() {
        let at = column.ordinal();
        let value = row.try_get_raw(at)?;
        cells.push(if value.is_null() {
            Cell::Null
        } else {
            match value.type_info().name() {
                "INTEGER" => Cell::Int(row.try_get_unchecked(at)?),
                "BLOB" => Cell::Bytes(row.try_get_unchecked(at)?),
                // Text that is no UTF-8 is damage, and an error.
                _ => Cell::Text(row.try_get_unchecked(at)?),
            }
        });
    }
    Ok(Cells(cells))
}

#[cfg(test)]
mod tests {
    use super::*;

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
