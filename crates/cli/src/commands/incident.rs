//! `fazun incident …`: questions that need the law and no agency.

use crate::args::{DeadlinesArgs, LevelArgs};
use crate::commands::{day, maybe_day};
use crate::out;
use ::period::{Moment, parse_instant, roc_instant, roc_short};
use app::{AppError, ClockQuestion};
use std::path::Path;
use std::process::ExitCode;

pub fn deadlines(law: Option<&Path>, args: &DeadlinesArgs) -> Result<ExitCode, AppError> {
    let corpus = app::load_law(law)?;
    let known = parse_instant(&args.known)?;
    let mut moments = vec![("incident.known".to_owned(), known)];
    if let Some(occurred) = &args.occurred {
        moments.push(("incident.occurred".to_owned(), parse_instant(occurred)?));
    }
    for moment in &args.moment {
        let (key, at) = pair(moment, "incident.contained=115/11/22 10:00")?;
        moments.push((key, parse_instant(&at)?));
    }
    let question = ClockQuestion {
        level: args.level.clone(),
        body: args.body.clone(),
        jurisdiction: args.jurisdiction.clone().unwrap_or_default(),
        contract: args.contract.clone(),
        // The law of the day on which it was known, unless another is asked for.
        edition: maybe_day(args.edition.as_deref())?.unwrap_or_else(|| known.date()),
        moments,
    };
    let report = app::incident_clocks(&corpus, &question)?;
    if args.json {
        out::json(&report)?;
        return Ok(ExitCode::SUCCESS);
    }
    let title = report.instrument.as_deref().unwrap_or("未有施行中之規定");
    out::line(&format!(
        "第{}級事件　{}　{title}",
        report.level,
        roc_short(report.edition)
    ));
    for note in &report.notes {
        out::line(&format!("注意　{note}"));
    }
    for clock in &report.clocks {
        let due = match (clock.due, clock.from) {
            (Some(Moment::Instant(at)), _) => roc_instant(at),
            (Some(Moment::Day(day)), _) => roc_short(day),
            (None, None) if !clock.within.is_empty() => format!("{}後 {}", clock.trigger_label, clock.within),
            (None, _) if clock.limit_unknown => "時限待查明（這一版的條文未取得）".to_owned(),
            (None, _) => "規定未載時限".to_owned(),
        };
        let side = match clock.side {
            app::ClockSide::Law => "法定",
            app::ClockSide::Local => "機關規定",
            app::ClockSide::Contract => "契約",
        };
        out::line(&format!(
            "{side}　{}　{due}（自{}）",
            clock.title, clock.trigger_label
        ));
        if clock.assumed {
            out::line("　　未給此時點，暫以機關知悉之時起算（最早，較嚴）");
        }
        for clause in &clock.clauses {
            out::line(&format!("　　{}　[{}]", clause.label, clause.certainty.label()));
        }
        if let Some(other) = &clock.otherwise {
            let due = match other.due {
                Some(Moment::Instant(at)) => roc_instant(at),
                Some(Moment::Day(day)) => roc_short(day),
                None => "未定".to_owned(),
            };
            out::line(&format!("　　另一讀法　自{}起算：{due}", other.trigger_label));
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub fn level(law: Option<&Path>, args: &LevelArgs) -> Result<ExitCode, AppError> {
    let corpus = app::load_law(law)?;
    let answers = args
        .answer
        .iter()
        .map(|a| pair(a, "confidentiality=non_core_slight"))
        .collect::<Result<Vec<_>, _>>()?;
    let report = app::incident_level(&corpus, day(args.edition.as_deref())?, &answers)?;
    if args.json {
        out::json(&report)?;
        return Ok(ExitCode::SUCCESS);
    }
    out::line(&format!("{}（{}）", report.title, report.edition));
    if let Some(found) = &report.found {
        out::line(&format!("第{}級", found.level));
        for (aspect, text, level) in &found.because {
            out::line(&format!("　　{aspect}　{text}　第{}級", level.level));
        }
        return Ok(ExitCode::SUCCESS);
    }
    for c in &report.choices {
        out::line(&format!(
            "{}={}　第{}級　{}：{}　[{}]",
            c.aspect,
            c.case,
            c.level,
            c.title,
            c.text,
            c.certainty.label()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn pair(text: &str, example: &str) -> Result<(String, String), AppError> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| AppError::bad_input(format!("「{text}」不是 鍵=值"), format!("例如 {example}")))?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}
