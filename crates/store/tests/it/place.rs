//! Where a test's database is: a folder, or a PostgreSQL database of its own.
//!
//! Why the same tests: what they say holds of the store, not of one database. The server is named by
//! `FAZUN_TEST_POSTGRES`, as an address of a superuser; the store itself comes as an ordinary one.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use store::{Address, DATABASE, Location};

/// Names the server.
pub const SERVER: &str = "FAZUN_TEST_POSTGRES";

/// The same server as its superuser, where the two are told apart.
pub const ADMIN: &str = "FAZUN_TEST_POSTGRES_ADMIN";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database of a test.
pub struct Place {
    pub location: Location,
    /// The same as a text, with the password.
    pub text: String,
    dir: Option<tempfile::TempDir>,
    /// As a superuser in the same database.
    outside: Option<PgConnectOptions>,
    name: String,
}

impl Place {
    pub fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self {
            location: Location::Sqlite(dir.path().to_owned()),
            text: format!("sqlite:{}", dir.path().display()),
            dir: Some(dir),
            outside: None,
            name: String::new(),
        }
    }

    /// An empty database with a role of its own; none where no server is named.
    pub async fn postgres(partitions: u32) -> Option<Self> {
        let Ok(server) = std::env::var(ADMIN).or_else(|_| std::env::var(SERVER)) else {
            println!("skipped: {SERVER} names no server");
            return None;
        };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("fazun_test_{}_{count}", std::process::id());
        let options = PgConnectOptions::from_str(&server).unwrap();
        let mut c = options.connect().await.unwrap();
        for sql in [
            format!("CREATE ROLE {name} LOGIN PASSWORD 'secret'"),
            format!("CREATE DATABASE {name} OWNER {name} ENCODING 'UTF8' TEMPLATE template0"),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut c).await.unwrap();
        }
        c.close().await.unwrap();
        let host = match options.get_socket() {
            Some(socket) => socket.display().to_string().replace('/', "%2F"),
            None => options.get_host().to_owned(),
        };
        let port = options.get_port();
        let mut text = format!("postgres://{name}:secret@{host}:{port}/{name}?writers=4&readers=4");
        if partitions > 0 {
            text = format!("{text}&partitions={partitions}");
        }
        let address = Address::parse(&text).unwrap();
        Some(Self {
            location: Location::Postgres(address),
            text,
            dir: None,
            outside: Some(options.database(&name)),
            name,
        })
    }

    /// The folder; of SQLite only.
    pub fn dir(&self) -> &Path {
        self.dir.as_ref().unwrap().path()
    }

    pub fn is_sqlite(&self) -> bool {
        self.dir.is_some()
    }

    /// How the bytes of a hex text are written.
    pub fn bytes(&self, hex: &str) -> String {
        if self.is_sqlite() {
            format!("x'{hex}'")
        } else {
            format!("'\\x{hex}'::bytea")
        }
    }

    pub async fn sqlite_connection(&self) -> SqliteConnection {
        connection(self.dir()).await
    }

    /// A connection of the server's administrator, to whom no wall applies.
    pub async fn outside(&self) -> PgConnection {
        self.outside.clone().unwrap().connect().await.unwrap()
    }

    /// What somebody does who comes to the database without the program; texts of the first column,
    /// or what the database said.
    pub async fn asked(&self, sql: &str) -> Result<Vec<String>, String> {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.is_sqlite() {
            let mut c = self.sqlite_connection().await;
            let found = sqlx::query_scalar(sql).fetch_all(&mut c).await;
            c.close().await.unwrap();
            found.map_err(|e| e.to_string())
        } else {
            let mut c = self.outside().await;
            let found = sqlx::query_scalar(sql).fetch_all(&mut c).await;
            c.close().await.unwrap();
            found.map_err(|e| e.to_string())
        }
    }

    /// What someone with every right over the database would do, and then hide that it was done.
    pub async fn tamper(&self, sql: &str) {
        if !self.is_sqlite() {
            let mut c = self.outside().await;
            // No trigger and no foreign key looks.
            let sql = format!("SET session_replication_role = replica; {sql}");
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut c).await.unwrap();
            c.close().await.unwrap();
            return;
        }
        tamper_folder(self.dir(), sql).await;
    }

    /// Takes the database away. One of a test that failed stays, to be looked at.
    pub async fn gone(self) {
        let Ok(server) = std::env::var(ADMIN).or_else(|_| std::env::var(SERVER)) else {
            return;
        };
        if self.outside.is_none() {
            return;
        }
        let mut c = PgConnectOptions::from_str(&server)
            .unwrap()
            .connect()
            .await
            .unwrap();
        for sql in [
            format!("DROP DATABASE {} WITH (FORCE)", self.name),
            format!("DROP ROLE {}", self.name),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut c).await.unwrap();
        }
        c.close().await.unwrap();
    }
}

async fn connection(dir: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(dir.join(DATABASE))
        .foreign_keys(false)
        .connect()
        .await
        .unwrap()
}

/// What someone with write access to the file would do, and then hide that it was done.
pub async fn tamper_folder(dir: &Path, sql: &str) {
    let mut c = connection(dir).await;
    let triggers: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            .fetch_all(&mut c)
            .await
            .unwrap();
    let dropped = triggers.iter().map(|(name, _)| format!("DROP TRIGGER {name}"));
    let made_again = triggers.iter().map(|(_, made)| made.clone());
    for sql in dropped.chain([sql.to_owned()]).chain(made_again) {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut c).await.unwrap();
    }
    c.close().await.unwrap();
}

/// Runs tests that are given a [`Place`] on SQLite, on PostgreSQL, and on PostgreSQL with its tables
/// spread over four parts by agency, which asks of keys what databases of many servers ask.
macro_rules! everywhere {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&crate::place::Place::sqlite()).await;
            })*
        }
        crate::place::everywhere_on_postgres!($($name),*);
    };
}
pub(crate) use everywhere;

/// The same, of what only PostgreSQL has.
macro_rules! everywhere_on_postgres {
    ($($name:ident),* $(,)?) => {
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                if let Some(place) = crate::place::Place::postgres(0).await {
                    super::$name(&place).await;
                    place.gone().await;
                }
            })*
        }
        mod spread {
            $(#[tokio::test]
            async fn $name() {
                if let Some(place) = crate::place::Place::postgres(4).await {
                    super::$name(&place).await;
                    place.gone().await;
                }
            })*
        }
    };
}
pub(crate) use everywhere_on_postgres;
