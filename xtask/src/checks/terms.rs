//! Chinese text is written as Taiwan's officers write it.
//!
//! A short list of sure cases: words of the other usage, and characters that exist only in
//! the simplified script. It can't judge style.

use super::Problem;
use crate::source::{is_test_file, shipped};
use crate::tree::Tree;

const WORDS: &[(&str, &str)] = &[
    ("用户", "使用者"),
    ("信息", "資訊"),
    ("默认", "預設"),
    ("默認", "預設"),
    ("网络", "網路"),
    ("網絡", "網路"),
    ("数据库", "資料庫"),
    ("數據庫", "資料庫"),
    ("软件", "軟體"),
    ("軟件", "軟體"),
    ("硬件", "硬體"),
    ("视频", "影片"),
    ("視頻", "影片"),
    ("质量", "品質"),
    ("文件夹", "資料夾"),
    ("文件夾", "資料夾"),
    ("服务器", "伺服器"),
    ("服務器", "伺服器"),
    ("屏幕", "螢幕"),
    ("打印", "列印"),
];
const SIMPLIFIED: &str =
    "资讯网络库软视频质认务规则应发报级统检测计单书页时间这们为请选择项说处关门员证号开启护责";

/// The check: law files, documents, templates, and what the code shows to officers.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.texts() {
        let ends = |ends: &[&str]| ends.iter().any(|end| path.ends_with(end));
        let prose = ends(&[".md", ".html", ".txt"]) || path.starts_with("law/");
        // The readers of papers must know what others write.
        let code = path.starts_with("crates/") && ends(&[".rs"]) && !path.starts_with("crates/collectors/");
        if prose && !path.starts_with("samples/") {
            for (index, line) in text.lines().enumerate() {
                problems.extend(judge(path, index + 1, line));
            }
        } else if code && !is_test_file(path) {
            for line in shipped(text) {
                problems.extend(judge(path, line.number, &line.code));
            }
        }
    }
    problems
}

fn judge(path: &str, number: usize, line: &str) -> Option<Problem> {
    if let Some((word, ours)) = WORDS.iter().find(|(word, _)| line.contains(word)) {
        return Some(Problem::new(
            path,
            number,
            format!("「{word}」"),
            format!("write 「{ours}」"),
        ));
    }
    let found = line.chars().find(|c| SIMPLIFIED.contains(*c))?;
    Some(Problem::new(
        path,
        number,
        format!("the simplified character 「{found}」"),
        "write it in full",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_usage_and_simplified_characters_are_found() {
        let tree = Tree::of(&[
            ("law/a.toml", "text = \"資訊安全\"\ntext = \"信息安全\"\n"),
            ("docs/a.md", "资安\n"),
            ("crates/views/src/a.rs", "// 软件\nlet a = \"軟件\";\n"),
            ("crates/collectors/src/a.rs", "let a = \"软件\";\n"),
        ]);
        let found: Vec<_> = check(&tree).into_iter().map(|p| (p.path, p.line)).collect();
        let at = |path: &str, line| (path.to_owned(), line);
        assert_eq!(
            found,
            [
                at("crates/views/src/a.rs", 2),
                at("docs/a.md", 1),
                at("law/a.toml", 2)
            ]
        );
    }
}
