//! The demonstration, made on days of every kind: what it holds, and who is there.

use crate::corpus;
use crate::ways::{Ways as _, local};
use app::demo::Persona;
use app::{App, ListQuery, Role};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use store::testing::Place;
use testkit::day;
use views::{DutyView, Status};

/// 2026-11-21 10:00 in Taipei.
const START: i64 = 1_795_226_400_000_000;
const DAY: i64 = 24 * 3_600_000_000;

/// The clock of this file's only test.
static NOW: AtomicI64 = AtomicI64::new(START);

fn moving() -> i64 {
    NOW.load(Ordering::SeqCst)
}

fn of<'d>(duties: &'d [DutyView], key: &str) -> &'d DutyView {
    duties.iter().find(|d| d.key == key).expect(key)
}

fn many(duties: &[DutyView], status: Status) -> usize {
    duties.iter().filter(|d| d.verdict == status).count()
}

/// Each agency's id by its level.
async fn agencies(app: &App) -> Vec<(String, String)> {
    let heads = app.agencies().await.expect("agencies").into_iter();
    let mut all: Vec<_> = heads.map(|h| (h.level.expect("a level"), h.id)).collect();
    all.sort();
    all
}

/// How many records of a register an agency has.
async fn records(app: &App, agency: &str, register: &str) -> usize {
    let query = ListQuery {
        limit: 500,
        ..ListQuery::default()
    };
    let page = app.list_records(&local("test"), agency, register, &query).await;
    page.expect(register).rows.len()
}

/// The smallest agency, of which the chapters tell: an incident runs, another was reported late; papers are
/// outdated, or will soon be; bundles are half done.
async fn as_told(app: &App, id: &str, on: &str) {
    let duties = app.duties(id, day(on)).await.expect("duties");
    assert!(many(&duties, Status::Met) >= 35, "{on}");
    assert!((4..=14).contains(&many(&duties, Status::NotMet)), "{on}");
    let report = of(&duties, "incident.report");
    let codes: Vec<&str> = report.events.iter().map(|e| e.reason_code.as_str()).collect();
    assert_eq!(codes, ["event open", "done late"], "{on}");
    assert_eq!(report.due_at.expect("runs").to_string(), format!("{on}T10:40:00"));
    assert!(of(&duties, "incident.notification_rules").is_outdated());
    assert_eq!(of(&duties, "protection.tooling").verdict, Status::NotMet, "{on}");
    let view = app.today_view(id, day(on)).await.expect("the page");
    let renewed = view.groups.iter().find(|g| g.id == "renew").expect("the group");
    assert!(renewed.total >= 2, "{on}: {renewed:?}");
}

/// An agency that is well kept: most is done, little is red.
async fn lived_in(app: &App, id: &str, on: &str) {
    let duties = app.duties(id, day(on)).await.expect("duties");
    let (met, red) = (many(&duties, Status::Met), many(&duties, Status::NotMet));
    println!("{on}: {met} of {} met, {red} not", duties.len());
    assert!(met >= 35 && (1..=8).contains(&red), "{on}: {met} met, {red} not");
}

/// Somebody of every role to sign in as; a superior only where there is somebody below.
fn everybody(personas: &[Persona], agencies: &[(String, String)]) {
    let roles = |id: &str| -> BTreeSet<&str> {
        let of = personas.iter().filter(|p| p.agency == id);
        of.map(|p| p.role).collect()
    };
    for (level, id) in agencies {
        let missing: Vec<Role> = Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Supervisor || level == "A")
            .filter(|role| !roles(id).contains(role.title()))
            .collect();
        assert!(missing.is_empty(), "{level}: {missing:?}");
    }
    assert!(personas.iter().all(|p| !p.name.is_empty()));
}

#[tokio::test]
async fn every_record_is_taken_whatever_the_day() {
    for on in ["2027-01-01", "2027-05-25", "2028-02-29"] {
        let days = app::taipei_day(START).until(day(on)).expect("a span").get_days();
        NOW.store(START + i64::from(days) * DAY, Ordering::SeqCst);
        let place = Place::new().await;
        let app = App::open_at(place.location(), true, corpus(), moving)
            .await
            .expect("opens");
        let app = app.as_demo();
        let refused = app::demo::make(&app).await.expect("is made");
        assert!(refused.is_empty(), "{on}: {}", refused.join("\n"));
        let agencies = agencies(&app).await;
        let levels: Vec<&str> = agencies.iter().map(|(level, _)| level.as_str()).collect();
        assert_eq!(levels, ["A", "B", "C"]);
        let [(_, a), (_, b), (_, c)] = agencies.as_slice() else {
            panic!("three agencies");
        };
        lived_in(&app, a, on).await;
        lived_in(&app, b, on).await;
        as_told(&app, c, on).await;
        assert!(app.notice().expect("is said").contains("示範資料"));
        let personas = app::demo::personas(&app).await.expect("members");
        everybody(&personas, &agencies);
        for (register, least) in [
            ("person", 40),
            ("asset", 80),
            ("account", 50),
            ("risk", 20),
            ("outage", 2),
        ] {
            assert!(records(&app, a, register).await >= least, "{on} {register}");
        }
        assert!(records(&app, b, "person").await >= 20);
        assert!(records(&app, c, "person").await >= 6);
        // Whoever looks at those below is of the agency above them.
        let superior = personas
            .iter()
            .find(|p| p.role == Role::Supervisor.title())
            .expect("one");
        assert_eq!(&superior.agency, a);
    }
}
