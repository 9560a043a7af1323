//! 待簽核: records that wait for somebody's decision.

use super::page::{Page, enter, show};
use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use app::RecordView;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "approvals.html")]
struct ApprovalsPage {
    page: Page,
    /// Records, each with its register's title.
    waiting: Vec<(String, RecordView)>,
}

impl ApprovalsPage {
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
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let title = |key: &str| {
        let spec = app::register(key);
        spec.map_or_else(|_| key.to_owned(), |s| s.title.to_owned())
    };
    let waiting = app::records::waiting_for(&visit).await?;
    let waiting = waiting.into_iter().map(|r| (title(r.register), r)).collect();
    let page = Page::of_registers(&state, &visit, "registers", "待簽核", day)?
        .under("登記簿", &format!("/{org}/registers"));
    show(StatusCode::OK, &ApprovalsPage { page, waiting })
}
