//! Does what waits: takes a job, says that it lives while the job runs, and tells how it ended.
//!
//! Why against a trait: when a job is taken, given up, tried again or given back is decided here,
//! and tested without a database. Why a job that lost its lease is dropped at once: somebody else
//! is at it. What it can't know: what the jobs do; and a job that never waits for anything is
//! neither stopped nor kept alive: long computations belong on threads for them.

use super::attempt::{Done, Failure, Queue, Taken, Trouble};
use super::context::{Context, Shared};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// One kind of job.
pub trait Job<Q: Queue>: Send + Sync + 'static {
    /// By which it is asked for; never changed once released.
    const KIND: &'static str;
    /// How often it is tried.
    const ATTEMPTS: u32;

    /// Does it. It may be dropped wherever it waits, and done from its beginning again.
    fn run(&self, context: &Context<Q>, payload: &str) -> impl Future<Output = Result<Done, Failure>> + Send;
}

type Ran<'a> = Pin<Box<dyn Future<Output = Result<Done, Failure>> + Send + 'a>>;

/// A [`Job`] of whatever kind.
trait AnyJob<Q: Queue>: Send + Sync {
    fn run<'a>(&'a self, context: &'a Context<Q>, payload: &'a str) -> Ran<'a>;
}

impl<Q: Queue, J: Job<Q>> AnyJob<Q> for J {
    fn run<'a>(&'a self, context: &'a Context<Q>, payload: &'a str) -> Ran<'a> {
        Box::pin(Job::run(self, context, payload))
    }
}

/// How a worker works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// By which it is known among all workers: no two at once have the same.
    pub worker: String,
    /// How many jobs it does at once.
    pub at_once: usize,
    /// For how long a job is its own after a sign of life; three signs are given in that time.
    pub lease: Duration,
    /// How often it says how far a job is, where that has changed.
    pub tell: Duration,
    /// How long it waits where there is nothing to do.
    pub idle: Duration,
    /// How long jobs may go on once it is told to stop.
    pub grace: Duration,
}

impl Settings {
    /// What suits a server: one job at a time beside the requests.
    pub fn of(worker: impl Into<String>) -> Self {
        Self {
            worker: worker.into(),
            at_once: 1,
            lease: Duration::from_mins(1),
            tell: Duration::from_secs(1),
            idle: Duration::from_secs(2),
            grace: Duration::from_secs(20),
        }
    }
}

/// Told what goes wrong with the queue itself, for the log.
pub type Report = Arc<dyn Fn(&str) + Send + Sync>;

/// A worker and the kinds of jobs that it knows.
pub struct Runner<Q: Queue> {
    queue: Arc<Q>,
    settings: Settings,
    jobs: BTreeMap<&'static str, Arc<dyn AnyJob<Q>>>,
    wake: Arc<Notify>,
    report: Report,
}

impl<Q: Queue> std::fmt::Debug for Runner<Q> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner")
            .field("settings", &self.settings)
            .field("kinds", &self.jobs.keys())
            .finish_non_exhaustive()
    }
}

impl<Q: Queue> Runner<Q> {
    /// A worker that knows no job yet.
    pub fn new(queue: Arc<Q>, settings: Settings, report: Report) -> Self {
        Self {
            queue,
            settings,
            jobs: BTreeMap::new(),
            wake: Arc::default(),
            report,
        }
    }

    /// Knows one more kind of job.
    #[must_use]
    pub fn with<J: Job<Q>>(mut self, job: J) -> Self {
        self.jobs.insert(J::KIND, Arc::new(job));
        self
    }

    /// Listens to a bell that is there already.
    #[must_use]
    pub fn with_bell(mut self, bell: Arc<Notify>) -> Self {
        self.wake = bell;
        self
    }

    /// What is rung when a job was asked for in this process: it need not wait.
    pub fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// The kinds that it knows.
    pub fn kinds(&self) -> Vec<&'static str> {
        self.jobs.keys().copied().collect()
    }

    /// Works until `stop` ends; then lets its jobs end, and gives back those that don't in time.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (say_stop, stopping) = watch::channel(false);
        let runner = Arc::new(self);
        let mut slots = JoinSet::new();
        for _ in 0..runner.settings.at_once.max(1) {
            slots.spawn(Arc::clone(&runner).slot(stopping.clone()));
        }
        stop.await;
        let _ = say_stop.send(true);
        while slots.join_next().await.is_some() {}
    }

    async fn slot(self: Arc<Self>, mut stopping: watch::Receiver<bool>) {
        let kinds = self.kinds();
        let mut failures = 0;
        while !*stopping.borrow() {
            let claimed = self
                .queue
                .claim(&self.settings.worker, &kinds, self.settings.lease)
                .await;
            match claimed {
                Ok(Some(taken)) => {
                    failures = 0;
                    self.work(taken, stopping.clone()).await;
                    continue;
                }
                Ok(None) | Err(Trouble::Lost) => failures = 0,
                Err(Trouble::Failed(error)) => {
                    failures += 1;
                    (self.report)(&format!("尋找工作失敗：{error}"));
                }
            }
            // A database that is away is asked seldom, and its log not filled.
            let doublings = 1_u32 << u32::min(failures, 6).saturating_sub(1);
            let wait = self.settings.idle.saturating_mul(doublings);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.wake.notified() => {}
                _ = stopping.wait_for(|stop| *stop) => {}
            }
        }
    }

    /// Does one job, and tells how it ended.
    async fn work(&self, taken: Taken<Q::Lease>, stopping: watch::Receiver<bool>) {
        let lease = taken.lease.clone();
        let name = format!("{}（{}，{}）", taken.id, taken.kind, taken.agency);
        let said = match self.ended(taken, stopping).await {
            End::Lost | End::Ended(Ok(Done::Written)) => Ok(()),
            End::Ended(Ok(Done::Result { result, output })) => {
                self.queue.finish(&lease, result, output).await
            }
            End::Ended(Ok(Done::Stopped)) | End::OutOfTime => self.queue.give_back(&lease).await,
            End::Ended(Err(Failure::Later(error))) => self.queue.fail(&lease, &error, true).await,
            End::Ended(Err(Failure::Never(error))) => self.queue.fail(&lease, &error, false).await,
            End::Panicked => {
                (self.report)(&format!("工作 {name} 因程式錯誤中斷"));
                let error = "程式錯誤，執行中斷。請將這個訊息與時間回報，並查看服務紀錄";
                self.queue.fail(&lease, error, true).await
            }
        };
        // Where nothing could be told, the lease ends by itself and the job is taken up again.
        if let Err(Trouble::Failed(error)) = said {
            (self.report)(&format!("工作 {name} 的結果無法回報：{error}"));
        }
    }

    async fn ended(&self, taken: Taken<Q::Lease>, mut stopping: watch::Receiver<bool>) -> End {
        let Some(job) = self.jobs.get(taken.kind.as_str()).cloned() else {
            // The queue gave what it wasn't asked for.
            return End::Ended(Ok(Done::Stopped));
        };
        let shared = Arc::new(Shared::new(taken, stopping.clone()));
        let context = Context::new(Arc::clone(&self.queue), Arc::clone(&shared));
        // A task of its own: one that panics takes nobody along, and it is dropped with its set.
        let mut running = JoinSet::new();
        running.spawn(async move {
            let payload = context.payload().to_owned();
            job.run(&context, &payload).await
        });
        let grace = async {
            let _ = stopping.wait_for(|stop| *stop).await;
            tokio::time::sleep(self.settings.grace).await;
        };
        let end = tokio::select! {
            // What is done is done, whatever else came meanwhile.
            biased;
            ended = running.join_next() => match ended {
                Some(Ok(ended)) => End::Ended(ended),
                _ => End::Panicked,
            },
            () = self.keep_alive(&shared) => End::Lost,
            () = grace => End::OutOfTime,
        };
        // Nothing of it goes on once its end is told.
        running.shutdown().await;
        end
    }

    /// Gives signs of life, and says how far the job is; ends when the job is somebody else's.
    async fn keep_alive(&self, shared: &Shared<Q::Lease>) {
        let (beat, mut told) = (self.settings.lease / 3, None);
        let mut silent = Duration::ZERO;
        loop {
            let pause = self.settings.tell.min(beat);
            tokio::time::sleep(pause).await;
            silent = silent.saturating_add(pause);
            let far = shared.far();
            if silent < beat && far == told {
                continue;
            }
            let said = self
                .queue
                .heartbeat(&shared.taken.lease, far.as_ref(), self.settings.lease)
                .await;
            match said {
                Ok(()) => (told, silent) = (far, Duration::ZERO),
                Err(Trouble::Lost) => return,
                // It may be heard next time; else the lease ends.
                Err(Trouble::Failed(error)) => {
                    (self.report)(&format!("工作回報失敗：{error}"));
                    silent = Duration::ZERO;
                }
            }
        }
    }
}

/// How the running of a job ended.
enum End {
    Ended(Result<Done, Failure>),
    Panicked,
    Lost,
    OutOfTime,
}
