//! A revised plan over the command line.

use super::{Place, code, error, fazun, json, sample};

#[test]
fn a_revised_plan_is_shown_first_and_written_when_confirmed() {
    let place = Place::new();
    let data = place.data();
    let first = sample("in-words.pass.txt");
    let made = fazun(&["agency", "init", "--from-plan", &first, "--data", &data]);
    assert_eq!(code(&made), 0, "{}", error(&made));
    let id = String::from_utf8(made.stdout).expect("text").trim().to_owned();
    let revised = std::fs::read_to_string(&first)
        .expect("the sample")
        .replace("遠端連線之需求應每季檢視", "遠端連線之需求應每月檢視");
    let revised = place.file("revised.txt", revised.as_bytes());
    let adopt = |file: &str, more: &[&str]| {
        let mut args = vec![
            "plan",
            "adopt",
            file,
            "--agency",
            &id,
            "--from",
            "116/01/01",
            "--data",
            &data,
        ];
        args.extend(more);
        fazun(&args)
    };
    let said = |out: &std::process::Output| String::from_utf8(out.stdout.clone()).expect("text");
    let shown = adopt(&revised, &[]);
    assert_eq!(code(&shown), 0, "{}", error(&shown));
    for words in ["變嚴　1", "每季1次 → 每月1次", "變寬　0", "尚未寫入"] {
        assert!(said(&shown).contains(words), "{}", said(&shown));
    }
    let interval = || {
        let duties = json(&[
            "duties",
            "--agency",
            &id,
            "--at",
            "2027-01-01",
            "--json",
            "--data",
            &data,
        ]);
        let all = duties
            .as_array()
            .or_else(|| duties["duties"].as_array())
            .expect("a list")
            .clone();
        let review = all
            .into_iter()
            .find(|d| d["key"] == "remote_access.review")
            .expect("there");
        review["requirements"][0]["value"]
            .as_str()
            .expect("words")
            .to_owned()
    };
    assert_eq!(interval(), "每季1次");
    let written = adopt(&revised, &["--yes"]);
    assert_eq!(code(&written), 0, "{}", error(&written));
    assert!(said(&written).contains("已寫入"), "{}", said(&written));
    assert_eq!(interval(), "每月1次");
    let verified = fazun(&["ledger", "verify", "--data", &data]);
    assert_eq!(code(&verified), 0, "{}", error(&verified));
    // Another agency's plan is no revision.
    let foreign = adopt(&sample("demo.pass.txt"), &["--yes"]);
    assert_eq!(code(&foreign), 2);
    assert!(
        error(&foreign).contains("不是「雲川縣立山城博物館」的修正"),
        "{}",
        error(&foreign)
    );
    let agencies = json(&["agency", "list", "--json", "--data", &data]);
    assert_eq!(agencies.as_array().map(Vec::len), Some(1));
}
