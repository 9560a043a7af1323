//! A worker over a queue in memory.

mod database;
mod mail;
mod outside;

use super::*;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

/// A queue that writes down what it is told.
#[derive(Default)]
struct Memory {
    waiting: Mutex<VecDeque<Taken<u32>>>,
    said: Mutex<Vec<String>>,
    taken_away: AtomicBool,
    deaf: AtomicBool,
}

impl Memory {
    fn of(kinds: &[&str]) -> Arc<Self> {
        let memory = Self::default();
        for (n, kind) in kinds.iter().enumerate() {
            memory.put(u32::try_from(n).unwrap(), kind);
        }
        Arc::new(memory)
    }

    fn put(&self, lease: u32, kind: &str) {
        self.waiting.lock().unwrap().push_back(Taken {
            lease,
            agency: "a".into(),
            id: format!("j{lease}"),
            kind: kind.into(),
            actor: "wang".into(),
            payload: "7".into(),
            kept: "before".into(),
            attempt: 2,
        });
    }

    fn say(&self, what: String) {
        self.said.lock().unwrap().push(what);
    }

    fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    fn answer(&self, what: String) -> Result<(), Trouble> {
        if self.taken_away.load(Ordering::SeqCst) {
            return Err(Trouble::Lost);
        }
        if self.deaf.load(Ordering::SeqCst) {
            return Err(Trouble::Failed("連不上資料庫".into()));
        }
        self.say(what);
        Ok(())
    }
}

impl Queue for Memory {
    type Lease = u32;

    async fn claim(&self, worker: &str, kinds: &[&str], _: Duration) -> Result<Option<Taken<u32>>, Trouble> {
        assert_eq!(worker, "w");
        if self.deaf.load(Ordering::SeqCst) {
            return Err(Trouble::Failed("連不上資料庫".into()));
        }
        let mut waiting = self.waiting.lock().unwrap();
        let at = waiting.iter().position(|job| kinds.contains(&job.kind.as_str()));
        Ok(at.and_then(|at| waiting.remove(at)))
    }

    async fn heartbeat(&self, lease: &u32, far: Option<&Far>, _: Duration) -> Result<(), Trouble> {
        let far = far.map_or_else(String::new, |f| format!(" {}/{} {}", f.done, f.total, f.words));
        self.answer(format!("alive {lease}{far}"))
    }

    async fn keep(&self, lease: &u32, kept: &str) -> Result<(), Trouble> {
        self.answer(format!("keep {lease} {kept}"))
    }

    async fn finish(&self, lease: &u32, result: String, output: Vec<u8>) -> Result<(), Trouble> {
        self.answer(format!("finish {lease} {result} {}", output.len()))
    }

    async fn fail(&self, lease: &u32, error: &str, again: bool) -> Result<(), Trouble> {
        self.answer(format!("fail {lease} {again} {error}"))
    }

    async fn give_back(&self, lease: &u32) -> Result<(), Trouble> {
        self.answer(format!("give back {lease}"))
    }
}

/// Ends in the way of its kind.
struct Ends;

impl Job<Memory> for Ends {
    const KIND: &'static str = "ends";
    const ATTEMPTS: u32 = 1;

    async fn run(&self, context: &Context<Memory>, payload: &str) -> Result<Done, Failure> {
        assert_eq!((payload, context.kept(), context.attempt()), ("7", "before", 2));
        assert_eq!((context.agency(), context.actor()), ("a", "wang"));
        match context.id() {
            "j0" => Ok(Done::with("{}")),
            "j1" => Ok(Done::Written),
            "j2" => Err(Failure::Later("忙碌".into())),
            "j3" => Err(Failure::Never("沒有這份檔案".into())),
            "j4" => Ok(Done::Stopped),
            "j5" => panic!("a defect"),
            _ => {
                context.keep("half").await?;
                Ok(Done::Result {
                    result: "{}".into(),
                    output: vec![1, 2],
                })
            }
        }
    }
}

/// Lasts for a minute, and says how far it is; or leaves off when the worker stops.
struct Lasts {
    polite: bool,
    through: Arc<AtomicUsize>,
}

impl Job<Memory> for Lasts {
    const KIND: &'static str = "lasts";
    const ATTEMPTS: u32 = 1;

    async fn run(&self, context: &Context<Memory>, _: &str) -> Result<Done, Failure> {
        for second in 0..60 {
            if self.polite && context.is_stopping() {
                return Ok(Done::Stopped);
            }
            context.progress(second, 60, "秒");
            sleep(Duration::from_secs(1)).await;
        }
        self.through.fetch_add(1, Ordering::SeqCst);
        Ok(Done::with("{}"))
    }
}

/// Says nothing for a minute.
struct Silent;

impl Job<Memory> for Silent {
    const KIND: &'static str = "silent";
    const ATTEMPTS: u32 = 1;

    async fn run(&self, _: &Context<Memory>, _: &str) -> Result<Done, Failure> {
        sleep(Duration::from_secs(61)).await;
        Ok(Done::with("{}"))
    }
}

fn settings() -> Settings {
    Settings {
        lease: Duration::from_secs(30),
        tell: Duration::from_secs(10),
        idle: Duration::from_secs(2),
        grace: Duration::from_secs(10),
        ..Settings::of("w")
    }
}

type Told = Arc<Mutex<Vec<String>>>;

fn runner(queue: &Arc<Memory>, settings: Settings) -> (Runner<Memory>, Told) {
    let told = Told::default();
    let report = {
        let told = Arc::clone(&told);
        Arc::new(move |what: &str| told.lock().unwrap().push(what.to_owned()))
    };
    (Runner::new(Arc::clone(queue), settings, report), told)
}

fn lasts(polite: bool) -> (Lasts, Arc<AtomicUsize>) {
    let through = Arc::new(AtomicUsize::new(0));
    let job = Lasts {
        polite,
        through: Arc::clone(&through),
    };
    (job, through)
}

#[tokio::test(start_paused = true)]
async fn each_end_is_told_as_it_was() {
    let queue = Memory::of(&["ends"; 7]);
    let (runner, told) = runner(&queue, settings());
    runner.with(Ends).run(sleep(Duration::from_secs(1))).await;
    assert_eq!(
        queue.said(),
        [
            "finish 0 {} 0",
            "fail 2 true 忙碌",
            "fail 3 false 沒有這份檔案",
            "give back 4",
            "fail 5 true 程式錯誤，執行中斷。請將這個訊息與時間回報，並查看服務紀錄",
            "keep 6 half",
            "finish 6 {} 2",
        ]
    );
    assert_eq!(*told.lock().unwrap(), ["工作 j5（ends，a） 因程式錯誤中斷"]);
}

#[tokio::test(start_paused = true)]
async fn a_job_is_kept_alive_while_it_runs_and_its_progress_told() {
    let queue = Memory::of(&["lasts"]);
    let (job, through) = lasts(false);
    runner(&queue, settings())
        .0
        .with(job)
        .run(sleep(Duration::from_secs(65)))
        .await;
    let said = queue.said();
    assert_eq!(said.len(), 7, "{said:?}");
    assert!(
        said[0].starts_with("alive 0 ") && said[0].ends_with("/60 秒"),
        "{said:?}"
    );
    assert_ne!(said[0], said[5]);
    assert_eq!(said[6], "finish 0 {} 0");
    assert_eq!(through.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_soon_and_a_silent_job_seldom_gives_a_sign() {
    let often = Settings {
        tell: Duration::from_secs(2),
        ..settings()
    };
    let queue = Memory::of(&["lasts"]);
    runner(&queue, often.clone())
        .0
        .with(lasts(false).0)
        .run(sleep(Duration::from_secs(65)))
        .await;
    let said = queue.said();
    assert_eq!(said.len(), 31, "{said:?}");
    assert!(
        said[0].starts_with("alive 0 1/60") || said[0].starts_with("alive 0 2/60"),
        "{said:?}"
    );

    let queue = Memory::of(&["silent"]);
    runner(&queue, often)
        .0
        .with(Silent)
        .run(sleep(Duration::from_secs(65)))
        .await;
    let said = queue.said();
    assert_eq!(said.iter().filter(|s| *s == "alive 0").count(), 6, "{said:?}");
    assert_eq!(said.len(), 7, "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_somebody_else_has_is_dropped() {
    let queue = Memory::of(&["lasts"]);
    queue.taken_away.store(true, Ordering::SeqCst);
    let (job, through) = lasts(false);
    let (runner, told) = runner(&queue, settings());
    let start = Instant::now();
    runner.with(job).run(sleep(Duration::from_secs(11))).await;
    assert!(start.elapsed() < Duration::from_secs(12));
    assert_eq!(through.load(Ordering::SeqCst), 0);
    assert_eq!((queue.said().len(), told.lock().unwrap().len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_stops_lets_jobs_end_and_gives_back_the_rest() {
    // Told to stop at 55 seconds: five are left, and ten are given.
    let queue = Memory::of(&["lasts", "lasts"]);
    let (job, through) = lasts(false);
    runner(&queue, settings())
        .0
        .with(job)
        .run(sleep(Duration::from_secs(55)))
        .await;
    assert_eq!(through.load(Ordering::SeqCst), 1);
    assert_eq!(queue.said().last().unwrap(), "finish 0 {} 0");
    assert_eq!(queue.waiting.lock().unwrap().len(), 1, "no job is begun any more");

    let queue = Memory::of(&["lasts"]);
    let (job, through) = lasts(false);
    let start = Instant::now();
    runner(&queue, settings())
        .0
        .with(job)
        .run(sleep(Duration::from_secs(15)))
        .await;
    assert_eq!(start.elapsed().as_secs(), 25);
    assert_eq!(through.load(Ordering::SeqCst), 0);
    assert_eq!(queue.said().last().unwrap(), "give back 0");

    let queue = Memory::of(&["lasts"]);
    let start = Instant::now();
    runner(&queue, settings())
        .0
        .with(lasts(true).0)
        .run(sleep(Duration::from_secs(15)))
        .await;
    assert!(start.elapsed() < Duration::from_secs(17), "{:?}", start.elapsed());
    assert_eq!(queue.said().last().unwrap(), "give back 0");
}

#[tokio::test(start_paused = true)]
async fn what_comes_later_is_found_and_sooner_where_the_bell_rings() {
    let queue = Memory::of(&["unknown"]);
    let (runner, _) = runner(&queue, settings());
    let runner = runner.with(Ends);
    assert_eq!(runner.kinds(), ["ends"]);
    let (bell, stop) = (runner.bell(), Arc::new(Notify::new()));
    let stopped = Arc::clone(&stop);
    let running = tokio::spawn(runner.run(async move { stopped.notified().await }));
    let until = async |n: usize| {
        let start = Instant::now();
        while queue.said().len() < n {
            sleep(Duration::from_millis(10)).await;
        }
        start.elapsed()
    };
    sleep(Duration::from_millis(500)).await;
    queue.put(0, "ends");
    let slow = timeout(Duration::from_secs(9), until(1)).await.unwrap();
    assert!(slow > Duration::from_secs(1), "{slow:?}");
    queue.put(6, "ends");
    bell.notify_one();
    let fast = timeout(Duration::from_secs(9), until(3)).await.unwrap();
    assert!(fast < Duration::from_millis(100), "{fast:?}");
    stop.notify_one();
    running.await.unwrap();
    // A kind that it doesn't know is left to others.
    assert_eq!(queue.waiting.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_database_that_is_away_is_told_of_and_tried_again() {
    let queue = Memory::of(&["ends"]);
    queue.deaf.store(true, Ordering::SeqCst);
    let (runner, told) = runner(&queue, settings());
    let back = Arc::clone(&queue);
    let running = tokio::spawn(runner.with(Ends).run(sleep(Duration::from_secs(9))));
    sleep(Duration::from_secs(5)).await;
    back.deaf.store(false, Ordering::SeqCst);
    running.await.unwrap();
    assert_eq!(queue.said(), ["finish 0 {} 0"]);
    let told = told.lock().unwrap();
    // At once, and two seconds later; then it is asked after four.
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("連不上資料庫"));
}

#[tokio::test(start_paused = true)]
async fn several_jobs_are_done_at_once_where_it_is_allowed() {
    let queue = Memory::of(&["lasts"; 3]);
    let (job, through) = lasts(false);
    let two = Settings {
        at_once: 2,
        ..settings()
    };
    runner(&queue, two)
        .0
        .with(job)
        .run(sleep(Duration::from_secs(61)))
        .await;
    assert_eq!(through.load(Ordering::SeqCst), 2);
}
