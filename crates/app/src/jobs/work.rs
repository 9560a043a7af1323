//! What the jobs of an agency share: they run as whoever asked for them, with the rights that
//! those have by then.

use super::attempt::Failure;
use super::context::Context;
use super::queue::StoreQueue;
use super::runner::Job;
use crate::{AgencyId, App, AppError, Kind, Surface, Visit, people};
use collectors::Stop;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use store::NewJob;

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
    let who = people::acting(app, &agency, actor).await?;
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

/// A job of a kind that somebody asks for, about one thing.
pub(super) fn new_job<J: Job<StoreQueue>>(visit: &Visit<'_>, key: String, payload: &Value) -> NewJob {
    NewJob {
        id: crate::new_ids::new_id(&format!("{}-j", visit.agency())),
        kind: J::KIND.to_owned(),
        key,
        actor: visit.who().id.clone(),
        payload: payload.to_string(),
        due_at: visit.now(),
        most_attempts: J::ATTEMPTS,
        ..NewJob::default()
    }
}

/// Reads or writes files on a thread that may wait for them.
pub(super) async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(act).await {
        Ok(done) => done.map_err(Failure::Later),
        Err(error) => Err(Failure::Later(format!(
            "存取檢查點時中斷（{error}）。請查看服務紀錄"
        ))),
    }
}
