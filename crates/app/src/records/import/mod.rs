//! Many records from a file: preview, commit, and taking it back.
//!
//! Why the file is read again at the commit: nothing of a preview is trusted, and what
//! changed in between is noticed. Why one transaction: half an inventory is worse than
//! none. What it can't know: what an officer meant by a heading nobody uses; that is asked
//! once and remembered.

mod discard;
mod judge;
mod read;
mod report;

pub use discard::discard_import;
pub(crate) use judge::identity;
pub use report::{Chosen, ImportCounts, ImportLine, ImportOptions, ImportReport, LineStatus, Progress};

use super::export::{ID, ListFile, ListFormat, VERSION, write_sheet};
use super::{access, desk, names, withdraw};
use crate::AppError;
use crate::commands::{new_id, row_id};
use crate::commit::{self, Draft, Lines};
use crate::ids::register;
use crate::visit::{Access, Visit, act};
use collectors::sheet::Cell;
use discard::closed;
use documents::sheet::{Column, Table, Value as Out};
use judge::Digest;
use read::read_through;
use registers::RegisterSpec;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Holds, Job, NewRow, Receipt, StoreError, Unmoved};

/// Lines of each kind that a preview keeps.
const SHOWN: usize = 100;
/// How long a preview is kept: ninety days.
const KEPT_MICROS: i64 = 90 * 24 * 3600 * 1_000_000;
/// How many lines between two signs of progress.
const STEP: u64 = 1_000;

fn saved_columns(visit: &Visit<'_>, spec: &RegisterSpec) -> BTreeMap<String, String> {
    let agency = visit.agency();
    let row = visit.rows().there("mapping", &format!("{agency}:{}", spec.key));
    let columns = row.and_then(|r| r.body.get("columns"));
    let columns = columns.and_then(|c| serde_json::from_value(c.clone()).ok());
    columns.unwrap_or_default()
}

/// Reads a file and says what an import of it would do; writes no record.
///
/// # Errors
/// Where the asker may not, or the file can't be read as this register.
pub async fn preview_import(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    (file, bytes): (&str, Vec<u8>),
    options: ImportOptions,
    progress: Progress<'_>,
) -> Result<ImportReport, AppError> {
    let id = new_id(&format!("{}-i", visit.agency()));
    preview_as(visit, spec, (file, bytes), options, progress, id).await
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
    let judge = judge::judge_for(visit, spec).await?;
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
            *match judged.line.status {
                LineStatus::Wrong => &mut counts.wrong,
                LineStatus::New => &mut counts.new,
                LineStatus::Changed => &mut counts.changed,
                LineStatus::Same => &mut counts.same,
            } += 1;
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

async fn keep(visit: &Visit<'_>, report: &ImportReport, bytes: Vec<u8>) -> Result<(), AppError> {
    let job = job_row(visit, report, bytes)?;
    commit::keep_job(visit, &job, KEPT_MICROS).await
}

fn job_row(visit: &Visit<'_>, report: &ImportReport, bytes: Vec<u8>) -> Result<Job, AppError> {
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

async fn job_of(visit: &Visit<'_>, id: &str) -> Result<(Job, ImportReport, &'static RegisterSpec), AppError> {
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
pub async fn import_report(visit: &Visit<'_>, id: &str) -> Result<ImportReport, AppError> {
    job_of(visit, id).await.map(|(_, report, _)| report)
}

/// How many bytes an import's file has.
pub(crate) async fn import_bytes(visit: &Visit<'_>, id: &str) -> Result<usize, AppError> {
    job_of(visit, id).await.map(|(job, _, _)| job.bytes.len())
}

/// The lines that can't be taken, each with its reason, in the officer's own columns.
///
/// # Errors
/// Where the import isn't there for the asker.
pub async fn wrong_lines(visit: &Visit<'_>, id: &str) -> Result<ListFile, AppError> {
    let (job, report, spec) = job_of(visit, id).await?;
    let judge = judge::judge_for(visit, spec).await?;
    let mut saved = saved_columns(visit, spec);
    saved.extend(report.options.columns.clone());
    let mut seen = HashMap::new();
    let mut rows: Vec<Vec<Out>> = Vec::new();
    let width = report.columns.len();
    read_through(
        spec,
        &saved,
        (&report.file, &job.bytes, report.options.sheet.as_deref()),
        &report.options.stop,
        &mut |header, row| {
            let judged = judge.judge(header, &row, &mut seen);
            if judged.line.status == LineStatus::Wrong {
                let mut cells = vec![
                    Out::Number(row.number.to_string()),
                    Out::Text(judged.line.problems.join("\n")),
                ];
                cells.extend((0..width).map(|n| match row.cells.get(n) {
                    None | Some(Cell::Empty) => Out::Empty,
                    Some(Cell::Text(text)) => Out::Text(text.clone()),
                    Some(Cell::Number(number)) => Out::Number(number.clone()),
                    Some(Cell::Day(day)) => Out::Day(*day),
                    Some(Cell::Moment(at)) => Out::Moment(at.clone()),
                    Some(Cell::Flag(flag)) => Out::Flag(*flag),
                }));
                rows.push(cells);
            }
        },
    )?;
    let column = |label: &str, width_chars: u16| Column {
        key: String::new(),
        label: label.to_owned(),
        width_chars,
        choices: Vec::new(),
        note: String::new(),
    };
    let mut columns = vec![column("原檔列號", 10), column("原因與更正方法", 50)];
    columns.extend(report.columns.iter().map(|(label, _)| column(label, 16)));
    let table = Table {
        title: format!("{}待更正", spec.title),
        columns,
        meta: vec![("key".to_owned(), spec.key.to_owned())],
    };
    let bytes = write_sheet(ListFormat::Ods, &table, &mut rows.into_iter())?;
    Ok(ListFile {
        name: format!("{}待更正.ods", spec.title),
        bytes,
        media_type: ListFormat::Ods.media_type(),
    })
}

/// Writes the lines of a previewed import, all in one transaction. Progress counts each line twice:
/// when it is looked at once more, and, those that are taken, when it is written.
///
/// # Errors
/// Where lines are wrong and that was not accepted, or what stands has changed since.
pub async fn commit_import(
    visit: &Visit<'_>,
    id: &str,
    chosen: &Chosen,
    progress: Progress<'_>,
) -> Result<ImportReport, AppError> {
    match commit_import_once(visit, id, chosen, progress).await {
        Err(AppError::Store(StoreError::Moved { .. })) => Err(AppError::conflict(
            "其他人正在寫入相關的資料；沒有匯入任何資料",
            "預覽仍在，請稍後再寫入一次",
        )),
        done => done,
    }
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
    let judge = judge::judge_for(visit, spec).await?;
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
            *match judged.line.status {
                LineStatus::Wrong => &mut counts.wrong,
                LineStatus::New => &mut counts.new,
                LineStatus::Changed => &mut counts.changed,
                LineStatus::Same => &mut counts.same,
            } += 1;
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

/// Takes an import back: new rows are withdrawn, changed ones get their former content.
///
/// # Errors
/// Where rows of it were changed since; nothing is taken back then.
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
        .extend(super::withdraw::referring(spec).into_iter().map(whole));
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
    let standings = access::standings(visit, spec)?;
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

/// The registers by which lines are judged, at the present position: the register itself, those
/// that its rules look at and its rows refer to, and approvals, where it asks for any.
fn looked_at(visit: &Visit<'_>, spec: &RegisterSpec) -> Result<Holds, AppError> {
    let mut registers: BTreeSet<&str> = spec.looks_at.iter().copied().collect();
    registers.insert(spec.key);
    for field in spec.fields {
        if let registers::Kind::Reference(key) | registers::Kind::References(key) = field.kind {
            registers.insert(key);
        }
    }
    let mut unmoved: Vec<Unmoved> = registers.into_iter().map(whole).collect();
    if desk::route_of(visit, spec)?.is_some() {
        unmoved.push(Unmoved {
            beginning: format!("{}:", spec.key),
            ..whole("approval")
        });
    }
    Ok(Holds {
        rows: Vec::new(),
        unmoved,
        since: visit.reads().position(),
    })
}

async fn write_lines(
    access: &Access<'_, act::Import>,
    action: &str,
    (rows, receipt, holds): (Vec<store::Prepared>, Option<Receipt>, Holds),
    progress: Progress<'_>,
) -> Result<(), AppError> {
    let draft = Draft {
        action: action.to_owned(),
        lines: Lines::Many(rows, progress),
        blobs: Vec::new(),
        receipt,
        holds,
    };
    access.commit(draft).await.map(|_| ())
}

/// How often an import is judged anew because something was written meanwhile.
const TRIES: u32 = 3;

/// A register as a whole.
fn whole(register: &str) -> Unmoved {
    Unmoved {
        register: register.to_owned(),
        ..Unmoved::default()
    }
}

fn changed_since() -> AppError {
    AppError::conflict(
        "預覽之後，本機關的資料已有變動；沒有匯入任何資料",
        "請重新上傳檔案，看過新的預覽再匯入",
    )
}

/// Under whose name the receipts of imports are kept.
const IMPORT: &str = "import";

/// That an import was committed: it can be once.
fn once(id: &str) -> Receipt {
    Receipt {
        principal: IMPORT.to_owned(),
        key: id.to_owned(),
        request: crate::request_hash(&[id.as_bytes()]),
        answer: id.to_owned(),
    }
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
