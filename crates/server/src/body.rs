//! Bodies on their way: of requests, which must come at a decent pace and find room; of
//! answers, of which somebody wants to know how much was sent.
//!
//! Why here and not in the reader of each form: whatever reads a body is bounded by it,
//! the next reader too. What it can't know: whether a slow sender means harm.

use crate::context::{self, Broken, Context};
use crate::limits::Limits;
use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context as Task, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// When something of a body last came, as it is seen from outside.
#[derive(Debug)]
pub(crate) struct Pace {
    start: Instant,
    last: AtomicU64,
}

impl Pace {
    /// From now on.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            last: AtomicU64::new(0),
        }
    }

    fn mark(&self) {
        let ms = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(ms, Ordering::Relaxed);
    }

    /// When something last came; at the start where nothing did.
    pub fn last(&self) -> Instant {
        self.start + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }
}

/// A request's body under the limits.
pub(crate) struct Incoming {
    body: Body,
    limits: Limits,
    /// Bytes are counted where they are kept instead: by the reader of the form.
    in_parts: bool,
    context: Weak<Context>,
    pace: Arc<Pace>,
    began: Option<Instant>,
    came: u64,
    rest: Option<Pin<Box<Sleep>>>,
    has_given: bool,
}

impl Incoming {
    /// Around a body.
    pub fn new(body: Body, limits: Limits, in_parts: bool, context: &Arc<Context>, pace: Arc<Pace>) -> Self {
        Self {
            body,
            limits,
            in_parts,
            context: Arc::downgrade(context),
            pace,
            began: None,
            came: 0,
            rest: None,
            has_given: false,
        }
    }

    fn broken(&self, why: Broken) -> BoxError {
        if let Some(context) = self.context.upgrade() {
            let _ = context.broken.set(why);
        }
        match why {
            Broken::Slow => "the body came too slowly".into(),
            Broken::NoRoom => "no room for the body".into(),
        }
    }

    /// Until when the next bytes must be there.
    fn due(&self, began: Instant, now: Instant) -> Instant {
        let earned = Duration::from_secs(self.came / self.limits.body_rate.max(1));
        (now + self.limits.body_rest).min(began + self.limits.body_rest + earned)
    }
}

impl HttpBody for Incoming {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        // The reader of parts takes whatever there is before it looks at any of it: from a fast
        // sender that is everything, in memory. So there is one piece at a time.
        if this.in_parts && std::mem::take(&mut this.has_given) {
            task.waker().wake_by_ref();
            return Poll::Pending;
        }
        let came = match Pin::new(&mut this.body).poll_frame(task) {
            Poll::Ready(came) => came,
            Poll::Pending => {
                let now = Instant::now();
                let began = *this.began.get_or_insert(now);
                let due = this.due(began, now);
                let rest = this
                    .rest
                    .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
                ready!(rest.as_mut().poll(task));
                return Poll::Ready(Some(Err(this.broken(Broken::Slow))));
            }
        };
        this.rest = None;
        this.began.get_or_insert_with(Instant::now);
        this.pace.mark();
        Poll::Ready(match came {
            Some(Ok(frame)) => {
                this.has_given = true;
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                this.came = this.came.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
                if !this.in_parts && context::take(bytes).is_err() {
                    return Poll::Ready(Some(Err(this.broken(Broken::NoRoom))));
                }
                Some(Ok(frame))
            }
            Some(Err(error)) => Some(Err(error.into())),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Who wants to know how much of an answer was sent; told the end by being dropped.
pub(crate) trait Watch: Send + Unpin + 'static {
    /// So many more bytes were handed on.
    fn sent(&mut self, bytes: usize);
    /// All were.
    fn whole(&mut self) {}
}

/// An answer's body with somebody who watches it.
pub(crate) struct Watched<W> {
    body: Body,
    watch: W,
}

impl<W: Watch> Watched<W> {
    /// Around a body.
    pub fn around(body: Body, mut watch: W) -> Body {
        if body.is_end_stream() {
            watch.whole();
        }
        Body::new(Self { body, watch })
    }
}

impl<W: Watch> HttpBody for Watched<W> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let came = ready!(Pin::new(&mut this.body).poll_frame(task));
        match &came {
            Some(Ok(frame)) => {
                this.watch.sent(frame.data_ref().map_or(0, Bytes::len));
                if this.body.is_end_stream() {
                    this.watch.whole();
                }
            }
            None => this.watch.whole(),
            Some(Err(_)) => {}
        }
        Poll::Ready(came)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
