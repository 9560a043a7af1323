//! 今天: what to do, most urgent first.

use super::page::{Page, enter, show};
use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;
use views::{Status, Task, TodayView};

#[derive(Template)]
#[template(path = "today.html")]
struct TodayPage {
    page: Page,
    view: Arc<TodayView>,
}

impl TodayPage {
    /// Where a task's next step is taken: the part of its page that is needed.
    fn next(&self, task: &Task) -> String {
        if let Some((register, row)) = &task.record {
            let id = words::encode(row);
            if id.is_empty() {
                return self.page.org(format!("registers/{register}"));
            }
            return self.page.org(format!("registers/{register}/records/{id}"));
        }
        let part = match task.status {
            Status::Unknown => "#facts",
            Status::NotMet | Status::NotYetDue | Status::Met => "#record",
            Status::NotApplicable => "",
        };
        self.page.href(format!("{}{part}", task.href))
    }
}

/// GET /{org}/today
pub(crate) async fn today(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, day.date).await?;
    let view = app::today::view(&visit).await?;
    let title = if day.travelled() {
        format!("{} 要做什麼", words::roc(&day.date))
    } else {
        "今天要做什麼".to_owned()
    };
    let mut page = Page::of(&state, view.agency.clone(), "today", &title, day);
    page.crumbs.clear();
    show(StatusCode::OK, &TodayPage { page, view })
}
