//! Whole outputs for our own samples; `FAZUN_BLESS=1` writes them anew.

use super::{root, sample};
use collectors::PlanError;

fn snapshot(name: &str) {
    let reading = collectors::parse(name, &sample(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let got = serde_json::to_string_pretty(&reading).expect("serialises") + "\n";
    let path = root()
        .join("samples/plan")
        .join(name.replace(".pass.txt", ".expected.json"));
    if std::env::var_os("FAZUN_BLESS").is_some() {
        std::fs::write(&path, &got).expect("the snapshot can be written");
    }
    let want = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        got == want,
        "{name} reads differently; FAZUN_BLESS=1 accepts:\n{got}"
    );
}

#[test]
fn every_pass_sample_reads_as_recorded() {
    let mut names: Vec<String> = std::fs::read_dir(root().join("samples/plan"))
        .expect("samples")
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .filter(|n| n.ends_with(".pass.txt"))
        .collect();
    names.sort();
    assert!(names.len() >= 5, "{names:?}");
    for name in names {
        snapshot(&name);
    }
}

#[test]
fn every_fail_sample_is_refused_for_its_reason() {
    for (name, want) in [
        ("truncated.fail.docx", "壓縮結構損壞"),
        ("bomb.fail.docx", "壓縮比"),
        ("spreadsheet.fail.docx", "試算表"),
        ("not-big5.fail.txt", "UTF-8、UTF-16、Big5"),
        ("regulation-in-points.fail.txt", "不是依國家範本"),
    ] {
        let error = collectors::parse(name, &sample(name)).expect_err(name);
        let text = error.to_string();
        assert!(
            text.contains(want) && text.contains(name) && text.contains("請"),
            "{name}: {text}"
        );
    }
    let error = collectors::parse("a.txt", &sample("regulation-in-points.fail.txt")).expect_err("no plan");
    assert!(matches!(error, PlanError::NotAPlan { found: 0, .. }), "{error:?}");
}
