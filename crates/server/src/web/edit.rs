//! New records and changes: the form's pages.
//!
//! Why a change carries the version that was seen: whoever saves second is shown what the
//! first one wrote, with their own entries still there.

use super::duties::Done;
use super::entry::{RecordForm, Widget};
use super::page::{Page, enter, go, show};
use super::upload::{Parts, parts};
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::{AppError, Kind, PutRecord, RowId, Visit, records};
use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use views::{RecordDetail, RegisterHead};

#[derive(Template)]
#[template(path = "edit.html")]
struct EditPage {
    page: Page,
    register: RegisterHead,
    /// Empty for a new record.
    id: String,
    form: RecordForm,
    /// Whether somebody else was faster.
    stale: bool,
}

impl EditPage {
    fn forms(&self) -> [&RecordForm; 1] {
        [&self.form]
    }

    fn at(&self, rest: &str) -> String {
        let key = &self.register.key;
        self.page.org(format!("registers/{key}{rest}"))
    }

    fn record(&self) -> String {
        self.at(&format!("/records/{}", words::encode(&self.id)))
    }

    /// Where the form goes to.
    fn action(&self) -> String {
        if self.id.is_empty() {
            self.at("/new")
        } else {
            format!("{}/edit", self.record())
        }
    }
}

/// A record with its form, or a register's empty one.
async fn opened(
    visit: &Visit<'_>,
    key: &str,
    id: Option<&RowId>,
) -> Result<(RecordDetail, RecordForm), Problem> {
    let detail = records::record_detail(visit, app::register(key)?, id).await?;
    let may = if id.is_some() {
        detail.may.amend
    } else {
        detail.may.create
    };
    if detail.state == "void" {
        return Err(AppError::conflict("這筆紀錄已註銷，不能修改", "仍需要者，請新增一筆").into());
    }
    if !may {
        let title = &detail.register.title;
        return Err(AppError::bad_input(
            format!("「{title}」不能直接填寫"),
            "請由對應的功能辦理，例如送簽、意見、匯入計畫",
        )
        .into());
    }
    let index = records::register_index(visit).await?;
    let form = RecordForm::of(&detail, &index);
    Ok((detail, form))
}

fn show_form(
    state: &AppState,
    visit: &Visit<'_>,
    day: Day,
    (detail, form): (RecordDetail, RecordForm),
    (status, done): (StatusCode, bool),
) -> Result<Response, Problem> {
    let org = visit.agency();
    let register = detail.register;
    let title = if detail.id.is_empty() {
        format!("新增：{}", register.title)
    } else {
        format!("修改：{}", detail.name)
    };
    let mut page = Page::of_registers(state, visit, "registers", &title, day)?
        .under("登記簿", &format!("/{org}/registers"))
        .under(&register.title, &format!("/{org}/registers/{}", register.key));
    if !detail.id.is_empty() {
        let id = words::encode(&detail.id);
        let href = format!("/{org}/registers/{}/records/{id}", register.key);
        page = page.under(&detail.name, &href);
    }
    page.failed = form.failed();
    page.done = done.then_some("已登錄；可以繼續新增下一筆。");
    let is_stale = status == StatusCode::CONFLICT;
    let page = EditPage {
        page,
        register,
        id: detail.id,
        form,
        stale: is_stale,
    };
    show(status, &page)
}

/// GET /{org}/registers/{key}/new
pub(crate) async fn new(
    State(state): State<AppState>,
    Path((org, key)): Path<(String, String)>,
    Query(done): Query<Done>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let (detail, mut form) = opened(&visit, &key, None).await?;
    for (field, value) in &day.keep {
        form.begin(field, value);
    }
    let again = done.done == "created";
    show_form(&state, &visit, day, (detail, form), (StatusCode::OK, again))
}

/// GET /{org}/registers/{key}/records/{id}/edit
pub(crate) async fn edit(
    State(state): State<AppState>,
    Path((org, key, id)): Path<(String, String, String)>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let opened = opened(&visit, &key, Some(&RowId::parse(&id)?)).await?;
    show_form(&state, &visit, day, opened, (StatusCode::OK, false))
}

/// POST /{org}/registers/{key}/new
pub(crate) async fn create(
    State(state): State<AppState>,
    Path((org, key)): Path<(String, String)>,
    day: Day,
    form: Multipart,
) -> Result<Response, Problem> {
    save(&state, &org, &key, None, day, form).await
}

/// POST /{org}/registers/{key}/records/{id}/edit
pub(crate) async fn amend(
    State(state): State<AppState>,
    Path((org, key, id)): Path<(String, String, String)>,
    day: Day,
    form: Multipart,
) -> Result<Response, Problem> {
    save(&state, &org, &key, Some(RowId::parse(&id)?), day, form).await
}

async fn save(
    state: &AppState,
    org: &str,
    key: &str,
    id: Option<RowId>,
    day: Day,
    form: Multipart,
) -> Result<Response, Problem> {
    let parts = parts(state, form, app::EVIDENCE_LIMIT).await?;
    let visit = enter(state, org, state.app.today()).await?;
    let (detail, mut form) = opened(&visit, key, id.as_ref()).await?;
    form.take(&parts.texts);
    let seen = parts.text("seen").parse::<u32>().ok();
    if let Some(refused) = &parts.refused {
        form.fail_files(&refused.words);
    }
    if id.is_some() && seen.is_none() {
        return Err(Problem::bad_request(
            "表單沒有帶著所見的版本",
            "請重新開啟紀錄再修改",
        ));
    }
    if !form.failed() {
        let put = PutRecord {
            id: id.clone(),
            seen: seen.filter(|_| id.is_some()),
            body: form.body(),
            // Fields that no form shows stay as they are.
            partial: id.is_some(),
            files: parts.files.clone(),
            once: None,
        };
        match records::put(&visit, app::register(key)?, put).await {
            Ok(_) if parts.text("then") == "another" => {
                return Ok(go(&with(
                    &format!("/{org}/registers/{key}/new"),
                    "done",
                    "created",
                )));
            }
            Ok(saved) => {
                let id = words::encode(&saved.record.id);
                let done = match (saved.created, saved.unchanged) {
                    (true, _) => "created",
                    (false, true) => "unchanged",
                    (false, false) => "saved",
                };
                let target = format!("/{org}/registers/{key}/records/{id}");
                return Ok(go(&with(&target, "done", done)));
            }
            Err(error) => {
                let overtaken = error.kind() == Kind::Stale;
                if let Some(id) = id.as_ref().filter(|_| overtaken) {
                    let visit = visit.again().await?;
                    let now = records::record_detail(&visit, app::register(key)?, Some(id)).await?;
                    if Some(now.version) != seen {
                        return show_stale(state, &visit, day, now, &parts).await;
                    }
                }
                form.refuse(error)?;
            }
        }
    }
    ask_again(&mut form, &parts);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    show_form(state, &visit, day, (detail, form), (status, false)).map(|page| parts.shown_again(page))
}

/// What was entered, over what somebody else saved meanwhile.
async fn show_stale(
    state: &AppState,
    visit: &Visit<'_>,
    day: Day,
    now: RecordDetail,
    parts: &Parts,
) -> Result<Response, Problem> {
    let index = records::register_index(visit).await?;
    let mut form = RecordForm::of(&now, &index);
    form.take(&parts.texts);
    form.overtaken(&now);
    form.fail(format!(
        "這筆紀錄已被別人更新為第 {} 版，還沒有寫入您的修改。請核對標示「目前已存」的欄位；再按一次儲存，會以這一頁的內容為準",
        now.version
    ));
    ask_again(&mut form, parts);
    show_form(state, visit, day, (now, form), (StatusCode::CONFLICT, false))
}

/// A browser doesn't send chosen files a second time by itself.
fn ask_again(form: &mut RecordForm, parts: &Parts) {
    if !parts.files.is_empty() && parts.refused.is_none() {
        form.fail_files("新選的檔案沒有保存，更正其他欄位後請重新選取");
    }
}
