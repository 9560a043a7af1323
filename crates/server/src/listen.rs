//! The accept loop: who gets a connection, how long each may dawdle, and how all of them end.
//!
//! Why our own: the ready-made loop waits for ever for a head that never comes, serves any
//! number of connections, and can't be stopped while one of them is half way through its
//! first line. What it can't know: whether an address is one person or an office.

use crate::AppState;
use crate::body::{Watch, Watched};
use crate::context::Peer;
use crate::metrics::Refusal;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tower::Service;

/// The most bytes of a request's head.
const HEAD: usize = 64 * 1024;
/// How long a connection without a request is given to end by itself when the server stops.
const GRACE: Duration = Duration::from_millis(300);
/// How long nothing is accepted after the system had nothing left to accept with.
const BREATH: Duration = Duration::from_millis(50);
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\n\
content-length: 0\r\n\r\n";

/// How far the server is on its way to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    Stopping,
    Over,
}

/// Who has how many connections.
#[derive(Debug, Default)]
struct Gate {
    by_address: Mutex<HashMap<IpAddr, usize>>,
}

/// A connection that was let in.
struct Pass {
    gate: Arc<Gate>,
    state: AppState,
    address: IpAddr,
}

impl Gate {
    fn enter(self: &Arc<Self>, state: &AppState, address: IpAddr) -> Result<Pass, Refusal> {
        let address = address.to_canonical();
        let Ok(mut known) = self.by_address.lock() else {
            return Err(Refusal::Connections);
        };
        if known.values().sum::<usize>() >= state.limits.connections {
            return Err(Refusal::Connections);
        }
        let mine = known.entry(address).or_default();
        if *mine >= state.limits.per_address {
            return Err(Refusal::Address);
        }
        *mine += 1;
        state.metrics.connections.fetch_add(1, Ordering::Relaxed);
        Ok(Pass {
            gate: Arc::clone(self),
            state: state.clone(),
            address,
        })
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.state.metrics.connections.fetch_sub(1, Ordering::Relaxed);
        if let Ok(mut known) = self.gate.by_address.lock()
            && let Some(mine) = known.get_mut(&self.address)
        {
            *mine = mine.saturating_sub(1);
            if *mine == 0 {
                known.remove(&self.address);
            }
        }
    }
}

/// Requests of one connection that are not answered to their end yet.
#[derive(Debug, Clone, Default)]
struct Busy(Arc<AtomicUsize>);

struct BusyGuard(Busy);

impl Busy {
    fn enter(&self) -> BusyGuard {
        self.0.fetch_add(1, Ordering::Relaxed);
        BusyGuard(self.clone())
    }

    fn is_idle(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

impl Drop for BusyGuard {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Watch for BusyGuard {
    fn sent(&mut self, _: usize) {}
}

/// When something last moved on a connection.
#[derive(Debug, Clone)]
struct Moved(Arc<Mutex<Instant>>);

impl Moved {
    fn now() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn mark(&self) {
        if let Ok(mut at) = self.0.lock() {
            *at = Instant::now();
        }
    }

    fn at(&self) -> Instant {
        self.0.lock().map_or_else(|_| Instant::now(), |at| *at)
    }
}

/// A stream that says when something moves on it.
struct Stream {
    inner: TcpStream,
    moved: Moved,
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        task: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let read = Pin::new(&mut this.inner).poll_read(task, buf);
        if read.is_ready() {
            this.moved.mark();
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, task: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write(task, buf);
        if written.is_ready() {
            this.moved.mark();
        }
        written
    }

    fn poll_flush(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(task)
    }

    fn poll_shutdown(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(task)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        task: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write_vectored(task, bufs);
        if written.is_ready() {
            this.moved.mark();
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

/// Accepts until the shutdown future ends, then lets requests under way finish within the limit.
pub(crate) async fn listen(
    state: AppState,
    router: Router,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) {
    let gate = Arc::new(Gate::default());
    let (tell, phase) = watch::channel(Phase::Serving);
    let (alive, mut all_gone) = mpsc::channel::<()>(1);
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // A client that is gone again is nothing; no more file handles is something.
                if !matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
                ) {
                    tracing::warn!(%error, "can't accept");
                    tokio::time::sleep(BREATH).await;
                }
                continue;
            }
        };
        let pass = match gate.enter(&state, peer.ip()) {
            Ok(pass) => pass,
            Err(why) => {
                state.metrics.refuse(why);
                let _ = stream.try_write(FULL);
                continue;
            }
        };
        let (router, phase, alive) = (router.clone(), phase.clone(), alive.clone());
        tokio::spawn(async move {
            serve_one(&pass, router, stream, peer, phase).await;
            drop(alive);
        });
    }
    drop(listener);
    drop(alive);
    let _ = tell.send(Phase::Stopping);
    if tokio::time::timeout(state.limits.stop, all_gone.recv())
        .await
        .is_err()
    {
        tracing::warn!("requests were still under way at the end and are broken off");
        let _ = tell.send(Phase::Over);
        let _ = tokio::time::timeout(GRACE, all_gone.recv()).await;
    }
}

/// One connection, until it ends or is ended.
async fn serve_one(
    pass: &Pass,
    router: Router,
    stream: TcpStream,
    peer: SocketAddr,
    mut phase: watch::Receiver<Phase>,
) {
    let limits = pass.state.limits;
    let _ = stream.set_nodelay(true);
    let (busy, moved) = (Busy::default(), Moved::now());
    let stream = Stream {
        inner: stream,
        moved: moved.clone(),
    };
    let entering = busy.clone();
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut router = router.clone();
        let guard = entering.enter();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        async move {
            let response: Response<Body> = match router.call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            Ok::<_, Infallible>(response.map(|body| Watched::around(body, guard)))
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let mut is_stopping = false;
    loop {
        let check = if is_stopping {
            GRACE
        } else {
            (moved.at() + limits.stalled).saturating_duration_since(Instant::now())
        };
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "connection ended");
                }
                return;
            }
            changed = phase.changed() => {
                if changed.is_err() || *phase.borrow() == Phase::Over {
                    return;
                }
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = tokio::time::sleep(check) => {
                // Half a head is nobody's request; it keeps no server from ending.
                let has_nothing = is_stopping && busy.is_idle();
                if has_nothing || moved.at() + limits.stalled <= Instant::now() {
                    return;
                }
            }
        }
    }
}
