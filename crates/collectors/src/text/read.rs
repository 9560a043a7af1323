//! Which kind of text a file is, and its lines.
//!
//! What: told by content, because names lie; then read by that kind's reader, within limits.
//! What it can't know: text inside pictures, and the page on which a line stood.

use super::model::{
    LONG_LINE, MANY_LINES, MAX_FILE_BYTES, MAX_LINE_BYTES, MAX_LINES, Origins, PlanError, Text, Wanted,
    refused,
};
use super::{docx, html, odt, plain};
use crate::archive::Bounds;
use crate::archive::zip::Package;
use crate::work::{Stop, TEXT, Work};

/// Reads a file into numbered lines.
pub fn extract(file_name: &str, bytes: &[u8]) -> Result<Text, PlanError> {
    extract_within(file_name, bytes, &work_for(bytes))
}

/// As [`extract`], within a budget that the caller may look at, and stop.
pub fn extract_within(file_name: &str, bytes: &[u8], work: &Work) -> Result<Text, PlanError> {
    extract_with(file_name, bytes, work, &Wanted::new()).map(|(text, _)| text)
}

/// The work that a file's size allows, with nothing that stops it.
pub(crate) fn work_for(bytes: &[u8]) -> Work {
    Work::new(&TEXT, bytes.len(), Stop::default())
}

/// What a document may unpack to: prose packs ten to one, and honest repetitions stay far below.
pub(super) const BOUNDS: Bounds = Bounds {
    total: 512 * 1024 * 1024,
    part: 64 * 1024 * 1024,
    ratio: 200,
    ratio_from: 4 * 1024 * 1024,
};

/// Reads a file, with the places of the characters of some lines.
pub(super) fn extract_with(
    file_name: &str,
    bytes: &[u8],
    work: &Work,
    wanted: &Wanted,
) -> Result<(Text, Origins), PlanError> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > MAX_FILE_BYTES {
        return Err(PlanError::TooLarge {
            file: file_name.to_owned(),
            size,
            limit: MAX_FILE_BYTES,
        });
    }
    let (text, origins) = if bytes.starts_with(b"PK") {
        from_archive(file_name, bytes, work, wanted)?
    } else if html::is_page(bytes) {
        html::read(file_name, bytes, work, wanted)?
    } else if let Some(found) = foreign(bytes) {
        return Err(PlanError::Unsupported {
            file: file_name.to_owned(),
            found,
        });
    } else {
        match extension(file_name).as_str() {
            "odt" => return Err(damaged(file_name, "開頭不是 .odt 的壓縮檔")),
            "docx" => return Err(damaged(file_name, "開頭不是 .docx 的壓縮檔")),
            _ => plain::read(file_name, bytes, work, wanted)?,
        }
    };
    check_amount(file_name, &text)?;
    Ok((text, origins))
}

fn damaged(file: &str, reason: &str) -> PlanError {
    PlanError::Archive {
        file: file.to_owned(),
        reason: reason.to_owned(),
        cause: String::new(),
    }
}

fn check_amount(file: &str, text: &Text) -> Result<(), PlanError> {
    if text.lines.iter().all(|line| line.text.trim().is_empty()) {
        return Err(PlanError::Empty {
            file: file.to_owned(),
        });
    }
    if text.lines.len() > MAX_LINES {
        return Err(PlanError::TooMuchText {
            file: file.to_owned(),
            line: u32::try_from(MAX_LINES).unwrap_or(u32::MAX),
            reason: MANY_LINES,
        });
    }
    if let Some(line) = text.lines.iter().find(|line| line.text.len() > MAX_LINE_BYTES) {
        return Err(PlanError::TooMuchText {
            file: file.to_owned(),
            line: line.number,
            reason: LONG_LINE,
        });
    }
    Ok(())
}

fn extension(file_name: &str) -> String {
    file_name
        .rsplit_once('.')
        .map(|(_, ext)| ext.to_ascii_lowercase())
        .unwrap_or_default()
}

/// Recognises by content, because names lie.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: &[(&[u8], &str)] = &[
        (b"%PDF", "是 PDF 檔"),
        (
            &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            "是舊版 Office 檔（.doc／.xls）",
        ),
        (b"{\\rtf", "是 RTF 檔"),
        (&[0x89, b'P', b'N', b'G'], "是圖片檔"),
        (&[0xFF, 0xD8, 0xFF], "是圖片檔"),
        (b"GIF8", "是圖片檔"),
        (&[0x1F, 0x8B], "是 gzip 壓縮檔"),
        (b"7z\xBC\xAF", "是 7z 壓縮檔"),
        (b"Rar!", "是 RAR 壓縮檔"),
        (b"\x7FELF", "是執行檔"),
        (b"MZ", "是執行檔"),
        (b"<!DOCTYPE", "是 XML 檔"),
        (b"<?xml", "是 XML 檔"),
    ];
    KNOWN
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, found)| *found)
}

fn from_archive(
    file: &str,
    bytes: &[u8],
    work: &Work,
    wanted: &Wanted,
) -> Result<(Text, Origins), PlanError> {
    let mut archive = Package::open(bytes, BOUNDS, work).map_err(|r| refused(file, r))?;
    let unsupported = |found| PlanError::Unsupported {
        file: file.to_owned(),
        found,
    };
    if archive.has("word/document.xml") {
        return docx::read(file, &mut archive, wanted);
    }
    if archive.has("xl/workbook.xml") {
        return Err(unsupported("是試算表（.xlsx）"));
    }
    if archive.has("ppt/presentation.xml") {
        return Err(unsupported("是簡報（.pptx）"));
    }
    if archive.has("content.xml") {
        let kind = archive.text("mimetype").map_err(|r| refused(file, r))?;
        return match kind.as_deref().map(str::trim) {
            Some(kind) if kind.contains("spreadsheet") => Err(unsupported("是試算表（.ods）")),
            Some(kind) if kind.contains("presentation") => Err(unsupported("是簡報（.odp）")),
            _ => odt::read(file, &mut archive, wanted),
        };
    }
    let missing = |part, expected| PlanError::MissingPart {
        file: file.to_owned(),
        part,
        expected,
    };
    Err(match extension(file).as_str() {
        "odt" => missing("content.xml", ".odt"),
        "docx" => missing("word/document.xml", ".docx"),
        _ => unsupported("是一般壓縮檔"),
    })
}
