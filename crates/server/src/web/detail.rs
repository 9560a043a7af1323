//! A record's page: what it says, what it lacks, what it proves, its approval and its history.
//!
//! Why each act is a form of its own: each can be refused for its own reason, and the page
//! then says so beside it. What it can't know: who may do what; the application answers.

use super::duties::Done;
use super::files::{can_show, is_paper};
use super::forms::{Entered, Form, Input};
use super::page::{Page, enter, go, show};
use super::registers::colour;
use super::upload::parts;
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::{AppError, Decision, Kind, PaperSignature, RowId, Verdict, records};
use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::response::Response;
use std::collections::BTreeSet;
use views::{FieldInput, FieldView, ProvesView, RecordDetail};

/// The forms of the page; one of them may have been refused.
struct Forms {
    /// Sending on and calling back: only what is wrong with them.
    way: Form,
    decide: Form,
    paper: Form,
    comment: Form,
    withdraw: Form,
}

impl Forms {
    fn new(day: &Day) -> Self {
        let on = format!("簽名頁所載日期，例如 {}", words::roc(&day.today));
        Self {
            way: Form::new("approval"),
            decide: Form::new("decide")
                .field(
                    "reason",
                    "意見或理由",
                    Input::Area,
                    "退回時必填：寫明理由與應補正之處",
                )
                .optional(),
            paper: Form::new("paper")
                .field("signed_by", "簽核者姓名", Input::Text, "簽名頁上的核定者")
                .field("on", "核定日期", Input::Text, &on)
                .field("scan", "簽名頁掃描檔", Input::File, "25 MB 以內"),
            comment: Form::new("comment").field("text", "意見", Input::Area, ""),
            withdraw: Form::new("withdraw").field("reason", "註銷理由", Input::Text, "例如「重複登錄」"),
        }
    }
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage {
    page: Page,
    view: RecordDetail,
    forms: Forms,
    /// Duties that have a page today.
    duties: BTreeSet<String>,
}

impl RecordPage {
    fn forms(&self) -> [&Form; 5] {
        let f = &self.forms;
        [&f.way, &f.decide, &f.paper, &f.comment, &f.withdraw]
    }

    fn at(&self, rest: &str) -> String {
        let (key, id) = (&self.view.register.key, words::encode(&self.view.id));
        self.page.org(format!("registers/{key}/records/{id}{rest}"))
    }

    /// The page of all that is about the record, where it has one.
    fn subject(&self) -> Option<String> {
        let stands = !self.is("void") && !self.is("pending");
        super::subjects::address(&self.page, &self.view.register.key, &self.view.id).filter(|_| stands)
    }

    fn list(&self) -> String {
        self.page.org(format!("registers/{}", self.view.register.key))
    }

    fn tag(&self) -> &'static str {
        colour(&self.view.state)
    }

    fn is(&self, state: &str) -> bool {
        self.view.state == state
    }

    fn asks(&self) -> bool {
        !self.view.steps.is_empty()
    }

    fn can_submit(&self) -> bool {
        self.asks() && self.view.may.submit && !self.is("submitted") && !self.is("final")
    }

    fn can_paper(&self) -> bool {
        self.asks() && self.view.may.submit && !self.is("final")
    }

    fn can_amend(&self) -> bool {
        self.view.may.amend && !self.is("submitted")
    }

    fn can_withdraw(&self) -> bool {
        self.view.may.withdraw && !self.is("submitted") && !self.is("final")
    }

    /// Whether the step at which the record stands only gives an opinion.
    fn consults(&self) -> bool {
        let now = self.view.steps.iter().find(|(_, done)| !done);
        now.is_some_and(|(words, _)| words.ends_with("會辦"))
    }

    /// Fields with something in them.
    fn filled(&self) -> impl Iterator<Item = &FieldView> {
        self.view.fields.iter().filter(|f| !is_blank(f))
    }

    /// What the others are called.
    fn blank(&self) -> String {
        let blank = self.view.fields.iter().filter(|f| is_blank(f));
        blank.map(|f| f.label.as_str()).collect::<Vec<_>>().join("、")
    }

    fn link(&self, field: &FieldView) -> Option<String> {
        let (key, id) = field.link.as_ref()?;
        if let Some(subject) = super::subjects::address(&self.page, key, id) {
            return Some(subject);
        }
        Some(
            self.page
                .org(format!("registers/{key}/records/{}", words::encode(id))),
        )
    }

    /// The rows that a field refers to: name, and where each is.
    fn links(&self, field: &FieldView) -> Vec<(String, String)> {
        let FieldInput::References { register, .. } = &field.input else {
            return Vec::new();
        };
        let at = |id: &str| {
            let record = format!("registers/{register}/records/{}", words::encode(id));
            super::subjects::address(&self.page, register, id).unwrap_or_else(|| self.page.org(record))
        };
        let rows = field.shown.lines().zip(field.value.lines());
        rows.map(|(name, id)| (name.to_owned(), at(id))).collect()
    }

    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn shows(&self, name: &str) -> bool {
        can_show(name)
    }

    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn is_paper(&self, name: &str) -> bool {
        is_paper(name)
    }

    fn duty(&self, proof: &ProvesView) -> Option<String> {
        let there = self.duties.contains(&proof.duty);
        there.then(|| self.page.org(format!("duties/{}", words::encode(&proof.duty))))
    }
}

fn is_blank(field: &FieldView) -> bool {
    field.shown.is_empty() && field.files.is_empty()
}

/// Where a record is.
struct At<'a> {
    org: &'a str,
    key: &'a str,
    id: RowId,
}

async fn show_record(
    state: &AppState,
    at: &At<'_>,
    day: Day,
    forms: Option<Forms>,
    done: Option<&'static str>,
) -> Result<Response, Problem> {
    let At { org, key, id } = at;
    let visit = enter(state, org, day.today).await?;
    let view = records::record_detail(&visit, app::register(key)?, Some(id)).await?;
    let mut duties = BTreeSet::new();
    if !view.proves.is_empty() {
        let list = app::duties::list(&visit, None).await?;
        duties.extend(list.groups.into_iter().flat_map(|(_, d)| d).map(|d| d.key));
    }
    let forms = forms.unwrap_or_else(|| Forms::new(&day));
    let name = if view.name.is_empty() {
        &view.id
    } else {
        &view.name
    };
    let mut page = Page::of_registers(state, &visit, "registers", name, day)?
        .under("登記簿", &format!("/{org}/registers"))
        .under(&view.register.title, &format!("/{org}/registers/{key}"));
    page.done = done;
    let mut page = RecordPage {
        page,
        view,
        forms,
        duties,
    };
    let failed = page.forms().iter().any(|f| f.failed());
    let status = page.page.judged(failed);
    show(status, &page)
}

/// GET /{org}/registers/{key}/records/{id}
pub(crate) async fn record(
    State(state): State<AppState>,
    Path((org, key, id)): Path<(String, String, String)>,
    Query(done): Query<Done>,
    day: Day,
) -> Result<Response, Problem> {
    let done = match done.done.as_str() {
        "created" => Some("已登錄。"),
        "saved" => Some("已儲存修改。"),
        "unchanged" => Some("內容沒有變更，未寫入新版本。"),
        "submitted" => Some("已送簽，簽核期間紀錄不能修改。"),
        "recalled" => Some("已撤回，可以修改後再送簽。"),
        "decided" => Some("已登錄簽核結果。"),
        "paper" => Some("已登錄紙本核定，這一版已定版。"),
        "commented" => Some("已登錄意見。"),
        _ => None,
    };
    let at = At {
        org: &org,
        key: &key,
        id: RowId::parse(&id)?,
    };
    show_record(&state, &at, day, None, done).await
}

/// Onward where it was done; else the page again with the form that was refused.
async fn answer(
    state: &AppState,
    at: &At<'_>,
    day: Day,
    (mut forms, which): (Forms, fn(&mut Forms) -> &mut Form),
    (result, done): (Result<(), AppError>, &str),
) -> Result<Response, Problem> {
    match result {
        Ok(()) => {
            let id = words::encode(at.id.as_str());
            let target = format!("/{}/registers/{}/records/{id}", at.org, at.key);
            Ok(go(&with(&target, "done", done)))
        }
        Err(AppError::Told {
            kind: Kind::BadInput | Kind::Conflict | Kind::Stale | Kind::Forbidden,
            message,
            remedy,
        }) => {
            which(&mut forms).fail("", format!("{message}。{remedy}"));
            show_record(state, at, day, Some(forms), None).await
        }
        // Sending on looks at the whole record again.
        Err(error @ AppError::Fields(_)) => {
            let message = format!("紀錄須先補正：{error}");
            which(&mut forms).fail("", message);
            show_record(state, at, day, Some(forms), None).await
        }
        Err(error) => Err(error.into()),
    }
}

fn value<'a>(entered: &'a [(String, String)], name: &str) -> &'a str {
    entered
        .iter()
        .find(|(n, _)| n == name)
        .map_or("", |(_, v)| v.as_str())
}

/// The version that a form was made for; none is refused as an old one.
fn seen(text: &str) -> u32 {
    text.parse().unwrap_or(0)
}

/// POST /{org}/registers/{key}/records/{id}/{act}
pub(crate) async fn act(
    State(state): State<AppState>,
    Path((org, key, id, act)): Path<(String, String, String, String)>,
    day: Day,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let at = At {
        org: &org,
        key: &key,
        id: RowId::parse(&id)?,
    };
    let visit = enter(&state, &org, state.app.today()).await?;
    let spec = app::register(&key)?;
    let id = &at.id;
    let version = seen(value(&entered, "seen"));
    let mut forms = Forms::new(&day);
    match act.as_str() {
        "submit" => {
            let result = records::submit(&visit, spec, (id, version)).await;
            let result = (result.map(drop), "submitted");
            answer(&state, &at, day, (forms, |f| &mut f.way), result).await
        }
        "recall" => {
            let result = records::call_back(&visit, spec, id).await;
            let result = (result.map(drop), "recalled");
            answer(&state, &at, day, (forms, |f| &mut f.way), result).await
        }
        "decide" => {
            forms.decide.take(&entered);
            let verdict = Verdict::of(value(&entered, "verdict"))
                .ok_or_else(|| Problem::bad_request("沒有選擇同意、退回或意見", "請由頁面上的按鈕簽核"))?;
            let decision = Decision {
                verdict,
                reason: forms.decide.value("reason").to_owned(),
                seen: version,
            };
            let result = records::decide(&visit, spec, id, decision).await;
            // Whoever decides in the list goes on with the next one.
            if result.is_ok() && value(&entered, "next") == "approvals" {
                return Ok(go(&format!("/{org}/approvals?done=decided")));
            }
            let result = (result.map(drop), "decided");
            answer(&state, &at, day, (forms, |f| &mut f.decide), result).await
        }
        "comment" => {
            forms.comment.take(&entered);
            let text = forms.comment.value("text").to_owned();
            let result = records::comment(&visit, spec, id, ("comment", &text)).await;
            answer(
                &state,
                &at,
                day,
                (forms, |f| &mut f.comment),
                (result, "commented"),
            )
            .await
        }
        "withdraw" => {
            forms.withdraw.take(&entered);
            let reason = forms.withdraw.value("reason").to_owned();
            let result = records::withdraw(&visit, spec, (id, Some(version)), &reason).await;
            if result.is_ok() {
                let list = format!("/{org}/registers/{key}");
                return Ok(go(&with(&list, "done", "withdrawn")));
            }
            answer(&state, &at, day, (forms, |f| &mut f.withdraw), (result, "")).await
        }
        _ => Err(Problem::not_found()),
    }
}

/// POST /{org}/registers/{key}/records/{id}/paper
pub(crate) async fn paper(
    State(state): State<AppState>,
    Path((org, key, id)): Path<(String, String, String)>,
    day: Day,
    form: Multipart,
) -> Result<Response, Problem> {
    let mut parts = parts(&state, form, app::EVIDENCE_LIMIT).await?;
    let at = At {
        org: &org,
        key: &key,
        id: RowId::parse(&id)?,
    };
    let mut forms = Forms::new(&day);
    forms.paper.take(&parts.texts);
    let signed_by = forms.paper.required("signed_by", "請填簽名頁上的核定者姓名");
    forms.paper.required("on", "請填簽名頁所載日期");
    let on = forms.paper.date("on");
    let scan = parts.file();
    if let Some(refused) = &parts.refused {
        forms.paper.fail("scan", &refused.words);
    } else if scan.is_none() {
        forms.paper.fail("scan", "請選取簽名頁的掃描檔");
    } else if forms.paper.failed() {
        forms.paper.fail("scan", "檔案沒有保存，更正其他欄位後請重新選取");
    }
    let (Some(on), Some(scan), false) = (on, scan, forms.paper.failed()) else {
        let page = show_record(&state, &at, day, Some(forms), None).await?;
        return Ok(parts.shown_again(page));
    };
    let signature = PaperSignature {
        signed_by,
        on,
        scan,
        seen: seen(parts.text("seen")),
    };
    let visit = enter(&state, &org, state.app.today()).await?;
    let spec = app::register(&key)?;
    let result = records::approve_on_paper(&visit, spec, &at.id, signature).await;
    let result = (result.map(drop), "paper");
    answer(&state, &at, day, (forms, |f| &mut f.paper), result).await
}
