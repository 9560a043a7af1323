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
            text.contains(&format!("{file} 檔案不是 UTF-8")) && text.contains("請另存為 UTF-8"),
            "{text}"
        );
        assert!(!text.contains("權限"), "{text}");
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
