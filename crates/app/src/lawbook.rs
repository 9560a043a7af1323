//! The law that ships inside the binary, or that of a folder.

use crate::AppError;
use law::{Corpus, LawError, SourceFile};
use rust_embed::RustEmbed;
use std::path::Path;
use std::sync::Arc;

#[derive(RustEmbed)]
#[folder = "../../law"]
struct Embedded;

/// The files shipped inside the binary.
pub fn embedded_files() -> Vec<SourceFile> {
    Embedded::iter()
        .filter_map(|path| {
            let file = Embedded::get(&path)?;
            Some(SourceFile::new(
                path.into_owned(),
                String::from_utf8_lossy(&file.data).into_owned(),
            ))
        })
        .collect()
}

/// The files of a folder.
///
/// # Errors
/// Where the folder or one of its files can't be read.
pub fn files_of(dir: &Path) -> Result<Vec<SourceFile>, AppError> {
    let mut files = Vec::new();
    walk(dir, dir, 0, &mut files)?;
    if files.is_empty() {
        return Err(AppError::bad_input(
            format!("{} 裡沒有法規資料檔", dir.display()),
            "請指定內含 national/ 與 calendars/ 的資料夾",
        ));
    }
    Ok(files)
}

const DEPTH: usize = 8;

/// Hidden files and what editors leave behind: nobody wrote them as law.
fn left_over(name: &str) -> bool {
    name.starts_with('.') || ["~", ".swp", ".bak"].iter().any(|end| name.ends_with(end))
}

/// A law file of these bytes; where they are no UTF-8, it says so in its place and goes on.
pub(crate) fn law_file(path: String, bytes: Vec<u8>) -> SourceFile {
    match String::from_utf8(bytes) {
        // Between the characters of UTF-16 stand zeros, which no law file has.
        Ok(text) if !text.contains('\0') => SourceFile::new(path, text),
        Ok(text) => in_another_encoding(path, text.as_bytes()),
        Err(error) => in_another_encoding(path, error.as_bytes()),
    }
}

fn in_another_encoding(path: String, bytes: &[u8]) -> SourceFile {
    let Some(encoding) = collectors::text::encoding_of(bytes) else {
        return SourceFile::unread(
            path,
            "檔案不是 UTF-8，也不是可辨識的 Big5 或 UTF-16",
            "請以文字編輯器開啟，確認內容後另存為 UTF-8",
        );
    };
    let name = path.rsplit('/').next().unwrap_or_default();
    let remedy = format!(
        "請轉存為 UTF-8：在記事本按「另存新檔」，編碼選 UTF-8；或執行 iconv -f {} -t UTF-8 {name} > 新檔",
        encoding.to_uppercase()
    );
    SourceFile::unread(
        path,
        format!("檔案是 {encoding} 編碼，法規資料檔須為 UTF-8"),
        remedy,
    )
}

/// Loads law files; they may name no register that there isn't.
///
/// # Errors
/// Every problem of every file.
pub(crate) fn load(files: Vec<SourceFile>) -> Result<Corpus, Vec<LawError>> {
    Corpus::load_for(files, names().iter().map(String::as_str))
}

fn walk(base: &Path, dir: &Path, depth: usize, files: &mut Vec<SourceFile>) -> Result<(), AppError> {
    let unreadable = |path: &Path, error: &std::io::Error| {
        AppError::bad_input(
            format!("讀不到 {}（{error}）", path.display()),
            "請確認資料夾路徑與權限",
        )
    };
    let entries = std::fs::read_dir(dir).map_err(|e| unreadable(dir, &e))?;
    for entry in entries {
        let entry = entry.map_err(|e| unreadable(dir, &e))?;
        if left_over(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            if depth < DEPTH {
                walk(base, &path, depth + 1, files)?;
            }
            continue;
        }
        let name = path
            .strip_prefix(base)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        let bytes = std::fs::read(&path).map_err(|e| unreadable(&path, &e))?;
        files.push(law_file(name, bytes));
    }
    Ok(())
}

/// Loads the law of a folder, or the one shipped inside the binary.
///
/// # Errors
/// Every problem of the law files, each with its place and remedy.
pub fn load_law(dir: Option<&Path>) -> Result<Arc<Corpus>, AppError> {
    let files = match dir {
        Some(dir) => files_of(dir)?,
        None => embedded_files(),
    };
    load(files).map(Arc::new).map_err(AppError::Law)
}

/// What law files may name: registers, what a part may ask of their rows, and checks over them.
fn names() -> Vec<String> {
    let mut names = Vec::new();
    for spec in registers::catalogue() {
        names.push(spec.key.to_owned());
        names.extend(spec.tells.iter().map(|what| format!("{}/{what}", spec.key)));
        for check in spec.checks {
            // Where each word of a field is a check of its own, the word follows.
            let more = if check.by.is_some() { "/" } else { "" };
            names.push(format!("check:{}{more}", check.key));
        }
        if spec.validate.is_some() || spec.rules.is_some() || !spec.limits.is_empty() {
            names.push(format!("refuses:{}", spec.key));
        }
    }
    names
}
