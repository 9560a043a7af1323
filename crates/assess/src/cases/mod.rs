//! Worked cases: prose with TOML blocks between, run by the tests and by `fazun law test`.
//!
//! Why here: a case says what the engine must say, so the engine reads it; the command and the tests are
//! told the same. What it can't know: whether a case says what the law does.
//!
//! ```toml
//! name = "…"            # what the case shows
//! level = "C"           # facts
//! approved = 2019-08-01
//! core_system = false   # false, or the name of one
//! other_system = "…"    # the name of one that is not core
//! body = "public_agency"
//! jurisdiction = "臺北市"
//! adopts = [ "information-security-rules" ]   # or { instrument = "…", from = …, until = … }
//! contract = { name = "…", baselines = [ "vendor-security-requirements" ] }   # with from and until
//! contracts = [ … ]     # more of them
//! systems = [ { name = "…", core = true } ]   # more of them; without core where nobody said
//! records_from = 2019-01-01
//! flags = { has_mail_server = true }
//! facts = [ { key = "responsibility_level", value = "B", from = 2024-03-01 } ]
//!                       # any fact of the vocabulary, dated: what changed and when; with until, system or contract
//! done = [ { duty = "…", on = 2025-03-01 } ]   # with system or contract, where it was for one; with
//!                       # edition, where it was done against one of the law's;
//!                       # evidence = 0 where no file shows it; with until, where it says itself how long it holds;
//!                       # parts = ["…"], of a duty that carries several clauses
//! declared = [ { duty = "…", state = "done", said = 2026-11-21, on = 2023-05-02, prove_by = 2027-02-19 } ]
//!                       # without a file; state: done, part, not_done, not_known, by_superior; with system or contract
//! counted = [ { what = "license", of = "甲", from = 2025-03-01, until = 2028-03-01, file = true } ]
//!                       # until is the first day no longer; file only where one has to show it
//! events = [ { duty = "…", at = 2026-02-13T17:40:00, level = "3", settled = 2026-02-13T18:10:00 } ]
//!                       # a day alone where the hour isn't known; with changed, proof = false, system or contract
//! exemptions = [ { duty = "…", from = 2026-03-01, until = 2026-12-30, agreed = 2026-03-10, filed = 2026-03-19 } ]
//!                       # until is the last day; without agreed or filed where that hasn't happened; with system or contract
//! delegations = [ { duty = "…", from = 2026-03-01, agreed = 2026-02-10 } ]
//!                       # done by the superior; until is the last day; with confirmed, evidence = 0
//! changes = [ { what = "system.added", system = "…", on = 2026-05-10 } ]
//!                       # after which periods are counted anew; the system is one of those above
//! plan = [ { key = "audit.interval", number = 1, unit = "year", clause = "拾伍、二" } ]
//! at = 2026-11-21       # the end of that day; or an instant of it
//! expect = [ { duty = "…", verdict = "not_met", due = 2020-08-03, binding = "annex-5", losers = 1 } ]
//!                       # provisional = true where due is an estimate; due may be an instant; late = "2 小時 5 分鐘", code = "overdue", other = 2026-02-15T10:00:00
//! ```

mod agency;
mod days;
mod expect;
mod form;
mod told;

pub use agency::AgencyBuilder;

use form::RawCase;
use law::Corpus;
use std::fmt;

/// What came of the cases of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tried {
    /// How many cases there are.
    pub count: usize,
    /// What differs, in the order of the file.
    pub failures: Vec<Failure>,
}

/// Something that is not as a case says, or a case that can't be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Line of the file, from 1.
    pub line: usize,
    /// What the case is called; empty where it can't be read.
    pub case: String,
    /// What differs, in words.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.line)?;
        if !self.case.is_empty() {
            write!(f, "案例「{}」：", self.case)?;
        }
        f.write_str(&self.message)
    }
}

/// A case's block: where it begins, and its text.
struct Block<'t> {
    /// Line of its first line.
    line: usize,
    text: &'t str,
}

impl Block<'_> {
    /// The line of a byte of its text.
    fn line(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or(self.text);
        self.line + before.matches('\n').count()
    }
}

const OPENS: &str = "```toml";

/// The blocks of a text.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let (mut at, mut begun) = (0, None);
    for (line, number) in text.split_inclusive('\n').zip(1_usize..) {
        let end = at + line.len();
        match begun {
            None if line.trim() == OPENS => begun = Some((number + 1, end)),
            Some((first, from)) if line.trim() == "```" => {
                let text = text.get(from..at).unwrap_or_default();
                found.push(Block { line: first, text });
                begun = None;
            }
            _ => {}
        }
        at = end;
    }
    if let Some((line, from)) = begun {
        let text = text.get(from..).unwrap_or_default();
        found.push(Block { line, text });
    }
    found
}

/// Tries every case of a `cases.md`.
pub fn run_cases(corpus: &Corpus, text: &str) -> Tried {
    let mut tried = Tried::default();
    for block in blocks(text) {
        tried.count += 1;
        match toml::from_str::<RawCase>(block.text) {
            Ok(case) => {
                let wrong = told::run(corpus, &case);
                let name = case.name.get_ref();
                tried
                    .failures
                    .extend(wrong.into_iter().map(|(at, message)| Failure {
                        line: block.line(at),
                        case: name.clone(),
                        message,
                    }));
            }
            Err(error) => tried.failures.push(Failure {
                line: block.line(error.span().map_or(0, |span| span.start)),
                case: String::new(),
                message: format!("格式不符：{}", error.message().replace('\n', " ")),
            }),
        }
    }
    if tried.count == 0 {
        tried.failures.push(Failure {
            line: 1,
            case: String::new(),
            message: "沒有任何案例（```toml 區塊）".into(),
        });
    }
    tried
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_knows_its_lines() {
        let found = blocks(
            "# 甲\n```toml\na = 1\nb = 2\n```\n```text\nx\n```\n  ```toml\r\nc = 3\r\n  ```\n```toml\nd",
        );
        let lines: Vec<(usize, &str)> = found.iter().map(|b| (b.line, b.text)).collect();
        assert_eq!(lines, [(3, "a = 1\nb = 2\n"), (10, "c = 3\r\n"), (13, "d")]);
        assert_eq!([0, 5, 6, 99].map(|at| found[0].line(at)), [3, 3, 4, 5]);
    }
}
