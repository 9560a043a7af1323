//! What `--help` says, in the words of whoever asks.
//!
//! Why not the parser's own headings: everything else that the program says is Chinese. What it can't
//! know: what a command does; that is said where its arguments are.

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, Command};
use std::fmt::Write as _;

const TEMPLATE: &str = "{before-help}{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// A command, and all below it, whose help is Chinese.
pub fn in_chinese(command: Command) -> Command {
    let top = command.get_version().is_some();
    let command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("指令")
        .subcommand_value_name("指令")
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(explained)
        .mut_subcommands(in_chinese)
        .arg(flag("help", 'h', ArgAction::Help, "印出用法"));
    if top {
        command.arg(flag("version", 'V', ArgAction::Version, "印出版本"))
    } else {
        command
    }
}

fn flag(name: &'static str, short: char, action: ArgAction, help: &'static str) -> Arg {
    Arg::new(name)
        .short(short)
        .long(name)
        .action(action)
        .help(help)
        .help_heading("選項")
}

/// With what it is taken for where nothing is given, and what it can be.
fn explained(arg: Arg) -> Arg {
    let heading = if arg.is_positional() { "參數" } else { "選項" };
    let arg = arg.help_heading(heading);
    if !arg.get_action().takes_values() {
        return arg;
    }
    let mut said = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let possible = arg.get_possible_values();
    let possible: Vec<&str> = possible.iter().map(PossibleValue::get_name).collect();
    if !possible.is_empty() {
        let _ = write!(said, "［可用：{}］", possible.join("、"));
    }
    let defaults = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy());
    let defaults: Vec<_> = defaults.filter(|value| !value.is_empty()).collect();
    if !defaults.is_empty() {
        let _ = write!(said, "［預設：{}］", defaults.join("、"));
    }
    if let Some(name) = arg.get_env() {
        let _ = write!(said, "［環境變數：{}］", name.to_string_lossy());
    }
    arg.help(said)
        .hide_default_value(true)
        .hide_possible_values(true)
        .hide_env(true)
}

#[cfg(test)]
mod tests {
    use super::in_chinese;
    use crate::args::Cli;
    use clap::{Command, CommandFactory};

    /// The help of a command and of each below it.
    fn all(command: &mut Command, said: &mut Vec<String>) {
        said.push(command.render_long_help().to_string());
        for below in command.get_subcommands_mut() {
            all(below, said);
        }
    }

    #[test]
    fn no_heading_of_the_parser_is_left() {
        let mut command = in_chinese(Cli::command());
        command.build();
        let mut said = Vec::new();
        all(&mut command, &mut said);
        assert!(said.len() > 40, "{}", said.len());
        for help in &said {
            assert!(help.contains("用法：fazun"), "{help}");
            for english in [
                "Usage",
                "Commands:",
                "Options:",
                "Arguments:",
                "default:",
                "possible",
                "env:",
                "Print ",
            ] {
                assert!(!help.contains(english), "{english}: {help}");
            }
            assert!(help.contains("--help") && help.contains("印出用法"), "{help}");
        }
        assert!(said[0].starts_with("資安法遵"), "{}", said[0]);
        assert!(said[0].contains("印出版本"), "{}", said[0]);
        let worker = said
            .iter()
            .find(|help| help.contains("用法：fazun worker"))
            .unwrap();
        assert!(worker.contains("［預設："), "{worker}");
    }
}
