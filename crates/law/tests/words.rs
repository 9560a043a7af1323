//! Words that an officer reads, and the smallest questions that the corpus answers.
#![allow(clippy::expect_used, clippy::panic)]

use law::{
    Applies, Approver, Difference, Direction, Interval, Overlay, PlanParameter, RawCitation, Relation, Value,
    diff, judge_citation,
};
use period::{Span, Unit};
use std::cmp::Ordering::{Equal, Greater, Less};
use std::collections::BTreeSet;
use testkit::day;

/// That every one of some words is its own.
fn distinct(words: &[&str]) {
    assert!(words.iter().all(|w| !w.is_empty()), "{words:?}");
    let all: BTreeSet<&&str> = words.iter().collect();
    assert_eq!(all.len(), words.len(), "{words:?}");
}

#[test]
fn what_has_a_label_has_one_of_its_own() {
    let all = [
        Approver::Officer,
        Approver::UnitHead,
        Approver::SystemAdmin,
        Approver::Ciso,
        Approver::Auditor,
        Approver::Supervisor,
    ];
    distinct(&all.map(Approver::title));
    assert_eq!(Approver::Officer.title(), "資安專責人員");
    let labels = [
        Relation::Equal,
        Relation::Intersects,
        Relation::Subset,
        Relation::Superset,
    ]
    .map(Relation::label);
    distinct(&labels);
}

#[test]
fn intervals_are_told_in_words_and_weighed_in_days() {
    let words = |every, unit, times| Interval { every, unit, times }.words();
    for (every, unit, times, said) in [
        (1, Unit::Year, 1, "每年1次"),
        (1, Unit::Year, 2, "每年2次"),
        (2, Unit::Year, 1, "每2年1次"),
        (6, Unit::Month, 1, "每半年1次"),
        (3, Unit::Month, 2, "每季2次"),
        (1, Unit::Month, 1, "每月1次"),
        (5, Unit::Month, 1, "每5個月1次"),
        (1, Unit::Week, 1, "每週1次"),
        (10, Unit::CalendarDay, 1, "每10日1次"),
    ] {
        assert_eq!(words(every, unit, times), said);
    }
    let lower = |a: (u32, Unit, u32), b: (u32, Unit, u32)| {
        let of = |(every, unit, times)| Value::Interval(Interval { every, unit, times });
        Direction::Lower.compare(&of(a), &of(b))
    };
    for (a, b, expected) in [
        ((24, Unit::Hour, 1), (1, Unit::CalendarDay, 1), Equal),
        ((12, Unit::Hour, 1), (1, Unit::CalendarDay, 1), Greater),
        ((7, Unit::CalendarDay, 1), (1, Unit::Week, 1), Equal),
        ((4, Unit::Week, 1), (1, Unit::Month, 1), Greater),
        ((5, Unit::Week, 1), (1, Unit::Month, 1), Less),
        ((1, Unit::WorkingDay, 1), (1, Unit::CalendarDay, 1), Less),
        ((1, Unit::WorkingDay, 1), (2, Unit::CalendarDay, 1), Greater),
        ((1, Unit::Year, 2), (6, Unit::Month, 1), Equal),
        ((1, Unit::Year, 3), (6, Unit::Month, 1), Greater),
    ] {
        assert_eq!(lower(a, b), Some(expected), "{a:?} {b:?}");
    }
}

#[test]
fn years_are_bounded_as_their_months_are() {
    let span = |amount, unit| Value::Span(Span { amount, unit });
    let days = |n| span(n, Unit::CalendarDay);
    let of = |a: &Value, b: &Value| Direction::Lower.compare(a, b);
    let two = span(2, Unit::Year);
    for (n, expected) in [(728, Some(Greater)), (730, None), (733, Some(Less))] {
        assert_eq!(of(&days(n), &two), expected, "{n}");
    }
    let weeks = span(4, Unit::Week);
    assert_eq!(of(&weeks, &span(1, Unit::Month)), Some(Greater));
    assert_eq!(of(&span(5, Unit::Week), &span(1, Unit::Month)), Some(Less));
    let ten = span(10, Unit::WorkingDay);
    for (n, expected) in [(10, Some(Greater)), (11, None), (27, None), (28, Some(Less))] {
        assert_eq!(of(&days(n), &ten), expected, "{n}");
    }
}

#[test]
fn a_duty_is_found_by_its_key_and_no_other() {
    let corpus = testkit::corpus();
    for key in ["audit.internal", "incident.report"] {
        assert_eq!(corpus.duty(key).map(|d| d.key.as_str()), Some(key));
    }
    assert!(corpus.duty("no.such").is_none());
    // A duty of plan form lies in no instrument's folder.
    let (forms, others): (Vec<_>, Vec<_>) = corpus.duties.iter().partition(|d| d.is_plan_form());
    assert!(!forms.is_empty() && forms.iter().all(|d| d.home.is_none()));
    assert!(others.iter().all(|d| d.home.is_some()));
    // Of these an agency may be relieved: what the annexes of one regulation ask.
    let (by, home) = corpus.relief().expect("a duty that relieves");
    assert_eq!(
        (by.key.as_str(), home),
        ("level_duties.exempt", "classification-regulation")
    );
    let relievable: Vec<&str> = corpus.relievable().map(|d| d.key.as_str()).collect();
    for (key, expected) in [
        ("protection.antivirus", true),
        ("audit.internal", true),
        ("plan.establish", false),
        ("level_duties.exempt", false),
    ] {
        assert_eq!(relievable.contains(&key), expected, "{key}");
    }
    for (article, expected) in [
        ("annex-1", true),
        ("annex-1.isms", true),
        ("annex-10", false),
        ("1", false),
    ] {
        assert_eq!(by.reaches(article), expected, "{article}");
    }
}

#[test]
fn nothing_differs_only_where_nothing_does() {
    let corpus = testkit::corpus();
    let slug = "classification-regulation";
    let same = diff(&corpus, slug, "2021", "2021").expect("a version");
    assert!(same.is_empty());
    let other = diff(&corpus, slug, "2021", "2026").expect("both versions");
    let only = |of: Difference| of;
    let nothing = || Difference {
        articles: Vec::new(),
        duties: Vec::new(),
        parameters: Vec::new(),
        transitional: Vec::new(),
        ..other.clone()
    };
    assert!(nothing().is_empty());
    for one in [
        only(Difference {
            articles: other.articles.clone(),
            ..nothing()
        }),
        only(Difference {
            duties: other.duties.clone(),
            ..nothing()
        }),
        only(Difference {
            parameters: other.parameters.clone(),
            ..nothing()
        }),
        only(Difference {
            transitional: other.transitional.clone(),
            ..nothing()
        }),
    ] {
        assert!(!one.is_empty());
    }
}

#[test]
fn a_plan_holds_from_its_first_day_until_the_day_before_its_end() {
    let corpus = testkit::corpus();
    let found = [PlanParameter {
        key: "audit.interval".into(),
        number: Some(1.0),
        word: None,
        unit: "year".into(),
        clause: "拾伍".into(),
        line: 1,
        levels: Vec::new(),
        core: false,
        per: None,
    }];
    let over = |from: Option<&str>, until: Option<&str>| {
        Overlay::new(&corpus, "a", "計畫", "1", (from.map(day), until.map(day)), &found).0
    };
    let both = over(Some("2022-01-01"), Some("2026-11-21"));
    for (at, holds) in [
        ("2021-12-31", false),
        ("2022-01-01", true),
        ("2026-11-20", true),
        ("2026-11-21", false),
    ] {
        assert_eq!(both.holds_on(day(at)), holds, "{at}");
    }
    assert!(over(None, None).holds_on(day("1990-01-01")));
    // No interval is a part of one, nor nothing, nor longer than anybody plans.
    for (number, taken) in [
        (1.0, true),
        (9999.0, true),
        (0.0, false),
        (1.5, false),
        (10000.0, false),
    ] {
        let mut one = found.clone();
        for p in &mut one {
            p.number = Some(number);
        }
        let (overlay, left) = Overlay::new(&corpus, "a", "計畫", "1", (None, None), &one);
        assert_eq!(
            (overlay.promises.len(), left.len()),
            (usize::from(taken), usize::from(!taken)),
            "{number}"
        );
    }
}

#[test]
fn what_only_an_event_decides_is_left_open() {
    let applies = |pairs: &[(&str, &[&str])]| {
        let all = pairs.iter().map(|(key, words)| {
            let words = words.iter().map(|w| (*w).to_owned()).collect();
            ((*key).to_owned(), words)
        });
        Applies(all.collect())
    };
    let nothing = |_: &str| None;
    let level: &[&str] = &["1", "2"];
    let of_event = applies(&[("incident_level", level)]);
    assert_eq!(of_event.left_open(&nothing).map(<[String]>::len), Some(2));
    let of_agency = applies(&[("responsibility_level", &["A"])]);
    assert!(of_agency.left_open(&nothing).is_none());
    assert!(applies(&[]).left_open(&nothing).is_none());
}

#[test]
fn a_citation_is_of_the_instrument_that_it_names_now_or_did() {
    let corpus = testkit::corpus();
    let of = |name: &str, article: Option<&str>| {
        let raw = RawCitation {
            instrument: name,
            article,
            context: "",
        };
        judge_citation(&corpus, raw, None, day("2026-11-21"), None).instrument
    };
    for article in [None, Some("第一條"), Some("第九百條")] {
        let named = of("資通安全管理法", article);
        assert_eq!(
            named.as_deref(),
            Some("cyber-security-management-act"),
            "{article:?}"
        );
    }
    assert_eq!(of("資通安全管理辦法典", Some("第一條")), None);
}

#[test]
fn only_what_a_plan_says_is_a_promise() {
    let corpus = testkit::corpus();
    let found = [PlanParameter {
        key: "audit.interval".into(),
        number: Some(1.0),
        word: None,
        unit: "year".into(),
        clause: "拾伍".into(),
        line: 1,
        levels: Vec::new(),
        core: false,
        per: None,
    }];
    let (plan, _) = Overlay::new(&corpus, "a", "計畫", "1", (None, None), &found);
    let agency = testkit::AgencyBuilder::level("C")
        .approved(day("2019-08-01"))
        .no_core_system()
        .build();
    let promises = |plans: &[Overlay]| -> BTreeSet<String> {
        let of = law::resolve(&corpus, plans, &agency, day("2026-11-21"));
        let asked = of.iter().flat_map(|r| &r.requirements);
        let clauses = asked.flat_map(|r| r.winners.iter().chain(r.losers.iter().map(|l| &l.clause)));
        let promised = clauses.filter(|c| c.is_promise());
        promised.map(|c| c.instrument.to_string()).collect()
    };
    assert!(promises(&[]).is_empty());
    let of_plan = promises(&[plan]);
    assert!(
        !of_plan.is_empty() && of_plan.iter().all(|i| i.starts_with("plan:")),
        "{of_plan:?}"
    );
}

#[test]
fn a_restart_speaks_of_its_own_changes_from_its_first_day_until_its_last() {
    let corpus = testkit::corpus();
    let restarts: Vec<_> = corpus.duties.iter().flat_map(|d| &d.restarts).collect();
    assert!(!restarts.is_empty());
    for restart in restarts {
        for what in &restart.on {
            assert!(restart.speaks_of(what, restart.from));
            let before = restart.from.yesterday().expect("a day");
            assert!(!restart.speaks_of(what, before));
            assert!(restart.until.is_none_or(|until| !restart.speaks_of(what, until)));
        }
        assert!(!restart.speaks_of("something_else", restart.from));
    }
}

#[test]
fn a_duty_has_a_part_for_what_its_clauses_ask_to_be_shown() {
    let corpus = testkit::corpus();
    let parts = &corpus.parts;
    assert!(!parts.is_empty());
    for clause in corpus.clauses.iter().filter(|c| c.kind.is_shown()) {
        for duty in clause.carriers("duty") {
            assert!(parts.get(duty).is_some_and(|all| !all.is_empty()), "{duty}");
        }
    }
}
