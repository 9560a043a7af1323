//! 年度 and its pictures, and the calendar that a program fetches.

use crate::setup::{Site, one, strict};
use axum::body::Body;
use axum::http::Request;

async fn bare(site: &Site, path: &str) -> crate::setup::Answer {
    let request = Request::get(path).header("host", "localhost");
    site.send_as_it_is(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_year_is_a_picture_whose_cells_lead_to_their_month() {
    let site = one().await;
    let page = site.get("/atest/year/months").await.text();
    assert!(
        page.contains("115 年度") && page.contains("class=\"strip\""),
        "{page}"
    );
    let cell = page
        .split("href=\"")
        .filter_map(|part| part.split('"').next())
        .find(|href| href.contains("month="))
        .expect("a cell with something in it")
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    assert!(cell.ends_with("#list"), "{cell}");
    let month = site.get(cell.trim_end_matches("#list")).await;
    strict(&cell, &month);
    let text = month.text();
    assert!(
        text.contains("的事項</h2>") && text.contains("class=\"cards\""),
        "{text}"
    );
    assert!(!text.contains("逐月清單"));
    // Next year's days wait for its calendar, and are spread as a proposal only.
    let next = site.get("/atest/year/months?year=116").await.text();
    assert!(
        next.contains("分散到各月的建議") && next.contains("本頁不直接改寫工作計畫"),
        "{next}"
    );
    assert!(
        !next.contains("▲</span> 逾期</span><span class=\"meta\">"),
        "nothing ahead is late"
    );
    // What was done stays in its month.
    let token = site.token("/atest/registers/training/new").await;
    let fields = [
        ("token", token.as_str()),
        ("f-title", "社交工程防範實務"),
        ("f-category", "general"),
        ("f-held_on", "115/04/16"),
        ("f-hours", "3"),
    ];
    let saved = site.upload("/atest/registers/training/new", &fields, &[]).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
}

#[tokio::test]
async fn pictures_are_drawn_of_what_there_is() {
    let site = one().await;
    let page = site.get("/atest/year/figures").await;
    assert!(page.text().contains("還沒有可以畫成圖的資料") && !page.text().contains("<svg"));
    let token = site.token("/atest/registers/budget/new").await;
    let fields = [
        ("token", token.as_str()),
        ("f-year", "116"),
        ("f-item", "公文系統維護"),
        ("f-kind", "maintenance"),
        ("f-amount", "1200000"),
        ("f-security_amount", "180000"),
        ("f-prepared_on", "115/03/20"),
    ];
    let saved = site.upload("/atest/registers/budget/new", &fields, &[]).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let page = site.get("/atest/year/figures").await;
    strict("figures", &page);
    let text = page.text();
    assert!(
        text.contains("15%") && text.contains("資安 180,000 元／資訊 1,200,000 元"),
        "{text}"
    );
    assert!(text.contains("<rect class=\"part\" width=\"15\"") && !text.contains("<script"));
}

#[tokio::test]
async fn what_a_calendar_tells_needs_its_address_and_no_session() {
    let site = one().await;
    for path in ["/calendar/ffff.ics", "/calendar/ffff", "/calendar/.ics"] {
        assert_eq!(bare(&site, path).await.status, 404, "{path}");
    }
    assert_eq!(
        bare(&site, "/me/calendar").await.status,
        303,
        "one's own list does"
    );
    // Whoever keeps the machine is nobody's colleague.
    let page = site.get("/me/calendar").await;
    strict("/me/calendar", &page);
    assert!(page.text().contains("沒有可訂閱的行事曆"));
}
