//! Where the daily checkpoint goes beside its folder: a mailbox, a time-stamping authority.

use clap::Args;
use std::path::PathBuf;

/// What leaves the machine; nothing, where nothing is said.
#[derive(Debug, Clone, Args)]
pub struct OutsideArgs {
    /// 每日檢查點另寄到這個地址（須併用 --smtp-url 與 --mail-from）
    #[arg(long, value_name = "ADDRESS", env = "FAZUN_CHECKPOINT_MAIL")]
    pub checkpoint_mail: Option<String>,
    /// 每日檢查點另向這個 RFC 3161 時戳服務要求時戳，存於檢查點旁（.tsr）
    #[arg(
        long,
        value_name = "URL",
        env = "FAZUN_CHECKPOINT_TSA",
        hide_env_values = true
    )]
    pub checkpoint_tsa: Option<String>,
    /// 寄信的伺服器：smtps://主機、smtp://主機?tls=required 或 smtp://主機；不含帳號密碼
    #[arg(long, value_name = "URL", env = "FAZUN_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// 寄信的帳號
    #[arg(long, value_name = "USER", env = "FAZUN_SMTP_USER", hide_env_values = true)]
    pub smtp_user: Option<String>,
    /// 寄信密碼所在的檔案；也可改用環境變數 FAZUN_SMTP_PASSWORD
    #[arg(long, value_name = "FILE", env = "FAZUN_SMTP_PASSWORD_FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// 寄件人地址
    #[arg(long, value_name = "ADDRESS", env = "FAZUN_MAIL_FROM")]
    pub mail_from: Option<String>,
}
