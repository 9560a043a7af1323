//! What was typed into a form whose session had ended: kept, shown after signing in, sent again.
//!
//! Why shown first: whoever signs in again sees what will be sent, and where. What it can't know: files;
//! the page says that they are to be chosen again.

use super::page::{Page, show, signed};
use crate::AppState;
use crate::error::Problem;
use crate::words;
use app::accounts::Draft;
use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::{Form, FromRequest, Multipart, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;

/// The most of a form that is kept.
const LARGEST: usize = 256 * 1024;
/// The most fields that are kept.
const FIELDS: usize = 400;

/// Keeps a form that came after its session had ended: the address where it is found again. None where
/// nobody knows whose it was, or it was not one of our forms.
pub(crate) async fn keep(
    state: &AppState,
    secret: &str,
    path: &str,
    request: Request,
) -> Result<Option<String>, Problem> {
    let Some(who) = state.app.held_before(secret).await? else {
        return Ok(None);
    };
    let kind = request.headers().get(header::CONTENT_TYPE);
    let is_multipart = kind.is_some_and(|k| k.as_bytes().starts_with(b"multipart/form-data"));
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return Ok(None);
    };
    let again = Request::from_parts(parts, Body::from(bytes));
    let Some((fields, files)) = read(again, is_multipart).await else {
        return Ok(None);
    };
    let token = fields
        .iter()
        .find(|(name, _)| name == "token")
        .map(|(_, value)| value.as_str());
    if !state.is_token_of(secret, token.unwrap_or_default()) {
        return Ok(None);
    }
    let draft = Draft {
        path: path.to_owned(),
        fields: fields.into_iter().filter(|(name, _)| name != "token").collect(),
        files,
        is_multipart,
    };
    let id = state.app.keep_draft(&who, draft).await?;
    Ok(Some(format!("/drafts/{id}")))
}

async fn read(request: Request, is_multipart: bool) -> Option<(Vec<(String, String)>, usize)> {
    if !is_multipart {
        let Form(fields) = Form::<Vec<(String, String)>>::from_request(request, &())
            .await
            .ok()?;
        return (fields.len() <= FIELDS).then_some((fields, 0));
    }
    let mut parts = Multipart::from_request(request, &()).await.ok()?;
    let (mut fields, mut files) = (Vec::new(), 0);
    while let Some(part) = parts.next_field().await.ok()? {
        let name = part.name().unwrap_or_default().to_owned();
        if part.file_name().is_some() {
            let chosen = part.file_name().is_some_and(|name| !name.is_empty());
            files += usize::from(chosen);
            part.bytes().await.ok()?;
        } else {
            fields.push((name, part.text().await.ok()?));
        }
        if fields.len() > FIELDS {
            return None;
        }
    }
    Some((fields, files))
}

#[derive(Template)]
#[template(path = "draft.html")]
struct DraftPage {
    page: Page,
    draft: Draft,
}

/// GET /drafts/{id}
pub(crate) async fn draft(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let draft = state.app.draft(&*signed()?, &id).await?;
    let mut page = Page::outside(&state, "接續剛才填寫的內容", &format!("/drafts/{id}"));
    page.token = state.token();
    show(StatusCode::OK, &DraftPage { page, draft })
}
