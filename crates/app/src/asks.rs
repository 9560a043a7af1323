//! What is not known, as questions: one for each fact, however many duties wait for it.
//!
//! Why by fact and not by duty: fourteen duties that nobody could judge were four questions that nobody had
//! asked. Why those first that settle most alone: each answer should make a difference at once. What it can't
//! know: who is asked; the page tells who knows.

use crate::ids::register;
use facts::fact_spec;
use registers::Kind;
use std::collections::BTreeMap;
use views::{DutyView, QuestionInput, QuestionView, Status};

/// How many questions are asked at once.
const ASKED: usize = 4;
/// How many duties a question names.
const NAMED: usize = 3;

/// How a fact is answered in place; none where it is told by a register of its own.
pub(crate) fn input(fact: &str) -> Option<QuestionInput> {
    if fact == "level_approved_on" {
        return Some(QuestionInput::Day);
    }
    let field = register("agency").ok()?.field(fact)?;
    match field.kind {
        Kind::Flag => Some(QuestionInput::YesNo),
        Kind::Text => Some(QuestionInput::Words),
        _ => None,
    }
}

/// A fact as a question.
fn asks(fact: &str, label: &str) -> String {
    match fact {
        "level_approved_on" => "本機關現在的責任等級是哪一天核定的？".to_owned(),
        "responsibility_level" => "本機關的責任等級核定為哪一級？".to_owned(),
        "jurisdiction" => "本機關屬於哪一縣市？".to_owned(),
        "critical_infrastructure" => "本機關是關鍵基礎設施提供者嗎？".to_owned(),
        "body" => "本機關是公務機關，還是特定非公務機關？".to_owned(),
        _ => format!("本機關{label}嗎？"),
    }
}

/// The questions that settle most of what is unknown.
pub(crate) fn of(duties: &[DutyView]) -> Vec<QuestionView> {
    let mut waiting: BTreeMap<&str, (usize, Vec<&DutyView>)> = BTreeMap::new();
    for duty in duties.iter().filter(|d| d.verdict == Status::Unknown) {
        let missing: Vec<&str> = duty
            .facts
            .iter()
            .filter(|f| f.value.is_none() && f.supplied_by.is_some())
            .map(|f| f.key.as_str())
            .collect();
        for fact in &missing {
            let (alone, all) = waiting.entry(fact).or_default();
            *alone += usize::from(missing.len() == 1);
            all.push(duty);
        }
    }
    let mut found: Vec<(&str, usize, Vec<&DutyView>)> = waiting
        .into_iter()
        .map(|(fact, (alone, all))| (fact, alone, all))
        .collect();
    found.sort_by(|a, b| (b.1, b.2.len(), a.0).cmp(&(a.1, a.2.len(), b.0)));
    let questions = found.into_iter().filter_map(|(fact, settles, all)| {
        let spec = fact_spec(fact)?;
        let mut concerns: Vec<String> = Vec::new();
        for duty in &all {
            if !concerns.contains(&duty.title) {
                concerns.push(duty.title.clone());
            }
        }
        let more = concerns.len().saturating_sub(NAMED);
        concerns.truncate(NAMED);
        Some(QuestionView {
            fact: fact.to_owned(),
            asks: asks(fact, spec.label),
            input: input(fact),
            settles,
            waiting: all.len(),
            concerns,
            more,
            knows: spec.supplied_by.to_owned(),
        })
    });
    questions.take(ASKED).collect()
}
