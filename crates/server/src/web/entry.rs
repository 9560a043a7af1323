//! A record's form: its fields as they are entered, read back, and shown again.
//!
//! Why one form for every register: it follows from the field views alone. What is entered
//! is kept when it is refused. What it can't know: what the register makes of it.

use app::{AppError, FieldError};
use serde_json::{Map, Value, json};
use views::{FieldInput, FieldView, FileView, RecordDetail, RegisterHead};

/// Up to so many rows of another register are boxes to tick; more are a text.
const TICKED: usize = 40;
/// Forms with more fields show the required ones first.
const LONG: usize = 12;

/// How a field is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Widget {
    /// One line, with the keyboard that suits it.
    Line(&'static str),
    /// Several lines.
    Area,
    /// One of these: value and label.
    Select(Vec<(String, String)>),
    /// Yes, no, or nobody said.
    Flag,
    /// Any of these: value, label, whether it is ticked.
    Ticks(Vec<(String, String, bool)>),
    /// Files, each with whether it stays.
    Files(Vec<(FileView, bool)>),
}

/// What the text of a field stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Plain,
    /// One item a line, even where it is only one.
    Items,
}

/// One field of the form.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Name in the request, and id in the page.
    pub id: String,
    /// Label.
    pub label: String,
    /// What to enter.
    pub hint: String,
    /// Whether a record without it is refused.
    pub required: bool,
    /// How it is entered.
    pub widget: Widget,
    /// What was entered.
    pub value: String,
    /// What is wrong.
    pub error: Option<String>,
    /// What somebody else saved meanwhile.
    pub stored: Option<String>,
    /// A register without rows that it refers to: title and key.
    pub empty: Option<(String, String)>,
    key: String,
    sense: Sense,
}

impl Entry {
    fn of(field: &FieldView, index: &[RegisterHead]) -> Option<Self> {
        let mut value = field.value.clone();
        let mut hint = field.help.clone();
        let mut sense = Sense::Plain;
        let mut empty = None;
        let listed = |key: &str| index.iter().find(|head| head.key == *key);
        let mut say = |more: &str| {
            if !hint.is_empty() {
                hint.push('。');
            }
            hint.push_str(more);
        };
        let widget = match &field.input {
            FieldInput::Shown => return None,
            FieldInput::Text => Widget::Line("text"),
            FieldInput::Number => Widget::Line("decimal"),
            FieldInput::Area => Widget::Area,
            FieldInput::Flag => Widget::Flag,
            FieldInput::Date => {
                say("例如 115/06/30");
                Widget::Line("text")
            }
            FieldInput::Moment => {
                say("日期與時間，例如 115/06/30 14:05");
                Widget::Line("text")
            }
            FieldInput::Lines => {
                say("每行一項");
                sense = Sense::Items;
                Widget::Area
            }
            FieldInput::Choice { options } => Widget::Select(options.clone()),
            FieldInput::Choices { options } => Widget::Ticks(ticks(options, &value, &field.shown)),
            FieldInput::Reference { register, options } if options.is_empty() => {
                match listed(register) {
                    Some(head) if head.count == 0 => {
                        empty = Some((head.title.clone(), head.key.clone()));
                    }
                    Some(head) => say(&format!("填「{}」的名稱或編號", head.title)),
                    None => say("填名稱或編號"),
                }
                if !value.is_empty() && field.shown != value {
                    value = format!("{}〔{value}〕", field.shown);
                }
                Widget::Line("text")
            }
            FieldInput::Reference { options, .. } => {
                let mut options = options.clone();
                if !value.is_empty() && !options.iter().any(|(id, _)| *id == value) {
                    options.push((value.clone(), format!("{}（已註銷）", field.shown)));
                }
                Widget::Select(options)
            }
            FieldInput::References { options, .. } if !options.is_empty() && options.len() <= TICKED => {
                Widget::Ticks(ticks(options, &value, &field.shown))
            }
            FieldInput::References { register, .. } => {
                match listed(register) {
                    Some(head) if head.count == 0 => {
                        empty = Some((head.title.clone(), head.key.clone()));
                    }
                    Some(head) => say(&format!("每行一項，填「{}」的名稱或編號", head.title)),
                    None => say("每行一項，填名稱或編號"),
                }
                let named = value.lines().zip(field.shown.lines()).map(|(id, name)| {
                    if id == name {
                        id.to_owned()
                    } else {
                        format!("{name}〔{id}〕")
                    }
                });
                value = named.collect::<Vec<_>>().join("\n");
                sense = Sense::Items;
                Widget::Area
            }
            FieldInput::Files => {
                say("每個 25 MB 以內，一次最多新增 5 個");
                Widget::Files(field.files.iter().map(|f| (f.clone(), true)).collect())
            }
        };
        Some(Self {
            id: format!("f-{}", field.key),
            label: field.label.clone(),
            hint,
            required: field.required,
            widget,
            value,
            error: None,
            stored: None,
            empty,
            key: field.key.clone(),
            sense,
        })
    }

    /// What describes it, for assistive technology.
    pub fn described_by(&self) -> String {
        let parts = [
            ("hint", !self.hint.is_empty()),
            ("error", self.error.is_some()),
            ("stored", self.stored.is_some()),
        ];
        let ids = parts.iter().filter(|(_, there)| *there);
        ids.map(|(part, _)| format!("{}-{part}", self.id))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Whether it is a group of its own and not one control.
    pub fn is_group(&self) -> bool {
        matches!(self.widget, Widget::Ticks(_) | Widget::Flag)
    }

    fn is_blank(&self) -> bool {
        match &self.widget {
            Widget::Ticks(ticks) => !ticks.iter().any(|(_, _, ticked)| *ticked),
            Widget::Files(files) => files.is_empty(),
            _ => self.value.is_empty(),
        }
    }

    fn take(&mut self, entered: &[(String, String)]) {
        let given: Vec<&str> = entered
            .iter()
            .filter(|(name, _)| *name == self.id)
            .map(|(_, value)| value.as_str())
            .collect();
        match &mut self.widget {
            Widget::Ticks(ticks) => {
                for (value, _, ticked) in ticks.iter_mut() {
                    *ticked = given.contains(&value.as_str());
                }
            }
            Widget::Files(files) => {
                for (file, stays) in files.iter_mut() {
                    *stays = given.contains(&file.line.as_str());
                }
            }
            _ => {
                if let Some(first) = given.first() {
                    self.value = first.replace("\r\n", "\n").trim().to_owned();
                }
            }
        }
    }

    /// As a record says it.
    fn said(&self) -> Value {
        match &self.widget {
            Widget::Ticks(ticks) => {
                let ticked = ticks.iter().filter(|(_, _, ticked)| *ticked);
                list(ticked.map(|(value, _, _)| Value::from(value.clone())).collect())
            }
            Widget::Files(files) => {
                let kept = files.iter().filter(|(_, stays)| *stays);
                list(kept.map(|(file, _)| entry_of(file)).collect())
            }
            _ if self.value.is_empty() => Value::Null,
            // The line's end keeps a single item with a comma in it whole.
            _ if self.sense == Sense::Items => Value::from(format!("{}\n", self.value)),
            _ => Value::from(self.value.clone()),
        }
    }
}

fn list(items: Vec<Value>) -> Value {
    if items.is_empty() {
        Value::Null
    } else {
        Value::Array(items)
    }
}

/// A file as a record names it.
fn entry_of(file: &FileView) -> Value {
    let media_type = file.line.rsplit('｜').nth(1).unwrap_or_default();
    json!({ "name": file.name, "size": file.size, "media_type": media_type, "sha256": file.sha256 })
}

/// Options with whether each is ticked; what is stored and no longer offered stays a choice.
fn ticks(options: &[(String, String)], value: &str, shown: &str) -> Vec<(String, String, bool)> {
    let stored: Vec<&str> = value.lines().collect();
    let mut ticks: Vec<_> = options
        .iter()
        .map(|(value, label)| (value.clone(), label.clone(), stored.contains(&value.as_str())))
        .collect();
    for (value, name) in stored.iter().zip(shown.lines()) {
        if !options.iter().any(|(known, _)| known == value) {
            ticks.push(((*value).to_owned(), format!("{name}（已註銷）"), true));
        }
    }
    ticks
}

/// The form.
#[derive(Debug, Clone)]
pub(crate) struct RecordForm {
    /// Its fields.
    pub entries: Vec<Entry>,
    /// The version that is changed.
    pub seen: u32,
    errors: Vec<String>,
}

impl RecordForm {
    /// As a record stands, or empty.
    pub fn of(detail: &RecordDetail, index: &[RegisterHead]) -> Self {
        let entries = detail.fields.iter().filter_map(|f| Entry::of(f, index));
        Self {
            entries: entries.collect(),
            seen: detail.version,
            errors: Vec::new(),
        }
    }

    /// Takes what was entered.
    pub fn take(&mut self, entered: &[(String, String)]) {
        for entry in &mut self.entries {
            entry.take(entered);
        }
    }

    /// What a field of a new record begins with.
    pub fn begin(&mut self, key: &str, value: &str) {
        if let Some(entry) = self.entries.iter_mut().find(|e| e.key == key) {
            value.trim().clone_into(&mut entry.value);
        }
    }

    /// The record as entered.
    pub fn body(&self) -> Value {
        let members: Map<String, Value> = self
            .entries
            .iter()
            .map(|entry| (entry.key.clone(), entry.said()))
            .collect();
        Value::Object(members)
    }

    /// Somebody else saved meanwhile: says what, and takes their version as the one seen.
    pub fn overtaken(&mut self, detail: &RecordDetail) {
        self.seen = detail.version;
        for field in &detail.fields {
            let Some(entry) = self.entries.iter_mut().find(|e| e.key == field.key) else {
                continue;
            };
            let same = match &mut entry.widget {
                Widget::Ticks(ticks) => {
                    let stored: Vec<&str> = field.value.lines().collect();
                    ticks
                        .iter()
                        .all(|(value, _, ticked)| *ticked == stored.contains(&value.as_str()))
                }
                // Nobody's new file must go because this form did not know of it.
                Widget::Files(files) => {
                    for (_, stays) in files.iter_mut() {
                        *stays = true;
                    }
                    true
                }
                _ => {
                    entry.value == field.value.trim()
                        || entry.value.ends_with(&format!("〔{}〕", field.value))
                }
            };
            if !same {
                let shown = if field.shown.is_empty() {
                    "（空白）"
                } else {
                    &field.shown
                };
                entry.stored = Some(shown.to_owned());
            }
        }
    }

    /// Takes a refusal; gives back what no form can mend.
    pub fn refuse(&mut self, error: AppError) -> Result<(), AppError> {
        match error {
            AppError::Fields(errors) => {
                for e in errors {
                    self.wrong(e);
                }
                Ok(())
            }
            AppError::Told {
                kind: app::Kind::BadInput | app::Kind::Conflict | app::Kind::Stale,
                message,
                remedy,
            } => {
                self.fail(format!("{message}。{remedy}"));
                Ok(())
            }
            other if other.kind() == app::Kind::BadInput => {
                self.fail(other.to_string());
                Ok(())
            }
            other => Err(other),
        }
    }

    fn wrong(&mut self, error: FieldError) {
        let message = match error.clause.as_str() {
            "" => error.message,
            clause => format!("{}（依據：{clause}）", error.message),
        };
        match self.entries.iter_mut().find(|e| e.key == error.field) {
            Some(entry) => {
                entry.error = Some(match entry.error.take() {
                    Some(before) => format!("{before}；{message}"),
                    None => message,
                });
            }
            None => self.errors.push(message),
        }
    }

    /// Says what is wrong with the whole.
    pub fn fail(&mut self, message: impl Into<String>) {
        self.errors.push(message.into());
    }

    /// Says what is wrong with the files.
    pub fn fail_files(&mut self, message: &str) {
        let files = self
            .entries
            .iter_mut()
            .find(|e| matches!(e.widget, Widget::Files(_)));
        match files {
            Some(entry) => entry.error = Some(message.to_owned()),
            None => self.fail(message),
        }
    }

    /// Everything that is wrong: id to go to, and message.
    pub fn problems(&self) -> Vec<(&str, &str)> {
        let whole = self.errors.iter().map(|e| ("record-form", e.as_str()));
        let fields = self
            .entries
            .iter()
            .filter_map(|e| Some((e.id.as_str(), e.error.as_deref()?)));
        whole.chain(fields).collect()
    }

    /// Whether something is wrong.
    pub fn failed(&self) -> bool {
        !self.problems().is_empty()
    }

    fn is_long(&self) -> bool {
        self.entries.len() > LONG && self.entries.iter().any(|e| e.required)
    }

    /// The fields that are always in sight.
    pub fn first(&self) -> impl Iterator<Item = &Entry> {
        let long = self.is_long();
        self.entries.iter().filter(move |e| !long || e.required)
    }

    /// The fields that may be folded away.
    pub fn rest(&self) -> Vec<&Entry> {
        let long = self.is_long();
        self.entries.iter().filter(|e| long && !e.required).collect()
    }

    /// Whether they must not be.
    pub fn is_open(&self) -> bool {
        let rest = self.rest();
        rest.iter()
            .any(|e| !e.is_blank() || e.error.is_some() || e.stored.is_some())
    }
}
