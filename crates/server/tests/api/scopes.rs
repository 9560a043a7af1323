//! A token must be for what the description says, and for nothing more.

use crate::setup::{ALL, Answer, Caller, Site};
use serde_json::{Value, json};

/// Something of everything that a path can name.
struct Things {
    agency: String,
    system: String,
    job: String,
    hash: String,
}

impl Things {
    async fn of(site: &Site) -> Self {
        let officer = site.by("officer");
        let scan =
            json!({ "number": "1", "kind": "antivirus", "scope": "全部", "by": "own", "on": "2026-05-01" });
        let scan = officer.prove("scan", &scan).await.ok();
        let list = [("file", "系統.csv", "系統名稱\n範圍系統\n".as_bytes())];
        Self {
            agency: site.agency.clone(),
            system: officer.create("system", &json!({ "name": "範圍" })).await.id(),
            job: officer
                .form("registers/system/imports", &[], &[], &list)
                .await
                .id(),
            hash: scan["body"]["evidence"][0]["sha256"].as_str().unwrap().to_owned(),
        }
    }

    async fn call(&self, who: &Caller<'_>, method: &str, path: &str) -> Answer {
        let filled = path
            .replacen("/api/v1", "~", 1)
            .replace("{agency}", &self.agency)
            .replace("{register}", "system")
            .replace("{id}", &self.system)
            .replace("{job}", &self.job)
            .replace("{sha256}", &self.hash)
            .replace("{key}", "plan.establish")
            .replace("{format}", "csv");
        let pdf = [("scan", "x.pdf", &b"%PDF-1.7"[..])];
        let form: &[(&str, &str)] = match path.rsplit('/').next().unwrap() {
            "uploads" => &[("record", "{\"name\":\"x\"}")],
            "imports" => &[("options", "{}")],
            "paper" => &[("signed_by", "officer"), ("on", "115/11/20"), ("version", "1")],
            _ => &[],
        };
        if !form.is_empty() {
            return who.form(&filled, &[], form, &pdf).await;
        }
        let body = match (method, path.rsplit('/').next().unwrap()) {
            (_, "submit") => json!({ "version": 1 }),
            (_, "decision") => json!({ "version": 1, "verdict": "agree" }),
            (_, "comments") => json!({ "text": "x" }),
            (_, "commit" | "undo" | "recall") => json!({}),
            ("delete", _) => json!({ "reason": "x" }),
            _ => json!({ "name": "x" }),
        };
        let tag = [("if-match", "\"1\"")];
        who.json(&method.to_uppercase(), &filled, &tag, &body).await
    }
}

/// Whether a token was refused for what it is not for.
fn lacks_a_scope(answer: &Answer) -> bool {
    answer.status == 403
        && answer.refused(403)["detail"]
            .as_str()
            .unwrap()
            .contains("這個存取權杖沒有")
}

#[tokio::test]
async fn a_token_is_for_what_the_description_says() {
    let site = Site::new().await;
    let things = Things::of(&site).await;
    let document = site.with(None).get("~/openapi.json").await.ok();
    let member = site.member_id("officer");
    let mut refused = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            let Some(scopes) = operation["security"][0]["token"].as_array() else {
                assert_eq!(path, "/api/v1/openapi.json", "{at}");
                continue;
            };
            let scopes: Vec<&str> = scopes.iter().filter_map(Value::as_str).collect();
            for missing in &scopes {
                let others: Vec<&str> = ALL.iter().copied().filter(|s| s != missing).collect();
                let token = site.token(&site.agency, &member, &others).await;
                let answer = things.call(&site.with(Some(&token)), method, path).await;
                assert!(
                    lacks_a_scope(&answer),
                    "{at} without {missing}: {}",
                    answer.text()
                );
                refused += 1;
            }
            // Where nothing is asked for, whatever a token is for is enough.
            let enough = if scopes.is_empty() { vec!["import"] } else { scopes };
            let token = site.token(&site.agency, &member, &enough).await;
            let answer = things.call(&site.with(Some(&token)), method, path).await;
            assert!(!lacks_a_scope(&answer), "{at} with {enough:?}: {}", answer.text());
            assert_ne!(answer.status, 401, "{at}");
        }
    }
    assert!(refused > 25, "{refused}");
}
