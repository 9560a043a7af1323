//! An agency's own plan as an instrument of rank `plan`.
//!
//! The corpus knows no agency. What a plan promises is handed to the resolver beside
//! the corpus, as dated values of the same parameters, so that a promise is measured
//! against the law's value by the law's own direction of strictness.

use crate::corpus::Corpus;
use crate::instrument::Certainty;
use crate::parameter::{Interval, Value, ValueKind, number_words, unit_label};
use crate::wording::{Sentence, Told};
use period::{Date, Unit};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One number or word that a plan promises, as the plan reader found it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanParameter {
    /// Parameter key.
    pub key: String,
    /// A number, where it is one.
    pub number: Option<f64>,
    /// A word, where it is one.
    pub word: Option<String>,
    /// Unit as read.
    pub unit: String,
    /// Where in the plan: 玖、二(二)1.
    pub clause: String,
    /// Line of the uploaded text.
    pub line: usize,
    /// Levels of incident for which it is promised; empty for all.
    pub levels: Vec<String>,
    /// Whether it is promised for core systems only.
    pub core: bool,
    /// Of whom the number is counted (`each`, `total`, `at_least_one`), where the plan says so.
    pub per: Option<String>,
}

/// A plan as dated values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlay {
    /// `plan:<agency id>`.
    pub instrument: String,
    /// The plan's title.
    pub title: String,
    /// Which upload of it.
    pub version: String,
    /// First day in force; a plan without a date holds throughout.
    pub from: Option<Date>,
    /// First day no longer.
    pub until: Option<Date>,
    /// What it promises.
    pub promises: Vec<Promise>,
    /// Numbers counted of others than the law counts, such as hours of one person at least: told, never
    /// compared.
    pub apart: Vec<PlanParameter>,
    /// Duties that its sentences are, whether or not they name a number.
    pub undertakings: Vec<Undertaking>,
}

/// One promise of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Promise {
    /// Parameter key.
    pub key: String,
    /// Its value in the law's kind and unit.
    pub value: Value,
    /// The value in the plan's own unit, in words.
    pub said: String,
    /// Where in the plan.
    pub clause: String,
    /// Line of the uploaded text.
    pub line: usize,
    /// Levels of incident for which it is promised; empty for all.
    pub levels: Vec<String>,
    /// Whether it is promised for core systems only.
    pub core: bool,
    /// How sure: what a reading makes of a sentence is not settled.
    pub certainty: Certainty,
}

impl PlanParameter {
    /// What the plan says, with its unit.
    pub fn words(&self) -> String {
        let number = self
            .number
            .map(|n| format!("{} {}", number_words(n), unit_label(&self.unit)));
        number.or_else(|| self.word.clone()).unwrap_or_default()
    }
}

/// A sentence of a plan that is a duty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Undertaking {
    /// The duty's key.
    pub duty: String,
    /// Where in the plan.
    pub clause: String,
    /// Line of the uploaded text.
    pub line: usize,
    /// Whether it is said of core systems only.
    pub core: bool,
}

impl Overlay {
    /// Turns what a plan reader found into promises that the resolver can weigh.
    ///
    /// Promises whose key the corpus doesn't know, or whose unit can't be turned into the
    /// parameter's, are left out and returned beside it.
    pub fn new(
        corpus: &Corpus,
        agency: &str,
        title: &str,
        version: &str,
        (from, until): (Option<Date>, Option<Date>),
        found: &[PlanParameter],
    ) -> (Self, Vec<PlanParameter>) {
        let (mut promises, mut apart, mut left) = (Vec::new(), Vec::new(), Vec::new());
        for p in found {
            // Four in total are no four each: another parameter, or none that they could be compared with.
            let counted = p.number.and(p.per.as_deref());
            let key = match corpus.plan_counts.get(&p.key).and_then(|of| of.get(counted?)) {
                Some(Some(key)) => key,
                Some(None) => {
                    apart.push(p.clone());
                    continue;
                }
                None => corpus.plan_words.get(&p.key).unwrap_or(&p.key),
            };
            match corpus
                .parameters
                .get(key)
                .and_then(|param| convert(param.kind, &param.unit, p))
            {
                Some(value) => promises.push(Promise {
                    key: key.clone(),
                    said: said(corpus, key, p, &value),
                    value,
                    clause: p.clause.clone(),
                    line: p.line,
                    levels: p.levels.clone(),
                    core: p.core,
                    certainty: Certainty::Primary,
                }),
                None => left.push(p.clone()),
            }
        }
        let overlay = Self {
            instrument: format!("plan:{agency}"),
            title: title.to_owned(),
            version: version.to_owned(),
            from,
            until,
            promises,
            apart,
            undertakings: Vec::new(),
        };
        (overlay, left)
    }

    /// The same with what the plan's sentences promise, by the wordings of the law data.
    ///
    /// What a sentence promises of a parameter counts only where the reader found no value of it.
    #[must_use]
    pub fn with_sentences(mut self, corpus: &Corpus, sentences: &[Sentence]) -> Self {
        let numbers: Vec<Promise> = self.promises.clone();
        let mut sets: BTreeMap<&str, (BTreeSet<String>, Certainty, &Sentence)> = BTreeMap::new();
        for sentence in sentences {
            for wording in corpus.wordings.iter().filter(|w| w.says(sentence)) {
                if let Some(duty) = wording.meant.duty() {
                    self.undertake(duty, sentence);
                }
                for of in &wording.promises {
                    if numbers.iter().any(|p| p.key == of.parameter) {
                        continue;
                    }
                    let value = match &of.value {
                        Told::Interval => {
                            let every = sentence.every.as_ref();
                            every.and_then(|(number, unit)| interval(*number, unit))
                        }
                        Told::Like(other) => {
                            let same = numbers.iter().find(|p| p.key == *other);
                            same.map(|p| p.value.clone())
                        }
                        Told::Value(value) => Some(value.clone()),
                        Told::Item(item) => {
                            let set = sets.entry(&of.parameter);
                            let set = set.or_insert((BTreeSet::new(), of.certainty, sentence));
                            set.0.insert(item.clone());
                            set.1 = set.1.max(of.certainty);
                            None
                        }
                    };
                    if let Some(value) = value
                        && !self.promises.iter().any(|p| p.key == of.parameter)
                    {
                        let promise = told(corpus, (&of.parameter, value, of.certainty), sentence);
                        self.promises.push(promise);
                    }
                }
            }
        }
        for (key, (items, certainty, sentence)) in sets {
            let promise = told(corpus, (key, Value::Set(items), certainty), sentence);
            self.promises.push(promise);
        }
        self
    }

    fn undertake(&mut self, duty: &str, sentence: &Sentence) {
        let undertaking = Undertaking {
            duty: duty.to_owned(),
            clause: sentence.clause.clone(),
            line: sentence.line,
            core: sentence.core,
        };
        let same = |u: &Undertaking| u.duty == duty && u.clause == sentence.clause && u.core == sentence.core;
        if !self.undertakings.iter().any(same) {
            self.undertakings.push(undertaking);
        }
    }

    /// The sentences that bind and that no wording of the law data knows: promises of which the
    /// product can't say what they are. Lines on which a number was understood are not among them.
    pub fn unknown<'s>(corpus: &Corpus, sentences: &'s [Sentence], numbers: &[usize]) -> Vec<&'s Sentence> {
        let known = |s: &Sentence| corpus.wordings.iter().any(|w| w.says(s));
        let bare = |s: &&Sentence| s.firm && !numbers.contains(&s.line) && !known(s);
        sentences.iter().filter(bare).collect()
    }

    /// Whether the plan holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|f| f <= day) && self.until.is_none_or(|u| day < u)
    }
}

/// What the plan says in its own unit: 60 日, where the law counts months.
fn said(corpus: &Corpus, key: &str, p: &PlanParameter, value: &Value) -> String {
    let parameter = corpus.parameters.get(key);
    match (p.number, parameter) {
        (Some(number), Some(x)) if x.kind == ValueKind::Number && x.unit != p.unit => {
            format!("{} {}", number_words(number), unit_label(&p.unit))
        }
        (_, Some(x)) => x.words_of(value),
        (_, None) => String::new(),
    }
}

/// The duties that a sentence is, in the order of the law data.
pub fn duties_of<'c>(corpus: &'c Corpus, sentence: &Sentence) -> Vec<&'c str> {
    let mut duties: Vec<&str> = Vec::new();
    for wording in corpus.wordings.iter().filter(|w| w.says(sentence)) {
        if let Some(duty) = wording.meant.duty()
            && !duties.contains(&duty)
        {
            duties.push(duty);
        }
    }
    duties
}

/// What a sentence tells of a parameter.
fn told(corpus: &Corpus, (key, value, certainty): (&str, Value, Certainty), sentence: &Sentence) -> Promise {
    let parameter = corpus.parameters.get(key);
    Promise {
        key: key.to_owned(),
        said: parameter.map_or_else(String::new, |p| p.words_of(&value)),
        value,
        clause: sentence.clause.clone(),
        line: sentence.line,
        levels: Vec::new(),
        core: sentence.core,
        certainty,
    }
}

/// So often, where it is a whole number of a unit of the calendar.
fn interval(number: f64, unit: &str) -> Option<Value> {
    if !(1.0..=9999.0).contains(&number) || number.fract() != 0.0 {
        return None;
    }
    let unit = match unit {
        "year" => Unit::Year,
        "month" => Unit::Month,
        "week" => Unit::Week,
        "day" => Unit::CalendarDay,
        _ => return None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked whole and in range"
    )]
    let every = number as u32;
    Some(Value::Interval(Interval {
        every,
        unit,
        times: 1,
    }))
}

fn convert(kind: ValueKind, unit: &str, p: &PlanParameter) -> Option<Value> {
    match kind {
        ValueKind::Word => p.word.clone().map(Value::Word),
        ValueKind::Number => {
            let number = p.number?;
            crate::parameter::convert(number, &p.unit, unit).map(Value::Number)
        }
        ValueKind::Interval => interval(p.number?, &p.unit),
        ValueKind::Span | ValueKind::Set => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_a_whole_number_of_a_unit_of_the_calendar() {
        for (unit, expected) in [
            ("year", Unit::Year),
            ("month", Unit::Month),
            ("week", Unit::Week),
            ("day", Unit::CalendarDay),
        ] {
            let (every, times, unit_read) = (10, 1, expected);
            let told = Value::Interval(Interval {
                every,
                unit: unit_read,
                times,
            });
            assert_eq!(interval(10.0, unit), Some(told), "{unit}");
        }
        assert_eq!(interval(10.0, "person"), None);
        assert_eq!(interval(2.5, "year"), None);
    }
}
