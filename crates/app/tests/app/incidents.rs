//! An incident on record, as the hours of a day pass: on 今天, in the duties, late and in time.

use crate::ways::{Ways as _, local};
use crate::{agency, corpus, product, sample};
use app::{App, PutRecord, RecordView, RowId};
use serde_json::json;
use std::sync::atomic::{AtomicI64, Ordering};
use store::testing::Place;
use testkit::day;
use views::{DutyView, Status, Task};

/// 2026-11-21 00:00 in Taipei.
const MIDNIGHT: i64 = 1_795_190_400_000_000;
const MINUTE: i64 = 60_000_000;

/// The clock of this file's only test that looks at it.
static NOW: AtomicI64 = AtomicI64::new(MIDNIGHT);

fn moving() -> i64 {
    NOW.load(Ordering::SeqCst)
}

fn it_is(hour: i64, minute: i64) {
    NOW.store(MIDNIGHT + (hour * 60 + minute) * MINUTE, Ordering::SeqCst);
}

struct Office {
    _place: Place,
    app: App,
    id: String,
}

impl Office {
    async fn put(&self, put: PutRecord) -> RecordView {
        let who = local("test");
        let saved = self.app.put_record(&who, &self.id, "incident", put).await;
        saved.expect("is taken").record
    }

    async fn duty(&self, key: &str) -> DutyView {
        let duties = self
            .app
            .duties(&self.id, day("2026-11-21"))
            .await
            .expect("duties");
        duties.into_iter().find(|d| d.key == key).expect("the duty")
    }

    /// The tasks of one group of 今天 by duty.
    async fn task(&self, group: &str, key: &str) -> Option<Task> {
        let view = self
            .app
            .today_view(&self.id, day("2026-11-21"))
            .await
            .expect("the page");
        let group = view.groups.into_iter().find(|g| g.id == group)?;
        group.tasks.into_iter().find(|t| t.key == key)
    }
}

#[tokio::test]
async fn an_incident_left_alone_turns_overdue_to_the_minute() {
    let place = Place::new().await;
    it_is(9, 0);
    let app = App::open_at(place.location(), true, corpus(), moving)
        .await
        .expect("opens");
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let office = Office {
        _place: place,
        app,
        id,
    };
    assert_eq!(
        office.duty("incident.report").await.verdict,
        Status::NotApplicable
    );

    it_is(9, 30);
    let known = json!({
        "number": "115-1", "title": "官網遭植入惡意程式", "situation": "x", "personal_data": false,
        "known_at": "2026-11-21T09:10", "level": "3", "level_c": "0", "level_i": "3", "level_a": "1",
    });
    let put = PutRecord {
        body: known,
        ..PutRecord::default()
    };
    let incident = office.put(put).await;
    let report = office.duty("incident.report").await;
    assert_eq!(
        (report.verdict, report.due_words().as_str()),
        (Status::NotYetDue, "115/11/21（星期六）10:10")
    );
    assert_eq!(
        office.duty("incident.contain").await.due_words(),
        "115/11/22（星期日）21:10"
    );
    // The very page that was made a minute ago tells another minute.
    assert_eq!(
        office
            .task("week", "incident.report")
            .await
            .expect("is there")
            .left,
        "還有 40 分鐘"
    );
    it_is(10, 10);
    assert_eq!(
        office
            .task("week", "incident.report")
            .await
            .expect("is there")
            .left,
        "還有 1 分鐘"
    );
    assert_eq!(office.duty("incident.report").await.verdict, Status::NotYetDue);

    it_is(10, 11);
    let report = office.duty("incident.report").await;
    assert_eq!(
        (report.verdict, report.reason_code.as_str()),
        (Status::NotMet, "overdue")
    );
    assert!(
        report.reason.contains("期限 115/11/21 10:10，已逾期"),
        "{}",
        report.reason
    );
    assert_eq!(
        office
            .task("overdue", "incident.report")
            .await
            .expect("is there")
            .left,
        "逾期 1 分鐘"
    );
    // The button leads to the record that settles it.
    let task = office.task("overdue", "incident.report").await.expect("is there");
    assert_eq!(task.next, "補登辦結情形");
    assert_eq!(task.record, Some(("incident".to_owned(), incident.id.clone())));
    assert_eq!(office.task("week", "incident.report").await, None);
    assert_eq!(office.duty("incident.contain").await.verdict, Status::NotYetDue);

    // Reported at a quarter past twelve, and written down then: met, and by how much late.
    it_is(12, 20);
    let told = json!({
        "reported_at": "2026-11-21T12:15", "late_reason": "值班人員聯絡不上。", "measures": "隔離主機",
        "support": "無",
    });
    let changed = PutRecord {
        id: Some(RowId::parse(&incident.id).expect("an id")),
        seen: Some(1),
        body: told,
        partial: true,
        ..PutRecord::default()
    };
    assert_eq!(office.put(changed).await.version, 2);
    let report = office.duty("incident.report").await;
    let event = &report.events[0];
    assert_eq!(
        event.settled.as_ref().map(views::MomentView::words),
        Some("115/11/21 12:15".to_owned())
    );
    assert_eq!(
        event.late_by.as_ref().map(|by| (by.words.as_str(), by.minutes)),
        Some(("2 小時 5 分鐘", 125))
    );
    assert_eq!((event.register.as_str(), &event.row), ("incident", &incident.id));
}

#[tokio::test]
async fn each_of_two_incidents_has_its_own_clock_on_today() {
    let (place, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let office = Office {
        _place: place,
        app,
        id,
    };
    for (number, known) in [("115-1", "2026-11-21T09:40"), ("115-2", "2026-11-21T08:10")] {
        let body = json!({
            "number": number, "title": format!("事件{number}"), "situation": "x", "personal_data": false,
            "known_at": known, "level": "1", "level_c": "1", "level_i": "0", "level_a": "0",
        });
        let put = PutRecord {
            body,
            ..PutRecord::default()
        };
        office.put(put).await;
    }
    let view = office
        .app
        .today_view(&office.id, day("2026-11-21"))
        .await
        .expect("the page");
    let tasks = view
        .groups
        .iter()
        .flat_map(|g| g.tasks.iter().map(move |t| (g.id, t)));
    let told: Vec<_> = tasks
        .filter(|(_, t)| t.key == "incident.report")
        .map(|(group, t)| (group, t.subject.as_str(), t.left.as_str(), t.next.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "overdue",
                "資通安全事件：事件115-2",
                "逾期 50 分鐘",
                "補登辦結情形"
            ),
            ("week", "資通安全事件：事件115-1", "還有 40 分鐘", "補登辦結情形"),
        ]
    );
    // A duty is counted once, however many events set it off.
    let duties = office
        .app
        .duties(&office.id, day("2026-11-21"))
        .await
        .expect("duties");
    let counted: usize = view.counts.iter().map(|(_, n)| n).sum();
    assert_eq!(counted, duties.len());
}
