//! 匯出與下載紀錄, as an officer sees it.

use crate::setup::{one, strict};

#[tokio::test]
async fn the_register_leads_to_what_left_of_it() {
    let site = one().await;
    let list = "/atest/registers/person";
    let here = format!("{list}/disclosures");
    assert!(site.get(list).await.text().contains(&format!("href=\"{here}\"")));
    let empty = site.get(&here).await;
    assert_eq!(empty.status, 200);
    strict(&here, &empty);
    assert!(empty.text().contains("還沒有匯出或下載"));

    for ending in ["csv", "ods"] {
        assert_eq!(site.get(&format!("{list}.{ending}")).await.status, 200);
    }
    let seen = site.get(&here).await;
    strict(&here, &seen);
    let text = seen.text();
    assert!(
        text.contains(">匯出清單<") && text.contains("115/11/21 08:00") && text.contains("網頁"),
        "{text}"
    );
    assert!(text.contains("共 2 筆") && !text.contains("2026-11-21"), "{text}");

    // Of a register that holds nothing of the kind there is no such list, nor a way to one.
    let open = registers::catalogue()
        .iter()
        .find(|spec| !spec.is_sensitive() && spec.reach == registers::Reach::Agency)
        .unwrap();
    let list = format!("/atest/registers/{}", open.key);
    assert!(!site.get(&list).await.text().contains("disclosures"));
    assert_eq!(site.get(&format!("{list}/disclosures")).await.status, 404);
}

#[tokio::test]
async fn many_are_listed_page_by_page_the_latest_first() {
    let site = one().await;
    for _ in 0..52 {
        assert_eq!(site.get("/atest/registers/person.csv").await.status, 200);
    }
    let first = site.get("/atest/registers/person/disclosures").await.text();
    assert!(first.contains("共 52 筆"), "{first}");
    let next = first.split("rel=\"next\" href=\"").nth(1).unwrap();
    let next = next
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    let second = site.get(&next).await;
    strict(&next, &second);
    assert!(second.text().contains("回第一頁"));
    let rows = |text: &str| text.matches(">匯出清單<").count();
    assert_eq!(rows(&first) + rows(&second.text()), 52);
}
