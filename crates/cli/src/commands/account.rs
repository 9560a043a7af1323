//! `fazun account …`: who may sign in, for whoever keeps this machine.

use crate::args::ListArgs;
use crate::args::account::{InviteArgs, OperatorLinkArgs, ResetLinkArgs};
use crate::commands::{enter, open};
use crate::out;
use app::accounts::{self, OneTimeLink};
use app::{AppError, RowId};
use std::path::Path;
use std::process::ExitCode;

/// A link as it is told: its path alone on the output, what to do beside it.
fn told(link: &OneTimeLink) -> ExitCode {
    let until = period::roc_instant(app::clock_time(link.until));
    out::error(&format!(
        "連結　到 {until} 為止有效，只能用一次；請在本系統的網址之後接上這段路徑"
    ));
    out::line(&link.path);
    ExitCode::SUCCESS
}

pub async fn list(law: Option<&Path>, args: &ListArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.data, false).await?;
    let accounts = app.accounts_on_this_machine().await?;
    app.close().await;
    if args.json {
        let all: Vec<_> = accounts
            .iter()
            .map(|a| {
                serde_json::json!({
                    "login": a.account.login, "name": a.account.name, "platform": a.account.platform,
                    "closed": a.account.closed, "second_factor": a.has_second, "sessions": a.sessions,
                    "members": a.account.members,
                })
            })
            .collect();
        out::json(&all)?;
        return Ok(ExitCode::SUCCESS);
    }
    for a in &accounts {
        let platform = if a.account.platform {
            "　平臺管理者"
        } else {
            ""
        };
        let second = if a.has_second { "　有驗證裝置" } else { "" };
        let closed = match a.account.closed.as_str() {
            "" => String::new(),
            why => format!("　停用：{why}"),
        };
        out::line(&format!(
            "{}　{}{platform}{second}{closed}",
            a.account.login, a.account.name
        ));
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn reset_link(law: Option<&Path>, args: &ResetLinkArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.data, false).await?;
    let link = app.reset_link_for(&args.login, args.second).await?;
    app.close().await;
    Ok(told(&link))
}

pub async fn invite(law: Option<&Path>, args: &InviteArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.whose.data, false).await?;
    let link = {
        let visit = enter(&app, &args.whose, app.today()).await?;
        accounts::invite(&visit, &RowId::parse(&args.member)?).await?
    };
    app.close().await;
    Ok(told(&link))
}

pub async fn operator_link(law: Option<&Path>, args: &OperatorLinkArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.data, false).await?;
    let link = app.operator_link().await?;
    app.close().await;
    Ok(told(&link))
}
