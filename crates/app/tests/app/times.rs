//! What lies ahead, or before the agency was there, is refused with a sentence or told as a gap.

use crate::ways::{Ways as _, local};
use crate::{agency, product, sample};
use app::{App, AppError, PutRecord, RowId};
use serde_json::{Value, json};

async fn put(app: &App, id: &str, register: &str, body: Value) -> Result<String, String> {
    let put = PutRecord {
        body,
        ..PutRecord::default()
    };
    match app.put_record(&local("test"), id, register, put).await {
        Ok(saved) => Ok(saved.record.id),
        Err(AppError::Fields(errors)) => Err(errors.iter().map(|e| e.message.clone()).collect()),
        Err(other) => Err(other.to_string()),
    }
}

fn incident(known: &str, more: &Value) -> Value {
    let mut body = json!({
        "number": format!("115-IN-{}", known.len()), "title": "官網遭入侵", "situation": "首頁遭置換",
        "personal_data": false, "known_at": known,
    });
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    body
}

#[tokio::test]
async fn an_event_lies_neither_ahead_nor_before_the_agency() {
    let (_place, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    // Today is 2026-11-21.
    for (known, more, says) in [
        ("2026-11-22T00:00", json!({}), "「知悉時間」在今天之後"),
        (
            "2026-11-20T09:00",
            json!({ "contained_at": "2026-11-22T09:00" }),
            "「完成損害控制或復原時間」在今天之後",
        ),
        ("2026-11-21T23:59", json!({}), ""),
    ] {
        let said = put(&app, &id, "incident", incident(known, &more)).await;
        match said {
            Ok(_) => assert!(says.is_empty(), "{known} was taken"),
            Err(said) => assert!(!says.is_empty() && said.contains(says), "{known}: {said}"),
        }
    }
    // Until somebody says since when there is an agency, its past is open.
    put(
        &app,
        &id,
        "incident",
        incident("2018-05-01T09:00", &json!({ "number": "107-IN-1" })),
    )
    .await
    .expect("is taken");
    let own = PutRecord {
        id: Some(RowId::parse(&id).expect("an id")),
        seen: Some(1),
        body: json!({ "established_on": "2019-01-01" }),
        partial: true,
        ..PutRecord::default()
    };
    app.put_record(&local("test"), &id, "agency", own)
        .await
        .expect("is taken");
    let early = incident("2018-12-31T23:59", &json!({ "number": "107-IN-2" }));
    let said = put(&app, &id, "incident", early).await.expect_err("is refused");
    assert!(said.contains("早於機關成立日（108/01/01）"), "{said}");
    let first = incident("2019-01-01T00:00", &json!({ "number": "108-IN-1" }));
    put(&app, &id, "incident", first).await.expect("is taken");
    let drill = |on: &str| {
        json!({
            "number": format!("DR-{on}"), "kind": "notification", "role": "own", "scope": "通報及應變",
            "on": on, "result": "met", "review": "無",
        })
    };
    let said = put(&app, &id, "drill", drill("2018-12-31"))
        .await
        .expect_err("is refused");
    assert!(said.contains("早於機關成立日"), "{said}");
    // What is to prove something is taken and told as a gap until its day.
    let mut gaps = Vec::new();
    for on in ["2026-11-21", "2026-11-22"] {
        let row = put(&app, &id, "drill", drill(on)).await.expect("is taken");
        let xray = app.xray(&local("test"), &id).await.expect("a view");
        let told = |i: &&views::XrayItem| i.id == row && i.message.contains("屆日前不作為佐證");
        gaps.push(xray.items.iter().any(|i| told(&i)));
    }
    assert_eq!(gaps, [false, true]);
}

#[tokio::test]
async fn a_city_that_does_not_exist_is_refused() {
    let (_place, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let mut seen = 1;
    for (city, known) in [
        ("火星市", false),
        ("臺北", false),
        ("台北市", true),
        ("花蓮縣", true),
        ("中央", true),
    ] {
        let own = PutRecord {
            id: Some(RowId::parse(&id).expect("an id")),
            seen: Some(seen),
            body: json!({ "jurisdiction": city }),
            partial: true,
            ..PutRecord::default()
        };
        match app.put_record(&local("test"), &id, "agency", own).await {
            Ok(saved) => {
                assert!(known, "{city} was taken");
                seen = saved.record.version;
            }
            Err(AppError::Fields(errors)) => {
                assert!(!known, "{errors:?}");
                assert!(
                    errors.iter().any(|e| e.message.contains("直轄市或縣（市）")),
                    "{errors:?}"
                );
            }
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn a_part_that_is_none_of_the_duty_is_refused_by_every_door() {
    let (_place, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let own = PutRecord {
        id: Some(RowId::parse(&id).expect("an id")),
        seen: Some(1),
        body: json!({ "jurisdiction": "桃園市" }),
        partial: true,
        ..PutRecord::default()
    };
    app.put_record(&local("test"), &id, "agency", own)
        .await
        .expect("is taken");
    let activity = |duty: &str, parts: &[&str]| {
        json!({
            "duty": duty, "subject": { "kind": "agency" }, "on": "2026-11-18", "title": "機房文件已遵循",
            "parts": parts, "stated_by": "陳資安",
        })
    };
    let bundle = "hosting.responsibility";
    for (duty, parts, says) in [
        (bundle, &["TYDEV-22a"][..], ""),
        (
            bundle,
            &["TYDEV-22a", "TYDEV-99"],
            "沒有涵蓋項目「TYDEV-99」；請填：TYDEV-22（",
        ),
        ("level_duties.exempt", &["TYDEV-22a"], "不分項，請留空"),
    ] {
        let said = put(&app, &id, "activity", activity(duty, parts)).await;
        match said {
            Ok(_) => assert!(says.is_empty(), "{parts:?} was taken"),
            Err(said) => assert!(!says.is_empty() && said.contains(says), "{parts:?}: {said}"),
        }
    }
}
