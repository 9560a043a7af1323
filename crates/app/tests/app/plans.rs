//! A plan read whole: its duties, with and without a number.

use crate::resolved::seed;
use crate::ways::{Ways as _, local, visit};
use crate::{agency, product, sample};
use app::plans::{self, PlanFile};
use app::{App, AppError, Kind};
use std::collections::{BTreeMap, BTreeSet};
use views::{DutyView, PlanMove, PlanRevisionView};

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
        text.extend([label, "、", title, "\n"]);
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

fn plan(review: &str, further: &str) -> Vec<u8> {
    let text = bare("雲川縣立山城博物館");
    format!(
        "{text}玖、資通安全防護及控制措施\n一、每{review}應清查特權帳號。\n{further}拾、資通安全事件通報、應變及演練\n略\n"
    )
    .into_bytes()
}

fn file(name: &str, bytes: Vec<u8>, from: Option<&str>) -> PlanFile {
    PlanFile {
        name: name.into(),
        bytes,
        from: from.map(testkit::day),
    }
}

async fn revise(
    app: &App,
    id: &str,
    bytes: Vec<u8>,
    from: Option<&str>,
) -> Result<PlanRevisionView, AppError> {
    let visit = visit(app, &local("test"), id).await.expect("lets in");
    plans::adopt(&visit, file("新.txt", bytes, from)).await
}

async fn interval_on(app: &App, id: &str, day: &str) -> Option<String> {
    let all = app.duties(id, testkit::day(day)).await.expect("duties");
    let review = all.into_iter().find(|d| d.key == "account.privileged_review")?;
    Some(review.requirements[0].value.clone())
}

fn named(moves: &[PlanMove]) -> Vec<&str> {
    moves.iter().map(|m| m.key.as_str()).collect()
}

#[tokio::test]
async fn a_revised_plan_rules_from_its_day_and_earlier_days_keep_the_former() {
    let (_dir, app) = product().await;
    let former = plan("半年", "二、資料庫應每日備份，異地存放一份。\n");
    let id = agency(&app, "舊.txt", former, None).await;
    let new = || plan("季", "二、筆記型電腦應每月更新病毒碼。\n");
    // Shown first: nothing is written by that.
    let shown = {
        let visit = visit(&app, &local("test"), &id).await.expect("lets in");
        plans::preview(&visit, &file("新.txt", new(), Some("2027-03-01")))
            .await
            .expect("shows")
    };
    assert!(!shown.written && !shown.corrects);
    assert_eq!(shown.former, Some(("舊.txt".into(), None)));
    assert_eq!(named(&shown.gained), ["patch.offline"]);
    assert_eq!(named(&shown.lost), ["backup.keep"]);
    assert_eq!(named(&shown.stricter), ["account.privileged_review"]);
    let stricter = &shown.stricter[0];
    assert_eq!(
        (stricter.before.as_deref(), stricter.after.as_deref()),
        (Some("每半年1次"), Some("每季1次"))
    );
    assert!(shown.looser.is_empty() && shown.changed.is_empty(), "{shown:?}");
    assert_eq!(
        interval_on(&app, &id, "2027-03-01").await.as_deref(),
        Some("每半年1次")
    );

    let written = revise(&app, &id, new(), Some("2027-03-01"))
        .await
        .expect("writes");
    assert!(written.written);
    assert_eq!(app.agencies().await.expect("list").len(), 1, "no second agency");
    assert_eq!(
        interval_on(&app, &id, "2027-02-28").await.as_deref(),
        Some("每半年1次")
    );
    assert_eq!(
        interval_on(&app, &id, "2027-03-01").await.as_deref(),
        Some("每季1次")
    );
    let name = async |day: &str| {
        app.plan_health(&id, testkit::day(day))
            .await
            .expect("health")
            .file_name
    };
    assert_eq!(name("2027-02-28").await, "舊.txt");
    assert_eq!(name("2027-03-01").await, "新.txt");
    // The way back is looser by as much.
    let back = revise(&app, &id, plan("年", ""), Some("2028-01-01"))
        .await
        .expect("writes");
    assert_eq!(named(&back.looser), ["account.privileged_review"]);
    assert!(
        named(&back.lost).contains(&"patch.offline") && back.gained.is_empty(),
        "{back:?}"
    );
    let clauses = app.duties(&id, testkit::day("2028-01-01")).await.expect("duties");
    let review = clauses
        .iter()
        .find(|d| d.key == "account.privileged_review")
        .expect("there");
    assert_eq!(review.binding[0].version, "v3");
}

#[tokio::test]
async fn a_revision_from_the_same_day_corrects_and_an_earlier_one_is_refused() {
    let (_dir, app) = product().await;
    let id = agency(&app, "舊.txt", plan("半年", ""), None).await;
    revise(&app, &id, plan("季", ""), Some("2026-12-01"))
        .await
        .expect("writes");
    let refused = revise(&app, &id, plan("月", ""), Some("2026-11-30"))
        .await
        .expect_err("earlier");
    assert_eq!(refused.kind(), Kind::BadInput);
    assert!(
        refused.to_string().contains("115/12/01") || refused.to_string().contains("115.12.01"),
        "{refused}"
    );
    let corrected = revise(&app, &id, plan("月", ""), Some("2026-12-01"))
        .await
        .expect("corrects");
    assert!(corrected.corrects);
    assert_eq!(
        interval_on(&app, &id, "2026-12-01").await.as_deref(),
        Some("每月1次")
    );
    assert_eq!(
        interval_on(&app, &id, "2026-11-30").await.as_deref(),
        Some("每半年1次")
    );
    // Without a day it rules from today, which here is earlier.
    let undated = revise(&app, &id, plan("年", ""), None).await;
    assert_eq!(undated.expect_err("today is earlier").kind(), Kind::BadInput);
}

#[tokio::test]
async fn what_is_no_revision_of_this_agency_s_plan_is_refused_and_nothing_is_written() {
    let (_dir, app) = product().await;
    let id = agency(&app, "舊.txt", plan("半年", ""), None).await;
    let head = app.ledger_head().await.expect("head");
    let other = bare("雲川縣政府").into_bytes();
    let foreign = revise(&app, &id, other, None).await.expect_err("of another");
    for words in ["雲川縣政府", "雲川縣立山城博物館", "沒有寫入"] {
        assert!(foreign.to_string().contains(words), "{foreign}");
    }
    let nameless = String::from_utf8(plan("季", ""))
        .expect("text")
        .replace("雲川縣立山城博物館資通安全維護計畫\n", "");
    for (bytes, what) in [
        (nameless.into_bytes(), "names nobody"),
        (plan("半年", ""), "is the same file"),
        (Vec::new(), "is empty"),
        (b"\x00\xff\x00".to_vec(), "is no text"),
    ] {
        let refused = revise(&app, &id, bytes, None).await.expect_err(what);
        assert_eq!(refused.kind(), Kind::BadInput, "{what}: {refused}");
    }
    assert_eq!(app.ledger_head().await.expect("head"), head);
    // A blank in the name, or 台 for 臺, makes no other agency.
    let blank = String::from_utf8(plan("季", ""))
        .expect("text")
        .replace("雲川縣立山城博物館", "雲川縣立 山城博物館");
    revise(&app, &id, blank.into_bytes(), None)
        .await
        .expect("the same agency");
}

/// The stored reading of a plan as an earlier reader kept it: without what it promises in words.
async fn forget_what_it_says_in_words(place: &crate::Place, id: &str) {
    let store = store::Store::open_at(place.location(), store::OpenMode::MustExist, app::forms())
        .await
        .expect("opens");
    let mut reading = store.reading(id).await.expect("reads");
    let row = reading.latest_of("plan").await.expect("rows").remove(0);
    let mut body = row.body.clone();
    let kept = body["reading"].as_object_mut().expect("a reading");
    kept.remove("undertakings").expect("it has some");
    drop(reading);
    let commit = store::Commit {
        actor: "before".to_owned(),
        at_micros: crate::clock(),
        action: "plan.revise".to_owned(),
        agency: id.to_owned(),
        rows: vec![store::NewRow {
            register: "plan".to_owned(),
            row: row.row,
            expected_version: row.version,
            body,
        }],
        ..store::Commit::default()
    };
    store.commit(commit).await.expect("written");
    store.close().await;
}

#[tokio::test]
async fn a_plan_read_before_is_told_and_read_anew_from_the_same_file() {
    let (place, app) = product().await;
    let bytes = sample("demo.pass.txt");
    let id = agency(&app, "demo.pass.txt", bytes.clone(), None).await;
    let whole = duties(&app, &id).await.len();
    let hints = async |app: &App| {
        let found = app.xray(&local("test"), &id).await.expect("an examination");
        let of = |i: &&views::XrayItem| i.register == "plan" && i.message.contains("請重新讀取計畫");
        found.items.iter().filter(of).count()
    };
    assert_eq!(hints(&app).await, 0, "it was read today");
    app.close().await;
    forget_what_it_says_in_words(&place, &id).await;
    let app = App::open_at(place.location(), true, crate::corpus(), crate::clock)
        .await
        .expect("opens");
    assert_eq!(hints(&app).await, 1);
    assert!(
        duties(&app, &id).await.len() < whole,
        "promises in words are gone"
    );
    let told = revise(&app, &id, bytes.clone(), None).await.expect("read anew");
    assert!(told.corrects && !told.gained.is_empty(), "{told:?}");
    assert_eq!(hints(&app).await, 0);
    assert_eq!(duties(&app, &id).await.len(), whole);
    // Now it says the same as before: nothing is written a second time.
    let again = revise(&app, &id, bytes, None).await.expect_err("the same");
    assert!(again.to_string().contains("同一個檔案"), "{again}");
}
