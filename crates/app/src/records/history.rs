//! The timeline of a record: versions with what changed, decisions and remarks, in order.
//!
//! Why out of the ledger: what is shown as history is what was chained, nothing else.

use super::decision::ON_PAPER;
use super::masking::Hides;
use super::names::{self, Eyes, NameBook, mentions};
use super::own::own_version;
use super::standings::approval_id;
use crate::AppError;
use crate::clock::taipei;
use crate::compiled::compiled_once;
use crate::ids::{RowId, no_record};
use crate::visit::{Access, Visit, act};
use registers::RegisterSpec;
use registers::basics::approval::{Act, Approval};
use registers::basics::member::Member;
use registers::entry::write;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryKind {
    /// Recorded.
    Created,
    /// Changed.
    Amended,
    /// Taken back.
    Withdrawn,
    /// A step of the approval.
    Decision,
    /// A remark.
    Comment,
}

/// A field that changed.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct ChangedField {
    /// Its key.
    pub field: String,
    /// What an officer calls it.
    pub label: String,
    /// As it was.
    pub from: String,
    /// As it is.
    pub to: String,
}

/// One entry of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct HistoryEntry {
    /// What kind.
    pub kind: HistoryKind,
    /// When, `2026-11-21T14:05` in Taipei.
    pub at: String,
    /// Who.
    pub by: String,
    /// In the officer's words.
    pub words: String,
    /// The version concerned.
    pub version: u32,
    /// What changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<ChangedField>,
    /// Ledger position; none for entries inside an approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
}

/// A record's timeline, oldest first.
///
/// # Errors
/// Where the record isn't there for the asker.
#[compiled_once]
pub async fn history(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    id: &RowId,
) -> Result<Vec<HistoryEntry>, AppError> {
    let access = visit.may(act::Read, spec)?;
    let id = id.as_str();
    // What was withdrawn still has its history.
    if !access.sees_history(id).await? {
        return Err(no_record(access.spec, id));
    }
    let mut entries = Vec::new();
    // What rows referred to is named as those rows are named now.
    let mut versions = visit.reads().recorded(spec.key, id).await?;
    for recorded in &mut versions {
        recorded.row.body = registers::open(spec, recorded.row.body.take())?.body;
    }
    let mut mentioned = BTreeMap::new();
    for recorded in &versions {
        for (key, texts) in mentions(spec, &recorded.row.body) {
            mentioned.entry(key).or_insert_with(BTreeSet::new).extend(texts);
        }
    }
    let names = names::names(visit, Eyes::Theirs, spec, &mentioned).await?;
    let mut before = Value::Null;
    let mut own = BTreeSet::new();
    let author = versions.first().map(|v| v.entry.entry.actor.clone());
    for recorded in versions {
        // What it said while it was another's is not theirs to read.
        let is_own = |own: &store::Own| own_version(own, &recorded.row, author.as_deref());
        if !recorded.row.body.is_null() && !access.own.as_ref().is_none_or(is_own) {
            before = Value::Null;
            continue;
        }
        own.insert(recorded.row.version);
        if access.at.is_some_and(|at| recorded.row.seq > at) {
            break;
        }
        let now = recorded.row.body.clone();
        let kind = match (&before, &now) {
            (_, Value::Null) => HistoryKind::Withdrawn,
            (Value::Null, _) => HistoryKind::Created,
            _ => HistoryKind::Amended,
        };
        let words = match kind {
            HistoryKind::Created if recorded.entry.entry.action.starts_with("import:") => "匯入",
            HistoryKind::Amended if recorded.entry.entry.action.starts_with("import:") => "匯入更新",
            HistoryKind::Created if confirmed(&recorded) => "登錄（經第二人確認）",
            HistoryKind::Amended if confirmed(&recorded) => "修改（經第二人確認）",
            HistoryKind::Created => "登錄",
            HistoryKind::Withdrawn => "註銷",
            _ => "修改",
        };
        let changed = match kind {
            HistoryKind::Amended => changes(spec, &before, &now, (&access.hides, &names)),
            _ => Vec::new(),
        };
        entries.push(HistoryEntry {
            kind,
            at: taipei(recorded.entry.entry.at),
            by: actor_name(visit, &recorded.entry.entry.actor),
            words: words.to_owned(),
            version: recorded.row.version,
            changed,
            position: Some(recorded.row.seq),
        });
        before = now;
    }
    let own_only = |e: &HistoryEntry| access.own.is_none() || own.contains(&e.version);
    decisions(visit, (spec, id), &access, &mut entries).await?;
    remarks(visit, spec, id, &mut entries);
    // What was said and decided of it while it was another's belongs to that time.
    entries.retain(own_only);
    for entry in entries
        .iter_mut()
        .filter(|e| e.by != visit.who().name && e.by != OPERATOR)
    {
        entry.by = access.hides.person(&entry.by);
    }
    entries.sort_by(|a, b| a.at.cmp(&b.at).then(a.version.cmp(&b.version)));
    Ok(entries)
}

async fn decisions(
    visit: &Visit<'_>,
    (spec, id): (&RegisterSpec, &str),
    access: &Access<'_, act::Read>,
    entries: &mut Vec<HistoryEntry>,
) -> Result<(), AppError> {
    let approval = approval_id(spec, id);
    let row = if access.at.is_none() {
        visit.rows().there("approval", &approval).cloned()
    } else {
        let select = store::Select {
            among: Some(vec![approval]),
            at: access.at,
            ..store::Select::default()
        };
        let rows = visit.reads().list("approval", &select, 1).await?;
        rows.into_iter().next()
    };
    let Some(row) = row else {
        return Ok(());
    };
    for event in Approval::read(&row.body)?.decisions {
        let what = event.verdict.title();
        let mut words = match event.role.as_str() {
            "" => what.to_owned(),
            role => format!("{role}{what}"),
        };
        if !event.stood_for.is_empty() {
            words = format!("{words}（代理{}）", access.hides.person(&event.stood_for));
        }
        let reason = match event.verdict {
            Act::Paper => signed(&event.reason, &access.hides),
            _ => event.reason.clone(),
        };
        if !reason.is_empty() {
            words = format!("{words}：{reason}");
        }
        entries.push(HistoryEntry {
            kind: HistoryKind::Decision,
            at: event.at,
            by: event.name,
            words,
            version: event.version,
            changed: Vec::new(),
            position: None,
        });
    }
    Ok(())
}

fn remarks(visit: &Visit<'_>, spec: &RegisterSpec, id: &str, entries: &mut Vec<HistoryEntry>) {
    for row in visit.rows().standing("comment") {
        let text = |key: &str| row.body.get(key).and_then(Value::as_str).unwrap_or_default();
        if text("register") != spec.key || text("row") != id {
            continue;
        }
        let what = match text("kind") {
            "return" => "退回補正",
            "answer" => "回復",
            _ => "意見",
        };
        let version = row.body.get("version").and_then(Value::as_u64).unwrap_or(0);
        entries.push(HistoryEntry {
            kind: HistoryKind::Comment,
            at: text("at").to_owned(),
            by: text("by").to_owned(),
            words: format!("{what}：{}", text("text")),
            version: u32::try_from(version).unwrap_or(0),
            changed: Vec::new(),
            position: Some(row.seq),
        });
    }
}

/// Whether a version took effect when a second person confirmed it.
fn confirmed(recorded: &store::Recorded) -> bool {
    recorded.entry.entry.action.ends_with(".confirm")
}

/// An actor of the ledger as people know them.
pub(crate) fn actor_name(visit: &Visit<'_>, actor: &str) -> String {
    let Some(member) = actor.strip_prefix("member:") else {
        return match actor {
            "local" | "cli" => OPERATOR.to_owned(),
            "demo" => "示範資料".to_owned(),
            other => other.to_owned(),
        };
    };
    let row = visit.rows().row("member", member);
    // Somebody whose row can't be read is named as the ledger does.
    let known = row.and_then(|r| Member::read(&r.body).ok());
    known.map_or_else(|| member.to_owned(), |m| m.name)
}

/// Whoever sits at this machine: nobody's name.
const OPERATOR: &str = "本機操作者";

/// Who signed a paper and when, as `paper.rs` writes it, with the name as it is shown.
fn signed(reason: &str, hides: &Hides) -> String {
    let said = reason.strip_prefix(ON_PAPER).unwrap_or(reason);
    match said.rsplit_once('，') {
        Some((name, day)) => format!("{}，{day}", hides.person(name)),
        None => said.to_owned(),
    }
}

fn changes(
    spec: &RegisterSpec,
    before: &Value,
    now: &Value,
    (hides, names): (&Hides, &NameBook),
) -> Vec<ChangedField> {
    let shown = |value: Option<&Value>, field: &registers::Field| match value {
        None | Some(Value::Null) => String::new(),
        Some(_) if hides.hides(field) => "（不顯示）".to_owned(),
        Some(value) => write(field, value, names),
    };
    spec.fields
        .iter()
        .filter(|field| before.get(field.key) != now.get(field.key))
        .map(|field| ChangedField {
            field: field.key.to_owned(),
            label: field.label.to_owned(),
            from: shown(before.get(field.key), field),
            to: shown(now.get(field.key), field),
        })
        .filter(|c| c.from != c.to)
        .collect()
}
