//! One commit of everything that a request writes, with its receipt.
//!
//! Why the token's row is held: a token revoked while its request runs must write nothing.
//! What it can't know: what the rows mean; they were judged before.

use crate::principal::Principal;
use crate::{App, AppError};
use store::{Blob, Commit, Holds, NewRow, Receipt};

impl App {
    /// The answer to the same request, if it was given; the same key for another request is refused.
    pub(crate) async fn answered(
        &self,
        who: &Principal,
        once: Option<&(String, [u8; 32])>,
    ) -> Result<Option<String>, AppError> {
        let Some((key, request)) = once else {
            return Ok(None);
        };
        match self.store.receipt(&who.id, key).await? {
            Some(receipt) if receipt.request == *request => Ok(Some(receipt.answer)),
            Some(_) => Err(AppError::bad_input(
                "這個 Idempotency-Key 已用於另一個請求",
                "每個新的請求請用新的 Idempotency-Key；重送時內容須完全相同",
            )),
            None => Ok(None),
        }
    }

    /// Everything of a commit or nothing: where what was looked at is so still, and nothing in it
    /// contradicts what stands.
    pub(crate) async fn commit_holding(
        &self,
        who: &Principal,
        agency: &str,
        action: &str,
        rows: Vec<NewRow>,
        blobs: Vec<Blob>,
        holds: Holds,
    ) -> Result<(), AppError> {
        self.commit_once(who, agency, action, rows, blobs, None, holds)
            .await
            .map(|_| ())
    }

    /// The same; where the request came twice at once and the other one wrote, its answer.
    #[expect(clippy::too_many_arguments, reason = "the parts of one commit")]
    pub(super) async fn commit_once(
        &self,
        who: &Principal,
        agency: &str,
        action: &str,
        rows: Vec<NewRow>,
        blobs: Vec<Blob>,
        receipt: Option<Receipt>,
        mut holds: Holds,
    ) -> Result<Option<String>, AppError> {
        holds.rows.extend(self.still_valid(who).await?);
        let receipt = receipt.or_else(|| who.receipt(&rows));
        let typed = |r: &NewRow| {
            registers::register(&r.register).is_some_and(|spec| spec.typed.is_some() && !spec.bulk)
        };
        if rows.iter().any(typed) {
            self.would_hold(agency, &rows).await?;
        }
        let key = receipt.as_ref().map(|r| (r.key.clone(), r.request));
        let written = self
            .store
            .commit(Commit {
                actor: who.id.clone(),
                at_micros: self.now(),
                action: action.to_owned(),
                agency: agency.to_owned(),
                rows,
                blobs,
                receipt,
                holds,
            })
            .await;
        match written {
            Ok(_) => Ok(None),
            // The same request came twice at once: the first one wrote.
            Err(error) => match self.answered(who, key.as_ref()).await? {
                Some(answer) => Ok(Some(answer)),
                None => Err(error.into()),
            },
        }
    }
}
