//! 計畫健檢: what is wrong in the maintenance plan.

use super::duties::Done;
use super::forms::{Form, Input};
use super::page::{Page, enter, show};
use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use app::{Kind, Visit};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use views::PlanHealthView;

/// What a plan may be.
pub(super) const KINDS: &str = "ODT、DOCX、HTML、有文字層的 PDF 或純文字，25 MB 以內";

pub(super) fn revision_form() -> Form {
    Form::new("revision")
        .field("file", "維護計畫檔案", Input::File, KINDS)
        .field(
            "from",
            "自哪一天起施行",
            Input::Text,
            "例如 115/12/01；留空則自今天起",
        )
        .optional()
}

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage {
    page: Page,
    /// None where no plan was imported.
    view: Option<PlanHealthView>,
    form: Form,
}

impl PlanPage {
    fn forms(&self) -> [&Form; 1] {
        [&self.form]
    }
}

/// GET /{org}/plan
pub(crate) async fn plan(
    State(state): State<AppState>,
    Path(org): Path<String>,
    Query(done): Query<Done>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, day.date).await?;
    let done = match done.done.as_str() {
        "adopted" => Some("已採用修正後的計畫，應辦事項已重新判定。"),
        "discarded" => Some("已取消，沒有寫入任何資料。"),
        _ => None,
    };
    show_plan(&state, &visit, day, revision_form(), done).await
}

/// The page, with the form as it was refused or a fresh one.
pub(super) async fn show_plan(
    state: &AppState,
    visit: &Visit<'_>,
    day: Day,
    form: Form,
    done: Option<&'static str>,
) -> Result<Response, Problem> {
    let head = app::agencies::head(visit)?;
    let view = match app::health::view(visit).await {
        Ok(view) => Some(view),
        // The agency is there, so what is not is the plan.
        Err(error) if error.kind() == Kind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let mut page = Page::of(state, head, "plan", "計畫健檢", day);
    page.done = done;
    let status = page.judged(form.failed());
    show(status, &PlanPage { page, view, form })
}
