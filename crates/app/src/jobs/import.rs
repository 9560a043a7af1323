//! Writing a large previewed import.
//!
//! Once, by the receipt that its commit leaves: one that finds the import written by an attempt
//! before it is done. What it can't know: whether whoever asked still looks at the page; the
//! import's own page tells how it ended.

use super::context::Context;
use super::queue::StoreQueue;
use super::runner::{Done, Failure, Job};
use super::work::{failure, read, visit};
use crate::records::{Chosen, commit_import, import_report};
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
    skip_wrong: bool,
    only: BTreeSet<u32>,
    but: BTreeSet<u32>,
}

/// The writing of an import, as a job: of one import there is one.
pub fn import_job(visit: &Visit<'_>, import: &str, chosen: &Chosen) -> NewJob {
    let payload = Payload {
        import: import.to_owned(),
        skip_wrong: chosen.skip_wrong,
        only: chosen.only.clone(),
        but: chosen.but.clone(),
    };
    let now = visit.now();
    NewJob {
        id: crate::commands::new_id(&format!("{}-j", visit.agency())),
        kind: CommitImport::KIND.to_owned(),
        key: import.to_owned(),
        actor: visit.who().id.clone(),
        payload: json!(payload).to_string(),
        due_at: now,
        most_attempts: CommitImport::ATTEMPTS,
        ..NewJob::default()
    }
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
        } = read(payload)?;
        let chosen = Chosen {
            skip_wrong,
            only,
            but,
        };
        let visit = visit(&self.app, context).await?;
        let before = import_report(&visit, &import).await.map_err(|e| failure(&e))?;
        let report = if before.state == "committed" {
            before
        } else {
            let total = before.counts.new + before.counts.changed;
            let mut far = |done: u64| context.progress(done, total, "寫入匯入的資料列");
            let written = commit_import(&visit, &import, &chosen, &mut far).await;
            written.map_err(|e| failure(&e))?
        };
        Ok(Done::with(
            json!({ "import": report.id, "register": report.register, "written": report.written })
                .to_string(),
        ))
    }
}
