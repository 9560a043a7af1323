//! A legal officer adds a made-up city's rule with data files alone, and its agencies are bound.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

use assess::{Assessment, Verdict, assess};
use facts::FactValue;
use law::{Corpus, SourceFile};
use testkit::{AgencyBuilder, day};

const RULE: &str = "demo-city-rules";

fn files() -> Vec<SourceFile> {
    let root = testkit::root();
    let mut files = testkit::law_files(&root.join("law"));
    files.extend(testkit::law_files(&root.join("crates/law/tests/city")));
    files
}

fn corpus() -> Corpus {
    Corpus::load(files()).unwrap_or_else(|e| panic!("{e:#?}"))
}

fn on(corpus: &Corpus, city: &str, at: &str) -> Assessment {
    let agency = AgencyBuilder::level("C")
        .approved(day("2019-08-01"))
        .records_from(day("2025-01-01"))
        .no_core_system()
        .of_city(city)
        .done("audit.internal", day("2025-05-02"))
        .done("audit.internal", day("2026-03-02"))
        .build();
    assess(&agency, corpus, &[], day(at))
}

#[test]
fn the_city_s_agencies_are_bound_and_no_others() {
    let corpus = corpus();
    let audit = |city: &str, at: &str| {
        let found = on(&corpus, city, at);
        let audit = found
            .duties
            .iter()
            .find(|d| d.key == "audit.internal")
            .expect("an audit duty")
            .clone();
        audit.requirements[0].words.clone()
    };
    // The day before, the first day, the amendment; another city throughout.
    assert_eq!(audit("示範市", "2025-06-30"), "每2年1次");
    assert_eq!(audit("示範市", "2025-07-01"), "每年1次");
    assert_eq!(audit("示範市", "2026-06-30"), "每年1次");
    assert_eq!(audit("示範市", "2026-07-01"), "每半年1次");
    assert_eq!(audit("高雄市", "2026-07-01"), "每2年1次");
    let door = |city: &str| {
        let found = on(&corpus, city, "2026-11-21");
        found.duties.iter().any(|d| d.key == "demo_city.door_notice")
    };
    assert!(door("示範市"));
    assert!(!door("高雄市"));
}

#[test]
fn the_city_s_rules_reach_only_the_bodies_that_they_name() {
    let bound = |corpus: &Corpus, body: Option<&str>, adopts: bool| {
        let mut agency = AgencyBuilder::level("C").of_city("示範市");
        if let Some(body) = body {
            agency = agency.fact("body", FactValue::Choice(body.into()));
        }
        if adopts {
            agency = agency.adopts(RULE);
        }
        let found = assess(&agency.build(), corpus, &[], day("2026-11-21"));
        found.duties.iter().any(|d| d.key == "demo_city.door_notice")
    };
    let company = Some("specific_non_government");
    let silent = corpus();
    assert!(bound(&silent, None, false), "a public agency");
    assert!(!bound(&silent, company, false));
    assert!(bound(&silent, company, true), "by its own decision");

    let naming = |bodies: &str| {
        let mut files = files();
        let path = format!("local/demo/{RULE}/instrument.toml");
        let file = files.iter_mut().find(|f| f.path == path).expect("the file");
        file.text = file
            .text
            .replacen("authority", &format!("bodies = {bodies}\nauthority"), 1);
        Corpus::load(files)
    };
    let both = naming(r#"["public_agency", "specific_non_government"]"#).expect("loads");
    assert!(bound(&both, None, false) && bound(&both, company, false));
    let companies = naming(r#"["specific_non_government"]"#).expect("loads");
    assert!(!bound(&companies, None, false) && bound(&companies, company, false));
    let errors = naming(r#"["company"]"#).expect_err("no such body");
    assert!(
        errors[0].message.contains("不是機關性質") && errors[0].line > 0,
        "{errors:?}"
    );
}

#[test]
fn the_looser_law_stays_beside_the_city_s_value() {
    let corpus = corpus();
    let found = on(&corpus, "示範市", "2026-11-21");
    let audit = found
        .duties
        .iter()
        .find(|d| d.key == "audit.internal")
        .expect("an audit duty");
    assert!(audit.binding.iter().any(|c| *c.instrument == *RULE));
    let law = audit
        .losers
        .iter()
        .find(|l| *l.clause.instrument == *"classification-regulation");
    assert!(!law.expect("the law's own interval").below_floor);
    // The audit of March was one of the year, by the rule of its time: the half-yearly rule that came
    // in July asks for the next within the first half of the year after.
    assert_eq!(audit.verdict, Verdict::Met, "{}", audit.reason);
    assert_eq!(audit.due, Some(day("2027-06-30")));
}

#[test]
fn a_slip_is_refused_with_its_place() {
    let cases: [(&str, &str, &str, &str); 8] = [
        (
            "instrument.toml",
            "until = 2026-07-01",
            "until = 2026-08-01",
            "兩個版本同時有效",
        ),
        (
            "instrument.toml",
            "until = 2026-07-01",
            "until = 2026-06-01",
            "版本之間有空窗",
        ),
        (
            "duties.toml",
            "duty = \"audit.internal\"",
            "duty = \"audit.intern\"",
            "應辦事項 `audit.intern` 不存在",
        ),
        (
            "duties.toml",
            "cite = \"3\" },\n]\n\n[[parameter]]",
            "cite = \"9\" },\n]\n\n[[parameter]]",
            "沒有這一條",
        ),
        (
            "duties.toml",
            "every = 6, unit = \"month\"",
            "number = 6, unit = \"moon\"",
            "不能換算為",
        ),
        (
            "clauses.toml",
            "parameter:audit.interval",
            "parameter:risk.interval",
            "需要一個參數，其值引用本條文",
        ),
        (
            "clauses.toml",
            "by = [\"duty:demo_city.door_notice\"]",
            "planned = { part = 3, what = \"x\" }",
            "不得填 planned",
        ),
        (
            "clauses.toml",
            "article = \"3\"",
            "article = \"2\"",
            "沒有任何條款提及",
        ),
    ];
    for (name, old, new, says) in cases {
        let mut files = files();
        let path = format!("local/demo/{RULE}/{name}");
        let file = files.iter_mut().find(|f| f.path == path).expect("the file");
        assert!(file.text.contains(old), "{name}: {old}");
        file.text = file.text.replacen(old, new, 1);
        let errors = Corpus::load(files).expect_err(says);
        let found = errors.iter().find(|e| e.message.contains(says));
        let found = found.unwrap_or_else(|| panic!("{says}: {errors:#?}"));
        assert!(found.file.contains(RULE) && found.line > 0, "{found}");
        assert!(!found.remedy.is_empty(), "{found}");
    }
}
