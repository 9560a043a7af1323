//! Messages are written with what they tell of, and delivered at least once.

use super::{LEASE, SECOND, is_lost, open, read, writes};
use crate::place::{Place, everywhere};
use store::{Backoff, NewMessage, Store, StoreError, WorkState};

everywhere!(
    a_message_is_written_with_what_it_tells_of,
    a_message_is_taken_once_sent_once_and_not_written_again,
    a_message_whose_sender_vanished_comes_again_under_the_same_id,
    a_message_that_nobody_takes_is_given_up_and_can_be_sent_anew,
);

const NOW: i64 = 1_000 * SECOND;

fn message(id: &str) -> NewMessage {
    NewMessage {
        id: id.into(),
        kind: "mail".into(),
        address: "someone@agency.example".into(),
        payload: "{\"words\":\"期限將屆\"}".into(),
        due_at: NOW,
        most_attempts: 2,
    }
}

async fn state(store: &Store, id: &str) -> WorkState {
    let all = store.messages("a", 99).await.unwrap();
    all.into_iter().find(|m| m.id == id).unwrap().state
}

async fn a_message_is_written_with_what_it_tells_of(place: &Place) {
    let store = open(place).await;
    let mut tells = writes("a", "r");
    tells.outbox = vec![message("m1"), message("m1")];
    store.commit(tells.clone()).await.unwrap();
    assert_eq!(store.messages("a", 9).await.unwrap().len(), 1);
    tells.outbox = vec![message("m2")];
    assert!(matches!(
        store.commit(tells.clone()).await,
        Err(StoreError::Conflict { .. })
    ));
    tells.outbox = vec![NewMessage {
        kind: String::new(),
        ..message("m3")
    }];
    assert!(matches!(
        store.commit(tells).await,
        Err(StoreError::Incomplete { .. })
    ));
    let all = store.messages("a", 9).await.unwrap();
    assert_eq!(all.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["m1"]);
    assert_eq!(all[0].payload, message("m1").payload);
    assert_eq!(
        (all[0].state, all[0].attempts, all[0].finished_at),
        (WorkState::Queued, 0, 0)
    );
    assert_eq!(store.messages("b", 9).await.unwrap(), []);
    assert_eq!(read(&store, "a").await.position(), 1);
}

async fn a_message_is_taken_once_sent_once_and_not_written_again(place: &Place) {
    let stores = [open(place).await, open(place).await];
    for n in 0..20 {
        assert!(
            stores[n % 2]
                .post("a", message(&format!("m{n}")), NOW)
                .await
                .unwrap()
        );
    }
    let mut senders = Vec::new();
    for n in 0..6_usize {
        let store = stores[n % 2].clone();
        senders.push(tokio::spawn(async move {
            let mut sent = Vec::new();
            let worker = format!("w{n}");
            while let Some(m) = store.claim_message(&worker, &["mail"], NOW, LEASE).await.unwrap() {
                sent.push(m.dedupe_id());
                store.sent(&m.lease, NOW).await.unwrap();
            }
            sent
        }));
    }
    let mut all = Vec::new();
    for sender in senders {
        all.extend(sender.await.unwrap());
    }
    all.sort();
    let mut wanted: Vec<_> = (0..20).map(|n| format!("a/m{n}")).collect();
    wanted.sort();
    assert_eq!(all, wanted);
    assert!(!stores[0].post("a", message("m1"), NOW).await.unwrap());
    assert_eq!(state(&stores[0], "m1").await, WorkState::Done);
    assert_eq!(
        stores[0].claim_message("w", &["mail"], NOW, LEASE).await.unwrap(),
        None
    );
}

async fn a_message_whose_sender_vanished_comes_again_under_the_same_id(place: &Place) {
    let store = open(place).await;
    store.post("a", message("m"), NOW).await.unwrap();
    assert_eq!(
        store.claim_message("w", &["mail"], NOW - 1, LEASE).await.unwrap(),
        None
    );
    assert_eq!(
        store.claim_message("w", &["fax"], NOW, LEASE).await.unwrap(),
        None
    );
    let first = store
        .claim_message("w1", &["mail"], NOW, LEASE)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (first.address.as_str(), first.attempt),
        ("someone@agency.example", 1)
    );
    let late = NOW + LEASE;
    let second = store
        .claim_message("w2", &["mail"], late, LEASE)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((first.dedupe_id(), second.attempt), (second.dedupe_id(), 2));
    assert!(is_lost(store.sent(&first.lease, late).await));
    // A message is no job: a job's words say nothing of it.
    assert!(is_lost(
        store
            .finish(&second.lease, store::Finished::default(), late)
            .await
    ));
    store.sent(&second.lease, late).await.unwrap();
    assert_eq!(state(&store, "m").await, WorkState::Done);
}

async fn a_message_that_nobody_takes_is_given_up_and_can_be_sent_anew(place: &Place) {
    let store = open(place).await;
    store.post("a", message("m"), NOW).await.unwrap();
    let mut now = NOW;
    for _ in 0..2 {
        let taken = store
            .claim_message("w", &["mail"], now, LEASE)
            .await
            .unwrap()
            .unwrap();
        store
            .not_sent(&taken.lease, "郵件伺服器拒收", Some(Backoff::default()), now)
            .await
            .unwrap();
        let stands = &store.messages("a", 1).await.unwrap()[0];
        assert_eq!(stands.error, "郵件伺服器拒收");
        now = stands.due_at.max(now);
    }
    assert_eq!(state(&store, "m").await, WorkState::Dead);
    assert!(now > NOW);
    assert!(!store.repost("b", "m", now).await.unwrap());
    assert!(store.repost("a", "m", now).await.unwrap());
    let taken = store
        .claim_message("w", &["mail"], now, LEASE)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(taken.attempt, 1);
}
