//! What jobs are given and make, and what is taken away in the end.

use super::{LEASE, SECOND, claim, is_sound, job, open, read, writes};
use crate::place::{Place, everywhere};
use store::{Cleaned, Finished, Job, Keeping, NewJob, NewMessage, Receipt, WorkState};

everywhere!(
    a_job_has_what_it_was_given_until_it_is_done,
    what_ended_long_ago_is_taken_away_and_nothing_else,
    much_is_taken_away_some_at_a_time,
    an_installation_is_told_how_much_work_there_is,
);

const NOW: i64 = 1_000 * SECOND;

async fn a_job_has_what_it_was_given_until_it_is_done(place: &Place) {
    let store = open(place).await;
    let given = NewJob {
        input: b"id,name".to_vec(),
        ..job("j")
    };
    store.enqueue("a", given, NOW).await.unwrap();
    let taken = claim(&store, "w", NOW).await.unwrap();
    assert_eq!(read(&store, "a").await.job_input("j").await.unwrap(), b"id,name");
    assert_eq!(read(&store, "b").await.job_input("j").await.unwrap(), b"");
    assert_eq!(read(&store, "a").await.job_output("j").await.unwrap(), b"");
    let finished = Finished {
        result: "{\"rows\":7}".into(),
        output: b"made".to_vec(),
    };
    store
        .finish_with(&taken.lease, finished, writes("a", "r"))
        .await
        .unwrap();
    let mut reading = read(&store, "a").await;
    assert_eq!(reading.job_input("j").await.unwrap(), b"");
    assert_eq!(reading.job_output("j").await.unwrap(), b"made");
    let stands = reading.job_status("j").await.unwrap().unwrap();
    assert_eq!((stands.result.as_str(), stands.output_len), ("{\"rows\":7}", 4));
    assert_eq!(stands.finished_at, 1_767_225_600_000_000);
    assert!(is_sound(&store, &[]).await);
}

async fn what_ended_long_ago_is_taken_away_and_nothing_else(place: &Place) {
    let store = open(place).await;
    let kept_for = |before: i64| Keeping {
        done: before,
        dead: before - 100,
        imports: before,
        receipts: before,
    };
    for (n, id) in ["old", "new", "dead", "open"].into_iter().enumerate() {
        let asked = NewJob {
            input: vec![1],
            due_at: NOW + i64::try_from(n).unwrap(),
            ..job(id)
        };
        store.enqueue("a", asked, NOW).await.unwrap();
    }
    store.enqueue("b", job("old"), NOW).await.unwrap();
    let made = || Finished {
        output: vec![2],
        ..Finished::default()
    };
    for (id, at) in [("old", 10), ("new", 200), ("dead", 10)] {
        let taken = store
            .claim("w", &["count"], NOW + 3, LEASE)
            .await
            .unwrap()
            .unwrap();
        // The other agency's comes between.
        let taken = if taken.lease.agency() == "b" {
            store.finish(&taken.lease, made(), NOW + 10).await.unwrap();
            claim(&store, "w", NOW + 3).await.unwrap()
        } else {
            taken
        };
        assert_eq!(taken.lease.id(), id);
        if id == "dead" {
            store.fail(&taken.lease, "x", None, NOW + at).await.unwrap();
        } else {
            store.finish(&taken.lease, made(), NOW + at).await.unwrap();
        }
    }
    for id in ["m-sent", "m-open"] {
        let message = NewMessage {
            id: id.into(),
            kind: id.into(),
            most_attempts: 1,
            ..NewMessage::default()
        };
        store.post("a", message, NOW).await.unwrap();
    }
    let taken = store
        .claim_message("w", &["m-sent"], NOW, LEASE)
        .await
        .unwrap()
        .unwrap();
    store.sent(&taken.lease, NOW + 10).await.unwrap();
    for (id, at, state) in [
        ("i-old", 10, "preview"),
        ("i-new", 200, "preview"),
        ("i-shut", 200, "discarded"),
    ] {
        let import = Job {
            id: id.into(),
            agency: "a".into(),
            register: "system".into(),
            actor: "wang".into(),
            at: NOW + at,
            state: state.into(),
            detail: "{}".into(),
            bytes: vec![3],
        };
        store.put_job(&import, 0).await.unwrap();
    }
    for (key, at) in [("r-old", 10), ("r-new", 200)] {
        let mut answered = writes("a", key);
        answered.at_micros = NOW + at;
        answered.receipt = Some(Receipt {
            principal: "wang".into(),
            key: key.into(),
            request: [7; 32],
            answer: "{}".into(),
        });
        store.commit(answered).await.unwrap();
    }

    let cleaned = store.clean_up("a", kept_for(NOW + 100)).await.unwrap();
    let wanted = Cleaned {
        jobs: 1,
        messages: 1,
        imports: 1,
        files: 1,
        receipts: 1,
        more: false,
    };
    assert_eq!(cleaned, wanted);
    let mut reading = read(&store, "a").await;
    let mut left: Vec<_> = reading.jobs(9).await.unwrap().into_iter().map(|j| j.id).collect();
    left.sort();
    assert_eq!(left, ["dead", "new", "open"]);
    assert_eq!(reading.job_output("old").await.unwrap(), b"");
    assert_eq!(reading.job_output("new").await.unwrap(), [2]);
    assert_eq!(reading.job_input("dead").await.unwrap(), [1]);
    assert_eq!(reading.messages(9).await.unwrap().len(), 1);
    assert_eq!(reading.job("i-old").await.unwrap(), None);
    assert_eq!(reading.job("i-new").await.unwrap().unwrap().bytes, [3]);
    assert_eq!(reading.job("i-shut").await.unwrap().unwrap().bytes, b"");
    assert_eq!(reading.receipt("wang", "r-old").await.unwrap(), None);
    assert!(reading.receipt("wang", "r-new").await.unwrap().is_some());
    let other = store.job_status("b", "old").await.unwrap().unwrap();
    assert_eq!(other.state, WorkState::Done);
    // The dead letter's time comes too.
    assert_eq!(store.clean_up("a", kept_for(NOW + 111)).await.unwrap().jobs, 1);
    assert_eq!(store.dead_letters("a", 9).await.unwrap(), []);
    assert_eq!(
        store.clean_up("a", kept_for(NOW + 111)).await.unwrap(),
        Cleaned::default()
    );
}

async fn much_is_taken_away_some_at_a_time(place: &Place) {
    let store = open(place).await;
    let mut asks = writes("a", "r");
    asks.jobs = (0..501).map(|n| job(&format!("j{n}"))).collect();
    store.commit(asks).await.unwrap();
    while let Some(taken) = claim(&store, "w", NOW).await {
        store
            .finish(&taken.lease, Finished::default(), NOW)
            .await
            .unwrap();
    }
    let all = Keeping {
        done: NOW + 1,
        dead: 0,
        imports: 0,
        receipts: 0,
    };
    let first = store.clean_up("a", all).await.unwrap();
    assert_eq!((first.jobs, first.more), (500, true));
    let second = store.clean_up("a", all).await.unwrap();
    assert_eq!((second.jobs, second.more), (1, false));
}

async fn an_installation_is_told_how_much_work_there_is(place: &Place) {
    let store = open(place).await;
    assert_eq!(store.work_counts().await.unwrap(), []);
    for (agency, id) in [("a", "j1"), ("a", "j2"), ("b", "j1")] {
        store
            .enqueue(
                agency,
                NewJob {
                    due_at: NOW,
                    ..job(id)
                },
                NOW,
            )
            .await
            .unwrap();
    }
    claim(&store, "w", NOW).await.unwrap();
    let message = NewMessage {
        id: "m".into(),
        kind: "mail".into(),
        most_attempts: 1,
        due_at: NOW + 5,
        ..NewMessage::default()
    };
    store.post("b", message, NOW).await.unwrap();
    let counts = store.work_counts().await.unwrap();
    let told: Vec<_> = counts
        .iter()
        .map(|c| {
            (
                c.messages,
                c.kind.as_str(),
                c.state.word(),
                c.count,
                c.due_at - NOW,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (false, "count", "queued", 2, 0),
            (false, "count", "running", 1, LEASE),
            (true, "mail", "queued", 1, 5)
        ]
    );
}
