//! Standards beside the law: what the shipped one holds, and what is refused.

use crate::{changed, the_error};
use law::{Corpus, SourceFile};
use std::collections::BTreeSet;

const SLUG: &str = "iso-27001-2022";
const HEAD: &str = "standards/iso-27001-2022/standard.toml";
const CONTROLS: &str = "standards/iso-27001-2022/controls.toml";
const CROSSWALK: &str = "standards/iso-27001-2022/crosswalk.toml";

#[test]
fn annex_a_has_its_ninety_three_controls() {
    let corpus = testkit::corpus();
    let standard = &corpus.standards[SLUG];
    let mut expected = Vec::new();
    for (chapter, count) in [(5, 37), (6, 8), (7, 14), (8, 34)] {
        expected.extend((1..=count).map(|n| format!("A.{chapter}.{n}")));
    }
    let ids: Vec<&str> = standard.controls.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, expected);
    assert_eq!(ids.len(), 93);
    let titles: BTreeSet<&str> = standard.controls.iter().map(|c| c.title.as_str()).collect();
    assert_eq!(titles.len(), 93, "two controls have one title");
}

#[test]
fn every_row_of_the_baseline_is_on_the_crosswalk_and_none_is_said_to_be_settled() {
    let corpus = testkit::corpus();
    let standard = &corpus.standards[SLUG];
    let mapped: BTreeSet<&str> = standard
        .crosswalk
        .iter()
        .flat_map(|c| &c.rows)
        .map(String::as_str)
        .collect();
    let rows: BTreeSet<&str> = corpus.baseline.controls.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(mapped, rows);
    for crossing in &standard.crosswalk {
        assert_eq!(crossing.certainty, law::Certainty::Open, "{}", crossing.control);
    }
}

#[test]
fn identifiers_of_others_are_known_by_their_prefix() {
    let corpus = testkit::corpus();
    let standard = &corpus.standards[SLUG];
    let named = |id: &str| standard.named_by(id).map(|c| c.id.clone());
    let prefix = &standard.prefixes[0];
    assert_eq!(named(&format!("{prefix}a.8.15")).as_deref(), Some("A.8.15"));
    assert_eq!(named(&format!("{prefix}A.8.15")).as_deref(), Some("A.8.15"));
    assert_eq!(named(&format!("{prefix}a.9.99")), None);
    assert_eq!(named("a.8.15"), None);
}

#[test]
fn what_can_not_be_true_is_refused_where_it_stands() {
    for (file, from, to, says) in [
        (
            HEAD,
            "slug = \"iso-27001-2022\"",
            "slug = \"iso\"",
            "與所在資料夾",
        ),
        (HEAD, "\"urn:intuitem", "\"URN:intuitem", "含有大寫字母"),
        (HEAD, "key = \"people\"", "key = \"physical\"", "重複出現"),
        (HEAD, "publisher", "publishers", "格式不符：unknown field"),
        (
            CONTROLS,
            "id = \"A.5.2\"",
            "id = \"A.5.1\"",
            "控制措施 `A.5.1` 重複出現",
        ),
        (
            CONTROLS,
            "theme = \"physical\"",
            "theme = \"spiritual\"",
            "主題 `spiritual` 不存在",
        ),
        (CONTROLS, "title = \"日誌\"", "title = \" \"", "沒有名稱"),
        (
            CROSSWALK,
            "control = \"A.5.8\"",
            "control = \"A.9.8\"",
            "沒有控制措施 `A.9.8`",
        ),
        (CROSSWALK, "\"SA1-1\"", "\"SA9-9\"", "沒有 `SA9-9` 這一列"),
        (CROSSWALK, "rows = [\"SA1-1\"]", "rows = []", "沒有對照任何一列"),
        (
            CROSSWALK,
            "\"AC1-2\", \"AC1-3\"",
            "\"AC1-2\", \"AC1-2\"",
            "重複對照 `AC1-2`",
        ),
        (CROSSWALK, "\"equal\"", "\"same\"", "格式不符：unknown variant"),
    ] {
        let errors = changed(file, |t| t.replacen(from, to, 1));
        the_error(&errors, file, says);
    }
}

#[test]
fn a_folder_without_its_head_and_a_stray_file_are_refused() {
    let mut files = testkit::law_files(&testkit::root().join("law"));
    files.push(SourceFile::new("standards/other/controls.toml", "control = []\n"));
    let errors = Corpus::load(files.clone()).expect_err("no head");
    assert!(
        errors[0].message.contains("沒有可讀取的 standard.toml"),
        "{errors:?}"
    );
    files.pop();
    files.push(SourceFile::new("standards/iso-27001-2022/more.toml", ""));
    let errors = Corpus::load(files).expect_err("沒有放置此檔的位置");
    assert!(errors[0].message.contains("沒有放置此檔的位置"), "{errors:?}");
}
