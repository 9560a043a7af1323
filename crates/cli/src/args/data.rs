//! Where the data are, whose of them, and on which day: what many commands are told alike.

use clap::Args;
use std::path::PathBuf;

/// 資料目錄
#[derive(Debug, Clone, Args)]
pub struct Data {
    /// 資料目錄
    #[arg(long, value_name = "DIR", env = "FAZUN_DATA", default_value = "fazun-data")]
    pub data: PathBuf,
    /// 改用這個資料庫：postgres://…；未指定則為資料目錄內的 SQLite
    #[arg(long, value_name = "URL", env = "FAZUN_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
}

impl Data {
    /// Where the database is.
    ///
    /// # Errors
    /// Where the address can't be read.
    pub fn location(&self) -> Result<app::Location, app::AppError> {
        match &self.database {
            Some(database) => Ok(app::Location::parse(database)?),
            None => Ok(app::Location::Sqlite(self.data.clone())),
        }
    }
}

/// An agency, and where its data are.
#[derive(Debug, Clone, Args)]
pub struct Whose {
    /// 機關代號
    #[arg(long, value_name = "ID")]
    pub agency: String,
    #[command(flatten)]
    pub data: Data,
}

/// An agency on a day.
#[derive(Debug, Args)]
pub struct OnDayArgs {
    #[command(flatten)]
    pub whose: Whose,
    /// 這一天的法規與事實（預設今天）
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// list
#[derive(Debug, Args)]
pub struct ListArgs {
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub data: Data,
}
