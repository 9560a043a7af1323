//! Opening the database: it is whole, ours, not newer, and its ledger holds, or it isn't opened.
//!
//! Why so strict: a system that proves compliance must not run on records of which it
//! can't say that they are the ones it wrote. Nothing here repairs. What it can't know:
//! damage that happens while the file is open; `Store::verify` finds that.

use super::connection::{Connection, For};
use super::readers::{Reader, Readers};
use super::schema;
use super::spot::Spot;
use super::writer::Writer;
use crate::link::aside;
use crate::{DATABASE, OpenMode, StoreError, Verification};
use sqlx::Error;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file of at most so many bytes is read through before it is opened, which takes a fifth of a
/// second; a larger one by the verification that follows the start and comes every night.
pub(crate) const READ_AT_OPEN: u64 = 64 * 1024 * 1024;

/// An open SQLite database: one connection writes, a few read.
#[derive(Debug, Clone)]
pub(crate) struct Sqlite {
    pub(crate) writer: Writer,
    pub(crate) readers: Readers,
    spot: Arc<Spot>,
}

impl Sqlite {
    /// Opens the database of a data directory: it is whole and ours.
    pub(crate) fn open(dir: &Path, mode: OpenMode) -> Result<Self, StoreError> {
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
            aside(|| create(dir, &path))?;
        }
        check_header(&path)?;
        aside(|| refuse_foreign(&path))?;
        let place: Arc<str> = path.display().to_string().into();
        let failed = |e| StoreError::from_sqlx("開啟資料庫", &place, e);
        let first = Connection::open(&path, For::Writing).map_err(failed)?;
        let spot = Spot::of(&path).map_err(|e| StoreError::io("讀取資料庫", &path, e))?;
        let spot = Arc::new(spot);
        aside(|| prepare(&first, &path))?;
        let readers = Readers::of(&spot).map_err(failed)?;
        let writer = Writer::start(first, &spot, Arc::clone(&place))?;
        Ok(Self {
            writer,
            readers,
            spot,
        })
    }

    /// Closes the database; outstanding writes are finished first.
    pub(crate) async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }

    /// The database's file, where it still is the one that was opened.
    pub(crate) fn file(&self) -> Result<&Path, Error> {
        self.spot.check()?;
        Ok(self.spot.path())
    }

    /// What it is called.
    pub(crate) fn path(&self) -> &Path {
        self.spot.path()
    }
}

/// Refuses another program's database before anything of it is changed: to be written to, it would be
/// given a log beside it for good. What is wrong with one of ours is found once it is open.
fn refuse_foreign(path: &Path) -> Result<(), StoreError> {
    if beside(path, "-wal") || beside(path, "-shm") {
        return Ok(());
    }
    let Ok(c) = Connection::open(path, For::LookingAlone) else {
        return Ok(());
    };
    match schema::check(&c, path) {
        Err(refused @ StoreError::NotOurs { .. }) => Err(refused),
        _ => Ok(()),
    }
}

/// Whether a file of that ending lies beside a database.
fn beside(path: &Path, ending: &str) -> bool {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    Path::new(&name).exists()
}

fn prepare(c: &Connection, path: &Path) -> Result<(), StoreError> {
    let version = schema::check(c, path)?;
    let length = fs::metadata(path).map_err(|e| StoreError::io("讀取資料庫", path, e))?;
    if length.len() <= READ_AT_OPEN {
        quick_check(c, path)?;
    }
    schema::migrate(c, path, version)
}

pub(crate) fn broken(path: &Path, verification: Verification) -> StoreError {
    StoreError::Broken {
        path: path.to_owned(),
        verification: Box::new(verification),
    }
}

/// SQLite's own check of the pages, tables and indices.
pub(crate) fn quick_check(c: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |e| StoreError::from_sqlx("檢查資料庫", &path.to_string_lossy(), e);
    let said = c
        .rows("PRAGMA quick_check(3)", Vec::new(), false)
        .map_err(failed)?;
    let said: Vec<&str> = said
        .iter()
        .map(|cells| cells.text(0))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    if said.iter().all(|line| *line == "ok") {
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
fn create(dir: &Path, path: &Path) -> Result<(), StoreError> {
    create_dir(dir)?;
    let temporary = unfinished(path);
    if temporary.exists() {
        fs::remove_file(&temporary).map_err(|e| StoreError::io("清除未完成的檔案", &temporary, e))?;
    }
    create_private(&temporary)?;
    let made = fill(&temporary);
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

fn fill(path: &Path) -> Result<(), StoreError> {
    let failed = |e| StoreError::from_sqlx("建立資料庫", &path.to_string_lossy(), e);
    let c = Connection::open(path, For::Files).map_err(failed)?;
    schema::migrate(&c, path, 0)
}

/// Begins to read a database without changing anything of it; gives the schema that it has reached.
/// Where nobody else has it open, the file is taken for one that never changes, so that not even a
/// log appears beside it.
pub(crate) fn look(path: &Path) -> Result<(Reader, u32), StoreError> {
    if !path.exists() {
        return Err(StoreError::NotFound {
            path: path.to_owned(),
        });
    }
    check_header(path)?;
    let place = path.display().to_string();
    let failed = |e| StoreError::from_sqlx("檢視資料庫", &place, e);
    let purpose = if beside(path, "-wal") || beside(path, "-shm") {
        For::Looking
    } else {
        For::LookingAlone
    };
    let c = Connection::open(path, purpose).map_err(failed)?;
    let mut reader = Reader::alone(c).map_err(failed)?;
    let c = reader.connection();
    let reached = schema::check(c, path)?;
    aside(|| quick_check(c, path))?;
    Ok((reader, reached))
}
