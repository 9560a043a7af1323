//! 搜尋: from every page, over all registers, to the list that shows all.

use crate::setup::{one, strict};

#[tokio::test]
async fn what_is_found_is_shown_before_it_is_opened() {
    let site = one().await;
    let today = site.get("/atest/today").await.text();
    assert!(today.contains("action=\"/atest/search\""), "{today}");
    let page = site.get("/atest/search?q=線上申辦").await;
    assert_eq!(page.status, 200);
    strict("search", &page);
    let text = page.text();
    for link in [
        "href=\"/atest/registers/system/records/atest-s1\"",
        "href=\"/atest/registers/system/records/atest-s1/edit\"",
        "href=\"/atest/registers/business/records/atest-b1\"",
    ] {
        assert!(text.contains(link), "{link}: {text}");
        let path = link.split('"').nth(1).unwrap();
        assert_eq!(site.get(path).await.status, 200, "{path}");
    }
    let little = site.get("/atest/search?q=線").await.text();
    assert!(little.contains("二個字以上"), "{little}");
    let hostile = site.get("/atest/search?q=%3Cscript%3E").await;
    strict("hostile", &hostile);
    assert_eq!(site.get("/nobody/search?q=系統").await.status, 404);
}
