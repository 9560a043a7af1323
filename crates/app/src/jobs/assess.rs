//! The night's assessment of an agency: what became due, or can't be told any more, since the
//! night before.
//!
//! May be done twice: it writes no record, and what it compares with is the assessment that was
//! done before it. What it can't know: why a verdict changed; the duty's page tells.

use super::attempt::{Done, Failure};
use super::context::Context;
use super::queue::StoreQueue;
use super::runner::Job;
use super::work::{failure, visit};
use crate::{App, duties};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Store, WorkState};

/// The job.
pub struct Assess {
    /// The product.
    pub app: Arc<App>,
    /// Where the assessment before it lies.
    pub store: Store,
}

/// Verdicts by duty and subject, on a day.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Assessed {
    day: String,
    verdicts: BTreeMap<String, String>,
    /// Duty and subject, verdict before, verdict now.
    changed: Vec<(String, String, String)>,
}

/// How many jobs back the assessment before is looked for.
const BACK: u32 = 200;

impl Job<StoreQueue> for Assess {
    const KIND: &'static str = "assess";
    const ATTEMPTS: u32 = 5;

    async fn run(&self, context: &Context<StoreQueue>, _payload: &str) -> Result<Done, Failure> {
        let visit = visit(&self.app, context).await?;
        let all = duties::all(&visit).await.map_err(|e| failure(&e))?;
        let mut verdicts = BTreeMap::new();
        for duty in all {
            let verdict = json!(duty.verdict);
            let verdict = verdict.as_str().unwrap_or_default().to_owned();
            let subject = duty.subject_id.unwrap_or(duty.subject);
            verdicts.insert(format!("{}@{subject}", duty.key), verdict);
        }
        let jobs = self.store.jobs(context.agency(), BACK).await;
        let jobs = jobs.map_err(|e| Failure::Later(e.to_string()))?;
        let before = jobs
            .iter()
            .find(|job| job.kind == Self::KIND && job.state == WorkState::Done && job.id != context.id());
        // The first night compares with nothing.
        let before: Option<Assessed> = before.and_then(|job| serde_json::from_str(&job.result).ok());
        let mut changed = Vec::new();
        for (duty, verdict) in before.map(|b| b.verdicts).unwrap_or_default() {
            let now = verdicts.get(&duty).cloned().unwrap_or_default();
            if now != verdict {
                changed.push((duty, verdict, now));
            }
        }
        let assessed = Assessed {
            day: visit.day().to_string(),
            verdicts,
            changed,
        };
        Ok(Done::with(json!(assessed).to_string()))
    }
}
