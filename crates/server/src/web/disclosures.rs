//! 匯出與下載紀錄 of one register: who took what of it away.
//!
//! What it can't know: what was only looked at; that leaves nothing.

use super::page::{Page, enter, show};
use super::registers::head_of;
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::records;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use views::DisclosurePage;

#[derive(Template)]
#[template(path = "disclosures.html")]
struct ListPage {
    page: Page,
    view: DisclosurePage,
    next: Option<String>,
    /// The first page, where this isn't it.
    first: Option<String>,
}

/// GET /{org}/registers/{key}/disclosures
pub(crate) async fn list(
    State(state): State<AppState>,
    Path((org, key)): Path<(String, String)>,
    day: Day,
) -> Result<Response, Problem> {
    let after = day.query("after").unwrap_or_default().to_owned();
    let visit = enter(&state, &org, state.app.today()).await?;
    let head = head_of(&visit, &key).await?;
    let spec = app::register(&key)?;
    if !records::shows_disclosures(&visit, spec) {
        return Err(Problem::not_found());
    }
    let view = records::disclosures(&visit, spec, &after).await?;
    let register = format!("/{org}/registers/{key}");
    let here = format!("{register}/disclosures");
    let page = Page::of_registers(&state, &visit, "registers", "匯出與下載紀錄", day)?
        .under("登記簿", &format!("/{org}/registers"))
        .under(&head.title, &register);
    let next = view.next.as_deref().map(|after| with(&here, "after", after));
    let page = ListPage {
        page,
        view,
        next,
        first: (!after.is_empty()).then_some(here),
    };
    show(StatusCode::OK, &page)
}
