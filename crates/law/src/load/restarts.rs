//! Clauses that count a period anew, as a duty's file has them.

use super::file::File;
use super::loader::Loader;
use super::parse::RawRestart;
use crate::duty::Restart;

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
}
