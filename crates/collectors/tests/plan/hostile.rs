//! Input that nobody meant to write: no panic, a clear refusal, lines within the file.

use collectors::PlanError;
use proptest::prelude::*;
use serde_json::Value;

use super::formats::archive;
use super::{json, sample};

#[test]
fn refusals_say_what_to_do() {
    let docx = |xml: &str| archive(&[("word/document.xml", xml)]);
    let dtd = r#"<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>"#;
    let entity =
        r#"<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>"#;
    let deep = format!("{}{}", "<a>".repeat(5_000), "</a>".repeat(5_000));
    let many: Vec<(String, &str)> = (0..4_100).map(|i| (format!("f{i}"), "")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(n, c)| (n.as_str(), *c)).collect();
    for (name, bytes, want) in [
        ("a.docx", docx(dtd), "DOCTYPE"),
        ("a.docx", docx(entity), "實體"),
        ("a.docx", docx(&deep), "巢狀"),
        ("a.docx", docx("<w:document><w:body>"), "中斷"),
        ("a.docx", archive(&[("other.xml", "<a/>")]), "word/document.xml"),
        ("a.odt", archive(&[("other.xml", "<a/>")]), "content.xml"),
        ("a.zip", archive(&[("other.xml", "<a/>")]), "壓縮檔"),
        ("a.docx", archive(&many), "項目"),
        ("a.docx", b"plain text".to_vec(), "開頭"),
        ("a.txt", vec![b'a'; 11 * 1024 * 1024], "上限"),
        ("a.txt", Vec::new(), "沒有任何文字"),
        ("a.pdf", b"%PDF-1.7\n".to_vec(), ".odt"),
        (
            "a.doc",
            vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0],
            ".docx",
        ),
        ("a.txt", vec![0, 1, 2, 3, 255, 254, 0, 7, 8], "UTF-8"),
    ] {
        let error = collectors::parse(name, &bytes).expect_err(want).to_string();
        assert!(
            error.contains(want) && error.contains(name) && error.contains('請'),
            "{want}: {error}"
        );
    }
}

#[test]
fn a_declared_size_that_lies_is_met_while_reading() {
    let mut bytes = archive(&[("word/document.xml", &"a".repeat(20 * 1024 * 1024))]);
    // The uncompressed size in the central directory, 24 bytes into its record.
    let at = bytes
        .windows(4)
        .rposition(|w| w == b"PK\x01\x02")
        .expect("directory")
        + 24;
    bytes[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    let error = collectors::parse("a.docx", &bytes).expect_err("a bomb");
    assert!(
        matches!(error, PlanError::Bomb { .. } | PlanError::Archive { .. }),
        "{error:?}"
    );
}

#[test]
fn a_file_of_table_titles_is_read_in_reasonable_time() {
    let mut text = String::from_utf8(sample("demo.pass.txt")).expect("UTF-8");
    text.push_str("\n非核心業務\t業務失效影響說明\t最大可容忍中斷時間\n甲\t乙\t由系統權管單位訂\n");
    for line in [
        "核心業務\t核心資通系統\t最大可容忍中斷時間\n非核心業務\n名稱\nMTPD\n",
        "1. 核心業務\n",
        "核心業務 名稱 系統\n",
        "應辦事項如下表\n制度面向\n",
        "壹、依據\n貳、範圍\n",
    ] {
        let hostile = format!("{text}{}", line.repeat(3_000));
        let begun = std::time::Instant::now();
        let _ = collectors::parse("a.txt", hostile.as_bytes());
        assert!(begun.elapsed().as_secs() < 20, "{line}: {:?}", begun.elapsed());
    }
}

/// Every `line` anywhere in a reading lies within the file.
fn check_lines(value: &Value, total: u64) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                if key == "line" || key == "end_line" {
                    let line = inner.as_u64().unwrap_or(0);
                    assert!((1..=total).contains(&line), "line {line} of {total}: {value}");
                }
                check_lines(inner, total);
            }
        }
        Value::Array(items) => items.iter().for_each(|v| check_lines(v, total)),
        _ => {}
    }
}

fn mutated() -> impl Strategy<Value = String> {
    let names = prop_oneof![
        Just("demo.pass.txt"),
        Just("level-b-core-systems.pass.txt"),
        Just("chapters-by-zhang.pass.txt"),
        Just("level-a-fullwidth.pass.txt"),
        Just("chapters-by-han.pass.txt"),
    ];
    (names, proptest::collection::vec((0_usize..400, 0_u8..5), 0..40)).prop_map(|(name, edits)| {
        let text = String::from_utf8(sample(name)).expect("UTF-8");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (at, edit) in edits {
            if lines.len() < 2 {
                break;
            }
            let at = at % (lines.len() - 1);
            match edit {
                0 => drop(lines.remove(at)),
                1 => {
                    let next = lines.remove(at + 1);
                    lines[at].push_str(&next);
                }
                2 => lines.swap(at, at + 1),
                3 => {
                    let half = lines[at].chars().count() / 2;
                    let tail: String = lines[at].chars().skip(half).collect();
                    lines[at] = lines[at].chars().take(half).collect();
                    lines.insert(at + 1, tail);
                }
                _ => lines.insert(at, lines[at].clone()),
            }
        }
        lines.join("\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000), name in "[a-z]{1,5}\\.(txt|odt|docx)") {
        let _ = collectors::parse(&name, &bytes);
        let mut zipped = b"PK\x03\x04".to_vec();
        zipped.extend(&bytes);
        let _ = collectors::parse(&name, &zipped);
    }

    #[test]
    fn arbitrary_markup_never_panics(xml in "(<w:(p|t|tr|tc|tbl)>|</w:(p|t|tr|tc|tbl)>|壹、|核心業務|\t|[a-z&;]){0,60}") {
        let _ = collectors::parse("a.docx", &archive(&[("word/document.xml", &xml)]));
        let _ = collectors::parse("a.odt", &archive(&[("content.xml", &xml)]));
    }

    #[test]
    fn mutated_plans_keep_their_lines(text in mutated()) {
        if let Ok(reading) = collectors::parse("a.txt", text.as_bytes()) {
            let value = json(&reading);
            check_lines(&value, u64::from(reading.lines));
        }
    }
}
