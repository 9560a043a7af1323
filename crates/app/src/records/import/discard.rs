//! A previewed import that nobody wants: put aside, so that it can't be written by mistake.
//!
//! Why it isn't deleted: whoever has its address open is told what became of it. What it can't
//! know: why; nothing was written, so nothing is in the ledger either.

use super::kept::{closed, job_of, job_row, once};
use super::report::ImportReport;
use crate::AppError;
use crate::commit;
use crate::compiled::compiled_once;
use crate::visit::Visit;

/// Puts a preview aside; nothing of it was written, and nothing can be from now on.
///
/// # Errors
/// Where it isn't there for the asker, or was written already.
#[compiled_once]
pub async fn discard_import(visit: &Visit<'_>, id: &str) -> Result<ImportReport, AppError> {
    let (job, mut report, _) = job_of(visit, id).await?;
    match report.state.as_str() {
        "discarded" => return Ok(report),
        "preview" => {}
        other => return Err(closed(other)),
    }
    "discarded".clone_into(&mut report.state);
    let job = job_row(visit, &report, job.bytes)?;
    // By the receipt that writing would leave: of the two only one happens.
    if commit::close_job(visit, &job, &once(id)).await? {
        return Ok(report);
    }
    let (_, now, _) = job_of(&visit.again().await?, id).await?;
    match now.state.as_str() {
        "discarded" => Ok(now),
        _ => Err(closed("committed")),
    }
}
