//! Who calls, by the token that the request carries; and answers with their tags.

use crate::AppState;
use crate::context;
use crate::error::Problem;
use crate::limits::BODY_LIMIT;
use crate::metrics::Refusal;
use crate::reach::Client;
use crate::strict;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// The principal behind a token.
pub(crate) struct Caller(pub app::Principal);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(Problem::unauthorised)?;
        match state.app.authenticated(token).await {
            Ok((who, begun)) => {
                context::sent_by(&who.id);
                // Of a request with a body it would wait for the body.
                if let Some(begun) = begun.filter(|_| parts.method.is_safe()) {
                    context::begun(begun);
                }
                Ok(Self(who))
            }
            Err(error) if error.kind() == app::Kind::Forbidden => {
                context::ended("bad_token");
                state.metrics.refuse(Refusal::Token);
                let client = parts.extensions.get::<Client>();
                if let Some(address) = client.and_then(|client| client.address) {
                    tokio::time::sleep(state.failures.failed(address)).await;
                }
                Err(Problem::unauthorised())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Lets a caller in to an agency, today.
pub(crate) async fn enter<'s>(
    state: &'s AppState,
    who: &app::Principal,
    agency: &str,
) -> Result<app::Visit<'s>, Problem> {
    enter_on(state, who, agency, state.app.today()).await
}

/// The same on another day.
pub(crate) async fn enter_on<'s>(
    state: &'s AppState,
    who: &app::Principal,
    agency: &str,
    day: period::Date,
) -> Result<app::Visit<'s>, Problem> {
    let agency = app::AgencyId::parse(agency)?;
    let begun = context::goes_on();
    let visit = state
        .app
        .visit_with(begun, (who, &agency), day, app::Surface::Api);
    Ok(Box::pin(visit).await?)
}

/// A JSON answer, with a version tag and an address where there is one.
pub(crate) struct Answer<T> {
    status: StatusCode,
    body: T,
    headers: HeaderMap,
}

impl<T: Serialize> Answer<T> {
    /// An ordinary one.
    pub fn of(body: T) -> Self {
        Self {
            status: StatusCode::OK,
            body,
            headers: HeaderMap::new(),
        }
    }

    /// With another status.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With the record's version as its tag.
    pub fn tag(self, version: u32) -> Self {
        self.header(header::ETAG, &format!("\"{version}\""))
    }

    /// With another header.
    pub fn header(mut self, name: header::HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.body) {
            Ok(bytes) => {
                let kind = [(header::CONTENT_TYPE, "application/json")];
                (self.status, kind, self.headers, bytes).into_response()
            }
            Err(error) => Problem::internal("json", error.to_string()).into_response(),
        }
    }
}

/// The version that a change was made upon; without it, nobody knows what it would undo.
pub(crate) fn seen(headers: &HeaderMap) -> Result<u32, Problem> {
    let given = headers.get(header::IF_MATCH).and_then(|v| v.to_str().ok());
    let Some(given) = given else {
        return Err(Problem::api(
            StatusCode::PRECONDITION_REQUIRED,
            "version_required",
            "沒有 If-Match 標頭",
            "請帶入讀取時得到的 ETag，例如 If-Match: \"3\"，以免覆蓋他人的修改",
        ));
    };
    given.trim().trim_matches('"').parse().map_err(|_| {
        Problem::api(
            StatusCode::BAD_REQUEST,
            "bad_version",
            "If-Match 不是版本",
            "請原樣帶入讀取時得到的 ETag，例如 If-Match: \"3\"",
        )
    })
}

/// The caller's own key of a request that may come twice, with the hash of what it asks.
pub(crate) fn once(headers: &HeaderMap, what: &[&[u8]]) -> Result<Option<(String, [u8; 32])>, Problem> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = key.to_str().ok().filter(|k| (8..=128).contains(&k.len()));
    let Some(key) = key else {
        return Err(Problem::api(
            StatusCode::BAD_REQUEST,
            "bad_idempotency_key",
            "Idempotency-Key 應為 8 至 128 個英數字元",
            "請用隨機產生的 UUID",
        ));
    };
    Ok(Some((key.to_owned(), app::request_hash(what))))
}

/// JSON that can't be read.
pub(super) fn bad_json(what: &str, error: &serde_json::Error) -> Problem {
    let mut problem = Problem::api(
        StatusCode::BAD_REQUEST,
        "bad_json",
        &format!("{what}不是可讀的 JSON（{}）", json_words(error)),
        "請以 UTF-8 送出 JSON，每個成員只出現一次，欄位見 /api/v1/openapi.json",
    );
    // What is wrong with a member may tell what was typed, and that stands in no log.
    if !error.is_data() {
        problem.cause = error.to_string().into();
    }
    problem
}

/// What is wrong with a JSON text, and where; what is wrong with a member is said with its name.
pub(super) fn json_words(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let (line, column) = (error.line(), error.column());
    let what = match error.classify() {
        Category::Syntax => "起語法不對".to_owned(),
        Category::Eof => "起在結束前中斷".to_owned(),
        Category::Data | Category::Io => {
            // The place stands behind it, in English.
            let said = error.to_string();
            let behind = format!(" at line {line} column {column}");
            let what = said.strip_suffix(&behind).unwrap_or(&said);
            if line == 0 {
                return what.to_owned();
            }
            format!("：{what}")
        }
    };
    format!("第 {line} 行第 {column} 字{what}")
}

/// A JSON body; what is wrong with it is said in words.
pub(crate) async fn json<T: serde::de::DeserializeOwned>(
    request: Request,
    state: &AppState,
) -> Result<(T, Vec<u8>), Problem> {
    use axum::extract::FromRequest;
    let bytes = axum::body::Bytes::from_request(request, state)
        .await
        .map_err(|rejection| match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(
                BODY_LIMIT,
                "請分成幾次送出；檔案請改用 …/uploads，大量紀錄請改用 …/imports",
            ),
            status => Problem::of(status),
        })?;
    let value = strict::read(&bytes).map_err(|error| bad_json("內容", &error))?;
    Ok((value, bytes.to_vec()))
}
