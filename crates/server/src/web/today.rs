//! 今天: what burns, the next steps, what waits, what is asked, what changed; all the rest folded.

use super::duties::Done;
use super::forms::Entered;
use super::page::{Page, enter, go, show};
use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use app::{AppError, Kind, Visit};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use std::sync::Arc;
use views::{QuestionInput, QuestionView, RunningIncident, SinceView, Status, Task, TodayView, WaitingView};

/// How many next steps are shown.
const STEPS: usize = 3;

/// An answer that can't be used.
struct Refused {
    fact: String,
    said: String,
    message: String,
}

#[derive(Template)]
#[template(path = "today.html")]
struct TodayPage {
    page: Page,
    view: Arc<TodayView>,
    steps: Vec<Task>,
    running: Vec<RunningIncident>,
    mine: Vec<WaitingView>,
    others: Vec<WaitingView>,
    since: Option<SinceView>,
    /// Whether the visitor may answer the questions.
    answers: bool,
    refused: Option<Refused>,
}

/// Where a task's next step is taken: the form that is needed, for whoever fills in forms.
pub(crate) fn next_step(page: &Page, task: &Task) -> String {
    let edits = page.frame().is_some_and(|frame| frame.edits);
    if let Some((register, row)) = &task.record {
        let id = words::encode(row);
        return match (id.is_empty(), edits) {
            (true, false) => page.org(format!("registers/{register}")),
            (true, true) => page.org(format!("registers/{register}/new")),
            (false, false) => page.org(format!("registers/{register}/records/{id}")),
            (false, true) => page.org(format!("registers/{register}/records/{id}/edit")),
        };
    }
    let part = match task.status {
        Status::Unknown => "#facts",
        Status::NotMet | Status::NotYetDue | Status::Met => "#record",
        Status::NotApplicable => "",
    };
    page.href(format!("{}{part}", task.href))
}

impl TodayPage {
    fn next(&self, task: &Task) -> String {
        next_step(&self.page, task)
    }

    /// How it stands, in a sentence.
    fn sentence(&self) -> String {
        let mut said = Vec::new();
        if !self.running.is_empty() {
            said.push(format!("{} 件事件進行中", self.running.len()));
        }
        for group in &self.view.groups {
            let what = match group.id {
                "overdue" => "項逾期",
                "week" => "項本週到期",
                "unknown" => "項待查明",
                _ => continue,
            };
            if group.total > 0 {
                said.push(format!("{} {what}", group.total));
            }
        }
        if !self.mine.is_empty() {
            said.push(format!("{} 件等您決定", self.mine.len()));
        }
        if said.is_empty() {
            return "沒有逾期、沒有本週到期，也沒有等您決定的事。".to_owned();
        }
        format!("{}。", said.join("、"))
    }

    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn yes(&self, question: &QuestionView) -> &'static str {
        match question.fact.as_str() {
            "critical_infrastructure" => "是",
            _ => "有",
        }
    }

    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn no(&self, question: &QuestionView) -> &'static str {
        match question.fact.as_str() {
            "critical_infrastructure" => "不是",
            _ => "沒有",
        }
    }

    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn label(&self, question: &QuestionView) -> &'static str {
        match question.input {
            Some(QuestionInput::Day) => "日期，例如 113/03/15",
            _ => "全稱，例如「臺中市」；中央機關填「中央」",
        }
    }

    /// Whether what was refused is still asked.
    fn asked(&self, refused: &Refused) -> bool {
        self.view.questions.iter().any(|q| q.fact == refused.fact)
    }

    fn is_refused(&self, question: &QuestionView) -> bool {
        self.refused.as_ref().is_some_and(|r| r.fact == question.fact)
    }

    fn said(&self, question: &QuestionView) -> &str {
        let refused = self.refused.as_ref().filter(|r| r.fact == question.fact);
        refused.map_or("", |r| r.said.as_str())
    }
}

async fn show_today(
    state: &AppState,
    visit: &Visit<'_>,
    mut day: Day,
    (done, refused): (bool, Option<Refused>),
) -> Result<Response, Problem> {
    let view = app::today::view(visit).await?;
    let title = if day.travelled() {
        format!("{} 要做什麼", words::roc(&day.date))
    } else {
        "今天要做什麼".to_owned()
    };
    let travelled = day.travelled();
    day.path = format!("/{}/today", view.agency.id);
    day.keep.clear();
    let mut page = Page::of(state, view.agency.clone(), "today", &title, day);
    page.crumbs.clear();
    page.done = done.then_some("已登錄您的回答，應辦事項已重新判定。");
    // What runs and waits now is nothing of another day.
    let (running, (mine, others), since) = if travelled {
        (Vec::new(), (Vec::new(), Vec::new()), None)
    } else {
        (
            app::frame::running(visit).await?,
            app::records::waiting_lines(visit)?,
            app::since::view(visit).await?,
        )
    };
    let told: Vec<&str> = running.iter().map(|i| i.path.as_str()).collect();
    let is_told = |task: &&Task| match &task.record {
        Some((register, row)) => told.contains(&format!("registers/{register}/records/{row}").as_str()),
        None => false,
    };
    let steps = view
        .steps
        .iter()
        .filter(|t| !is_told(t))
        .take(STEPS)
        .cloned()
        .collect();
    let status = page.judged(refused.is_some());
    let page = TodayPage {
        page,
        steps,
        running,
        mine,
        others,
        since,
        answers: app::questions::may_answer(visit) && !travelled,
        refused,
        view,
    };
    show(status, &page)
}

/// GET /{org}/today
pub(crate) async fn today(
    State(state): State<AppState>,
    Path(org): Path<String>,
    Query(done): Query<Done>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, day.date).await?;
    show_today(&state, &visit, day, (done.done == "answered", None)).await
}

/// POST /{org}/answers
pub(crate) async fn answer(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, day.today).await?;
    let value = |name: &str| {
        let found = entered.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, v)| v.as_str())
    };
    let (fact, said) = (value("fact"), value("said"));
    let message = match app::questions::answer(&visit, fact, said).await {
        Ok(_) => {
            let org = words::encode(&org);
            return Ok(go(&format!("/{org}/today?done=answered#questions")));
        }
        Err(error @ AppError::Fields(_)) => error.to_string(),
        Err(AppError::Told {
            kind: Kind::BadInput,
            message,
            remedy,
        }) => format!("{message}。{remedy}"),
        Err(error) => return Err(error.into()),
    };
    let refused = Refused {
        fact: fact.to_owned(),
        said: said.to_owned(),
        message,
    };
    show_today(&state, &visit, day.now(), (false, Some(refused))).await
}
