//! The places of the menu, each as it opens.

use super::page::{Page, enter, show};
use super::today::next_step;
use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use app::places::{self, Shelf};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use period::Date;
use views::{Group, PlaceView, Task};

#[derive(Template)]
#[template(path = "place.html")]
struct PlacePage {
    page: Page,
    view: PlaceView,
    /// Tabs: name, address, whether it is the one shown.
    tabs: Vec<(&'static str, String, bool)>,
    /// What falls into the month that was asked for.
    month: Option<(String, Group)>,
    /// Hours of training of whoever looks, and the courses.
    training: Option<app::mine::Training>,
}

impl PlacePage {
    fn of(page: Page, view: PlaceView) -> Self {
        Self {
            page,
            view,
            tabs: Vec::new(),
            month: None,
            training: None,
        }
    }

    fn next(&self, task: &Task) -> String {
        next_step(&self.page, task)
    }
}

fn frame(state: &AppState, view: &PlaceView, section: &'static str, day: Day) -> Page {
    let mut page = Page::of(state, view.agency.clone(), section, view.title, day);
    page.crumbs.clear();
    page.dated = false;
    page
}

/// A month as an address names it: `115-07`.
fn month_of(text: &str) -> Option<Date> {
    let (year, month) = text.split_once('-')?;
    let first = format!("{}/{}/01", year.parse::<u16>().ok()?, month.parse::<u8>().ok()?);
    period::parse_date(&first).ok()
}

/// GET /{org}/year
pub(crate) async fn year(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, day.date).await?;
    let view = places::year(&visit).await?;
    let month = match day.query("month") {
        None => None,
        Some(text) => {
            let first = month_of(text).ok_or_else(|| {
                Problem::bad_request("看不懂這個月份", "請由年度頁上方的十二個月選取，例如 115-07")
            })?;
            let year = period::roc_year(first).unwrap_or_default();
            let title = format!("{year} 年 {} 月", first.month());
            Some((title, places::month(&visit, first).await?))
        }
    };
    let mut page = PlacePage::of(frame(&state, &view, "year", day), view);
    page.page.dated = true;
    page.month = month;
    show(StatusCode::OK, &page)
}

/// GET /{org}/inventory
pub(crate) async fn inventory(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let asked = day.query("of").unwrap_or("systems");
    let shelf = Shelf::ALL.into_iter().find(|s| s.word() == asked);
    let shelf = shelf.ok_or_else(|| Problem::bad_request("沒有這一類清冊", "請由清冊頁上方選取"))?;
    let view = places::inventory(&visit, shelf).await?;
    let mut page = PlacePage::of(frame(&state, &view, "inventory", day.now()), view);
    let tabs = Shelf::ALL.into_iter().map(|s| {
        let href = page.page.org(format!("inventory?of={}", s.word()));
        (s.title(), href, s == shelf)
    });
    page.tabs = tabs.collect();
    page.tabs.push(("體檢", page.page.org("xray"), false));
    page.page.title = format!("清冊：{}", shelf.title());
    show(StatusCode::OK, &page)
}

/// GET /{org}/matters
pub(crate) async fn matters(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let view = places::matters(&visit).await?;
    let page = PlacePage::of(frame(&state, &view, "matters", day.now()), view);
    show(StatusCode::OK, &page)
}

/// GET /{org}/papers
pub(crate) async fn papers(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let view = places::papers(&visit).await?;
    let page = PlacePage::of(frame(&state, &view, "papers", day.now()), view);
    show(StatusCode::OK, &page)
}

/// GET /{org}/settings
pub(crate) async fn settings(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let view = places::settings(&visit).await?;
    let page = PlacePage::of(frame(&state, &view, "settings", day.now()), view);
    show(StatusCode::OK, &page)
}

/// GET /{org}/mine
pub(crate) async fn mine(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let view = app::mine::view(&visit).await?;
    let training = app::mine::training(&visit);
    let mut page = PlacePage::of(frame(&state, &view, "mine", day.now()), view);
    page.training = training;
    show(StatusCode::OK, &page)
}
