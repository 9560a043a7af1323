//! The reader's reference page lists exactly what the reader knows. `FAZUN_BLESS=1` writes it anew.

use collectors::plan::{OBJECTIVES, PARAMETERS};
use std::fmt::Write as _;

fn section(page: &str, name: &str, body: &str) -> String {
    let (begin, end) = (
        format!("<!-- {name}: begin -->\n"),
        format!("<!-- {name}: end -->"),
    );
    let (head, rest) = page.split_once(&begin).expect("the section begins");
    let (_, tail) = rest.split_once(&end).expect("the section ends");
    format!("{head}{begin}{body}{end}{tail}")
}

#[test]
fn the_reader_s_page_lists_every_key() {
    let path = testkit::root().join("docs/plan-reader.md");
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let corpus = crate::corpus();
    let mut parameters = "| 鍵 | 單位 | 意思 | 與法規比較 |\n| --- | --- | --- | --- |\n".to_owned();
    for p in PARAMETERS {
        let weighed = if corpus.parameters.contains_key(p.key) {
            "是"
        } else {
            "否"
        };
        let _ = writeln!(
            parameters,
            "| `{}` | {} | {} | {weighed} |",
            p.key, p.unit, p.label
        );
    }
    let mut objectives = "| 鍵 | 單位 | 意思 |\n| --- | --- | --- |\n".to_owned();
    for (key, unit, label) in OBJECTIVES {
        let _ = writeln!(objectives, "| `{key}` | {unit} | {label} |");
    }
    let wanted = section(
        &section(&page, "parameters", &parameters),
        "objectives",
        &objectives,
    );
    if std::env::var_os("FAZUN_BLESS").is_some() {
        std::fs::write(&path, wanted).expect("written");
    } else {
        assert!(
            page == wanted,
            "docs/plan-reader.md is not what the reader knows; FAZUN_BLESS=1 writes it anew"
        );
    }
}
