//! The day asked for: `?at=115/06/30`, today where nothing is said.
//!
//! Why in the address: what was shown can be bookmarked, printed and asked for again.

use crate::words::encode;
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
