//! `fazun record …`, `fazun token …` and `fazun xray`.

use super::data::Whose;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// record
#[derive(Debug, Subcommand)]
pub enum RecordCommand {
    /// 列出各登記簿與筆數
    Registers(RegistersArgs),
    /// 列出一個登記簿的欄位
    Fields(FieldsArgs),
    /// 列出紀錄
    List(RecordListArgs),
    /// 顯示一筆紀錄與其歷程
    Show(RecordArgs),
    /// 登錄一筆，或以 --id 更新一筆：欄位=值
    Put(RecordPutArgs),
    /// 註銷一筆（歷程保留）
    Withdraw(RecordWithdrawArgs),
    /// 送簽
    Submit(RecordArgs),
    /// 撤回送簽
    Recall(RecordArgs),
    /// 確認或退回待第二人確認的變更（角色、代理人、上級機關）
    Confirm(ConfirmArgs),
    /// 登錄紙本核定並附掃描檔
    Paper(PaperArgs),
    /// 由 ODS、XLSX 或 CSV 匯入：先預覽，加 --commit 才寫入
    Import(RecordImportArgs),
    /// 復原一次匯入
    Undo(UndoArgs),
    /// 匯出為 ODS、XLSX 或 CSV（依檔名）；加 --blank 為空白表
    Export(RecordExportArgs),
}

/// An agency's register.
#[derive(Debug, Clone, Args)]
pub struct Place {
    #[command(flatten)]
    pub whose: Whose,
    /// 登記簿代號，見 fazun record registers
    #[arg(long, value_name = "KEY")]
    pub register: String,
}

/// record registers, token list, xray
#[derive(Debug, Args)]
pub struct RegistersArgs {
    #[command(flatten)]
    pub whose: Whose,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// record fields
#[derive(Debug, Args)]
pub struct FieldsArgs {
    /// 登記簿代號
    #[arg(value_name = "KEY")]
    pub register: String,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// record list
#[derive(Debug, Args)]
pub struct RecordListArgs {
    #[command(flatten)]
    pub place: Place,
    /// 只列欄位等於此值者：欄位=值，可多個
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    pub filters: Vec<String>,
    /// 只列任一欄位包含此文字者
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub contains: String,
    /// 自此編號之後
    #[arg(long, value_name = "ID", default_value = "")]
    pub after: String,
    /// 筆數，至多 500
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
    /// 改列已註銷者
    #[arg(long)]
    pub withdrawn: bool,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// A change that waits for a second person.
#[derive(Debug, Args)]
pub struct ConfirmArgs {
    #[command(flatten)]
    pub place: Place,
    /// 紀錄編號
    #[arg(long, value_name = "ID")]
    pub id: String,
    /// 退回並說明理由；不加此項即為同意
    #[arg(long, value_name = "理由")]
    pub refuse: Option<String>,
}

/// One record.
#[derive(Debug, Args)]
pub struct RecordArgs {
    #[command(flatten)]
    pub place: Place,
    /// 紀錄編號
    #[arg(long, value_name = "ID")]
    pub id: String,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// record put
#[derive(Debug, Args)]
pub struct RecordPutArgs {
    #[command(flatten)]
    pub place: Place,
    /// 更新此編號；不指定則新增
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// 看到的版本；與現況不同即不寫入
    #[arg(long, value_name = "N")]
    pub version: Option<u32>,
    /// 佐證檔案，可多個
    #[arg(long, value_name = "FILE")]
    pub file: Vec<PathBuf>,
    /// 欄位=值；日期可寫民國，引用可寫名稱
    #[arg(value_name = "FIELD=VALUE")]
    pub fields: Vec<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// record withdraw
#[derive(Debug, Args)]
pub struct RecordWithdrawArgs {
    #[command(flatten)]
    pub place: Place,
    /// 紀錄編號
    #[arg(long, value_name = "ID")]
    pub id: String,
    /// 理由
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// record paper
#[derive(Debug, Args)]
pub struct PaperArgs {
    #[command(flatten)]
    pub place: Place,
    /// 紀錄編號
    #[arg(long, value_name = "ID")]
    pub id: String,
    /// 簽名頁上之核定者
    #[arg(long, value_name = "NAME")]
    pub signed_by: String,
    /// 核定日
    #[arg(long, value_name = "DATE")]
    pub on: String,
    /// 簽名頁之掃描檔
    #[arg(long, value_name = "FILE")]
    pub scan: PathBuf,
}

/// record import
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for each option that is given or not"
)]
pub struct RecordImportArgs {
    #[command(flatten)]
    pub place: Place,
    /// 檔案
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// 工作表名稱（預設第一張有資料者）
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// 表頭=欄位代號；等號後留空表示不匯入該欄
    #[arg(long, value_name = "LABEL=FIELD")]
    pub column: Vec<String>,
    /// 記住表頭與欄位的對應
    #[arg(long)]
    pub remember: bool,
    /// 寫入；不加則只預覽
    #[arg(long)]
    pub commit: bool,
    /// 略過有誤的列
    #[arg(long)]
    pub skip_wrong: bool,
    /// 把有誤的列（含原因）寫到這個 .ods
    #[arg(long, value_name = "FILE")]
    pub wrong: Option<PathBuf>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// record undo
#[derive(Debug, Args)]
pub struct UndoArgs {
    #[command(flatten)]
    pub whose: Whose,
    /// 匯入編號
    #[arg(long, value_name = "ID")]
    pub import: String,
}

/// record export
#[derive(Debug, Args)]
pub struct RecordExportArgs {
    #[command(flatten)]
    pub place: Place,
    /// 檔名，以 .ods、.xlsx 或 .csv 結尾
    #[arg(value_name = "FILE")]
    pub to: PathBuf,
    /// 只匯出欄位等於此值者：欄位=值
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    pub filters: Vec<String>,
    /// 空白表
    #[arg(long)]
    pub blank: bool,
}

/// token
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// 發給使用者一個存取權杖，只顯示這一次
    Create(TokenCreateArgs),
    /// 列出權杖（不含內容）
    List(RegistersArgs),
    /// 立即廢止
    Revoke(TokenRevokeArgs),
}

/// token create
#[derive(Debug, Args)]
pub struct TokenCreateArgs {
    #[command(flatten)]
    pub whose: Whose,
    /// 使用者編號，見 fazun record list --agency 機關代號 --register member
    #[arg(long, value_name = "ID")]
    pub member: String,
    /// 用途
    #[arg(long, value_name = "TEXT")]
    pub label: String,
    /// 範圍，可多個：read、write、import、approve
    #[arg(long, value_name = "SCOPE", required = true)]
    pub scope: Vec<String>,
    /// 到期日
    #[arg(long, value_name = "DATE")]
    pub expires: String,
}

/// token revoke
#[derive(Debug, Args)]
pub struct TokenRevokeArgs {
    #[command(flatten)]
    pub whose: Whose,
    /// 權杖編號
    #[arg(long, value_name = "ID")]
    pub id: String,
}
