//! What rows prove, and the events that they report.
//!
//! Why only the approved version counts where approval is asked for: a draft proves
//! nothing, and a later draft takes nothing back. Why the approval itself counts as a
//! piece of evidence: it names who decided about which bytes. What it can't know:
//! whether a duty of that key exists; the application checks the catalogue against the law.

use crate::{Kind, Raise, Record, RegisterSpec, RowRef, register};
use facts::{Done, Event, Source, Subject};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The approved version of each row: (register, row) to its version and body.
pub fn approvals<'a>(rows: &[RowRef<'a>]) -> BTreeMap<(&'a str, &'a str), (u32, Value)> {
    let mut found = BTreeMap::new();
    for row in rows.iter().filter(|r| r.register == "approval") {
        let word = |key: &str| row.body.get(key).and_then(Value::as_str);
        if let (Some(of), Some(id), Some(approved)) = (word("register"), word("row"), approved(row.body)) {
            found.insert((of, id), approved);
        }
    }
    found
}

/// What an approval made final: the version, and its body in which blank fields for the day
/// and the person of the approval say what the approval itself says.
pub fn approved(approval: &Value) -> Option<(u32, Value)> {
    let approved = approval.get("approved")?;
    let version = u32::try_from(approved.get("version")?.as_u64()?).unwrap_or(u32::MAX);
    let mut body = approved.get("body")?.clone();
    let spec = register(approval.get("register")?.as_str()?)?;
    let by = approval
        .get("decisions")
        .and_then(Value::as_array)
        .and_then(|d| d.last())
        .and_then(|d| d.get("name"))
        .cloned();
    let members = body.as_object_mut()?;
    for field in spec.fields.iter().filter(|f| spec.tells_approval(f)) {
        let said = match field.kind {
            Kind::Date => approved.get("on").cloned(),
            _ => by.clone(),
        };
        let blank = members
            .get(field.key)
            .is_none_or(|v| v.is_null() || v.as_str() == Some(""));
        if let Some(said) = said.filter(|_| blank) {
            members.insert(field.key.to_owned(), said);
        }
    }
    Some((version, body))
}

/// Adds what the rows of every register prove and report.
pub(crate) fn collect(
    rows: &[RowRef<'_>],
    asking: &BTreeSet<&str>,
    done: &mut Vec<Done>,
    events: &mut Vec<Event>,
) {
    let approved = approvals(rows);
    let mut sorted: Vec<&RowRef<'_>> = rows.iter().filter(|r| !r.body.is_null()).collect();
    sorted.sort_by_key(|r| (r.register, r.row));
    let superseded: BTreeSet<&str> = sorted
        .iter()
        .filter(|r| r.register == "evidence")
        .filter_map(|r| r.body.get("supersedes").and_then(Value::as_str))
        .collect();
    for row in sorted {
        let Some(spec) = register(row.register) else {
            continue;
        };
        if row.register == "evidence" && !superseded.contains(row.row) {
            from_file(spec, row, done);
        }
        if spec.proves.is_empty() && spec.raises.is_empty() {
            continue;
        }
        let decided = approved.get(&(row.register, row.row));
        let asks = asking.contains(row.register);
        let (version, body) = match (decided, asks) {
            (Some((version, body)), true) => (*version, body),
            // Nothing is asked for, or it is a draft: that may report an event, and proves nothing.
            _ => (row.version, row.body),
        };
        let mut record = Record::new(spec, row.row, body);
        record.is_final = asks && decided.is_some();
        let source = Source {
            register: row.register.to_owned(),
            row: row.row.to_owned(),
            version,
            line: None,
        };
        let files = spec
            .field("evidence")
            .map_or(0, |_| record.files("evidence").len());
        let evidence = files + usize::from(record.is_final);
        if record.is_final || !asks {
            for proof in spec.proves.iter().filter(|p| (p.when)(&record)) {
                let (Some(on), Some(subject)) = (day(&record, proof.on), about(&record, proof.about)) else {
                    continue;
                };
                done.push(Done {
                    subject,
                    duty: proof.duty.to_owned(),
                    on,
                    title: title(&record),
                    evidence,
                    source: source.clone(),
                });
            }
        }
        let latest = Record::new(spec, row.row, row.body);
        for raise in spec.raises {
            if spec.settled_by_file.contains(&raise.duty) {
                let source = Source {
                    version: row.version,
                    ..source.clone()
                };
                let files = latest.files("evidence").len();
                // What was approved to have happened, a draft can neither move nor take away; it
                // says when it was settled.
                let standing = (raise.when)(&record)
                    .then(|| event(&record, raise, files, false, &source))
                    .flatten();
                let drafted = (raise.when)(&latest)
                    .then(|| event(&latest, raise, files, false, &source))
                    .flatten();
                let settled_on = day(&latest, raise.settled_on);
                events.extend(standing.or(drafted).map(|e| Event { settled_on, ..e }));
            } else if (raise.when)(&record) {
                let draft = asks && decided.is_none();
                events.extend(event(&record, raise, evidence, draft, &source));
            }
        }
    }
}

fn event(record: &Record<'_>, raise: &Raise, evidence: usize, draft: bool, source: &Source) -> Option<Event> {
    Some(Event {
        subject: about(record, raise.about)?,
        duty: raise.duty.to_owned(),
        on: day(record, raise.on)?,
        title: title(record),
        settled_on: day(record, raise.settled_on).filter(|_| !draft),
        evidence,
        source: source.clone(),
    })
}

fn title(record: &Record<'_>) -> String {
    format!("{}：{}", record.spec.title, record.name())
}

fn day(record: &Record<'_>, key: &str) -> Option<period::Date> {
    record.date(key).or_else(|| record.day_of(key))
}

/// Whom a row is about: the system, contract or person that a field refers to.
fn about(record: &Record<'_>, field: Option<&str>) -> Option<Subject> {
    let Some(key) = field else {
        return Some(Subject::Agency);
    };
    let id = record.text(key);
    if id.is_empty() {
        return None;
    }
    match record.spec.field(key)?.kind {
        Kind::Reference("contract") => Some(Subject::Contract(id.to_owned())),
        Kind::Reference("person") => Some(Subject::Person(id.to_owned())),
        Kind::Reference("system") => Some(Subject::System(id.to_owned())),
        _ => None,
    }
}

/// A file proves every duty that its record names.
fn from_file(spec: &RegisterSpec, row: &RowRef<'_>, done: &mut Vec<Done>) {
    let record = Record::new(spec, row.row, row.body);
    let Some(on) = record.date("effective_on") else {
        return;
    };
    let subject = about(&record, Some("system"))
        .or_else(|| about(&record, Some("contract")))
        .unwrap_or(Subject::Agency);
    for duty in record.list("duties") {
        done.push(Done {
            subject: subject.clone(),
            duty: duty.to_owned(),
            on,
            title: record.name().to_owned(),
            evidence: record.files("evidence").len(),
            source: Source {
                register: row.register.to_owned(),
                row: row.row.to_owned(),
                version: row.version,
                line: None,
            },
        });
    }
}
