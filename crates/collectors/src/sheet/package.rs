//! A spreadsheet that is an archive.
//!
//! What: opens it, tells which kind it is, and gives its parts as counted streams. Why a looser
//! limit on the compression ratio than plans have: rows that are alike pack very well in honest
//! files; what is bounded first is the sum of what is unpacked. What it can't know: whether a
//! refused file was an attack.

use std::io::{Cursor, Read};
use std::rc::Rc;

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::sink::Sink;
use super::xml::{Meter, Metered, Node, walk};
use super::{Opened, SheetError, ods, xlsx};
use crate::text::guard::MAX_ENTRIES;

const ODS_TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";
/// The highest ratio of unpacked to packed bytes, and the size below which none is asked for.
const MAX_RATIO: u64 = 400;
const RATIO_FROM: u64 = 64 * 1024 * 1024;
/// The largest declaration of a file's type that is read.
const MAX_TYPE: u64 = 256;

/// A part of an archive, unpacked while it is read.
type Part<'p, 'a> = Metered<ZipFile<'p, Cursor<&'a [u8]>>>;

/// An archive and the count of what it unpacked to.
pub(super) struct Package<'a> {
    inner: ZipArchive<Cursor<&'a [u8]>>,
    pub meter: Rc<Meter>,
}

impl<'a> Package<'a> {
    fn open(bytes: &'a [u8], limit: u64) -> Result<Self, SheetError> {
        let mut inner = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
        if inner.len() > MAX_ENTRIES {
            return Err(SheetError::Bomb {
                reason: format!("內含 {} 個項目，上限 {MAX_ENTRIES}", inner.len()),
            });
        }
        let mut declared = 0_u64;
        for index in 0..inner.len() {
            let entry = inner.by_index_raw(index).map_err(|e| damaged(&e))?;
            if entry.encrypted() {
                return Err(SheetError::Protected);
            }
            declared = declared.saturating_add(entry.size());
        }
        if declared > limit {
            return Err(SheetError::Bomb {
                reason: format!("展開後共 {declared} 位元組，上限 {limit}"),
            });
        }
        Ok(Self {
            inner,
            meter: Meter::new(limit),
        })
    }

    pub fn has(&self, part: &str) -> bool {
        self.inner.index_for_name(part).is_some()
    }

    fn has_folder(&self, folder: &str) -> bool {
        self.inner
            .file_names()
            .flatten()
            .any(|name| name.starts_with(folder))
    }

    /// A part as a stream; none where the archive has no such part.
    pub fn part(&mut self, name: &str) -> Result<Option<Part<'_, 'a>>, SheetError> {
        match self.inner.by_name(name) {
            Ok(inner) => Ok(Some(Metered {
                left: inner.compressed_size().saturating_mul(MAX_RATIO).max(RATIO_FROM),
                inner,
                meter: Rc::clone(&self.meter),
            })),
            Err(ZipError::FileNotFound) => Ok(None),
            Err(e) => Err(damaged(&e)),
        }
    }

    /// Walks through a part; says whether there is such a part.
    pub fn walk(
        &mut self,
        name: &str,
        visit: impl FnMut(Node<'_>) -> Result<bool, SheetError>,
    ) -> Result<bool, SheetError> {
        match self.part(name)? {
            Some(part) => walk(name, part, visit).map(|()| true),
            None => Ok(false),
        }
    }
}

fn damaged(error: &ZipError) -> SheetError {
    match error {
        ZipError::UnsupportedArchive(why) if why.to_ascii_lowercase().contains("password") => {
            SheetError::Protected
        }
        _ => SheetError::Damaged {
            reason: format!("壓縮結構：{error}"),
        },
    }
}

pub(super) fn read(bytes: &[u8], sheet: Option<&str>, sink: &mut Sink<'_>) -> Result<Opened, SheetError> {
    let mut package = Package::open(bytes, sink.limits.unpacked)?;
    let refuse = |what, remedy| Err(SheetError::NotSheet { what, remedy });
    let save = "請用試算表軟體開啟，另存為 .ods 或 .xlsx 後再上傳";
    let table = "請把其中的表格貼到試算表軟體，存為 .ods 或 .xlsx 後再上傳";
    let declared = declared_type(&mut package)?;
    if !declared.is_empty() {
        return match declared.strip_prefix("application/vnd.oasis.opendocument.") {
            _ if declared.starts_with(ODS_TYPE) => ods::read(&mut package, sheet, sink),
            Some(rest) if rest.starts_with("text") => refuse("文書檔（.odt）", table),
            Some(rest) if rest.starts_with("presentation") => refuse("簡報檔（.odp）", table),
            Some(_) => refuse("其他種類的 ODF 檔", table),
            None => refuse("其他種類的檔案", "請上傳 .ods、.xlsx 或 .csv 檔"),
        };
    }
    if package.has("xl/workbook.bin") {
        return refuse("二進位活頁簿（.xlsb）", save);
    }
    if package.has_folder("word/") {
        return refuse("文書檔（.docx）", table);
    }
    if package.has_folder("ppt/") {
        return refuse("簡報檔（.pptx）", table);
    }
    if package.has("[Content_Types].xml") || package.has_folder("xl/") {
        return xlsx::read(&mut package, sheet, sink);
    }
    if package.has("content.xml") {
        return ods::read(&mut package, sheet, sink);
    }
    refuse("壓縮檔", "請解壓縮後上傳其中的 .ods、.xlsx 或 .csv 檔")
}

/// The type that an OpenDocument file declares at its beginning.
fn declared_type(package: &mut Package<'_>) -> Result<String, SheetError> {
    let Some(part) = package.part("mimetype")? else {
        return Ok(String::new());
    };
    let mut text = Vec::new();
    part.take(MAX_TYPE)
        .read_to_end(&mut text)
        .map_err(|e| SheetError::Damaged {
            reason: format!("mimetype：{e}"),
        })?;
    Ok(String::from_utf8_lossy(&text).trim().to_owned())
}
