//! `fazun store …`.

use crate::args::StoreCopyArgs;
use crate::out;
use app::{AppError, Location};
use std::process::ExitCode;

pub async fn copy(args: &StoreCopyArgs) -> Result<ExitCode, AppError> {
    let (from, to) = (Location::parse(&args.from)?, Location::parse(&args.to)?);
    let head = app::copy(&from, &to, &|agency, entries| {
        out::line(&match entries {
            0 => format!("{agency}　已在目的端"),
            _ => format!("{agency}　{entries} 筆"),
        });
    })
    .await?;
    out::line(&format!(
        "已複製並驗證：{} → {}　{head}",
        from.place(),
        to.place()
    ));
    Ok(ExitCode::SUCCESS)
}
