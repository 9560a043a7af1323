//! `docs/reference/openapi.json` and `docs/reference/api.md` are what the API says of itself.
//! `FAZUN_BLESS=1` writes them again.
//!
//! Why the page is made of the description and not of the routes: what people read and what
//! programs read can't differ.

use crate::setup::Site;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What is checked in is what is said now.
fn checked_in(name: &str, now: &str) {
    let path = testkit::root().join("docs/reference").join(name);
    if std::env::var_os("FAZUN_BLESS").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == now,
        "docs/reference/{name} is not what the API says: review the change, then run \
         FAZUN_BLESS=1 cargo test -p server --test api reference"
    );
}

/// With members in the order of their names, whatever the JSON library keeps.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut all: Vec<_> = members.iter().collect();
            all.sort_by_key(|(name, _)| *name);
            Value::Object(all.into_iter().map(|(n, v)| (n.clone(), sorted(v))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

#[tokio::test]
async fn the_description_and_its_page_are_those_checked_in() {
    let site = Site::bare().await;
    let document = sorted(&site.with(None).get("~/openapi.json").await.ok());
    let mut bytes = Vec::new();
    let one_space = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, one_space);
    document.serialize(&mut writer).unwrap();
    bytes.push(b'\n');
    checked_in("openapi.json", std::str::from_utf8(&bytes).unwrap());
    checked_in("api.md", &Page { document: &document }.text());
}

struct Page<'d> {
    document: &'d Value,
}

fn members<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    value[name].as_object().into_iter().flatten()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// A schema in a few words.
fn in_words(schema: &Value) -> String {
    if let Some(to) = schema["$ref"].as_str() {
        let name = to.rsplit('/').next().unwrap();
        return format!("[{name}](#{})", name.to_lowercase());
    }
    let either = |list: &Value| {
        let each: Vec<String> = list.as_array().unwrap().iter().map(in_words).collect();
        each.join(" 或 ")
    };
    if schema["anyOf"].is_array() {
        return either(&schema["anyOf"]);
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().map(|w| format!("`{w}`").replace('"', "")).collect();
        return words.join("、");
    }
    let of = |kind: &str| match (kind, text(schema, "format")) {
        ("string", "date") => "日期".to_owned(),
        ("string", "binary") => "檔案".to_owned(),
        ("string", _) => "文字".to_owned(),
        ("integer" | "number", _) => "數字".to_owned(),
        ("boolean", _) => "true 或 false".to_owned(),
        ("null", _) => "null".to_owned(),
        ("array", _) if schema["prefixItems"].is_array() => {
            let items = schema["prefixItems"].as_array().unwrap();
            let each: Vec<String> = items.iter().map(in_words).collect();
            format!("（{}）", each.join("、"))
        }
        ("array", _) => format!("{}之清單", in_words(&schema["items"])),
        ("object", _) => "物件".to_owned(),
        (other, _) => panic!("{other}: {schema}"),
    };
    match &schema["type"] {
        Value::String(kind) => of(kind),
        Value::Array(kinds) => {
            let each: Vec<String> = kinds.iter().map(|k| of(k.as_str().unwrap())).collect();
            each.join(" 或 ")
        }
        _ => "任何值".to_owned(),
    }
}

impl Page<'_> {
    fn at(&self, pointer: &str) -> &Value {
        self.document.pointer(pointer.trim_start_matches('#')).unwrap()
    }

    fn schemas(&self) -> &Map<String, Value> {
        self.at("/components/schemas").as_object().unwrap()
    }

    /// Whether a schema is of the registers' fields, which have a page of their own.
    fn is_of_a_register(&self, name: &str) -> bool {
        let keys = self
            .at("/components/schemas/RegisterKey/enum")
            .as_array()
            .unwrap();
        let key = name.strip_suffix("_record").unwrap_or(name);
        keys.iter().any(|k| k == key)
    }

    fn fields(schema: &Value, out: &mut String) {
        let required: BTreeSet<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        out.push_str("\n| 成員 | 內容 | 必有 | 說明 |\n| --- | --- | --- | --- |\n");
        for (name, field) in members(schema, "properties") {
            let must = if required.contains(name.as_str()) {
                "是"
            } else {
                "—"
            };
            let kind = cell(&in_words(field));
            let what = cell(text(field, "description"));
            let _ = writeln!(out, "| `{name}` | {kind} | {must} | {what} |");
        }
    }

    fn text(&self) -> String {
        let mut out = String::from(
            "# REST API\n\n由程式產生，請勿手改；測試比對本檔與程式。程式可讀之說明為 [openapi.json](openapi.json)，\
             執行中之服務亦提供於 `/api/v1/openapi.json`。各登記簿之欄位見[登記簿](registers.md)，角色見[權限表](permissions.md)。\n\n",
        );
        let _ = writeln!(out, "{}\n", text(&self.document["info"], "description"));
        out.push_str(
            "除另有註明，請以 `Authorization: Bearer 權杖` 呼叫；答覆皆有 `X-Request-Id`。\
             被拒絕時答覆 `application/problem+json`，內容為 [Problem](#problem)。\n",
        );
        out.push_str("\n## 被拒絕之情形\n\n| 狀態 | 情形 |\n| --- | --- |\n");
        let mut refusals = std::collections::BTreeMap::new();
        for (_, item) in members(self.document, "paths") {
            for operation in item.as_object().unwrap().values() {
                for (status, response) in members(operation, "responses") {
                    if let Some(to) = response["$ref"].as_str() {
                        refusals.insert(status, text(self.at(to), "description"));
                    }
                }
            }
        }
        for (status, what) in refusals {
            let _ = writeln!(out, "| {status} | {} |", cell(what));
        }
        for tag in self.document["tags"].as_array().unwrap() {
            let _ = writeln!(out, "\n## {}", text(tag, "description"));
            for (path, item) in members(self.document, "paths") {
                for method in ["get", "post", "put", "patch", "delete"] {
                    let operation = &item[method];
                    if operation["tags"][0] == tag["name"] {
                        Self::operation(&format!("{} {path}", method.to_uppercase()), operation, &mut out);
                    }
                }
            }
        }
        out.push_str("\n## 資料型別\n");
        for (name, schema) in self.schemas() {
            if self.is_of_a_register(name) || name == "RegisterKey" {
                continue;
            }
            let _ = writeln!(out, "\n### {name}\n\n{}", text(schema, "description"));
            if name == "RecordView" {
                out.push_str("\n`body` 為該登記簿之欄位；角色看不到的欄位為 null，姓名只有第一個字。\n");
                Self::fields(self.at("/components/schemas/system_record"), &mut out);
            } else if schema["properties"].is_object() {
                Self::fields(schema, &mut out);
            } else if schema["anyOf"].is_array() {
                let _ = writeln!(out, "\n{}", in_words(schema));
            } else if let Some(each) = schema["oneOf"].as_array() {
                out.push('\n');
                for one in each {
                    let word = one["const"].as_str().unwrap_or_default();
                    let _ = writeln!(out, "- `{word}`　{}", text(one, "description"));
                }
            }
        }
        out.push_str(
            "\n### RegisterKey\n\n登記簿之代碼，見[登記簿](registers.md)；標題為括號前之文字，代碼為括號內之文字。\n",
        );
        out
    }

    fn operation(heading: &str, operation: &Value, out: &mut String) {
        let _ = writeln!(
            out,
            "\n### `{heading}`\n\n{}（`{}`）。{}",
            text(operation, "summary"),
            text(operation, "operationId"),
            text(operation, "description")
        );
        let parameters = operation["parameters"].as_array().unwrap();
        if !parameters.is_empty() {
            out.push_str("\n| 參數 | 位置 | 必填 | 說明 |\n| --- | --- | --- | --- |\n");
        }
        for parameter in parameters {
            let place = match text(parameter, "in") {
                "path" => "網址",
                "query" => "查詢字串",
                _ => "標頭",
            };
            let must = if parameter["required"] == true {
                "是"
            } else {
                "—"
            };
            let what = cell(text(parameter, "description"));
            let _ = writeln!(
                out,
                "| `{}` | {place} | {must} | {what} |",
                text(parameter, "name")
            );
        }
        for (kind, content) in members(&operation["requestBody"], "content") {
            let schema = &content["schema"];
            let _ = writeln!(out, "\n送出 `{kind}`：{}", text(schema, "description"));
            if schema["properties"].is_object() {
                Self::fields(schema, out);
            }
        }
        out.push_str("\n答覆：\n\n");
        let mut refused = Vec::new();
        for (status, response) in members(operation, "responses") {
            if response["$ref"].is_string() {
                refused.push(status.as_str());
                continue;
            }
            let mut carries: Vec<String> = Vec::new();
            for (kind, content) in members(response, "content") {
                carries.push(match content["schema"]["$ref"].as_str() {
                    Some(_) => in_words(&content["schema"]),
                    None => format!("`{kind}`"),
                });
            }
            let headers = members(response, "headers").map(|(name, _)| name.as_str());
            let headers: Vec<String> = headers
                .filter(|h| *h != "X-Request-Id")
                .map(|h| format!("`{h}`"))
                .collect();
            let mut line = format!("- {status}　{}", text(response, "description"));
            for part in [carries.join("、"), headers.join("、")] {
                if !part.is_empty() {
                    let _ = write!(line, "；{part}");
                }
            }
            let _ = writeln!(out, "{line}");
        }
        let _ = writeln!(out, "- 被拒絕：{}", refused.join("、"));
    }
}
