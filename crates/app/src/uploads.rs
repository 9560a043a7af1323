//! What may be kept as evidence: size, and kinds of files that prove something.
//!
//! Why by content: a name and a stated type are the sender's words. Programs and scripts
//! prove nothing and harm whoever opens them, so they are refused; the media type that is
//! kept is what the bytes say. What it can't know: macros and links inside documents; those
//! are never opened here, only handed out as downloads.

use crate::AppError;
use serde_json::Value;

/// A file that proves something.
#[derive(Debug, Clone)]
pub struct EvidenceFile {
    /// Name it came with.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Media type as stated; never trusted.
    pub media_type: String,
}

/// The largest file taken as evidence: 25 MiB.
pub const EVIDENCE_LIMIT: usize = 25 * 1024 * 1024;

/// Endings that an office's computer would run.
const RUNS: &[&str] = &[
    "exe", "dll", "com", "scr", "msi", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "lnk",
    "reg", "jar", "apk", "sh", "cpl", "pif", "iso", "img", "vhd",
];

/// Characters that make a name look like another: marks of writing direction, and those
/// without a width.
fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A file's own name: without folders, control characters and marks that turn its ending
/// around; not longer than a disk takes.
pub fn file_name(given: &str) -> String {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: &char| !c.is_control() && !is_deceptive(*c) && !matches!(c, '\u{2028}' | '\u{2029}');
    let name: String = name.chars().filter(plain).take(120).collect();
    match name.trim() {
        "" | "." | ".." => "未命名".to_owned(),
        name => name.to_owned(),
    }
}

/// A record's body with plain names for its files, whoever named them.
pub(crate) fn plain_names(mut body: Value) -> Value {
    let files = body.get_mut("evidence").and_then(Value::as_array_mut);
    for name in files
        .into_iter()
        .flatten()
        .filter_map(|file| file.get_mut("name"))
    {
        if let Some(plain) = name.as_str().map(file_name) {
            *name = Value::from(plain);
        }
    }
    body
}

/// What the first bytes say: a media type, or that it is a program.
fn sniffed(bytes: &[u8]) -> Result<&'static str, ()> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if starts(b"MZ") || starts(b"\x7fELF") || starts(b"#!") || starts(b"\xca\xfe\xba\xbe") {
        return Err(());
    }
    Ok(if starts(b"%PDF-") {
        "application/pdf"
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        "image/png"
    } else if starts(b"\xff\xd8\xff") {
        "image/jpeg"
    } else if starts(b"II*\0") || starts(b"MM\0*") {
        "image/tiff"
    } else if starts(b"PK\x03\x04") {
        packaged(bytes)
    } else if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) {
        "text/plain"
    } else {
        "application/octet-stream"
    })
}

/// What a ZIP package is, by its first part; OpenDocument says it there.
fn packaged(bytes: &[u8]) -> &'static str {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let has = |needle: &[u8]| head.windows(needle.len()).any(|w| w == needle);
    if has(b"application/vnd.oasis.opendocument.text") {
        "application/vnd.oasis.opendocument.text"
    } else if has(b"application/vnd.oasis.opendocument.spreadsheet") {
        "application/vnd.oasis.opendocument.spreadsheet"
    } else {
        "application/zip"
    }
}

/// A file as it will be kept, or why it is not.
pub(crate) fn accepted(mut file: EvidenceFile) -> Result<EvidenceFile, AppError> {
    file.name = file_name(&file.name);
    if file.bytes.is_empty() {
        return Err(AppError::bad_input(
            format!("「{}」是空檔", file.name),
            "請確認檔案內容後再上傳",
        ));
    }
    if file.bytes.len() > EVIDENCE_LIMIT {
        return Err(AppError::bad_input(
            format!("「{}」超過 25 MB", file.name),
            "請分割檔案或改附較小的檔案",
        ));
    }
    let ending = file.name.rsplit_once('.').map(|(_, e)| e.to_lowercase());
    let runs = ending.is_some_and(|e| RUNS.contains(&e.as_str()));
    match sniffed(&file.bytes) {
        Ok(media_type) if !runs => {
            media_type.clone_into(&mut file.media_type);
            Ok(file)
        }
        _ => Err(AppError::bad_input(
            format!("「{}」是程式或可執行的檔案，不收為佐證", file.name),
            "請改附文件、圖片或純文字；系統紀錄請另存為 .txt 或 .csv",
        )),
    }
}

/// A scan of a signed page: something that can be looked at.
pub(crate) fn scan(file: EvidenceFile) -> Result<EvidenceFile, AppError> {
    let file = accepted(file)?;
    let seen = ["application/pdf", "image/png", "image/jpeg", "image/tiff"];
    if seen.contains(&file.media_type.as_str()) {
        return Ok(file);
    }
    Err(AppError::bad_input(
        format!("「{}」不是掃描檔", file.name),
        "請將簽名頁掃描為 PDF、PNG、JPEG 或 TIFF",
    ))
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn file_names_are_what_they_look_like() {
        for (given, kept) in [
            ("C:\\公文\\報告.pdf", "報告.pdf"),
            ("../../etc/passwd", "passwd"),
            ("a\r\nb.txt", "ab.txt"),
            ("..", "未命名"),
            ("/", "未命名"),
            ("\u{202e}fdp.exe", "fdp.exe"),
            ("報\u{2066}告\u{2069}.txt", "報告.txt"),
            ("a\u{200b}\u{feff}.txt", "a.txt"),
            ("\u{202e}", "未命名"),
            ("a\u{2028}b", "ab"),
        ] {
            assert_eq!(file_name(given), kept, "{given:?}");
        }
        assert_eq!(file_name(&"長".repeat(300)).chars().count(), 120);
    }
}
