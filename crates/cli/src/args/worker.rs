//! What is said to whoever does the work that waits: `fazun worker`, and `fazun serve`.

use super::data::Data;
use super::outside::OutsideArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// 每行一個 JSON 物件
    Json,
    /// 供人閱讀
    Text,
}

/// worker
#[derive(Debug, Args)]
pub struct WorkerArgs {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub work: WorkArgs,
    /// 系統紀錄的格式（預設：終端機為 text，其他為 json）
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
}

/// How the work is done.
#[derive(Debug, Clone, Args)]
pub struct WorkArgs {
    /// 同時執行幾項背景工作
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: u16,
    /// 停止服務時，執行中的工作最多再等幾秒；未完成者交由下一個程式接手
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    pub grace: u64,
    /// 每日檢查點存放的資料夾（預設為資料目錄下的 checkpoints；宜指向資料庫管理者無權寫入之處）
    #[arg(long, value_name = "DIR", env = "FAZUN_CHECKPOINTS")]
    pub checkpoints: Option<PathBuf>,
    #[command(flatten)]
    pub outside: OutsideArgs,
}
