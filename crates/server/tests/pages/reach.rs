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

/// The parts of an event: on the duty's page, event by event, each answered by what names both.
#[tokio::test]
async fn an_event_is_answered_part_by_part() {
    let site = Site::with(&AGENCY).await;
    let token = site.token("/atest/agency").await;
    let city = [("token", token.as_str()), ("jurisdiction", "臺北市")];
    assert_eq!(site.post("/atest/facts", &city).await.status, 303);
    let new = "/atest/registers/mobile_app/new";
    let token = site.token(new).await;
    let fields = [
        ("token", token.as_str()),
        ("f-name", "市民通"),
        ("f-version", "3.1.0"),
        ("f-platforms", "ios"),
        ("f-released_on", "115/08/01"),
        ("f-permissions", "定位：顯示附近據點"),
        ("f-sensitive_data", "false"),
        ("f-tests", "source"),
        ("f-tested_on", "115/07/20"),
        ("f-secured_on", "115/07/30"),
    ];
    let files = [("檢測報告.pdf", b"%PDF-1".as_slice())];
    let answer = site.upload(new, &fields, &files).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let page = "/atest/duties/mobile_app.secure";
    let before = site.get(page).await.text();
    assert!(
        before.contains("涵蓋項目：行動應用程式：市民通") && before.contains("尚有 1 項未證明"),
        "{before}"
    );
    let list = site.get("/atest/duties?status=not_met").await.text();
    assert!(list.contains("行動應用程式安全"), "{list}");
    let event = before
        .split("<option value=\"mobile_app/")
        .nth(1)
        .expect("the event is offered");
    let event = format!("mobile_app/{}", event.split('"').next().unwrap_or_default());
    let token = site.token(page).await;
    let send = async |event: &str, part: &str| {
        let fields = [
            ("token", token.as_str()),
            ("duty", "mobile_app.secure"),
            ("on", "115/08/05"),
            ("title", "作業原則檢核完成"),
            ("stated_by", "陳資安"),
            ("event", event),
            ("parts", part),
        ];
        site.upload("/atest/activities", &fields, &[]).await
    };
    for (event, part) in [
        ("", "TPE-28.5"),
        ("mobile_app/none", "TPE-28.5"),
        (event.as_str(), "TPE-19.5"),
    ] {
        let answer = send(event, part).await;
        assert_eq!(answer.status, 422, "{event} {part}");
    }
    assert_eq!(send(&event, "TPE-28.5").await.status, 303);
    let after = site.get(page).await.text();
    assert!(
        after.contains("陳資安於 115/08/05") && after.contains("均已證明") && !after.contains("項未證明；"),
        "{after}"
    );
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
