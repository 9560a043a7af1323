//! What an import of a file would do: nothing is written but the preview itself.
//!
//! What it can't know: what is written before the import is; the commit reads the file again.

use super::super::export::{ID, VERSION};
use super::judge::{Digest, judge_for};
use super::kept::{keep, saved_columns};
use super::read::{STEP, read_through};
use super::report::{ImportCounts, ImportLine, ImportOptions, ImportReport, Imported, LineStatus, Progress};
use crate::AppError;
use crate::new_ids::new_id;
use crate::visit::{Visit, act};
use registers::RegisterSpec;
use std::collections::{BTreeMap, HashMap};

/// Lines of each kind that a preview keeps.
const SHOWN: usize = 100;

/// Reads a file and says what an import of it would do; writes no record.
///
/// # Errors
/// Where the asker may not, or the file can't be read as this register.
pub fn preview_import<'a>(
    visit: &'a Visit<'_>,
    spec: &'static RegisterSpec,
    (file, bytes): (&'a str, Vec<u8>),
    options: ImportOptions,
    progress: Progress<'a>,
) -> Imported<'a> {
    Box::pin(async move {
        let id = new_id(&format!("{}-i", visit.agency()));
        preview_as(visit, spec, (file, bytes), options, progress, id).await
    })
}

/// Whether somebody may have a file read for an import, with these options.
///
/// # Errors
/// Where they may not, or the options name no field.
pub(crate) fn may_preview(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    options: &ImportOptions,
) -> Result<(), AppError> {
    visit.may(act::Import, spec)?;
    importable(spec)?;
    for (label, key) in &options.columns {
        if !key.is_empty() && spec.field(key).is_none() && key != ID.0 && key != VERSION.0 {
            return Err(AppError::bad_input(
                format!("「{label}」對應的「{key}」不是「{}」的欄位", spec.title),
                "請由欄位清單選取，或留空以略過該欄",
            ));
        }
    }
    Ok(())
}

/// The same under an id that was given beforehand.
pub(crate) async fn preview_as(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    (file, bytes): (&str, Vec<u8>),
    options: ImportOptions,
    progress: Progress<'_>,
    id: String,
) -> Result<ImportReport, AppError> {
    let agency = visit.agency();
    may_preview(visit, spec, &options)?;
    let mut saved = saved_columns(visit, spec);
    saved.extend(options.columns.clone());
    let judge = judge_for(visit, spec).await?;
    let mut counts = ImportCounts::default();
    let mut digest = Digest::default();
    let mut kept: BTreeMap<LineStatus, Vec<ImportLine>> = BTreeMap::new();
    let mut seen = HashMap::new();
    let mut done = 0_u64;
    let through = read_through(
        spec,
        &saved,
        (file, &bytes, options.sheet.as_deref()),
        &options.stop,
        &mut |header, row| {
            let judged = judge.judge(header, &row, &mut seen);
            digest.line(&judged);
            counts.add(judged.line.status);
            let list = kept.entry(judged.line.status).or_default();
            if list.len() < SHOWN {
                list.push(judged.line);
            }
            done += 1;
            if done.is_multiple_of(STEP) {
                progress(done);
            }
        },
    )?;
    if counts == ImportCounts::default() {
        return Err(AppError::bad_input(
            "表頭之下沒有資料",
            "請在表頭下一列開始填寫，存檔後再匯入",
        ));
    }
    let mut notices = through.opened.notices.clone();
    notices.extend(through.header.notices.clone());
    let from = through.opened.meta.iter().find(|(key, _)| key == "agency");
    if from.is_some_and(|(_, id)| id != agency.as_str()) {
        notices.push("這個檔案是由其他機關匯出的；其系統編號不屬於本機關".to_owned());
    }
    let report = ImportReport {
        id,
        register: spec.key.to_owned(),
        state: "preview".to_owned(),
        file: file.to_owned(),
        sha256: ledger::hex(&ledger::sha256(&bytes)),
        sheet: through.opened.sheet.unwrap_or_default(),
        sheets: through.opened.sheets,
        encoding: through.opened.encoding.unwrap_or_default().to_owned(),
        header: through.header.rows,
        columns: through
            .header
            .labels
            .iter()
            .zip(&through.header.columns)
            .map(|(label, key)| (label.clone(), key.clone().unwrap_or_default()))
            .collect(),
        notices,
        counts,
        digest: digest.finish(),
        lines: kept.into_values().flatten().collect(),
        options,
        written: 0,
    };
    keep(visit, &report, bytes).await?;
    Ok(report)
}

/// Registers that only the system writes have no lines to import.
fn importable(spec: &RegisterSpec) -> Result<(), AppError> {
    if spec.flow != registers::Flow::Approval {
        return Err(AppError::bad_input(
            format!("「{}」不能由檔案匯入", spec.title),
            "請由對應的功能辦理",
        ));
    }
    Ok(())
}
