//! What a plan promises of core systems only, and in its own units.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use assess::{Assessment, assess};
use law::{Overlay, PlanParameter, Sentence};
use testkit::{AgencyBuilder, day};

fn promise(key: &str, number: f64, unit: &str, core: bool) -> PlanParameter {
    PlanParameter {
        key: key.into(),
        number: Some(number),
        word: None,
        unit: unit.into(),
        clause: "玖".into(),
        line: 1,
        levels: Vec::new(),
        core,
        per: None,
    }
}

fn of(agency: AgencyBuilder, promises: &[PlanParameter], sentences: &[Sentence]) -> Assessment {
    let corpus = testkit::corpus();
    let (plan, left) = Overlay::new(&corpus, "test", "計畫", "1", (None, None), promises);
    assert!(left.is_empty(), "{left:?}");
    let plan = plan.with_sentences(&corpus, sentences);
    assess(&agency.build(), &corpus, &[plan], day("2026-11-21"))
}

fn level() -> AgencyBuilder {
    AgencyBuilder::level("C").approved(day("2019-08-01"))
}

#[test]
fn a_promise_for_core_systems_binds_where_there_are_any() {
    let sentence = Sentence {
        chapter: "controls".into(),
        clause: "玖".into(),
        line: 1,
        text: "核心資通系統之備份應每年測試還原".into(),
        above: Vec::new(),
        firm: true,
        core: true,
        every: None,
    };
    let bound = |agency: AgencyBuilder, core: bool| {
        let by_number = of(level(), &[], &[])
            .duties
            .iter()
            .any(|d| d.key == "backup.test");
        assert!(!by_number, "nothing but a plan asks for it");
        let sentence = Sentence {
            core,
            ..sentence.clone()
        };
        let promises = [promise("backup.test_interval", 1.0, "year", core)];
        let both = of(agency, &promises, &[sentence]);
        both.duties.iter().any(|d| d.key == "backup.test")
    };
    assert!(!bound(level().no_core_system(), true));
    assert!(bound(level().no_core_system(), false));
    assert!(bound(level().core_system("甲"), true));
    assert!(bound(level(), true), "where nobody said, it binds");
}

#[test]
fn a_promise_is_shown_in_its_own_unit() {
    for (number, unit, words) in [
        (6.0, "month", "6 個月"),
        (180.0, "day", "180 日"),
        (2.0, "week", "2 週"),
    ] {
        let found = of(level(), &[promise("password.max_age", number, unit, false)], &[]);
        let duty = found
            .duties
            .iter()
            .find(|d| d.key == "password.control")
            .expect("promised");
        let shown = duty
            .requirements
            .iter()
            .find(|r| r.key == "password.max_age")
            .expect("promised");
        assert_eq!(shown.words, words);
    }
}

#[test]
fn an_availability_target_is_a_duty_though_nothing_says_how_often_it_is_counted() {
    let found = of(level(), &[promise("availability", 99.5, "percent", false)], &[]);
    let duty = found
        .duties
        .iter()
        .find(|d| d.key == "objective.measure")
        .expect("a duty");
    assert_eq!(duty.reason_code, "missing interval");
    assert!(
        duty.requirements.iter().any(|r| r.words == "99.5 %"),
        "{:?}",
        duty.requirements
    );
}
