//! What went wrong, as the officer reads it.
//!
//! Why an extension and not a page: a refusal can come from a handler, an extractor, a
//! guard or a caught panic; the envelope turns all of them into one kind of page, with
//! the request's id. What never reaches the page: the cause of a failure of ours.

use crate::day::Day;
use app::{AppError, Kind};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

/// A page that can't be shown, and why.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    /// Status of the answer.
    pub status: StatusCode,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub next: Box<str>,
    /// The form to ask for a day again: the page and what was entered.
    pub day: Option<Box<(Day, String)>>,
    /// What is wrong, field by field.
    pub fields: Box<[app::FieldError]>,
    /// For the log only.
    pub cause: Box<str>,
}

/// Why a request was refused, for a program and for whoever reads its log (RFC 9457).
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct Told<'p> {
    /// Always `about:blank`: the code says which.
    #[serde(rename = "type")]
    pub kind: &'p str,
    /// The status of the answer.
    pub status: u16,
    /// A stable word for programs.
    pub code: &'p str,
    /// What is wrong, in a few words.
    pub title: &'p str,
    /// What is wrong.
    pub detail: &'p str,
    /// What to do next.
    pub next: &'p str,
    /// What is wrong, field by field; empty where it isn't about fields.
    pub fields: &'p [app::FieldError],
    /// The request's id, for whoever keeps the machine.
    pub request: &'p str,
}

/// What to do on a page, where nothing else is known of what was asked for.
const BY_MENU: &str = "請由首頁或選單開啟";
const BY_BUTTON: &str = "請由頁面上的連結或按鈕操作";

/// The same for a program, which has neither.
const BY_DESCRIPTION: &str = "請對照 API 說明（/api/v1/openapi.json）確認位址、方法與內容型別";

impl Problem {
    fn new(status: StatusCode, code: &'static str, title: &'static str, message: &str, next: &str) -> Self {
        Self {
            status,
            code,
            title,
            message: message.to_owned(),
            next: next.into(),
            day: None,
            fields: Box::default(),
            cause: Box::default(),
        }
    }

    /// A failure of ours.
    pub fn internal(code: &'static str, cause: impl Into<String>) -> Self {
        let mut problem = Self::of(StatusCode::INTERNAL_SERVER_ERROR);
        problem.code = code;
        problem.cause = cause.into().into();
        problem
    }

    /// No such page.
    pub fn not_found() -> Self {
        Self::of(StatusCode::NOT_FOUND)
    }

    /// The request can't be read.
    pub fn bad_request(message: &str, next: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad_request",
            "請求讀不懂",
            message,
            next,
        )
    }

    /// Whoever calls has shown no token that holds.
    pub fn unauthorised() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorised",
            "需要有效的存取權杖",
            "沒有存取權杖，或已到期、已廢止。",
            "請以 Authorization: Bearer 帶入 fazun token create 發給的權杖",
        )
    }

    /// A refusal of the API.
    pub fn api(status: StatusCode, code: &'static str, message: &str, next: &str) -> Self {
        Self::new(status, code, "請求不能接受", message, next)
    }

    /// An error where another version than the one seen is a failed precondition.
    pub fn stale(error: AppError) -> Self {
        let kind = error.kind();
        let mut problem = Self::from(error);
        if kind == Kind::Stale {
            problem.status = StatusCode::PRECONDITION_FAILED;
        }
        problem
    }

    /// As machines read it (RFC 9457).
    pub fn told<'p>(&'p self, request: &'p str) -> Told<'p> {
        Told {
            kind: "about:blank",
            status: self.status.as_u16(),
            code: self.code,
            title: self.title,
            detail: &self.message,
            next: &self.next,
            fields: &self.fields,
            request,
        }
    }

    /// As a program is told: it has no page to turn to.
    pub fn for_programs(mut self) -> Self {
        if matches!(&*self.next, BY_MENU | BY_BUTTON) {
            self.next = BY_DESCRIPTION.into();
        }
        self
    }

    /// A form that may not be ours.
    pub fn forged(cause: &str) -> Self {
        let mut problem = Self::of(StatusCode::FORBIDDEN);
        problem.code = "forged_form";
        problem.cause = cause.into();
        problem
    }

    /// Another name than this server's; said is the right one, where there is one.
    pub fn wrong_host(right: Option<String>) -> Self {
        let mut problem = Self::of(StatusCode::MISDIRECTED_REQUEST);
        if let Some(right) = right {
            problem.message = "本系統只回應指定的網址。".to_owned();
            problem.next = format!("請以 {right} 開啟").into();
        }
        problem
    }

    /// The text given for the day is no day.
    pub fn bad_day(day: Day, given: String, message: String) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let mut problem = Self::new(status, "bad_day", "日期看不懂", "", "請更正日期後再按「查看」");
        problem.message = message;
        problem.day = Some(Box::new((day, given)));
        problem
    }

    /// As many bodies are being received as there is room for.
    pub fn no_room() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "no_room",
            "系統忙碌中",
            "同時接收的檔案太多，這次送出的內容沒有接收，也沒有寫入任何資料。",
            "請稍候幾秒再送一次",
        )
    }

    /// After how many seconds it may go better.
    pub fn retry_after(&self) -> Option<u32> {
        matches!(
            self.code,
            "no_room" | "database_busy" | "database_away" | "being_derived"
        )
        .then_some(5)
    }

    /// A failure of the machine, in words that say what it lacks.
    fn of_machine(code: &'static str, cause: String) -> Option<Self> {
        let mut problem = match code {
            "disk_full" => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                code,
                "磁碟已滿",
                "磁碟已滿，這次沒有寫入任何資料；已寫入的資料不受影響。",
                "請系統管理者清出磁碟空間，以 fazun doctor 確認後再送一次",
            ),
            "read_only" => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code,
                "資料不能寫入",
                "資料庫目前只能讀取，這次沒有寫入任何資料；已寫入的資料不受影響。",
                "請系統管理者檢查磁碟是否唯讀、資料目錄的權限，以 fazun doctor 確認後再送一次",
            ),
            "database_busy" => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code,
                "系統忙碌中",
                "資料庫忙碌中，等候逾時；這次沒有寫入任何資料。",
                "請稍候幾秒再試一次；若持續發生，請系統管理者以 fazun doctor 查明",
            ),
            "database_away" => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code,
                "資料庫無法讀取",
                "資料庫目前連不上或讀不到，這次沒有寫入任何資料；恢復後系統會自行接上。",
                "請系統管理者檢查磁碟、資料庫服務與網路，以 fazun doctor 查明",
            ),
            "database_uncertain" => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code,
                "無法確定是否已寫入",
                "寫入時與資料庫的連線中斷，無法確定這次是否已寫入。",
                "請待連線恢復後重新載入，確認結果再決定是否重做",
            ),
            "distrusted" => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code,
                "已停止寫入",
                "資料庫驗證不通過，系統已停止寫入，只能查閱；這次沒有寫入任何資料。",
                "請通知系統管理者執行 fazun doctor 與 fazun ledger verify，保存現場並由備份還原後，再送一次",
            ),
            "being_derived" => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code,
                "系統升級後整理中",
                "系統剛升級，本機關的清單與搜尋索引正在重新整理；為免清單或搜尋漏列，完成前暫停提供。",
                "請稍候再開啟一次；久候未完成時，請系統管理者確認背景工作正在執行",
            ),
            _ => return None,
        };
        problem.cause = cause.into();
        Some(problem)
    }

    /// More than is read of a request: how much is, and the way out.
    pub fn too_large(limit: usize, next: &str) -> Self {
        let mut problem = Self::of(StatusCode::PAYLOAD_TOO_LARGE);
        let limit = match limit / (1024 * 1024) {
            0 => format!("{} KB", limit / 1024),
            whole if whole >= 1024 => format!("{} GB", whole / 1024),
            whole => format!("{whole} MB"),
        };
        problem.message = format!("這次送出的資料超過 {limit} 的上限；沒有寫入任何資料。");
        problem.next = next.into();
        problem
    }

    /// What a bare status means.
    pub fn of(status: StatusCode) -> Self {
        let (code, title, message, next) = match status {
            StatusCode::FORBIDDEN => (
                "forbidden",
                "這次送出被拒絕",
                "無法確認表單是由本系統的頁面送出；沒有寫入任何資料。",
                "請回到原頁面重新整理（程式重新啟動後，舊頁面的表單會失效；瀏覽器須接受 Cookie），再送一次",
            ),
            StatusCode::NOT_FOUND => (
                "not_found",
                "找不到這一頁",
                "網址可能有誤，或資料不存在。",
                BY_MENU,
            ),
            StatusCode::METHOD_NOT_ALLOWED => (
                "method_not_allowed",
                "這個網址不能這樣使用",
                "此網址不接受這種請求。",
                BY_BUTTON,
            ),
            StatusCode::PAYLOAD_TOO_LARGE => (
                "too_large",
                "送出的資料太大",
                "超過可接受的大小；沒有寫入任何資料。",
                "請分成幾次送出，或改附較小的檔案",
            ),
            StatusCode::MISDIRECTED_REQUEST => (
                "wrong_host",
                "不提供服務的網址",
                "本系統只回應本機網址。",
                "請以 http://127.0.0.1 或 http://localhost 加上連接埠開啟",
            ),
            StatusCode::REQUEST_TIMEOUT => (
                "slow_body",
                "送出的內容中斷",
                "資料傳送太慢或中途停住，沒有收完；沒有寫入任何資料。",
                "請確認網路連線後再送一次",
            ),
            StatusCode::SERVICE_UNAVAILABLE => (
                "timeout",
                "處理時間過長",
                "這次請求未能在時限內完成。",
                "請稍後再試一次",
            ),
            s if s.is_client_error() => (
                "bad_request",
                "請求讀不懂",
                "送來的內容不完整或格式不符。",
                BY_BUTTON,
            ),
            _ => (
                "failed",
                "系統發生錯誤",
                "這一頁無法顯示；已寫入的資料不受影響。",
                "請再試一次；若仍發生，請將下列請求編號告知系統管理者",
            ),
        };
        Self::new(status, code, title, message, next)
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let status = match error.kind() {
            Kind::BadInput => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::Conflict | Kind::Stale => StatusCode::CONFLICT,
            Kind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let code = error.code();
        if let Some(problem) = Self::of_machine(code, app::causes(&error)) {
            return problem;
        }
        let technical: Box<str> = error.technical().unwrap_or_default().into();
        let mut problem = match (error.kind(), error) {
            (Kind::NotFound, AppError::Told { message, remedy, .. }) => {
                Self::new(status, code, "找不到", &message, &remedy)
            }
            (Kind::BadInput, AppError::Told { message, remedy, .. }) => {
                Self::new(status, code, "資料不能使用", &message, &remedy)
            }
            (Kind::Forbidden, AppError::Told { message, remedy, .. }) => {
                Self::new(status, code, "沒有權限", &message, &remedy)
            }
            (Kind::Conflict, AppError::Told { message, remedy, .. }) => {
                Self::new(status, code, "現在不能這樣做", &message, &remedy)
            }
            (Kind::Stale, AppError::Told { message, remedy, .. }) => {
                Self::new(status, code, "版本不符", &message, &remedy)
            }
            (_, AppError::Fields(fields)) => {
                let message = AppError::Fields(fields.clone()).to_string();
                let next = "請更正後再送一次；沒有寫入任何資料";
                let mut problem = Self::new(status, code, "資料不能使用", &message, next);
                problem.fields = fields.into();
                problem
            }
            (Kind::BadInput, AppError::Sheet(error)) => Self::new(
                status,
                code,
                "檔案讀不懂",
                &error.to_string(),
                "更正後再送一次；沒有寫入任何資料",
            ),
            (Kind::BadInput, error) => Self::new(
                status,
                code,
                "資料不能使用",
                &error.to_string(),
                "請更正後再送一次；沒有寫入任何資料",
            ),
            (Kind::Forbidden, _) => Self::unauthorised(),
            (Kind::Stale, _) => Self::new(
                status,
                code,
                "資料剛被更改",
                "送出之前，同一筆資料已被別人更改；沒有寫入任何資料。",
                "請回到原頁面重新整理，確認後再送一次",
            ),
            (_, error) => Self::internal(code, app::causes(&error)),
        };
        if problem.cause.is_empty() {
            problem.cause = technical;
        }
        problem
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        Self::internal("template", error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_was_found_damaged_is_told_with_what_to_do() {
        let problem = Problem::of_machine("distrusted", "甲".to_owned()).unwrap();
        assert_eq!(problem.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(problem.code, "distrusted");
        assert!(problem.message.contains("已停止寫入") && problem.message.contains("沒有寫入"));
        assert!(problem.next.contains("fazun doctor") && problem.next.contains("還原"));
        // It doesn't go better by itself.
        assert_eq!(problem.retry_after(), None);
    }
}
