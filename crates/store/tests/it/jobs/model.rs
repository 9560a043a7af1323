//! Whatever order things come in: what the store says is what a few lines of a model say.

use crate::place::Place;

use super::{SECOND, open, read, writes};
use proptest::prelude::*;
use std::collections::BTreeMap;
use store::{Backoff, Finished, Lease, NewJob, StoreError, WorkState};

const LEASE: i64 = 10 * SECOND;
const MOST: u32 = 3;

#[derive(Debug, Clone)]
enum Op {
    Enqueue { agency: bool, key: u8, again: bool },
    Claim { worker: u8 },
    Wait { micros: i64 },
    Heartbeat { of: usize },
    Keep { of: usize },
    Finish { of: usize },
    Fail { of: usize, for_good: bool },
    GiveBack { of: usize },
    Requeue { of: usize },
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        3 => (any::<bool>(), 0..4_u8, any::<bool>()).prop_map(|(agency, key, again)| Op::Enqueue { agency, key, again }),
        6 => (0..3_u8).prop_map(|worker| Op::Claim { worker }),
        4 => prop_oneof![Just(1), Just(SECOND), Just(LEASE), Just(3 * LEASE)].prop_map(|micros| Op::Wait { micros }),
        2 => any::<usize>().prop_map(|of| Op::Heartbeat { of }),
        1 => any::<usize>().prop_map(|of| Op::Keep { of }),
        4 => any::<usize>().prop_map(|of| Op::Finish { of }),
        2 => (any::<usize>(), any::<bool>()).prop_map(|(of, for_good)| Op::Fail { of, for_good }),
        1 => any::<usize>().prop_map(|of| Op::GiveBack { of }),
        1 => any::<usize>().prop_map(|of| Op::Requeue { of }),
    ]
}

/// A job as the model has it.
#[derive(Debug, Clone)]
struct Stands {
    key: String,
    state: WorkState,
    attempts: u32,
    due_at: i64,
    again: bool,
    kept: bool,
    /// Which of the leases that were given out is the one that counts.
    holder: Option<usize>,
}

impl Stands {
    fn open(&self) -> bool {
        matches!(self.state, WorkState::Queued | WorkState::Running)
    }

    fn may_be_taken(&self, now: i64) -> bool {
        self.open() && self.due_at <= now && !self.is_spent()
    }

    /// Its workers vanished as often as they may.
    fn is_spent(&self) -> bool {
        self.state == WorkState::Running && self.attempts >= MOST
    }

    /// Finished, or asked for once more.
    fn end(&mut self, state: WorkState, now: i64) {
        self.holder = None;
        self.kept = false;
        self.due_at = now;
        if self.again {
            (self.state, self.attempts, self.again) = (WorkState::Queued, 0, false);
        } else {
            self.state = state;
        }
    }
}

type Jobs = BTreeMap<(String, String), Stands>;

/// What a worker was told: heard where it holds the job still.
fn heard(said: &Result<(), StoreError>, holds: bool) {
    match said {
        Ok(()) => assert!(holds, "somebody was heard who holds nothing"),
        Err(StoreError::LeaseLost { .. }) => assert!(!holds, "a holder was not heard"),
        other => panic!("{other:?}"),
    }
}

async fn run(ops: Vec<Op>, place: &Place) {
    let stores = [open(place).await, open(place).await];
    let mut jobs = Jobs::new();
    let mut leases: Vec<Lease> = Vec::new();
    let (mut now, mut written) = (SECOND, 0);
    let backoff = Backoff {
        first: SECOND,
        most: 5 * SECOND,
    };
    for (n, op) in ops.into_iter().enumerate() {
        let store = &stores[n % 2];
        // Whose word it is: of any lease that was ever given out.
        let said = |of: usize| (!leases.is_empty()).then(|| of % leases.len());
        match op {
            Op::Wait { micros } => now += micros,
            Op::Enqueue { agency, key, again } => {
                let (agency, id, key) = (if agency { "a" } else { "b" }, format!("j{n}"), format!("k{key}"));
                let asked = NewJob {
                    id: id.clone(),
                    kind: "count".into(),
                    key: key.clone(),
                    again,
                    most_attempts: MOST,
                    due_at: now,
                    ..NewJob::default()
                };
                let enqueued = store.enqueue(agency, asked, now).await.unwrap();
                let there = jobs
                    .iter_mut()
                    .find(|((a, _), j)| a == agency && j.key == key && j.open());
                if let Some(((_, there), stands)) = there {
                    assert_eq!((&enqueued.id, enqueued.fresh), (there, false));
                    if again && (stands.attempts > 0 || stands.kept) {
                        stands.again = true;
                    }
                    if stands.state == WorkState::Queued && stands.attempts == 0 {
                        stands.due_at = stands.due_at.min(now);
                    }
                } else {
                    assert_eq!((&enqueued.id, enqueued.fresh), (&id, true));
                    let stands = Stands {
                        key,
                        state: WorkState::Queued,
                        attempts: 0,
                        due_at: now,
                        again: false,
                        kept: false,
                        holder: None,
                    };
                    jobs.insert((agency.to_owned(), id), stands);
                }
            }
            Op::Claim { worker } => {
                let taken = store
                    .claim(&format!("w{worker}"), &["count"], now, LEASE)
                    .await
                    .unwrap();
                // Those that are spent may have been met on the way.
                for ((agency, id), stands) in &mut jobs {
                    let there = store.job_status(agency, id).await.unwrap().unwrap();
                    if there.state == WorkState::Dead && stands.state != WorkState::Dead {
                        assert!(stands.is_spent() && stands.due_at <= now, "{id} was given up");
                        (stands.state, stands.holder, stands.due_at) = (WorkState::Dead, None, there.due_at);
                    }
                }
                let Some(taken) = taken else {
                    assert!(!jobs.values().any(|j| j.may_be_taken(now)), "a job was passed by");
                    continue;
                };
                let of = (taken.lease.agency().to_owned(), taken.lease.id().to_owned());
                let stands = jobs.get_mut(&of).unwrap();
                assert!(stands.may_be_taken(now), "{of:?} was taken");
                stands.state = WorkState::Running;
                stands.attempts += 1;
                stands.due_at = now + LEASE;
                stands.holder = Some(leases.len());
                assert_eq!(
                    (taken.attempt, taken.kept.is_empty()),
                    (stands.attempts, !stands.kept)
                );
                leases.push(taken.lease);
            }
            Op::Requeue { of } => {
                let Some(((agency, id), _)) = jobs.iter().nth(of % jobs.len().max(1)) else {
                    continue;
                };
                let (agency, id) = (agency.clone(), id.clone());
                let key = jobs[&(agency.clone(), id.clone())].key.clone();
                let beside = jobs
                    .iter()
                    .any(|((a, _), j)| *a == agency && j.key == key && j.open());
                let stands = jobs.get_mut(&(agency.clone(), id.clone())).unwrap();
                let can = stands.state == WorkState::Dead && !beside;
                assert_eq!(store.requeue(&agency, &id, now).await.unwrap(), can);
                if can {
                    (stands.state, stands.attempts, stands.due_at) = (WorkState::Queued, 0, now);
                }
            }
            Op::Heartbeat { of }
            | Op::Keep { of }
            | Op::Finish { of }
            | Op::Fail { of, .. }
            | Op::GiveBack { of } => {
                let Some(nth) = said(of) else {
                    continue;
                };
                let lease = &leases[nth];
                let of = (lease.agency().to_owned(), lease.id().to_owned());
                let stands = jobs.get_mut(&of).unwrap();
                let holds = stands.holder == Some(nth);
                let answer = match op {
                    Op::Heartbeat { .. } => store.heartbeat(lease, None, now, LEASE).await,
                    Op::Keep { .. } => store.keep(lease, "{}", now).await,
                    Op::Fail { for_good, .. } => {
                        store.fail(lease, "x", (!for_good).then_some(backoff), now).await
                    }
                    Op::GiveBack { .. } => store.give_back(lease, now).await,
                    _ => {
                        let row = writes(&of.0, &format!("{}-{n}", of.1));
                        store
                            .finish_with(lease, Finished::default(), row)
                            .await
                            .map(|_| ())
                    }
                };
                heard(&answer, holds);
                if !holds {
                    continue;
                }
                match op {
                    Op::Heartbeat { .. } => stands.due_at = now + LEASE,
                    Op::Keep { .. } => stands.kept = true,
                    Op::Fail { for_good: false, .. } if stands.attempts < MOST => {
                        stands.state = WorkState::Queued;
                        stands.holder = None;
                        let there = store.job_status(&of.0, &of.1).await.unwrap().unwrap();
                        assert!((now + SECOND / 2..=now + 5 * SECOND).contains(&there.due_at));
                        stands.due_at = there.due_at;
                    }
                    Op::Fail { .. } => stands.end(WorkState::Dead, now),
                    Op::GiveBack { .. } => {
                        stands.state = WorkState::Queued;
                        (stands.attempts, stands.holder, stands.due_at) = (stands.attempts - 1, None, now);
                    }
                    _ => {
                        written += 1;
                        // A commit has a time of its own.
                        let there = store.job_status(&of.0, &of.1).await.unwrap().unwrap();
                        stands.end(WorkState::Done, there.due_at);
                    }
                }
            }
        }
    }
    let mut rows = 0;
    for agency in ["a", "b"] {
        rows += read(&stores[0], agency)
            .await
            .latest_of("done")
            .await
            .unwrap()
            .len();
    }
    assert_eq!(rows, written);
    for ((agency, id), stands) in &jobs {
        let there = stores[1].job_status(agency, id).await.unwrap().unwrap();
        assert_eq!(
            (there.state, there.attempts, there.due_at),
            (stands.state, stands.attempts, stands.due_at),
            "{id}"
        );
    }
    for store in stores {
        store.close().await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_order_ends_as_the_model_says(ops in prop::collection::vec(op(), 1..50)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(ops, &Place::sqlite()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn every_order_ends_so_on_postgres_too(ops in prop::collection::vec(op(), 1..50)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            if let Some(place) = Place::postgres(0).await {
                run(ops, &place).await;
                place.gone().await;
            }
        });
    }
}
