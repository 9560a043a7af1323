//! The jobs that need nothing but a database.

use super::super::*;
use super::Told;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use store::{AnyForms, Commit, INSTALLATION, NewRow, OpenMode, Store, WorkState};
use tokio::time::{sleep, timeout};

/// 2026-11-29 23:00 in Taipei.
const LATE: i64 = 1_795_964_400_000_000;

fn late() -> i64 {
    LATE
}

/// Nine hours later: all of the night's jobs are due.
fn night() -> i64 {
    LATE + 9 * 3_600_000_000
}

pub(super) async fn filled(dir: &std::path::Path) -> Store {
    let store = Store::open(dir, OpenMode::Create, Arc::new(AnyForms))
        .await
        .unwrap();
    for agency in ["a", "b"] {
        let rows = (0..3).map(|n| NewRow {
            register: "system".into(),
            row: format!("s{n}"),
            expected_version: 0,
            body: json!({"name": format!("系統{n}")}),
        });
        let commit = Commit {
            actor: "wang".into(),
            at_micros: LATE,
            action: "create".into(),
            agency: agency.into(),
            rows: rows.collect(),
            ..Commit::default()
        };
        store.commit(commit).await.unwrap();
    }
    store
}

fn quick() -> Settings {
    Settings {
        idle: Duration::from_millis(20),
        ..Settings::of("w")
    }
}

fn worker(store: &Store, outside: &Folder) -> Runner<StoreQueue> {
    let queue = Arc::new(StoreQueue::new(store.clone(), night));
    let (store, clock, outside) = (store.clone(), night as crate::Clock, outside.clone());
    Runner::new(queue, quick(), Arc::new(|what: &str| panic!("{what}")))
        .with(Nightly {
            store: store.clone(),
            clock,
            of_installation: vec![(Verify::KIND, 3), (Checkpoint::KIND, 3), (CleanUp::KIND, 3)],
            of_agencies: vec![(CleanUp::KIND, 3), (DeriveAnew::KIND, 3)],
        })
        .with(CleanUp {
            store: store.clone(),
            clock,
        })
        .with(DeriveAnew { store: store.clone() })
        .with(Checkpoint {
            store: store.clone(),
            clock,
            outside: outside.clone(),
            mail_to: None,
            stamped: false,
        })
        .with(Verify {
            store,
            clock,
            outside: Some(outside),
        })
}

#[tokio::test]
async fn a_night_asks_for_everything_once_and_all_of_it_is_done() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path()).await;
    // Two processes start, and both ask for the night to come.
    assert!(
        store
            .enqueue(INSTALLATION, next_night(late()), late())
            .await
            .unwrap()
            .fresh
    );
    assert!(
        !store
            .enqueue(INSTALLATION, next_night(late()), late())
            .await
            .unwrap()
            .fresh
    );
    assert_eq!(store.claim("w", &[Nightly::KIND], late(), 1).await.unwrap(), None);

    let outside = Folder::new(dir.path().join("kept"));
    assert_eq!(outside.latest().unwrap(), []);
    let runner = worker(&store, &outside);
    let all_done = async {
        let due = |counts: &[store::WorkCount]| {
            counts
                .iter()
                .filter(|c| {
                    c.state == WorkState::Running || c.state != WorkState::Done && c.due_at <= night()
                })
                .count()
        };
        while due(&store.work_counts().await.unwrap()) > 0 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_mins(1), runner.run(all_done))
        .await
        .unwrap();

    let states = async |agency: &str| {
        let jobs = store.jobs(agency, 99).await.unwrap();
        let mut all: Vec<_> = jobs
            .into_iter()
            .map(|j| (j.id, j.state.word(), j.attempts))
            .collect();
        all.sort();
        all
    };
    let day = "nightly-20787";
    assert_eq!(
        states(INSTALLATION).await,
        [
            (day.to_owned(), "done", 1),
            (format!("{day}-checkpoint"), "done", 1),
            (format!("{day}-clean-up"), "done", 1),
            (format!("{day}-verify"), "done", 1),
            ("nightly-20788".to_owned(), "queued", 0),
        ]
    );
    for agency in ["a", "b"] {
        let jobs = states(agency).await;
        assert_eq!(jobs.len(), 2, "{jobs:?}");
        assert_eq!(jobs[0].0, format!("{day}-clean-up"));
        assert_eq!(jobs[1].0, format!("{day}-derive-anew"));
    }
    let kept: Vec<_> = outside
        .latest()
        .unwrap()
        .into_iter()
        .map(|h| (h.agency, h.seq))
        .collect();
    assert_eq!(kept, [("a".to_owned(), 3), ("b".to_owned(), 3)]);
    let made = store
        .job_status(INSTALLATION, &format!("{day}-checkpoint"))
        .await
        .unwrap();
    assert!(made.unwrap().result.contains("fazun-checkpoint-v2 "));
    let checked = store
        .job_status(INSTALLATION, &format!("{day}-verify"))
        .await
        .unwrap();
    let checked: Value = serde_json::from_str(&checked.unwrap().result).unwrap();
    assert_eq!(checked["entries"], 6);
    assert!(store.verify(&[]).await.unwrap().is_sound());
}

#[test]
fn the_night_to_come_is_the_next_two_o_clock_in_taipei() {
    let hour = 3_600_000_000;
    let first = next_night(LATE);
    assert_eq!(first.due_at, LATE + 3 * hour);
    // After midnight it is the same night, at two o'clock the next one.
    assert_eq!(next_night(LATE + 2 * hour), first);
    assert_eq!(next_night(first.due_at - 1), first);
    let second = next_night(first.due_at);
    assert_eq!(second.due_at, first.due_at + 24 * hour);
    assert_ne!(second.id, first.id);
    assert!(next_night(-5).due_at > -5);
}

/// Asks for one job of the installation, and works until the database is trusted no more.
async fn until_distrusted<J: Job<StoreQueue>>(store: &Store, job: J) -> Vec<String> {
    let asked = store::NewJob {
        id: "j".into(),
        kind: J::KIND.into(),
        most_attempts: 9,
        ..store::NewJob::default()
    };
    store.enqueue(INSTALLATION, asked, night()).await.unwrap();
    let told = Told::default();
    let report = {
        let told = Arc::clone(&told);
        Arc::new(move |what: &str| told.lock().unwrap().push(what.to_owned()))
    };
    let distrusted = async {
        while store.distrusted().is_none() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let queue = Arc::new(StoreQueue::new(store.clone(), night));
    let running = Runner::new(queue, quick(), report).with(job).run(distrusted);
    timeout(Duration::from_mins(1), running).await.unwrap();
    let told = told.lock().unwrap();
    told.clone()
}

#[tokio::test]
async fn a_database_that_was_exchanged_is_written_to_no_more_and_vouched_for_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let outside = Folder::new(dir.path().join("kept"));
    let other = ledger::Head {
        agency: "a".into(),
        seq: 2,
        hash: [7; 32],
    };
    outside.put(LATE, vec![other.clone()]).unwrap();
    for verify in [true, false] {
        let store = filled(&dir.path().join(verify.to_string())).await;
        let told = if verify {
            let outside = Some(outside.clone());
            until_distrusted(
                &store,
                Verify {
                    store: store.clone(),
                    clock: night,
                    outside,
                },
            )
            .await
        } else {
            let outside = outside.clone();
            let (clock, store_of) = (night as crate::Clock, store.clone());
            until_distrusted(
                &store,
                Checkpoint {
                    store: store_of,
                    clock,
                    outside,
                    mail_to: None,
                    stamped: false,
                },
            )
            .await
        };
        assert!(told.iter().any(|line| line.contains("已停止寫入")), "{told:?}");
        let commit = Commit {
            actor: "wang".into(),
            action: "create".into(),
            agency: "a".into(),
            rows: vec![NewRow {
                register: "system".into(),
                row: "late".into(),
                expected_version: 0,
                body: json!({}),
            }],
            ..Commit::default()
        };
        assert!(store.commit(commit).await.is_err());
    }
    assert_eq!(outside.latest().unwrap(), [other]);
}

#[tokio::test]
async fn what_was_kept_is_compared_entry_by_entry() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(&dir.path().join("data")).await;
    let heads = store.heads().await.unwrap();
    assert_eq!(differs(&store, &heads).await.unwrap(), None);
    assert_eq!(differs(&store, &[]).await.unwrap(), None);
    let mut ahead = heads.clone();
    ahead[1].seq = 4;
    let told = differs(&store, &ahead).await.unwrap().unwrap();
    assert!(told.contains("b 的帳本第 4 筆"), "{told}");
    let mut forged = heads;
    forged[0].hash = [0; 32];
    assert!(differs(&store, &forged).await.unwrap().is_some());
}

#[test]
fn the_latest_checkpoint_counts_and_a_spoilt_one_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let outside = Folder::new(dir.path().join("deep/kept"));
    let head = |seq| ledger::Head {
        agency: "a".into(),
        seq,
        hash: [7; 32],
    };
    for (at, seq) in [(9, 1), (1_000, 3), (200, 2)] {
        let line = outside.put(at, vec![head(seq)]).unwrap().checkpoint.to_string();
        assert!(
            line.starts_with(&format!("fazun-checkpoint-v2 {at} 1 ")),
            "{line}"
        );
    }
    assert_eq!(outside.latest().unwrap(), [head(3)]);
    std::fs::write(dir.path().join("deep/kept/notes.txt"), "zzz").unwrap();
    assert_eq!(outside.latest().unwrap(), [head(3)]);
    std::fs::write(dir.path().join("deep/kept/00000000000000009999.checkpoint"), "x").unwrap();
    assert!(outside.latest().unwrap_err().contains("9999.checkpoint"));
    assert!(outside.put(1, vec![head(1), head(2)]).is_err());
    let file = Folder::new(dir.path().join("deep/kept/notes.txt"));
    assert!(file.put(1, vec![]).unwrap_err().contains("notes.txt"));
    assert!(file.latest().is_err());
}
