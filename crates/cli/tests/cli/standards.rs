//! Standards: those beside the law, those of the user's own, and the export as OSCAL.

use crate::{Place, code, error, fazun, json, root};
use serde_json::Value;
use std::path::Path;

#[test]
fn a_standard_s_controls_are_listed_with_their_rows() {
    let view = json(&[
        "law",
        "standard",
        "iso-27001-2022",
        "--at",
        "2026-11-21",
        "--json",
    ]);
    assert_eq!(view["count"], 93);
    assert_eq!(view["edition"], "2026");
    let logging = view["themes"][3]["controls"]
        .as_array()
        .and_then(|list| list.iter().find(|c| c["id"] == "A.8.15"))
        .expect("is there");
    assert_eq!(logging["rows"][0]["row"], "AU1-1");
    assert_eq!(logging["rows"][0]["relation"], "superset");
    let output = fazun(&["law", "standard", "iso-27001-2022"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("A.8.17　時鐘同步") && text.contains("AU5-2"),
        "{text}"
    );
    assert_eq!(json(&["law", "standard", "--json"])[0]["slug"], "iso-27001-2022");
    let wrong = fazun(&["law", "standard", "iso-9001"]);
    assert_eq!(code(&wrong), 2);
    assert!(error(&wrong).contains("iso-27001-2022"));
    // A file of its own takes the place of the shipped one.
    let place = Place::new();
    let file = place.file(
        "crosswalk.toml",
        b"[[row]]\ncontrol = \"A.8.17\"\nrelation = \"equal\"\nrows = [\"XX1-1\"]\ncertainty = \"open\"\n",
    );
    let lint = fazun(&["law", "lint", &file]);
    assert_eq!(code(&lint), 2, "{}", error(&lint));
    assert!(
        error(&lint).contains("crosswalk.toml:4: 防護基準沒有 `XX1-1` 這一列"),
        "{}",
        error(&lint)
    );
}

#[test]
fn a_standard_of_one_s_own_is_imported_listed_and_shown() {
    let place = Place::new();
    let data = place.data();
    let of = |name: &str| root().join("samples").join(name).to_string_lossy().into_owned();
    let framework = of("ciso-assistant/framework.pass.yaml");
    let import = |file: &str| fazun(&["standard", "import", file, "--data", &data]);
    // A file that can't be read leaves nothing behind.
    let bad = import(&of("ciso-assistant/many-mistakes.fail.yaml"));
    assert_eq!(code(&bad), 2);
    assert!(
        error(&bad)
            .contains("第 22 行第 31 字（/objects/framework/requirement_nodes/3/implementation_groups/0）"),
        "{}",
        error(&bad)
    );
    assert!(!Path::new(&data).exists());
    let done = import(&framework);
    assert_eq!(code(&done), 0, "{}", error(&done));
    assert!(
        error(&done).contains("「typical_evidence」未採用"),
        "{}",
        error(&done)
    );
    let again = import(&framework);
    assert!(String::from_utf8_lossy(&again.stdout).contains("沒有寫入任何資料"));
    let list = json(&["standard", "list", "--data", &data, "--json"]);
    assert_eq!(
        (list[0]["slug"].as_str(), list[0]["edition"].as_u64()),
        (Some("city-guide"), Some(1))
    );
    let view = json(&["standard", "show", "city-guide", "--data", &data, "--json"]);
    assert_eq!(view["mappings"][0]["to"]["label"], "A.8.15 日誌");
    let shown = fazun(&["standard", "show", "city-guide", "--data", &data]);
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(
        text.contains("1.1 保存（示範市資安指引）　範圍小於（強度 7）　A.8.15 日誌"),
        "{text}"
    );
    assert!(text.contains("防護基準 AU1-1"), "{text}");
    assert_eq!(code(&fazun(&["standard", "show", "none", "--data", &data])), 2);
    let verified = fazun(&["ledger", "verify", "--data", &data]);
    assert_eq!(code(&verified), 0, "{}", error(&verified));
}

#[test]
fn the_baseline_is_exported_as_oscal() {
    let place = Place::new();
    let out = place.0.dir().join("out").to_string_lossy().into_owned();
    let export = |edition: &str| fazun(&["law", "export", "oscal", "--edition", edition, "--out", &out]);
    let done = export("115/01/07");
    assert_eq!(code(&done), 0, "{}", error(&done));
    let written = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(written.lines().count(), 4, "{written}");
    let catalog = std::fs::read(Path::new(&out).join("catalog.json")).expect("written");
    let catalog: Value = serde_json::from_slice(&catalog).expect("is JSON");
    assert_eq!(catalog["catalog"]["groups"][0]["controls"][0]["id"], "AC1-1");
    // The same again is no trouble; another edition doesn't overwrite it.
    assert_eq!(code(&export("2026")), 0);
    let other = export("2021");
    assert_eq!(code(&other), 2);
    assert!(error(&other).contains("已經存在，內容不同"), "{}", error(&other));
    assert_eq!(code(&export("1999")), 2);
}

#[test]
fn a_file_with_faults_of_its_own_is_taken_with_its_marks_unless_strictly() {
    let place = Place::new();
    let data = place.data();
    let file = root()
        .join("samples/ciso-assistant/faults.pass.yaml")
        .to_string_lossy()
        .into_owned();
    let strict = fazun(&["standard", "import", &file, "--strict", "--data", &data]);
    assert_eq!(code(&strict), 2);
    assert!(
        error(&strict).contains("沒有「M」這個實施群組"),
        "{}",
        error(&strict)
    );
    assert!(!Path::new(&data).exists(), "nothing is left behind");
    let taken = fazun(&["standard", "import", &file, "--data", &data]);
    assert_eq!(code(&taken), 0, "{}", error(&taken));
    for said in ["瑕疵　第 17 行", "檔案本身有 7 處瑕疵", "--strict"] {
        assert!(error(&taken).contains(said), "{}", error(&taken));
    }
    let again = json(&["standard", "import", &file, "--data", &data, "--json"]);
    assert_eq!(again["outcome"], "unchanged");
    assert_eq!(again["faults"].as_array().map(Vec::len), Some(7));
    let view = json(&["standard", "show", "faulty-guide", "--data", &data, "--json"]);
    assert_eq!(view["faults"][0]["line"], 17);
    assert_eq!(view["requirements"][0]["faults"][0], "沒有「M」這個實施群組");
    assert_eq!(view["requirements"][1]["faults"], Value::Array(Vec::new()));
    assert_eq!(view["mappings"][0]["faults"].as_array().map(Vec::len), Some(1));
    let shown = fazun(&["standard", "show", "faulty-guide", "--data", &data]);
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert_eq!(text.matches("〔瑕疵：").count(), 2, "{text}");
    assert_eq!(
        text.lines().filter(|l| l.starts_with("瑕疵　")).count(),
        7,
        "{text}"
    );
}
