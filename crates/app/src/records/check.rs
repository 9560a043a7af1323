//! Whether a record may stand: by its table, beside the other rows, and under the law.
//!
//! Why the law comes last: a limit is only worth saying of a record that is one. Each
//! refusal by the law names the clause that binds this agency on the row's own day: a later
//! law doesn't make wrong what was right when it was done. What it can't know: limits that
//! hang on an event nobody recorded; those don't refuse.

use super::bounded::{Bounded, OfDay};
use super::lawful;
use super::names::{self, Eyes, NameBook, mentions};
use super::standings::{Standings, standings, standings_in};
use crate::error::{FieldError, labelled};
use crate::held::Books;
use crate::rows::Rows;
use crate::visit::Visit;
use crate::{AppError, Loaded};
use law::Value as LawValue;
use registers::entry::Names as _;
use registers::{Book, BookRow, Bound, FieldProblem, Kind, Record, RegisterSpec};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use store::StoredRow;

/// Limits of the law for one agency, by day, resolved as rows about those days are judged.
pub(crate) struct Bounds {
    /// None where nothing judged by it has limits.
    loaded: Option<Arc<Loaded>>,
}

/// Rows that a register's rules look at, by register.
pub(crate) type Others = Books;

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

/// Parameters that some register's limits heed.
fn heeded() -> &'static BTreeSet<&'static str> {
    static HEEDED: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    HEEDED.get_or_init(|| {
        let limits = registers::catalogue().iter().flat_map(|spec| spec.limits);
        limits.map(|limit| limit.parameter).collect()
    })
}

impl Bounds {
    /// Of an agency as loaded.
    pub(crate) fn of(loaded: Option<Arc<Loaded>>) -> Self {
        Self { loaded }
    }

    fn on(&self, day: period::Date, visit: &Visit<'_>) -> Arc<OfDay> {
        match &self.loaded {
            None => Arc::default(),
            Some(loaded) => loaded.kept.limits.of(day, || bounds_on(visit, loaded, day)),
        }
    }
}

/// Limits of the law for rows of a register of an agency.
pub(crate) fn bounds_for(visit: &Visit<'_>, spec: &RegisterSpec) -> Result<Bounds, AppError> {
    let loaded = match spec.limits {
        [] => None,
        _ => Some(visit.loaded()?),
    };
    Ok(Bounds::of(loaded))
}

/// Limits of the law for an agency on a day. Where nobody knows whether a duty bound it then,
/// it is taken to as it does today: a gap in what is known loosens nothing.
fn bounds_on(visit: &Visit<'_>, loaded: &Loaded, day: period::Date) -> OfDay {
    let known = heeded();
    let heeds = |duty: &law::Duty| duty.parameters().any(|key| known.contains(key));
    let resolve = |day| law::resolve_those(visit.corpus(), &loaded.plans, &loaded.snapshot, day, heeds);
    let mut duties = resolve(day);
    let open: BTreeSet<String> = duties
        .iter()
        .filter(|d| matches!(d.standing, law::Standing::Unknown { .. }))
        .map(|d| d.duty.key.clone())
        .collect();
    if !open.is_empty() {
        let today = resolve(visit.today());
        duties.extend(today.into_iter().filter(|d| open.contains(&d.duty.key)));
    }
    let mut bounds = OfDay::new();
    for duty in duties {
        if duty.standing != law::Standing::Applies {
            continue;
        }
        for requirement in &duty.requirements {
            let found = bounds.entry(requirement.key.clone()).or_default();
            let titles: Vec<String> = requirement
                .winners
                .iter()
                .map(|w| clause_words(visit, w))
                .collect();
            let bounded = Bounded {
                bound: bound(visit.corpus(), requirement),
                clause: titles.join("、"),
                subject: duty.subject.clone(),
            };
            if !found.contains(&bounded) {
                found.push(bounded);
            }
        }
    }
    bounds
}

/// A clause with its instrument's title.
fn clause_words(visit: &Visit<'_>, clause: &law::Clause) -> String {
    let title = visit
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
pub(crate) async fn others(visit: &Visit<'_>, keys: &[&'static str]) -> Result<Others, AppError> {
    let mut others = Others::new();
    for key in keys {
        let Some(spec) = registers::register(key) else {
            continue;
        };
        let standings = standings(visit, spec)?;
        let rows = if spec.bulk {
            let rows = visit.reads().latest_of(key).await?;
            Arc::new(book_rows(spec, rows.iter(), &standings)?)
        } else {
            let rows = visit.rows().standing(key);
            visit.held().book(key, || book_rows(spec, rows, &standings))?
        };
        others.insert(*key, rows);
    }
    Ok(others)
}

/// The same by some rows of the agency, in which very large registers are too.
pub(crate) fn others_in(visit: &Visit<'_>, rows: &Rows, keys: &[&'static str]) -> Result<Others, AppError> {
    let mut others = Others::new();
    for spec in keys.iter().filter_map(|key| registers::register(key)) {
        let standings = standings_in(visit, rows, spec)?;
        let rows = book_rows(spec, rows.standing(spec.key), &standings)?;
        others.insert(spec.key, Arc::new(rows));
    }
    Ok(others)
}

fn book_rows<'r>(
    spec: &RegisterSpec,
    rows: impl Iterator<Item = &'r StoredRow>,
    standings: &Standings,
) -> Result<Vec<BookRow>, AppError> {
    let mut book: Vec<BookRow> = Vec::new();
    for row in rows.filter(|r| !r.body.is_null()) {
        // A later draft takes nothing back: what was approved stands until the next.
        let approval = standings.by_row.get(&row.row).filter(|_| standings.asks);
        let approved = approval.map(registers::approved).transpose()?.flatten();
        let is_final = !standings.asks || approved.is_some();
        let body = approved.map_or_else(|| row.body.clone(), |(_, body)| body);
        book.push(BookRow::open(spec, row.row.clone(), body, is_final)?);
    }
    book.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(book)
}

/// What rules look at, as one book.
pub(crate) fn book_of(today: period::Date, others: &Others) -> Book<'_> {
    let mut book = Book::new(today);
    for (key, rows) in others {
        if let Some(other) = registers::register(key) {
            book = book.with(other, rows.as_slice());
        }
    }
    book
}

/// Checks a body as somebody gave it: understood, normal, consistent, within the law.
pub(crate) async fn checked_body(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    id: &str,
    body: &Value,
) -> Result<Value, AppError> {
    // A name that the writer knows is understood, whether or not it would be shown.
    let names = names::names(visit, Eyes::All, spec, &mentions(spec, body)).await?;
    let body = understood(spec, body, &names).map_err(AppError::Fields)?;
    let body = spec.check(&body).map_err(|problems| {
        let said = problems.into_iter().map(|p| labelled(spec, p, ""));
        AppError::Fields(said.collect())
    })?;
    let body = lawful::register_rules(visit, spec, body).map_err(AppError::Fields)?;
    let others = others(visit, spec.looks_at).await?;
    let book = book_of(visit.today(), &others);
    let bounds = bounds_for(visit, spec)?;
    let problems = judged(visit, spec, id, &body, &book, &bounds);
    if problems.is_empty() {
        Ok(body)
    } else {
        Err(AppError::Fields(problems))
    }
}

/// What is wrong with a normal body among other rows and under the law.
pub(crate) fn judged(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    id: &str,
    body: &Value,
    book: &Book<'_>,
    bounds: &Bounds,
) -> Vec<FieldError> {
    let record = Record::new(spec, id, body);
    let mut problems: Vec<FieldError> = spec
        .rules(&record, book)
        .into_iter()
        .map(|p| labelled(spec, p, ""))
        .collect();
    if spec.limits.is_empty() {
        return problems;
    }
    let day = |key: &&str| record.date(key).or_else(|| record.day_of(key));
    let mut days: BTreeSet<period::Date> = spec.limits_on.iter().filter_map(day).collect();
    if days.is_empty() {
        days.insert(visit.today());
    }
    for day in days {
        let bounds = bounds.on(day, visit);
        for limit in spec.limits {
            let bounds = bounds.get(limit.parameter).into_iter().flatten();
            for bounded in bounds.filter(|b| b.binds(&record)) {
                let problem = (limit.judge)(&record, &bounded.bound, book);
                let problem = problem.map(|p| labelled(spec, p, &bounded.clause));
                // The same limit on two days is said once.
                problems.extend(problem.filter(|p| !problems.contains(p)));
            }
        }
    }
    problems
}

fn bound(corpus: &law::Corpus, requirement: &law::Requirement) -> Bound {
    let parameter = corpus.parameters.get(&requirement.key);
    let mut bound = Bound {
        span: parameter.and_then(|p| p.span(&requirement.value)),
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
