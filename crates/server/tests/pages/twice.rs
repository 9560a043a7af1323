//! What somebody tries twice: a code, a link, a session, a cookie.

use crate::attacks::{colleague, device, invited, keeper, two};
use crate::setup::clock;
use crate::sign_in::{Browser, GOOD};
use axum::body::Body;
use axum::http::Request;

#[tokio::test]
async fn a_code_is_taken_once_the_one_of_setting_up_included() {
    let site = two().await;
    let mut browser = keeper(&site).await;
    let (_, code) = device(&mut browser).await;
    let mut thief = Browser::new(&site);
    thief.sign_in("admin.one", GOOD).await;
    let replayed = thief
        .fill("/sign-in/code", "/sign-in/code", &[("code", &code)])
        .await;
    assert_eq!(replayed.status, 401);
    assert_eq!(thief.get("/me").await.header("location"), "/sign-in/code");
}

#[tokio::test]
async fn giving_the_device_up_ends_the_other_sessions() {
    let site = two().await;
    let mut browser = keeper(&site).await;
    let (totp, _) = device(&mut browser).await;
    let mut other = Browser::new(&site);
    other.sign_in("admin.one", GOOD).await;
    let code = totp.generate(u64::try_from(clock() / 1_000_000).unwrap() + 30);
    other
        .fill("/sign-in/code", "/sign-in/code", &[("code", &code)])
        .await;
    assert_eq!(other.get("/me").await.status, 200);
    let ended = browser.fill("/me", "/me/device/end", &[]).await;
    assert_eq!(ended.header("location"), "/me?done=device");
    assert_eq!(other.get("/me").await.status, 303);
    assert_eq!(browser.get("/me").await.status, 200);
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let site = two().await;
    let mut browser = keeper(&site).await;
    let former = browser.signed.clone();
    let token = browser.token("/me").await;
    let fields = [
        ("token", token.as_str()),
        ("login", "admin.one"),
        ("password", GOOD),
    ];
    assert_eq!(browser.post("/sign-in", &fields).await.status, 303);
    assert_ne!(browser.signed, former);
    assert_eq!(browser.get("/me").await.status, 200);
    browser.signed = former;
    assert_eq!(browser.get("/me").await.status, 303);
}

#[tokio::test]
async fn the_eleventh_session_ends_the_oldest() {
    let site = two().await;
    let mut browsers = Vec::new();
    for _ in 0..11 {
        let mut browser = Browser::new(&site);
        assert_eq!(browser.sign_in("admin.one", GOOD).await.status, 303);
        browsers.push(browser);
    }
    let mut open = 0;
    for browser in &mut browsers {
        open += usize::from(browser.get("/me").await.status == 200);
    }
    // The one by which the account was made counts as well, and may be among those that went.
    assert!(matches!(open, 9 | 10), "{open}");
    assert_eq!(
        browsers[10].get("/me").await.status,
        200,
        "the newest is one of them"
    );
}

#[tokio::test]
async fn one_link_opened_by_two_at_once_makes_one_account() {
    let site = two().await;
    let ((mut one, _, link), mut other) = (invited(&site, "atest", "staff").await, Browser::new(&site));
    let (a, b) = (
        [("login", "lin.one"), ("password", GOOD), ("again", GOOD)],
        [("login", "lin.two"), ("password", GOOD), ("again", GOOD)],
    );
    let (first, second) = tokio::join!(one.fill(&link, &link, &a), other.fill(&link, &link, &b));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404]);
    // A new password by one link, sent twice as by a double click: one of both is the password.
    let mut keeper = keeper(&site).await;
    let login = if first.status == 303 { "lin.one" } else { "lin.two" };
    let lin = app::accounts::account_id(login);
    let handed = keeper
        .fill("/accounts", &format!("/accounts/{lin}/reset"), &[])
        .await
        .text();
    let (_, rest) = handed.split_once("<code class=\"long\">").expect("a link");
    let link = rest.split('<').next().unwrap().to_owned();
    let (left, right) = ("Uq4-harbour-Violin-31", "Zm8-lantern-Bridge-57");
    let (mut here, mut there) = (Browser::new(&site), Browser::new(&site));
    let (l, r) = (
        [("password", left), ("again", left)],
        [("password", right), ("again", right)],
    );
    let (first, second) = tokio::join!(here.fill(&link, &link, &l), there.fill(&link, &link, &r));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404]);
    let (holds, not) = if first.status == 303 {
        (left, right)
    } else {
        (right, left)
    };
    assert_eq!(Browser::new(&site).sign_in(login, not).await.status, 401);
    assert_eq!(Browser::new(&site).sign_in(login, holds).await.status, 303);
}

#[tokio::test]
async fn looking_at_a_link_uses_nothing_up() {
    let site = two().await;
    let (mut lin, _, link) = invited(&site, "atest", "staff").await;
    for _ in 0..3 {
        let page = lin.get(&link).await;
        assert_eq!(page.status, 200);
        assert!(!page.header("set-cookie").contains("fazun_signed"));
    }
    // A refused form doesn't either; a link that is nearly right is none.
    let weak = [("login", "lin.cb"), ("password", "123"), ("again", "123")];
    assert_eq!(lin.fill(&link, &link, &weak).await.status, 422);
    for wrong in [&link[..link.len() - 1], &format!("{link}0"), &link.to_uppercase()] {
        assert_eq!(
            lin.get(wrong).await.status.as_u16() / 100,
            if wrong.starts_with("/L") { 3 } else { 4 }
        );
    }
    assert_eq!(lin.get(&link).await.status, 200);
}

#[tokio::test]
async fn a_closed_account_s_links_are_taken_back() {
    let site = two().await;
    colleague(&site, "atest", "lin.cb", "staff").await;
    let lin = app::accounts::account_id("lin.cb");
    let mut keeper = keeper(&site).await;
    let handed = keeper
        .fill("/accounts", &format!("/accounts/{lin}/reset"), &[])
        .await
        .text();
    let (_, rest) = handed.split_once("<code class=\"long\">").expect("a link");
    let link = rest.split('<').next().unwrap().to_owned();
    assert_eq!(Browser::new(&site).get(&link).await.status, 200);
    keeper
        .fill("/accounts", &format!("/accounts/{lin}/close"), &[("why", "離職")])
        .await;
    assert_eq!(Browser::new(&site).get(&link).await.status, 404);
    assert_eq!(Browser::new(&site).sign_in("lin.cb", GOOD).await.status, 401);
}

#[tokio::test]
async fn a_cookie_that_comes_twice_is_none() {
    let site = two().await;
    let browser = keeper(&site).await;
    let planted = format!("fazun_signed={}", "ab".repeat(32));
    for (first, second) in [
        (planted.clone(), browser.signed.clone()),
        (browser.signed.clone(), planted),
        (browser.signed.clone(), browser.signed.clone()),
    ] {
        for cookies in [
            vec![format!("{first}; {second}")],
            vec![first.clone(), second.clone()],
        ] {
            let mut request = Request::get("/me").header("host", "localhost");
            for cookie in cookies {
                request = request.header("cookie", cookie);
            }
            let answer = site.send_as_it_is(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, 303);
            assert!(answer.header("location").starts_with("/sign-in?"));
        }
    }
}
