//! Every requirement that the product is held against says where it stands, and by what that is shown.
//!
//! Why: a claim without a test is a wish, and a list that nobody compares grows holes. What it can't
//! know: whether the test shows what the row says.

use super::Problem;
use crate::tree::Tree;
use std::collections::BTreeMap;

const BASELINE: &str = "docs/security/baseline.md";
const CONTROLS: &str = "law/national/classification-regulation/baseline/controls.toml";
const ASVS: &str = "docs/security/asvs.md";
const ASVS_IDS: &str = "docs/security/asvs-ids.txt";
const STATUSES: [&str; 5] = ["met", "partly", "not yet", "operator", "doesn't apply"];

/// A row of a page: where, its cells.
struct Row<'t> {
    line: usize,
    cells: Vec<&'t str>,
}

/// The check; nothing where the tree holds neither page nor what it is compared with.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(controls) = tree.text(CONTROLS) {
        match rows_of_the_newest_edition(controls) {
            Ok(wanted) => page(tree, BASELINE, &wanted, &mut problems),
            Err(error) => problems.push(Problem::new(CONTROLS, 1, error, "mend the file")),
        }
    }
    if let Some(ids) = tree.text(ASVS_IDS) {
        let wanted = ids.lines().filter_map(|line| line.split_once(' '));
        let wanted = wanted.map(|(id, level)| (id.to_owned(), level.to_owned()));
        page(tree, ASVS, &wanted.collect(), &mut problems);
    } else if tree.text(ASVS).is_some() {
        let remedy = "list every requirement with its level there";
        problems.push(Problem::new(
            ASVS_IDS,
            1,
            "the list of identifiers is gone",
            remedy,
        ));
    }
    problems
}

/// Identifier to the second cell of each row that grade 高, which holds all others, keeps to.
fn rows_of_the_newest_edition(text: &str) -> Result<BTreeMap<String, String>, String> {
    let file: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
    let controls = file.get("control").and_then(toml::Value::as_array);
    let controls = controls.ok_or("no [[control]]")?;
    let versions = |control: &toml::Value| -> Vec<String> {
        let editions = control.get("editions").and_then(toml::Value::as_array);
        let editions = editions.into_iter().flatten();
        let versions = editions.filter_map(|e| e.get("version")?.as_str());
        versions.map(str::to_owned).collect()
    };
    let newest = controls.iter().flat_map(versions).max().unwrap_or_default();
    let text = |control: &toml::Value, key: &str| {
        let value = control.get(key).and_then(toml::Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let current = controls.iter().filter(|c| versions(c).contains(&newest));
    Ok(current.map(|c| (text(c, "id"), text(c, "measure"))).collect())
}

fn page(tree: &Tree, path: &str, wanted: &BTreeMap<String, String>, problems: &mut Vec<Problem>) {
    let Some(text) = tree.text(path) else {
        let remedy = "say of each row where the product stands";
        problems.push(Problem::new(path, 1, "the page is not there", remedy));
        return;
    };
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut summary = None;
    for row in rows(text) {
        let mut say = |what: String, remedy: &str| problems.push(Problem::new(path, row.line, what, remedy));
        match row.cells.as_slice() {
            [total, counts @ ..]
                if counts.len() == STATUSES.len() && total.chars().all(|c| c.is_ascii_digit()) =>
            {
                summary = Some((row.line, row.cells.clone()));
            }
            [id, second, status, words, tests] if *id != "Row" && *id != "Requirement" => {
                if let Some(before) = seen.insert(id, row.line) {
                    say(
                        format!("{id} stands in line {before} already"),
                        "keep one of them",
                    );
                }
                match wanted.get(*id) {
                    None => say(format!("{id} is not asked for"), "take it out, or mend its name"),
                    Some(said) if said != second => {
                        say(
                            format!("{id} is {said}, not {second}"),
                            "write what the list says",
                        );
                    }
                    Some(_) => (),
                }
                if !STATUSES.contains(status) {
                    say(
                        format!("{id} is '{status}'"),
                        "say one of the statuses at the top",
                    );
                }
                *counted.entry(status).or_default() += 1;
                if let Some(what) = lacking(status, words, tests) {
                    say(
                        format!("{id} {what}"),
                        "name a test that shows it, or say why there is none",
                    );
                }
                for test in tests.split("<br>").filter(|test| !test.is_empty()) {
                    if !is_test(tree, test) {
                        say(
                            format!("{id} names {test}, which is no test"),
                            "name one that is there",
                        );
                    }
                }
            }
            _ => (),
        }
    }
    for id in wanted.keys().filter(|id| !seen.contains_key(id.as_str())) {
        let what = format!("{id} is missing");
        problems.push(Problem::new(path, 1, what, "say where the product stands"));
    }
    let mut right = vec![seen.len().to_string()];
    right.extend(STATUSES.map(|status| counted.get(status).copied().unwrap_or(0).to_string()));
    if summary.as_ref().is_none_or(|(_, cells)| *cells != right) {
        let line = summary.map_or(1, |(line, _)| line);
        let what = format!("the counts at the top should be {}", right.join(" | "));
        problems.push(Problem::new(path, line, what, "write them"));
    }
}

/// What a row lacks: one that is met a test, every other the words that say why.
fn lacking(status: &str, words: &str, tests: &str) -> Option<&'static str> {
    if words.is_empty() {
        return Some("says nothing of how or why");
    }
    if status == "met" && tests.is_empty() {
        return Some("is met and no test shows it");
    }
    let misses = words.to_lowercase().contains("missing") || words.starts_with("As ");
    (status == "not yet" && !misses).then_some("is not met yet and doesn't say what is missing")
}

/// The tables' rows, without those of dashes.
fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let inside = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let cells: Vec<&str> = inside.split(" |").map(str::trim).collect();
        let rule = cells.iter().all(|cell| cell.chars().all(|c| c == '-'));
        (!rule).then_some(Row {
            line: index + 1,
            cells,
        })
    })
}

/// Whether `path::name` is a function of that file that is marked as a test.
fn is_test(tree: &Tree, named: &str) -> bool {
    let Some((path, name)) = named.split_once("::") else {
        return false;
    };
    let Some(text) = tree.text(path) else {
        return false;
    };
    let lines: Vec<&str> = text.lines().collect();
    let opening = format!("fn {name}(");
    let at = lines.iter().position(|line| {
        let line = line.trim_start();
        line.strip_prefix("async ").unwrap_or(line).starts_with(&opening)
    });
    let Some(at) = at else {
        return false;
    };
    let above = lines.iter().take(at).rev();
    let mut marks = above.take_while(|line| {
        let line = line.trim_start();
        line.starts_with("#[") || line.starts_with("//")
    });
    marks.any(|line| line.trim() == "#[test]" || line.trim().starts_with("#[tokio::test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAW: &str = "[[control]]\nid = \"A1\"\nmeasure = \"甲\"\neditions = [{ version = \"2026\" }]\n\
                       [[control]]\nid = \"A2\"\nmeasure = \"乙\"\neditions = [{ version = \"2026\" }]\n\
                       [[control]]\nid = \"A3\"\nmeasure = \"丙\"\neditions = [{ version = \"2021\" }]\n";
    const CODE: &str = "#[test]\nfn shown() {}\n\n#[tokio::test]\nasync fn later() {}\n\nfn helper() {}\n";

    fn told(counts: &str, rows: &[&str]) -> Vec<String> {
        let page = format!(
            "| All | met |\n| --- | --- |\n| {counts} |\n\n{}\n",
            rows.join("\n")
        );
        let tree = Tree::of(&[(CONTROLS, LAW), (BASELINE, &page), ("crates/a/tests/it.rs", CODE)]);
        check(&tree).into_iter().map(|p| p.what).collect()
    }

    #[test]
    fn rows_have_a_test_or_a_reason_and_are_all_there_once() {
        let met = "| A1 | 甲 | met | How. | crates/a/tests/it.rs::shown<br>crates/a/tests/it.rs::later |";
        let other = "| A2 | 乙 | not yet | Missing: all of it. |  |";
        let counts = "2 | 1 | 0 | 1 | 0 | 0";
        assert_eq!(told(counts, &[met, other]), [""; 0]);
        let says = |counts: &str, rows: &[&str], part: &str| {
            let told = told(counts, rows).join("; ");
            assert!(told.contains(part), "{part}: {told}");
        };
        says(counts, &[met], "A2 is missing");
        says(counts, &[met, other, met], "A1 stands in line");
        says(
            "2 | 2 | 0 | 0 | 0 | 0",
            &[met, other],
            "should be 2 | 1 | 0 | 1 | 0 | 0",
        );
        for (row, part) in [
            ("| A2 | 乙 | met | How. |  |", "A2 is met and no test shows it"),
            ("| A2 | 乙 | operator |  |  |", "A2 says nothing"),
            ("| A2 | 乙 | not yet | Soon. |  |", "doesn't say what is missing"),
            ("| A2 | 丁 | operator | Theirs. |  |", "A2 is 乙, not 丁"),
            ("| A2 | 乙 | fine | How. |  |", "A2 is 'fine'"),
            ("| A3 | 丙 | operator | Theirs. |  |", "A3 is not asked for"),
            (
                "| A2 | 乙 | met | How. | crates/a/tests/it.rs::helper |",
                "helper, which is no test",
            ),
            (
                "| A2 | 乙 | met | How. | crates/a/tests/it.rs::gone |",
                "gone, which is no test",
            ),
            (
                "| A2 | 乙 | met | How. | crates/a/tests/no.rs::shown |",
                "which is no test",
            ),
        ] {
            says(counts, &[met, row], part);
        }
    }

    #[test]
    fn a_list_of_identifiers_is_kept_beside_its_page() {
        let page = "| 1 | 0 | 0 | 0 | 1 | 0 |\n\n| V1.1.1 | 2 | operator | Theirs. |  |\n";
        let whole = Tree::of(&[(ASVS, page), (ASVS_IDS, "V1.1.1 2\n")]);
        assert!(check(&whole).is_empty());
        let level = Tree::of(&[(ASVS, page), (ASVS_IDS, "V1.1.1 1\n")]);
        assert!(check(&level)[0].what.contains("V1.1.1 is 1, not 2"));
        assert!(check(&Tree::of(&[(ASVS, page)]))[0].what.contains("is gone"));
        let page = check(&Tree::of(&[(ASVS_IDS, "V1.1.1 2\n")]));
        assert!(page[0].what.contains("not there"));
    }
}
