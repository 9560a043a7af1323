//! `fazun ledger …`, `fazun backup`, `fazun restore`.

use crate::args::{BackupArgs, HeadArgs, LedgerVerifyArgs, RestoreArgs};
use crate::commands::open;
use crate::out;
use app::AppError;
use ledger::Checkpoint;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

fn checkpoint(text: Option<&str>) -> Result<Option<Checkpoint>, AppError> {
    text.map(|t| {
        t.trim().parse().map_err(|e: ledger::CheckpointError| {
            AppError::bad_input(e.to_string(), "請貼上 fazun ledger head 印出的整行")
        })
    })
    .transpose()
}

pub async fn verify(args: &LedgerVerifyArgs) -> Result<ExitCode, AppError> {
    let expected = checkpoint(args.checkpoint.as_deref())?;
    let report = app::verify_ledger(&args.data.data, expected).await?;
    if args.json {
        out::json(&json!({
            "sound": report.sound, "entries": report.entries, "head": report.head, "damages": report.damages,
        }))?;
    } else {
        out::line(&format!("{} 筆，{}", report.entries, report.head));
    }
    if report.sound {
        if !args.json {
            out::line("帳本完整。");
        }
        return Ok(ExitCode::SUCCESS);
    }
    for damage in &report.damages {
        out::error(damage);
    }
    out::error("帳本驗證不通過。下一步：請保存現場，停止服務，再由備份還原（fazun restore）");
    Ok(ExitCode::from(1))
}

pub async fn head(args: &HeadArgs) -> Result<ExitCode, AppError> {
    let app = open(None, &args.data, false).await?;
    out::line(&app.ledger_head().await?);
    Ok(ExitCode::SUCCESS)
}

pub async fn backup(law: Option<&Path>, args: &BackupArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.data, false).await?;
    let (bytes, head) = app.backup(&args.to).await?;
    out::line(&format!("{}　{bytes} 位元組", args.to.display()));
    out::line(&format!("請將這一行另處保存：{head}"));
    Ok(ExitCode::SUCCESS)
}

pub async fn restore(args: &RestoreArgs) -> Result<ExitCode, AppError> {
    let expected = checkpoint(args.checkpoint.as_deref())?;
    let head = app::restore(&args.from, &args.data.data, expected).await?;
    out::line(&format!("已還原到 {}　{head}", args.data.data.display()));
    Ok(ExitCode::SUCCESS)
}
