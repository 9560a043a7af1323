//! The demonstration, made on days of every kind.

use crate::corpus;
use crate::ways::Ways as _;
use app::App;
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

#[tokio::test]
async fn every_record_is_taken_whatever_the_day() {
    for on in [
        "2026-11-21",
        "2027-01-01",
        "2027-02-28",
        "2028-02-29",
        "2027-05-25",
        "2027-12-31",
    ] {
        let days = app::taipei_day(START).until(day(on)).expect("a span").get_days();
        NOW.store(START + i64::from(days) * DAY, Ordering::SeqCst);
        let place = Place::new().await;
        let app = App::open_at(place.location(), true, corpus(), moving)
            .await
            .expect("opens");
        let refused = app::demo::make(&app).await.expect("is made");
        assert!(refused.is_empty(), "{on}: {}", refused.join("\n"));
        let id = app.agencies().await.expect("agencies")[0].id.clone();
        let duties = app.duties(&id, day(on)).await.expect("duties");
        let met = duties.iter().filter(|d| d.verdict == Status::Met).count();
        println!("{on}: {met} of {} met", duties.len());
        assert!(met >= 10, "{on}: {met}");
        // An incident runs, another was reported late; papers are outdated, or will soon be.
        let report = of(&duties, "incident.report");
        let codes: Vec<&str> = report.events.iter().map(|e| e.reason_code.as_str()).collect();
        assert_eq!(codes, ["event open", "done late"], "{on}");
        assert_eq!(report.due_at.expect("runs").to_string(), format!("{on}T10:40:00"));
        assert!(of(&duties, "incident.notification_rules").is_outdated());
        let view = app.today_view(&id, day(on)).await.expect("the page");
        let renewed = view.groups.iter().find(|g| g.id == "renew").expect("the group");
        assert!(renewed.total >= 2, "{on}: {renewed:?}");
    }
}
