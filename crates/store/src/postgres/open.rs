//! Opening: the server is one that we can rely on, the database is ours or empty, or it isn't opened.
//!
//! Why two pools: whoever reads and then writes holds one connection and waits for another; of one
//! pool all could be held by those who wait. Why a transaction says whose rows it is about before
//! anything else: without it the second wall shows nothing (`schema.sql`). What it can't know:
//! whether a server that was the primary still takes itself for it; the servers' own fencing must.

use super::address::Address;
use super::errors::is_lost;
use super::schema;
use crate::retry::Patience;
use crate::{OpenMode, StoreError};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Error, Row, Transaction};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long readers that are under way are waited for when the database is closed.
const READERS_LEAVE: Duration = Duration::from_millis(500);

/// How often somebody who waits for a connection looks for another server meanwhile.
const TURNS: u32 = 5;

/// The oldest PostgreSQL that the tables and statements are made for.
const OLDEST: i32 = 15;

/// A transaction of PostgreSQL.
pub(crate) type PgTx = Transaction<'static, sqlx::Postgres>;

/// An open PostgreSQL database.
#[derive(Debug, Clone)]
pub(crate) struct Postgres {
    read: PgPool,
    pub(super) write: PgPool,
    pub(crate) address: Arc<Address>,
    pub(crate) warnings: Arc<[String]>,
}

/// What is asked of all agencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Across {
    /// Which there are, and where their chains end.
    Directory,
    /// What is due, and how much waits: which jobs and messages there are.
    Queue,
    /// Everything, to be verified.
    Whole,
}

impl Postgres {
    /// Opens a database that is there, and makes its tables where it is empty and that was asked.
    pub(crate) async fn open(address: &Address, mode: OpenMode) -> Result<Self, StoreError> {
        let place = address.to_string();
        let failed = |e| StoreError::from_sqlx("開啟資料庫", &place, e);
        let (mut c, options) = primary(address).await?;
        let warnings = examine(&mut c, &place).await?;
        let reached = schema::check(&mut c, &place).await?;
        if reached == 0 && mode == OpenMode::MustExist {
            return Err(StoreError::Empty { place });
        }
        schema::migrate(&mut c, &place, reached, address.settings.partitions).await?;
        c.close().await.map_err(failed)?;
        let pool = |most| {
            PgPoolOptions::new()
                .max_connections(most)
                .acquire_timeout(address.settings.connect)
                .idle_timeout(Duration::from_mins(10))
                .max_lifetime(Duration::from_hours(1))
                // The beginning of a transaction is test enough.
                .test_before_acquire(false)
                .connect_lazy_with(options.clone())
        };
        Ok(Self {
            read: pool(address.settings.readers),
            write: pool(address.settings.writers),
            address: Arc::new(address.clone()),
            warnings: warnings.into(),
        })
    }

    /// Begins to read everything of a database without changing anything of it; gives the schema
    /// that it has reached.
    pub(crate) async fn look(address: &Address) -> Result<(PgTx, u32), StoreError> {
        let place = address.to_string();
        let failed = |e| StoreError::from_sqlx("檢視資料庫", &place, e);
        let (mut c, options) = primary(address).await?;
        examine(&mut c, &place).await?;
        let reached = schema::check(&mut c, &place).await?;
        c.close().await.map_err(failed)?;
        if reached == 0 {
            return Err(StoreError::Empty { place });
        }
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
                     SET LOCAL fazun.across = 'whole'; SET LOCAL statement_timeout = 0";
        let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
        let tx = pool.begin_with(AssertSqlSafe(begin.to_owned())).await;
        Ok((tx.map_err(failed)?, reached))
    }

    /// Whether a database has no tables, so that something can be put into it.
    pub(crate) async fn is_empty(address: &Address) -> Result<bool, StoreError> {
        let place = address.to_string();
        let (mut c, _) = primary(address).await?;
        examine(&mut c, &place).await?;
        Ok(schema::check(&mut c, &place).await? == 0)
    }

    pub(crate) async fn close(&self) {
        self.write.close().await;
        // Whoever still reads is not waited for much longer: nothing of a reading can be lost.
        let _ = tokio::time::timeout(READERS_LEAVE, self.read.close()).await;
    }

    /// A read transaction over one agency, which sees the database as it stands when it begins.
    pub(crate) async fn begin(&self, agency: &str) -> Result<PgTx, Error> {
        let set = format!("SET LOCAL fazun.agency = {}", quoted(agency));
        self.begin_reading(&set).await
    }

    /// A read transaction across agencies.
    pub(crate) async fn begin_across(&self, across: Across) -> Result<PgTx, Error> {
        self.begin_reading(match across {
            Across::Directory => "SET LOCAL fazun.across = 'directory'",
            Across::Queue => "SET LOCAL fazun.across = 'queue'",
            // Takes as long as it takes.
            Across::Whole => "SET LOCAL fazun.across = 'whole'; SET LOCAL statement_timeout = 0",
        })
        .await
    }

    async fn begin_reading(&self, set: &str) -> Result<PgTx, Error> {
        let begin = format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {set}");
        self.begin_in(&self.read, &begin).await
    }

    /// A transaction that writes for one agency: each of its statements sees what was written by
    /// whoever held the chain before.
    pub(super) async fn begin_writing(&self, agency: &str) -> Result<PgTx, Error> {
        let begin = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL fazun.agency = {}",
            quoted(agency)
        );
        self.begin_in(&self.write, &begin).await
    }

    /// Begins on a connection that lives: after a server went away every idle one is dead, and is
    /// found to be so here, where nothing was asked or written yet.
    async fn begin_in(&self, pool: &PgPool, begin: &str) -> Result<PgTx, Error> {
        let mut patience = Patience::new();
        let mut dead = pool.options().get_max_connections();
        let until = Instant::now() + self.address.settings.connect;
        loop {
            let opening = pool.begin_with(AssertSqlSafe(begin.to_owned()));
            // The pool asks a server that is gone again and again, until all its time is over: who
            // waits for it looks meanwhile whether another one takes writes now.
            let turn = self.address.settings.connect / TURNS;
            let opened = if self.has_others() {
                match tokio::time::timeout(turn, opening).await {
                    Ok(opened) => opened,
                    Err(_) if Instant::now() >= until => Err(Error::PoolTimedOut),
                    Err(_) => {
                        self.seek().await;
                        continue;
                    }
                }
            } else {
                opening.await
            };
            let error = match opened {
                Ok(tx) => return Ok(tx),
                Err(error) => error,
            };
            if is_lost(&error) && pool.num_idle() > 0 && dead > 0 {
                dead -= 1;
                continue;
            }
            if !is_lost(&error) {
                return Err(error);
            }
            self.seek().await;
            if !patience.wait().await {
                return Err(error);
            }
        }
    }

    #[cfg(test)]
    pub(super) fn reading_pool(&self) -> &PgPool {
        &self.read
    }

    fn has_others(&self) -> bool {
        self.address.options().len() > 1
    }

    /// Turns to whichever of several servers takes writes now.
    pub(super) async fn seek(&self) {
        if self.has_others()
            && let Ok((c, options)) = primary(&self.address).await
        {
            let _ = c.close().await;
            self.read.set_connect_options(options.clone());
            self.write.set_connect_options(options);
        }
    }

    /// What somebody waits for who got no connection in time.
    pub(crate) async fn unreached(&self, doing: &'static str, error: Error) -> StoreError {
        let place = self.address.to_string();
        if matches!(error, Error::PoolTimedOut) {
            // The pool doesn't tell whether it had none or got none.
            return match primary(&self.address).await {
                Ok(_) => StoreError::Busy { doing },
                Err(error) => error,
            };
        }
        StoreError::from_sqlx(doing, &place, error)
    }

    /// A connection of its own, for what must not wait for the pools.
    pub(super) async fn connection(&self) -> Result<PgConnection, StoreError> {
        primary(&self.address).await.map(|(c, _)| c)
    }
}

/// A text as PostgreSQL reads it back; NUL is in no text of its.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\0', "\u{fffd}").replace('\'', "''"))
}

/// The first of an address's servers that takes writes.
pub(super) async fn primary(address: &Address) -> Result<(PgConnection, PgConnectOptions), StoreError> {
    let (doing, place) = ("連線", address.to_string());
    let mut refused = None;
    for options in address.options() {
        let options = options.disable_statement_logging();
        let connecting = async {
            let mut c = options.connect().await?;
            let standby: bool = sqlx::query_scalar("SELECT pg_is_in_recovery()")
                .fetch_one(&mut c)
                .await?;
            Ok::<_, Error>((c, standby))
        };
        let error = match tokio::time::timeout(address.settings.connect, connecting).await {
            Ok(Ok((c, false))) => return Ok((c, options)),
            Ok(Ok((_, true))) => StoreError::Standby { place: place.clone() },
            Ok(Err(error)) => StoreError::from_sqlx(doing, &place, error),
            Err(_) => StoreError::Slow {
                doing,
                place: place.clone(),
            },
        };
        refused.get_or_insert(error);
    }
    Err(refused.unwrap_or(StoreError::BadAddress {
        what: "沒有主機".to_owned(),
    }))
}

/// Refuses a server or a database that can't be relied on; gives what is unwise about it.
async fn examine(c: &mut PgConnection, place: &str) -> Result<Vec<String>, StoreError> {
    let failed = |e| StoreError::from_sqlx("檢查資料庫", place, e);
    let row = sqlx::query(
        "SELECT current_setting('server_version_num')::int, current_setting('server_version'),
                current_setting('server_encoding'),
                COALESCE((SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user), false),
                current_setting('fsync'), current_setting('full_page_writes'),
                current_setting('synchronous_commit'),
                ('a' COLLATE \"C\" > 'B' COLLATE \"C\")",
    )
    .fetch_one(c)
    .await
    .map_err(failed)?;
    let version: i32 = row.try_get(0).map_err(failed)?;
    if version / 10_000 < OLDEST {
        return Err(StoreError::TooOld {
            place: place.to_owned(),
            found: row.try_get(1).map_err(failed)?,
        });
    }
    let encoding: String = row.try_get(2).map_err(failed)?;
    let by_bytes: bool = row.try_get(7).map_err(failed)?;
    if encoding != "UTF8" || !by_bytes {
        return Err(StoreError::WrongEncoding {
            place: place.to_owned(),
            found: encoding,
        });
    }
    let mut warnings = Vec::new();
    if row.try_get(3).map_err(failed)? {
        warnings.push(format!(
            "資料庫（{place}）的帳號是超級使用者或可略過資料列安全（BYPASSRLS），機關之間的第二道隔離沒有作用。\
             請改用一般帳號，並使它成為資料庫的擁有者"
        ));
    }
    for (setting, column) in [("fsync", 4), ("full_page_writes", 5), ("synchronous_commit", 6)] {
        let value: String = row.try_get(column).map_err(failed)?;
        if value == "off" {
            warnings.push(format!(
                "資料庫（{place}）的 {setting} 是 off，停電或當機時，已確認寫入的資料可能遺失。請設為 on"
            ));
        }
    }
    Ok(warnings)
}
