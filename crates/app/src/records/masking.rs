//! What of a row is not shown to somebody: personal data of others, and what would help an
//! attacker.
//!
//! Why in the query layer: no surface can forget it, and neither a filter nor a search finds
//! by what is hidden. Whoever sends a row back as it was shown, in a form or in a file, changes
//! nothing of what was hidden. What it can't know: what a long text gives away.

use crate::permission::Allowed;
use crate::principal::{Grant, Role};
use registers::{Field, Kind, RegisterSpec, Sensitivity};
use serde_json::Value;

/// What is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hides {
    personal: bool,
    confidential: bool,
    /// Units whose rows are shown whole: a head knows the people of the own unit.
    units: Vec<String>,
}

impl Hides {
    /// By the grants that let somebody look, and whether the rows are their own.
    pub(crate) fn of(holding: &[&Grant], best: Allowed) -> Self {
        let own = best == Allowed::Own;
        let any = |roles: &[Role]| own || holding.iter().any(|g| roles.contains(&g.role));
        let office = [Role::Officer, Role::Ciso, Role::Auditor, Role::Administrator];
        Self {
            personal: !any(&office),
            confidential: !any(&office) && !any(&[Role::SystemAdmin, Role::Supervisor]),
            units: holding
                .iter()
                .filter(|g| g.role == Role::UnitHead && !g.unit.is_empty())
                .map(|g| g.unit.clone())
                .collect(),
        }
    }

    /// By the grants of somebody who looks at rows that are not their own, or may not be read at all.
    pub(crate) fn of_others(grants: &[Grant]) -> Self {
        Self::of(&grants.iter().collect::<Vec<_>>(), Allowed::Yes)
    }

    /// A row's name where another row refers to it.
    pub(crate) fn name(&self, spec: &RegisterSpec, name: &str) -> String {
        match spec.field(spec.names_row).filter(|f| self.hides(f)) {
            Some(field) => shown(field, &Value::from(name))
                .as_str()
                .unwrap_or("○○")
                .to_owned(),
            None => name.to_owned(),
        }
    }

    /// A person's name, as whoever may not see others' is shown it.
    pub(crate) fn person(&self, name: &str) -> String {
        if self.personal {
            first_only(name)
        } else {
            name.to_owned()
        }
    }

    /// Whether nothing is hidden.
    pub(crate) fn nothing(&self) -> bool {
        !self.personal && !self.confidential
    }

    /// Whether a field is hidden.
    pub(crate) fn hides(&self, field: &Field) -> bool {
        match field.sensitivity {
            Sensitivity::Personal => self.personal,
            Sensitivity::Confidential => self.confidential,
            Sensitivity::Public | Sensitivity::Internal => false,
        }
    }

    /// Keys of the hidden fields of a register.
    pub(crate) fn keys(&self, spec: &RegisterSpec) -> Vec<String> {
        let hidden = spec.fields.iter().filter(|f| self.hides(f));
        hidden.map(|f| f.key.to_owned()).collect()
    }

    /// A text as it is looked for: not in what is hidden.
    pub(crate) fn searched(&self, part: &str) -> store::Text {
        store::Text {
            part: part.to_owned(),
            personal: !self.personal,
            confidential: !self.confidential,
        }
    }

    /// Units whose rows are shown whole.
    pub(crate) fn units(&self) -> &[String] {
        &self.units
    }

    fn is_of_unit(&self, body: &Value) -> bool {
        let unit = body.get("unit").and_then(Value::as_str).unwrap_or_default();
        self.units.iter().any(|own| own == unit)
    }

    /// A body as it is shown: of a name the first character stays, anything else is left out.
    pub(crate) fn masked(&self, spec: &RegisterSpec, mut body: Value) -> Value {
        if self.nothing() || self.is_of_unit(&body) {
            return body;
        }
        if let Some(members) = body.as_object_mut() {
            for field in spec.fields.iter().filter(|f| self.hides(f) && !refers(f)) {
                if let Some(value) = members.get_mut(field.key) {
                    *value = shown(field, value);
                }
            }
        }
        body
    }

    /// A body as somebody sent it, with what was hidden from them as it stands.
    pub(crate) fn restored(&self, spec: &RegisterSpec, standing: &Value, mut given: Value) -> Value {
        if self.nothing() || self.is_of_unit(standing) {
            return given;
        }
        if let Some(members) = given.as_object_mut() {
            for field in spec.fields.iter().filter(|f| self.hides(f) && !refers(f)) {
                let Some(kept) = standing.get(field.key) else {
                    continue;
                };
                let sent = members.get(field.key);
                if sent.is_none_or(|sent| sent.is_null() || *sent == shown(field, kept)) {
                    members.insert(field.key.to_owned(), kept.clone());
                }
            }
        }
        given
    }
}

/// Whether a field's value is the id of a person's row: that says nothing by itself, and the name
/// is masked where it is written (`names.rs`).
fn refers(field: &Field) -> bool {
    let reference = matches!(field.kind, Kind::Reference(_) | Kind::References(_));
    reference && field.sensitivity == Sensitivity::Personal
}

/// Whether a field is shown to nobody: of no use but to whoever would guess a token.
pub(crate) fn is_kept_back(spec: &RegisterSpec, key: &str) -> bool {
    spec.key == "token" && key == "secret_hash"
}

/// What is shown of a hidden value.
fn shown(field: &Field, value: &Value) -> Value {
    match (field.sensitivity, value) {
        (Sensitivity::Personal, Value::String(text)) => Value::from(first_only(text)),
        _ => Value::Null,
    }
}

/// A name of which only the first character is shown.
fn first_only(name: &str) -> String {
    let rest = name.chars().skip(1).take(2).map(|_| '○');
    name.chars().take(1).chain(rest).collect()
}
