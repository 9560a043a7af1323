//! What somebody at a desk does with jobs: looks for them, calls one off, sees all of them.

use super::{SECOND, claim, job, keyed, open, state};
use crate::place::{Place, everywhere};
use store::{Finished, NewJob, WorkState};

everywhere!(
    a_job_that_waits_is_called_off_and_one_that_runs_is_not,
    the_latest_job_about_a_thing_is_found,
    the_installation_sees_what_stands_still,
);

const NOW: i64 = 1_000 * SECOND;

async fn a_job_that_waits_is_called_off_and_one_that_runs_is_not(place: &Place) {
    let store = open(place).await;
    let with_file = NewJob {
        input: vec![7; 10],
        ..keyed("j", "k")
    };
    store.enqueue("a", with_file, NOW).await.unwrap();
    store.enqueue("b", job("j"), NOW).await.unwrap();
    assert!(!store.cancel("a", "none", "{}", NOW).await.unwrap());
    assert!(
        store
            .cancel("a", "j", "{\"cancelled\":true}", NOW + 5)
            .await
            .unwrap()
    );
    let record = store.job_status("a", "j").await.unwrap().unwrap();
    assert_eq!(
        (record.state, record.finished_at, record.result.as_str()),
        (WorkState::Done, NOW + 5, "{\"cancelled\":true}")
    );
    let mut reading = store.reading("a").await.unwrap();
    assert!(reading.job_input("j").await.unwrap().is_empty());
    drop(reading);
    assert!(!store.cancel("a", "j", "{}", NOW + 6).await.unwrap());
    // Another one of its key may come; the other agency's job is still there.
    assert!(store.enqueue("a", keyed("j2", "k"), NOW).await.unwrap().fresh);
    for agency in ["a", "b"] {
        let taken = claim(&store, "w", NOW).await.unwrap();
        assert_eq!(taken.lease.agency(), agency);
        assert!(!store.cancel(agency, taken.lease.id(), "{}", NOW).await.unwrap());
        store.fail(&taken.lease, "無法讀取", None, NOW).await.unwrap();
    }
    // One that was given up can be put aside; why it was stays, and it is not done any more.
    assert_eq!(state(&store, "j2").await, WorkState::Dead);
    assert!(store.cancel("a", "j2", "{}", NOW + 7).await.unwrap());
    let record = store.job_status("a", "j2").await.unwrap().unwrap();
    assert_eq!(
        (record.state, record.finished_at, record.error.as_str()),
        (WorkState::Done, NOW + 7, "無法讀取")
    );
    assert!(!store.requeue("a", "j2", NOW + 8).await.unwrap());
    assert!(!store.cancel("a", "j2", "{}", NOW + 8).await.unwrap());
    let other = store.job_status("b", "j").await.unwrap().unwrap();
    assert_eq!(other.state, WorkState::Dead);
}

async fn the_latest_job_about_a_thing_is_found(place: &Place) {
    let store = open(place).await;
    for (at, id, key, actor) in [
        (1, "j1", "k", "wang"),
        (2, "j2", "k", "lee"),
        (3, "j3", "other", "wang"),
    ] {
        let asked = NewJob {
            actor: actor.into(),
            ..keyed(id, key)
        };
        store.enqueue("a", asked, NOW + at).await.unwrap();
        let taken = claim(&store, "w", NOW + at).await.unwrap();
        store
            .fail(&taken.lease, "無法讀取", None, NOW + at)
            .await
            .unwrap();
    }
    let mut reading = store.reading("a").await.unwrap();
    let found = reading.job_about("count", "k").await.unwrap().unwrap();
    assert_eq!((found.id.as_str(), found.error.as_str()), ("j2", "無法讀取"));
    assert_eq!(reading.job_about("else", "k").await.unwrap(), None);
    assert_eq!(reading.job_about("count", "none").await.unwrap(), None);
    let mine = reading.jobs_of("wang", 9).await.unwrap();
    let ids: Vec<&str> = mine.iter().map(|j| j.id.as_str()).collect();
    assert_eq!(ids, ["j3", "j1"]);
    assert_eq!(reading.jobs_of("wang", 1).await.unwrap().len(), 1);
    drop(reading);
    let mut other = store.reading("b").await.unwrap();
    assert_eq!(other.job_about("count", "k").await.unwrap(), None);
    assert!(other.jobs_of("wang", 9).await.unwrap().is_empty());
}

async fn the_installation_sees_what_stands_still(place: &Place) {
    let store = open(place).await;
    for (n, agency) in ["a", "b", "c"].into_iter().enumerate() {
        let at = NOW + i64::try_from(n).unwrap();
        store.enqueue(agency, job("j"), at).await.unwrap();
    }
    let taken = claim(&store, "w", NOW).await.unwrap();
    assert_eq!(taken.lease.agency(), "a");
    store.fail(&taken.lease, "無法讀取", None, NOW + 9).await.unwrap();
    let taken = claim(&store, "w", NOW).await.unwrap();
    store
        .finish(&taken.lease, Finished::default(), NOW)
        .await
        .unwrap();
    let all = store.jobs_of_all(false, 9).await.unwrap();
    let seen: Vec<_> = all.iter().map(|j| (j.agency.as_str(), j.state)).collect();
    assert_eq!(seen, [("c", WorkState::Queued), ("a", WorkState::Dead)]);
    let dead = store.jobs_of_all(true, 9).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].error.as_str(), dead[0].attempts), ("無法讀取", 1));
    assert_eq!(dead[0].finished_at, NOW + 9);
    assert_eq!(store.jobs_of_all(false, 1).await.unwrap().len(), 1);
    let called = store.jobs_called("j").await.unwrap();
    let agencies: Vec<&str> = called.iter().map(|j| j.agency.as_str()).collect();
    assert_eq!(agencies, ["a", "b", "c"]);
    assert!(store.jobs_called("none").await.unwrap().is_empty());
}
