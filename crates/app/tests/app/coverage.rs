//! Every clause of the requirements is carried, scope, or planned where that is allowed.

use crate::corpus;
use app::{CoverageStatus, CoverageWay, beyond, coverage, read_requirements};

#[test]
fn every_clause_of_the_five_documents_is_accounted_for() {
    let Some(shared) = testkit::shared() else {
        println!("skipped: the list of requirements is not beside the repository");
        return;
    };
    let text = std::fs::read_to_string(shared.join("requirements/clauses.tsv")).expect("the list");
    let list = read_requirements("clauses.tsv", &text).expect("a list");
    let corpus = corpus();
    let rows = coverage(&corpus, &list);
    let missing: Vec<String> = rows
        .iter()
        .filter(|r| r.status == CoverageStatus::Missing)
        .map(|r| format!("{} {}", r.id, r.why))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
    for (row, asked) in rows.iter().zip(&list) {
        assert_eq!(row.id, asked.id);
        let planned = row.status == CoverageStatus::Planned;
        let may = ["register", "workflow", "check", "doc", "attest"].contains(&asked.kind.as_str());
        assert!(
            !planned || may,
            "{} of kind {} is only planned",
            row.id,
            asked.kind
        );
    }
}

#[test]
fn what_the_law_data_says_of_its_own_clauses_exists() {
    // Runs without the list: every clause of the law data, as if no list named it.
    let corpus = corpus();
    let rows = beyond(&corpus, &[]);
    assert_eq!(rows.len(), corpus.clauses.len());
    let missing: Vec<String> = rows
        .iter()
        .filter(|r| r.status == CoverageStatus::Missing)
        .map(|r| format!("{} {}", r.id, r.why))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn an_unknown_id_and_a_wrong_kind_are_missing() {
    let corpus = corpus();
    let clause = corpus.clauses.first().expect("a clause");
    let text = format!("id\tkind\nNOPE-1\tduty\n{}\tnonsense\n", clause.id);
    let list = read_requirements("x.tsv", &text).expect("a list");
    let rows = coverage(&corpus, &list);
    assert!(
        rows.iter().all(|r| r.status == CoverageStatus::Missing),
        "{rows:?}"
    );
    for bad in [
        "",
        "id\tgist\nA\tb\n",
        "id\tkind\nA\n",
        "id\tkind\nA\tduty\nA\tduty\n",
    ] {
        assert!(read_requirements("x.tsv", bad).is_err(), "{bad:?}");
    }
}

/// What a clause of kind check is carried by is opened into parts, and says how it is seen to.
#[test]
fn no_clause_of_kind_check_hangs_on_a_duty_without_parts() {
    let corpus = corpus();
    let checks = corpus.clauses.iter().filter(|c| c.kind == law::ClauseKind::Check);
    let rows = beyond(&corpus, &[]);
    let mut seen = 0;
    for clause in checks {
        seen += 1;
        let row = rows.iter().find(|r| r.id == clause.id).expect("a row");
        let way = row.way.unwrap_or_else(|| panic!("{} is in no class", clause.id));
        if matches!(clause.fulfilment, law::Fulfilment::Planned { .. }) {
            assert_eq!(way, CoverageWay::Machine, "{}", clause.id);
            continue;
        }
        assert_ne!(way, CoverageWay::Machine, "{}", clause.id);
        for key in clause.carriers("duty") {
            let parts = corpus.parts.get(key).map_or(&[][..], Vec::as_slice);
            let own = parts.iter().any(|p| {
                p.instrument == clause.instrument && p.cite.article == clause.article && !p.asks.is_empty()
            });
            assert!(own, "{} is no part of {key}", clause.id);
            // What an event sets off is settled in a record, which must be one that sets it off.
            let duty = corpus.duties.iter().find(|d| d.key == key).expect("a duty");
            if matches!(duty.shape, law::Shape::OnEvent { .. }) {
                let raises = |register: &str| {
                    registers::register(register.split('/').next().unwrap_or_default())
                        .is_some_and(|spec| spec.raises.iter().any(|r| r.duty == key))
                };
                assert!(clause.carriers("register").any(raises), "{} in {key}", clause.id);
            }
        }
    }
    assert!(seen > 70, "{seen}");
}

#[test]
fn every_check_over_records_answers_a_clause() {
    let corpus = corpus();
    for spec in registers::catalogue() {
        // Of a register whose rows are not read for an assessment nothing can be told.
        assert!(!spec.bulk || spec.checks.is_empty(), "{}", spec.key);
        for check in spec.checks {
            let of = |key: &str| registers::check_of(key).is_some_and(|(_, found)| found.key == check.key);
            let named =
                |c: &law::SourceClause| ["check", "against"].iter().any(|sort| c.carriers(sort).any(of));
            assert!(corpus.clauses.iter().any(named), "{} answers nothing", check.key);
            for field in [check.about, check.by, check.of.map(|(field, _)| field)]
                .into_iter()
                .flatten()
            {
                assert!(spec.field(field).is_some(), "{}: {field}", check.key);
            }
            assert!(
                check.from.is_empty() || spec.field(check.from).is_some(),
                "{}",
                check.key
            );
            assert!(
                check.ends.is_empty() || spec.field(check.ends).is_some(),
                "{}",
                check.key
            );
        }
    }
    // A check by control names one that there is.
    let carriers = |c: &'static str| corpus.clauses.iter().flat_map(move |clause| clause.carriers(c));
    let controls = carriers("check").chain(carriers("against"));
    for id in controls.filter_map(|key| key.strip_prefix("control_check/")) {
        assert!(corpus.baseline.controls.iter().any(|c| c.id == id), "{id}");
    }
    // Two parts that an officer can't tell apart would be ticked blindly.
    for (duty, parts) in &corpus.parts {
        for (n, part) in parts.iter().enumerate() {
            let twice = parts
                .iter()
                .skip(n + 1)
                .any(|p| p.label == part.label && p.asks == part.asks);
            assert!(!twice, "{duty}: {}", part.key);
        }
    }
}

/// What a row may be asked for is a field of it, or a word of one, and some clause asks for it.
#[test]
fn what_a_part_asks_of_a_row_is_a_field_of_it() {
    let corpus = corpus();
    for spec in registers::catalogue() {
        for what in spec.tells {
            let (key, word) = what
                .split_once('=')
                .map_or((*what, None), |(key, word)| (key, Some(word)));
            let field = spec
                .field(key)
                .unwrap_or_else(|| panic!("{} has no {key}", spec.key));
            let known = match (field.kind, word) {
                (registers::Kind::Choice(words) | registers::Kind::Many(words), Some(word)) => {
                    words.iter().any(|(key, _)| *key == word)
                }
                (registers::Kind::Flag, Some(word)) => ["true", "false"].contains(&word),
                (_, word) => word.is_none(),
            };
            assert!(known, "{} {what}", spec.key);
            let asks = |c: &law::SourceClause| {
                let mut asked = c.carriers("register").map(|r| r.split('/'));
                asked.any(|mut words| words.next() == Some(spec.key) && words.any(|word| word == *what))
            };
            assert!(
                corpus.clauses.iter().any(asks),
                "{} {what} is asked by nobody",
                spec.key
            );
        }
    }
}
