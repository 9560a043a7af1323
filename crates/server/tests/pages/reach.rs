//! What a city, a contract and a refused law folder change on the pages.

use super::setup::Site;

const AGENCY: [(&str, &str); 1] = [("atest", "測試機關")];

#[tokio::test]
async fn a_city_entered_in_the_form_brings_its_rules() {
    let site = Site::with(&AGENCY).await;
    assert!(site.get("/atest/today").await.text().contains("尚未填所屬縣市"));
    let token = site.token("/atest/agency").await;
    let answer = site
        .post(
            "/atest/facts",
            &[("token", token.as_str()), ("jurisdiction", "臺北市")],
        )
        .await;
    assert_eq!(answer.header("location"), "/atest/agency?done=facts");
    let agency = site.get("/atest/agency").await.text();
    assert!(agency.contains("所屬縣市：臺北市"));
    assert!(!site.get("/atest/today").await.text().contains("尚未填所屬縣市"));
    let logs = site.get("/atest/duties/log.retain").await.text();
    for said in ["60 日", "6 個月", "低於法定", "臺北市政府資訊安全管理規範"] {
        assert!(logs.contains(said), "{said}");
    }
    let rule = site.get("/laws/information-security-rules").await.text();
    assert!(rule.contains("地方規範") && rule.contains("第十二點第三款"));
    // What an incident's level decides is shown level by level.
    let contain = site.get("/atest/duties/incident.contain").await.text();
    assert!(contain.contains("（第 1、2 級）") && contain.contains("（第 3、4 級）"));
}

#[tokio::test]
async fn a_refused_law_folder_is_told_on_every_page() {
    let error = law::LawError::new("local/x/duties.toml", 7, "unknown field", "mend it");
    let site = Site::over(&AGENCY, &[error]).await;
    for page in ["/atest/today", "/atest/duties", "/laws", "/atest/agency"] {
        let text = site.get(page).await.text();
        assert!(
            text.contains("role=\"alert\"") && text.contains("local/x/duties.toml:7"),
            "{page}"
        );
    }
    assert!(
        !Site::with(&AGENCY)
            .await
            .get("/laws")
            .await
            .text()
            .contains("role=\"alert\"")
    );
}
