//! From being asked for to being done or given up.

use super::{LEASE, SECOND, claim, is_lost, job, keyed, open, read, row, state, writes};
use crate::commit;
use crate::place::{Place, everywhere};
use serde_json::json;
use std::collections::BTreeSet;
use store::{Backoff, Finished, JobProgress, NewJob, Step, StoreError, Then, WorkState};

everywhere!(
    each_job_is_taken_by_one_of_many_workers,
    a_job_waits_for_its_time_and_for_a_worker_that_knows_it,
    whoever_asks_for_much_lets_others_through,
    a_lease_that_ends_is_taken_by_another_and_the_first_writes_nothing,
    a_worker_that_comes_late_but_before_everybody_still_has_its_job,
    a_commit_that_is_refused_leaves_its_job_unfinished,
    what_follows_from_a_commit_is_there_with_it_or_not_at_all,
    a_job_goes_on_where_the_one_before_it_stopped,
    progress_is_read_from_the_table,
    failures_wait_longer_and_longer_and_end_in_a_dead_letter,
    a_job_whose_workers_vanish_is_given_up_in_the_end,
    a_job_given_back_costs_no_attempt,
    of_unfinished_jobs_of_a_key_there_is_one,
    a_job_asked_for_again_while_it_failed_for_good_is_a_new_request,
);

const NOW: i64 = 1_000 * SECOND;

async fn each_job_is_taken_by_one_of_many_workers(place: &Place) {
    let stores = [open(place).await, open(place).await];
    for n in 0..60 {
        let agency = ["a", "b", "c"][n % 3];
        stores[0]
            .enqueue(agency, job(&format!("j{n}")), NOW)
            .await
            .unwrap();
    }
    let mut workers = Vec::new();
    for n in 0..12_usize {
        let store = stores[n % 2].clone();
        workers.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            while let Some(job) = claim(&store, &format!("w{n}"), NOW).await {
                let id = job.lease.id().to_owned();
                let done = writes(job.lease.agency(), &format!("{id}-w{n}"));
                store
                    .finish_with(&job.lease, Finished::default(), done)
                    .await
                    .unwrap();
                mine.push((job.lease.agency().to_owned(), id));
            }
            mine
        }));
    }
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    assert_eq!(all.len(), 60);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 60);
    for agency in ["a", "b", "c"] {
        assert_eq!(
            read(&stores[1], agency)
                .await
                .latest_of("done")
                .await
                .unwrap()
                .len(),
            20
        );
    }
}

async fn a_job_waits_for_its_time_and_for_a_worker_that_knows_it(place: &Place) {
    let store = open(place).await;
    let later = NewJob {
        due_at: NOW + 5,
        ..job("later")
    };
    store.enqueue("a", later, NOW).await.unwrap();
    assert_eq!(claim(&store, "w", NOW + 4).await, None);
    assert_eq!(store.claim("w", &["other"], NOW + 9, LEASE).await.unwrap(), None);
    assert_eq!(store.claim("w", &[], NOW + 9, LEASE).await.unwrap(), None);
    let taken = claim(&store, "w", NOW + 5).await.unwrap();
    assert_eq!(
        (taken.attempt, taken.most_attempts, taken.created_at),
        (1, 3, NOW)
    );
    assert_eq!(
        (taken.lease.agency(), taken.lease.id(), taken.lease.worker()),
        ("a", "later", "w")
    );
    assert!(store.claim(" ", &["count"], NOW, LEASE).await.is_err());
}

async fn whoever_asks_for_much_lets_others_through(place: &Place) {
    let store = open(place).await;
    for n in 0..40 {
        store.enqueue("a", job(&format!("j{n:02}")), NOW).await.unwrap();
    }
    let late = NewJob {
        due_at: NOW + 1,
        ..job("late")
    };
    store.enqueue("b", late, NOW).await.unwrap();
    let order = [
        claim(&store, "w1", NOW + 2).await.unwrap(),
        claim(&store, "w2", NOW + 2).await.unwrap(),
        claim(&store, "w3", NOW + 2).await.unwrap(),
    ];
    let order: Vec<_> = order.iter().map(|j| (j.lease.agency(), j.lease.id())).collect();
    assert_eq!(order, [("a", "j00"), ("b", "late"), ("a", "j01")]);
}

async fn a_lease_that_ends_is_taken_by_another_and_the_first_writes_nothing(place: &Place) {
    let store = open(place).await;
    store.enqueue("a", job("j"), NOW).await.unwrap();
    let first = claim(&store, "w1", NOW).await.unwrap();
    assert_eq!(claim(&store, "w2", NOW + LEASE - 1).await, None);
    // A heartbeat lengthens it.
    store
        .heartbeat(&first.lease, None, NOW + LEASE - 1, LEASE)
        .await
        .unwrap();
    assert_eq!(claim(&store, "w2", NOW + LEASE).await, None);
    let second = claim(&store, "w2", NOW + 2 * LEASE).await.unwrap();
    assert_eq!(second.attempt, 2);

    let at = NOW + 2 * LEASE;
    let lease = &first.lease;
    assert!(is_lost(
        store
            .finish_with(lease, Finished::default(), writes("a", "first"))
            .await
    ));
    assert!(is_lost(store.finish(lease, Finished::default(), at).await));
    assert!(is_lost(store.heartbeat(lease, None, at, LEASE).await));
    assert!(is_lost(store.keep(lease, "1", at).await));
    assert!(is_lost(store.fail(lease, "x", None, at).await));
    assert!(is_lost(store.give_back(lease, at).await));
    assert_eq!(read(&store, "a").await.position(), 0);

    let done = writes("a", "second");
    store
        .finish_with(&second.lease, Finished::default(), done.clone())
        .await
        .unwrap();
    assert_eq!(state(&store, "j").await, WorkState::Done);
    // It is done: not twice by the same worker either.
    assert!(is_lost(
        store.finish_with(&second.lease, Finished::default(), done).await
    ));
    assert_eq!(read(&store, "a").await.position(), 1);
}

async fn a_worker_that_comes_late_but_before_everybody_still_has_its_job(place: &Place) {
    let store = open(place).await;
    store.enqueue("a", job("j"), NOW).await.unwrap();
    let taken = claim(&store, "w1", NOW).await.unwrap();
    let late = NOW + 9 * LEASE;
    store.heartbeat(&taken.lease, None, late, LEASE).await.unwrap();
    assert_eq!(claim(&store, "w2", late).await, None);
    store
        .finish(&taken.lease, Finished::default(), late)
        .await
        .unwrap();
    assert_eq!(state(&store, "j").await, WorkState::Done);
}

async fn a_commit_that_is_refused_leaves_its_job_unfinished(place: &Place) {
    let store = open(place).await;
    store.commit(writes("a", "there")).await.unwrap();
    store.enqueue("a", job("j"), NOW).await.unwrap();
    let taken = claim(&store, "w", NOW).await.unwrap();
    let refused = store
        .finish_with(&taken.lease, Finished::default(), writes("a", "there"))
        .await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    assert_eq!(state(&store, "j").await, WorkState::Running);
    let elsewhere = store
        .finish_with(&taken.lease, Finished::default(), writes("b", "x"))
        .await;
    assert!(
        matches!(elsewhere, Err(StoreError::Incomplete { .. })),
        "{elsewhere:?}"
    );
    assert_eq!(state(&store, "j").await, WorkState::Running);
    assert_eq!(read(&store, "b").await.position(), 0);
}

async fn what_follows_from_a_commit_is_there_with_it_or_not_at_all(place: &Place) {
    let store = open(place).await;
    let mut asks = writes("a", "r");
    asks.jobs = vec![job("j1"), job("j2"), keyed("j3", "k"), keyed("j4", "k")];
    store.commit(asks.clone()).await.unwrap();
    let ids = |jobs: Vec<store::JobRecord>| jobs.into_iter().map(|j| j.id).collect::<Vec<_>>();
    assert_eq!(ids(store.jobs("a", 9).await.unwrap()), ["j1", "j2", "j3"]);
    assert_eq!(ids(store.jobs("a", 2).await.unwrap()), ["j1", "j2"]);
    assert_eq!(ids(store.jobs("b", 9).await.unwrap()), [""; 0]);
    // Refused, since the row is there: no job either.
    asks.jobs = vec![job("j5")];
    assert!(store.commit(asks.clone()).await.is_err());
    asks.rows = vec![row("done", "r2", 0, json!({}))];
    asks.jobs = vec![NewJob {
        most_attempts: 0,
        ..job("j6")
    }];
    assert!(matches!(
        store.commit(asks).await,
        Err(StoreError::Incomplete { .. })
    ));
    assert_eq!(store.jobs("a", 9).await.unwrap().len(), 3);
    assert_eq!(read(&store, "a").await.position(), 1);
}

async fn a_job_goes_on_where_the_one_before_it_stopped(place: &Place) {
    let store = open(place).await;
    store.enqueue("a", job("j"), NOW).await.unwrap();
    let first = claim(&store, "w1", NOW).await.unwrap();
    assert_eq!(first.kept, "");
    let mut half = writes("a", "half");
    half.step = Some(Step {
        lease: first.lease.clone(),
        then: Then::GoOn { kept: "1".into() },
    });
    store.commit(half).await.unwrap();
    let second = claim(&store, "w2", NOW + LEASE).await.unwrap();
    assert_eq!((second.kept.as_str(), second.attempt), ("1", 2));
    store.keep(&second.lease, "2", NOW + LEASE).await.unwrap();
    let mut late = commit("a", vec![row("done", "half", 1, json!({}))]);
    late.step = Some(Step {
        lease: first.lease,
        then: Then::GoOn { kept: "0".into() },
    });
    assert!(is_lost(store.commit(late).await));
    let third = claim(&store, "w3", NOW + 2 * LEASE).await.unwrap();
    assert_eq!(third.kept, "2");
}

async fn progress_is_read_from_the_table(place: &Place) {
    let store = open(place).await;
    store.enqueue("a", keyed("j", "k"), NOW).await.unwrap();
    let taken = claim(&store, "w", NOW + 1).await.unwrap();
    let far = JobProgress {
        done: 3,
        total: 10,
        words: "寫入第 3 列".into(),
    };
    store
        .heartbeat(&taken.lease, Some(&far), NOW + 2, LEASE)
        .await
        .unwrap();
    // A heartbeat without a word takes none back.
    store.heartbeat(&taken.lease, None, NOW + 3, LEASE).await.unwrap();
    let stands = store.job_status("a", "j").await.unwrap().unwrap();
    assert_eq!(stands.progress, far);
    assert_eq!(
        (stands.state, stands.attempts, stands.most_attempts),
        (WorkState::Running, 1, 3)
    );
    assert_eq!(
        (stands.worker.as_str(), stands.heartbeat, stands.due_at),
        ("w", NOW + 3, NOW + 3 + LEASE)
    );
    assert_eq!((stands.kind.as_str(), stands.key.as_str()), ("count", "k"));
    assert_eq!((stands.actor.as_str(), stands.payload.as_str()), ("wang", "{}"));
    assert_eq!(
        (stands.created_at, stands.finished_at, stands.output_len),
        (NOW, 0, 0)
    );
    assert_eq!(store.job_status("b", "j").await.unwrap(), None);
}

async fn failures_wait_longer_and_longer_and_end_in_a_dead_letter(place: &Place) {
    let store = open(place).await;
    let backoff = Backoff {
        first: 10 * SECOND,
        most: 15 * SECOND,
    };
    store.enqueue("a", job("j"), NOW).await.unwrap();
    let mut now = NOW;
    let mut waits = Vec::new();
    for attempt in 1..=3 {
        let taken = claim(&store, "w", now).await.unwrap();
        assert_eq!(taken.attempt, attempt);
        store
            .fail(&taken.lease, "磁碟\0滿了", Some(backoff), now)
            .await
            .unwrap();
        let stands = store.job_status("a", "j").await.unwrap().unwrap();
        assert_eq!(stands.error, "磁碟\u{fffd}滿了");
        if attempt < 3 {
            assert_eq!(stands.state, WorkState::Queued);
            waits.push(stands.due_at - now);
            assert_eq!(claim(&store, "w", stands.due_at - 1).await, None);
            now = stands.due_at;
        } else {
            assert_eq!((stands.state, stands.finished_at), (WorkState::Dead, now));
        }
    }
    assert!((5 * SECOND..=10 * SECOND).contains(&waits[0]), "{waits:?}");
    assert!((7 * SECOND..=15 * SECOND).contains(&waits[1]), "{waits:?}");
    assert_eq!(claim(&store, "w", i64::MAX / 2).await, None);
    let dead = store.dead_letters("a", 9).await.unwrap();
    assert_eq!(dead.iter().map(|j| j.id.as_str()).collect::<Vec<_>>(), ["j"]);
    assert_eq!(store.dead_letters("b", 9).await.unwrap(), []);

    assert!(!store.requeue("b", "j", now).await.unwrap());
    assert!(store.requeue("a", "j", now + 1).await.unwrap());
    assert!(!store.requeue("a", "j", now + 1).await.unwrap());
    assert_eq!(store.dead_letters("a", 9).await.unwrap(), []);
    let again = claim(&store, "w", now + 1).await.unwrap();
    assert_eq!(again.attempt, 1);
    // What is of no use to try again is given up at once.
    store
        .fail(&again.lease, "沒有這份檔案", None, now + 2)
        .await
        .unwrap();
    assert_eq!(state(&store, "j").await, WorkState::Dead);
}

async fn a_job_whose_workers_vanish_is_given_up_in_the_end(place: &Place) {
    let store = open(place).await;
    store.enqueue("a", job("j"), NOW).await.unwrap();
    store
        .enqueue(
            "a",
            NewJob {
                due_at: NOW + 10 * LEASE,
                ..job("next")
            },
            NOW,
        )
        .await
        .unwrap();
    for n in 0..3 {
        assert_eq!(claim(&store, "w", NOW + n * LEASE).await.unwrap().lease.id(), "j");
    }
    // Not before the last one is given up for dead; and then the next job is taken instead.
    assert_eq!(claim(&store, "w", NOW + 3 * LEASE - 1).await, None);
    assert_eq!(state(&store, "j").await, WorkState::Running);
    assert_eq!(
        claim(&store, "w", NOW + 10 * LEASE).await.unwrap().lease.id(),
        "next"
    );
    let stands = store.job_status("a", "j").await.unwrap().unwrap();
    assert_eq!(
        (stands.state, stands.finished_at),
        (WorkState::Dead, NOW + 10 * LEASE)
    );
    assert!(stands.error.contains("中斷"), "{}", stands.error);
}

async fn a_job_given_back_costs_no_attempt(place: &Place) {
    let store = open(place).await;
    store.enqueue("a", job("j"), NOW).await.unwrap();
    for n in 0..9 {
        let taken = claim(&store, "w", NOW + n).await.unwrap();
        assert_eq!(taken.attempt, 1);
        store.give_back(&taken.lease, NOW + n).await.unwrap();
        assert!(is_lost(
            store.finish(&taken.lease, Finished::default(), NOW + n).await
        ));
    }
}

async fn of_unfinished_jobs_of_a_key_there_is_one(place: &Place) {
    let store = open(place).await;
    let ask = |id: &'static str, again: bool, due_at: i64| {
        let wanted = NewJob {
            again,
            due_at,
            ..keyed(id, "k")
        };
        let store = store.clone();
        async move {
            let enqueued = store.enqueue("a", wanted, NOW).await.unwrap();
            (enqueued.id, enqueued.fresh)
        }
    };
    assert_eq!(ask("j1", false, NOW + 100).await, ("j1".into(), true));
    assert_eq!(ask("j2", true, NOW + 50).await, ("j1".into(), false));
    assert_eq!(ask("j2", true, NOW + 70).await, ("j1".into(), false));
    assert_eq!(
        store.job_status("a", "j1").await.unwrap().unwrap().due_at,
        NOW + 50
    );
    // The same job twice is one; another agency and another kind are others.
    assert_eq!(ask("j1", false, NOW + 100).await, ("j1".into(), false));
    assert!(store.enqueue("b", keyed("j1", "k"), NOW).await.unwrap().fresh);
    let kind = NewJob {
        kind: "other".into(),
        ..keyed("j3", "k")
    };
    assert!(store.enqueue("a", kind, NOW).await.unwrap().fresh);

    // While it runs: asked for again, it is done once more; else this run will do.
    let taken = store
        .claim("w", &["count"], NOW + 60, LEASE)
        .await
        .unwrap()
        .unwrap();
    let other = store
        .claim("w", &["count"], NOW + 60, LEASE)
        .await
        .unwrap()
        .unwrap();
    let mut of = [taken, other];
    of.sort_by(|x, y| x.lease.agency().cmp(y.lease.agency()));
    assert_eq!(ask("j4", false, NOW + 60).await, ("j1".into(), false));
    let [in_a, in_b] = of;
    store
        .finish(&in_b.lease, Finished::default(), NOW + 61)
        .await
        .unwrap();
    assert_eq!(ask("j5", true, NOW + 60).await, ("j1".into(), false));
    store
        .finish(&in_a.lease, Finished::default(), NOW + 62)
        .await
        .unwrap();
    assert_eq!(state(&store, "j1").await, WorkState::Queued);
    let more = claim(&store, "w", NOW + 62).await.unwrap();
    assert_eq!((more.lease.id(), more.attempt), ("j1", 1));
    assert!(is_lost(
        store.finish(&in_a.lease, Finished::default(), NOW + 62).await
    ));
    store
        .finish(&more.lease, Finished::default(), NOW + 63)
        .await
        .unwrap();
    assert_eq!(state(&store, "j1").await, WorkState::Done);
    // It is finished: the next one is a job of its own.
    assert_eq!(ask("j6", false, NOW).await, ("j6".into(), true));
}

async fn a_job_asked_for_again_while_it_failed_for_good_is_a_new_request(place: &Place) {
    let store = open(place).await;
    store.enqueue("a", keyed("j1", "k"), NOW).await.unwrap();
    let taken = claim(&store, "w", NOW).await.unwrap();
    let again = NewJob {
        again: true,
        ..keyed("j2", "k")
    };
    store.enqueue("a", again, NOW).await.unwrap();
    store.fail(&taken.lease, "不成", None, NOW).await.unwrap();
    let taken = claim(&store, "w", NOW).await.unwrap();
    assert_eq!((taken.lease.id(), taken.attempt), ("j1", 1));
    store.fail(&taken.lease, "不成", None, NOW).await.unwrap();
    assert_eq!(state(&store, "j1").await, WorkState::Dead);
    // Another one of its key is under way: it can't be done anew beside it.
    store.enqueue("a", keyed("j3", "k"), NOW).await.unwrap();
    assert!(!store.requeue("a", "j1", NOW).await.unwrap());
}
