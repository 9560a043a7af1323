//! `fazun record …` and `fazun xray`: the registers from the command line.

use crate::args::record::{
    ConfirmArgs, FieldsArgs, PaperArgs, Place, RecordArgs, RecordExportArgs, RecordImportArgs,
    RecordListArgs, RecordPutArgs, RecordWithdrawArgs, RegistersArgs, UndoArgs,
};
use crate::commands::{day, enter, open, read_file, tell_undone};
use crate::out;
use app::{
    App, AppError, Chosen, Decision, EvidenceFile, ImportOptions, LineStatus, ListFormat, ListQuery,
    PaperSignature, PutRecord, RowId, Verdict, records,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

/// The largest file that is imported; the reader has limits of its own.
const IMPORT_LIMIT: u64 = 128 << 20;
/// The largest piece of evidence.
const FILE_LIMIT: u64 = 25 << 20;

/// `欄位=值` as a pair.
fn pair(text: &str) -> Result<(String, String), AppError> {
    let Some((key, value)) = text.split_once('=') else {
        return Err(AppError::bad_input(
            format!("「{text}」不是 欄位=值"),
            "例如 name=公文系統 或 from=115/03/02",
        ));
    };
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

pub async fn registers(law: Option<&Path>, args: &RegistersArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.whose.data, false).await?;
    let visit = enter(&app, &args.whose, app.today()).await?;
    let index = records::register_index(&visit).await?;
    if args.json {
        out::json(&index)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut group = "";
    for register in &index {
        if register.group != group {
            group = &register.group;
            out::line(&format!("【{group}】"));
        }
        out::line(&format!(
            "  {}　{}　{} 筆",
            register.key, register.title, register.count
        ));
    }
    Ok(ExitCode::SUCCESS)
}

pub fn fields(args: &FieldsArgs) -> Result<ExitCode, AppError> {
    let found = app::register_schemas()
        .into_iter()
        .find(|(key, _, _)| *key == args.register);
    let Some((key, title, schema)) = found else {
        return Err(AppError::not_found(
            format!("沒有登記簿「{}」", args.register),
            "請以 fazun record registers --agency 機關代號 查看代號",
        ));
    };
    if args.json {
        out::json(&schema)?;
        return Ok(ExitCode::SUCCESS);
    }
    out::line(&format!("{key}　{title}"));
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let listed = schema
        .get("x-order")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for key in listed.filter_map(Value::as_str) {
        let Some(field) = schema.get("properties").and_then(|p| p.get(key)) else {
            continue;
        };
        let text = |name: &str| field.get(name).and_then(Value::as_str).unwrap_or_default();
        let choices = field
            .get("enum")
            .and_then(Value::as_array)
            .map(|c| c.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("｜"))
            .map_or_else(String::new, |c| format!("（{c}）"));
        let mark = if required.contains(&key) { "＊" } else { "　" };
        out::line(&format!(
            "{mark}{key}　{}{choices}　{}",
            text("title"),
            text("description")
        ));
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn list(law: Option<&Path>, args: &RecordListArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.place.whose.data, false).await?;
    let query = ListQuery {
        equal: args.filters.iter().map(|f| pair(f)).collect::<Result<_, _>>()?,
        contains: args.contains.clone(),
        after: args.after.clone(),
        limit: args.limit,
        withdrawn: args.withdrawn,
    };
    let visit = enter(&app, &args.place.whose, app.today()).await?;
    let spec = app::register(&args.place.register)?;
    if args.json {
        let page = records::list(&visit, spec, &query).await?;
        out::json(&serde_json::json!({ "records": page.rows, "total": page.total, "next": page.next }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let list = records::record_list(&visit, spec, &query).await?;
    for row in &list.rows {
        let standing = if row.standing.is_empty() {
            String::new()
        } else {
            format!("　［{}］", row.standing)
        };
        out::line(&format!(
            "{}　{}　{}{standing}",
            row.id,
            row.name,
            row.cells.join("　")
        ));
    }
    out::error(&format!("共 {} 筆", list.total));
    if let Some(next) = &list.next {
        out::error(&format!("下一頁：--after {next}"));
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn show(law: Option<&Path>, args: &RecordArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.place.whose.data, false).await?;
    let visit = enter(&app, &args.place.whose, app.today()).await?;
    let spec = app::register(&args.place.register)?;
    let detail = records::record_detail(&visit, spec, Some(&RowId::parse(&args.id)?)).await?;
    if args.json {
        out::json(&detail)?;
        return Ok(ExitCode::SUCCESS);
    }
    out::line(&format!(
        "{}　{}　第 {} 版　{}",
        detail.register.title, detail.name, detail.version, detail.standing
    ));
    for field in &detail.fields {
        let files: Vec<&str> = field.files.iter().map(|f| f.name.as_str()).collect();
        let shown = if files.is_empty() {
            field.shown.replace('\n', "、")
        } else {
            files.join("、")
        };
        if !shown.is_empty() {
            out::line(&format!("  {}（{}）　{shown}", field.label, field.key));
        }
    }
    for gap in &detail.gaps {
        out::line(&format!("待補正　{gap}"));
    }
    for proof in &detail.proves {
        out::line(&format!(
            "證明　{}（{}）　{}",
            proof.title, proof.duty, proof.words
        ));
    }
    for entry in &detail.timeline {
        out::line(&format!("{}　{}　{}", entry.at, entry.by, entry.words));
        for (label, from, to) in &entry.changed {
            out::line(&format!("    {label}：{from} → {to}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn put(law: Option<&Path>, args: &RecordPutArgs) -> Result<ExitCode, AppError> {
    let mut body = Map::new();
    for field in &args.fields {
        let (key, value) = pair(field)?;
        let value = if value.is_empty() {
            Value::Null
        } else {
            Value::String(value)
        };
        body.insert(key, value);
    }
    let mut files = Vec::new();
    for path in &args.file {
        let (name, bytes) = read_file(path, FILE_LIMIT)?;
        files.push(EvidenceFile {
            name,
            bytes,
            media_type: "application/octet-stream".to_owned(),
        });
    }
    let app = open(law, &args.place.whose.data, false).await?;
    let put = PutRecord {
        partial: args.id.is_some(),
        id: args.id.as_deref().map(RowId::parse).transpose()?,
        seen: args.version,
        body: Value::Object(body),
        files,
        once: None,
    };
    let visit = enter(&app, &args.place.whose, app.today()).await?;
    let spec = app::register(&args.place.register)?;
    let saved = records::put(&visit, spec, put).await?;
    tell_undone(&saved);
    app.close().await;
    if args.json {
        out::json(&saved.record)?;
    } else {
        out::line(&saved.record.id);
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn withdraw(law: Option<&Path>, args: &RecordWithdrawArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.place.whose.data, false).await?;
    let visit = enter(&app, &args.place.whose, app.today()).await?;
    let spec = app::register(&args.place.register)?;
    records::withdraw(&visit, spec, (&RowId::parse(&args.id)?, None), &args.reason).await?;
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The version that stands now: whoever types a command has just looked.
async fn version(app: &App, place: &Place, id: &RowId) -> Result<u32, AppError> {
    let visit = enter(app, &place.whose, app.today()).await?;
    let record = records::show(&visit, app::register(&place.register)?, id).await?;
    Ok(record.version)
}

pub async fn submit(law: Option<&Path>, args: &RecordArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.place.whose.data, false).await?;
    let id = RowId::parse(&args.id)?;
    let seen = version(&app, &args.place, &id).await?;
    let visit = enter(&app, &args.place.whose, app.today()).await?;
    let spec = app::register(&args.place.register)?;
    let standing = records::submit(&visit, spec, (&id, seen)).await?;
    app.close().await;
    out::line(&standing.words);
    Ok(ExitCode::SUCCESS)
}

pub async fn recall(law: Option<&Path>, args: &RecordArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.place.whose.data, false).await?;
    let visit = enter(&app, &args.place.whose, app.today()).await?;
    let spec = app::register(&args.place.register)?;
    let standing = records::call_back(&visit, spec, &RowId::parse(&args.id)?).await?;
    app.close().await;
    out::line(&standing.words);
    Ok(ExitCode::SUCCESS)
}

/// Decides on a change that waits for a second person.
pub async fn confirm(law: Option<&Path>, args: &ConfirmArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.place.whose.data, false).await?;
    let visit = enter(&app, &args.place.whose, app.today()).await?;
    let spec = app::register(&args.place.register)?;
    let id = RowId::parse(&args.id)?;
    let waiting = records::waiting_for(&visit).await?;
    let found = waiting
        .iter()
        .find(|r| r.register == spec.key && r.id == id.as_str() && r.standing.state == "pending");
    let Some(found) = found else {
        return Err(AppError::not_found(
            format!("「{}」沒有「{id}」這一筆待您確認的變更", spec.title),
            "提出者不能確認自己的變更；本機操作者視為一人，請由平臺管理者或另一位資安專責人員確認",
        ));
    };
    let decision = Decision {
        verdict: match args.refuse {
            None => Verdict::Agree,
            Some(_) => Verdict::Return,
        },
        reason: args.refuse.clone().unwrap_or_default(),
        seen: found.version,
    };
    let standing = records::decide(&visit, spec, &id, decision).await?;
    app.close().await;
    out::line(&standing.words);
    Ok(ExitCode::SUCCESS)
}

pub async fn paper(law: Option<&Path>, args: &PaperArgs) -> Result<ExitCode, AppError> {
    let on = day(Some(&args.on))?;
    let (name, bytes) = read_file(&args.scan, FILE_LIMIT)?;
    let app = open(law, &args.place.whose.data, false).await?;
    let id = RowId::parse(&args.id)?;
    let paper = PaperSignature {
        signed_by: args.signed_by.clone(),
        on,
        scan: EvidenceFile {
            name,
            bytes,
            media_type: "application/octet-stream".to_owned(),
        },
        seen: version(&app, &args.place, &id).await?,
    };
    let visit = enter(&app, &args.place.whose, app.today()).await?;
    let spec = app::register(&args.place.register)?;
    let standing = records::approve_on_paper(&visit, spec, &id, paper).await?;
    app.close().await;
    out::line(&standing.words);
    Ok(ExitCode::SUCCESS)
}

/// How many lines are done, on a terminal only.
fn tell(what: &str, done: u64) {
    if std::io::stderr().is_terminal() {
        out::error(&format!("{what} {done} 列…"));
    }
}

pub async fn import(law: Option<&Path>, args: &RecordImportArgs) -> Result<ExitCode, AppError> {
    let mut columns = BTreeMap::new();
    for column in &args.column {
        let (label, key) = pair(column)?;
        columns.insert(label, key);
    }
    let (name, bytes) = read_file(&args.file, IMPORT_LIMIT)?;
    let app = open(law, &args.place.whose.data, false).await?;
    let options = ImportOptions {
        sheet: args.sheet.clone(),
        columns,
        remember: args.remember,
        ..ImportOptions::default()
    };
    let agency = &args.place.whose.agency;
    let visit = enter(&app, &args.place.whose, app.today()).await?;
    let spec = app::register(&args.place.register)?;
    let mut reading = |done| tell("讀取", done);
    let mut report = records::preview_import(&visit, spec, (&name, bytes), options, &mut reading).await?;
    // What was previewed is there for a visit that begins after it.
    let visit = visit.again().await?;
    if let Some(to) = args.wrong.as_ref().filter(|_| report.counts.wrong > 0) {
        let file = records::wrong_lines(&visit, &report.id).await?;
        save(to, &file.bytes)?;
    }
    if args.commit {
        let chosen = Chosen {
            skip_wrong: args.skip_wrong,
            ..Chosen::default()
        };
        let mut writing = |done| tell("寫入", done);
        report = records::commit_import(&visit, &report.id, &chosen, &mut writing).await?;
    }
    app.close().await;
    if args.json {
        out::json(&report)?;
    } else {
        for notice in &report.notices {
            out::error(&format!("注意　{notice}"));
        }
        for (label, key) in report
            .columns
            .iter()
            .filter(|(label, key)| key.is_empty() && !label.is_empty())
        {
            let _ = key;
            out::error(&format!("未對應的欄　{label}（可用 --column {label}=欄位代號）"));
        }
        for line in report.lines.iter().filter(|l| l.status == LineStatus::Wrong) {
            out::line(&format!(
                "第 {} 列　{}　{}",
                line.row,
                line.name,
                line.problems.join("；")
            ));
        }
        let counts = report.counts;
        out::line(&format!(
            "新增 {}　更新 {}　不變 {}　有誤 {}",
            counts.new, counts.changed, counts.same, counts.wrong
        ));
        match report.state.as_str() {
            "committed" => out::line(&format!(
                "已寫入 {} 列；復原：fazun record undo --agency {agency} --import {}",
                report.written, report.id
            )),
            "discarded" => out::line("這次匯入已取消，沒有寫入任何資料"),
            _ => out::line("這是預覽，尚未寫入；確認後加 --commit"),
        }
    }
    Ok(if report.counts.wrong > 0 && report.state != "committed" {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    })
}

pub async fn undo(law: Option<&Path>, args: &UndoArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.whose.data, false).await?;
    let visit = enter(&app, &args.whose, app.today()).await?;
    let report = records::undo_import(&visit, &args.import).await?;
    app.close().await;
    out::line(&format!("已復原 {} 列", report.written));
    Ok(ExitCode::SUCCESS)
}

/// Writes a new file; an existing one is never overwritten.
fn save(to: &Path, bytes: &[u8]) -> Result<(), AppError> {
    use std::io::Write as _;
    let made = std::fs::OpenOptions::new().write(true).create_new(true).open(to);
    made.and_then(|mut file| file.write_all(bytes)).map_err(|error| {
        AppError::bad_input(
            format!("無法寫入 {}（{error}）", to.display()),
            "請改用不存在的檔名，或確認資料夾權限",
        )
    })
}

pub async fn export(law: Option<&Path>, args: &RecordExportArgs) -> Result<ExitCode, AppError> {
    let ending = args.to.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let Some(format) = ListFormat::of(&ending.to_ascii_lowercase()) else {
        return Err(AppError::bad_input(
            format!("{} 的副檔名不能用", args.to.display()),
            "請以 .ods、.xlsx 或 .csv 結尾",
        ));
    };
    let app = open(law, &args.place.whose.data, false).await?;
    let visit = enter(&app, &args.place.whose, app.today()).await?;
    let spec = app::register(&args.place.register)?;
    let file = if args.blank {
        records::import_template(&visit, spec, format).await?
    } else {
        let query = ListQuery {
            equal: args.filters.iter().map(|f| pair(f)).collect::<Result<_, _>>()?,
            ..ListQuery::default()
        };
        records::export_records(&visit, spec, &query, format).await?
    };
    app.close().await;
    save(&args.to, &file.bytes)?;
    out::line(&args.to.display().to_string());
    Ok(ExitCode::SUCCESS)
}

pub async fn xray(law: Option<&Path>, args: &RegistersArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.whose.data, false).await?;
    let visit = enter(&app, &args.whose, app.today()).await?;
    let xray = app::xray::xray(&visit).await?;
    app.close().await;
    if args.json {
        out::json(&xray)?;
        return Ok(ExitCode::SUCCESS);
    }
    for item in &xray.items {
        let clause = if item.clause.is_empty() {
            String::new()
        } else {
            format!("（依據：{}）", item.clause)
        };
        out::line(&format!(
            "{}　{}　{}　{}{clause}",
            item.severity, item.title, item.name, item.message
        ));
    }
    let (wrong, missing, hints) = xray.counts;
    out::line(&format!(
        "不一致 {wrong}　缺漏 {missing}　提示 {hints}（看過 {} 筆紀錄）",
        xray.looked_at
    ));
    Ok(ExitCode::SUCCESS)
}
