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

/// The parts of a duty: a table, boxes to tick, and an answer that names none of them refused.
#[tokio::test]
async fn a_bundle_is_answered_part_by_part() {
    let site = Site::with(&AGENCY).await;
    let token = site.token("/atest/agency").await;
    let city = [("token", token.as_str()), ("jurisdiction", "桃園市")];
    assert_eq!(site.post("/atest/facts", &city).await.status, 303);
    let page = "/atest/duties/hosting.responsibility";
    let before = site.get(page).await.text();
    assert!(before.contains("尚有 2 項未證明"), "{before}");
    let boxes: Vec<&str> = before
        .split("name=\"parts\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(boxes.len(), 2, "{boxes:?}");
    let token = site.token(page).await;
    let send = async |parts: &[&str]| {
        let mut fields = vec![
            ("token", token.as_str()),
            ("duty", "hosting.responsibility"),
            ("on", "115/11/18"),
            ("title", "機房文件已遵循"),
            ("stated_by", "陳資安"),
        ];
        fields.extend(parts.iter().map(|part| ("parts", *part)));
        site.upload("/atest/activities", &fields, &[]).await
    };
    for parts in [&[][..], &["no-such-part"]] {
        let answer = send(parts).await;
        assert_eq!(answer.status, 422, "{parts:?}");
        assert!(answer.text().contains("record-parts-error"), "{parts:?}");
    }
    assert_eq!(send(&boxes[..1]).await.status, 303);
    let half = site.get(page).await.text();
    assert!(
        half.contains("尚有 1 項未證明") && half.contains("陳資安聲明"),
        "{half}"
    );
    assert_eq!(send(&boxes[1..]).await.status, 303);
    let all = site.get(page).await.text();
    assert!(all.contains("均已證明") && !all.contains("項未證明；"), "{all}");
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
