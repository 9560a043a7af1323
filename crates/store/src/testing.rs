//! A database for one test of the crates above, of the kind that this run of the tests is about.
//!
//! Why here: the same suites hold on SQLite and on PostgreSQL, and only this crate speaks to either.
//! A PostgreSQL database is copied from one that was made once, which takes a fraction of making its
//! tables; it is dropped with its place. What it can't know: whether the server's account is an
//! ordinary one; `scripts/postgres` gives such a one, so that row-level security holds for it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use crate::postgres::{Postgres, schema};
use crate::{Address, Location, OpenMode};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::OnceCell;

/// Says which database this run of the tests is about: `sqlite`, also where nothing is said, or
/// `postgres`.
pub const KIND: &str = "FAZUN_TEST_DATABASE";

/// Names the server, as `scripts/postgres` does.
pub const SERVER: &str = "FAZUN_TEST_POSTGRES";

/// The same server as its superuser.
pub const ADMIN: &str = "FAZUN_TEST_POSTGRES_ADMIN";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// The database that others are copied from.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// A number of the tests' own among the server's locks.
const LOCK: i64 = 1_178_688_086;

/// Whether this run of the tests is about PostgreSQL.
///
/// # Panics
/// Where something else is asked for.
pub fn on_postgres() -> bool {
    match std::env::var(KIND).as_deref() {
        Ok("postgres") => true,
        Ok("sqlite" | "") | Err(_) => false,
        Ok(other) => panic!("{KIND} is {other}, neither sqlite nor postgres"),
    }
}

/// Whether what this test looks at is a folder with an SQLite file; where not, it is said that the
/// test was skipped.
///
/// # Panics
/// As [`on_postgres`].
pub fn has_folder() -> bool {
    if on_postgres() {
        let thread = std::thread::current();
        println!(
            "skipped: {} is about the folder of an SQLite file",
            thread.name().unwrap_or("it")
        );
    }
    !on_postgres()
}

/// An empty database of a test.
#[derive(Debug)]
pub struct Place {
    location: Location,
    address: String,
    dir: tempfile::TempDir,
    database: Option<String>,
}

impl Place {
    /// An empty database of the kind that this run is about.
    ///
    /// # Panics
    /// Where there is no server and one is needed, or it can't be used.
    pub async fn new() -> Self {
        Self::of(on_postgres(), true).await
    }

    /// A place that has no tables, or no file, yet.
    ///
    /// # Panics
    /// As [`Place::new`].
    pub async fn bare() -> Self {
        Self::of(on_postgres(), false).await
    }

    /// A place of either kind, whatever this run is about.
    ///
    /// # Panics
    /// As [`Place::new`].
    pub async fn of(postgres: bool, with_tables: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        if !postgres {
            return Self {
                location: Location::Sqlite(dir.path().to_owned()),
                address: format!("sqlite:{}", dir.path().display()),
                dir,
                database: None,
            };
        }
        let template = if with_tables {
            TEMPLATE.get_or_init(template).await
        } else {
            "template0"
        };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("fazun_suite_{}_{count}", std::process::id());
        asked(&format!(
            "CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {template}"
        ))
        .await;
        let address = address_of(&name);
        Self {
            location: Location::Postgres(Address::parse(&address).unwrap()),
            address,
            dir,
            database: Some(name),
        }
    }

    /// Where the database is.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The same in one text, with the password.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A folder of the test's own; of SQLite the one that the database lies in.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(name) = self.database.take().filter(|_| !std::thread::panicking()) else {
            // One of a test that failed stays, to be looked at.
            return;
        };
        // A test's runtime is not to be waited for from within it.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime
                .unwrap()
                .block_on(asked(&format!("DROP DATABASE {name} WITH (FORCE)")));
        });
        dropped.join().unwrap();
    }
}

fn server() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| panic!("{SERVER} names no server"))
}

/// The server's address with another database.
fn address_of(database: &str) -> String {
    let server = server();
    let (before, after) = server.split_once('?').unwrap_or((&server, ""));
    let (before, _) = before.rsplit_once('/').unwrap();
    let mark = if after.is_empty() { "" } else { "?" };
    format!("{before}/{database}{mark}{after}")
}

/// What somebody does who comes to the server as its superuser, in a database of it.
///
/// # Panics
/// Where the server refuses it.
pub async fn administer(database: &str, sql: &str) {
    let server = std::env::var(ADMIN).unwrap_or_else(|_| server());
    let options = PgConnectOptions::from_str(&server).unwrap().database(database);
    let mut c = options.connect().await.unwrap();
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut c).await;
    done.unwrap_or_else(|e| panic!("{sql}: {e}"));
    c.close().await.unwrap();
}

/// What somebody does who comes to an SQLite file without the program; it is made where it is not.
///
/// # Panics
/// Where SQLite refuses it.
pub fn alter_file(path: &Path, sql: &str) {
    let c = rusqlite::Connection::open(path).unwrap();
    c.execute_batch(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
}

async fn asked(sql: &str) {
    let options = PgConnectOptions::from_str(&server()).unwrap();
    let mut c = options.connect().await.unwrap();
    for left in (0..50).rev() {
        let sql = AssertSqlSafe(sql.to_owned());
        match sqlx::raw_sql(sql).execute(&mut c).await {
            Ok(_) => break,
            // The server itself looks through a database now and then: then nobody copies it, and an
            // ordinary account drops it not even by force.
            Err(e) if left > 0 && is_in_use(&e) => tokio::time::sleep(Duration::from_millis(200)).await,
            Err(e) => panic!("{e}"),
        }
    }
    c.close().await.unwrap();
}

fn is_in_use(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("55006" | "42501"))
}

/// Makes the database that others are copied from, where no process did so before; its name tells
/// of which form the tables are.
async fn template() -> String {
    let name = format!("fazun_template_{}", schema::fingerprint());
    let options = PgConnectOptions::from_str(&server()).unwrap();
    let mut c = options.connect().await.unwrap();
    // Until the connection is closed.
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(LOCK)
        .execute(&mut c)
        .await
        .unwrap();
    let found: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_optional(&mut c)
        .await
        .unwrap();
    if found.is_none() {
        let new = format!("{name}_new");
        asked(&format!("DROP DATABASE IF EXISTS {new} WITH (FORCE)")).await;
        asked(&format!(
            "CREATE DATABASE {new} ENCODING 'UTF8' TEMPLATE template0"
        ))
        .await;
        let address = Address::parse(&address_of(&new)).unwrap();
        let made = Postgres::open(&address, OpenMode::Create).await.unwrap();
        made.close().await;
        asked(&format!("ALTER DATABASE {new} RENAME TO {name}")).await;
    }
    c.close().await.unwrap();
    name
}
