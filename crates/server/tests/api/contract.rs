//! Every answer is held against the API's description: its path, method and status are described,
//! its body is what the schema says and nothing more, and its headers are those that are listed.
//!
//! Why closed here and open there: a program must pass over members that it doesn't know, but we
//! must notice those that nobody described. What it can't know: whether what is said is true.

use crate::setup::{Answer, PREFIX};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::sync::OnceCell;
use tower::ServiceExt;

static CONTRACT: OnceCell<Contract> = OnceCell::const_new();

/// The description, ready to be held against answers.
pub struct Contract {
    document: Value,
    components: Value,
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

/// The description that a router serves: the same for all of them.
pub async fn contract(router: &Router) -> &'static Contract {
    CONTRACT
        .get_or_init(async || {
            let request = Request::get(format!("{PREFIX}/openapi.json")).header("host", "localhost");
            let request = request.body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            let bytes = to_bytes(response.into_body(), 64 << 20).await.unwrap();
            Contract::of(serde_json::from_slice(&bytes).unwrap())
        })
        .await
}

/// No object has a member that its schema doesn't list.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let listed = members.get("properties").is_some_and(Value::is_object);
            if listed && members.get("type") == Some(&json!("object")) {
                members.entry("additionalProperties").or_insert(json!(false));
            }
            members.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Whether a path is one of a template.
fn fits(template: &str, path: &str) -> bool {
    let (wanted, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len()
        && wanted
            .iter()
            .zip(&given)
            .all(|(w, g)| w == g || (w.starts_with('{') && !g.is_empty()))
}

impl Contract {
    fn of(document: Value) -> Self {
        let mut components = document["components"].clone();
        close(&mut components["schemas"]);
        Self {
            document,
            components,
            validators: Mutex::default(),
        }
    }

    /// Every operation with the statuses of its successes.
    pub fn operations(&self) -> Vec<(String, Vec<u16>)> {
        let paths = self.document["paths"].as_object().unwrap();
        let items = paths.values().flat_map(|item| item.as_object().unwrap().values());
        items
            .map(|operation| {
                let statuses = operation["responses"].as_object().unwrap().keys();
                let good = statuses.map(|s| s.parse().unwrap()).filter(|s| *s < 400);
                (
                    operation["operationId"].as_str().unwrap().to_owned(),
                    good.collect(),
                )
            })
            .collect()
    }

    fn item(&self, path: &str) -> Option<(&String, &Map<String, Value>)> {
        let paths = self.document["paths"].as_object().unwrap();
        let mut fitting: Vec<_> = paths
            .iter()
            .filter(|(template, _)| fits(template, path))
            .collect();
        // Of two that fit, the one with fewer names to fill in is meant.
        fitting.sort_by_key(|(template, _)| template.matches('{').count());
        let (template, item) = fitting.first()?;
        Some((template, item.as_object().unwrap()))
    }

    fn resolved<'v>(&'v self, value: &'v Value) -> &'v Value {
        match value["$ref"].as_str() {
            Some(to) => self.document.pointer(to.strip_prefix('#').unwrap()).unwrap(),
            None => value,
        }
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let mut kept = self.validators.lock().unwrap();
        let made = kept.entry(schema.to_string()).or_insert_with(|| {
            let mut schema = schema.clone();
            close(&mut schema);
            let whole = json!({ "components": self.components, "allOf": [schema] });
            let options = jsonschema::options().with_draft(Draft::Draft202012);
            Arc::new(options.should_validate_formats(true).build(&whole).unwrap())
        });
        Arc::clone(made)
    }

    /// What is wrong with a value by a schema.
    fn wrong(&self, schema: &Value, value: &Value) -> Vec<String> {
        let validator = self.validator(schema);
        if validator.is_valid(value) {
            return Vec::new();
        }
        // Of a record of whatever register only its own schema says something.
        let mut found = Vec::new();
        for record in records(value) {
            let name = format!("{}_record", record["register"].as_str().unwrap());
            let own = json!({ "$ref": format!("#/components/schemas/{name}") });
            let validator = self.validator(&own);
            let said = validator.iter_errors(record);
            found.extend(said.map(|e| format!("{name}{}: {e}", e.instance_path())));
        }
        let said = validator.iter_errors(value);
        found.extend(said.map(|e| format!("{}: {}", e.instance_path(), cut(&e.to_string()))));
        found
    }

    /// Holds an answer against the description; which operation it was, and its status.
    #[track_caller]
    pub fn holds(&self, method: &str, path: &str, sent: &[u8], answer: &Answer) -> Option<(String, u16)> {
        let path = path.split('?').next().unwrap();
        if !path.starts_with("/api/") {
            return None;
        }
        let at = format!("{} {}", answer.asked, answer.status);
        let status = answer.status.as_u16();
        // What can be asked for is asked for by its head as well, but for files that are handed over.
        let is_head = method == "HEAD" && status != 405;
        let asked = if is_head { "GET" } else { method };
        let operation = self
            .item(path)
            .and_then(|(_, item)| item.get(&asked.to_lowercase()));
        let Some(operation) = operation else {
            assert!([403, 404, 405, 421].contains(&status), "{at}: nowhere described");
            self.is_a_problem(&at, answer);
            return None;
        };
        let id = operation["operationId"].as_str().unwrap().to_owned();
        let response = &operation["responses"][status.to_string()];
        assert!(
            response.is_object(),
            "{at}: {id} has no such answer: {}",
            answer.text()
        );
        let response = self.resolved(response);
        self.has_its_headers(&at, response, answer);
        let kind = answer.header("content-type");
        match response.get("content") {
            None => assert!(answer.bytes.is_empty(), "{at}: {}", answer.text()),
            Some(content) => {
                let schema = &content[kind]["schema"];
                assert!(schema.is_object(), "{at}: {kind:?} is not described");
                if kind.ends_with("json") && method != "HEAD" {
                    let wrong = self.wrong(schema, &answer.json());
                    assert!(wrong.is_empty(), "{at}: {wrong:#?}\n{}", answer.text());
                }
            }
        }
        if status < 300 {
            self.was_asked_so(&at, operation, sent);
        }
        Some((id, status))
    }

    /// What was sent and taken is what the description asks for.
    fn was_asked_so(&self, at: &str, operation: &Value, sent: &[u8]) {
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        // Records are taken in more words than are described: those of forms and spreadsheets.
        if body.is_object() && body.get("anyOf").is_none() {
            let sent = serde_json::from_slice(sent).unwrap();
            let wrong = self.wrong(body, &sent);
            assert!(wrong.is_empty(), "{at}: it took {sent}: {wrong:#?}");
        }
    }

    fn is_a_problem(&self, at: &str, answer: &Answer) {
        assert_eq!(answer.header("content-type"), "application/problem+json", "{at}");
        if !answer.bytes.is_empty() {
            let problem = json!({ "$ref": "#/components/schemas/Problem" });
            let wrong = self.wrong(&problem, &answer.json());
            assert!(wrong.is_empty(), "{at}: {wrong:#?}");
        }
    }

    fn has_its_headers(&self, at: &str, response: &Value, answer: &Answer) {
        let listed = response["headers"].as_object().unwrap();
        for (name, header) in listed {
            let is_there = answer.headers.contains_key(name.to_lowercase().as_str());
            let must = self.resolved(header)["required"] == true;
            assert!(is_there || !must, "{at}: without {name}");
        }
        let known = self.document["components"]["headers"].as_object().unwrap();
        for name in known.keys().filter(|name| !listed.contains_key(*name)) {
            let is_there = answer.headers.contains_key(name.to_lowercase().as_str());
            assert!(!is_there, "{at}: {name} is not described");
        }
    }
}

/// Every record in an answer.
fn records(value: &Value) -> Vec<&Value> {
    match value {
        Value::Object(members) if members.contains_key("standing") && members.contains_key("body") => {
            vec![value]
        }
        Value::Object(members) => members.values().flat_map(records).collect(),
        Value::Array(items) => items.iter().flat_map(records).collect(),
        _ => Vec::new(),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(400).collect()
}

/// An answer that nobody gave.
fn made_up(status: u16, headers: &[(&'static str, &str)], body: &Value) -> Answer {
    let mut all = axum::http::HeaderMap::new();
    all.insert("x-request-id", "x-1".parse().unwrap());
    for (name, value) in headers {
        all.insert(*name, value.parse().unwrap());
    }
    Answer {
        asked: "nobody".to_owned(),
        status: status.try_into().unwrap(),
        headers: all,
        bytes: body.to_string().into_bytes(),
    }
}

/// Whether an answer is taken for one that is described.
fn is_taken(contract: &Contract, path: &str, answer: &Answer) -> bool {
    let held = || contract.holds("GET", &format!("{PREFIX}{path}"), &[], answer);
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(held)).is_ok()
}

/// What isn't described is noticed, wherever it stands.
#[tokio::test]
async fn what_is_not_described_is_noticed() {
    let site = crate::setup::Site::bare().await;
    let contract = contract(&site.router()).await;
    let json_kind = ("content-type", "application/json");
    let problem_kind = ("content-type", "application/problem+json");
    let head = json!({ "id": "a", "name": "機關", "level": null });
    let good = json!({ "agencies": [head] });
    let taken = |path: &str, status, headers: &[(&'static str, &str)], body: &Value| {
        is_taken(contract, path, &made_up(status, headers, body))
    };
    assert!(taken("/agencies", 200, &[json_kind], &good));
    assert!(!taken("/agencies", 201, &[json_kind], &good), "a status");
    assert!(
        !taken("/agencies", 200, &[("content-type", "text/json")], &good),
        "a kind"
    );
    assert!(
        !taken("/agencies", 200, &[json_kind, ("etag", "1")], &good),
        "a header"
    );
    assert!(!taken("/nowhere", 200, &[json_kind], &good), "a path");
    for body in [
        json!({ "agencies": [head], "more": 1 }),
        json!({ "agencies": [{ "id": "a", "name": "機關", "level": null, "more": 1 }] }),
        json!({ "agencies": [{ "id": "a", "name": "機關" }] }),
        json!({ "agencies": [{ "id": 1, "name": "機關", "level": null }] }),
        json!({}),
    ] {
        assert!(!taken("/agencies", 200, &[json_kind], &body), "{body}");
    }
    let mut problem = json!({
        "type": "about:blank", "status": 404, "code": "not_found", "title": "找不到", "detail": "x",
        "next": "x", "fields": [], "request": "x-1",
    });
    assert!(taken("/nowhere", 404, &[problem_kind], &problem));
    assert!(taken("/agencies/a/xray", 404, &[problem_kind], &problem));
    assert!(
        !taken("/agencies/a/xray", 404, &[json_kind], &problem),
        "a refusal's kind"
    );
    problem["cause"] = "secret".into();
    assert!(!taken("/nowhere", 404, &[problem_kind], &problem), "a cause");
    assert!(
        !taken("/agencies/a/xray", 404, &[problem_kind], &problem),
        "a cause"
    );
    // A record is one of its own register.
    let mut record = json!({
        "register": "system", "id": "s", "version": 1, "name": "x", "body": { "name": "x", "v": 1 },
        "standing": { "state": "none", "words": "" },
    });
    let path = "/agencies/a/registers/system/records/s";
    let heads = [json_kind, ("etag", "\"1\"")];
    assert!(taken(path, 200, &heads, &record));
    assert!(!taken(path, 200, &[json_kind], &record), "no version");
    record["body"]["secret_hash"] = "x".into();
    assert!(!taken(path, 200, &heads, &record), "a field of nowhere");
}
