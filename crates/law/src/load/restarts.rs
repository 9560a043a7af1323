//! Clauses that count a period anew, and what a duty counts, as a duty's file has them.

use super::file::File;
use super::loader::Loader;
use super::parse::{RawCount, RawRestart};
use crate::duty::{Count, Restart};

impl Loader {
    /// Reads the restarts of one duty; each lies inside the version it cites and names known changes.
    pub(crate) fn read_restarts(
        &mut self,
        file: &File<'_>,
        home: Option<&str>,
        raw: Vec<RawRestart>,
    ) -> Vec<Restart> {
        let mut restarts = Vec::new();
        for r in raw {
            let line = file.line(r.cite.span().start);
            let (from, until) = (r.from.0, r.until.map(|u| u.0));
            let Some(cite) = self.cite(file, home, &r.cite, Some(from)) else {
                continue;
            };
            self.check_inside(file, line, &cite, Some(from), until);
            for what in r.on.iter().filter(|on| facts::alteration_label(on).is_none()) {
                self.problem(
                    &file.path,
                    line,
                    format!("`{what}` 不是使期限重新起算之異動"),
                    "請使用 crates/facts/src/vocabulary.rs 中 ALTERATIONS 的鍵",
                );
            }
            let applies = self.applies(file, line, r.applies);
            let certainty = self.certainty(&cite, r.certainty);
            restarts.push(Restart {
                from,
                until,
                on: r.on,
                cite,
                applies,
                certainty,
                reading: r.reading,
            });
        }
        restarts
    }

    /// Reads what a duty counts.
    pub(crate) fn read_counts(&mut self, file: &File<'_>, line: usize, raw: Vec<RawCount>) -> Vec<Count> {
        for what in raw.iter().flat_map(|c| c.each.iter().chain([&c.what])) {
            if facts::counted_label(what).is_none() {
                self.problem(
                    &file.path,
                    line,
                    format!("`{what}` 不是可計數的對象"),
                    "請使用 crates/facts/src/vocabulary.rs 中 COUNTED 的鍵",
                );
            }
        }
        let count = |c: RawCount| Count {
            what: c.what,
            at_least: c.at_least,
            each: c.each,
        };
        raw.into_iter().map(count).collect()
    }
}
