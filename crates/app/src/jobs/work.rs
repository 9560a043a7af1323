//! What the jobs of an agency share: they run as whoever asked for them, with the rights that
//! those have by then.

use super::context::Context;
use super::queue::StoreQueue;
use super::runner::Failure;
use crate::{AgencyId, App, AppError, Kind, Surface, Visit, members};
use serde::de::DeserializeOwned;

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

/// The visit of whoever asked for a job.
pub(super) async fn visit<'a>(app: &'a App, context: &Context<StoreQueue>) -> Result<Visit<'a>, Failure> {
    let open = async {
        let agency = AgencyId::parse(context.agency())?;
        let who = members::acting(app, &agency, context.actor()).await?;
        app.visit(&who, &agency, app.today(), Surface::Job).await
    };
    open.await.map_err(|e| failure(&e))
}
