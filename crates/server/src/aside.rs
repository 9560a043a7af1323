//! Work that keeps a processor busy, within a request.
//!
//! Why on threads of its own: those that answer requests must not wait for a spreadsheet. What takes
//! longer than somebody waits is no work for here; it is asked for as a job. What it can't know:
//! whether the one who asked is still there; what is read for them is told to stop by its own sign.

use app::AppError;

/// Does something beside the threads that answer requests; it keeps hold of what the request holds
/// in memory until it is done.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce(tokio::runtime::Handle) -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let runtime = tokio::runtime::Handle::current();
    let lease = crate::context::lease();
    let done = tokio::task::spawn_blocking(move || {
        let _held = lease;
        work(runtime)
    })
    .await;
    done.unwrap_or_else(|e| {
        Err(AppError::failed(
            format!("處理中斷（{e}）"),
            "請再試一次；仍不行請看系統紀錄",
        ))
    })
}
