//! `fazun upgrade`.

use super::data::Data;
use clap::Args;
use std::path::PathBuf;

/// upgrade
#[derive(Debug, Args)]
pub struct UpgradeArgs {
    /// 只說明升級會做什麼，不寫入任何資料
    #[arg(long)]
    pub dry_run: bool,
    /// 升級前的備份檔（SQLite；不得已存在。預設存到資料目錄下的 backups）
    #[arg(long, value_name = "FILE")]
    pub backup: Option<PathBuf>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub data: Data,
}
