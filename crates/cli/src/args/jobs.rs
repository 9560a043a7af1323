//! `fazun jobs`.

use super::data::Data;
use clap::Args;

/// jobs
#[derive(Debug, Args)]
pub struct JobsArgs {
    /// 只列多次嘗試仍未完成、待處理的工作
    #[arg(long)]
    pub dead: bool,
    /// 將這項待處理的工作重新排入
    #[arg(long, value_name = "ID")]
    pub retry: Option<String>,
    /// 只看這個機關；@installation 為系統本身的工作
    #[arg(long, value_name = "ID")]
    pub agency: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub data: Data,
}
