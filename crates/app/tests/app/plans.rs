//! A plan read whole: its duties, with and without a number.

use crate::resolved::seed;
use crate::ways::Ways as _;
use crate::{agency, product, sample};
use app::App;
use std::collections::{BTreeMap, BTreeSet};
use views::DutyView;

const DAY: &str = "2026-11-21";

async fn duties(app: &App, id: &str) -> Vec<DutyView> {
    app.duties(id, testkit::day(DAY)).await.expect("duties")
}

fn keys(duties: &[DutyView]) -> BTreeSet<&str> {
    duties.iter().map(|d| d.key.as_str()).collect()
}

/// A plan of the same agency that has the chapters and promises nothing.
fn bare(name: &str) -> String {
    let titles = [
        "依據及目的",
        "適用範圍",
        "核心業務及重要性",
        "資通安全政策及目標",
        "資通安全推動組織",
        "專職(責)人力及經費配置",
        "資訊及資通系統之盤點",
        "資通安全風險評估",
    ];
    let labels = ["壹", "貳", "參", "肆", "伍", "陸", "柒", "捌"];
    let mut text = format!("{name}資通安全維護計畫\n");
    for (label, title) in labels.iter().zip(titles) {
        text += &format!("{label}、{title}\n");
        text += match *label {
            "參" => "本機關無核心資通系統。\n",
            "柒" => "本機關為資通安全責任等級 C 級機關。\n",
            _ => "略\n",
        };
    }
    text
}

#[tokio::test]
async fn a_plan_that_is_read_gives_the_duties_that_the_same_plan_gives_as_an_instrument() {
    for (number, name, slug) in [
        ("002", "高雄市政府新聞局", "information-bureau-plan"),
        ("003", "桃園市政府主計處", "accounting-office-plan"),
    ] {
        let Some((file, bytes)) = seed(number) else {
            println!("skipped: ../shared/seeds is not here");
            return;
        };
        let (_dir, app) = product().await;
        let read = agency(&app, &file, bytes, None).await;
        let other = agency(&app, "bare.txt", bare(name).into_bytes(), None).await;
        let before = duties(&app, &other).await;
        app.adopt("test", &other, (slug, "函"), (None, None))
            .await
            .expect("adopts");
        let (read, adopted) = (duties(&app, &read).await, duties(&app, &other).await);
        assert!(adopted.len() > before.len() + 5, "the instrument adds duties");
        assert_eq!(keys(&read), keys(&adopted), "{slug}");
        // Nor do they differ in when they are due.
        let due = |duties: &[DutyView]| -> BTreeMap<String, _> {
            duties
                .iter()
                .map(|d| (d.key.clone(), (d.due, d.shape.clone())))
                .collect()
        };
        assert_eq!(due(&read), due(&adopted), "{slug}");
    }
}

#[tokio::test]
async fn a_plan_in_other_words_gives_what_it_says() {
    let (_dir, app) = product().await;
    let id = agency(&app, "in-words.pass.txt", sample("in-words.pass.txt"), None).await;
    let told = duties(&app, &id).await;
    let by_plan = |key: &str| {
        let duty = told.iter().find(|d| d.key == key)?;
        duty.binding
            .iter()
            .find(|c| c.rank == "plan")
            .map(|c| c.article.clone())
    };
    for (key, clause) in [
        ("organization.task_force", "伍、二"),
        ("work_plan.make", "伍、三"),
        ("personnel.safeguards", "陸、一"),
        ("inventory.update", "柒、二"),
        ("account.privileged_use", "玖、一2"),
        ("network.control", "玖、二1"),
        ("remote_access.review", "玖、二2"),
        ("backup.keep", "玖、三1"),
        ("onboarding.briefing", "拾參、二"),
        ("audit.after_change", "拾伍、三"),
        ("outsourcing.verify", "拾貳、二"),
    ] {
        assert_eq!(by_plan(key).as_deref(), Some(clause), "{key}");
    }
    // What it doesn't say is not there: nothing of media, software or laptops.
    for key in [
        "software.review",
        "patch.offline",
        "log.review",
        "facility.server_room",
    ] {
        assert!(by_plan(key).is_none(), "{key}");
    }
    let review = told
        .iter()
        .find(|d| d.key == "remote_access.review")
        .expect("is there");
    assert!(
        review.requirements.iter().any(|r| r.value.contains("每季")),
        "{:?}",
        review.requirements
    );
    let health = app.plan_health(&id, testkit::day(DAY)).await.expect("health");
    let unknown = health
        .groups
        .iter()
        .find(|g| g.kind == "unknown_promise")
        .expect("one sentence is");
    assert_eq!(unknown.issues.len(), 1, "{:?}", unknown.issues);
    assert!(unknown.issues[0].message.contains("指示牌"));
}
