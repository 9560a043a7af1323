//! The last law data that loaded, kept beside the records.
//!
//! Why: an officer who edits the law folder and makes a slip must not find the product shut; the
//! files are refused with their places, and the product goes on with those that last loaded. What
//! it can't know: whether the old data is still the law; so every page says that it is old.

use crate::AppError;
use crate::lawbook::{files_of, load, load_law};
use law::{Corpus, LawError, SourceFile};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The law to work with, and why it is not the one asked for.
pub struct LawInUse {
    /// The corpus.
    pub corpus: Arc<Corpus>,
    /// What was refused; empty where the law asked for is in use.
    pub refused: Vec<LawError>,
}

/// Loads the law of a folder, or the one shipped; a folder that doesn't load is replaced by what
/// last loaded over this data directory.
///
/// # Errors
/// Where the folder can't be read, or doesn't load and nothing loaded before.
pub fn law_for(dir: Option<&Path>, data: &Path) -> Result<LawInUse, AppError> {
    let Some(dir) = dir else {
        return Ok(LawInUse {
            corpus: load_law(None)?,
            refused: Vec::new(),
        });
    };
    let place = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let place = place.to_string_lossy().into_owned();
    let read = files_of(dir).map_err(|error| {
        let folder = dir.display().to_string();
        vec![LawError::new(folder, 0, error.to_string(), "請更正後重新執行")]
    });
    match read.and_then(|files| load(files.clone()).map(|corpus| (files, corpus))) {
        Ok((files, corpus)) => {
            // Not being able to keep a copy is no reason to refuse good law.
            let mark = format!("{}\n{place}", corpus.hash);
            if data.is_dir() && kept_mark(data).as_deref() != Some(mark.as_str()) {
                let _ = keep(data, &mark, &files);
            }
            Ok(LawInUse {
                corpus: Arc::new(corpus),
                refused: Vec::new(),
            })
        }
        Err(refused) => {
            // Only what the same folder held: another folder's law is another law.
            let same = kept_mark(data).is_some_and(|mark| mark.lines().nth(1) == Some(place.as_str()));
            let last = last_good(data).filter(|_| same);
            let last = last.and_then(|files| load(files).ok());
            match last {
                Some(corpus) => Ok(LawInUse {
                    corpus: Arc::new(corpus),
                    refused,
                }),
                None => Err(AppError::Law(refused)),
            }
        }
    }
}

fn folder(data: &Path) -> PathBuf {
    data.join("law")
}

/// The hash of what is kept and the folder it came from.
fn kept_mark(data: &Path) -> Option<String> {
    let text = std::fs::read_to_string(folder(data).join("last-good.mark")).ok()?;
    Some(text.trim().to_owned())
}

fn last_good(data: &Path) -> Option<Vec<SourceFile>> {
    let text = std::fs::read_to_string(folder(data).join("last-good.json")).ok()?;
    let files: Vec<(String, String)> = serde_json::from_str(&text).ok()?;
    Some(
        files
            .into_iter()
            .map(|(path, text)| SourceFile::new(path, text))
            .collect(),
    )
}

/// Writes beside and renames, so that a crash leaves the old copy whole; the mark goes last.
fn keep(data: &Path, mark: &str, files: &[SourceFile]) -> std::io::Result<()> {
    let folder = folder(data);
    std::fs::create_dir_all(&folder)?;
    let pairs: Vec<(&str, &str)> = files.iter().map(|f| (f.path.as_str(), f.text.as_str())).collect();
    let text = serde_json::to_string(&pairs)?;
    for (name, text) in [("last-good.json", text.as_str()), ("last-good.mark", mark)] {
        let beside = folder.join(format!("{name}.new"));
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, folder.join(name))?;
    }
    Ok(())
}
