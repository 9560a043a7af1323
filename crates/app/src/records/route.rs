//! How a register's records become final in an agency: by the law's routes, or the agency's own.
//!
//! What it can't know: where a record stands on its way.

use crate::AppError;
use crate::rows::Rows;
use law::Corpus;
use registers::RegisterSpec;
use registers::basics::route::Route;
use registers::basics::step::{Approver, Does, Step};
use serde_json::Value;
use std::collections::BTreeSet;

/// Registers whose records need an approval in an agency: those with a default route, and
/// those for which it set its own.
pub(crate) fn asking<'a>(corpus: &'a Corpus, rows: &'a Rows) -> BTreeSet<&'a str> {
    let own = rows
        .of_register("route")
        .iter()
        .filter_map(|r| r.body.get("register").and_then(Value::as_str));
    let known = corpus.routes.iter().map(|r| r.register.as_str());
    known.chain(own).collect()
}

/// The route of a register in an agency.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub steps: Vec<Step>,
    pub prefix: String,
}

/// The same by some rows of the agency.
pub(crate) fn route_in(corpus: &Corpus, rows: &Rows, spec: &RegisterSpec) -> Result<Option<Way>, AppError> {
    let known = corpus.route(spec.key);
    let default_prefix = known.map_or_else(String::new, |r| r.prefix.clone());
    for row in rows.standing("route") {
        let own = Route::read(&row.body)?;
        if own.register != spec.key {
            continue;
        }
        let prefix = match own.prefix.as_str() {
            "" if default_prefix.is_empty() => "FZ".to_owned(),
            "" => default_prefix,
            _ => own.prefix,
        };
        return Ok(Some(Way {
            steps: own.steps,
            prefix,
        }));
    }
    Ok(known.map(|r| Way {
        steps: r.steps.iter().map(|step| step_of(*step)).collect(),
        prefix: r.prefix.clone(),
    }))
}

/// A step of the law's routes as approvals keep it.
pub fn step_of(step: law::Step) -> Step {
    Step {
        role: match step.role {
            law::Approver::Officer => Approver::Officer,
            law::Approver::UnitHead => Approver::UnitHead,
            law::Approver::SystemAdmin => Approver::SystemAdmin,
            law::Approver::Ciso => Approver::Ciso,
            law::Approver::Auditor => Approver::Auditor,
            law::Approver::Supervisor => Approver::Supervisor,
        },
        does: match step.does {
            law::Does::Reviews => Does::Reviews,
            law::Does::Consults => Does::Consults,
            law::Does::Approves => Does::Approves,
        },
    }
}
