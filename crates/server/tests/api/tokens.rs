//! Deputies while they serve, and tokens for what they are for.

use crate::people::{People, total};
use crate::setup::{Site, days_pass};
use serde_json::json;

#[tokio::test]
async fn deputies_decide_while_they_serve_and_it_is_said() {
    let people = People::new().await;
    let site = &people.site;
    let officer = people.by("officer");
    let grading = async |number: &str| {
        let body = json!({
            "number": number, "system": "公文系統", "year": 115, "kind": "review", "graded_on": "2026-03-10",
            "confidentiality": "普", "integrity": "普", "availability": "普", "compliance": "普", "overall": "普",
        });
        let id = officer.create("grading", &body).await.id();
        officer.submit("grading", &id, 1).await.ok();
        people.by("head").decide("grading", &id, 1, "agree").await.ok();
        people
            .by("second officer")
            .decide("grading", &id, 1, "agree")
            .await
            .ok();
        id
    };
    officer
        .create("system", &json!({ "name": "公文系統" }))
        .await
        .ok();
    let (first, second, third) = (grading("1").await, grading("2").await, grading("3").await);
    let head = people.by("head");
    head.decide("grading", &first, 1, "agree").await.refused(403);
    let deputy = json!({
        "member": site.member_id("ciso"), "deputy": site.member_id("admin"), "from": "2026-11-23",
        "until": "2026-11-25", "reason": "休假",
    });
    let asked = people.by("administrator").create("deputy", &deputy).await.id();
    site.confirm("deputy", &asked, 0).await;
    let outside = json!({
        "member": site.member_id("ciso"), "deputy": site.member_id("vendor"), "from": "2026-11-23",
        "until": "2026-11-25",
    });
    people
        .by("administrator")
        .create("deputy", &outside)
        .await
        .refused(422);
    let admin = people.by("admin");
    admin.decide("grading", &first, 1, "agree").await.refused(403); // Saturday: not yet
    days_pass(2);
    assert_eq!(
        admin.get("approvals").await.ok()["records"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let done = admin.decide("grading", &first, 1, "agree").await.ok();
    assert_eq!(done["state"], "final");
    let history = officer
        .get(&format!("registers/grading/records/{first}/history"))
        .await
        .text();
    assert!(history.contains("資通安全長同意（代理ciso）"), "{history}");
    people
        .by("ciso")
        .decide("grading", &second, 1, "agree")
        .await
        .ok();
    days_pass(2); // the day on which it no longer holds
    admin.decide("grading", &third, 1, "agree").await.refused(403);
    // Nobody approves as a deputy what they reviewed themselves.
    let deputy = json!({
        "member": site.member_id("ciso"), "deputy": site.member_id("head"), "from": "2026-11-25",
        "until": "2026-12-25", "reason": "休假",
    });
    let asked = people.by("administrator").create("deputy", &deputy).await.id();
    site.confirm("deputy", &asked, 0).await;
    head.decide("grading", &third, 1, "agree").await.refused(403);
    // Whoever stands for the decider still doesn't approve what is their own.
    let deputy = json!({
        "member": site.member_id("ciso"), "deputy": site.member_id("officer"), "from": "2026-11-25",
        "until": "2026-12-25",
    });
    let asked = people.by("administrator").create("deputy", &deputy).await.id();
    site.confirm("deputy", &asked, 0).await;
    officer.decide("grading", &third, 1, "agree").await.refused(403);
}

#[tokio::test]
async fn tokens_are_for_what_they_are_for() {
    let people = People::new().await;
    let site = &people.site;
    let system = people
        .by("officer")
        .create("system", &json!({ "name": "公文系統" }))
        .await
        .id();
    let inventory = json!({
        "number": "1", "year": 115, "reason": "regular", "scope": "全機關", "on": "2026-09-01", "by": "林示範",
    });
    let paper = people.by("head").create("inventory", &inventory).await.id();
    people.by("head").submit("inventory", &paper, 1).await.ok();
    people
        .by("head")
        .decide("inventory", &paper, 1, "agree")
        .await
        .ok();
    let member = site.member_id("officer");
    let list = "系統名稱\n甲\n";
    for scope in ["read", "write", "import", "approve"] {
        let secret = site.token(&site.agency, &member, &[scope]).await;
        let who = site.with(Some(&secret));
        let reads = who.record("system", &system).await;
        let writes = who.create("person", &json!({ "name": scope })).await;
        let changes = who.patch("system", "x", 1, &json!({})).await;
        let file = [("file", "x.csv", list.as_bytes())];
        let imports = who.form("registers/system/imports", &[], &[], &file).await;
        let decides = who.decide("inventory", &paper, 1, "return").await;
        let signed = [("signed_by", "x"), ("on", "2026-11-20"), ("version", "1")];
        let path = format!("registers/inventory/records/{paper}/paper");
        let papers = who.form(&path, &[], &signed, &[("scan", "a.pdf", b"a")]).await;
        for (what, answer, needs) in [
            ("reading", reads, "read"),
            ("writing", writes, "write"),
            ("importing", imports, "import"),
            ("deciding", decides, "approve"),
        ] {
            let expected = if scope == needs {
                answer.status.is_success()
            } else {
                answer.status == 403
            };
            assert!(
                expected,
                "{what} with {scope}: {} {}",
                answer.status,
                answer.text()
            );
        }
        assert_eq!(changes.status, if scope == "write" { 404 } else { 403 });
        papers.refused(403);
        for path in ["xray", "duties", "~/agencies", "registers", "approvals"] {
            let answer = who.get(path).await;
            let reads = scope == "read" || (path == "approvals" && answer.status == 200);
            assert_eq!(
                answer.status == 200,
                reads,
                "{path} with {scope}: {}",
                answer.text()
            );
        }
    }
}

#[tokio::test]
async fn a_token_ends() {
    let people = People::new().await;
    let site = &people.site;
    let member = site.member_id("officer");
    let (row, secret) = site.token_row(&site.agency, &member, &["read", "write"]).await;
    let who = site.with(Some(&secret));
    who.get("~/me").await.ok();
    for wrong in [
        secret.replace("fazun_", ""),
        format!("{}0", &secret[..secret.len() - 1]),
        format!("{secret}0"),
        format!("fazun_{row}_"),
        secret.to_uppercase(),
    ] {
        if wrong != secret {
            site.with(Some(&wrong)).get("~/me").await.refused(401);
        }
    }
    site.revoke(&row).await;
    let at = site.position().await;
    who.get("~/me").await.refused(401);
    who.create("system", &json!({ "name": "x" })).await.refused(401);
    assert_eq!(site.position().await, at);
    // On the day on which it ends it no longer holds, nor does that of a member who left.
    let (_, year) = site.token_row(&site.agency, &member, &["read"]).await;
    let gone = json!({ "until": "2026-12-01" });
    let leaver = site.member_id("second officer");
    people
        .by("administrator")
        .patch("member", &leaver, 1, &gone)
        .await
        .ok();
    people.by("second officer").get("~/me").await.ok();
    days_pass(10);
    people.by("second officer").get("~/me").await.refused(401);
    days_pass(354);
    site.with(Some(&year)).get("~/me").await.ok();
    days_pass(1);
    site.with(Some(&year)).get("~/me").await.refused(401);
    site.sound().await;
}

#[tokio::test]
async fn a_token_says_who_it_is() {
    let people = People::new().await;
    let me = people.by("vendor").get("~/me").await.ok();
    assert_eq!(me["grants"][0]["contract"], people.contract.as_str());
    assert_eq!(me["grants"][0]["role"], "vendor");
    let mine = people.by("vendor").get("~/agencies").await.ok();
    assert_eq!(mine["agencies"].as_array().unwrap().len(), 1);
    assert_eq!(
        total(&people.by("officer").get("registers/member/records").await),
        12
    );
}

#[tokio::test]
async fn a_token_for_writing_is_told_that_it_wrote_and_nothing_else() {
    let site = Site::new().await;
    let member = site.member_id("officer");
    let reader = site.by("officer");
    let body = json!({ "name": "公文系統", "note": "他人所寫" });
    let id = reader.create("system", &body).await.id();
    let secret = site.token(&site.agency, &member, &["write"]).await;
    let writer = site.with(Some(&secret));
    let told = |id: &str, version: u64| json!({ "register": "system", "id": id, "version": version, "state": "none" });

    let changed = writer.patch("system", &id, 1, &json!({ "unit": "秘書室" })).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(changed.ok(), told(&id, 2));
    // Nor by a change that changes nothing.
    assert_eq!(
        writer.patch("system", &id, 2, &json!({})).await.ok(),
        told(&id, 2)
    );
    let path = format!("registers/system/records/{id}");
    let whole = writer.json("PUT", &path, &[("if-match", "\"2\"")], &body).await;
    assert_eq!(whole.ok(), told(&id, 3));
    let made = writer.create("system", &json!({ "name": "人事系統" })).await;
    let new = made.id();
    assert!(made.header("location").ends_with(&new));
    assert_eq!((made.status.as_u16(), made.ok()), (201, told(&new, 1)));
    let record = [("record", "{\"name\":\"會計系統\"}")];
    let sent = writer.form("registers/system/uploads", &[], &record, &[]).await;
    assert_eq!(sent.ok(), told(&sent.id(), 1));
    // What waits for a second person says so.
    let admin = site.member_id("administrator");
    let secret = site.token(&site.agency, &admin, &["write"]).await;
    let officer = json!({ "name": "新專責", "role": "officer", "unit": "資訊室", "from": "2026-01-01" });
    let waits = site.with(Some(&secret)).create("member", &officer).await;
    assert_eq!(
        (waits.status.as_u16(), &waits.ok()["state"]),
        (202, &json!("pending"))
    );
    assert!(waits.ok().get("body").is_none());
    // Who may also read gets the record.
    let both = reader
        .patch("system", &id, 3, &json!({ "unit": "資訊室" }))
        .await
        .ok();
    assert_eq!(both["body"]["unit"], "資訊室");
}
