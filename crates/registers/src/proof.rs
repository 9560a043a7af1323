//! What rows prove, and the events that they report.
//!
//! Why only the approved version counts where approval is asked for: a draft proves
//! nothing, and a later draft takes nothing back. Why the approval itself counts as a
//! piece of evidence: it names who decided about which bytes. What it can't know:
//! whether a duty of that key exists; the application checks the catalogue against the law.

use crate::basics::approval::{self, Approval};
use crate::basics::evidence;
use crate::catalogue::register;
use crate::core::examine::examined;
use crate::core::form::{ReadError, open, open_ref};
use crate::core::stored::{Finds, Problem, RowRef};
use crate::core::{Alter, Grade, Kind, Proof, Raise, Record, RegisterSpec, Renewal, Tally};
use crate::documents::{delegation, exception};
use facts::{Altered, Checked, Counted, Delegation, Done, Event, Exemption, Settled, Source, Subject};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What approvals made final: (register, row) to the version and its body, opened.
type Approvals = BTreeMap<(String, String), (u32, Value)>;

/// The approved version of each row, and approvals that can't be read.
fn approvals(finds: Finds, rows: &[RowRef<'_>]) -> (Approvals, Vec<Problem>) {
    let (mut found, mut problems) = (Approvals::new(), Vec::new());
    let stand = |r: &&RowRef<'_>| r.register == approval::SPEC.key && !r.body.is_null();
    for row in rows.iter().filter(stand) {
        match Approval::read(row.body).and_then(|a| Ok((final_by(finds, &a)?, a))) {
            Ok((Some(last), a)) => {
                found.insert((a.register, a.row), last);
            }
            Ok((None, _)) => {}
            Err(error) => problems.push(Problem::of(row, &error)),
        }
    }
    (found, problems)
}

/// What an approval made final: the version, and its body in the newest form, in which blank
/// fields for the day and the person of the approval say what the approval itself says. None
/// where nothing was, or nobody knows the register.
///
/// # Errors
/// Where the approved body can't be opened.
pub fn approved(approval: &Approval) -> Result<Option<(u32, Value)>, ReadError> {
    final_by(register, approval)
}

fn final_by(finds: Finds, approval: &Approval) -> Result<Option<(u32, Value)>, ReadError> {
    let (Some(last), Some(spec)) = (&approval.approved, finds(&approval.register)) else {
        return Ok(None);
    };
    let mut body = open(spec, last.body.clone())?.body;
    let Some(members) = body.as_object_mut() else {
        return Ok(None);
    };
    for field in spec.fields.iter().filter(|f| spec.tells_approval(f)) {
        let said = match field.kind {
            Kind::Date => Some(last.on.to_string()),
            _ => approval.approved_by().map(str::to_owned),
        };
        let blank = members
            .get(field.key)
            .is_none_or(|v| v.is_null() || v.as_str() == Some(""));
        if let Some(said) = said.filter(|_| blank) {
            members.insert(field.key.to_owned(), said.into());
        }
    }
    Ok(Some((last.version, body)))
}

/// What rows tell an assessment.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub done: Vec<Done>,
    pub events: Vec<Event>,
    pub counted: Vec<Counted>,
    pub exempt: Vec<Exemption>,
    pub delegated: Vec<Delegation>,
    pub altered: Vec<Altered>,
    pub checked: Vec<Checked>,
}

/// Adds what the rows of every register prove and report, and which of them can't be read.
pub(crate) fn collect(
    finds: Finds,
    rows: &[RowRef<'_>],
    asking: &BTreeSet<&str>,
    told: &mut Told,
) -> Vec<Problem> {
    let (approved, mut problems) = approvals(finds, rows);
    let mut sorted: Vec<&RowRef<'_>> = rows.iter().filter(|r| !r.body.is_null()).collect();
    sorted.sort_by_key(|r| (r.register, r.row));
    let mut opened: Vec<Open<'_>> = Vec::with_capacity(sorted.len());
    for row in sorted {
        // Typed rows were opened by their types; what states nothing here need not be.
        let Some(spec) = finds(row.register).filter(|s| proves(s)) else {
            continue;
        };
        match open_ref(spec, row.body) {
            Ok(body) => opened.push(Open { spec, row, body }),
            Err(error) => problems.push(Problem::of(row, &error)),
        }
    }
    let superseded: BTreeSet<&str> = opened
        .iter()
        .filter(|o| o.spec.key == evidence::SPEC.key)
        .filter_map(|o| o.body.get("supersedes").and_then(Value::as_str))
        .collect();
    let own = |o: &&Open<'_>| matches!(o.spec.grade, Some(Grade::Own { .. }));
    let graded: Graded<'_> = opened.iter().filter(own).map(|o| (o.row.row, o)).collect();
    let mut renewals = Vec::new();
    let at: At<'_> = rows.iter().map(|r| ((r.register, r.row), r)).collect();
    for open in &opened {
        if open.spec.key == evidence::SPEC.key && !superseded.contains(open.row.row) {
            from_file(open, &mut told.done);
        }
        // Only where approval is asked for does one count.
        let asks = asking.contains(open.row.register);
        let of = || (open.row.register.to_owned(), open.row.row.to_owned());
        let decided = asks.then(of).and_then(|of| approved.get(&of));
        from_row(open, &graded, decided, asks, (told, &mut renewals));
        if !asks || decided.is_some() {
            let body = decided.map_or(&*open.body, |(_, body)| body);
            let version = decided.map_or(open.row.version, |(version, _)| *version);
            look(finds, &at, open, (version, body), &mut told.checked);
        }
    }
    renew(&mut told.done, &renewals);
    succeed(&mut told.checked);
    problems
}

/// A row whose body was opened.
struct Open<'r> {
    spec: &'static RegisterSpec,
    row: &'r RowRef<'r>,
    body: Cow<'r, Value>,
}

fn proves(spec: &RegisterSpec) -> bool {
    spec.key == evidence::SPEC.key
        || [
            spec.proves.len(),
            spec.tallies.len(),
            spec.raises.len(),
            spec.alters.len(),
            spec.checks.len(),
        ] != [0; 5]
}

/// Rows by register and id.
type At<'r> = BTreeMap<(&'r str, &'r str), &'r RowRef<'r>>;

/// What a row says to the checks of its register.
fn look(
    finds: Finds,
    at: &At<'_>,
    open: &Open<'_>,
    (version, body): (u32, &Value),
    checked: &mut Vec<Checked>,
) {
    let record = Record::new(open.spec, open.row.row, body);
    let source = Source {
        register: open.row.register.to_owned(),
        row: open.row.row.to_owned(),
        version,
        line: None,
    };
    // The row that a field refers to: its register, id and body.
    let referred = |reference: &str| {
        let Kind::Reference(register) = record.table.field(reference)?.kind else {
            return None;
        };
        let (spec, id) = (finds(register)?, record.text(reference));
        let row = at.get(&(register, id))?;
        Some((spec, id, open_ref(spec, row.body).ok()?))
    };
    let day = |reference: &str, field: &str| {
        let (spec, id, body) = referred(reference)?;
        Record::new(spec, id, &body).date(field)
    };
    for check in open.spec.checks {
        let so = |(field, must): (&str, fn(&Record<'_>) -> bool)| {
            referred(field).is_some_and(|(spec, id, body)| must(&Record::new(spec, id, &body)))
        };
        if !check.of.is_none_or(so) {
            continue;
        }
        // What is about nobody known is of the agency.
        let subject = about(&record, check.about).unwrap_or(Subject::Agency);
        // A word that rows are told apart by says little without whom it is about.
        let whose = check.by.and(check.about).and_then(referred);
        let whose = whose.map(|(spec, id, body)| Record::new(spec, id, &body).name().to_owned());
        let title = match whose {
            Some(whose) => format!("{whose}：{}", record.name()),
            None => record.name().to_owned(),
        };
        checked.extend(examined(check, &record, (subject, &title), &source, day));
    }
}

/// Of rows that judge the same anew, each holds until the next one.
fn succeed(checked: &mut [Checked]) {
    let anew = |c: &Checked| c.check.contains('/');
    checked.sort_by_cached_key(|c| {
        let of = anew(c).then(|| (c.check.clone(), c.subject.clone(), c.from));
        (of, c.source.row.clone())
    });
    let mut rest = checked;
    while let Some((one, after)) = rest.split_first_mut() {
        if let Some(next) = after.first().filter(|next| {
            anew(one) && next.check == one.check && next.subject == one.subject && next.from >= one.from
        }) {
            one.until = next.from;
        }
        rest = after;
    }
}

/// Rows that say of themselves how grave they are, by their ids.
type Graded<'o> = BTreeMap<&'o str, &'o Open<'o>>;

/// What one row proves and reports.
fn from_row(
    open: &Open<'_>,
    graded: &Graded<'_>,
    decided: Option<&(u32, Value)>,
    asks: bool,
    (told, renewals): (&mut Told, &mut Vec<Confirmed>),
) {
    let Told {
        done,
        events,
        counted,
        exempt,
        delegated,
        altered,
        ..
    } = told;
    let (spec, row) = (open.spec, open.row);
    let (version, body) = match (decided, asks) {
        (Some((version, body)), true) => (*version, body),
        // Nothing is asked for, or it is a draft: that may report an event, and proves nothing.
        _ => (row.version, &*open.body),
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
    let evidence = files.saturating_add(usize::from(record.is_final));
    let counts = record.is_final || !asks;
    if spec.key == exception::SPEC.key {
        exempt.extend(exception::exemption(&record, counts, &source));
    }
    if spec.key == delegation::SPEC.key {
        delegated.extend(delegation::delegations(&record, evidence, counts, &source));
    }
    if counts {
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
                until: last_day(&record, proof),
                edition: edition(&record),
                parts: Vec::new(),
                stated_by: None,
                event: None,
                says: says(&record),
                source: source.clone(),
            });
        }
        let renewal = spec.renews.filter(|renewal| (renewal.when)(&record));
        renewals.extend(renewal.and_then(|renewal| confirmed(&record, &renewal, evidence, &source)));
        let tallies = spec.tallies.iter().filter(|t| (t.when)(&record));
        counted.extend(tallies.map(|t| tally(&record, t, evidence, &source)));
        let alters = spec.alters.iter().filter(|a| (a.when)(&record));
        altered.extend(alters.filter_map(|a| alteration(&record, a, &source)));
    }
    let latest = Record::new(spec, row.row, &open.body);
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
                .then(|| event(graded, &record, raise, files, false, &source))
                .flatten();
            let drafted = (raise.when)(&latest)
                .then(|| event(graded, &latest, raise, files, false, &source))
                .flatten();
            let settled = settled(&latest, raise);
            events.extend(standing.or(drafted).map(|e| Event { settled, ..e }));
        } else if (raise.when)(&record) {
            let draft = asks && decided.is_none();
            events.extend(event(graded, &record, raise, evidence, draft, &source));
        }
    }
}

fn last_day(record: &Record<'_>, proof: &Proof) -> Option<period::Date> {
    let ends = proof.until.iter().filter_map(|end| end.end(record));
    ends.min()?.yesterday().ok()
}

/// A record that another one confirmed.
struct Confirmed {
    register: &'static str,
    row: String,
    by: Done,
}

/// What this record confirms.
fn confirmed(record: &Record<'_>, renewal: &Renewal, evidence: usize, source: &Source) -> Option<Confirmed> {
    let Kind::Reference(register) = record.table.field(renewal.of)?.kind else {
        return None;
    };
    let row = Some(record.text(renewal.of)).filter(|id| !id.is_empty())?;
    let by = Done {
        subject: Subject::Agency,
        duty: String::new(),
        on: day(record, renewal.on)?,
        title: title(record),
        evidence,
        until: None,
        edition: None,
        parts: Vec::new(),
        stated_by: None,
        event: None,
        says: Vec::new(),
        source: source.clone(),
    };
    Some(Confirmed {
        register,
        row: row.to_owned(),
        by,
    })
}

/// What was proven by a record that another one confirmed is proven anew on the day of that.
fn renew(done: &mut Vec<Done>, all: &[Confirmed]) {
    let mut anew = Vec::new();
    for Confirmed { register, row, by } in all {
        let of = |d: &&Done| d.source.register == *register && d.source.row == *row && d.on <= by.on;
        anew.extend(done.iter().filter(of).map(|d| Done {
            subject: d.subject.clone(),
            duty: d.duty.clone(),
            until: d.until,
            edition: d.edition.clone(),
            parts: d.parts.clone(),
            says: d.says.clone(),
            ..by.clone()
        }));
    }
    done.extend(anew);
}

fn tally(record: &Record<'_>, tally: &Tally, evidence: usize, source: &Source) -> Counted {
    Counted {
        what: tally.what.to_owned(),
        of: tally
            .of
            .map_or(source.row.as_str(), |field| record.text(field))
            .to_owned(),
        from: record.date(tally.from),
        until: tally.ends.end(record),
        shown: tally.by_file.then_some(evidence > 0),
        source: source.clone(),
    }
}

fn alteration(record: &Record<'_>, alter: &Alter, source: &Source) -> Option<Altered> {
    Some(Altered {
        what: alter.what.to_owned(),
        subject: match alter.about {
            Some(_) => about(record, alter.about)?,
            None => Subject::System(source.row.clone()),
        },
        on: record.date(alter.on)?,
        title: title(record),
        source: source.clone(),
    })
}

/// The edition of the law against which a record was made, where it names one.
fn edition(record: &Record<'_>) -> Option<String> {
    record.table.field("edition")?;
    Some(record.text("edition").to_owned()).filter(|edition| !edition.is_empty())
}

fn event(
    graded: &Graded<'_>,
    record: &Record<'_>,
    raise: &Raise,
    evidence: usize,
    draft: bool,
    source: &Source,
) -> Option<Event> {
    let (level, level_changed) = grade(graded, record);
    Some(Event {
        subject: about(record, raise.about)?,
        duty: raise.duty.to_owned(),
        at: record.when(raise.on)?,
        title: title(record),
        settled: settled(record, raise).filter(|_| !draft),
        level,
        level_changed,
        evidence,
        says: says(record),
        source: source.clone(),
    })
}

/// What a row says of itself that a part of a duty may ask for.
fn says(record: &Record<'_>) -> Vec<String> {
    let spec = record.table.key;
    let asked = register(spec).map_or(&[][..], |spec| spec.tells);
    let said = asked.iter().filter(|what| record.tells(what));
    said.map(|what| (*what).to_owned()).collect()
}

/// How grave what a record tells of is, and when that took the place of another judgement.
fn grade(graded: &Graded<'_>, record: &Record<'_>) -> (Option<String>, Option<period::Moment>) {
    match record.table.grade {
        Some(Grade::Own { level, changed }) => {
            let level = Some(record.text(level).to_owned()).filter(|level| !level.is_empty());
            (level, record.when(changed))
        }
        Some(Grade::Of(field)) => match graded.get(record.text(field)) {
            Some(open) if matches!(open.spec.grade, Some(Grade::Own { .. })) => {
                grade(graded, &Record::new(open.spec, open.row.row, &open.body))
            }
            _ => (None, None),
        },
        None => (None, None),
    }
}

fn settled(record: &Record<'_>, raise: &Raise) -> Option<Settled> {
    Some(Settled {
        at: record.when(raise.settled_on)?,
        by: record.label(raise.settled_on).to_owned(),
    })
}

fn title(record: &Record<'_>) -> String {
    format!("{}：{}", record.table.title, record.name())
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
    match record.table.field(key)?.kind {
        Kind::Reference("contract") => Some(Subject::Contract(id.to_owned())),
        Kind::Reference("person") => Some(Subject::Person(id.to_owned())),
        Kind::Reference("system") => Some(Subject::System(id.to_owned())),
        _ => None,
    }
}

/// A file proves every duty that its record names.
fn from_file(open: &Open<'_>, done: &mut Vec<Done>) {
    let row = open.row;
    let record = Record::new(open.spec, row.row, &open.body);
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
            until: record.date("valid_until"),
            edition: None,
            parts: record.list("parts").into_iter().map(str::to_owned).collect(),
            stated_by: None,
            event: crate::activity::event_named(record.text("event")),
            says: Vec::new(),
            source: Source {
                register: row.register.to_owned(),
                row: row.row.to_owned(),
                version: row.version,
                line: None,
            },
        });
    }
}
