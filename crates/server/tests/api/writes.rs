//! Writing: whose version was seen, requests that come twice, pages of lists, and what the
//! registers' rules and the law refuse.

use crate::setup::{Answer, Site, approve};
use serde_json::{Value, json};

async fn system(site: &Site, name: &str) -> String {
    let body = json!({ "name": name, "operator": "own" });
    site.by("officer").create("system", &body).await.id()
}

fn fields(problem: &Value) -> Vec<&str> {
    let fields = problem["fields"].as_array().unwrap();
    fields.iter().map(|f| f["field"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_change_names_the_version_it_saw() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let id = system(&site, "公文系統").await;
    let path = format!("registers/system/records/{id}");
    let shown = officer.get(&path).await;
    assert_eq!(shown.header("etag"), "\"1\"");
    let change = json!({ "unit": "秘書室" });
    for method in ["PATCH", "PUT"] {
        let blind = officer.json(method, &path, &[], &change).await;
        assert_eq!(blind.refused(428)["code"], "version_required");
        let odd = officer.json(method, &path, &[("if-match", "W/x")], &change).await;
        odd.refused(400);
        let stale = officer
            .json(method, &path, &[("if-match", "\"7\"")], &change)
            .await;
        let problem = stale.refused(412);
        assert_eq!(problem["code"], "stale");
        // Nobody changed it: there is no such version yet.
        let said = problem["detail"].as_str().unwrap();
        assert!(
            said.contains("還沒有第 7 版，目前是第 1 版") && !said.contains("別人"),
            "{problem}"
        );
        assert!(
            problem["next"].as_str().unwrap().contains("重新載入"),
            "{problem}"
        );
    }
    let blind = officer
        .json("DELETE", &path, &[], &json!({ "reason": "重複" }))
        .await;
    blind.refused(428);
    officer.withdraw("system", &id, 7, "重複").await.refused(412);
    assert_eq!(officer.get(&path).await.version(), 1, "nothing was written");

    let right = officer.patch("system", &id, 1, &change).await;
    assert_eq!((right.status.as_u16(), right.header("etag")), (200, "\"2\""));
    let body = right.ok()["body"].clone();
    assert_eq!(
        (&body["name"], &body["unit"]),
        (&json!("公文系統"), &json!("秘書室"))
    );
    let cleared = officer
        .patch("system", &id, 2, &json!({ "unit": null }))
        .await
        .ok();
    assert!(cleared["body"].get("unit").is_none_or(|u| u == ""), "{cleared}");
    let whole = json!({ "name": "公文系統二", "operator": "shared" });
    let put = officer
        .json("PUT", &path, &[("if-match", "\"3\"")], &whole)
        .await
        .ok();
    assert_eq!(put["body"]["operator"], "shared");
    // A body that is no record changes nothing, not even the version.
    for nothing in [json!([]), json!("x"), json!(null), json!(3)] {
        officer.patch("system", &id, 4, &nothing).await.refused(422);
        officer.create("system", &nothing).await.refused(422);
    }
    officer
        .send("POST", "registers/system/records", &[], b"{".to_vec())
        .await
        .refused(400);
    assert_eq!(officer.get(&path).await.version(), 4);
}

#[tokio::test]
async fn unchanged_is_said_of_settled_records_only() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let id = system(&site, "公文系統").await;
    let known = [("if-none-match", "\"1\"")];
    let same = officer
        .send("GET", &format!("registers/system/records/{id}"), &known, vec![])
        .await;
    assert_eq!((same.status.as_u16(), same.bytes.len()), (304, 0));
    let draft = officer.create("inventory", &inventory("115-IV-1")).await.id();
    let path = format!("registers/inventory/records/{draft}");
    let again = officer.send("GET", &path, &known, vec![]).await;
    assert_eq!(again.ok()["standing"]["state"], "draft");
}

fn inventory(number: &str) -> Value {
    json!({ "number": number, "year": 115, "reason": "regular", "scope": "全機關", "on": "2026-09-01", "by": "林示範" })
}

#[tokio::test]
async fn two_at_once_lose_nothing() {
    let site = Site::new().await;
    let (one, other) = (site.by("officer"), site.by("second officer"));
    let id = system(&site, "公文系統").await;
    let (hosting, unit) = (json!({ "hosting": "cloud" }), json!({ "unit": "秘書室" }));
    let (a, b) = tokio::join!(
        one.patch("system", &id, 1, &hosting),
        other.patch("system", &id, 1, &unit)
    );
    let (won, lost): (&Answer, &Answer) = if a.status == 200 { (&a, &b) } else { (&b, &a) };
    assert_eq!(won.version(), 2);
    lost.refused(412);
    let stands = one.record("system", &id).await.ok();
    assert_eq!(
        (&stands["body"], &stands["version"]),
        (&won.ok()["body"], &json!(2))
    );
    let history = one
        .get(&format!("registers/system/records/{id}/history"))
        .await
        .ok();
    assert_eq!(history["history"].as_array().unwrap().len(), 2);
    // Whoever lost sees what won, and adds to it; whichever it was, one of the two is new.
    let both = json!({ "unit": "秘書室", "hosting": "cloud" });
    let added = other.patch("system", &id, 2, &both).await;
    assert_eq!((added.status.as_u16(), added.version()), (200, 3));
    let body = one.record("system", &id).await.ok()["body"].clone();
    assert_eq!(
        (&body["unit"], &body["hosting"]),
        (&json!("秘書室"), &json!("cloud"))
    );
}

#[tokio::test]
async fn a_request_that_comes_twice_writes_once() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let body = json!({ "name": "公文系統" });
    let key = [("idempotency-key", "3f0e8a52-0001")];
    let records = "registers/system/records";
    let first = officer.json("POST", records, &key, &body).await;
    assert_eq!(first.status, 201);
    let location = first.header("location").to_owned();
    assert!(location.ends_with(&first.id()), "{location}");
    let at = site.position().await;
    let again = officer.json("POST", records, &key, &body).await;
    assert_eq!((again.status.as_u16(), again.id()), (200, first.id()));
    assert_eq!(site.position().await, at, "once in the ledger");
    let other = json!({ "name": "另一系統" });
    officer.json("POST", records, &key, &other).await.refused(422);
    officer
        .json("POST", "registers/person/records", &key, &body)
        .await
        .refused(422);
    let short = [("idempotency-key", "x")];
    officer.json("POST", records, &short, &body).await.refused(400);
    assert_eq!(site.position().await, at);
    // Keys are each caller's own.
    let theirs = site
        .by("second officer")
        .json("POST", records, &key, &other)
        .await;
    assert_eq!(theirs.status, 201);
    // Both at once: one record, and both are told of it.
    let key = [("idempotency-key", "3f0e8a52-0002")];
    let body = json!({ "name": "差勤系統" });
    let (a, b) = tokio::join!(
        officer.json("POST", records, &key, &body),
        officer.json("POST", records, &key, &body)
    );
    assert_eq!(a.id(), b.id());
    let found = officer.get("registers/system/records?q=差勤系統").await;
    assert_eq!(found.ok()["total"], 1);
    // The same holds where files come along; other files are another request.
    let scan = json!({ "number": "115-SC-1", "kind": "antivirus", "scope": "全部電腦", "by": "own", "on": "2026-05-01" }).to_string();
    let upload = async |bytes: &[u8]| {
        let key = [("idempotency-key", "3f0e8a52-0003")];
        let files = [("evidence", "掃毒.txt", bytes)];
        officer
            .form("registers/scan/uploads", &key, &[("record", &scan)], &files)
            .await
    };
    let first = upload(b"1").await.id();
    assert_eq!(upload(b"1").await.id(), first);
    upload(b"2").await.refused(422);
}

/// The address that a `Link` header gives as the next one.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.header("link");
    let (address, rel) = link.split_once(">; ")?;
    assert_eq!(rel, "rel=\"next\"");
    let address = address.strip_prefix('<')?.strip_prefix("/api/v1")?;
    Some(format!("~{address}"))
}

#[tokio::test]
async fn lists_come_in_pages() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let mut made = Vec::new();
    for n in 0..7 {
        let body =
            json!({ "name": format!("人員{n}"), "unit": if n % 2 == 0 { "秘書室 甲&乙" } else { "人事室" } });
        made.push(officer.create("person", &body).await.id());
    }
    let mut found = Vec::new();
    let mut address = Some("registers/person/records?limit=3".to_owned());
    let mut pages = 0;
    while let Some(at) = address {
        let page = officer.get(&at).await;
        let body = page.ok();
        assert_eq!(body["total"], 7);
        let rows = body["records"].as_array().unwrap();
        assert!(rows.len() <= 3);
        found.extend(rows.iter().map(|r| r["id"].as_str().unwrap().to_owned()));
        address = next(&page);
        assert_eq!(address.is_some(), body["next"].is_string());
        pages += 1;
    }
    assert_eq!((pages, found), (3, made), "in the order of entry, each once");
    // A filter goes along to the next page, whatever signs it holds.
    let filter = "registers/person/records?limit=3&unit=%E7%A7%98%E6%9B%B8%E5%AE%A4%20%E7%94%B2%26%E4%B9%99";
    let page = officer.get(filter).await;
    assert_eq!(page.ok()["total"], 4);
    let rest = officer.get(&next(&page).unwrap()).await;
    assert_eq!(rest.ok()["records"].as_array().unwrap().len(), 1);
    for (limit, rows) in [("1", 1), ("5", 5), ("500", 7)] {
        let page = officer
            .get(&format!("registers/person/records?limit={limit}"))
            .await;
        assert_eq!(page.ok()["records"].as_array().unwrap().len(), rows, "{limit}");
    }
    for limit in ["0", "501", "100000", "99999999999", "-1", "x", "1.5", ""] {
        let path = format!("registers/person/records?limit={limit}");
        let problem = officer.get(&path).await.refused(422);
        assert_eq!(fields(&problem), ["limit"], "{limit}");
        assert!(
            problem["detail"].as_str().unwrap().contains("1 至 500"),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn filters_are_fields() {
    let site = Site::new().await;
    let officer = site.by("officer");
    for (name, core, operator, live) in [
        ("甲", true, "own", "2022-05-01"),
        ("乙", false, "own", "2023-05-01"),
        ("丙", false, "shared", "2022-05-01"),
    ] {
        let body = json!({ "name": name, "core": core, "operator": operator, "go_live": live });
        officer.create("system", &body).await.ok();
    }
    for (query, total) in [
        ("core=true", 1),
        ("core=%E6%98%AF", 1), // 是
        ("operator=own", 2),
        ("operator=%E5%85%B1%E7%94%A8%E7%B3%BB%E7%B5%B1", 1), // 共用系統
        ("go_live=111/5/1", 2),
        ("go_live=2022-05-01&operator=own", 1),
        ("grade=", 3),
        ("q=%E7%94%B2", 1), // 甲
        ("q=operator", 0),
        ("q=%25", 0),
    ] {
        let found = officer
            .get(&format!("registers/system/records?{query}"))
            .await
            .ok();
        assert_eq!(found["total"], total, "{query}: {found}");
    }
    for query in [
        "colour=red",
        "go_live=115/2/30",
        "body=x",
        "$.core=true",
        "name%27=x",
    ] {
        officer
            .get(&format!("registers/system/records?{query}"))
            .await
            .refused(422);
    }
    // What no kept value can equal is refused, and not found nowhere.
    let long = "a".repeat(121);
    for query in ["note=x".to_owned(), "note=".to_owned(), format!("name={long}")] {
        let problem = officer
            .get(&format!("registers/system/records?{query}"))
            .await
            .refused(422);
        let next = problem["next"].as_str().unwrap();
        assert!(next.contains("文字搜尋"), "{problem}");
    }
    // A name too long to be filtered by is no blank one.
    officer
        .create("system", &json!({ "name": "丁", "vendor": "x".repeat(200) }))
        .await
        .ok();
    for (query, total) in [("vendor=", 3), ("q=xxxxx", 1)] {
        let found = officer
            .get(&format!("registers/system/records?{query}"))
            .await
            .ok();
        assert_eq!(found["total"], total, "{query}: {found}");
    }
}

#[tokio::test]
async fn mistakes_are_said_field_by_field() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let wrong = json!({ "name": "", "operator": "nobody", "go_live": "2022-02-30", "colour": "red" });
    let problem = officer.create("system", &wrong).await.refused(422);
    assert!(!fields(&problem).is_empty(), "{problem}");
    let wrong = json!({ "number": "1", "kind": "x", "on": "2026-13-01" });
    let problem = officer.create("scan", &wrong).await.refused(422);
    for field in problem["fields"].as_array().unwrap() {
        assert!(!field["label"].as_str().unwrap().is_empty(), "{problem}");
        assert!(
            field.get("clause").is_none(),
            "no law is behind a wrong date: {problem}"
        );
    }
    let unknown = json!({ "number": "1", "colour": "red" });
    let problem = officer.create("scan", &unknown).await.refused(422);
    assert!(fields(&problem).contains(&"colour"), "{problem}");
    officer.create("nothing", &json!({})).await.refused(404);
    officer.create("approval", &json!({})).await.refused(403);
}

fn permit(changes: &Value) -> Value {
    let mut permit = json!({
        "number": "115-RA-001", "purpose": "緊急修復", "applicant": "陳示範", "source": "203.0.113.7",
        "destination": "192.0.2.10", "port": "3389", "protocol": "TCP", "from_outside": true,
        "to_database": false, "from": "2026-11-23", "until": "2026-11-27",
    });
    let members = permit.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    permit
}

#[tokio::test]
async fn the_law_refuses_with_its_clause() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let adoption = json!({ "instrument": "information-bureau-plan" });
    officer.create("adoption", &adoption).await.ok();
    let cases = [
        (json!({ "until": "2026-12-08" }), "until"), // the sixteenth day
        (json!({ "source": "ANY" }), "source"),
        (json!({ "port": "任意" }), "port"),
        (json!({ "to_database": true }), "to_database"),
    ];
    for (change, field) in cases {
        let answer = officer.create("remote_permit", &permit(&change)).await;
        let problem = answer.refused(422);
        let said = problem["fields"].as_array().unwrap();
        let found = said.iter().find(|f| f["field"] == field);
        let found = found.unwrap_or_else(|| panic!("{field}: {problem}"));
        let clause = found["clause"].as_str().unwrap_or_default();
        assert!(
            clause.starts_with("高雄市政府新聞局資通安全管理維護計畫"),
            "{field}: {problem}"
        );
        assert!(problem["detail"].as_str().unwrap().contains(clause), "{problem}");
    }
    let fits = permit(&json!({ "until": "2026-12-07" }));
    let id = officer.create("remote_permit", &fits).await.id();
    // A permit that ended before the limit was law was none of its business; one that runs until
    // today is.
    let old = json!({ "number": "99-1", "from": "2010-01-01", "until": "2010-01-30" });
    let old = officer.create("remote_permit", &permit(&old)).await.id();
    officer
        .patch("remote_permit", &old, 1, &json!({ "until": "2026-11-23" }))
        .await
        .refused(422);
    // Nor does a limit that ends meanwhile let a permit run on that began under it.
    let ending = json!({ "instrument": "information-bureau-plan", "until": "2027-01-01" });
    let adopted = officer.get("registers/adoption/records").await.ok();
    let adopted = adopted["records"][0]["id"].as_str().unwrap().to_owned();
    officer.patch("adoption", &adopted, 1, &ending).await.ok();
    let on = json!({ "from": "2026-12-20", "until": "2027-01-08" });
    let problem = officer.create("remote_permit", &permit(&on)).await.refused(422);
    let said = problem["fields"].as_array().unwrap();
    let clauses: Vec<_> = said.iter().filter_map(|f| f["clause"].as_str()).collect();
    assert_eq!(clauses.len(), 1, "said once: {problem}");
    // What may not be recorded may not be amended to either.
    officer
        .patch("remote_permit", &id, 1, &json!({ "until": "2026-12-08" }))
        .await
        .refused(422);
}

#[tokio::test]
async fn a_vendor_has_no_account_before_its_undertaking() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let contract = json!({ "name": "公文系統維護案", "vendor": "示範資訊", "from": "2026-01-01", "until": "2027-01-01" });
    officer.create("contract", &contract).await.ok();
    let account = json!({
        "target": "公文系統", "name": "edoc-maint01", "kind": "personal", "vendor_person": "黃示範",
        "contract": "公文系統維護案", "until": "2026-12-30",
    });
    let problem = officer.create("account", &account).await.refused(422);
    assert!(fields(&problem).contains(&"vendor_person"), "{problem}");
    let paper = json!({
        "kind": "vendor_person", "person_name": "黃示範", "contract": "公文系統維護案",
        "signed_on": "2026-01-05",
    });
    officer.create("undertaking", &paper).await.ok();
    officer.create("account", &account).await.ok();
}

#[tokio::test]
async fn nothing_is_closed_without_its_effect() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let open = json!({
        "number": "115-CA-001", "origin": "internal_audit", "found_on": "2026-10-13",
        "class": "nonconformity", "finding": "帳號未停用。",
    });
    let id = officer.create("corrective", &open).await.id();
    let mut closing = json!({
        "cause": "未會辦。", "similar": "無。", "measure": "增列會辦欄。", "done_on": "2026-11-01",
        "closed_on": "2026-11-16",
    });
    let problem = officer.patch("corrective", &id, 1, &closing).await.refused(422);
    let wrong = fields(&problem);
    assert!(
        wrong.contains(&"effect") && wrong.contains(&"effective"),
        "{problem}"
    );
    closing["effect"] = json!("抽查有效。");
    closing["effective"] = json!(false);
    let problem = officer.patch("corrective", &id, 1, &closing).await.refused(422);
    assert_eq!(fields(&problem), ["effective"]);
    closing["effective"] = json!(true);
    officer.patch("corrective", &id, 1, &closing).await.ok();
}

#[tokio::test]
async fn nobody_audits_his_own_unit() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let person = json!({ "name": "周示範", "unit": "會計室" });
    officer.create("person", &person).await.ok();
    let audit = |unit: &str| {
        json!({
            "number": "115-AU-01", "title": "內部稽核", "kind": "internal", "scope": unit,
            "units": [unit], "team": ["周示範"], "from": "2026-12-14", "until": "2026-12-15",
        })
    };
    let problem = officer.create("audit", &audit("會計室")).await.refused(422);
    assert_eq!(fields(&problem), ["team"]);
    let audit = officer.create("audit", &audit("資訊室")).await.id();
    let item = |unit: &str| json!({ "audit": audit, "number": "1", "item": "帳號", "unit": unit, "auditor": "周示範" });
    let problem = officer.create("audit_item", &item("會計室")).await.refused(422);
    assert_eq!(fields(&problem), ["auditor"]);
    officer.create("audit_item", &item("資訊室")).await.ok();
}

#[tokio::test]
async fn a_grade_is_the_highest_of_four() {
    let site = Site::new().await;
    let officer = site.by("officer");
    system(&site, "公文系統").await;
    let grading = |overall: &str| {
        json!({
            "number": "1", "system": "公文系統", "year": 115, "kind": "review", "graded_on": "2026-03-10",
            "confidentiality": "普", "integrity": "中", "availability": "普", "compliance": "普",
            "overall": overall,
        })
    };
    for wrong in ["普", "高"] {
        let problem = officer.create("grading", &grading(wrong)).await.refused(422);
        assert_eq!(fields(&problem), ["overall"]);
    }
    officer.create("grading", &grading("中")).await.ok();
}

#[tokio::test]
async fn what_is_referred_to_stays() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let id = system(&site, "公文系統").await;
    let scan = json!({ "number": "1", "kind": "vulnerability", "system": id, "scope": "主機", "by": "own", "on": "2026-05-01" });
    let scan = officer.create("scan", &scan).await.id();
    officer.withdraw("system", &id, 1, " ").await.refused(422);
    let problem = officer.withdraw("system", &id, 1, "重複登錄").await.refused(409);
    assert!(
        problem["detail"].as_str().unwrap().contains("安全性檢測"),
        "{problem}"
    );
    let gone = officer.withdraw("scan", &scan, 1, "誤登").await;
    assert_eq!((gone.status.as_u16(), gone.bytes.len()), (204, 0));
    officer.record("scan", &scan).await.refused(404);
    officer
        .patch("scan", &scan, 2, &json!({ "scope": "x" }))
        .await
        .refused(404);
    officer.withdraw("scan", &scan, 2, "再次").await.refused(404);
    assert_eq!(officer.get("registers/scan/records").await.ok()["total"], 0);
    // What was taken back can still be looked up, and by those alone who could read it.
    let gone = officer.get("registers/scan/records?withdrawn=true").await.ok();
    assert_eq!(
        (&gone["total"], &gone["records"][0]["id"]),
        (&json!(1), &json!(scan))
    );
    assert_eq!(gone["records"][0]["body"]["scope"], "主機");
    assert_eq!(gone["records"][0]["standing"]["state"], "void");
    // As a file too, which says so, and which no import takes for what stands.
    let file = officer.get("registers/scan/export/csv?withdrawn=true").await;
    assert_eq!(file.status, 200, "{}", file.text());
    assert!(
        file.text().contains(&scan) && file.text().contains("主機"),
        "{}",
        file.text()
    );
    let said = file.header("content-disposition");
    assert!(said.contains("%E5%B7%B2%E8%A8%BB%E9%8A%B7"), "{said}");
    let stands = officer.get("registers/scan/export/csv").await;
    assert!(!stands.text().contains(&scan), "{}", stands.text());
    let files = [("file", "清冊.csv", file.bytes.as_slice())];
    let report = officer
        .form("registers/scan/imports", &[], &[], &files)
        .await
        .ok();
    assert_eq!(report["counts"]["wrong"], 1, "{report}");
    let path = format!("registers/scan/records/{scan}/history");
    let history = officer.get(&path).await.ok().to_string();
    assert!(history.contains("註銷：誤登"), "{history}");
    site.by("staff").get(&path).await.refused(403);
    assert_eq!(
        officer.get("registers/system/records?withdrawn=true").await.ok()["total"],
        0
    );
    officer.withdraw("system", &id, 1, "重複登錄").await.ok();
    // Nor what is submitted or final, and never evidence.
    let paper = officer.create("inventory", &inventory("115-IV-1")).await.id();
    approve(&site, "inventory", &paper, 1, &["head", "officer"]).await;
    officer
        .withdraw("inventory", &paper, 1, "誤登")
        .await
        .refused(409);
    let evidence = json!({ "title": "函", "effective_on": "2026-01-01", "class": "general" });
    let evidence = officer.prove("evidence", &evidence).await.id();
    officer
        .withdraw("evidence", &evidence, 1, "誤登")
        .await
        .refused(422);
    site.sound().await;
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_sent() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let scan =
        json!({ "number": "1", "kind": "antivirus", "scope": "全部", "by": "own", "on": "2026-05-01" });
    let made = officer.prove("scan", &scan).await.ok();
    let file = &made["body"]["evidence"][0];
    let hash = file["sha256"].as_str().unwrap();
    let got = officer.get(&format!("files/{hash}")).await;
    assert_eq!(got.text(), format!("佐證：{scan}"));
    assert!(got.header("content-disposition").starts_with("attachment;"));
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    // A second file is added, the first stays; both need the version that was seen.
    let path = "registers/scan/uploads";
    let (id, file) = (made["id"].as_str().unwrap(), [("evidence", "b.txt", &b"2"[..])]);
    let texts = [("record", "{}"), ("id", id)];
    officer.form(path, &[], &texts, &file).await.refused(428);
    let texts = [("record", "{}"), ("id", id), ("version", "5")];
    officer.form(path, &[], &texts, &file).await.refused(412);
    let texts = [("record", "{}"), ("id", id), ("version", "1")];
    let both = officer.form(path, &[], &texts, &file).await.ok();
    assert_eq!(both["body"]["evidence"].as_array().unwrap().len(), 2);
    let texts = [("record", "{}")];
    officer
        .form(path, &[], &texts, &[("evidence", "c.txt", b"")])
        .await
        .refused(422);
    officer
        .form(path, &[], &[("record", "x")], &file)
        .await
        .refused(400);
    let six: Vec<(&str, &str, &[u8])> = (0..6).map(|_| ("evidence", "x.txt", &b"x"[..])).collect();
    officer.form(path, &[], &texts, &six).await.refused(422);
}
