//! 現況盤點: how each standing and one-off duty stands, said row by row.
//!
//! Why a form for each row: it is saved by itself, without a script, and can be left and taken up
//! again. What it can't know: whether what is said is so.

use super::duties::Done;
use super::files::attachment;
use super::forms::{Entered, Form, Input};
use super::imports::refuse;
use super::page::{Page, enter, go, show};
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::firstday::{self, Answer};
use app::{ListFormat, Visit};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use views::{StocktakeRow, StocktakeView};

#[derive(Template)]
#[template(path = "stocktake.html")]
struct StocktakePage {
    page: Page,
    view: StocktakeView,
    /// The row whose form was refused: duty, subject and the form.
    refused: Option<(String, String, Form)>,
}

fn blank() -> Form {
    let states = std::iter::once(("", "請選擇")).chain(firstday::STATES.iter().copied());
    Form::new("row")
        .field("state", "現況", Input::choice(states), "")
        .field("on", "辦理日期", Input::Text, "例如 112/05/02；不知道時留空")
        .optional()
        .field("document_no", "文號", Input::Text, "")
        .optional()
        .field(
            "proof_at",
            "佐證所在",
            Input::Text,
            "檔案或公文現在放在哪裡，之後補附",
        )
        .optional()
        .field("note", "說明", Input::Text, "")
        .optional()
}

fn anchor(key: &str, about: &str) -> String {
    let plain = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    format!("r-{}-{}", plain(key), plain(about))
}

impl StocktakePage {
    fn forms(&self) -> Vec<&Form> {
        self.refused.iter().map(|(_, _, form)| form).collect()
    }

    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn anchor(&self, row: &StocktakeRow) -> String {
        anchor(&row.key, &row.subject)
    }

    fn duty(&self, row: &StocktakeRow) -> String {
        let page = self.page.org(format!("duties/{}", row.key));
        if row.subject.is_empty() {
            page
        } else {
            with(&page, "system", &row.subject)
        }
    }

    fn is_open(&self, row: &StocktakeRow) -> bool {
        let is_it = |(key, about, _): &(String, String, Form)| *key == row.key && *about == row.subject;
        self.refused.as_ref().is_some_and(is_it)
    }

    fn form(&self, row: &StocktakeRow) -> Form {
        if let Some((_, _, form)) = self.refused.as_ref().filter(|_| self.is_open(row)) {
            return form.clone();
        }
        let mut form = blank();
        form.set("state", &row.answer);
        form.set("on", &row.on.map_or_else(String::new, |d| words::roc(&d)));
        form.set("document_no", &row.document_no);
        form.set("proof_at", &row.proof_at);
        form.set("note", &row.note);
        own_ids(&mut form, &anchor(&row.key, &row.subject));
        form
    }
}

/// Ids of their own for the fields of one of many forms.
fn own_ids(form: &mut Form, row: &str) {
    for field in &mut form.fields {
        field.id = format!("{row}-{}", field.name);
    }
}

async fn show_page(
    state: &AppState,
    visit: &Visit<'_>,
    day: Day,
    refused: Option<(String, String, Form)>,
    done: Option<&'static str>,
) -> Result<Response, Problem> {
    let view = firstday::stocktake(visit).await?;
    let mut day = day.now();
    day.path = format!("/{}/stocktake", visit.agency());
    day.keep.clear();
    let mut page = Page::of(state, view.agency.clone(), "duties", "現況盤點", day);
    page.dated = false;
    page.done = done;
    let status = page.judged(refused.is_some());
    show(status, &StocktakePage { page, view, refused })
}

/// GET /{org}/stocktake
pub(crate) async fn page(
    State(state): State<AppState>,
    Path(org): Path<String>,
    Query(done): Query<Done>,
    day: Day,
) -> Result<Response, Problem> {
    let done = (done.done == "saved").then_some("已儲存這一列。");
    let visit = enter(&state, &org, state.app.today()).await?;
    show_page(&state, &visit, day, None, done).await
}

/// POST /{org}/stocktake
pub(crate) async fn answer(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let value = |name: &str| {
        let found = entered.iter().find(|(n, _)| n == name);
        found.map_or_else(String::new, |(_, v)| v.trim().to_owned())
    };
    let (key, about) = (value("duty"), value("about"));
    let row = anchor(&key, &about);
    let mut form = blank();
    own_ids(&mut form, &row);
    form.take(&entered);
    form.required("state", "請選擇現況");
    form.choice("state");
    let on = form.date("on");
    if on.is_some_and(|on| on > day.today) {
        form.fail("on", "辦理日期在今天之後，請填實際辦理的日期");
    }
    let answer = Answer {
        state: form.value("state").to_owned(),
        on,
        document_no: form.value("document_no").to_owned(),
        proof_at: form.value("proof_at").to_owned(),
        note: form.value("note").to_owned(),
        prove_by: None,
    };
    if !form.failed() {
        match firstday::stocktake_answer(&visit, (&key, &about), answer).await {
            Ok(_) => {
                let page = format!("/{}/stocktake", words::encode(&org));
                return Ok(go(&format!("{}#{row}", with(&page, "done", "saved"))));
            }
            Err(error) => refuse(&mut form, "state", error)?,
        }
    }
    let visit = enter(&state, &org, state.app.today()).await?;
    show_page(&state, &visit, day, Some((key, about, form)), None).await
}

/// GET /{org}/stocktake/sheet
pub(crate) async fn sheet(
    State(state): State<AppState>,
    Path(org): Path<String>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let file = firstday::stocktake_sheet(&visit, ListFormat::Ods).await?;
    Ok(attachment(&file.name, file.media_type, file.bytes))
}
