//! An agency's rows at the position of a reading: those that are kept, moved on by what was written
//! since, or read anew.
//!
//! What it can't know: who looks at them.

use crate::held::Held;
use crate::reads::Reads;
use crate::records::bulk::bulk;
use crate::rows::Rows;
use crate::{App, AppError};
use std::sync::Arc;

/// An agency's rows at the position of a reading; none where it has no rows.
pub(crate) async fn held(app: &App, reads: &Reads<'_>) -> Result<Option<Arc<Held>>, AppError> {
    let (agency, position) = (reads.agency(), reads.position());
    let held = match app.cache.get(agency) {
        Some((at, held)) if at == position => return Ok(Some(held)),
        Some((at, held)) if at < position => {
            let written = reads.since(at).await?;
            if written.is_empty() {
                held
            } else {
                // A very large register's rows are never kept.
                let bulk = bulk();
                let kept = written
                    .into_iter()
                    .filter(|r| !bulk.contains(&r.register.as_str()));
                Arc::new(held.moved_on(kept.collect()))
            }
        }
        _ => {
            let rows = Rows::of(reads.latest_but(&bulk()).await?);
            if rows.is_empty() {
                return Ok(None);
            }
            Arc::new(Held::of(rows))
        }
    };
    app.cache.put(agency, position, &held);
    Ok(Some(held))
}

/// An agency's rows where they are kept: at most what was written since is read. Whoever merely says
/// that they belong to an agency doesn't make it be read whole.
pub(crate) async fn if_kept(app: &App, reads: &Reads<'_>) -> Result<Option<Arc<Held>>, AppError> {
    match app.cache.get(reads.agency()) {
        Some((at, _)) if at <= reads.position() => held(app, reads).await,
        _ => Ok(None),
    }
}

/// Whether another visit has read further already: the rows of this one would be read anew.
pub(crate) fn is_behind(app: &App, reads: &Reads<'_>) -> bool {
    let kept = app.cache.get(reads.agency());
    kept.is_some_and(|(at, _)| at > reads.position())
}
