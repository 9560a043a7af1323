//! Writing the lines of a previewed import, all in one transaction.
//!
//! Why the file is read again: nothing of a preview is trusted, and what changed in between is
//! noticed. What it can't know: who wrote in between; the lines are judged anew.

use super::judge::{Digest, judge_for};
use super::kept::{IMPORT, closed, job_of, keep, once, saved_columns};
use super::lines::{looked_at, write_lines};
use super::read::{STEP, read_through};
use super::report::{Chosen, ImportCounts, ImportReport, Imported, Progress};
use crate::new_ids::row_id;
use crate::visit::{Visit, act};
use crate::{AppError, commit};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use store::{NewRow, StoreError};

/// Writes the lines of a previewed import, all in one transaction. Progress counts each line twice:
/// when it is looked at once more, and, those that are taken, when it is written.
///
/// # Errors
/// Where lines are wrong and that was not accepted, or what stands has changed since.
pub fn commit_import<'a>(
    visit: &'a Visit<'_>,
    id: &'a str,
    chosen: &'a Chosen,
    progress: Progress<'a>,
) -> Imported<'a> {
    Box::pin(async move {
        match commit_import_once(visit, id, chosen, progress).await {
            Err(AppError::Store(StoreError::Moved { .. })) => Err(AppError::conflict(
                "其他人正在寫入相關的資料；沒有匯入任何資料",
                "預覽仍在，請稍後再寫入一次",
            )),
            done => done,
        }
    })
}

/// The same; that others kept writing what lines are judged by is told as such, for whoever can wait.
///
/// # Errors
/// As [`commit_import`].
pub(crate) async fn commit_import_once(
    visit: &Visit<'_>,
    id: &str,
    chosen: &Chosen,
    progress: Progress<'_>,
) -> Result<ImportReport, AppError> {
    let mut done = write_import(visit, id, chosen, progress).await;
    for _ in 1..TRIES {
        if !matches!(done, Err(AppError::Store(StoreError::Moved { .. }))) {
            return done;
        }
        // Something was written meanwhile: the lines are judged anew, and if they still say what
        // the preview said, they are written.
        done = write_import(&visit.again().await?, id, chosen, progress).await;
    }
    done
}

async fn write_import(
    visit: &Visit<'_>,
    id: &str,
    chosen: &Chosen,
    progress: Progress<'_>,
) -> Result<ImportReport, AppError> {
    let agency = visit.agency();
    let (job, mut report, spec) = job_of(visit, id).await?;
    if report.state != "preview" {
        return Err(closed(&report.state));
    }
    if report.counts.wrong > 0 && !chosen.skip_wrong {
        return Err(AppError::bad_input(
            format!("有 {} 列有誤，沒有匯入任何資料", report.counts.wrong),
            "請下載待更正的列、更正後重新上傳；或選擇略過有誤的列（網頁按「寫入（略過有誤）」，命令列加 --skip-wrong，API 帶 skip_wrong）",
        ));
    }
    // Everything that lines are judged by is read after this; what moves since refuses the commit.
    let access = visit.may(act::Import, spec)?;
    let looked_at = looked_at(visit, spec)?;
    let judge = judge_for(visit, spec).await?;
    let mut saved = saved_columns(visit, spec);
    saved.extend(report.options.columns.clone());
    let mut counts = ImportCounts::default();
    let mut digest = Digest::default();
    let mut seen = HashMap::new();
    let mut rows: Vec<store::Prepared> = Vec::new();
    let mut micros = visit.now();
    let mut looked_at_lines = 0_u64;
    read_through(
        spec,
        &saved,
        (&report.file, &job.bytes, report.options.sheet.as_deref()),
        &chosen.stop,
        &mut |header, row| {
            let judged = judge.judge(header, &row, &mut seen);
            looked_at_lines += 1;
            if looked_at_lines.is_multiple_of(STEP) {
                progress(looked_at_lines);
            }
            digest.line(&judged);
            counts.add(judged.line.status);
            let Some((id, seen_version, body)) = judged.write.filter(|_| chosen.takes(row.number)) else {
                return;
            };
            let id = if id.is_empty() {
                micros = micros.saturating_add(1);
                row_id(&format!("{agency}-r"), micros)
            } else {
                id
            };
            rows.push(store::Prepared::of(&NewRow {
                register: spec.key.to_owned(),
                row: id,
                expected_version: seen_version,
                body,
            }));
        },
    )?;
    if counts != report.counts || digest.finish() != report.digest {
        return Err(if job.actor == visit.who().id {
            changed_since()
        } else {
            // What is hidden from whoever made the preview stands in the file in another way.
            AppError::conflict(
                "與預覽的結果不同：本機關的資料已有變動，或您與上傳者看得到的欄位不同；沒有匯入任何資料",
                "請由上傳者寫入，或由您重新上傳檔案、看過新的預覽再匯入",
            )
        });
    }
    drop(judge);
    // Reading takes a while: it may have been put aside meanwhile.
    let (_, now, _) = job_of(&visit.again().await?, id).await?;
    if now.state != "preview" {
        return Err(closed(&now.state));
    }
    if rows.is_empty() {
        return Err(AppError::bad_input(
            "沒有要匯入的列",
            "請至少選擇一列新增或更新的資料",
        ));
    }
    report.written = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    "committed".clone_into(&mut report.state);
    if spec.typed.is_some() && !spec.bulk {
        let new: Vec<NewRow> = rows.iter().map(store::Prepared::unpacked).collect();
        commit::would_hold(visit, &new)?;
    }
    if report.options.remember {
        let columns: BTreeMap<&String, &String> = report.columns.iter().map(|(l, k)| (l, k)).collect();
        let mapping = format!("{agency}:{}", spec.key);
        let standing = visit.rows().row("mapping", &mapping);
        rows.push(store::Prepared::of(&NewRow {
            register: "mapping".to_owned(),
            row: mapping,
            expected_version: standing.map_or(0, |r| r.version),
            body: json!({ "v": 1, "register": spec.key, "columns": columns }),
        }));
    }
    let action = format!("import:{id}");
    let mut writing = |done: u64| progress(looked_at_lines.saturating_add(done));
    let written = write_lines(&access, &action, (rows, Some(once(id)), looked_at), &mut writing).await;
    if let Err(error) = written {
        let visit = &visit.again().await?;
        // Twice at once: new rows have new ids, so only this tells the second one apart.
        return Err(match visit.reads().receipt(IMPORT, id).await? {
            Some(_) => {
                let (_, now, _) = job_of(visit, id).await?;
                // Written, and perhaps not yet said so.
                closed(if now.state == "discarded" {
                    "discarded"
                } else {
                    "committed"
                })
            }
            None => error,
        });
    }
    keep(visit, &report, job.bytes).await?;
    Ok(report)
}

/// How often an import is judged anew because something was written meanwhile.
const TRIES: u32 = 3;

fn changed_since() -> AppError {
    AppError::conflict(
        "預覽之後，本機關的資料已有變動；沒有匯入任何資料",
        "請重新上傳檔案，看過新的預覽再匯入",
    )
}
