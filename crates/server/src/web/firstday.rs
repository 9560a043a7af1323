//! The first day: a plan is uploaded and looked at before anything is written; a revised one as well.
//!
//! Why previews have addresses: reloading one sends nothing again, and going back loses nothing. What
//! it can't know: whether what the plan says is so.

use super::files::attachment;
use super::forms::{Entered, Form, Input};
use super::imports::refuse;
use super::page::{Page, alone, enter, go, show, signed};
use super::plan::KINDS;
use super::upload::parts;
use crate::AppState;
use crate::aside::aside;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::firstday::{self, Begin, BeginBare};
use app::plans::PlanFile;
use app::{AgencyId, EVIDENCE_LIMIT, LintOptions, Surface};
use askama::Template;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;
use views::{FirstPlanView, PlanMove, PlanRevisionView};

fn plan_form() -> Form {
    Form::new("plan").field("file", "維護計畫檔案", Input::File, KINDS)
}

fn levels(none: &'static str) -> Input {
    let levels = ["A", "B", "C", "D", "E"]
        .into_iter()
        .zip(["A 級", "B 級", "C 級", "D 級", "E 級"]);
    Input::choice(std::iter::once(("", none)).chain(levels))
}

const APPROVED: &str = "核定函的日期，例如 113/03/15；不知道時留空，自核定日起算的期限會列為待查明";

fn cities(state: &AppState) -> Input {
    Input::Grouped("（還不知道）", firstday::city_choices(&state.app))
}

fn bare_form(state: &AppState) -> Form {
    Form::new("bare")
        .field("name", "機關全銜", Input::Text, "與關防所載名稱一致，80 字以內")
        .field("level", "責任等級", levels("還不知道"), "")
        .optional()
        .field("approved_on", "等級核定日期", Input::Text, APPROVED)
        .optional()
        .field(
            "city",
            "所屬縣市",
            cities(state),
            "選定後才會列入該縣市自訂之資安規定。中央機關選「中央」",
        )
        .optional()
        .field(
            "body",
            "機關性質",
            Input::choice([
                ("public_agency", "公務機關"),
                ("specific_non_government", "特定非公務機關"),
            ]),
            "",
        )
}

fn first_form(state: &AppState) -> Form {
    Form::new("first")
        .field(
            "city",
            "所屬縣市",
            cities(state),
            "機關名稱看得出縣市時已先選好，請確認；中央機關選「中央」",
        )
        .field("level", "責任等級", levels("請選擇"), "以核定函為準")
        .field("approved_on", "等級核定日期", Input::Text, APPROVED)
        .optional()
}

#[derive(Template)]
#[template(path = "new.html")]
struct NewPage {
    page: Page,
    plan: Form,
    bare: Form,
    /// The form's own key: sent twice, it is done once.
    key: String,
}

impl NewPage {
    fn forms(&self) -> [&Form; 2] {
        [&self.plan, &self.bare]
    }
}

/// The forms of the page; one of them may have been refused.
#[derive(Default)]
pub(super) struct Chosen {
    plan: Option<Form>,
    bare: Option<Form>,
}

pub(super) fn show_choice(state: &AppState, chosen: Chosen) -> Result<Response, Problem> {
    let mut page = Page::outside(state, "開始使用", "/new");
    page.token = state.token();
    let plan = chosen.plan.unwrap_or_else(plan_form);
    let bare = chosen.bare.unwrap_or_else(|| bare_form(state));
    let status = page.judged(plan.failed() || bare.failed());
    let key = state.forms.session();
    show(
        status,
        &NewPage {
            page,
            plan,
            bare,
            key,
        },
    )
}

/// GET /new
pub(crate) async fn choose(State(state): State<AppState>) -> Result<Response, Problem> {
    founder(&state)?;
    show_choice(&state, Chosen::default())
}

/// POST /new
pub(crate) async fn upload(State(state): State<AppState>, form: Multipart) -> Result<Response, Problem> {
    let mut parts = parts(&state, form, EVIDENCE_LIMIT).await?;
    let mut form = plan_form();
    if let Some(refused) = &parts.refused {
        form.fail("file", &refused.words);
    }
    let file = parts.file();
    let (Some(file), false) = (file, form.failed()) else {
        form.fail("file", "請選取維護計畫的檔案");
        let chosen = Chosen {
            plan: Some(form),
            ..Chosen::default()
        };
        return Ok(parts.shown_again(show_choice(&state, chosen)?));
    };
    let app = Arc::clone(&state.app);
    let who = founder(&state)?;
    let kept =
        aside(move |runtime| runtime.block_on(firstday::hand_in(&app, &who, &file.name, file.bytes))).await;
    match kept {
        Ok(id) => Ok(go(&format!("/new/{id}"))),
        Err(error) => {
            refuse(&mut form, "file", error)?;
            let chosen = Chosen {
                plan: Some(form),
                ..Chosen::default()
            };
            show_choice(&state, chosen)
        }
    }
}

/// POST /new/bare
pub(crate) async fn bare(
    State(state): State<AppState>,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let mut form = bare_form(&state);
    form.take(&entered);
    let name = form.required("name", "請填機關全銜");
    if name.chars().count() > 80 {
        form.fail("name", "機關全銜超過 80 字，請縮短");
    }
    form.choice("level");
    form.choice("body");
    let said = BeginBare {
        name,
        level: form.value("level").to_owned(),
        city: form.value("city").to_owned(),
        body: form.value("body").to_owned(),
        approved_on: form.date("approved_on"),
    };
    let key = entered.iter().find(|(n, _)| n == "key").map_or("", |(_, v)| v);
    if !form.failed() {
        match firstday::begin_bare(&state.app, &founder(&state)?, key, &said).await {
            Ok(made) => {
                settled(&state, &made.id).await?;
                return Ok(go(&format!("/{}/today", made.id)));
            }
            Err(error) => refuse(&mut form, "", error)?,
        }
    }
    let chosen = Chosen {
        bare: Some(form),
        ..Chosen::default()
    };
    show_choice(&state, chosen)
}

#[derive(Template)]
#[template(path = "first.html")]
struct FirstPage {
    page: Page,
    view: FirstPlanView,
    form: Form,
}

impl FirstPage {
    fn forms(&self) -> [&Form; 1] {
        [&self.form]
    }
}

/// Who makes an agency: whoever keeps the installation.
fn founder(state: &AppState) -> Result<app::Principal, Problem> {
    Ok(state.app.founder(&*signed()?)?)
}

/// Makes whoever made an agency its first officer and administrator.
async fn settled(state: &AppState, agency: &str) -> Result<(), Problem> {
    Ok(state.app.settle(&*signed()?, &AgencyId::parse(agency)?).await?)
}

async fn show_preview(
    state: &AppState,
    id: &str,
    said: Begin,
    refused: Option<Form>,
) -> Result<Response, Problem> {
    let app = Arc::clone(&state.app);
    let own = id.to_owned();
    let who = founder(state)?;
    let view = aside(move |runtime| runtime.block_on(firstday::preview(&app, &who, &own, &said))).await?;
    let mut page = Page::outside(state, "計畫預覽", &format!("/new/{}", words::encode(id)));
    page.token = state.token();
    let form = refused.unwrap_or_else(|| {
        let mut fresh = first_form(state);
        fresh.set("city", view.city.as_deref().unwrap_or_default());
        fresh.set("level", view.level.as_deref().unwrap_or_default());
        fresh
    });
    let status = page.judged(form.failed());
    show(status, &FirstPage { page, view, form })
}

/// GET /new/{id}
pub(crate) async fn preview(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    show_preview(&state, &id, Begin::default(), None).await
}

/// POST /new/{id}
pub(crate) async fn confirm(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let mut form = first_form(&state);
    form.take(&entered);
    form.choice("level");
    form.required("level", "請選擇責任等級");
    form.required("city", "請選擇所屬縣市；中央機關選「中央」");
    let said = Begin {
        city: Some(form.value("city").to_owned()),
        level: Some(form.value("level").to_owned()),
        approved_on: form.date("approved_on"),
    };
    if !form.failed() {
        let app = Arc::clone(&state.app);
        let own = id.clone();
        let who = founder(&state)?;
        let made = aside(move |runtime| runtime.block_on(firstday::confirm(&app, &who, &own, &said))).await;
        match made {
            Ok(made) => {
                settled(&state, &made.id).await?;
                return Ok(go(&format!("/{}/stocktake", made.id)));
            }
            Err(error) if error.kind() == app::Kind::BadInput => refuse(&mut form, "", error)?,
            Err(error) => return Err(error.into()),
        }
    }
    show_preview(&state, &id, Begin::default(), Some(form)).await
}

/// POST /new/{id}/discard
pub(crate) async fn discard(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    firstday::discard(&state.app, &founder(&state)?, &id).await?;
    Ok(go("/new"))
}

/// GET /new/{id}/corrected
pub(crate) async fn corrected(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (name, bytes) = firstday::handed_in(&state.app, &founder(&state)?, &id).await?;
    let app = Arc::clone(&state.app);
    let (name, copy) = aside(move |_| {
        let linted = app::lint_document(app.corpus(), &name, &bytes, &LintOptions::default(), app.today())?;
        let copy = linted.corrected(&name, &bytes)?;
        Ok((format!("更正本-{name}"), copy.bytes))
    })
    .await?;
    Ok(attachment(&name, "application/octet-stream", copy))
}

#[derive(Template)]
#[template(path = "revision.html")]
struct RevisionPage {
    page: Page,
    view: PlanRevisionView,
    id: String,
    form: Form,
}

impl RevisionPage {
    fn forms(&self) -> [&Form; 1] {
        [&self.form]
    }

    fn at(&self, rest: &str) -> String {
        self.page
            .org(format!("plan/revision/{}{rest}", words::encode(&self.id)))
    }

    fn lists(&self) -> [(&'static str, &'static str, &[PlanMove]); 5] {
        [
            ("gained", "新增之應辦事項", &self.view.gained),
            ("lost", "不再列入之應辦事項", &self.view.lost),
            ("stricter", "加嚴", &self.view.stricter),
            ("looser", "放寬", &self.view.looser),
            ("changed", "改為不同做法", &self.view.changed),
        ]
    }
}

/// POST /{org}/plan/revision
pub(crate) async fn revise(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
    form: Multipart,
) -> Result<Response, Problem> {
    let mut parts = parts(&state, form, EVIDENCE_LIMIT).await?;
    let mut form = super::plan::revision_form();
    form.take(&parts.texts);
    let from = form.date("from");
    if let Some(refused) = &parts.refused {
        form.fail("file", &refused.words);
    }
    let file = parts.file();
    if file.is_none() {
        form.fail("file", "請選取維護計畫的檔案");
    }
    let agency = AgencyId::parse(&org)?;
    if let Some(file) = file.filter(|_| !form.failed()) {
        let app = Arc::clone(&state.app);
        let who = alone(&state, &agency).await?;
        let kept = aside(move |runtime| {
            runtime.block_on(async {
                let visit = app.visit(&who, &agency, app.today(), Surface::Web).await?;
                let file = PlanFile {
                    name: file.name,
                    bytes: file.bytes,
                    from,
                };
                firstday::hand_in_revision(&visit, file).await
            })
        })
        .await;
        match kept {
            Ok(id) => return Ok(go(&format!("/{}/plan/revision/{id}", words::encode(&org)))),
            Err(error) => refuse(&mut form, "file", error)?,
        }
    }
    let visit = enter(&state, &org, day.date).await?;
    let mut day = day;
    day.path = format!("/{}/plan", visit.agency());
    let page = super::plan::show_plan(&state, &visit, day, form, None).await?;
    Ok(parts.shown_again(page))
}

/// GET /{org}/plan/revision/{id}
pub(crate) async fn revision(
    State(state): State<AppState>,
    Path((org, id)): Path<(String, String)>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let view = firstday::preview_revision(&visit, &id).await?;
    let mut page = Page::of(&state, view.agency.clone(), "plan", "修正計畫預覽", day.now());
    page.dated = false;
    let page = page.under("計畫健檢", &format!("/{org}/plan"));
    let form = super::plan::revision_form();
    show(StatusCode::OK, &RevisionPage { page, view, id, form })
}

/// POST /{org}/plan/revision/{id}
pub(crate) async fn adopt(
    State(state): State<AppState>,
    Path((org, id)): Path<(String, String)>,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    firstday::adopt_handed_in(&visit, &id).await?;
    let plan = format!("/{}/plan", words::encode(&org));
    Ok(go(&with(&plan, "done", "adopted")))
}

/// POST /{org}/plan/revision/{id}/discard
pub(crate) async fn discard_revision(
    State(state): State<AppState>,
    Path((org, id)): Path<(String, String)>,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    firstday::discard_revision(&visit, &id).await?;
    let plan = format!("/{}/plan", words::encode(&org));
    Ok(go(&with(&plan, "done", "discarded")))
}
