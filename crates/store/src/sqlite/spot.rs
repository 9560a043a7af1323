//! Whether a database's file still lies where it was opened.
//!
//! Why: a file that was moved away is written on as if nothing had happened, and what was acknowledged
//! then lies where nobody looks for it. Why by device and inode: another file under the same name, a
//! backup that was put there, is not the one that we have open. What it can't know: a file that is
//! moved away between the last look and the end of the transaction.

use sqlx::Error;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// How long readers take it for granted that the file is there, in milliseconds.
const GRANTED: u64 = 1_000;

/// The file is not where it was opened.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the database's file was moved away or replaced")]
pub(crate) struct Away;

/// By what a file is known, whatever it is called.
#[cfg(unix)]
type Identity = (u64, u64);
/// Only whether there is one.
#[cfg(not(unix))]
type Identity = ();

#[cfg(unix)]
fn identity(file: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (file.dev(), file.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {}

/// Where a database's file lay when it was opened, and which file it was.
#[derive(Debug)]
pub(crate) struct Spot {
    path: PathBuf,
    opened: Identity,
    since: Instant,
    /// Up to when it is taken for granted.
    granted: AtomicU64,
}

impl Spot {
    /// Of a file that was just opened to be written: layered file systems may number it anew then.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            opened: identity(&std::fs::metadata(path)?),
            since: Instant::now(),
            granted: AtomicU64::new(0),
        })
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Refuses where the file is not there any more, or is another one.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if std::fs::metadata(&self.path).is_ok_and(|file| identity(&file) == self.opened) {
            return Ok(());
        }
        // Readers are not to wait for their next look.
        self.granted.store(0, Ordering::Relaxed);
        Err(Error::Io(io::Error::new(io::ErrorKind::NotFound, Away)))
    }

    /// The same, looked at seldom while it is there.
    pub(crate) fn check_seldom(&self) -> Result<(), Error> {
        let now = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        if now < self.granted.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.check()?;
        self.granted.store(now.saturating_add(GRANTED), Ordering::Relaxed);
        Ok(())
    }
}

/// Whether an error says that the file is away.
pub(crate) fn is_away(error: &Error) -> bool {
    match error {
        Error::Io(error) => matches!(error.get_ref(), Some(cause) if cause.is::<Away>()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_is_known_wherever_it_goes() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("a"), dir.path().join("b"));
        fs::write(&path, "1").unwrap();
        let spot = Spot::of(&path).unwrap();
        spot.check().unwrap();
        fs::rename(&path, &other).unwrap();
        assert!(is_away(&spot.check().unwrap_err()));
        fs::copy(&other, &path).unwrap();
        assert!(is_away(&spot.check().unwrap_err()));
        fs::rename(&other, &path).unwrap();
        spot.check().unwrap();
    }

    #[test]
    fn readers_look_seldom_and_notice_what_a_writer_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("a"), dir.path().join("b"));
        fs::write(&path, "1").unwrap();
        let spot = Spot::of(&path).unwrap();
        spot.granted.store(u64::MAX, Ordering::Relaxed);
        fs::rename(&path, &other).unwrap();
        spot.check_seldom().unwrap();
        spot.check().unwrap_err();
        assert!(is_away(&spot.check_seldom().unwrap_err()));
        fs::rename(&other, &path).unwrap();
        spot.check_seldom().unwrap();
        assert!(spot.granted.load(Ordering::Relaxed) >= GRANTED);
    }
}
