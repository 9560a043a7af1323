//! 行事曆訂閱: one's calendars by secret address, and what a program fetches by one.

use super::forms::Entered;
use super::me::instant;
use super::page::{Page, go, show, signed};
use super::sign_in::value;
use crate::AppState;
use crate::error::Problem;
use crate::reach::Client;
use crate::words;
use app::AgencyId;
use app::accounts::{Signed, Who};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use views::AgencyHead;

/// What a page of calendars shows of one agency: since when and until when there is an address.
struct Line {
    agency: AgencyHead,
    feed: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct CalendarPage {
    page: Page,
    lines: Vec<Line>,
    /// An address just made, shown once, with the agency's name.
    made: Option<(String, String)>,
}

/// What of an address's query this page heeds.
#[derive(serde::Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    done: String,
}

/// The agencies at which somebody is something themselves.
fn own(signed: &Signed) -> BTreeSet<&str> {
    match (&signed.who, &signed.account) {
        (Who::Shown { agency, .. }, _) => BTreeSet::from([agency.as_str()]),
        (_, Some(account)) => account.members.iter().map(|m| m.agency.as_str()).collect(),
        (_, None) => BTreeSet::new(),
    }
}

async fn page_of(state: &AppState, made: Option<(String, String)>, done: &str) -> Result<Response, Problem> {
    let signed = signed()?;
    let own = own(&signed);
    let mut lines = Vec::new();
    let who = state.app.principal_anywhere(&signed).await?;
    for agency in state.app.agencies_of(&who).await? {
        if !own.contains(agency.id.as_str()) {
            continue;
        }
        let feed = state.app.feed_at(&signed, &AgencyId::parse(&agency.id)?).await?;
        let feed = feed.map(|f| (instant(f.at), instant(f.until)));
        lines.push(Line { agency, feed });
    }
    let mut page = Page::outside(state, "行事曆訂閱", "/me/calendar").under("我的帳號", "/me");
    page.token = state.token();
    page.done = (done == "ended").then_some("已停用行事曆網址，原網址不再提供內容。");
    show(StatusCode::OK, &CalendarPage { page, lines, made })
}

/// GET /me/calendar
pub(crate) async fn calendars(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    page_of(&state, None, &asked.done).await
}

/// POST /me/calendar: a new address; the former one ends.
pub(crate) async fn make(
    State(state): State<AppState>,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let agency = AgencyId::parse(value(&entered, "agency"))?;
    let path = state.app.new_feed(&*signed()?, &agency).await?;
    let address = match state.public_url() {
        Some(url) => format!("{}{path}", url.origin()),
        None => path,
    };
    page_of(&state, Some((address, value(&entered, "name").to_owned())), "").await
}

/// POST /me/calendar/end
pub(crate) async fn end(
    State(state): State<AppState>,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let agency = AgencyId::parse(value(&entered, "agency"))?;
    state.app.end_feed(&*signed()?, &agency).await?;
    Ok(go("/me/calendar?done=ended"))
}

/// GET /calendar/{secret}.ics: what a program fetches that can't sign in.
pub(crate) async fn feed(
    State(state): State<AppState>,
    Path(name): Path<String>,
    peer: Option<Extension<Client>>,
) -> Result<Response, Problem> {
    let address = peer.and_then(|Extension(client)| client.address);
    let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    if !state.fetches.may(address) {
        return Err(Problem::of(StatusCode::TOO_MANY_REQUESTS));
    }
    let secret = name.strip_suffix(".ics").ok_or_else(Problem::not_found)?;
    let calendar = app::year::calendar(&state.app, secret).await?;
    let calendar = calendar.ok_or_else(Problem::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"fazun.ics\""),
        // Neither search engines nor the page that led here are told the address.
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((headers, calendar).into_response())
}
