//! Random damage to copies of a database: bytes of the file, rows, values, files, the order of
//! entries. All of it is found, and nothing is found in a copy that nobody touched.
//!
//! `FAZUN_SHAKEN=10000` says how many copies are damaged (and a fiftieth as many are left alone);
//! `FAZUN_SHAKEN_SEED` gives other ones. A byte in a part of a page that SQLite doesn't use changes
//! nothing that can be read: such copies are counted apart, and must read the same as before.

use super::{blob, commit, head, open, row};
use ledger::Head;
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Row};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use store::{AnyForms, DATABASE, OpenMode, Store};

/// Marsaglia's xorshift: the same changes for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.roll(all.len())]
    }
}

fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(otherwise)
}

/// Two agencies with rows of several versions, withdrawn ones and files.
async fn prepared(dir: &Path) -> Vec<Head> {
    let store = open(dir).await;
    for agency in ["a", "b"] {
        for n in 0..12_u8 {
            let bytes = [b"proof", agency.as_bytes(), &[n]].concat();
            let sha256 = ledger::hex(&ledger::sha256(&bytes));
            let body = json!({"name": format!("系統{n}"), "n": n, "filler": "資".repeat(200 + usize::from(n) * 40),
                              "tags": ["甲", "乙"], "evidence": [{"sha256": sha256}]});
            let mut first = commit(agency, vec![row("system", &format!("s{n:02}"), 0, body)]);
            first.blobs.push(blob(&bytes));
            store.commit(first).await.unwrap();
        }
        let again = (0..4).map(|n| row("system", &format!("s{n:02}"), 1, json!({"name": "改"})));
        store.commit(commit(agency, again.collect())).await.unwrap();
        store.list_texts(agency).await.unwrap();
        let gone = vec![row("system", "s05", 1, json!(null))];
        store.commit(commit(agency, gone)).await.unwrap();
        let again = (6..9).map(|n| row("system", &format!("s{n:02}"), 1, json!({"name": "又改"})));
        store.commit(commit(agency, again.collect())).await.unwrap();
    }
    let heads = vec![head(&store, "a").await, head(&store, "b").await];
    store.close().await;
    heads
}

async fn connection(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(false);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Tables of which every row counts, each with what tells a row apart.
const TABLES: [(&str, &[&str]); 10] = [
    (
        "ledger_entry",
        &[
            "seq",
            "prev",
            "at",
            "actor",
            "action",
            "register",
            "row_id",
            "version",
            "body_hash",
            "hash",
            "agency",
        ],
    ),
    ("chain_head", &["agency", "seq", "hash"]),
    (
        "row_version",
        &["agency", "seq", "register", "row_id", "version", "body"],
    ),
    (
        "row_head",
        &[
            "agency", "register", "row_id", "version", "seq", "body_seq", "author",
        ],
    ),
    ("row_value", &["agency", "register", "field", "value", "row_id"]),
    (
        "row_text",
        &[
            "agency",
            "register",
            "row_id",
            "spot",
            "open",
            "personal",
            "confidential",
        ],
    ),
    (
        "text_block",
        &["agency", "register", "block", "size", "live", "digest"],
    ),
    ("text_pair", &["agency", "register", "block", "pair", "places"]),
    ("blob", &["agency", "sha256", "bytes"]),
    ("row_file", &["agency", "sha256", "register", "row_id", "seq"]),
];

/// Everything that can be read of the records and of the schema; none where it can't be read.
async fn read_through(c: &mut SqliteConnection) -> Option<Vec<String>> {
    let mut all = Vec::new();
    let whole: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut *c)
        .await
        .ok()?;
    if whole != "ok" {
        return None;
    }
    let parts = sqlx::query("SELECT type || name || COALESCE(sql, '') FROM sqlite_schema ORDER BY 1");
    for part in parts.fetch_all(&mut *c).await.ok()? {
        all.push(part.try_get(0).ok()?);
    }
    for (table, columns) in TABLES {
        let quoted: Vec<String> = columns.iter().map(|c| format!("quote({c})")).collect();
        let sql = format!("SELECT {} FROM {table} ORDER BY 1", quoted.join("||'|'||"));
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *c).await.ok()?;
        for row in rows {
            all.push(row.try_get(0).ok()?);
        }
    }
    Some(all)
}

/// Changes something by SQL, with the triggers out of the way and put back; says what it did.
async fn changed(dice: &mut Dice, file: &Path) -> String {
    let mut c = connection(file).await;
    let triggers: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            .fetch_all(&mut c)
            .await
            .unwrap();
    let (table, columns) = *dice.pick(&TABLES);
    let rowid = |n: usize| {
        let keys = columns.join(", ");
        format!("({keys}) = (SELECT {keys} FROM {table} ORDER BY {keys} LIMIT 1 OFFSET {n})")
    };
    let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}")))
        .fetch_one(&mut c)
        .await
        .unwrap();
    let count = usize::try_from(count).unwrap();
    let one = rowid(dice.roll(count));
    let sql = match dice.roll(4) {
        0 => format!("DELETE FROM {table} WHERE {one}"),
        // An entry, or a row, in another's place.
        1 if ["ledger_entry", "row_version"].contains(&table) => {
            let (a, b) = (dice.roll(17) + 1, dice.roll(17) + 1);
            let b = if a == b { a % 17 + 1 } else { b };
            format!(
                "UPDATE {table} SET seq = 9000 WHERE agency = 'a' AND seq = {a};
                 UPDATE {table} SET seq = {a} WHERE agency = 'a' AND seq = {b};
                 UPDATE {table} SET seq = {b} WHERE agency = 'a' AND seq = 9000"
            )
        }
        _ => {
            let column = *dice.pick(columns);
            let value = match column {
                "seq" | "version" | "body_seq" | "at" | "spot" | "block" | "pair" => {
                    format!("{column} + {}", dice.roll(40) + 50)
                }
                "prev" | "hash" | "body_hash" => {
                    let byte = dice.roll(256);
                    format!("CAST(x'{}' AS BLOB)", format!("{byte:02x}").repeat(32))
                }
                "size" | "live" => format!("{column} - 1"),
                "digest" => format!("CAST(x'{}' AS BLOB)", "ab".repeat(32)),
                "bytes" | "places" => format!("CAST({column} || x'00' AS BLOB)"),
                "sha256" => format!("'{}'", format!("{:02x}", dice.roll(256)).repeat(32)),
                "agency" => "CASE agency WHEN 'a' THEN 'b' ELSE 'a' END || 'x'".to_owned(),
                "body" => "replace(body, 'n', 'm') || ' '".to_owned(),
                _ => format!("{column} || 'z'"),
            };
            format!("UPDATE {table} SET {column} = {value} WHERE {one}")
        }
    };
    for (name, _) in &triggers {
        let dropped = AssertSqlSafe(format!("DROP TRIGGER {name}"));
        sqlx::raw_sql(dropped).execute(&mut c).await.unwrap();
    }
    // A key that is there already refuses the change: then another one is made.
    let made = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut c).await;
    for (_, trigger) in triggers {
        sqlx::raw_sql(AssertSqlSafe(trigger))
            .execute(&mut c)
            .await
            .unwrap();
    }
    c.close().await.unwrap();
    if made.is_err() { String::new() } else { sql }
}

/// Whether damage is found: at opening, or by verifying everything against the kept heads.
async fn is_found(dir: &Path, kept: &[Head]) -> bool {
    let opened = Store::open_unverified(dir, OpenMode::MustExist, Arc::new(AnyForms)).await;
    let Ok(store) = opened else {
        return true;
    };
    let verified = store.verify(kept).await;
    store.close().await;
    verified.map_or(true, |v| !v.is_sound())
}

#[tokio::test]
async fn what_is_changed_anywhere_is_found() {
    let rounds = asked("FAZUN_SHAKEN", 150);
    let mut dice = Dice(asked("FAZUN_SHAKEN_SEED", 0x5eed_f00d));
    let whole = tempfile::tempdir().unwrap();
    let kept = prepared(whole.path()).await;
    let original = fs::read(whole.path().join(DATABASE)).unwrap();
    let before = read_through(&mut connection(&whole.path().join(DATABASE)).await)
        .await
        .unwrap();
    let (mut found, mut unused) = (0, 0);
    for round in 0..rounds {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(DATABASE);
        fs::write(&file, &original).unwrap();
        let what = if round % 3 == 0 {
            let mut bytes = original.clone();
            let at = dice.roll(bytes.len());
            let by = u8::try_from(dice.roll(255) + 1).unwrap();
            bytes[at] ^= by;
            fs::write(&file, bytes).unwrap();
            format!("byte {at} ^ {by:#04x}")
        } else {
            changed(&mut dice, &file).await
        };
        // Before anything opens it: opening for writing may mend what is not used.
        let reads_the_same = {
            let copy = dir.path().join("copy.db");
            fs::copy(&file, &copy).unwrap();
            match SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&copy)).await {
                Ok(mut c) => read_through(&mut c).await.as_ref() == Some(&before),
                Err(_) => false,
            }
        };
        if is_found(dir.path(), &kept).await {
            found += 1;
        } else {
            assert!(reads_the_same, "round {round}: not found: {what}");
            unused += 1;
        }
    }
    let alone = (rounds / 50).max(2);
    for _ in 0..alone {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(DATABASE), &original).unwrap();
        assert!(!is_found(dir.path(), &kept).await, "a false alarm");
    }
    println!(
        "{rounds} copies damaged: {found} found, {unused} changed nothing that is read; {alone} untouched, none reported"
    );
    assert!(found > unused * 2, "{found} found, {unused} not");
}
