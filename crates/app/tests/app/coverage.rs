//! Every clause of the requirements is carried, scope, or planned where that is allowed.

use crate::corpus;
use app::{CoverageStatus, beyond, coverage, read_requirements};

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
