//! The protection baseline: what an edition asks of a system of a grade, row by row.

use super::page::{Page, show};
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use views::BaselineView;

#[derive(Template)]
#[template(path = "baseline.html")]
struct BaselinePage {
    page: Page,
    view: BaselineView,
}

impl BaselinePage {
    /// This page for an edition and a grade.
    fn choice(&self, edition: &str, grade: &str) -> String {
        let address = with("/laws/baseline", "edition", edition);
        self.page.href(with(&address, "grade", grade))
    }

    fn is_edition(&self, edition: &str) -> bool {
        self.view.edition == edition
    }

    fn is_grade(&self, grade: &str) -> bool {
        self.view.grade == grade
    }
}

/// GET /laws/baseline
pub(crate) async fn baseline(State(state): State<AppState>, day: Day) -> Result<Response, Problem> {
    let book = state.app.lawbook();
    let view = book.baseline(day.query("edition"), day.query("grade"), day.date)?;
    let laws = day.href("/laws");
    let page = Page::of_law(&state, "資通系統防護基準", day)
        .await?
        .under("法規", &laws);
    show(StatusCode::OK, &BaselinePage { page, view })
}
