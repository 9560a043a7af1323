//! 應辦事項: the list, and one duty with its whole Why.

use super::forms::{Form, Input};
use super::page::{Page, enter, show};
use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use app::{DutyKey, Visit};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use views::{DutyListView, DutyView, FactView, Status};

#[derive(Template)]
#[template(path = "duties.html")]
struct ListPage {
    page: Page,
    view: DutyListView,
    /// What isn't carried by any duty.
    beyond: Vec<String>,
}

impl ListPage {
    fn total(&self) -> usize {
        self.view.counts.iter().map(|(_, n)| n).sum()
    }

    fn shown(&self) -> usize {
        self.view.groups.iter().map(|(_, duties)| duties.len()).sum()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn is_filter(&self, status: &Status) -> bool {
        self.view.filter == Some(*status)
    }

    fn duty(&self, duty: &DutyView) -> String {
        self.page.org(address(duty))
    }
}

/// A duty's address under its agency.
fn address(duty: &DutyView) -> String {
    match &duty.subject_id {
        Some(id) => format!("duties/{}?system={}", words::encode(&duty.key), words::encode(id)),
        None => format!("duties/{}", words::encode(&duty.key)),
    }
}

/// GET /{org}/duties
pub(crate) async fn list(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let filter = match day.query("status") {
        None => None,
        Some(slug) => Some(
            Status::from_slug(slug)
                .ok_or_else(|| Problem::bad_request("沒有這種狀態", "請由應辦事項頁上方的狀態連結選取"))?,
        ),
    };
    let visit = enter(&state, &org, day.date).await?;
    let view = app::duties::list(&visit, filter).await?;
    let beyond = app::beyond::of_agency(&visit)?;
    let title = filter.map_or_else(|| "應辦事項".to_owned(), |s| format!("應辦事項：{}", s.word()));
    let page = Page::of(&state, view.agency.clone(), "duties", &title, day);
    show(StatusCode::OK, &ListPage { page, view, beyond })
}

#[derive(Template)]
#[template(path = "duty.html")]
struct DutyPage {
    page: Page,
    duty: DutyView,
    form: Form,
    /// Registers whose records prove it: key and title.
    registers: Vec<(&'static str, &'static str)>,
}

impl DutyPage {
    fn forms(&self) -> [&Form; 1] {
        [&self.form]
    }

    /// The id of the heading of an event's parts.
    fn heading(&self, event: &views::EventView) -> String {
        let place = self.duty.events.iter().position(|e| std::ptr::eq(e, event));
        format!("h-event-{}", place.unwrap_or_default())
    }

    fn missing(&self) -> Vec<&FactView> {
        self.duty.facts.iter().filter(|f| f.value.is_none()).collect()
    }

    fn below(&self, local: bool) -> usize {
        let of = |l: &&views::LoserView| l.below_floor && (l.clause.rank == "local") == local;
        self.duty.losers.iter().filter(of).count()
    }

    /// Promises that the agency's plan should mend.
    fn lower_promises(&self) -> usize {
        self.below(false)
    }

    /// A city's rules that ask for less; no plan mends those.
    fn looser_rules(&self) -> usize {
        self.below(true)
    }

    fn binds(&self) -> bool {
        self.duty.verdict != Status::NotApplicable
    }

    /// What an event sets off is settled in the record that tells of the event, not by an activity; what
    /// shows a part of it may be.
    fn can_record(&self) -> bool {
        self.binds() && (self.duty.shape != "on_event" || !events_in_parts(&self.duty).is_empty())
    }
}

/// Events whose parts are told one by one: by what a proof names each, and what an officer calls it.
fn events_in_parts(duty: &DutyView) -> Vec<(String, String)> {
    let named = duty.events.iter().filter_map(|e| {
        let words = format!("{}（{}，{}）", e.title, e.at.words(), e.status_words());
        Some((e.named()?, words))
    });
    named.collect()
}

/// The parts that a form lists: those of the duty, or of all its events.
fn listed(duty: &DutyView) -> Vec<(String, String)> {
    let own = duty.parts.iter().map(|part| {
        let label = format!("{}：{}（{}）", part.label, part.asks, part.status_words());
        (part.key.clone(), label)
    });
    let of_events = duty
        .events
        .iter()
        .filter(|e| !e.row.is_empty())
        .flat_map(|e| &e.parts);
    // How each stands differs by event; the table above tells.
    let of_events = of_events.map(|part| (part.key.clone(), format!("{}：{}", part.label, part.asks)));
    let mut all: Vec<(String, String)> = Vec::new();
    for one in own.chain(of_events) {
        if !all.iter().any(|(key, _)| *key == one.0) {
            all.push(one);
        }
    }
    all
}

/// The form by which something done is recorded.
pub(crate) fn record_form(day: &Day, duty: &DutyView) -> Form {
    let on = format!("實際辦理的那一天，例如 {}", words::roc(&day.today));
    let form = Form::new("record")
        .field("on", "辦理日期", Input::Text, &on)
        .field(
            "title",
            "辦理事項",
            Input::Text,
            "一句話，例如「115年度內部資通安全稽核」",
        )
        .field("note", "說明", Input::Area, "範圍、結果、待改善事項")
        .optional()
        .field(
            "evidence",
            "佐證檔案",
            Input::Files,
            "每個 25 MB 以內，一次最多 5 個。沒有佐證的紀錄不會使本項成為「已符合」",
        )
        .optional()
        .field(
            "valid_until",
            "佐證有效至",
            Input::Text,
            "佐證本身載有效期者（如證書、契約），填最後一個有效日；未載明者留空",
        )
        .optional();
    let events = events_in_parts(duty);
    if duty.parts.len() < 2 && events.is_empty() {
        return form;
    }
    let form = if events.is_empty() {
        form
    } else {
        let none = [(String::new(), "請選取".to_owned())];
        let choices = none.into_iter().chain(events).collect();
        form.field(
            "event",
            "所屬事由",
            Input::Choice(choices),
            "這次的佐證或聲明證明哪一件事由",
        )
    };
    form.field(
        "parts",
        "涵蓋項目",
        Input::Many(listed(duty)),
        "這次的佐證或聲明證明哪幾項；沒有勾選的項目不會因此成為已證明",
    )
    .optional()
    .field(
        "stated_by",
        "聲明人",
        Input::Text,
        "無檔案而由承辦或主管具名聲明現況者，填其姓名；只及於勾選的項目，與其他佐證同樣有效期",
    )
    .optional()
}

/// Shows a duty, with the form as it stands.
pub(crate) async fn show_duty(
    state: &AppState,
    visit: &Visit<'_>,
    (key, system): (&str, Option<&str>),
    mut day: Day,
    form: Option<Form>,
    done: bool,
) -> Result<Response, Problem> {
    let (head, duty) = app::duties::one(visit, &DutyKey::parse(key)?, system).await?;
    let form = form.unwrap_or_else(|| record_form(&day, &duty));
    day.path = format!("/{}/duties/{}", head.id, words::encode(&duty.key));
    day.keep = system
        .map(|s| ("system".to_owned(), s.to_owned()))
        .into_iter()
        .collect();
    let list = day.href(&format!("/{}/duties", head.id));
    let mut page = Page::of(state, head, "duties", &duty.title, day).under("應辦事項", &list);
    let status = page.judged(form.failed());
    page.done = done.then_some("已登錄辦理紀錄，下列狀態已重新判定。");
    let mut registers = app::records::registers_for(&duty.key);
    for register in duty
        .counts
        .iter()
        .filter_map(|c| app::records::register_counting(&c.what))
    {
        if !registers.contains(&register) {
            registers.push(register);
        }
    }
    let page = DutyPage {
        page,
        duty,
        form,
        registers,
    };
    show(status, &page)
}

/// What the address of a page that follows a form says.
#[derive(Debug, Deserialize)]
pub(crate) struct Done {
    /// What was done.
    #[serde(default)]
    pub done: String,
}

/// GET /{org}/duties/{key}
pub(crate) async fn duty(
    State(state): State<AppState>,
    Path((org, key)): Path<(String, String)>,
    Query(done): Query<Done>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, day.date).await?;
    let system = day.query("system").map(str::to_owned);
    show_duty(
        &state,
        &visit,
        (&key, system.as_deref()),
        day,
        None,
        done.done == "1",
    )
    .await
}
