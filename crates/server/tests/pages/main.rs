//! Every page, every form, every refusal, over a made-up agency.
#![allow(
    clippy::expect_used,
    clippy::format_collect,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

mod setup;

use axum::body::Body;
use axum::http::Request;
use setup::{Answer, Site};

const NAME: &str = "示範市政府文化觀光局";

async fn one() -> Site {
    Site::with(&[("atest", NAME)]).await
}

fn strict(path: &str, answer: &Answer) {
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
        "{path}: {policy}"
    );
    assert!(
        policy.contains("form-action 'self'") && policy.contains("frame-ancestors 'none'"),
        "{path}"
    );
    assert!(!policy.contains("script-src"), "{path}: no scripts at all");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(name), value, "{path}: {name}");
    }
    assert!(
        !answer.header("permissions-policy").is_empty() && !answer.header("x-request-id").is_empty(),
        "{path}"
    );
    let text = answer.text();
    for banned in [" style=", "<style", "<script", " onclick=", "javascript:"] {
        assert!(!text.contains(banned), "{path}: {banned}");
    }
    assert!(
        text.contains("<html lang=\"zh-Hant-TW\">") && text.contains("跳到主要內容區塊"),
        "{path}"
    );
    assert_eq!(text.matches("<h1").count(), 1, "{path}: one h1");
    let mut ids: Vec<&str> = text
        .split(" id=\"")
        .skip(1)
        .filter_map(|t| t.split('"').next())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{path}: an id is used twice");
}

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
    assert!(none.text().contains("fazun agency init --from-plan"));
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
    assert!(
        two.contains("href=\"/btest/today\"") && two.contains(NAME),
        "{two}"
    );
}

#[tokio::test]
async fn only_this_machine_by_its_name() {
    let site = one().await;
    for host in ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:8080", ""] {
        let request = Request::get("/atest/today")
            .header("host", host)
            .body(Body::empty())
            .unwrap();
        let answer = site.send(request).await;
        assert_eq!(answer.status, 421, "{host}");
        strict(host, &answer);
        assert!(!answer.text().contains(NAME));
    }
    let request = Request::get("http://evil.example/atest/today")
        .header("host", "localhost")
        .body(Body::empty());
    assert_eq!(site.send(request.unwrap()).await.status, 421);
    assert_eq!(
        site.send(Request::get("/healthz").body(Body::empty()).unwrap())
            .await
            .status,
        421
    );
    for host in ["localhost", "localhost:9", "[::1]:8080", "127.0.0.1"] {
        let request = Request::get("/healthz")
            .header("host", host)
            .body(Body::empty())
            .unwrap();
        assert_eq!(site.send(request).await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn forged_forms_are_refused() {
    let site = one().await;
    let token = site.token("/atest/agency").await;
    let send = async |headers: &[(&str, &str)], token: &str| {
        let mut request = Request::post("/atest/ciso")
            .header("host", "127.0.0.1:8080")
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Body::from(format!("name=X&token={token}"));
        site.send(request.body(body).unwrap()).await
    };
    let own = ("origin", "http://127.0.0.1:8080");
    for headers in [
        &[("sec-fetch-site", "cross-site"), own][..],
        &[("sec-fetch-site", "same-site"), own],
        &[("origin", "http://evil.example")],
        &[("origin", "http://127.0.0.1:9999")],
        &[("origin", "https://127.0.0.1:8080")],
        &[("origin", "null")],
        &[("origin", "null"), ("sec-fetch-site", "cross-site")],
    ] {
        let answer = send(headers, &token).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        strict("forged", &answer);
    }
    for wrong in ["", "0", &token[1..], &token.replace(&token[..1], "g")] {
        assert_eq!(send(&[own], wrong).await.status, 403, "{wrong}");
    }
    // A browser that sends neither header still has to know the token.
    assert_eq!(send(&[], &token).await.status, 303);
    assert_eq!(
        send(&[own, ("sec-fetch-site", "same-origin")], &token)
            .await
            .status,
        303
    );
    let forged = site
        .upload("/atest/activities", &[("duty", "audit.internal")], &[])
        .await;
    assert_eq!(forged.status, 403);
}

#[tokio::test]
async fn something_done_is_recorded_with_evidence() {
    let site = one().await;
    let page = "/atest/duties/audit.internal";
    let token = site.token(page).await;
    let fields = [
        ("token", token.as_str()),
        ("duty", "audit.internal"),
        ("on", "１１４.１１.１８"),
        ("title", "114年度內部稽核"),
    ];
    let answer = site
        .upload(
            "/atest/activities",
            &fields,
            &[("C:\\公文\\稽核 報告.html", b"<script>"), ("", b"")],
        )
        .await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(answer.header("location"), "/atest/duties/audit.internal?done=1");
    let after = site.get(answer.header("location")).await.text();
    assert!(
        after.contains("已登錄辦理紀錄") && after.contains("114/11/18") && after.contains("稽核 報告.html"),
        "{after}"
    );

    let hash = ledger::hex(&ledger::sha256(b"<script>"));
    let file = site.get(&format!("/atest/files/{hash}")).await;
    assert_eq!(
        (file.status.as_u16(), file.bytes.as_slice()),
        (200, &b"<script>"[..])
    );
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(
        file.header("content-security-policy"),
        "default-src 'none'; sandbox"
    );
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"__ __.html\"; filename*=UTF-8''%E7%A8%BD%E6%A0%B8%20%E5%A0%B1%E5%91%8A.html"
    );
}

#[tokio::test]
async fn duty_of_a_system() {
    let site = one().await;
    let page = "/atest/duties/scan.vulnerability?system=atest-s1";
    let token = site.token(page).await;
    let fields = [
        ("token", token.as_str()),
        ("duty", "scan.vulnerability"),
        ("system", "atest-s1"),
        ("on", "114/05/05"),
        ("title", "弱點掃描"),
    ];
    let answer = site.upload("/atest/activities?at=115/06/30", &fields, &[]).await;
    assert_eq!(
        answer.header("location"),
        "/atest/duties/scan.vulnerability?system=atest-s1&done=1&at=2026-06-30"
    );
    let wrong = [
        ("token", token.as_str()),
        ("duty", "scan.vulnerability"),
        ("system", "other-s1"),
        ("on", "114/05/05"),
    ];
    assert_eq!(site.upload("/atest/activities", &wrong, &[]).await.status, 404);
}

#[tokio::test]
async fn refused_record_keeps_what_was_entered() {
    let site = one().await;
    let token = site.token("/atest/duties/audit.internal").await;
    let big = vec![0_u8; 25 * 1024 * 1024 + 1];
    let six: Vec<(&str, &[u8])> = vec![("a.txt", b"x"); 6];
    for (on, title, files, expected) in [
        ("明天", "稽核", vec![], "看不懂日期「明天」"),
        ("", "稽核", vec![], "請填辦理日期"),
        ("116/01/01", "稽核", vec![], "辦理日期在今天之後"),
        ("114/11/18", "", vec![], "請用一句話寫下辦了什麼"),
        (
            "114/11/18",
            "稽核",
            vec![("空.txt", &b""[..])],
            "「空.txt」是空檔",
        ),
        (
            "114/11/18",
            "稽核",
            vec![("大.iso", big.as_slice())],
            "「大.iso」超過 25 MB",
        ),
        ("114/11/18", "稽核", six, "一次最多附 5 個檔案"),
    ] {
        let fields = [
            ("token", token.as_str()),
            ("duty", "audit.internal"),
            ("on", on),
            ("title", title),
            ("note", "原來的\"說明\"</textarea>"),
        ];
        let answer = site.upload("/atest/activities", &fields, &files).await;
        let text = answer.text();
        assert_eq!(answer.status, 422, "{expected}");
        strict(expected, &answer);
        assert!(
            text.contains(expected) && text.contains("有資料需要更正"),
            "{expected}: {text}"
        );
        assert!(
            text.contains("<title>錯誤：") && text.contains("aria-invalid=\"true\""),
            "{expected}"
        );
        assert!(
            text.contains(&format!("value=\"{on}\"")) && text.contains("原來的&#34;說明&#34;&#60;/textarea"),
            "{text}"
        );
        assert!(text.contains("href=\"#record-"), "{expected}");
    }
    let again = [
        ("token", token.as_str()),
        ("duty", "audit.internal"),
        ("on", ""),
        ("title", "x"),
    ];
    let text = site
        .upload("/atest/activities", &again, &[("a.txt", b"x")])
        .await
        .text();
    assert!(text.contains("檔案沒有保存"), "{text}");
    assert!(
        site.get("/atest/duties/audit.internal")
            .await
            .text()
            .contains("還沒有辦理紀錄")
    );
}

#[tokio::test]
async fn agency_forms() {
    let site = one().await;
    let token = site.token("/atest/agency").await;
    let t = ("token", token.as_str());
    assert!(site.get("/atest/today").await.text().contains("缺等級核定日"));
    let done = site
        .post(
            "/atest/designation",
            &[
                t,
                ("level", "C"),
                ("approved_on", "112/3/15"),
                ("document_no", "府資字第1號"),
            ],
        )
        .await;
    assert_eq!(
        (done.status.as_u16(), done.header("location")),
        (303, "/atest/agency?done=designation")
    );
    let page = site.get("/atest/agency?done=designation").await.text();
    assert!(page.contains("112/03/15") && page.contains("府資字第1號") && page.contains("已登錄等級核定"));
    assert!(!site.get("/atest/today").await.text().contains("缺等級核定日"));

    let done = site
        .post("/atest/ciso", &[t, ("name", "王小明"), ("from", "113/1/1")])
        .await;
    assert_eq!(done.header("location"), "/atest/agency?done=ciso");
    let facts = [
        t,
        ("has_mail_server", "yes"),
        ("has_public_core_system", "unchanged"),
        ("records_from", "2025-01-01"),
    ];
    assert_eq!(
        site.post("/atest/facts", &facts).await.header("location"),
        "/atest/agency?done=facts"
    );
    let unknown = [t, ("has_mail_server", "unknown")];
    assert_eq!(
        site.post("/atest/facts", &unknown).await.header("location"),
        "/atest/agency?done=facts"
    );
    assert!(
        site.get("/atest/agency")
            .await
            .text()
            .contains("value=\"114/01/01\"")
    );

    for (form, fields, expected, kept) in [
        (
            "designation",
            &[("level", "Z"), ("document_no", "留著")][..],
            "請由清單選取",
            "value=\"留著\"",
        ),
        (
            "designation",
            &[("level", "B"), ("approved_on", "昨天")],
            "看不懂日期「昨天」",
            "value=\"B\" selected",
        ),
        (
            "designation",
            &[("level", "B"), ("approved_on", "2027-01-01")],
            "核定日期在今天之後",
            "value=\"2027-01-01\"",
        ),
        (
            "ciso",
            &[("name", " "), ("position", "副局長")],
            "請填資通安全長的姓名",
            "value=\"副局長\"",
        ),
        ("facts", &[("has_mail_server", "maybe")], "請由清單選取", ""),
        (
            "facts",
            &[("records_from", "9999-01-01")],
            "紀錄起始日在今天之後",
            "value=\"9999-01-01\"",
        ),
        ("facts", &[], "沒有要變更的項目", ""),
    ] {
        let all: Vec<(&str, &str)> = std::iter::once(t).chain(fields.iter().copied()).collect();
        let answer = site.post(&format!("/atest/{form}"), &all).await;
        assert_eq!(answer.status, 422, "{expected}");
        strict(expected, &answer);
        let text = answer.text();
        assert!(
            text.contains(expected) && text.contains(kept) && text.contains(&format!("href=\"#{form}")),
            "{expected}"
        );
    }
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
async fn what_is_not_there() {
    let site = Site::with(&[("atest", NAME), ("btest", "示範市政府人事處")]).await;
    for path in [
        "/nobody/today",
        "/nobody/plan",
        "/atest/duties/no.such",
        "/atest/duties/audit.internal?system=x",
        "/laws/no-such",
        "/laws/classification-regulation?version=1900",
        "/laws/classification-regulation/2026/art-999",
        "/atest/files/00",
        "/assets/0/fazun.css",
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        strict(path, &answer);
    }
    let file = |id: &str| ledger::hex(&ledger::sha256(&[setup::PLAN, id.as_bytes()].concat()));
    assert_eq!(
        site.get(&format!("/atest/files/{}", file("atest"))).await.status,
        200
    );
    assert_eq!(
        site.get(&format!("/atest/files/{}", file("btest"))).await.status,
        404
    );
}

#[tokio::test]
async fn hostile_names_stay_text() {
    let hostile = "<script>alert(1)</script>\"'&";
    let site = Site::with(&[("atest", hostile), ("btest", NAME)]).await;
    for path in [
        "/",
        "/atest/today",
        "/atest/duties/audit.internal",
        "/atest/agency",
        "/atest/plan",
    ] {
        let answer = site.get(path).await;
        strict(path, &answer);
        assert!(answer.text().contains("&#60;script&#62;alert(1)"), "{path}");
    }
    let typed = site.get("/atest/today?at=%22%3E%3Cscript%3E").await;
    strict("typed", &typed);
}

#[tokio::test]
async fn too_large_and_wrong_forms() {
    let site = one().await;
    let token = site.token("/atest/agency").await;
    let long = "x".repeat(70_000);
    let answer = site
        .post("/atest/ciso", &[("token", &token), ("name", &long)])
        .await;
    assert_eq!(answer.status, 413);
    assert!(answer.text().contains("送出的資料太大"));
    let json = Request::post("/atest/ciso")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(site.send(json).await.status, 415);
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
