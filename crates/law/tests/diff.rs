//! What changed between versions, and what the corpus is not sure of.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

use law::{
    Applies, Certainty, Change, Corpus, Difference, DoubtKind, DutyChange, Fate, ParameterChange, diff,
    doubts,
};

const ACT: &str = "cyber-security-management-act";
const CLASSIFICATION: &str = "classification-regulation";

fn between(corpus: &Corpus, slug: &str, from: &str, to: &str) -> Difference {
    diff(corpus, slug, from, to).expect("both versions are there")
}

fn fates(d: &Difference, fate: Fate) -> Vec<(&str, &str)> {
    d.articles
        .iter()
        .filter(|a| a.fate == fate)
        .map(|a| (a.old.as_deref().unwrap_or("-"), a.new.as_deref().unwrap_or("-")))
        .collect()
}

fn levels(scope: &Applies) -> String {
    scope
        .0
        .get("responsibility_level")
        .map_or_else(|| "all".to_owned(), |words| words.concat())
}

fn duty<'d>(d: &'d Difference, key: &str) -> Vec<(String, &'d DutyChange)> {
    let found = d.duties.iter().filter(|c| c.key == key);
    found.map(|c| (levels(&c.scope), c)).collect()
}

fn value<'d>(d: &'d Difference, key: &str) -> Vec<(String, &'d ParameterChange)> {
    let found = d.parameters.iter().filter(|c| c.key == key);
    found.map(|c| (levels(&c.scope), c)).collect()
}

/// What changed for public agencies; for others the annexes before 2026 were not at hand.
fn of_public(found: Vec<(String, &law::DutyChange)>) -> Vec<(String, &law::DutyChange)> {
    let others = |c: &law::DutyChange| {
        let body = c.scope.0.get("body");
        body.is_some_and(|b| !b.iter().any(|b| b == "public_agency"))
    };
    found.into_iter().filter(|(_, c)| !others(c)).collect()
}

#[test]
fn the_act_was_renumbered() {
    let corpus = testkit::corpus();
    let d = between(&corpus, ACT, "2018", "2025");
    let moved = fates(&d, Fate::Moved);
    for pair in [
        ("10", "13"),
        ("11", "12"),
        ("12", "14"),
        ("13", "15"),
        ("13", "16"),
        ("19", "28"),
    ] {
        assert!(moved.contains(&pair), "{pair:?} is not in {moved:?}");
    }
    for (key, from, to) in [
        ("plan.establish", "10", "13"),
        ("ciso.appoint", "11", "12"),
        ("implementation_report.submit", "12", "14"),
    ] {
        let found = of_public(duty(&d, key));
        assert_eq!(found.len(), 1, "{key}");
        let change = found[0].1;
        assert_eq!(change.change, Change::Moved, "{key}");
        assert_eq!(change.before[0].cite.article, from, "{key}");
        assert_eq!(change.after[0].cite.article, to, "{key}");
        assert_eq!(change.after[0].certainty, Certainty::Secondary);
    }
    assert_eq!(value(&d, "report.interval")[0].1.change, Change::Moved);
    // Articles of the new act that nobody has seen may continue any of the old ones.
    assert!(
        fates(&d, Fate::Repealed).is_empty(),
        "{:?}",
        fates(&d, Fate::Repealed)
    );
    assert!(fates(&d, Fate::Unknown).contains(&("1", "-")));
    assert!(fates(&d, Fate::Unknown).contains(&("-", "1")));
    assert!(fates(&d, Fate::Added).contains(&("-", "19")));
}

#[test]
fn the_classification_regulation_asks_more_of_some() {
    let corpus = testkit::corpus();
    let d = between(&corpus, CLASSIFICATION, "2021", "2026");
    let new = |key: &str, level: &str| {
        let found = of_public(duty(&d, key));
        assert_eq!(found.len(), 1, "{key}: {found:?}");
        assert_eq!(
            (found[0].0.as_str(), found[0].1.change),
            (level, Change::New),
            "{key}"
        );
        assert!(found[0].1.before.is_empty() && !found[0].1.after.is_empty());
    };
    new("protection.ips", "C");
    new("training.it_staff", "D");
    let of = |key: &str| -> Vec<(String, Change)> {
        value(&d, key)
            .iter()
            .map(|(l, c)| (l.clone(), c.change))
            .collect()
    };
    let tighter = |level: &str| (level.to_owned(), Change::Tighter);
    assert_eq!(of("edr.introduce.within"), [tighter("A"), tighter("B")]);
    assert!(of("certificate.coverage").contains(&tighter("C")));
    let coverage = value(&d, "certificate.coverage");
    let c = coverage.iter().find(|(l, _)| l == "C").expect("C").1;
    assert_eq!(c.before.as_ref().expect("before").words, "至少一人");
    assert_eq!(c.after.as_ref().expect("after").words, "每人");
    assert!(duty(&d, "vulnerability.notice").is_empty());
    assert!(of("vulnerability.notice.within").is_empty());
    // Reporting was for A and B, under another paragraph; now it is for everybody.
    let report = duty(&d, "level_duties.report");
    let words: Vec<(&str, Change)> = report.iter().map(|(l, c)| (l.as_str(), c.change)).collect();
    assert_eq!(words, [("AB", Change::Moved), ("CDE", Change::New)]);
    // The version is not complete: nothing is said to be repealed.
    assert!(fates(&d, Fate::Repealed).is_empty());
    let transitional: Vec<(&str, String)> = d
        .transitional
        .iter()
        .map(|t| (t.key.as_str(), levels(&t.scope)))
        .collect();
    assert_eq!(
        transitional,
        [
            ("baseline.revised", "AB".to_owned()),
            ("baseline.revised", "C".to_owned()),
            ("protection.ips", "C".to_owned()),
            ("certificate.dedicated", "ABC".to_owned())
        ]
    );
}

#[test]
fn a_version_whose_duties_were_never_entered_makes_nothing_new() {
    let corpus = testkit::corpus();
    let d = between(&corpus, CLASSIFICATION, "2019", "2021");
    assert!(!d.duties.is_empty());
    assert!(
        d.duties.iter().all(|c| c.change == Change::Unknown),
        "{:?}",
        d.duties
    );
    // Annexes of 2019 are not listed: those of 2021 are not said to be new.
    assert!(fates(&d, Fate::Added).is_empty(), "{:?}", fates(&d, Fate::Added));
    assert!(fates(&d, Fate::Unknown).contains(&("-", "annex-1")));
}

#[test]
fn an_article_is_followed_through_the_versions_between() {
    let corpus = testkit::corpus();
    let d = between(&corpus, "enforcement-rules", "2018", "2026");
    assert!(fates(&d, Fate::Moved).contains(&("6", "9")), "{:?}", d.articles);
    let rules = corpus.instrument("enforcement-rules").expect("there");
    let back = rules.continued("2026", "9", "2018");
    assert_eq!(back.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(), ["6"]);
}

#[test]
fn an_article_that_nothing_continues_is_repealed_where_all_is_known() {
    let mut files = testkit::law_files(&testkit::root().join("law"));
    let path = "national/audit-regulation/articles/2021.toml";
    let file = files.iter_mut().find(|f| f.path == path).expect("there");
    let at = file
        .text
        .find("was = [\"2\"]")
        .expect("continues the second article");
    file.text
        .replace_range(at..at + "was = [\"2\"]".len(), "was = []");
    let corpus = Corpus::load(files).unwrap_or_else(|e| panic!("{e:?}"));
    let d = between(&corpus, "audit-regulation", "2018", "2021");
    assert_eq!(fates(&d, Fate::Repealed), [("2", "-")]);
    assert_eq!(fates(&d, Fate::Added).len(), 1);
}

/// Every pair of versions of every instrument, in both directions.
#[test]
fn going_back_is_the_mirror_of_going_on() {
    let corpus = testkit::corpus();
    for (slug, instrument) in &corpus.instruments {
        for a in &instrument.versions {
            let same = between(&corpus, slug, &a.id, &a.id);
            assert!(same.is_empty(), "{slug}@{}: {same:?}", a.id);
            for b in &instrument.versions {
                let (on, back) = (
                    between(&corpus, slug, &a.id, &b.id),
                    between(&corpus, slug, &b.id, &a.id),
                );
                mirrored(&on, &back);
            }
        }
    }
}

fn mirrored(on: &Difference, back: &Difference) {
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    let fate = |f: Fate| match f {
        Fate::Added => Fate::Repealed,
        Fate::Repealed => Fate::Added,
        other => other,
    };
    assert_eq!(
        sorted(
            on.articles
                .iter()
                .map(|a| format!("{:?} {:?} {:?} {}{}", a.fate, a.old, a.new, a.heading, a.gist))
                .collect()
        ),
        sorted(
            back.articles
                .iter()
                .map(|a| format!(
                    "{:?} {:?} {:?} {}{}",
                    fate(a.fate),
                    a.new,
                    a.old,
                    a.heading,
                    a.gist
                ))
                .collect()
        ),
        "{} {} {}",
        on.instrument,
        on.from,
        on.to
    );
    assert_eq!(
        sorted(
            on.duties
                .iter()
                .map(|d| format!(
                    "{} {:?} {:?} {:?} {:?}",
                    d.key, d.scope, d.change, d.before, d.after
                ))
                .collect()
        ),
        sorted(
            back.duties
                .iter()
                .map(|d| format!(
                    "{} {:?} {:?} {:?} {:?}",
                    d.key,
                    d.scope,
                    d.change.reversed(),
                    d.after,
                    d.before
                ))
                .collect()
        ),
    );
    assert_eq!(
        sorted(
            on.parameters
                .iter()
                .map(|p| format!(
                    "{} {:?} {:?} {:?} {:?}",
                    p.key, p.scope, p.change, p.before, p.after
                ))
                .collect()
        ),
        sorted(
            back.parameters
                .iter()
                .map(|p| format!(
                    "{} {:?} {:?} {:?} {:?}",
                    p.key,
                    p.scope,
                    p.change.reversed(),
                    p.after,
                    p.before
                ))
                .collect()
        ),
    );
    assert_eq!(
        sorted(
            on.transitional
                .iter()
                .map(|t| format!("{} {:?} {:?} {:?}", t.key, t.scope, t.change, t.clause))
                .collect()
        ),
        sorted(
            back.transitional
                .iter()
                .map(|t| format!("{} {:?} {:?} {:?}", t.key, t.scope, t.change.reversed(), t.clause))
                .collect()
        ),
    );
}

#[test]
fn what_is_not_there_can_t_be_compared() {
    let corpus = testkit::corpus();
    assert!(diff(&corpus, "no-such-law", "2018", "2025").is_none());
    assert!(diff(&corpus, ACT, "2018", "1999").is_none());
}

#[test]
fn every_kind_of_doubt_is_listed_with_its_source() {
    let corpus = testkit::corpus();
    let list = doubts(&corpus);
    for kind in [
        DoubtKind::Version,
        DoubtKind::Article,
        DoubtKind::Basis,
        DoubtKind::Transitional,
        DoubtKind::Value,
        DoubtKind::Reading,
    ] {
        let found = list.iter().find(|d| d.kind == kind);
        let found = found.unwrap_or_else(|| panic!("nothing of {kind:?}"));
        assert!(
            !found.at.is_empty() && !found.what.is_empty() && !found.source.is_empty(),
            "{found:?}"
        );
    }
    assert!(list.iter().all(|d| d.certainty != Certainty::Primary));
    let act = list
        .iter()
        .find(|d| d.at == "cyber-security-management-act@2025/13");
    assert!(act.is_some_and(|d| d.what.contains("維護計畫")));
}

#[test]
fn frozen_law_is_that_of_the_day_for_ever() {
    let corpus = testkit::corpus();
    let day = testkit::day("2025-11-30");
    let agency = testkit::AgencyBuilder::level("C")
        .approved(testkit::day("2019-08-01"))
        .no_core_system()
        .build();
    let keys = |corpus: &Corpus, day: &str| -> Vec<String> {
        law::resolve(corpus, &[], &agency, testkit::day(day))
            .iter()
            .flat_map(|r| {
                r.bases
                    .iter()
                    .map(|b| format!("{} {}@{}/{}", r.duty.key, b.instrument, b.version, b.article))
            })
            .collect()
    };
    let frozen = corpus.frozen(day);
    assert_eq!(keys(&corpus, "2025-11-30"), keys(&frozen, "2025-11-30"));
    assert_eq!(keys(&corpus, "2025-11-30"), keys(&frozen, "2026-11-21"));
    assert_ne!(keys(&corpus, "2026-11-21"), keys(&frozen, "2026-11-21"));
    // Before the law began there is nothing but what a plan's own words may promise, and nothing
    // turns into a duty of a plan.
    let before = corpus.frozen(testkit::day("2018-01-01"));
    assert!(keys(&before, "2026-11-21").is_empty());
    for duty in &before.duties {
        let worded = before.wordings.iter().any(|w| w.meant.duty() == Some(&duty.key));
        assert!(duty.basis.is_empty(), "{}", duty.key);
        assert!(duty.is_plan_form() || worded, "{}", duty.key);
    }
    let plan_forms = |c: &Corpus| c.duties.iter().filter(|d| d.is_plan_form()).count();
    assert_eq!(plan_forms(&before), plan_forms(&corpus));
}
