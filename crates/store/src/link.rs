//! One connection within one transaction, whichever database is behind it.
//!
//! Why own values instead of a driver's: every statement is written once, in the SQL that both
//! databases read (`$1`, `ON CONFLICT`, row values), so that they can't come to answer
//! differently. What it can't know: what a statement means; it passes on and counts.

use crate::sqlite::connection::Connection;
use crate::value::{Arg, Cells, args};
use sqlx::Error;
use sqlx::postgres::PgConnection;
use tokio::runtime::{Handle, RuntimeFlavor};

/// The connection of a transaction.
#[derive(Debug)]
pub(crate) enum Link<'c> {
    /// Statements that may take long: whoever else is served by the thread goes on elsewhere.
    Sqlite(&'c mut Connection),
    /// Statements that take no longer than it takes to go elsewhere.
    Quick(&'c mut Connection),
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
            Self::Sqlite(_) | Self::Quick(_) => Dialect::Sqlite,
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
            Self::Sqlite(c) => aside(|| c.rows(sql, args, keep)),
            Self::Quick(c) => c.rows(sql, args, keep),
            Self::Postgres(c) => crate::postgres::ask(c, sql, args, keep).await,
        }
    }

    /// Begins or ends a transaction, or a part of one.
    pub(crate) async fn bracket(&mut self, sql: &'static str) -> Result<(), Error> {
        match self {
            Self::Sqlite(c) => aside(|| c.bracket(sql)),
            Self::Quick(c) => c.bracket(sql),
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
            Self::Sqlite(c) => aside(|| c.execute(sql, args, keep)),
            Self::Quick(c) => c.execute(sql, args, keep),
            Self::Postgres(c) => crate::postgres::execute(c, sql, args, keep).await,
        }
    }
}

/// Does what keeps a thread for a while, so that a server's other requests don't wait for it.
pub(crate) fn aside<T>(work: impl FnOnce() -> T) -> T {
    let many = Handle::try_current().is_ok_and(|h| h.runtime_flavor() == RuntimeFlavor::MultiThread);
    if many {
        tokio::task::block_in_place(work)
    } else {
        work()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::{Duration, Instant};

    /// Whether somebody else is served while one waits in a server of one thread.
    fn goes_on(wait: fn(&mut dyn FnMut())) -> bool {
        static SERVED: AtomicBool = AtomicBool::new(false);
        SERVED.store(false, Ordering::SeqCst);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .build()
            .unwrap();
        let waiting = runtime.spawn(async move {
            tokio::spawn(async { SERVED.store(true, Ordering::SeqCst) });
            let mut served = false;
            wait(&mut || {
                let until = Instant::now() + Duration::from_secs(2);
                while !served && Instant::now() < until {
                    std::thread::sleep(Duration::from_millis(1));
                    served = SERVED.load(Ordering::SeqCst);
                }
            });
            served
        });
        runtime.block_on(waiting).unwrap()
    }

    #[test]
    fn what_takes_long_keeps_nobody_waiting() {
        assert!(goes_on(|wait| aside(wait)));
        assert!(!goes_on(|wait| wait()), "the test sees nothing");
    }

    #[tokio::test]
    async fn a_program_of_one_thread_waits_for_itself() {
        assert_eq!(aside(|| 7), 7);
    }
}
