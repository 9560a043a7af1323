//! `fazun law …`.

use super::data::Whose;
use clap::{Args, Subcommand};
use std::path::PathBuf;

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
    /// 標準（例如 ISO 27001）的控制措施與防護基準的對照
    Standard(LawStandardArgs),
    /// 匯出成其他工具讀得懂的檔案
    #[command(subcommand)]
    Export(ExportCommand),
    /// 檢查文件引用的條文（.txt、.md、.odt、.docx），或檢查法規資料檔（.toml、資料夾）
    Lint(LawLintArgs),
    /// 執行法規資料夾的案例（cases.md）
    Test(LawTestArgs),
    /// 要求清單的每一條，由什麼承載
    Coverage(LawCoverageArgs),
}

/// law test
#[derive(Debug, Args)]
pub struct LawTestArgs {
    /// 法規資料夾、其中一部法規的資料夾，或 cases.md
    pub dir: PathBuf,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// law coverage
#[derive(Debug, Args)]
pub struct LawCoverageArgs {
    /// 要求清單（Tab 分欄，首列含 id 與 kind）
    #[arg(long, value_name = "FILE")]
    pub clauses: PathBuf,
    /// 一併列出清單以外、法規資料另有的條
    #[arg(long)]
    pub all: bool,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
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
    #[command(flatten)]
    pub whose: Whose,
    /// 修正前的一天
    #[arg(long, value_name = "DATE")]
    pub from: String,
    /// 修正後的一天（預設今天）
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
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
    /// 列出參數：代號、值、條文與取用的應辦事項
    #[arg(long)]
    pub parameters: bool,
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
    #[command(flatten)]
    pub whose: Whose,
    /// 這一天（預設今天）
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
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

/// law standard
#[derive(Debug, Args)]
pub struct LawStandardArgs {
    /// 標準代號，例如 iso-27001-2022；不寫則列出各標準
    pub standard: Option<String>,
    /// 對照這一天施行的防護基準（預設今天）
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
    /// 以 JSON 輸出
    #[arg(long)]
    pub json: bool,
}

/// law export
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// 防護基準：OSCAL catalog 與普、中、高三份 profile
    Oscal(ExportOscalArgs),
}

/// law export oscal
#[derive(Debug, Args)]
pub struct ExportOscalArgs {
    /// 版本（例如 2026），或日期（取當日施行的版；預設今天）
    #[arg(long, value_name = "DATE_OR_VERSION")]
    pub edition: Option<String>,
    /// 寫到這個資料夾；不覆寫內容不同的檔案
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
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
