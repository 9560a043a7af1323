//! The description says what the router does: the same paths, references that lead somewhere,
//! and problems that a program can read.

use crate::setup::Site;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn described(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().keys();
        methods.map(|m| (m.clone(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

#[tokio::test]
async fn every_route_that_is_described_is_answered() {
    let site = Site::new().await;
    let document = site.with(None).get("~/openapi.json").await.ok();
    let described = described(&document);
    assert!(described.len() >= 30);
    // By the application, not by the router's refusal.
    for (method, path) in described {
        let filled = path
            .replacen("/api/v1", "~", 1)
            .replace("{agency}", &site.agency)
            .replace("{register}", "system")
            .replace("{key}", "plan.establish")
            .replace("{format}", "ods");
        let filled = ["{id}", "{job}", "{sha256}"]
            .iter()
            .fold(filled, |at, name| at.replace(name, "x"));
        let body = json!({ "version": 1, "verdict": "agree", "text": "x", "reason": "x" });
        let tag = [("if-match", "\"1\"")];
        let answer = site
            .by("officer")
            .json(&method.to_uppercase(), &filled, &tag, &body)
            .await;
        assert_ne!(answer.status, 405, "{method} {path}");
        if answer.status == 404 {
            let detail = answer.refused(404)["detail"].as_str().unwrap().to_owned();
            assert!(!detail.contains("網址"), "{method} {path}: {detail}");
        }
        assert!(answer.status.as_u16() < 500, "{method} {path}: {}", answer.text());
    }
}

fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(to) if key == "$ref" => found.push(to),
                    other => references(other, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let site = Site::new().await;
    let document = site.with(None).get("~/openapi.json").await.ok();
    assert_eq!(document["openapi"], "3.1.0");
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            assert!(
                !operation["summary"].as_str().unwrap_or_default().is_empty(),
                "{at}"
            );
            assert!(
                operation["responses"].as_object().is_some_and(|r| !r.is_empty()),
                "{at}"
            );
            let listed: BTreeSet<&str> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|p| p["in"] == "path")
                .map(|p| p["name"].as_str().unwrap())
                .collect();
            let named: BTreeSet<&str> = path
                .split('/')
                .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
                .collect();
            assert_eq!(listed, named, "{at}");
        }
    }
}

/// What generators of clients go by: names that are there once, tags that are listed.
#[tokio::test]
async fn every_operation_has_a_name_of_its_own() {
    let site = Site::bare().await;
    let document = site.with(None).get("~/openapi.json").await.ok();
    let tags = document["tags"].as_array().unwrap();
    let tags: BTreeSet<&str> = tags.iter().map(|t| t["name"].as_str().unwrap()).collect();
    let (mut names, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            let name = operation["operationId"].as_str().unwrap();
            assert!(name.chars().all(|c| c.is_ascii_alphabetic()), "{at}: {name}");
            assert!(names.insert(name), "{at}: {name} is there twice");
            for tag in operation["tags"].as_array().unwrap() {
                used.insert(tag.as_str().unwrap());
            }
            let statuses: Vec<&String> = operation["responses"].as_object().unwrap().keys().collect();
            assert!(statuses.iter().any(|s| s.starts_with('2')), "{at}");
            // Whoever writes may say a key; whoever changes a record must say what was seen.
            let has = |header: &str| operation["parameters"].to_string().contains(header);
            let changes = matches!(method.as_str(), "put" | "patch") || name == "withdrawRecord";
            assert_eq!(has("If-Match"), changes, "{at}");
        }
    }
    assert_eq!(used, tags);
}

/// The texts that a handler reads of a form, read off its source; and whether it takes files.
fn read_by(source: &str, handler: &str) -> (BTreeSet<String>, bool) {
    let body = source.split(&format!("async fn {handler}(")).nth(1).unwrap();
    let body = body.split("\n}\n").next().unwrap();
    let mut texts: BTreeSet<String> = body
        .split("parts.text(\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    if let Some(list) = body.split("for part in [").nth(1) {
        let list = list.split(']').next().unwrap();
        texts.extend(
            list.split(',')
                .map(|name| name.trim().trim_matches('"').to_owned()),
        );
    }
    (texts, body.contains("parts.files"))
}

/// Every form says its parts by name, and they are those that its handler reads.
#[tokio::test]
async fn forms_with_files_say_their_parts() {
    let site = Site::new().await;
    let document = site.with(None).get("~/openapi.json").await.ok();
    let (records, approvals, imports) = (
        include_str!("../../src/api/records.rs"),
        include_str!("../../src/api/approvals.rs"),
        include_str!("../../src/api/imports.rs"),
    );
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let Some(form) = operation["requestBody"]["content"].get("multipart/form-data") else {
                continue;
            };
            seen += 1;
            let schema = &form["schema"];
            let parts = schema["properties"].as_object().unwrap();
            let binary = |part: &Value| part["format"] == "binary" || part["items"]["format"] == "binary";
            let (texts, files): (Vec<_>, Vec<_>) = parts.iter().partition(|(_, part)| !binary(part));
            for (name, part) in parts {
                let said = part["description"].as_str().unwrap_or_default();
                assert!(part["type"].is_string() && !said.is_empty(), "{path} {name}");
            }
            let (source, handler, required) = match path.rsplit('/').next().unwrap() {
                "uploads" => (records, "upload", &["record"][..]),
                "paper" => (approvals, "paper", &["signed_by", "on", "version", "scan"][..]),
                "imports" => (imports, "preview", &["file"][..]),
                other => panic!("{other} is new: say here which handler reads it"),
            };
            let (reads, takes) = read_by(source, handler);
            let texts: BTreeSet<String> = texts.into_iter().map(|(name, _)| name.clone()).collect();
            assert_eq!(texts, reads, "{path}");
            assert_eq!(files.len(), usize::from(takes), "{path}");
            assert_eq!(schema["required"], json!(required), "{path}");
        }
    }
    assert_eq!(seen, 3);
    // What is said to be required is refused where it is missing, and the rest is not.
    let officer = site.by("officer");
    let scan = json!({ "number": "115-SC-1", "kind": "antivirus", "scope": "全部電腦", "by": "own", "on": "2026-05-01" }).to_string();
    let uploads = "registers/scan/uploads";
    officer.form(uploads, &[], &[], &[]).await.refused(400);
    officer.form(uploads, &[], &[("record", &scan)], &[]).await.ok();
    let imports = "registers/asset/imports";
    officer
        .form(imports, &[], &[("options", "{}")], &[])
        .await
        .refused(422);
    let csv = "資產名稱,資產類別\n主機,實體\n".as_bytes();
    officer
        .form(imports, &[], &[], &[("file", "x.csv", csv)])
        .await
        .ok();
    let paper = [("signed_by", "x"), ("on", "115/11/20"), ("version", "1")];
    let pdf = [("scan", "x.pdf", &b"%PDF-1.7"[..])];
    for left_out in 0..=paper.len() {
        let mut given = paper.to_vec();
        let files = if left_out < given.len() {
            given.remove(left_out);
            &pdf[..]
        } else {
            &[]
        };
        let path = "registers/inventory/records/x/paper";
        let status = officer.form(path, &[], &given, files).await.status.as_u16();
        // Whose name is missing is only found out once the record is.
        assert!(
            status == 422 || (left_out == 0 && status == 404),
            "{left_out}: {status}"
        );
    }
}

/// What a register's schema says of a body is what the register itself says of it.
#[tokio::test]
async fn the_schemas_are_those_of_the_registers() {
    let site = Site::new().await;
    let document = site.with(None).get("~/openapi.json").await.ok();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (key, _, _) in app::register_schemas() {
        let spec = registers::register(key).unwrap();
        let schema = &schemas[key];
        let properties = schema["properties"].as_object().unwrap();
        assert!(
            spec.fields.iter().all(|f| properties.contains_key(f.key)),
            "{key}"
        );
        assert_eq!(
            properties.len(),
            spec.fields.len() + 1,
            "{key}: its fields and its version"
        );
        let normal = spec.check(&spec.example());
        let normal = normal.unwrap_or_else(|p| panic!("{key}: {p:?}"));
        for name in normal.as_object().unwrap().keys() {
            assert!(properties.contains_key(name), "{key}.{name}");
        }
    }
}

/// A program has no page to turn to: it is sent to the description.
fn told_to_programs(problem: &Value) {
    let next = problem["next"].as_str().unwrap();
    assert!(
        next.contains("/api/v1/openapi.json") && !next.contains('頁'),
        "{problem}"
    );
}

#[tokio::test]
async fn refusals_are_problems_that_a_program_reads() {
    let site = Site::new().await;
    let officer = site.by("officer");
    for path in [
        "~/nothing",
        "nothing",
        "registers/system",
        "~/agencies/x/y/z",
        "~",
        "~/",
    ] {
        let answer = officer.get(path).await;
        let problem = answer.refused(404);
        assert_eq!(problem["code"], "not_found", "{path}");
        told_to_programs(&problem);
    }
    let wrong = officer.send("PATCH", "~/me", &[], vec![]).await;
    assert_eq!(wrong.refused(405)["code"], "method_not_allowed");
    told_to_programs(&wrong.refused(405));
    let kind = [("content-type", "text/plain")];
    let form = officer
        .send("POST", "registers/system/uploads", &kind, b"x".to_vec())
        .await;
    told_to_programs(&form.refused(form.status.as_u16()));
    assert!(wrong.header("allow").contains("GET"));
    let large = vec![b' '; 1024 * 1024 + 1];
    let records = "registers/system/records";
    let kind = [("content-type", "application/json")];
    let refused = officer.send("POST", records, &kind, large).await.refused(413);
    let (detail, next) = (
        refused["detail"].as_str().unwrap(),
        refused["next"].as_str().unwrap(),
    );
    assert!(
        detail.contains("1 MB") && next.contains("/uploads") && next.contains("/imports"),
        "{refused}"
    );
    officer
        .form(&format!("{records}/x/paper"), &[], &[], &[])
        .await
        .refused(422);
    // A form where JSON is expected, JSON where a form is, and bytes that are neither.
    officer
        .form(records, &[], &[("name", "x")], &[])
        .await
        .refused(400);
    let uploads = "registers/system/uploads";
    let odd = officer.post(uploads, &json!({ "name": "x" })).await;
    assert!([400, 415].contains(&odd.status.as_u16()), "{}", odd.text());
    odd.refused(odd.status.as_u16());
    officer
        .send("POST", records, &kind, vec![0xff, 0xfe])
        .await
        .refused(400);
    officer.get("duties?at=115/2/30").await.refused(400);
    officer.get("duties/no.such").await.refused(404);
    officer.get("registers/system/export/pdf").await.refused(404);
    // Another site's page can't use it, even with a token.
    let forged = officer
        .json(
            "POST",
            records,
            &[
                ("origin", "https://evil.example"),
                ("sec-fetch-site", "cross-site"),
            ],
            &json!({ "name": "x" }),
        )
        .await;
    forged.refused(403);
    let unknown = json!({ "version": 1, "verdict": "agree", "colour": "red" });
    officer
        .act("inventory", "x", "decision", &unknown)
        .await
        .refused(400);
}
