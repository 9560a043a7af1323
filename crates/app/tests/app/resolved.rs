//! Duties of whole plans on three days, checked in as text: what changes there is a change
//! of what the product tells an agency. `FAZUN_BLESS=1` writes them anew.

use crate::ways::Ways as _;
use crate::{agency, product, sample};
use std::fmt::Write as _;
use std::path::PathBuf;
use views::DutyView;

const DAYS: [&str; 3] = ["2021-12-31", "2023-06-30", "2026-11-21"];

fn text(id: &str, duties: &[DutyView]) -> String {
    let mut out = String::new();
    for d in duties {
        let due = d.due.map_or_else(|| "-".to_owned(), |x| x.to_string());
        let morning = if d.part_of_day.is_some() { " morning" } else { "" };
        let not_before = d
            .due_not_before
            .map_or_else(String::new, |x| format!(" not before {x}"));
        let _ = writeln!(
            out,
            "{} [{}] {} {due}{morning}{not_before}",
            d.key,
            d.subject,
            d.verdict.slug()
        );
        let code = &d.reason_code;
        let missing = d
            .facts
            .iter()
            .filter(|f| f.value.is_none())
            .map(|f| f.key.as_str());
        let missing = missing.collect::<Vec<_>>().join(", ");
        let missing = if missing.is_empty() {
            String::new()
        } else {
            format!(" (not known: {missing})")
        };
        let _ = writeln!(out, "    because {code}{missing}");
        for c in &d.binding {
            let value = c.value.as_deref().map_or_else(String::new, |v| format!(" = {v}"));
            let _ = writeln!(
                out,
                "    binds {}@{}/{}{value}",
                c.instrument, c.version, c.article
            );
        }
        for l in &d.losers {
            let floor = if l.below_floor { ", below the floor" } else { "" };
            let c = &l.clause;
            let _ = writeln!(
                out,
                "    loses {}@{}/{} = {} ({}{floor})",
                c.instrument, c.version, c.article, l.outcome, l.reason
            );
        }
        for s in &d.steps {
            let rule = s.rule.as_deref().unwrap_or("note");
            let _ = writeln!(out, "    step {rule} -> {}", s.to.as_deref().unwrap_or("-"));
        }
        for r in &d.readings {
            let _ = writeln!(out, "    reading {}", r.key);
        }
    }
    out.replace(id, "AGENCY")
}

fn compare(name: &str, text: &str) {
    let path: PathBuf = testkit::root().join("crates/app/tests/resolved").join(name);
    if std::env::var_os("FAZUN_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(&path, text).expect("written");
        return;
    }
    let kept = std::fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; FAZUN_BLESS=1 writes it", path.display()));
    if kept != text {
        let first = kept
            .lines()
            .zip(text.lines())
            .enumerate()
            .find(|(_, (a, b))| a != b);
        panic!("{name} differs, first at {first:?}; if that is meant, FAZUN_BLESS=1 writes it anew");
    }
}

async fn resolve(name: &str, file: &str, bytes: Vec<u8>) {
    for (label, approved) in [("no-date", None), ("2019-08-01", Some("2019-08-01"))] {
        let (_dir, app) = product().await;
        let id = agency(&app, file, bytes.clone(), approved).await;
        for day in DAYS {
            let duties = app.duties(&id, testkit::day(day)).await.expect("duties");
            compare(&format!("{name}/approved-{label}/{day}.txt"), &text(&id, &duties));
        }
    }
}

#[tokio::test]
async fn the_demo_agency() {
    resolve("demo", "demo.pass.txt", sample("demo.pass.txt")).await;
}

#[tokio::test]
async fn an_agency_with_core_systems() {
    resolve(
        "level-b",
        "level-b-core-systems.pass.txt",
        sample("level-b-core-systems.pass.txt"),
    )
    .await;
}

/// A document of `shared/seeds`, where that folder lies beside the repository.
pub fn seed(prefix: &str) -> Option<(String, Vec<u8>)> {
    let dir = testkit::shared()?.join("seeds");
    let entry = std::fs::read_dir(dir)
        .ok()?
        .flatten()
        .find(|e| e.file_name().to_string_lossy().starts_with(prefix))?;
    let name = entry.file_name().to_string_lossy().into_owned();
    Some((name, std::fs::read(entry.path()).ok()?))
}

#[tokio::test]
async fn the_two_real_plans() {
    for prefix in ["002", "003"] {
        match seed(prefix) {
            Some((name, bytes)) => resolve(prefix, &name, bytes).await,
            None => println!("skipped: ../shared/seeds is not here, so plan {prefix} was not resolved"),
        }
    }
}
