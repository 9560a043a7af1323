//! Files that are broken, ambiguous or built to exhaust: refused with a place, never a panic.

use crate::{parse, read, refused, sample};
use collectors::standards::SIZE_LIMIT;
use proptest::prelude::*;

/// A small library with something in the place of its node's title.
fn library(name: &str) -> String {
    format!(
        "urn: urn:a:b\nname: x\nversion: 1\nobjects:\n  framework:\n    urn: urn:a:f\n    ref_id: F\n    requirement_nodes:\n    - urn: urn:a:n\n      name: {name}\n"
    )
}

#[test]
fn a_small_library_is_read() {
    let standard = read(&library("甲")).unwrap();
    assert_eq!(standard.requirements[0].title, "甲");
    assert_eq!(standard.requirements[0].line, 9);
    // A byte order mark is let pass.
    assert!(read(&format!("\u{feff}{}", library("甲"))).is_ok());
}

#[test]
fn yaml_that_can_be_read_in_two_ways_is_refused() {
    let head = library("x");
    for (text, says) in [
        (format!("{head}name: y\n"), "11:1  鍵「name」重複"),
        (
            library("[1, 2]"),
            "10:13 /objects/framework/requirement_nodes/0/name 這裡應為文字，卻是清單",
        ),
        (library("true"), "這裡應為文字，卻是是非值"),
        (library("1.10"), "1.10 是數字，不是文字"),
        (library("!ruby/object x"), "不收 YAML 標籤"),
        (library("!!binary eA=="), "不收 YAML 標籤"),
        (format!("{head}---\n{head}"), "兩份以上"),
        (head.replace("      name: x", "      <<: {name: x}"), "不收合併鍵"),
        (
            head.replace("      name: x", "      ? [a]\n      : b"),
            "鍵必須是文字",
        ),
        (
            head.replace("name: x\nversion", "name: 'x\nversion"),
            "YAML 語法有誤",
        ),
        (
            head.replace("    requirement_nodes:", "\trequirement_nodes:"),
            "YAML 語法有誤",
        ),
        ("- a\n- b\n".to_owned(), "最外層應為鍵與值，這裡是清單"),
        ("x: &a [*a]\n".to_owned(), "別名指向自己"),
        ("# 只有註解\n".to_owned(), "沒有資料"),
    ] {
        let found = refused(text.as_bytes());
        assert!(found.iter().any(|f| f.contains(says)), "{says}: {found:#?}");
    }
}

#[test]
fn json_is_read_by_the_letter() {
    for (text, says) in [
        ("{\"catalog\": 1,}", "1:15  這裡應為加雙引號的鍵，卻是「}」"),
        ("{\"a\": 1 \"b\": 2}", "逗號或右大括號"),
        ("{\"a\":\n [1, 2", "2:7  檔案在這裡中斷"),
        ("{'a': 1}", "加雙引號的鍵"),
        ("{\"a\": 01}", "沒有前導零的數字"),
        ("{\"a\": 1.}", "數字"),
        ("{\"a\": NaN}", "應為值"),
        ("{\"a\": nul}", "「nul」不是 JSON 的值"),
        ("{\"a\": \"\\ud800\"}", "不是有效的字元碼"),
        ("{\"a\": \"\\x\"}", "跳脫字元"),
        ("{\"a\": \"x\ny\"}", "控制字元或換行"),
        ("{\"a\": \"x", "檔案在字串裡中斷"),
        ("{\"a\": 1} x", "結尾之後"),
        ("{\"a\": 1, \"a\": 2}", "1:10  鍵「a」重複"),
        ("{\"catalog\": {}, \"profile\": {}}", "恰有一個"),
        ("{\"catalog\": 1}", "/catalog 這裡應為鍵與值，卻是數字"),
        ("[1]", "最外層應為鍵與值"),
        ("{\"a~/b\": 1, \"catalog\": {}}", "/a~0~1b"),
    ] {
        let found = refused(text.as_bytes());
        assert!(found.iter().any(|f| f.contains(says)), "{says}: {found:#?}");
    }
}

#[test]
fn escapes_are_what_they_stand_for() {
    let text = String::from_utf8(sample("oscal/catalog.pass.json")).unwrap();
    let text = text.replacen("示範目錄", "\\u793a\\ud83d\\ude00\\/\\\"", 1);
    assert_eq!(read(&text).unwrap().title, "示😀/\"");
}

#[test]
fn what_would_exhaust_is_refused() {
    let deep_json = format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    let deep_yaml = format!("a: {}", "[".repeat(5_000));
    let deep_block = "- ".repeat(5_000);
    // Nine levels of nine aliases each: 387 million values if they were written out.
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..9 {
        let line = vec![format!("*a{}", n - 1); 9].join(", ");
        bomb = format!("{bomb}a{n}: &a{n} [{line}]\n");
    }
    let many = format!("{{\"a\": [{}1]}}", "1,".repeat(1_100_000));
    let nested_anchors = format!("a: {}", "&x [".repeat(5_000));
    for (text, says) in [
        (deep_json, "巢狀超過"),
        (deep_yaml, "巢狀超過"),
        (deep_block, "巢狀超過"),
        (nested_anchors, "巢狀超過"),
        (bomb, "資料超過"),
        (many, "資料超過"),
        (" ".repeat(SIZE_LIMIT + 1), "超過上限 16 MB"),
        (" \n ".to_owned(), "檔案是空的"),
    ] {
        let begun = std::time::Instant::now();
        let found = refused(text.as_bytes());
        assert!(found[0].contains(says), "{says}: {found:?}");
        assert!(begun.elapsed().as_secs() < 20, "{says}: {:?}", begun.elapsed());
    }
}

#[test]
fn what_would_grow_is_bounded() {
    let catalog = |inside: &str| {
        let head = r#""uuid":"0f2c7a56-3f0e-4a53-9a52-2f7c5f9f7d01","metadata":{"title":"x","last-modified":"x","version":"1","oscal-version":"1.1.3"}"#;
        format!("{{\"catalog\":{{{head},{inside}}}}}")
    };
    let begun = std::time::Instant::now();
    // A long parameter that is put in a hundred thousand times.
    let label = "長".repeat(100_000);
    let insert = "{{insert: param, p}}".repeat(100_000);
    let control = format!(
        r#""params":[{{"id":"p","label":"{label}"}}],"controls":[{{"id":"c","title":"c","parts":[{{"name":"statement","prose":"{insert}"}}]}}]"#
    );
    let found = refused(catalog(&control).as_bytes());
    assert!(found[0].contains("參數代入後的文字超過"), "{found:?}");
    // As many levels, notes and mistakes as fit.
    let prop = |n: usize| format!(r#"{{"name":"grade","ns":"urn:fazun:oscal","value":"{n}"}}"#);
    let props: Vec<String> = (0..100_000).map(prop).collect();
    let part = |n: usize| format!(r#"{{"name":"p{n}"}}"#);
    let parts: Vec<String> = (0..100_000).map(part).collect();
    let control = |more: &str| {
        let (props, parts) = (props.join(","), parts.join(","));
        format!(r#""controls":[{{"id":"c","title":"c","props":[{props}],"parts":[{parts}]{more}}}]"#)
    };
    let standard = read(&catalog(&control(""))).unwrap();
    assert_eq!((standard.levels.len(), standard.notes.len()), (100_000, 101));
    assert!(
        standard
            .notes
            .iter()
            .any(|n| n.message == "另有其他內容未採用（共 99900 處）")
    );
    let wrong = vec!["1"; 200_000].join(",");
    let error = read(&catalog(&control(&format!(r#","controls":[{wrong}]"#)))).unwrap_err();
    assert_eq!((error.problems.len(), error.more), (20, 199_980));
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}

#[test]
fn bytes_that_are_no_text_are_named_by_their_line() {
    let found = refused(b"urn: a\nname: \xa4\xa4\n");
    assert_eq!(found, ["2:1  這一行不是 UTF-8 文字"]);
}

#[test]
fn only_so_many_mistakes_are_listed() {
    let mut text = library("x");
    for n in 0..50 {
        text = format!("{text}    - ref_id: r{n}\n");
    }
    let error = parse("長.yaml", text.as_bytes()).unwrap_err();
    assert_eq!((error.problems.len(), error.more), (20, 30));
    let said = error.to_string();
    assert!(
        said.contains("長.yaml　第 11 行") && said.contains("另有 30 處"),
        "{said}"
    );
}

#[test]
fn a_circle_is_said_once_and_long_chains_are_no_burden() {
    let node =
        |n: usize, parent: usize| format!("    - urn: urn:a:n{n}\n      parent_urn: urn:a:n{parent}\n");
    let count = 20_000;
    let chain: String = (0..count).map(|n| node(n, n + 1)).collect();
    let head = library("x");
    let begun = std::time::Instant::now();
    let text = format!("{head}{chain}    - urn: urn:a:n{count}\n");
    assert_eq!(read(&text).unwrap().requirements.len(), count + 2);
    let text = format!("{head}{chain}{}", node(count, 5));
    assert_eq!(refused(text.as_bytes()).len(), 1);
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let names = prop_oneof![
        Just("ciso-assistant/framework.pass.yaml"),
        Just("ciso-assistant/mapping.pass.yaml"),
        Just("oscal/catalog.pass.json"),
        Just("oscal/profile.pass.json"),
    ];
    let edits = proptest::collection::vec((0_usize..10_000, any::<u8>(), 0_u8..3), 1..8);
    (names, edits).prop_map(|(name, edits)| {
        let mut bytes = sample(name);
        for (at, byte, edit) in edits {
            let at = at % bytes.len();
            match edit {
                0 => drop(bytes.remove(at)),
                1 => bytes[at] = byte,
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_never_panics(text in "[-{}\\[\\]:,&*!|>'\"#\\\\a-c0-9\\n\\t .%?]{0,80}") {
        let _ = read(&text);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse("x", &bytes);
    }

    #[test]
    fn mutated_samples_are_read_or_refused_within_their_lines(bytes in mutated()) {
        let lines = bytes.split(|b| *b == b'\n').count() + 1;
        match parse("x", &bytes) {
            Ok(standard) => {
                for r in &standard.requirements {
                    prop_assert!(r.line as usize <= lines);
                }
            }
            Err(error) => {
                for p in &error.problems {
                    prop_assert!(p.line as usize <= lines, "{p}");
                }
            }
        }
    }
}
