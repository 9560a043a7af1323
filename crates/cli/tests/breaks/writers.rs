//! Those who write and remember what was acknowledged.

use crate::site::{Site, now};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};
use store::{NewJob, OpenMode, Store, WorkState};

/// How long servers may take to go on, at most.
pub const SOON: Duration = Duration::from_secs(30);
/// Lines of one import.
const LINES: usize = 20;
const JOBS: u32 = 20;
/// The work that has nothing to show but that it was done.
const KIND: &str = "derive-anew";
const BOUNDARY: &str = "b0b0b0";

/// What was acknowledged, and what else was said.
#[derive(Default)]
pub struct Memory {
    records: Mutex<Vec<String>>,
    imports: Mutex<Vec<String>>,
    said: Mutex<BTreeMap<(u16, String), u32>>,
    count: AtomicU32,
    stop: AtomicBool,
    /// Read by whoever waits for an answer.
    asking: RwLock<()>,
}

/// Writers at work; whoever writes waits for an answer, and asks again until there is one.
pub struct Writers {
    pub site: Arc<Site>,
    memory: Arc<Memory>,
    threads: Vec<JoinHandle<()>>,
}

impl Writers {
    /// So many of them, each turning to the next port where one doesn't answer.
    pub fn start(site: Site, ports: &[u16], count: usize) -> Self {
        let (site, memory) = (Arc::new(site), Arc::new(Memory::default()));
        ask_for_jobs(&site);
        let threads = (0..count)
            .map(|n| {
                let (site, memory, ports) = (Arc::clone(&site), Arc::clone(&memory), ports.to_vec());
                spawn(move || write(n, &site, &memory, &ports))
            })
            .collect();
        Self {
            site,
            memory,
            threads,
        }
    }

    pub fn acknowledged(&self) -> u32 {
        self.memory.count.load(Ordering::SeqCst)
    }

    /// Waits until so many more were acknowledged; gives how long it took.
    pub fn go_on(&self, more: u32) -> Duration {
        let (start, until) = (Instant::now(), self.acknowledged() + more);
        while self.acknowledged() < until {
            assert!(start.elapsed() < SOON, "nothing goes on: {:?}", self.said());
            assert!(
                self.threads.iter().all(|t| !t.is_finished()),
                "a writer gave up: {:?}",
                self.said()
            );
            sleep(Duration::from_millis(5));
        }
        start.elapsed()
    }

    /// Does something while nobody waits for an answer; they go on after it.
    pub fn between<T>(&self, done: impl FnOnce() -> T) -> T {
        let _nobody = self.memory.asking.write().unwrap();
        done()
    }

    /// What was said that was no success: status, code, how often.
    pub fn said(&self) -> BTreeMap<(u16, String), u32> {
        self.memory.said.lock().unwrap().clone()
    }

    /// Waits until that was said.
    pub fn are_told(&self, status: u16, code: &str) {
        self.are_told_one_of(&[(status, code)]);
    }

    /// Waits until one of them was said once more than when we began to wait.
    pub fn are_told_one_of(&self, any: &[(u16, &str)]) {
        let times = || {
            let said = self.said();
            let of = any.iter().map(|(status, code)| (*status, (*code).to_owned()));
            of.filter_map(|what| said.get(&what).copied()).sum::<u32>()
        };
        let (start, before) = (Instant::now(), times());
        while times() == before {
            assert!(start.elapsed() < SOON, "never said: {any:?}: {:?}", self.said());
            sleep(Duration::from_millis(20));
        }
    }

    /// Ends, and asserts that everything is as it was acknowledged. `wait`: until all jobs are done.
    pub fn end(self, wait: bool) {
        self.memory.stop.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().unwrap();
        }
        let said = self.memory.said.lock().unwrap().clone();
        println!(
            "{} acknowledged; else: {said:?}",
            self.memory.count.load(Ordering::SeqCst)
        );
        check(&self.site, &self.memory, wait);
    }
}

fn write(n: usize, site: &Site, memory: &Memory, ports: &[u16]) {
    for number in 0.. {
        let name = format!("w{n}-{number}");
        let done = if number % 8 == 5 {
            import(site, memory, ports, &name)
        } else {
            let body = serde_json::json!({ "name": name, "note": "說明".repeat(200) }).to_string();
            let key = format!("key-of-{name}");
            let headers = [
                ("content-type", "application/json"),
                ("idempotency-key", key.as_str()),
            ];
            let at = ("POST", "registers/system/records");
            until_answered(site, memory, ports, at, &headers, body.as_bytes()).map(|_| {
                memory.records.lock().unwrap().push(name.clone());
            })
        };
        if done.is_none() {
            return;
        }
        memory.count.fetch_add(1, Ordering::SeqCst);
    }
}

/// Sends the same until it succeeds; nothing where it is to stop before. What is refused for good
/// would be a defect: each request can be carried out.
fn until_answered(
    site: &Site,
    memory: &Memory,
    ports: &[u16],
    at: (&str, &str),
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<serde_json::Value> {
    for turn in 0.. {
        if memory.stop.load(Ordering::SeqCst) {
            return None;
        }
        let asking = memory.asking.read().unwrap();
        let wait = match site.ask(ports[turn % ports.len()], at, headers, body) {
            Ok(answer) if answer.status < 300 => return Some(answer.json()),
            // An import that was committed, though nobody was told, is found to be; one that others
            // were faster than has to be tried again.
            Ok(answer) if answer.status == 409 && at.1.ends_with("/commit") => {
                let import = at.1.trim_end_matches("/commit");
                match site.ask(ports[turn % ports.len()], ("GET", import), &[], &[]) {
                    Ok(answer) if answer.json()["state"] == "committed" => return Some(answer.json()),
                    _ => 20,
                }
            }
            Ok(answer) => {
                let code = answer.json()["code"].as_str().unwrap_or("no code").to_owned();
                let passes = matches!(answer.status, 503 | 507);
                assert!(passes, "{at:?}: {} {}", answer.status, answer.text);
                let mut said = memory.said.lock().unwrap();
                *said.entry((answer.status, code)).or_default() += 1;
                100
            }
            // Nobody there, or gone before it answered.
            Err(_) => 10,
        };
        drop(asking);
        sleep(Duration::from_millis(wait));
    }
    None
}

/// A list of assets, previewed and committed.
fn import(site: &Site, memory: &Memory, ports: &[u16], name: &str) -> Option<()> {
    let mut list = "資產編號,資產名稱,資產類別,擁有者\n".to_owned();
    for line in 0..LINES {
        let _ = writeln!(list, "{name}-{line},主機,實體,秘書室");
    }
    let form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{list}\r\n--{BOUNDARY}--\r\n"
    );
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let at = ("POST", "registers/asset/imports");
    let headers = [("content-type", kind.as_str())];
    let report = until_answered(site, memory, ports, at, &headers, form.as_bytes())?;
    let commit = format!("imports/{}/commit", report["id"].as_str().unwrap());
    let key = format!("import-of-{name}");
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", key.as_str()),
    ];
    let done = until_answered(site, memory, ports, ("POST", &commit), &headers, b"{}")?;
    assert_eq!(done["state"], "committed", "{done}");
    memory.imports.lock().unwrap().push(name.to_owned());
    Some(())
}

async fn store(site: &Site) -> Store {
    Store::open_at(&site.location(), OpenMode::MustExist, app::forms())
        .await
        .unwrap()
}

fn ask_for_jobs(site: &Site) {
    now(async {
        let store = store(site).await;
        for n in 0..JOBS {
            let job = NewJob {
                id: format!("break-{n}"),
                kind: KIND.into(),
                key: format!("break-{n}"),
                actor: "test".into(),
                payload: "{}".into(),
                most_attempts: 1_000,
                ..NewJob::default()
            };
            store
                .enqueue(&site.agency, job, app::system_clock())
                .await
                .unwrap();
        }
        store.close().await;
    });
}

fn check(site: &Site, memory: &Memory, wait: bool) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    let jobs = now(async {
        let store = store(site).await;
        let mut reading = store.reading(&site.agency).await.unwrap();
        for row in reading.latest_of("system").await.unwrap() {
            *times
                .entry(row.body["name"].as_str().unwrap().to_owned())
                .or_default() += 1;
        }
        for row in reading.latest_of("asset").await.unwrap() {
            let (import, _) = row.body["number"].as_str().unwrap().rsplit_once('-').unwrap();
            *lines.entry(import.to_owned()).or_default() += 1;
        }
        drop(reading);
        // One that was somebody's who was killed is taken up when its minute is over.
        let start = Instant::now();
        let jobs = loop {
            let mut jobs = store.jobs(&site.agency, 200).await.unwrap();
            jobs.retain(|job| job.id.starts_with("break-"));
            let over = jobs.iter().all(|job| job.state == WorkState::Done);
            if over || !wait || start.elapsed() > Duration::from_secs(100) {
                break jobs;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        store.close().await;
        jobs
    });
    for name in memory.records.lock().unwrap().iter() {
        assert!(times.contains_key(name), "{name} was acknowledged and is gone");
    }
    for (name, times) in times.iter().filter(|(name, _)| name.starts_with('w')) {
        assert_eq!(*times, 1, "{name} was written more than once");
    }
    for name in memory.imports.lock().unwrap().iter() {
        assert!(
            lines.contains_key(name),
            "the import {name} was acknowledged and is gone"
        );
    }
    for (name, lines) in &lines {
        assert_eq!(*lines, LINES, "the import {name} was written by halves, or twice");
    }
    assert_eq!(jobs.len(), JOBS as usize, "a job was lost");
    for job in jobs {
        assert!(job.state != WorkState::Dead, "{job:?}");
        assert!(!wait || job.state == WorkState::Done, "{job:?}");
    }
    let verified = site.run(&["ledger", "verify"]);
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(
        verified.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&verified.stderr)
    );
}

/// What somebody reads who looks at a page.
pub fn page(site: &Site, port: u16) -> (u16, String) {
    let path = format!("/{}/today", site.agency);
    let answer = site.page(port, &path).unwrap();
    (answer.status, answer.text)
}
