//! Forms that carry files, read part by part.
//!
//! Why the whole request is read even where a file is too large: a browser that is
//! refused while it still sends shows a broken connection instead of our words. Only what
//! is kept stays in memory.

use crate::AppState;
use crate::error::Problem;
use app::EvidenceFile;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;

/// How many files at once.
pub(crate) const FILES: usize = 5;
/// The longest text.
const TEXT_LIMIT: usize = 64 * 1024;
/// The most parts of a request.
const PARTS: usize = 1024;
/// The largest request that is read to its end.
pub(crate) const REQUEST_LIMIT: usize = 1024 * 1024 * 1024;

/// What a request carried.
#[derive(Default)]
pub(crate) struct Parts {
    /// Fields and what was entered.
    pub texts: Vec<(String, String)>,
    /// Files.
    pub files: Vec<EvidenceFile>,
    /// What was not taken, and why.
    pub refused: Option<String>,
}

impl Parts {
    /// What was entered in a field.
    pub fn text(&self, name: &str) -> &str {
        self.texts
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }

    /// The first file, taken out.
    pub fn file(&mut self) -> Option<EvidenceFile> {
        (!self.files.is_empty()).then(|| self.files.remove(0))
    }
}

/// Bytes up to a limit; none where there are more. Reads to the end in any case.
async fn bytes(field: &mut Field<'_>, limit: usize) -> Result<Option<Vec<u8>>, MultipartError> {
    let mut kept = Vec::new();
    let mut fits = true;
    while let Some(chunk) = field.chunk().await? {
        fits = fits && kept.len() + chunk.len() <= limit;
        if fits {
            kept.extend_from_slice(&chunk);
        } else {
            kept = Vec::new();
        }
    }
    Ok(fits.then_some(kept))
}

/// A file's own name: without folders and control characters, not longer than a disk takes.
fn file_name(given: &str) -> String {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
    if name.trim().is_empty() {
        "未命名".to_owned()
    } else {
        name.trim().to_owned()
    }
}

/// Why a form with files was not read to its end.
pub(crate) fn unread(error: &MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(
            REQUEST_LIMIT,
            "請分割檔案，分次上傳：佐證每個 25 MB、一次 5 個以內；匯入每個 64 MB、20 萬列以內",
        ),
        status => Problem::of(status),
    }
}

/// Reads a form that carried this process's token; each file may have up to `limit` bytes.
pub(crate) async fn parts(state: &AppState, form: Multipart, limit: usize) -> Result<Parts, Problem> {
    let parts = read(form, limit).await.map_err(|error| unread(&error))?;
    if state.is_token(parts.text("token")) {
        Ok(parts)
    } else {
        Err(Problem::forged("token"))
    }
}

/// Reads a request that carries files; who sent it is the caller's to know.
pub(crate) async fn read(mut form: Multipart, most: usize) -> Result<Parts, MultipartError> {
    let mut parts = Parts::default();
    let mut seen = 0;
    while let Some(mut field) = form.next_field().await? {
        seen += 1;
        let name = field.name().unwrap_or_default().to_owned();
        if seen > PARTS {
            parts.refused = Some("表單的欄位太多".to_owned());
            bytes(&mut field, 0).await?;
        } else if let Some(given) = field.file_name().map(str::to_owned) {
            let media_type = field
                .content_type()
                .unwrap_or("application/octet-stream")
                .to_owned();
            let limit = if parts.files.len() < FILES { most } else { 0 };
            let kept = bytes(&mut field, limit).await?;
            let shown = file_name(&given);
            match kept {
                // A file field that was left empty comes as a file without name and bytes.
                Some(kept) if kept.is_empty() && given.is_empty() => {}
                Some(kept) if kept.is_empty() => {
                    parts.refused = Some(format!("「{shown}」是空檔，請確認檔案"));
                }
                Some(bytes) => parts.files.push(EvidenceFile {
                    name: shown,
                    bytes,
                    media_type,
                }),
                None if limit == 0 => parts.refused = Some(format!("一次最多附 {FILES} 個檔案，請分次登錄")),
                None => {
                    let most = most / (1024 * 1024);
                    parts.refused = Some(format!("「{shown}」超過 {most} MB，請分割檔案或改附較小的檔案"));
                }
            }
        } else {
            let text = bytes(&mut field, TEXT_LIMIT).await?;
            if text.is_none() {
                parts.refused = Some("有一欄的文字太長，請縮短，或改以附件提供".to_owned());
            }
            let text = text.unwrap_or_default();
            parts
                .texts
                .push((name, String::from_utf8_lossy(&text).into_owned()));
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn file_names_lose_folders() {
        assert_eq!(file_name("C:\\公文\\報告.pdf"), "報告.pdf");
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("a\r\nb.txt"), "ab.txt");
        assert_eq!(file_name(".."), "..");
        assert_eq!(file_name("/"), "未命名");
    }
}
