//! `fazun account …`: who may sign in.

use super::data::{Data, ListArgs, Whose};
use clap::{Args, Subcommand};

/// account
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// 列出登入帳號
    List(ListArgs),
    /// 給一個重設密碼的連結，只能用一次
    ResetLink(ResetLinkArgs),
    /// 給機關之使用者一個邀請連結，只能用一次
    Invite(InviteArgs),
    /// 以本機操作者身分登入的連結（帳號都不能用時），五分鐘內有效
    OperatorLink(OperatorLinkArgs),
}

/// account reset-link
#[derive(Debug, Args)]
pub struct ResetLinkArgs {
    /// 登入帳號
    #[arg(value_name = "LOGIN")]
    pub login: String,
    /// 連同驗證裝置一併解除（裝置遺失）
    #[arg(long)]
    pub second: bool,
    #[command(flatten)]
    pub data: Data,
}

/// account invite
#[derive(Debug, Args)]
pub struct InviteArgs {
    #[command(flatten)]
    pub whose: Whose,
    /// 使用者編號，見 fazun record list --register member
    #[arg(long, value_name = "ID")]
    pub member: String,
}

/// account operator-link
#[derive(Debug, Args)]
pub struct OperatorLinkArgs {
    #[command(flatten)]
    pub data: Data,
}
