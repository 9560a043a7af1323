//! Whom a city's rules, an adopted instrument and a contract baseline bind.

use crate::ways::Ways as _;
use crate::{agency, product, sample};
use app::{ActivityInput, App, EvidenceFile, Kind};
use serde_json::json;
use store::testing::Place;
use testkit::day;
use views::{DutyView, Status};

const TODAY: &str = "2026-11-21";
const TAIPEI: &str = "information-security-rules";
const TAOYUAN: &str = "system-development-principles";
const BASELINE: &str = "vendor-security-requirements";

async fn demo() -> (Place, App, String) {
    let (dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    (dir, app, id)
}

async fn duties(app: &App, id: &str, at: &str) -> Vec<DutyView> {
    app.duties(id, day(at)).await.expect("duties")
}

fn cites(duties: &[DutyView], slug: &str) -> usize {
    let of = |d: &&DutyView| {
        d.binding.iter().any(|c| c.instrument == slug) || d.losers.iter().any(|l| l.clause.instrument == slug)
    };
    duties.iter().filter(of).count()
}

#[tokio::test]
async fn a_city_binds_its_own_agencies() {
    let (_dir, app, id) = demo().await;
    let none = duties(&app, &id, TODAY).await;
    assert_eq!((cites(&none, TAIPEI), cites(&none, TAOYUAN)), (0, 0));
    let today = app.today_view(&id, day(TODAY)).await.expect("a view");
    assert!(today.notices.iter().any(|n| n.text.contains("所屬縣市")));

    // 台 and 臺 are one city.
    app.amend_agency_typed("test", &id, &[("jurisdiction".into(), "台北市".into())])
        .await
        .expect("a city");
    let taipei = duties(&app, &id, TODAY).await;
    assert!(cites(&taipei, TAIPEI) > 20, "{}", cites(&taipei, TAIPEI));
    assert_eq!(cites(&taipei, TAOYUAN), 0);
    let today = app.today_view(&id, day(TODAY)).await.expect("a view");
    assert!(!today.notices.iter().any(|n| n.text.contains("所屬縣市")));
    // Sixty days of logs fall short of six months: both clauses are shown.
    let logs = taipei.iter().find(|d| d.key == "log.retain").expect("is bound");
    let loser = logs
        .losers
        .iter()
        .find(|l| l.clause.instrument == TAIPEI)
        .expect("Taipei's days");
    assert!(loser.below_floor && loser.outcome == "60 日", "{loser:?}");
    assert!(
        logs.binding
            .iter()
            .any(|c| c.instrument == "classification-regulation")
    );

    app.amend_agency_typed("test", &id, &[("jurisdiction".into(), "桃園市".into())])
        .await
        .expect("a city");
    let taoyuan = duties(&app, &id, TODAY).await;
    assert_eq!(cites(&taoyuan, TAIPEI), 0);
    assert!(cites(&taoyuan, TAOYUAN) > 10);
}

#[tokio::test]
async fn an_agency_may_adopt_an_instrument_from_a_day_on() {
    let (_dir, app, id) = demo().await;
    for (slug, why) in [
        ("cyber-security-management-act", "binds anyway"),
        ("vendor-security-requirements", "is for contracts"),
        ("no-such-rule", "is not there"),
    ] {
        let refused = app.adopt("test", &id, (slug, ""), (None, None)).await;
        assert_eq!(refused.expect_err(why).kind(), Kind::BadInput, "{slug}");
    }
    let span = (Some(day("2026-03-01")), Some(day("2026-11-01")));
    app.adopt("test", &id, (TAIPEI, "簽奉核可"), span)
        .await
        .expect("adopts");
    assert_eq!(cites(&duties(&app, &id, "2026-02-28").await, TAIPEI), 0);
    let during = duties(&app, &id, "2026-03-01").await;
    assert!(cites(&during, TAIPEI) > 20);
    // What was taken on in March was not owed before.
    let of_web = during.iter().find(|d| d.key == "scan.web").expect("is bound");
    assert!(
        of_web.periods.iter().all(|p| p.status != Status::NotMet),
        "{:?}",
        of_web.periods
    );
    assert_eq!(cites(&duties(&app, &id, "2026-11-01").await, TAIPEI), 0);
}

#[tokio::test]
async fn a_contract_carries_its_baseline_and_is_proven_by_itself() {
    let (_dir, app, id) = demo().await;
    let refused = app
        .record_contract(
            "test",
            &id,
            json!({ "name": "甲案", "baselines": ["information-security-rules"] }),
        )
        .await;
    assert_eq!(
        refused.expect_err("is no contract baseline").kind(),
        Kind::BadInput
    );
    let mut ids = Vec::new();
    for name in ["公文系統維護案", "網站維護案"] {
        let contract = json!({ "name": name, "baselines": [if ids.is_empty() { BASELINE } else { "hualien" }], "from": "2026-01-01", "until": "2027-01-01" });
        ids.push(
            app.record_contract("test", &id, contract)
                .await
                .expect("a contract"),
        );
    }
    assert_eq!(cites(&duties(&app, &id, "2025-12-31").await, BASELINE), 0);
    let bound = duties(&app, &id, TODAY).await;
    let scans: Vec<&DutyView> = bound.iter().filter(|d| d.key == "contract.scan.yearly").collect();
    assert_eq!(scans.len(), 2, "one for each contract");
    assert!(scans.iter().all(|d| d.subject_kind() == "契約"));

    let done = |subject: Option<&String>| ActivityInput {
        duty: app::DutyKey::parse("contract.scan.yearly").expect("a key"),
        system: subject.cloned(),
        on: day("2026-05-01"),
        title: "年度弱點掃描".into(),
        note: String::new(),
        evidence: vec![EvidenceFile {
            name: "報告.pdf".into(),
            bytes: b"report".to_vec(),
            media_type: "application/pdf".into(),
        }],
        valid_until: None,
        parts: vec!["HUA-x3".into(), "HUA-2.2.5b".into()],
        stated_by: None,
        event: None,
    };
    let whole = app
        .record_activity("test", &id, done(None))
        .await
        .expect_err("is done contract by contract");
    assert!(whole.to_string().contains("請指定契約"), "{whole}");
    app.record_activity("test", &id, done(ids.first()))
        .await
        .expect("recorded");
    let after = duties(&app, &id, TODAY).await;
    let met: Vec<bool> = after
        .iter()
        .filter(|d| d.key == "contract.scan.yearly")
        .map(|d| d.verdict == Status::Met)
        .collect();
    assert_eq!(
        met.iter().filter(|m| **m).count(),
        1,
        "proof for one contract proves one"
    );

    // After the end only what the end sets off remains.
    let later = duties(&app, &id, "2027-02-01").await;
    let left: Vec<&str> = later
        .iter()
        .filter(|d| d.subject_kind() == "契約")
        .map(|d| d.shape.as_str())
        .collect();
    assert!(
        !left.is_empty() && left.iter().all(|s| *s == "on_event"),
        "{left:?}"
    );
}
