//! The hands that write the demonstration: one record, one decision, one file of many at a time.
//!
//! Why the same ways as everybody's: a record of the demonstration went through every check that a real
//! one goes through, and whoever decided on it might. What it can't do: write what those ways refuse; it
//! is told instead.

use crate::ids::{AgencyId, RowId, register};
use crate::principal::Principal;
use crate::records::{self, Chosen, Decision, ImportOptions, LineStatus, PutRecord, Verdict};
use crate::uploads::EvidenceFile;
use crate::visit::{Surface, Visit};
use crate::{App, AppError, people};
use documents::sheet::{Column, Table, Value as Cell};
use registers::RegisterSpec;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Who decides on most papers.
pub(super) const BOTH: [&str; 2] = ["officer", "ciso"];

/// One record, as it is entered.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) register: String,
    /// Name of the record that is changed, empty for the agency's own; a new one where none.
    #[serde(default)]
    pub(super) row: Option<String>,
    /// Who enters it: a member by the name below, or whoever set the demonstration up.
    #[serde(default = "officer")]
    pub(super) by: String,
    /// What the others call this member.
    #[serde(default, rename = "as")]
    pub(super) called: Option<String>,
    pub(super) body: Map<String, Value>,
    /// Whether a file goes with it.
    #[serde(default)]
    pub(super) file: bool,
    /// Who takes each step of its approval.
    #[serde(default)]
    pub(super) approve: Vec<String>,
    /// Whether it is sent on, although nobody decided yet.
    #[serde(default)]
    pub(super) sent: bool,
    /// Who returns it after those who agreed, and why.
    #[serde(default)]
    pub(super) returned: Option<(String, String)>,
}

fn officer() -> String {
    "officer".to_owned()
}

impl Step {
    pub(super) fn new(register: &str, body: Value) -> Self {
        Self {
            register: register.to_owned(),
            by: officer(),
            body: match body {
                Value::Object(members) => members,
                _ => Map::new(),
            },
            ..Self::default()
        }
    }

    pub(super) fn by(mut self, who: &str) -> Self {
        who.clone_into(&mut self.by);
        self
    }

    pub(super) fn called(mut self, name: &str) -> Self {
        self.called = Some(name.to_owned());
        self
    }

    pub(super) fn of(mut self, row: &str) -> Self {
        self.row = Some(row.to_owned());
        self
    }

    pub(super) fn with_file(mut self) -> Self {
        self.file = true;
        self
    }

    /// Sent on, and agreed to by these.
    pub(super) fn agreed(mut self, who: &[&str]) -> Self {
        self.sent = true;
        self.approve = who.iter().map(|w| (*w).to_owned()).collect();
        self
    }

    pub(super) fn returned(mut self, who: &str, why: &str) -> Self {
        self.sent = true;
        self.returned = Some((who.to_owned(), why.to_owned()));
        self
    }
}

/// Many records of one register, entered from one file.
pub(super) struct Sheet {
    pub(super) register: &'static str,
    pub(super) rows: Vec<Value>,
    /// Whether a file proves them; one for all.
    pub(super) file: bool,
}

impl Sheet {
    pub(super) fn of(register: &'static str, rows: Vec<Value>) -> Self {
        Self {
            register,
            rows,
            file: false,
        }
    }

    pub(super) fn proven(register: &'static str, rows: Vec<Value>) -> Self {
        Self {
            register,
            rows,
            file: true,
        }
    }
}

pub(super) fn broken(detail: &str) -> AppError {
    AppError::failed(format!("示範資料讀不出來（{detail}）"), "這是程式的錯誤，請回報")
}

/// Those who write in one agency.
pub(super) struct Hands<'a> {
    app: &'a App,
    pub(super) agency: AgencyId,
    /// By what the steps call a member.
    members: BTreeMap<String, Principal>,
    pub(super) refused: Vec<String>,
}

impl<'a> Hands<'a> {
    pub(super) fn new(app: &'a App, agency: AgencyId) -> Self {
        Self {
            app,
            agency,
            members: BTreeMap::new(),
            refused: Vec::new(),
        }
    }

    /// As one of the members, or as whoever set the demonstration up.
    pub(super) async fn visit(&self, name: &str) -> Result<Visit<'a>, AppError> {
        let local = Principal::local("demo");
        let who = self.members.get(name).unwrap_or(&local);
        self.app
            .visit(who, &self.agency, self.app.today(), Surface::Cli)
            .await
    }

    /// Enters one record; a refusal is kept for whoever made the demonstration.
    pub(super) async fn enter(&mut self, step: Step) {
        let what = format!("{} {}", step.register, Value::Object(step.body.clone()));
        if let Err(error) = Box::pin(self.take(step)).await {
            self.refused.push(format!("{what}：{error}"));
        }
    }

    /// Enters many.
    pub(super) async fn enter_all(&mut self, steps: Vec<Step>) {
        for step in steps {
            self.enter(step).await;
        }
    }

    async fn take(&mut self, step: Step) -> Result<(), AppError> {
        let spec = register(&step.register)?;
        let visit = self.visit(&step.by).await?;
        let mut put = PutRecord {
            body: Value::Object(step.body),
            ..PutRecord::default()
        };
        if let Some(name) = &step.row {
            let (id, version) = found(&visit, &step.register, name)?;
            put.id = Some(RowId::parse(&id)?);
            put.seen = Some(version);
            put.partial = true;
        }
        if step.file {
            put.files = vec![paper(&put.body)];
        }
        let record = records::put(&visit, spec, put).await?.record;
        if let Some(called) = step.called {
            let who = people::acting(self.app, &self.agency, &format!("member:{}", record.id)).await?;
            self.members.insert(called, who);
        }
        if step.approve.is_empty() && !step.sent {
            return Ok(());
        }
        let id = RowId::parse(&record.id)?;
        let visit = self.visit(&step.by).await?;
        records::submit(&visit, spec, (&id, record.version)).await?;
        let agreed = step
            .approve
            .into_iter()
            .map(|who| (who, Verdict::Agree, String::new()));
        let returned = step
            .returned
            .into_iter()
            .map(|(who, why)| (who, Verdict::Return, why));
        for (who, verdict, reason) in agreed.chain(returned) {
            let decision = Decision {
                verdict,
                reason,
                seen: record.version,
            };
            records::decide(&self.visit(&who).await?, spec, &id, decision).await?;
        }
        Ok(())
    }

    /// Enters the rows of a file, all at once.
    pub(super) async fn enter_sheet(&mut self, sheet: Sheet) {
        let title = sheet.register;
        if let Err(error) = Box::pin(self.import(sheet)).await {
            self.refused.push(format!("{title}：{error}"));
        }
    }

    async fn import(&mut self, sheet: Sheet) -> Result<(), AppError> {
        let spec = register(sheet.register)?;
        let mut rows = sheet.rows;
        if sheet.file && !rows.is_empty() {
            // The file comes with the first; the others name it.
            let first = rows.remove(0);
            let put = PutRecord {
                files: vec![paper_of(spec)],
                body: first,
                ..PutRecord::default()
            };
            let record = records::put(&self.visit("officer").await?, spec, put)
                .await?
                .record;
            let evidence = record.body.get("evidence").cloned().unwrap_or_default();
            for body in rows.iter_mut().filter_map(Value::as_object_mut) {
                body.insert("evidence".to_owned(), evidence.clone());
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        let bytes = table(spec, &rows)?;
        let visit = self.visit("officer").await?;
        let file = format!("{}（示範資料）.csv", spec.title);
        let options = ImportOptions::default();
        let mut quiet = |_| {};
        let report = records::preview_import(&visit, spec, (&file, bytes), options, &mut quiet).await?;
        for line in report.lines.iter().filter(|l| l.status == LineStatus::Wrong) {
            let what = line.problems.join("；");
            self.refused.push(format!("{} {}：{what}", spec.key, line.name));
        }
        let chosen = Chosen {
            skip_wrong: true,
            ..Chosen::default()
        };
        if report.counts.new > 0 {
            let visit = self.visit("officer").await?;
            records::commit_import(&visit, &report.id, &chosen, &mut quiet).await?;
        }
        Ok(())
    }
}

/// Rows as a file: a column for each field that any of them has.
fn table(spec: &RegisterSpec, rows: &[Value]) -> Result<Vec<u8>, AppError> {
    let used: BTreeSet<&str> = rows
        .iter()
        .filter_map(Value::as_object)
        .flat_map(|row| row.keys().map(String::as_str))
        .collect();
    let unknown = used.iter().find(|key| spec.field(key).is_none());
    if let Some(key) = unknown {
        return Err(broken(&format!("{} {key}", spec.key)));
    }
    let fields: Vec<_> = spec.fields.iter().filter(|f| used.contains(f.key)).collect();
    let columns = fields.iter().map(|f| Column {
        key: f.key.to_owned(),
        label: f.label.to_owned(),
        width_chars: 16,
        choices: Vec::new(),
        note: String::new(),
    });
    let table = Table {
        title: spec.title.to_owned(),
        columns: columns.collect(),
        meta: Vec::new(),
    };
    let cell = |value: Option<&Value>| match value {
        None | Some(Value::Null) => Cell::Empty,
        Some(Value::String(text)) => Cell::Text(text.clone()),
        Some(Value::Bool(flag)) => Cell::Text((if *flag { "是" } else { "否" }).to_owned()),
        Some(other) => Cell::Text(other.to_string()),
    };
    let mut cells = rows
        .iter()
        .map(|row| fields.iter().map(|f| cell(row.get(f.key))).collect::<Vec<_>>());
    documents::sheet::csv(&table, &mut cells).map_err(|e| broken(&e.to_string()))
}

/// The record of that name: its id and version.
fn found(visit: &Visit<'_>, register: &str, name: &str) -> Result<(String, u32), AppError> {
    let named = |body: &Value| {
        name.is_empty()
            || ["name", "number"]
                .iter()
                .any(|key| body.get(*key).and_then(Value::as_str) == Some(name))
    };
    let mut rows = visit.rows().standing(register);
    let row = rows.find(|row| named(&row.body));
    let row = row.ok_or_else(|| broken(&format!("沒有「{name}」")))?;
    Ok((row.row.clone(), row.version))
}

/// A file that says that it is none.
pub(super) fn paper(body: &Value) -> EvidenceFile {
    let title = ["title", "name", "number", "person_name", "system"]
        .iter()
        .find_map(|key| body.get(key)?.as_str());
    said(title.unwrap_or_default(), "示範佐證.txt".to_owned())
}

fn paper_of(spec: &RegisterSpec) -> EvidenceFile {
    said(spec.title, format!("示範佐證－{}.txt", spec.title))
}

fn said(title: &str, name: String) -> EvidenceFile {
    let text = format!("示範佐證：{title}\n本檔為示範資料，不是真正的佐證。\n");
    EvidenceFile {
        name,
        bytes: text.into_bytes(),
        media_type: "text/plain".to_owned(),
    }
}

/// A member as the steps enter one.
pub(super) fn member(called: &str, body: Value) -> Step {
    Step::new("member", body).by("local").called(called)
}

/// A subject that is the whole agency.
pub(super) fn agency() -> Value {
    json!({ "kind": "agency" })
}
