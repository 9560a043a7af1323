//! Opening an archive that a stranger made.
//!
//! What: limits on entries, expanded size and compression ratio, before and while
//! reading. Why: an upload is hostile until proven otherwise. What it can't know:
//! whether a refused archive was an attack or only a plan full of pictures.

use std::io::{Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::PlanError;

/// The most entries an archive may have.
pub(crate) const MAX_ENTRIES: usize = 4_000;
/// The most bytes one part may expand to.
const MAX_EXPANDED: u64 = 64 * 1024 * 1024;
/// The highest ratio of expanded to compressed bytes, once a part is large enough to matter.
const MAX_RATIO: u64 = 200;
/// Below this expanded size the ratio is not looked at: small repetitive XML packs very well.
const RATIO_FROM: u64 = 4 * 1024 * 1024;

/// An archive that passed the outer limits.
pub(super) struct Archive<'a> {
    file: String,
    inner: ZipArchive<Cursor<&'a [u8]>>,
}

pub(super) fn open<'a>(file: &str, bytes: &'a [u8]) -> Result<Archive<'a>, PlanError> {
    let inner = ZipArchive::new(Cursor::new(bytes)).map_err(|e| archive_error(file, &e))?;
    if inner.len() > MAX_ENTRIES {
        return Err(bomb(
            file,
            format!("內含 {} 個項目，上限 {MAX_ENTRIES}", inner.len()),
        ));
    }
    Ok(Archive {
        file: file.to_owned(),
        inner,
    })
}

impl Archive<'_> {
    pub(super) fn names(&self) -> Vec<String> {
        self.inner
            .file_names()
            .flatten()
            .map(std::borrow::Cow::into_owned)
            .collect()
    }

    /// Reads a part as UTF-8 text; `None` when the archive has no such part.
    pub(super) fn read_text(&mut self, part: &str) -> Result<Option<String>, PlanError> {
        let file = self.file.clone();
        let entry = match self.inner.by_name(part) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(e) => return Err(archive_error(&file, &e)),
        };
        let (expanded, packed) = (entry.size(), entry.compressed_size());
        if expanded > MAX_EXPANDED {
            return Err(bomb(
                &file,
                format!("{part} 宣告 {expanded} 位元組，上限 {MAX_EXPANDED}"),
            ));
        }
        check_ratio(&file, part, expanded, packed)?;
        let mut bytes = Vec::new();
        // The declared size may lie, so the reading itself is bounded too.
        let read = entry
            .take(MAX_EXPANDED + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| PlanError::Archive {
                file: file.clone(),
                reason: format!("{part}：{e}"),
            })?;
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        if read > MAX_EXPANDED {
            return Err(bomb(&file, format!("{part} 展開後超過 {MAX_EXPANDED} 位元組")));
        }
        check_ratio(&file, part, read, packed)?;
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| PlanError::Archive {
                file,
                reason: format!("{part} 不是 UTF-8 文字"),
            })
    }

    /// The archive with one part's text replaced; every other entry is copied as it is packed.
    pub(super) fn replaced(&mut self, part: &str, text: &str) -> Result<Vec<u8>, PlanError> {
        let file = self.file.clone();
        let fail = |e: &ZipError| archive_error(&file, e);
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        let comment = self.inner.comment().to_vec().into_boxed_slice();
        out.set_raw_comment(comment).map_err(|e| fail(&e))?;
        for index in 0..self.inner.len() {
            let entry = self.inner.by_index_raw(index).map_err(|e| fail(&e))?;
            if entry.name().is_ok_and(|name| name == part) {
                let mut options = SimpleFileOptions::default().compression_method(entry.compression());
                if let Some(time) = entry.last_modified() {
                    options = options.last_modified_time(time);
                }
                drop(entry);
                out.start_file(part, options).map_err(|e| fail(&e))?;
                out.write_all(text.as_bytes())
                    .map_err(|e| fail(&ZipError::Io(e)))?;
            } else {
                out.raw_copy_file(entry).map_err(|e| fail(&e))?;
            }
        }
        Ok(out.finish().map_err(|e| fail(&e))?.into_inner())
    }
}

fn check_ratio(file: &str, part: &str, expanded: u64, packed: u64) -> Result<(), PlanError> {
    if expanded > RATIO_FROM && expanded / packed.max(1) > MAX_RATIO {
        return Err(bomb(file, format!("{part} 壓縮比超過 {MAX_RATIO} 倍")));
    }
    Ok(())
}

fn bomb(file: &str, reason: String) -> PlanError {
    PlanError::Bomb {
        file: file.to_owned(),
        reason,
    }
}

fn archive_error(file: &str, error: &ZipError) -> PlanError {
    PlanError::Archive {
        file: file.to_owned(),
        reason: error.to_string(),
    }
}
