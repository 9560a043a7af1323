//! `fazun worker`: does what waits, apart from the pages.

use crate::args::worker::{WorkArgs, WorkerArgs};
use crate::commands::{note_law, open, outside, serve};
use crate::{logs, out};
use app::{App, AppError, jobs};
use std::future::Future;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

pub async fn run(law: Option<&Path>, args: WorkerArgs) -> Result<ExitCode, AppError> {
    logs::start(args.log_format);
    app::exposed(&args.data.data)?;
    let app = Arc::new(open(law, &args.data, false).await?);
    app.learn_trust().await?;
    if app.distrusted().is_some() {
        // Whoever mended the database says so by starting this.
        let outside = checkpoints(&args.data.data, &args.work);
        for damage in app.look_through(Some(&outside)).await? {
            tracing::error!(target: "fazun::ledger", "{damage}");
        }
    }
    note_law(&app).await;
    out::line(&format!("工作程式已啟動，同時執行 {} 項", args.work.jobs));
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let watching = tokio::spawn({
        let (app, stop) = (Arc::clone(&app), serve::told(stopping));
        async move { app.watch_trust(jobs::WATCH, trust_log(), stop).await }
    });
    let worked = work(&app, &args.data.data, &args.work, serve::stopped()).await;
    let _ = stop.send(true);
    let _ = watching.await;
    worked?;
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Does what waits until `stop` ends, and lets what runs come to its end.
pub async fn work(
    app: &Arc<App>,
    data: &Path,
    args: &WorkArgs,
    stop: impl Future<Output = ()>,
) -> Result<(), AppError> {
    let settings = jobs::Settings {
        at_once: args.jobs.into(),
        grace: Duration::from_secs(args.grace),
        ..jobs::Settings::of(name())
    };
    let report: jobs::Report = Arc::new(|what| tracing::warn!(target: "fazun::jobs", "{what}"));
    let (outside, post) = outside::of(&args.outside, checkpoints(data, args))?;
    app.start_night(Some(&outside.folder)).await?;
    if app.distrusted().is_none() {
        let chains = app.derive_underived("system").await?;
        if chains > 0 {
            tracing::info!(target: "fazun::jobs", chains, "程式升級後重新整理清單與搜尋索引");
        }
    }
    let runner = app.worker(settings.clone(), Some(outside), Arc::clone(&report));
    let Some(post) = post else {
        runner.run(stop).await;
        return Ok(());
    };
    // Mail is delivered beside the jobs: a server that doesn't answer keeps none of them waiting.
    let courier = app.courier(post, settings, report);
    let (say_stop, mut stopping) = tokio::sync::watch::channel(false);
    let delivering = courier.run(async move {
        let _ = stopping.wait_for(|stop| *stop).await;
    });
    let working = runner.run(async move {
        stop.await;
        let _ = say_stop.send(true);
    });
    tokio::join!(delivering, working);
    Ok(())
}

/// Where checkpoints are kept outside the database.
pub fn checkpoints(data: &Path, args: &WorkArgs) -> jobs::Folder {
    let named = args.checkpoints.clone();
    jobs::Folder::new(named.unwrap_or_else(|| data.join("checkpoints")))
}

/// Where it is said that the database is trusted no more, or again.
pub fn trust_log() -> jobs::Report {
    Arc::new(|what| tracing::error!(target: "fazun::ledger", "{what}"))
}

/// By which this process is known among all that work on a database.
fn name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    // A number of a process comes again after a restart; the moment doesn't.
    let (host, process, moment) = (host.trim(), std::process::id(), app::system_clock());
    format!("{host}-{process}-{moment}")
}
