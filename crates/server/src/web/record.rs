//! Recording something done, with its evidence.
//!
//! Why the form comes back as it was entered: nobody should have to type a report twice.

use super::duties::{record_form, show_duty};
use super::forms::Form;
use super::page::{enter, go};
use super::upload::{Parts, parts};
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::{ActivityInput, AppError, DutyKey, Kind};
use axum::extract::{Multipart, Path, State};
use axum::response::Response;

/// POST /{org}/activities
pub(crate) async fn record(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
    form: Multipart,
) -> Result<Response, Problem> {
    let parts = parts(&state, form, app::EVIDENCE_LIMIT).await?;
    let key = parts.text("duty").to_owned();
    let system = Some(parts.text("system").to_owned()).filter(|s| !s.is_empty());
    let subject = (key.as_str(), system.as_deref());
    // Before anything is judged: the page to come back to must exist.
    let visit = enter(&state, &org, day.date).await?;
    let duty = DutyKey::parse(&key)?;
    let (_, shown) = app::duties::one(&visit, &duty, subject.1).await?;
    let mut form = record_form(&day, &shown);
    form.take(&parts.texts);
    let input = checked(&mut form, &day, &parts, (&duty, subject.1));
    let Some(input) = input.filter(|_| !form.failed()) else {
        let form = Some(ask_again(form, &parts));
        let page = show_duty(&state, &visit, subject, day, form, false).await?;
        return Ok(parts.shown_again(page));
    };
    match app::commands::record_activity(&visit, input).await {
        Ok(_) => {
            let mut target = format!("/{org}/duties/{}", words::encode(&key));
            if let Some(system) = &system {
                target = with(&target, "system", system);
            }
            Ok(go(&day.href(&with(&target, "done", "1"))))
        }
        Err(AppError::Told {
            kind: Kind::BadInput,
            message,
            remedy,
        }) => {
            form.fail("", format!("{message}。{remedy}"));
            show_duty(&state, &visit, subject, day, Some(ask_again(form, &parts)), false).await
        }
        Err(error @ AppError::Fields(_)) => {
            form.fail("", error.to_string());
            show_duty(&state, &visit, subject, day, Some(ask_again(form, &parts)), false).await
        }
        Err(error) => Err(error.into()),
    }
}

fn checked(
    form: &mut Form,
    day: &Day,
    parts: &Parts,
    (key, system): (&DutyKey, Option<&str>),
) -> Option<ActivityInput> {
    let on = form.date("on");
    form.required("on", "請填辦理日期，例如 115/11/18");
    if on.is_some_and(|on| on > day.today) {
        form.fail("on", "辦理日期在今天之後，請填實際辦理的日期");
    }
    let title = form.required("title", "請用一句話寫下辦了什麼");
    if title.chars().count() > 200 {
        form.fail("title", "請縮短到 200 字以內，其餘寫在「說明」");
    }
    let valid_until = form.date("valid_until");
    let chosen: Vec<String> = form.chosen("parts").map(str::to_owned).collect();
    let stated_by = form.value("stated_by").to_owned();
    if !stated_by.is_empty() && chosen.is_empty() {
        form.fail("parts", "具名聲明者，請勾選所聲明之項目");
    }
    if form.fields.iter().any(|f| f.name == "event") {
        form.required("event", "請選取這次證明的是哪一件事由");
        if chosen.is_empty() {
            form.fail("parts", "請勾選這次證明之項目");
        }
    }
    if let Some(refused) = &parts.refused {
        form.fail("evidence", &refused.words);
    }
    Some(ActivityInput {
        duty: key.clone(),
        system: system.map(str::to_owned),
        on: on?,
        title,
        note: form.value("note").to_owned(),
        evidence: parts.files.clone(),
        valid_until,
        parts: chosen,
        event: Some(form.value("event").to_owned()).filter(|event| !event.is_empty()),
        stated_by: Some(stated_by).filter(|name| !name.is_empty()),
    })
}

/// A browser doesn't send chosen files a second time by itself.
fn ask_again(mut form: Form, parts: &Parts) -> Form {
    if !parts.files.is_empty() {
        form.fail("evidence", "檔案沒有保存，更正其他欄位後請重新選取");
    }
    form
}
