//! A fixed sample of mutants, and how many the tests catch: `cargo xtask mutants`.
//!
//! A mutant is the code with one thing changed; cargo-mutants lists them, and the changed crate's own
//! tests are asked about each. All mutants of a crate take a day, so a sample is taken: each mutant
//! gets a number by hashing what it is (file, function, change; not its line, so that a comment above
//! changes nothing), and those with the lowest numbers are the sample, as many of each crate so that
//! a large one doesn't hide a small. The same tree gives the same sample on every machine, and a
//! mutant that goes makes room for one other. What it can't know: whether a survivor does harm.

mod sample;
mod trial;

use crate::cargo::{cargo, output};
use sample::{Mutant, sample};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use trial::{Fate, Trial};

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Wish {
    packages: Vec<String>,
    sample: usize,
    at_least: u32,
    only: Vec<String>,
    list: bool,
}

impl Wish {
    /// Reads `--packages a,b --sample N --at-least PERCENT --only WORDS --list`; `--only` may be said again.
    pub fn read(arguments: &[&str]) -> Result<Self, String> {
        let mut wish = Self {
            packages: ["store", "ledger", "registers"].map(str::to_owned).to_vec(),
            sample: 200,
            at_least: 0,
            only: Vec::new(),
            list: false,
        };
        let mut arguments = arguments.iter();
        while let Some(flag) = arguments.next() {
            if *flag == "--list" {
                wish.list = true;
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{flag} needs a value"))?;
            let bad = |_| format!("{flag} {value}: write a number");
            match *flag {
                "--packages" => wish.packages = value.split(',').map(str::to_owned).collect(),
                "--sample" => wish.sample = value.parse().map_err(bad)?,
                "--only" => wish.only.push((*value).to_owned()),
                "--at-least" => wish.at_least = value.parse().map_err(bad)?,
                other => return Err(format!("{other} is no option of mutants")),
            }
        }
        Ok(wish)
    }

    /// Whether one of the sample is asked for.
    fn takes(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|words| name.contains(words))
    }
}

/// What became of a sample.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    caught: usize,
    timed_out: usize,
    missed: Vec<String>,
    unviable: usize,
}

/// Takes the sample and tests each of it.
pub fn run(root: &Path, wish: &Wish) -> Result<(), String> {
    let mut ask = cargo(root);
    ask.arg("mutants");
    for package in &wish.packages {
        ask.args(["--package", package]);
    }
    let said = output(ask.args(["--list", "--json"])).map_err(|error| {
        format!("{error}\nwhere cargo-mutants is missing, type: cargo install cargo-mutants --locked")
    })?;
    let all: Vec<Mutant> =
        serde_json::from_str(&said).map_err(|error| format!("the list of mutants can't be read: {error}"))?;
    let total = all.len();
    let mut chosen = sample(all, wish.sample);
    chosen.retain(|mutant| wish.takes(&mutant.name));
    if wish.list {
        for mutant in &chosen {
            println!("{}", mutant.name);
        }
        return Ok(());
    }
    println!(
        "mutants: {} of {total} in {}",
        chosen.len(),
        wish.packages.join(", ")
    );

    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let trial = Trial::new(root, &root.join(target).join("mutants"))?;
    let mut limits: BTreeMap<&str, Duration> = BTreeMap::new();
    let mut found = Found::default();
    for (number, mutant) in (1..).zip(&chosen) {
        let limit = match limits.get(mutant.package.as_str()) {
            Some(limit) => *limit,
            None => trial.unchanged(&mutant.package)?,
        };
        limits.insert(&mutant.package, limit);
        let fate = trial.of(mutant, number, limit)?;
        println!("{number}/{} {}: {}", chosen.len(), fate.word(), mutant.name);
        found.count(fate, &mutant.name);
    }
    for name in &found.missed {
        println!("missed: {name}");
    }
    let (percent, line) = found.told();
    println!("{line}");
    if percent < wish.at_least {
        return Err(format!("fewer than {} % were caught", wish.at_least));
    }
    Ok(())
}

impl Found {
    fn count(&mut self, fate: Fate, name: &str) {
        match fate {
            Fate::Caught => self.caught += 1,
            Fate::TimedOut => self.timed_out += 1,
            Fate::Unviable => self.unviable += 1,
            Fate::Missed => self.missed.push(name.to_owned()),
        }
    }

    /// The percentage that was seen of those that compile, and a line that says so. A test that never
    /// ends is seen as well.
    fn told(&self) -> (u32, String) {
        let seen = self.caught + self.timed_out;
        let judged = seen + self.missed.len();
        let percent = (seen * 100).checked_div(judged).unwrap_or_default();
        let line = format!(
            "mutants: {} caught, {} timed out, {} missed ({percent} % seen), {} don't compile",
            self.caught,
            self.timed_out,
            self.missed.len(),
            self.unviable
        );
        (u32::try_from(percent).unwrap_or_default(), line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_others_refused() {
        let wish = Wish::read(&["--sample", "5", "--packages", "a,b", "--list"]).unwrap();
        assert_eq!((wish.sample, wish.packages.len(), wish.list), (5, 2, true));
        assert_eq!(
            Wish::read(&[]).unwrap().packages,
            ["store", "ledger", "registers"]
        );
        assert!(wish.takes("any"));
        let two = Wish::read(&["--only", "reading", "--only", "verify"]).unwrap();
        assert!(
            two.takes("src/reading/list.rs:1") && two.takes("src/verify.rs:1") && !two.takes("src/write.rs")
        );
        for wrong in [&["--sample"][..], &["--sample", "many"], &["--shard", "1/2"]] {
            assert!(Wish::read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn fates_are_counted() {
        let mut found = Found::default();
        assert_eq!(found.told().0, 0);
        for fate in [Fate::Caught, Fate::TimedOut, Fate::Missed, Fate::Unviable] {
            found.count(fate, fate.word());
        }
        assert_eq!(found.missed, ["missed"]);
        let (percent, line) = found.told();
        assert_eq!(percent, 66);
        assert_eq!(
            line,
            "mutants: 1 caught, 1 timed out, 1 missed (66 % seen), 1 don't compile"
        );
    }
}
