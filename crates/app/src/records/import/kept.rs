//! An import under way, as it is kept: its file, what its preview said, and how it stands.
//!
//! Why its state is worked out from the records: they are the truth, and the job's own word is
//! written after them. What it can't know: whether anybody will write it.

use super::super::names;
use super::super::once::request_hash;
use super::report::ImportReport;
use crate::compiled::compiled_once;
use crate::ids::register;
use crate::visit::{Visit, act};
use crate::{AppError, commit};
use registers::RegisterSpec;
use std::collections::BTreeMap;
use store::{Job, Receipt};

/// How long a preview is kept: ninety days.
pub(crate) const KEPT_MICROS: i64 = 90 * 24 * 3600 * 1_000_000;

pub(super) fn saved_columns(visit: &Visit<'_>, spec: &RegisterSpec) -> BTreeMap<String, String> {
    let agency = visit.agency();
    let row = visit.rows().there("mapping", &format!("{agency}:{}", spec.key));
    let columns = row.and_then(|r| r.body.get("columns"));
    let columns = columns.and_then(|c| serde_json::from_value(c.clone()).ok());
    columns.unwrap_or_default()
}

pub(super) async fn keep(visit: &Visit<'_>, report: &ImportReport, bytes: Vec<u8>) -> Result<(), AppError> {
    let job = job_row(visit, report, bytes)?;
    commit::keep_job(visit, &job, KEPT_MICROS).await
}

pub(super) fn job_row(visit: &Visit<'_>, report: &ImportReport, bytes: Vec<u8>) -> Result<Job, AppError> {
    let detail = serde_json::to_string(report)
        .map_err(|e| AppError::failed(format!("匯入結果無法保存（{e}）"), "這是程式的錯誤，請回報"))?;
    Ok(Job {
        id: report.id.clone(),
        agency: visit.agency().to_string(),
        register: report.register.clone(),
        actor: visit.who().id.clone(),
        at: visit.now(),
        state: report.state.clone(),
        detail,
        bytes,
    })
}

pub(super) async fn job_of(
    visit: &Visit<'_>,
    id: &str,
) -> Result<(Job, ImportReport, &'static RegisterSpec), AppError> {
    // Nobody learns of a job of another agency, nor of one of a register they may not import.
    let missing = || {
        AppError::not_found(
            format!("沒有匯入作業「{id}」"),
            "匯入作業保存九十日；請重新上傳檔案",
        )
    };
    let job = visit.reads().job(id).await?.ok_or_else(missing)?;
    let access = visit.may(act::Import, register(&job.register)?)?;
    // Its lines tell what the one who made it may see.
    let hides = visit.hides(access.spec);
    let names = names::hides_names(visit, access.spec).await?;
    if job.actor != visit.who().id && (names || !hides.keys(access.spec).is_empty()) {
        return Err(AppError::forbidden(
            "這次匯入由他人上傳，其中有您不能閱覽的欄位",
            "請洽上傳者或資安專責人員辦理",
        ));
    }
    let mut report: ImportReport = serde_json::from_str(&job.detail).map_err(|_| missing())?;
    // The records are the truth: the job's own word is written after them, and may be missing.
    for (state, action) in [("committed", "import"), ("undone", "undo")] {
        let written = visit
            .reads()
            .heads_written_by(&format!("{action}:{id}"), access.spec.key)
            .await?;
        if !written.is_empty() {
            state.clone_into(&mut report.state);
            report.written = u64::try_from(written.len()).unwrap_or(u64::MAX);
        }
    }
    Ok((job, report, access.spec))
}

/// An import as it stands.
///
/// # Errors
/// Where it isn't there for the asker.
#[compiled_once]
pub async fn import_report(visit: &Visit<'_>, id: &str) -> Result<ImportReport, AppError> {
    job_of(visit, id).await.map(|(_, report, _)| report)
}

/// How many bytes an import's file has.
pub(crate) async fn import_bytes(visit: &Visit<'_>, id: &str) -> Result<usize, AppError> {
    job_of(visit, id).await.map(|(job, _, _)| job.bytes.len())
}

/// Under whose name the receipts of imports are kept.
pub(super) const IMPORT: &str = "import";

/// That an import was committed: it can be once.
pub(super) fn once(id: &str) -> Receipt {
    Receipt {
        principal: IMPORT.to_owned(),
        key: id.to_owned(),
        request: request_hash(&[id.as_bytes()]),
        answer: id.to_owned(),
    }
}

/// Why an import that is no preview any more can't be written.
pub(super) fn closed(state: &str) -> AppError {
    match state {
        "undone" => AppError::conflict(
            "這次匯入已經復原，不能再次寫入",
            "要再匯入請重新上傳檔案，看過新的預覽再寫入",
        ),
        "discarded" => AppError::conflict(
            "這次匯入已經取消，沒有寫入任何資料，也不能再寫入",
            "要匯入請重新上傳檔案，看過新的預覽再寫入",
        ),
        _ => AppError::conflict(
            "這次匯入已經完成",
            "要再匯入一次請重新上傳檔案；要回到匯入前的內容請用「復原這次匯入」",
        ),
    }
}
