//! 年度: the year as picture, list and paper, and the pictures of what the registers hold.

use super::page::{Page, enter, show};
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::AppError;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use views::{FiguresView, YearCell, YearMonth, YearState, YearView};

const MONTHS: [&str; 12] = [
    "一月",
    "二月",
    "三月",
    "四月",
    "五月",
    "六月",
    "七月",
    "八月",
    "九月",
    "十月",
    "十一月",
    "十二月",
];

/// The name of a month.
fn month_name(month: i8) -> &'static str {
    let at = usize::try_from(month - 1).unwrap_or(usize::MAX);
    MONTHS.get(at).copied().unwrap_or_default()
}

#[derive(Template)]
#[template(path = "year.html")]
struct YearPage {
    page: Page,
    view: YearView,
    /// The month whose list is shown; the whole year's where none is.
    month: Option<i8>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
impl YearPage {
    fn at(&self, year: &i16, month: Option<&i8>) -> String {
        let target = with(&self.page.org("year/months"), "year", &year.to_string());
        match month {
            Some(month) => format!("{}#list", with(&target, "month", &month.to_string())),
            None => target,
        }
    }

    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn month_name(&self, month: &i8) -> &'static str {
        month_name(*month)
    }

    /// What a cell says to whoever doesn't see it.
    #[expect(clippy::unused_self, reason = "templates ask the page")]
    fn said(&self, cell: &YearCell) -> String {
        let each: Vec<String> = cell
            .counts
            .iter()
            .map(|(state, n)| format!("{} {n} 項", state.word()))
            .collect();
        format!("{}：{}", month_name(cell.month), each.join("、"))
    }

    /// The lists that are shown.
    fn lists(&self) -> impl Iterator<Item = &YearMonth> {
        let asked = self.month;
        let months = self.view.months.iter();
        months.filter(move |m| asked.is_none_or(|month| m.month == month))
    }

    fn is_now(&self, month: &i8) -> bool {
        self.view.now == Some(*month)
    }

    /// One line a duty, as a work plan takes it.
    fn proposal(&self) -> String {
        let lines = self.view.spread.iter().map(|l| {
            let many = if l.count > 1 {
                format!("（{} 項）", l.count)
            } else {
                String::new()
            };
            format!("{}：{}{many}", month_name(l.month), l.title)
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A number that an address says; none where it says nothing.
fn asked<T: std::str::FromStr>(day: &Day, key: &str, next: &str) -> Result<Option<T>, Problem> {
    let read = |text: &str| {
        text.parse()
            .map_err(|_| AppError::bad_input(format!("看不懂「{text}」"), next.to_owned()))
    };
    Ok(day.query(key).map(read).transpose()?)
}

/// GET /{org}/year/months
pub(crate) async fn year(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let year = asked(&day, "year", "請填民國年，例如 115")?;
    let month = asked::<i8>(&day, "month", "請填 1 到 12 的月份")?;
    if month.is_some_and(|m| !(1..=12).contains(&m)) {
        let error = AppError::bad_input("沒有這個月份", "請填 1 到 12 的月份");
        return Err(Problem::from(error));
    }
    let visit = enter(&state, &org, day.date).await?;
    let view = app::year::view(&visit, year).await?;
    let title = format!("{} 年度", view.year);
    let mut page = Page::of(&state, view.agency.clone(), "year", &title, day);
    if let Some(month) = month {
        let whole = with(
            &format!("/{}/year/months", view.agency.id),
            "year",
            &view.year.to_string(),
        );
        page = page.under(&title, &whole);
        page.title = format!("{title}{}", month_name(month));
    }
    show(StatusCode::OK, &YearPage { page, view, month })
}

#[derive(Template)]
#[template(path = "figures.html")]
struct FiguresPage {
    page: Page,
    view: FiguresView,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
impl FiguresPage {
    /// The records of one square of the matrix.
    fn square(&self, likelihood: &u64, impact: &u64) -> String {
        let list = self.page.org("registers/risk");
        let list = with(&list, "likelihood", &likelihood.to_string());
        with(&list, "impact", &impact.to_string())
    }
}

/// GET /{org}/year/figures
pub(crate) async fn figures(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, day.date).await?;
    let view = app::figures::view(&visit).await?;
    let year = format!("/{}/year", view.agency.id);
    let page = Page::of(&state, view.agency.clone(), "year", "圖表", day).under("年度", &year);
    show(StatusCode::OK, &FiguresPage { page, view })
}
