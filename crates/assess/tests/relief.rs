//! An agency is relieved of a duty once consent and filing are both there, and not before.
#![allow(clippy::expect_used, clippy::panic)]

use assess::{DutyAssessment, Verdict, assess};
use facts::{Exemption, Snapshot, Source, Subject};
use law::{Corpus, LosingReason};
use testkit::{AgencyBuilder, day};

fn asked(duty: &str, agreed: Option<&str>, filed: Option<&str>) -> Exemption {
    Exemption {
        duty: duty.to_owned(),
        subject: Subject::Agency,
        from: day("2026-03-01"),
        until: day("2026-12-30"),
        agreed_on: agreed.map(day),
        filed_on: filed.map(day),
        decided: true,
        source: Source {
            register: "exception".to_owned(),
            row: "e1".to_owned(),
            version: 1,
            line: None,
        },
    }
}

fn agency(exempt: &[Exemption]) -> AgencyBuilder {
    let mut agency = AgencyBuilder::level("C")
        .approved(day("2019-08-01"))
        .records_from(day("2021-01-01"))
        .no_core_system();
    for exemption in exempt {
        agency = agency.exempt(exemption.clone());
    }
    agency
}

fn of(agency: &Snapshot, corpus: &Corpus, duty: &str, at: &str) -> DutyAssessment {
    let found = assess(agency, corpus, &[], day(at));
    let one = found.duties.into_iter().find(|d| d.key == duty);
    one.expect("the duty")
}

#[test]
fn consent_and_filing_together_relieve() {
    let corpus = testkit::corpus();
    let on = |agreed, filed, at: &str| {
        let agency = agency(&[asked("protection.antivirus", agreed, filed)]).build();
        of(&agency, &corpus, "protection.antivirus", at)
    };
    let both = (Some("2026-03-10"), Some("2026-03-19"));
    for (at, code) in [
        ("2026-02-28", "before records"),
        ("2026-03-18", "before records"),
        ("2026-03-19", "exempt"),
        ("2026-12-30", "exempt"),
        ("2026-12-31", "before records"),
    ] {
        assert_eq!(on(both.0, both.1, at).reason_code, code, "on {at}");
    }
    let relieved = on(both.0, both.1, "2026-06-01");
    assert_eq!(relieved.verdict, Verdict::NotApplicable);
    assert_eq!(relieved.due, None);
    assert!(
        relieved.reason.contains("115/03/19 至 115/12/30"),
        "{}",
        relieved.reason
    );
    let clause = relieved.binding.first().expect("a clause");
    assert_eq!(&*clause.article, "11/4");
    let annex = relieved.losers.first().expect("what doesn't bind");
    assert_eq!(annex.reason, LosingReason::Relieved);
    assert!(annex.clause.article.starts_with("annex-5."));
}

#[test]
fn either_alone_relieves_of_nothing_and_says_what_is_lacking() {
    let corpus = testkit::corpus();
    for (agreed, filed, lacking) in [
        (Some("2026-03-10"), None, "惟尚未報備查，"),
        (None, Some("2026-03-10"), "惟尚未經同意，"),
        (None, None, "惟尚未經同意，也尚未報備查，"),
        (Some("2026-03-10"), Some("2026-07-01"), "惟同意或備查之日未到，"),
    ] {
        let agency = agency(&[asked("protection.antivirus", agreed, filed)]).build();
        let found = of(&agency, &corpus, "protection.antivirus", "2026-06-01");
        assert_eq!(found.verdict, Verdict::NotMet);
        assert!(found.reason.contains(lacking), "{}", found.reason);
        let told = found.steps.iter().find(|s| s.note.contains("不生免執行之效力"));
        let cite = told.and_then(|s| s.cite_label.clone()).expect("the clause");
        assert!(cite.contains("責任等級分級辦法"), "{cite}");
        // Nothing is said before its time nor after it.
        for at in ["2026-02-28", "2026-12-31"] {
            let found = of(&agency, &corpus, "protection.antivirus", at);
            assert!(!found.reason.contains("免執行"), "{}", found.reason);
        }
    }
}

#[test]
fn a_record_that_the_agency_did_not_decide_on_relieves_of_nothing() {
    let corpus = testkit::corpus();
    let mut draft = asked("protection.antivirus", Some("2026-03-01"), Some("2026-03-01"));
    draft.decided = false;
    let found = of(
        &agency(&[draft]).build(),
        &corpus,
        "protection.antivirus",
        "2026-06-01",
    );
    assert_eq!(found.verdict, Verdict::NotMet);
    assert!(found.reason.contains("惟該紀錄尚未核定，"), "{}", found.reason);
}

#[test]
fn only_the_annexes_are_relieved_of() {
    let corpus = testkit::corpus();
    let plan = "plan.establish";
    let agency = agency(&[asked(plan, Some("2026-03-01"), Some("2026-03-01"))]).build();
    let found = of(&agency, &corpus, plan, "2026-06-01");
    assert_ne!(found.reason_code, "exempt", "{}", found.reason);
}

#[test]
fn what_a_city_asks_goes_on() {
    let root = testkit::root();
    let mut files = testkit::law_files(&root.join("law"));
    files.extend(testkit::law_files(&root.join("crates/law/tests/city")));
    let corpus = Corpus::load(files).unwrap_or_else(|e| panic!("{e:#?}"));
    let relief = [asked("audit.internal", Some("2026-03-01"), Some("2026-03-01"))];
    let agency = agency(&relief).of_city("示範市").build();
    let found = of(&agency, &corpus, "audit.internal", "2026-08-01");
    assert_ne!(found.verdict, Verdict::NotApplicable, "{}", found.reason);
    assert!(found.binding.iter().any(|c| &*c.instrument == "demo-city-rules"));
    let gone = found.losers.iter().find(|l| l.reason == LosingReason::Relieved);
    let gone = gone.expect("the annex");
    assert_eq!(&*gone.clause.instrument, "classification-regulation");
    assert!(found.reason.ends_with("其他規定仍應辦理。"), "{}", found.reason);
}

#[test]
fn one_system_s_relief_is_no_other_s() {
    let corpus = testkit::corpus();
    let mut one = asked("scan.vulnerability", Some("2026-03-01"), Some("2026-03-01"));
    let agency = AgencyBuilder::level("C")
        .approved(day("2019-08-01"))
        .core_system("公文")
        .core_system("差勤");
    let built = agency.clone().build();
    one.subject = Subject::System(built.systems.first().expect("a system").id.clone());
    let relieved = agency.exempt(one.clone()).build();
    let found = assess(&relieved, &corpus, &[], day("2026-06-01"));
    let scans = found.duties.iter().filter(|d| d.key == "scan.vulnerability");
    let exempt: Vec<bool> = scans
        .map(|d| {
            assert_eq!(
                d.reason_code == "exempt",
                d.subject == one.subject,
                "{}",
                d.reason
            );
            d.reason_code == "exempt"
        })
        .collect();
    assert_eq!(exempt.len(), 2);
    assert_eq!(exempt.iter().filter(|e| **e).count(), 1);
}

#[test]
fn the_time_of_a_relief_is_missed_by_nobody() {
    let corpus = testkit::corpus();
    let mut two = asked("audit.internal", Some("2023-01-01"), Some("2023-01-01"));
    (two.from, two.until) = (day("2023-01-01"), day("2025-12-31"));
    let audited = || agency(&[]).done("audit.internal", day("2022-05-02"));
    let without = of(&audited().build(), &corpus, "audit.internal", "2026-06-01");
    assert_eq!(without.reason_code, "overdue", "{}", without.reason);
    let relieved = audited().exempt(two.clone()).build();
    let with = of(&relieved, &corpus, "audit.internal", "2026-06-01");
    assert_eq!(with.verdict, Verdict::NotYetDue, "{}", with.reason);
    assert_eq!(with.due, Some(day("2026-12-31")));
    // Two years that ended before it began are judged as ever.
    (two.from, two.until) = (day("2025-01-01"), day("2025-12-31"));
    (two.agreed_on, two.filed_on) = (Some(day("2025-01-01")), Some(day("2025-01-01")));
    let late = audited().exempt(two).build();
    let late = of(&late, &corpus, "audit.internal", "2026-06-01");
    assert_eq!(late.due, Some(day("2024-12-31")), "{}", late.reason);
}
