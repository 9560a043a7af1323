//! What the jobs of an agency share: they run as whoever asked for them, with the rights that
//! those have by then.

use super::context::Context;
use super::queue::StoreQueue;
use super::runner::Failure;
use crate::{AgencyId, App, AppError, Kind, Stop, Surface, Visit, members};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// What is tried again: what passes by itself. What the asker gave or may not is as it is.
pub(super) fn failure(error: &AppError) -> Failure {
    match error.kind() {
        Kind::Failed | Kind::Stale => Failure::Later(error.to_string()),
        Kind::BadInput | Kind::NotFound | Kind::Forbidden | Kind::Conflict => {
            Failure::Never(error.to_string())
        }
    }
}

/// What is to be done, as it was written down.
pub(super) fn read<T: DeserializeOwned>(payload: &str) -> Result<T, Failure> {
    serde_json::from_str(payload).map_err(|e| {
        Failure::Never(format!(
            "工作的內容讀不出來（{e}）：它由另一個版本的程式排入。請由原頁面再做一次"
        ))
    })
}

async fn open<'a>(app: &'a App, agency: &str, actor: &str) -> Result<Visit<'a>, AppError> {
    let agency = AgencyId::parse(agency)?;
    let who = members::acting(app, &agency, actor).await?;
    app.visit(&who, &agency, app.today(), Surface::Job).await
}

/// The visit of whoever asked for a job.
pub(super) async fn visit<'a>(app: &'a App, context: &Context<StoreQueue>) -> Result<Visit<'a>, Failure> {
    let visit = open(app, context.agency(), context.actor()).await;
    visit.map_err(|e| failure(&e))
}

/// Does what keeps a processor busy on a thread for that, as the visit of whoever asked for the
/// job. Where the job is dropped, what reads a file is told to stop; what it wrote by then is whole.
pub(super) async fn aside<T, F>(
    app: &Arc<App>,
    context: &Context<StoreQueue>,
    stop: Stop,
    work: F,
) -> Result<T, Failure>
where
    T: Send + 'static,
    F: AsyncFnOnce(Visit<'_>) -> Result<T, AppError> + Send + 'static,
{
    let _with_job = stop.when_dropped();
    let (app, runtime) = (Arc::clone(app), tokio::runtime::Handle::current());
    let (agency, actor) = (context.agency().to_owned(), context.actor().to_owned());
    let done = tokio::task::spawn_blocking(move || {
        runtime.block_on(async { work(open(&app, &agency, &actor).await?).await })
    });
    match done.await {
        Ok(done) => done.map_err(|e| failure(&e)),
        Err(error) => Err(Failure::Later(format!("處理中斷（{error}）。請查看服務紀錄"))),
    }
}
