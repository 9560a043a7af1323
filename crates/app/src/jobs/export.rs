//! A large list as a file, to be fetched when it is there.
//!
//! May be done twice: it writes no record, but of personal or restricted data that they were taken
//! out, which a second attempt tells again. Why what it made is kept with the job: it is fetched
//! by whoever asked, and goes with it. Why it says with which rights it was made: whoever fetches it
//! must have the same by then. What it can't know: whether a row was changed since.

use super::attempt::{Done, Failure};
use super::context::Context;
use super::queue::StoreQueue;
use super::runner::Job;
use super::work::{failure, new_job, read, visit};
use crate::records::{ListFormat, ListQuery, export_records};
use crate::visit::{Access, act};
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
    /// Jobs of before had none.
    #[serde(default)]
    withdrawn: bool,
}

/// The export of a list, as a job.
pub(super) fn export_job(visit: &Visit<'_>, register: &str, query: &ListQuery, format: ListFormat) -> NewJob {
    let payload = Payload {
        register: register.to_owned(),
        ending: format.ending().to_owned(),
        equal: query.equal.clone(),
        contains: query.contains.clone(),
        withdrawn: query.withdrawn,
    };
    let payload = json!(payload);
    // The same list asked for twice at once, by one person, is one.
    let asked = payload.to_string();
    let key = ledger::hex(&crate::request_hash(&[
        visit.who().id.as_bytes(),
        asked.as_bytes(),
    ]));
    NewJob {
        again: true,
        ..new_job::<ExportList>(visit, key, &payload)
    }
}

/// With which rights a file is made, as one text: everything that what somebody sees hangs on.
pub(super) fn rights(access: &Access<'_, act::Export>) -> String {
    let mut grants: Vec<String> = access
        .visit
        .grants()
        .iter()
        .map(|grant| format!("{grant:?}"))
        .collect();
    grants.sort();
    let hidden = access.hides.keys(access.spec);
    let said = format!("{grants:?} {hidden:?} {}", access.visit.app().store.forms_name());
    ledger::hex(&ledger::sha256(said.as_bytes()))
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
            withdrawn: payload.withdrawn,
            ..ListQuery::default()
        };
        let visit = visit(&self.app, context).await?;
        let access = visit.may(act::Export, spec).map_err(|e| failure(&e))?;
        let rights = rights(&access);
        context.progress(0, 0, "讀取紀錄並製作檔案");
        let file = export_records(&visit, spec, &query, format).await;
        let file = file.map_err(|e| failure(&e))?;
        Ok(Done::Result {
            result: json!({
                "register": spec.key, "name": file.name, "format": format.ending(), "rights": rights,
            })
            .to_string(),
            output: file.bytes,
        })
    }
}
