//! The first page.

use super::page::{Page, enter, go, show, signed};
use crate::AppState;
use crate::error::Problem;
use crate::words;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use views::AgencyHead;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Page,
    agencies: Vec<AgencyHead>,
    /// Whether whoever asks may make an agency.
    may_begin: bool,
}

/// GET /
pub(crate) async fn home(State(state): State<AppState>) -> Result<Response, Problem> {
    let signed = signed()?;
    let who = state.app.principal_anywhere(&signed).await?;
    let agencies = state.app.agencies_of(&who).await?;
    if let [only] = agencies.as_slice() {
        let visit = enter(&state, &only.id, state.app.today()).await?;
        return Ok(begin(&visit));
    }
    if agencies.is_empty() && signed.keeps_platform() {
        // Whoever keeps an installation that has agencies, and serves none, begins with the accounts.
        if !state.app.agencies().await?.is_empty() {
            return Ok(go("/accounts"));
        }
        return super::firstday::show_choice(&state, super::firstday::Chosen::default());
    }
    show(
        StatusCode::OK,
        &Home {
            page: Page::outside(&state, "選擇機關", "/"),
            agencies,
            may_begin: signed.keeps_platform(),
        },
    )
}

/// To where the day of a visitor begins.
fn begin(visit: &app::Visit<'_>) -> Response {
    go(&format!("/{}/{}", visit.agency(), app::frame::landing(visit)))
}

/// GET /{org}: to where the day of whoever is signed in begins.
pub(crate) async fn agency(
    State(state): State<AppState>,
    Path(org): Path<String>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    Ok(go(&format!(
        "/{}/{}",
        visit.agency(),
        app::frame::landing(&visit)
    )))
}
