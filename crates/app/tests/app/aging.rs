//! What was shown once, a year later: on 今天 and in the duties, by records as an officer keeps them.

use crate::ways::{Ways as _, local};
use crate::{agency, product, sample};
use app::{ActivityInput, App, DutyKey, EvidenceFile, PutRecord};
use serde_json::{Value, json};
use store::testing::Place;
use testkit::day;
use views::{DutyView, Status, Task};

struct Office {
    _place: Place,
    app: App,
    id: String,
}

impl Office {
    async fn open() -> Self {
        let (place, app) = product().await;
        let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
        Self {
            _place: place,
            app,
            id,
        }
    }

    async fn put(&self, register: &str, body: Value) -> String {
        let put = PutRecord {
            body,
            ..PutRecord::default()
        };
        let saved = self.app.put_record(&local("test"), &self.id, register, put).await;
        saved.expect("is taken").record.id
    }

    async fn shown(&self, duty: &str, on: &str, valid_until: Option<&str>) {
        let input = ActivityInput {
            duty: DutyKey::parse(duty).expect("a key"),
            system: None,
            on: day(on),
            title: "現況".into(),
            note: String::new(),
            evidence: vec![EvidenceFile {
                name: "a.txt".into(),
                bytes: b"as it is".to_vec(),
                media_type: "text/plain".into(),
            }],
            valid_until: valid_until.map(day),
            parts: Vec::new(),
            stated_by: None,
            event: None,
        };
        self.app
            .record_activity("test", &self.id, input)
            .await
            .expect("recorded");
    }

    async fn duty(&self, key: &str, on: &str) -> DutyView {
        let duties = self.app.duties(&self.id, day(on)).await.expect("duties");
        duties.into_iter().find(|d| d.key == key).expect("the duty")
    }

    /// The group of 今天 in which a duty stands, and its task.
    async fn task(&self, key: &str, on: &str) -> Option<(&'static str, Task)> {
        let view = self.app.today_view(&self.id, day(on)).await.expect("the page");
        let all = view
            .groups
            .into_iter()
            .flat_map(|g| g.tasks.into_iter().map(move |t| (g.id, t)));
        all.into_iter().find(|(_, t)| t.key == key)
    }
}

#[tokio::test]
async fn a_standing_state_is_shown_anew_each_year() {
    let office = Office::open().await;
    office.shown("product.ban", "2026-05-20", None).await;
    let key = "product.ban";
    let met = office.duty(key, "2026-11-21").await;
    assert_eq!(
        (met.verdict, met.proof_until),
        (Status::Met, Some(day("2027-05-20")))
    );
    // The reading that says so is told with it.
    assert!(met.readings.iter().any(|r| !r.alternative.is_empty()));
    assert_eq!(office.task(key, "2027-04-19").await, None);
    let (group, task) = office.task(key, "2027-04-20").await.expect("reminds");
    assert_eq!(
        (group, task.left.as_str(), task.next.as_str()),
        ("renew", "還可證明 30 天", "更新佐證")
    );

    let (group, task) = office.task(key, "2027-05-21").await.expect("asks");
    assert_eq!(
        (group, task.state.as_str(), task.left.as_str()),
        ("proof", "待更新佐證", "佐證已過期 1 天")
    );
    let outdated = office.duty(key, "2027-05-21").await;
    assert_eq!(
        (outdated.verdict, outdated.reason_code.as_str(), outdated.due),
        (Status::NotMet, "proof_outdated", Some(day("2027-05-20")))
    );
    assert!(outdated.reason.contains("不表示未辦理"), "{}", outdated.reason);
}

#[tokio::test]
async fn what_a_paper_says_of_its_own_end_goes_before_the_reading() {
    let office = Office::open().await;
    office
        .shown("product.ban", "2026-05-20", Some("2026-12-31"))
        .await;
    let met = office.duty("product.ban", "2026-12-31").await;
    assert_eq!(
        (met.verdict, met.proof_until),
        (Status::Met, Some(day("2026-12-31")))
    );
    assert!(met.readings.is_empty());
    let ended = office.duty("product.ban", "2027-01-01").await;
    assert_eq!(ended.status_words(), "待更新佐證");
}

#[tokio::test]
async fn a_file_is_no_person_and_a_leaver_no_longer_counts() {
    let office = Office::open().await;
    office.shown("staff.dedicated", "2026-10-01", None).await;
    let key = "staff.dedicated";
    let short = office.duty(key, "2026-11-21").await;
    assert_eq!(short.verdict, Status::NotMet, "{}", short.reason);
    assert_eq!((short.counts[0].needed, short.counts[0].have), (1, 0));
    let (_, task) = office.task(key, "2026-11-21").await.expect("asks");
    assert_eq!(task.record, Some(("person".to_owned(), String::new())));
    assert_eq!(task.missing, "在職之資通安全專職人員");

    let person = json!({"name": "甲", "dedicated": true, "joined_on": "2020-01-02", "left_on": "2027-02-01"});
    office.put("person", person).await;
    let met = office.duty(key, "2027-01-31").await;
    assert_eq!(
        (met.verdict, met.counts[0].have),
        (Status::Met, 1),
        "{}",
        met.reason
    );
    let left = office.duty(key, "2027-02-01").await;
    assert_eq!(
        (left.verdict, left.reason_code.as_str(), left.due),
        (Status::NotYetDue, "restarted", Some(day("2028-02-01"))),
        "the year begins anew on the day on which somebody left"
    );
}
