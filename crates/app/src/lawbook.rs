//! The law that ships inside the binary, or that of a folder.

use crate::AppError;
use law::{Corpus, SourceFile};
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
            Some(SourceFile {
                path: path.into_owned(),
                text: String::from_utf8_lossy(&file.data).into_owned(),
            })
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

/// The text of a law file; another encoding is not a matter of path or permission.
pub(crate) fn utf8(path: &Path, bytes: Vec<u8>) -> Result<String, AppError> {
    String::from_utf8(bytes)
        .map_err(|_| AppError::bad_input(format!("{} 檔案不是 UTF-8", path.display()), "請另存為 UTF-8"))
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
        let text = utf8(&path, bytes)?;
        files.push(SourceFile { path: name, text });
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
    Corpus::load(files).map(Arc::new).map_err(AppError::Law)
}
