//! 我的帳號: password, second factor, recovery codes, sessions.

use super::forms::Entered;
use super::page::{Page, go, show, signed};
use super::sign_in::{enter_by, refusal, value};
use crate::error::Problem;
use crate::words;
use crate::{AppState, session};
use app::AppError;
use app::accounts::{Enrolment, Policy, SessionLine, Stage};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use period::{DateTime, roc_instant};
use qrcode::QrCode;
use std::fmt::Write as _;

/// What of an address's query these pages heed.
#[derive(serde::Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    done: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "me.html")]
struct Me {
    page: Page,
    login: String,
    name: String,
    policy: Policy,
    /// Whether there is an account of one's own at all.
    has_account: bool,
    is_fresh: bool,
    has_second: bool,
    recovery: usize,
    set_at: String,
    sessions: Vec<(SessionLine, String, String)>,
    error: String,
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    page: Page,
    policy: Policy,
    must: bool,
    next: String,
    error: String,
}

#[derive(Template)]
#[template(path = "device.html")]
struct DevicePage {
    page: Page,
    enrolment: Enrolment,
    picture: String,
    size: usize,
    error: String,
}

#[derive(Template)]
#[template(path = "codes.html")]
struct CodesPage {
    page: Page,
    codes: Vec<String>,
}

/// An instant in words: day and minute in Taipei.
pub(crate) fn instant(micros: i64) -> String {
    let time: DateTime = app::clock_time(micros);
    roc_instant(time)
}

fn done(asked: &str) -> Option<&'static str> {
    match asked {
        "password" => Some("密碼已變更，其他裝置上的登入已結束。"),
        "device" => Some("驗證裝置已停用。"),
        "ended" => Some("已結束該裝置上的登入。"),
        "again" => Some("已確認密碼，十分鐘內可以變更驗證裝置。"),
        "recovered" => Some("已用掉一組復原碼。裝置遺失時，請停用舊裝置並重新設定。"),
        _ => None,
    }
}

async fn page_of(
    state: &AppState,
    (status, error): (StatusCode, String),
    asked: &str,
) -> Result<Response, Problem> {
    let signed = signed()?;
    let (policy, how) = state.app.own_rules(&signed).await?;
    let mut page = Page::outside(state, "我的帳號", "/me");
    page.token = state.token();
    page.failed = !error.is_empty();
    page.done = done(asked);
    let (set_at, has_second, recovery) = how.unwrap_or((0, false, 0));
    let sessions = state.app.own_sessions(&signed).await?.into_iter();
    let sessions = sessions
        .map(|s| (s.clone(), instant(s.at), instant(s.seen)))
        .collect();
    let me = Me {
        page,
        login: signed
            .account
            .as_ref()
            .map(|a| a.login.clone())
            .unwrap_or_default(),
        name: signed.name.clone(),
        policy,
        has_account: signed.account.is_some(),
        is_fresh: signed.is_fresh,
        has_second,
        recovery,
        set_at: instant(set_at),
        sessions,
        error,
    };
    show(status, &me)
}

/// GET /me
pub(crate) async fn me(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    page_of(&state, (StatusCode::OK, String::new()), &asked.done).await
}

async fn password_page(
    state: &AppState,
    (status, error): (StatusCode, String),
    next: &str,
) -> Result<Response, Problem> {
    let signed = signed()?;
    let (policy, _) = state.app.own_rules(&signed).await?;
    let mut page = Page::outside(state, "變更密碼", "/me/password");
    page.token = state.token();
    page.failed = !error.is_empty();
    let form = PasswordPage {
        page,
        policy,
        must: signed.stage == Stage::Password,
        next: super::gate::onward(next).to_owned(),
        error,
    };
    show(status, &form)
}

/// GET /me/password
pub(crate) async fn password(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    password_page(&state, (StatusCode::OK, String::new()), &asked.next).await
}

/// POST /me/password
pub(crate) async fn change_password(
    State(state): State<AppState>,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let signed = signed()?;
    let (new, again) = (value(&entered, "password"), value(&entered, "again"));
    let next = value(&entered, "next");
    match state
        .app
        .change_password(&signed, value(&entered, "former"), (new, again))
        .await
    {
        Ok(opened) if signed.stage == Stage::Password => Ok(enter_by(&opened, next)),
        Ok(opened) => Ok(enter_by(&opened, "/me?done=password")),
        Err(error) => password_page(&state, refusal(error)?, next).await,
    }
}

/// POST /me/again: the password once more, before what can't be undone.
pub(crate) async fn again(
    State(state): State<AppState>,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let next = match value(&entered, "next") {
        "" => "/me?done=again",
        next => next,
    };
    match state
        .app
        .show_again(&*signed()?, value(&entered, "password"))
        .await
    {
        Ok(opened) => Ok(enter_by(&opened, next)),
        Err(error) => page_of(&state, refusal(error)?, "").await,
    }
}

/// The picture of an address as an SVG path, and how many squares wide it is.
fn picture(text: &str) -> Result<(String, usize), Problem> {
    let code = QrCode::new(text.as_bytes()).map_err(|e| {
        Problem::from(AppError::failed(
            format!("無法產生圖碼（{e}）"),
            "請改以手動輸入金鑰",
        ))
    })?;
    let width = code.width();
    let mut path = String::new();
    for (n, dark) in code.to_colors().iter().enumerate() {
        if *dark == qrcode::Color::Dark {
            let _ = write!(path, "M{} {}h1v1h-1z", n % width + 4, n / width + 4);
        }
    }
    Ok((path, width + 8))
}

fn device_page(
    state: &AppState,
    enrolment: Enrolment,
    (status, error): (StatusCode, String),
) -> Result<Response, Problem> {
    let (picture, size) = picture(&enrolment.address)?;
    let mut page = Page::outside(state, "設定驗證裝置", "/me/device").under("我的帳號", "/me");
    page.token = state.token();
    page.failed = !error.is_empty();
    let device = DevicePage {
        page,
        enrolment,
        picture,
        size,
        error,
    };
    show(status, &device)
}

/// POST /me/device/new
pub(crate) async fn new_device(
    State(state): State<AppState>,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    let signed = signed()?;
    if !signed.is_fresh {
        let said = (
            StatusCode::UNAUTHORIZED,
            "請先在下方再確認一次密碼，再設定驗證裝置。".to_owned(),
        );
        return page_of(&state, said, "").await;
    }
    let enrolment = state.app.enrolment(&signed).await?;
    device_page(&state, enrolment, (StatusCode::OK, String::new()))
}

fn codes_page(state: &AppState, codes: Vec<String>) -> Result<Response, Problem> {
    let page = Page::outside(state, "復原碼", "/me").under("我的帳號", "/me");
    show(StatusCode::OK, &CodesPage { page, codes })
}

/// POST /me/device
pub(crate) async fn take_device(
    State(state): State<AppState>,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let signed = signed()?;
    let secret = value(&entered, "secret");
    match state.app.enrol(&signed, secret, value(&entered, "code")).await {
        Ok(codes) => codes_page(&state, codes),
        Err(error) => {
            let said = refusal(error)?;
            let enrolment = state.app.enrolment_of(&signed, secret)?;
            device_page(&state, enrolment, said)
        }
    }
}

/// POST /me/device/end
pub(crate) async fn end_device(
    State(state): State<AppState>,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    match state.app.give_up_device(&*signed()?).await {
        Ok(()) => Ok(go("/me?done=device")),
        Err(error) => page_of(&state, refusal(error)?, "").await,
    }
}

/// POST /me/recovery
pub(crate) async fn recovery(
    State(state): State<AppState>,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    match state.app.new_recovery_codes(&*signed()?).await {
        Ok(codes) => codes_page(&state, codes),
        Err(error) => page_of(&state, refusal(error)?, "").await,
    }
}

/// POST /me/sessions/{id}/end
pub(crate) async fn end_session(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    let signed = signed()?;
    state.app.end_session(&signed, &id).await?;
    let mut response = go(if id == signed.session {
        "/sign-in?why=out"
    } else {
        "/me?done=ended"
    });
    if let Some(cookie) = session::tell_signed_out().filter(|_| id == signed.session) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
