//! 體檢: what is missing is said, with the link that mends it.

use crate::setup::{one, strict};

#[tokio::test]
async fn findings_lead_to_where_they_are_mended() {
    let site = one().await;
    let before = site.get("/atest/xray").await;
    assert_eq!(before.status, 200);
    strict("xray", &before);
    let new = "/atest/registers/corrective/new";
    let token = site.token(new).await;
    let fields = [
        ("token", token.as_str()),
        ("f-number", "115-CA-001<script>"),
        ("f-origin", "internal_audit"),
        ("f-found_on", "115/5/20"),
        ("f-class", "nonconformity"),
        ("f-finding", "帳號未停用"),
    ];
    let answer = site.upload(new, &fields, &[]).await;
    let record = answer.header("location").split('?').next().unwrap().to_owned();
    let page = site.get("/atest/xray").await;
    strict("xray", &page);
    let text = page.text();
    assert!(
        text.contains("尚未研議改善措施") && text.contains("115-CA-001&#60;script"),
        "{text}"
    );
    let edit = format!("{record}/edit#f-measure");
    assert!(text.contains(&format!("href=\"{edit}\"")), "{text}");
    let form = site.get(&format!("{record}/edit")).await.text();
    assert!(form.contains("id=\"f-measure\""), "{form}");
    assert_eq!(site.get("/nobody/xray").await.status, 404);
}
