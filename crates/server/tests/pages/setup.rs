//! A made-up agency in a data directory of its own.

use crate::statements;
use app::App;
use app::accounts::Visitor;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use server::{AppState, router};
use std::sync::Arc;
use std::time::Duration;
use store::testing::Place;
use store::{Blob, Commit, Location, NewRow, OpenMode, Store};
use tower::ServiceExt;

/// 2026-11-21 (Saturday) 08:00 in Taipei.
pub fn clock() -> i64 {
    1_795_219_200_000_000
}

fn row(register: &str, row: &str, body: &Value) -> NewRow {
    let spec = registers::register(register).unwrap();
    let body = spec.check(body).unwrap_or_else(|p| panic!("{register}: {p:?}"));
    NewRow {
        register: register.into(),
        row: row.into(),
        expected_version: 0,
        body,
    }
}

/// The session of the browser that these tests are.
pub const SESSION: &str = "fazun_session=0123456789abcdef0123456789abcdef";

/// The bytes of the plan's file.
pub const PLAN: &[u8] = b"plan of the made-up agency";

/// Writes an agency's rows.
pub async fn agency(at: &Location, id: &str, name: &str) {
    let store = Store::open_at(at, OpenMode::Create, app::forms()).await.unwrap();
    let plan = [PLAN, id.as_bytes()].concat();
    let reading = json!({
        "agency": { "name": name, "line": 1 },
        "level": { "value": "C", "line": 12 },
        "core_systems": { "value": true, "line": 40 },
        "chapters": [{ "number": 1, "label": "壹", "title": "依據及目的", "item": null, "line": 3 }],
        "objectives": [{ "key": "availability", "value": 99.9, "unit": "%", "line": 60, "text": "核心系統可用率達 99.9% 以上" }],
        "parameters": [
            { "key": "audit.interval", "value": 1, "unit": "year", "line": 210, "clause": "壹拾伍、二" },
            { "key": "training.general_hours", "value": 2, "unit": "hour", "line": 180, "clause": "壹拾參、一" },
        ],
        "citations": [{ "text": "資通安全管理法第10條", "instrument": "資通安全管理法", "article": "第10條", "line": 5, "context": "依據資通安全管理法第10條" }],
        "problems": [{ "kind": "unreadable", "line": 99, "message": "表格的這一列讀不出來：<b>「每季」</b>" }],
    });
    let rows = vec![
        row(
            "agency",
            id,
            &json!({ "name": name, "body": "public_agency", "records_from": "2024-01-01", "has_core_system": true, "develops_systems": true }),
        ),
        row("designation", &format!("{id}-d1"), &json!({ "level": "C" })),
        row(
            "business",
            &format!("{id}-b1"),
            &json!({ "name": "線上申辦業務", "core": true, "system": "線上申辦系統", "importance": "為機關依組織法規執掌，足認為重要者", "impact": "影響民眾申辦權益", "mtpd": { "kind": "duration", "hours": 8.0, "text": "8小時" }, "line": 44 }),
        ),
        row(
            "business",
            &format!("{id}-b2"),
            &json!({ "name": "公文簽核", "core": false, "system": "公文系統", "mtpd": { "kind": "missing" }, "line": 52 }),
        ),
        row(
            "system",
            &format!("{id}-s1"),
            &json!({ "name": "線上申辦系統", "core": true, "line": 44 }),
        ),
        row(
            "system",
            &format!("{id}-s2"),
            &json!({ "name": "公文系統", "core": false, "line": 52 }),
        ),
        row(
            "plan",
            &format!("{id}-plan"),
            &json!({ "file_name": "資通安全維護計畫.odt", "sha256": ledger::hex(&ledger::sha256(&plan)), "reading": reading }),
        ),
    ];
    let blob = Blob {
        bytes: plan,
        media_type: "text/html".into(),
        name: "資通安全維護計畫.odt".into(),
    };
    store
        .commit(Commit {
            actor: "test".into(),
            at_micros: clock(),
            action: "agency.init_from_plan".into(),
            agency: id.into(),
            rows,
            blobs: vec![blob],
            ..Commit::default()
        })
        .await
        .unwrap();
    store.close().await;
}

/// A database with its router.
pub struct Site {
    _place: Place,
    /// The cookie of whoever keeps this machine.
    pub signed: String,
    router: Router,
    pub app: Arc<App>,
}

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

impl Site {
    /// With these agencies: id and name.
    pub async fn with(agencies: &[(&str, &str)]) -> Self {
        Self::over(agencies, &[]).await
    }

    /// With these agencies, and a law folder of which this was refused.
    pub async fn over(agencies: &[(&str, &str)], refused: &[law::LawError]) -> Self {
        let place = Place::new().await;
        for (id, name) in agencies {
            agency(place.location(), id, name).await;
        }
        let app = App::open_at(place.location(), true, Arc::new(testkit::corpus()), clock)
            .await
            .unwrap()
            .with_refused_law(refused);
        let app = Arc::new(app);
        let from = Visitor {
            address: "127.0.0.1",
            agent: "tests",
        };
        let opened = app.operator_session(&from).await.unwrap();
        Self {
            signed: format!("fazun_signed={}", opened.secret),
            router: router(AppState::new(Arc::clone(&app))),
            app,
            _place: place,
        }
    }

    /// Does what waits until nothing does.
    pub async fn work(&self) {
        let report: app::jobs::Report = Arc::new(|what: &str| panic!("{what}"));
        let settings = app::jobs::Settings {
            idle: Duration::from_millis(20),
            ..app::jobs::Settings::of("w")
        };
        let done = async {
            let open = |jobs: &[app::jobs::JobLine]| jobs.iter().any(|j| j.finished_at == 0);
            while open(&self.app.jobs_of_all(false, 99).await.unwrap()) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let working = self.app.worker(settings, None, report).run(done);
        tokio::time::timeout(Duration::from_mins(2), working)
            .await
            .unwrap();
    }

    /// Sends a request as whoever keeps this machine, unless it says who else is signed in.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        let shown = request.headers().get_all("cookie").iter();
        if !shown
            .into_iter()
            .any(|c| c.to_str().unwrap_or_default().contains("fazun_signed="))
        {
            request
                .headers_mut()
                .append("cookie", self.signed.parse().unwrap());
        }
        self.send_as_it_is(request).await
    }

    /// Sends a request with the cookies that it has.
    pub async fn send_as_it_is(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let counted = statements::begin();
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap().to_vec();
        counted.end(&method, &path);
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(
            Request::get(path)
                .header("host", "127.0.0.1:8080")
                .header("cookie", SESSION)
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    /// The token that a page's forms carry.
    pub async fn token(&self, path: &str) -> String {
        let page = self.get(path).await.text();
        let (_, rest) = page.split_once("name=\"token\" value=\"").expect("a form");
        rest.split('"').next().unwrap().to_owned()
    }

    /// Posts a form as a browser does from our own page.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(k, v)| format!("{k}={}", percent(v)))
            .collect();
        let request = Request::post(path)
            .header("host", "127.0.0.1:8080")
            .header("origin", "http://127.0.0.1:8080")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", SESSION)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body.join("&")))
            .unwrap();
        self.send(request).await
    }

    /// Posts a form with files: field, file name, bytes.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        // Our pages put the token first in every form.
        let (first, rest): (Vec<_>, Vec<_>) = fields.iter().partition(|(name, _)| *name == "token");
        for (name, value) in first.into_iter().chain(rest) {
            let head = format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        for (name, bytes) in files {
            let head = format!(
                "--b0\r\nContent-Disposition: form-data; name=\"evidence\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--b0--\r\n");
        let request = Request::post(path)
            .header("host", "localhost:8080")
            .header("origin", "null")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", SESSION)
            .header("content-type", "multipart/form-data; boundary=b0")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| format!("%{b:02X}"))
        .collect::<Vec<_>>()
        .concat()
}

/// The name of the agency of [`one`].
pub const NAME: &str = "示範市政府文化觀光局";

/// A site with one agency, `atest`.
pub async fn one() -> Site {
    Site::with(&[("atest", NAME)]).await
}

/// The address to which a form's answer leads, without what was done.
pub fn target(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").split('?').next().unwrap().to_owned()
}

/// The address of the next page of a list.
pub fn next_page(text: &str) -> String {
    let (_, rest) = text.split_once("rel=\"next\" href=\"").expect("a next page");
    rest.split('"').next().unwrap().replace("&#38;", "&")
}

/// Asserts that none of these is there, and that a page says so.
pub async fn absent(site: &Site, paths: &[&str]) {
    for path in paths {
        let answer = site.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        strict(path, &answer);
    }
}

/// A request for remote access as its form sends it, without its number, purpose and last day.
pub const PERMIT: [(&str, &str); 8] = [
    ("f-applicant", "陳示範"),
    ("f-source", "203.0.113.7"),
    ("f-destination", "192.0.2.10"),
    ("f-port", "3389"),
    ("f-protocol", "TCP"),
    ("f-from_outside", "true"),
    ("f-to_database", "false"),
    ("f-from", "115/03/02"),
];

/// Asserts what every page has, and what none may have.
pub fn strict(path: &str, answer: &Answer) {
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
        "{path}: {policy}"
    );
    assert!(
        policy.contains("form-action 'self'") && policy.contains("frame-ancestors 'none'"),
        "{path}"
    );
    assert!(!policy.contains("script-src"), "{path}: no scripts at all");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(name), value, "{path}: {name}");
    }
    assert!(
        !answer.header("permissions-policy").is_empty() && !answer.header("x-request-id").is_empty(),
        "{path}"
    );
    let text = answer.text();
    for banned in [" style=", "<style", "<script", " onclick=", "javascript:"] {
        assert!(!text.contains(banned), "{path}: {banned}");
    }
    assert!(
        text.contains("<html lang=\"zh-Hant-TW\">") && text.contains("跳到主要內容區塊"),
        "{path}"
    );
    crate::structure::sound(path, &text);
}
