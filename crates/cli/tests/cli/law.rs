//! Commands about the law that need no agency: incidents, coverage, a broken law folder.

use super::{Place, code, error, fazun, json, root, sample};
use serde_json::Value;
use std::path::Path;

#[test]
fn an_incident_s_clocks_are_told_by_side() {
    let value = json(&[
        "incident",
        "deadlines",
        "--level",
        "3",
        "--known",
        "2026-11-21T10:00",
        "--occurred",
        "115/11/21 08:00",
        "--contract",
        "hualien",
        "--edition",
        "2026-11-21",
        "--json",
    ]);
    let clock = |duty: &str| -> Value {
        let clocks = value["clocks"].as_array().expect("a list");
        clocks
            .iter()
            .find(|c| c["duty"] == duty)
            .unwrap_or_else(|| panic!("{duty}"))
            .clone()
    };
    let law = clock("incident.contain");
    assert_eq!(
        (law["side"].as_str(), law["due"].as_str()),
        (Some("law"), Some("2026-11-22T22:00:00"))
    );
    let contract = clock("contract.incident.contain");
    assert_eq!(contract["due"], "2026-11-22T20:00:00", "from when it happened");
    assert_eq!(contract["clauses"][0]["rank"], "contract");
    // Without the contract its clocks are not there.
    let bare = json(&[
        "incident",
        "deadlines",
        "--level",
        "1",
        "--known",
        "2026-11-21T10:00",
        "--edition",
        "2022-01-01",
        "--json",
    ]);
    let all = bare["clocks"].as_array().expect("a list");
    assert!(!all.is_empty() && all.iter().all(|c| c["side"] == "law"));

    for (args, says) in [
        (vec!["--level", "5", "--known", "2026-11-21T10:00"], "事件等級"),
        (vec!["--level", "1", "--known", "2026-11-21"], "沒有時刻"),
        (
            vec![
                "--level",
                "1",
                "--known",
                "2026-11-21T10:00",
                "--contract",
                "nowhere",
            ],
            "可用的代號",
        ),
        (
            vec![
                "--level",
                "1",
                "--known",
                "2026-11-21T10:00",
                "--moment",
                "x.y=2026-11-21T10:00",
            ],
            "可用的時點",
        ),
        (
            vec!["--level", "1", "--known", "2026-11-21T10:00", "--body", "club"],
            "機關性質",
        ),
    ] {
        let args: Vec<&str> = ["incident", "deadlines"].into_iter().chain(args).collect();
        let output = fazun(&args);
        assert_eq!(code(&output), 2, "{args:?}");
        assert!(error(&output).contains(says), "{args:?}: {}", error(&output));
    }
}

#[test]
fn an_incident_s_level_follows_the_edition() {
    let level = |edition: &str, answers: &[&str]| {
        let mut args = vec!["incident", "level", "--edition", edition, "--json"];
        for answer in answers {
            args.extend(["--answer", answer]);
        }
        json(&args)
    };
    let found = level(
        "2026-11-21",
        &[
            "confidentiality=non_core_slight",
            "availability=core_system_beyond",
        ],
    );
    assert_eq!(found["found"]["level"], 3, "the highest of the aspects");
    let all = level("2026-11-21", &[]);
    assert!(
        all["choices"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|c| !c["clause"].as_str().expect("text").is_empty())
    );
    // What the earlier edition named beside official secrets, the present one no longer does.
    let named = |edition: &str| {
        let all = level(edition, &[]);
        let choices = all["choices"].as_array().expect("a list").clone();
        choices
            .iter()
            .any(|c| c["text"].as_str().expect("text").contains("敏感資訊"))
    };
    assert!(named("2022-01-01") && !named("2026-11-21"));
    let output = fazun(&[
        "incident",
        "level",
        "--edition",
        "2026-11-21",
        "--answer",
        "confidentiality=nothing",
    ]);
    assert_eq!(code(&output), 2);
    assert!(error(&output).contains("nothing"));
}

#[test]
fn a_list_of_requirements_is_joined_with_what_carries_it() {
    let place = Place::new();
    let list = place.file("list.tsv", "id\tclause\tkind\nTPE-12.3\tx\tparam\n".as_bytes());
    let rows = json(&["law", "coverage", "--clauses", &list, "--json"]);
    assert_eq!(
        (rows[0]["id"].as_str(), rows[0]["status"].as_str()),
        (Some("TPE-12.3"), Some("carried"))
    );
    let carriers = rows[0]["carried_by"].as_array().expect("a list");
    assert!(
        carriers.iter().any(|c| c == "parameter:log.retention"),
        "{carriers:?}"
    );

    let list = place.file("more.tsv", "id\tkind\nTPE-12.3\tparam\nNEW-1\tduty\n".as_bytes());
    let output = fazun(&["law", "coverage", "--clauses", &list, "--json"]);
    assert_eq!(code(&output), 1, "an unknown id is an error");
    assert!(error(&output).contains("1 條缺漏"), "{}", error(&output));
    let list = place.file("none.tsv", b"nothing here\n");
    assert_eq!(code(&fazun(&["law", "coverage", "--clauses", &list])), 2);
}

#[test]
fn leftovers_in_a_law_folder_are_passed_over_and_another_encoding_is_named() {
    let place = Place::new();
    let from = root().join("crates/law/tests/city/local/demo/demo-city-rules");
    for name in ["instrument.toml", "duties.toml", "clauses.toml"] {
        place.file(name, &std::fs::read(from.join(name)).expect("read"));
    }
    std::fs::create_dir(place.0.dir().join("articles")).expect("a directory");
    for name in ["articles/2025.toml", "articles/2026.toml"] {
        place.file(name, &std::fs::read(from.join(name)).expect("read"));
    }
    // "法規" in Big5: no UTF-8.
    let big5 = b"\xaa\x6b\xb3\x57";
    for name in [
        ".DS_Store",
        ".duties.toml.swp",
        "duties.toml~",
        "duties.toml.bak",
        "x.swp",
    ] {
        place.file(name, big5);
    }
    let folder = place.0.dir().to_string_lossy().into_owned();
    let output = fazun(&["law", "lint", &folder]);
    assert_eq!(code(&output), 0, "{}", error(&output));

    let alone = Place::new();
    for (told, file) in [
        (&folder, place.file("duties.toml", big5)),
        (&alone.file("duties.toml", big5), "duties.toml".to_owned()),
    ] {
        let output = fazun(&["law", "lint", told]);
        let text = error(&output);
        assert_ne!(code(&output), 0, "{text}");
        assert!(
            text.contains(&format!("{file}: 檔案不是 UTF-8")) && text.contains("另存為 UTF-8"),
            "{text}"
        );
        assert!(!text.contains("權限"), "{text}");
    }
    // What can be told is told, with how to convert it.
    let rule = "[[reading]]\nkey = \"x\"\ntext = \"資通安全\"\n";
    let utf16: Vec<u8> = rule.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, name) in [
        (b"# \xb8\xea\xb3q\xa6w\xa5\xfe\n".to_vec(), "Big5"),
        (utf16, "UTF-16LE"),
        (
            "a = 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "UTF-16LE",
        ),
    ] {
        let output = fazun(&["law", "lint", &alone.file("own.toml", &bytes)]);
        let told = format!("own.toml: 檔案是 {name} 編碼");
        let text = error(&output);
        assert!(code(&output) == 2 && text.contains(&told), "{text}");
        assert!(
            text.contains(&format!("iconv -f {}", name.to_uppercase())),
            "{text}"
        );
    }
}

#[test]
fn a_broken_law_folder_leaves_the_last_good_law_in_use() {
    let place = Place::new();
    let (law, data) = (place.0.dir().join("law"), place.data());
    for file in testkit::law_files(&root().join("law")) {
        let path = law.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, file.text).expect("written");
    }
    let law = law.to_string_lossy().into_owned();
    let output = fazun(&[
        "--law",
        &law,
        "agency",
        "init",
        "--from-plan",
        &sample("demo.pass.txt"),
        "--data",
        &data,
    ]);
    let id = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert_eq!(
        code(&fazun(&[
            "--law", &law, "duties", "--agency", &id, "--data", &data
        ])),
        0
    );
    std::fs::write(Path::new(&law).join("readings.toml"), "[[reading]]\nkey = 1\n").expect("written");
    let output = fazun(&[
        "--law", &law, "duties", "--agency", &id, "--data", &data, "--json",
    ]);
    assert_eq!(code(&output), 0, "{}", error(&output));
    let said = error(&output);
    assert!(
        said.contains("readings.toml:2") && said.contains("沿用前一次"),
        "{said}"
    );
    // Without a data directory that knew better, it is refused.
    let output = fazun(&["--law", &law, "law", "list"]);
    assert_eq!(code(&output), 2);
}

#[test]
fn the_cases_of_a_folder_are_tried_by_the_command() {
    let dir = root().join("law/national/audit-regulation");
    let dir = dir.to_str().expect("a path");
    let tried = fazun(&["law", "test", dir]);
    assert_eq!(code(&tried), 0, "{}", error(&tried));
    let value = json(&["law", "test", dir, "--json"]);
    assert_eq!(value["files"], 1);
    assert!(value["cases"].as_u64().is_some_and(|n| n > 0), "{value}");
    assert_eq!(value["failures"], serde_json::json!([]));
    let all = json(&[
        "law",
        "test",
        root().join("law").to_str().expect("a path"),
        "--json",
    ]);
    assert!(all["files"].as_u64() > value["files"].as_u64(), "{all}");

    // A folder of one instrument alone, one of whose cases is wrong.
    let place = Place::new();
    let own = place.0.dir().join("audit-regulation");
    copy(Path::new(dir), &own);
    let cases = own.join("cases.md");
    let text = std::fs::read_to_string(&cases).expect("cases");
    let line = 1 + text
        .lines()
        .position(|l| l.contains("verdict = \""))
        .expect("a verdict");
    let wrong = text.replacen("verdict = \"", "verdict = \"un", 1);
    std::fs::write(&cases, wrong).expect("written");
    for path in [&own, &cases] {
        let tried = fazun(&["law", "test", path.to_str().expect("a path")]);
        assert_eq!(code(&tried), 1, "{}", error(&tried));
        let said = String::from_utf8_lossy(&tried.stdout).into_owned();
        let place = format!("{}:{line}: 案例「", cases.display());
        assert!(said.contains(&place) && said.contains("不是判定"), "{said}");
        assert!(said.contains("1 處不符"), "{said}");
    }
    // Law that doesn't load, a folder without cases, a file that is none.
    std::fs::write(own.join("duties.toml"), "duty = 3\n").expect("written");
    let broken = fazun(&["law", "test", own.to_str().expect("a path")]);
    assert_eq!(code(&broken), 2);
    let told = format!("{}:1: 格式不符", own.join("duties.toml").display());
    assert!(error(&broken).contains(&told), "{}", error(&broken));
    std::fs::remove_file(&cases).expect("removed");
    let none = fazun(&["law", "test", own.to_str().expect("a path")]);
    assert!(
        code(&none) == 2 && error(&none).contains("沒有 cases.md"),
        "{}",
        error(&none)
    );
    let other = own.join("instrument.toml");
    let other = fazun(&["law", "test", other.to_str().expect("a path")]);
    assert!(
        code(&other) == 2 && error(&other).contains("不是案例檔"),
        "{}",
        error(&other)
    );
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("read") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("copied");
        }
    }
}

#[test]
fn numbers_of_the_law_are_listed_with_their_keys() {
    let list = json(&["law", "list", "--parameters", "--at", "2026-11-21", "--json"]);
    let list = list.as_array().expect("a list");
    let audit = list.iter().find(|p| p["key"] == "audit.interval");
    let audit = audit.unwrap_or_else(|| panic!("{list:#?}"));
    assert_eq!(audit["duties"][0][0], "audit.internal");
    assert!(audit["values"].as_array().is_some_and(|v| v.len() > 1), "{audit}");
    let read = list
        .iter()
        .find(|p| p["key"] == "plan.items")
        .expect("the items of a plan");
    assert!(read["duties"].as_array().is_some_and(Vec::is_empty) && read["read_by"].is_string());
    let said = |args: &[&str]| {
        let out = fazun(args);
        assert_eq!(code(&out), 0, "{}", error(&out));
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    let text = said(&["law", "list", "--parameters", "--at", "2026-11-21"]);
    assert!(
        text.contains("audit.interval　") && text.contains("（audit.internal）"),
        "{text}"
    );
    assert!(text.contains("資通安全責任等級：A 級"), "{text}");
    let whole = said(&["law", "show", "classification-regulation", "--at", "2026-11-21"]);
    assert!(
        whole.contains("設定的數值") && whole.contains("audit.interval　"),
        "{whole}"
    );
    let value = json(&["law", "show", "classification-regulation@2021", "--json"]);
    let numbers = value["parameters"].as_array().expect("numbers");
    assert!(numbers.iter().any(|p| p["key"] == "audit.interval"));
    let one = said(&[
        "law",
        "show",
        "classification-regulation",
        "annex-5.internal-audit",
        "--at",
        "2026-11-21",
    ]);
    assert!(one.contains("（audit.interval）"), "{one}");
}
