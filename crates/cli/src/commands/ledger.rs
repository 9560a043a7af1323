//! `fazun ledger …`, `fazun backup`, `fazun restore`.

use crate::args::{BackupArgs, CheckpointArgs, HeadArgs, LedgerExportArgs, LedgerVerifyArgs, RestoreArgs};
use crate::commands::{open, operator};
use crate::out;
use app::{AgencyId, AppError, KeptLines, StampReport};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What somebody kept: the line itself, or the name of a file with it.
fn kept(text: Option<&str>) -> Result<KeptLines, AppError> {
    let Some(text) = text else {
        return Ok(KeptLines::default());
    };
    match std::fs::read_to_string(text) {
        Ok(lines) => KeptLines::read(&lines),
        Err(_) => KeptLines::read(text),
    }
}

/// What an authority attests of the checkpoint, where it is a file.
fn stamp(args: &LedgerVerifyArgs) -> Result<Option<StampReport>, AppError> {
    let Some(text) = args.checkpoint.as_deref() else {
        return Ok(None);
    };
    let file = Path::new(text);
    if file.is_file() {
        return app::checkpoint_stamp(file, args.tsa_ca.as_deref());
    }
    match &args.tsa_ca {
        None => Ok(None),
        Some(_) => Err(AppError::bad_input(
            "時戳是檢查點檔的，而 --checkpoint 不是檔案",
            "請以 --checkpoint 指定檢查點檔，或不指定 --tsa-ca",
        )),
    }
}

pub async fn verify(args: &LedgerVerifyArgs) -> Result<ExitCode, AppError> {
    let kept = match (&args.checkpoint, &args.file) {
        // What the service keeps every day is compared as well, where nothing else is named.
        (None, None) => KeptLines::beside(&args.data.data, args.agency.as_deref())?,
        (checkpoint, _) => kept(checkpoint.as_deref())?,
    };
    let stamp = stamp(args)?;
    if let Some(stamp) = stamp.as_ref().filter(|_| !args.json) {
        out::line(&stamp.words());
    }
    if let Some(file) = &args.file {
        return verify_package(args, file, &kept, stamp.as_ref());
    }
    let report = app::verify_ledger_at(&args.data.location()?, args.agency.as_deref(), &kept).await?;
    if args.json {
        out::json(&json!({
            "sound": report.sound, "entries": report.entries, "chains": report.chains,
            "head": report.head, "damages": report.damages, "notices": report.notices,
            "laws": report.laws, "timestamp": stamp,
        }))?;
    } else {
        out::line(&format!("{} 筆，{}", report.entries, report.head));
        for law in &report.laws {
            out::line(&law.words());
        }
    }
    Ok(told(args, report.sound, &report.damages, &report.notices))
}

fn verify_package(
    args: &LedgerVerifyArgs,
    file: &Path,
    kept: &KeptLines,
    stamp: Option<&StampReport>,
) -> Result<ExitCode, AppError> {
    let checked = app::verify_package(file, kept, app::system_clock())?;
    let said = |notices: bool| -> Vec<String> {
        let problems = checked.report.problems.iter();
        let of = problems.filter(|p| p.kind.is_notice() == notices);
        of.map(|p| p.message.clone()).collect()
    };
    let (sound, damages, notices) = (checked.report.is_sound(), said(false), said(true));
    let vouched: Vec<String> = checked
        .vouched
        .iter()
        .map(|(line, _, _)| line.to_string())
        .collect();
    if args.json {
        out::json(&json!({
            "sound": sound, "entries": checked.report.entries, "chains": 1,
            "head": checked.report.head.to_string(), "files": checked.files, "vouched": vouched,
            "damages": damages, "notices": notices, "timestamp": stamp,
        }))?;
    } else {
        let (entries, head) = (checked.report.entries, &checked.report.head);
        out::line(&format!("{entries} 筆，{} 個檔案，{head}", checked.files));
        for line in vouched {
            out::line(&format!("附有檢查點：{line}"));
        }
    }
    Ok(told(args, sound, &damages, &notices))
}

fn told(args: &LedgerVerifyArgs, sound: bool, damages: &[String], notices: &[String]) -> ExitCode {
    if !args.json {
        for notice in notices {
            out::line(&format!("注意：{notice}"));
        }
    }
    if sound {
        if !args.json {
            out::line("帳本完整。");
        }
        return ExitCode::SUCCESS;
    }
    for damage in damages {
        out::error(damage);
    }
    out::error("帳本驗證不通過。下一步：請保存現場，停止服務，再由備份還原（fazun restore）");
    ExitCode::from(1)
}

pub async fn head(args: &HeadArgs) -> Result<ExitCode, AppError> {
    let app = open(None, &args.data, false).await?;
    out::line(&match &args.agency {
        Some(agency) => app.chain_head(&AgencyId::parse(agency)?).await?,
        None => app.ledger_head().await?,
    });
    Ok(ExitCode::SUCCESS)
}

pub async fn checkpoint(args: &CheckpointArgs) -> Result<ExitCode, AppError> {
    let app = open(None, &args.data, false).await?;
    let kept = app.checkpoint().await?;
    match &args.to {
        Some(file) => {
            write_new(file, &kept.to_string())?;
            out::line(&format!("{}　{}", file.display(), kept.checkpoint));
        }
        None => out::line(kept.to_string().trim_end()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a checkpoint to a file that is not there yet.
fn write_new(file: &Path, text: &str) -> Result<(), AppError> {
    let written = std::fs::File::create_new(file)
        .and_then(|mut to| std::io::Write::write_all(&mut to, text.as_bytes()));
    written.map_err(|e| {
        AppError::bad_input(
            format!("無法寫入 {}（{e}）", file.display()),
            "請換一個檔名；檢查點不覆寫既有檔案",
        )
    })
}

pub async fn export(args: &LedgerExportArgs) -> Result<ExitCode, AppError> {
    let app = open(None, &args.data, false).await?;
    let entries = app
        .export_chain(&operator(), &AgencyId::parse(&args.agency)?, &args.file)
        .await?;
    out::line(&format!("{}　{entries} 筆", args.file.display()));
    Ok(ExitCode::SUCCESS)
}

pub async fn backup(law: Option<&Path>, args: &BackupArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.data, false).await?;
    let mut beside = args.to.clone().into_os_string();
    beside.push(".checkpoint");
    let beside = PathBuf::from(beside);
    if beside.exists() {
        return Err(AppError::bad_input(
            format!("{} 已存在", beside.display()),
            "請換一個備份檔名；檢查點不覆寫既有檔案",
        ));
    }
    // What isn't made leaves no entry either; whether the file is there is asked again when it is.
    if !args.to.exists()
        && let Err(error) = app.note_backup(&operator()).await
    {
        out::error(&format!("注意　帳本未能記下這次備份（{error}）；備份照常進行"));
    }
    let (bytes, kept) = app.backup(&args.to).await?;
    write_new(&beside, &kept.to_string())?;
    out::line(&format!("{}　{bytes} 位元組", args.to.display()));
    out::line(&format!(
        "請將檢查點 {} 另處保存：{}",
        beside.display(),
        kept.checkpoint
    ));
    Ok(ExitCode::SUCCESS)
}

pub async fn restore(args: &RestoreArgs) -> Result<ExitCode, AppError> {
    let kept = kept(args.checkpoint.as_deref())?;
    let to = args.data.location()?;
    let head = app::restore_at(&args.from, &to, &kept).await?;
    out::line(&format!("已還原到 {}　{head}", to.place()));
    out::error("注意　服務如仍在執行，不會改用還原的資料。下一步：請停止服務後重新啟動");
    Ok(ExitCode::SUCCESS)
}
