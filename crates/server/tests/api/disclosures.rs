//! What of personal or restricted data is taken away, and who may see that it was.

use crate::people::{People, permit, total};
use crate::setup::{Answer, OTHER};
use serde_json::{Value, json};

const LIST: &str = "registers/disclosure/records";

fn latest(answer: &Answer) -> Value {
    answer.ok()["records"][0]["body"].clone()
}

#[tokio::test]
async fn an_export_leaves_who_took_how_much_of_what_and_nothing_of_what_stood_in_it() {
    let people = People::new().await;
    let officer = people.by("officer");
    let person = json!({ "name": "王小明", "unit": OTHER, "email": "wang@example.gov.tw" });
    officer.create("person", &person).await.ok();
    let known = total(&officer.get("registers/person/records").await);
    let before = people.site.position().await;
    // Looking leaves nothing.
    officer.get("registers/person/records?q=%E7%8E%8B").await.ok();
    officer.get(LIST).await.ok();
    // Asking for the head alone hands nothing over, and is told of nowhere.
    let head = officer
        .send("HEAD", "registers/person/export/csv", &[], Vec::new())
        .await;
    assert_eq!((head.status.as_u16(), head.header("allow")), (405, "GET"));
    assert_eq!(people.site.position().await, before);

    assert_eq!(officer.get("registers/person/export/csv").await.status, 200);
    assert_eq!(people.site.position().await, before + 1);
    let seen = officer.get(LIST).await;
    let entry = latest(&seen);
    assert_eq!(total(&seen), 1);
    assert_eq!(
        [
            &entry["kind"],
            &entry["register"],
            &entry["rows"],
            &entry["surface"]
        ],
        [&json!("export"), &json!("person"), &json!(known), &json!("api")]
    );
    assert!(
        entry["masked"].is_null() && entry["file_hash"].is_null(),
        "{entry}"
    );
    assert!(
        !entry.to_string().contains("小明") && !entry.to_string().contains("wang@"),
        "{entry}"
    );

    // Where columns were masked, it is told which.
    let supervisor = people.by("supervisor");
    assert_eq!(supervisor.get("registers/person/export/ods").await.status, 200);
    let entry = latest(&officer.get(LIST).await);
    let masked = entry["masked"].as_array().unwrap();
    assert!(masked.contains(&json!("姓名")), "{entry}");
    assert!(entry["by"].as_str().is_some_and(|by| !by.is_empty()), "{entry}");

    // A register without personal or restricted data.
    let before = people.site.position().await;
    let open = registers::catalogue()
        .iter()
        .find(|spec| !spec.is_sensitive() && spec.reach == registers::Reach::Agency)
        .unwrap();
    let export = officer.get(&format!("registers/{}/export/csv", open.key)).await;
    assert_eq!(export.status, 200);
    assert_eq!(people.site.position().await, before, "{}", open.key);
    people.site.sound().await;
}

#[tokio::test]
async fn a_download_leaves_which_file_and_what_is_refused_leaves_nothing() {
    let people = People::new().await;
    let officer = people.by("officer");
    let undertaking = json!({
        "kind": "vendor_person", "person_name": "甲員", "contract": people.contract, "signed_on": "2026-01-05",
    });
    let made = officer.prove("undertaking", &undertaking).await.ok();
    let hash = made["body"]["evidence"][0]["sha256"].as_str().unwrap().to_owned();
    let before = people.site.position().await;
    assert_eq!(
        people
            .by("other vendor")
            .get(&format!("files/{hash}"))
            .await
            .status,
        404
    );
    assert_eq!(
        officer.get(&format!("files/{}", "0".repeat(64))).await.status,
        404
    );
    assert_eq!(
        people
            .by("staff")
            .get("registers/undertaking/export/csv")
            .await
            .status,
        403
    );
    assert_eq!(people.site.position().await, before);

    assert_eq!(officer.get(&format!("files/{hash}")).await.status, 200);
    assert_eq!(
        people.by("vendor").get(&format!("files/{hash}")).await.status,
        200
    );
    assert_eq!(people.site.position().await, before + 2);
    let seen = officer.get(&format!("{LIST}?register=undertaking")).await;
    assert_eq!(total(&seen), 2);
    let entry = latest(&seen);
    assert_eq!(
        [&entry["kind"], &entry["register"], &entry["file_hash"]],
        [&json!("download"), &json!("undertaking"), &json!(hash)]
    );
    // The entry tells of a file and is none of its records.
    assert_eq!(entry["rows"], Value::Null);
    assert_eq!(total(&officer.get(&format!("{LIST}?register=person")).await), 0);
    people.site.sound().await;
}

#[tokio::test]
async fn officer_ciso_and_auditor_see_what_left_and_others_don_t() {
    let people = People::new().await;
    people
        .by("officer")
        .create("remote_permit", &permit("1"))
        .await
        .ok();
    for (name, status) in [
        ("officer", 200),
        ("ciso", 200),
        ("auditor", 200),
        ("head", 403),
        ("staff", 403),
        ("admin", 403),
        ("vendor", 403),
        ("administrator", 403),
    ] {
        assert_eq!(people.by(name).get(LIST).await.status, status, "{name}");
    }
    // Nobody writes one, takes one back, or exports them.
    let officer = people.by("officer");
    officer.create("disclosure", &json!({})).await.refused(403);
    officer.get("registers/disclosure/export/csv").await.refused(403);
}
