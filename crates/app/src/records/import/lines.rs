//! What an import writes, or takes back: many rows at once, and what must be so still when it does.
//!
//! What it can't know: what the rows say; they were judged before.

use super::super::standings::route_of;
use super::report::Progress;
use crate::AppError;
use crate::commit::{Draft, Lines};
use crate::visit::{Access, Visit, act};
use registers::RegisterSpec;
use std::collections::BTreeSet;
use store::{Holds, Receipt, Unmoved};

/// The registers by which lines are judged, at the present position: the register itself, those
/// that its rules look at and its rows refer to, and approvals, where it asks for any.
pub(super) fn looked_at(visit: &Visit<'_>, spec: &RegisterSpec) -> Result<Holds, AppError> {
    let mut registers: BTreeSet<&str> = spec.looks_at.iter().copied().collect();
    registers.insert(spec.key);
    for field in spec.fields {
        if let registers::Kind::Reference(key) | registers::Kind::References(key) = field.kind {
            registers.insert(key);
        }
    }
    let mut unmoved: Vec<Unmoved> = registers.into_iter().map(whole).collect();
    if route_of(visit, spec)?.is_some() {
        unmoved.push(Unmoved {
            beginning: format!("{}:", spec.key),
            ..whole("approval")
        });
    }
    Ok(Holds {
        rows: Vec::new(),
        unmoved,
        since: visit.reads().position(),
    })
}

pub(super) async fn write_lines(
    access: &Access<'_, act::Import>,
    action: &str,
    (rows, receipt, holds): (Vec<store::Prepared>, Option<Receipt>, Holds),
    progress: Progress<'_>,
) -> Result<(), AppError> {
    let draft = Draft {
        action: action.to_owned(),
        lines: Lines::Many(rows, progress),
        blobs: Vec::new(),
        receipt,
        holds,
    };
    access.commit(draft).await.map(|_| ())
}

/// A register as a whole.
pub(super) fn whole(register: &str) -> Unmoved {
    Unmoved {
        register: register.to_owned(),
        ..Unmoved::default()
    }
}
