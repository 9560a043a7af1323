//! The one place that writes: everything of a commit, or nothing.
//!
//! Why one: what a command saw is held as it was seen, the token that it came by must still
//! stand, and nothing in it contradicts what stands; nobody may forget one of these. What it
//! can't know: what the rows mean; they were judged before.

use crate::principal::Principal;
use crate::records::Progress;
use crate::visit::{Access, Changes, Visit};
use crate::{App, AppError};
use registers::RowRef;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Blob, Commit, CommitHead, Holds, Job, NewRow, Prepared, Receipt, Unmoved};

/// What is written at once.
pub(crate) enum Lines<'p> {
    /// Rows of one record.
    Few(Vec<NewRow>),
    /// Rows of a file, and what is told while they are written.
    Many(Vec<Prepared>, Progress<'p>),
}

/// A commit as it is drawn up.
pub(crate) struct Draft<'p> {
    /// What is done, as a word.
    pub action: String,
    pub lines: Lines<'p>,
    pub blobs: Vec<Blob>,
    pub receipt: Option<Receipt>,
    pub holds: Holds,
}

impl Draft<'_> {
    /// Of a few rows that hang on nothing else.
    pub(crate) fn of(action: &str, rows: Vec<NewRow>) -> Self {
        Self {
            action: action.to_owned(),
            lines: Lines::Few(rows),
            blobs: Vec::new(),
            receipt: None,
            holds: Holds::default(),
        }
    }
}

/// Writes a draft to a chain: the only caller of the store's commit.
pub(crate) async fn write(app: &App, who: &Principal, chain: &str, draft: Draft<'_>) -> Result<(), AppError> {
    let (actor, at_micros) = (who.id.clone(), app.now());
    let (action, agency) = (draft.action, chain.to_owned());
    let (receipt, holds) = (draft.receipt, draft.holds);
    match draft.lines {
        Lines::Few(rows) => {
            let commit = Commit {
                actor,
                at_micros,
                action,
                agency,
                rows,
                blobs: draft.blobs,
                receipt,
                holds,
                ..Commit::default()
            };
            app.store.commit(commit).await?;
        }
        Lines::Many(rows, progress) => {
            let head = CommitHead {
                actor,
                at_micros,
                action,
                agency,
                receipt,
                holds,
                ..CommitHead::default()
            };
            // The writer tells from a task of its own.
            let (told, mut signs) = tokio::sync::mpsc::unbounded_channel();
            let tells = Arc::new(move |done| {
                let _ = told.send(done);
            });
            let writing = app.store.commit_prepared(head, rows, draft.blobs, tells);
            tokio::pin!(writing);
            loop {
                tokio::select! {
                    written = &mut writing => {
                        written?;
                        break;
                    }
                    Some(done) = signs.recv() => progress(done),
                }
            }
        }
    }
    Ok(())
}

impl<A: Changes> Access<'_, A> {
    /// Writes what this access allows; where the request came twice at once and the other one
    /// wrote, its answer.
    pub(crate) async fn commit(&self, mut draft: Draft<'_>) -> Result<Option<String>, AppError> {
        let visit = self.visit;
        let who = visit.who();
        draft.holds.since = visit.reads().position();
        draft.holds.rows.extend(crate::people::still_valid(visit).await?);
        if let Lines::Few(rows) = &draft.lines {
            draft.receipt = draft.receipt.or_else(|| who.receipt(rows));
            let typed = |r: &NewRow| {
                registers::register(&r.register).is_some_and(|spec| spec.typed.is_some() && !spec.bulk)
            };
            if rows.iter().any(typed) {
                would_hold(visit, rows)?;
            }
            // Two decisions of one day would contradict each other, and neither saw the other.
            if rows.iter().any(|r| r.register == "designation") {
                draft.holds.unmoved.push(Unmoved {
                    register: "designation".to_owned(),
                    ..Unmoved::default()
                });
            }
        }
        // Everything was looked at; whoever waits for the writer holds no reader.
        visit.reads().end().await;
        let key = draft.receipt.as_ref().map(|r| (r.key.clone(), r.request));
        let principal = draft.receipt.as_ref().map(|r| r.principal.clone());
        match write(visit.app(), who, visit.agency().as_str(), draft).await {
            Ok(()) => Ok(None),
            // The same request came twice at once: the first one wrote.
            Err(error) if principal.as_deref() == Some(&who.id) => {
                match answered(&visit.again().await?, key.as_ref()).await? {
                    Some(answer) => Ok(Some(answer)),
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }
}

/// Writes what tells of something that a visitor did and that no access is for: that they took
/// something away. Whoever may read may do this, so nothing but such a row comes here.
pub(crate) async fn note(visit: &Visit<'_>, row: NewRow) -> Result<(), AppError> {
    let mut draft = Draft::of("disclose", vec![row]);
    draft.holds.since = visit.reads().position();
    draft.holds.rows.extend(crate::people::still_valid(visit).await?);
    write(visit.app(), visit.who(), visit.agency().as_str(), draft).await
}

/// Keeps an import under way, and forgets those older than `kept` microseconds.
pub(crate) async fn keep_job(visit: &Visit<'_>, job: &Job, kept: i64) -> Result<(), AppError> {
    let before = visit.now().saturating_sub(kept);
    Ok(visit.app().store.put_job(job, before).await?)
}

/// Closes an import of which nothing was written; false where it was written or closed before.
pub(crate) async fn close_job(visit: &Visit<'_>, job: &Job, receipt: &Receipt) -> Result<bool, AppError> {
    Ok(visit.app().store.close_job(job, receipt).await?)
}

/// Keeps a plan of an agency that is not there yet, and forgets those older than `kept` microseconds.
pub(crate) async fn keep_first(app: &App, job: &Job, kept: i64) -> Result<(), AppError> {
    Ok(app.store.put_job(job, app.now().saturating_sub(kept)).await?)
}

/// Closes what was kept of such a plan; false where it was closed before.
pub(crate) async fn close_first(app: &App, job: &Job, receipt: &Receipt) -> Result<bool, AppError> {
    Ok(app.store.close_job(job, receipt).await?)
}

/// The answer to the same request, if it was given; the same key for another request is refused.
pub(crate) async fn answered(
    visit: &Visit<'_>,
    once: Option<&(String, [u8; 32])>,
) -> Result<Option<String>, AppError> {
    let Some((key, request)) = once else {
        return Ok(None);
    };
    match visit.reads().receipt(&visit.who().id, key).await? {
        Some(receipt) if receipt.request == *request => Ok(Some(receipt.answer)),
        Some(_) => Err(AppError::bad_input(
            "這個 Idempotency-Key 已用於另一個請求",
            "每個新的請求請用新的 Idempotency-Key；重送時內容須完全相同",
        )),
        None => Ok(None),
    }
}

/// Refuses rows that would contradict those that stand: nothing written can be taken back. Rows of
/// other registers contradict none, and were judged when they were written.
pub(crate) fn would_hold(visit: &Visit<'_>, rows: &[NewRow]) -> Result<(), AppError> {
    let standing = visit.rows();
    let replaced: BTreeSet<(&str, &str)> = rows
        .iter()
        .map(|n| (n.register.as_str(), n.row.as_str()))
        .collect();
    let mut after: Vec<RowRef<'_>> = registers::CONTRADICTING
        .iter()
        .flat_map(|register| standing.standing(register))
        .filter(|r| !replaced.contains(&(r.register.as_str(), r.row.as_str())))
        .map(|r| RowRef {
            register: &r.register,
            row: &r.row,
            version: r.version,
            body: &r.body,
        })
        .collect();
    after.extend(rows.iter().filter(|r| !r.body.is_null()).map(|r| RowRef {
        register: &r.register,
        row: &r.row,
        version: r.expected_version.saturating_add(1),
        body: &r.body,
    }));
    let asking = crate::records::route::asking(visit.corpus(), standing);
    registers::snapshot(visit.agency().as_str(), &after, 0, &asking)
        .map(|_| ())
        .map_err(|problems| {
            let text = problems
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("；");
            AppError::bad_input(
                format!("與既有資料牴觸：{text}"),
                "請更正後再送一次；沒有寫入任何資料",
            )
        })
}
