//! The command line.

pub mod account;
mod data;
pub mod help;
pub mod jobs;
mod law;
pub mod ledger;
pub mod outside;
pub mod record;
pub mod refusal;
pub mod upgrade;
pub mod worker;

use clap::{Args, Parser, Subcommand};
pub use data::{Data, ListArgs, OnDayArgs, Whose};
pub use law::{
    ExportCommand, ExportOscalArgs, LawBaselineArgs, LawCommand, LawCoverageArgs, LawDiffArgs, LawImpactArgs,
    LawLintArgs, LawListArgs, LawOpenArgs, LawResolveArgs, LawShowArgs, LawStandardArgs, LawTestArgs,
    LintBody, LintKind,
};
pub use ledger::{
    BackupArgs, CheckpointArgs, HeadArgs, LedgerCommand, LedgerExportArgs, LedgerVerifyArgs, RestoreArgs,
    StoreCommand, StoreCopyArgs,
};
use record::{RecordCommand, RegistersArgs, TokenCommand};
use std::path::PathBuf;

/// 資安法遵：公務機關資通安全法遵系統
#[derive(Debug, Parser)]
#[command(name = "fazun", version, disable_help_subcommand = true)]
pub struct Cli {
    /// 改用此資料夾的法規資料（預設使用內建者）
    #[arg(long, global = true, value_name = "DIR")]
    pub law: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
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
    /// 登記簿：登錄、清單、簽核、匯入與匯出
    #[command(subcommand)]
    Record(RecordCommand),
    /// 體檢：各登記簿之缺漏與不一致
    Xray(RegistersArgs),
    /// 登入帳號：清單、邀請、重設密碼
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// API 存取權杖
    #[command(subcommand)]
    Token(TokenCommand),
    /// 列出應辦事項
    Duties(OnDayArgs),
    /// 法規
    #[command(subcommand)]
    Law(LawCommand),
    /// 自訂標準：匯入框架、目錄、選用與對照
    #[command(subcommand)]
    Standard(StandardCommand),
    /// 資通安全事件：等級與時限
    #[command(subcommand)]
    Incident(IncidentCommand),
    /// 計算法定期間
    Period(PeriodArgs),
    /// 帳本
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// 執行背景工作（大量匯入、夜間驗證、檢查點等），與網頁服務分開
    Worker(worker::WorkerArgs),
    /// 背景工作：等候、執行中與待處理者，並可重新排入
    Jobs(jobs::JobsArgs),
    /// 將整套資料複製到另一個資料庫
    #[command(subcommand)]
    Store(StoreCommand),
    /// 將資料升級到這一版程式（先備份）；--dry-run 只說明會做什麼
    Upgrade(upgrade::UpgradeArgs),
    /// 備份資料庫到一個新檔
    Backup(BackupArgs),
    /// 由備份還原到空的資料目錄
    Restore(RestoreArgs),
    /// 檢查安裝：權限、磁碟、時鐘、資料庫、法規與連接埠，並說明如何處理
    Doctor(DoctorArgs),
}

/// doctor
#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub data: Data,
    /// 服務的監聽位址
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: String,
    #[command(flatten)]
    pub tls: TlsArgs,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// The certificate of the server.
#[derive(Debug, Args)]
pub struct TlsArgs {
    /// 以這個憑證檔（PEM，本機憑證在前）提供加密連線
    #[arg(long, value_name = "FILE", env = "FAZUN_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// 憑證的私密金鑰檔（PEM，其他帳號不得讀取）
    #[arg(long, value_name = "FILE", env = "FAZUN_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
}

/// serve
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// 資料目錄（--demo 時預設為 fazun-demo）
    #[arg(long, value_name = "DIR", env = "FAZUN_DATA")]
    pub data: Option<PathBuf>,
    /// 監聽位址；本機以外的位址須加密
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: String,
    #[command(flatten)]
    pub tls: TlsArgs,
    /// 使用者輸入的網址，例如 https://fazun.city.gov.tw；只回應這個主機名稱
    #[arg(long, value_name = "URL", env = "FAZUN_PUBLIC_URL")]
    pub public_url: Option<server::PublicUrl>,
    /// 代理主機的位址或網段；只相信其轉送的來源位址（可用逗號分隔或重複）
    #[arg(long, value_name = "CIDR", env = "FAZUN_TRUSTED_PROXY", value_delimiter = ',')]
    pub trusted_proxy: Vec<server::Network>,
    /// 改用這個資料庫：postgres://…；未指定則為資料目錄內的 SQLite
    #[arg(long, value_name = "URL", env = "FAZUN_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// 資料目錄尚無機關時，建立一個示範機關
    #[arg(long)]
    pub demo: bool,
    /// 不執行背景工作；由 fazun worker 另行執行
    #[arg(long)]
    pub no_worker: bool,
    #[command(flatten)]
    pub work: worker::WorkArgs,
    /// 系統紀錄的格式（預設：終端機為 text，其他為 json）
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<worker::LogFormat>,
    /// 存取紀錄附加至此檔案（新建時僅擁有者可讀寫）；「-」為標準錯誤輸出
    #[arg(long, value_name = "FILE", env = "FAZUN_ACCESS_LOG")]
    pub access_log: Option<PathBuf>,
}

/// plan
#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// 讀一份資通安全維護計畫，指出其中的問題
    Read(PlanReadArgs),
    /// 以修正之計畫取代現行計畫；先列出影響，加 --yes 才寫入
    Adopt(PlanAdoptArgs),
}

/// plan adopt
#[derive(Debug, Args)]
pub struct PlanAdoptArgs {
    /// 修正後之計畫檔
    pub file: PathBuf,
    #[command(flatten)]
    pub whose: Whose,
    /// 新計畫自這一天起施行（預設今天）
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// 寫入；不加則只列出影響
    #[arg(long)]
    pub yes: bool,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// plan read
#[derive(Debug, Args)]
pub struct PlanReadArgs {
    /// 計畫檔（.txt、.odt、.docx、.html；裝有 pdftotext 時也可為 .pdf）
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
    Show(OnDayArgs),
    /// 登錄責任等級之核定
    Designate(DesignateArgs),
    /// 補登機關事項，例如 has_mail_server=true
    Set(SetArgs),
    /// 登錄自行採用之規範（他縣市規定、範例計畫）
    Adopt(AdoptArgs),
    /// 登錄委外契約與其所引規範，印出契約代號
    Contract(ContractArgs),
}

/// agency adopt
#[derive(Debug, Args)]
pub struct AdoptArgs {
    #[command(flatten)]
    pub whose: Whose,
    /// 規範代號
    #[arg(long, value_name = "SLUG")]
    pub instrument: String,
    /// 自這一天起（預設不定）
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// 自這一天起不再採用
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// 核定文號
    #[arg(long, value_name = "NO", default_value = "")]
    pub document_no: String,
}

/// agency contract
#[derive(Debug, Args)]
pub struct ContractArgs {
    #[command(flatten)]
    pub whose: Whose,
    /// 契約名稱
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// 受託者
    #[arg(long, value_name = "NAME", default_value = "")]
    pub vendor: String,
    /// 所引資安需求規範之代號，可多個
    #[arg(long, value_name = "SLUG")]
    pub baseline: Vec<String>,
    /// 起日
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// 屆滿日
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
}

/// agency init
#[derive(Debug, Args)]
pub struct AgencyInitArgs {
    /// 計畫檔（.txt、.odt、.docx、.html；裝有 pdftotext 時也可為 .pdf）
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

/// agency designate
#[derive(Debug, Args)]
pub struct DesignateArgs {
    #[command(flatten)]
    pub whose: Whose,
    /// 等級 A–E
    #[arg(long, value_name = "LEVEL")]
    pub level: String,
    /// 核定日
    #[arg(long, value_name = "DATE")]
    pub approved_on: Option<String>,
    /// 核定文號
    #[arg(long, value_name = "NO", default_value = "")]
    pub document_no: String,
}

/// agency set
#[derive(Debug, Args)]
pub struct SetArgs {
    #[command(flatten)]
    pub whose: Whose,
    /// 欄位=值，可多個
    #[arg(required = true, value_name = "KEY=VALUE")]
    pub changes: Vec<String>,
}

/// activity
#[derive(Debug, Args)]
pub struct ActivityArgs {
    #[command(flatten)]
    pub whose: Whose,
    /// 應辦事項代號，例如 audit.internal
    #[arg(long, value_name = "KEY")]
    pub duty: String,
    /// 資通系統或契約之代號（對象不是全機關時）
    #[arg(long, value_name = "ID", alias = "contract")]
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
    /// 佐證本身所載之最後有效日
    #[arg(long, value_name = "DATE")]
    pub valid_until: Option<String>,
    /// 應辦事項分數項者，這次證明之項目（fazun duties show 所列之代號），可多個
    #[arg(long, value_name = "KEY")]
    pub part: Vec<String>,
    /// 具名聲明所列項目現況之人
    #[arg(long, value_name = "NAME")]
    pub stated_by: Option<String>,
    /// 應辦事項由事由引起且分數項者，這次證明之事由（fazun duties 所列之代號）
    #[arg(long, value_name = "REGISTER/ROW")]
    pub event: Option<String>,
}

/// incident
#[derive(Debug, Subcommand)]
pub enum IncidentCommand {
    /// 一起事件的各項時限：法定與契約分列
    Deadlines(DeadlinesArgs),
    /// 事件分級：列出各情形，或依所選情形算出等級
    Level(LevelArgs),
}

/// incident deadlines
#[derive(Debug, Args)]
pub struct DeadlinesArgs {
    /// 事件等級 1–4
    #[arg(long, value_name = "N")]
    pub level: String,
    /// 知悉的時點，例如 2026-11-21T10:00 或 "115/11/21 10:00"
    #[arg(long, value_name = "INSTANT")]
    pub known: String,
    /// 發生的時點
    #[arg(long, value_name = "INSTANT")]
    pub occurred: Option<String>,
    /// 其他時點，例如 incident.contained=115/11/22 10:00，可多個
    #[arg(long, value_name = "KEY=INSTANT")]
    pub moment: Vec<String>,
    /// 契約所引規範，例如 hualien
    #[arg(long, value_name = "NAME")]
    pub contract: Option<String>,
    /// 機關所屬縣市（列入該縣市之規定）
    #[arg(long, value_name = "CITY")]
    pub jurisdiction: Option<String>,
    /// 機關性質：public_agency 或 specific_non_government
    #[arg(long, value_name = "BODY", default_value = "public_agency")]
    pub body: String,
    /// 依這一天施行的法規（預設知悉之日）
    #[arg(long, value_name = "DATE")]
    pub edition: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// incident level
#[derive(Debug, Args)]
pub struct LevelArgs {
    /// 一個構面的情形，例如 confidentiality=non_core_slight，可多個；不給則列出各情形
    #[arg(long, value_name = "ASPECT=CASE")]
    pub answer: Vec<String>,
    /// 依這一天施行的法規（預設今天）
    #[arg(long, value_name = "DATE")]
    pub edition: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// standard
#[derive(Debug, Subcommand)]
pub enum StandardCommand {
    /// 匯入 CISO Assistant 函式庫（YAML）或 OSCAL catalog、profile（JSON）
    Import(StandardImportArgs),
    /// 列出匯入的標準
    List(ListArgs),
    /// 顯示一個匯入的標準：要求、對照、選取
    Show(StandardShowArgs),
}

/// standard import
#[derive(Debug, Args)]
pub struct StandardImportArgs {
    /// 檔案
    pub file: PathBuf,
    /// 代號（預設由檔案的識別碼取得）
    #[arg(long = "as", value_name = "SLUG")]
    pub slug: Option<String>,
    /// 檔案本身有任何瑕疵就不匯入
    #[arg(long)]
    pub strict: bool,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub data: Data,
}

/// standard show
#[derive(Debug, Args)]
pub struct StandardShowArgs {
    /// 代號，見 fazun standard list
    pub slug: String,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub data: Data,
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
