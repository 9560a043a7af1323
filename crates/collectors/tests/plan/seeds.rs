//! Two public plans, read when they are at hand. Only facts are asserted here.

use std::path::PathBuf;

use super::{json, root, value};
use serde_json::{Value, json as j};

fn seed(prefix: &str) -> Option<Value> {
    let folder = std::env::var_os("FAZUN_SHARED")
        .map_or_else(|| root().join("../shared"), PathBuf::from)
        .join("seeds");
    let found = std::fs::read_dir(&folder).ok().and_then(|entries| {
        entries
            .filter_map(Result::ok)
            .find(|e| e.file_name().to_string_lossy().starts_with(prefix))
            .map(|e| e.path())
    });
    let Some(path) = found else {
        println!("skipped: no {prefix}* in {}", folder.display());
        return None;
    };
    let bytes = std::fs::read(&path).expect("the seed can be read");
    Some(json(
        &collectors::parse("seed.txt", &bytes).unwrap_or_else(|e| panic!("{e}")),
    ))
}

fn is(reading: &Value, key: &str, want: Value, unit: &str) {
    assert_eq!(value(reading, key), Some((want, unit.to_owned())), "{key}");
}

fn cites(reading: &Value, instrument: &str, article: Option<&str>) -> bool {
    reading["citations"]
        .as_array()
        .expect("citations")
        .iter()
        .any(|c| c["instrument"] == instrument && c["article"].as_str() == article)
}

fn items(reading: &Value) -> Vec<i64> {
    reading["chapters"]
        .as_array()
        .expect("chapters")
        .iter()
        .filter_map(|c| c["number"].as_i64())
        .collect()
}

#[test]
fn the_news_bureau() {
    let Some(r) = seed("002_") else { return };
    assert_eq!(r["agency"]["name"], "高雄市政府新聞局");
    assert_eq!(r["level"]["value"], "C");
    assert_eq!(items(&r), (1..=17).collect::<Vec<_>>());
    assert!(
        r["chapters"]
            .as_array()
            .expect("chapters")
            .iter()
            .all(|c| !c["item"].is_null())
    );
    let core = r["core_business"].as_array().expect("rows");
    assert_eq!(core.len(), 3);
    assert!(
        core.iter()
            .all(|b| b["system"].is_null() && b["mtpd"]["kind"] == "undefined")
    );
    assert_eq!(r["core_systems"]["value"], false);
    let rows = r["non_core_business"].as_array().expect("rows");
    let kind = |k: &str| rows.iter().filter(|b| b["mtpd"]["kind"] == k).count();
    assert_eq!((rows.len(), kind("duration"), kind("deferred")), (42, 2, 40));
    assert!(
        rows.iter()
            .filter(|b| b["mtpd"]["kind"] == "duration")
            .all(|b| b["mtpd"]["hours"] == 24)
    );
    let deferred: Vec<&Value> = rows.iter().filter(|b| b["mtpd"]["kind"] == "deferred").collect();
    assert!(
        deferred
            .iter()
            .all(|b| b["mtpd"]["text"] == deferred[0]["mtpd"]["text"])
    );
    let problems = r["problems"].as_array().expect("problems");
    assert_eq!(
        problems.iter().filter(|p| p["kind"] == "duplicate_row").count(),
        2
    );
    assert_eq!(problems.len(), 2, "{problems:?}");
    let objective = |key: &str| {
        let o = r["objectives"]
            .as_array()
            .expect("objectives")
            .iter()
            .find(|o| o["key"] == key)
            .expect("known");
        (o["value"].clone(), o["comparison"].clone())
    };
    assert_eq!(objective("availability"), (j!(99.97), j!("at_least")));
    assert_eq!(objective("phishing.open_rate"), (j!(5), j!("less_than")));
    assert_eq!(objective("phishing.click_rate"), (j!(2), j!("less_than")));
    for (key, want, unit) in [
        ("password.min_length", j!(8), "character"),
        ("password.classes", j!(3), "class"),
        ("password.max_age", j!(90), "day"),
        ("password.history", j!(3), "count"),
        ("session.idle", j!(15), "minute"),
        ("remote_access.max_duration", j!(15), "day"),
        ("remote_access.any_forbidden", j!(true), "flag"),
        ("software.review_interval", j!(6), "month"),
        ("account.privileged_review_interval", j!(3), "month"),
        ("audit.notice", j!(14), "day"),
        ("audit.interval", j!(1), "year"),
        ("management_review.interval", j!(1), "year"),
        ("management_review.month", j!(12), "month_of_year"),
        ("training.professional_hours", j!(12), "hour"),
        ("training.professional_coverage", j!("at_least_one"), "coverage"),
        ("training.general_hours", j!(3), "hour"),
        ("staff.dedicated", j!(1), "person"),
        ("continuity.drill_interval", j!(2), "year"),
        ("scan.interval", j!(2), "year"),
        ("pentest.interval", j!(2), "year"),
        ("health_check.interval", j!(2), "year"),
        ("backup.test_interval", j!(1), "year"),
        ("inventory.interval", j!(1), "year"),
        ("risk.interval", j!(1), "year"),
        ("classification.review_interval", j!(1), "year"),
        ("policy.promotion_interval", j!(1), "year"),
        ("resources.review_interval", j!(1), "year"),
        ("certificate.count", j!(1), "certificate"),
        ("certificate.coverage", j!("total"), "coverage"),
    ] {
        is(&r, key, want, unit);
    }
    let act = "資通安全管理法";
    let levels = "資通安全責任等級分級辦法";
    for (instrument, article) in [
        (act, Some("10")),
        ("資通安全管理法施行細則", Some("6")),
        (act, Some("11")),
        (act, Some("12")),
        (levels, Some("5")),
        (levels, Some("附表九")),
        (levels, Some("附表十")),
        ("資通安全事件通報及應變辦法", None),
        ("資通安全情資分享辦法", None),
        ("公務機關所屬人員資通安全事項獎懲辦法", None),
    ] {
        assert!(cites(&r, instrument, article), "{instrument} {article:?}");
    }
    let interests = r["clauses_of_interest"].as_array().expect("interests");
    assert!(
        interests
            .iter()
            .any(|i| i["kind"] == "asks_sector_authority_support")
    );
    assert!(
        interests
            .iter()
            .any(|i| i["kind"] == "ciso_named" && i["text"] == "副局長")
    );
}

#[test]
fn the_accounting_department() {
    let Some(r) = seed("003_") else { return };
    assert_eq!(r["agency"]["name"], "桃園市政府主計處");
    assert_eq!(r["level"]["value"], "C");
    assert_eq!(items(&r), (1..=17).collect::<Vec<_>>());
    let core: Vec<(&str, &Value)> = r["core_business"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|b| (b["name"].as_str().unwrap_or_default(), &b["mtpd"]["hours"]))
        .collect();
    assert_eq!(
        core,
        [("歲計業務", &j!(4)), ("會計業務", &j!(4)), ("統計業務", &j!(4))]
    );
    let rows: Vec<(&str, &str, &Value)> = r["non_core_business"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|b| {
            (
                b["name"].as_str().unwrap_or_default(),
                b["system"].as_str().unwrap_or_default(),
                &b["mtpd"]["hours"],
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("公務統計資訊管理", "公務統計行政管理系統", &j!(18)),
            ("桃園市市政資料整合", "桃園市市政資料整合平台", &j!(24)),
        ]
    );
    assert_eq!(r["core_systems"]["value"], false);
    assert_eq!(r["develops_systems"]["value"], true);
    let documents: Vec<&str> = r["documents"]
        .as_array()
        .expect("documents")
        .iter()
        .filter_map(|d| d["number"].as_str())
        .collect();
    for number in [
        "ISMS-01-001",
        "ISMS-02-001",
        "ISMS-02-002",
        "ISMS-02-006",
        "ISMS-02-007",
        "ISMS-02-009",
        "ISMS-02-010",
        "ISMS-02-011",
        "02-001-01",
        "02-002-01",
        "02-005-01",
        "02-005-02",
        "02-006-01",
    ] {
        assert!(documents.contains(&number), "{number}: {documents:?}");
    }
    assert_eq!(documents.len(), 13, "{documents:?}");
    is(&r, "audit.interval", j!(2), "year");
    // The duty table that the plan quotes is no promise of the agency.
    for key in [
        "scan.interval",
        "pentest.interval",
        "continuity.drill_interval",
        "training.professional_hours",
    ] {
        assert_eq!(value(&r, key), None, "{key}");
    }
    assert_eq!(r["quoted"].as_array().expect("quoted").len(), 1);
    for (instrument, article) in [
        ("資通安全管理法", "10"),
        ("資通安全管理法施行細則", "6"),
        ("資通安全管理法", "12"),
    ] {
        assert!(cites(&r, instrument, Some(article)), "{instrument} {article}");
    }
    assert!(
        r["problems"].as_array().expect("problems").is_empty(),
        "{}",
        r["problems"]
    );
}
