//! Opening the database: it is whole, ours, not newer, and its ledger holds, or it isn't opened.
//!
//! Why so strict: a system that proves compliance must not run on records of which it
//! can't say that they are the ones it wrote. Nothing here repairs. What it can't know:
//! damage that happens while the file is open; `Store::verify` finds that.

use super::connection::{BUSY, PREPARED};
use super::schema;
use super::writer::Writer;
use crate::{DATABASE, OpenMode, StoreError, Verification};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many transactions read at once; a further one waits for one of them.
const READERS: u32 = 8;

/// A file of at most so many bytes is read through before it is opened, which takes a fifth of a
/// second; a larger one by the verification that follows the start and comes every night.
pub(crate) const READ_AT_OPEN: u64 = 64 * 1024 * 1024;

/// How long readers that are under way are waited for when the database is closed.
const READERS_LEAVE: Duration = Duration::from_millis(500);

/// An open SQLite database: one connection writes, a few read.
#[derive(Debug, Clone)]
pub(crate) struct Sqlite {
    pub(crate) writer: Writer,
    pub(crate) read: SqlitePool,
    path: PathBuf,
}

impl Sqlite {
    /// Opens the database of a data directory: it is whole and ours.
    pub(crate) async fn open(dir: &Path, mode: OpenMode) -> Result<Self, StoreError> {
        let path = dir.join(DATABASE);
        let there = path
            .try_exists()
            .map_err(|e| StoreError::io("尋找資料庫", &path, e))?;
        if !there {
            if mode == OpenMode::MustExist {
                return Err(StoreError::NotFound { path });
            }
            if has_log(&path) {
                return Err(StoreError::Leftover { path });
            }
            create(dir, &path).await?;
        }
        check_header(&path)?;
        let place: Arc<str> = path.display().to_string().into();
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .statement_cache_capacity(PREPARED)
            .disable_statement_logging();
        let failed = |e| StoreError::from_sqlx("開啟資料庫", &place, e);
        let mut first = options.connect().await.map_err(failed)?;
        if let Err(e) = prepare(&mut first, &path).await {
            let _ = first.close().await;
            return Err(e);
        }
        let read = SqlitePoolOptions::new()
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .max_connections(READERS)
            .connect_with(options.pragma("query_only", "ON"))
            .await
            .map_err(failed)?;
        let writer = Writer::start(&path, place)?;
        let _ = first.close().await;
        Ok(Self { writer, read, path })
    }

    /// Closes the database; outstanding writes are finished first.
    pub(crate) async fn close(&self) {
        self.writer.close().await;
        // Whoever still reads is not waited for much longer: nothing of a reading can be lost.
        let _ = tokio::time::timeout(READERS_LEAVE, self.read.close()).await;
    }

    /// The database's file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

async fn prepare(c: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let version = schema::check(c, path).await?;
    let length = fs::metadata(path).map_err(|e| StoreError::io("讀取資料庫", path, e))?;
    if length.len() <= READ_AT_OPEN {
        quick_check(c, path).await?;
    }
    schema::migrate(c, path, version).await
}

pub(crate) fn broken(path: &Path, verification: Verification) -> StoreError {
    StoreError::Broken {
        path: path.to_owned(),
        verification: Box::new(verification),
    }
}

/// SQLite's own check of the pages, tables and indices.
pub(crate) async fn quick_check(c: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let said: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(3)")
        .fetch_all(&mut *c)
        .await
        .map_err(|e| StoreError::from_sqlx("檢查資料庫", &path.to_string_lossy(), e))?;
    if said.iter().all(|line| line == "ok") {
        Ok(())
    } else {
        Err(StoreError::Corrupt {
            path: path.to_owned(),
            detail: said.join("; "),
        })
    }
}

/// SQLite takes an empty file for a new database; a file that was cut to nothing must
/// not become one.
pub(crate) fn check_header(path: &Path) -> Result<(), StoreError> {
    let failed = |e| StoreError::io("讀取資料庫", path, e);
    let file = fs::File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let mut head = Vec::new();
    file.take(18).read_to_end(&mut head).map_err(failed)?;
    let detail = if head.is_empty() {
        "檔案是空的"
    } else if !head.starts_with(b"SQLite format 3\0") {
        "檔頭不符"
    } else if !length.is_multiple_of(page_size(&head)) {
        // SQLite would read what is missing of the last page as zeros.
        "檔案被截斷，長度不是整頁"
    } else {
        return Ok(());
    };
    Err(StoreError::NotADatabase {
        path: path.to_owned(),
        detail: detail.to_owned(),
    })
}

/// Bytes a page, as the header says: 1 stands for 65,536.
fn page_size(head: &[u8]) -> u64 {
    match head.get(16..18) {
        Some([0, 1]) => 65_536,
        Some([high, low]) => (u64::from(*high) << 8 | u64::from(*low)).max(1),
        _ => 1,
    }
}

/// Whether a write-ahead log with something in it lies beside a database.
pub(crate) fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    fs::metadata(log).is_ok_and(|m| m.len() > 0)
}

/// An empty file that only we can read.
pub(crate) fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Err(StoreError::Exists {
            path: path.to_owned(),
        }),
        Err(e) => Err(StoreError::io("建立檔案", path, e)),
    }
}

/// Moves a finished file to its name, never over another, and makes that durable.
pub(crate) fn put_in_place(from: &Path, to: &Path) -> Result<(), StoreError> {
    let failed = |e| StoreError::io("就定位", to, e);
    fs::File::open(from).and_then(|f| f.sync_all()).map_err(failed)?;
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from).map_err(failed)?,
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(StoreError::Exists { path: to.to_owned() });
        }
        // File systems without hard links.
        Err(_) => {
            if to.try_exists().map_err(failed)? {
                return Err(StoreError::Exists { path: to.to_owned() });
            }
            fs::rename(from, to).map_err(failed)?;
        }
    }
    #[cfg(unix)]
    if let Some(dir) = to.parent().filter(|d| !d.as_os_str().is_empty()) {
        fs::File::open(dir).and_then(|d| d.sync_all()).map_err(failed)?;
    }
    Ok(())
}

/// A sibling's name for a file that isn't finished.
pub(crate) fn unfinished(path: &Path) -> PathBuf {
    // Two of one process may be at it at once.
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut name = path.as_os_str().to_owned();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    name.push(format!(".new-{}-{count}", std::process::id()));
    PathBuf::from(name)
}

/// Makes the directory where it is missing, for us alone.
pub(crate) fn create_dir(dir: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(dir)
        .map_err(|e| StoreError::io("建立資料目錄", dir, e))
}

/// An empty database appears under its name only when it is complete, so that a crash
/// leaves none or a whole one.
async fn create(dir: &Path, path: &Path) -> Result<(), StoreError> {
    create_dir(dir)?;
    let temporary = unfinished(path);
    if temporary.exists() {
        fs::remove_file(&temporary).map_err(|e| StoreError::io("清除未完成的檔案", &temporary, e))?;
    }
    create_private(&temporary)?;
    let made = fill(&temporary).await;
    let placed = made.and_then(|()| put_in_place(&temporary, path));
    if placed.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    match placed {
        // Another process was faster: its database is as good.
        Err(StoreError::Exists { .. }) => Ok(()),
        other => other,
    }
}

async fn fill(path: &Path) -> Result<(), StoreError> {
    let failed = |e| StoreError::from_sqlx("建立資料庫", &path.to_string_lossy(), e);
    let mut c = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .disable_statement_logging()
        .connect()
        .await
        .map_err(failed)?;
    let migrated = schema::migrate(&mut c, path, 0).await;
    c.close().await.map_err(failed)?;
    migrated
}

/// Begins to read a database without changing anything of it; gives the schema that it has reached.
/// Where nobody else has it open, the file is taken for one that never changes, so that not even a
/// log appears beside it.
pub(crate) async fn look(path: &Path) -> Result<(sqlx::Transaction<'static, sqlx::Sqlite>, u32), StoreError> {
    if !path.exists() {
        return Err(StoreError::NotFound {
            path: path.to_owned(),
        });
    }
    check_header(path)?;
    let place = path.display().to_string();
    let failed = |e| StoreError::from_sqlx("檢視資料庫", &place, e);
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        Path::new(&name).exists()
    };
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .read_only(true)
        .immutable(!beside("-wal") && !beside("-shm"))
        .busy_timeout(Duration::from_secs(10))
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .map_err(failed)?;
    let mut tx = pool.begin().await.map_err(failed)?;
    let reached = schema::check(&mut tx, path).await?;
    quick_check(&mut tx, path).await?;
    Ok((tx, reached))
}
