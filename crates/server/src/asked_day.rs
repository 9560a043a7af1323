//! The day of a request, read from its address.
//!
//! Why apart from the day itself: an address that names no day is told so on a page, and that page
//! shows the day. What it can't know: what the law says of that day.

use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

// Nothing is known of days far outside: no law, no calendar.
const EARLIEST: i16 = 1971;

const LATEST: i16 = 2111;

impl FromRequestParts<AppState> for Day {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Query(mut keep) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::bad_request("網址的查詢字串讀不懂", "請由頁面上的連結開啟"))?;
        let at = keep
            .iter()
            .find(|(k, _)| k == "at")
            .map(|(_, v)| v.trim().to_owned())
            .unwrap_or_default();
        keep.retain(|(key, _)| key != "at" && key != "done");
        let today = state.app.today();
        let path = parts.uri.path().to_owned();
        let mut day = Self {
            date: today,
            today,
            path,
            keep,
        };
        if at.is_empty() {
            return Ok(day);
        }
        match period::parse_date(&at) {
            Ok(date) if (EARLIEST..=LATEST).contains(&date.year()) => {
                day.date = date;
                Ok(day)
            }
            Ok(_) => {
                let message =
                    format!("「{at}」太早或太晚：請輸入民國 60 年到 200 年之間的日期，例如 115/06/30");
                Err(Problem::bad_day(day, at, message))
            }
            Err(error) => Err(Problem::bad_day(day, at, error.to_string())),
        }
    }
}
