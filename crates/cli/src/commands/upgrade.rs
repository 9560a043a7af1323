//! `fazun upgrade`: what bringing an installation up to date would do, and doing it.

use crate::args::upgrade::UpgradeArgs;
use crate::out;
use app::{AppError, Location, UpgradePlan};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How many rows that stand in the way are told; JSON tells all.
const TOLD: usize = 50;

pub async fn run(args: &UpgradeArgs) -> Result<ExitCode, AppError> {
    app::exposed(&args.data.data)?;
    let location = args.data.location()?;
    if args.dry_run {
        let plan = app::upgrade_plan(&location).await?;
        if args.json {
            out::json(&plan)?;
        } else {
            for line in told(&plan) {
                out::line(&line);
            }
            out::line("以上為預覽，沒有寫入任何資料");
        }
        return Ok(ExitCode::from(u8::from(!plan.refused.is_empty())));
    }
    // What a database server holds is backed up as its administrator does.
    let folder = match &location {
        Location::Sqlite(dir) => Some(dir.clone()),
        Location::Postgres(_) => None,
    };
    let named = args.backup.clone();
    let to = folder.map(|dir| move || backup(&dir, named.clone()));
    let json = args.json;
    let tell = move |line: &str| {
        if !json {
            out::line(line);
        }
    };
    let plan = app::upgrade(&location, to.as_ref().map(|to| to as app::BackupTo<'_>), &tell).await?;
    if json {
        out::json(&plan)?;
    } else if plan.is_empty() {
        out::line("資料已是這一版程式的格式，不需要升級");
    } else {
        out::line("升級完成");
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the backup goes: a new file, in a folder that only we read.
fn backup(dir: &Path, named: Option<PathBuf>) -> Result<PathBuf, AppError> {
    if let Some(named) = named {
        return Ok(named);
    }
    let folder = dir.join("backups");
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).map_err(|e| {
        AppError::failed(
            format!("不能建立 {}（{e}）", folder.display()),
            "請確認資料目錄可寫入，或以 --backup 指定備份檔",
        )
    })?;
    Ok(folder.join(format!("before-upgrade-{}.db", app::system_clock())))
}

/// What would be done, line by line.
fn told(plan: &UpgradePlan) -> Vec<String> {
    let mut lines = vec![format!("資料庫：{}", plan.place)];
    lines.push(if plan.schema_from == plan.schema_to {
        format!("資料結構：第 {} 版，不需變更", plan.schema_to)
    } else {
        format!("資料結構：第 {} 版升為第 {} 版", plan.schema_from, plan.schema_to)
    });
    lines.push(format!(
        "檢視 {} 筆紀錄的內容；已存的內容不改寫，讀取時以新版格式呈現",
        plan.looked_at
    ));
    for change in &plan.forms {
        lines.push(format!(
            "{}：{} 筆由第 {} 版格式讀為第 {} 版{}",
            change.title,
            change.rows,
            change.from,
            change.to,
            match change.to_mend {
                0 => String::new(),
                n => format!("，其中 {n} 筆下次修改時須補正欄位"),
            }
        ));
    }
    if plan.forms.is_empty() {
        lines.push("各登記簿的格式沒有變動".to_owned());
    }
    match plan.derive.len() {
        0 => lines.push("清單與搜尋索引不需重新整理".to_owned()),
        chains => {
            let rows: u64 = plan.derive.iter().map(|d| d.rows).sum();
            lines.push(format!(
                "清單與搜尋索引：{chains} 個帳本共 {rows} 筆須重新整理；整理完成前，該機關暫停查閱與寫入"
            ));
        }
    }
    for one in plan.refused.iter().take(TOLD) {
        lines.push(format!(
            "不能升級：{} 的「{}」{}：{}",
            one.agency, one.title, one.row, one.why
        ));
    }
    if plan.refused.len() > TOLD {
        lines.push(format!(
            "另有 {} 筆不能升級，全部請加 --json 查看",
            plan.refused.len() - TOLD
        ));
    }
    lines
}
