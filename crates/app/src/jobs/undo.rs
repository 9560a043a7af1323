//! Taking a large import back.
//!
//! Once: one that finds the import taken back by an attempt before it is done. What it can't know:
//! whether somebody needs what it takes back; rows that were changed since refuse all of it.

use super::attempt::{Done, Failure};
use super::context::Context;
use super::queue::StoreQueue;
use super::runner::Job;
use super::work::{aside, new_job, read};
use crate::records::{ImportReport, import_report, undo_import};
use crate::{App, Visit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use store::NewJob;

/// The job.
pub struct UndoImport {
    /// The product.
    pub app: Arc<App>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    import: String,
    register: String,
    file: String,
}

/// The taking back of an import, as a job: of one import there is one.
pub(super) fn undo_job(visit: &Visit<'_>, report: &ImportReport) -> NewJob {
    let payload = Payload {
        import: report.id.clone(),
        register: report.register.clone(),
        file: report.file.clone(),
    };
    new_job::<UndoImport>(visit, report.id.clone(), &json!(payload))
}

impl Job<StoreQueue> for UndoImport {
    const KIND: &'static str = "import-undo";
    const ATTEMPTS: u32 = 5;

    async fn run(&self, context: &Context<StoreQueue>, payload: &str) -> Result<Done, Failure> {
        let Payload { import, .. } = read(payload)?;
        context.progress(0, 0, "復原匯入的資料列");
        let report = aside(&self.app, context, collectors::Stop::new(), async move |visit| {
            let before = import_report(&visit, &import).await?;
            if before.state == "undone" {
                return Ok(before);
            }
            undo_import(&visit, &import).await
        })
        .await?;
        Ok(Done::with(
            json!({ "import": report.id, "register": report.register }).to_string(),
        ))
    }
}
