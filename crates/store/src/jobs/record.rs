//! Where jobs stand, as it is told.

/// Where a job or a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkState {
    /// Waits to be taken up.
    Queued,
    /// A worker has it.
    Running,
    /// Done, or delivered.
    Done,
    /// Given up: somebody must look at it.
    Dead,
}

impl WorkState {
    /// As it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    pub(crate) fn of(word: &str) -> Result<Self, sqlx::Error> {
        [Self::Queued, Self::Running, Self::Done, Self::Dead]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| sqlx::Error::Decode(format!("no state is called {word}").into()))
    }
}

/// How far a job is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobProgress {
    /// Steps done.
    pub done: u64,
    /// Of how many; 0 where that isn't known.
    pub total: u64,
    /// What it is at, in words.
    pub words: String,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// Whose.
    pub agency: String,
    /// Its id.
    pub id: String,
    /// What kind of job.
    pub kind: String,
    /// By which it is known; its id where none was given.
    pub key: String,
    /// For whom, by account id.
    pub actor: String,
    /// What is to be done, as JSON.
    pub payload: String,
    /// Where it stands.
    pub state: WorkState,
    /// How often it was taken up since it was asked for.
    pub attempts: u32,
    /// How often it may be.
    pub most_attempts: u32,
    /// Not before; of a running one, until when its worker is believed to live.
    pub due_at: i64,
    /// Who has it, or had it last; empty where nobody did.
    pub worker: String,
    /// When its worker was last heard of; 0 for never.
    pub heartbeat: i64,
    /// How far it is.
    pub progress: JobProgress,
    /// What came of it, as JSON; empty before.
    pub result: String,
    /// Why the last attempt failed; empty where none did.
    pub error: String,
    /// When it was asked for.
    pub created_at: i64,
    /// When it was done or given up; 0 before.
    pub finished_at: i64,
    /// How many bytes it made.
    pub output_len: u64,
}
