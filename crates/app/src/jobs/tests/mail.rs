//! The outbox and its courier, against a mail server of the test's own.

use super::super::*;
use super::database::filled;
use super::outside::{NOW, now, quick, quiet};
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use store::{INSTALLATION, Store, WorkState};

/// A mail server that writes down what it was told: how it answers the n-th DATA, counted from 0.
struct Sink {
    url: String,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    fn new(answer: impl Fn(usize) -> &'static str + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let mails = Arc::<Mutex<Vec<String>>>::default();
        let (kept, answer, count) = (
            Arc::clone(&mails),
            Arc::new(answer),
            Arc::new(AtomicUsize::new(0)),
        );
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (kept, answer, count) = (Arc::clone(&kept), Arc::clone(&answer), Arc::clone(&count));
                thread::spawn(move || converse(stream.unwrap(), &kept, &*answer, &count));
            }
        });
        Self { url, mails }
    }

    fn post(&self) -> Post {
        let server = MailServer {
            url: self.url.clone(),
            user: None,
            password: None,
        };
        Post::new(&server, "資安法遵 <fazun@example.gov.tw>".parse().unwrap()).unwrap()
    }

    fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

fn converse(
    mut stream: TcpStream,
    kept: &Mutex<Vec<String>>,
    answer: &dyn Fn(usize) -> &'static str,
    count: &AtomicUsize,
) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut say = move |text: &str| {
        let _ = stream.write_all(format!("{text}\r\n").as_bytes());
    };
    say("220 sink");
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap_or(0) > 0 {
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        line.clear();
        match word.as_str() {
            "EHLO" | "HELO" | "MAIL" | "RCPT" => say("250 ok"),
            "DATA" => {
                let said = answer(count.fetch_add(1, Ordering::SeqCst));
                if !said.starts_with("354") {
                    say(said);
                    continue;
                }
                say(said);
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") && reader.read_line(&mut mail).unwrap_or(0) > 0 {}
                kept.lock().unwrap().push(mail);
                say("250 taken");
            }
            "QUIT" => return say("221 bye"),
            _ => say("502 what"),
        }
    }
}

/// A clock that the test moves.
static MOVED: AtomicI64 = AtomicI64::new(NOW);

fn moved() -> i64 {
    MOVED.load(Ordering::SeqCst)
}

async fn post(store: &Store, id: &str, most_attempts: u32) {
    let mail = Mail {
        subject: "資安法遵帳本檢查點".into(),
        text: "附件是檢查點。\r\n".into(),
        files: vec![MailFile {
            name: "kept.checkpoint.txt".into(),
            media_type: "text/plain; charset=utf-8".into(),
            text: "fazun-checkpoint-v2 1 0 e3b0\n".into(),
        }],
    };
    let to = "audit@example.gov.tw".parse().unwrap();
    let mut message = mail.message(id.into(), &to, NOW).unwrap();
    message.most_attempts = most_attempts;
    assert!(store.post(INSTALLATION, message, NOW).await.unwrap());
}

/// Runs couriers until what is asked for is so.
async fn deliver(
    store: &Store,
    sink: &Sink,
    clock: crate::Clock,
    couriers: usize,
    until: impl Fn(&[store::MessageRecord]) -> bool,
) {
    let over = Arc::new(tokio::sync::Notify::new());
    let mut running = tokio::task::JoinSet::new();
    for n in 0..couriers {
        let settings = Settings {
            worker: format!("w{n}"),
            ..quick()
        };
        let courier = Courier::new(store.clone(), clock, sink.post(), settings, quiet());
        let over = Arc::clone(&over);
        running.spawn(async move { courier.run(over.notified()).await });
    }
    let seen = async {
        while !until(&store.messages(INSTALLATION, 99).await.unwrap()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), seen).await.unwrap();
    over.notify_waiters();
    while running.join_next().await.is_some() {}
}

fn all(state: WorkState) -> impl Fn(&[store::MessageRecord]) -> bool {
    move |messages| messages.iter().all(|m| m.state == state)
}

fn header<'m>(mail: &'m str, name: &str) -> &'m str {
    let line = mail.lines().find(|line| line.starts_with(name));
    line.unwrap_or_else(|| panic!("{name} in {mail}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_mail_is_sent_once_by_any_number_of_processes() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path()).await;
    let sink = Sink::new(|_| "354 go on");
    for n in 0..6 {
        post(&store, &format!("m{n}"), 3).await;
    }
    deliver(&store, &sink, now, 3, all(WorkState::Done)).await;
    let mails = sink.mails();
    let mut ids: Vec<&str> = mails.iter().map(|mail| header(mail, "Message-ID: ")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((mails.len(), ids.len()), (6, 6), "{mails:?}");
    let mail = &mails[0];
    assert!(ids[0].ends_with("@example.gov.tw>"), "{}", ids[0]);
    assert_eq!(header(mail, "To: "), "To: audit@example.gov.tw");
    assert!(
        mail.contains("kept.checkpoint.txt") && mail.contains("fazun-checkpoint-v2 1 0 e3b0"),
        "{mail}"
    );
}

#[tokio::test]
async fn a_mail_that_is_refused_is_tried_again_under_the_same_id() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path()).await;
    let sink = Sink::new(|n| if n == 0 { "451 later" } else { "354 go on" });
    post(&store, "m", 3).await;
    deliver(&store, &sink, moved, 1, |all| {
        all[0].attempts == 1 && all[0].state == WorkState::Queued
    })
    .await;
    let waiting = store.messages(INSTALLATION, 1).await.unwrap().remove(0);
    assert!(
        waiting.error.contains("451") || waiting.error.contains("later"),
        "{}",
        waiting.error
    );
    assert!(waiting.due_at > moved(), "it waits before it is tried again");
    assert_eq!(sink.mails().len(), 0);
    MOVED.store(waiting.due_at, Ordering::SeqCst);
    deliver(&store, &sink, moved, 1, all(WorkState::Done)).await;
    // As after a death between handing over and noting it: the receiver sees one mail twice.
    assert!(store.messages(INSTALLATION, 1).await.unwrap()[0].finished_at > 0);
    let own = ledger::hex(&ledger::sha256(b"@installation/m"));
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        header(&mails[0], "Message-ID: "),
        format!("Message-ID: <{own}@example.gov.tw>")
    );
}

#[tokio::test]
async fn a_mail_that_nobody_takes_is_a_dead_letter_that_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path()).await;
    let sink = Sink::new(|_| "550 no such mailbox");
    post(&store, "m", 1).await;
    deliver(&store, &sink, now, 1, all(WorkState::Dead)).await;
    let counts = store.work_counts().await.unwrap();
    let dead = counts.iter().find(|c| c.messages && c.state == WorkState::Dead);
    assert_eq!(dead.map(|c| (c.kind.as_str(), c.count)), Some(("mail", 1)));
    assert!(
        store.messages(INSTALLATION, 1).await.unwrap()[0]
            .error
            .contains("no such mailbox")
    );
    store.close().await;
    // Whoever runs the installation is told.
    let at = store::Location::Sqlite(dir.path().to_owned());
    let found = crate::examine(dir.path(), &at, None, NOW).await;
    let told = found.iter().find(|f| f.check == "work").unwrap();
    assert!(
        told.message.contains("1 項") && told.message.contains("no such mailbox"),
        "{told:?}"
    );
    let store = Store::open(dir.path(), store::OpenMode::MustExist, Arc::new(store::AnyForms))
        .await
        .unwrap();
    // What can't be read is given up at once.
    let unread = store::NewMessage {
        id: "u".into(),
        kind: Post::KIND.into(),
        address: "audit@example.gov.tw".into(),
        payload: "{}".into(),
        due_at: NOW,
        most_attempts: 9,
    };
    store.post(INSTALLATION, unread, NOW).await.unwrap();
    deliver(&store, &sink, now, 1, all(WorkState::Dead)).await;
    let messages = store.messages(INSTALLATION, 9).await.unwrap();
    let unread = messages.iter().find(|m| m.id == "u").unwrap();
    assert!(
        unread.attempts == 1 && unread.error.contains("讀不出來"),
        "{unread:?}"
    );
    assert_eq!(sink.mails().len(), 0);
}

/// A carrier that never comes back.
struct Lost(Arc<tokio::sync::Notify>);

impl Carrier for Lost {
    const KIND: &'static str = "mail";

    async fn deliver(&self, _message: &store::ClaimedMessage) -> Result<(), Failure> {
        self.0.notify_one();
        std::future::pending().await
    }
}

#[tokio::test]
async fn what_is_under_way_at_the_end_is_left_to_somebody_else() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path()).await;
    post(&store, "m", 3).await;
    let begun = Arc::new(tokio::sync::Notify::new());
    let settings = Settings {
        grace: Duration::from_millis(50),
        ..quick()
    };
    let courier = Courier::new(store.clone(), now, Lost(Arc::clone(&begun)), settings, quiet());
    let ran = tokio::time::timeout(Duration::from_secs(10), courier.run(begun.notified()));
    ran.await.unwrap();
    let left = store.messages(INSTALLATION, 1).await.unwrap().remove(0);
    assert_eq!((left.state, left.attempts), (WorkState::Queued, 0));
}
