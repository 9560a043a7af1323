//! Many records from a file: choose it, look at what it would do, then do it or leave it.
//!
//! Why the preview has an address: it can be looked at again tomorrow, and by alone
//! else. Why large files are jobs: they take longer than a browser waits, and a program that is
//! killed must not take them along. What it can't know: what a heading nobody uses means; the
//! officer says.

use super::duties::Done;
use super::files::attachment;
use super::forms::{Entered, Form, Input};
use super::jobs::{again_while, waiting_at};
use super::page::{Page, alone, enter, go, show};
use super::registers::head_of;
use super::upload::parts;
use crate::AppState;
use crate::aside::aside;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::jobs::{self, Asked};
use app::{
    AgencyId, AppError, Chosen, ImportOptions, ImportReport, Kind, LineStatus, ListFormat, Surface, Visit,
    act, records,
};
use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::response::Response;
use std::collections::BTreeSet;
use std::sync::Arc;
use views::{JobState, JobView, RegisterHead};

/// The largest file that is read.
pub(crate) const FILE_LIMIT: usize = 64 * 1024 * 1024;

fn choose_form() -> Form {
    Form::new("import")
        .field(
            "file",
            "試算表檔案",
            Input::File,
            "ODS、XLSX 或 CSV，64 MB 以內。可直接用現有的清冊，不必先改欄名",
        )
        .field(
            "sheet",
            "工作表名稱",
            Input::Text,
            "檔案有好幾張工作表時填寫；留空則讀第一張",
        )
        .optional()
}

#[derive(Template)]
#[template(path = "import.html")]
struct ChoosePage {
    page: Page,
    register: RegisterHead,
    form: Form,
}

/// An address within a register.
fn at(page: &Page, register: &RegisterHead, rest: &str) -> String {
    page.org(format!("registers/{}{rest}", register.key))
}

impl ChoosePage {
    fn forms(&self) -> [&Form; 1] {
        [&self.form]
    }

    fn at(&self, rest: &str) -> String {
        at(&self.page, &self.register, rest)
    }
}

fn frame(
    state: &AppState,
    (visit, register): (&Visit<'_>, &RegisterHead),
    title: &str,
    day: Day,
) -> Result<Page, Problem> {
    let org = visit.agency();
    let page = Page::of_registers(state, visit, "registers", title, day)?;
    Ok(page
        .under("登記簿", &format!("/{org}/registers"))
        .under(&register.title, &format!("/{org}/registers/{}", register.key)))
}

async fn show_choice(
    state: &AppState,
    (org, key): (&str, &str),
    day: Day,
    form: Form,
) -> Result<Response, Problem> {
    let visit = enter(state, org, state.app.today()).await?;
    let register = head_of(&visit, key).await?;
    let title = format!("匯入：{}", register.title);
    let mut page = frame(state, (&visit, &register), &title, day)?;
    let status = page.judged(form.failed());
    show(status, &ChoosePage { page, register, form })
}

/// GET /{org}/registers/{key}/import
pub(crate) async fn choose(
    State(state): State<AppState>,
    Path((org, key)): Path<(String, String)>,
    day: Day,
) -> Result<Response, Problem> {
    // Whoever may not import learns it here and not after choosing a file.
    let visit = enter(&state, &org, state.app.today()).await?;
    visit.may(act::Import, app::register(&key)?)?;
    show_choice(&state, (&org, &key), day, choose_form()).await
}

/// GET /{org}/registers/{key}/blank/{format}
pub(crate) async fn blank(
    State(state): State<AppState>,
    Path((org, key, format)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let format = ListFormat::of(&format).ok_or_else(Problem::not_found)?;
    let visit = enter(&state, &org, state.app.today()).await?;
    let file = records::import_template(&visit, app::register(&key)?, format).await?;
    Ok(attachment(&file.name, file.media_type, file.bytes))
}

/// Tells a form what was refused; gives back what no form can mend.
pub(super) fn refuse(form: &mut Form, name: &str, error: AppError) -> Result<(), AppError> {
    if let Some(cause) = error.technical() {
        tracing::warn!(cause, "a file can't be read");
    }
    match error {
        AppError::Told {
            kind: Kind::BadInput | Kind::Conflict | Kind::Stale,
            message,
            remedy,
        } => form.fail(name, format!("{message}。{remedy}")),
        other if other.kind() == Kind::BadInput => form.fail(name, other.to_string()),
        other => return Err(other),
    }
    Ok(())
}

/// POST /{org}/registers/{key}/import
pub(crate) async fn upload(
    State(state): State<AppState>,
    Path((org, key)): Path<(String, String)>,
    day: Day,
    form: Multipart,
) -> Result<Response, Problem> {
    let mut parts = parts(&state, form, FILE_LIMIT).await?;
    let mut form = choose_form();
    form.take(&parts.texts);
    let visit = enter(&state, &org, state.app.today()).await?;
    head_of(&visit, &key).await?;
    let file = parts.file();
    if let Some(refused) = &parts.refused {
        form.fail("file", &refused.words);
    }
    let (Some(file), false) = (file, form.failed()) else {
        form.fail("file", "請選取要匯入的檔案");
        let page = show_choice(&state, (&org, &key), day, form).await?;
        return Ok(parts.shown_again(page));
    };
    let sheet = Some(form.value("sheet").to_owned()).filter(|s| !s.is_empty());
    let options = ImportOptions {
        sheet,
        stop: app::Stop::new(),
        ..ImportOptions::default()
    };
    // Nobody waits for the page of a request that was given up: its reading ends too.
    let _with_request = options.stop.when_dropped();
    let app = Arc::clone(&state.app);
    let (agency, register) = (AgencyId::parse(&org)?, key.clone());
    let who = alone(&state, &agency).await?;
    let read = aside(move |runtime| {
        runtime.block_on(async {
            let visit = app.visit(&who, &agency, app.today(), Surface::Web).await?;
            let spec = app::register(&register)?;
            jobs::read_import(&visit, spec, (&file.name, file.bytes), options).await
        })
    })
    .await;
    match read {
        Ok(Asked::Done(report)) => Ok(go(&address(&org, &report))),
        Ok(Asked::Later(job)) => Ok(go(&waiting_at(&org, &job))),
        Err(error) => {
            refuse(&mut form, "file", error)?;
            show_choice(&state, (&org, &key), day, form).await
        }
    }
}

fn address(org: &str, report: &ImportReport) -> String {
    format!("/{org}/registers/{}/import/{}", report.register, report.id)
}

fn commit_form() -> Form {
    Form::new("commit")
        .field(
            "but",
            "不匯入的列",
            Input::Text,
            "填原檔列號，以頓號或逗號分隔，例如 5、8；這些列不寫入。都要匯入時留空",
        )
        .optional()
}

#[derive(Template)]
#[template(path = "preview.html")]
struct PreviewPage {
    page: Page,
    register: RegisterHead,
    report: ImportReport,
    fields: Vec<(&'static str, &'static str)>,
    form: Form,
    /// The job that writes it or takes it back, or did so last.
    job: Option<JobView>,
}

impl PreviewPage {
    /// The job that is under way.
    fn going(&self) -> Option<&JobView> {
        self.job.as_ref().filter(|job| job.state.is_open())
    }

    fn cancel_at(&self) -> String {
        let id = self.job.as_ref().map_or("", |job| job.id.as_str());
        self.page.org(format!("jobs/{}/cancel", words::encode(id)))
    }

    /// The job that came to nothing.
    fn failed(&self) -> Option<&JobView> {
        let is_dead = |job: &&JobView| job.state == JobState::Dead;
        // What it was about has come to an end otherwise.
        let stands = self.is("preview") || self.is("committed");
        self.job.as_ref().filter(is_dead).filter(|_| stands)
    }

    fn forms(&self) -> [&Form; 1] {
        [&self.form]
    }

    fn at(&self, rest: &str) -> String {
        at(&self.page, &self.register, rest)
    }

    fn here(&self, rest: &str) -> String {
        self.at(&format!("/import/{}{rest}", words::encode(&self.report.id)))
    }

    fn record_list(&self) -> String {
        self.at("")
    }

    fn is(&self, state: &str) -> bool {
        self.report.state == state
    }

    fn writes(&self) -> u64 {
        self.report.counts.new + self.report.counts.changed
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        clippy::unused_self,
        reason = "templates ask the page"
    )]
    fn colour(&self, status: &LineStatus) -> &'static str {
        match status {
            LineStatus::Wrong => "not_met",
            LineStatus::New => "met",
            LineStatus::Changed => "not_yet_due",
            LineStatus::Same => "not_applicable",
        }
    }

    /// How many lines there are beyond those shown.
    fn beyond(&self) -> u64 {
        let counts = &self.report.counts;
        let all = counts.new + counts.changed + counts.same + counts.wrong;
        all.saturating_sub(u64::try_from(self.report.lines.len()).unwrap_or(u64::MAX))
    }

    fn unknown(&self) -> usize {
        let columns = self.report.columns.iter();
        columns
            .filter(|(label, key)| key.is_empty() && !label.is_empty())
            .count()
    }
}

/// The report of an import into this register; one into another is not there.
async fn report_of(state: &AppState, org: &str, key: &str, job: &str) -> Result<ImportReport, Problem> {
    let visit = enter(state, org, state.app.today()).await?;
    let report = records::import_report(&visit, job).await?;
    if report.register == key {
        Ok(report)
    } else {
        Err(Problem::not_found())
    }
}

async fn show_preview(
    state: &AppState,
    (org, key): (&str, &str),
    day: Day,
    (report, form): (ImportReport, Form),
    done: Option<&'static str>,
) -> Result<Response, Problem> {
    let visit = enter(state, org, state.app.today()).await?;
    let register = head_of(&visit, key).await?;
    let job = jobs::of_import(&visit, &report.id).await?;
    let title = match report.state.as_str() {
        "committed" => format!("已匯入：{}", register.title),
        "discarded" => format!("已取消匯入：{}", register.title),
        "undone" => format!("已復原：{}", register.title),
        _ => format!("匯入預覽：{}", register.title),
    };
    let mut page = frame(state, (&visit, &register), &title, day)?;
    let status = page.judged(form.failed());
    page.done = done;
    let page = PreviewPage {
        page,
        register,
        report,
        fields: records::import_fields(app::register(key)?),
        form,
        job,
    };
    let response = show(status, &page)?;
    Ok(again_while(page.going().is_some(), response))
}

/// GET /{org}/registers/{key}/import/{job}
pub(crate) async fn preview(
    State(state): State<AppState>,
    Path((org, key, job)): Path<(String, String, String)>,
    Query(done): Query<Done>,
    day: Day,
) -> Result<Response, Problem> {
    let report = report_of(&state, &org, &key, &job).await?;
    let done = match done.done.as_str() {
        "committed" => Some("已匯入。"),
        "undone" => Some("已復原，登記簿回到匯入前的內容。"),
        "again" => Some("已依新的對應重新預覽。"),
        "discarded" => Some("已取消，沒有寫入任何資料。"),
        _ => None,
    };
    show_preview(&state, (&org, &key), day, (report, commit_form()), done).await
}

/// POST /{org}/registers/{key}/import/{job}: the same file with other columns or another sheet.
pub(crate) async fn again(
    State(state): State<AppState>,
    Path((org, key, job)): Path<(String, String, String)>,
    day: Day,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let report = report_of(&state, &org, &key, &job).await?;
    let value = |name: &str| {
        let found = entered.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.as_str())
    };
    let mut options = ImportOptions {
        sheet: value("sheet").filter(|s| !s.is_empty()).map(str::to_owned),
        remember: value("remember").is_some(),
        ..ImportOptions::default()
    };
    // Another sheet has other headings.
    if options.sheet.as_deref().is_none_or(|sheet| sheet == report.sheet) {
        for (n, (label, _)) in report.columns.iter().enumerate() {
            if let Some(field) = value(&format!("c-{n}")).filter(|_| !label.is_empty()) {
                options.columns.insert(label.clone(), field.to_owned());
            }
        }
    }
    options.stop = app::Stop::new();
    let _with_request = options.stop.when_dropped();
    let app = Arc::clone(&state.app);
    let agency = AgencyId::parse(&org)?;
    let who = alone(&state, &agency).await?;
    let read = aside(move |runtime| {
        runtime.block_on(async {
            let visit = app.visit(&who, &agency, app.today(), Surface::Web).await?;
            jobs::read_import_again(&visit, &job, options).await
        })
    })
    .await;
    let target = read.map(|read| match read {
        Asked::Done(report) => with(&address(&org, &report), "done", "again"),
        Asked::Later(job) => waiting_at(&org, &job),
    });
    finish(&state, (&org, &key), day, (report, commit_form()), target).await
}

/// Onward, or the preview again with what was refused.
async fn finish(
    state: &AppState,
    at: (&str, &str),
    day: Day,
    (report, mut form): (ImportReport, Form),
    target: Result<String, AppError>,
) -> Result<Response, Problem> {
    match target {
        Ok(target) => Ok(go(&target)),
        Err(error) => {
            refuse(&mut form, "", error)?;
            show_preview(state, at, day, (report, form), None).await
        }
    }
}

/// Row numbers as alone writes them.
fn rows_of(text: &str) -> Option<BTreeSet<u32>> {
    text.split(|c: char| ['、', ',', '，', ';', '；'].contains(&c) || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect()
}

/// POST /{org}/registers/{key}/import/{job}/commit
pub(crate) async fn commit(
    State(state): State<AppState>,
    Path((org, key, job)): Path<(String, String, String)>,
    day: Day,
    Entered(entered): Entered,
) -> Result<Response, Problem> {
    let report = report_of(&state, &org, &key, &job).await?;
    let mut form = commit_form();
    form.take(&entered);
    let Some(but) = rows_of(form.value("but")) else {
        form.fail("but", "列號請填數字，以頓號或逗號分隔，例如 5、8");
        return show_preview(&state, (&org, &key), day, (report, form), None).await;
    };
    let chosen = Chosen {
        skip_wrong: entered.iter().any(|(name, _)| name == "skip_wrong"),
        but,
        ..Chosen::default()
    };
    let app = Arc::clone(&state.app);
    let agency = AgencyId::parse(&org)?;
    let who = alone(&state, &agency).await?;
    let written = aside(move |runtime| {
        runtime.block_on(async {
            let visit = app.visit(&who, &agency, app.today(), Surface::Web).await?;
            jobs::write_import(&visit, &job, &chosen).await
        })
    })
    .await;
    let target = written.map(|written| after(&org, &report, "committed", &written));
    finish(&state, (&org, &key), day, (report, form), target).await
}

/// The import's page: with what was done, or with how far it is.
fn after(org: &str, report: &ImportReport, done: &str, asked: &Asked<ImportReport>) -> String {
    match asked {
        Asked::Done(_) => with(&address(org, report), "done", done),
        Asked::Later(_) => address(org, report),
    }
}

/// POST /{org}/registers/{key}/import/{job}/discard
pub(crate) async fn discard(
    State(state): State<AppState>,
    Path((org, key, job)): Path<(String, String, String)>,
    day: Day,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    let report = report_of(&state, &org, &key, &job).await?;
    let visit = enter(&state, &org, state.app.today()).await?;
    let discarded = records::discard_import(&visit, &job).await;
    let target = with(&address(&org, &report), "done", "discarded");
    let target = discarded.map(|_| target);
    finish(&state, (&org, &key), day, (report, commit_form()), target).await
}

/// POST /{org}/registers/{key}/import/{job}/undo
pub(crate) async fn undo(
    State(state): State<AppState>,
    Path((org, key, job)): Path<(String, String, String)>,
    day: Day,
    Entered(_): Entered,
) -> Result<Response, Problem> {
    let report = report_of(&state, &org, &key, &job).await?;
    let app = Arc::clone(&state.app);
    let agency = AgencyId::parse(&org)?;
    let who = alone(&state, &agency).await?;
    let undone = aside(move |runtime| {
        runtime.block_on(async {
            let visit = app.visit(&who, &agency, app.today(), Surface::Web).await?;
            jobs::take_import_back(&visit, &job).await
        })
    })
    .await;
    let target = undone.map(|undone| after(&org, &report, "undone", &undone));
    finish(&state, (&org, &key), day, (report, commit_form()), target).await
}

/// GET /{org}/registers/{key}/import/{job}/wrong
pub(crate) async fn wrong(
    State(state): State<AppState>,
    Path((org, key, job)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    report_of(&state, &org, &key, &job).await?;
    let visit = enter(&state, &org, state.app.today()).await?;
    let file = records::wrong_lines(&visit, &job).await?;
    Ok(attachment(&file.name, file.media_type, file.bytes))
}

#[cfg(test)]
mod tests {
    use super::rows_of;

    #[test]
    fn row_numbers_in_any_of_the_usual_styles() {
        let rows = |text: &str| rows_of(text).map(|r| r.into_iter().collect::<Vec<_>>());
        assert_eq!(rows(""), Some(vec![]));
        assert_eq!(rows(" 8、5, 5；12 "), Some(vec![5, 8, 12]));
        assert_eq!(rows("第5列"), None);
    }
}
