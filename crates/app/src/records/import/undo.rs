//! Taking an import back: new rows are withdrawn, changed ones get their former content.
//!
//! What it can't know: whether somebody needs what it takes back; rows that were changed since
//! refuse all of it.

use super::super::{standings, withdraw};
use super::kept::{job_of, keep};
use super::lines::{looked_at, whole, write_lines};
use super::report::ImportReport;
use crate::compiled::compiled_once;
use crate::visit::{Visit, act};
use crate::{AppError, commit};
use serde_json::Value;
use std::collections::BTreeSet;
use store::NewRow;

/// Takes an import back: new rows are withdrawn, changed ones get their former content.
///
/// # Errors
/// Where rows of it were changed since; nothing is taken back then.
#[compiled_once]
pub async fn undo_import(visit: &Visit<'_>, id: &str) -> Result<ImportReport, AppError> {
    let (job, mut report, spec) = job_of(visit, id).await?;
    if report.state != "committed" {
        return Err(AppError::conflict(
            "這次匯入沒有可復原的資料",
            "只有完成而未復原的匯入可以復原",
        ));
    }
    let access = visit.may(act::Import, spec)?;
    let mut looked_at = looked_at(visit, spec)?;
    looked_at
        .unmoved
        .extend(withdraw::referring(spec).into_iter().map(whole));
    let written = visit
        .reads()
        .heads_written_by(&format!("import:{id}"), spec.key)
        .await?;
    let changed: Vec<&str> = written
        .iter()
        .filter(|w| w.latest != w.version)
        .map(|w| w.row.as_str())
        .collect();
    if let Some(first) = changed.first() {
        return Err(AppError::conflict(
            format!(
                "有 {} 筆在匯入後又被修改（例如 {first}），沒有復原任何資料",
                changed.len()
            ),
            "請逐筆更正或註銷那些紀錄",
        ));
    }
    let standings = standings::standings(visit, spec)?;
    let bound = written
        .iter()
        .find(|w| matches!(standings.of(&w.row, w.version).state, "submitted" | "final"));
    if let Some(bound) = bound {
        return Err(AppError::conflict(
            format!("匯入的紀錄已送簽或定版（{}），沒有復原任何資料", bound.row),
            "請先撤回送簽；已定版者不能復原",
        ));
    }
    let new: BTreeSet<&str> = written
        .iter()
        .filter(|w| w.version == 1)
        .map(|w| w.row.as_str())
        .collect();
    if spec.key == "evidence" && !new.is_empty() {
        return Err(AppError::conflict(
            "佐證只能以新檔取代，不能隨匯入復原",
            "請登錄新的佐證，並選取所取代者",
        ));
    }
    if let Some(other) = withdraw::referring_to_any(visit, spec, &new).await? {
        let other = withdraw::told(visit, other).await?;
        return Err(AppError::conflict(
            format!("「{other}」已引用這次匯入的紀錄，沒有復原任何資料"),
            "請先更正引用它的紀錄，再復原",
        ));
    }
    let mut rows = Vec::with_capacity(written.len());
    for w in &written {
        let body = match w.version {
            1 => Value::Null,
            version => visit
                .reads()
                .version(spec.key, &w.row, version.saturating_sub(1))
                .await?
                .map_or(Value::Null, |r| r.body),
        };
        rows.push(store::Prepared::of(&NewRow {
            register: spec.key.to_owned(),
            row: w.row.clone(),
            expected_version: w.version,
            body,
        }));
    }
    if spec.typed.is_some() && !spec.bulk {
        let new: Vec<NewRow> = rows.iter().map(store::Prepared::unpacked).collect();
        commit::would_hold(visit, &new)?;
    }
    let action = format!("undo:{id}");
    write_lines(&access, &action, (rows, None, looked_at), &mut |_| {}).await?;
    "undone".clone_into(&mut report.state);
    keep(visit, &report, job.bytes).await?;
    Ok(report)
}
