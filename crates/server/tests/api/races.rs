//! Two at once: of what excludes each other only one happens, and what doesn't, both do.

use crate::people::permit;
use crate::setup::{Answer, Site};
use serde_json::json;

/// How often each pair is let run against each other.
const ROUNDS: usize = 6;

fn both(a: &Answer, b: &Answer) -> bool {
    a.status.is_success() && b.status.is_success()
}

#[tokio::test]
async fn what_is_sent_on_or_signed_is_not_withdrawn_at_that_moment() {
    let site = Site::new().await;
    let officer = site.by("officer");
    for n in 0..ROUNDS {
        let id = officer
            .create("remote_permit", &permit(&format!("{n}")))
            .await
            .id();
        let (sent, gone) = tokio::join!(
            officer.submit("remote_permit", &id, 1),
            officer.withdraw("remote_permit", &id, 1, "誤登")
        );
        assert!(!both(&sent, &gone), "{} {}", sent.text(), gone.text());
        let id = officer
            .create("remote_permit", &permit(&format!("p{n}")))
            .await
            .id();
        let path = format!("registers/remote_permit/records/{id}/paper");
        let fields = [
            ("signed_by", "second officer"),
            ("on", "115/11/20"),
            ("version", "1"),
        ];
        let scan = [("scan", "簽名頁.pdf", &b"%PDF-1.7"[..])];
        let (signed, gone) = tokio::join!(
            officer.form(&path, &[], &fields, &scan),
            officer.withdraw("remote_permit", &id, 1, "誤登")
        );
        assert!(!both(&signed, &gone), "{} {}", signed.text(), gone.text());
        assert!(signed.status.is_success() || gone.status.is_success());
    }
    site.sound().await;
}

#[tokio::test]
async fn what_is_sent_on_is_not_changed_at_that_moment() {
    let site = Site::new().await;
    let officer = site.by("officer");
    for n in 0..4 * ROUNDS {
        let id = officer
            .create("remote_permit", &permit(&format!("{n}")))
            .await
            .id();
        let later = std::time::Duration::from_micros(u64::try_from(n).unwrap() * 150);
        let change = json!({ "note": "x" });
        let (changed, sent) = tokio::join!(officer.patch("remote_permit", &id, 1, &change), async {
            tokio::time::sleep(later).await;
            officer.submit("remote_permit", &id, 1).await
        });
        assert!(!both(&changed, &sent), "{} {}", changed.text(), sent.text());
        assert!(changed.status.is_success() || sent.status.is_success());
    }
    site.sound().await;
}

#[tokio::test]
async fn what_is_referred_to_at_that_moment_is_not_withdrawn() {
    let site = Site::new().await;
    let officer = site.by("officer");
    for n in 0..ROUNDS {
        let system = officer
            .create("system", &json!({ "name": format!("系統{n}") }))
            .await
            .id();
        let scan = json!({
            "number": format!("{n}"), "kind": "vulnerability", "system": system, "scope": "主機",
            "by": "own", "on": "2026-05-01",
        });
        let (made, gone) = tokio::join!(
            officer.create("scan", &scan),
            officer.withdraw("system", &system, 1, "誤登")
        );
        assert!(!both(&made, &gone), "{} {}", made.text(), gone.text());
    }
    site.sound().await;
}

#[tokio::test]
async fn an_import_is_written_of_what_was_seen() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let preview = async |register: &str, file: &str| {
        let files = [("file", "a.csv", file.as_bytes())];
        let path = format!("registers/{register}/imports");
        officer.form(&path, &[], &[], &files).await.ok()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let commit = async |job: &str| officer.post(&format!("imports/{job}/commit"), &json!({})).await;
    for n in 0..ROUNDS {
        let file = format!("廠商名稱\n廠商{n}\n");
        let (a, b) = (preview("vendor", &file).await, preview("vendor", &file).await);
        let (first, second) = tokio::join!(commit(&a), commit(&b));
        assert!(!both(&first, &second), "{} {}", first.text(), second.text());
        let refused = if first.status.is_success() { second } else { first };
        assert!(refused.text().contains("預覽之後"), "{}", refused.text());
    }
    let vendors = officer.get("registers/vendor/records").await.ok();
    assert_eq!(vendors["total"], ROUNDS);
    // A record that is sent on while a file would change it.
    for n in 0..ROUNDS {
        let id = officer
            .create("remote_permit", &permit(&format!("{n}")))
            .await
            .id();
        let job = preview("remote_permit", &format!("系統編號,事由\n{id},另一事由\n")).await;
        let (written, sent) = tokio::join!(commit(&job), officer.submit("remote_permit", &id, 1));
        assert!(!both(&written, &sent), "{} {}", written.text(), sent.text());
    }
    site.sound().await;
}

#[tokio::test]
async fn papers_final_at_once_have_numbers_of_their_own() {
    let site = Site::new().await;
    let mut ids = Vec::new();
    for n in 0..6 {
        let inventory = json!({
            "number": format!("{n}"), "year": 115, "reason": "regular", "scope": "全機關", "on": "2026-09-01",
            "by": "林示範",
        });
        let id = site.by("officer").create("inventory", &inventory).await.id();
        site.by("second officer").submit("inventory", &id, 1).await.ok();
        site.by("head").decide("inventory", &id, 1, "agree").await.ok();
        ids.push(id);
    }
    let officer = site.by("officer");
    let decide = |n: usize| officer.decide("inventory", &ids[n], 1, "agree");
    let answers = tokio::join!(decide(0), decide(1), decide(2), decide(3), decide(4), decide(5));
    let mut numbers: Vec<String> = <[Answer; 6]>::from(answers)
        .iter()
        .map(|answer| answer.ok()["number"].as_str().unwrap().to_owned())
        .collect();
    numbers.sort();
    let expected: Vec<String> = (1..=6).map(|n| format!("115-IV-{n:03}")).collect();
    assert_eq!(numbers, expected);
    site.sound().await;
}
