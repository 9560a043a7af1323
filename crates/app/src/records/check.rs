//! Whether a record may stand: by its table, beside the other rows, and under the law.
//!
//! Why the law comes last: a limit is only worth saying of a record that is one. Each
//! refusal by the law names the clause that binds this agency today. What it can't know:
//! limits that hang on an event nobody recorded; those don't refuse.

use super::names::{NameBook, mentions};
use crate::error::FieldError;
use crate::{App, AppError, Loaded};
use law::Value as LawValue;
use registers::entry::Names as _;
use registers::{Book, BookRow, Bound, FieldProblem, Kind, Record, RegisterSpec};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A limit with the clauses that set it.
#[derive(Debug, Clone)]
pub(crate) struct Bounded {
    pub bound: Bound,
    pub clause: String,
}

/// Limits of the law for one agency today, by parameter.
pub(crate) type Bounds = BTreeMap<String, Vec<Bounded>>;

/// Rows that a register's rules look at, by register.
pub(crate) type Others = BTreeMap<&'static str, Vec<BookRow>>;

pub(crate) fn labelled(spec: &RegisterSpec, problem: FieldProblem, clause: &str) -> FieldError {
    FieldError {
        label: spec.field(&problem.field).map_or("", |f| f.label).to_owned(),
        field: problem.field,
        message: problem.message,
        clause: clause.to_owned(),
    }
}

/// The values that people write, as they are stored: dates in any style, names for rows.
pub(crate) fn understood(
    spec: &RegisterSpec,
    body: &Value,
    names: &NameBook,
) -> Result<Value, Vec<FieldError>> {
    let Value::Object(given) = body else {
        return Ok(body.clone());
    };
    let mut members = Map::new();
    let mut problems = Vec::new();
    for (key, value) in given {
        let Some(field) = spec.field(key) else {
            members.insert(key.clone(), value.clone());
            continue;
        };
        let understood = match (field.kind, value) {
            (Kind::Text | Kind::LongText | Kind::Choice(_) | Kind::Json, _) => Ok(value.clone()),
            (_, Value::String(text)) => registers::entry::read(field, text, names),
            (Kind::References(register), Value::Array(items)) => known(field.label, register, items, names),
            (Kind::Subject, Value::Object(_)) => subject(field.label, value, names),
            _ => Ok(value.clone()),
        };
        match understood {
            Ok(value) => {
                members.insert(key.clone(), value);
            }
            Err(message) => problems.push(labelled(spec, FieldProblem::new(key, message), "")),
        }
    }
    if problems.is_empty() {
        Ok(Value::Object(members))
    } else {
        Err(problems)
    }
}

fn known(label: &str, register: &str, items: &[Value], names: &NameBook) -> Result<Value, String> {
    let mut ids = Vec::new();
    for item in items {
        let text = item.as_str().unwrap_or_default();
        match names.id_of(register, text) {
            Ok(Some(id)) => ids.push(Value::from(id)),
            Ok(None) => return Err(format!("「{label}」沒有「{text}」這一筆，請先登錄它")),
            Err(many) => return Err(format!("「{label}」有 {many} 筆叫做「{text}」，請改填編號")),
        }
    }
    Ok(Value::Array(ids))
}

/// A subject must be of this agency: an id of another's is as unknown as one of nobody's.
fn subject(label: &str, value: &Value, names: &NameBook) -> Result<Value, String> {
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
    let there = kind == "agency" || matches!(names.id_of(kind, id), Ok(Some(_)));
    if there {
        Ok(value.clone())
    } else {
        Err(format!("「{label}」沒有「{id}」這一筆，請由清單選取"))
    }
}

impl App {
    /// Limits of the law for an agency today.
    pub(crate) fn bounds(&self, loaded: &Loaded) -> Bounds {
        let mut bounds = Bounds::new();
        let day = self.today();
        for duty in law::resolve(self.corpus(), &loaded.plans, &loaded.snapshot, day) {
            if duty.standing != law::Standing::Applies {
                continue;
            }
            for requirement in &duty.requirements {
                let found = bounds.entry(requirement.key.clone()).or_default();
                let clause: Vec<&str> = requirement.winners.iter().map(|w| &*w.label).collect();
                let titles: Vec<String> = requirement.winners.iter().map(|w| self.clause_words(w)).collect();
                let _ = clause;
                let bound = bound(requirement);
                let clause = titles.join("、");
                if !found.iter().any(|b| b.bound == bound && b.clause == clause) {
                    found.push(Bounded { bound, clause });
                }
            }
        }
        bounds
    }

    /// A clause with its instrument's title.
    fn clause_words(&self, clause: &law::Clause) -> String {
        let title = self
            .corpus()
            .instrument(&clause.instrument)
            .and_then(|i| i.version(&clause.version))
            .map_or_else(|| "本機關資通安全維護計畫".to_owned(), |v| v.title.clone());
        if clause.label.starts_with(&*title) {
            clause.label.to_string()
        } else {
            format!("{title}{}", clause.label)
        }
    }

    /// The rows that a register's rules look at: approved versions where approval is asked for.
    pub(crate) async fn others(&self, agency: &str, keys: &[&'static str]) -> Result<Others, AppError> {
        let mut others = Others::new();
        for key in keys {
            let Some(spec) = registers::register(key) else {
                continue;
            };
            let standings = self.standings(agency, spec).await?;
            let mut rows: Vec<BookRow> = Vec::new();
            for row in self.store.latest_of(agency, key).await? {
                if row.body.is_null() {
                    continue;
                }
                let approved = standings
                    .by_row
                    .get(&row.row)
                    .and_then(|a| a.body.get("approved"))
                    .filter(|a| !a.is_null());
                let version = approved.and_then(|a| a.get("version")).and_then(Value::as_u64);
                rows.push(BookRow {
                    id: row.row,
                    is_final: !standings.asks || version == Some(u64::from(row.version)),
                    body: row.body,
                });
            }
            rows.sort_by(|a, b| a.id.cmp(&b.id));
            others.insert(*key, rows);
        }
        Ok(others)
    }

    /// Checks a body as somebody gave it: understood, normal, consistent, within the law.
    pub(crate) async fn checked_body(
        &self,
        agency: &str,
        spec: &'static RegisterSpec,
        id: &str,
        body: &Value,
    ) -> Result<Value, AppError> {
        let names = self.names(agency, spec, &mentions(spec, body)).await?;
        let body = understood(spec, body, &names).map_err(AppError::Fields)?;
        let body = spec.check(&body).map_err(|problems| {
            let said = problems.into_iter().map(|p| labelled(spec, p, ""));
            AppError::Fields(said.collect())
        })?;
        let others = self.others(agency, spec.looks_at).await?;
        let mut book = Book::new(self.today());
        for (key, rows) in &others {
            if let Some(other) = registers::register(key) {
                book = book.with(other, rows);
            }
        }
        let bounds = if spec.limits.is_empty() {
            Bounds::new()
        } else {
            self.bounds(&*self.load(agency).await?)
        };
        let problems = self.judged(spec, id, &body, &book, &bounds);
        if problems.is_empty() {
            Ok(body)
        } else {
            Err(AppError::Fields(problems))
        }
    }

    /// What is wrong with a normal body among other rows and under the law.
    #[expect(clippy::unused_self, reason = "asked of the product, like every question")]
    pub(crate) fn judged(
        &self,
        spec: &RegisterSpec,
        id: &str,
        body: &Value,
        book: &Book<'_>,
        bounds: &Bounds,
    ) -> Vec<FieldError> {
        let record = Record::new(spec, id, body);
        let mut problems: Vec<FieldError> = (spec.rules)(&record, book)
            .into_iter()
            .map(|p| labelled(spec, p, ""))
            .collect();
        for limit in spec.limits {
            for bounded in bounds.get(limit.parameter).into_iter().flatten() {
                if let Some(problem) = (limit.judge)(&record, &bounded.bound, book) {
                    problems.push(labelled(spec, problem, &bounded.clause));
                }
            }
        }
        problems
    }
}

fn bound(requirement: &law::Requirement) -> Bound {
    let mut bound = Bound {
        number: None,
        days: None,
        word: None,
        words: requirement.words.clone(),
    };
    match &requirement.value {
        LawValue::Number(n) => bound.number = Some(*n),
        LawValue::Word(word) => bound.word = Some(word.clone()),
        LawValue::Interval(interval) => {
            bound.days = Some(interval.days_per_time());
            bound.number = Some(f64::from(interval.every));
        }
        LawValue::Span(span) => {
            let interval = law::Interval {
                every: span.amount,
                unit: span.unit,
                times: 1,
            };
            bound.days = Some(interval.days_per_time());
            bound.number = Some(f64::from(span.amount));
        }
        LawValue::Set(items) => {
            bound.word = Some(items.iter().cloned().collect::<Vec<_>>().join(" "));
        }
    }
    bound
}
