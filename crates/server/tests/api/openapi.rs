//! The description says what the router does: the same paths, references that lead somewhere,
//! and problems that a program can read.

use crate::setup::Site;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The routes that the router is made of, read off its source: method and path.
fn routes() -> BTreeSet<(String, String)> {
    let source = include_str!("../../src/api/mod.rs");
    let record = "/agencies/{agency}/registers/{register}/records/{id}";
    let mut found = BTreeSet::new();
    for part in source.split(".route(").skip(1) {
        let part = part.trim_start();
        let (path, handlers) = part.split_once(',').unwrap();
        let path = match path.trim() {
            "record" => record.to_owned(),
            formatted if formatted.starts_with("&format!") => {
                let end = formatted.split_once("{record}").unwrap().1;
                format!("{record}{}", end.trim_end_matches("\")"))
            }
            plain => plain.trim_matches('"').to_owned(),
        };
        let handlers = handlers.split(".layer").next().unwrap();
        for method in ["get", "post", "put", "patch", "delete"] {
            if handlers.contains(&format!("{method}(")) {
                found.insert((method.to_owned(), format!("/api/v1{path}")));
            }
        }
    }
    found
}

fn described(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().keys();
        methods.map(|m| (m.clone(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

#[tokio::test]
async fn the_description_lists_every_route_and_no_other() {
    let site = Site::new().await;
    let document = site.with(None).get("~/openapi.json").await.ok();
    let described = described(&document);
    assert_eq!(described, routes());
    // And each is answered by the application, not by the router's refusal.
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
        assert_eq!(answer.refused(404)["code"], "not_found", "{path}");
    }
    let wrong = officer.send("PATCH", "~/me", &[], vec![]).await;
    assert_eq!(wrong.refused(405)["code"], "method_not_allowed");
    assert!(wrong.header("allow").contains("GET"));
    let large = vec![b' '; 1024 * 1024 + 1];
    let records = "registers/system/records";
    let kind = [("content-type", "application/json")];
    officer.send("POST", records, &kind, large).await.refused(413);
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
