//! How a server of PostgreSQL is set up, for whoever has to mend it.
//!
//! Why apart from opening: opening refuses at the first thing that is wrong, and what is only unwise
//! is a warning; here everything is told at once. It changes nothing. What it can't know: how full
//! the server's disk is, and, without the role `pg_monitor`, how far a standby lags.

use super::address::Address;
use super::open::primary;
use crate::StoreError;
use crate::compiled::compiled_once;
use sqlx::postgres::PgRow;
use sqlx::{Connection, Error, Row};

/// A server of PostgreSQL and a database on it, as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerState {
    /// Its version, as it calls it.
    pub version: String,
    /// How the database keeps text.
    pub encoding: String,
    /// By what it orders text where nobody says how.
    pub collation: String,
    /// Whether the account is one that no row-level security stops.
    pub is_above_walls: bool,
    /// Whether the account may make and change the tables.
    pub may_build: bool,
    /// Whether there are tables of ours at all.
    pub is_ours: bool,
    /// Tables of ours that belong to others.
    pub of_others: Vec<String>,
    /// Tables of ours whose row-level security is off, or doesn't bind their owner.
    pub unwalled: Vec<String>,
    /// Its clock: microseconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// How long a statement of this program may take; `0` where there is no limit.
    pub statement_timeout: String,
    /// Settings that are off and keep it from keeping what it acknowledged.
    pub lossy: Vec<String>,
    /// Its standbys; what this account may not see of them is empty.
    pub standbys: Vec<StandbyState>,
    /// How many bytes the database has.
    pub bytes: i64,
    /// Connections in use, and how many there may be.
    pub connections: (i64, i64),
}

/// A standby of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandbyState {
    /// What it calls itself.
    pub name: String,
    /// Whether commits wait for it: `sync`, `async` and the like.
    pub waited_for: String,
    /// Milliseconds that it lags.
    pub lag: Option<i64>,
}

/// Looks at the server of an address.
#[compiled_once]
pub async fn server_state(address: &Address) -> Result<ServerState, StoreError> {
    let place = address.to_string();
    let (mut c, _) = primary(address).await?;
    let failed = |e| StoreError::from_sqlx("檢查資料庫", &place, e);
    let row = sqlx::query(STATE).fetch_one(&mut c).await.map_err(failed)?;
    let standbys = sqlx::query(STANDBYS).fetch_all(&mut c).await.map_err(failed)?;
    let state = read(&row, &standbys).map_err(failed)?;
    // What was asked is there, whatever becomes of the connection.
    let _ = c.close().await;
    Ok(state)
}

const STATE: &str = "
WITH tables AS (
    SELECT t.* FROM pg_class t
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'agency' AND NOT a.attisdropped
    WHERE t.relnamespace = to_regnamespace(current_schema()::text) AND t.relkind IN ('r', 'p')
      AND to_regclass(current_schema()::text || '.fazun_schema') IS NOT NULL
)
SELECT current_setting('server_version'), current_setting('server_encoding'),
       d.datcollate::text,
       COALESCE((SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user), false),
       COALESCE(has_schema_privilege(current_schema()::text, 'CREATE'), false),
       COALESCE((SELECT array_agg(relname::text ORDER BY relname) FROM tables
                 WHERE NOT pg_has_role(relowner, 'USAGE')), '{}'),
       COALESCE((SELECT array_agg(relname::text ORDER BY relname) FROM tables
                 WHERE NOT (relrowsecurity AND relforcerowsecurity)), '{}'),
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       current_setting('statement_timeout'),
       COALESCE((SELECT array_agg(s ORDER BY s) FROM unnest(ARRAY['fsync', 'full_page_writes', 'synchronous_commit']) s
                 WHERE current_setting(s) = 'off'), '{}'),
       pg_database_size(d.oid),
       (SELECT sum(numbackends)::bigint FROM pg_stat_database),
       current_setting('max_connections')::bigint,
       to_regclass(current_schema()::text || '.fazun_schema') IS NOT NULL
FROM pg_database d WHERE d.datname = current_database()";

const STANDBYS: &str = "
SELECT COALESCE(application_name, ''), COALESCE(sync_state, ''),
       (extract(epoch FROM replay_lag) * 1000)::bigint
FROM pg_stat_replication ORDER BY 1";

fn read(row: &PgRow, standbys: &[PgRow]) -> Result<ServerState, Error> {
    let standby = |row: &PgRow| {
        Ok(StandbyState {
            name: row.try_get(0)?,
            waited_for: row.try_get(1)?,
            lag: row.try_get(2)?,
        })
    };
    Ok(ServerState {
        version: row.try_get(0)?,
        encoding: row.try_get(1)?,
        collation: row.try_get(2)?,
        is_above_walls: row.try_get(3)?,
        may_build: row.try_get(4)?,
        of_others: row.try_get(5)?,
        unwalled: row.try_get(6)?,
        now: row.try_get(7)?,
        statement_timeout: row.try_get(8)?,
        lossy: row.try_get(9)?,
        bytes: row.try_get(10)?,
        connections: (row.try_get(11)?, row.try_get(12)?),
        is_ours: row.try_get(13)?,
        standbys: standbys.iter().map(standby).collect::<Result<_, Error>>()?,
    })
}
