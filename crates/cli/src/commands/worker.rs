//! `fazun worker`: does what waits, apart from the pages.

use crate::args::worker::WorkerArgs;
use crate::commands::{note_law, open, running};
use crate::{logs, out};
use app::{AppError, jobs};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

pub async fn run(law: Option<&Path>, args: WorkerArgs) -> Result<ExitCode, AppError> {
    logs::start(args.log_format);
    app::exposed(&args.data.data)?;
    let app = Arc::new(open(law, &args.data, false).await?);
    app.learn_trust().await?;
    if app.distrusted().is_some() {
        // Whoever mended the database says so by starting this.
        let outside = running::checkpoints(&args.data.data, &args.work);
        for damage in app.look_through(Some(&outside)).await? {
            tracing::error!(target: "fazun::ledger", "{damage}");
        }
    }
    note_law(&app).await;
    let stopped = running::stopped();
    out::line(&format!("工作程式已啟動，同時執行 {} 項", args.work.jobs));
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let watching = tokio::spawn({
        let (app, stop) = (Arc::clone(&app), running::told(stopping));
        async move { app.watch_trust(jobs::WATCH, running::trust_log(), stop).await }
    });
    let worked = running::work(&app, &args.data.data, &args.work, stopped).await;
    let _ = stop.send(true);
    let _ = watching.await;
    worked?;
    app.close().await;
    Ok(ExitCode::SUCCESS)
}
