//! Backups by PostgreSQL's own tools, and what came back of them.
//!
//! Why a snapshot is handed to the tool: the heads that are told beside a backup are then those that
//! are in it, whoever writes meanwhile. Why restoring ends with a verification of everything: a dump
//! is read back by nobody else. What it can't know: whether the backup is the latest one.

use super::address::Address;
use super::open::{Across, Postgres};
use super::schema;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::location::Location;
use crate::{Forms, OpenMode, StorageProblem, Store, StoreError, candidate, chain};
use ledger::Head;
use sqlx::Connection;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use tokio::io::AsyncReadExt;

const DUMP: &str = "pg_dump";
const RESTORE: &str = "pg_restore";

impl Postgres {
    /// Dumps the database into a file that is there and empty; gives where its chains end in it.
    pub(crate) async fn dump(&self, to: &Path) -> Result<Vec<Head>, StoreError> {
        const DOING: &str = "備份";
        let place = self.address.to_string();
        let failed = |e| StoreError::from_sqlx(DOING, &place, e);
        let mut tx = match self.begin_across(Across::Whole).await {
            Ok(tx) => tx,
            Err(error) => return Err(self.unreached(DOING, error).await),
        };
        // It waits for the tool.
        let snapshot: String = {
            schema::run(&mut tx, "SET LOCAL idle_in_transaction_session_timeout = 0")
                .await
                .map_err(failed)?;
            let exported = sqlx::query_scalar("SELECT pg_export_snapshot()")
                .fetch_one(&mut *tx)
                .await;
            exported.map_err(failed)?
        };
        let heads = chain::heads(&mut Link::Postgres(&mut tx)).await.map_err(failed)?;
        let Some(file) = to.to_str() else {
            let source = std::io::Error::from(std::io::ErrorKind::InvalidFilename);
            return Err(StoreError::io("備份（檔名須為 UTF-8）", to, source));
        };
        // Behind the wall there is nothing unless it is said that the whole is read.
        let whole = "-c fazun.across=whole -c statement_timeout=0";
        let snapshot = format!("--snapshot={snapshot}");
        let arguments = [
            "--format=custom",
            "--enable-row-security",
            "--no-owner",
            "--no-privileges",
            &snapshot,
            "--file",
            file,
        ];
        tool(&self.address, DUMP, &arguments, whole).await?;
        drop(tx);
        read_back(&self.address, file, &heads).await?;
        Ok(heads)
    }

    /// How the tables differ from those that the migrations make, in a transaction that is taken back.
    pub(crate) async fn differences(&self) -> Result<Vec<StorageProblem>, StoreError> {
        let place = self.address.to_string();
        let failed = |e| StoreError::from_sqlx("檢查資料結構", &place, e);
        let mut c = self.connection().await?;
        schema::run(&mut c, "BEGIN").await.map_err(failed)?;
        let found = schema::differences(&mut c).await.map_err(failed);
        schema::run(&mut c, "ROLLBACK").await.map_err(failed)?;
        c.close().await.map_err(failed)?;
        found
    }
}

impl Store {
    /// Puts a backup into a place that has no database, verifies all of it, and gives where its
    /// chains end. Open it afterwards as usual.
    #[compiled_once]
    pub async fn restore_at(
        backup: &Path,
        to: &Location,
        kept: &[Head],
        forms: Arc<dyn Forms>,
    ) -> Result<Vec<Head>, StoreError> {
        candidate::check(backup, to)?;
        let address = match to {
            Location::Sqlite(dir) => {
                let restored = Self::restore(backup, dir, kept, &*forms).await;
                return restored.map_err(|e| candidate::of_backup(backup, e));
            }
            Location::Postgres(address) => address,
        };
        let Some(file) = backup.to_str() else {
            let source = std::io::Error::from(std::io::ErrorKind::InvalidFilename);
            return Err(StoreError::io("還原（檔名須為 UTF-8）", backup, source));
        };
        if !Postgres::is_empty(address).await? {
            return Err(StoreError::NotEmpty {
                place: address.to_string(),
            });
        }
        // Nothing stays of a backup that ends half-way.
        let arguments = [
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            "--dbname",
            address.database_name(),
            file,
        ];
        tool(address, RESTORE, &arguments, "-c statement_timeout=0").await?;
        let store = Self::open_at_unverified(to, OpenMode::MustExist, forms).await?;
        let verification = store.verify(kept).await;
        store.close().await;
        let verification = verification?;
        if verification.is_sound() {
            Ok(verification.heads())
        } else {
            Err(crate::sqlite::open::broken(
                Path::new(&address.to_string()),
                verification,
            ))
        }
    }
}

/// Reads a dump to its end by the tool, and compares what is in it with where the chains ended: a
/// dump that a wall kept from reading is well-formed and empty. What the rows mean is verified when
/// they are restored.
async fn read_back(address: &Address, file: &str, heads: &[Head]) -> Result<(), StoreError> {
    let failed = |detail: &str| StoreError::FailedTool {
        tool: DUMP,
        detail: detail.to_owned(),
    };
    let mut child = command(address, RESTORE, &["--data-only", "--file=-", file], "")
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| not_run(RESTORE, &e))?;
    let Some(mut said) = child.stdout.take() else {
        return Err(failed("讀不到備份的內容"));
    };
    let mut reader = DumpReader::default();
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let read = said.read(&mut bytes).await.map_err(|e| not_run(RESTORE, &e))?;
        if read == 0 {
            break;
        }
        reader.take(bytes.get(..read).unwrap_or_default());
    }
    let done = child.wait_with_output().await.map_err(|e| not_run(RESTORE, &e))?;
    finished(RESTORE, &done)?;
    if reader.holds(heads) {
        Ok(())
    } else {
        Err(failed("備份檔裡的帳本與資料庫的不符，備份不完整"))
    }
}

/// What of a dump is counted as it goes by. Of a line only the beginning is kept: one may be a file.
#[derive(Default)]
struct DumpReader {
    line: Vec<u8>,
    table: String,
    heads: Vec<String>,
    entries: u64,
    versions: u64,
}

impl DumpReader {
    fn take(&mut self, bytes: &[u8]) {
        const KEPT: usize = 2_048;
        for &byte in bytes {
            if byte == b'\n' {
                self.line_ends();
            } else if self.line.len() < KEPT {
                self.line.push(byte);
            }
        }
    }

    fn line_ends(&mut self) {
        let line = String::from_utf8_lossy(&self.line).into_owned();
        self.line.clear();
        if self.table.is_empty() {
            if let Some(copied) = line
                .strip_prefix("COPY ")
                .filter(|_| line.ends_with("FROM stdin;"))
            {
                let name = copied.split_whitespace().next().unwrap_or_default();
                self.table = name.rsplit('.').next().unwrap_or_default().to_owned();
            }
        } else if line == "\\." {
            self.table.clear();
        } else if self.table.starts_with("chain_head") {
            let fields: Vec<&str> = line.split('\t').take(3).collect();
            self.heads.push(fields.join("\t"));
        } else if self.table.starts_with("ledger_entry") {
            self.entries += 1;
        } else if self.table.starts_with("row_version") {
            self.versions += 1;
        }
    }

    /// Whether exactly these chains went by, with an entry and a version for each position of them.
    fn holds(&mut self, heads: &[Head]) -> bool {
        let mut expected: Vec<String> = heads.iter().map(DumpReader::line_of).collect();
        expected.sort();
        self.heads.sort();
        let entries: u64 = heads.iter().map(|h| h.seq).sum();
        self.heads == expected && self.entries == entries && self.versions == entries
    }

    /// A head as a dump has it.
    fn line_of(head: &Head) -> String {
        let mut agency = head.agency.replace('\\', "\\\\");
        for (control, letter) in [('\t', "\\t"), ('\n', "\\n"), ('\r', "\\r")] {
            agency = agency.replace(control, letter);
        }
        format!("{agency}\t{}\t\\\\x{}", head.seq, ledger::hex(&head.hash))
    }
}

fn command(
    address: &Address,
    name: &'static str,
    arguments: &[&str],
    options: &str,
) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(name);
    command
        .args(arguments)
        .envs(address.environment())
        .env("PGOPTIONS", options)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

fn not_run(name: &'static str, error: &std::io::Error) -> StoreError {
    if error.kind() == std::io::ErrorKind::NotFound {
        return StoreError::MissingTool { tool: name };
    }
    StoreError::FailedTool {
        tool: name,
        detail: error.to_string(),
    }
}

fn finished(name: &'static str, done: &std::process::Output) -> Result<(), StoreError> {
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let first: Vec<&str> = said
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(3)
        .collect();
    Err(StoreError::FailedTool {
        tool: name,
        detail: first.join("；"),
    })
}

/// Runs one of PostgreSQL's tools; what it says on an error is told, without what it was told.
async fn tool(
    address: &Address,
    name: &'static str,
    arguments: &[&str],
    options: &str,
) -> Result<(), StoreError> {
    let done = command(address, name, arguments, options).output().await;
    finished(name, &done.map_err(|e| not_run(name, &e))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_that_failed_says_its_first_lines() {
        let ended = |command: &str| {
            let mut shell = std::process::Command::new("sh");
            finished(RESTORE, &shell.args(["-c", command]).output().unwrap())
        };
        assert!(ended("echo warning >&2").is_ok());
        let Err(StoreError::FailedTool { tool, detail }) = ended("printf 'a\\n\\nb\\nc\\nd\\n' >&2; exit 1")
        else {
            panic!("a failure was taken for none");
        };
        assert_eq!((tool, detail.as_str()), (RESTORE, "a；b；c"));
    }

    #[test]
    fn a_dump_is_counted_as_it_goes_by() {
        let head = Head {
            agency: "a\\b".into(),
            seq: 2,
            hash: [7; 32],
        };
        let text = format!(
            "SET x = 1;\nCOPY public.chain_head_p0 (agency, seq, hash, at, derived) FROM stdin;\n{}\t99\tany\n\\.\n\n\
             COPY public.ledger_entry (agency) FROM stdin;\na\na\n\\.\n\
             COPY public.row_version (agency) FROM stdin;\na\n{}\n\\.\nCOPY 5\n",
            DumpReader::line_of(&head),
            "x".repeat(9_000)
        );
        let mut reader = DumpReader::default();
        for bytes in text.as_bytes().chunks(7) {
            reader.take(bytes);
        }
        assert_eq!(reader.heads, [DumpReader::line_of(&head)]);
        assert_eq!(reader.heads, [format!("a\\\\b\t2\t\\\\x{}", "07".repeat(32))]);
        assert_eq!((reader.entries, reader.versions), (2, 2));
        assert!(reader.line.len() <= 2_048 && reader.table.is_empty());
    }

    #[test]
    fn a_dump_that_lacks_anything_is_not_whole() {
        let head = |agency: &str, seq| Head {
            agency: agency.into(),
            seq,
            hash: [1; 32],
        };
        let heads = [head("b", 2), head("a", 3)];
        let went_by = |lines: &[&Head], entries, versions| DumpReader {
            heads: lines.iter().map(|h| DumpReader::line_of(h)).collect(),
            entries,
            versions,
            ..DumpReader::default()
        };
        let [b, a] = &heads;
        assert!(went_by(&[a, b], 5, 5).holds(&heads));
        for mut short in [
            went_by(&[a], 5, 5),
            went_by(&[a, &head("b", 1)], 5, 5),
            went_by(&[a, b], 4, 5),
            went_by(&[a, b], 5, 4),
            went_by(&[a, b], 6, 6),
        ] {
            assert!(
                !short.holds(&heads),
                "{:?} {} {}",
                short.heads,
                short.entries,
                short.versions
            );
        }
    }
}
