//! Whether the server is alive, and whether it is of use.
//!
//! Why two: a supervisor restarts what is not alive, which helps nobody where the database is
//! away; a balancer sends nobody to what is not ready. Why a seam: what makes up readiness is
//! the application's to say. What it can't know: whether an answer in the past still holds.

use app::App;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// How long a check may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(5);

/// One thing that readiness rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What it is, in few words.
    pub what: &'static str,
    /// Whether it is as it must be.
    pub is_sound: bool,
    /// How it is, and what to do where it isn't sound; names no agency and no path.
    pub words: String,
}

impl Check {
    /// Something as it must be.
    pub fn sound(what: &'static str, words: impl Into<String>) -> Self {
        let words = words.into();
        Self {
            what,
            is_sound: true,
            words,
        }
    }

    /// Something that is not.
    pub fn failed(what: &'static str, words: impl Into<String>) -> Self {
        let words = words.into();
        Self {
            what,
            is_sound: false,
            words,
        }
    }
}

/// What is checked whenever somebody asks.
pub type Health = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Vec<Check>> + Send>> + Send + Sync>;

/// What the application says of itself.
pub(crate) fn of(app: Arc<App>) -> Health {
    Arc::new(move || {
        let app = Arc::clone(&app);
        Box::pin(async move {
            let read = tokio::time::timeout(PATIENCE, app.ledger_head()).await;
            let mut checks = match read {
                Ok(Ok(_)) => vec![Check::sound("資料庫", "可讀取")],
                Ok(Err(error)) => {
                    tracing::error!(cause = %app::causes(&error), "not ready");
                    vec![Check::failed(
                        "資料庫",
                        "讀取失敗。下一步：請執行 fazun doctor 查明原因",
                    )]
                }
                Err(_) => vec![Check::failed(
                    "資料庫",
                    "未在 5 秒內回應。下一步：請檢查資料庫與磁碟是否忙碌",
                )],
            };
            if app.distrusted().is_some() {
                checks.push(Check::failed(
                    "帳本",
                    "驗證不通過，已停止寫入。下一步：請執行 fazun doctor 與 fazun ledger verify",
                ));
            } else if checks.iter().all(|check| check.is_sound) {
                checks.push(Check::sound("帳本", "沒有發現毀損，可讀取"));
            }
            checks.push(match app.law_notice() {
                None => Check::sound("法規", "已載入"),
                Some(_) => Check::sound(
                    "法規",
                    "指定的法規資料未被採用，沿用前一次可用者。下一步：請執行 fazun law lint",
                ),
            });
            checks
        })
    })
}

/// An answer that says by itself what is wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said;
