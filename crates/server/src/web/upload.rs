//! Forms that carry files, read part by part.
//!
//! Why the token comes first: whoever can't show it gets nothing read, let alone kept. Why
//! the whole request is read even where a file is too large: a browser that is refused while
//! it still sends shows a broken connection instead of our words. Only what is kept stays in
//! memory, and all requests together keep no more than the budget.

use crate::AppState;
use crate::context;
use crate::error::Problem;
use app::EvidenceFile;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use axum::response::Response;
use std::time::Duration;
use tokio::time::Instant;

/// How many files at once.
pub(crate) const FILES: usize = 5;
/// The longest text.
const TEXT_LIMIT: usize = 64 * 1024;
/// More is no token.
const TOKEN_LIMIT: usize = 256;
/// How long, and how much, a refused form is still listened to.
const LINGER: Duration = Duration::from_secs(3);
const LINGER_BYTES: usize = 8 * 1024 * 1024;
/// The most parts of a request.
const PARTS: usize = 1024;
/// The largest request that is read to its end.
pub(crate) const REQUEST_LIMIT: usize = 1024 * 1024 * 1024;

/// What a request carried.
#[derive(Default)]
pub(crate) struct Parts {
    /// Fields and what was entered.
    pub texts: Vec<(String, String)>,
    /// Files.
    pub files: Vec<EvidenceFile>,
    /// What was not taken, and why.
    pub refused: Option<Refused>,
}

/// Why a part of a form was not taken.
pub(crate) struct Refused {
    /// In words.
    pub words: String,
    /// Whether it is larger than what is taken.
    pub is_too_large: bool,
}

impl Refused {
    fn because(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            is_too_large: false,
        }
    }

    fn too_large(words: impl Into<String>) -> Self {
        Self {
            is_too_large: true,
            ..Self::because(words)
        }
    }

    /// As a refusal of the API, by a code of the operation's own where it isn't about size.
    pub fn told(&self, code: &'static str, next: &str) -> Problem {
        let (status, code) = if self.is_too_large {
            (StatusCode::PAYLOAD_TOO_LARGE, "too_large")
        } else {
            (StatusCode::UNPROCESSABLE_ENTITY, code)
        };
        Problem::api(status, code, &self.words, next)
    }
}

impl Parts {
    /// What was entered in a field.
    pub fn text(&self, name: &str) -> &str {
        self.texts
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }

    /// The first file, taken out.
    pub fn file(&mut self) -> Option<EvidenceFile> {
        (!self.files.is_empty()).then(|| self.files.remove(0))
    }

    /// A page that shows the form again: by its status too, where a part of it was too large.
    pub fn shown_again(&self, mut page: Response) -> Response {
        if self.refused.as_ref().is_some_and(|refused| refused.is_too_large) {
            *page.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        }
        page
    }
}

/// Why a form with files was not read to its end.
pub(crate) enum Unread {
    /// It broke off, is too large, or is no such form.
    Form(MultipartError),
    /// There was no room for it.
    NoRoom,
}

impl From<MultipartError> for Unread {
    fn from(error: MultipartError) -> Self {
        Self::Form(error)
    }
}

/// Bytes up to a limit; none where there are more. Reads to the end in any case.
async fn bytes(field: &mut Field<'_>, limit: usize) -> Result<Option<Vec<u8>>, Unread> {
    let mut kept = Vec::new();
    let mut fits = true;
    while let Some(chunk) = field.chunk().await? {
        fits = fits && kept.len() + chunk.len() <= limit;
        if fits {
            context::take(chunk.len()).map_err(|_| Unread::NoRoom)?;
            kept.extend_from_slice(&chunk);
        } else {
            context::give_back(kept.len());
            kept = Vec::new();
        }
    }
    Ok(fits.then_some(kept))
}

/// In words, why a form with files was not read to its end.
pub(crate) fn unread(error: &Unread) -> Problem {
    let Unread::Form(error) = error else {
        return Problem::no_room();
    };
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(
            REQUEST_LIMIT,
            "請分割檔案，分次上傳：佐證每個 25 MB、一次 5 個以內；匯入每個 64 MB、20 萬列以內",
        ),
        status => Problem::of(status),
    }
}

/// Reads a form that begins with its session's token; each file may have up to `limit` bytes.
pub(crate) async fn parts(state: &AppState, mut form: Multipart, limit: usize) -> Result<Parts, Problem> {
    let told = |error: MultipartError| unread(&error.into());
    let mut first = form.next_field().await.map_err(told)?;
    if let Some(field) = &mut first
        && is_token(state, field).await.map_err(told)?
    {
        drop(first);
        return read(form, limit).await.map_err(|error| unread(&error));
    }
    // Nothing of it is kept; a browser with an old page still gets to read why.
    let (until, mut left) = (Instant::now() + LINGER, LINGER_BYTES);
    if let Some(field) = &mut first {
        let _ = tokio::time::timeout_at(until, pass_over(field, &mut left)).await;
    }
    drop(first);
    let rest = async {
        while left > 0
            && let Some(mut field) = form.next_field().await?
        {
            pass_over(&mut field, &mut left).await?;
        }
        Ok::<_, MultipartError>(())
    };
    let _ = tokio::time::timeout_at(until, rest).await;
    Err(Problem::forged("token"))
}

/// Whether a part is the session's token.
async fn is_token(state: &AppState, field: &mut Field<'_>) -> Result<bool, MultipartError> {
    if field.name() != Some("token") || field.file_name().is_some() {
        return Ok(false);
    }
    let mut given = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        given.extend_from_slice(&chunk);
        if given.len() > TOKEN_LIMIT {
            return Ok(false);
        }
    }
    Ok(std::str::from_utf8(&given).is_ok_and(|given| state.is_token(given)))
}

/// Lets a part of a refused form pass by, as long as any is left to pass.
async fn pass_over(field: &mut Field<'_>, left: &mut usize) -> Result<(), MultipartError> {
    while *left > 0
        && let Some(chunk) = field.chunk().await?
    {
        *left = left.saturating_sub(chunk.len());
    }
    Ok(())
}

/// Reads a request that carries files; who sent it is the caller's to know.
pub(crate) async fn read(mut form: Multipart, most: usize) -> Result<Parts, Unread> {
    let mut parts = Parts::default();
    let mut seen = 0;
    while let Some(mut field) = form.next_field().await? {
        seen += 1;
        let name = field.name().unwrap_or_default().to_owned();
        if seen > PARTS {
            parts.refused = Some(Refused::because("表單的欄位太多"));
            bytes(&mut field, 0).await?;
        } else if let Some(given) = field.file_name().map(str::to_owned) {
            let media_type = field
                .content_type()
                .unwrap_or("application/octet-stream")
                .to_owned();
            let limit = if parts.files.len() < FILES { most } else { 0 };
            let kept = bytes(&mut field, limit).await?;
            let shown = app::file_name(&given);
            match kept {
                // A file field that was left empty comes as a file without name and bytes.
                Some(kept) if kept.is_empty() && given.is_empty() => {}
                Some(kept) if kept.is_empty() => {
                    let words = format!("「{shown}」是空檔，請確認檔案");
                    parts.refused = Some(Refused::because(words));
                }
                Some(bytes) => parts.files.push(EvidenceFile {
                    name: shown,
                    bytes,
                    media_type,
                }),
                None if limit == 0 => {
                    let words = format!("一次最多附 {FILES} 個檔案，請分次登錄");
                    parts.refused = Some(Refused::because(words));
                }
                None => {
                    let most = most / (1024 * 1024);
                    let words = format!("「{shown}」超過 {most} MB，請分割檔案或改附較小的檔案");
                    parts.refused = Some(Refused::too_large(words));
                }
            }
        } else {
            let text = bytes(&mut field, TEXT_LIMIT).await?;
            if text.is_none() {
                let most = TEXT_LIMIT / 1024;
                let words = format!("有一欄的文字超過 {most} KB，請縮短，或改以附件提供");
                parts.refused = Some(Refused::too_large(words));
            }
            let text = text.unwrap_or_default();
            parts
                .texts
                .push((name, String::from_utf8_lossy(&text).into_owned()));
        }
    }
    Ok(parts)
}
