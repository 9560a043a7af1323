//! What leaves the machine with a checkpoint: its timestamp, against authorities of the test's own.

use super::super::tsa::Tsa;
use super::super::*;
use super::database::filled;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use store::{INSTALLATION, Store, WorkState};
use testkit::Authority;

/// 2026-11-29 23:00 in Taipei.
pub(super) const NOW: i64 = 1_795_964_400_000_000;

pub(super) fn now() -> i64 {
    NOW
}

/// What a server of the test answers: a status, bytes, and how long it lets one wait.
struct Reply(&'static str, Vec<u8>, Duration);

fn at_once(status: &'static str, bytes: impl Into<Vec<u8>>) -> Reply {
    Reply(status, bytes.into(), Duration::ZERO)
}

/// A server over HTTP that answers each request by what it holds; gives its address.
fn web(answer: impl Fn(&[u8]) -> Reply + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/tsr", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut length, mut line) = (0, String::new());
            let mut kind = String::new();
            while reader.read_line(&mut line).unwrap_or(0) > 2 {
                let lower = line.to_ascii_lowercase();
                if let Some(value) = lower.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if let Some(value) = lower.strip_prefix("content-type:") {
                    kind = value.trim().to_owned();
                }
                line.clear();
            }
            assert_eq!(kind, "application/timestamp-query");
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let Reply(status, bytes, wait) = answer(&body);
            thread::sleep(wait);
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nlocation: /elsewhere\r\nconnection: close\r\n\r\n",
                bytes.len()
            );
            let _ = stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(&bytes));
        }
    });
    url
}

fn stamp(folder: &Folder, url: &str) -> Stamp {
    Stamp {
        outside: folder.clone(),
        authority: Tsa::new(url).unwrap().patient_for(Duration::from_secs(2)),
    }
}

fn heads() -> Vec<ledger::Head> {
    vec![ledger::Head {
        agency: "a".into(),
        seq: 3,
        hash: [7; 32],
    }]
}

#[test]
fn a_checkpoint_is_stamped_and_its_token_holds() {
    for (key, digest) in [
        (&["-newkey", "rsa:2048"][..], "sha256"),
        (
            &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
            "sha256",
        ),
        (
            &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
            "sha384",
        ),
        (&["-newkey", "rsa:3072"], "sha512"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let Some(authority) = Authority::new(dir.path(), key, digest) else {
            return;
        };
        let authority = Arc::new(authority);
        let own = Arc::clone(&authority);
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let url = web(move |query| {
            count.fetch_add(1, Ordering::SeqCst);
            at_once("200 OK", own.reply(query))
        });
        let folder = Folder::new(dir.path().join("kept"));
        let kept = folder.put(NOW, heads()).unwrap();
        let before = crate::system_clock();
        let stamped = stamp(&folder, &url).stamp(NOW).unwrap();
        assert_eq!(stamped.serial, "2b", "{digest}");
        assert_eq!(stamped.policy, "1.3.6.1.4.1.99999.1");
        assert!((stamped.at - before).abs() < 60_000_000, "{}", stamped.at);

        let hash = ledger::hex(&ledger::sha256(kept.checkpoint.to_string().as_bytes()));
        let token = folder.token(NOW).unwrap().unwrap();
        assert!(authority.verifies(&token, &hash), "{digest}");
        let file = dir.path().join(format!("kept/{NOW:020}.checkpoint"));
        let report = crate::checkpoint_stamp(&file, None).unwrap().unwrap();
        assert_eq!((report.at, report.signer.as_deref()), (stamped.at, None));
        assert!(report.words().contains("尚未驗證"));
        let report = crate::checkpoint_stamp(&file, Some(&authority.root()))
            .unwrap()
            .unwrap();
        assert!(
            report.signer.as_deref().unwrap().contains("Stamper"),
            "{report:?}"
        );
        assert!(report.words().contains("簽章驗證無誤"));
        // An attempt that died after it kept the token asks for no other.
        let again = stamp(&folder, &url).stamp(NOW).unwrap();
        assert_eq!((again.serial, asked.load(Ordering::SeqCst)), (stamped.serial, 1));
        // What lies there is what the next checkpoint is compared with, token or not.
        assert_eq!(folder.latest().unwrap(), heads());
    }
}

#[test]
fn a_token_of_another_is_not_believed() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (Some(authority), Some(stranger)) = (Authority::plain(dir.path()), Authority::plain(other.path()))
    else {
        return;
    };
    let folder = Folder::new(dir.path().join("kept"));
    let kept = folder.put(NOW, heads()).unwrap();
    let file = dir.path().join(format!("kept/{NOW:020}.checkpoint"));
    let hash = ledger::hex(&ledger::sha256(kept.checkpoint.to_string().as_bytes()));
    let root = authority.root();
    let verify =
        |root: Option<&std::path::Path>| crate::checkpoint_stamp(&file, root).map_err(|e| e.to_string());
    assert_eq!(verify(None), Ok(None));
    assert!(verify(Some(&root)).unwrap_err().contains("沒有時戳檔"));

    let token = authority.stamp(&hash);
    folder.put_token(NOW, &token).unwrap();
    assert!(verify(Some(&root)).unwrap().unwrap().signer.is_some());
    assert!(verify(Some(&stranger.root())).unwrap_err().contains("憑證機構"));
    assert!(verify(Some(&file)).unwrap_err().contains("BEGIN CERTIFICATE"));
    assert!(
        verify(Some(&dir.path().join("none.pem")))
            .unwrap_err()
            .contains("none.pem")
    );

    // Signed by a stranger in place of the authority.
    folder.put_token(NOW, &stranger.stamp(&hash)).unwrap();
    assert!(verify(None).unwrap().is_some());
    assert!(verify(Some(&root)).unwrap_err().contains("憑證機構"));
    // Of other bytes.
    folder.put_token(NOW, &authority.stamp(&"0".repeat(64))).unwrap();
    for root in [None, Some(root.as_path())] {
        assert!(verify(root).unwrap_err().contains("別的內容"));
    }
    // Nor is one of other bytes taken for an attempt's before.
    let said = stamp(&folder, "http://127.0.0.1:1/").stamp(NOW).unwrap_err();
    assert!(said.contains("別的內容"), "{said}");
    // Each byte of what is attested counts: its policy, its number, its time.
    let place = |part: &[u8]| token.windows(part.len()).position(|w| w == part).unwrap();
    let time = place(b"Z0\x03\x02\x01\x01");
    for at in [time - 1, time - 14] {
        let mut forged = token.clone();
        forged[at] = if forged[at] == b'1' { b'2' } else { b'1' };
        folder.put_token(NOW, &forged).unwrap();
        let said = verify(Some(&root)).unwrap_err();
        assert!(
            said.contains("簽章不符") || said.contains("時間的寫法"),
            "{at}: {said}"
        );
    }
    // The signature itself.
    let mut forged = token.clone();
    *forged.last_mut().unwrap() ^= 1;
    folder.put_token(NOW, &forged).unwrap();
    assert!(verify(Some(&root)).unwrap_err().contains("簽章不符"));
    folder.put_token(NOW, &vec![0; 2 << 20]).unwrap();
    assert!(verify(None).unwrap_err().contains("過大"));
}

#[test]
fn a_broken_answer_is_told_and_nothing_of_it_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::new(dir.path().join("kept"));
    folder.put(NOW, heads()).unwrap();
    let fails = |says: &str, url: &str| {
        let said = stamp(&folder, url).stamp(NOW).unwrap_err();
        assert!(said.contains(says), "{says}: {said}");
        assert_eq!(folder.token(NOW).unwrap(), None, "{says}");
        assert_eq!(folder.latest().unwrap(), heads(), "{says}");
    };
    // PKIStatusInfo: rejection, with and without words; granted without a token.
    let refused = b"\x30\x0d\x30\x0b\x02\x01\x02\x30\x06\x0c\x04busy".to_vec();
    fails("狀態 2：busy", &web(move |_| at_once("200 OK", refused.clone())));
    fails(
        "狀態 2）",
        &web(|_| at_once("200 OK", *b"\x30\x05\x30\x03\x02\x01\x02")),
    );
    fails(
        "沒有時戳",
        &web(|_| at_once("200 OK", *b"\x30\x05\x30\x03\x02\x01\x00")),
    );
    fails("讀不出來", &web(|_| at_once("200 OK", "<html>hello</html>")));
    fails("讀不出來", &web(|_| at_once("200 OK", "")));
    fails("HTTP 503", &web(|_| at_once("503 Service Unavailable", "")));
    fails("HTTP 302", &web(|_| at_once("302 Found", "")));
    fails("沒有可用的回應", &web(|_| at_once("200 OK", vec![0x30; 1 << 20])));
    fails(
        "沒有可用的回應",
        &web(|_| Reply("200 OK", Vec::new(), Duration::from_secs(5))),
    );
    // Nobody listens.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    fails("沒有可用的回應", &format!("http://127.0.0.1:{port}/"));

    let Some(authority) = Authority::plain(dir.path()) else {
        return;
    };
    let other = authority.stamp(&"0".repeat(64));
    fails("別的內容", &web(move |_| at_once("200 OK", other.clone())));
    // The right hash, asked for by somebody else.
    let line = folder.line(NOW).unwrap();
    let replayed = authority.stamp(&ledger::hex(&ledger::sha256(line.as_bytes())));
    fails("nonce", &web(move |_| at_once("200 OK", replayed.clone())));
    fails(
        "讀不出來",
        &web(move |query| {
            let mut whole = authority.reply(query);
            whole.push(0);
            at_once("200 OK", whole)
        }),
    );
}

pub(super) fn quick() -> Settings {
    Settings {
        idle: Duration::from_millis(20),
        ..Settings::of("w")
    }
}

pub(super) fn quiet() -> Report {
    Arc::new(|_: &str| {})
}

/// The job as the night asks for it, with a folder, an authority and a mailbox.
async fn checkpoint(store: &Store, folder: &Folder, url: &str) {
    let job = store::NewJob {
        id: "today".into(),
        kind: Checkpoint::KIND.into(),
        payload: "{}".into(),
        actor: "system".into(),
        due_at: NOW,
        most_attempts: 3,
        ..store::NewJob::default()
    };
    store.enqueue(INSTALLATION, job, NOW).await.unwrap();
    let runner = Runner::new(Arc::new(StoreQueue::new(store.clone(), now)), quick(), quiet())
        .with(Checkpoint {
            store: store.clone(),
            clock: now,
            outside: folder.clone(),
            mail_to: Some("audit@example.gov.tw".parse().unwrap()),
            stamped: true,
        })
        .with(stamp(folder, url));
    let tried = async {
        loop {
            let jobs = store.jobs(INSTALLATION, 9).await.unwrap();
            let over = |job: &store::JobRecord| {
                job.state == WorkState::Done || job.state == WorkState::Queued && job.attempts > 0
            };
            if jobs.len() == 2 && jobs.iter().all(over) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let ran = tokio::time::timeout(Duration::from_secs(20), runner.run(tried));
    ran.await.unwrap();
}

#[tokio::test]
async fn an_authority_that_fails_keeps_no_checkpoint_from_being_made() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(&dir.path().join("data")).await;
    let folder = Folder::new(dir.path().join("kept"));
    let url = web(|_| at_once("500 Oops", ""));
    checkpoint(&store, &folder, &url).await;
    assert_eq!(folder.latest().unwrap().len(), 2);
    let made = store.job_status(INSTALLATION, "today").await.unwrap().unwrap();
    assert_eq!(made.state, WorkState::Done);
    let id = format!("timestamp-{NOW}");
    let stamping = store.job_status(INSTALLATION, &id).await.unwrap().unwrap();
    assert_eq!((stamping.state, stamping.attempts), (WorkState::Queued, 1));
    assert!(stamping.error.contains("HTTP 500"), "{}", stamping.error);
    assert!(stamping.due_at > NOW, "it waits before it is tried again");
    // And it waits in the outbox for whoever sends mail.
    let mails = store.messages(INSTALLATION, 9).await.unwrap();
    let [mail] = mails.as_slice() else {
        panic!("{mails:?}");
    };
    assert_eq!(
        (mail.kind.as_str(), mail.address.as_str()),
        ("mail", "audit@example.gov.tw")
    );
    assert!(mail.payload.contains("fazun-checkpoint-v2"), "{}", mail.payload);
}
