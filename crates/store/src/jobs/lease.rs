//! The right to a job or a message, and what a commit by whoever has it is to the job.

/// In which of the two lists something lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Table {
    Job,
    Outbox,
}

impl Table {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Outbox => "outbox",
        }
    }

    /// What else is set where something is finished for good.
    pub(crate) fn closing(self) -> &'static str {
        match self {
            Self::Job => ", open_key = NULL",
            Self::Outbox => "",
        }
    }
}

/// The right to one job or message, until it ends or is taken by somebody else. Only a claim gives it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lease {
    pub(super) agency: String,
    pub(super) id: String,
    pub(super) worker: String,
    pub(super) taken: u64,
    pub(super) table: Table,
}

impl Lease {
    /// Whose job or message.
    pub fn agency(&self) -> &str {
        &self.agency
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Which worker has it.
    pub fn worker(&self) -> &str {
        &self.worker
    }
}

/// A job that a worker has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// The right to it.
    pub lease: Lease,
    /// What kind of job.
    pub kind: String,
    /// For whom, by account id.
    pub actor: String,
    /// What is to be done, as JSON.
    pub payload: String,
    /// What an attempt before told this one; empty where none did.
    pub kept: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// How many there may be.
    pub most_attempts: u32,
    /// When it was asked for, in microseconds since 1970.
    pub created_at: i64,
}

/// What came of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finished {
    /// What came of it, as JSON.
    pub result: String,
    /// What it made; may be empty.
    pub output: Vec<u8>,
}

/// What a commit is to a job: only who still has the job writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The right to the job.
    pub lease: Lease,
    /// What the job is after it.
    pub then: Then,
}

/// What a job is after a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Not done; whoever takes it up after this one is told so much.
    GoOn {
        /// As JSON.
        kept: String,
    },
    /// Done.
    Finish(Finished),
}
