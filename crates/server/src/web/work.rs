//! Work that goes on after its answer was sent: large imports.
//!
//! Why not within the request: a browser gives up long before a hundred thousand rows are
//! written, and nobody would know whether they were. What it can't know: work of an earlier
//! run of the program; what that wrote is in the registers, and all of it or nothing.

use super::page::{Page, enter, go, show};
use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use app::AppError;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Work that is done by then is answered at once.
const GRACE: Duration = Duration::from_secs(2);
/// How many finished works are remembered.
const REMEMBERED: usize = 64;

/// Where a work stands.
#[derive(Debug, Clone)]
struct Work {
    org: String,
    register: String,
    title: &'static str,
    total: u64,
    done: Arc<AtomicU64>,
    /// Where its result is, or why there is none.
    outcome: Option<Result<String, Problem>>,
}

/// Every work of this run of the program.
#[derive(Debug, Clone, Default)]
pub(crate) struct Works {
    by_id: Arc<Mutex<BTreeMap<String, Work>>>,
    ids: Arc<RandomState>,
    count: Arc<AtomicU64>,
}

/// What somebody asked for.
pub(crate) struct Asked<'a> {
    /// The agency.
    pub org: &'a str,
    /// The register.
    pub register: &'a str,
    /// What is being done.
    pub title: &'static str,
    /// How many lines there are; 0 where nobody knows yet.
    pub total: u64,
}

/// How a work ended, if it did within the time that somebody waits.
pub(crate) enum Ended {
    /// It did: the address of its result, or why there is none.
    Now(Result<String, AppError>),
    /// Not yet: the address that tells.
    Later(String),
}

impl Works {
    fn put(&self, id: &str, change: impl FnOnce(&mut BTreeMap<String, Work>, &str)) {
        if let Ok(mut works) = self.by_id.lock() {
            change(&mut works, id);
        }
    }

    fn find(&self, org: &str, register: &str, id: &str) -> Option<Work> {
        let works = self.by_id.lock().ok()?;
        works
            .get(id)
            .filter(|w| w.org == org && w.register == register)
            .cloned()
    }

    /// Does something beside the requests; it is not given up where nobody waits any more.
    pub async fn run<F>(&self, asked: Asked<'_>, job: F) -> Ended
    where
        F: FnOnce(tokio::runtime::Handle, Arc<AtomicU64>) -> Result<String, AppError> + Send + 'static,
    {
        let done = Arc::new(AtomicU64::new(0));
        let runtime = tokio::runtime::Handle::current();
        // What the request holds in memory, the work holds on to.
        let lease = crate::context::lease();
        let mut task = tokio::task::spawn_blocking({
            let done = Arc::clone(&done);
            move || {
                let _held = lease;
                job(runtime, done)
            }
        });
        let ended = |joined: Result<Result<String, AppError>, tokio::task::JoinError>| {
            joined.unwrap_or_else(|e| Err(AppError::failed(e.to_string(), "請再試一次")))
        };
        if let Ok(joined) = tokio::time::timeout(GRACE, &mut task).await {
            return Ended::Now(ended(joined));
        }
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let id = format!("{number}-{:016x}", self.ids.hash_one(number));
        let work = Work {
            org: asked.org.to_owned(),
            register: asked.register.to_owned(),
            title: asked.title,
            total: asked.total,
            done,
            outcome: None,
        };
        self.put(&id, |works, id| {
            let finished = works.iter().filter(|(_, w)| w.outcome.is_some());
            let first = finished.map(|(id, _)| id.clone()).next();
            if let Some(first) = first.filter(|_| works.len() >= REMEMBERED) {
                works.remove(&first);
            }
            works.insert(id.to_owned(), work);
        });
        let (works, at) = (self.clone(), id.clone());
        tokio::spawn(async move {
            let outcome = ended(task.await).map_err(Problem::from);
            works.put(&at, |works, id| {
                if let Some(work) = works.get_mut(id) {
                    work.outcome = Some(outcome);
                }
            });
        });
        Ended::Later(format!(
            "/{}/registers/{}/progress/{id}",
            asked.org, asked.register
        ))
    }
}

#[derive(Template)]
#[template(path = "work.html")]
struct WorkPage {
    page: Page,
    done: u64,
    total: u64,
}

/// GET /{org}/registers/{key}/progress/{id}
pub(crate) async fn work(
    State(state): State<AppState>,
    Path((org, key, id)): Path<(String, String, String)>,
    day: Day,
) -> Result<Response, Problem> {
    let work = state.works.find(&org, &key, &id).ok_or_else(Problem::not_found)?;
    let visit = enter(&state, &org, state.app.today()).await?;
    match work.outcome {
        Some(Ok(target)) => Ok(go(&target)),
        Some(Err(problem)) => Err(problem),
        None => {
            let page = Page::of_registers(&state, &visit, "registers", work.title, day)?;
            let page = WorkPage {
                page,
                done: work.done.load(Ordering::Relaxed),
                total: work.total,
            };
            let mut response = show(StatusCode::OK, &page)?;
            response
                .headers_mut()
                .insert("refresh", HeaderValue::from_static("2"));
            Ok(response)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn long_work_goes_on_and_is_found_by_its_agency_only() {
        let works = Works::default();
        let asked = |org| Asked {
            org,
            register: "asset",
            title: "匯入中",
            total: 2,
        };
        let quick = works.run(asked("a"), |_, _| Ok("/a".to_owned())).await;
        assert!(matches!(quick, Ended::Now(Ok(target)) if target == "/a"));
        let slow = works.run(asked("a"), |_, done| {
            done.store(1, Ordering::Relaxed);
            std::thread::sleep(GRACE + Duration::from_millis(300));
            Ok("/a".to_owned())
        });
        let Ended::Later(address) = slow.await else {
            panic!("it takes longer than anybody waits")
        };
        let id = address.rsplit('/').next().unwrap();
        assert!(works.find("b", "asset", id).is_none() && works.find("a", "system", id).is_none());
        let work = works.find("a", "asset", id).unwrap();
        assert_eq!(
            (work.done.load(Ordering::Relaxed), work.outcome.is_none()),
            (1, true)
        );
        tokio::time::sleep(Duration::from_millis(600)).await;
        let outcome = works.find("a", "asset", id).unwrap().outcome;
        assert!(matches!(outcome, Some(Ok(target)) if target == "/a"));
    }
}
