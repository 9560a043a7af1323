//! One file a command.

pub mod account;
pub mod agency;
pub mod baseline;
pub mod change;
pub mod coverage;
pub mod doctor;
pub mod duties;
pub mod export;
pub mod incident;
pub mod jobs;
pub mod law;
pub mod lawtest;
pub mod ledger;
pub mod lint;
mod outside;
pub mod period;
pub mod plan;
pub mod record;
mod running;
pub mod serve;
pub mod standard;
pub mod store;
pub mod token;
pub mod upgrade;
pub mod worker;

use crate::args::{Data, Whose};
use crate::out;
use ::period::Date;
use app::{AgencyId, App, AppError, Principal, Saved, Surface, Visit};
use std::path::Path;

/// Opens the data directory for a query or a command.
async fn open(law: Option<&Path>, data: &Data, create: bool) -> Result<App, AppError> {
    let keeps_law = create && law.is_some();
    let law = app::law_for(law, &data.data)?;
    for error in law.refused.iter().skip(1) {
        out::error(&error.to_string());
    }
    let app = App::open_at(&data.location()?, create, law.corpus, app::system_clock).await?;
    if keeps_law && data.database.is_some() {
        // What is kept of the law lies there, and a database elsewhere makes no directory. Without
        // it, good law is good law all the same.
        let _ = create_dir(&data.data);
    }
    for warning in app.warnings() {
        out::error(&format!("注意　{warning}"));
    }
    let app = app.with_refused_law(&law.refused);
    if let Some(notice) = app.law_notice() {
        out::error(&format!("注意　{notice}。下一步：請更正後重新執行"));
    }
    Ok(app)
}

/// Writes down which law a process that goes on works with. A database that takes no writes is no
/// reason not to show what is in it.
async fn note_law(app: &App) {
    match app.note_law().await {
        Ok(true) => tracing::info!(target: "fazun::ledger", law = app.corpus().hash, "another law is in use"),
        Ok(false) => {}
        Err(error) => {
            tracing::error!(target: "fazun::ledger", error = app::causes(&error), "the law in use can't be recorded");
        }
    }
}

/// Makes a directory where it is missing, for us alone.
fn create_dir(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Whoever types commands: they keep this machine.
fn operator() -> Principal {
    Principal::local("cli")
}

/// Lets the operator in to an agency, on a day.
async fn enter<'a>(app: &'a App, whose: &Whose, day: Date) -> Result<Visit<'a>, AppError> {
    let agency = AgencyId::parse(&whose.agency)?;
    app.visit(&operator(), &agency, day, Surface::Cli).await
}

/// Says where nothing is in force by what was asked: a second person has to confirm it, or it
/// stood like that already.
fn tell_undone(saved: &Saved) {
    if saved.unchanged {
        out::error("注意　內容沒有變更，未寫入新版本");
    }
    if saved.record.standing.state == "pending" {
        out::error("注意　這項變更待第二人確認，尚未生效。下一步：請另一位有權者於「待簽核」或以 API 確認");
    }
}

/// A date as typed; today where nothing is.
fn day(text: Option<&str>) -> Result<Date, AppError> {
    match text {
        Some(text) => Ok(::period::parse_date(text)?),
        None => Ok(app::taipei_day(app::system_clock())),
    }
}

/// An optional date as typed.
fn maybe_day(text: Option<&str>) -> Result<Option<Date>, AppError> {
    text.map(|t| ::period::parse_date(t).map_err(AppError::from))
        .transpose()
}

/// A file's bytes and its name.
fn read_file(path: &Path, limit: u64) -> Result<(String, Vec<u8>), AppError> {
    let cannot = |error: std::io::Error| {
        AppError::bad_input(
            format!("讀不到 {}（{error}）", path.display()),
            "請確認檔名與權限",
        )
    };
    let size = std::fs::metadata(path).map_err(cannot)?;
    if size.is_dir() {
        return Err(AppError::bad_input(
            format!("{} 是資料夾", path.display()),
            "請指定檔案",
        ));
    }
    if size.len() > limit {
        return Err(AppError::bad_input(
            format!(
                "{} 有 {} MB，超過上限 {} MB",
                path.display(),
                size.len() >> 20,
                limit >> 20
            ),
            "請縮小或分割檔案",
        ));
    }
    let name = path.file_name().map_or_else(
        || path.display().to_string(),
        |n| n.to_string_lossy().into_owned(),
    );
    Ok((name, std::fs::read(path).map_err(cannot)?))
}
