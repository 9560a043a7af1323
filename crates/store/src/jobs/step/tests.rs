//! That a word whose transaction was not answered is known again by what it left. Only PostgreSQL
//! leaves a commit unanswered, and seldom: so it is asked here without waiting for one.

use super::*;
use crate::{AnyForms, Location, NewJob, NewMessage, OpenMode};
use std::sync::Arc;

/// Asks of a word whether it was kept, instead of saying it.
struct WasKept(Said);

impl Act for WasKept {
    type Out = bool;

    const DOING: &'static str = "詢問";

    fn agency(&self) -> &str {
        Act::agency(&self.0)
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<bool, Error> {
        self.0.was_kept(link, &()).await
    }
}

/// Asks whether a lease is at work still.
struct IsAtIt(Lease);

impl Act for IsAtIt {
    type Out = bool;

    const DOING: &'static str = "詢問";

    fn agency(&self) -> &str {
        &self.0.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<bool, Error> {
        stands(link, &self.0, true).await
    }
}

const NOW: i64 = 1_000_000_000;
const LEASE: i64 = 30_000_000;

fn said(lease: &Lease, word: Word) -> Said {
    Said {
        lease: lease.clone(),
        word,
        now: NOW + 1,
    }
}

/// What ends a worker's part in something.
type Last = (Table, fn() -> Word);

async fn was_kept(store: &Store, lease: &Lease, word: Word) -> bool {
    store.act(WasKept(said(lease, word))).await.unwrap()
}

async fn is_at_it(store: &Store, lease: &Lease) -> bool {
    store.act(IsAtIt(lease.clone())).await.unwrap()
}

/// Whoever is not the one that said it: another worker, an earlier or later turn of the same one,
/// another job, another agency.
fn others(lease: &Lease) -> [Lease; 5] {
    let other = |change: fn(&mut Lease)| {
        let mut other = lease.clone();
        change(&mut other);
        other
    };
    [
        other(|l| l.worker = "another".into()),
        other(|l| l.taken += 1),
        other(|l| l.taken -= 1),
        other(|l| l.id = "another".into()),
        other(|l| l.agency = "b".into()),
    ]
}

async fn open(folder: &tempfile::TempDir) -> Store {
    let place = Location::Sqlite(folder.path().to_owned());
    Store::open_at(&place, OpenMode::Create, Arc::new(AnyForms))
        .await
        .unwrap()
}

/// A job or a message that a worker has.
async fn taken(store: &Store, id: &str, table: Table) -> Lease {
    match table {
        Table::Job => {
            let job = NewJob {
                id: id.into(),
                kind: "count".into(),
                actor: "wang".into(),
                payload: "{}".into(),
                most_attempts: 3,
                ..NewJob::default()
            };
            store.enqueue("a", job, NOW).await.unwrap();
            let claimed = store.claim("w", &["count"], NOW, LEASE).await.unwrap();
            claimed.unwrap().lease
        }
        Table::Outbox => {
            let message = NewMessage {
                id: id.into(),
                kind: "mail".into(),
                address: "wang".into(),
                payload: "{}".into(),
                most_attempts: 3,
                ..NewMessage::default()
            };
            store.post("a", message, NOW).await.unwrap();
            let claimed = store.claim_message("w", &["mail"], NOW, LEASE).await.unwrap();
            claimed.unwrap().lease
        }
    }
}

#[tokio::test]
async fn a_last_word_is_known_again_by_whoever_said_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let last: [Last; 6] = [
        (Table::Job, || Word::Step(Then::Finish(Finished::default()))),
        (Table::Job, || Word::Failed {
            error: "x".into(),
            again: None,
        }),
        // Whoever asks in time to come doesn't find these two in anybody's hands either.
        (Table::Job, || Word::Failed {
            error: "x".into(),
            again: Some(Backoff::default()),
        }),
        (Table::Job, || Word::GivenBack),
        (Table::Outbox, || Word::Sent),
        (Table::Outbox, || Word::Failed {
            error: "x".into(),
            again: None,
        }),
    ];
    for (n, (table, word)) in last.into_iter().enumerate() {
        let lease = taken(&store, &format!("j{n}"), table).await;
        assert!(is_at_it(&store, &lease).await, "{n}");
        assert!(!was_kept(&store, &lease, word()).await, "{n} before it was said");
        store.act(said(&lease, word())).await.unwrap();
        assert!(was_kept(&store, &lease, word()).await, "{n}");
        assert!(!is_at_it(&store, &lease).await, "{n}");
        for other in others(&lease) {
            assert!(!was_kept(&store, &other, word()).await, "{n}: {other:?}");
        }
        // What is to be tried again would be taken up before the next one.
        let again = store.claim("w", &["count"], NOW + 2, LEASE).await.unwrap();
        if let Some(again) = again {
            assert!(!was_kept(&store, &lease, word()).await, "{n} is somebody's again");
            store
                .finish(&again.lease, Finished::default(), NOW + 2)
                .await
                .unwrap();
        }
    }
}

#[tokio::test]
async fn a_claim_is_known_again_by_whoever_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    for table in [Table::Job, Table::Outbox] {
        let lease = taken(&store, "one", table).await;
        assert!(is_at_it(&store, &lease).await);
        for other in others(&lease) {
            assert!(!is_at_it(&store, &other).await, "{other:?}");
        }
    }
}

#[tokio::test]
async fn what_may_be_said_twice_is_said_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let lease = taken(&store, "one", Table::Job).await;
    let words: [fn() -> Word; 2] = [
        || Word::Alive {
            until: NOW + LEASE,
            progress: None,
        },
        || Word::Step(Then::GoOn { kept: "1".into() }),
    ];
    for word in words {
        store.act(said(&lease, word())).await.unwrap();
        assert!(!was_kept(&store, &lease, word()).await);
        store.act(said(&lease, word())).await.unwrap();
    }
    assert!(is_at_it(&store, &lease).await);
}
