//! `fazun duties`.

use crate::args::OnDayArgs;
use crate::commands::{day, enter, open};
use crate::out;
use app::AppError;
use std::path::Path;
use std::process::ExitCode;
use views::DutyView;

pub async fn run(law: Option<&Path>, args: &OnDayArgs) -> Result<ExitCode, AppError> {
    let at = day(args.at.as_deref())?;
    let app = open(law, &args.whose.data, false).await?;
    let duties = app::duties::all(&enter(&app, &args.whose, at).await?).await?;
    for text in app.unmodelled(at) {
        out::error(&format!("注意　{text}"));
    }
    if args.json {
        out::json(&duties)?;
    } else {
        for duty in &duties {
            print(duty);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// One duty in a few lines.
pub fn print(duty: &DutyView) {
    let system = match duty.subject_name() {
        "" => String::new(),
        name => format!("（{name}）"),
    };
    out::line(&format!(
        "[{}] {}{system}　{}",
        duty.verdict.word(),
        duty.title,
        duty.due_words()
    ));
    out::line(&format!("　　{}　{}", duty.key, duty.reason));
    for clause in &duty.binding {
        let value = clause
            .value
            .as_deref()
            .map_or_else(String::new, |v| format!("：{v}"));
        out::line(&format!("　　依據　{}{value}", clause.label));
    }
    for loser in &duty.losers {
        out::line(&format!(
            "　　未採　{}：{}（{}）",
            loser.clause.label, loser.outcome, loser.reason_label
        ));
    }
}
