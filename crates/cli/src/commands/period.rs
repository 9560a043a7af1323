//! `fazun period`.

use crate::args::PeriodArgs;
use crate::out;
use ::period::{Counting, Outcome, Span, Start, Step, deadline};
use app::AppError;
use law::Corpus;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

pub fn run(law: Option<&Path>, args: &PeriodArgs) -> Result<ExitCode, AppError> {
    let start: Start = args.from.parse()?;
    let span: Span = args.add.parse()?;
    let counting = match args.counting.as_str() {
        "hours" => Counting::Hours,
        "apa_48" => Counting::Apa48,
        "civil_code" => Counting::CivilCode,
        "as_stated" => Counting::AsStated,
        other => {
            return Err(AppError::bad_input(
                format!("沒有「{other}」這種計算方式"),
                "請用 hours、apa_48、civil_code 或 as_stated",
            ));
        }
    };
    let corpus = app::load_law(law)?;
    let outcome = deadline(start, span, counting, &corpus.calendar)?;
    let steps = |list: &[Step]| -> Vec<Value> { list.iter().map(|s| step(&corpus, counting, s)).collect() };
    let value = match &outcome {
        Outcome::Known(d) => {
            json!({ "end": d.end, "part_of_day": d.part_of_day, "steps": steps(&d.steps), "readings": d.readings })
        }
        Outcome::Unknown(u) => {
            out::error(&format!(
                "注意　{} 年的辦公日曆尚未建檔，末日無法確定。",
                u.missing_year
            ));
            json!({
                "end": null, "part_of_day": null, "steps": steps(&u.steps), "readings": [],
                "unknown": { "not_before": u.not_before, "missing_year": u.missing_year },
            })
        }
    };
    if args.json {
        out::json(&value)?;
        return Ok(ExitCode::SUCCESS);
    }
    let end = match &outcome {
        Outcome::Known(d) => format!(
            "{}{}",
            d.end,
            if d.part_of_day == ::period::PartOfDay::Morning {
                " 上午"
            } else {
                ""
            }
        ),
        Outcome::Unknown(u) => format!("不早於 {}", ::period::roc_short(u.not_before)),
    };
    out::line(&format!("末日　{end}"));
    for step in value.get("steps").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| {
            step.get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let cite = match text("cite").as_str() {
            "" => String::new(),
            cite => format!("（{cite}）"),
        };
        out::line(&format!("　　{}{cite}", text("note")));
    }
    if let Outcome::Known(d) = &outcome {
        for reading in &d.readings {
            out::line(&format!(
                "　　{}　{}",
                if reading.taken { "採" } else { "另一讀法" },
                reading.note
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn step(corpus: &Corpus, counting: Counting, step: &Step) -> Value {
    let mut value = serde_json::to_value(step).unwrap_or_default();
    if let (Some(object), Some(cite)) = (value.as_object_mut(), corpus.counting_cite(counting, step.rule)) {
        object.insert("cite".into(), json!(corpus.print(cite)));
    }
    value
}
