//! What a document promises, weighed against the law's floor; and the chapters of a plan.
//!
//! A plan speaks for one agency, of one level: where the level is not known, a promise that falls
//! short at some levels only is doubtful. A rule speaks to agencies of every level: where it falls
//! short at any, it does.

use super::{Lint, blank};
use crate::bodyclauses::wrong_body;
use crate::{Reading, health};
use collectors::Text;
use facts::{FactKind, fact_spec};
use views::{LintFinding, PlanIssue};

/// A promise below the floor, with the levels at which it is.
type Below = (PlanIssue, Vec<&'static str>);

impl Lint<'_> {
    /// Chapters, promises and clauses of a plan.
    pub(super) fn of_plan(&mut self, plan: &Reading, level: Option<&str>, text: &Text) {
        let mut issues = Vec::new();
        health::missing_chapters(self.corpus, plan, self.day, &mut issues);
        wrong_body(self.corpus, plan, Some(self.body), self.day, &mut issues);
        for issue in issues {
            let kind = if issue.kind == "wrong_body_clause" {
                "wrong_body".to_owned()
            } else {
                issue.kind.clone()
            };
            self.add(&issue, &kind, &[], text);
        }
        for (issue, levels) in self.below(plan, level) {
            let kind = if levels.is_empty() {
                "below_statutory_floor"
            } else {
                "unknown"
            };
            self.add(&issue, kind, &levels, text);
        }
    }

    /// Promises of a rule or a contract.
    pub(super) fn of_rule(&mut self, rule: &Reading, level: Option<&str>, text: &Text) {
        for (mut issue, levels) in self.below(rule, level) {
            issue.message = issue.message.replace("計畫", "文件");
            self.add(&issue, "below_statutory_floor", &levels, text);
        }
    }

    /// Promises below the floor: at the level given, or at each level at which they are; no level
    /// where they are at all of them.
    fn below(&self, reading: &Reading, level: Option<&str>) -> Vec<Below> {
        let at = |level: &str| {
            let mut out = Vec::new();
            let of = (Some(self.body), Some(level.to_owned()));
            let weighed = health::Weighed::of(self.corpus, reading, of, None, self.day);
            health::below_floor(self.corpus, &weighed, &mut out);
            out.retain(|i| i.kind == "below_statutory_floor");
            out
        };
        if let Some(level) = level {
            return at(level).into_iter().map(|issue| (issue, Vec::new())).collect();
        }
        let levels: &[&str] = match fact_spec("responsibility_level").map(|s| s.kind) {
            Some(FactKind::Choice(words)) => words,
            _ => &[],
        };
        let mut found: Vec<Below> = Vec::new();
        for level in levels.iter().copied() {
            for issue in at(level) {
                match found.iter_mut().find(|(known, _)| *known == issue) {
                    Some((_, of)) => of.push(level),
                    None => found.push((issue, vec![level])),
                }
            }
        }
        for (_, of) in &mut found {
            if of.len() == levels.len() {
                of.clear();
            }
        }
        found
    }

    fn add(&mut self, issue: &PlanIssue, kind: &str, levels: &[&str], text: &Text) {
        let index = usize::try_from(issue.line).unwrap_or_default().saturating_sub(1);
        let raw = text.lines.get(index).map_or("", |l| l.text.trim());
        let (why, remedy) = match issue.message.split_once("。請") {
            Some((why, remedy)) => (format!("{why}。"), format!("請{remedy}")),
            None => (issue.message.clone(), "請對照原文確認。".to_owned()),
        };
        let why = if levels.is_empty() {
            why
        } else {
            format!("未指定等級；{} 級者低於法定：{why}", levels.join("、"))
        };
        self.findings.push(LintFinding {
            text: if kind == "missing_chapter" {
                String::new()
            } else {
                raw.chars().take(60).collect()
            },
            why,
            remedy,
            now: issue.clauses.first().map(|(printed, _)| printed.clone()),
            ..blank(kind, u32::try_from(issue.line).unwrap_or(u32::MAX))
        });
    }
}
