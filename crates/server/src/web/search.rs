//! 搜尋: one field for records, people, files, duties and the law.
//!
//! Why a single hit is shown and not opened: whoever typed a number sees first what it is the number
//! of. What it can't know: what somebody may see; the application finds only that.

use super::page::{Page, enter, show};
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use views::{SearchGroup, SearchHit, SearchList, SearchTarget, SearchView};

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    page: Page,
    view: SearchView,
}

/// Where something that was found is.
pub(crate) fn target(page: &Page, target: &SearchTarget) -> String {
    match target {
        SearchTarget::Record { register, id } => {
            page.org(format!("registers/{register}/records/{}", words::encode(id)))
        }
        SearchTarget::Duty { key, subject } => {
            let duty = page.org(format!("duties/{}", words::encode(key)));
            match subject {
                Some(id) => with(&duty, "system", id),
                None => duty,
            }
        }
        SearchTarget::Law { href } => page.law(href),
    }
}

impl SearchPage {
    fn at(&self, hit: &SearchHit) -> String {
        target(&self.page, &hit.target)
    }

    fn list(&self, group: &SearchGroup, list: &SearchList) -> String {
        let register = self.page.org(format!("registers/{}", group.register));
        with(&register, &list.query.0, &list.query.1)
    }

    /// How many of a part are not shown.
    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn rest(&self, group: &SearchGroup) -> u64 {
        let shown = u64::try_from(group.hits.len()).unwrap_or(u64::MAX);
        group.total.saturating_sub(shown)
    }

    fn total(&self) -> u64 {
        self.view.kinds.iter().map(|k| k.total).sum()
    }
}

/// GET /{org}/search?q=
pub(crate) async fn search(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let asked = day.query("q").unwrap_or_default().to_owned();
    let view = app::search::search(&visit, &asked).await?;
    let title = match view.asked.as_str() {
        "" => "搜尋".to_owned(),
        asked => format!("搜尋：{asked}"),
    };
    let page = Page::of_registers(&state, &visit, "search", &title, day)?;
    show(StatusCode::OK, &SearchPage { page, view })
}
