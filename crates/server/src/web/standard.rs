//! A standard beside the law: its controls, and the baseline's rows that map to them.

use super::page::{Page, show};
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use views::StandardView;

#[derive(Template)]
#[template(path = "standard.html")]
struct StandardPage {
    page: Page,
    view: StandardView,
}

impl StandardPage {
    /// The baseline in the edition shown.
    fn baseline(&self) -> String {
        self.page
            .href(with("/laws/baseline", "edition", &self.view.edition))
    }
}

/// GET /laws/standards/{slug}
pub(crate) async fn standard(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let view = state.app.lawbook().standard(&slug, day.date)?;
    let laws = day.href("/laws");
    let page = Page::of_law(&state, &view.title, day).await?.under("法規", &laws);
    show(StatusCode::OK, &StandardPage { page, view })
}
