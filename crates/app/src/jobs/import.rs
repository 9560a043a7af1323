//! Writing a large previewed import.
//!
//! Once, by the receipt that its commit leaves: one that finds the import written by an attempt
//! before it is done. What it can't know: whether whoever asked still looks at the page; the
//! import's own page tells how it ended.

use super::attempt::{Done, Failure};
use super::context::Context;
use super::queue::StoreQueue;
use super::runner::Job;
use super::work::{aside, new_job, read};
use crate::records::{Chosen, ImportReport, commit_import_once, import_report};
use crate::{App, Visit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::NewJob;

/// The job.
pub struct CommitImport {
    /// The product.
    pub app: Arc<App>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    import: String,
    register: String,
    file: String,
    skip_wrong: bool,
    only: BTreeSet<u32>,
    but: BTreeSet<u32>,
}

/// The writing of an import, as a job: of one import there is one.
pub(super) fn import_job(visit: &Visit<'_>, report: &ImportReport, chosen: &Chosen) -> NewJob {
    let payload = Payload {
        import: report.id.clone(),
        register: report.register.clone(),
        file: report.file.clone(),
        skip_wrong: chosen.skip_wrong,
        only: chosen.only.clone(),
        but: chosen.but.clone(),
    };
    new_job::<CommitImport>(visit, report.id.clone(), &json!(payload))
}

impl Job<StoreQueue> for CommitImport {
    const KIND: &'static str = "import";
    const ATTEMPTS: u32 = 5;

    async fn run(&self, context: &Context<StoreQueue>, payload: &str) -> Result<Done, Failure> {
        let Payload {
            import,
            skip_wrong,
            only,
            but,
            ..
        } = read(payload)?;
        let stop = collectors::Stop::new();
        let chosen = Chosen {
            skip_wrong,
            only,
            but,
            stop: stop.clone(),
        };
        let told = context.teller();
        let report = aside(&self.app, context, stop, async move |visit| {
            let before = import_report(&visit, &import).await?;
            if before.state == "committed" {
                return Ok(before);
            }
            // Each line is looked at once more, and then written.
            let counts = before.counts;
            let lines = counts.new + counts.changed + counts.same + counts.wrong;
            let total = lines + counts.new + counts.changed;
            let mut far = |done: u64| {
                let words = if done > lines {
                    "寫入資料列"
                } else {
                    "核對資料列"
                };
                told.progress(done, total, words);
            };
            commit_import_once(&visit, &import, &chosen, &mut far).await
        })
        .await?;
        Ok(Done::with(
            json!({ "import": report.id, "register": report.register, "written": report.written })
                .to_string(),
        ))
    }
}
