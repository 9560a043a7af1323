//! What somebody had typed when their session ended: kept a day for whoever it was, and nobody else.
//!
//! What it can't know: files; they are chosen again.

use super::kept::{Seen, keep, look, use_up};
use super::secret::{hash, secret};
use super::session::{self, Signed, Who, holder};
use crate::compiled::compiled_once;
use crate::{App, AppError};
use serde::{Deserialize, Serialize};

const KIND: &str = "draft";
/// How long it is kept, in microseconds: a day.
const KEPT: i64 = 24 * 60 * 60 * 1_000_000;

/// A form as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Where it was sent to.
    pub path: String,
    /// Its fields and what was entered.
    pub fields: Vec<(String, String)>,
    /// How many files came along, which are not kept.
    pub files: usize,
    /// Whether it is a form with files.
    pub is_multipart: bool,
}

/// What a browser's secret is kept by: worth nothing to whoever reads it.
pub fn session_of(secret: &str) -> String {
    hash(secret)
}

impl App {
    /// Who held a session that has ended, where that is still known.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn held_before(&self, secret: &str) -> Result<Option<Who>, AppError> {
        let seen = look::<session::Body>(self, session::KIND, &hash(secret)).await?;
        // Somebody who had yet to show a code may not have been the one.
        let whole = seen.filter(|s| s.body.stage == session::Stage::Full);
        Ok(whole.map(|s| s.body.who))
    }

    /// Keeps what somebody typed; gives by what they find it again.
    ///
    /// # Errors
    /// Where the database can't be written.
    #[compiled_once]
    pub async fn keep_draft(&self, who: &Who, draft: Draft) -> Result<String, AppError> {
        let id = secret()?;
        let kept = Seen::new(id.clone(), holder(who), self.now() + KEPT, draft);
        keep(self, KIND, &kept).await?;
        Ok(id)
    }

    /// What whoever is signed in had typed.
    ///
    /// # Errors
    /// Where there is none, or it is somebody else's: the same words.
    #[compiled_once]
    pub async fn draft(&self, signed: &Signed, id: &str) -> Result<Draft, AppError> {
        let seen = look::<Draft>(self, KIND, id).await?;
        let mine = seen.filter(|s| s.until > self.now() && s.holder == holder(&signed.who));
        mine.map(|s| s.body).ok_or_else(|| {
            AppError::not_found("這份暫存內容已不在", "暫存保留一天，只給原來填寫的人；請重新填寫")
        })
    }

    /// Forgets it: it was sent again.
    ///
    /// # Errors
    /// Where the database can't be written.
    #[compiled_once]
    pub async fn forget_draft(&self, id: &str) -> Result<(), AppError> {
        use_up(self, KIND, id).await.map(|_| ())
    }
}
