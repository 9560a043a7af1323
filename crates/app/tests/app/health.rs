//! 計畫健檢: what is wrong in a plan, by the law of a day.

use crate::resolved::seed;
use crate::ways::Ways as _;
use crate::{agency, corpus, product, sample};
use app::App;
use serde_json::Value;

fn report(name: &str, bytes: &[u8], day: &str) -> Value {
    App::plan_report(&corpus(), name, bytes, testkit::day(day))
        .expect("reads")
        .json
}

fn kinds<'v>(report: &'v Value, kind: &str) -> Vec<&'v str> {
    report["problems"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|p| p["kind"] == kind)
        .map(|p| p["message"].as_str().expect("words"))
        .collect()
}

#[test]
fn old_numbers_get_today_s() {
    let Some((name, bytes)) = seed("002") else {
        println!("skipped: ../shared/seeds is not here");
        return;
    };
    let now = report(&name, &bytes, "2026-11-21");
    let outdated = kinds(&now, "outdated_citation").join("\n");
    for expected in [
        "資通安全管理法第13條",
        "資通安全管理法第12條",
        "資通安全管理法第14條",
        "施行細則第9條",
    ] {
        assert!(outdated.contains(expected), "{expected} is not in\n{outdated}");
    }
    assert_eq!(kinds(&now, "wrong_body_clause").len(), 1);
    assert_eq!(kinds(&now, "duplicate_row").len(), 2);
    let floor = kinds(&now, "below_statutory_floor");
    assert!(
        floor
            .iter()
            .any(|m| m.contains("至少一人") && m.contains("12 小時")),
        "{floor:?}"
    );
    assert!(kinds(&now, "missing_chapter").is_empty());
    // The same plan was right about its numbers before the act was rewritten.
    let then = report(&name, &bytes, "2023-06-30");
    assert!(
        kinds(&then, "outdated_citation").is_empty(),
        "{:?}",
        kinds(&then, "outdated_citation")
    );
    assert_eq!(kinds(&then, "below_statutory_floor").len(), 1);
}

#[test]
fn a_plan_of_the_present_edition_is_current() {
    let now = report("level-b", &sample("level-b-core-systems.pass.txt"), "2026-11-21");
    assert!(
        kinds(&now, "outdated_citation").is_empty(),
        "{:?}",
        kinds(&now, "outdated_citation")
    );
    let current = now["citations"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|c| c["status"] == "current");
    assert!(current.count() >= 3, "{}", now["citations"]);
}

fn plan(replace: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::from_utf8(sample("demo.pass.txt")).expect("UTF-8");
    for (from, to) in replace {
        assert!(text.contains(from), "`{from}` is not in the sample");
        text = text.replace(from, to);
    }
    text.into_bytes()
}

#[test]
fn a_missing_chapter_is_told() {
    let text = String::from_utf8(sample("demo.pass.txt")).expect("UTF-8");
    let kept: Vec<&str> = text.lines().filter(|l| !l.contains("委外")).collect();
    let report = report("plan.txt", kept.join("\n").as_bytes(), "2026-11-21");
    let missing = kinds(&report, "missing_chapter");
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert!(missing[0].contains("委外"), "{missing:?}");
}

#[test]
fn an_article_that_never_was_is_told() {
    let bytes = plan(&[(
        "資通安全責任等級分級辦法",
        "資通安全管理法第99條、資通安全責任等級分級辦法",
    )]);
    let report = report("plan.txt", &bytes, "2026-11-21");
    assert!(
        !kinds(&report, "nonexistent_citation").is_empty(),
        "{}",
        report["problems"]
    );
}

#[tokio::test]
async fn the_page_groups_what_the_report_lists() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    let view = app
        .plan_health(&id, testkit::day("2026-11-21"))
        .await
        .expect("a page");
    let report = report("demo.pass.txt", &sample("demo.pass.txt"), "2026-11-21");
    assert_eq!(view.total(), report["problems"].as_array().expect("a list").len());
    assert!(view.total() > 0);
    assert!(!view.read.is_empty());
}

/// A plan that counts certificates as the sentence says.
fn counted(sentence: &str, day: &str) -> Value {
    let bytes = plan(&[("資安專責人員總計應持有1張以上資通安全專業證照", sentence)]);
    report("plan.txt", &bytes, day)
}

#[test]
fn all_together_and_each_are_told_as_different_things() {
    // The law of 2026 counts each person's; the plan all of them together, and more than the law of each.
    let now = counted("資安專責人員總計應持有4張以上資通安全專業證照", "2026-11-21");
    let floor = kinds(&now, "below_statutory_floor").join("\n");
    assert!(
        floor.contains("計畫以「合計」計算") && floor.contains("不以大小相比") && floor.contains("4 張"),
        "{floor}"
    );
    assert!(kinds(&now, "counted_otherwise").is_empty());
    // The law of 2021 counted otherwise than a plan that promises each: nothing to mend.
    let then = counted("資安專責人員每人應持有1張以上資通安全專業證照", "2023-06-30");
    let other = kinds(&then, "counted_otherwise").join("\n");
    assert!(
        other.contains("計畫以「每人」計算") && other.contains("分別辦理"),
        "{other} {}",
        then["problems"]
    );
    assert!(!kinds(&then, "below_statutory_floor").join("").contains("證照"));
}
