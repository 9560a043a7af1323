//! A spreadsheet that is an archive: which kind it is.
//!
//! What: tells by what is inside, and refuses what is none with the way out. Why a looser limit
//! on the ratio than documents have: rows that are alike pack very well in honest files; what is
//! bounded first is the sum of what is unpacked. What it can't know: whether a refused file was
//! an attack.

use std::io::Read;

use super::model::{Opened, SheetError};
use super::sink::Sink;
use super::{ods, xlsx};
use crate::archive::Bounds;
use crate::archive::zip::{BROKEN_PART, Package};

const ODS_TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";
/// The highest ratio of unpacked to packed bytes, and the size below which none is asked for.
const MAX_RATIO: u64 = 400;
const RATIO_FROM: u64 = 64 * 1024 * 1024;
/// The largest declaration of a file's type that is read.
const MAX_TYPE: u64 = 256;

pub(super) fn read(bytes: &[u8], sheet: Option<&str>, sink: &mut Sink<'_>) -> Result<Opened, SheetError> {
    let bounds = Bounds {
        total: sink.limits.unpacked,
        part: sink.limits.unpacked,
        ratio: MAX_RATIO,
        ratio_from: RATIO_FROM,
    };
    let mut package = Package::open(bytes, bounds, sink.work)?;
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
fn declared_type(package: &mut Package<'_, '_>) -> Result<String, SheetError> {
    let Some(part) = package.part("mimetype")? else {
        return Ok(String::new());
    };
    let mut text = Vec::new();
    part.take(MAX_TYPE)
        .read_to_end(&mut text)
        .map_err(|e| SheetError::Damaged {
            reason: format!("mimetype：{BROKEN_PART}"),
            cause: e.to_string(),
        })?;
    Ok(String::from_utf8_lossy(&text).trim().to_owned())
}
