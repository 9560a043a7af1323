//! Opening an archive that a stranger made.
//!
//! What: its parts as counted streams or as text, and the same archive with one part replaced.
//! Why the ratio is left to the kind of file: rows that are alike pack far better than prose.
//! What it can't know: what the parts mean.

use std::io::{BufReader, Cursor, Read, Write};

use zip::read::ZipFile;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::gauge::{BUFFER, Gauge, Metered};
use super::xml::{Node, walk};
use super::{Bounds, MAX_ENTRIES, Reason, Refusal};
use crate::work::Work;

/// What is said of a part that doesn't unpack to what it was.
pub(crate) const BROKEN_PART: &str = "解壓縮時資料中斷或檢核不符";

/// A part of an archive, unpacked while it is read.
type Part<'p, 'w, 'a> = Metered<'p, 'w, ZipFile<'p, Cursor<&'a [u8]>>>;

/// An archive that passed the outer limits, and the count of what it unpacked to.
pub(crate) struct Package<'a, 'w> {
    inner: ZipArchive<Cursor<&'a [u8]>>,
    bounds: Bounds,
    gauge: Gauge<'w>,
}

impl<'a, 'w> Package<'a, 'w> {
    pub fn open(bytes: &'a [u8], bounds: Bounds, work: &'w Work) -> Result<Self, Refusal> {
        work.step()?;
        let mut inner = ZipArchive::new(Cursor::new(bytes)).map_err(|e| refusal(&e))?;
        if inner.len() > MAX_ENTRIES {
            let reason = format!("內含 {} 個項目，上限 {MAX_ENTRIES}", inner.len());
            return Err(Refusal::Bomb(reason));
        }
        let mut declared = 0_u64;
        for index in 0..inner.len() {
            let entry = inner.by_index_raw(index).map_err(|e| refusal(&e))?;
            if entry.encrypted() {
                return Err(Refusal::Protected);
            }
            declared = declared.saturating_add(entry.size());
        }
        if declared > bounds.total {
            let reason = format!("展開後共 {declared} 位元組，上限 {}", bounds.total);
            return Err(Refusal::Bomb(reason));
        }
        Ok(Self {
            inner,
            bounds,
            gauge: Gauge::new(work),
        })
    }

    /// The count of the work.
    pub fn work(&self) -> &'w Work {
        self.gauge.work
    }

    pub fn has(&self, part: &str) -> bool {
        self.inner.index_for_name(part).is_some()
    }

    pub fn has_folder(&self, folder: &str) -> bool {
        self.inner
            .file_names()
            .flatten()
            .any(|name| name.starts_with(folder))
    }

    /// A part as a stream, with what counts it; none where the archive has no such part.
    pub fn part(&mut self, name: &str) -> Result<Option<Part<'_, 'w, 'a>>, Refusal> {
        let (bounds, gauge) = (self.bounds, &self.gauge);
        gauge.next_piece();
        let inner = match self.inner.by_name(name) {
            Ok(inner) => inner,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(e) => return Err(refusal(&e)),
        };
        let by_ratio = inner
            .compressed_size()
            .saturating_mul(bounds.ratio)
            .max(bounds.ratio_from);
        let (left, too_much) = if by_ratio < bounds.part {
            (by_ratio, "壓縮比高得不尋常")
        } else {
            (bounds.part, "單一部分展開後過大")
        };
        if inner.size() > left {
            return Err(Refusal::Bomb(format!("{name}：{too_much}")));
        }
        Ok(Some(Metered {
            inner,
            gauge,
            left,
            too_much,
        }))
    }

    /// Walks through a part; says whether there is such a part.
    pub fn walk<E: From<Refusal>>(
        &mut self,
        name: &str,
        visit: impl FnMut(Node<'_>) -> Result<bool, E>,
    ) -> Result<bool, E> {
        match self.part(name)? {
            Some(part) => {
                let gauge = part.gauge;
                walk(name, BufReader::with_capacity(BUFFER, part), gauge, visit).map(|()| true)
            }
            None => Ok(false),
        }
    }

    /// Walks through a part that was read before.
    pub fn walk_text<E: From<Refusal>>(
        &self,
        name: &str,
        text: &str,
        visit: impl FnMut(Node<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        walk(name, text.as_bytes(), &self.gauge, visit)
    }

    /// A part as UTF-8 text; none where the archive has no such part.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(mut part) = self.part(name)? else {
            return Ok(None);
        };
        let (mut bytes, mut chunk) = (Vec::new(), vec![0; BUFFER]);
        loop {
            part.gauge.next_piece();
            let read = part
                .read(&mut chunk)
                .map_err(|e| part.gauge.refusal(name, Reason::by(BROKEN_PART, &e)))?;
            if read == 0 {
                break;
            }
            bytes.extend_from_slice(chunk.get(..read).unwrap_or_default());
        }
        let broken = |_| Refusal::Archive(format!("{name} 不是 UTF-8 文字").into());
        String::from_utf8(bytes).map(Some).map_err(broken)
    }

    /// The archive with one part's text replaced; every other entry is copied as it is packed.
    pub fn replaced(&mut self, part: &str, text: &str) -> Result<Vec<u8>, Refusal> {
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        let comment = self.inner.comment().to_vec().into_boxed_slice();
        out.set_raw_comment(comment).map_err(|e| refusal(&e))?;
        for index in 0..self.inner.len() {
            let entry = self.inner.by_index_raw(index).map_err(|e| refusal(&e))?;
            if entry.name().is_ok_and(|name| name == part) {
                let mut options = SimpleFileOptions::default().compression_method(entry.compression());
                if let Some(time) = entry.last_modified() {
                    options = options.last_modified_time(time);
                }
                drop(entry);
                out.start_file(part, options).map_err(|e| refusal(&e))?;
                out.write_all(text.as_bytes())
                    .map_err(|e| refusal(&ZipError::Io(e)))?;
            } else {
                out.raw_copy_file(entry).map_err(|e| refusal(&e))?;
            }
        }
        Ok(out.finish().map_err(|e| refusal(&e))?.into_inner())
    }
}

fn refusal(error: &ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(why) if why.to_ascii_lowercase().contains("password") => {
            Refusal::Protected
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            Refusal::Archive(Reason::by("壓縮方式不支援", error))
        }
        ZipError::Io(_) => Refusal::Archive(Reason::by("檔案在結束前中斷", error)),
        _ => Refusal::Archive(Reason::by("結構不完整，或不是壓縮檔", error)),
    }
}
