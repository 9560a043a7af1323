//! The list of migrations as PostgreSQL takes them, and what of it a database has already seen.
//!
//! Why a lock before all: several processes open one database at once, and one of them makes its
//! tables. Why what is there is compared with tables made anew, in a schema of their own that is
//! taken back: only the server itself, whichever its version, knows how it writes down what it was told.
//! What it can't know: whether an index's pages are whole; that is `pg_amcheck`'s.

use crate::{StorageProblem, StorageProblemKind, StoreError};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Error, Row};
use std::collections::BTreeMap;
use std::fmt::Write as _;

struct Migration {
    version: u32,
    name: &'static str,
    sql: &'static str,
}

/// In order; a migration that was ever released is never edited. Versions mean what they mean in
/// `sqlite/schema.rs`.
const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 10,
        name: "chains",
        sql: include_str!("schema.sql"),
    },
    Migration {
        version: 11,
        name: "jobs",
        sql: include_str!("jobs.sql"),
    },
    Migration {
        version: 12,
        name: "trust",
        sql: include_str!("trust.sql"),
    },
    Migration {
        version: 13,
        name: "copy",
        sql: include_str!("copy.sql"),
    },
    Migration {
        version: 14,
        name: "kept",
        sql: include_str!("kept.sql"),
    },
];

/// The first form of which a database can be opened.
const FIRST: u32 = 10;

/// Where migrations are written down.
const WRITTEN_DOWN: &str = "CREATE TABLE IF NOT EXISTS fazun_schema (
    version    bigint PRIMARY KEY,
    name       text COLLATE \"C\" NOT NULL,
    checksum   bytea NOT NULL,
    partitions bigint NOT NULL
)";

/// A number of ours among the database's locks.
const LOCK: i64 = 1_178_688_085;

fn known() -> u32 {
    MIGRATIONS.last().map_or(0, |m| m.version)
}

/// What the tables are made by, in a few letters.
#[cfg(feature = "testing")]
pub(crate) fn fingerprint() -> String {
    let all = MIGRATIONS
        .iter()
        .flat_map(|m| [m.name, m.sql])
        .collect::<String>();
    let mut hash = ledger::hex(&ledger::sha256(all.as_bytes()));
    hash.truncate(12);
    hash
}

impl Migration {
    /// The statements, with the tables spread over so many parts (0: not spread), and a wall around
    /// each table that has agencies.
    fn statements(&self, partitions: u32) -> String {
        let spread = if partitions == 0 {
            ""
        } else {
            " PARTITION BY HASH (agency)"
        };
        let mut after = String::new();
        for table in tables(self.sql) {
            let _ = write!(
                after,
                "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
                 ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
                 CREATE POLICY own ON {table}
                     USING (agency = (SELECT current_setting('fazun.agency', true)));
                 CREATE POLICY whole ON {table} FOR SELECT
                     USING ((SELECT current_setting('fazun.across', true)) = 'whole');\n"
            );
            for part in 0..partitions {
                // A part is reached by its table alone: its wall has no door but the one by which
                // PostgreSQL's tools read it, which dump part after part.
                let _ = write!(
                    after,
                    "CREATE TABLE {table}_p{part} PARTITION OF {table}
                         FOR VALUES WITH (MODULUS {partitions}, REMAINDER {part});
                     ALTER TABLE {table}_p{part} ENABLE ROW LEVEL SECURITY;
                     ALTER TABLE {table}_p{part} FORCE ROW LEVEL SECURITY;
                     CREATE POLICY whole ON {table}_p{part} FOR SELECT
                         USING ((SELECT current_setting('fazun.across', true)) = 'whole');\n"
                );
            }
        }
        self.sql.replace("{spread}", spread).replace("{walls}", &after)
    }
}

/// The tables that a migration makes.
fn tables(sql: &str) -> Vec<&str> {
    sql.lines()
        .filter_map(|line| line.strip_prefix("CREATE TABLE ")?.split_whitespace().next())
        .collect()
}

/// Refuses a database that is another program's, is newer, or differs; gives its version, 0 where
/// it is empty.
pub(crate) async fn check(c: &mut PgConnection, place: &str) -> Result<u32, StoreError> {
    let failed = |e| StoreError::from_sqlx("檢查資料結構", place, e);
    let Some(schema) = sqlx::query_scalar::<_, Option<String>>("SELECT current_schema()::text")
        .fetch_one(&mut *c)
        .await
        .map_err(failed)?
    else {
        return Err(StoreError::NoRights {
            place: place.to_owned(),
            detail: "沒有可以使用的綱要（schema）".to_owned(),
        });
    };
    let ours: Option<bool> = sqlx::query_scalar("SELECT true FROM pg_class WHERE oid = to_regclass($1)")
        .bind(format!("{schema}.fazun_schema"))
        .fetch_optional(&mut *c)
        .await
        .map_err(failed)?;
    if ours.is_none() {
        let alien: Option<String> = sqlx::query_scalar(
            "SELECT t.relname::text FROM pg_class t WHERE t.relnamespace = to_regnamespace($1)
                 AND t.relkind IN ('r', 'p', 'v', 'm', 'f')
                 AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
             ORDER BY 1 LIMIT 1",
        )
        .bind(&schema)
        .fetch_optional(&mut *c)
        .await
        .map_err(failed)?;
        return match alien {
            Some(table) => Err(StoreError::Foreign {
                place: place.to_owned(),
                table,
            }),
            None => Ok(0),
        };
    }
    let rows = sqlx::query("SELECT version, checksum FROM fazun_schema ORDER BY version")
        .fetch_all(&mut *c)
        .await
        .map_err(failed)?;
    let mut reached = 0;
    for row in rows {
        let version: i64 = row.try_get(0).map_err(failed)?;
        let version = u32::try_from(version).unwrap_or(u32::MAX);
        let checksum: Vec<u8> = row.try_get(1).map_err(failed)?;
        if version > known() {
            return Err(StoreError::NewerSchema {
                path: place.into(),
                found: version,
                known: known(),
            });
        }
        if version < FIRST {
            return Err(StoreError::EarlierForm {
                place: place.to_owned(),
            });
        }
        let ours = MIGRATIONS.iter().find(|m| m.version == version);
        if ours.is_none_or(|m| ledger::sha256(m.sql.as_bytes()).as_slice() != checksum) {
            return Err(StoreError::AlteredSchema {
                path: place.into(),
                version,
            });
        }
        reached = version;
    }
    Ok(reached)
}

/// Applies what a database that reached `from` still lacks, all of it in one transaction.
pub(crate) async fn migrate(
    c: &mut PgConnection,
    place: &str,
    from: u32,
    partitions: u32,
) -> Result<(), StoreError> {
    if from >= known() {
        return Ok(());
    }
    let failed = |e| StoreError::from_sqlx("建立資料結構", place, e);
    run(c, "BEGIN").await.map_err(failed)?;
    let applied = in_turn(c, partitions).await;
    let end = if applied.is_ok() { "COMMIT" } else { "ROLLBACK" };
    run(c, end).await.map_err(failed)?;
    applied.map_err(|e| StoreError::unmigrated(place, known(), e))
}

async fn in_turn(c: &mut PgConnection, partitions: u32) -> Result<(), Error> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *c)
        .await?;
    run(c, WRITTEN_DOWN).await?;
    // Another process may have applied it while this one waited for the lock.
    let row = sqlx::query("SELECT COALESCE(MAX(version), 0), MAX(partitions) FROM fazun_schema")
        .fetch_one(&mut *c)
        .await?;
    let (reached, spread): (i64, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
    let partitions = match spread {
        Some(spread) => u32::try_from(spread).unwrap_or(0),
        None => partitions,
    };
    for migration in MIGRATIONS.iter().filter(|m| i64::from(m.version) > reached) {
        run(c, &migration.statements(partitions)).await?;
        sqlx::query("INSERT INTO fazun_schema (version, name, checksum, partitions) VALUES ($1, $2, $3, $4)")
            .bind(i64::from(migration.version))
            .bind(migration.name)
            .bind(ledger::sha256(migration.sql.as_bytes()).to_vec())
            .bind(i64::from(partitions))
            .execute(&mut *c)
            .await?;
    }
    Ok(())
}

/// Carries out statements as they stand, without preparing them.
pub(crate) async fn run(c: &mut PgConnection, sql: &str) -> Result<(), Error> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(c).await?;
    Ok(())
}

/// Where the tables are made anew to be compared with. What is made in it is gone with the transaction.
enum Scratch {
    /// The session's own place for temporary tables: whoever may connect may use it, unless the
    /// server's administrator took that away.
    Temporary,
    /// A schema; never there when anybody looks.
    Schema,
}

const SCRATCH: &str = "fazun_scratch";

impl Scratch {
    /// What the role may use; none where it may use neither.
    async fn of(c: &mut PgConnection) -> Result<Option<Self>, Error> {
        let row = sqlx::query(
            "SELECT has_database_privilege(current_database(), 'TEMPORARY'),
                    has_database_privilege(current_database(), 'CREATE')",
        )
        .fetch_one(c)
        .await?;
        Ok(match (row.try_get(0)?, row.try_get(1)?) {
            (true, _) => Some(Self::Temporary),
            (false, true) => Some(Self::Schema),
            (false, false) => None,
        })
    }

    /// Makes everything that the migrations make, and gives what the server says of it.
    async fn filled(&self, c: &mut PgConnection, partitions: u32) -> Result<BTreeMap<String, String>, Error> {
        let turn_to = match self {
            Self::Temporary => "SET LOCAL search_path = pg_temp".to_owned(),
            Self::Schema => format!("CREATE SCHEMA {SCRATCH}; SET LOCAL search_path = {SCRATCH}"),
        };
        run(c, &turn_to).await?;
        run(c, WRITTEN_DOWN).await?;
        for migration in MIGRATIONS {
            let mut made = migration.statements(partitions);
            if matches!(self, Self::Temporary) {
                // A function in the place for temporary things is found by its full name alone.
                made = made.replace("EXECUTE FUNCTION ", "EXECUTE FUNCTION pg_temp.");
            }
            run(c, &made).await?;
        }
        let name = match self {
            Self::Temporary => {
                let name = "SELECT nspname::text FROM pg_namespace WHERE oid = pg_my_temp_schema()";
                sqlx::query_scalar(name).fetch_one(&mut *c).await?
            }
            Self::Schema => SCRATCH.to_owned(),
        };
        parts(c, &name).await
    }
}

/// What of the schema is missing, alien or another than the migrations make it. The connection is in
/// a transaction of this question's own, and what is made in it is taken back.
pub(crate) async fn differences(c: &mut PgConnection) -> Result<Vec<StorageProblem>, Error> {
    let home: String = sqlx::query_scalar("SELECT current_schema()::text")
        .fetch_one(&mut *c)
        .await?;
    let partitions: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(partitions), 0) FROM fazun_schema")
        .fetch_one(&mut *c)
        .await?;
    let partitions = u32::try_from(partitions).unwrap_or(0);
    let mut found = Vec::new();
    let mut tell = |message| found.push(StorageProblem::new(StorageProblemKind::AlteredSchema, message));
    let Some(scratch) = Scratch::of(&mut *c).await? else {
        tell(
            "資料結構沒有比對：資料庫的帳號不能建立暫存資料表。請由資料庫管理者執行 \
             GRANT TEMPORARY ON DATABASE 資料庫 TO 帳號 後再驗證"
                .to_owned(),
        );
        return Ok(found);
    };
    let ours = parts(c, &home).await?;
    run(c, "SAVEPOINT scratch").await?;
    let made = scratch.filled(c, partitions).await?;
    run(c, "ROLLBACK TO scratch").await?;
    for (name, text) in &made {
        match ours.get(name) {
            Some(found) if found == text => {}
            Some(_) => tell(format!("資料庫的「{name}」與程式所建的不同：有人改過資料結構")),
            None => tell(format!("資料庫缺少「{name}」：有人刪過資料結構")),
        }
    }
    for name in ours.keys().filter(|name| !made.contains_key(*name)) {
        tell(format!("資料庫多出「{name}」：不是本系統所建"));
    }
    Ok(found)
}

/// Everything of a schema by kind and name, in words of the server's own. The schema's name stands
/// in front of some names and is left out; an object of an extension is the extension's.
async fn parts(c: &mut PgConnection, schema: &str) -> Result<BTreeMap<String, String>, Error> {
    let rows = sqlx::query(AssertSqlSafe(PARTS.to_owned()))
        .bind(schema)
        .fetch_all(c)
        .await?;
    let is_temporary = schema.starts_with("pg_temp_");
    let mut parts = BTreeMap::new();
    for row in &rows {
        let (name, text): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let mut text = text.replace(&format!("{schema}."), "");
        if is_temporary {
            // Some of the server's words call it so.
            text = text.replace("pg_temp.", "");
        }
        parts.insert(name, text);
    }
    Ok(parts)
}

const PARTS: &str = "
WITH own AS (
    SELECT t.* FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = $1
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
)
SELECT CASE t.relkind WHEN 'r' THEN 'table ' WHEN 'p' THEN 'table ' WHEN 'S' THEN 'sequence '
            WHEN 'v' THEN 'view ' WHEN 'm' THEN 'view ' ELSE 'relation ' END || t.relname,
       concat_ws(' ', t.relkind,
                 CASE WHEN t.relnamespace = pg_my_temp_schema() THEN 'p' ELSE t.relpersistence END, t.relrowsecurity, t.relforcerowsecurity,
                 pg_get_partkeydef(t.oid), pg_get_expr(t.relpartbound, t.oid),
                 CASE WHEN t.relkind IN ('v', 'm') THEN pg_get_viewdef(t.oid) END)
FROM own t WHERE t.relkind NOT IN ('i', 'I')
UNION ALL
SELECT 'column ' || t.relname || '.' || a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, l.collname,
                 pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated)
FROM own t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE t.relkind IN ('r', 'p')
UNION ALL
SELECT 'index ' || t.relname, pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid::text
FROM own t JOIN pg_index i ON i.indexrelid = t.oid
UNION ALL
SELECT 'constraint ' || t.relname || '.' || k.conname, pg_get_constraintdef(k.oid) || ' ' || k.convalidated::text
FROM own t JOIN pg_constraint k ON k.conrelid = t.oid
UNION ALL
SELECT 'trigger ' || t.relname || '.' || g.tgname, pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text
FROM own t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
UNION ALL
SELECT 'trigger of a key ' || t.relname || ' ' || p.proname,
       string_agg(g.tgenabled::text, '' ORDER BY g.tgenabled::text)
FROM own t JOIN pg_trigger g ON g.tgrelid = t.oid AND g.tgisinternal JOIN pg_proc p ON p.oid = g.tgfoid
GROUP BY t.relname, p.proname
UNION ALL
SELECT 'rule ' || t.relname || '.' || r.rulename, pg_get_ruledef(r.oid) || ' ' || r.ev_enabled::text
FROM own t JOIN pg_rewrite r ON r.ev_class = t.oid WHERE t.relkind IN ('r', 'p')
UNION ALL
SELECT 'policy ' || t.relname || '.' || p.polname,
       concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::text, pg_get_expr(p.polqual, p.polrelid),
                 pg_get_expr(p.polwithcheck, p.polrelid))
FROM own t JOIN pg_policy p ON p.polrelid = t.oid
UNION ALL
SELECT 'function ' || p.proname, concat_ws(' ', p.prosrc, p.prosecdef, l.lanname)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE n.nspname = $1
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')";
