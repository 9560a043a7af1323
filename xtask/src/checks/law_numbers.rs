//! No legal number in code: articles and annexes are cited from `law/`, where they are dated.

use super::Problem;
use crate::source::{is_test_file, shipped};
use crate::tree::Tree;

/// Crates that read or write such numbers by trade: papers, numerals, tests.
const EXEMPT: &[&str] = &[
    "crates/period/",
    "crates/collectors/",
    "crates/testkit/",
    "xtask/",
];
const ALLOW: &str = "// tidy: allow(law-number):";

/// The check. A line after `// tidy: allow(law-number): why` may name one.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.ending(".rs") {
        if is_test_file(path) || EXEMPT.iter().any(|start| path.starts_with(start)) {
            continue;
        }
        let raw: Vec<&str> = text.split('\n').collect();
        for line in shipped(text) {
            let before = line
                .number
                .checked_sub(2)
                .and_then(|n| raw.get(n))
                .copied()
                .unwrap_or_default();
            let allowed = before
                .trim_start()
                .strip_prefix(ALLOW)
                .is_some_and(|reason| !reason.trim().is_empty());
            if let Some(found) = number(&line.code).filter(|_| !allowed) {
                let remedy = format!("cite it from law/ instead, or write `{ALLOW} why` above");
                problems.push(Problem::new(
                    path,
                    line.number,
                    format!("the legal number {found} in code"),
                    remedy,
                ));
            }
        }
    }
    problems
}

/// An article (第…條) or an annex (附表…) by its number.
fn number(line: &str) -> Option<String> {
    let article = line.match_indices('第').find_map(|(at, mark)| {
        let rest = line.get(at + mark.len()..)?;
        let digits: String = rest
            .chars()
            .take_while(|c| is_numeral(*c) || " -之".contains(*c))
            .collect();
        let ends = rest.get(digits.len()..)?.starts_with('條');
        (ends && digits.chars().any(is_numeral)).then(|| format!("第{digits}條"))
    });
    article.or_else(|| {
        line.match_indices("附表").find_map(|(at, mark)| {
            let rest = line.get(at + mark.len()..)?;
            let digits: String = rest.trim_start().chars().take_while(|c| is_numeral(*c)).collect();
            (!digits.is_empty()).then(|| format!("附表{digits}"))
        })
    })
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c) || "〇○零一二三四五六七八九十百千".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_and_annexes_are_found() {
        assert_eq!(number("x(\"依第 11 條\")").as_deref(), Some("第 11 條"));
        assert_eq!(number("第十一條之一").as_deref(), Some("第十一條"));
        assert_eq!(number("第4條之1").as_deref(), Some("第4條"));
        assert_eq!(number("附表五").as_deref(), Some("附表五"));
        assert_eq!(number("format!(\"第{n}條\")"), None);
        assert_eq!(number("第一項、附表所列"), None);
    }

    #[test]
    fn comments_tests_exempt_crates_and_reasons_are_let_pass() {
        let text = "//! 第3條\nlet a = \"第3條\";\n// tidy: allow(law-number): the form's own title\nlet b = \"附表十\";\n// tidy: allow(law-number):\nlet c = \"附表十\";\n";
        let tree = Tree::of(&[
            ("crates/views/src/a.rs", text),
            ("crates/period/src/a.rs", "let a = \"第3條\";"),
            ("crates/views/tests/a.rs", "let a = \"第3條\";"),
        ]);
        let found: Vec<_> = check(&tree).into_iter().map(|p| (p.path, p.line)).collect();
        let path = "crates/views/src/a.rs".to_owned();
        assert_eq!(found, [(path.clone(), 2), (path, 6)]);
    }
}
