//! A list of requirements, joined with what carries each.
//!
//! Why joined with the law data and not kept beside the list: the list is another's; whether a
//! carrier exists is known only here. What it can't know: whether a carrier does what the clause
//! means; a person reviewed that when the entry was written.

use crate::AppError;
use law::{ClauseKind, Corpus, Fulfilment, SourceClause};
use serde::Serialize;
use std::collections::BTreeSet;

/// One row of a list of requirements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Id.
    pub id: String,
    /// Its kind, as the list says.
    pub kind: String,
    /// Line of the list.
    pub line: usize,
}

/// What becomes of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Something of the product carries it.
    Carried,
    /// It asks nothing of the product.
    Scope,
    /// A later part will carry it.
    Planned,
    /// The law data does not know it, or says what can't be.
    Missing,
}

/// How what carries a clause sees to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Where it is recorded nothing else is taken, or a value of the law is compared with it.
    Enforced,
    /// Records tell whether it is so.
    Checked,
    /// A file, a record or a statement shows it, for as long as such a proof holds.
    Shown,
    /// Only evidence from machines can tell, and nothing reads it yet.
    Machine,
}

/// A requirement and what carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// Id.
    pub id: String,
    /// Status.
    pub status: Status,
    /// How, where something carries it or only machines could.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// Carriers: `duty:key`, `parameter:key`, `register:key`…, or the part that will.
    pub carried_by: Vec<String>,
    /// Where it stands, printed.
    pub clause: String,
    /// Why it is scope, or what is wrong.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// Reads a list: tab-separated, with the columns `id` and `kind` in its first line.
///
/// # Errors
/// Where the list has no such columns, a row is short, or an id is there twice.
pub fn read_requirements(name: &str, text: &str) -> Result<Vec<Requirement>, AppError> {
    let bad = |line: usize, what: String| {
        AppError::bad_input(
            format!("{name} 第 {line} 行：{what}"),
            "請給以 Tab 分欄、首列含 id 與 kind 欄的清單",
        )
    };
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let head: Vec<&str> = lines
        .next()
        .map(|(_, l)| l.split('\t').collect())
        .unwrap_or_default();
    let column = |key: &str| head.iter().position(|h| h.trim() == key);
    let (Some(id), Some(kind)) = (column("id"), column("kind")) else {
        return Err(bad(1, "沒有 id 或 kind 欄".into()));
    };
    let (mut rows, mut seen) = (Vec::new(), BTreeSet::new());
    for (index, line) in lines.filter(|(_, l)| !l.trim().is_empty()) {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let (Some(id), Some(kind)) = (cells.get(id).filter(|c| !c.is_empty()), cells.get(kind)) else {
            return Err(bad(index + 1, "缺欄位".into()));
        };
        if !seen.insert((*id).to_owned()) {
            return Err(bad(index + 1, format!("{id} 重複")));
        }
        rows.push(Requirement {
            id: (*id).to_owned(),
            kind: (*kind).to_owned(),
            line: index + 1,
        });
    }
    Ok(rows)
}

/// Joins a list with the law data, in the list's order.
pub fn coverage(corpus: &Corpus, list: &[Requirement]) -> Vec<Covered> {
    list.iter()
        .map(|r| {
            let found = corpus.clauses.iter().find(|c| c.id == r.id);
            found.map_or_else(
                || missing(&r.id, String::new(), "法規資料沒有這一條"),
                |clause| covered(corpus, clause, &r.kind),
            )
        })
        .collect()
}

/// Every clause of the law data that a list does not name.
pub fn beyond(corpus: &Corpus, list: &[Requirement]) -> Vec<Covered> {
    let named: BTreeSet<&str> = list.iter().map(|r| r.id.as_str()).collect();
    let rest = corpus.clauses.iter().filter(|c| !named.contains(c.id.as_str()));
    rest.map(|c| covered(corpus, c, word(c.kind))).collect()
}

fn word(kind: ClauseKind) -> &'static str {
    match kind {
        ClauseKind::Scope => "scope",
        ClauseKind::Duty => "duty",
        ClauseKind::Param => "param",
        ClauseKind::Rule => "rule",
        ClauseKind::Register => "register",
        ClauseKind::Workflow => "workflow",
        ClauseKind::Check => "check",
        ClauseKind::Doc => "doc",
        ClauseKind::Attest => "attest",
    }
}

fn missing(id: &str, clause: String, why: &str) -> Covered {
    Covered {
        id: id.to_owned(),
        status: Status::Missing,
        way: None,
        carried_by: Vec::new(),
        clause,
        why: why.to_owned(),
    }
}

fn covered(corpus: &Corpus, clause: &SourceClause, kind: &str) -> Covered {
    let place = print(corpus, clause);
    if word(clause.kind) != kind {
        let why = format!("清單之類別為 {kind}，法規資料為 {}", word(clause.kind));
        return missing(&clause.id, place, &why);
    }
    let (status, carried_by, why) = match &clause.fulfilment {
        Fulfilment::Carried { by } => {
            if let Some(absent) = by.iter().find(|c| !there(c)) {
                return missing(&clause.id, place, &format!("所載之 {absent} 不存在"));
            }
            (Status::Carried, by.clone(), String::new())
        }
        Fulfilment::Scope { why } => (Status::Scope, Vec::new(), why.clone()),
        Fulfilment::Planned { part, what } => (
            Status::Planned,
            vec![format!("roadmap:{part} {what}")],
            String::new(),
        ),
    };
    Covered {
        id: clause.id.clone(),
        status,
        way: way(clause),
        carried_by,
        clause: place,
        why,
    }
}

/// How a clause is seen to, by what carries it.
fn way(clause: &SourceClause) -> Option<Way> {
    let by = match &clause.fulfilment {
        Fulfilment::Carried { by } => by,
        Fulfilment::Planned { .. } => return (clause.kind == ClauseKind::Check).then_some(Way::Machine),
        Fulfilment::Scope { .. } => return None,
    };
    let any = |sorts: &[&str]| {
        let sort = |carrier: &String| carrier.split(':').next().unwrap_or_default().to_owned();
        by.iter().any(|carrier| sorts.contains(&sort(carrier).as_str()))
    };
    // A list is kept, or a way is gone, by recording; elsewhere a row only shows what was done.
    let is_record = matches!(clause.kind, ClauseKind::Register | ClauseKind::Workflow);
    Some(if any(&["check"]) {
        Way::Checked
    } else if any(&["parameter", "grading", "refuses"]) || (is_record && any(&["register", "workflow"])) {
        Way::Enforced
    } else if any(&["duty", "baseline", "register", "workflow"]) {
        Way::Shown
    } else {
        // The law data itself decides, or the reader of a plan does.
        Way::Enforced
    })
}

fn print(corpus: &Corpus, clause: &SourceClause) -> String {
    let version = corpus
        .instrument(&clause.instrument)
        .and_then(|i| i.version(&clause.version));
    let label = version
        .and_then(|v| v.article(&clause.article))
        .map_or("", |a| a.label.as_str());
    format!("{}{label}", version.map_or("", |v| v.title.as_str()))
}

/// Whether a carrier outside the law data exists; those inside were checked when it was loaded.
fn there(carrier: &str) -> bool {
    match carrier.split_once(':') {
        Some(("register", key)) => {
            let mut words = key.split('/');
            let spec = words.next().and_then(registers::register);
            spec.is_some_and(|spec| words.all(|word| spec.tells.contains(&word)))
        }
        Some(("refuses", key)) => registers::register(key)
            .is_some_and(|r| r.validate.is_some() || r.rules.is_some() || !r.limits.is_empty()),
        Some(("check" | "against", key)) => registers::check_of(key).is_some(),
        Some(("reader", key)) => collectors::plan::reads(key),
        _ => true,
    }
}
