//! An agency's own plan as an instrument of rank `plan`.
//!
//! The corpus knows no agency. What a plan promises is handed to the resolver beside
//! the corpus, as dated values of the same parameters, so that a promise is measured
//! against the law's value by the law's own direction of strictness.

use crate::corpus::Corpus;
use crate::parameter::{Interval, Value, ValueKind, number_words, unit_label};
use period::{Date, Unit};
use serde::Serialize;

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
        let (mut promises, mut left) = (Vec::new(), Vec::new());
        for p in found {
            match corpus
                .parameters
                .get(&p.key)
                .and_then(|param| convert(param.kind, &param.unit, p))
            {
                Some(value) => promises.push(Promise {
                    key: p.key.clone(),
                    said: said(corpus, p, &value),
                    value,
                    clause: p.clause.clone(),
                    line: p.line,
                    levels: p.levels.clone(),
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
        };
        (overlay, left)
    }

    /// Whether the plan holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|f| f <= day) && self.until.is_none_or(|u| day < u)
    }
}

/// What the plan says in its own unit: 60 日, where the law counts months.
fn said(corpus: &Corpus, p: &PlanParameter, value: &Value) -> String {
    let parameter = corpus.parameters.get(&p.key);
    match (p.number, parameter) {
        (Some(number), Some(x)) if x.kind == ValueKind::Number && x.unit != p.unit => {
            format!("{} {}", number_words(number), unit_label(&p.unit))
        }
        (_, Some(x)) => x.words_of(value),
        (_, None) => String::new(),
    }
}

fn convert(kind: ValueKind, unit: &str, p: &PlanParameter) -> Option<Value> {
    match kind {
        ValueKind::Word => p.word.clone().map(Value::Word),
        ValueKind::Number => {
            let number = p.number?;
            crate::parameter::convert(number, &p.unit, unit).map(Value::Number)
        }
        ValueKind::Interval => {
            let number = p.number?;
            if !(1.0..=9999.0).contains(&number) || number.fract() != 0.0 {
                return None;
            }
            let unit = match p.unit.as_str() {
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
        ValueKind::Span | ValueKind::Set => None,
    }
}
