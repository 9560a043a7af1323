//! A revised plan, handed in and looked at before it takes the place of the former one.
//!
//! Why over the same door as the command: what is shown and what is refused are one. What it can't
//! know: whether the revision was approved; whoever hands it in says from when it rules.

use super::kept::{PLAN, WAITING, aside, open};
use crate::AppError;
use crate::commands::keeps_plan;
use crate::commit;
use crate::compiled::compiled_once;
use crate::new_ids::new_id;
use crate::plans::{self, PlanFile};
use crate::visit::Visit;
use period::Date;
use store::Job;
use views::PlanRevisionView;

/// Imports of the agency lie in the same place, and are kept longer.
const IMPORTS_KEPT: i64 = crate::records::IMPORTS_KEPT;

/// Keeps the file of a revised plan to be looked at; the id of its preview.
///
/// # Errors
/// As [`plans::preview`], and where somebody else asks than whoever keeps this machine.
#[compiled_once]
pub async fn hand_in_revision(visit: &Visit<'_>, file: PlanFile) -> Result<String, AppError> {
    keeps_plan(visit)?;
    plans::preview(visit, &file).await?;
    let from = file.from.map_or_else(String::new, |from| from.to_string());
    let job = Job {
        id: new_id("p"),
        agency: visit.agency().to_string(),
        register: PLAN.to_owned(),
        actor: visit.who().id.clone(),
        at: visit.now(),
        state: WAITING.to_owned(),
        detail: format!("{from}\n{}", file.name),
        bytes: file.bytes,
    };
    let id = job.id.clone();
    commit::keep_job(visit, &job, IMPORTS_KEPT).await?;
    Ok(id)
}

/// The file of a revised plan that waits, with the day from which it is to rule.
///
/// # Errors
/// Where it isn't there any more, or was put aside.
#[compiled_once]
pub async fn revision_file(visit: &Visit<'_>, id: &str) -> Result<PlanFile, AppError> {
    keeps_plan(visit)?;
    let (detail, bytes) = open(visit.reads().job(id).await?, visit.now())?;
    let (from, name) = detail.split_once('\n').unwrap_or(("", &detail));
    Ok(PlanFile {
        name: name.to_owned(),
        bytes,
        from: from.parse::<Date>().ok(),
    })
}

/// What a revised plan that was handed in would change; writes nothing.
///
/// # Errors
/// As [`plans::preview`], and where it isn't there any more.
#[compiled_once]
pub async fn preview_revision(visit: &Visit<'_>, id: &str) -> Result<PlanRevisionView, AppError> {
    let file = revision_file(visit, id).await?;
    plans::preview(visit, &file).await
}

/// Writes a revised plan that was handed in and looked at. Done twice, it is done once.
///
/// # Errors
/// As [`plans::adopt`], and where it isn't there any more.
#[compiled_once]
pub async fn adopt_handed_in(visit: &Visit<'_>, id: &str) -> Result<(), AppError> {
    if is_adopted(visit, id).await? {
        return Ok(());
    }
    let file = revision_file(visit, id).await?;
    if let Err(error) = plans::adopt(visit, file).await {
        // Sent twice at once: the other one wrote.
        return if is_adopted(&visit.again().await?, id).await? {
            Ok(())
        } else {
            Err(error)
        };
    }
    Ok(())
}

/// Whether the file that was handed in is the agency's last plan already.
async fn is_adopted(visit: &Visit<'_>, id: &str) -> Result<bool, AppError> {
    let Some(job) = visit.reads().job(id).await? else {
        return Ok(false);
    };
    if job.register != PLAN || job.bytes.is_empty() {
        return Ok(false);
    }
    let sha256 = ledger::hex(&ledger::sha256(&job.bytes));
    Ok(visit.loaded()?.readings.iter().any(|p| p.sha256 == sha256))
}

/// Puts a revised plan aside; nothing of it was written.
///
/// # Errors
/// Where it isn't there any more.
#[compiled_once]
pub async fn discard_revision(visit: &Visit<'_>, id: &str) -> Result<(), AppError> {
    revision_file(visit, id).await?;
    let (job, receipt) = aside(visit.agency().as_str(), id, visit.who(), visit.now());
    commit::close_job(visit, &job, &receipt).await?;
    Ok(())
}
