//! Every kind of page, looked at for its structure: empty, filled, refused, and not found.

use crate::setup::{Answer, NAME, Site, one, strict, target};

async fn look(site: &Site, path: &str, status: u16) -> Answer {
    let answer = site.get(path).await;
    assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
    strict(path, &answer);
    answer
}

#[tokio::test]
async fn pages_about_the_law_and_the_agency() {
    let site = one().await;
    for path in [
        "/laws",
        "/laws/baseline",
        "/laws/baseline?grade=中",
        "/laws/standards/iso-27001-2022",
        "/laws/act",
        "/atest/today",
        "/atest/today?at=114/05/06",
        "/atest/duties",
        "/atest/duties?status=unknown",
        "/atest/duties/plan.establish",
        "/atest/year/months",
        "/atest/year/months?year=116",
        "/atest/year/months?year=113",
        "/atest/year/months?year=115&month=12",
        "/atest/year/figures",
        "/me/calendar",
        "/atest/plan",
        "/atest/agency",
        "/atest/mine",
        "/atest/year",
        "/atest/year?month=115-12",
        "/atest/inventory",
        "/atest/inventory?of=people",
        "/atest/inventory?of=vendors",
        "/atest/matters",
        "/atest/papers",
        "/atest/settings",
        "/atest/registers",
        "/atest/registers?part=稽核",
        "/atest/registers?part=無此名稱",
        "/atest/approvals",
        "/atest/jobs",
        "/atest/xray",
        "/atest/search",
        "/atest/search?q=線",
        "/atest/search?q=系統",
        "/atest/search?q=沒有這樣的字",
        "/atest/search?q=115/11/21",
        "/atest/registers/asset/labels",
    ] {
        let answer = site.get(path).await;
        assert!(
            answer.status == 200 || path == "/laws/act",
            "{path}: {}",
            answer.status
        );
        strict(path, &answer);
    }
    for path in [
        "/atest/nothing",
        "/btest/today",
        "/atest/registers/nothing",
        "/atest/today?at=x",
        "/atest/year?month=x",
        "/atest/inventory?of=x",
        "/atest/year/months?year=x",
        "/atest/year/months?year=99",
        "/atest/year/months?month=13",
    ] {
        strict(path, &site.get(path).await);
    }
    let several = Site::with(&[("atest", NAME), ("btest", "示範市政府人事處")]).await;
    look(&several, "/", 200).await;
}

/// An article names duties of every level; only those of the agency have a page.
#[tokio::test]
async fn an_article_links_to_duties_that_are_there() {
    let site = one().await;
    let mut linked = 0;
    for article in [
        "classification-regulation/2026/annex-1.isms-verification",
        "cyber-security-management-act/2025/11",
    ] {
        let page = look(&site, &format!("/laws/{article}"), 200).await;
        let text = page.text();
        let hrefs = text
            .split("href=\"")
            .skip(1)
            .filter_map(|part| part.split('"').next());
        for href in hrefs.filter(|href| href.contains("/duties/")) {
            look(&site, href, 200).await;
            linked += 1;
        }
    }
    assert!(linked > 0, "some duty is linked");
}

#[tokio::test]
async fn every_register_has_sound_pages() {
    let site = one().await;
    for spec in registers::catalogue() {
        let at = format!("/atest/registers/{}", spec.key);
        let list = site.get(&at).await;
        strict(&at, &list);
        if list.status == 404 {
            // What the system keeps for itself has no page.
            assert_eq!(spec.reach, registers::Reach::System, "{at}");
            continue;
        }
        let form = format!("{at}/new");
        let shown = site.get(&form).await;
        strict(&form, &shown);
        if shown.status == 200 {
            // What is refused is said at its field, and above.
            let token = site.token(&form).await;
            let refused = site.upload(&form, &[("token", &token)], &[]).await;
            if refused.status == 422 {
                strict(&form, &refused);
                let text = refused.text();
                assert!(
                    text.contains("<title>錯誤：") && text.contains("role=\"alert\""),
                    "{form}"
                );
            }
        }
        let import = format!("{at}/import");
        strict(&import, &site.get(&import).await);
    }
}

#[tokio::test]
async fn a_record_s_pages_on_its_way() {
    let site = one().await;
    let at = "/atest/registers/inventory";
    let form = format!("{at}/new");
    let token = site.token(&form).await;
    let fields = [
        ("token", token.as_str()),
        ("f-number", "115-IV-1"),
        ("f-year", "115"),
        ("f-reason", "regular"),
        ("f-scope", "全機關"),
        ("f-on", "115/09/01"),
        ("f-by", "林示範"),
    ];
    let saved = site
        .upload(
            &form,
            &fields,
            &[("簽名頁.pdf", b"%PDF-1.7"), ("門禁.txt", b"ok")],
        )
        .await;
    let record = target(&saved);
    look(&site, at, 200).await;
    look(&site, &format!("{at}?q=無此紀錄"), 200).await;
    look(&site, &record, 200).await;
    look(&site, &format!("{record}/edit"), 200).await;
    let stale = site
        .upload(
            &format!("{record}/edit"),
            &[&fields[..], &[("seen", "9")]].concat(),
            &[],
        )
        .await;
    strict("stale", &stale);
    let seen = [("token", token.as_str()), ("seen", "1")];
    for act in ["withdraw", "comment", "decide", "paper"] {
        let refused = site.post(&format!("{record}/{act}"), &seen).await;
        assert!(refused.status.is_client_error(), "{act}");
        strict(act, &refused);
    }
    let sent = site.post(&format!("{record}/submit"), &seen).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    look(&site, &record, 200).await;
    look(&site, "/atest/approvals", 200).await;
    look(&site, "/atest/xray", 200).await;
}
