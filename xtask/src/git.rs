//! The commit that a release is made of.

use crate::cargo::output;
use std::path::Path;
use std::process::Command;

/// git in a folder.
pub fn git(root: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(root);
    command
}

/// The time that everything made of this tree bears, in seconds since 1970: `SOURCE_DATE_EPOCH`
/// where it is set, else that of the last commit.
pub fn time(root: &Path) -> Result<i64, String> {
    let said = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(said) => said,
        Err(_) => output(git(root).args(["log", "-1", "--format=%ct"]))?,
    };
    said.trim()
        .parse()
        .map_err(|_| format!("`{}` is no time in seconds", said.trim()))
}
