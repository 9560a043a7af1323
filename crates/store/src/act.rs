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
    type Out: Send + Sync + 'static;

    /// What we are doing, in words.
    const DOING: &'static str;

    /// Whose rows it writes; no others are there for it.
    fn agency(&self) -> &str;

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

    /// Whether it was kept after all, when its commit was not answered and it gave `out`. An act that
    /// leaves nothing to be known by is carried out again, and must bear it.
    fn was_kept(
        &self,
        _link: &mut Link<'_>,
        _out: &Self::Out,
    ) -> impl Future<Output = Result<bool, Error>> + Send {
        std::future::ready(Ok(false))
    }
}

type Boxed = Box<dyn Any + Send + Sync>;

/// How one act of a transaction went.
pub(crate) enum Outcome {
    Done(Boxed),
    Refused(StoreError),
}

/// An [`Act`] of whatever kind.
pub(crate) trait AnyAct: Send + Sync {
    fn doing(&self) -> &'static str;
    fn agency(&self) -> &str;
    fn weight(&self) -> usize;
    fn carry_out<'a>(
        &'a self,
        link: &'a mut Link<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<Outcome, Error>> + Send + 'a>>;
    fn was_kept<'a>(
        &'a self,
        link: &'a mut Link<'_>,
        outcome: &'a Outcome,
    ) -> Pin<Box<dyn Future<Output = Result<bool, Error>> + Send + 'a>>;
}

impl<A: Act> AnyAct for A {
    fn doing(&self) -> &'static str {
        A::DOING
    }

    fn agency(&self) -> &str {
        Act::agency(self)
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

    fn was_kept<'a>(
        &'a self,
        link: &'a mut Link<'_>,
        outcome: &'a Outcome,
    ) -> Pin<Box<dyn Future<Output = Result<bool, Error>> + Send + 'a>> {
        Box::pin(async move {
            match outcome {
                Outcome::Done(out) => match out.downcast_ref::<A::Out>() {
                    Some(out) => Act::was_kept(self, link, out).await,
                    None => Ok(false),
                },
                Outcome::Refused(_) => Ok(false),
            }
        })
    }
}
