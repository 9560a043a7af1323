//! The server as the network meets it: half heads, slow bodies, too many, and its end.

use crate::setup::{PREFIX, Site};
use server::{AccessLog, AppState, Limits};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

const LONG: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(400);
/// Far longer than anything here may take, and far shorter than the product's own limits.
const SOON: Duration = Duration::from_secs(5);

/// Everything long, for a test to shorten what it is about.
fn patient() -> Limits {
    Limits {
        header: LONG,
        body_rest: LONG,
        body_rate: 1,
        patience: LONG,
        stalled: LONG,
        stop: LONG,
        ..Limits::default()
    }
}

struct Running {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: JoinHandle<std::io::Result<()>>,
}

impl Running {
    async fn over(state: AppState) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            let _ = stopped.await;
        };
        let ended = tokio::spawn(server::serve(state, listener, shutdown));
        Self {
            address,
            stop: Some(stop),
            ended,
        }
    }

    async fn with(site: &Site, limits: Limits) -> Self {
        Self::over(AppState::new(Arc::clone(&site.app)).with_limits(limits)).await
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection that has sent this.
    async fn sent(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        stream
    }

    /// A whole request and its whole answer.
    async fn ask(&self, head: &str, body: &[u8]) -> String {
        let mut stream = self.sent(head.as_bytes()).await;
        stream.write_all(body).await.unwrap();
        rest(&mut stream).await
    }

    async fn get(&self, path: &str) -> String {
        let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        self.ask(&head, b"").await
    }

    /// A number of the metrics.
    async fn metric(&self, name: &str) -> i64 {
        let text = self.get("/metrics").await;
        let line = text.lines().find(|line| line.starts_with(&format!("{name} ")));
        let (_, value) = line.unwrap_or_else(|| panic!("{text}")).rsplit_once(' ').unwrap();
        value.parse().unwrap()
    }

    fn tell(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// How long the server takes to end.
    async fn end(self) -> Duration {
        let began = Instant::now();
        timeout(SOON, self.ended)
            .await
            .expect("it ends")
            .unwrap()
            .unwrap();
        began.elapsed()
    }
}

/// Everything that still comes; an end by reset is an end too.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0_u8; 4096];
    let reading = async {
        while let Ok(n @ 1..) = stream.read(&mut chunk).await {
            bytes.extend_from_slice(&chunk[..n]);
        }
    };
    timeout(SOON, reading).await.expect("the connection ends");
    String::from_utf8_lossy(&bytes).into_owned()
}

const HALF: &[u8] = b"GET / HTTP/1.1\r\nhost: loc";

/// The head of a new record, with a body of so many bytes to follow.
fn head_of_record(site: &Site, length: usize) -> String {
    let secret = site.secret("officer");
    format!(
        "POST {PREFIX}/agencies/{}/registers/asset/records HTTP/1.1\r\nhost: localhost\r\n\
         authorization: Bearer {secret}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n",
        site.agency
    )
}

#[tokio::test]
async fn two_hundred_half_heads_are_closed() {
    let site = Site::new().await;
    let limits = Limits {
        header: SHORT,
        ..patient()
    };
    let running = Running::with(&site, limits).await;
    let mut halves = Vec::new();
    for _ in 0..200 {
        halves.push(running.sent(HALF).await);
    }
    // Others are served meanwhile.
    assert!(running.get("/healthz").await.starts_with("HTTP/1.1 200"));
    for half in &mut halves {
        rest(half).await;
    }
    // Only the one that asks is left.
    assert_eq!(running.metric("fazun_http_connections").await, 1);
}

#[tokio::test]
async fn a_connection_that_moves_nothing_is_closed() {
    let site = Site::new().await;
    let limits = Limits {
        stalled: SHORT,
        ..patient()
    };
    let running = Running::with(&site, limits).await;
    let mut half = running.sent(HALF).await;
    let began = Instant::now();
    rest(&mut half).await;
    assert!(began.elapsed() >= SHORT / 2, "{:?}", began.elapsed());
}

#[tokio::test]
async fn half_a_head_does_not_keep_the_server_from_ending() {
    let site = Site::new().await;
    let mut running = Running::with(&site, patient()).await;
    let mut half = running.sent(HALF).await;
    let _untouched = running.connect().await;
    let mut kept = running
        .sent(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    let mut answer = [0_u8; 12];
    kept.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    running.tell();
    let took = running.end().await;
    assert!(took < Duration::from_secs(2), "{took:?}");
    rest(&mut half).await;
}

#[tokio::test]
async fn what_is_under_way_is_finished_when_the_server_ends() {
    let site = Site::new().await;
    let body = b"{\"no_such_field\":1}";
    let mut running = Running::with(&site, patient()).await;
    let mut stream = running.sent(head_of_record(&site, body.len()).as_bytes()).await;
    stream.write_all(&body[..5]).await.unwrap();
    sleep(SHORT).await;
    running.tell();
    sleep(SHORT * 2).await;
    assert!(!running.ended.is_finished(), "somebody is still sending");
    stream.write_all(&body[5..]).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
    let took = running.end().await;
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_broken_off() {
    let site = Site::new().await;
    let limits = Limits {
        stop: SHORT,
        ..patient()
    };
    let mut running = Running::with(&site, limits).await;
    let mut stream = running.sent(head_of_record(&site, 100).as_bytes()).await;
    stream.write_all(b"{").await.unwrap();
    sleep(SHORT).await;
    running.tell();
    let took = running.end().await;
    assert!(took >= SHORT / 2 && took < Duration::from_secs(3), "{took:?}");
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn slow_bodies_end() {
    let site = Site::new().await;
    let before = site.position().await;
    let resting = Limits {
        body_rest: SHORT,
        ..patient()
    };
    let running = Running::with(&site, resting).await;
    let mut stream = running.sent(head_of_record(&site, 100).as_bytes()).await;
    stream.write_all(b"{").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(
        answer.contains("\"code\":\"slow_body\"") && answer.contains("沒有寫入任何資料"),
        "{answer}"
    );

    // Never at rest, and never done.
    let trickling = Limits {
        body_rest: SHORT,
        body_rate: 10_000,
        ..patient()
    };
    let running = Running::with(&site, trickling).await;
    let mut stream = running.sent(head_of_record(&site, 100_000).as_bytes()).await;
    let began = Instant::now();
    while stream.write_all(b" ").await.is_ok() && began.elapsed() < SOON {
        let mut one = [0_u8; 1];
        if let Ok(Ok(_)) = timeout(Duration::from_millis(40), stream.peek(&mut one)).await {
            break;
        }
    }
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert_eq!(site.position().await, before);
}

#[tokio::test]
async fn connections_are_limited_for_all_and_for_one() {
    let site = Site::new().await;
    for (limits, why) in [
        (
            Limits {
                per_address: 3,
                ..patient()
            },
            "address",
        ),
        (
            Limits {
                connections: 3,
                ..patient()
            },
            "connections",
        ),
    ] {
        let running = Running::with(&site, limits).await;
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(running.sent(HALF).await);
        }
        sleep(Duration::from_millis(50)).await;
        let mut more = running.connect().await;
        let refusal = rest(&mut more).await;
        assert!(
            refusal.starts_with("HTTP/1.1 503") && refusal.contains("retry-after: 5"),
            "{refusal}"
        );
        // Whoever goes makes room.
        drop(held.pop());
        sleep(Duration::from_millis(50)).await;
        let counted = running
            .metric(&format!("fazun_http_refused_total{{why=\"{why}\"}}"))
            .await;
        assert_eq!(counted, 1, "{why}");
    }
}

#[tokio::test]
async fn bodies_in_flight_share_one_budget() {
    let site = Site::new().await;
    let limits = Limits {
        bodies: 1_000_000,
        ..patient()
    };
    let running = Running::with(&site, limits).await;
    let half = vec![b' '; 400_000];
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = running.sent(head_of_record(&site, 900_000).as_bytes()).await;
        stream.write_all(&half).await.unwrap();
        held.push(stream);
    }
    sleep(SHORT).await;
    assert_eq!(running.metric("fazun_http_body_bytes").await, 800_000);
    let mut third = running.sent(head_of_record(&site, 400_000).as_bytes()).await;
    let _ = third.write_all(&half).await;
    let answer = rest(&mut third).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(
        answer.contains("retry-after: 5")
            && answer.contains("\"code\":\"no_room\"")
            && answer.contains("請稍候幾秒再送一次"),
        "{answer}"
    );
    // A small one still fits.
    let closing = head_of_record(&site, 2).replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    let small = running.ask(&closing, b"{}").await;
    assert!(small.starts_with("HTTP/1.1 422"), "{small}");
    drop(held);
    sleep(SHORT).await;
    assert_eq!(running.metric("fazun_http_body_bytes").await, 0);
}

#[tokio::test]
async fn wrong_tokens_wait_and_right_ones_do_not() {
    let site = Site::new().await;
    let running = Running::with(&site, patient()).await;
    let me = |secret: &str| {
        format!(
            "GET {PREFIX}/me HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {secret}\r\nconnection: close\r\n\r\n"
        )
    };
    let began = Instant::now();
    for _ in 0..3 {
        let answer = running.ask(&me("fazun_x_00"), b"").await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
    assert!(
        began.elapsed() >= Duration::from_millis(125 + 250 + 500),
        "{:?}",
        began.elapsed()
    );
    let began = Instant::now();
    let answer = running.ask(&me(&site.secret("officer")), b"").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        began.elapsed() < Duration::from_millis(400),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(
        running
            .metric("fazun_http_refused_total{why=\"bad_token\"}")
            .await,
        3
    );
}

/// A log that a test can read.
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
async fn every_request_leaves_a_line() {
    let site = Site::new().await;
    let lines = Lines::default();
    let log = AccessLog::to(lines.clone());
    let state = AppState::new(Arc::clone(&site.app)).with_access_log(log);
    let running = Running::over(state).await;
    let asked = async |path: &str, secret: Option<&str>| {
        let token = secret.map_or_else(String::new, |s| format!("authorization: Bearer {s}\r\n"));
        let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{token}connection: close\r\n\r\n");
        running.ask(&head, b"").await
    };
    let agency = site.agency.clone();
    let export = format!("{PREFIX}/agencies/{agency}/registers/asset/export/csv?q=secret-word");
    let secret = site.secret("officer");
    let whole = asked(&export, Some(&secret)).await;
    asked(&format!("{PREFIX}/me"), Some("fazun_x_00")).await;
    asked(&format!("{PREFIX}/me"), None).await;
    asked("/no/such/page/at/all", None).await;
    asked("/api/v2", None).await;
    asked(&format!("/{agency}/today"), None).await;

    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let said: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let shown: Vec<String> = said
        .iter()
        .map(|line| {
            [
                "principal",
                "address",
                "method",
                "route",
                "agency",
                "register",
                "status",
                "outcome",
            ]
            .map(|key| line[key].to_string().replace('"', ""))
            .join(" ")
        })
        .collect();
    let officer = format!("member:{}", site.member_id("officer"));
    let expected = [
        format!(
            "{officer} 127.0.0.1 GET {PREFIX}/agencies/{{agency}}/registers/{{register}}/export/{{format}} {agency} asset 200 ok"
        ),
        format!("- 127.0.0.1 GET {PREFIX}/me null null 401 bad_token"),
        format!("- 127.0.0.1 GET {PREFIX}/me null null 401 unauthorised"),
        "- 127.0.0.1 GET unmatched null null 303 ok".to_owned(),
        "- 127.0.0.1 GET unmatched null null 404 not_found".to_owned(),
        format!("- 127.0.0.1 GET /{{org}}/today {agency} null 303 ok"),
    ];
    assert_eq!(shown, expected);
    let (_, body) = whole.split_once("\r\n\r\n").unwrap();
    assert_eq!(said[0]["bytes"], body.len(), "{whole}");
    for line in &said {
        assert!(
            line["ms"].is_u64() && line["time"].as_str().unwrap().ends_with('Z'),
            "{line}"
        );
    }
    assert!(whole.contains(&format!("x-request-id: {}", said[0]["request"].as_str().unwrap())));
    // What an officer typed, and what a token is, stand in no log.
    assert!(!text.contains("secret-word") && !text.contains(&secret) && !text.contains("fazun_x_00"));
}
