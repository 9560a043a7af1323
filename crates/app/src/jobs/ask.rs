//! What is done at once, and what is done as a job: by how much there is to do.
//!
//! Why one place for pages and programs: neither decides by itself, and both tell the same. Why
//! rights are asked before a job is: whoever may not learns it at once; they are asked again when it
//! is done. What it can't know: how fast this machine is; the bounds are such that what is done
//! at once takes a second or two on a small one.

use super::desk::enqueue;
use super::export::export_job;
use super::import::import_job;
use super::read::{again_job, read_job};
use super::undo::undo_job;
use crate::AppError;
use crate::compiled::compiled_once;
use crate::records::{
    Chosen, ImportOptions, ImportReport, ListFile, ListFormat, ListQuery, commit_import, export_count,
    export_records, import_bytes, import_report, may_preview, preview_again, preview_import, undo_import,
};
use crate::visit::{Visit, act};
use registers::RegisterSpec;
use views::JobView;

/// More rows than these are written, taken back or exported as a job.
pub const LARGE_ROWS: u64 = 2_000;
/// A larger file is read as a job.
pub const LARGE_BYTES: usize = 512 * 1024;

/// What came of asking for something.
#[derive(Debug)]
pub enum Asked<T> {
    /// It is done.
    Done(T),
    /// It is being done, as this job.
    Later(Box<JobView>),
}

async fn later<T>(visit: &Visit<'_>, job: store::NewJob) -> Result<Asked<T>, AppError> {
    Ok(Asked::Later(Box::new(enqueue(visit, job).await?)))
}

/// Reads a file and says what an import of it would do.
///
/// # Errors
/// Where the asker may not, or the file can't be read as this register.
#[compiled_once]
pub async fn read_import(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    (file, bytes): (&str, Vec<u8>),
    options: ImportOptions,
) -> Result<Asked<ImportReport>, AppError> {
    may_preview(visit, spec, &options)?;
    if bytes.len() > LARGE_BYTES {
        return later(visit, read_job(visit, spec, (file, bytes), &options)).await;
    }
    let report = preview_import(visit, spec, (file, bytes), options, &mut |_| {}).await?;
    Ok(Asked::Done(report))
}

/// Reads the file of an import again, with other columns or another sheet.
///
/// # Errors
/// Where the import isn't there for the asker, or the file can't be read so.
#[compiled_once]
pub async fn read_import_again(
    visit: &Visit<'_>,
    import: &str,
    options: ImportOptions,
) -> Result<Asked<ImportReport>, AppError> {
    let report = import_report(visit, import).await?;
    let spec = crate::register(&report.register)?;
    may_preview(visit, spec, &options)?;
    if report.state == "preview" && import_bytes(visit, import).await? > LARGE_BYTES {
        return later(visit, again_job(visit, &report, &options)).await;
    }
    let report = preview_again(visit, import, options, &mut |_| {}).await?;
    Ok(Asked::Done(report))
}

/// Writes the lines of a previewed import, all in one transaction.
///
/// # Errors
/// Where lines are wrong and that was not accepted, or what stands has changed since.
#[compiled_once]
pub async fn write_import(
    visit: &Visit<'_>,
    import: &str,
    chosen: &Chosen,
) -> Result<Asked<ImportReport>, AppError> {
    let report = import_report(visit, import).await?;
    let counts = report.counts;
    let is_refused = report.state != "preview" || counts.wrong > 0 && !chosen.skip_wrong;
    if !is_refused && counts.new.saturating_add(counts.changed) > LARGE_ROWS {
        return later(visit, import_job(visit, &report, chosen)).await;
    }
    let report = commit_import(visit, import, chosen, &mut |_| {}).await?;
    Ok(Asked::Done(report))
}

/// Takes an import back: new rows are withdrawn, changed ones get their former content.
///
/// # Errors
/// Where rows of it were changed since; nothing is taken back then.
#[compiled_once]
pub async fn take_import_back(visit: &Visit<'_>, import: &str) -> Result<Asked<ImportReport>, AppError> {
    let report = import_report(visit, import).await?;
    if report.state == "committed" && report.written > LARGE_ROWS {
        return later(visit, undo_job(visit, &report)).await;
    }
    Ok(Asked::Done(undo_import(visit, import).await?))
}

/// A register's rows as a file, narrowed as a list is.
///
/// # Errors
/// Where the asker may not, or the format can't hold a cell.
#[compiled_once]
pub async fn export_list(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    query: &ListQuery,
    format: ListFormat,
) -> Result<Asked<ListFile>, AppError> {
    if is_large_list(visit, spec, query).await? {
        return later(visit, export_job(visit, spec.key, query, format)).await;
    }
    Ok(Asked::Done(export_records(visit, spec, query, format).await?))
}

/// Whether a list as a file is made as a job.
///
/// # Errors
/// Where the asker may not.
#[compiled_once]
pub async fn is_large_list(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    query: &ListQuery,
) -> Result<bool, AppError> {
    let access = visit.may(act::Export, spec)?;
    Ok(export_count(&access, query).await? > LARGE_ROWS)
}
