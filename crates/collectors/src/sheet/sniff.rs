//! What a file is, by its first bytes.
//!
//! What: text or archive, or a refusal that names what it is and the way out. Why by content:
//! names lie, and systems of others export web pages that they call spreadsheets.
//! What it can't know: what an archive holds; that is looked at once it is open.

use super::model::SheetError;

/// What can be read further.
pub(super) enum Kind {
    /// Perhaps text with separators.
    Text,
    /// An archive.
    Zip,
}

const SAVE_AS: &str = "請以 LibreOffice Calc 或 Excel 開啟，另存為 .xlsx 或 .ods 後再上傳";

pub(super) fn kind(bytes: &[u8]) -> Result<Kind, SheetError> {
    let refuse = |what, remedy| Err(SheetError::NotSheet { what, remedy });
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Zip);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        if holds_wide(bytes, "EncryptedPackage") {
            return Err(SheetError::Protected);
        }
        return if holds_wide(bytes, "Workbook") || holds_wide(bytes, "Book") {
            refuse("舊版 Excel（.xls）檔", SAVE_AS)
        } else {
            refuse("舊版 Office 檔", SAVE_AS)
        };
    }
    if bytes.starts_with(b"%PDF") {
        return refuse("PDF 檔", "請上傳原始的 .ods、.xlsx 或 .csv 檔");
    }
    if bytes.starts_with(b"{\\rtf") {
        return refuse("RTF 文件", "請把表格貼到試算表軟體，存為 .ods 或 .xlsx 後再上傳");
    }
    for magic in [
        &b"\x89PNG"[..],
        b"\xFF\xD8\xFF",
        b"GIF8",
        b"BM\x00",
        b"II*\0",
        b"MM\0*",
    ] {
        if bytes.starts_with(magic) {
            return refuse("圖檔", "請上傳原始的 .ods、.xlsx 或 .csv 檔");
        }
    }
    for magic in [&b"7z\xBC\xAF"[..], b"Rar!", b"\x1F\x8B"] {
        if bytes.starts_with(magic) {
            return refuse("壓縮檔", "請解壓縮後上傳其中的 .ods、.xlsx 或 .csv 檔");
        }
    }
    let head = start_of_text(bytes);
    if head.starts_with("<?xml") || head.starts_with("<workbook") {
        return if head.contains("<workbook") || head.contains("urn:schemas-microsoft-com:office:spreadsheet")
        {
            refuse("XML 試算表（2003）檔", SAVE_AS)
        } else if head.contains("<html") {
            refuse("網頁（HTML）檔", SAVE_AS)
        } else if head.contains("office:document") {
            refuse("單一 XML 的 ODF 檔", SAVE_AS)
        } else {
            refuse("XML 檔", "請上傳 .ods、.xlsx 或 .csv 檔")
        };
    }
    if [
        "<html",
        "<!doctype html",
        "<table",
        "<head",
        "<meta",
        "<body",
        "<style",
        "<!--",
    ]
    .iter()
    .any(|tag| head.starts_with(tag))
    {
        return refuse("網頁（HTML）檔", SAVE_AS);
    }
    Ok(Kind::Text)
}

/// The first characters in lower case, whatever the encoding; marks and blanks are left out.
fn start_of_text(bytes: &[u8]) -> String {
    let marks = [&b"\xEF\xBB\xBF"[..], b"\xFF\xFE", b"\xFE\xFF"];
    marks
        .iter()
        .find_map(|mark| bytes.strip_prefix(*mark))
        .unwrap_or(bytes)
        .iter()
        .take(4096)
        .filter(|b| **b != 0)
        .map(|b| char::from(b.to_ascii_lowercase()))
        .collect::<String>()
        .trim_start()
        .to_owned()
}

/// Whether the bytes hold a name as UTF-16, as the directory of an OLE file does.
fn holds_wide(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(wide.len()).any(|part| part == wide)
}
