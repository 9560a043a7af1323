//! 待簽核: records that wait for somebody's decision.

use super::duties::Done;
use super::page::{Page, enter, show};
use super::today::next_step;
use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use app::RecordView;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;
use views::{Status, Task, TodayView};

/// How many red items stand below what waits.
const RED: usize = 5;

#[derive(Template)]
#[template(path = "approvals.html")]
struct ApprovalsPage {
    page: Page,
    /// Records, each with its register's title.
    waiting: Vec<(String, RecordView)>,
    /// Whether the visitor takes the steps that are listed, and not only sees them.
    decides: bool,
    /// How the agency stands, for whoever may see it.
    view: Option<Arc<TodayView>>,
}

impl ApprovalsPage {
    fn next(&self, task: &Task) -> String {
        next_step(&self.page, task)
    }

    /// What is late, the most urgent first.
    fn red(&self) -> Vec<&Task> {
        let steps = self.view.iter().flat_map(|view| &view.steps);
        steps.filter(|t| t.status == Status::NotMet).take(RED).collect()
    }

    /// Three figures: what is late, what ends this week, what nobody knows.
    fn figures(&self) -> Vec<(&'static str, usize)> {
        let groups = self.view.iter().flat_map(|view| &view.groups);
        groups
            .filter(|g| ["overdue", "week", "unknown"].contains(&g.id))
            .map(|g| (g.title, g.total))
            .collect()
    }

    /// Whether it is decided here, in two taps.
    fn is_decided_here(&self, record: &RecordView) -> bool {
        self.decides && record.standing.state == "submitted"
    }

    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn said(&self, record: &RecordView) -> Vec<(String, String)> {
        app::subjects::in_short(record)
    }

    fn record(&self, record: &RecordView) -> String {
        let id = words::encode(&record.id);
        self.page
            .org(format!("registers/{}/records/{id}", record.register))
    }
}

/// GET /{org}/approvals
pub(crate) async fn approvals(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
    Query(asked): Query<Done>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let title = |key: &str| {
        let spec = app::register(key);
        spec.map_or_else(|_| key.to_owned(), |s| s.title.to_owned())
    };
    let waiting = app::records::waiting_for(&visit).await?;
    let waiting = waiting.into_iter().map(|r| (title(r.register), r)).collect();
    let view = if app::frame::sees_duties(&visit) {
        Some(app::today::view(&visit).await?)
    } else {
        None
    };
    let mut page = Page::of_registers(&state, &visit, "approvals", "待簽核", day)?;
    page.done = (asked.done == "decided").then_some("已登錄簽核結果，接著看下一件。");
    let approvals = ApprovalsPage {
        page,
        waiting,
        decides: !visit.who().is_local,
        view,
    };
    show(StatusCode::OK, &approvals)
}
