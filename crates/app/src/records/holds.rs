//! What must be so still when a record is written.
//!
//! Why asked apart from writing: a change that a second person confirms is written later, and must
//! hold then. What it can't know: the token by which it is written; the commit adds it.

use super::standings::{approval_id, approval_row};
use crate::AppError;
use crate::error::labelled;
use crate::visit::Visit;
use registers::RegisterSpec;
use serde_json::Value;
use store::{Holds, Unmoved};

/// What must be so still when a record is written: its approval, the rows it refers to, and the
/// registers that its rules looked at.
pub(super) async fn holds_of(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    id: &str,
    body: &Value,
) -> Result<Holds, AppError> {
    // Nobody may send it on for approval while it is being changed.
    let sent = approval_row(visit, spec, id).map_or(0, |a| a.version);
    let mut rows = vec![("approval".to_owned(), approval_id(spec, id), sent)];
    rows.extend(referred_rows(visit, spec, body).await?);
    let unmoved = spec.looks_at.iter().map(|register| Unmoved {
        register: (*register).to_owned(),
        ..Unmoved::default()
    });
    Ok(Holds {
        rows,
        unmoved: unmoved.collect(),
        since: visit.reads().position(),
    })
}

/// The rows to which a body refers, at the versions by which it was judged: none of them may be
/// withdrawn, then or meanwhile.
async fn referred_rows(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    body: &Value,
) -> Result<Vec<(String, String, u32)>, AppError> {
    let record = registers::Record::new(spec, "", body);
    let mut named = std::collections::BTreeSet::new();
    for field in spec.fields {
        match field.kind {
            registers::Kind::Reference(key) => {
                named.insert((key, record.text(field.key), field.key));
            }
            registers::Kind::References(key) => {
                let ids = record.list(field.key).into_iter();
                named.extend(ids.map(|id| (key, id, field.key)));
            }
            _ => {}
        }
    }
    let mut rows = Vec::new();
    for (key, id, field) in named.into_iter().filter(|(_, id, _)| !id.is_empty()) {
        let Some(other) = registers::register(key) else {
            continue;
        };
        let row = visit.row(other, id).await?;
        let Some(row) = row.filter(|r| !r.body.is_null()) else {
            let label = spec.field(field).map_or("", |f| f.label);
            let message = format!("「{label}」所指的「{}」已註銷或不存在，請改選", other.title);
            let problem = registers::FieldProblem::new(field, message);
            return Err(AppError::Fields(vec![labelled(spec, problem, "")]));
        };
        rows.push((key.to_owned(), id.to_owned(), row.version));
    }
    Ok(rows)
}
