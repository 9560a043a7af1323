//! Every register as it is laid down, beside a copy that somebody looked at: who sees it, what it
//! proves, how it becomes final. A change of any of these is a change of the product, and is seen
//! in the copy (`FAZUN_BLESS=1` writes it anew). Words and examples are in `docs/reference`.
#![expect(
    clippy::disallowed_methods,
    reason = "the copy is read from its file, and written anew"
)]

use registers::{Kind, Record, RegisterSpec};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// A row with one thing otherwise: a field blank, or another choice taken.
fn otherwise(spec: &RegisterSpec, row: &Value) -> Vec<Value> {
    let mut rows = Vec::new();
    for field in spec.fields {
        let mut put = |value: Value| {
            let mut other = row.clone();
            other[field.key] = value;
            rows.push(other);
        };
        match field.kind {
            Kind::Choice(choices) => choices.iter().for_each(|(stored, _)| put(json!(stored))),
            Kind::Many(choices) => put(choices.iter().map(|(stored, _)| json!(stored)).collect()),
            Kind::Flag => [true, false].into_iter().for_each(|is| put(json!(is))),
            Kind::Number => put(json!(0)),
            _ => {}
        }
        put(Value::Null);
    }
    rows
}

/// Without which fields a row is not what it was: of the first row for which it holds, near the
/// register's example.
fn needs(spec: &RegisterSpec, holds: impl Fn(&Record<'_>) -> bool) -> String {
    let is = |row: &Value| holds(&Record::new(spec, "a", row));
    let example = spec.example();
    let near = otherwise(spec, &example);
    let first = std::iter::once(&example)
        .chain(&near)
        .find(|row| is(row))
        .cloned();
    let first = first.or_else(|| near.iter().flat_map(|row| otherwise(spec, row)).find(is));
    let Some(first) = first else {
        return "never near the example".to_owned();
    };
    let needed = spec.fields.iter().filter(|field| {
        let mut without = first.clone();
        without[field.key] = Value::Null;
        !is(&without)
    });
    format!("{:?}", needed.map(|field| field.key).collect::<Vec<_>>())
}

fn shown(spec: &RegisterSpec) -> String {
    let mut out = format!("{} v{}\n", spec.key, spec.v);
    let mut line = |name: &str, what: String| {
        if !["", "[]", "None", "false", "0"].contains(&what.as_str()) {
            let _ = writeln!(out, "  {name}: {what}");
        }
    };
    line("group", format!("{:?}", spec.group));
    line("reach", format!("{:?}", spec.reach));
    line("hands", format!("{:?}", spec.hands));
    line("flow", format!("{:?}", spec.flow));
    line("page", format!("{:?}", spec.page));
    line("named by", spec.names_row.to_owned());
    line("told apart by", format!("{:?}", spec.identity));
    line("own number", format!("{:?}", spec.own_number));
    line("looks at", format!("{:?}", spec.looks_at));
    line(
        "limits",
        format!(
            "{:?}",
            spec.limits.iter().map(|l| l.parameter).collect::<Vec<_>>()
        ),
    );
    line("limits on", format!("{:?}", spec.limits_on));
    for proof in spec.proves {
        line(
            "proves",
            format!(
                "{} on {}{} about {:?}, needs {}",
                proof.duty,
                proof.on,
                if proof.until.is_empty() {
                    String::new()
                } else {
                    format!(" until {:?}", proof.until)
                },
                proof.about,
                needs(spec, proof.when)
            ),
        );
    }
    if let Some(renewal) = &spec.renews {
        line(
            "renews",
            format!(
                "{} on {}, needs {}",
                renewal.of,
                renewal.on,
                needs(spec, renewal.when)
            ),
        );
    }
    for tally in spec.tallies {
        line(
            "counts as",
            format!(
                "{} of {:?} from {} {:?} by file {}, needs {}",
                tally.what,
                tally.of,
                tally.from,
                tally.ends,
                tally.by_file,
                needs(spec, tally.when)
            ),
        );
    }
    for alter in spec.alters {
        line(
            "alters",
            format!(
                "{} on {} about {:?}, needs {}",
                alter.what,
                alter.on,
                alter.about,
                needs(spec, alter.when)
            ),
        );
    }
    for check in spec.checks {
        line(
            "checks",
            format!(
                "{} ({}) from {:?} ends {:?} ages {} {:?}, needs {}",
                check.key,
                check.label,
                check.from,
                check.ends,
                check.ages,
                check.lapses,
                needs(spec, check.when)
            ),
        );
    }
    for raise in spec.raises {
        line(
            "raises",
            format!(
                "{} on {} until {} about {:?}, needs {}",
                raise.duty,
                raise.on,
                raise.settled_on,
                raise.about,
                needs(spec, raise.when)
            ),
        );
    }
    if let Some(grade) = spec.grade {
        line("graded by", format!("{grade:?}"));
    }
    line("approved elsewhere", format!("{:?}", spec.approved_elsewhere));
    line("settled by file", format!("{:?}", spec.settled_by_file));
    line("bulk", spec.bulk.to_string());
    line("typed", spec.typed.is_some().to_string());
    line("validates", spec.validate.is_some().to_string());
    line("rules", spec.rules.is_some().to_string());
    line("gaps", spec.gaps.is_some().to_string());
    line("upcasts", spec.upcasts.len().to_string());
    for field in spec.fields {
        let mut marks = Vec::new();
        marks.extend(field.required.then_some("required"));
        marks.extend(field.expected.then_some("expected"));
        line(
            &format!("- {}", field.key),
            format!("{:?} {:?} {}", field.kind, field.sensitivity, marks.join(" "))
                .trim_end()
                .to_owned(),
        );
    }
    out
}

#[test]
fn every_register_is_as_it_was_looked_at() {
    let all: String = registers::catalogue().iter().map(shown).collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/catalogue.txt");
    if std::env::var_os("FAZUN_BLESS").is_some() {
        std::fs::write(&file, &all).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    for (now, then) in all.lines().zip(known.lines()) {
        assert_eq!(now, then, "look at the change, then set FAZUN_BLESS=1");
    }
    assert_eq!(all.lines().count(), known.lines().count(), "set FAZUN_BLESS=1");
}
