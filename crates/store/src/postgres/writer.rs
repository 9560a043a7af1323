//! One act, one transaction, as often as it takes.
//!
//! Why an act whose commit was not answered is asked for before it is carried out again: the server
//! may have kept it and gone away before it said so. Whoever comes after it holds the chain's head,
//! so it is settled by then. What it can't know: what an act that keeps nothing to be known by has
//! done; such an act must bear being done twice.

use super::errors::is_lost;
use super::open::Postgres;
use crate::StoreError;
use crate::act::{AnyAct, Outcome};
use crate::link::Link;
use crate::retry::{Patience, is_passing};
use sqlx::Error;
use std::sync::Arc;

/// How an attempt failed.
enum Failed {
    /// Nothing of it was kept.
    Whole(Error),
    /// It may have been kept.
    Unanswered(Outcome, Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Whole(error)
    }
}

impl Postgres {
    /// Carries an act out in a transaction of its own, also when nobody waits for it any more.
    pub(crate) async fn carry_out(&self, act: Arc<dyn AnyAct>) -> Result<Outcome, StoreError> {
        let (own, doing) = (self.clone(), act.doing());
        let done = tokio::spawn(async move { carry_out(&own, &*act).await });
        done.await.unwrap_or_else(|_| {
            Err(StoreError::Closed {
                doing,
                place: self.address.to_string(),
            })
        })
    }
}

async fn carry_out(postgres: &Postgres, act: &dyn AnyAct) -> Result<Outcome, StoreError> {
    let (doing, place) = (act.doing(), postgres.address.to_string());
    let mut patience = Patience::new();
    let mut unanswered = None;
    loop {
        let error = match attempt(postgres, act, unanswered.as_ref()).await {
            Ok(None) => match unanswered {
                Some(outcome) => return Ok(outcome),
                // Not asked for, so not answered so.
                None => Error::WorkerCrashed,
            },
            Ok(Some(outcome)) => return Ok(outcome),
            Err(Failed::Whole(error)) => error,
            Err(Failed::Unanswered(outcome, error)) => {
                unanswered = Some(outcome);
                error
            }
        };
        let lost = is_lost(&error);
        if (lost || is_passing(&error)) && patience.wait().await {
            if lost {
                postgres.seek().await;
            }
            continue;
        }
        if unanswered.is_some() {
            return Err(StoreError::Uncertain { doing, place });
        }
        return Err(postgres.unreached(doing, error).await);
    }
}

/// One transaction. Nothing given: what was unanswered had been kept.
async fn attempt(
    postgres: &Postgres,
    act: &dyn AnyAct,
    unanswered: Option<&Outcome>,
) -> Result<Option<Outcome>, Failed> {
    let mut tx = postgres.begin_writing(act.agency()).await?;
    let mut link = Link::Postgres(&mut tx);
    if let Some(outcome) = unanswered
        && act.was_kept(&mut link, outcome).await?
    {
        return Ok(None);
    }
    let outcome = act.carry_out(&mut link).await?;
    if matches!(outcome, Outcome::Refused(_)) {
        tx.rollback().await?;
        return Ok(Some(outcome));
    }
    match tx.commit().await {
        Ok(()) => Ok(Some(outcome)),
        // The server says that it kept nothing.
        Err(error) if !is_lost(&error) && error.as_database_error().is_some() => Err(Failed::Whole(error)),
        Err(error) => Err(Failed::Unanswered(outcome, error)),
    }
}
