//! What a process that goes on does, with pages or without: the work that waits, until it is stopped.

use crate::args::worker::WorkArgs;
use crate::commands::outside;
use app::{App, AppError, jobs};
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

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
    let named = args.checkpoints.as_ref();
    named.map_or_else(|| jobs::Folder::beside(data), jobs::Folder::new)
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

/// Until it is told that the process ends.
pub(crate) async fn told(mut stopping: tokio::sync::watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Until somebody ends the process. From the call on, and not only once it is waited for, the
/// signals are ours: who is told that the process runs may end it at once.
pub(crate) fn stopped() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let terminate = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    };
    async move {
        #[cfg(unix)]
        if let (Ok(mut terminate), Ok(mut interrupt)) = terminate {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        let _ = tokio::signal::ctrl_c().await;
    }
}
