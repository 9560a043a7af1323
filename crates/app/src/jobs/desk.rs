//! What somebody does with jobs: looks at them, has one done anew, calls one off, fetches a file.
//!
//! Why who asked is asked first: everybody sees their own; an officer and an administrator see
//! everybody's, and a file is fetched by nobody but whoever asked for it. Why a file is refused
//! after rights have changed: it was made with those of then, and nobody can tell which of its
//! lines are still theirs. What it can't know: who has copied a file since.

use super::export::rights;
use super::operator::{is_overdue, stands_still};
use super::runner::Job as _;
use super::view::{Result as Made, is_asked_for, sees_all, view};
use super::{CommitImport, ExportList, ReadImport, UndoImport};
use crate::AppError;
use crate::compiled::compiled_once;
use crate::ids::register;
use crate::principal::Scope;
use crate::records::{ListFile, ListFormat};
use crate::visit::{Visit, act};
use serde_json::json;
use store::{JobRecord, NewJob, WorkState};
use views::{JobList, JobState, JobView};

/// How many of the latest jobs are looked at.
const LATEST: u32 = 300;
/// How many that are done are told.
const DONE: usize = 50;

fn missing() -> AppError {
    AppError::not_found(
        "沒有這項工作",
        "完成的工作與其檔案保存十四日；請由「工作」清單查看，或由原頁面再做一次",
    )
}

async fn found(visit: &Visit<'_>, id: &str) -> Result<JobRecord, AppError> {
    visit.who().demand(Scope::Read)?;
    let record = visit.reads().job_status(id).await?.ok_or_else(missing)?;
    // Of others' jobs nobody learns that they are there.
    if record.actor == visit.who().id || sees_all(visit) {
        Ok(record)
    } else {
        Err(missing())
    }
}

/// The agency's jobs: everybody's to an officer or an administrator, else one's own. Routine work
/// that is done is left out.
///
/// # Errors
/// Where the token is not for reading, or the store can't be read.
#[compiled_once]
pub async fn list(visit: &Visit<'_>) -> Result<JobList, AppError> {
    visit.who().demand(Scope::Read)?;
    let everybodys = sees_all(visit);
    let of = (!everybodys).then_some(visit.who().id.as_str());
    let mut list = JobList {
        everybodys,
        ..JobList::default()
    };
    let mut waits = false;
    for record in visit.reads().jobs(of, LATEST).await? {
        waits |= record.state == WorkState::Queued && is_overdue(record.due_at, visit.now());
        let job = view(visit, &record);
        match job.state {
            JobState::Dead => list.dead.push(job),
            JobState::Queued | JobState::Running => list.open.push(job),
            JobState::Done | JobState::Cancelled => {
                if is_asked_for(&record.kind) && list.done.len() < DONE {
                    list.done.push(job);
                }
            }
        }
    }
    // Nobody is asked about the workers where nothing of what is seen waits for one.
    list.stands_still = waits && still(visit).await?;
    Ok(list)
}

/// Whether work waits that is due while nobody does any, of whichever agency.
async fn still(visit: &Visit<'_>) -> Result<bool, AppError> {
    let counts = visit.app().store.work_counts().await?;
    Ok(stands_still(&counts, visit.now()))
}

/// Whether a job that a visitor sees waits while nobody does any work.
///
/// # Errors
/// Where it isn't there for the asker.
#[compiled_once]
pub async fn waits_for_nobody(visit: &Visit<'_>, id: &str) -> Result<bool, AppError> {
    let record = found(visit, id).await?;
    let waits = record.state == WorkState::Queued && is_overdue(record.due_at, visit.now());
    Ok(waits && still(visit).await?)
}

/// One job.
///
/// # Errors
/// Where it isn't there for the asker.
#[compiled_once]
pub async fn show(visit: &Visit<'_>, id: &str) -> Result<JobView, AppError> {
    Ok(view(visit, &found(visit, id).await?))
}

/// The job that last did something with an import, where one did.
///
/// # Errors
/// Where the store can't be read.
#[compiled_once]
pub async fn of_import(visit: &Visit<'_>, import: &str) -> Result<Option<JobView>, AppError> {
    let mut latest: Option<JobRecord> = None;
    for kind in [CommitImport::KIND, UndoImport::KIND] {
        // What was written is taken back later, if at the same instant.
        let before = latest.as_ref().map(|j| j.created_at);
        match visit.reads().job_about(kind, import).await? {
            Some(job) if before.is_none_or(|at| at <= job.created_at) => latest = Some(job),
            _ => {}
        }
    }
    // Whoever sees the import learns how it goes, whoever asked for it.
    Ok(latest.map(|record| view(visit, &record)))
}

/// What the token must be for to do something with a job.
fn demand(visit: &Visit<'_>, record: &JobRecord) -> Result<(), AppError> {
    visit.who().demand(match record.kind.as_str() {
        CommitImport::KIND | ReadImport::KIND | UndoImport::KIND => Scope::Import,
        ExportList::KIND => Scope::Read,
        _ => Scope::Write,
    })
}

/// Has a job that was given up done anew, as whoever asked for it first.
///
/// # Errors
/// Where it isn't there for the asker, or wasn't given up.
#[compiled_once]
pub async fn retry(visit: &Visit<'_>, id: &str) -> Result<JobView, AppError> {
    let record = found(visit, id).await?;
    demand(visit, &record)?;
    let store = &visit.app().store;
    if !store.requeue(visit.agency().as_str(), id, visit.now()).await? {
        return Err(AppError::conflict(
            "這項工作不在待處理之列，或同一件事已另有工作在等候",
            "請重新整理「工作」清單，看它目前的情形",
        ));
    }
    visit.app().bell.notify_one();
    show(&visit.again().await?, id).await
}

/// Calls off a job that waits, or puts one aside that was given up.
///
/// # Errors
/// Where it isn't there for the asker, is under way or done.
#[compiled_once]
pub async fn cancel(visit: &Visit<'_>, id: &str) -> Result<JobView, AppError> {
    let record = found(visit, id).await?;
    demand(visit, &record)?;
    // What somebody else asked for is called off by nobody who may only read.
    if record.actor != visit.who().id {
        visit.who().demand(Scope::Write)?;
    }
    if !is_asked_for(&record.kind) {
        return Err(AppError::conflict(
            "這是系統自行安排的工作，不能取消",
            "請等候它完成；未完成的原因會列在「工作」清單",
        ));
    }
    let result = json!({ "cancelled": true, "by": visit.who().id }).to_string();
    let store = &visit.app().store;
    if !store
        .cancel(visit.agency().as_str(), id, &result, visit.now())
        .await?
    {
        return Err(AppError::conflict(
            "這項工作已經開始或已結束，不能取消",
            "已寫入的匯入可以由匯入的頁面復原",
        ));
    }
    show(&visit.again().await?, id).await
}

/// The file that a job made.
///
/// # Errors
/// Where it isn't there, isn't the asker's, or their rights are others by now.
#[compiled_once]
pub async fn file(visit: &Visit<'_>, id: &str) -> Result<ListFile, AppError> {
    let record = found(visit, id).await?;
    let made = Made::of(&record);
    if record.kind != ExportList::KIND || record.state != WorkState::Done || record.output_len == 0 {
        return Err(AppError::not_found(
            "這項工作沒有可以下載的檔案",
            "檔案完成後才能下載；請看這項工作目前的情形",
        ));
    }
    if record.actor != visit.who().id {
        return Err(AppError::forbidden(
            "匯出的檔案只有提出者可以下載",
            "需要同一份清單時，請自行由清單匯出",
        ));
    }
    let access = visit.may(act::Export, register(&made.register)?)?;
    if made.rights != rights(&access) {
        return Err(AppError::forbidden(
            "您的權限在檔案製作之後已有變動，這個檔案不再提供下載",
            "請由清單再匯出一次，檔案會依目前的權限製作",
        ));
    }
    let format = ListFormat::of(&made.format).ok_or_else(missing)?;
    Ok(ListFile {
        name: made.name,
        bytes: visit.reads().job_output(id).await?,
        media_type: format.media_type(),
    })
}

/// Asks for a job, and has it taken up at once where this process does jobs.
pub(super) async fn enqueue(visit: &Visit<'_>, job: NewJob) -> Result<JobView, AppError> {
    let app = visit.app();
    let payload = job.payload.clone();
    let asked = app
        .store
        .enqueue(visit.agency().as_str(), job, visit.now())
        .await?;
    app.bell.notify_one();
    let visit = visit.again().await?;
    let record = visit.reads().job_status(&asked.id).await?;
    let record = record.ok_or_else(missing)?;
    // Whoever chose otherwise must not take the job of before for theirs.
    if !asked.fresh && record.payload != payload {
        return Err(AppError::conflict(
            "同一件事已依另一種選擇排入工作；這次的選擇沒有採用，也沒有寫入任何資料",
            "請於「工作」查看該項工作；要改用這次的選擇，請在它開始前先取消，再送一次",
        ));
    }
    Ok(view(&visit, &record))
}
