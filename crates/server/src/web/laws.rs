//! The law: instruments, versions, one article through all its versions.

use super::page::{Page, enter, show};
use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::BTreeSet;
use views::{ArticleView, InstrumentView, StandardHead, VersionView};

#[derive(Template)]
#[template(path = "laws.html")]
struct LawsPage {
    page: Page,
    instruments: Vec<InstrumentView>,
    unmodelled: Vec<String>,
    standards: Vec<StandardHead>,
}

impl LawsPage {
    /// The version in force on the day.
    fn current<'a>(&self, instrument: &'a InstrumentView) -> Option<&'a VersionView> {
        let _ = self;
        instrument.versions.iter().find(|v| v.in_force)
    }
}

/// GET /laws
pub(crate) async fn list(State(state): State<AppState>, day: Day) -> Result<Response, Problem> {
    let instruments = state.app.instruments(day.date);
    let unmodelled = state.app.unmodelled(day.date);
    let standards = state.app.lawbook().standards();
    let page = Page::of_law(&state, "法規", day).await?;
    show(
        StatusCode::OK,
        &LawsPage {
            page,
            instruments,
            unmodelled,
            standards,
        },
    )
}

#[derive(Template)]
#[template(path = "law.html")]
struct LawPage {
    page: Page,
    view: InstrumentView,
}

impl LawPage {
    fn shown(&self) -> Option<&VersionView> {
        self.view.versions.iter().find(|v| v.id == self.view.shown)
    }

    fn is_shown(&self, version: &str) -> bool {
        self.view.shown == version
    }
}

/// GET /laws/{slug}
pub(crate) async fn instrument(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let view = state.app.instrument(&slug, day.query("version"), day.date)?;
    let laws = day.href("/laws");
    let page = Page::of_law(&state, &view.title, day).await?.under("法規", &laws);
    show(StatusCode::OK, &LawPage { page, view })
}

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage {
    page: Page,
    view: ArticleView,
    asked: String,
    /// Duties that the agency shown has that day; others have no page.
    due: BTreeSet<String>,
}

/// GET /laws/{slug}/{version}/{article}
pub(crate) async fn article(
    State(state): State<AppState>,
    Path((slug, version, article)): Path<(String, String, String)>,
    day: Day,
) -> Result<Response, Problem> {
    let view = state.app.article(&slug, &version, &article, day.date)?;
    let laws = day.href("/laws");
    let law = day.href(&crate::day::with(
        &format!("/laws/{}", view.slug),
        "version",
        &version,
    ));
    let page = Page::of_law(&state, &view.label, day)
        .await?
        .under("法規", &laws)
        .under(&view.title, &law);
    let due = match &page.agency {
        Some(agency) => {
            let visit = enter(&state, &agency.id, page.day.date).await?;
            app::duties::all(&visit).await?
        }
        None => Vec::new(),
    };
    show(
        StatusCode::OK,
        &ArticlePage {
            page,
            view,
            asked: version,
            due: due.into_iter().map(|duty| duty.key).collect(),
        },
    )
}
