//! The API's own description, made from the routes below and the registers' field tables.
//!
//! Why always on: what a program may send follows from the field tables, so the
//! description can't fall behind them. A test compares its paths with the router's.

use super::PREFIX;
use super::parts::{self, Part};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::sync::LazyLock;

/// Method, path, summary, whether it needs a body.
pub(crate) const OPERATIONS: &[(&str, &str, &str, Body)] = &[
    ("get", "/openapi.json", "本說明", Body::None),
    ("get", "/me", "權杖所屬之使用者與角色", Body::None),
    ("get", "/agencies", "可存取之機關", Body::None),
    ("get", "/agencies/{agency}/duties", "應辦事項與判定", Body::None),
    (
        "get",
        "/agencies/{agency}/duties/{key}",
        "一項應辦事項",
        Body::None,
    ),
    ("get", "/agencies/{agency}/xray", "體檢：缺漏與不一致", Body::None),
    ("get", "/agencies/{agency}/approvals", "待簽核", Body::None),
    ("get", "/agencies/{agency}/files/{sha256}", "佐證檔案", Body::None),
    ("get", "/agencies/{agency}/registers", "登記簿清單", Body::None),
    (
        "get",
        "/agencies/{agency}/registers/{register}/records",
        "紀錄清單（欄位為篩選條件）",
        Body::None,
    ),
    (
        "post",
        "/agencies/{agency}/registers/{register}/records",
        "登錄",
        Body::Record,
    ),
    (
        "get",
        "/agencies/{agency}/registers/{register}/records/{id}",
        "一筆紀錄",
        Body::None,
    ),
    (
        "put",
        "/agencies/{agency}/registers/{register}/records/{id}",
        "更新整筆（If-Match）",
        Body::Record,
    ),
    (
        "patch",
        "/agencies/{agency}/registers/{register}/records/{id}",
        "更新部分欄位（If-Match）",
        Body::Part,
    ),
    (
        "delete",
        "/agencies/{agency}/registers/{register}/records/{id}",
        "註銷（If-Match）",
        Body::Reason,
    ),
    (
        "get",
        "/agencies/{agency}/registers/{register}/records/{id}/history",
        "歷程",
        Body::None,
    ),
    (
        "post",
        "/agencies/{agency}/registers/{register}/records/{id}/submit",
        "送簽",
        Body::Version,
    ),
    (
        "post",
        "/agencies/{agency}/registers/{register}/records/{id}/recall",
        "撤回送簽",
        Body::None,
    ),
    (
        "post",
        "/agencies/{agency}/registers/{register}/records/{id}/decision",
        "簽核",
        Body::Decision,
    ),
    (
        "post",
        "/agencies/{agency}/registers/{register}/records/{id}/comments",
        "意見",
        Body::Remark,
    ),
    (
        "post",
        "/agencies/{agency}/registers/{register}/records/{id}/paper",
        "登錄紙本核定",
        Body::Parts(parts::PAPER),
    ),
    (
        "post",
        "/agencies/{agency}/registers/{register}/uploads",
        "登錄並附檔案",
        Body::Parts(parts::UPLOAD),
    ),
    (
        "get",
        "/agencies/{agency}/registers/{register}/export/{format}",
        "匯出（ods、xlsx、csv）",
        Body::None,
    ),
    (
        "get",
        "/agencies/{agency}/registers/{register}/template/{format}",
        "空白表",
        Body::None,
    ),
    (
        "post",
        "/agencies/{agency}/registers/{register}/imports",
        "匯入預覽",
        Body::Parts(parts::IMPORT),
    ),
    ("get", "/agencies/{agency}/imports/{job}", "匯入作業", Body::None),
    (
        "delete",
        "/agencies/{agency}/imports/{job}",
        "取消匯入：捨棄預覽，不寫入",
        Body::None,
    ),
    (
        "get",
        "/agencies/{agency}/imports/{job}/wrong.ods",
        "待更正的列",
        Body::None,
    ),
    (
        "post",
        "/agencies/{agency}/imports/{job}/commit",
        "確認匯入",
        Body::Chosen,
    ),
    (
        "post",
        "/agencies/{agency}/imports/{job}/undo",
        "復原匯入",
        Body::None,
    ),
    ("get", "/agencies/{agency}/jobs", "工作清單", Body::None),
    (
        "get",
        "/agencies/{agency}/jobs/{id}",
        "一項工作之情形",
        Body::None,
    ),
    (
        "get",
        "/agencies/{agency}/jobs/{id}/file",
        "工作製作之檔案",
        Body::None,
    ),
    (
        "post",
        "/agencies/{agency}/jobs/{id}/retry",
        "重試待處理之工作",
        Body::None,
    ),
    (
        "post",
        "/agencies/{agency}/jobs/{id}/cancel",
        "取消等候中之工作",
        Body::None,
    ),
];

/// What a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    /// Nothing.
    None,
    /// A whole record of a register.
    Record,
    /// Some fields of a record.
    Part,
    /// A reason.
    Reason,
    /// The version that was seen.
    Version,
    /// A verdict.
    Decision,
    /// A remark.
    Remark,
    /// A form with files, by its parts.
    Parts(&'static [Part]),
    /// Which lines of an import.
    Chosen,
}

fn content(body: Body) -> Option<Value> {
    let object = |properties: Value, required: &[&str]| {
        json!({ "application/json": { "schema": {
            "type": "object", "properties": properties, "required": required,
        } } })
    };
    let text = json!({ "type": "string" });
    let version = json!({ "type": "integer", "minimum": 1 });
    let rows = json!({ "type": "array", "items": { "type": "integer" } });
    match body {
        Body::None => None,
        Body::Record => Some(json!({ "application/json": { "schema": { "anyOf": records() } } })),
        Body::Part => Some(json!({ "application/json": { "schema": { "type": "object" } } })),
        Body::Reason => Some(object(json!({ "reason": text }), &["reason"])),
        Body::Version => Some(object(json!({ "version": version }), &["version"])),
        Body::Decision => Some(object(
            json!({
                "verdict": { "type": "string", "enum": ["agree", "return", "opinion"] },
                "reason": text, "version": version,
            }),
            &["verdict", "version"],
        )),
        Body::Remark => Some(object(
            json!({ "kind": { "type": "string", "enum": ["comment", "return", "answer"] }, "text": text }),
            &["text"],
        )),
        Body::Parts(list) => Some(parts::content(list)),
        Body::Chosen => Some(object(
            json!({ "skip_wrong": { "type": "boolean" }, "only": rows, "but": rows }),
            &[],
        )),
    }
}

fn records() -> Vec<Value> {
    app::register_schemas()
        .iter()
        .map(|(key, _, _)| json!({ "$ref": format!("#/components/schemas/{key}") }))
        .collect()
}

fn parameters(method: &str, path: &str) -> Vec<Value> {
    let mut parameters: Vec<Value> = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    let query = |name: &str, what: &str, kind: &str| json!({ "name": name, "in": "query", "description": what, "schema": { "type": kind } });
    if method == "get" && path.ends_with("/records") {
        parameters.push(query("q", "任一欄位包含之文字", "string"));
        parameters.push(query("after", "自此編號之後", "string"));
        parameters.push(query("limit", "每頁筆數，至多 500", "integer"));
        parameters.push(query(
            "withdrawn",
            "true 時改列已註銷者，內容為註銷前之最後一版",
            "boolean",
        ));
    }
    if path.contains("/duties") {
        parameters.push(query("at", "哪一天，例如 2026-11-21", "string"));
    }
    let header = |name: &str, required: bool, what: &str| json!({ "name": name, "in": "header", "required": required, "description": what, "schema": { "type": "string" } });
    if matches!(method, "put" | "patch" | "delete") && path.ends_with("/records/{id}") {
        parameters.push(header("If-Match", true, "讀取時之 ETag"));
    }
    let once = path.contains("/records") || path.ends_with("/uploads");
    if method != "get" && once {
        let what = "重送同一請求時不會重複辦理，並得到第一次的答覆；8 至 128 字元，例如 UUID";
        parameters.push(header("Idempotency-Key", false, what));
    }
    parameters
}

/// The description.
pub(crate) fn openapi() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for (method, path, summary, body) in OPERATIONS {
        let mut operation = json!({
            "summary": summary,
            "parameters": parameters(method, path),
            "responses": {
                "2XX": { "description": "完成" },
                "4XX": { "description": "被拒絕：原因與下一步", "content": {
                    "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } }
                } },
            },
        });
        if let (Some(content), Some(members)) = (content(*body), operation.as_object_mut()) {
            members.insert(
                "requestBody".to_owned(),
                json!({ "required": true, "content": content }),
            );
        }
        if *path == "/openapi.json"
            && let Some(members) = operation.as_object_mut()
        {
            members.insert("security".to_owned(), json!([]));
        }
        let item = paths
            .entry(format!("{PREFIX}{path}"))
            .or_insert_with(|| Value::Object(Map::new()));
        if let Some(members) = item.as_object_mut() {
            members.insert((*method).to_owned(), operation);
        }
    }
    let mut schemas: Map<String, Value> = app::register_schemas()
        .into_iter()
        .map(|(key, _, schema)| (key.to_owned(), schema))
        .collect();
    schemas.insert(
        "Problem".to_owned(),
        json!({
            "type": "object",
            "properties": {
                "code": { "type": "string" }, "title": { "type": "string" }, "detail": { "type": "string" },
                "next": { "type": "string" }, "status": { "type": "integer" }, "request": { "type": "string" },
                "fields": { "type": "array", "items": { "type": "object" } },
            },
        }),
    );
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Fazun 法遵 API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "各登記簿之讀寫、簽核、匯入匯出。日期為西元 YYYY-MM-DD；亦接受民國日期。",
        },
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas,
        },
    })
}

/// The description as it is sent, with its tag: it follows from the program alone.
static DOCUMENT: LazyLock<(String, String)> = LazyLock::new(|| {
    let text = openapi().to_string();
    let hash = app::request_hash(&[text.as_bytes()]);
    let tag = hash.iter().take(8).fold(String::from("\""), |mut tag, byte| {
        let _ = write!(tag, "{byte:02x}");
        tag
    });
    (text, tag + "\"")
});

/// GET /openapi.json
pub(super) async fn document(headers: HeaderMap) -> Response {
    let (text, tag) = &*DOCUMENT;
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
