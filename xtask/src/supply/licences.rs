//! Every package's licence can be met by those of the policy.
//!
//! An expression is evaluated, not compared: `MIT OR GPL-3.0-only` passes by its first half,
//! `MIT AND BSD-3-Clause` asks for both. A package that states no expression is refused.

use super::lock::{LOCK, Locked};
use super::policy::{POLICY, Policy};
use crate::cargo::{Key, Package};
use crate::checks::Problem;
use spdx::{Expression, ParseMode};
use std::collections::BTreeMap;

/// The check: packages, and entries of the policy that no package needs.
pub fn check(packages: &BTreeMap<Key, Package>, locked: &[Locked], policy: &Policy) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut needed = vec![false; policy.allowed.len()];
    for package in packages.values() {
        let line = locked
            .iter()
            .find(|l| l.name == package.name && l.version == package.version)
            .map_or(1, |l| l.line);
        let name = format!("{} {}", package.name, package.version);
        let mut refuse = |what: String, remedy: &str| {
            problems.push(Problem::new(LOCK, line, what, remedy));
        };
        let Some(stated) = package.license.as_deref() else {
            refuse(format!("{name} states no licence"), "do without it");
            continue;
        };
        let expression = match understand(stated) {
            Ok(expression) => expression,
            Err(error) => {
                refuse(
                    format!("{name}: `{stated}` is no SPDX expression ({error})"),
                    "do without it",
                );
                continue;
            }
        };
        let met = expression.evaluate(|asked| {
            let mut any = false;
            for (allowed, used) in policy.allowed.iter().zip(&mut needed) {
                if allowed.satisfies(asked) {
                    *used = true;
                    any = true;
                }
            }
            any
        });
        if !met {
            let remedy = format!("do without it, or argue for the licence in {POLICY}");
            refuse(format!("{name} is under `{stated}`"), &remedy);
        }
    }
    for (licence, _) in policy.licences.iter().zip(needed).filter(|(_, used)| !used) {
        let what = format!("no package is under {licence}");
        problems.push(policy.problem(&format!("\"{licence}\""), what, "remove it"));
    }
    problems
}

/// An expression; `/` between licences, which cargo took once, is read as OR.
pub fn understand(stated: &str) -> Result<Expression, String> {
    Expression::parse_mode(stated, ParseMode::LAX).map_err(|error| error.reason.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(stated: &[Option<&str>], licences: &str) -> Vec<String> {
        let packages = stated.iter().enumerate().map(|(index, license)| {
            let package = Package {
                name: format!("p{index}"),
                version: "1.0.0".to_owned(),
                license: license.map(str::to_owned),
                source: None,
                description: None,
                repository: None,
                manifest_path: "Cargo.toml".into(),
            };
            (package.key(), package)
        });
        let policy = super::super::policy::read(&format!("licences = [{licences}]\n")).unwrap();
        check(&packages.collect(), &[], &policy)
            .into_iter()
            .map(|p| format!("{}: {}", p.path, p.what))
            .collect()
    }

    #[test]
    fn expressions_are_evaluated() {
        let allowed = "\"MIT\", \"BSD-3-Clause\", \"Apache-2.0 WITH LLVM-exception\"";
        let good = [
            Some("MIT OR GPL-3.0-only"),
            Some("MIT/Apache-2.0"),
            Some("(MIT OR Apache-2.0) AND BSD-3-Clause"),
            Some("Apache-2.0 WITH LLVM-exception"),
        ];
        assert_eq!(judged(&good, allowed), [""; 0]);
        let bad = [
            Some("GPL-3.0-only"),
            Some("MIT AND GPL-3.0-only"),
            None,
            Some("my own"),
        ];
        let found = judged(&bad, "\"MIT\"");
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found[0].starts_with("Cargo.lock: p0 1.0.0 is under"), "{found:?}");
        assert!(found[2].ends_with("p2 1.0.0 states no licence"), "{found:?}");
    }

    #[test]
    fn a_licence_that_nothing_needs_is_told() {
        assert_eq!(
            judged(&[Some("MIT")], "\"MIT\", \"Zlib\""),
            [".ci/supply.toml: no package is under Zlib"]
        );
    }
}
