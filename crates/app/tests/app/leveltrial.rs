//! 等級試算: statements and systems beside the level that was given.

use crate::ways::{Ways as _, local};
use crate::{agency, corpus, product, sample};
use app::{App, PutRecord};
use serde_json::{Value, json};
use testkit::day;
use views::{LevelTrial, XrayItem};

const TODAY: &str = "2026-11-21";

async fn put(app: &App, id: &str, register: &str, body: Value) {
    let put = PutRecord {
        body,
        ..PutRecord::default()
    };
    let saved = app.put_record(&local("test"), id, register, put).await;
    saved.expect("is taken");
}

async fn trial(app: &App, id: &str) -> LevelTrial {
    let view = app.agency_view(id, day(TODAY)).await.expect("the page");
    view.trial.expect("a trial")
}

async fn told(app: &App, id: &str) -> Option<XrayItem> {
    let xray = app.xray(&local("test"), id).await.expect("looks");
    xray.items.into_iter().find(|i| i.message.starts_with("等級試算"))
}

fn criteria() -> Vec<String> {
    let spec = registers::register("level_criterion").expect("there");
    let registers::Kind::Choice(words) = spec.field("criterion").expect("there").kind else {
        panic!("a choice");
    };
    words.iter().map(|(key, _)| (*key).to_owned()).collect()
}

#[test]
fn the_register_asks_for_what_the_law_data_names() {
    let corpus = corpus();
    let stated = corpus
        .designating
        .criteria
        .iter()
        .filter(|c| c.told_by == law::ToldBy::Stated);
    assert_eq!(stated.map(|c| c.key.clone()).collect::<Vec<_>>(), criteria());
    // Each names a clause of both editions, and its own wording says nothing else.
    for c in &corpus.designating.criteria {
        assert!(c.cite("2021").is_some() && c.cite("2026").is_some(), "{}", c.key);
    }
}

#[tokio::test]
async fn a_level_that_no_longer_fits_is_a_finding_and_changes_no_verdict() {
    let (_place, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    put(
        &app,
        &id,
        "system",
        json!({"name": "自辦系統", "operator": "own"}),
    )
    .await;
    let first = trial(&app, &id).await;
    assert_eq!(
        (first.designated.as_deref(), first.tried.as_deref()),
        (Some("C"), Some("C"))
    );
    assert!(!first.differs && first.words.contains("相符"), "{}", first.words);
    assert!(!first.open.is_empty(), "higher levels are not answered");
    assert!(told(&app, &id).await.is_none());
    let before = app.duties(&id, day(TODAY)).await.expect("duties");

    let holds = json!({"criterion": "regional_personal_data", "holds": true, "ground": "全市市民資料"});
    put(&app, &id, "level_criterion", holds).await;
    let higher = trial(&app, &id).await;
    assert_eq!(higher.tried.as_deref(), Some("B"));
    assert!(
        higher.differs && higher.words.contains("高於核定之 C 級"),
        "{}",
        higher.words
    );
    assert!(higher.clause.contains("第3條"), "{}", higher.clause);
    let met: Vec<&str> = higher.met.iter().map(|c| c.key.as_str()).collect();
    assert_eq!(met, ["regional_personal_data", "own_systems"]);
    assert!(higher.open.iter().all(|c| c.level == "A"));
    let finding = told(&app, &id).await.expect("a finding");
    assert_eq!(
        (finding.register.as_str(), finding.severity.as_str()),
        ("designation", "提示")
    );
    assert_eq!(app.duties(&id, day(TODAY)).await.expect("duties"), before);
}

#[tokio::test]
async fn a_lower_level_is_only_told_when_every_condition_is_answered() {
    let (_place, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let lent = json!({"name": "上級系統", "operator": "superior"});
    put(&app, &id, "system", lent).await;
    app.amend_agency_typed("test", &id, &[("develops_systems".into(), "false".into())])
        .await
        .expect("is taken");
    let rows = app.agency_view(&id, day(TODAY)).await.expect("the page");
    // The plan's own systems may be of nobody's knowledge; then they are not known to be its own.
    assert!(rows.systems.iter().any(|s| s.name == "上級系統"));
    let open = trial(&app, &id).await;
    assert!(!open.differs, "{}", open.words);
    for key in criteria() {
        put(
            &app,
            &id,
            "level_criterion",
            json!({"criterion": key, "holds": false}),
        )
        .await;
    }
    let lower = trial(&app, &id).await;
    assert_eq!(
        (lower.tried.as_deref(), lower.open.len()),
        (Some("D"), 0),
        "{}",
        lower.words
    );
    assert!(
        lower.differs && lower.words.contains("低於核定之 C 級"),
        "{}",
        lower.words
    );
    assert!(lower.clause.contains("第10條"), "{}", lower.clause);
}
