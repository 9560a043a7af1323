//! What comes out of each sample is what is recorded beside it.

use crate::{folder, parse, refused, sample};
use serde_json::Value;

#[test]
fn good_samples_give_what_is_recorded() {
    let mut seen = 0;
    for source in ["ciso-assistant", "oscal"] {
        for entry in std::fs::read_dir(folder().join(source)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let Some((stem, _)) = name.split_once(".pass.") else {
                continue;
            };
            seen += 1;
            let standard = parse(&name, &std::fs::read(&path).unwrap()).unwrap_or_else(|e| panic!("{e}"));
            let found = serde_json::to_value(&standard).unwrap();
            let recorded = path.with_file_name(format!("{stem}.expected.json"));
            if std::env::var_os("FAZUN_BLESS").is_some() {
                let text = serde_json::to_string_pretty(&found).unwrap() + "\n";
                std::fs::write(&recorded, text).unwrap();
            }
            let text = std::fs::read_to_string(&recorded).unwrap_or_default();
            let expected: Value = serde_json::from_str(&text).unwrap_or_default();
            assert_eq!(found, expected, "{name}: FAZUN_BLESS=1 records what comes out");
        }
    }
    assert_eq!(seen, 5);
}

#[test]
fn every_bad_sample_is_refused_in_officers_words() {
    let mut seen = 0;
    for source in ["ciso-assistant", "oscal"] {
        for entry in std::fs::read_dir(folder().join(source)).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().contains(".fail.") {
                seen += 1;
                let text = parse("x", &std::fs::read(&path).unwrap())
                    .unwrap_err()
                    .to_string();
                assert!(text.contains("下一步") && text.contains("第 "), "{text}");
            }
        }
    }
    assert_eq!(seen, 6);
}

/// Every expectation is met by a message, and there is no other message.
fn all_said(found: &[String], expected: &[&str]) {
    for wanted in expected {
        assert!(found.iter().any(|f| f.contains(wanted)), "{wanted}: {found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[test]
fn each_mistake_of_a_library_is_said_with_its_place() {
    all_said(
        &refused(&sample("ciso-assistant/many-mistakes.fail.yaml")),
        &[
            "2:6 /urn 「not-a-urn」不是 URN",
            "5:1 /colour 函式庫沒有「colour」這個鍵",
            "14:19 /objects/framework/requirement_nodes/0/parent_urn 「urn:example:risk:req_node:broken:1」的上層繞回自己",
            "15:19 /objects/framework/requirement_nodes/0/assessable 這裡應為是非值",
            "18:15 /objects/framework/requirement_nodes/1/ref_id 1.10 是數字，不是文字",
            "19:12 /objects/framework/requirement_nodes/2/urn 要求「urn:example:risk:req_node:broken:2」重複，第 16 行",
            "21:19 /objects/framework/requirement_nodes/3/parent_urn 上層「urn:example:risk:req_node:broken:9」不在",
            "22:31 /objects/framework/requirement_nodes/3/implementation_groups/0 沒有「M」這個實施群組",
            "23:7 /objects/framework/requirement_nodes/4 要求缺少「urn」",
            "29:31 /objects/requirement_mapping_sets/0/requirement_mappings/0/source_requirement_urn 「urn:example:risk:req_node:broken:8」不在",
            "34:21 /objects/requirement_mapping_sets/0/requirement_mappings/1/relationship 沒有「similar」這種關係",
            "35:33 /objects/requirement_mapping_sets/0/requirement_mappings/1/strength_of_relationship 11 不是 0 到 10",
        ],
    );
    all_said(
        &refused(&sample("ciso-assistant/risk-matrix.fail.yaml")),
        &["/objects 沒有 framework，也沒有對照"],
    );
}

#[test]
fn each_mistake_of_an_oscal_document_is_said_with_its_place() {
    all_said(
        &refused(&sample("oscal/many-mistakes.fail.json")),
        &[
            "3:13 /catalog/uuid 「not-a-uuid」不是 UUID",
            "/catalog/metadata/version 1.5 是數字，不是文字",
            "/catalog/metadata/oscal-version OSCAL 2.0.0 不能讀",
            "7:15 /catalog/groups/0/id 「1st」不能當識別碼",
            "10:21 /catalog/groups/0/controls 同一群組裡 groups 與 controls 不能並存",
            "11:19 /catalog/groups/0/controls/0/id 控制措施「c-1」重複，第 9 行已經有了",
            "12:26 /catalog/groups/0/controls/1/titel 控制措施沒有「titel」這個鍵",
            "12:11 /catalog/groups/0/controls/1 控制措施缺少「title」",
            "13:51 /catalog/groups/0/controls/2/parts/0 文字引用的參數「c-3_prm_1」不存在",
            "17:17 /catalog/controls 這裡應為清單，卻是文字",
        ],
    );
    all_said(
        &refused(&sample("oscal/profile-without-choice.fail.json")),
        &[
            "6:7 /profile/imports/0 沒有說要哪些控制措施",
            "/profile/imports/1/include-controls include-all 與 include-controls 不能並存",
            "/profile/imports/2/include-controls/0/with-ids/1 控制措施「x-1」重複",
            "/profile/imports/2/exclude-controls/0 不收以樣式排除",
        ],
    );
    all_said(
        &refused(&sample("oscal/component.fail.json")),
        &["1:1  認不出格式；最外層的鍵是 component-definition"],
    );
}

#[test]
fn a_fault_of_one_entry_is_listed_and_the_rest_is_taken() {
    let name = "ciso-assistant/faults.pass.yaml";
    let standard = parse("faults.yaml", &sample(name)).unwrap_or_else(|e| panic!("{e}"));
    let said: Vec<String> = standard
        .faults
        .iter()
        .map(|p| format!("{}:{} {} {}", p.line, p.column, p.pointer, p.message))
        .collect();
    all_said(
        &said,
        &[
            "17:34 /objects/framework/requirement_nodes/0/implementation_groups/1 沒有「M」這個實施群組",
            "27:31 /objects/requirement_mapping_sets/0/requirement_mappings/0/source_requirement_urn 「urn:example:risk:req_node:faulty-guide:9」不在",
            "/requirement_mappings/1 對照缺少「target_requirement_urn」，這一筆未採用",
            "/requirement_mappings/2/relationship 沒有「similar」這種關係",
            "/requirement_mappings/3/strength_of_relationship 11 不是 0 到 10",
            "/requirement_mappings/4 對照「urn:example:risk:req_node:faulty-guide:2 → urn:intuitem:risk…」重複，第 36 行",
            "/requirement_mapping_sets/1/requirement_mappings 對照組沒有任何對照",
        ],
    );
    // The nodes are marked; what names nothing is not taken.
    let marked: Vec<usize> = standard.requirements.iter().map(|r| r.faults.len()).collect();
    assert_eq!(marked, [1, 0]);
    assert!(standard.requirements[0].faults[0].contains("「M」"));
    assert_eq!(standard.requirements[0].levels, ["S", "M"], "as the file has it");
    let mapped: Vec<(usize, Option<u8>)> = standard
        .mappings
        .iter()
        .map(|m| (m.faults.len(), m.strength))
        .collect();
    assert_eq!(mapped, [(1, None), (0, None)]);
    // Strictly, the same faults refuse it, in the same words.
    let error = standard.clone().strictly("faults.yaml").expect_err("is faulty");
    assert_eq!((error.problems, error.more), (standard.faults, 0));
    let good = parse("t", &sample("ciso-assistant/framework.pass.yaml")).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(good.clone().strictly("t"), Ok(good));
    all_said(
        &refused(&sample("ciso-assistant/nothing-mapped.fail.yaml")),
        &[
            "/requirement_mapping_set 沒有任何可用的對照",
            "對照缺少「target_requirement_urn」",
        ],
    );
}
