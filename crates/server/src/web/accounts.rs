//! 帳號: who has one, for whoever keeps the installation; and an agency's people with their invitations.

use super::forms::Entered;
use super::page::{Page, enter, go, show, signed};
use super::sign_in::{refusal, value};
use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use app::RowId;
use app::accounts::{self, AccountLine, MemberLine, OneTimeLink};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

/// What of an address's query these pages heed.
#[derive(serde::Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    page: Page,
    accounts: Vec<AccountLine>,
    own: String,
    is_fresh: bool,
    error: String,
}

#[derive(Template)]
#[template(path = "handed.html")]
struct HandedPage {
    page: Page,
    whom: String,
    link: OneTimeLink,
    until: String,
    back: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    page: Page,
    people: Vec<MemberLine>,
    may_invite: bool,
}

async fn list(
    state: &AppState,
    (status, error): (StatusCode, String),
    done: &str,
) -> Result<Response, Problem> {
    let signed = signed()?;
    let accounts = state.app.accounts(&signed).await?;
    let mut page = Page::outside(state, "帳號", "/accounts");
    page.token = state.token();
    page.failed = !error.is_empty();
    page.done = match done {
        "closed" => Some("帳號已停用，其登入已全部結束。"),
        "open" => Some("帳號已恢復使用。"),
        "platform" => Some("平臺管理權限已變更。"),
        _ => None,
    };
    let own = signed
        .account
        .as_ref()
        .map(app::accounts::Account::id)
        .unwrap_or_default();
    let list = AccountsPage {
        page,
        accounts,
        own,
        is_fresh: signed.is_fresh || signed.account.is_none(),
        error,
    };
    show(status, &list)
}

/// GET /accounts
pub(crate) async fn accounts(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    list(&state, (StatusCode::OK, String::new()), &asked.done).await
}

/// A link to be handed to somebody: shown once.
fn handed(state: &AppState, link: OneTimeLink, whom: &str, back: &str) -> Result<Response, Problem> {
    let mut page = Page::outside(state, "交給對方的連結", back);
    page.token = state.token();
    let until = super::me::instant(link.until);
    let handed = HandedPage {
        page,
        whom: whom.to_owned(),
        link,
        until,
        back: back.to_owned(),
    };
    show(StatusCode::OK, &handed)
}

/// POST /accounts/{id}/{act}
pub(crate) async fn act(
    State(state): State<AppState>,
    Path((id, act)): Path<(String, String)>,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let signed = signed()?;
    let app = &state.app;
    let done = match act.as_str() {
        "reset" | "lost" => match app.reset_link(&signed, &id, act == "lost").await {
            Ok(link) => return handed(&state, link, value(&entered, "whom"), "/accounts"),
            Err(error) => Err(error),
        },
        "close" => {
            let why = match value(&entered, "why").trim() {
                "" => "停用",
                why => why,
            };
            app.close_account(&signed, &id, why).await.map(|()| "closed")
        }
        "open" => app.close_account(&signed, &id, "").await.map(|()| "open"),
        "platform" => app.set_platform(&signed, &id, true).await.map(|()| "platform"),
        "no-platform" => app.set_platform(&signed, &id, false).await.map(|()| "platform"),
        _ => return Err(Problem::not_found()),
    };
    match done {
        Ok(done) => Ok(go(&format!("/accounts?done={done}"))),
        Err(error) => list(&state, refusal(error)?, "").await,
    }
}

/// GET /{org}/people
pub(crate) async fn people(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let people = accounts::members(&visit).await?;
    let page = Page::of_registers(&state, &visit, "agency", "使用者與邀請", day)?;
    let may_invite = accounts::may_invite(&visit);
    show(
        StatusCode::OK,
        &PeoplePage {
            page,
            people,
            may_invite,
        },
    )
}

/// POST /{org}/people/{member}/invite
pub(crate) async fn invite(
    State(state): State<AppState>,
    Path((org, member)): Path<(String, String)>,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let link = accounts::invite(&visit, &RowId::parse(&member)?).await?;
    let back = format!("/{}/people", visit.agency());
    handed(&state, link, value(&entered, "whom"), &back)
}
