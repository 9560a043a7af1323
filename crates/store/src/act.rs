//! What changes the database: carried out in one transaction, as often as it takes.
//!
//! Why a value that can be carried out again: a transaction that another one got in the way of
//! is tried anew from its beginning, in one place for everything that writes. What it can't know:
//! what was read before the transaction; that must be held by what is written.

use crate::StoreError;
use crate::link::Link;
use sqlx::Error;
use std::any::Any;
use std::future::Future;
use std::pin::Pin;

/// Something that is written.
pub(crate) trait Act: Send + Sync + 'static {
    /// What it gives.
    type Out: Send + 'static;

    /// What we are doing, in words.
    const DOING: &'static str;

    /// About how many rows it writes: many are not made to wait for many.
    fn weight(&self) -> usize {
        1
    }

    /// Carries it out. What must not be is said in `refused`: then nothing of it stays.
    fn act(
        &self,
        link: &mut Link<'_>,
        refused: &mut Option<StoreError>,
    ) -> impl Future<Output = Result<Self::Out, Error>> + Send;
}

type Boxed = Box<dyn Any + Send>;

/// How one act of a transaction went.
pub(crate) enum Outcome {
    Done(Boxed),
    Refused(StoreError),
}

/// An [`Act`] of whatever kind.
pub(crate) trait AnyAct: Send + Sync {
    fn doing(&self) -> &'static str;
    fn weight(&self) -> usize;
    fn carry_out<'a>(
        &'a self,
        link: &'a mut Link<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<Outcome, Error>> + Send + 'a>>;
}

impl<A: Act> AnyAct for A {
    fn doing(&self) -> &'static str {
        A::DOING
    }

    fn weight(&self) -> usize {
        Act::weight(self)
    }

    fn carry_out<'a>(
        &'a self,
        link: &'a mut Link<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<Outcome, Error>> + Send + 'a>> {
        Box::pin(async move {
            let mut refused = None;
            let out = self.act(link, &mut refused).await?;
            Ok(match refused {
                Some(error) => Outcome::Refused(error),
                None => Outcome::Done(Box::new(out)),
            })
        })
    }
}
