//! A system's, a person's and a contract's page: all that is about it, what is missing on top.
//!
//! Why one page for the three: what refers to a row follows from the registers. What it can't know:
//! which registers those are; the application tells them.

use super::page::{Page, enter, show};
use super::search::target;
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::RowId;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use views::{SearchHit, SubjectRegister, SubjectStep, SubjectView};

/// Where the page of a register's row is, where it has one of its own.
pub(crate) fn address(page: &Page, register: &str, id: &str) -> Option<String> {
    let part = app::subjects::part_of(register)?;
    Some(page.org(format!("{part}/{}", words::encode(id))))
}

#[derive(Template)]
#[template(path = "subject.html")]
struct SubjectPage {
    page: Page,
    view: SubjectView,
}

impl SubjectPage {
    fn record(&self) -> String {
        let id = words::encode(&self.view.id);
        self.page
            .org(format!("registers/{}/records/{id}", self.view.register))
    }

    fn at(&self, hit: &SearchHit) -> String {
        target(&self.page, &hit.target)
    }

    /// A new record that names the subject already.
    fn form(&self, register: &str, field: &str) -> String {
        let form = self.page.org(format!("registers/{register}/new"));
        with(&form, field, &self.view.id)
    }

    fn step(&self, step: &SubjectStep) -> String {
        if let Some(duty) = &step.duty {
            return target(&self.page, duty);
        }
        match step.register.as_str() {
            "" => format!("{}/edit", self.record()),
            register => self.form(register, &step.field),
        }
    }

    /// All of a register's rows about it.
    fn list(&self, register: &SubjectRegister) -> Option<String> {
        let list = self.page.org(format!("registers/{}", register.key));
        let more = register.more || register.total > register.rows.len() as u64;
        (more && register.listed).then(|| with(&list, &register.field, &self.view.id))
    }

    /// Whether a new record of it can name the subject.
    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn can_add(&self, register: &SubjectRegister) -> bool {
        register.create && register.listed
    }
}

async fn subject(
    state: &AppState,
    (org, part, id): (&str, &str, &str),
    day: Day,
) -> Result<Response, Problem> {
    let key = app::subjects::subject_of(part).ok_or_else(Problem::not_found)?;
    let visit = enter(state, org, state.app.today()).await?;
    let view = app::subjects::subject(&visit, key, &RowId::parse(id)?).await?;
    let list = format!("/{org}/registers/{key}");
    let page = Page::of_registers(state, &visit, "registers", &view.name, day)?.under(&view.title, &list);
    show(StatusCode::OK, &SubjectPage { page, view })
}

/// GET /{org}/systems/{id}
pub(crate) async fn system(
    State(state): State<AppState>,
    Path((org, id)): Path<(String, String)>,
    day: Day,
) -> Result<Response, Problem> {
    subject(&state, (&org, "systems", &id), day).await
}

/// GET /{org}/persons/{id}
pub(crate) async fn person(
    State(state): State<AppState>,
    Path((org, id)): Path<(String, String)>,
    day: Day,
) -> Result<Response, Problem> {
    subject(&state, (&org, "persons", &id), day).await
}

/// GET /{org}/contracts/{id}
pub(crate) async fn contract(
    State(state): State<AppState>,
    Path((org, id)): Path<(String, String)>,
    day: Day,
) -> Result<Response, Problem> {
    subject(&state, (&org, "contracts", &id), day).await
}
