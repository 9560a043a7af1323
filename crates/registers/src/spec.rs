//! What a register is to the rest of the system: its table, what it proves, what limits it.
//!
//! Why plain constants: every list, form, import, rule and page follows from them, and a
//! reader sees all of a register in one file. What it can't know: the limits' values;
//! those the law resolves for an agency and a day, and the application hands them in.

use crate::record::{Book, Record};
use crate::row::members;
use crate::{Field, FieldProblem, Kind};
use serde_json::Value;

/// Where a menu lists a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// 組織與資源
    Organisation,
    /// 文件與目標
    Documents,
    /// 系統
    Systems,
    /// 資產
    Assets,
    /// 風險
    Risk,
    /// 存取與連線
    Access,
    /// 維運
    Operations,
    /// 人員與訓練
    People,
    /// 委外
    Outsourcing,
    /// 稽核與改善
    Audit,
    /// 事件與情資
    Incidents,
    /// 基本資料 that the system derives from a plan or keeps for itself
    Basics,
}

impl Group {
    /// Every group, in the order of the menu.
    pub const ALL: [Self; 12] = [
        Self::Organisation,
        Self::Documents,
        Self::Systems,
        Self::Assets,
        Self::Risk,
        Self::Access,
        Self::Operations,
        Self::People,
        Self::Outsourcing,
        Self::Audit,
        Self::Incidents,
        Self::Basics,
    ];

    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Organisation => "組織與資源",
            Self::Documents => "文件與目標",
            Self::Systems => "資通系統",
            Self::Assets => "資產與媒體",
            Self::Risk => "風險",
            Self::Access => "存取與連線",
            Self::Operations => "維運",
            Self::People => "人員與訓練",
            Self::Outsourcing => "委外",
            Self::Audit => "稽核與改善",
            Self::Incidents => "事件與情資",
            Self::Basics => "基本資料",
        }
    }
}

/// Who keeps a register, and so who may see it at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Everyone of the agency.
    Agency,
    /// Those who work on cyber-security.
    Security,
    /// The officer and the 資通安全長 only: rewards and discipline.
    Restricted,
    /// The system writes it, never a form.
    System,
}

/// Something that a row of a register proves.
#[derive(Debug, Clone, Copy)]
pub struct Proof {
    /// The duty, by key.
    pub duty: &'static str,
    /// The field with the day it was done.
    pub on: &'static str,
    /// The field with the system or contract for which it was done; the agency where none.
    pub about: Option<&'static str>,
    /// Whether this row proves it.
    pub when: fn(&Record<'_>) -> bool,
}

/// An event that a row of a register reports, and that a duty waits for.
#[derive(Debug, Clone, Copy)]
pub struct Raise {
    /// The duty that it sets off, by key.
    pub duty: &'static str,
    /// The field with the day of the event.
    pub on: &'static str,
    /// The field with the day on which the duty was done; blank while it is open.
    pub settled_on: &'static str,
    /// The field with the system or contract concerned; the agency where none.
    pub about: Option<&'static str>,
    /// Whether this row reports such an event.
    pub when: fn(&Record<'_>) -> bool,
}

/// A limit as the law resolves it for one agency on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The value, where it is a number, in the parameter's own unit.
    pub number: Option<f64>,
    /// The value in days, where it is a span or an interval.
    pub days: Option<f64>,
    /// The value, where it is a word.
    pub word: Option<String>,
    /// The value in words.
    pub words: String,
}

/// A limit that the law sets to rows of a register.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// The law's parameter, by key.
    pub parameter: &'static str,
    /// What is wrong with a row under the limit; the application adds the clause.
    pub judge: fn(&Record<'_>, &Bound, &Book<'_>) -> Option<FieldProblem>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something contradicts something else, or is overdue.
    Wrong,
    /// Something that is needed is missing.
    Missing,
    /// Worth a look.
    Hint,
}

/// Something missing or inconsistent in a stored row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// How bad it is.
    pub severity: Severity,
    /// The field that mends it; empty for the row as a whole.
    pub field: &'static str,
    /// What is wrong and what to do (zh-TW).
    pub message: String,
}

impl Gap {
    /// Contradicts something else, or is overdue.
    pub fn wrong(field: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Wrong, field, message)
    }

    /// Needed and missing.
    pub fn missing(field: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Missing, field, message)
    }

    /// Worth a look.
    pub fn hint(field: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Hint, field, message)
    }

    fn new(severity: Severity, field: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity,
            field,
            message: message.into(),
        }
    }
}

/// A check by a row's own type: the normal form, or what is wrong.
pub type Typed = fn(&Value) -> Result<Value, Vec<FieldProblem>>;

/// A register, as the rest of the system sees it.
#[derive(Clone, Copy)]
pub struct RegisterSpec {
    /// The key, as stored.
    pub key: &'static str,
    /// What an officer calls it.
    pub title: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// Where a menu lists it.
    pub group: Group,
    /// Who may see it at all.
    pub reach: Reach,
    /// The version of its bodies (their member `v`).
    pub v: u32,
    /// The field that names a row in a list.
    pub names_row: &'static str,
    /// Fields that together tell rows apart: an import finds the row that a line changes.
    pub identity: &'static [&'static str],
    /// A field that tells a row apart by itself where it is filled in: an inventory number stays
    /// when the thing is renamed.
    pub own_number: Option<&'static str>,
    /// Its fields, in the order of a form.
    pub fields: &'static [Field],
    /// Checks a body by the row's own type, where it has one.
    pub typed: Option<Typed>,
    /// What is wrong between the fields of a row (of a register without a type).
    pub validate: fn(&Record<'_>) -> Vec<FieldProblem>,
    /// Registers whose rows `rules`, `gaps` and `limits` look at.
    pub looks_at: &'static [&'static str],
    /// What is wrong between a row and other rows of the agency; refuses the row.
    pub rules: fn(&Record<'_>, &Book<'_>) -> Vec<FieldProblem>,
    /// What is missing or inconsistent in a row that stands.
    pub gaps: fn(&Record<'_>, &Book<'_>) -> Vec<Gap>,
    /// Limits that the law sets.
    pub limits: &'static [Limit],
    /// The fields with the days whose law limits a row: what is refused on any of them is refused.
    /// Today's, where the row stands for how things are or leaves them all blank.
    pub limits_on: &'static [&'static str],
    /// What its rows prove.
    pub proves: &'static [Proof],
    /// Events that its rows report.
    pub raises: &'static [Raise],
    /// Fields that tell of an approval by somebody else than who approves the record; all other
    /// `…approved_on` and `…approved_by` say, where they are blank, what its approval says.
    pub approved_elsewhere: &'static [&'static str],
    /// Duties set off by its events that are done by doing, not by leave: where the register
    /// asks for approval, the latest version with its file settles them, approved or not.
    pub settled_by_file: &'static [&'static str],
    /// Whether it may hold very many rows; those are not read for an assessment.
    pub bulk: bool,
}

fn nothing(_: &Record<'_>) -> Vec<FieldProblem> {
    Vec::new()
}

fn no_rules(_: &Record<'_>, _: &Book<'_>) -> Vec<FieldProblem> {
    Vec::new()
}

fn no_gaps(_: &Record<'_>, _: &Book<'_>) -> Vec<Gap> {
    Vec::new()
}

impl std::fmt::Debug for RegisterSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegisterSpec")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl RegisterSpec {
    /// What a register is unless it says otherwise.
    pub const TABLE: Self = Self {
        key: "",
        title: "",
        help: "",
        group: Group::Basics,
        reach: Reach::Agency,
        v: 1,
        names_row: "",
        identity: &[],
        own_number: None,
        fields: &[],
        typed: None,
        validate: nothing,
        looks_at: &[],
        rules: no_rules,
        gaps: no_gaps,
        limits: &[],
        limits_on: &[],
        proves: &[],
        raises: &[],
        approved_elsewhere: &[],
        settled_by_file: &[],
        bulk: false,
    };

    /// The field of that key.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.key == key)
    }

    /// Whether a field says when, or by whom, the record itself was approved.
    pub fn tells_approval(&self, field: &Field) -> bool {
        let named = match field.kind {
            Kind::Date => field.key.ends_with("approved_on"),
            Kind::Text => field.key.ends_with("approved_by"),
            _ => false,
        };
        named && !self.approved_elsewhere.contains(&field.key)
    }

    /// Checks a body and gives it in its normal form, or says what is wrong.
    ///
    /// # Errors
    /// What is wrong, field by field.
    pub fn check(&self, body: &Value) -> Result<Value, Vec<FieldProblem>> {
        if let Some(typed) = self.typed {
            return typed(body);
        }
        let mut members = members(self, body)?;
        let found = members
            .get("v")
            .and_then(Value::as_u64)
            .unwrap_or(u64::from(self.v));
        if found > u64::from(self.v) {
            let known = self.v;
            let message = crate::ReadError::Newer { found, known }.to_string();
            return Err(vec![FieldProblem::new("", message)]);
        }
        if members.get("v").is_some_and(|v| v.as_u64().is_none()) {
            return Err(vec![FieldProblem::new(
                "",
                "這筆資料的版本不是數字，請移除 v 後重新儲存",
            )]);
        }
        members.insert("v".to_owned(), self.v.into());
        let body = Value::Object(members);
        let problems = (self.validate)(&Record::new(self, "", &body));
        if problems.is_empty() {
            Ok(body)
        } else {
            Err(problems)
        }
    }

    /// A row made of the fields' examples.
    pub fn example(&self) -> Value {
        let members = self.fields.iter().map(|f| (f.key.to_owned(), f.example_value()));
        Value::Object(members.collect())
    }
}
