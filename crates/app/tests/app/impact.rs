//! The law's change: between versions, for an agency, and what the data is not sure of.

use crate::ways::Ways as _;
use crate::{agency, clock, corpus, product, sample};
use app::{ActivityInput, App, Kind, LawBook};
use std::sync::Arc;
use store::testing::Place;
use views::{ImpactDutyView, ImpactKind, ImpactView, Status};

const FROM: &str = "2025-11-30";
const TO: &str = "2026-11-21";

async fn demo() -> (Place, App, String) {
    let (dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    (dir, app, id)
}

async fn impact(app: &App, id: &str, from: &str, to: &str) -> ImpactView {
    app.impact(id, testkit::day(from), testkit::day(to))
        .await
        .expect("a view")
}

fn duty<'v>(view: &'v ImpactView, key: &str) -> &'v ImpactDutyView {
    let found = view.duties.iter().find(|d| d.key == key);
    found.unwrap_or_else(|| panic!("{key} is not listed"))
}

#[tokio::test]
async fn the_new_law_reaches_the_sample_agency() {
    let (_dir, app, id) = demo().await;
    let view = impact(&app, &id, FROM, TO).await;
    let renumbered = || vec![ImpactKind::Renumbered];
    // What a plan must hold is worded otherwise too.
    let reworded = vec![ImpactKind::Changed, ImpactKind::Renumbered];
    for (key, lines, kinds) in [
        ("plan.establish", vec![30, 30], reworded),
        ("ciso.appoint", vec![83], renumbered()),
        ("implementation_report.submit", vec![172], renumbered()),
    ] {
        let d = duty(&view, key);
        assert_eq!(d.kinds, kinds, "{key}");
        assert_eq!(d.plan.iter().map(|p| p.line).collect::<Vec<_>>(), lines, "{key}");
        let (before, after) = (
            d.before.as_ref().expect("before"),
            d.after.as_ref().expect("after"),
        );
        assert_eq!(before.clauses[0].version, "2018", "{key}");
        assert_eq!(after.clauses[0].version, "2025", "{key}");
        assert_eq!((before.verdict, before.due), (after.verdict, after.due), "{key}");
    }
    let ips = duty(&view, "protection.ips");
    assert_eq!(ips.kinds, [ImpactKind::Appears]);
    assert!(ips.before.is_none() && ips.then.is_none());
    assert_eq!(
        ips.after.as_ref().expect("after").due,
        Some(testkit::day("2027-01-07"))
    );
    let certificate = duty(&view, "certificate.dedicated");
    for kind in [ImpactKind::Tighter, ImpactKind::DueLater, ImpactKind::Verdict] {
        assert!(certificate.kinds.contains(&kind), "{:?}", certificate.kinds);
    }
    // From so many altogether to so many each.
    let keys: Vec<&str> = certificate.requirements.iter().map(|r| r.key.as_str()).collect();
    // The plan's own total goes on beside them: it is no number of each.
    assert_eq!(keys, ["certificate.count", "certificate.coverage"]);
    assert_eq!(
        certificate.before.as_ref().expect("before").verdict,
        Status::NotMet
    );
    assert_eq!(
        certificate.after.as_ref().expect("after").verdict,
        Status::NotYetDue
    );
    // A later deadline rests on a reading; the other one is told with it.
    assert!(
        certificate
            .readings
            .iter()
            .any(|r| r.key == "changed_item_restarts" && !r.alternative.is_empty())
    );
    assert!(certificate.plan.iter().any(|p| p.kind == "below_statutory_floor"));
    assert!(view.duties.iter().all(|d| d.key != "vulnerability.notice"));
    assert!(
        view.duties.iter().all(|d| d.key != "training.it_staff"),
        "that is new for D only"
    );
    assert!(view.same > 10, "{}", view.same);
    assert!(view.laws.iter().any(|l| l.slug == "cyber-security-management-act" && l.since == Some(testkit::day("2025-12-01"))));
    // What the plan got wrong before is no consequence of the change.
    assert!(view.plan.iter().all(|p| p.kind != "duplicate_row"));
    assert!(view.plan.iter().all(|p| !p.chapter.is_empty()));
}

#[tokio::test]
async fn between_days_of_the_same_law_nothing_happens() {
    let (_dir, app, id) = demo().await;
    for (from, to) in [(TO, TO), ("2023-01-01", "2024-06-30"), (FROM, FROM)] {
        let view = impact(&app, &id, from, to).await;
        assert!(view.duties.is_empty(), "{from} {to}: {:?}", view.duties);
        assert!(view.laws.is_empty() && view.plan.is_empty() && view.same == 0);
    }
    // Time alone makes a deadline pass: told apart from the law.
    let view = impact(&app, &id, "2023-08-22", "2023-08-24").await;
    assert!(view.duties.is_empty());
    let vans = view
        .others
        .iter()
        .find(|o| o.key == "vulnerability.notice")
        .expect("its day has passed");
    assert_eq!(
        (vans.before, vans.after),
        (Some(Status::NotYetDue), Some(Status::NotMet))
    );
}

#[tokio::test]
async fn a_level_decided_between_the_days_is_not_the_law_s_doing() {
    let (_dir, app, id) = demo().await;
    app.designate("test", &id, "B", Some(testkit::day("2026-03-02")), "文號")
        .await
        .expect("designated");
    let view = impact(&app, &id, FROM, TO).await;
    let gcb = view
        .others
        .iter()
        .find(|o| o.key == "gcb.introduce")
        .expect("B has it under either law");
    assert_eq!(gcb.before, None);
    assert!(view.duties.iter().all(|d| d.key != "gcb.introduce"));
}

#[tokio::test]
async fn what_was_done_stays_and_nothing_is_written() {
    let (_dir, app, id) = demo().await;
    let input = ActivityInput {
        duty: app::DutyKey::parse("certificate.dedicated").expect("a key"),
        system: None,
        on: testkit::day("2020-03-02"),
        title: "取得證照".into(),
        note: String::new(),
        evidence: Vec::new(),
        valid_until: None,
        parts: Vec::new(),
        stated_by: None,
        event: None,
    };
    app.record_activity("test", &id, input).await.expect("recorded");
    let earlier = app.duties(&id, testkit::day(FROM)).await.expect("duties");
    let head = app.ledger_head().await.expect("a head");
    let view = impact(&app, &id, FROM, TO).await;
    let certificate = duty(&view, "certificate.dedicated");
    assert_eq!(certificate.records.len(), 1);
    assert!(
        certificate.notes.iter().any(|n| n.contains("1 筆")),
        "{:?}",
        certificate.notes
    );
    assert_eq!(app.ledger_head().await.expect("a head"), head);
    assert_eq!(
        app.duties(&id, testkit::day(FROM)).await.expect("duties"),
        earlier
    );
}

#[tokio::test]
async fn days_in_the_wrong_order_and_unknown_agencies_are_refused() {
    let (_dir, app, id) = demo().await;
    let (from, to) = (testkit::day(FROM), testkit::day(TO));
    let error = app.impact(&id, to, from).await.expect_err("refused");
    assert_eq!(error.kind(), Kind::BadInput);
    let error = app.impact("no-such-agency", from, to).await.expect_err("refused");
    assert_eq!(error.kind(), Kind::NotFound);
}

#[test]
fn a_version_may_be_named_by_its_id_or_by_a_day() {
    let corpus = corpus();
    let (book, today) = (LawBook(&corpus), app::taipei_day(clock()));
    let diff = |from: &str, to: &str| book.diff("classification-regulation", from, to, today);
    let by_id = diff("2021", "2026").expect("a view");
    assert_eq!(by_id, diff("115/01/06", "115/01/07").expect("a view"));
    assert!(diff("2026", "2026").expect("a view").is_empty());
    let error = diff("2021", "1999").expect_err("refused").to_string();
    assert!(error.contains("2018") && error.contains("2026"), "{error}");
    assert_eq!(
        diff("2021", "107/01/01").expect_err("refused").kind(),
        Kind::NotFound
    );
    // Four in all becoming one for each must not read as a relief.
    let of = |key: &str, level: &str| {
        let scope = vec![level.to_owned()];
        let mut all = by_id.parameters.iter();
        all.find(|p| p.key == key && p.scope.applies.get("responsibility_level") == Some(&scope))
            .expect("listed")
            .clone()
    };
    assert_eq!(of("certificate.coverage", "A").change, "tighter");
    assert_ne!(of("certificate.count", "A").change, "looser");
    let edr = of("edr.introduce.within", "B");
    assert_eq!(
        (edr.change.as_str(), edr.scope.words.as_str()),
        ("tighter", "B 級")
    );
    let items = of("health_check.items", "A");
    assert_eq!(
        (items.more, items.less),
        (vec!["核心系統資料庫安全".to_owned()], Vec::new())
    );
    assert!(by_id.cautions.iter().any(|c| c.contains("未列出全部條文")));
}

#[test]
fn every_doubt_says_where_what_and_whence() {
    let corpus = corpus();
    let doubts = LawBook(&corpus).doubts();
    for kind in ["version", "article", "basis", "transitional", "value", "reading"] {
        assert!(doubts.iter().any(|d| d.kind == kind), "nothing of {kind}");
    }
    for d in &doubts {
        assert!(
            !d.at.is_empty() && !d.label.is_empty() && !d.what.is_empty() && !d.source.is_empty(),
            "{d:?}"
        );
        assert!(["secondary", "open"].contains(&d.certainty.as_str()), "{d:?}");
    }
}

/// The law without the clause that carries vulnerability scans of level B into the newer edition.
fn law_without_scans() -> Arc<law::Corpus> {
    let mut files = testkit::law_files(&testkit::root().join("law"));
    let path = "national/classification-regulation/duties.toml";
    let file = files.iter_mut().find(|f| f.path == path).expect("there");
    let line = "  { from = 2026-01-07, cite = \"annex-3.scan\", applies = { body = [\"public_agency\"], responsibility_level = [\"B\"] } },\n";
    assert!(file.text.contains(line));
    file.text = file.text.replace(line, "");
    Arc::new(law::Corpus::load(files).unwrap_or_else(|e| panic!("{e:?}")))
}

#[tokio::test]
async fn a_duty_that_vanishes_leaves_its_records() {
    let place = Place::new().await;
    let app = App::open_at(place.location(), true, law_without_scans(), clock)
        .await
        .expect("opens");
    let name = "level-b-core-systems.pass.txt";
    // What the plan promised itself would stay without the law.
    let plan = String::from_utf8(sample(name)).expect("text");
    let silent: String = plan
        .lines()
        .filter(|l| !l.contains("弱點"))
        .flat_map(|l| [l, "\n"])
        .collect();
    assert_ne!(silent.lines().count(), plan.lines().count());
    let id = agency(&app, name, silent.into_bytes(), Some("2019-08-01")).await;
    let duties = app.duties(&id, testkit::day(FROM)).await.expect("duties");
    let scan = duties
        .iter()
        .find(|d| d.key == "scan.vulnerability")
        .expect("there");
    let input = ActivityInput {
        duty: app::DutyKey::parse(&scan.key).expect("a key"),
        system: scan.subject_id.clone(),
        on: testkit::day("2025-05-05"),
        title: "弱點掃描".into(),
        note: String::new(),
        evidence: Vec::new(),
        valid_until: None,
        parts: Vec::new(),
        stated_by: None,
        event: None,
    };
    app.record_activity("test", &id, input).await.expect("recorded");
    let view = impact(&app, &id, FROM, TO).await;
    let gone: Vec<&ImpactDutyView> = view.duties.iter().filter(|d| d.key == scan.key).collect();
    assert!(
        gone.iter()
            .all(|d| d.kinds == [ImpactKind::Vanishes] && d.after.is_none())
    );
    let kept = gone
        .iter()
        .find(|d| d.subject == scan.subject_name())
        .expect("that system");
    assert_eq!(kept.records.len(), 1);
    assert!(
        kept.notes.iter().any(|n| n.contains("仍然保留")),
        "{:?}",
        kept.notes
    );
    assert!(
        view.systems.contains(&scan.subject_name().to_owned()),
        "{:?}",
        view.systems
    );
}

/// On the day of an amendment nothing changes its state without a line that says so, nor does
/// anything come or go.
#[tokio::test]
async fn no_duty_flips_on_the_day_of_an_amendment_without_a_line() {
    let boundaries = corpus().boundaries();
    let mut flips = 0;
    for (level, city) in [("A", ""), ("B", "臺北市"), ("C", "桃園市"), ("D", "高雄市")] {
        let (_dir, app, id) = demo().await;
        if level != "C" {
            app.designate("test", &id, level, Some(testkit::day("2019-09-02")), "文號")
                .await
                .expect("designated");
        }
        if !city.is_empty() {
            app.amend_agency("test", &id, serde_json::json!({ "jurisdiction": city }))
                .await
                .expect("amended");
        }
        for day in boundaries.iter().filter(|d| (2019..2027).contains(&d.year())) {
            let eve = day.yesterday().expect("a day");
            let states = async |day| {
                let duties = app.duties(&id, day).await.expect("duties");
                let all = duties.into_iter().map(|d| ((d.key, d.subject), d.verdict));
                all.collect::<std::collections::BTreeMap<_, _>>()
            };
            let (before, after) = (states(eve).await, states(*day).await);
            let view = app.impact(&id, eve, *day).await.expect("a view");
            let told = |key: &str| {
                view.duties.iter().any(|d| d.key == key) || view.others.iter().any(|d| d.key == key)
            };
            for key in before.keys().chain(after.keys()) {
                if before.get(key) != after.get(key) {
                    flips += 1;
                    assert!(
                        told(&key.0),
                        "{level} {city} {day}: {} was {:?} and is {:?}",
                        key.0,
                        before.get(key),
                        after.get(key)
                    );
                }
            }
        }
    }
    assert!(flips > 40, "{flips}");
}
