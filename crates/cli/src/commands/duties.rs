//! `fazun duties`.

use crate::args::OnDayArgs;
use crate::commands::{day, enter, open};
use crate::out;
use app::AppError;
use std::path::Path;
use std::process::ExitCode;
use views::{DutyView, MomentView, PartView};

pub async fn run(law: Option<&Path>, args: &OnDayArgs) -> Result<ExitCode, AppError> {
    let at = day(args.at.as_deref())?;
    let app = open(law, &args.whose.data, false).await?;
    let visit = enter(&app, &args.whose, at).await?;
    let duties = app::duties::all(&visit).await?;
    let beyond = app::beyond::of_agency(&visit)?;
    for text in app.unmodelled(at).into_iter().chain(beyond) {
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
        duty.status_words(),
        duty.title,
        duty.due_words()
    ));
    out::line(&format!("　　{}　{}", duty.key, duty.reason));
    for event in &duty.events {
        let other = event.otherwise.as_ref().map_or_else(String::new, |other| {
            let due = other
                .due
                .as_ref()
                .map_or_else(|| "未定".to_owned(), MomentView::words);
            format!("；另一讀法自{}起算：{due}", other.trigger)
        });
        out::line(&format!(
            "　　事由　{} {}　期限 {}　{}{other}",
            event.at.words(),
            event.title,
            event.due_words(),
            event.status_words()
        ));
        if let Some(named) = event.named() {
            out::line(&format!("　　　　　代號 {named}"));
        }
        for part in &event.parts {
            print_part(part);
        }
    }
    for part in &duty.parts {
        print_part(part);
    }
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

/// One part of a duty in a line.
fn print_part(part: &PartView) {
    let until = part
        .until
        .map_or_else(String::new, |last| format!("，至 {}", ::period::roc_short(last)));
    let shown = if part.shown.is_empty() {
        String::new()
    } else {
        format!("　{}{until}", part.shown)
    };
    out::line(&format!(
        "　　項目　[{}] {}　{}（{}）{shown}",
        part.status_words(),
        part.label,
        part.asks,
        part.key
    ));
    for (register, row, title) in &part.wrong {
        out::line(&format!("　　　　　不符　{title}（{register}/{row}）"));
    }
}
