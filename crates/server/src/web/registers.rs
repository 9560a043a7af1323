//! 登記簿: all registers of an agency, one of them as a list, and the list as a file.
//!
//! Why one page for every register: columns and filters follow from the register's own
//! table. What it can't know: which registers there are.

use super::duties::Done;
use super::files::attachment;
use super::forms::Entered;
use super::jobs::address;
use super::page::{Page, enter, go, show};
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::jobs::{self, Asked};
use app::{AppError, ListFormat, ListQuery, Visit, records};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use views::{FieldInput, FieldView, RecordLine, RecordList, RegisterGroup, RegisterHead};

/// How a state of a record is coloured.
pub(crate) fn colour(state: &str) -> &'static str {
    match state {
        "final" => "met",
        "submitted" => "not_yet_due",
        "returned" => "not_met",
        _ => "not_applicable",
    }
}

#[derive(Template)]
#[template(path = "registers.html")]
struct IndexPage {
    page: Page,
    groups: Vec<RegisterGroup>,
    waiting: usize,
    /// Jobs that somebody must look at, and those under way.
    jobs: (usize, usize),
    /// What their names are narrowed by.
    part: String,
}

impl IndexPage {
    fn needed(&self) -> usize {
        self.groups.iter().map(|g| g.needed.len()).sum()
    }

    fn others(&self) -> usize {
        self.groups.iter().map(|g| g.others.len()).sum()
    }
}

/// GET /{org}/registers
pub(crate) async fn index(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let part = day.query("part").unwrap_or_default().to_owned();
    let groups = app::places::all_registers(&visit, &part).await?;
    let waiting = records::waiting_for(&visit).await?.len();
    let settings = format!("/{org}/settings");
    let page = Page::of_registers(&state, &visit, "registers", "全部登記簿", day)?.under("設定", &settings);
    let jobs = jobs::list(&visit).await?;
    let page = IndexPage {
        page,
        groups,
        waiting,
        jobs: (jobs.dead.len(), jobs.open.len()),
        part,
    };
    show(StatusCode::OK, &page)
}

/// The register of a key, as the index shows it; not there for those who may not read it.
pub(crate) async fn head_of(visit: &Visit<'_>, key: &str) -> Result<RegisterHead, Problem> {
    match records::register_head(visit, app::register(key)?).await {
        Err(error) if error.kind() == app::Kind::Forbidden => Err(Problem::not_found()),
        head => Ok(head?),
    }
}

/// What an address asks of a list: everything that is no word of ours names a field.
fn query_of(day: &Day) -> ListQuery {
    let said = |key: &str| day.query(key).unwrap_or_default().to_owned();
    let equal = day
        .keep
        .iter()
        .filter(|(key, value)| !["q", "after", "withdrawn"].contains(&key.as_str()) && !value.is_empty())
        .cloned()
        .collect();
    ListQuery {
        equal,
        contains: said("q"),
        after: said("after"),
        limit: 0,
        withdrawn: said("withdrawn") == "true",
    }
}

#[derive(Template)]
#[template(path = "register.html")]
struct ListPage {
    page: Page,
    view: RecordList,
    query: ListQuery,
    /// Whether it is listed who took what of it away.
    discloses: bool,
}

impl ListPage {
    fn at(&self, rest: &str) -> String {
        let key = &self.view.register.key;
        self.page.org(format!("registers/{key}{rest}"))
    }

    /// The same question, asked of another address.
    fn asked(&self, rest: &str) -> String {
        let target = self.at(rest);
        let target = match self.query.contains.as_str() {
            "" => target,
            text => with(&target, "q", text),
        };
        let target = if self.query.withdrawn {
            with(&target, "withdrawn", "true")
        } else {
            target
        };
        self.query
            .equal
            .iter()
            .fold(target, |href, (key, value)| with(&href, key, value))
    }

    fn next(&self) -> Option<String> {
        let after = self.view.next.as_deref()?;
        Some(with(&self.asked(""), "after", after))
    }

    /// The records that were taken back.
    fn withdrawn(&self) -> String {
        with(&self.at(""), "withdrawn", "true")
    }

    fn record(&self, id: &str) -> String {
        self.at(&format!("/records/{}", words::encode(id)))
    }

    /// Where a row's name leads: to the page of all that is about it, where it has one.
    fn named(&self, id: &str) -> String {
        let subject = super::subjects::address(&self.page, &self.view.register.key, id);
        subject
            .filter(|_| !self.query.withdrawn)
            .unwrap_or_else(|| self.record(id))
    }

    /// Where a row is changed, by whoever may.
    fn change(&self, row: &RecordLine) -> Option<String> {
        let may = self.view.may.amend && !self.query.withdrawn && row.state != "submitted";
        may.then(|| format!("{}/edit", self.record(&row.id)))
    }

    fn narrowed(&self) -> bool {
        !self.query.contains.is_empty() || !self.query.equal.is_empty()
    }

    /// Whether the list is so long that its file is made as a job.
    fn is_large(&self) -> bool {
        self.view.total > jobs::LARGE_ROWS
    }

    fn is_assets(&self) -> bool {
        self.view.register.key == "asset"
    }

    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn tag(&self, state: &str) -> &'static str {
        colour(state)
    }

    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn choices(&self, field: &FieldView) -> Vec<(String, String)> {
        match &field.input {
            FieldInput::Choice { options } => options.clone(),
            FieldInput::Flag => [("true", "是"), ("false", "否")]
                .map(|(value, shown)| (value.to_owned(), shown.to_owned()))
                .to_vec(),
            _ => Vec::new(),
        }
    }

    /// A cell with the label of its column.
    fn cells<'a>(&'a self, cells: &'a [String]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.view
            .columns
            .iter()
            .map(String::as_str)
            .zip(cells.iter().map(String::as_str))
    }
}

/// GET /{org}/registers/{key}: the list, or with an ending the list as a file.
pub(crate) async fn list(
    State(state): State<AppState>,
    Path((org, key)): Path<(String, String)>,
    day: Day,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    if let Some((key, ending)) = key.rsplit_once('.') {
        return download(&state, &org, key, ending, &day).await;
    }
    let query = query_of(&day);
    let visit = enter(&state, &org, state.app.today()).await?;
    let spec = app::register(&key)?;
    let view = records::record_list(&visit, spec, &query).await?;
    let title = if query.withdrawn {
        format!("{}：已註銷", view.register.title)
    } else {
        view.register.title.clone()
    };
    let mut page = Page::of_registers(&state, &visit, "registers", &title, day)?;
    page.done = (done.done == "withdrawn").then_some("已註銷；紀錄的歷程仍保留在帳本。");
    let index = format!("/{org}/registers");
    let page = page.under("登記簿", &index);
    let discloses = records::shows_disclosures(&visit, spec);
    let page = ListPage {
        page,
        view,
        query,
        discloses,
    };
    show(StatusCode::OK, &page)
}

async fn download(
    state: &AppState,
    org: &str,
    key: &str,
    ending: &str,
    day: &Day,
) -> Result<Response, Problem> {
    let format = ListFormat::of(ending).ok_or_else(Problem::not_found)?;
    let query = query_of(day);
    let visit = enter(state, org, state.app.today()).await?;
    let spec = app::register(key)?;
    // What an address alone asks for is answered at once; a job is asked for by a form.
    if jobs::is_large_list(&visit, spec, &query).await? {
        return Err(AppError::bad_input(
            format!("這份清單超過 {} 筆，檔案須排隊製作", jobs::LARGE_ROWS),
            "請由清單頁按要製作的檔案格式，完成後下載",
        )
        .into());
    }
    let file = records::export_records(&visit, spec, &query, format).await?;
    Ok(attachment(&file.name, file.media_type, file.bytes))
}

/// How the hidden fields of a form name the fields that a list is narrowed by.
const BY: &str = "by-";

/// POST /{org}/registers/{key}/export: a long list as a file, made as a job.
pub(crate) async fn export(
    State(state): State<AppState>,
    Path((org, key)): Path<(String, String)>,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let value = |name: &str| {
        let found = entered.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, v)| v.as_str())
    };
    let format = ListFormat::of(value("format")).ok_or_else(Problem::not_found)?;
    let by = |(name, value): &(String, String)| Some((name.strip_prefix(BY)?.to_owned(), value.clone()));
    let query = ListQuery {
        equal: entered.iter().filter_map(by).collect(),
        contains: value("q").to_owned(),
        ..ListQuery::default()
    };
    let visit = enter(&state, &org, state.app.today()).await?;
    Ok(
        match jobs::export_list(&visit, app::register(&key)?, &query, format).await? {
            Asked::Done(file) => attachment(&file.name, file.media_type, file.bytes),
            Asked::Later(job) => go(&address(&org, &job.id)),
        },
    )
}
