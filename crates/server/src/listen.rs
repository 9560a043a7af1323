//! The accept loop: who gets a connection, how long each may dawdle, and how all of them end.
//!
//! Why our own: the ready-made loop waits for ever for a head that never comes, serves any
//! number of connections, and can't be stopped while one of them is half way through its
//! first line. What it can't know: whether an address is one person or an office.

use crate::AppState;
use crate::body::{Watch, Watched};
use crate::context::Peer;
use crate::metrics::Refusal;
use crate::tls::Tls;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
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
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_rustls::server::TlsStream;
use tower::Service;

/// The most bytes of a request's head.
const HEAD: usize = 64 * 1024;
/// How long a connection without a request is given to end by itself when the server stops.
const GRACE: Duration = Duration::from_millis(300);
/// How long nothing is accepted after the system had nothing left to accept with.
const BREATH: Duration = Duration::from_millis(50);
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\n\
content-length: 0\r\n\r\n";

/// The first byte of whoever begins to encrypt.
const HELLO: u8 = 0x16;
/// What somebody reads who asks unencrypted where it must be encrypted.
pub const HTTPS_ONLY: &str = "這個連接埠只接受加密連線，請改用 https:// 開頭的網址\n";

/// How far the server is on its way to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    Stopping,
    Over,
}

/// Who has how many connections.
#[derive(Debug, Default)]
struct Gate(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    connections: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A connection that was let in, or a request that came by a proxy's.
struct Pass {
    gate: Arc<Gate>,
    state: AppState,
    /// Whose; a proxy's connections are nobody's.
    address: Option<IpAddr>,
    is_connection: bool,
}

impl Known {
    fn one_more(&mut self, address: IpAddr, most: usize) -> Result<(), Refusal> {
        let mine = self.by_address.entry(address).or_default();
        if *mine >= most {
            return Err(Refusal::Address);
        }
        *mine += 1;
        Ok(())
    }
}

impl Gate {
    fn enter(self: &Arc<Self>, state: &AppState, address: IpAddr) -> Result<Pass, Refusal> {
        let address = address.to_canonical();
        let Ok(mut known) = self.0.lock() else {
            return Err(Refusal::Connections);
        };
        if known.connections >= state.limits.connections {
            return Err(Refusal::Connections);
        }
        let address = (!state.reach.stands_for_many(address)).then_some(address);
        if let Some(address) = address {
            known.one_more(address, state.limits.per_address)?;
        }
        known.connections += 1;
        state.metrics.connections.fetch_add(1, Ordering::Relaxed);
        Ok(self.pass(state, address, true))
    }

    /// A request by way of a proxy: it counts as its client's connection would.
    fn enter_behind(self: &Arc<Self>, state: &AppState, address: IpAddr) -> Result<Pass, Refusal> {
        let Ok(mut known) = self.0.lock() else {
            return Err(Refusal::Connections);
        };
        known.one_more(address, state.limits.per_address)?;
        Ok(self.pass(state, Some(address), false))
    }

    fn pass(self: &Arc<Self>, state: &AppState, address: Option<IpAddr>, is_connection: bool) -> Pass {
        Pass {
            gate: Arc::clone(self),
            state: state.clone(),
            address,
            is_connection,
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.is_connection {
            self.state.metrics.connections.fetch_sub(1, Ordering::Relaxed);
        }
        let Ok(mut known) = self.gate.0.lock() else {
            return;
        };
        if self.is_connection {
            known.connections = known.connections.saturating_sub(1);
        }
        if let Some(address) = self.address
            && let Some(mine) = known.by_address.get_mut(&address)
        {
            *mine = mine.saturating_sub(1);
            if *mine == 0 {
                known.by_address.remove(&address);
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

/// A request that is not answered to its end yet, and whose it is.
struct Answering {
    _busy: BusyGuard,
    _pass: Option<Pass>,
}

impl Watch for Answering {
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
    let _ = stream.set_nodelay(true);
    let moved = Moved::now();
    let stream = Stream {
        inner: stream,
        moved: moved.clone(),
    };
    let Some(tls) = &pass.state.reach.tls else {
        return serve_http(pass, router, (stream, moved), peer, phase).await;
    };
    let agreed = tokio::select! {
        // No request yet: nothing to wait for.
        _ = phase.changed() => return,
        agreed = tokio::time::timeout(pass.state.limits.handshake, agree(tls, stream)) => agreed,
    };
    match agreed {
        Ok(Ok(stream)) => serve_http(pass, router, (stream, moved), peer, phase).await,
        Ok(Err(error)) => {
            pass.state.metrics.refuse(Refusal::Handshake);
            tracing::debug!(%error, "no handshake");
        }
        Err(_) => pass.state.metrics.refuse(Refusal::Handshake),
    }
}

/// Agrees with the other side on how to encrypt; whoever doesn't even try is told.
async fn agree(tls: &Tls, mut stream: Stream) -> io::Result<TlsStream<Stream>> {
    let mut first = [HELLO];
    stream.inner.peek(&mut first).await?;
    if first == [HELLO] {
        return tls.acceptor().accept(stream).await;
    }
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{HTTPS_ONLY}",
        HTTPS_ONLY.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    // What is still unread would take the answer away from its reader.
    let mut rest = stream.take(HEAD as u64);
    let _ = tokio::time::timeout(GRACE, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
    Err(io::Error::other("not encrypted"))
}

/// As many requests of this client are under way as may be.
fn too_many() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// A request that came by a connection of many counts as its client's; nothing where it need not.
fn whose(pass: &Pass, peer: SocketAddr, request: &Request<Body>) -> Result<Option<Pass>, Refusal> {
    if pass.address.is_some() {
        return Ok(None);
    }
    let state = &pass.state;
    let client = state.reach.client(Some(Peer(peer)), request.headers()).address;
    let client = client.filter(|client| !state.reach.stands_for_many(*client));
    client
        .map(|client| pass.gate.enter_behind(state, client))
        .transpose()
}

/// The requests of one connection.
async fn serve_http<S: AsyncRead + AsyncWrite + Send + Unpin>(
    pass: &Pass,
    router: Router,
    (stream, moved): (S, Moved),
    peer: SocketAddr,
    mut phase: watch::Receiver<Phase>,
) {
    let limits = pass.state.limits;
    let busy = Busy::default();
    let entering = busy.clone();
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut router = router.clone();
        let busy = entering.enter();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        let whose = whose(pass, peer, &request).map(|pass| Answering {
            _busy: busy,
            _pass: pass,
        });
        if let Err(why) = &whose {
            pass.state.metrics.refuse(*why);
        }
        async move {
            let Ok(guard) = whose else {
                return Ok(too_many());
            };
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
