//! The encrypted listener as the network meets it, and the server behind a proxy.

use crate::setup::{PREFIX, Site};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use server::{AccessLog, AppState, HTTPS_ONLY, Limits, Peer, Reach, Tls, TlsRefusal, router};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower::ServiceExt;

const SOON: Duration = Duration::from_secs(5);
const PUBLIC: &str = "https://fazun.example";

/// A certificate and its key as files.
struct Pair {
    dir: TempDir,
    certificate: String,
}

fn made(from: i32, to: i32) -> (String, String) {
    let mut params =
        CertificateParams::new(vec!["localhost".to_owned(), "fazun.example".to_owned()]).unwrap();
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    let key = KeyPair::generate().unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

impl Pair {
    fn of((certificate, key): (String, String)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut pair = Self {
            dir,
            certificate: String::new(),
        };
        pair.put((certificate, key));
        pair
    }

    fn good() -> Self {
        Self::of(made(2020, 4000))
    }

    fn put(&mut self, (certificate, key): (String, String)) {
        std::fs::write(self.path("cert.pem"), &certificate).unwrap();
        std::fs::write(self.path("key.pem"), key).unwrap();
        self.mode(0o600);
        self.certificate = certificate;
    }

    fn mode(&self, mode: u32) {
        std::fs::set_permissions(self.path("key.pem"), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn load(&self) -> Result<Tls, TlsRefusal> {
        Tls::load(&self.path("cert.pem"), &self.path("key.pem"), app::system_clock)
    }

    /// A client that trusts this certificate alone.
    fn client(&self, versions: &[&'static rustls::SupportedProtocolVersion], alpn: &[&[u8]]) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        let certificate = rustls::pki_types::CertificateDer::from_pem_slice(self.certificate.as_bytes());
        roots.add(certificate.unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
        TlsConnector::from(Arc::new(config))
    }
}

struct Running {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Running {
    async fn over(state: AppState) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server::serve(state, listener, async move {
            let _ = stopped.await;
        }));
        Self { address, _stop: stop }
    }

    async fn with(site: &Site, tls: &Arc<Tls>, limits: Limits) -> Self {
        let reach = Reach::default()
            .with_tls(Some(Arc::clone(tls)))
            .with_public(Some(PUBLIC.parse().unwrap()));
        Self::over(
            AppState::new(Arc::clone(&site.app))
                .with_limits(limits)
                .with_reach(reach),
        )
        .await
    }

    async fn plain(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn connect(&self, client: &TlsConnector) -> std::io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from("localhost").unwrap();
        timeout(SOON, client.connect(name, self.plain().await))
            .await
            .expect("it ends")
    }
}

async fn ask(stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin), path: &str, host: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let mut chunk = [0; 8 * 1024];
    while !is_whole(&answer) {
        let n = timeout(SOON, stream.read(&mut chunk))
            .await
            .expect("an answer")
            .unwrap();
        assert_ne!(n, 0, "{answer}");
        answer.push_str(&String::from_utf8_lossy(&chunk[..n]));
    }
    answer
}

/// Whether an answer is there to its end.
fn is_whole(answer: &str) -> bool {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    length.map_or(body.ends_with("0\r\n\r\n"), |n| body.len() >= n.parse().unwrap())
}

async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = timeout(SOON, stream.read_to_end(&mut bytes))
        .await
        .expect("it ends");
    bytes
}

#[tokio::test]
async fn both_versions_are_spoken_and_nothing_but_http_1() {
    let (site, pair) = (Site::new().await, Pair::good());
    let tls = Arc::new(pair.load().unwrap());
    let running = Running::with(&site, &tls, Limits::default()).await;
    for (version, named) in [
        (&rustls::version::TLS13, rustls::ProtocolVersion::TLSv1_3),
        (&rustls::version::TLS12, rustls::ProtocolVersion::TLSv1_2),
    ] {
        let client = pair.client(&[version], &[b"h2", b"http/1.1"]);
        let mut stream = running.connect(&client).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(named));
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let answer = ask(&mut stream, "/sign-in", "localhost").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            answer.contains("strict-transport-security: max-age=31536000\r\n"),
            "{answer}"
        );
        let answer = ask(&mut stream, "/healthz", "fazun.example").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let answer = ask(&mut stream, "/healthz", "evil.example").await;
        assert!(
            answer.starts_with("HTTP/1.1 421") && answer.contains(PUBLIC),
            "{answer}"
        );
    }
    let only_h2 = pair.client(rustls::ALL_VERSIONS, &[b"h2"]);
    assert!(running.connect(&only_h2).await.is_err());
}

#[tokio::test]
async fn an_older_version_is_refused_in_its_own_words() {
    let (site, pair) = (Site::new().await, Pair::good());
    let tls = Arc::new(pair.load().unwrap());
    let running = Running::with(&site, &tls, Limits::default()).await;
    // A greeting of TLS 1.1, with a cipher of its time.
    let mut hello = vec![3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x13, 1, 0]);
    let length = u8::try_from(hello.len()).unwrap();
    let mut stream = running.plain().await;
    stream
        .write_all(&[0x16, 3, 1, 0, length + 4, 1, 0, 0, length])
        .await
        .unwrap();
    stream.write_all(&hello).await.unwrap();
    let answer = rest(&mut stream).await;
    // An alert, fatal, and nothing more.
    assert_eq!(
        (answer.first(), answer.get(5), answer.len()),
        (Some(&0x15), Some(&2), 7),
        "{answer:?}"
    );
}

#[tokio::test]
async fn who_does_not_encrypt_is_told_and_who_dawdles_is_let_go() {
    let (site, pair) = (Site::new().await, Pair::good());
    let tls = Arc::new(pair.load().unwrap());
    let limits = Limits {
        handshake: Duration::from_millis(300),
        per_address: 3,
        ..Limits::default()
    };
    let running = Running::with(&site, &tls, limits).await;
    let mut plain = running.plain().await;
    plain
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    let answer = String::from_utf8(rest(&mut plain).await).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.ends_with(HTTPS_ONLY),
        "{answer}"
    );

    // Half a greeting, and none at all: counted like everybody, and closed in time.
    let mut half = running.plain().await;
    half.write_all(&[0x16, 3, 1]).await.unwrap();
    let (mut silent, mut third) = (running.plain().await, running.plain().await);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut fourth = running.plain().await;
    let refused = String::from_utf8(rest(&mut fourth).await).unwrap();
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    for stream in [&mut half, &mut silent, &mut third] {
        rest(stream).await;
    }
    let mut stream = running
        .connect(&pair.client(rustls::ALL_VERSIONS, &[]))
        .await
        .unwrap();
    let metrics = ask(&mut stream, "/metrics", "localhost").await;
    let refused = |why: &str| {
        let head = format!("fazun_http_refused_total{{why=\"{why}\"}} ");
        let line = metrics.lines().find_map(|line| line.strip_prefix(&head)).unwrap();
        line.parse::<u32>().unwrap()
    };
    // A connection that is closed stays counted for a moment: then the third of them is turned away.
    let (handshake, address) = (refused("handshake"), refused("address"));
    assert!(handshake >= 3 && handshake + address == 5, "{metrics}");
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_and_connections_go_on() {
    let (site, mut pair) = (Site::new().await, Pair::good());
    let tls = Arc::new(pair.load().unwrap());
    let running = Running::with(&site, &tls, Limits::default()).await;
    let before = pair.client(rustls::ALL_VERSIONS, &[]);
    let mut open = running.connect(&before).await.unwrap();
    assert_eq!(tls.reload(), Ok(false), "nothing changed");

    // Half of a renewal: the new key, the old certificate.
    let (certificate, key) = made(2020, 4000);
    let old = pair.certificate.clone();
    pair.put((old, key.clone()));
    assert!(tls.reload().unwrap_err().message.contains("不相符"));
    assert_eq!(tls.reload(), Ok(false), "it is said once");
    running
        .connect(&before)
        .await
        .expect("the former one is still shown");

    pair.put((certificate, key));
    assert_eq!(tls.reload(), Ok(true));
    running
        .connect(&pair.client(rustls::ALL_VERSIONS, &[]))
        .await
        .expect("the new one");
    assert!(running.connect(&before).await.is_err());
    assert!(
        ask(&mut open, "/healthz", "localhost")
            .await
            .starts_with("HTTP/1.1 200")
    );
}

#[test]
fn what_cannot_be_used_is_refused_in_words() {
    let refused = |pair: &Pair| pair.load().unwrap_err().to_string();
    assert!(refused(&Pair::of(made(2000, 2001))).contains("已於民國90年1月1日到期"));
    assert!(refused(&Pair::of(made(3000, 3001))).contains("起才生效"));
    let (a, b) = (made(2020, 4000), made(2020, 4000));
    assert!(refused(&Pair::of((a.0.clone(), b.1))).contains("不相符"));
    assert!(refused(&Pair::of((String::new(), a.1.clone()))).contains("不是 PEM 格式的憑證"));
    assert!(refused(&Pair::of((a.0.clone(), "x".to_owned()))).contains("未加密的私密金鑰"));
    let pair = Pair::of(a);
    for mode in [0o644, 0o604, 0o620] {
        pair.mode(mode);
        assert!(refused(&pair).contains("權限過寬"), "{mode:o}");
    }
    pair.mode(0o640);
    assert!(pair.load().unwrap().days_left() > 300_000);
    std::fs::remove_file(pair.path("key.pem")).unwrap();
    assert!(refused(&pair).contains("無法讀取私密金鑰"));
}

/// An answer of a server behind the proxy 10.0.0.1.
async fn behind(
    state: &AppState,
    peer: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request
        .extensions_mut()
        .insert(Peer(SocketAddr::new(peer.parse().unwrap(), 9)));
    let (parts, body) = router(state.clone()).oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    (
        parts.status,
        parts.headers,
        String::from_utf8_lossy(&bytes).into_owned(),
    )
}

/// Lines that a test reads back.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn behind_a_proxy_its_word_counts_and_nobody_elses() {
    let (site, lines) = (Site::new().await, Lines::default());
    let reach = Reach::default()
        .with_public(Some(PUBLIC.parse().unwrap()))
        .with_proxies(vec!["10.0.0.1".parse().unwrap()]);
    let state = AppState::new(Arc::clone(&site.app))
        .with_access_log(AccessLog::to(lines.clone()))
        .with_reach(reach);
    let host = ("host", "fazun.example");
    let (status, headers, _) = behind(&state, "10.0.0.1", "/sign-in", &[host]).await;
    assert_eq!(status, 200);
    assert!(headers.contains_key("strict-transport-security"));
    let cookie = headers["set-cookie"].to_str().unwrap();
    assert!(cookie.ends_with("; Secure"), "{cookie}");
    // By the machine's own name the way is not encrypted, and no cookie says so.
    let (_, headers, _) = behind(&state, "127.0.0.1", "/sign-in", &[("host", "localhost")]).await;
    assert!(!headers.contains_key("strict-transport-security"));
    assert!(!headers["set-cookie"].to_str().unwrap().contains("Secure"));

    let bare = [host, ("x-forwarded-proto", "http")];
    let (status, headers, _) = behind(&state, "10.0.0.1", "/a?b=c", &bare).await;
    assert_eq!(
        (status.as_u16(), &headers["location"]),
        (308, &format!("{PUBLIC}/a?b=c").parse().unwrap())
    );
    assert_eq!(
        behind(&state, "192.0.2.9", "/healthz", &bare).await.0,
        200,
        "a stranger's word"
    );

    lines.0.lock().unwrap().clear();
    let spoofed = [host, ("x-forwarded-for", "127.0.0.1, 198.51.100.7")];
    for (peer, client) in [("10.0.0.1", "198.51.100.7"), ("192.0.2.9", "192.0.2.9")] {
        behind(&state, peer, "/healthz", &spoofed).await;
        let said = String::from_utf8(std::mem::take(&mut *lines.0.lock().unwrap())).unwrap();
        let line: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(line["address"], client);
    }
    // The numbers are for the machine itself, by its own name.
    for (peer, headers) in [
        ("127.0.0.1", &[host][..]),
        ("127.0.0.1", &spoofed),
        ("10.0.0.1", &spoofed),
    ] {
        assert_eq!(
            behind(&state, peer, "/metrics", headers).await.0,
            404,
            "{peer} {headers:?}"
        );
    }
    assert_eq!(
        behind(&state, "127.0.0.1", "/metrics", &[("host", "localhost")])
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn forms_come_from_the_public_address_alone() {
    let site = Site::new().await;
    let reach = Reach::default().with_public(Some(PUBLIC.parse().unwrap()));
    let state = AppState::new(Arc::clone(&site.app)).with_reach(reach);
    for (origin, forged) in [
        (PUBLIC, false),
        ("http://fazun.example", true),
        ("https://fazun.example:8443", true),
        ("https://evil.example", true),
    ] {
        let request = Request::post(format!("{PREFIX}/nothing"))
            .header("host", "fazun.example")
            .header("origin", origin)
            .body(Body::empty())
            .unwrap();
        let status = router(state.clone()).oneshot(request).await.unwrap().status();
        assert_eq!(status == StatusCode::FORBIDDEN, forged, "{origin}: {status}");
    }
}

#[tokio::test]
async fn clients_of_a_proxy_have_each_their_own_measure() {
    let site = Site::new().await;
    let reach = Reach::default()
        .with_public(Some(PUBLIC.parse().unwrap()))
        .with_proxies(vec!["127.0.0.1".parse().unwrap()]);
    let limits = Limits {
        per_address: 1,
        ..Limits::default()
    };
    let state = AppState::new(Arc::clone(&site.app))
        .with_limits(limits)
        .with_reach(reach);
    let running = Running::over(state).await;
    let slow = |client: &str| {
        let secret = site.secret("officer");
        format!(
            "POST {PREFIX}/agencies/{}/registers/asset/records HTTP/1.1\r\nhost: fazun.example\r\n\
             x-forwarded-for: {client}\r\nauthorization: Bearer {secret}\r\n\
             content-type: application/json\r\ncontent-length: 9\r\n\r\n{{",
            site.agency
        )
    };
    let mut first = running.plain().await;
    first.write_all(slow("198.51.100.1").as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let asked = async |client: &str| {
        let mut stream = running.plain().await;
        let host = format!("fazun.example\r\nx-forwarded-for: {client}");
        ask(&mut stream, "/healthz", &host).await
    };
    assert!(asked("198.51.100.1").await.starts_with("HTTP/1.1 503"));
    assert!(
        asked("127.0.0.9, 198.51.100.1").await.starts_with("HTTP/1.1 503"),
        "spoofed"
    );
    assert!(asked("198.51.100.2").await.starts_with("HTTP/1.1 200"));
    drop(first);
}

#[tokio::test]
async fn beyond_the_machine_only_with_sign_in_and_encrypted() {
    let site = Site::new().await;
    let serve = async |signs_in: bool, reach: Reach| {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let state = AppState::new(Arc::clone(&site.app)).with_reach(reach);
        let state = if signs_in { state } else { state.with_roles_shown() };
        server::serve(state, listener, std::future::ready(())).await
    };
    let named = || Reach::default().with_public(Some(PUBLIC.parse().unwrap()));
    let behind = || named().with_proxies(vec!["10.0.0.1".parse().unwrap()]);
    let why = serve(false, behind()).await.unwrap_err().to_string();
    assert!(why.contains("示範模式"), "{why}");
    let why = serve(true, Reach::default()).await.unwrap_err().to_string();
    assert!(why.contains("--public-url"), "{why}");
    let why = serve(true, named()).await.unwrap_err().to_string();
    assert!(
        why.contains("--tls-cert") && why.contains("--trusted-proxy"),
        "{why}"
    );
    serve(true, behind()).await.unwrap();
    let tls = Some(Arc::new(Pair::good().load().unwrap()));
    serve(true, named().with_tls(tls)).await.unwrap();
}
