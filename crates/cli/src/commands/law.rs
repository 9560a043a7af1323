//! `fazun law …`.

use crate::args::{LawListArgs, LawResolveArgs, LawShowArgs};
use crate::commands::{day, duties, enter, open};
use crate::out;
use app::{AppError, LawBook};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;
use views::LawNumberView;

pub fn list(law: Option<&Path>, args: &LawListArgs) -> Result<ExitCode, AppError> {
    let at = day(args.at.as_deref())?;
    let corpus = app::load_law(law)?;
    if args.parameters {
        return parameters(&LawBook(&corpus).numbers(at, None), args.json);
    }
    let instruments = LawBook(&corpus).instruments(at);
    if args.json {
        let list: Vec<_> = instruments
            .iter()
            .map(|i| {
                json!({
                    "slug": i.slug, "title": i.title, "rank": i.rank, "authority": i.authority,
                    "pcode": i.pcode, "versions": i.versions,
                })
            })
            .collect();
        out::json(&list)?;
        return Ok(ExitCode::SUCCESS);
    }
    for i in &instruments {
        let current = i.versions.iter().find(|v| v.in_force);
        let span = current.map_or_else(|| "這一天沒有施行中的版本".to_owned(), views::VersionView::span);
        let mark = current.map_or("", |v| v.certainty_label.as_str());
        out::line(&format!("{}　{}　{span}　{mark}", i.slug, i.title));
    }
    Ok(ExitCode::SUCCESS)
}

fn parameters(numbers: &[LawNumberView], as_json: bool) -> Result<ExitCode, AppError> {
    if as_json {
        out::json(&numbers)?;
        return Ok(ExitCode::SUCCESS);
    }
    for n in numbers {
        out::line(&format!("{}　{}　{}，{}", n.key, n.title, n.kind, n.stricter));
        values(n);
        let duties: Vec<String> = n
            .duties
            .iter()
            .map(|(key, title)| format!("{title}（{key}）"))
            .collect();
        if !duties.is_empty() {
            out::line(&format!("　　應辦　{}", duties.join("、")));
        } else if let Some(what) = &n.read_by {
            out::line(&format!("　　用於　{what}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn values(n: &LawNumberView) {
    if n.values.is_empty() {
        out::line("　　這一天沒有值");
    }
    for v in &n.values {
        let applies = if v.applies.is_empty() {
            String::new()
        } else {
            format!("（{}）", v.applies.join("；"))
        };
        let span = |day: Option<::period::Date>| day.map_or_else(String::new, ::period::roc_short);
        let held = match (v.from, v.until) {
            (None, None) => String::new(),
            (from, until) => format!("　{}–{}", span(from), span(until)),
        };
        out::line(&format!(
            "　　{}　{}{applies}{held}　[{}]",
            v.value, v.clause, v.certainty_label
        ));
    }
}

pub fn show(law: Option<&Path>, args: &LawShowArgs) -> Result<ExitCode, AppError> {
    let at = day(args.at.as_deref())?;
    let corpus = app::load_law(law)?;
    let book = LawBook(&corpus);
    let (slug, version) = match args.instrument.split_once('@') {
        Some((slug, version)) => (slug, Some(version)),
        None => (args.instrument.as_str(), None),
    };
    let view = book.instrument(slug, version, at)?;
    let Some(article) = &args.article else {
        let numbers = book.numbers(at, Some((slug, &view.shown)));
        if args.json {
            let mut value = serde_json::to_value(&view).unwrap_or_default();
            if let Some(fields) = value.as_object_mut() {
                fields.insert("parameters".into(), json!(numbers));
            }
            out::json(&value)?;
            return Ok(ExitCode::SUCCESS);
        }
        out::line(&format!("{}（{}）", view.title, view.shown));
        for (id, label, heading, gist, mark) in &view.articles {
            out::line(&format!("{id}　{label}　{heading}　[{mark}]"));
            if !gist.is_empty() {
                out::line(&format!("　　{gist}"));
            }
        }
        if !numbers.is_empty() {
            out::line("設定的數值");
        }
        for n in &numbers {
            out::line(&format!("{}　{}　{}，{}", n.key, n.title, n.kind, n.stricter));
            values(n);
        }
        return Ok(ExitCode::SUCCESS);
    };
    let view = book.article(slug, &view.shown, article, at)?;
    if args.json {
        out::json(&view)?;
        return Ok(ExitCode::SUCCESS);
    }
    out::line(&view.label);
    for v in &view.versions {
        out::line(&format!(
            "{}　{}　{}　[{}]",
            v.version.span(),
            v.label,
            v.heading,
            v.certainty_label
        ));
        out::line(&format!("　　{}", v.gist));
        for (key, title, value) in &v.parameters {
            out::line(&format!("　　數值　{title}：{value}（{key}）"));
        }
        for (key, title) in &v.duties {
            out::line(&format!("　　應辦　{title}（{key}）"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn resolve(law: Option<&Path>, args: &LawResolveArgs) -> Result<ExitCode, AppError> {
    let at = day(args.at.as_deref())?;
    let app = open(law, &args.whose.data, false).await?;
    let found = app::duties::resolved(&enter(&app, &args.whose, at).await?, &args.key).await?;
    if args.json {
        out::json(&found)?;
    } else {
        found.iter().for_each(duties::print);
    }
    Ok(ExitCode::SUCCESS)
}
