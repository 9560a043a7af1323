//! 機關: what is known of the agency, and the three forms that complete it.

use super::duties::Done;
use super::forms::{Entered, Form, Input};
use super::page::{Page, enter, go, show};
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::{AppError, Kind, Saved, Visit};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value};
use views::AgencyView;

const FLAGS: [(&str, &str); 8] = [
    ("has_mail_server", "有郵件伺服器"),
    ("develops_systems", "有自行或委外開發之資通系統"),
    ("has_public_core_system", "有對外服務之核心資通系統"),
    ("has_non_core_system", "有非核心資通系統"),
    ("supervises_agencies", "有所屬或監督之機關"),
    ("outsources_systems", "有委外辦理資通系統或服務"),
    ("uses_restricted_products", "有專案核准使用之危害國家資通安全產品"),
    ("critical_infrastructure", "關鍵基礎設施提供者"),
];

#[derive(Template)]
#[template(path = "agency.html")]
struct AgencyPage {
    page: Page,
    view: AgencyView,
    designation: Form,
    ciso: Form,
    facts: Form,
}

impl AgencyPage {
    fn forms(&self) -> [&Form; 3] {
        [&self.designation, &self.ciso, &self.facts]
    }
}

fn designation_form() -> Form {
    let levels = ["A", "B", "C", "D", "E"]
        .into_iter()
        .zip(["A 級", "B 級", "C 級", "D 級", "E 級"]);
    let levels = std::iter::once(("", "請選擇")).chain(levels);
    let levels = levels.map(|(value, label)| (value.to_owned(), label.to_owned()));
    let levels = levels.collect();
    Form::new("designation")
        .field("level", "核定等級", Input::Choice(levels), "")
        .field(
            "approved_on",
            "核定日期",
            Input::Text,
            "核定函的日期，例如 113/03/15。不知道時留空，期限會列為待查明",
        )
        .optional()
        .field("document_no", "核定文號", Input::Text, "")
        .optional()
}

fn ciso_form() -> Form {
    Form::new("ciso")
        .field("name", "姓名", Input::Text, "")
        .field("position", "本職", Input::Text, "例如「副局長」")
        .optional()
        .field(
            "from",
            "自哪一天起",
            Input::Text,
            "派令或指派公文所載之日，例如 115/01/01。留空則視為一直在任",
        )
        .optional()
        .field("document_no", "文號", Input::Text, "")
        .optional()
}

/// What no form says: leave it as it is.
const UNCHANGED: &str = "unchanged";

fn facts_form(state: &AppState) -> Form {
    let answers = || {
        let answers = [
            (UNCHANGED, "（不變更）"),
            ("yes", "有"),
            ("no", "沒有"),
            ("unknown", "還不知道"),
        ];
        Input::Choice(
            answers
                .map(|(value, label)| (value.to_owned(), label.to_owned()))
                .into(),
        )
    };
    let form = FLAGS.iter().fold(Form::new("facts"), |form, (key, label)| {
        form.field(key, label, answers(), "")
    });
    form.field(
        "jurisdiction",
        "所屬縣市",
        Input::Grouped("（還沒有填）", app::firstday::city_choices(&state.app)),
        "選定後才會列入該縣市自訂之資安規定。中央機關選「中央」",
    )
    .optional()
    .field(
        "records_from",
        "紀錄完整起始日",
        Input::Text,
        "自這一天起的辦理紀錄都已登錄；更早的期間系統不判定。例如 115/01/01",
    )
    .optional()
}

/// The forms of the page; one of them may have been refused.
#[derive(Default)]
struct Forms {
    designation: Option<Form>,
    ciso: Option<Form>,
    facts: Option<Form>,
}

async fn show_agency(
    state: &AppState,
    visit: &Visit<'_>,
    mut day: Day,
    forms: Forms,
    done: Option<&'static str>,
) -> Result<Response, Problem> {
    let view = app::agencies::view(visit).await?;
    let mut fresh = facts_form(state);
    for (key, said) in &view.flags {
        fresh.set(key, answer(*said));
    }
    fresh.set("jurisdiction", &view.jurisdiction.replace('台', "臺"));
    if let Some(from) = view.records_from {
        fresh.set("records_from", &words::roc(&from));
    }
    let mut fresh_designation = designation_form();
    if let Some(level) = &view.agency.level {
        fresh_designation.set("level", level);
    }
    day.path = format!("/{}/agency", view.agency.id);
    day.keep.clear();
    let mut page = Page::of(state, view.agency.clone(), "agency", "機關", day);
    page.done = done;
    let page = AgencyPage {
        page,
        view,
        designation: forms.designation.unwrap_or(fresh_designation),
        ciso: forms.ciso.unwrap_or_else(ciso_form),
        facts: forms.facts.unwrap_or(fresh),
    };
    if page.forms().iter().any(|f| f.failed()) {
        let page = AgencyPage {
            page: Page {
                failed: true,
                ..page.page
            },
            ..page
        };
        return show(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    show(StatusCode::OK, &page)
}

/// A flag as the select answers it.
fn answer(said: Option<bool>) -> &'static str {
    match said {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    }
}

/// GET /{org}/agency
pub(crate) async fn agency(
    State(state): State<AppState>,
    Path(org): Path<String>,
    Query(done): Query<Done>,
    day: Day,
) -> Result<Response, Problem> {
    let done = match done.done.as_str() {
        "designation" => Some("已登錄等級核定，各項期限已重新計算。"),
        "ciso" => Some("已登錄資通安全長。"),
        "facts" => Some("已更新機關情形，應辦事項已重新判定。"),
        "unchanged" => Some("內容沒有變更，未寫入。"),
        _ => None,
    };
    let visit = enter(&state, &org, day.date).await?;
    show_agency(&state, &visit, day, Forms::default(), done).await
}

/// What a command answered: onward, back to the form, or a page of its own.
fn outcome(form: &mut Form, result: Result<Saved, AppError>) -> Result<bool, Problem> {
    match result {
        Ok(_) => Ok(true),
        Err(error @ AppError::Fields(_)) => {
            form.fail("", error.to_string());
            Ok(false)
        }
        Err(AppError::Told {
            kind: Kind::BadInput,
            message,
            remedy,
        }) => {
            form.fail("", format!("{message}。{remedy}"));
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

fn onward(org: &str, day: &Day, done: &str) -> Response {
    go(&day.href(&with(&format!("/{}/agency", words::encode(org)), "done", done)))
}

/// POST /{org}/designation
pub(crate) async fn designate(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, day.date).await?;
    let mut form = designation_form();
    form.take(&entered);
    let level = form.required("level", "請選擇核定等級");
    form.choice("level");
    let approved = form.date("approved_on");
    if approved.is_some_and(|d| d > day.today) {
        form.fail("approved_on", "核定日期在今天之後，請填核定函所載日期");
    }
    let number = form.value("document_no").to_owned();
    if !form.failed() {
        let result = app::commands::designate(&visit, &level, approved, &number).await;
        if outcome(&mut form, result)? {
            return Ok(onward(&org, &day, "designation"));
        }
    }
    show_agency(
        &state,
        &visit,
        day,
        Forms {
            designation: Some(form),
            ..Forms::default()
        },
        None,
    )
    .await
}

/// POST /{org}/ciso
pub(crate) async fn appoint(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, day.date).await?;
    let mut form = ciso_form();
    form.take(&entered);
    let name = form.required("name", "請填資通安全長的姓名");
    let from = form.date("from");
    let (position, number) = (
        form.value("position").to_owned(),
        form.value("document_no").to_owned(),
    );
    if !form.failed() {
        let result = app::commands::appoint_ciso(&visit, (&name, &position, &number), from).await;
        if outcome(&mut form, result)? {
            return Ok(onward(&org, &day, "ciso"));
        }
    }
    show_agency(
        &state,
        &visit,
        day,
        Forms {
            ciso: Some(form),
            ..Forms::default()
        },
        None,
    )
    .await
}

/// POST /{org}/facts
pub(crate) async fn amend(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, day.date).await?;
    let mut form = facts_form(&state);
    for (key, _) in FLAGS {
        form.set(key, UNCHANGED);
    }
    form.take(&entered);
    let mut changes = Map::new();
    for (key, _) in FLAGS {
        let value = match form.choice(key).as_str() {
            "yes" => Value::Bool(true),
            "no" => Value::Bool(false),
            "unknown" => Value::Null,
            _ => continue,
        };
        changes.insert(key.to_owned(), value);
    }
    match app::firstday::city_of(&state.app, form.value("jurisdiction")) {
        Ok(city) if city.is_empty() => {}
        Ok(city) => {
            form.set("jurisdiction", &city);
            changes.insert("jurisdiction".to_owned(), Value::String(city));
        }
        Err(error) => form.fail("jurisdiction", error.to_string()),
    }
    if let Some(from) = form.date("records_from") {
        if from > day.today {
            form.fail("records_from", "紀錄起始日在今天之後，請填今天或更早的日期");
        }
        changes.insert("records_from".to_owned(), Value::String(from.to_string()));
    }
    if !form.failed() && changes.is_empty() {
        form.fail("", "沒有要變更的項目，請至少填一項");
    }
    if !form.failed() {
        let result = app::commands::amend_agency(&visit, Value::Object(changes)).await;
        let is_same = result.as_ref().is_ok_and(|saved| saved.unchanged);
        if outcome(&mut form, result)? {
            let done = if is_same { "unchanged" } else { "facts" };
            return Ok(onward(&org, &day, done));
        }
    }
    show_agency(
        &state,
        &visit,
        day,
        Forms {
            facts: Some(form),
            ..Forms::default()
        },
        None,
    )
    .await
}
