//! kill -9 of workers at any moment: every job is done in the end, and none twice.

use super::{is_sound, job, open, open_as, read, writes};
use crate::place::{Place, everywhere};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use store::{Finished, Location, NewJob, OpenMode, StoreError, WorkState};

everywhere!(jobs_of_killed_workers_are_done_by_others_and_none_twice,);

const PLACE: &str = "FAZUN_TEST_WORKER_PLACE";
/// How many jobs, where more are wanted than a test of every day has.
const MANY: &str = "FAZUN_TEST_JOBS";
const LEASE: i64 = 250_000;
/// What a worker says each time before it looks for a job.
const TURN: &str = "turn";
/// How many turns a worker has at most before it is killed.
const TURNS: i64 = 8;

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_micros()).unwrap()
}

/// Not a test of its own: the worker that is killed. Each attempt at a job writes a row of its own
/// name, so that a second one would be seen.
#[tokio::test]
async fn child_that_works_until_it_dies() {
    let Ok(place) = std::env::var(PLACE) else {
        return;
    };
    let store = open_as(&Location::parse(&place).unwrap(), OpenMode::MustExist)
        .await
        .unwrap();
    let worker = format!("w{}", std::process::id());
    println!();
    loop {
        println!("{TURN}");
        let Some(job) = store.claim(&worker, &["count"], now(), LEASE).await.unwrap() else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        let lease = &job.lease;
        // Some jobs take longer than others, and some at first longer than their lease.
        let number: u64 = lease.id().trim_start_matches('j').parse().unwrap();
        let long = if number.is_multiple_of(60) {
            200
        } else {
            number % 4
        };
        tokio::time::sleep(Duration::from_millis(long)).await;
        let done = writes("a", &format!("{}-{worker}-{}", lease.id(), job.attempt));
        match store.finish_with(lease, Finished::default(), done).await {
            Ok(_) | Err(StoreError::LeaseLost { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn spawn(place: &Place) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "jobs::kill::child_that_works_until_it_dies",
            "--nocapture",
        ])
        .env(PLACE, &place.text)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

async fn jobs_of_killed_workers_are_done_by_others_and_none_twice(place: &Place) {
    let many: u32 = std::env::var(MANY).map_or(400, |n| n.parse().unwrap());
    let store = open(place).await;
    let mut asks = writes("a", "first");
    asks.jobs = (0..many)
        .map(|n| NewJob {
            most_attempts: 1_000,
            ..job(&format!("j{n}"))
        })
        .collect();
    store.commit(asks).await.unwrap();
    let mut workers: Vec<Child> = (0..3).map(|_| spawn(place)).collect();
    let started = std::time::Instant::now();
    let mut kills = 0;
    let mut unfinished = many as usize;
    while unfinished > 0 {
        assert!(
            started.elapsed() < Duration::from_mins(20),
            "{unfinished} are left"
        );
        // However long a start and a turn take on this machine, it is while it works that it is killed.
        // The remainders of a clock are as random as a moment needs to be.
        let out = BufReader::new(workers[0].stdout.take().unwrap());
        let mut turns = out.lines().map_while(Result::ok).filter(|line| line == TURN);
        let turn = usize::try_from(now() % TURNS).unwrap();
        assert!(turns.nth(turn).is_some(), "a worker ended");
        let wait = u64::try_from(now() % 20_000).unwrap();
        tokio::time::sleep(Duration::from_micros(wait)).await;
        let mut killed = workers.remove(0);
        // It must have lived until now: a worker that ends by itself has found a defect.
        assert!(killed.try_wait().unwrap().is_none(), "a worker ended");
        killed.kill().unwrap();
        killed.wait().unwrap();
        kills += 1;
        workers.push(spawn(place));
        let jobs = store.jobs("a", many).await.unwrap();
        assert_eq!(jobs.len(), many as usize, "a job was lost");
        unfinished = jobs.iter().filter(|j| j.state != WorkState::Done).count();
    }
    for mut worker in workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for written in read(&store, "a").await.latest_of("done").await.unwrap() {
        let job = written.row.split('-').next().unwrap().to_owned();
        *times.entry(job).or_default() += 1;
    }
    times.remove("first");
    assert_eq!(times.len(), many as usize);
    assert_eq!(times.into_iter().filter(|(_, n)| *n != 1).collect::<Vec<_>>(), []);
    let again = store.jobs("a", many).await.unwrap();
    let again = again.iter().filter(|j| j.attempts > 1).count();
    assert!(again > 0, "{kills} kills interrupted nothing");
    println!("{kills} kills, {again} jobs taken up again");
    assert!(is_sound(&store, &[]).await);
}
