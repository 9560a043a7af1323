//! A large list as a file, to be fetched when it is there.
//!
//! May be done twice: it writes no record, but of personal or restricted data that they were taken
//! out, which a second attempt tells again. Why what it made is kept with the job: it is fetched
//! by whoever asked, and goes with it. What it can't know: whether they may still see it when
//! they fetch it; that is asked then.

use super::context::Context;
use super::queue::StoreQueue;
use super::runner::{Done, Failure, Job};
use super::work::{failure, read, visit};
use crate::records::{ListFormat, ListQuery, export_records};
use crate::{App, AppError, Visit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use store::NewJob;

/// The job.
pub struct ExportList {
    /// The product.
    pub app: Arc<App>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    register: String,
    ending: String,
    equal: Vec<(String, String)>,
    contains: String,
}

/// The export of a list, as a job.
pub fn export_job(visit: &Visit<'_>, register: &str, query: &ListQuery, format: ListFormat) -> NewJob {
    let payload = Payload {
        register: register.to_owned(),
        ending: format.ending().to_owned(),
        equal: query.equal.clone(),
        contains: query.contains.clone(),
    };
    let payload = json!(payload).to_string();
    let (who, now) = (&visit.who().id, visit.now());
    NewJob {
        id: crate::commands::new_id(&format!("{}-j", visit.agency())),
        kind: ExportList::KIND.to_owned(),
        // The same list asked for twice at once, by one person, is one.
        key: ledger::hex(&crate::request_hash(&[who.as_bytes(), payload.as_bytes()])),
        again: true,
        actor: who.clone(),
        payload,
        due_at: now,
        most_attempts: ExportList::ATTEMPTS,
        ..NewJob::default()
    }
}

impl Job<StoreQueue> for ExportList {
    const KIND: &'static str = "export";
    const ATTEMPTS: u32 = 5;

    async fn run(&self, context: &Context<StoreQueue>, payload: &str) -> Result<Done, Failure> {
        let payload: Payload = read(payload)?;
        let spec = crate::register(&payload.register).map_err(|e| failure(&e))?;
        let format = ListFormat::of(&payload.ending).ok_or_else(|| {
            let told = AppError::bad_input(
                format!("沒有「{}」這種檔案格式", payload.ending),
                "請改用 ods、xlsx 或 csv 再匯出一次",
            );
            failure(&told)
        })?;
        let query = ListQuery {
            equal: payload.equal,
            contains: payload.contains,
            ..ListQuery::default()
        };
        let visit = visit(&self.app, context).await?;
        context.progress(0, 0, "讀取紀錄並製作檔案");
        let file = export_records(&visit, spec, &query, format).await;
        let file = file.map_err(|e| failure(&e))?;
        Ok(Done::Result {
            result: json!({ "name": file.name, "media_type": file.media_type }).to_string(),
            output: file.bytes,
        })
    }
}
