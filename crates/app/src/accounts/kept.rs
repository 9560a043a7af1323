//! What stands for a while, typed: one place that knows how it lies in the store.

use crate::reads::Reads;
use crate::{App, AppError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{INSTALLATION, Kept};

/// Something kept, as it was seen.
pub(crate) struct Seen<T> {
    pub id: String,
    pub holder: String,
    pub until: i64,
    pub body: T,
    version: u32,
}

fn read<T: DeserializeOwned>(kept: Kept) -> Option<Seen<T>> {
    // Of a form that this program doesn't know: as good as ended.
    let body = serde_json::from_str(&kept.body).ok()?;
    Some(Seen {
        id: kept.id,
        holder: kept.holder,
        until: kept.until,
        version: kept.version,
        body,
    })
}

impl<T> Seen<T> {
    /// Something that is not kept yet.
    pub fn new(id: String, holder: String, until: i64, body: T) -> Self {
        Self {
            id,
            holder,
            until,
            body,
            version: 0,
        }
    }
}

/// What is kept, whether or not it has ended.
pub(crate) async fn find<T: DeserializeOwned>(
    reads: &Reads<'_>,
    kind: &str,
    id: &str,
) -> Result<Option<Seen<T>>, AppError> {
    Ok(reads.kept(kind, id).await?.and_then(read))
}

/// The same, by a reading of its own.
pub(crate) async fn look<T: DeserializeOwned>(
    app: &App,
    kind: &str,
    id: &str,
) -> Result<Option<Seen<T>>, AppError> {
    find(&Reads::open(app, INSTALLATION).await?, kind, id).await
}

/// Everything of a kind that somebody holds.
pub(crate) async fn held_by<T: DeserializeOwned>(
    app: &App,
    kind: &str,
    holder: &str,
) -> Result<Vec<Seen<T>>, AppError> {
    let mut reading = app.store.reading(INSTALLATION).await?;
    let all = reading.kept_of(kind, holder).await?;
    Ok(all.into_iter().filter_map(read).collect())
}

/// Keeps it, new or changed; false where somebody else was faster.
pub(crate) async fn keep<T: Serialize>(app: &App, kind: &str, seen: &Seen<T>) -> Result<bool, AppError> {
    let body = serde_json::to_string(&seen.body)
        .map_err(|e| AppError::failed(format!("無法寫成 JSON（{e}）"), "這是程式的錯誤，請回報"))?;
    let kept = Kept {
        kind: kind.to_owned(),
        id: seen.id.clone(),
        holder: seen.holder.clone(),
        version: seen.version,
        until: seen.until,
        body,
    };
    Ok(app.store.keep_for_now(INSTALLATION, kept, app.now()).await?)
}

/// Takes it away; whether it was there.
pub(crate) async fn use_up(app: &App, kind: &str, id: &str) -> Result<bool, AppError> {
    Ok(app.store.use_up(INSTALLATION, kind, id).await?)
}

/// Takes away what somebody holds, but for one.
pub(crate) async fn drop_of(app: &App, kind: &str, holder: &str, but: &str) -> Result<u64, AppError> {
    Ok(app.store.drop_kept(INSTALLATION, (kind, holder), but).await?)
}
