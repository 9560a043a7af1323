//! What a hostile user tries: other sites' forms, other agencies' pages, half a sign-in, links and
//! codes twice, cookies twice. The routes are read from the table itself, so that a new one is tried too.

use crate::setup::{Answer, NAME, SESSION, Site, clock};
use crate::sign_in::{Browser, GOOD, keep};
use axum::body::Body;
use axum::http::{Method, Request};
use std::time::{Duration, Instant};
use totp_rs::{Algorithm, Secret, TOTP};

const ROUTES: &str = include_str!("../../src/web/mod.rs");

/// The templates of all routes with a method, as the table declares them.
fn routes(method: &str) -> Vec<&'static str> {
    let parts = ROUTES.split(".route(").skip(1);
    let found = parts.filter_map(|part| {
        let template = part.split('"').nth(1)?;
        let handlers = part.split('"').nth(2)?.split(".merge(").next()?;
        handlers.contains(&format!("{method}(")).then_some(template)
    });
    let found: Vec<_> = found.collect();
    assert!(found.len() > 20, "{method}: the table is read: {found:?}");
    found
}

/// A template with what an agency has in the place of its parameters.
fn filled(template: &str, agency: &str) -> String {
    let mut path = template.replace("{org}", agency);
    let key = if path.contains("/duties/") {
        "audit.internal"
    } else {
        "system"
    };
    let sha = ledger::hex(&ledger::sha256(&[crate::setup::PLAN, agency.as_bytes()].concat()));
    for (name, value) in [
        ("{key}", key),
        ("{id}", &format!("{agency}-s1")),
        ("{member}", &format!("{agency}-s1")),
        ("{sha256}", &sha),
        ("{act}", "withdraw"),
        ("{job}", "j0000000001"),
        ("{format}", "csv"),
        ("{secret}", "00"),
        ("{slug}", "classification-regulation"),
        ("{version}", "2026"),
        ("{article}", "art-1"),
        ("{name}", "fazun.css"),
    ] {
        path = path.replace(name, value);
    }
    assert!(!path.contains('{'), "{template}: say what its parameter is here");
    path
}

/// An account of one of an agency's people, signed in; with the member's row.
pub async fn colleague<'s>(site: &'s Site, agency: &str, login: &str, role: &str) -> (Browser<'s>, String) {
    let (browser, member, link) = invited(site, agency, role).await;
    let mut browser = browser;
    let fields = [("login", login), ("password", GOOD), ("again", GOOD)];
    let joined = browser.fill(&link, &link, &fields).await;
    assert_eq!(joined.status, 303, "{}", alert(&joined));
    (browser, member)
}

/// What a page says went wrong.
fn alert(answer: &Answer) -> String {
    let text = answer.text();
    let (_, rest) = text.split_once("role=\"alert\"").unwrap_or(("", &text));
    rest.split("</div>").next().unwrap_or_default().to_owned()
}

/// Somebody with an invitation that was not used yet.
pub async fn invited<'s>(site: &'s Site, agency: &str, role: &str) -> (Browser<'s>, String, String) {
    let new = format!("/{agency}/registers/member/new");
    let token = site.token(&new).await;
    let fields = [
        ("token", token.as_str()),
        ("f-name", "林同仁"),
        ("f-role", role),
        ("f-unit", "資訊室"),
        ("f-from", "115/01/01"),
    ];
    let saved = site.upload(&new, &fields, &[]).await;
    let id = saved.header("location").split(['/', '?']).nth(5);
    let id = id.unwrap_or_else(|| panic!("{}", alert(&saved))).to_owned();
    let token = site.token(&format!("/{agency}/people")).await;
    let page = site
        .post(&format!("/{agency}/people/{id}/invite"), &[("token", &token)])
        .await
        .text();
    let (_, rest) = page.split_once("<code class=\"long\">").expect("a link");
    let link = rest.split('<').next().unwrap().to_owned();
    (Browser::new(site), id, link)
}

pub async fn two() -> Site {
    keep(Site::with(&[("atest", NAME), ("btest", "示範市政府人事處")]).await).await
}

/// Whoever keeps the installation, signed in.
pub async fn keeper(site: &Site) -> Browser<'_> {
    let mut browser = Browser::new(site);
    browser.sign_in("admin.one", GOOD).await;
    browser
}

/// What whoever keeps the machine sees of an agency, without what differs at each request.
async fn seen(site: &Site, agency: &str) -> Vec<usize> {
    let mut sizes = Vec::new();
    for page in [
        "agency",
        "people",
        "approvals",
        "jobs",
        "registers/system",
        "plan",
    ] {
        let answer = site.get(&format!("/{agency}/{page}")).await;
        assert_eq!(answer.status, 200, "{page}");
        sizes.push(answer.bytes.len());
    }
    sizes
}

#[tokio::test]
async fn an_account_of_one_agency_is_nobody_at_another() {
    let site = two().await;
    let (mut lin, _) = colleague(&site, "atest", "lin.cb", "officer").await;
    assert_eq!(lin.get("/atest/today").await.status, 200);
    let before = seen(&site, "btest").await;
    let token = lin.token("/me").await;
    let of_agencies = |method| routes(method).into_iter().filter(|t| t.contains("{org}"));
    for template in of_agencies("get") {
        let (theirs, nowhere) = (filled(template, "btest"), filled(template, "ctest"));
        let (theirs, nowhere) = (lin.get(&theirs).await, lin.get(&nowhere).await);
        assert_eq!(theirs.status, 404, "GET {template}");
        assert_eq!(nowhere.status, 404, "GET {template}");
        assert_eq!(
            theirs.bytes.len(),
            nowhere.bytes.len(),
            "the same is told of both: {template}"
        );
        assert!(!theirs.text().contains("人事處"), "GET {template}");
    }
    for template in of_agencies("post") {
        let fields = [
            ("token", token.as_str()),
            ("name", "X"),
            ("seen", "1"),
            ("reason", "X"),
        ];
        let mut statuses = Vec::new();
        for agency in ["btest", "ctest"] {
            let path = filled(template, agency);
            let form = lin.post(&path, &fields).await;
            let files = lin.upload(&path, &fields).await;
            for answer in [&form, &files] {
                assert!(
                    answer.status.is_client_error(),
                    "POST {template}: {}",
                    answer.status
                );
                assert!(!answer.text().contains("人事處"), "POST {template}");
            }
            assert!(
                [&form, &files].iter().any(|a| a.status == 404),
                "POST {template} is answered as if nothing were there: {} {}",
                form.status,
                files.status
            );
            statuses.push((form.status, files.status));
        }
        assert_eq!(statuses[0], statuses[1], "POST {template}");
    }
    // What they may send of their own, with ids of the other agency in it.
    for path in [
        "/atest/registers/system/records/btest-s1",
        "/atest/registers/system/records/btest-s1/edit",
        "/atest/people/btest-s1/invite",
    ] {
        let fields = [("token", token.as_str()), ("seen", "1")];
        let answer = if path.ends_with("invite") {
            lin.post(path, &fields).await
        } else {
            lin.get(path).await
        };
        assert!(
            matches!(answer.status.as_u16(), 403 | 404),
            "{path}: {}",
            answer.status
        );
    }
    assert_eq!(seen(&site, "btest").await, before, "nothing was changed there");
}

#[tokio::test]
async fn half_signed_in_is_nobody_on_every_route() {
    let site = two().await;
    let mut browser = keeper(&site).await;
    let (totp, _) = device(&mut browser).await;
    let mut half = Browser::new(&site);
    let led = half.sign_in("admin.one", GOOD).await;
    assert!(led.header("location").starts_with("/sign-in/code"));
    let token = half.token("/sign-in/code").await;
    let open = |method: &str, path: &str| {
        path.starts_with("/sign-in")
            || path.starts_with("/link/")
            || path.starts_with("/assets/")
            // Asks for its secret, whoever comes.
            || (method == "get" && path.starts_with("/calendar/"))
            || ["/healthz", "/readyz", "/metrics", "/sign-out"].contains(&path)
    };
    for method in ["get", "post"] {
        for template in routes(method) {
            let path = filled(template, "atest");
            if open(method, &path) {
                continue;
            }
            let answer = if method == "get" {
                half.get(&path).await
            } else {
                half.post(&path, &[("token", &token), ("password", GOOD)]).await
            };
            assert_eq!(
                (answer.status.as_u16(), answer.header("location")),
                (303, "/sign-in/code"),
                "{method} {path}"
            );
            assert!(answer.bytes.is_empty(), "{method} {path}");
        }
    }
    // An invitation is not taken on by half an account either.
    let (_, _, link) = invited(&site, "atest", "staff").await;
    let mine = half.post(&format!("{link}/mine"), &[("token", &token)]).await;
    assert_eq!(mine.status, 422);
    let mut again = Browser::new(&site);
    assert_eq!(again.get(&link).await.status, 200, "it was not used up");
    // With the code it is a session, and the half one is gone.
    let former = half.signed.clone();
    let code = totp.generate(u64::try_from(clock() / 1_000_000).unwrap() + 30);
    let whole = half
        .fill("/sign-in/code", "/sign-in/code", &[("code", &code)])
        .await;
    assert_eq!(whole.status, 303);
    assert_eq!(half.get("/accounts").await.status, 200);
    half.signed = former;
    assert!(
        half.get("/accounts")
            .await
            .header("location")
            .starts_with("/sign-in?")
    );
}

/// Sets a device up: it, and the code by which it was shown.
pub async fn device(browser: &mut Browser<'_>) -> (TOTP, String) {
    let page = browser.fill("/me", "/me/device/new", &[]).await.text();
    let (_, rest) = page.split_once("name=\"secret\" value=\"").expect("a secret");
    let secret = rest.split('"').next().unwrap().to_owned();
    let bytes = Secret::Encoded(secret.clone()).to_bytes().unwrap();
    let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes).unwrap();
    let code = totp.generate(u64::try_from(clock() / 1_000_000).unwrap());
    let fields = [("secret", secret.as_str()), ("code", code.as_str())];
    let taken = browser.fill("/me", "/me/device", &fields).await;
    assert_eq!(taken.text().matches("<li><code>").count(), 10);
    (totp, code)
}

#[tokio::test]
async fn a_role_taken_away_ends_with_the_next_request() {
    let site = two().await;
    let (mut lin, member) = colleague(&site, "atest", "lin.cb", "unit_head").await;
    let page = lin.get("/atest/registers/system").await;
    assert_eq!(page.status, 200);
    let token = lin.token("/me").await;
    let record = format!("/atest/registers/member/records/{member}");
    let own = site.token(&record).await;
    let fields = [
        ("token", own.as_str()),
        ("seen", "1"),
        ("f-name", "林同仁"),
        ("f-role", "unit_head"),
        ("f-unit", "資訊室"),
        ("f-from", "115/01/01"),
        ("f-until", "115/11/21"),
    ];
    let ended = site.upload(&format!("{record}/edit"), &fields, &[]).await;
    assert_eq!(ended.status, 303, "{}", alert(&ended));
    for path in [
        "/atest/today",
        "/atest/registers/system",
        "/atest/people",
        "/atest",
    ] {
        assert_eq!(lin.get(path).await.status, 404, "{path}");
    }
    // A form that was open before is worth nothing either.
    let fields = [("token", token.as_str()), ("name", "X")];
    assert_eq!(lin.post("/atest/ciso", &fields).await.status, 404);
    assert_eq!(
        lin.get("/me").await.status,
        200,
        "the person is still who they are"
    );
}

/// A form as another site, or nobody's page, sends it.
async fn forged(browser: &Browser<'_>, path: &str, token: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post(path)
        .header("host", "localhost")
        .header("cookie", format!("{}; {}", browser.session, browser.signed))
        .header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = Body::from(format!("token={token}&name=X&password=X&seen=1&reason=X"));
    browser.site.send_as_it_is(request.body(body).unwrap()).await
}

#[tokio::test]
async fn forms_of_other_sites_change_nothing() {
    let site = two().await;
    let (mut lin, _) = colleague(&site, "atest", "lin.cb", "officer").await;
    let own = lin.token("/me").await;
    // A token of another browser, of the same installation.
    let mut other = Browser::new(&site);
    other.session = SESSION.replace('0', "1");
    let foreign = other.token("/sign-in").await;
    assert_ne!(own, foreign);
    let before = seen(&site, "atest").await;
    let here = ("origin", "http://localhost");
    for template in routes("post") {
        let path = filled(template, "atest");
        for (token, headers) in [
            (own.as_str(), &[("origin", "https://evil.example")][..]),
            (&own, &[("origin", "null")]),
            (&own, &[here, ("sec-fetch-site", "cross-site")]),
            (&own, &[("sec-fetch-site", "same-site")]),
        ] {
            let answer = forged(&lin, &path, token, headers).await;
            assert_eq!(answer.status, 403, "{path} {headers:?}");
        }
        for token in [foreign.as_str(), "", "0"] {
            let answer = forged(&lin, &path, token, &[here]).await;
            assert!(
                matches!(answer.status.as_u16(), 400 | 403 | 404 | 415),
                "{path} with '{token}': {}",
                answer.status
            );
            assert!(!answer.header("set-cookie").contains("fazun_signed"), "{path}");
        }
    }
    assert_eq!(seen(&site, "atest").await, before, "nothing was changed");
    assert_eq!(lin.get("/me").await.status, 200, "nobody was signed out");
}

#[tokio::test]
async fn cookies_are_hidden_from_scripts_and_other_sites() {
    let site = two().await;
    let mut browser = Browser::new(&site);
    browser.session = String::from("x=y");
    let first = browser.get("/sign-in").await;
    let forms = first.header("set-cookie").to_owned();
    assert!(
        forms.contains("; HttpOnly") && forms.contains("; SameSite=Strict"),
        "{forms}"
    );
    let signed = browser.sign_in("admin.one", GOOD).await;
    let told = signed.header("set-cookie").to_owned();
    for cookie in [&forms, &told] {
        assert!(
            cookie.contains("; HttpOnly") && cookie.contains("; Path=/"),
            "{cookie}"
        );
        assert!(cookie.len() < 200 && !cookie.contains("Domain"), "{cookie}");
    }
    assert!(told.contains("; SameSite=Lax"), "{told}");
}

#[tokio::test]
async fn giant_passwords_and_strange_names_are_refused_alike() {
    let site = two().await;
    let long = "x".repeat(10_000);
    let usual = alert(&Browser::new(&site).sign_in("nobody", "x").await);
    for (login, password) in [
        ("admin.one", long.as_str()),
        ("nobody", &long),
        (&long, "x"),
        ("王小明", "x"),
        ("admin.one\u{200b}", GOOD),
        ("аdmin.one", GOOD), // Cyrillic a
        ("admin.one\0", GOOD),
        ("admin.one\r\nset-cookie: a=b", GOOD),
        ("' or 1=1 --", "' or 1=1 --"),
        ("\u{202e}eno.nimda", GOOD),
        ("", ""),
    ] {
        let answer = Browser::new(&site).sign_in(login, password).await;
        assert_eq!(
            answer.status,
            401,
            "{}",
            login.chars().take(40).collect::<String>()
        );
        assert_eq!(alert(&answer), usual);
        assert!(!answer.headers.contains_key("a"));
    }
    let much = Browser::new(&site)
        .sign_in("admin.one", &"x".repeat(1 << 20))
        .await;
    assert_eq!(much.status, 413);
    // Width and case are one name.
    assert_eq!(
        Browser::new(&site).sign_in("ＡＤＭＩＮ.one", GOOD).await.status,
        303
    );
}

#[tokio::test]
async fn a_refusal_takes_as_long_whoever_it_is_about() {
    let site = two().await;
    colleague(&site, "atest", "lin.cb", "staff").await;
    colleague(&site, "atest", "gone.cb", "staff").await;
    let gone = app::accounts::account_id("gone.cb");
    let mut keeper = keeper(&site).await;
    keeper
        .fill(
            "/accounts",
            &format!("/accounts/{gone}/close"),
            &[("why", "離職")],
        )
        .await;
    // Six of each: the fifth shuts it, and the sixth finds it shut.
    let mut times = Vec::new();
    for login in ["lin.cb", "gone.cb", "nobody.cb"] {
        let mut browser = Browser::new(&site);
        for _ in 0..6 {
            let begun = Instant::now();
            assert_eq!(browser.sign_in(login, "wrong-Password-9x").await.status, 401);
            times.push(begun.elapsed());
        }
    }
    assert!(
        times.iter().all(|time| *time >= Duration::from_millis(200)),
        "{times:?}"
    );
}

#[tokio::test]
async fn every_answer_forbids_frames_sniffing_and_keeping() {
    let site = two().await;
    let (mut lin, _) = colleague(&site, "atest", "lin.cb", "officer").await;
    let paths = routes("get").into_iter().map(|t| filled(t, "atest"));
    for path in paths.chain(["/no/such".to_owned(), "/btest/today".to_owned()]) {
        let mut nobody = Browser::new(&site);
        for answer in [lin.get(&path).await, nobody.get(&path).await] {
            for (name, value) in [
                ("x-frame-options", "DENY"),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(answer.header(name), value, "{path} {name}");
            }
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
            if !(path.starts_with("/assets/") && answer.status == 200) {
                assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            }
            for absent in ["access-control-allow-origin", "server", "x-powered-by"] {
                assert!(!answer.headers.contains_key(absent), "{path} {absent}");
            }
        }
    }
}

#[tokio::test]
async fn other_methods_are_refused() {
    let site = two().await;
    for method in ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"] {
        for path in ["/sign-in", "/me", "/atest/today", "/accounts", "/assets"] {
            let request = Request::builder()
                .method(Method::from_bytes(method.as_bytes()).unwrap())
                .uri(path)
                .header("host", "localhost")
                .header("cookie", SESSION)
                .body(Body::empty());
            let answer = site.send(request.unwrap()).await;
            assert!(
                matches!(answer.status.as_u16(), 403..=405),
                "{method} {path}: {}",
                answer.status
            );
        }
    }
}

#[tokio::test]
async fn every_page_leads_out() {
    let site = two().await;
    let (mut lin, _) = colleague(&site, "atest", "lin.cb", "officer").await;
    for path in [
        "/",
        "/me",
        "/me/password",
        "/laws",
        "/atest/today",
        "/atest/registers",
    ] {
        let mut page = lin.get(path).await;
        if page.status == 303 {
            page = lin.get(page.header("location")).await;
        }
        assert!(page.text().contains("action=\"/sign-out\""), "{path}");
    }
}

#[tokio::test]
async fn signing_out_clears_what_the_browser_kept() {
    let site = two().await;
    let mut browser = keeper(&site).await;
    let out = browser.fill("/me", "/sign-out", &[]).await;
    assert_eq!(out.header("clear-site-data"), "\"cache\"");
    assert!(out.header("set-cookie").contains("Max-Age=0"));
}

#[tokio::test]
async fn a_password_is_typed_into_fields_that_hide_it_and_help_managers() {
    let site = two().await;
    let (mut lin, _, link) = invited(&site, "atest", "staff").await;
    let mut keeper = keeper(&site).await;
    let pages = [
        lin.get("/sign-in").await.text(),
        lin.get(&link).await.text(),
        keeper.get("/me/password").await.text(),
    ];
    for page in pages {
        let fields: Vec<&str> = page
            .split("<input ")
            .filter(|f| f.contains("type=\"password\""))
            .collect();
        assert!(!fields.is_empty());
        for field in fields {
            let field = field.split('>').next().unwrap();
            assert!(field.contains("-password\""), "{field}");
            assert!(
                !field.contains("value=") && !field.contains("maxlength"),
                "{field}"
            );
        }
    }
}
