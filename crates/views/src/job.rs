//! Work that goes on by itself, as whoever may see it is told of it.
//!
//! What it can't know: how often one looks.

use schemars::JsonSchema;
use serde::Serialize;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits to be taken up.
    Queued,
    /// Is being done.
    Running,
    /// Is done.
    Done,
    /// Was called off before it began.
    Cancelled,
    /// Was given up: somebody must look at it.
    Dead,
}

impl JobState {
    /// In the officer's words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "等候中",
            Self::Running => "執行中",
            Self::Done => "已完成",
            Self::Cancelled => "已取消",
            Self::Dead => "未完成，待處理",
        }
    }

    /// Whether nobody has begun it.
    pub fn is_waiting(self) -> bool {
        self == Self::Queued
    }

    /// Whether it will go on by itself.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct JobProgressView {
    /// Steps done.
    pub done: u64,
    /// Of how many; 0 where that isn't known.
    pub total: u64,
    /// What it is at, in words.
    pub words: String,
}

/// What a job leads to once it is done.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobMade {
    /// An import: its preview, or what was written.
    Import {
        /// Into which register, by key.
        register: String,
        /// Its id.
        id: String,
    },
    /// A file to be fetched by whoever asked for it.
    File {
        /// Its name.
        name: String,
        /// How many bytes it has.
        bytes: u64,
    },
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct JobView {
    /// Its id.
    pub id: String,
    /// What kind, by key.
    pub kind: String,
    /// What it does, in words.
    pub title: String,
    /// What it is about, in words; empty where nothing is to be said of it.
    pub about: String,
    /// Where it stands.
    pub state: JobState,
    /// The same in words.
    pub state_words: String,
    /// Who asked for it.
    pub asked_by: String,
    /// When, in Taipei.
    pub asked_at: String,
    /// When it is tried again, in Taipei; only where it waits after a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again_at: Option<String>,
    /// When it ended, in Taipei.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// Until which day it is kept with what it made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_until: Option<String>,
    /// How often it was begun.
    pub attempts: u32,
    /// How far it is; only while it is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<JobProgressView>,
    /// What came of it, in words; empty before.
    pub outcome: String,
    /// Why it was given up, or failed the last time, in words; empty where nothing failed.
    pub problem: String,
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made: Option<JobMade>,
    /// Whether whoever looks may have it done anew.
    pub may_retry: bool,
    /// Whether whoever looks may call it off.
    pub may_cancel: bool,
    /// Whether whoever looks may fetch its file: it is theirs.
    pub may_fetch: bool,
}

/// An agency's jobs, as far as whoever looks may see them.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct JobList {
    /// Those given up.
    pub dead: Vec<JobView>,
    /// Those that wait or run.
    pub open: Vec<JobView>,
    /// Those that somebody asked for and that are done.
    pub done: Vec<JobView>,
    /// Whether these are everybody's; else only one's own.
    pub everybodys: bool,
    /// Whether work waits that is due while nobody does any: no worker runs.
    pub stands_still: bool,
}
