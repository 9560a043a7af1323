//! Backups: a consistent copy while the system runs, checked before it is called one.
//!
//! Why checked both ways: a backup that was never read back is a hope. What it can't
//! know: whether the backup is the latest one; the checkpoint it gives says so when it
//! is compared with one kept elsewhere.

use super::connection::{Connection, For};
use super::open::{
    broken, check_header, create_dir, create_private, has_log, put_in_place, quick_check, unfinished,
};
use super::schema;
use crate::compiled::compiled_once;
use crate::link::{Link, aside};
use crate::store::Database;
use crate::unfinished::{self, SAYS_UNFINISHED};
use crate::value::args;
use crate::{DATABASE, Forms, Location, Store, StoreError, Verification, verify};
use ledger::Head;
use std::fs;
use std::path::{Path, PathBuf};

/// A backup that was made and read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Where its chains end: keep these lines elsewhere.
    pub heads: Vec<Head>,
}

/// A consistent copy of a database file, read back and verified: where its chains end.
async fn copy_of(from: &Path, to: &Path, forms: &dyn Forms) -> Result<Vec<Head>, StoreError> {
    let place = from.display().to_string();
    let failed = |e| StoreError::from_sqlx("備份", &place, e);
    let Some(name) = to.to_str() else {
        let source = std::io::Error::from(std::io::ErrorKind::InvalidFilename);
        return Err(StoreError::io("備份（檔名須為 UTF-8）", to, source));
    };
    // A connection of its own: the pool's readers may write nothing, not even
    // another file, and the writer must not wait for a copy.
    let c = Connection::open(from, For::Files).map_err(failed)?;
    aside(|| c.execute("VACUUM INTO $1", args![name], false)).map_err(failed)?;
    drop(c);
    let verification = Store::check_backup(to, &[], forms).await?;
    Ok(verification.heads())
}

/// Copies a database file as it is to a new one; how many bytes that has.
pub(crate) async fn of_file(from: &Path, to: &Path, forms: &dyn Forms) -> Result<u64, StoreError> {
    if to.exists() {
        return Err(StoreError::Exists { path: to.to_owned() });
    }
    let temporary = unfinished(to);
    create_private(&temporary)?;
    let placed = match copy_of(from, &temporary, forms).await {
        Ok(_) => put_in_place(&temporary, to),
        Err(e) => Err(e),
    };
    if placed.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    placed?;
    let made = fs::metadata(to).map_err(|e| StoreError::io("讀取備份", to, e))?;
    Ok(made.len())
}

/// Opens a file that nobody writes to, checks it fully and closes it again.
async fn examine(path: &Path, kept: &[Head], forms: &dyn Forms) -> Result<Verification, StoreError> {
    check_header(path)?;
    if has_log(path) {
        return Err(StoreError::RawCopy {
            path: path.to_owned(),
        });
    }
    let mut c = Connection::open(path, For::LookingAlone)
        .map_err(|e| StoreError::from_sqlx("開啟備份", &path.to_string_lossy(), e))?;
    let reached = schema::check(&c, path)?;
    aside(|| quick_check(&c, path))?;
    if reached >= SAYS_UNFINISHED {
        let dir = path.parent().unwrap_or(path);
        let to = Location::Sqlite(dir.to_owned()).typed();
        unfinished::refuse(&mut Link::Sqlite(&mut c), &path.to_string_lossy(), to).await?;
    }
    verify::full(&mut Link::Sqlite(&mut c), kept, forms)
        .await
        .map_err(|e| StoreError::from_sqlx("驗證帳本", &path.to_string_lossy(), e))
}

impl Store {
    /// Writes a consistent copy to a new file, while others go on writing, reads it back
    /// and verifies it; only then does it get its name.
    #[compiled_once]
    pub async fn backup(&self, to: &Path) -> Result<Backup, StoreError> {
        if to.exists() {
            return Err(StoreError::Exists { path: to.to_owned() });
        }
        let temporary = unfinished(to);
        create_private(&temporary)?;
        let made = match &self.database {
            Database::Sqlite(sqlite) => match sqlite.file() {
                Ok(file) => copy_of(file, &temporary, &*self.forms()).await,
                Err(e) => Err(self.failed("備份", e)),
            },
            Database::Postgres(postgres) => postgres.dump(&temporary).await,
        };
        let placed = match made {
            Ok(heads) => put_in_place(&temporary, to).map(|()| heads),
            Err(e) => Err(e),
        };
        if placed.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        let heads = placed?;
        let bytes = fs::metadata(to)
            .map_err(|e| StoreError::io("讀取備份", to, e))?
            .len();
        Ok(Backup {
            path: to.to_owned(),
            bytes,
            heads,
        })
    }

    /// Opens a backup without changing it and verifies all of it, against heads that
    /// were kept if some were; an unsound backup is an error that says what is wrong.
    #[compiled_once]
    pub async fn check_backup(
        backup: &Path,
        kept: &[Head],
        forms: &dyn Forms,
    ) -> Result<Verification, StoreError> {
        if !backup.exists() {
            return Err(StoreError::NotFound {
                path: backup.to_owned(),
            });
        }
        let verification = examine(backup, kept, forms).await?;
        if verification.is_sound() {
            Ok(verification)
        } else {
            Err(broken(backup, verification))
        }
    }

    /// Puts a checked backup into a data directory that has no database, and gives
    /// where its chains end. Open it afterwards as usual.
    #[compiled_once]
    pub async fn restore(
        backup: &Path,
        dir: &Path,
        kept: &[Head],
        forms: &dyn Forms,
    ) -> Result<Vec<Head>, StoreError> {
        let path = dir.join(DATABASE);
        if path.exists() {
            return Err(StoreError::Occupied { path });
        }
        if has_log(&path) {
            return Err(StoreError::Leftover { path });
        }
        let verification = Self::check_backup(backup, kept, forms).await?;
        create_dir(dir)?;
        let temporary = unfinished(&path);
        create_private(&temporary)?;
        let (from, to) = (backup.to_owned(), temporary.clone());
        let copied = tokio::task::spawn_blocking(move || {
            // Not `fs::copy`: it would copy the backup's permissions too.
            let mut target = fs::OpenOptions::new().write(true).open(&to)?;
            std::io::copy(&mut fs::File::open(&from)?, &mut target)
        })
        .await
        .unwrap_or_else(|e| Err(std::io::Error::other(e)))
        .map_err(|e| StoreError::io("還原", &path, e));
        // The copy is examined too: it is what will be opened.
        let placed = match copied {
            Ok(_) => Self::check_backup(&temporary, kept, forms)
                .await
                .and_then(|_| put_in_place(&temporary, &path)),
            Err(e) => Err(e),
        };
        if placed.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        placed.map(|()| verification.heads())
    }
}
