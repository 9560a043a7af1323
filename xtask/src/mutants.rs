//! A fixed sample of mutants, and how many the tests catch: `cargo xtask mutants`.
//!
//! cargo-mutants changes one thing at a time and runs the changed crate's own tests. All mutants
//! of a crate take a day, so a sample is taken: each mutant gets a number by hashing what it is
//! (file, function, change; not its line, so that a comment above changes nothing), and those with
//! the lowest numbers are the sample, as many of each crate so that a large one doesn't hide a small. The same tree gives the same sample on every machine, and a
//! mutant that goes makes room for one other. What it can't know: whether a survivor does harm.

use crate::cargo::{cargo, output};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Wish {
    packages: Vec<String>,
    sample: usize,
    at_least: u32,
    list: bool,
}

impl Wish {
    /// Reads `--packages a,b --sample N --at-least PERCENT --list`.
    pub fn read(arguments: &[&str]) -> Result<Self, String> {
        let mut wish = Self {
            packages: ["store", "ledger", "registers"].map(str::to_owned).to_vec(),
            sample: 200,
            at_least: 0,
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
                "--at-least" => wish.at_least = value.parse().map_err(bad)?,
                other => return Err(format!("{other} is no option of mutants")),
            }
        }
        Ok(wish)
    }
}

#[derive(Debug, Clone, Deserialize)]
struct Mutant {
    /// `file:line:column: change`.
    name: String,
    /// The crate.
    package: String,
}

#[derive(Deserialize)]
struct Outcomes {
    outcomes: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    scenario: serde_json::Value,
    summary: String,
}

/// What became of a sample.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    caught: usize,
    missed: Vec<String>,
    unviable: usize,
}

/// Takes the sample and lets cargo-mutants run it.
pub fn run(root: &Path, wish: &Wish) -> Result<(), String> {
    let with_packages = |command: &mut std::process::Command| {
        command.arg("mutants");
        for package in &wish.packages {
            command.args(["--package", package]);
        }
    };
    let mut ask = cargo(root);
    with_packages(&mut ask);
    let said = output(ask.args(["--list", "--json"])).map_err(|error| {
        format!("{error}\nwhere cargo-mutants is missing, type: cargo install cargo-mutants --locked")
    })?;
    let all: Vec<Mutant> =
        serde_json::from_str(&said).map_err(|error| format!("the list of mutants can't be read: {error}"))?;
    let total = all.len();
    let chosen = sample(all, wish.sample);
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
    let out = target.join("mutants");
    std::fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let names: Vec<String> = chosen.iter().map(|m| escape(&m.name)).collect();
    let mut command = cargo(root);
    with_packages(&mut command);
    command
        .args(["--no-shuffle", "--cap-lints", "true", "--re"])
        .arg(format!("^(?:{})$", names.join("|")))
        .arg("--output")
        .arg(&out)
        // Each copy of the tree builds in its own folder, whatever ours is.
        .env_remove("CARGO_TARGET_DIR");
    if let Ok(shared) = root.join("../shared").canonicalize() {
        command.env("FAZUN_SHARED", shared);
    }
    // It fails where a mutant survives; what became of each is in its file.
    command
        .status()
        .map_err(|error| format!("cargo mutants can't be run: {error}"))?;
    let file = out.join("mutants.out/outcomes.json");
    let text = std::fs::read_to_string(&file)
        .map_err(|error| format!("{} can't be read: {error}", file.display()))?;
    let result = read(&text)?;
    for name in &result.missed {
        println!("missed: {name}");
    }
    let (percent, line) = result.told(chosen.len())?;
    println!("{line}");
    if percent < wish.at_least {
        return Err(format!("fewer than {} % were caught", wish.at_least));
    }
    Ok(())
}

/// The mutants with the lowest numbers, from each crate in turn, in the order of the list.
fn sample(all: Vec<Mutant>, size: usize) -> Vec<Mutant> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut crates: BTreeMap<String, Vec<([u8; 32], usize, Mutant)>> = BTreeMap::new();
    for (place, mutant) in all.into_iter().enumerate() {
        let what = without_place(&mutant.name);
        let nth = seen.entry(what.clone()).or_default();
        *nth += 1;
        let number = Sha256::digest(format!("{what} #{nth}"));
        let of_crate = crates.entry(mutant.package.clone()).or_default();
        of_crate.push((number.into(), place, mutant));
    }
    let mut turns = Vec::new();
    for (_, mut of_crate) in crates {
        of_crate.sort_by_key(|(number, _, _)| *number);
        turns.extend(of_crate.into_iter().enumerate());
    }
    turns.sort_by_key(|(turn, (number, _, _))| (*turn, *number));
    turns.truncate(size);
    turns.sort_by_key(|(_, (_, place, _))| *place);
    turns.into_iter().map(|(_, (_, _, mutant))| mutant).collect()
}

/// `file: change` of `file:line:column: change`.
fn without_place(name: &str) -> String {
    let mut parts = name.splitn(4, ':');
    match (parts.next(), parts.nth(2)) {
        (Some(file), Some(change)) => format!("{file}:{change}"),
        _ => name.to_owned(),
    }
}

/// A text as a regular expression that matches it and nothing else. Not every sign is escaped:
/// `\<` and `\>` are borders of words.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn read(text: &str) -> Result<Found, String> {
    let all: Outcomes =
        serde_json::from_str(text).map_err(|error| format!("the outcomes can't be read: {error}"))?;
    let mut result = Found::default();
    for outcome in all.outcomes {
        let Some(mutant) = outcome.scenario.get("Mutant") else {
            if outcome.summary != "Success" {
                return Err("the tests fail without any change: mend them first".to_owned());
            }
            continue;
        };
        match outcome.summary.as_str() {
            // A test that never ends is seen as well.
            "CaughtMutant" | "Timeout" => result.caught += 1,
            "Unviable" => result.unviable += 1,
            "MissedMutant" => {
                let name = mutant.get("name").and_then(serde_json::Value::as_str);
                result.missed.push(name.unwrap_or_default().to_owned());
            }
            other => return Err(format!("a mutant ended as {other}, which is unknown")),
        }
    }
    Ok(result)
}

impl Found {
    /// The percentage that was caught of those that compile, and a line that says so.
    fn told(&self, chosen: usize) -> Result<(u32, String), String> {
        let judged = self.caught + self.missed.len();
        if judged + self.unviable != chosen {
            return Err(format!(
                "{} of {chosen} mutants were run: it ended early",
                judged + self.unviable
            ));
        }
        let percent = (self.caught * 100).checked_div(judged).unwrap_or_default();
        let line = format!(
            "mutants: {} caught, {} missed ({percent} %), {} don't compile",
            self.caught,
            self.missed.len(),
            self.unviable
        );
        Ok((u32::try_from(percent).unwrap_or_default(), line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutants(lines: usize, files: &[&str]) -> Vec<Mutant> {
        let mut all = Vec::new();
        for file in files {
            for n in 0..40 {
                let name = format!("crates/{file}.rs:{}:5: replace f{} with ()", n + lines, n / 2);
                let package = (*file).to_owned();
                all.push(Mutant { name, package });
            }
        }
        all
    }

    fn names(sample: &[Mutant]) -> Vec<String> {
        sample.iter().map(|m| without_place(&m.name)).collect()
    }

    #[test]
    fn the_sample_is_the_same_wherever_the_lines_are() {
        let one = sample(mutants(1, &["a", "b"]), 20);
        assert_eq!(one.len(), 20);
        assert_eq!(names(&one), names(&sample(mutants(900, &["a", "b"]), 20)));
        assert_eq!(sample(mutants(1, &["a"]), 500).len(), 40);
    }

    #[test]
    fn every_crate_has_its_share_and_what_a_small_one_lacks_others_give() {
        let mut all = mutants(1, &["a", "b"]);
        all.extend(mutants(1, &["c"]).into_iter().take(3));
        let chosen = sample(all, 23);
        let of = |package: &str| chosen.iter().filter(|m| m.package == package).count();
        assert_eq!((of("a"), of("b"), of("c")), (10, 10, 3));
    }

    #[test]
    fn what_goes_makes_room_and_changes_nothing_else() {
        let before = sample(mutants(1, &["a", "b"]), 20);
        let gone = before[3].name.clone();
        let without: Vec<Mutant> = mutants(1, &["a", "b"])
            .into_iter()
            .filter(|m| m.name != gone)
            .collect();
        let after = sample(without, 20);
        let kept = names(&before)
            .iter()
            .filter(|n| names(&after).contains(n))
            .count();
        assert!(kept >= 18, "{kept} of 20 stay");
    }

    #[test]
    fn options_are_read_and_others_refused() {
        let wish = Wish::read(&["--sample", "5", "--packages", "a,b", "--list"]).unwrap();
        assert_eq!((wish.sample, wish.packages.len(), wish.list), (5, 2, true));
        assert_eq!(
            Wish::read(&[]).unwrap().packages,
            ["store", "ledger", "registers"]
        );
        for wrong in [&["--sample"][..], &["--sample", "many"], &["--shard", "1/2"]] {
            assert!(Wish::read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn names_are_matched_as_they_stand() {
        assert_eq!(escape("a.rs:1:2: f -> B<'_>"), "a\\.rs:1:2: f \\-> B<'_>");
    }

    #[test]
    fn outcomes_are_counted_and_an_early_end_is_told() {
        let of = |summary: &str| {
            format!(r#"{{"scenario":{{"Mutant":{{"name":"{summary}!"}}}},"summary":"{summary}"}}"#)
        };
        let baseline = r#"{"scenario":"Baseline","summary":"Success"}"#.to_owned();
        let all = [
            baseline,
            of("CaughtMutant"),
            of("Timeout"),
            of("MissedMutant"),
            of("Unviable"),
        ];
        let result = read(&format!(r#"{{"outcomes":[{}]}}"#, all.join(","))).unwrap();
        assert_eq!(result.missed, ["MissedMutant!"]);
        let (percent, line) = result.told(4).unwrap();
        assert_eq!(percent, 66);
        assert_eq!(line, "mutants: 2 caught, 1 missed (66 %), 1 don't compile");
        assert!(result.told(5).unwrap_err().contains("4 of 5"));
        let failing = r#"{"outcomes":[{"scenario":"Baseline","summary":"Failure"}]}"#;
        assert!(read(failing).unwrap_err().contains("mend them first"));
    }
}
