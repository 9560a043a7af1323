//! The command line.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// 資安法遵：公務機關資通安全法遵系統
#[derive(Debug, Parser)]
#[command(name = "fazun", version, about, long_about = None, disable_help_subcommand = true)]
pub struct Cli {
    /// 改用此資料夾的法規資料（預設使用內建者）
    #[arg(long, global = true, value_name = "DIR")]
    pub law: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// 資料目錄
#[derive(Debug, Clone, Args)]
pub struct Data {
    /// 資料目錄
    #[arg(long, value_name = "DIR", env = "FAZUN_DATA", default_value = "fazun-data")]
    pub data: PathBuf,
}

/// 指令
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 啟動網頁服務
    Serve(ServeArgs),
    /// 維護計畫
    #[command(subcommand)]
    Plan(PlanCommand),
    /// 機關
    #[command(subcommand)]
    Agency(AgencyCommand),
    /// 登錄辦理情形與佐證
    Activity(ActivityArgs),
    /// 列出應辦事項
    Duties(DutiesArgs),
    /// 法規
    #[command(subcommand)]
    Law(LawCommand),
    /// 計算法定期間
    Period(PeriodArgs),
    /// 帳本
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// 備份資料庫到一個新檔
    Backup(BackupArgs),
    /// 由備份還原到空的資料目錄
    Restore(RestoreArgs),
}

/// serve
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// 資料目錄（--demo 時預設為 fazun-demo）
    #[arg(long, value_name = "DIR", env = "FAZUN_DATA")]
    pub data: Option<PathBuf>,
    /// 監聽位址；登入功能完成前只接受本機位址
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// 資料目錄尚無機關時，建立一個示範機關
    #[arg(long)]
    pub demo: bool,
}

/// plan
#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// 讀一份資通安全維護計畫，指出其中的問題
    Read(PlanReadArgs),
}

/// plan read
#[derive(Debug, Args)]
pub struct PlanReadArgs {
    /// 計畫檔（.txt、.odt、.docx）
    pub file: PathBuf,
    /// 依這一天的法規判斷（預設今天）
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// agency
#[derive(Debug, Subcommand)]
pub enum AgencyCommand {
    /// 由維護計畫建立機關，印出機關代號
    Init(AgencyInitArgs),
    /// 列出機關
    List(ListArgs),
    /// 顯示一個機關
    Show(AgencyArgs),
    /// 登錄責任等級之核定
    Designate(DesignateArgs),
    /// 補登機關事項，例如 has_mail_server=true
    Set(SetArgs),
}

/// agency init
#[derive(Debug, Args)]
pub struct AgencyInitArgs {
    /// 計畫檔（.txt、.odt、.docx）
    #[arg(long, value_name = "FILE")]
    pub from_plan: PathBuf,
    /// 等級之初次核定或變更日
    #[arg(long, value_name = "DATE")]
    pub approved_on: Option<String>,
    /// 紀錄自這一天起完整（預設今天）
    #[arg(long, value_name = "DATE")]
    pub records_from: Option<String>,
    /// 計畫自這一天起施行（預設不定）
    #[arg(long, value_name = "DATE")]
    pub effective_from: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub data: Data,
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

/// agency show
#[derive(Debug, Args)]
pub struct AgencyArgs {
    /// 機關代號
    #[arg(long, value_name = "ID")]
    pub agency: String,
    /// 這一天的狀況（預設今天）
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub data: Data,
}

/// agency designate
#[derive(Debug, Args)]
pub struct DesignateArgs {
    /// 機關代號
    #[arg(long, value_name = "ID")]
    pub agency: String,
    /// 等級 A–E
    #[arg(long, value_name = "LEVEL")]
    pub level: String,
    /// 核定日
    #[arg(long, value_name = "DATE")]
    pub approved_on: Option<String>,
    /// 核定文號
    #[arg(long, value_name = "NO", default_value = "")]
    pub document_no: String,
    #[command(flatten)]
    pub data: Data,
}

/// agency set
#[derive(Debug, Args)]
pub struct SetArgs {
    /// 機關代號
    #[arg(long, value_name = "ID")]
    pub agency: String,
    /// 欄位=值，可多個
    #[arg(required = true, value_name = "KEY=VALUE")]
    pub changes: Vec<String>,
    #[command(flatten)]
    pub data: Data,
}

/// activity
#[derive(Debug, Args)]
pub struct ActivityArgs {
    /// 機關代號
    #[arg(long, value_name = "ID")]
    pub agency: String,
    /// 應辦事項代號，例如 audit.internal
    #[arg(long, value_name = "KEY")]
    pub duty: String,
    /// 核心系統代號（對象為系統時）
    #[arg(long, value_name = "ID")]
    pub system: Option<String>,
    /// 辦理日期
    #[arg(long, value_name = "DATE")]
    pub on: String,
    /// 辦理情形，一行
    #[arg(long, value_name = "TEXT")]
    pub title: String,
    /// 佐證檔，可多個
    #[arg(long, value_name = "FILE")]
    pub evidence: Vec<PathBuf>,
    #[command(flatten)]
    pub data: Data,
}

/// duties
#[derive(Debug, Args)]
pub struct DutiesArgs {
    /// 機關代號
    #[arg(long, value_name = "ID")]
    pub agency: String,
    /// 這一天的法規與事實（預設今天）
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub data: Data,
}

/// law
#[derive(Debug, Subcommand)]
pub enum LawCommand {
    /// 列出法規
    List(LawListArgs),
    /// 顯示一部法規的條文
    Show(LawShowArgs),
    /// 一項應辦事項或參數，哪一條拘束、哪些未採
    Resolve(LawResolveArgs),
    /// 兩個版本之間改了什麼：條號、應辦事項、數值
    Diff(LawDiffArgs),
    /// 法規修正對本機關的影響
    Impact(LawImpactArgs),
    /// 列出尚未與官方條文核對的資料
    Open(LawOpenArgs),
    /// 防護基準：某一版對某一等級系統的要求，或舊版自評帶到新版
    Baseline(LawBaselineArgs),
    /// 檢查文件引用的條文（.txt、.md、.odt、.docx），或檢查法規資料檔（.toml、資料夾）
    Lint(LawLintArgs),
}

/// law diff
#[derive(Debug, Args)]
pub struct LawDiffArgs {
    /// 法規代號
    pub instrument: String,
    /// 版本，或日期（取當日施行的版本）
    pub from: String,
    /// 版本，或日期（取當日施行的版本）
    pub to: String,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// law impact
#[derive(Debug, Args)]
pub struct LawImpactArgs {
    /// 機關代號
    #[arg(long, value_name = "ID")]
    pub agency: String,
    /// 修正前的一天
    #[arg(long, value_name = "DATE")]
    pub from: String,
    /// 修正後的一天（預設今天）
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub data: Data,
}

/// law open
#[derive(Debug, Args)]
pub struct LawOpenArgs {
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// law list
#[derive(Debug, Args)]
pub struct LawListArgs {
    /// 這一天（預設今天）
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// law show
#[derive(Debug, Args)]
pub struct LawShowArgs {
    /// 法規代號，或 代號@版本
    pub instrument: String,
    /// 條號；不寫則列出各條
    pub article: Option<String>,
    /// 這一天（預設今天）
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// law resolve
#[derive(Debug, Args)]
pub struct LawResolveArgs {
    /// 應辦事項或參數的代號
    pub key: String,
    /// 機關代號
    #[arg(long, value_name = "ID")]
    pub agency: String,
    /// 這一天（預設今天）
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub data: Data,
}

/// law baseline
#[derive(Debug, Args)]
pub struct LawBaselineArgs {
    /// 哪一版（法規版本，例如 2021、2026）
    #[arg(long, value_name = "VERSION", conflicts_with = "at")]
    pub edition: Option<String>,
    /// 這一天施行的版（預設今天）
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
    /// 系統的防護需求等級：普、中、高（預設高，即全部）
    #[arg(long, value_name = "GRADE")]
    pub grade: Option<String>,
    /// 依較早一版做的自評，帶到較晚一版還差什麼
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"], conflicts_with_all = ["edition", "at"], requires = "grade")]
    pub carry: Option<Vec<String>>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// law lint
#[derive(Debug, Args)]
pub struct LawLintArgs {
    /// 文件（.txt、.md、.odt、.docx），或法規資料檔（.toml）、法規資料夾
    pub file: PathBuf,
    /// 文件是什麼：計畫才檢查章節與承諾（預設自行辨認）
    #[arg(long, value_name = "KIND", value_enum)]
    pub kind: Option<LintKind>,
    /// 哪一類機關的文件（預設公務機關；計畫自稱特定非公務機關者從其所稱）
    #[arg(long, value_name = "BODY", value_enum)]
    pub body: Option<LintBody>,
    /// 責任等級 A–E（預設計畫所載）
    #[arg(long, value_name = "LEVEL", value_parser = ["A", "B", "C", "D", "E"], ignore_case = true)]
    pub level: Option<String>,
    /// 依這一天的法規判斷（預設今天）
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
    /// 另存一份更正過的文件；原檔不動
    #[arg(long, value_name = "OUT")]
    pub fix: Option<PathBuf>,
    /// 更正本的檔名已存在時覆寫
    #[arg(long, requires = "fix")]
    pub force: bool,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// law lint --kind
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum LintKind {
    /// 維護計畫
    Plan,
    /// 規定、程序
    Rule,
    /// 契約、需求文件
    Contract,
    /// 一般文件
    Text,
}

/// law lint --body
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum LintBody {
    /// 公務機關
    PublicAgency,
    /// 特定非公務機關
    SpecificNonGovernment,
}

/// period
#[derive(Debug, Args)]
pub struct PeriodArgs {
    /// 起算日或時點，例如 115/02/13 或 2026-02-13T17:40
    #[arg(long, value_name = "DATE_OR_INSTANT")]
    pub from: String,
    /// 期間，例如 "1 month"、"5 working days"、"72 hours"
    #[arg(long, value_name = "N UNIT")]
    pub add: String,
    /// 計算方式：hours、apa_48、civil_code、as_stated
    #[arg(long, value_name = "REGIME")]
    pub counting: String,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// ledger
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// 驗證帳本、各筆資料與檔案
    Verify(LedgerVerifyArgs),
    /// 印出帳本目前的位置與雜湊，供另處保存
    Head(HeadArgs),
}

/// ledger head
#[derive(Debug, Args)]
pub struct HeadArgs {
    #[command(flatten)]
    pub data: Data,
}

/// ledger verify
#[derive(Debug, Args)]
pub struct LedgerVerifyArgs {
    /// 與先前保存的一行比對（fazun ledger head 的輸出）
    #[arg(long, value_name = "LINE")]
    pub checkpoint: Option<String>,
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
