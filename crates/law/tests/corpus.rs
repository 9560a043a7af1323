//! The corpus of the repository, and what a corpus refuses.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

#[path = "corpus/baseline.rs"]
mod baseline;
#[path = "corpus/mistakes.rs"]
mod mistakes;
#[path = "corpus/standard.rs"]
mod standard;

use law::{Corpus, LawError, SourceFile};

#[test]
fn the_repository_s_law_loads() {
    let corpus = testkit::corpus();
    assert!(corpus.duties.len() > 40);
    assert_eq!(corpus.hash.len(), 64);
}

/// The corpus with one file changed.
fn changed(path: &str, change: impl Fn(&str) -> String) -> Vec<LawError> {
    let mut files = testkit::law_files(&testkit::root().join("law"));
    let file = files
        .iter_mut()
        .find(|f| f.path == path)
        .expect("the file is there");
    let text = change(&file.text);
    assert_ne!(text, file.text, "the change must change something");
    file.text = text;
    Corpus::load(files).expect_err("must be refused")
}

const REGULATION: &str = "national/classification-regulation/instrument.toml";
const DUTIES: &str = "national/classification-regulation/duties.toml";

/// The one error, with its file, a line and a remedy.
fn the_error(errors: &[LawError], file: &str, words: &str) {
    let found = errors.iter().find(|e| e.message.contains(words));
    let found = found.unwrap_or_else(|| panic!("no error speaks of `{words}`: {errors:#?}"));
    assert_eq!(found.file, file);
    assert!(found.line > 0, "{found}");
    assert!(!found.remedy.is_empty(), "{found}");
}

#[test]
fn an_unknown_key_is_refused() {
    let errors = changed(DUTIES, |t| t.replacen("aspect =", "aspekt =", 1));
    the_error(&errors, DUTIES, "格式不符：unknown field `aspekt`");
}

#[test]
fn two_versions_in_force_at_once_are_refused() {
    let errors = changed(REGULATION, |t| {
        t.replacen("until = 2026-01-07", "until = 2026-02-07", 1)
    });
    the_error(&errors, REGULATION, "兩個版本同時有效");
}

#[test]
fn a_gap_between_versions_is_refused() {
    let errors = changed(REGULATION, |t| {
        t.replacen("until = 2026-01-07", "until = 2025-12-07", 1)
    });
    the_error(&errors, REGULATION, "版本之間有空窗");
}

#[test]
fn a_citation_of_nothing_is_refused() {
    let errors = changed(DUTIES, |t| {
        t.replacen("annex-5.internal-audit", "annex-5.external-audit", 1)
    });
    the_error(&errors, DUTIES, "沒有這一條");
    let errors = changed(DUTIES, |t| t.replacen("cite = \"11/4\"", "cite = \"11/40\"", 1));
    the_error(&errors, DUTIES, "第 40 項");
    let errors = changed(DUTIES, |t| {
        t.replacen("cite = \"11/4\"", "cite = \"no-such-law@2021/1\"", 1)
    });
    the_error(&errors, DUTIES, "法規資料未收錄");
}

#[test]
fn an_impossible_day_is_refused() {
    let errors = changed(DUTIES, |t| {
        t.replacen("from = 2021-08-23", "from = 2021-02-30", 1)
    });
    assert!(
        errors.iter().all(|e| e.file == DUTIES && e.line > 0),
        "{errors:#?}"
    );
}

#[test]
fn an_entry_that_outlives_its_version_is_refused() {
    let errors = changed(DUTIES, |t| {
        t.replacen("until = 2026-01-07", "until = 2026-06-07", 1)
    });
    the_error(&errors, DUTIES, "超出所引版本");
}

#[test]
fn two_transitional_clauses_for_one_case_are_refused() {
    let errors = changed(DUTIES, |t| {
        let line = t
            .lines()
            .find(|l| l.contains("counted_from = 2021-08-23"))
            .expect("there is one");
        t.replacen(line, &format!("{line}\n{line}"), 1)
    });
    the_error(&errors, DUTIES, "過渡規定適用於同一情形");
}

#[test]
fn an_unknown_fact_is_refused() {
    let errors = changed(DUTIES, |t| {
        t.replacen(
            "responsibility_level = [\"C\"]",
            "responsibility_level = [\"F\"]",
            1,
        )
    });
    the_error(&errors, DUTIES, "不在事實詞彙表中");
}

#[test]
fn a_stray_file_is_refused() {
    let mut files = testkit::law_files(&testkit::root().join("law"));
    files.push(SourceFile::new("national/notes.toml", ""));
    let errors = Corpus::load(files).expect_err("must be refused");
    assert!(
        errors.iter().any(|e| e.message.contains("沒有放置此檔的位置")),
        "{errors:#?}"
    );
}

#[test]
fn the_order_of_files_does_not_matter() {
    let mut files = testkit::law_files(&testkit::root().join("law"));
    let one = Corpus::load(files.clone()).expect("loads");
    files.reverse();
    let other = Corpus::load(files).expect("loads");
    assert_eq!(one.hash, other.hash);
}

#[test]
fn every_article_with_a_source_has_a_gist() {
    let corpus = testkit::corpus();
    for instrument in corpus.instruments.values() {
        for version in instrument.versions.iter().filter(|v| v.modelled) {
            for article in version
                .articles
                .iter()
                .filter(|a| a.certainty != law::Certainty::Open)
            {
                assert!(
                    !article.gist.is_empty(),
                    "{}@{}/{}",
                    instrument.slug,
                    version.id,
                    article.id
                );
            }
        }
    }
}

#[test]
fn wordings_that_name_nothing_are_refused() {
    const FILE: &str = "plan/wordings.toml";
    for (added, words) in [
        (
            "[[wording]]\nduty = \"no.such\"\nsays = [\"甲\"]",
            "應辦事項 `no.such` 不存在",
        ),
        ("[[wording]]\nduty = \"risk.assess\"", "沒有寫 says 或 under"),
        (
            "[[wording]]\nduty = \"risk.assess\"\nsays = [\"甲|\"]",
            "空白的字詞",
        ),
        ("[[wording]]\nsays = [\"甲\"]", "沒有寫 duty 或 register"),
        (
            "[[wording]]\nduty = \"risk.assess\"\nregister = \"risk\"\nsays = [\"甲\"]",
            "同時寫了 duty 與 register",
        ),
        (
            "[[wording]]\nduty = \"risk.assess\"\nsays = [\"甲\"]\npromises = [{ parameter = \"no.such\", interval = true }]",
            "參數 `no.such` 不存在",
        ),
        (
            "[[wording]]\nduty = \"risk.assess\"\nsays = [\"甲\"]\npromises = [{ parameter = \"staff.dedicated\", interval = true }]",
            "須恰填一項",
        ),
        (
            "[[wording]]\nduty = \"risk.assess\"\nsays = [\"甲\"]\npromises = [{ parameter = \"staff.dedicated\", value = \"甲\" }]",
            "不合該參數的種類",
        ),
        (
            "[[wording]]\nduty = \"risk.assess\"\nsays = [\"甲\"]\npromises = [{ parameter = \"risk.interval\", interval = true, reading = \"no_such\" }]",
            "讀法 `no_such` 不存在",
        ),
        (
            "[[finding]]\nkey = \"a\"\nwhen = { says = [\"甲\"] }\nmessage = \"請改。\"\nduty = \"no.such\"",
            "所依的應辦事項 `no.such` 不存在",
        ),
        (
            "[[name]]\nreader = \"a\"\nparameter = \"no.such\"",
            "參數 `no.such` 不存在",
        ),
    ] {
        let errors = changed(FILE, |text| format!("{text}\n{added}\n"));
        the_error(&errors, FILE, words);
    }
}
