//! Reading a large file for an import: its preview, the first time or with other columns.
//!
//! May be done twice: it writes no record, and its preview has an id that was given beforehand, so
//! that there is one. Why the file lies with the job: whoever takes it up after a kill has nothing
//! else. What it can't know: whether anybody will look at the preview.

use super::attempt::{Done, Failure};
use super::context::Context;
use super::queue::StoreQueue;
use super::runner::Job;
use super::work::{aside, failure, new_job, read};
use crate::new_ids::new_id;
use crate::records::{ImportOptions, ImportReport, preview_again_as, preview_as};
use crate::{App, Visit};
use registers::RegisterSpec;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use store::NewJob;

/// The job.
pub struct ReadImport {
    /// The product.
    pub app: Arc<App>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    register: String,
    file: String,
    /// The import that is made.
    import: String,
    /// Of which import the file is, where it is read again; else it lies with the job.
    of: Option<String>,
    options: ImportOptions,
}

fn job(visit: &Visit<'_>, payload: &Payload, input: Vec<u8>) -> NewJob {
    let key = payload.import.clone();
    let job = new_job::<ReadImport>(visit, key, &json!(payload));
    NewJob { input, ..job }
}

/// The reading of a file.
pub(super) fn read_job(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    (file, bytes): (&str, Vec<u8>),
    options: &ImportOptions,
) -> NewJob {
    let payload = Payload {
        register: spec.key.to_owned(),
        file: file.to_owned(),
        import: new_id(&format!("{}-i", visit.agency())),
        of: None,
        options: options.clone(),
    };
    job(visit, &payload, bytes)
}

/// The reading of an import's file once more.
pub(super) fn again_job(visit: &Visit<'_>, report: &ImportReport, options: &ImportOptions) -> NewJob {
    let payload = Payload {
        register: report.register.clone(),
        file: report.file.clone(),
        import: new_id(&format!("{}-i", visit.agency())),
        of: Some(report.id.clone()),
        options: options.clone(),
    };
    job(visit, &payload, Vec::new())
}

impl Job<StoreQueue> for ReadImport {
    const KIND: &'static str = "import-read";
    const ATTEMPTS: u32 = 5;

    async fn run(&self, context: &Context<StoreQueue>, payload: &str) -> Result<Done, Failure> {
        let Payload {
            register,
            file,
            import,
            of,
            mut options,
        } = read(payload)?;
        let spec = crate::register(&register).map_err(|e| failure(&e))?;
        context.progress(0, 0, "讀取檔案");
        options.stop = collectors::Stop::new();
        let stop = options.stop.clone();
        let (id, told) = (context.id().to_owned(), context.teller());
        let report = aside(&self.app, context, stop, async move |visit| {
            let mut far = |done: u64| told.progress(done, 0, "讀取檔案");
            if let Some(of) = of {
                return preview_again_as(&visit, &of, options, &mut far, import).await;
            }
            let bytes = visit.reads().job_input(&id).await?;
            preview_as(&visit, spec, (&file, bytes), options, &mut far, import).await
        })
        .await?;
        Ok(Done::with(
            json!({ "import": report.id, "register": report.register }).to_string(),
        ))
    }
}
