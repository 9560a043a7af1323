//! `fazun law lint`: a document's citations, or law files.
//!
//! Exit codes for a document: 0 nothing found, 1 something found, 2 it can't be read. Law
//! files keep theirs: 0 sound, 2 wrong.

use crate::args::{LawLintArgs, LintBody, LintKind};
use crate::commands::{day, plan, read_file};
use crate::out;
use app::{AppError, DocumentKind, LintOptions, Linted};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use views::{LintFinding, LintView};

pub fn run(law: Option<&Path>, args: &LawLintArgs) -> Result<ExitCode, AppError> {
    let toml = args
        .file
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    if !toml && !args.file.is_dir() {
        return document(law, args);
    }
    if args.fix.is_some() {
        return Err(AppError::bad_input(
            "法規資料檔沒有更正本",
            "請依訊息修改；--fix 用於文件",
        ));
    }
    let errors = app::lint_law(&args.file)?;
    if args.json {
        let list: Vec<_> = errors
            .iter()
            .map(|e| {
                let also = e.also.as_ref().map(|(file, line)| json!({ "file": file, "line": line }));
                json!({ "file": e.file, "line": e.line, "message": e.message, "remedy": e.remedy, "also": also })
            })
            .collect();
        out::json(&list)?;
    } else if errors.is_empty() {
        out::line("沒有發現問題。");
    }
    if errors.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    for error in &errors {
        out::error(&error.to_string());
    }
    Ok(ExitCode::from(2))
}

fn document(law: Option<&Path>, args: &LawLintArgs) -> Result<ExitCode, AppError> {
    let at = day(args.at.as_deref())?;
    if let Some(to) = &args.fix {
        check_target(&args.file, to, args.force)?;
    }
    let (name, bytes) = read_file(&args.file, plan::PLAN_LIMIT)?;
    let corpus = app::load_law(law)?;
    let options = LintOptions {
        kind: args.kind.map(|kind| match kind {
            LintKind::Plan => DocumentKind::Plan,
            LintKind::Rule => DocumentKind::Rule,
            LintKind::Contract => DocumentKind::Contract,
            LintKind::Text => DocumentKind::Text,
        }),
        body: args.body.map(|body| match body {
            LintBody::PublicAgency => "public_agency".to_owned(),
            LintBody::SpecificNonGovernment => "specific_non_government".to_owned(),
        }),
        level: args.level.as_ref().map(|l| l.to_ascii_uppercase()),
    };
    let linted = app::lint_document(&corpus, &name, &bytes, &options, at)?;
    if args.json {
        out::json(&linted.view)?;
    } else {
        print(&linted.view);
    }
    if let Some(to) = &args.fix {
        fix(&linted, &name, &bytes, to, args.force)?;
    }
    Ok(if linted.view.total() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn print(view: &LintView) {
    let level = view
        .level
        .as_ref()
        .map_or_else(String::new, |l| format!("，{l} 級"));
    out::line(&format!(
        "{}　{}（{}{level}），依 {} 之法規",
        view.file_name,
        view.kind_label,
        view.body_label,
        ::period::roc_short(view.day)
    ));
    if let Some(encoding) = &view.encoding {
        out::line(&format!("檔案為 {encoding} 編碼，已轉換讀取；請抽查罕用字。"));
    }
    for group in &view.groups {
        out::line("");
        out::line(&format!("{}　{} 處", group.title, group.findings.len()));
        for finding in &group.findings {
            out::line(&format!("　　{}", sentence(finding)));
        }
    }
    out::line("");
    if !view.not_held.is_empty() {
        out::line(&format!("系統沒有下列法規，未查核：{}", view.not_held.join("、")));
    }
    if view.historic > 0 {
        out::line(&format!(
            "另有 {} 處引用敘述的是過去的規定，不列為問題，也不更正。",
            view.historic
        ));
    }
    out::line(&format!(
        "讀到 {} 處引用，發現 {} 個問題，其中 {} 個可自動更正。",
        view.citations,
        view.total(),
        view.fixable
    ));
}

/// 第 5 行：原文 → 現行；原因；處理方式.
fn sentence(f: &LintFinding) -> String {
    let place = match (f.kind.as_str(), f.column) {
        ("missing_chapter", _) => "全文".to_owned(),
        (_, Some(column)) => format!("第 {} 行第 {column} 字", f.line),
        (_, None) => format!("第 {} 行", f.line),
    };
    let written = if f.text.is_empty() {
        String::new()
    } else {
        format!("「{}」", f.text)
    };
    let now = match (&f.now, f.column) {
        (Some(now), Some(_)) => format!(" → {now}"),
        _ => String::new(),
    };
    let doubt = if f.certainty == "low" && f.kind == "old_number" {
        "（由句意判斷，請確認）"
    } else {
        ""
    };
    let end = |text: &str| text.trim_end_matches('。').to_owned();
    format!(
        "{place}：{written}{now}；{}{doubt}；{}",
        end(&f.why),
        end(&f.remedy)
    )
}

fn same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

fn check_target(from: &Path, to: &Path, force: bool) -> Result<(), AppError> {
    if same_file(from, to) {
        return Err(AppError::bad_input(
            "更正本不能蓋掉原檔",
            "請用 --fix 指定另一個檔名",
        ));
    }
    if to.is_dir() {
        return Err(AppError::bad_input(
            format!("{} 是資料夾", to.display()),
            "請用 --fix 指定檔名",
        ));
    }
    if to.symlink_metadata().is_ok() && !force {
        return Err(AppError::bad_input(
            format!("{} 已存在", to.display()),
            "請換一個檔名，或加 --force 覆寫",
        ));
    }
    Ok(())
}

fn fix(linted: &Linted, name: &str, bytes: &[u8], to: &Path, force: bool) -> Result<(), AppError> {
    if linted.view.fixable == 0 {
        out::error("沒有可自動更正的引用，未產生更正本。");
        return Ok(());
    }
    let copy = linted.corrected(name, bytes)?;
    write(to, &copy.bytes, force).map_err(|e| {
        AppError::failed(
            format!("無法寫入 {}（{e}）", to.display()),
            "請確認資料夾存在且可寫入",
        )
    })?;
    out::error(&format!("更正本：{}，改了 {} 處。", to.display(), copy.changed));
    if let Some(encoding) = copy.converted {
        out::error(&format!("原檔為 {encoding} 編碼，更正本為 UTF-8。"));
    }
    for line in &copy.left {
        out::error(&format!("第 {line} 行未更正：文字格式分散，請自行修改。"));
    }
    Ok(())
}

/// A new file; with `force` one that takes the place of another in one step.
fn write(to: &Path, bytes: &[u8], force: bool) -> std::io::Result<()> {
    let new = |path: &Path| -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    if !force {
        return new(to);
    }
    let mut beside = to.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = Path::new(&beside);
    let written = new(beside).and_then(|()| std::fs::rename(beside, to));
    if written.is_err() {
        let _ = std::fs::remove_file(beside);
    }
    written
}
