//! Signing in over HTTP, and what somebody tries who may not.

use crate::setup::{Answer, SESSION, Site, clock, one};
use app::accounts::Visitor;
use axum::body::Body;
use axum::http::Request;
use totp_rs::{Algorithm, Secret, TOTP};

pub const GOOD: &str = "Kx7-nebula-Tractor-29";

/// A browser: its cookies, as answers set them.
pub struct Browser<'s> {
    pub site: &'s Site,
    pub session: String,
    pub signed: String,
}

impl<'s> Browser<'s> {
    pub fn new(site: &'s Site) -> Self {
        Self {
            site,
            session: SESSION.to_owned(),
            signed: "fazun_signed=".to_owned(),
        }
    }

    fn heed(&mut self, answer: &Answer) {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
            if cookie.starts_with("fazun_signed=") {
                self.signed = cookie;
            } else {
                self.session = cookie;
            }
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let request = Request::get(path)
            .header("host", "localhost")
            .header("cookie", format!("{}; {}", self.session, self.signed));
        let answer = self
            .site
            .send_as_it_is(request.body(Body::empty()).unwrap())
            .await;
        self.heed(&answer);
        answer
    }

    pub async fn token(&mut self, page: &str) -> String {
        let text = self.get(page).await.text();
        let (_, rest) = text.split_once("name=\"token\" value=\"").expect("a form");
        rest.split('"').next().unwrap().to_owned()
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let percent = |text: &str| {
            text.bytes()
                .map(|b| format!("%{b:02X}"))
                .collect::<Vec<_>>()
                .concat()
        };
        let body: Vec<String> = fields
            .iter()
            .map(|(k, v)| format!("{k}={}", percent(v)))
            .collect();
        let request = Request::post(path)
            .header("host", "localhost")
            .header("origin", "http://localhost")
            .header("cookie", format!("{}; {}", self.session, self.signed))
            .header("user-agent", "Browser/1 <b>")
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = self
            .site
            .send_as_it_is(request.body(Body::from(body.join("&"))).unwrap())
            .await;
        self.heed(&answer);
        answer
    }

    /// Sends a form with files, of which there are none.
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let parts = fields.iter().map(|(name, value)| {
            format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        });
        let body: String = parts.chain(["--b0--\r\n".to_owned()]).collect();
        let request = Request::post(path)
            .header("host", "localhost")
            .header("origin", "http://localhost")
            .header("cookie", format!("{}; {}", self.session, self.signed))
            .header("content-type", "multipart/form-data; boundary=b0");
        let answer = self
            .site
            .send_as_it_is(request.body(Body::from(body)).unwrap())
            .await;
        self.heed(&answer);
        answer
    }

    /// Fills in a form of a page, with the token that it carries.
    pub async fn fill(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token(page).await;
        let mut all = vec![("token", token.as_str())];
        all.extend(fields);
        self.post(action, &all).await
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        let fields = [
            ("login", login),
            ("password", password),
            ("next", "/atest/duties"),
        ];
        self.fill("/sign-in", "/sign-in", &fields).await
    }
}

/// A site whose installation somebody keeps, by the first link.
async fn kept() -> Site {
    keep(one().await).await
}

/// A site that was there before anybody kept it.
pub async fn keep(site: Site) -> Site {
    let link = site.app.first_link().await.unwrap().unwrap();
    let mut browser = Browser::new(&site);
    let fields = [
        ("login", "admin.one"),
        ("name", "陳管理"),
        ("password", GOOD),
        ("again", GOOD),
    ];
    let made = browser.fill(&link.path, &link.path, &fields).await;
    assert_eq!(
        (made.status.as_u16(), made.header("location")),
        (303, "/"),
        "{}",
        made.text()
    );
    assert!(browser.get("/me").await.text().contains("admin.one"));
    site
}

#[tokio::test]
async fn nothing_is_shown_before_and_one_is_led_back_after() {
    let site = kept().await;
    let mut browser = Browser::new(&site);
    for path in [
        "/",
        "/atest/today",
        "/laws",
        "/me",
        "/accounts",
        "/no/such/page",
        "/atest/registers/asset",
    ] {
        let answer = browser.get(path).await;
        let location = answer.header("location").to_owned();
        assert_eq!(answer.status, 303, "{path}");
        assert!(
            location.starts_with("/sign-in?next=%2F") && answer.bytes.is_empty(),
            "{path}: {location}"
        );
    }
    // Whoever has no session writes nothing: neither record nor file.
    let refused = browser.post("/atest/ciso", &[("name", "X")]).await;
    assert_eq!(refused.status, 401);
    let page = browser.get("/sign-in?next=/atest/duties").await.text();
    assert!(
        page.contains("autocomplete=\"current-password\"") && !page.contains("示範"),
        "{page}"
    );
    let answer = browser.sign_in("admin.one", GOOD).await;
    assert_eq!(answer.header("location"), "/atest/duties");
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["fazun_signed=", "; Path=/", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    // The keeper of the installation has no agency's content: the words of one that isn't there.
    let (hers, nowhere) = (
        browser.get("/atest/today").await,
        browser.get("/aaaaaaaa/today").await,
    );
    assert_eq!((hers.status.as_u16(), nowhere.status.as_u16()), (404, 404));
    assert_eq!(browser.get("/accounts").await.status, 200);
}

#[tokio::test]
async fn a_session_that_was_given_to_a_browser_is_not_the_one_after_signing_in() {
    let site = kept().await;
    let mut browser = Browser::new(&site);
    browser.signed = format!("fazun_signed={}", "ab".repeat(32));
    let planted = browser.signed.clone();
    browser.sign_in("admin.one", GOOD).await;
    assert_ne!(browser.signed, planted);
    let mine = browser.signed.clone();
    // A form of before signing in is none after it.
    let before = Browser::new(&site).token("/sign-in").await;
    assert_eq!(browser.post("/sign-out", &[("token", &before)]).await.status, 403);
    let out = browser.fill("/me", "/sign-out", &[]).await;
    assert_eq!(out.header("location"), "/sign-in?why=out");
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    // Whoever kept the cookie has nothing.
    browser.signed = mine;
    assert_eq!(browser.get("/me").await.status, 303);
}

#[tokio::test]
async fn wrong_names_and_passwords_are_refused_alike_and_nobody_is_led_elsewhere() {
    let site = kept().await;
    let mut browser = Browser::new(&site);
    let text = |answer: &Answer| {
        let text = answer.text();
        let (_, rest) = text.split_once("role=\"alert\"").expect("an alert");
        rest.split("</div>").next().unwrap().to_owned()
    };
    let wrong = browser.sign_in("admin.one", "x").await;
    let nobody = browser.sign_in("nobody", GOOD).await;
    assert_eq!((wrong.status.as_u16(), nobody.status.as_u16()), (401, 401));
    assert_eq!(text(&wrong), text(&nobody));
    assert!(
        !wrong.text().contains("value=\"x\""),
        "a password is not said again"
    );
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    ] {
        let mut browser = Browser::new(&site);
        let fields = [("login", "admin.one"), ("password", GOOD), ("next", next)];
        let answer = browser.fill("/sign-in", "/sign-in", &fields).await;
        assert_eq!(answer.header("location"), "/", "{next}");
        let mut browser = Browser::new(&site);
        let page = browser
            .get(&format!("/sign-in?next={}", next.replace('\\', "%5C")))
            .await
            .text();
        assert!(page.contains("name=\"next\" value=\"/\""), "{next}");
    }
    let mut headers = Browser::new(&site);
    let answer = headers.get("/sign-in?next=/%0d%0aset-cookie:x").await;
    assert!(answer.text().contains("name=\"next\" value=\"/\""));
}

#[tokio::test]
async fn a_device_is_set_up_and_asked_for() {
    let site = kept().await;
    let mut browser = Browser::new(&site);
    browser.sign_in("admin.one", GOOD).await;
    let page = browser.fill("/me", "/me/device/new", &[]).await.text();
    let (_, rest) = page.split_once("name=\"secret\" value=\"").unwrap();
    let secret = rest.split('"').next().unwrap().to_owned();
    let bytes = Secret::Encoded(secret.clone()).to_bytes().unwrap();
    let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes).unwrap();
    let now = u64::try_from(clock() / 1_000_000).unwrap();
    let wrong = browser
        .fill("/me", "/me/device", &[("secret", &secret), ("code", "000000")])
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains(&secret), "the same device goes on");
    let codes = browser
        .fill(
            "/me",
            "/me/device",
            &[("secret", &secret), ("code", &totp.generate(now))],
        )
        .await;
    assert_eq!(codes.text().matches("<li><code>").count(), 10);
    let mut again = Browser::new(&site);
    let half = again.sign_in("admin.one", GOOD).await;
    assert!(half.header("location").starts_with("/sign-in/code?next="));
    // Half signed in is nobody.
    for path in ["/", "/me", "/accounts", "/me/password", "/drafts/x"] {
        assert_eq!(
            again.get(path).await.header("location"),
            "/sign-in/code",
            "{path}"
        );
    }
    let right = totp.generate(now + 30);
    let answer = again
        .fill("/sign-in/code", "/sign-in/code?next=%2Fme", &[("code", &right)])
        .await;
    assert_eq!(answer.header("location"), "/me");
    assert!(again.get("/me").await.text().contains("還有 10 組復原碼"));
    let mut third = Browser::new(&site);
    third.sign_in("admin.one", GOOD).await;
    let replayed = third
        .fill("/sign-in/code", "/sign-in/code", &[("code", &right)])
        .await;
    assert_eq!(replayed.status, 401);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_from_another_device() {
    let site = kept().await;
    let (mut desk, mut phone) = (Browser::new(&site), Browser::new(&site));
    desk.sign_in("admin.one", GOOD).await;
    phone.sign_in("admin.one", GOOD).await;
    let page = desk.get("/me").await.text();
    assert!(page.contains("Browser/1 &#60;b&#62;"), "escaped: {page}");
    let ids: Vec<String> = page
        .split("/me/sessions/")
        .skip(1)
        .map(|rest| rest.split('/').next().unwrap().to_owned())
        .collect();
    assert!(ids.len() >= 2);
    let mut other = None;
    for id in ids {
        let row = page.split("<tr").find(|row| row.contains(&id)).unwrap();
        if !row.contains("這個") {
            desk.fill("/me", &format!("/me/sessions/{id}/end"), &[]).await;
            other = Some(id);
        }
    }
    assert_eq!(phone.get("/me").await.status, 303);
    assert_eq!(desk.get("/me").await.status, 200);
    let gone = desk
        .fill("/me", &format!("/me/sessions/{}/end", other.unwrap()), &[])
        .await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn an_invitation_leads_to_a_role_and_nothing_else() {
    let site = kept().await;
    // Whoever keeps the machine enters a member and invites.
    let fields = [
        ("f-name", "林承辦"),
        ("f-role", "officer"),
        ("f-from", "115/01/01"),
    ];
    let token = site.token("/atest/registers/member/new").await;
    let mut all = vec![("token", token.as_str())];
    all.extend(fields);
    let saved = site.upload("/atest/registers/member/new", &all, &[]).await;
    let id = saved
        .header("location")
        .split(['/', '?'])
        .nth(5)
        .unwrap()
        .to_owned();
    let page = site.get("/atest/people").await.text();
    assert!(page.contains("尚未設定") && page.contains("林承辦"), "{page}");
    let token = site.token("/atest/people").await;
    let handed = site
        .post(
            &format!("/atest/people/{id}/invite"),
            &[("token", &token), ("whom", "林承辦")],
        )
        .await
        .text();
    let (_, rest) = handed.split_once("<code class=\"long\">").unwrap();
    let link = rest.split('<').next().unwrap().to_owned();
    let mut lin = Browser::new(&site);
    let offer = lin.get(&link).await.text();
    assert!(
        offer.contains("資安專責人員") && offer.contains("至少 12 個字元"),
        "{offer}"
    );
    let weak = lin
        .fill(
            &link,
            &link,
            &[("login", "lin.cb"), ("password", "123"), ("again", "123")],
        )
        .await;
    assert_eq!(weak.status, 422);
    let fields = [("login", "lin.cb"), ("password", GOOD), ("again", GOOD)];
    assert_eq!(lin.fill(&link, &link, &fields).await.status, 303);
    assert_eq!(lin.get(&link).await.status, 404, "good once");
    assert_eq!(lin.get("/").await.header("location"), "/atest/today");
    let today = lin.get("/atest/today").await;
    assert_eq!(today.status, 200);
    assert!(today.text().contains("林承辦"), "who is signed in");
    // The officer keeps no accounts: neither the list, nor another's password, nor roles.
    assert_eq!(lin.get("/accounts").await.status, 403);
    let admin = app::accounts::account_id("admin.one");
    for act in ["reset", "lost", "close", "open", "platform", "no-platform"] {
        let tried = lin.fill("/me", &format!("/accounts/{admin}/{act}"), &[]).await;
        assert!(
            matches!(tried.status.as_u16(), 401 | 403),
            "{act}: {}",
            tried.status
        );
    }
    let mut keeper = Browser::new(&site);
    assert_eq!(
        keeper.sign_in("admin.one", GOOD).await.status,
        303,
        "nothing was changed"
    );
}

#[tokio::test]
async fn an_address_that_tries_for_ever_is_told_to_wait() {
    let site = kept().await;
    let mut browser = Browser::new(&site);
    let token = browser.token("/sign-in").await;
    let mut last = 0;
    for n in 0..70 {
        let login = format!("somebody{n}");
        let fields = [("token", token.as_str()), ("login", &login), ("password", "x")];
        last = browser.post("/sign-in", &fields).await.status.as_u16();
    }
    assert_eq!(last, 403);
}

#[tokio::test]
async fn roles_are_shown_in_the_demonstration_alone() {
    let site = kept().await;
    let mut browser = Browser::new(&site);
    let fields = [("agency", "atest"), ("member", "m1")];
    assert_eq!(
        browser.fill("/sign-in", "/sign-in/role", &fields).await.status,
        404
    );
    // A link of whoever keeps the machine comes from its command line alone, and is good once.
    let from = Visitor {
        address: "127.0.0.1",
        agent: "",
    };
    let link = site.app.operator_link().await.unwrap();
    let opened = browser.fill(&link.path, &link.path, &[]).await;
    assert_eq!(opened.status, 303);
    assert_eq!(browser.get("/atest/today").await.status, 200);
    let secret = link.path.strip_prefix("/link/").unwrap();
    assert!(site.app.open_as_operator(secret, &from).await.is_err());
}
