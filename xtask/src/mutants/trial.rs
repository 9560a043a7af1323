//! A copy of the tree in which one mutant after the other is made, tested and taken back.
//!
//! Why not by cargo-mutants itself: it can be told which mutants to run only by patterns of their
//! names, and those that delete a field of a struct it runs whatever the pattern is. Why a copy: whoever
//! is stopped in the middle has changed nothing of his own. What it can't know: whether a test failed
//! because of the change or because of the machine.

use super::sample::Mutant;
use crate::cargo::{cargo, output};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How a crate's own tests are run. What they need of others is built once and run hundreds of times,
/// so it is built well.
const TEST: [&str; 7] = [
    "test",
    "--quiet",
    "--locked",
    "--tests",
    "--all-features",
    "--config",
    "profile.dev.package.\"*\".opt-level=1",
];

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// A test failed.
    Caught,
    /// The tests went on for so long that they were ended: they would not have passed unseen.
    TimedOut,
    /// All tests passed.
    Missed,
    /// It doesn't compile.
    Unviable,
}

impl Fate {
    /// The word that is printed in front of a mutant.
    pub fn word(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::TimedOut => "timed out",
            Self::Missed => "missed",
            Self::Unviable => "doesn't compile",
        }
    }
}

/// The copy, and what is built in it.
pub struct Trial {
    tree: PathBuf,
    build: PathBuf,
    logs: PathBuf,
    shared: Option<PathBuf>,
}

impl Trial {
    /// Copies the tree as it is now, also what isn't committed, to a folder.
    pub fn new(root: &Path, folder: &Path) -> Result<Self, String> {
        let trial = Self {
            tree: folder.join("tree"),
            build: folder.join("build"),
            logs: folder.join("logs"),
            shared: root.join("../shared").canonicalize().ok(),
        };
        let mut listed = Command::new("git");
        listed.current_dir(root);
        listed.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let said = output(&mut listed)?;
        let files: BTreeSet<&str> = said.split('\0').filter(|file| !file.is_empty()).collect();
        mirror(root, &trial.tree, &files)?;
        let _ = fs::remove_dir_all(&trial.logs);
        fs::create_dir_all(&trial.logs).map_err(told(&trial.logs))?;
        Ok(trial)
    }

    /// Builds and tests a crate as it is, and says how long a changed one may take: five times as long.
    pub fn unchanged(&self, package: &str) -> Result<Duration, String> {
        let log = self.logs.join(format!("{package}.log"));
        let mend = || format!("{package}: the tests fail without any change: mend them first");
        if !self.built(package, &log)? {
            return Err(format!("{} (see {})", mend(), log.display()));
        }
        let begin = Instant::now();
        match self.tested(package, Duration::from_hours(24), &log)? {
            Fate::Missed => Ok((begin.elapsed() * 5).max(Duration::from_secs(20))),
            _ => Err(format!("{} (see {})", mend(), log.display())),
        }
    }

    /// Makes a change, tests it and takes it back; the log of it has a number.
    pub fn of(&self, mutant: &Mutant, number: usize, limit: Duration) -> Result<Fate, String> {
        let file = self.tree.join(&mutant.file);
        let log = self.logs.join(format!("{number}.log"));
        let text = fs::read_to_string(&file).map_err(told(&file))?;
        let changed = mutant
            .applied(&text)
            .ok_or_else(|| format!("{}: the file is not as it was listed", mutant.name))?;
        fs::write(&log, format!("{}\n", mutant.name)).map_err(told(&log))?;
        fs::write(&file, changed).map_err(told(&file))?;
        let fate = match self.built(&mutant.package, &log) {
            Ok(true) => self.tested(&mutant.package, limit, &log),
            Ok(false) => Ok(Fate::Unviable),
            Err(error) => Err(error),
        };
        fs::write(&file, text).map_err(told(&file))?;
        fate
    }

    fn built(&self, package: &str, log: &Path) -> Result<bool, String> {
        let mut command = self.in_tree(cargo(&self.tree), log)?;
        command.args(TEST).args(["--no-run", "--package", package]);
        let status = command.status();
        let status = status.map_err(|error| format!("cargo can't be run: {error}"))?;
        Ok(status.success())
    }

    fn tested(&self, package: &str, limit: Duration, log: &Path) -> Result<Fate, String> {
        // It ends what the tests started as well, which no child of ours could.
        let mut command = Command::new("timeout");
        command.arg("--kill-after=10").arg(limit.as_secs().to_string());
        command.arg(cargo(&self.tree).get_program());
        command.args(TEST).args(["--package", package]);
        let status = self.in_tree(command, log)?.status();
        let status = status.map_err(|error| format!("timeout can't be run: {error}"))?;
        Ok(match status.code() {
            Some(0) => Fate::Missed,
            Some(124 | 137) => Fate::TimedOut,
            // It was not found, or couldn't start.
            Some(125..=127) => return Err(format!("the tests can't be run: see {}", log.display())),
            _ => Fate::Caught,
        })
    }

    fn in_tree(&self, mut command: Command, log: &Path) -> Result<Command, String> {
        let mut open = fs::OpenOptions::new();
        let log_file = open.create(true).append(true).open(log).map_err(told(log))?;
        let both = log_file.try_clone().map_err(told(log))?;
        command.current_dir(&self.tree);
        command.stdin(Stdio::null()).stdout(log_file).stderr(both);
        command.env("CARGO_TARGET_DIR", &self.build);
        // A change may well leave something unused, which is no fault of the tests.
        command.env("RUSTFLAGS", "--cap-lints=warn");
        if let Some(shared) = &self.shared {
            command.env("FAZUN_SHARED", shared);
        }
        Ok(command)
    }
}

/// Makes a folder hold these files of another and no others. What is the same stays untouched, so
/// that it needs not be compiled anew.
fn mirror(from: &Path, to: &Path, files: &BTreeSet<&str>) -> Result<(), String> {
    for file in files {
        let (source, copy) = (from.join(file), to.join(file));
        // One that was deleted and is still listed.
        if !source.is_file() {
            continue;
        }
        let bytes = fs::read(&source).map_err(told(&source))?;
        if fs::read(&copy).is_ok_and(|there| there == bytes) {
            continue;
        }
        if let Some(folder) = copy.parent() {
            fs::create_dir_all(folder).map_err(told(folder))?;
        }
        fs::copy(&source, &copy).map_err(told(&copy))?;
    }
    let mut folders = vec![to.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(told(&folder))? {
            let path = entry.map_err(told(&folder))?.path();
            let name = path.strip_prefix(to).ok().and_then(Path::to_str);
            if path.is_dir() {
                folders.push(path);
            } else if !name.is_some_and(|name| files.contains(name) && from.join(name).is_file()) {
                fs::remove_file(&path).map_err(told(&path))?;
            }
        }
    }
    Ok(())
}

fn told(path: &Path) -> impl Fn(std::io::Error) -> String + '_ {
    move |error| format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_holds_what_is_there_and_leaves_what_is_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        for (file, text) in [("from/a", "1"), ("from/b/c", "2"), ("to/a", "1"), ("to/x/y", "3")] {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let before = fs::metadata(to.join("a")).unwrap().modified().unwrap();
        mirror(&from, &to, &BTreeSet::from(["a", "b/c", "gone"])).unwrap();
        assert_eq!(fs::metadata(to.join("a")).unwrap().modified().unwrap(), before);
        assert_eq!(fs::read_to_string(to.join("b/c")).unwrap(), "2");
        assert!(!to.join("x/y").exists() && !to.join("gone").exists());
        // What a run before left changed is put right.
        fs::write(to.join("a"), "changed").unwrap();
        mirror(&from, &to, &BTreeSet::from(["a"])).unwrap();
        assert_eq!(fs::read_to_string(to.join("a")).unwrap(), "1");
        assert!(!to.join("b/c").exists());
    }

    /// A crate of four lines; each change has a fate of its own.
    #[test]
    fn each_change_meets_its_fate_and_is_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        fs::create_dir_all(root.join("src")).unwrap();
        let manifest = "[package]\nname = \"a\"\nversion = \"1.0.0\"\nedition = \"2024\"\n[workspace]\n";
        let code = "pub fn two() -> u32 { 1 + 1 }\npub fn unseen() -> u32 { 3 }\n\
                    #[test]\nfn it() { assert_eq!(two(), 2); }\n";
        let lock = "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n";
        for (file, text) in [
            ("Cargo.toml", manifest),
            ("src/lib.rs", code),
            ("Cargo.lock", lock),
        ] {
            fs::write(root.join(file), text).unwrap();
        }
        output(Command::new("git").arg("init").arg("--quiet").current_dir(&root)).unwrap();
        let trial = Trial::new(&root, &dir.path().join("mutants")).unwrap();
        let limit = trial.unchanged("a").unwrap();
        assert!(limit >= Duration::from_secs(20));
        let mutant = |line: usize, columns: (usize, usize), replacement: &str| {
            let place = |column| serde_json::json!({ "line": line, "column": column });
            let span = serde_json::json!({ "start": place(columns.0), "end": place(columns.1) });
            let all = serde_json::json!({
                "name": replacement, "package": "a", "file": "src/lib.rs",
                "span": span, "replacement": replacement,
            });
            serde_json::from_value::<Mutant>(all).unwrap()
        };
        let of = |mutant: &Mutant, limit| trial.of(mutant, 1, limit).unwrap();
        assert_eq!(of(&mutant(1, (25, 26), "*"), limit), Fate::Caught);
        assert_eq!(of(&mutant(2, (26, 27), "4"), limit), Fate::Missed);
        assert_eq!(of(&mutant(1, (25, 26), "+ \"\" +"), limit), Fate::Unviable);
        let endless = mutant(1, (23, 28), "loop {}");
        assert_eq!(of(&endless, Duration::from_secs(3)), Fate::TimedOut);
        assert_eq!(
            fs::read_to_string(dir.path().join("mutants/tree/src/lib.rs")).unwrap(),
            code
        );
        assert!(trial.of(&mutant(9, (1, 2), ""), 1, limit).is_err());
    }
}
