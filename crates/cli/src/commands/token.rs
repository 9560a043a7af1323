//! `fazun token …`: who may call the API.

use crate::args::record::{RegistersArgs, TokenCreateArgs, TokenRevokeArgs};
use crate::commands::{day, enter, open};
use crate::out;
use app::{AppError, ListQuery, PersonId, RowId, members, records};
use std::path::Path;
use std::process::ExitCode;

pub async fn create(law: Option<&Path>, args: &TokenCreateArgs) -> Result<ExitCode, AppError> {
    let expires = day(Some(&args.expires))?;
    let app = open(law, &args.whose.data, false).await?;
    let visit = enter(&app, &args.whose, app.today()).await?;
    let member = PersonId::parse(&args.member)?;
    let issued = members::issue_token(&visit, &member, (&args.label, &args.scope, expires)).await?;
    app.close().await;
    out::error(&format!("權杖編號　{}（只顯示這一次，請立即保存）", issued.id));
    out::line(&issued.secret);
    Ok(ExitCode::SUCCESS)
}

pub async fn list(law: Option<&Path>, args: &RegistersArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.whose.data, false).await?;
    let query = ListQuery {
        limit: 500,
        ..ListQuery::default()
    };
    let visit = enter(&app, &args.whose, app.today()).await?;
    let page = records::list(&visit, app::register("token")?, &query).await?;
    for row in &page.rows {
        let text = |key: &str| row.body.get(key).and_then(|v| v.as_str()).unwrap_or("—");
        let day = |key: &str| {
            let given = text(key);
            let day = given.split('T').next().and_then(|d| d.parse().ok());
            day.map_or_else(|| given.to_owned(), period::roc_short)
        };
        out::line(&format!(
            "{}　{}　使用者 {}　到期 {}　廢止 {}",
            row.id,
            text("label"),
            text("member"),
            day("expires"),
            day("revoked_at")
        ));
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn revoke(law: Option<&Path>, args: &TokenRevokeArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.whose.data, false).await?;
    let visit = enter(&app, &args.whose, app.today()).await?;
    members::revoke_token(&visit, &RowId::parse(&args.id)?).await?;
    app.close().await;
    Ok(ExitCode::SUCCESS)
}
