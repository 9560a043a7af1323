//! What isn't modelled of a body outside the government is said where it looks for its duties.

use crate::ways::{Ways as _, local, visit_on};
use crate::{agency, product, sample};
use app::App;
use serde_json::json;
use testkit::day;

async fn told(app: &App, id: &str, on: &str) -> (Vec<String>, Vec<String>) {
    let today = app.today_view(id, day(on)).await.expect("the page");
    let visit = visit_on(app, &local("test"), id, day(on)).await.expect("enters");
    let listed = app::beyond::of_agency(&visit).expect("is read");
    (listed, today.notices.into_iter().map(|n| n.text).collect())
}

#[tokio::test]
async fn a_body_outside_the_government_reads_what_is_not_modelled() {
    let (_place, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let (listed, today) = told(&app, &id, "2026-11-21").await;
    assert!(listed.is_empty(), "a public agency: {listed:?}");
    assert!(!today.iter().any(|t| t.contains("特定非公務機關")));

    app.amend_agency_typed("test", &id, &[("body".into(), "specific_non_government".into())])
        .await
        .expect("is taken");
    let (listed, today) = told(&app, &id, "2026-11-21").await;
    assert!(listed[0].contains("本機關為特定非公務機關"), "{listed:?}");
    let technical = listed
        .iter()
        .find(|t| t.contains("附表六 弱點管理"))
        .expect("is told");
    assert!(
        technical.contains("附表二") && technical.contains("官方附表未取得"),
        "{technical}"
    );
    assert!(listed.iter().all(|t| today.contains(t)), "今天 says the same");
    // Before the edition of 2026 the annexes as a whole were not at hand.
    let (earlier, _) = told(&app, &id, "2025-06-30").await;
    assert!(earlier.iter().any(|t| t.contains("附表二、")), "{earlier:?}");
    assert!(!earlier.iter().any(|t| t.contains("弱點管理")));
    let duties = app.duties(&id, day("2026-11-21")).await.expect("duties");
    assert!(
        duties.iter().any(|d| d.key == "certificate.either"),
        "{}",
        json!(duties.len())
    );
}
