//! 計畫健檢: what is wrong in the maintenance plan.

use super::page::{Page, enter, show};
use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use app::Kind;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use views::PlanHealthView;

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage {
    page: Page,
    /// None where no plan was imported.
    view: Option<PlanHealthView>,
}

/// GET /{org}/plan
pub(crate) async fn plan(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, day.date).await?;
    let head = app::agencies::head(&visit)?;
    let view = match app::health::view(&visit).await {
        Ok(view) => Some(view),
        // The agency is there, so what is not is the plan.
        Err(error) if error.kind() == Kind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    show(
        StatusCode::OK,
        &PlanPage {
            page: Page::of(&state, head, "plan", "計畫健檢", day),
            view,
        },
    )
}
