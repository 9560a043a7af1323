//! Which rows are somebody's own, and which versions of them were.
//!
//! What it can't know: what may be done with one's own; the permissions say.

use crate::principal::{Grant, Principal, Role};
use registers::RegisterSpec;
use serde_json::Value;
use store::{Own, StoredRow};

/// Which rows are somebody's own: a vendor's by contract, an auditor's by audit, else by unit
/// or because they made them.
pub(crate) fn own_rows(who: &Principal, spec: &RegisterSpec, grants: &[&Grant]) -> Own {
    let mut own = Own::default();
    for grant in grants {
        match grant.role {
            Role::Vendor if spec.key == "contract" => own.rows.push(grant.contract.clone()),
            Role::Vendor if spec.field("contract").is_some() => {
                own.fields.push(("contract".to_owned(), grant.contract.clone()));
            }
            Role::Vendor => own.author = Some(who.id.clone()),
            Role::Auditor => {
                own.fields.push(("audit".to_owned(), grant.audit.clone()));
                own.author = Some(who.id.clone());
            }
            _ => {
                if !grant.unit.is_empty() && spec.field("unit").is_some() {
                    own.fields.push(("unit".to_owned(), grant.unit.clone()));
                }
                own.author = Some(who.id.clone());
            }
        }
    }
    own
}

/// Whether a version was somebody's own when it was written.
pub(crate) fn own_version(own: &Own, row: &StoredRow, author: Option<&str>) -> bool {
    let said = |(field, text): &(String, String)| row.body.get(field).and_then(Value::as_str) == Some(text);
    own.rows.contains(&row.row)
        || own.fields.iter().any(said)
        || own.author.as_deref().is_some_and(|by| Some(by) == author)
}
