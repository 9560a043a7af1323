//! Messages to be delivered outside: written with what they tell of, sent by whoever has time.
//!
//! Why at least once: between handing a message over and noting that it was handed over a process
//! may die; the receiver is told the message's id, by which it knows a second one. What it can't
//! know: how a kind of message is delivered.

use super::backoff::Backoff;
use super::lease::{Lease, Table};
use super::look::Requeue;
use super::record::WorkState;
use super::request::{NewMessage, message_complete};
use super::step::Word;
use crate::act::Act;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::value::{Cells, args};
use crate::{Reading, Store, StoreError};
use sqlx::Error;

/// A message that a worker has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedMessage {
    /// The right to it.
    pub lease: Lease,
    /// How it is delivered.
    pub kind: String,
    /// To whom.
    pub address: String,
    /// What, as JSON.
    pub payload: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
}

impl ClaimedMessage {
    /// By which the receiver knows it, should it come twice: unique over all agencies.
    pub fn dedupe_id(&self) -> String {
        format!("{}/{}", self.lease.agency(), self.lease.id())
    }
}

/// A message as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRecord {
    /// Its id.
    pub id: String,
    /// How it is delivered.
    pub kind: String,
    /// To whom.
    pub address: String,
    /// What, as JSON.
    pub payload: String,
    /// Where it stands.
    pub state: WorkState,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before.
    pub due_at: i64,
    /// Why the last attempt failed.
    pub error: String,
    /// When it was written.
    pub created_at: i64,
    /// When it was sent or given up; 0 before.
    pub finished_at: i64,
}

impl Store {
    /// Has a message delivered; false where one with this id is there already.
    #[compiled_once]
    pub async fn post(&self, agency: &str, message: NewMessage, now: i64) -> Result<bool, StoreError> {
        message_complete(&message)?;
        self.act(Post {
            agency: agency.to_owned(),
            message,
            now,
        })
        .await
    }

    /// Takes one message that is due, of some kinds, for so many microseconds.
    #[compiled_once]
    pub async fn claim_message(
        &self,
        worker: &str,
        kinds: &[&str],
        now: i64,
        lease: i64,
    ) -> Result<Option<ClaimedMessage>, StoreError> {
        let taken = self.claim_of(Table::Outbox, worker, kinds, now, lease).await?;
        let Some(lease) = taken else {
            return Ok(None);
        };
        let mut reading = self.reading(lease.agency()).await?;
        reading.claimed_message(lease).await
    }

    /// A message was handed over.
    #[compiled_once]
    pub async fn sent(&self, lease: &Lease, now: i64) -> Result<(), StoreError> {
        self.word(lease, Word::Sent, now).await
    }

    /// An agency's messages, the latest first.
    #[compiled_once]
    pub async fn messages(&self, agency: &str, limit: u32) -> Result<Vec<MessageRecord>, StoreError> {
        self.reading(agency).await?.messages(limit).await
    }

    /// Has a message that was given up delivered anew. False where there is none.
    #[compiled_once]
    pub async fn repost(&self, agency: &str, id: &str, now: i64) -> Result<bool, StoreError> {
        self.act(Requeue {
            table: Table::Outbox,
            agency: agency.to_owned(),
            id: id.to_owned(),
            now,
        })
        .await
    }

    /// A message could not be handed over: as [`Store::fail`].
    #[compiled_once]
    pub async fn not_sent(
        &self,
        lease: &Lease,
        error: &str,
        again: Option<Backoff>,
        now: i64,
    ) -> Result<(), StoreError> {
        self.fail(lease, error, again, now).await
    }
}

impl Reading {
    /// The agency's messages, the latest first.
    #[compiled_once]
    pub async fn messages(&mut self, limit: u32) -> Result<Vec<MessageRecord>, StoreError> {
        let args = args![self.agency(), limit];
        let sql = "SELECT id, kind, address, payload, state, attempts, due_at, error, created_at, finished_at
                   FROM outbox WHERE agency = $1 ORDER BY created_at DESC, id LIMIT $2";
        let cells = self.cells(sql, args).await?;
        cells
            .iter()
            .map(|c| {
                Ok(MessageRecord {
                    id: c.owned(0)?,
                    kind: c.owned(1)?,
                    address: c.owned(2)?,
                    payload: c.owned(3)?,
                    state: WorkState::of(c.text(4)?)?,
                    attempts: c.version(5)?,
                    due_at: c.int(6)?,
                    error: c.owned(7)?,
                    created_at: c.int(8)?,
                    finished_at: c.int(9)?,
                })
            })
            .collect::<Result<_, Error>>()
            .map_err(|e| self.failed(e))
    }

    async fn claimed_message(&mut self, lease: Lease) -> Result<Option<ClaimedMessage>, StoreError> {
        let args = args![self.agency(), lease.id(), lease.taken];
        let sql = "SELECT kind, address, payload, attempts FROM outbox
                   WHERE agency = $1 AND id = $2 AND taken = $3";
        let cells = self.cells(sql, args).await?;
        let Some(cells) = cells.first() else {
            return Ok(None);
        };
        let message = |c: &Cells| {
            Ok(ClaimedMessage {
                lease,
                kind: c.owned(0)?,
                address: c.owned(1)?,
                payload: c.owned(2)?,
                attempt: c.version(3)?,
            })
        };
        message(cells).map(Some).map_err(|e: Error| self.failed(e))
    }
}

struct Post {
    agency: String,
    message: NewMessage,
    now: i64,
}

impl Act for Post {
    type Out = bool;

    const DOING: &'static str = "寄出訊息";

    fn agency(&self) -> &str {
        &self.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<bool, Error> {
        post(link, &self.agency, &self.message, self.now).await
    }

    async fn was_kept(&self, link: &mut Link<'_>, out: &bool) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM outbox WHERE agency = $1 AND id = $2";
        Ok(*out
            && link
                .one(sql, args![&self.agency, &self.message.id])
                .await?
                .is_some())
    }
}

/// Has messages delivered that tell of what is written in the same transaction.
pub(crate) async fn post_all(
    link: &mut Link<'_>,
    agency: &str,
    messages: &[NewMessage],
    now: i64,
) -> Result<(), Error> {
    for message in messages {
        post(link, agency, message, now).await?;
    }
    Ok(())
}

async fn post(link: &mut Link<'_>, agency: &str, message: &NewMessage, now: i64) -> Result<bool, Error> {
    let written = link
        .run(
            "INSERT INTO outbox (agency, id, kind, address, payload, most_attempts, due_at, created_at,
                 state, attempts, taken, worker, heartbeat, error, finished_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', 0, 0, '', 0, '', 0)
             ON CONFLICT (agency, id) DO NOTHING",
            args![
                agency,
                &message.id,
                &message.kind,
                &message.address,
                &message.payload,
                message.most_attempts,
                message.due_at,
                now
            ],
        )
        .await?;
    Ok(written > 0)
}
