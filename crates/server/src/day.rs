//! The day asked for: `?at=115/06/30`, today where nothing is said.
//!
//! Why in the address: what was shown can be bookmarked, printed and asked for again.

use crate::AppState;
use crate::error::Problem;
use crate::words::encode;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use period::Date;

/// The day of a page, with what its address said besides.
#[derive(Debug, Clone)]
pub(crate) struct Day {
    /// The day.
    pub date: Date,
    /// Today in Taipei.
    pub today: Date,
    /// The address without its query.
    pub path: String,
    /// The rest of the query, for the form that asks for another day.
    pub keep: Vec<(String, String)>,
}

impl Day {
    /// Whether another day than today is shown.
    pub fn travelled(&self) -> bool {
        self.date != self.today
    }

    /// Today, for pages that show what is recorded now whatever day was asked for.
    pub fn now(mut self) -> Self {
        self.date = self.today;
        self
    }

    /// An address on the same day.
    pub fn href(&self, target: &str) -> String {
        if self.travelled() {
            with(target, "at", &self.date.to_string())
        } else {
            target.to_owned()
        }
    }

    /// This page today.
    pub fn back(&self) -> String {
        self.keep
            .iter()
            .fold(self.path.clone(), |href, (key, value)| with(&href, key, value))
    }

    /// What the rest of the query says.
    pub fn query(&self, key: &str) -> Option<&str> {
        self.keep
            .iter()
            .find(|(k, v)| k == key && !v.is_empty())
            .map(|(_, v)| v.as_str())
    }
}

/// An address with one more thing in its query, before its fragment.
pub(crate) fn with(target: &str, key: &str, value: &str) -> String {
    let (address, fragment) = target
        .split_once('#')
        .map_or((target, None), |(a, f)| (a, Some(f)));
    let mark = if address.contains('?') { '&' } else { '?' };
    let mut href = format!("{address}{mark}{key}={}", encode(value));
    if let Some(fragment) = fragment {
        href.push('#');
        href.push_str(fragment);
    }
    href
}

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

// Nothing is known of days far outside: no law, no calendar.
const EARLIEST: i16 = 1971;
const LATEST: i16 = 2111;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_goes_before_the_fragment() {
        assert_eq!(
            with("/a/agency#facts", "at", "2026-06-30"),
            "/a/agency?at=2026-06-30#facts"
        );
        assert_eq!(
            with("/a/duties/x?system=s 1", "at", "x&y"),
            "/a/duties/x?system=s 1&at=x%26y"
        );
    }
}
