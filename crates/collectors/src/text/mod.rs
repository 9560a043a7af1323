//! From an uploaded file to numbered lines of text.
//!
//! What: `.txt` (UTF-8, UTF-16, Big5), `.odt` and `.docx` become the same shape, one
//! line per paragraph and one line per table row with its cells divided by tabs.
//! Why: everything that reads documents reads this, so hostile input is met once.
//! What it can't know: text inside pictures, and the page on which a line stood.

mod correct;
mod docx;
pub(crate) mod guard;
mod numbering;
mod odt;
mod plain;
mod xml;

pub use correct::{Corrected, Edit, Spot, correct};

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use thiserror::Error;

/// The largest file that is accepted, in bytes.
pub const MAX_FILE_BYTES: u64 = 10 * 1024 * 1024;
/// The most lines that are read from one file.
pub const MAX_LINES: usize = 200_000;
/// The longest line that is accepted, in bytes.
pub const MAX_LINE_BYTES: usize = 256 * 1024;

/// What a file was recognised as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Plain text.
    Plain,
    /// OpenDocument text.
    Odt,
    /// Office Open XML text.
    Docx,
}

/// One line of a source with its 1-based number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLine {
    /// Line of the text file; paragraph or table row of a document.
    pub number: u32,
    /// The line as it stands, without its line end.
    pub text: String,
}

/// The text of a file, with what had to be done to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What the file was recognised as.
    pub kind: SourceKind,
    /// All lines, empty ones included.
    pub lines: Vec<TextLine>,
    /// The encoding, when it was not UTF-8.
    pub encoding: Option<&'static str>,
}

impl Text {
    fn from_lines(kind: SourceKind, lines: Vec<String>, encoding: Option<&'static str>) -> Self {
        let lines = lines
            .into_iter()
            .zip(1_u32..)
            .map(|(text, number)| TextLine { number, text })
            .collect();
        Self {
            kind,
            lines,
            encoding,
        }
    }
}

/// Why a file could not be read, and what the officer can do about it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlanError {
    /// The file has no text in it.
    #[error("檔案「{file}」沒有任何文字。請確認匯出的內容後再上傳；掃描影像請先轉為文字。")]
    Empty {
        /// The file's name.
        file: String,
    },
    /// The file is larger than what is accepted.
    #[error(
        "檔案「{file}」有 {size} 位元組，超過上限 {limit} 位元組。請移除圖片或附件，只留計畫本文後再上傳。"
    )]
    TooLarge {
        /// The file's name.
        file: String,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The text has more lines, or a longer line, than what is accepted.
    #[error("檔案「{file}」第 {line} 行超出可讀範圍（{reason}）。請確認檔案是計畫本文，分段後再上傳。")]
    TooMuchText {
        /// The file's name.
        file: String,
        /// The line at which reading stopped.
        line: u32,
        /// Which limit was met.
        reason: &'static str,
    },
    /// The file is of a kind that is not read.
    #[error("檔案「{file}」{found}，不能讀取。請另存為 .odt、.docx 或 UTF-8 的 .txt 後再上傳。")]
    Unsupported {
        /// The file's name.
        file: String,
        /// What it was recognised as.
        found: &'static str,
    },
    /// The text is not in an encoding that can be read without loss.
    #[error(
        "檔案「{file}」第 {line} 行起不是可辨認的文字編碼（試過 {tried}）。請另存為 UTF-8 純文字後再上傳。"
    )]
    Encoding {
        /// The file's name.
        file: String,
        /// The first line that does not decode.
        line: u32,
        /// The encodings that were tried.
        tried: &'static str,
    },
    /// The document's archive is damaged.
    #[error("檔案「{file}」的壓縮結構損壞或不完整（{reason}）。請用原編輯軟體開啟後重新另存，再上傳。")]
    Archive {
        /// The file's name.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The document's archive would expand beyond what is accepted.
    #[error(
        "檔案「{file}」解壓縮後過大或壓縮比異常（{reason}），為安全起見不予讀取。請只留計畫本文，另存新檔後再上傳。"
    )]
    Bomb {
        /// The file's name.
        file: String,
        /// Which limit was met.
        reason: String,
    },
    /// The archive has no document in it.
    #[error(
        "檔案「{file}」裡沒有 {part}，不是完整的 {expected} 文件。請用原編輯軟體另存為 .odt 或 .docx 後再上傳。"
    )]
    MissingPart {
        /// The file's name.
        file: String,
        /// The part that was looked for.
        part: &'static str,
        /// The kind of document that it should be.
        expected: &'static str,
    },
    /// The document's XML is malformed or asks for what is refused.
    #[error(
        "檔案「{file}」的 {part} 在第 {line} 段附近無法解讀（{reason}）。請用原編輯軟體開啟後重新另存，再上傳。"
    )]
    Xml {
        /// The file's name.
        file: String,
        /// The part being read.
        part: &'static str,
        /// The paragraph reached.
        line: u32,
        /// What is wrong.
        reason: String,
    },
    /// The text is not a plan in the national template.
    #[error(
        "檔案「{file}」不是依國家範本撰寫的資通安全維護計畫：在 {lines} 行中只認得 {found} 個章（至少要 {needed} 個）。找的是「壹、」「一、」「第一章」「1.」等編號加上這些標題：{sought}。請確認上傳的是維護計畫本文。"
    )]
    NotAPlan {
        /// The file's name.
        file: String,
        /// How many lines were read.
        lines: u32,
        /// How many chapters were recognised.
        found: usize,
        /// How many are needed.
        needed: usize,
        /// The titles that were looked for.
        sought: String,
    },
}

/// Numbers of lines whose origins are asked for.
type Wanted = BTreeSet<u32>;
/// For each such line: where in the part (or the decoded text) each of its characters stands.
type Origins = BTreeMap<u32, Vec<Option<usize>>>;

/// Reads a file into numbered lines.
pub fn extract(file_name: &str, bytes: &[u8]) -> Result<Text, PlanError> {
    extract_with(file_name, bytes, &Wanted::new()).map(|(text, _)| text)
}

fn extract_with(file_name: &str, bytes: &[u8], wanted: &Wanted) -> Result<(Text, Origins), PlanError> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > MAX_FILE_BYTES {
        return Err(PlanError::TooLarge {
            file: file_name.to_owned(),
            size,
            limit: MAX_FILE_BYTES,
        });
    }
    let (text, origins) = if bytes.starts_with(b"PK") {
        from_archive(file_name, bytes, wanted)?
    } else if let Some(found) = foreign(bytes) {
        return Err(PlanError::Unsupported {
            file: file_name.to_owned(),
            found,
        });
    } else {
        match extension(file_name).as_str() {
            "odt" => return Err(damaged(file_name, "開頭不是 .odt 的壓縮檔")),
            "docx" => return Err(damaged(file_name, "開頭不是 .docx 的壓縮檔")),
            _ => plain::read(file_name, bytes, wanted)?,
        }
    };
    check_amount(file_name, &text)?;
    Ok((text, origins))
}

fn damaged(file: &str, reason: &str) -> PlanError {
    PlanError::Archive {
        file: file.to_owned(),
        reason: reason.to_owned(),
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
            reason: "行數過多",
        });
    }
    if let Some(line) = text.lines.iter().find(|line| line.text.len() > MAX_LINE_BYTES) {
        return Err(PlanError::TooMuchText {
            file: file.to_owned(),
            line: line.number,
            reason: "單行過長",
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
        (b"<!DOCTYPE", "是網頁或 XML 檔"),
        (b"<html", "是網頁檔"),
        (b"<?xml", "是 XML 檔"),
    ];
    KNOWN
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, found)| *found)
}

fn from_archive(file: &str, bytes: &[u8], wanted: &Wanted) -> Result<(Text, Origins), PlanError> {
    let mut archive = guard::open(file, bytes)?;
    let names = archive.names();
    let has = |name: &str| names.iter().any(|n| n == name);
    if has("word/document.xml") {
        return docx::read(file, &mut archive, wanted);
    }
    if has("xl/workbook.xml") {
        return Err(PlanError::Unsupported {
            file: file.to_owned(),
            found: "是試算表（.xlsx）",
        });
    }
    if has("ppt/presentation.xml") {
        return Err(PlanError::Unsupported {
            file: file.to_owned(),
            found: "是簡報（.pptx）",
        });
    }
    if has("content.xml") {
        return match archive.read_text("mimetype")?.as_deref().map(str::trim) {
            Some(kind) if kind.contains("spreadsheet") => Err(PlanError::Unsupported {
                file: file.to_owned(),
                found: "是試算表（.ods）",
            }),
            Some(kind) if kind.contains("presentation") => Err(PlanError::Unsupported {
                file: file.to_owned(),
                found: "是簡報（.odp）",
            }),
            _ => odt::read(file, &mut archive, wanted),
        };
    }
    match extension(file).as_str() {
        "odt" => Err(PlanError::MissingPart {
            file: file.to_owned(),
            part: "content.xml",
            expected: ".odt",
        }),
        "docx" => Err(PlanError::MissingPart {
            file: file.to_owned(),
            part: "word/document.xml",
            expected: ".docx",
        }),
        _ => Err(PlanError::Unsupported {
            file: file.to_owned(),
            found: "是一般壓縮檔",
        }),
    }
}
