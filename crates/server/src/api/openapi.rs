//! The API's own description, made from its routes, the types of its answers, and the registers'
//! field tables.
//!
//! Why always on: what a program may send and is told follows from these, so the description can't
//! fall behind them. A copy is checked in for those who read it without a server.

use super::operation::{Answer, Body, Content, Head, Holds, Operation, Query, Tag, Who};
use super::schemas::{Schemas, reference, schema_of};
use super::{PREFIX, parts};
use crate::error::Told;
use app::ListFormat;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::sync::OnceLock;

/// Ways in which requests are refused: status, name, when.
const REFUSALS: &[(u16, &str, &str)] = &[
    (400, "BadRequest", "請求讀不懂：參數、標頭或內容之格式不符"),
    (401, "Unauthorised", "沒有存取權杖，或已到期、已廢止"),
    (403, "Forbidden", "角色或權杖範圍不足；或由其他網站之頁面送出"),
    (404, "NotFound", "沒有這筆資料，或不屬於呼叫者可見之範圍"),
    (408, "SlowBody", "內容傳送太慢或中途停住；沒有寫入"),
    (
        409,
        "Conflict",
        "現在不能這樣做：狀態不符，或同時有人寫入；沒有寫入",
    ),
    (412, "Stale", "If-Match 之版本已不是最新；沒有寫入"),
    (413, "TooLarge", "內容超過上限；沒有寫入"),
    (421, "WrongHost", "不是以本機名稱呼叫"),
    (
        422,
        "Unusable",
        "內容讀得懂但不能接受：欄位檢核或法規限制（逐欄見 fields），或 Idempotency-Key 已用於另一請求；沒有寫入",
    ),
    (428, "VersionRequired", "沒有帶讀取時之版本；沒有寫入"),
    (500, "Failed", "系統發生錯誤；請將 request 告知系統管理者"),
    (503, "Busy", "系統忙碌、逾時或資料庫無法使用；稍候再試"),
    (507, "DiskFull", "磁碟已滿；沒有寫入"),
];

/// What a name in a path is.
fn in_path(name: &str) -> (&'static str, Value) {
    let text = json!({ "type": "string" });
    match name {
        "agency" => ("機關代碼", text),
        "register" => ("登記簿", reference("RegisterKey")),
        "id" => ("紀錄編號", text),
        "key" => ("應辦事項代碼", text),
        "job" => ("匯入編號", text),
        "sha256" => (
            "檔案之 SHA-256",
            json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        ),
        "format" => {
            let endings = [ListFormat::Ods, ListFormat::Xlsx, ListFormat::Csv].map(ListFormat::ending);
            ("檔案格式", json!({ "type": "string", "enum": endings }))
        }
        _ => ("", text),
    }
}

fn in_query(query: &Query) -> Value {
    let schema = match query.holds {
        Holds::Text => json!({ "type": "string" }),
        Holds::Day => json!({ "type": "string", "examples": ["2026-11-21", "115/11/21"] }),
        Holds::UpTo(most) => json!({ "type": "integer", "minimum": 1, "maximum": most }),
        Holds::Flag => json!({ "type": "boolean" }),
        Holds::Fields => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
    };
    let mut parameter =
        json!({ "name": query.name, "in": "query", "description": query.what, "schema": schema });
    if let (Holds::Fields, Some(members)) = (query.holds, parameter.as_object_mut()) {
        members.insert("style".to_owned(), "form".into());
        members.insert("explode".to_owned(), true.into());
    }
    parameter
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let named = operation
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut all: Vec<Value> = named
        .map(|name| {
            let (what, schema) = in_path(name);
            json!({ "name": name, "in": "path", "required": true, "description": what, "schema": schema })
        })
        .collect();
    all.extend(operation.query.iter().map(in_query));
    let mut header = |name: &str, required: bool, what: &str, schema: Value| {
        all.push(json!({
            "name": name, "in": "header", "required": required, "description": what, "schema": schema,
        }));
    };
    let text = json!({ "type": "string" });
    if operation.sees {
        header("If-Match", true, "讀取時得到之 ETag，例如 \"3\"", text.clone());
    }
    if operation.known {
        header("If-None-Match", false, "已有之 ETag；相同時答覆 304", text);
    }
    if operation.once {
        let what = "重送同一請求時不會重複辦理，並得到第一次的答覆；8 至 128 字元，例如 UUID";
        let schema = json!({ "type": "string", "minLength": 8, "maxLength": 128 });
        header("Idempotency-Key", false, what, schema);
    }
    all
}

fn body(body: Body, schemas: &mut Schemas) -> Option<Value> {
    let json_of = |schema: Value| json!({ "application/json": { "schema": schema } });
    let content = match body {
        Body::None => return None,
        Body::Json(of) => json_of(schemas.request(of)),
        Body::Record => {
            let keys = app::register_schemas();
            let each: Vec<Value> = keys.iter().map(|(key, _, _)| reference(key)).collect();
            json_of(json!({ "description": "該登記簿之紀錄", "anyOf": each }))
        }
        Body::Part => json_of(json!({
            "type": "object",
            "additionalProperties": true,
            "description": "該登記簿要改的欄位；null 為清空，未列者不變",
        })),
        Body::Parts(list) => parts::content(list, schemas),
    };
    Some(json!({ "required": true, "content": content }))
}

fn answer(answer: &Answer, schemas: &mut Schemas) -> Value {
    let mut headers = json!({ "X-Request-Id": { "$ref": "#/components/headers/X-Request-Id" } });
    if let Some(members) = headers.as_object_mut() {
        for head in &answer.heads {
            let word = head.word();
            members.insert(
                word.to_owned(),
                json!({ "$ref": format!("#/components/headers/{word}") }),
            );
        }
    }
    let file = json!({ "schema": { "type": "string", "format": "binary" } });
    let whatever = json!({ "type": "object", "additionalProperties": true });
    let content = match answer.content {
        Content::Nothing => None,
        Content::Json(of) => Some(json!({ "application/json": { "schema": schemas.answer(of) } })),
        Content::Description => Some(json!({ "application/json": { "schema": whatever } })),
        Content::Sheet => {
            let formats = [ListFormat::Ods, ListFormat::Xlsx, ListFormat::Csv];
            let each = formats.map(|format| (format.media_type().to_owned(), file.clone()));
            Some(Value::Object(each.into_iter().collect()))
        }
        Content::File => Some(json!({ "application/octet-stream": file })),
    };
    let mut said = json!({ "description": answer.what, "headers": headers });
    if let (Some(content), Some(members)) = (content, said.as_object_mut()) {
        members.insert("content".to_owned(), content);
    }
    said
}

fn described(operation: &Operation, schemas: &mut Schemas) -> Value {
    let mut responses: Map<String, Value> = operation
        .answers
        .iter()
        .map(|one| (one.status.to_string(), answer(one, schemas)))
        .collect();
    let refusals = operation.refusals();
    for (status, name, _) in REFUSALS.iter().filter(|(status, ..)| refusals.contains(status)) {
        let known = json!({ "$ref": format!("#/components/responses/{name}") });
        responses.insert(status.to_string(), known);
    }
    let mut said = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": format!("{}{}", operation.who.words(), operation.note),
        "parameters": parameters(operation),
        "responses": responses,
        "security": [{ "token": operation.who.scopes() }],
    });
    if let Some(members) = said.as_object_mut() {
        members.insert(
            "tags".to_owned(),
            operation.tag.iter().map(|t| t.word()).collect(),
        );
        if operation.who == Who::Anybody {
            members.insert("security".to_owned(), json!([]));
        }
        if let Some(body) = body(operation.body, schemas) {
            members.insert("requestBody".to_owned(), body);
        }
    }
    said
}

/// What every refusal looks like.
fn refused((status, what): (u16, &str)) -> Value {
    let mut headers = json!({ "X-Request-Id": { "$ref": "#/components/headers/X-Request-Id" } });
    let own = match status {
        401 => Some("WWW-Authenticate"),
        503 => Some("Retry-After"),
        _ => None,
    };
    if let (Some(own), Some(members)) = (own, headers.as_object_mut()) {
        members.insert(
            own.to_owned(),
            json!({ "$ref": format!("#/components/headers/{own}") }),
        );
    }
    let content = json!({ "application/problem+json": { "schema": reference("Problem") } });
    json!({ "description": what, "headers": headers, "content": content })
}

fn headers() -> Map<String, Value> {
    let text = |what: &str, required: bool, kind: &str| json!({ "description": what, "required": required, "schema": { "type": kind } });
    let own = Head::ALL
        .iter()
        .map(|head| (head.word(), text(head.what(), head.is_certain(), "string")));
    let general = [
        (
            "X-Request-Id",
            text("請求編號；洽系統管理者時告知", true, "string"),
        ),
        ("WWW-Authenticate", text("Bearer", true, "string")),
        ("Retry-After", text("幾秒後再試；有些情形沒有", false, "integer")),
    ];
    own.chain(general)
        .map(|(name, of)| (name.to_owned(), of))
        .collect()
}

/// The description of these operations.
fn openapi(operations: Vec<Operation>) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let said = described(&operation, &mut schemas);
        let item = paths
            .entry(format!("{PREFIX}{}", operation.path))
            .or_insert_with(|| json!({}));
        if let Some(members) = item.as_object_mut() {
            members.insert(operation.method.word().to_owned(), said);
        }
    }
    schemas.answer(schema_of::<Told<'static>>);
    let mut components = schemas.components();
    let keys: Vec<&str> = app::record_schemas().iter().map(|(key, ..)| *key).collect();
    let names = json!({ "type": "string", "description": "登記簿之代碼", "enum": keys });
    components.insert("RegisterKey".to_owned(), names);
    let tags = Tag::ALL.map(|tag| json!({ "name": tag.word(), "description": tag.title() }));
    let refusals = REFUSALS.iter();
    let responses: Map<String, Value> = refusals
        .map(|(status, name, what)| ((*name).to_owned(), refused((*status, what))))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Fazun 法遵 API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "各登記簿之讀寫、簽核、匯入匯出。日期為西元 YYYY-MM-DD；送出時亦接受民國日期，\
                選項亦接受畫面上之文字，參照亦接受名稱。答覆日後可能增加成員，程式應略過不認得的成員。\
                被拒絕時之 code 供程式判斷，detail 與 next 為給人看的原因與下一步。",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "本機" }],
        "security": [{ "token": [] }],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": { "token": {
                "type": "http", "scheme": "bearer",
                "description": "以 fazun token create 發給之存取權杖；各操作所列為權杖須含之範圍",
            } },
            "headers": headers(),
            "responses": responses,
            "schemas": components,
        },
    })
}

/// The description as it is sent, with its tag: it follows from the program alone.
static DOCUMENT: OnceLock<(String, String)> = OnceLock::new();

fn written(operations: Vec<Operation>) -> (String, String) {
    let text = openapi(operations).to_string();
    let hash = app::request_hash(&[text.as_bytes()]);
    let tag = hash.iter().take(8).fold(String::from("\""), |mut tag, byte| {
        let _ = write!(tag, "{byte:02x}");
        tag
    });
    (text, tag + "\"")
}

/// The description of every operation, which are asked for once, as whoever sent these headers is
/// answered.
pub(super) fn document(operations: impl FnOnce() -> Vec<Operation>, headers: &HeaderMap) -> Response {
    let (text, tag) = DOCUMENT.get_or_init(|| written(operations()));
    let kept = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, "no-cache")];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let is_known = known.is_some_and(|known| {
        known.split(',').any(|one| {
            let one = one.trim();
            one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
        })
    });
    if is_known {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kept, kind, text.as_str()).into_response()
}
