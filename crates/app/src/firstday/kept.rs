//! A plan that was handed in and is looked at: its file, until it is confirmed, put aside or too old.
//!
//! Why in the working space: nothing of it is a record before it is confirmed. What it can't know:
//! whether anybody will confirm it.

use crate::commands::{check_plan, keeps_machine};
use crate::commit;
use crate::compiled::compiled_once;
use crate::new_ids::new_id;
use crate::principal::Principal;
use crate::reads::Reads;
use crate::records::once::request_hash;
use crate::{App, AppError};
use store::{INSTALLATION, Job, Receipt};

/// What the previews of plans are kept as.
pub(super) const PLAN: &str = "plan";
/// How long one is kept: seven days. A choice of this product.
pub(super) const KEPT_MICROS: i64 = 7 * 24 * 3600 * 1_000_000;

/// Waits to be confirmed.
pub(super) const WAITING: &str = "preview";
const DISCARDED: &str = "discarded";

/// Keeps a plan's file of an agency that is not there yet; the id under which it is looked at, which
/// will be the agency's.
///
/// # Errors
/// Where somebody else asks than whoever keeps this machine, or the file can't be read as a plan
/// that names an agency; nothing is kept then.
#[compiled_once]
pub async fn hand_in(app: &App, who: &Principal, name: &str, bytes: Vec<u8>) -> Result<String, AppError> {
    keeps_machine(who)?;
    check_plan(name, &bytes)?;
    let id = new_id("a");
    let job = Job {
        id: id.clone(),
        agency: INSTALLATION.to_owned(),
        register: PLAN.to_owned(),
        actor: who.id.clone(),
        at: app.now(),
        state: WAITING.to_owned(),
        detail: name.to_owned(),
        bytes,
    };
    commit::keep_first(app, &job, KEPT_MICROS).await?;
    Ok(id)
}

/// A file that was handed in: its name and its bytes.
///
/// # Errors
/// Where it isn't there any more, or was put aside.
#[compiled_once]
pub async fn handed_in(app: &App, who: &Principal, id: &str) -> Result<(String, Vec<u8>), AppError> {
    keeps_machine(who)?;
    let job = Reads::open(app, INSTALLATION).await?.job(id).await?;
    open(job, app.now())
}

/// The file of a preview that still waits.
pub(super) fn open(job: Option<Job>, now: i64) -> Result<(String, Vec<u8>), AppError> {
    let fresh = |job: &Job| job.register == PLAN && job.at > now.saturating_sub(KEPT_MICROS);
    let Some(job) = job.filter(fresh) else {
        return Err(AppError::not_found(
            "這份計畫的預覽已經不在",
            "預覽保存七日；請重新上傳計畫檔。沒有寫入任何資料",
        ));
    };
    if job.state != WAITING || job.bytes.is_empty() {
        return Err(AppError::conflict(
            "這份計畫已取消，沒有寫入任何資料",
            "要使用這份計畫，請重新上傳",
        ));
    }
    Ok((job.detail, job.bytes))
}

/// What remains of a preview that was put aside.
pub(super) fn aside(agency: &str, id: &str, who: &Principal, now: i64) -> (Job, Receipt) {
    let job = Job {
        id: id.to_owned(),
        agency: agency.to_owned(),
        register: PLAN.to_owned(),
        actor: who.id.clone(),
        at: now,
        state: DISCARDED.to_owned(),
        detail: String::new(),
        bytes: Vec::new(),
    };
    (job, once(id))
}

/// That a preview was confirmed or put aside: of the two only one happens, once.
pub(super) fn once(id: &str) -> Receipt {
    Receipt {
        principal: PLAN.to_owned(),
        key: id.to_owned(),
        request: request_hash(&[id.as_bytes()]),
        answer: id.to_owned(),
    }
}

/// Puts a plan aside; nothing of it was written.
///
/// # Errors
/// Where somebody else asks, or it isn't there.
#[compiled_once]
pub async fn discard(app: &App, who: &Principal, id: &str) -> Result<(), AppError> {
    handed_in(app, who, id).await?;
    let (job, receipt) = aside(INSTALLATION, id, who, app.now());
    commit::close_first(app, &job, &receipt).await?;
    Ok(())
}
