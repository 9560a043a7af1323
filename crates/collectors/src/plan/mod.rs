//! A plan of the national template (資通安全維護計畫).
//!
//! What: reads the seventeen chapters' facts and promises: agency, level, business
//! tables, objectives, parameters, documents, citations. Why: the plan is what the
//! agency is audited against first. What it can't know: the law, the plan's annexed
//! documents, and whether what is promised is done.

mod chapters;
mod citations;
mod context;
mod documents;
mod headings;
mod identity;
mod interests;
pub(crate) mod lines;
mod markers;
mod model;
pub(crate) mod numerals;
mod objectives;
mod parameters;
mod tables;
mod undertakings;

pub use model::*;
pub use objectives::OBJECTIVES;
pub use parameters::{PARAMETERS, ParameterKey};

use crate::text::{PlanError, Text, extract_within, halted, work_for};
use crate::work::{Halt, Work};

/// Whether the reader looks for a promise, an objective or a sign of that key.
pub fn reads(key: &str) -> bool {
    PARAMETERS.iter().any(|p| p.key == key)
        || OBJECTIVES.iter().any(|(o, _, _)| *o == key)
        || interests::SIGNS.contains(&key)
}

/// Reads a plan from a file.
pub fn parse(file_name: &str, bytes: &[u8]) -> Result<PlanReading, PlanError> {
    parse_within(file_name, bytes, &work_for(bytes))
}

/// As [`parse`], within a budget that the caller may look at, and stop.
pub fn parse_within(file_name: &str, bytes: &[u8], work: &Work) -> Result<PlanReading, PlanError> {
    let text = extract_within(file_name, bytes, work)?;
    match read(file_name, &text, work) {
        Err(PlanError::NotAPlan { .. }) => read(file_name, &headings::divided(&text), work),
        done => done,
    }
}

/// Reads a plan from text that was extracted before.
fn read(file_name: &str, text: &Text, work: &Work) -> Result<PlanReading, PlanError> {
    let source = lines::Source::new(text);
    let mut problems = Vec::new();
    if let Some(encoding) = text.encoding {
        problems.push(Problem {
            kind: "encoding",
            line: 1,
            message: format!("檔案以 {encoding} 編碼，已轉換讀取。請抽查罕用字，並改存為 UTF-8。"),
        });
    }
    let found = chapters::find(&source, &mut problems);
    let mut items: Vec<Item> = found.iter().filter_map(|c| c.chapter.item).collect();
    items.sort_unstable();
    items.dedup();
    if items.len() < chapters::NEEDED {
        return Err(PlanError::NotAPlan {
            file: file_name.to_owned(),
            lines: source.total(),
            found: items.len(),
            needed: chapters::NEEDED,
            sought: Item::ALL.map(Item::title).join("、"),
        });
    }
    let reading = put_together(&source, found, problems, work);
    work.go_on().map_err(|halt| halted(file_name, halt))?;
    Ok(reading)
}

/// Reads a rule, a contract or any text that has promises and citations but not a plan's chapters.
pub fn read_rule(text: &Text) -> PlanReading {
    let source = lines::Source::new(text);
    put_together(&source, Vec::new(), Vec::new(), &work_for(&[]))
}

/// As [`read_rule`], within a budget that the caller may stop.
///
/// # Errors
/// Where it was stopped.
pub fn read_rule_within(text: &Text, work: &Work) -> Result<PlanReading, Halt> {
    let source = lines::Source::new(text);
    let reading = put_together(&source, Vec::new(), Vec::new(), work);
    work.go_on()?;
    Ok(reading)
}

/// Reads every part; where the sign to stop is given, each ends early, and the caller says so.
fn put_together(
    source: &lines::Source,
    found: Vec<chapters::Found>,
    mut problems: Vec<Problem>,
    work: &Work,
) -> PlanReading {
    let tables = tables::read(source, &found, &mut problems, work);
    let plan = context::Plan::new(source, &found, &tables, work);
    let agency = identity::agency(source, &plan);
    if agency.is_none() {
        problems.push(Problem {
            kind: "no_agency",
            line: 1,
            message: "讀不出機關名稱。請在封面寫「○○機關資通安全維護計畫」，或在適用範圍寫明機關全銜。"
                .to_owned(),
        });
    }
    let level = identity::level(source, &plan, &mut problems);
    if level.is_none() {
        problems.push(Problem {
            kind: "no_level",
            line: found.first().map_or(1, |c| c.chapter.line),
            message: "讀不出資通安全責任等級。請在盤點或人力一章寫明「本機關為資通安全責任等級○級機關」。"
                .to_owned(),
        });
    }
    let core_systems = identity::core_systems(&plan, &tables);
    let develops_systems = identity::develops(&plan);
    let parameters = parameters::read(&plan, &mut problems);
    let objectives = objectives::read(&plan);
    let undertakings = undertakings::read(&plan);
    let documents = documents::read(&plan);
    let citations = citations::read(&plan);
    let clauses_of_interest = interests::read(&plan);
    let quoted = plan.quoted.clone();
    drop(plan);
    problems.sort_by_key(|p| p.line);
    PlanReading {
        agency,
        level,
        chapters: found.into_iter().map(|f| f.chapter).collect(),
        core_business: tables.core,
        non_core_business: tables.non_core,
        core_systems,
        develops_systems,
        objectives,
        parameters,
        undertakings,
        documents,
        citations,
        clauses_of_interest,
        quoted,
        problems,
        lines: source.total(),
    }
}
