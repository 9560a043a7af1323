//! `fazun ledger …`, `fazun store …`, `fazun backup` and `fazun restore`.

use super::data::Data;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// ledger
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// 驗證帳本、各筆資料與檔案
    Verify(LedgerVerifyArgs),
    /// 印出帳本目前的位置與雜湊，供另處保存
    Head(HeadArgs),
    /// 存一份檢查點（含各機關帳本的結尾），供另處保存
    Checkpoint(CheckpointArgs),
    /// 將一個機關的帳本、內容與檔案封裝成一個檔，供他處驗證
    Export(LedgerExportArgs),
}

/// store
#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// 複製並在目的端驗證；中斷後再執行一次即可接續
    Copy(StoreCopyArgs),
}

/// store copy
#[derive(Debug, Args)]
pub struct StoreCopyArgs {
    /// 來源：sqlite:資料目錄 或 postgres://…
    #[arg(long, value_name = "URL")]
    pub from: String,
    /// 目的：sqlite:資料目錄 或 postgres://…
    #[arg(long, value_name = "URL")]
    pub to: String,
}

/// ledger checkpoint
#[derive(Debug, Args)]
pub struct CheckpointArgs {
    /// 存到這個新檔；未指定則印出
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    #[command(flatten)]
    pub data: Data,
}

/// ledger export
#[derive(Debug, Args)]
pub struct LedgerExportArgs {
    /// 機關代號
    #[arg(long, value_name = "ID")]
    pub agency: String,
    /// 封裝檔（不得已存在）
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub data: Data,
}

/// ledger head
#[derive(Debug, Args)]
pub struct HeadArgs {
    /// 只印這個機關的帳本
    #[arg(long, value_name = "ID")]
    pub agency: Option<String>,
    #[command(flatten)]
    pub data: Data,
}

/// ledger verify
#[derive(Debug, Args)]
pub struct LedgerVerifyArgs {
    /// 與先前保存的比對：fazun ledger head --agency 的一行，或 fazun ledger checkpoint 的檔案
    #[arg(long, value_name = "LINE|FILE")]
    pub checkpoint: Option<String>,
    /// 以這個 PEM 憑證檔驗證檢查點檔旁的時戳（.tsr）；未指定則只讀出時戳所示時間
    #[arg(long, value_name = "FILE", requires = "checkpoint")]
    pub tsa_ca: Option<PathBuf>,
    /// 只驗證這個機關
    #[arg(long, value_name = "ID", conflicts_with = "file")]
    pub agency: Option<String>,
    /// 驗證他處交來的封裝檔（fazun ledger export 的輸出），不需要資料目錄
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub data: Data,
}

/// backup
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// 備份檔（不得已存在）
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    #[command(flatten)]
    pub data: Data,
}

/// restore
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// 備份檔
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// 與先前保存的一行比對
    #[arg(long, value_name = "LINE")]
    pub checkpoint: Option<String>,
    #[command(flatten)]
    pub data: Data,
}
