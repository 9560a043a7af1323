//! Every register there is, by group and by key.
//!
//! Why above the registers: each is a file that knows itself alone; what only all of them
//! together can say is said here. What it can't know: rows.

use crate::basics::route;
use crate::core::{Check, Flow, RegisterSpec};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Registers whose rows state facts, and so have a type.
const TYPED: &[RegisterSpec] = &[
    crate::agency::SPEC,
    crate::designation::SPEC,
    crate::plan::SPEC,
    crate::business::SPEC,
    crate::system::SPEC,
    crate::asset::SPEC,
    crate::appointment::SPEC,
    crate::person::SPEC,
    crate::adoption::SPEC,
    crate::contract::SPEC,
    crate::activity::SPEC,
    crate::stocktake::SPEC,
    crate::standard::SPEC,
];

static CATALOGUE: LazyLock<Vec<RegisterSpec>> = LazyLock::new(|| {
    let groups = [
        TYPED,
        crate::organisation::ALL,
        crate::documents::ALL,
        crate::systems::ALL,
        crate::assets::ALL,
        crate::risk::ALL,
        crate::access::ALL,
        crate::operations::ALL,
        crate::people::ALL,
        crate::outsourcing::ALL,
        crate::audit::ALL,
        crate::incidents::ALL,
        crate::basics::ALL,
    ];
    let mut all: Vec<RegisterSpec> = groups.concat();
    // Stable: within a group the order of the lists above stays.
    all.sort_by_key(|spec| spec.group);
    // A route names a register, and only here is known whether there is one.
    for spec in all.iter_mut().filter(|spec| spec.key == route::SPEC.key) {
        spec.validate = Some(|row| route::judged(row, can_be_approved(row.text("register"))));
    }
    all
});

static BY_KEY: LazyLock<HashMap<&'static str, &'static RegisterSpec>> =
    LazyLock::new(|| catalogue().iter().map(|spec| (spec.key, spec)).collect());

/// Every register, in the order in which a page lists them.
pub fn catalogue() -> &'static [RegisterSpec] {
    &CATALOGUE
}

/// The register of that key.
pub fn register(key: &str) -> Option<&'static RegisterSpec> {
    BY_KEY.get(key).copied()
}

/// The check of that key, with the register whose rows it looks at.
pub fn check_of(key: &str) -> Option<(&'static RegisterSpec, &'static Check)> {
    let all = catalogue()
        .iter()
        .flat_map(|spec| spec.checks.iter().map(move |check| (spec, check)));
    all.into_iter()
        .find(|(_, check)| match (check.by, key.split_once('/')) {
            (Some(_), Some((of, word))) => check.key == of && !word.is_empty(),
            (None, None) => check.key == key,
            _ => false,
        })
}

/// Whether there is such a register and a route can be set for its records.
fn can_be_approved(key: &str) -> bool {
    register(key).is_some_and(|spec| spec.flow == Flow::Approval)
}
