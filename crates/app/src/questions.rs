//! Answers to what 今天 asks, each written where its fact is told.
//!
//! What it can't know: whether an answer is true; it stands in the agency's records under the name of who
//! gave it.

use crate::asks::input;
use crate::commands;
use crate::compiled::compiled_once;
use crate::permission::{Action, Allowed};
use crate::visit::Visit;
use crate::{AppError, Saved};
use period::Date;
use views::QuestionInput;

/// Whether the visitor may answer them.
pub fn may_answer(visit: &Visit<'_>) -> bool {
    ["agency", "designation"].iter().all(|key| {
        let spec = registers::register(key);
        spec.is_some_and(|spec| visit.best(Action::Amend, spec) == Allowed::Yes)
    })
}

/// Answers one of the questions.
///
/// # Errors
/// Where nobody asked that, or the answer can't be used.
#[compiled_once]
pub async fn answer(visit: &Visit<'_>, fact: &str, said: &str) -> Result<Saved, AppError> {
    let Some(input) = input(fact) else {
        return Err(AppError::bad_input(
            "這一題不是在這裡回答",
            "請回「今天」，由題目旁的連結前往補登",
        ));
    };
    if said.trim().is_empty() {
        return Err(AppError::bad_input("還沒有填答案", "不知道的題目可以先跳過"));
    }
    if input == QuestionInput::Day {
        let day: Date = period::parse_date(said.trim()).map_err(|_| {
            AppError::bad_input(
                format!("看不懂日期「{said}」"),
                "請填核定函所載日期，例如 113/03/15",
            )
        })?;
        if day > visit.today() {
            return Err(AppError::bad_input(
                "核定日期在今天之後",
                "請填核定函所載日期，例如 113/03/15",
            ));
        }
        let head = crate::agencies::head(visit)?;
        let Some(level) = head.level else {
            return Err(AppError::bad_input(
                "還不知道責任等級",
                "請先到「機關」登錄等級核定",
            ));
        };
        return commands::designate(visit, &level, Some(day), "").await;
    }
    commands::amend_agency_typed(visit, &[(fact.to_owned(), said.trim().to_owned())]).await
}
