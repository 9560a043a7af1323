//! A change to a record: as somebody gives it, what came of it, and what refuses it before it is
//! looked at.
//!
//! What it can't know: whether it agrees with other rows; `check` does.

use super::record::RecordView;
use crate::AppError;
use crate::ids::RowId;
use crate::uploads::EvidenceFile;
use registers::RegisterSpec;
use serde_json::Value;

/// A record as somebody gives it.
#[derive(Debug, Clone, Default)]
pub struct PutRecord {
    /// The row to change; a new one where none.
    pub id: Option<RowId>,
    /// The version that was seen; must be given for a change.
    pub seen: Option<u32>,
    /// Fields and values: stored forms, or as people write them.
    pub body: Value,
    /// Only the fields given change; the others stay. Else the body is the whole record.
    pub partial: bool,
    /// Files that the body names.
    pub files: Vec<EvidenceFile>,
    /// The asker's own key and the hash of the request, for a request that may come twice.
    pub once: Option<(String, [u8; 32])>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// The record.
    pub record: RecordView,
    /// Whether it is new.
    pub created: bool,
    /// Whether the same request had been answered before, and nothing was written now.
    pub repeated: bool,
    /// Whether it stood like that already, and nothing was written.
    pub unchanged: bool,
}

/// That the version somebody saw is not the one that stands: an older one, or one that never was.
pub(crate) fn stale(spec: &RegisterSpec, seen: u32, found: u32) -> AppError {
    if seen > found {
        return AppError::stale(
            format!(
                "「{}」這筆紀錄還沒有第 {seen} 版，目前是第 {found} 版；沒有寫入",
                spec.title
            ),
            "請重新載入紀錄，依所得的版本再送一次",
        );
    }
    AppError::stale(
        format!(
            "「{}」這筆紀錄已被別人更新為第 {found} 版，您看到的是較早的版本；沒有寫入",
            spec.title
        ),
        "請重新開啟紀錄，確認對方的修改後再儲存",
    )
}

/// That the agency has no such file: of another's, the same is said as of nobody's.
pub(crate) fn no_file(sha256: &str) -> String {
    let short = sha256.get(..12).unwrap_or(sha256);
    format!("本機關沒有檢核碼為 {short} 的檔案，請先上傳")
}

/// Registers that the system writes are changed by doing what they record.
pub(crate) fn refuse_system(spec: &RegisterSpec) -> Result<(), AppError> {
    if !spec.is_written() {
        return Err(AppError::bad_input(
            format!("「{}」由系統登錄，不能直接填寫", spec.title),
            "請由對應的功能辦理，例如送簽、意見、匯入計畫",
        ));
    }
    Ok(())
}
