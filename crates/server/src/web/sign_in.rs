//! Signing in and out, and what a link offers that is good once.

use super::forms::Entered;
use super::gate::onward;
use super::page::{Page, go, show, signed};
use crate::error::Problem;
use crate::reach::Client;
use crate::words::{self, encode_part};
use crate::{AppState, session};
use app::accounts::{Code, Invitation, Joining, LinkPurpose, Opened, Stage, Visitor};
use app::{AgencyId, AppError, Kind, RowId};
use askama::Template;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What a refused sign-in takes at least: whether there is such an account, and what was written because
/// of it, takes a few milliseconds more or less, and those tell.
const REFUSED: Duration = Duration::from_millis(200);

/// Whence a request came: address and browser.
pub(crate) struct Whence {
    address: String,
    agent: String,
    ip: IpAddr,
}

impl Whence {
    /// Of a request.
    pub fn of(peer: Option<&Extension<Client>>, headers: &HeaderMap) -> Self {
        let ip = peer.and_then(|Extension(client)| client.address);
        let ip = ip.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
        Self {
            address: ip.to_string(),
            agent: agent.unwrap_or_default().to_owned(),
            ip,
        }
    }

    /// As the application takes it.
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor {
            address: &self.address,
            agent: &self.agent,
        }
    }

    /// Refuses an address that tried too often.
    pub fn may(&self, state: &AppState) -> Result<(), Problem> {
        if state.throttle.may(self.ip) {
            return Ok(());
        }
        Err(Problem::from(AppError::forbidden(
            "這個位址嘗試登入的次數過多",
            "請一分鐘後再試",
        )))
    }
}

/// What of an address's query these pages heed.
#[derive(serde::Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    next: String,
    #[serde(default)]
    why: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    page: Page,
    next: String,
    why: &'static str,
    login: String,
    error: String,
    roles: Vec<(String, Vec<app::demo::Persona>)>,
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    page: Page,
    error: String,
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage {
    page: Page,
    path: String,
    invitation: Invitation,
    /// Whose account would take the agency on.
    mine: Option<String>,
    login: String,
    name: String,
    error: String,
}

/// What somebody filled in under a name.
pub(crate) fn value<'e>(entered: &'e [(String, String)], name: &str) -> &'e str {
    let found = entered.iter().find(|(key, _)| key == name);
    found.map_or("", |(_, value)| value.as_str())
}

/// A refusal as a form says it, status and words; what is none of that goes on.
pub(crate) fn refusal(error: AppError) -> Result<(StatusCode, String), Problem> {
    let status = match error.kind() {
        Kind::Forbidden => StatusCode::UNAUTHORIZED,
        Kind::BadInput | Kind::Conflict => StatusCode::UNPROCESSABLE_ENTITY,
        _ => return Err(Problem::from(error)),
    };
    Ok((status, error.to_string().replace("。下一步：", "。")))
}

/// Tells the browser that somebody is signed in, and leads on.
pub(crate) fn enter_by(opened: &Opened, next: &str) -> Response {
    let target = match opened.stage {
        Stage::Full => onward(next).to_owned(),
        Stage::Code => format!("/sign-in/code?next={}", encode_part(onward(next))),
        Stage::Password => format!("/me/password?next={}", encode_part(onward(next))),
    };
    let mut response = go(&target);
    if let Some(cookie) = session::tell_signed(&opened.secret) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Ends what this browser was signed in as before: nobody is left behind under a cookie that is gone.
async fn leave_former(state: &AppState) -> Result<(), Problem> {
    if let Ok(former) = signed() {
        state.app.sign_out(&former).await?;
    }
    Ok(())
}

fn why(asked: &str) -> &'static str {
    match asked {
        "ended" => "登入已逾時，請再登入一次。",
        "kept" => "登入已逾時。剛才填寫的內容已暫存，登入後接著送出。",
        "out" => "已登出。",
        "password" => "密碼已重設，請以新密碼登入。",
        _ => "",
    }
}

async fn roles(state: &AppState) -> Result<Vec<(String, Vec<app::demo::Persona>)>, Problem> {
    if !state.shows_roles {
        return Ok(Vec::new());
    }
    let mut by_agency: Vec<(String, Vec<app::demo::Persona>)> = Vec::new();
    for persona in app::demo::personas(&state.app).await? {
        match by_agency.last_mut() {
            Some((agency, all)) if *agency == persona.agency_name => all.push(persona),
            _ => by_agency.push((persona.agency_name.clone(), vec![persona])),
        }
    }
    Ok(by_agency)
}

async fn form(
    state: &AppState,
    (status, error): (StatusCode, String),
    (next, login): (&str, &str),
    asked: &'static str,
) -> Result<Response, Problem> {
    let mut page = Page::outside(state, "登入", "/sign-in");
    page.token = state.token();
    page.failed = !error.is_empty();
    let roles = roles(state).await?;
    let form = SignIn {
        page,
        next: onward(next).to_owned(),
        why: asked,
        login: login.to_owned(),
        error,
        roles,
    };
    show(status, &form)
}

/// GET /sign-in
pub(crate) async fn ask(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    if signed().is_ok_and(|s| s.stage == Stage::Full) {
        return Ok(go(onward(&asked.next)));
    }
    form(
        &state,
        (StatusCode::OK, String::new()),
        (&asked.next, ""),
        why(&asked.why),
    )
    .await
}

/// POST /sign-in
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    peer: Option<Extension<Client>>,
    headers: HeaderMap,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let begun = Instant::now();
    let whence = Whence::of(peer.as_ref(), &headers);
    whence.may(&state)?;
    let (login, next) = (value(&entered, "login"), value(&entered, "next"));
    match state
        .app
        .sign_in(login, value(&entered, "password"), &whence.visitor())
        .await
    {
        Ok(opened) => {
            leave_former(&state).await?;
            Ok(enter_by(&opened, next))
        }
        Err(error) => {
            let said = refusal(error)?;
            tracing::warn!(target: "fazun::sign_in", address = %whence.address, "a sign-in was refused");
            sleep_until(begun + REFUSED).await;
            form(&state, said, (next, login), "").await
        }
    }
}

/// POST /sign-in/role: a role of the demonstration.
pub(crate) async fn role(
    State(state): State<AppState>,
    peer: Option<Extension<Client>>,
    headers: HeaderMap,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    if !state.shows_roles {
        return Err(Problem::not_found());
    }
    let whence = Whence::of(peer.as_ref(), &headers);
    let agency = AgencyId::parse(value(&entered, "agency"))?;
    let member = RowId::parse(value(&entered, "member"))?;
    let opened = state
        .app
        .shown_session(&agency, &member, &whence.visitor())
        .await?;
    leave_former(&state).await?;
    let target = format!("/{agency}");
    Ok(enter_by(&opened, &target))
}

fn code_page(state: &AppState, (status, error): (StatusCode, String)) -> Result<Response, Problem> {
    let mut page = Page::outside(state, "輸入驗證碼", "/sign-in/code");
    page.token = state.token();
    page.failed = !error.is_empty();
    show(status, &CodePage { page, error })
}

/// GET /sign-in/code
pub(crate) async fn ask_code(State(state): State<AppState>) -> Result<Response, Problem> {
    match signed() {
        Ok(signed) if signed.stage == Stage::Code => code_page(&state, (StatusCode::OK, String::new())),
        Ok(_) => Ok(go("/")),
        Err(_) => Ok(go("/sign-in")),
    }
}

/// POST /sign-in/code
pub(crate) async fn show_code(
    State(state): State<AppState>,
    peer: Option<Extension<Client>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let whence = Whence::of(peer.as_ref(), &headers);
    whence.may(&state)?;
    let Ok(signed) = signed() else {
        return Ok(go("/sign-in"));
    };
    match state
        .app
        .show_code(&signed, value(&entered, "code"), &whence.visitor())
        .await
    {
        Ok(Code::Right(opened)) => Ok(enter_by(&opened, &asked.next)),
        Ok(Code::Recovered(opened, left)) => {
            tracing::warn!(target: "fazun::sign_in", left, "a recovery code was used");
            Ok(enter_by(&opened, "/me?done=recovered"))
        }
        Err(error) => code_page(&state, refusal(error)?),
    }
}

/// POST /sign-out
pub(crate) async fn sign_out(
    State(state): State<AppState>,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    if let Ok(signed) = signed() {
        state.app.sign_out(&signed).await?;
    }
    let mut response = go("/sign-in?why=out");
    if let Some(cookie) = session::tell_signed_out() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    // What the browser kept of these pages is somebody else's now.
    response
        .headers_mut()
        .insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

async fn link_page(
    state: &AppState,
    secret: &str,
    (status, error): (StatusCode, String),
    (login, name): (&str, &str),
) -> Result<Response, Problem> {
    let invitation = state.app.invitation(secret).await?;
    let title = match invitation.purpose {
        LinkPurpose::First => "設定第一個帳號",
        LinkPurpose::Join { .. } => "加入機關",
        LinkPurpose::Reset { .. } => "設定新密碼",
        LinkPurpose::Operator => "以本機操作者登入",
    };
    let mut page = Page::outside(state, title, "/link");
    page.token = state.token();
    page.failed = !error.is_empty();
    let login = if login.is_empty() {
        invitation.login.clone()
    } else {
        login.to_owned()
    };
    let mine = signed()
        .ok()
        .filter(|s| s.stage == Stage::Full)
        .and_then(|s| s.account.as_ref().map(|a| a.login.clone()));
    let link = LinkPage {
        page,
        path: format!("/link/{secret}"),
        invitation,
        mine,
        login,
        name: name.to_owned(),
        error,
    };
    show(status, &link)
}

/// GET /link/{secret}
pub(crate) async fn link(
    State(state): State<AppState>,
    Path(secret): Path<String>,
) -> Result<Response, Problem> {
    link_page(&state, &secret, (StatusCode::OK, String::new()), ("", "")).await
}

/// POST /link/{secret}
pub(crate) async fn join(
    State(state): State<AppState>,
    Path(secret): Path<String>,
    peer: Option<Extension<Client>>,
    headers: HeaderMap,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let whence = Whence::of(peer.as_ref(), &headers);
    whence.may(&state)?;
    let joining = Joining {
        login: value(&entered, "login"),
        name: value(&entered, "name"),
        password: value(&entered, "password"),
        again: value(&entered, "again"),
    };
    match state.app.join(&secret, &joining, &whence.visitor()).await {
        Ok(opened) => {
            leave_former(&state).await?;
            Ok(enter_by(&opened, "/"))
        }
        Err(error) => link_page(&state, &secret, refusal(error)?, (joining.login, joining.name)).await,
    }
}

/// POST /link/{secret}/mine: the account that is signed in takes the agency on.
pub(crate) async fn join_with(
    State(state): State<AppState>,
    Path(secret): Path<String>,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    state.app.join_with(&secret, &*signed()?).await?;
    Ok(go("/"))
}
