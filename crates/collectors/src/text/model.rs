//! What a text is to those who read one: numbered lines, and refusals that say what to do.
//!
//! Why apart from the readers: every format gives the same shape, and none knows another.
//! What it can't know: what the lines mean.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use thiserror::Error;

use crate::archive::{Reason, Refusal};
use crate::work::Halt;

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
    /// A web page.
    Html,
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
    pub(super) fn from_lines(kind: SourceKind, lines: Vec<String>, encoding: Option<&'static str>) -> Self {
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
    #[error("檔案「{file}」{found}，不能讀取。請另存為 .odt、.docx、.html 或 UTF-8 的 .txt 後再上傳。")]
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
        /// What the library said, for the log; empty where that is nothing more.
        cause: String,
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
    /// Nobody waits for it any more.
    #[error("檔案「{file}」的讀取已取消，沒有寫入任何資料。請重新上傳。")]
    Stopped {
        /// The file's name.
        file: String,
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
        /// What the library said, for the log; empty where that is nothing more.
        cause: String,
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

impl PlanError {
    /// What a library said of it, for the log alone.
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::Archive { cause, .. } | Self::Xml { cause, .. } => {
                Some(cause.as_str()).filter(|cause| !cause.is_empty())
            }
            _ => None,
        }
    }
}

/// Numbers of lines whose origins are asked for.
pub(super) type Wanted = BTreeSet<u32>;
/// For each such line: where in the part (or the decoded text) each of its characters stands.
pub(super) type Origins = BTreeMap<u32, Vec<Option<usize>>>;

/// Why a document was not read to its end.
pub(super) enum Ended {
    Refused(Refusal),
    /// A line longer than is accepted.
    LongLine,
    /// More lines than are accepted.
    ManyLines,
}

impl From<Refusal> for Ended {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Ended {
    /// The refusal as the officer reads it, with the line that was reached.
    pub fn error(self, file: &str, part: &'static str, line: u32) -> PlanError {
        let line = line.max(1);
        let too_much = |reason| PlanError::TooMuchText {
            file: file.to_owned(),
            line,
            reason,
        };
        match self {
            Self::LongLine => too_much(LONG_LINE),
            Self::ManyLines => too_much(MANY_LINES),
            Self::Refused(Refusal::Part { reason, .. }) => PlanError::Xml {
                file: file.to_owned(),
                part,
                line,
                reason: reason.words,
                cause: reason.cause,
            },
            Self::Refused(other) => refused(file, other),
        }
    }
}

pub(super) const LONG_LINE: &str = "單行過長";
pub(super) const MANY_LINES: &str = "行數過多";

/// What an archive or a budget refuses, as the officer reads it.
pub(super) fn refused(file: &str, refusal: Refusal) -> PlanError {
    let file = file.to_owned();
    let archive = |reason: Reason| PlanError::Archive {
        file: file.clone(),
        reason: reason.words,
        cause: reason.cause,
    };
    match refusal {
        Refusal::Protected => archive("檔案設有密碼，請先取消".into()),
        Refusal::Archive(reason) => archive(reason),
        Refusal::Part { part, reason } => archive(Reason {
            words: format!("{part}：{}", reason.words),
            ..reason
        }),
        Refusal::Bomb(reason) => PlanError::Bomb { file, reason },
        Refusal::Halted(halt) => halted(&file, halt),
    }
}

/// A spent budget, or a sign to stop, as the officer reads it.
pub(crate) fn halted(file: &str, halt: Halt) -> PlanError {
    let file = file.to_owned();
    match halt {
        Halt::Stopped => PlanError::Stopped { file },
        over => PlanError::Bomb {
            file,
            reason: over.words(),
        },
    }
}
