//! A job in the officer's words.
//!
//! Why the reason of somebody else's failure is not everybody's who sees the job: it may name what
//! stands in the file. What it can't know: a kind that another version of the program asked for;
//! it is told as work of the system.

use super::clean::DONE;
use super::{Assess, Checkpoint, CleanUp, CommitImport, DeriveAnew, ExportList, Nightly, ReadImport};
use super::{UndoImport, Verify, runner::Job};
use crate::clock::taipei;
use crate::principal::Role;
use crate::records::history::actor_name;
use crate::visit::Visit;
use serde::Deserialize;
use store::{JobRecord, WorkState};
use views::{JobMade, JobProgressView, JobState, JobView};

/// What the results of jobs hold, whichever kind they are of.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Result {
    pub import: String,
    pub register: String,
    pub written: u64,
    pub name: String,
    pub format: String,
    /// With which rights a file was made.
    pub rights: String,
    pub cancelled: bool,
}

impl Result {
    pub(super) fn of(record: &JobRecord) -> Self {
        serde_json::from_str(&record.result).unwrap_or_default()
    }
}

/// What the payloads of jobs hold that somebody asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct About {
    register: String,
    file: String,
}

/// What a kind does.
pub(super) fn title(kind: &str) -> &'static str {
    match kind {
        CommitImport::KIND => "寫入匯入的資料",
        ReadImport::KIND => "讀取匯入的檔案",
        UndoImport::KIND => "復原匯入",
        ExportList::KIND => "製作匯出檔案",
        DeriveAnew::KIND => "重新整理清單與搜尋索引",
        Assess::KIND => "夜間判定應辦事項",
        CleanUp::KIND => "清理逾期的預覽與檔案",
        Verify::KIND => "驗證帳本與資料",
        Checkpoint::KIND => "存放帳本檢查點",
        Nightly::KIND => "安排夜間工作",
        _ => "系統工作",
    }
}

/// Whether people ask for a kind; the others the system asks for itself.
pub(super) fn is_asked_for(kind: &str) -> bool {
    [
        CommitImport::KIND,
        ReadImport::KIND,
        UndoImport::KIND,
        ExportList::KIND,
    ]
    .contains(&kind)
}

/// Whether somebody sees everybody's jobs.
pub(super) fn sees_all(visit: &Visit<'_>) -> bool {
    let keeps = |role| matches!(role, Role::Officer | Role::Administrator);
    visit.grants().iter().any(|g| keeps(g.role))
}

/// Whether somebody sees what a job is about: their own, an officer everybody's.
fn sees_inside(visit: &Visit<'_>, record: &JobRecord) -> bool {
    record.actor == visit.who().id
        || !is_asked_for(&record.kind)
        || visit.grants().iter().any(|g| g.role == Role::Officer)
}

/// A job as the visitor is told of it, who may see it.
pub(super) fn view(visit: &Visit<'_>, record: &JobRecord) -> JobView {
    let result = Result::of(record);
    let state = match record.state {
        WorkState::Queued => JobState::Queued,
        WorkState::Running => JobState::Running,
        WorkState::Done if result.cancelled => JobState::Cancelled,
        WorkState::Done => JobState::Done,
        WorkState::Dead => JobState::Dead,
    };
    let inside = sees_inside(visit, record);
    let about: About = serde_json::from_str(&record.payload).unwrap_or_default();
    let title_of = |key: &str| registers::register(key).map_or("", |spec| spec.title);
    let about = match (title_of(&about.register), about.file.as_str()) {
        (register, "") => register.to_owned(),
        (register, _) if !inside => register.to_owned(),
        (register, file) => format!("{register}・{file}"),
    };
    let is_mine = record.actor == visit.who().id;
    let may = is_mine || sees_all(visit);
    let ended = (record.finished_at > 0).then_some(record.finished_at);
    let made = (state == JobState::Done && inside)
        .then(|| made(record, &result))
        .flatten();
    let is_file = matches!(made, Some(JobMade::File { .. }));
    JobView {
        id: record.id.clone(),
        kind: record.kind.clone(),
        title: title(&record.kind).to_owned(),
        about,
        state,
        state_words: state.word().to_owned(),
        asked_by: match record.actor.as_str() {
            "system" | "" => "系統".to_owned(),
            actor => actor_name(visit, actor),
        },
        asked_at: taipei(record.created_at),
        again_at: (state == JobState::Queued && record.attempts > 0).then(|| taipei(record.due_at)),
        ended_at: ended.map(taipei),
        kept_until: ended
            .filter(|_| record.state == WorkState::Done)
            .map(|at| crate::taipei_day(at.saturating_add(DONE)).to_string()),
        attempts: record.attempts,
        progress: state.is_open().then(|| JobProgressView {
            done: match record.progress.total {
                0 => record.progress.done,
                total => record.progress.done.min(total),
            },
            total: record.progress.total,
            words: record.progress.words.clone(),
        }),
        outcome: outcome(record, state, &result),
        problem: match record.error.as_str() {
            "" => String::new(),
            _ if !inside => "原因含有紀錄的內容，請洽提出者或資安專責人員".to_owned(),
            error => error.to_owned(),
        },
        made,
        may_retry: state == JobState::Dead && may,
        may_cancel: matches!(state, JobState::Queued | JobState::Dead) && may && is_asked_for(&record.kind),
        may_fetch: is_file && is_mine,
    }
}

fn made(record: &JobRecord, result: &Result) -> Option<JobMade> {
    if !result.import.is_empty() {
        return Some(JobMade::Import {
            register: result.register.clone(),
            id: result.import.clone(),
        });
    }
    (record.kind == ExportList::KIND && record.output_len > 0).then(|| JobMade::File {
        name: result.name.clone(),
        bytes: record.output_len,
    })
}

fn outcome(record: &JobRecord, state: JobState, result: &Result) -> String {
    match (state, record.kind.as_str()) {
        (JobState::Cancelled, _) if !record.error.is_empty() => "未完成，已不再處理".to_owned(),
        (JobState::Cancelled, _) => "已取消，沒有執行".to_owned(),
        (JobState::Done, CommitImport::KIND) => format!("已寫入 {} 筆", result.written),
        (JobState::Done, ReadImport::KIND) => "檔案已讀取，請檢視預覽後再寫入".to_owned(),
        (JobState::Done, UndoImport::KIND) => "已復原，登記簿回到匯入前的內容".to_owned(),
        (JobState::Done, ExportList::KIND) => "檔案已製作".to_owned(),
        (JobState::Done, _) => "已完成".to_owned(),
        _ => String::new(),
    }
}
