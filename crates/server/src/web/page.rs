//! What all pages have: head, menu, the day, the way here.

use crate::context;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use crate::{AppState, assets};
use app::accounts::{Signed, Stage, Who};
use app::frame::Place;
use app::{AgencyId, Surface, Visit};
use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;
use views::{AgencyHead, FrameView, RunningIncident};

/// The frame of a page.
pub(crate) struct Page {
    /// Heading.
    pub title: String,
    /// The agency, where the page is one of an agency.
    pub agency: Option<AgencyHead>,
    /// Which menu item is current.
    pub section: &'static str,
    /// The day shown.
    pub day: Day,
    /// Whether the page depends on the day.
    pub dated: bool,
    /// The way here: name and address.
    pub crumbs: Vec<(String, String)>,
    /// For the hidden field of forms.
    pub token: String,
    /// What was just done.
    pub done: Option<&'static str>,
    /// Whether a form on the page was refused.
    pub failed: bool,
    /// What must be said about the law in use.
    pub law_notice: Option<String>,
    /// For the button that signs out.
    pub leave: String,
}

impl Page {
    /// Says whether a form on it was refused, and with which status it is answered then.
    pub fn judged(&mut self, failed: bool) -> StatusCode {
        self.failed = failed;
        if failed {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        }
    }

    /// Of an agency.
    pub fn of(state: &AppState, agency: AgencyHead, section: &'static str, title: &str, day: Day) -> Self {
        let crumbs = vec![(agency.name.clone(), format!("/{}", agency.id))];
        Self {
            title: title.to_owned(),
            agency: Some(agency),
            section,
            day,
            dated: true,
            crumbs,
            token: state.token(),
            done: None,
            failed: false,
            law_notice: state.app.notice(),
            leave: state.token(),
        }
    }

    /// Of an agency's registers: what is recorded now.
    pub fn of_registers(
        state: &AppState,
        visit: &Visit<'_>,
        section: &'static str,
        title: &str,
        day: Day,
    ) -> Result<Self, Problem> {
        let day = day.now();
        let head = app::agencies::head(visit)?;
        let mut page = Self::of(state, head, section, title, day);
        page.dated = false;
        Ok(page)
    }

    /// Of no agency: the law. With one agency only, its menu stays.
    pub async fn of_law(state: &AppState, title: &str, day: Day) -> Result<Self, Problem> {
        let agency = only_agency(state).await?;
        let mut page = Self::outside(state, title, &day.path);
        page.section = "laws";
        page.day = day;
        page.dated = true;
        page.agency = agency;
        page.crumbs = vec![("首頁".to_owned(), "/".to_owned())];
        Ok(page)
    }

    /// Of nothing: errors and the first page.
    pub fn outside(state: &AppState, title: &str, path: &str) -> Self {
        let today = state.app.today();
        Self {
            title: title.to_owned(),
            agency: None,
            section: "",
            day: Day {
                date: today,
                today,
                path: path.to_owned(),
                keep: Vec::new(),
            },
            dated: false,
            crumbs: Vec::new(),
            token: String::new(),
            done: None,
            failed: false,
            law_notice: state.app.notice(),
            leave: state.token(),
        }
    }

    /// One more step on the way here.
    pub fn under(mut self, name: &str, href: &str) -> Self {
        self.crumbs.push((name.to_owned(), href.to_owned()));
        self
    }

    /// Who is signed in, in a word; nobody on the pages before that.
    #[expect(clippy::unused_self, reason = "templates ask the page")]
    pub fn who(&self) -> Option<String> {
        let whole = context::signed().filter(|s| s.stage == Stage::Full);
        whole.map(|s| s.name.clone())
    }

    /// What the button that signs out carries.
    pub fn leave(&self) -> &str {
        &self.leave
    }

    /// An address on the same day.
    pub fn href(&self, target: impl AsRef<str>) -> String {
        self.day.href(target.as_ref())
    }

    /// An address of this agency on the same day.
    pub fn org(&self, target: impl AsRef<str>) -> String {
        let target = target.as_ref();
        let id = self.agency.as_ref().map_or("", |a| a.id.as_str());
        self.day.href(&format!("/{id}/{target}"))
    }

    /// Where the law's page of a clause is.
    pub fn law(&self, href: impl AsRef<str>) -> String {
        self.day.href(&words::encode(href.as_ref()))
    }

    /// The menu: name, address, whether the page belongs there.
    pub fn menu(&self) -> Vec<(&'static str, String, bool)> {
        if self.agency.is_none() {
            return Vec::new();
        }
        let Some(frame) = context::frame() else {
            // The law, seen from an agency: back to where the day begins there.
            let id = self.agency.as_ref().map_or("", |a| a.id.as_str());
            return vec![("今天", self.href(format!("/{id}")), false)];
        };
        let here = self.place();
        let links = frame.places.iter();
        links
            .map(|p| (p.title, self.org(p.path), p.key == here))
            .collect()
    }

    /// The place of the menu to which the page belongs.
    fn place(&self) -> &'static str {
        match self.section {
            "duties" => "year",
            "xray" => "inventory",
            "plan" => "papers",
            "agency" => "settings",
            "registers" => self.place_of_register(),
            section => section,
        }
    }

    fn place_of_register(&self) -> &'static str {
        let mut parts = self.day.path.trim_start_matches('/').split('/').skip(1);
        let first = parts.next().unwrap_or_default();
        match first {
            "jobs" => return "papers",
            "systems" | "persons" | "contracts" => return "inventory",
            _ => {}
        }
        let key = parts.next().filter(|_| first == "registers");
        let spec = key.and_then(|key| app::register(key).ok());
        match spec.map(app::frame::place_of) {
            Some(Place::Year) => "year",
            Some(Place::Inventory) => "inventory",
            Some(Place::Matters) => "matters",
            Some(Place::Papers) => "papers",
            Some(Place::Settings) | None => "settings",
        }
    }

    /// Whether the page is one of the settings.
    pub fn settles(&self) -> bool {
        self.place() == "settings"
    }

    /// What stands around the pages of the agency, where somebody is in one.
    pub fn frame(&self) -> Option<Arc<FrameView>> {
        context::frame().filter(|_| self.agency.is_some())
    }

    /// Incidents that every page tells of.
    pub fn burning(&self) -> Vec<RunningIncident> {
        let running = self
            .frame()
            .map(|frame| frame.running.clone())
            .unwrap_or_default();
        // 今天 tells of them all by itself.
        let told = self.section == "today";
        running.into_iter().filter(|i| i.is_hot && !told).collect()
    }

    /// Where the style sheet is.
    #[expect(clippy::unused_self, reason = "templates ask the page")]
    pub fn css(&self) -> String {
        assets::css_href()
    }

    /// Where the icon is.
    #[expect(clippy::unused_self, reason = "templates ask the page")]
    pub fn icon(&self) -> String {
        assets::icon_href()
    }
}

/// The agency whose menu stays on pages of none: where whoever is signed in is something at one alone.
async fn only_agency(state: &AppState) -> Result<Option<AgencyHead>, Problem> {
    let Some(signed) = context::signed() else {
        return Ok(None);
    };
    if signed.who == Who::Operator {
        return Ok(state.app.only_agency().await?);
    }
    let Some(only) = signed.only_agency() else {
        return Ok(None);
    };
    match enter(state, only, state.app.today()).await {
        Ok(visit) => Ok(Some(app::agencies::head(&visit)?)),
        // Their term there has ended.
        Err(problem) if problem.status == StatusCode::NOT_FOUND => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// A template as an answer.
pub(crate) fn show(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
    Ok((status, Html(template.render()?)).into_response())
}

/// Goes on to another page; the answer to every form.
pub(crate) fn go(target: &str) -> Response {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(target) {
        headers.insert(header::LOCATION, value);
    }
    (StatusCode::SEE_OTHER, headers).into_response()
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    page: Page,
    problem: &'a Problem,
    request: &'a str,
}

/// Who is signed in; pages that ask for nobody are told apart before.
pub(crate) fn signed() -> Result<Arc<Signed>, Problem> {
    context::signed().ok_or_else(|| Problem::of(StatusCode::UNAUTHORIZED))
}

/// Who acts at an agency on the pages: whoever is signed in, as what they are there.
pub(crate) async fn somebody(state: &AppState, agency: &AgencyId) -> Result<app::Principal, Problem> {
    let (who, begun) = state.app.principal_at(&*signed()?, agency).await?;
    context::sent_by(&who.id);
    if let Some(begun) = begun {
        context::begun(begun);
    }
    Ok(who)
}

/// The same for work in a thread of its own, which reads by itself.
pub(crate) async fn alone(state: &AppState, agency: &AgencyId) -> Result<app::Principal, Problem> {
    let who = somebody(state, agency).await?;
    drop(context::goes_on());
    Ok(who)
}

/// Lets whoever is signed in in to an agency, on a day.
pub(crate) async fn enter<'s>(
    state: &'s AppState,
    org: &str,
    day: period::Date,
) -> Result<Visit<'s>, Problem> {
    let agency = AgencyId::parse(org)?;
    let who = somebody(state, &agency).await?;
    let begun = context::goes_on();
    let visit = state
        .app
        .visit_with(begun, (&who, &agency), day, Surface::Web)
        .await?;
    context::framed(app::frame::view(&visit).await?);
    Ok(visit)
}

/// What went wrong, as a page.
pub(crate) fn problem_page(page: Page, problem: &Problem, request: &str) -> Response {
    let page = ProblemPage {
        page,
        problem,
        request,
    };
    match page.render() {
        Ok(html) => (problem.status, Html(html)).into_response(),
        Err(_) => (problem.status, format!("{}（{request}）", problem.title)).into_response(),
    }
}
