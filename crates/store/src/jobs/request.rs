//! What is asked for: a job to be done, a message to be delivered.
//!
//! What it can't know: whether anybody does work of its kind.

use crate::StoreError;

/// A job to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewJob {
    /// Its id, unique among the jobs of its agency.
    pub id: String,
    /// What kind of job.
    pub kind: String,
    /// Of unfinished jobs of one kind and key there is only one; empty: this one stands for itself.
    pub key: String,
    /// Whether one of the same kind and key that has begun is done once more after it, since it
    /// may have looked before what this one is about was written.
    pub again: bool,
    /// For whom, by account id.
    pub actor: String,
    /// What is to be done, as JSON.
    pub payload: String,
    /// What is to be worked on; may be empty.
    pub input: Vec<u8>,
    /// Not before, in microseconds since 1970.
    pub due_at: i64,
    /// How often it is tried; at least once.
    pub most_attempts: u32,
}

/// A message to be delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id, told to the receiver; one of the agency's messages has it once.
    pub id: String,
    /// How it is delivered.
    pub kind: String,
    /// To whom.
    pub address: String,
    /// What, as JSON.
    pub payload: String,
    /// Not before, in microseconds since 1970.
    pub due_at: i64,
    /// How often it is tried; at least once.
    pub most_attempts: u32,
}

/// Refuses a job that nobody could do.
pub(super) fn job_complete(job: &NewJob) -> Result<(), StoreError> {
    let what = if job.id.trim().is_empty() {
        "工作沒有識別碼"
    } else if job.kind.trim().is_empty() {
        "工作沒有種類"
    } else if job.most_attempts == 0 {
        "工作一次都不能執行"
    } else {
        return Ok(());
    };
    Err(StoreError::Incomplete { what })
}

/// Refuses a message that nobody could deliver.
pub(super) fn message_complete(message: &NewMessage) -> Result<(), StoreError> {
    let what = if message.id.trim().is_empty() {
        "訊息沒有識別碼"
    } else if message.kind.trim().is_empty() {
        "訊息沒有種類"
    } else if message.most_attempts == 0 {
        "訊息一次都不能寄送"
    } else {
        return Ok(());
    };
    Err(StoreError::Incomplete { what })
}

/// Refuses what nobody could do or deliver, before anything of its transaction is written.
pub(crate) fn all_complete(jobs: &[NewJob], messages: &[NewMessage]) -> Result<(), StoreError> {
    jobs.iter().try_for_each(job_complete)?;
    messages.iter().try_for_each(message_complete)
}
