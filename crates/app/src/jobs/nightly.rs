//! The night's round: asks for what every agency and the installation need once a day.
//!
//! May be done twice: each job that it asks for has an id of the day, and one is there once. Why
//! a job itself: of any number of processes one asks, and one that dies half-way is followed by
//! another. What it can't know: what the jobs do.

use super::attempt::{Done, Failure};
use super::context::Context;
use super::queue::StoreQueue;
use super::runner::Job;
use serde_json::json;
use store::{INSTALLATION, NewJob, Store};

/// The job.
#[derive(Debug, Clone)]
pub struct Nightly {
    /// Of which database.
    pub store: Store,
    /// By which days are told apart.
    pub clock: crate::Clock,
    /// Kinds that the installation has done each night, with how often they are tried.
    pub of_installation: Vec<(&'static str, u32)>,
    /// Kinds that every agency has done each night.
    pub of_agencies: Vec<(&'static str, u32)>,
}

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Taipei is so far ahead of the clock.
const TAIPEI: i64 = 8 * HOUR;
/// When offices sleep, in Taipei.
const AT: i64 = 2 * HOUR;
/// Over how long the agencies' jobs are spread.
const SPREAD: i64 = 3 * HOUR;
/// Who asks.
const ACTOR: &str = "system";

/// The day in Taipei, counted from 1970.
fn day_of(micros: i64) -> i64 {
    micros.saturating_add(TAIPEI).div_euclid(DAY)
}

/// The round of the night to come: asked for at every start and after every round, and there once.
pub fn next_night(now: i64) -> NewJob {
    let tonight = day_of(now) * DAY - TAIPEI + AT;
    let due_at = if tonight > now { tonight } else { tonight + DAY };
    let id = format!("nightly-{}", day_of(due_at));
    NewJob {
        id,
        kind: Nightly::KIND.to_owned(),
        actor: ACTOR.to_owned(),
        payload: "{}".to_owned(),
        due_at,
        most_attempts: Nightly::ATTEMPTS,
        ..NewJob::default()
    }
}

impl Job<StoreQueue> for Nightly {
    const KIND: &'static str = "nightly";
    const ATTEMPTS: u32 = 20;

    async fn run(&self, context: &Context<StoreQueue>, _payload: &str) -> Result<Done, Failure> {
        let now = (self.clock)();
        let later = |e: store::StoreError| Failure::Later(e.to_string());
        let day = context.id().to_owned();
        let ask = async |agency: &str, job: NewJob| {
            let asked = self.store.enqueue(agency, job, now).await;
            asked.map(|asked| u64::from(asked.fresh)).map_err(later)
        };
        // The next one first: a round that fails for good doesn't end all rounds.
        let mut asked = ask(INSTALLATION, next_night(now)).await?;
        let of_day = |kind: &str, most_attempts: u32, due_at: i64| NewJob {
            id: format!("{day}-{kind}"),
            kind: kind.to_owned(),
            actor: ACTOR.to_owned(),
            payload: "{}".to_owned(),
            due_at,
            most_attempts,
            ..NewJob::default()
        };
        for (kind, most_attempts) in &self.of_installation {
            asked += ask(INSTALLATION, of_day(kind, *most_attempts, now)).await?;
        }
        let heads = self.store.heads().await.map_err(later)?;
        let chains: Vec<String> = heads.into_iter().map(|head| head.agency).collect();
        let total = chains.len() as u64;
        for (n, chain) in chains.iter().enumerate() {
            if chain.starts_with('@') {
                continue;
            }
            if context.is_stopping() {
                return Ok(Done::Stopped);
            }
            let turn = SPREAD / i64::try_from(chains.len().max(1)).unwrap_or(i64::MAX)
                * i64::try_from(n).unwrap_or(0);
            for (kind, most_attempts) in &self.of_agencies {
                let job = of_day(kind, *most_attempts, now.saturating_add(turn));
                asked += ask(chain, job).await?;
            }
            context.progress(n as u64, total, "排入各機關的夜間工作");
        }
        Ok(Done::with(json!({ "asked": asked }).to_string()))
    }
}
