//! The registers against the law, the permissions and the way approvals go.

use crate::corpus;
use app::{Action, Allowed, Role, allowed};
use registers::{Reach, catalogue, register};
use std::collections::BTreeSet;

/// `docs/reference/permissions.md` is what the code does. `FAZUN_BLESS=1` writes it again.
#[test]
fn the_matrix_of_permissions_is_the_one_checked_in() {
    let path = testkit::root().join("docs/reference/permissions.md");
    let now = app::matrix();
    if std::env::var_os("FAZUN_BLESS").is_some() {
        std::fs::write(&path, &now).expect("written");
    }
    let known = std::fs::read_to_string(&path).expect("the matrix is checked in");
    assert!(
        known == now,
        "permissions changed: review them, then run with FAZUN_BLESS=1"
    );
}

#[test]
fn every_role_has_a_row_for_every_register_and_action() {
    let matrix = app::matrix();
    for role in Role::ALL {
        assert!(
            matrix.contains(&format!("（`{}`）", role.word())),
            "{}",
            role.word()
        );
    }
    let rows = matrix
        .lines()
        .filter(|l| l.starts_with("| ") && l.contains("`）|") || l.contains("`） |"));
    assert_eq!(rows.count(), Role::ALL.len() * catalogue().len());
}

/// What must hold whatever the matrix becomes.
#[test]
fn nobody_edits_who_only_looks_and_nobody_sees_who_only_keeps_accounts() {
    let changes = [
        Action::Create,
        Action::Amend,
        Action::Withdraw,
        Action::Import,
        Action::Submit,
    ];
    for spec in catalogue() {
        for action in changes {
            for role in [Role::Supervisor, Role::Ciso] {
                assert_eq!(
                    allowed(role, action, spec),
                    Allowed::No,
                    "{role:?} {action:?} {}",
                    spec.key
                );
            }
        }
        if spec.reach != Reach::System {
            for action in Action::ALL {
                let administrator = allowed(Role::Administrator, action, spec);
                assert_eq!(administrator, Allowed::No, "{action:?} {}", spec.key);
                let vendor = allowed(Role::Vendor, action, spec);
                assert_ne!(
                    vendor,
                    Allowed::Yes,
                    "a vendor has its own only: {action:?} {}",
                    spec.key
                );
            }
        }
        if spec.reach == Reach::Restricted {
            for role in Role::ALL {
                let may = allowed(role, Action::Read, spec) != Allowed::No;
                assert_eq!(
                    may,
                    matches!(role, Role::Officer | Role::Ciso),
                    "{role:?} {}",
                    spec.key
                );
            }
        }
    }
}

#[test]
fn routes_name_registers_and_their_prefixes_differ() {
    let law = corpus();
    let mut prefixes = BTreeSet::new();
    for route in &law.routes {
        let spec = register(&route.register).unwrap_or_else(|| panic!("no register {}", route.register));
        assert_ne!(spec.reach, Reach::System, "{}", route.register);
        assert!(prefixes.insert(&route.prefix), "{} twice", route.prefix);
    }
    assert!(law.routes.len() > 20);
    // Who takes a step may read the record: else it would wait for nobody.
    for route in &law.routes {
        let spec = register(&route.register).unwrap();
        for step in &route.steps {
            let step = app::step_of(*step);
            let able = Role::ALL.into_iter().filter(|role| role.takes(step.role));
            let able = able.filter(|role| allowed(*role, Action::Decide, spec) != Allowed::No);
            assert_eq!(able.count(), 1, "{} {:?}", route.register, step.role);
        }
    }
}

#[test]
fn what_registers_prove_and_heed_is_in_the_law() {
    let law = corpus();
    for spec in catalogue() {
        for proof in spec.proves {
            let duty = law
                .duty(proof.duty)
                .unwrap_or_else(|| panic!("{}: {}", spec.key, proof.duty));
            let by_subject = !matches!(duty.subject, law::SubjectKind::Agency);
            assert_eq!(
                proof.about.is_some(),
                by_subject,
                "{}: {} is about {:?}",
                spec.key,
                proof.duty,
                duty.subject
            );
        }
        for raise in spec.raises {
            let duty = law
                .duty(raise.duty)
                .unwrap_or_else(|| panic!("{}: {}", spec.key, raise.duty));
            assert_eq!(duty.shape.name(), "on_event", "{}: {}", spec.key, raise.duty);
        }
        for limit in spec.limits {
            assert!(
                law.parameters.contains_key(limit.parameter),
                "{}: {}",
                spec.key,
                limit.parameter
            );
        }
        for field in spec.fields {
            assert!(
                field.legal_basis.is_empty() || law.instrument(field.legal_basis).is_some(),
                "{}: {}",
                spec.key,
                field.legal_basis
            );
        }
    }
}

/// A word of the law that a limit doesn't know would bind nobody without a sign.
#[test]
fn limits_know_every_word_of_their_parameters() {
    let law = corpus();
    let known: &[(&str, &[&str])] = &[
        ("outsourcing.test_systems", &["core"]),
        ("remote_access.open_address", &["allowed", "forbidden"]),
        ("remote_access.database_from_outside", &["allowed", "forbidden"]),
    ];
    for (key, words) in known {
        let parameter = &law.parameters[*key];
        assert!(!parameter.values.is_empty(), "{key}");
        for value in &parameter.values {
            let said: Vec<&str> = match &value.value {
                law::Value::Set(items) => items.iter().map(String::as_str).collect(),
                law::Value::Word(word) => vec![word],
                other => panic!("{key}: {other:?}"),
            };
            assert!(said.iter().all(|word| words.contains(word)), "{key}: {said:?}");
        }
    }
}

/// A duty that waits for an event for ever is none.
#[test]
fn every_duty_that_waits_for_an_event_has_a_register_that_tells_of_it() {
    let law = corpus();
    let waits = law.duties.iter().filter(|d| d.shape.name() == "on_event");
    let mut seen = 0;
    for duty in waits {
        seen += 1;
        let told = catalogue()
            .iter()
            .any(|spec| spec.raises.iter().any(|r| r.duty == duty.key));
        assert!(told, "nothing can set off {}", duty.key);
    }
    assert!(seen > 50, "{seen}");
}
