//! Whoever belongs to another agency gets nothing of this one and changes nothing in it:
//! on every path of the description, with foreign ids in every place that takes one.

use crate::setup::{Answer, Caller, Site};
use serde_json::{Value, json};

/// What only the demo agency's rows say.
const SECRET: &str = "絕不外流之系統";

/// Two agencies; the first has something of everything, the second an officer and a head.
struct Two {
    site: Site,
    /// The other agency.
    other: String,
    system: String,
    draft: String,
    job: String,
    hash: String,
}

impl Two {
    async fn new() -> Self {
        let site = Site::new().await;
        let other = site.plan("level-b-core-systems.pass.txt").await;
        let strangers = [
            ("stranger", "officer"),
            ("strange ciso", "ciso"),
            ("strange administrator", "administrator"),
        ];
        for (name, role) in strangers {
            let body = json!({ "name": name, "role": role, "from": "2020-01-01" });
            site.member(&other, name, body).await;
        }
        let officer = site.by("officer");
        let system = officer.create("system", &json!({ "name": SECRET })).await.id();
        let inventory = json!({
            "number": SECRET, "year": 115, "reason": "regular", "scope": SECRET, "on": "2026-09-01",
            "by": SECRET,
        });
        let draft = officer.create("inventory", &inventory).await.id();
        officer.submit("inventory", &draft, 1).await.ok();
        let scan =
            json!({ "number": "1", "kind": "antivirus", "scope": SECRET, "by": "own", "on": "2026-05-01" });
        let scan = officer.prove("scan", &scan).await.ok();
        let hash = scan["body"]["evidence"][0]["sha256"].as_str().unwrap().to_owned();
        let list = format!("系統名稱\n{SECRET}二\n");
        let files = [("file", "系統.csv", list.as_bytes())];
        let job = officer
            .form("registers/system/imports", &[], &[], &files)
            .await
            .id();
        Self {
            site,
            other,
            system,
            draft,
            job,
            hash,
        }
    }

    fn stranger(&self) -> Caller<'_> {
        self.site.by("stranger").at(&self.other)
    }

    /// A path of the description with this agency in it and the demo agency's ids.
    fn filled(&self, path: &str, agency: &str) -> String {
        let (register, id) = if ["submit", "recall", "decision", "paper", "comments"]
            .iter()
            .any(|end| path.ends_with(end))
        {
            ("inventory", &self.draft)
        } else if path.ends_with("uploads") {
            ("scan", &self.system)
        } else {
            ("system", &self.system)
        };
        let filled = path
            .replace("{agency}", agency)
            .replace("{register}", register)
            .replace("{id}", id)
            .replace("{job}", &self.job)
            .replace("{sha256}", &self.hash)
            .replace("{key}", "plan.establish")
            .replace("{format}", "csv");
        assert!(!filled.contains('{'), "no value for {path}");
        filled.replacen("/api/v1", "~", 1)
    }

    /// Calls an operation as well as it can be called.
    async fn call(&self, who: &Caller<'_>, method: &str, path: &str, agency: &str) -> Answer {
        let at = self.filled(path, agency);
        let json = |body: Value| async move {
            let tag = [("if-match", "\"1\"")];
            who.json(&method.to_uppercase(), &at, &tag, &body).await
        };
        let form = async |texts: &[(&str, &str)]| {
            let file = [("file", "x.csv", "系統名稱\n甲\n".as_bytes())];
            let at = self.filled(path, agency);
            who.form(&at, &[], texts, &file).await
        };
        let rest = path.strip_prefix("/api/v1").unwrap();
        let tail = rest.rsplit('/').next().unwrap();
        match (method, tail) {
            ("get", _) => who.get(&self.filled(path, agency)).await,
            ("post", "records") | ("put" | "patch", "{id}") => json(json!({ "name": "甲" })).await,
            ("delete", "{id}") => json(json!({ "reason": "x" })).await,
            ("post", "submit") => json(json!({ "version": 1 })).await,
            ("post", "decision") => json(json!({ "version": 1, "verdict": "agree" })).await,
            ("post", "comments") => json(json!({ "text": "x" })).await,
            ("post", "recall" | "undo" | "retry" | "cancel") | ("delete", "{job}") => json(json!({})).await,
            ("post", "commit") => json(json!({ "skip_wrong": true })).await,
            ("post", "uploads") => {
                let scan = json!({ "number": "9", "kind": "antivirus", "scope": "全部", "by": "own", "on": "2026-05-01" });
                form(&[("record", &scan.to_string())]).await
            }
            ("post", "imports") => form(&[]).await,
            ("post", "paper") => form(&[("signed_by", "x"), ("on", "2026-11-20"), ("version", "1")]).await,
            _ => panic!("{method} {path} is new: say here how a stranger would call it"),
        }
    }

    /// Everything that an answer says.
    fn said(answer: &Answer) -> String {
        let headers: Vec<String> = answer.headers.values().map(|v| format!("{v:?}")).collect();
        format!("{} {}", answer.text(), headers.join(" "))
    }
}

async fn operations(site: &Site) -> Vec<(String, String)> {
    let document = site.by("officer").get("~/openapi.json").await.ok();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            all.push((method.clone(), path.clone()));
        }
    }
    assert!(all.len() > 25, "{all:?}");
    all
}

#[tokio::test]
async fn no_path_lets_a_stranger_in() {
    let two = Two::new().await;
    let before = two.site.position().await;
    for (method, path) in operations(&two.site).await {
        for stranger in ["stranger", "strange ciso"] {
            let who = two.site.by(stranger);
            let answer = two.call(&who, &method, &path, &two.site.agency).await;
            if path.contains("{agency}") {
                answer.refused(404);
                assert!(!Two::said(&answer).contains(SECRET), "{method} {path}");
            } else {
                let said = Two::said(&answer);
                answer.ok();
                assert!(!said.contains(&two.site.agency), "{method} {path}: {said}");
            }
        }
    }
    assert_eq!(two.site.position().await, before, "something was written");
}

#[tokio::test]
async fn foreign_ids_in_an_own_path_are_ids_of_nothing() {
    let two = Two::new().await;
    let officer = two.site.by("officer");
    let standing = officer.record("inventory", &two.draft).await.ok();
    for (method, path) in operations(&two.site).await {
        if !path.contains("{agency}") {
            continue;
        }
        let foreign = ["{id}", "{job}", "{sha256}"].iter().any(|p| path.contains(p));
        let answer = two.call(&two.stranger(), &method, &path, &two.other).await;
        assert!(!Two::said(&answer).contains(SECRET), "{method} {path}");
        assert!(!Two::said(&answer).contains(&two.hash), "{method} {path}");
        if foreign {
            answer.refused(404);
        } else {
            // Of the stranger's own agency, so it goes; and it is of that agency only.
            assert!(answer.status.is_success(), "{method} {path}: {}", answer.text());
            assert!(!Two::said(&answer).contains(&two.site.agency), "{method} {path}");
        }
    }
    // And what the demo agency has stands as it stood.
    assert_eq!(officer.record("inventory", &two.draft).await.ok(), standing);
    assert_eq!(officer.record("system", &two.system).await.version(), 1);
    let report = officer.get(&format!("imports/{}", two.job)).await.ok();
    assert_eq!(report["state"], "preview");
    two.site.sound().await;
}

#[tokio::test]
async fn what_exists_elsewhere_is_answered_as_what_exists_nowhere() {
    let two = Two::new().await;
    let stranger = two.stranger();
    let plain = |answer: Answer, id: &str| {
        let mut problem = answer.refused(404);
        problem["request"] = json!("");
        problem.to_string().replace(id, "…")
    };
    let made_up = two.system.replace(&two.site.agency, &two.other);
    for at in ["registers/system/records/…", "registers/system/records/…/history"] {
        let there = stranger.get(&at.replace('…', &two.system)).await;
        let nowhere = stranger.get(&at.replace('…', &made_up)).await;
        assert_eq!(plain(there, &two.system), plain(nowhere, &made_up));
    }
    let nothing = "0".repeat(64);
    let there = stranger.get(&format!("files/{}", two.hash)).await;
    let nowhere = stranger.get(&format!("files/{nothing}")).await;
    assert_eq!(plain(there, &two.hash), plain(nowhere, &nothing));
    let there = stranger.get(&format!("imports/{}", two.job)).await;
    let nowhere = stranger.get("imports/azzz9").await;
    assert_eq!(plain(there, &two.job), plain(nowhere, "azzz9"));
    let there = stranger.at(&two.site.agency).get("duties").await;
    let nowhere = stranger.at("azzzz").get("duties").await;
    assert_eq!(plain(there, &two.site.agency), plain(nowhere, "azzzz"));
}

#[tokio::test]
async fn nothing_refers_to_another_agencys_rows() {
    let two = Two::new().await;
    let officer = two.site.by("officer");
    let mut rows = vec![("system", two.system.clone())];
    let contract = json!({ "name": "某案", "vendor": "某公司" });
    rows.push(("contract", officer.create("contract", &contract).await.id()));
    rows.push((
        "person",
        officer.create("person", &json!({ "name": "某人" })).await.id(),
    ));
    let course = json!({ "title": "某課程甲", "category": "general", "held_on": "2026-04-16", "hours": "3" });
    rows.push(("training", officer.create("training", &course).await.id()));
    let method =
        json!({ "name": "某方法甲", "from": "2026-01-01", "formula": "matrix", "scale": 4, "acceptable": 8 });
    rows.push(("risk_method", officer.create("risk_method", &method).await.id()));
    rows.push(("member", two.site.member_id("officer")));
    let foreign = |key: &str| {
        let row = rows.iter().find(|(register, _)| *register == key);
        row.map_or(two.system.clone(), |(_, id)| id.clone())
    };
    let before = two.site.position().await;
    let mut asked = 0;
    for (key, _, _) in app::register_schemas() {
        let spec = registers::register(key).unwrap();
        for field in spec.fields {
            let value = match field.kind {
                registers::Kind::Reference(to) => json!(foreign(to)),
                registers::Kind::References(to) => json!([foreign(to)]),
                registers::Kind::Subject => json!({ "kind": "system", "id": two.system }),
                _ => continue,
            };
            let mut body = json!({});
            for required in spec.fields.iter().filter(|f| f.required) {
                let refers = matches!(
                    required.kind,
                    registers::Kind::Reference(_)
                        | registers::Kind::References(_)
                        | registers::Kind::Evidence
                );
                if !refers {
                    body[required.key] = required.example_value();
                }
            }
            body[field.key] = value;
            // Accounts are the administrator's; a contract, a person or a member is named there too.
            let who = match key {
                "member" | "deputy" | "route" => two.site.by("strange administrator").at(&two.other),
                _ => two.stranger(),
            };
            let answer = who.create(key, &body).await;
            let problem = answer.refused(422);
            let fields = problem["fields"].as_array().unwrap();
            assert!(
                fields.iter().any(|f| f["field"] == field.key),
                "{key}.{}: {problem}",
                field.key
            );
            for told in [SECRET, "某案", "某人", "某課程甲", "某方法甲"] {
                assert!(!answer.text().contains(told), "{key}.{}: {problem}", field.key);
            }
            asked += 1;
        }
    }
    println!("{asked} fields that refer to rows");
    assert!(asked > 40, "{asked}");
    assert_eq!(two.site.position().await, before);
}

#[tokio::test]
async fn a_hash_is_no_right_to_a_file() {
    let two = Two::new().await;
    let stranger = two.stranger();
    let file = json!([{ "sha256": two.hash, "name": "x.txt", "size": 1, "media_type": "text/plain" }]);
    let mut scan =
        json!({ "number": "1", "kind": "antivirus", "scope": "全部", "by": "own", "on": "2026-05-01" });
    let download = format!("files/{}", two.hash);
    scan["evidence"] = file.clone();
    stranger.create("scan", &scan).await.refused(422);
    // Nor once it stands in some text of the own agency.
    let mut text = scan.clone();
    text["evidence"] = json!([]);
    text["scope"] = json!(two.hash);
    text["note"] = json!(format!("[{{\"sha256\":\"{}\"}}]", two.hash));
    let id = stranger.create("scan", &text).await.id();
    stranger.get(&download).await.refused(404);
    stranger
        .patch("scan", &id, 1, &json!({ "evidence": file }))
        .await
        .refused(422);
    let record = scan.to_string();
    let own = [("evidence", "own.txt", &b"own"[..])];
    stranger
        .form("registers/scan/uploads", &[], &[("record", &record)], &own)
        .await
        .refused(422);
    // Nor by a spreadsheet.
    for cell in [
        format!("\"x.txt｜1｜text/plain｜{}\"", two.hash),
        format!("\"{}\"", file.to_string().replace('"', "\"\"")),
    ] {
        let list = format!(
            "紀錄編號,檢測類別,檢測範圍,辦理者,檢測日期,佐證\n2,完整掃毒,全部,機關自行,2026-05-01,{cell}\n"
        );
        let files = [("file", "檢測.csv", list.as_bytes())];
        let report = stranger
            .form("registers/scan/imports", &[], &[], &files)
            .await
            .ok();
        assert_eq!(
            (&report["counts"]["wrong"], &report["counts"]["new"]),
            (&json!(1), &json!(0)),
            "{report}"
        );
    }
    stranger.get(&download).await.refused(404);
    // Whoever has the same file may keep it as their own.
    let bytes = two.site.by("officer").get(&download).await.bytes;
    scan["evidence"] = json!([]);
    let same = [("evidence", "same.txt", &bytes[..])];
    stranger
        .form(
            "registers/scan/uploads",
            &[],
            &[("record", &scan.to_string())],
            &same,
        )
        .await
        .ok();
    assert_eq!(stranger.get(&download).await.bytes, bytes);
    two.site.sound().await;
}

#[tokio::test]
async fn without_a_token_there_is_nothing() {
    let two = Two::new().await;
    let before = two.site.position().await;
    for (method, path) in operations(&two.site).await {
        for who in [
            two.site.with(None),
            two.site.with(Some("")),
            two.site.with(Some("fazun_x_y")),
        ] {
            let answer = two.call(&who, &method, &path, &two.site.agency).await;
            if path.ends_with("/openapi.json") {
                answer.ok();
            } else {
                answer.refused(401);
                assert_eq!(answer.header("www-authenticate"), "Bearer");
            }
        }
    }
    assert_eq!(two.site.position().await, before);
}
