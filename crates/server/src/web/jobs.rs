//! 工作: what goes on by itself for an agency, how far it is, and what came of it.
//!
//! Why pages that load themselves again: they work without scripts, and whoever closes one finds
//! the same later, in whichever process it is done. What it can't know: how a job is done; it shows
//! what is written of it.

use super::duties::Done;
use super::files::attachment;
use super::forms::Entered;
use super::page::{Page, enter, go, show};
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::jobs;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use views::{JobList, JobMade, JobState, JobView};

/// After how many seconds a page of something that goes on is loaded again.
pub(crate) const AGAIN: &str = "2";

/// How a job's state is coloured.
pub(crate) fn colour(state: JobState) -> &'static str {
    match state {
        JobState::Queued | JobState::Running => "not_yet_due",
        JobState::Done => "met",
        JobState::Cancelled => "not_applicable",
        JobState::Dead => "not_met",
    }
}

/// Where a job's page is.
pub(crate) fn address(org: &str, id: &str) -> String {
    format!("/{org}/jobs/{}", words::encode(id))
}

/// The same, which leads on to what was made as soon as it is there.
pub(crate) fn waiting_at(org: &str, job: &JobView) -> String {
    with(&address(org, &job.id), "wait", "1")
}

/// A page that is loaded again while something goes on.
pub(crate) fn again_while(open: bool, mut response: Response) -> Response {
    if open {
        let headers = response.headers_mut();
        headers.insert("refresh", HeaderValue::from_static(AGAIN));
    }
    response
}

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    page: Page,
    list: JobList,
}

impl JobsPage {
    fn is_empty(&self) -> bool {
        self.list.dead.is_empty() && self.list.open.is_empty() && self.list.done.is_empty()
    }

    fn at(&self, job: &JobView) -> String {
        self.page.org(format!("jobs/{}", words::encode(&job.id)))
    }

    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn tag(&self, job: &JobView) -> &'static str {
        colour(job.state)
    }

    /// The parts of the page: heading, what is said of it, its jobs.
    fn parts(&self) -> Vec<(&'static str, &'static str, &[JobView])> {
        let all = [
            (
                "待處理",
                "這些工作多次嘗試仍未完成，需要有人看過原因再決定。",
                self.list.dead.as_slice(),
            ),
            ("等候與執行中", "", self.list.open.as_slice()),
            ("已完成", "保存十四日。", self.list.done.as_slice()),
        ];
        all.into_iter().filter(|(_, _, jobs)| !jobs.is_empty()).collect()
    }
}

/// GET /{org}/jobs
pub(crate) async fn list(
    State(state): State<AppState>,
    Path(org): Path<String>,
    Query(done): Query<Done>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let list = jobs::list(&visit).await?;
    let mut page = Page::of_registers(&state, &visit, "registers", "工作", day)?
        .under("登記簿", &format!("/{org}/registers"));
    page.done = said(&done);
    show(StatusCode::OK, &JobsPage { page, list })
}

fn said(done: &Done) -> Option<&'static str> {
    match done.done.as_str() {
        "cancelled" => Some("已取消，這項工作不會執行。"),
        "retried" => Some("已重新排入，稍後會再執行。"),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    page: Page,
    job: JobView,
    /// Whether it waits while nobody does any work.
    stands_still: bool,
}

impl JobPage {
    fn here(&self, rest: &str) -> String {
        let id = words::encode(&self.job.id);
        self.page.org(format!("jobs/{id}{rest}"))
    }

    fn cancel_at(&self) -> String {
        self.here("/cancel")
    }

    /// The import that it is about, once it is done.
    fn import(&self) -> Option<String> {
        match &self.job.made {
            Some(JobMade::Import { register, id }) => Some(
                self.page
                    .org(format!("registers/{register}/import/{}", words::encode(id))),
            ),
            _ => None,
        }
    }

    fn file(&self) -> Option<(&str, u64)> {
        match &self.job.made {
            Some(JobMade::File { name, bytes }) => Some((name, *bytes)),
            _ => None,
        }
    }

    fn kept_until(&self) -> String {
        self.job
            .kept_until
            .as_deref()
            .map(words::moment)
            .unwrap_or_default()
    }
}

/// Whether a page was opened to wait for what is made.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Waits {
    #[serde(default)]
    wait: String,
}

/// GET /{org}/jobs/{id}
pub(crate) async fn one(
    State(state): State<AppState>,
    Path((org, id)): Path<(String, String)>,
    Query(done): Query<Done>,
    Query(waits): Query<Waits>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let job = jobs::show(&visit, &id).await?;
    let mut page = Page::of_registers(&state, &visit, "registers", &job.title, day)?
        .under("登記簿", &format!("/{org}/registers"))
        .under("工作", &format!("/{org}/jobs"));
    page.done = said(&done);
    let stands_still = job.state.is_waiting() && jobs::waits_for_nobody(&visit, &id).await?;
    let page = JobPage {
        page,
        job,
        stands_still,
    };
    if let Some(import) = page.import().filter(|_| waits.wait == "1") {
        return Ok(go(&import));
    }
    let response = show(StatusCode::OK, &page)?;
    Ok(again_while(page.job.state.is_open(), response))
}

/// POST /{org}/jobs/{id}/retry
pub(crate) async fn retry(
    State(state): State<AppState>,
    Path((org, id)): Path<(String, String)>,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let job = jobs::retry(&visit, &id).await?;
    Ok(go(&with(&address(&org, &job.id), "done", "retried")))
}

/// POST /{org}/jobs/{id}/cancel
pub(crate) async fn cancel(
    State(state): State<AppState>,
    Path((org, id)): Path<(String, String)>,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    jobs::cancel(&visit, &id).await?;
    Ok(go(&with(&format!("/{org}/jobs"), "done", "cancelled")))
}

/// GET /{org}/jobs/{id}/file
pub(crate) async fn file(
    State(state): State<AppState>,
    Path((org, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let file = jobs::file(&visit, &id).await?;
    Ok(attachment(&file.name, file.media_type, file.bytes))
}
