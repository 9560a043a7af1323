//! What is wrong with a command line, in the words of whoever typed it.
//!
//! Why not the parser's own words: everything else that the program says is Chinese, and says what
//! to do next. What it can't know: what was meant; it passes on what the parser thinks is near.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::error::Error as _;

/// What is wrong and what to do; none where nothing is, as somebody asked for help.
pub fn told(error: &clap::Error) -> Option<String> {
    let of = |kind| shown(error.get(kind));
    let (argument, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let near = |kind| {
        let near = of(kind);
        if near.is_empty() {
            String::new()
        } else {
            format!("；是否要用{near}")
        }
    };
    let what = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        ErrorKind::UnknownArgument => {
            format!("沒有{argument}這個選項{}", near(ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidSubcommand => format!(
            "沒有{}這個指令{}",
            of(ContextKind::InvalidSubcommand),
            near(ContextKind::SuggestedSubcommand)
        ),
        ErrorKind::MissingSubcommand => format!("少了指令：{}", of(ContextKind::ValidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("缺少{argument}"),
        ErrorKind::ArgumentConflict => {
            let prior = of(ContextKind::PriorArg);
            if prior.is_empty() || prior == argument {
                format!("{argument}只能給一次")
            } else {
                format!("{argument}不能與{prior}同時使用")
            }
        }
        ErrorKind::InvalidValue if value.is_empty() || value == "「」" => format!("{argument}沒有值"),
        ErrorKind::InvalidValue => {
            let known = of(ContextKind::ValidValue);
            let known = if known.is_empty() {
                known
            } else {
                format!("；可用：{known}")
            };
            format!("{argument}不能是{value}{known}")
        }
        ErrorKind::ValueValidation => {
            let why = error.source().map(ToString::to_string).unwrap_or_default();
            format!("{argument}不能是{value}：{}", reason(&why))
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument}的值個數不對")
        }
        ErrorKind::NoEquals => format!("{argument}與其值之間應有「=」"),
        ErrorKind::InvalidUtf8 => "指令中有不是 UTF-8 的文字".to_owned(),
        _ => error.to_string(),
    };
    let usage = of(ContextKind::Usage);
    Some(format!(
        "{what}。下一步：請執行 {} --help 查看用法",
        command(&usage)
    ))
}

/// Why a value is none, where our own parsers said it; those of numbers speak English.
fn reason(why: &str) -> String {
    if !why.is_ascii() {
        return why.to_owned();
    }
    // "… is not in 1..=64"
    match why.rsplit_once(" is not in ") {
        Some((_, range)) => format!("應在 {} 之間", range.replace("..=", " 至 ")),
        None => "應為數字".to_owned(),
    }
}

/// The command that a line of usage is about: its words before the first option or place.
fn command(usage: &str) -> String {
    let usage = usage.trim_start_matches("Usage:").trim_start_matches("用法：");
    let words = usage.split_whitespace();
    let words: Vec<&str> = words
        .take_while(|word| !word.starts_with(['[', '<', '-']))
        .collect();
    if words.is_empty() {
        "fazun".to_owned()
    } else {
        words.join(" ")
    }
}

fn shown(value: Option<&ContextValue>) -> String {
    let quoted = |text: &String| format!("「{text}」");
    match value {
        Some(ContextValue::String(text)) => quoted(text),
        Some(ContextValue::Strings(all)) => all.iter().map(quoted).collect::<Vec<_>>().join("、"),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::Number(number)) => number.to_string(),
        Some(ContextValue::Bool(is)) => is.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::told;
    use crate::args::Cli;
    use crate::args::help::in_chinese;
    use clap::CommandFactory;

    fn said(line: &str) -> String {
        match in_chinese(Cli::command()).try_get_matches_from(line.split_whitespace()) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => told(&error).unwrap_or_else(|| "help".to_owned()),
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_chinese_with_a_next_step() {
        for (line, what) in [
            (
                "fazun serve --liste x",
                "沒有「--liste」這個選項；是否要用「--listen」。下一步：請執行 fazun serve --help 查看用法",
            ),
            (
                "fazun serv",
                "沒有「serv」這個指令；是否要用「serve」。下一步：請執行 fazun --help 查看用法",
            ),
            (
                "fazun worker --max-jobs x --data d",
                "沒有「--max-jobs」這個選項。下一步：請執行 fazun worker --help 查看用法",
            ),
            ("fazun serve --help", "help"),
            ("fazun --version", "help"),
        ] {
            assert_eq!(said(line), what, "{line}");
        }
    }

    #[test]
    fn values_are_refused_with_what_may_be() {
        let number = said("fazun worker --data d --jobs 99");
        assert!(
            number.contains("「99」") && number.contains("應在 1 至 64 之間"),
            "{number}"
        );
        let word = said("fazun worker --data d --jobs many");
        assert!(word.contains("「many」") && word.contains("應為數字"), "{word}");
        let missing = said("fazun record put --data d");
        assert!(missing.starts_with("缺少「--"), "{missing}");
        let twice = said("fazun worker --data d --data e");
        assert!(twice.contains("只能給一次"), "{twice}");
        let none = said("fazun worker --data");
        assert!(none.contains("沒有值"), "{none}");
    }
}
