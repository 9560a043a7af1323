//! Where the five documents and the law ask for different things of the same matter, the
//! strictest binds, each source is kept, and what falls short of a higher rank is told.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

use assess::{Assessment, DutyAssessment, assess};
use law::{Corpus, Overlay, PlanParameter};
use testkit::{AgencyBuilder, day};

const LAW: &str = "classification-regulation";
const TAIPEI: &str = "information-security-rules";
const BUREAU: &str = "information-bureau-plan";
const OFFICE: &str = "accounting-office-plan";
const VENDOR: &str = "vendor-security-requirements";

/// An agency of level C with a core system, in Taipei, that took on both plans.
fn all(corpus: &Corpus, at: &str) -> Assessment {
    let agency = AgencyBuilder::level("C")
        .approved(day("2019-08-01"))
        .core_system("甲系統")
        .other_system("乙網站")
        .of_city("臺北市")
        .adopts(BUREAU)
        .adopts(OFFICE)
        .contract("維護案", &[VENDOR.to_owned()])
        .build();
    assess(&agency, corpus, &[], day(at))
}

/// An agency of level C without core systems, bound by one instrument beside the law.
fn only(corpus: &Corpus, city: &str, adopted: Option<&str>, at: &str) -> Assessment {
    let mut agency = AgencyBuilder::level("C")
        .approved(day("2019-08-01"))
        .core_system("甲系統")
        .other_system("乙網站")
        .of_city(city);
    if let Some(slug) = adopted {
        agency = agency.adopts(slug);
    }
    assess(&agency.build(), corpus, &[], day(at))
}

/// What a parameter comes to, wherever it is asked: its words and who wins.
fn asked(found: &Assessment, key: &str) -> (String, Vec<String>) {
    let all = found.duties.iter().flat_map(|d| &d.requirements);
    let r = all.clone().find(|r| r.key == key).unwrap_or_else(|| {
        let keys: std::collections::BTreeSet<&str> = all.map(|r| r.key.as_str()).collect();
        panic!("{key} is asked by nobody; {keys:?}")
    });
    let mut winners: Vec<String> = r.winners.iter().map(|c| c.instrument.to_string()).collect();
    winners.sort();
    winners.dedup();
    (r.words.clone(), winners)
}

/// What each source asked of a parameter and lost, with whether it falls short of a higher rank.
fn lost(found: &Assessment, key: &str) -> Vec<(String, String, bool)> {
    let r = found
        .duties
        .iter()
        .flat_map(|d| &d.requirements)
        .find(|r| r.key == key);
    let mut lost: Vec<_> = r
        .expect("is asked")
        .losers
        .iter()
        .map(|l| (l.clause.instrument.to_string(), l.outcome.clone(), l.below_floor))
        .collect();
    lost.sort();
    lost.dedup();
    lost
}

const TODAY: &str = "2026-11-21";

#[test]
fn the_strictest_of_all_sources_binds() {
    let corpus = testkit::corpus();
    let found = all(&corpus, TODAY);
    // What, how strict, whose.
    for (key, words, winner) in [
        ("log.retention", "6 個月", LAW),
        ("password.max_age", "90 日", BUREAU),
        ("password.history", "3 次", LAW),
        ("account.privileged_review_interval", "每季1次", BUREAU),
        ("audit.interval", "每年1次", BUREAU),
        ("scan.interval", "每年2次", TAIPEI),
        ("continuity.drill_interval", "每年1次", TAIPEI),
        ("availability.high_system", "99 %", TAIPEI),
        ("availability.public_service", "97.5 %", TAIPEI),
        ("availability.all", "99.97 %", BUREAU),
        ("objective.major_incidents", "1 次", TAIPEI),
        ("phishing.open_rate", "5 %", BUREAU),
        ("phishing.click_rate", "2 %", BUREAU),
        ("remote_access.max_duration", "15 日", BUREAU),
        ("audit.notice", "14 日", BUREAU),
        ("contract.scan_interval", "每年1次", VENDOR),
    ] {
        let (said, winners) = asked(&found, key);
        assert_eq!(said, words, "{key}");
        assert!(winners.iter().any(|w| w == winner), "{key}: {winners:?}");
    }
    // Ties bind together: the last three passwords stand in the law and in the plan.
    let (_, winners) = asked(&found, "password.history");
    assert!(winners.iter().any(|w| w == BUREAU), "{winners:?}");
}

#[test]
fn every_source_is_kept() {
    let corpus = testkit::corpus();
    let found = all(&corpus, TODAY);
    let audit = lost(&found, "audit.interval");
    assert!(
        audit.contains(&(LAW.into(), "每2年1次".into(), false)),
        "{audit:?}"
    );
    assert!(
        audit
            .iter()
            .any(|(i, words, _)| i == OFFICE && words == "每2年1次"),
        "{audit:?}"
    );
    let scan = lost(&found, "scan.interval");
    for source in [LAW, BUREAU, OFFICE] {
        assert!(
            scan.iter()
                .any(|(i, words, _)| i == source && words == "每2年1次"),
            "{source}: {scan:?}"
        );
    }
    let password = lost(&found, "password.max_age");
    assert!(
        password.contains(&(TAIPEI.into(), "6 個月".into(), false)),
        "{password:?}"
    );
    let review = lost(&found, "account.privileged_review_interval");
    assert!(
        review.contains(&(TAIPEI.into(), "每半年1次".into(), false)),
        "{review:?}"
    );
}

#[test]
fn taipei_s_sixty_days_of_logs_fall_short_of_six_months() {
    let corpus = testkit::corpus();
    let found = only(&corpus, "臺北市", None, TODAY);
    let finding = found
        .findings
        .iter()
        .find(|f| f.parameter == "log.retention")
        .expect("is told");
    assert_eq!(finding.kind, "below_statutory_floor");
    assert_eq!(
        (&*finding.clause.instrument, finding.promised.as_str()),
        (TAIPEI, "60 日")
    );
    assert_eq!(finding.asked, "6 個月");
    assert!(
        finding.floor.iter().any(|c| *c.instrument == *LAW),
        "both clauses: {:?}",
        finding.floor
    );
    // Before the law had the six months, sixty days were enough; the day decides.
    for (at, falls_short) in [("2021-08-22", false), ("2021-08-23", true)] {
        let found = only(&corpus, "臺北市", None, at);
        let told = found.findings.iter().any(|f| f.parameter == "log.retention");
        assert_eq!(told, falls_short, "{at}");
    }
    // No other city's agency hears of it.
    let elsewhere = only(&corpus, "高雄市", None, TODAY);
    assert!(!elsewhere.findings.iter().any(|f| *f.clause.instrument == *TAIPEI));
}

#[test]
fn promises_below_the_law_are_told_and_those_above_bind() {
    let corpus = testkit::corpus();
    let bureau = only(&corpus, "高雄市", Some(BUREAU), TODAY);
    let below: Vec<&str> = bureau.findings.iter().map(|f| f.parameter.as_str()).collect();
    // 「合計」 certificates and 「至少一名」 trained fall short of each person.
    for key in ["certificate.coverage", "training.professional_coverage"] {
        assert!(below.contains(&key), "{key}: {below:?}");
    }
    assert!(!below.contains(&"audit.interval"));
    assert_eq!(
        asked(&bureau, "audit.interval"),
        ("每年1次".into(), vec![BUREAU.into()])
    );
    let office = only(&corpus, "桃園市", Some(OFFICE), TODAY);
    let (words, winners) = asked(&office, "audit.interval");
    assert_eq!(words, "每2年1次");
    assert!(
        winners.contains(&LAW.to_owned()) && winners.contains(&OFFICE.to_owned()),
        "{winners:?}"
    );
}

#[test]
fn contract_clocks_never_take_the_place_of_the_law_s() {
    let corpus = testkit::corpus();
    let found = all(&corpus, TODAY);
    let of = |key: &str| -> Vec<&DutyAssessment> { found.duties.iter().filter(|d| d.key == key).collect() };
    let (law, contract) = (of("incident.contain"), of("contract.incident.contain"));
    assert_eq!((law.len(), contract.len()), (1, 1));
    assert!(law[0].cases.iter().all(|c| *c.clause.instrument != *VENDOR));
    assert!(contract[0].cases.iter().all(|c| *c.clause.instrument == *VENDOR));
    let hours = |d: &DutyAssessment| {
        let mut cases: Vec<String> = d.cases.iter().map(|c| c.words.replace(' ', "")).collect();
        cases.sort();
        cases
    };
    assert!(
        hours(law[0]).iter().any(|w| w.starts_with("72小時")),
        "{:?}",
        law[0].cases
    );
    assert!(
        hours(contract[0]).iter().any(|w| w.starts_with("36小時")),
        "{:?}",
        contract[0].cases
    );
}

#[test]
fn a_promise_for_some_levels_is_weighed_at_those_levels() {
    let corpus = testkit::corpus();
    let promise = |number: f64, levels: &[&str]| PlanParameter {
        key: "incident.recovery_limit".into(),
        number: Some(number),
        word: None,
        unit: "hour".into(),
        clause: "拾".into(),
        line: 1,
        levels: levels.iter().map(|l| (*l).to_owned()).collect(),
        core: false,
        per: None,
    };
    let told = |promises: &[PlanParameter]| {
        let (plan, left) = Overlay::new(&corpus, "a", "計畫", "1", (None, None), promises);
        assert!(left.is_empty());
        let agency = AgencyBuilder::level("C")
            .approved(day("2019-08-01"))
            .no_core_system();
        let found = assess(&agency.build(), &corpus, &[plan], day(TODAY));
        let of_limit = found
            .findings
            .into_iter()
            .filter(|f| f.parameter == "incident.recovery_limit");
        of_limit.map(|f| (f.promised, f.asked)).collect::<Vec<_>>()
    };
    // As the law has it, and stricter: nothing to tell.
    assert!(told(&[promise(72.0, &["1", "2"]), promise(36.0, &["3", "4"])]).is_empty());
    assert!(told(&[promise(24.0, &["1", "2", "3", "4"])]).is_empty());
    let found = told(&[promise(96.0, &["1", "2"]), promise(72.0, &["3", "4"])]);
    assert_eq!(
        found,
        [
            ("第 1、2 級 96 小時".to_owned(), "第 1、2 級 72 小時".to_owned()),
            ("第 3、4 級 72 小時".to_owned(), "第 3、4 級 36 小時".to_owned()),
        ]
    );
}
