//! What belongs to one request and is asked for in many places: its id, its session, what it
//! holds in memory, who turned out to have sent it.
//!
//! Why beside the handlers and not an argument of each: a page's frame needs the session, a
//! reader of files the lease, the log the principal, and none of the handlers between them
//! needs any. What it can't know: work that goes on after the answer; that takes the lease along.

use crate::limits::{Lease, NoRoom};
use app::Begun;
use app::accounts::Signed;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use views::FrameView;

/// Whence a connection came; set by the accept loop.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// It came too slowly.
    Slow,
    /// There was no room for it.
    NoRoom,
}

/// One request.
#[derive(Debug)]
pub(crate) struct Context {
    /// Its id.
    pub id: String,
    /// The browser's session.
    pub session: String,
    /// Whether the browser has yet to be told its session.
    pub is_new: bool,
    used: AtomicBool,
    lease: Arc<Lease>,
    /// Who sent it, once that is known.
    pub who: OnceLock<String>,
    /// How it ended, where the status doesn't tell.
    pub outcome: OnceLock<&'static str>,
    /// Why its body broke off.
    pub broken: OnceLock<Broken>,
    begun: Mutex<Option<Begun>>,
    signed: OnceLock<Arc<Signed>>,
    frame: OnceLock<Arc<FrameView>>,
}

tokio::task_local! {
    static HERE: Arc<Context>;
}

impl Context {
    /// A request with nothing known yet.
    pub fn new(id: String, (session, is_new): (String, bool), lease: Lease) -> Self {
        Self {
            id,
            session,
            is_new,
            used: AtomicBool::new(false),
            lease: Arc::new(lease),
            who: OnceLock::new(),
            outcome: OnceLock::new(),
            broken: OnceLock::new(),
            begun: Mutex::default(),
            signed: OnceLock::new(),
            frame: OnceLock::new(),
        }
    }

    /// Ends a reading that nobody went on with: an answer may be long in being sent.
    pub fn end_reading(&self) {
        drop(self.begun.lock().ok().and_then(|mut begun| begun.take()));
    }

    /// Whether a page carries this session's token and the browser doesn't know the session.
    pub fn must_tell(&self) -> bool {
        self.is_new && self.used.load(Ordering::Relaxed)
    }
}

/// Runs something as part of a request.
pub(crate) fn within<F: Future>(context: Arc<Context>, future: F) -> impl Future<Output = F::Output> {
    HERE.scope(context, future)
}

/// The session, for a page that will carry its token.
pub(crate) fn session() -> Option<String> {
    HERE.try_with(|here| {
        here.used.store(true, Ordering::Relaxed);
        here.session.clone()
    })
    .ok()
}

/// The session that the browser showed; a fresh one proves nothing.
pub(crate) fn shown_session() -> Option<String> {
    HERE.try_with(|here| (!here.is_new).then(|| here.session.clone()))
        .ok()
        .flatten()
}

/// Says who sent the request.
pub(crate) fn sent_by(who: &str) {
    let _ = HERE.try_with(|here| here.who.set(who.to_owned()));
}

/// Leaves the reading by which it was found out who sent the request to whoever answers it.
pub(crate) fn begun(reading: Begun) {
    let _ = HERE.try_with(|here| {
        if let Ok(mut begun) = here.begun.lock() {
            *begun = Some(reading);
        }
    });
}

/// The reading to go on with.
pub(crate) fn goes_on() -> Option<Begun> {
    HERE.try_with(|here| here.begun.lock().ok().and_then(|mut begun| begun.take()))
        .ok()
        .flatten()
}

/// Says how it ended.
pub(crate) fn ended(outcome: &'static str) {
    let _ = HERE.try_with(|here| here.outcome.set(outcome));
}

/// Takes room for bytes that are kept until the request ends.
pub(crate) fn take(bytes: usize) -> Result<(), NoRoom> {
    HERE.try_with(|here| here.lease.take(bytes)).unwrap_or(Ok(()))
}

/// Gives back room for bytes that are not kept after all.
pub(crate) fn give_back(bytes: usize) {
    let _ = HERE.try_with(|here| here.lease.give_back(bytes));
}

/// What the request holds, for work that goes on after its answer.
pub(crate) fn lease() -> Option<Arc<Lease>> {
    HERE.try_with(|here| Arc::clone(&here.lease)).ok()
}

/// Says who is signed in.
pub(crate) fn signed_as(signed: Signed) {
    let _ = HERE.try_with(|here| here.signed.set(Arc::new(signed)));
}

/// Who is signed in.
pub(crate) fn signed() -> Option<Arc<Signed>> {
    HERE.try_with(|here| here.signed.get().cloned()).ok().flatten()
}

/// Says what stands around the pages of the agency that was entered.
pub(crate) fn framed(frame: FrameView) {
    let _ = HERE.try_with(|here| here.frame.set(Arc::new(frame)));
}

/// What stands around the page.
pub(crate) fn frame() -> Option<Arc<FrameView>> {
    HERE.try_with(|here| here.frame.get().cloned()).ok().flatten()
}
