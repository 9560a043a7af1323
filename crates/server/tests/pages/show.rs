//! What is shown: every page, another day, the style sheet.

use crate::setup::{NAME, Site, one, strict};
use axum::body::Body;
use axum::http::Request;

#[tokio::test]
async fn every_page_is_served_strictly() {
    let site = one().await;
    let duties = site.get("/atest/duties").await.text();
    let mut paths: Vec<String> = [
        "today",
        "duties",
        "duties?status=unknown",
        "agency",
        "plan",
        "duties/audit.internal",
    ]
    .map(|p| format!("/atest/{p}"))
    .into();
    paths.extend(["/laws", "/laws/classification-regulation"].map(str::to_owned));
    // Whatever the list and the law pages lead to.
    for page in [
        duties,
        site.get("/laws").await.text(),
        site.get("/laws/classification-regulation").await.text(),
    ] {
        let links = page.split("href=\"").skip(1).filter_map(|t| t.split('"').next());
        paths.extend(
            links
                .filter(|l| l.starts_with('/') && *l != "/" && !l.starts_with("/assets"))
                .map(|l| l.replace("&#38;", "&")),
        );
    }
    paths.sort();
    paths.dedup();
    assert!(paths.len() > 60, "{}", paths.len());
    for path in paths {
        let answer = site.get(&path).await;
        if path == "/atest" {
            // To where the day of whoever looks begins.
            assert_eq!(answer.header("location"), "/atest/today");
            continue;
        }
        assert_eq!(answer.status, 200, "{path}");
        strict(&path, &answer);
    }
    for (path, status) in [
        ("/nope/x/y", 404),
        ("/atest/today?at=x", 422),
        ("/atest/activities", 405),
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        strict(path, &answer);
    }
}

#[tokio::test]
async fn first_page_by_number_of_agencies() {
    let none = Site::with(&[]).await.get("/").await;
    assert_eq!(none.status, 200);
    assert!(none.text().contains("action=\"/new\"") && none.text().contains("讀取並預覽"));
    let only = one().await.get("/").await;
    assert_eq!(
        (only.status.as_u16(), only.header("location")),
        (303, "/atest/today")
    );
    let two = Site::with(&[("atest", NAME), ("btest", "示範市政府人事處")])
        .await
        .get("/")
        .await
        .text();
    assert!(two.contains("href=\"/btest\"") && two.contains(NAME), "{two}");
}

#[tokio::test]
async fn duty_shows_the_whole_why() {
    let site = one().await;
    let page = site.get("/atest/duties/audit.internal").await.text();
    for part in [
        "未符合",
        "判定日",
        "115/11/21（星期六）",
        "怎樣算完成",
        "依據",
        "壹拾伍、二",
        "計畫第 210 行",
        "不作為依據的規定",
        "較寬，不作為依據",
        "期限怎麼算",
        "採用的讀法",
        "另一種讀法",
        "數值要求",
        "依據的事實",
        "辦理紀錄與佐證",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.contains("href=\"/laws/classification-regulation/2026/annex-5.internal-audit\""));
    let token = site.token("/atest/agency").await;
    let level = [
        ("token", token.as_str()),
        ("level", "C"),
        ("approved_on", "112/03/15"),
    ];
    assert_eq!(site.post("/atest/designation", &level).await.status, 303);
    let page = site.get("/atest/duties/audit.internal").await.text();
    assert!(
        page.contains("歷期") && page.contains("113/01/01–113/12/31"),
        "{page}"
    );
    let counted = site.get("/atest/duties/health_check").await.text();
    assert!(counted.contains("自次年度"), "{counted}");
    let unknown = site.get("/atest/duties/protection.mail_filter").await.text();
    assert!(
        unknown.contains("<span class=\"tag s-unknown\">待查明</span>"),
        "{unknown}"
    );
    assert!(unknown.contains("由資訊單位提供") && unknown.contains("href=\"/atest/agency#facts\""));
    let lower = site.get("/atest/duties/training.general").await.text();
    assert!(
        lower.contains("低於法定") && lower.contains("計畫第 180 行"),
        "{lower}"
    );
}

#[tokio::test]
async fn another_day() {
    let site = one().await;
    let page = site.get("/atest/today?at=115/06/30").await.text();
    assert!(
        page.contains("民國115年6月30日（星期二）") && page.contains("不是今天") && page.contains("回到今天"),
        "{page}"
    );
    assert!(
        page.contains("href=\"/atest/duties?at=2026-06-30\"")
            && page.contains("href=\"/laws?at=2026-06-30\"")
    );
    let list = site
        .get("/atest/duties?status=unknown&at=2026-06-30")
        .await
        .text();
    assert!(
        list.contains("name=\"status\" value=\"unknown\"")
            && list.contains("href=\"/atest/duties?status=unknown\"")
    );
    let today = site.get("/atest/today?at=115/11/21").await.text();
    assert!(!today.contains("不是今天"));
    for wrong in ["x", "115/13/01", "9999-01-01"] {
        let answer = site
            .get(&format!("/atest/duties?status=unknown&at={wrong}"))
            .await;
        let text = answer.text();
        assert_eq!(answer.status, 422);
        assert!(
            text.contains(&format!("value=\"{wrong}\"")) && text.contains("115/06/30"),
            "{text}"
        );
        assert!(
            text.contains("name=\"status\" value=\"unknown\"") && text.contains("action=\"/atest/duties\"")
        );
    }
}

#[tokio::test]
async fn style_sheet_is_cached_for_ever_and_its_colours_can_be_read() {
    let site = one().await;
    let page = site.get("/atest/today").await.text();
    let href = page
        .split("rel=\"stylesheet\" href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let css = site.get(href).await;
    assert_eq!(
        (css.status.as_u16(), css.header("content-type")),
        (200, "text/css; charset=utf-8")
    );
    assert!(css.header("cache-control").contains("immutable"));
    let text = css.text();
    assert!(!text.contains("url(") && !text.contains("@import"));

    let (light, dark) = text.split_once("prefers-color-scheme: dark").unwrap();
    let dark = dark.split("*, *::before").next().unwrap();
    for tokens in [light, dark] {
        let colour = |name: &str| {
            let (_, rest) = tokens
                .split_once(&format!("--{name}: #"))
                .unwrap_or_else(|| panic!("{name}"));
            luminance(&rest[..6])
        };
        let statuses = [
            "met",
            "not_met",
            "not_yet_due",
            "unknown",
            "not_applicable",
            "warn",
        ];
        let mut pairs: Vec<(String, String)> = statuses
            .iter()
            .map(|s| (format!("{s}-fg"), format!("{s}-bg")))
            .collect();
        for ground in ["bg", "panel"] {
            pairs.extend(["fg", "muted", "link", "not_met-fg"].map(|t| (t.to_owned(), ground.to_owned())));
        }
        pairs.extend([("bar-fg", "bar"), ("button-fg", "button")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        for (text, ground) in pairs {
            let (a, b) = (colour(&text), colour(&ground));
            let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(ratio >= 4.5, "{text} on {ground}: {ratio:.2}");
        }
    }
}

fn luminance(hex: &str) -> f64 {
    let part = |at: usize| {
        let c = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

#[tokio::test]
async fn pages_are_compressed() {
    let site = one().await;
    let request = Request::get("/atest/today")
        .header("host", "localhost")
        .header("accept-encoding", "gzip");
    let answer = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert!(answer.bytes.len() < 60 * 1024);
}

#[tokio::test]
async fn the_baseline_of_an_edition_and_a_grade() {
    let site = one().await;
    assert!(site.get("/laws").await.text().contains("href=\"/laws/baseline\""));
    let rows = |text: &str| text.matches("data-label=\"起始等級\"").count();
    for (edition, grade, count) in [("2021", "普", 35), ("2021", "中", 58), ("2021", "高", 78)] {
        let path = format!("/laws/baseline?edition={edition}&grade={grade}");
        let answer = site.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        strict(&path, &answer);
        assert_eq!(rows(&answer.text()), count, "{path}");
    }
    let text = site.get("/laws/baseline?edition=2026&grade=普").await.text();
    assert!(text.contains("原為中起") && text.contains("二手資料") && text.contains("等級怎麼判"));
    // The day decides where no edition is named, and stays in the links.
    let text = site.get("/laws/baseline?at=115/01/06").await.text();
    assert_eq!(rows(&text), 78);
    assert!(text.contains("at=2026-01-06"));
    for (path, status) in [
        ("/laws/baseline?edition=1999", 422),
        ("/laws/baseline?grade=x", 422),
        ("/laws/baseline?at=109/01/01", 404),
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        strict(path, &answer);
    }
}

#[tokio::test]
async fn a_standard_is_listed_with_the_rows_that_map() {
    let site = one().await;
    let laws = site.get("/laws").await.text();
    assert!(laws.contains("/laws/standards/iso-27001-2022"), "{laws}");
    let answer = site.get("/laws/standards/iso-27001-2022?at=2026-11-21").await;
    assert_eq!(answer.status, 200);
    strict("standard", &answer);
    let page = answer.text();
    assert_eq!(page.matches("data-label=\"編號\"").count(), 93);
    assert!(page.contains("A.8.17") && page.contains("AU5-2") && page.contains("尚未確定"));
    // A row that only the earlier edition has is shown as such.
    assert!(page.contains("這一版沒有這一列"));
    assert_eq!(site.get("/laws/standards/none").await.status, 404);
}
