//! Rust source without its comments and its tests, line by line.
//!
//! Not a parser: it knows comments, string and character literals and braces, which is
//! enough to tell code from prose and what stands behind `#[cfg(test)]`.

/// One line of code that ships.
pub struct Line {
    /// From 1.
    pub number: usize,
    /// The line with comments blanked.
    pub code: String,
    /// The line with comments and the insides of literals blanked.
    pub bare: String,
}

/// Whether a file holds nothing that ships: tests, benches, examples, the test kit.
pub fn is_test_file(path: &str) -> bool {
    let folders = ["/tests/", "/benches/", "/examples/"];
    // The store's part of the test kit is in the store, which alone knows SQL; its feature is for tests.
    let kits = ["crates/testkit/", "crates/store/src/testing.rs"];
    folders.iter().any(|f| path.contains(f))
        || kits.iter().any(|kit| path.starts_with(kit))
        || path.ends_with("/tests.rs")
}

/// The lines of a file outside comments and `#[cfg(test)]` items.
pub fn shipped(text: &str) -> Vec<Line> {
    let (code, bare) = blanked(text);
    let tests = test_spans(&bare);
    let mut out = Vec::new();
    let mut offset = 0;
    for (index, (code, bare)) in code.split('\n').zip(bare.split('\n')).enumerate() {
        if !tests.iter().any(|(start, end)| (*start..*end).contains(&offset)) {
            out.push(Line {
                number: index + 1,
                code: code.to_owned(),
                bare: bare.to_owned(),
            });
        }
        offset += bare.chars().count() + 1;
    }
    out
}

/// The text with comments blanked, and with literals blanked too; same length in characters.
fn blanked(text: &str) -> (String, String) {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut code = String::with_capacity(text.len());
    let mut bare = String::with_capacity(text.len());
    let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
    let mut i = 0;
    while i < chars.len() {
        let (end, kind) = token(&chars, i);
        for j in i..end {
            let c = at(j);
            code.push(if kind == Token::Comment { blank(c) } else { c });
            bare.push(if kind == Token::Code { c } else { blank(c) });
        }
        i = end;
    }
    (code, bare)
}

#[derive(PartialEq, Clone, Copy)]
enum Token {
    Code,
    Comment,
    Literal,
}

/// Where the token that begins at `i` ends, and what it is.
fn token(chars: &[char], i: usize) -> (usize, Token) {
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    match (at(i), at(i + 1)) {
        ('/', '/') => (find(chars, i, |j| at(j) == '\n'), Token::Comment),
        ('/', '*') => {
            let (mut depth, mut j) = (0, i);
            while j < chars.len() {
                match (at(j), at(j + 1)) {
                    ('/', '*') => (depth, j) = (depth + 1, j + 2),
                    ('*', '/') => (depth, j) = (depth - 1, j + 2),
                    _ => j += 1,
                }
                if depth == 0 {
                    break;
                }
            }
            (j.min(chars.len()), Token::Comment)
        }
        ('"', _) => (quoted(chars, i, '"'), Token::Literal),
        ('r', '#' | '"') if i == 0 || !is_word(at(i - 1)) || at(i - 1) == 'b' => {
            let hashes = (i + 1..chars.len()).take_while(|j| at(*j) == '#').count();
            if at(i + 1 + hashes) != '"' {
                return (i + 1, Token::Code);
            }
            let closes = |j: usize| at(j) == '"' && (1..=hashes).all(|h| at(j + h) == '#');
            let end = find(chars, i + 2 + hashes, closes);
            ((end + 1 + hashes).min(chars.len()), Token::Literal)
        }
        // A character literal, not a lifetime.
        ('\'', '\\') => (quoted(chars, i, '\''), Token::Literal),
        ('\'', _) if at(i + 2) == '\'' => (i + 3, Token::Literal),
        _ => (i + 1, Token::Code),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn find(chars: &[char], from: usize, wanted: impl Fn(usize) -> bool) -> usize {
    (from..chars.len()).find(|j| wanted(*j)).unwrap_or(chars.len())
}

fn quoted(chars: &[char], from: usize, mark: char) -> usize {
    let mut j = from + 1;
    while let Some(c) = chars.get(j) {
        match *c {
            '\\' => j += 2,
            c if c == mark => return j + 1,
            _ => j += 1,
        }
    }
    chars.len()
}

/// Spans (in characters) of items behind `#[cfg(test)]`: to the closing brace or the semicolon.
fn test_spans(bare: &str) -> Vec<(usize, usize)> {
    const MARK: &str = "#[cfg(test)]";
    let mut spans = Vec::new();
    for (byte, _) in bare.match_indices(MARK) {
        let start = bare.get(..byte).unwrap_or_default().chars().count();
        let mut depth = 0_usize;
        let mut length = MARK.len();
        for c in bare.get(byte + MARK.len()..).unwrap_or_default().chars() {
            length += 1;
            match c {
                '{' => depth += 1,
                '}' if depth <= 1 => break,
                '}' => depth -= 1,
                ';' if depth == 0 => break,
                _ => {}
            }
        }
        let line_start = bare
            .get(..byte)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |n| n + 1);
        let indent = bare.get(line_start..byte).unwrap_or_default().chars().count();
        spans.push((start - indent, start + length));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str, pick: fn(&Line) -> &str) -> String {
        shipped(text)
            .iter()
            .map(|l| pick(l).trim_end())
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn blanks_comments_but_keeps_strings_in_code() {
        let text = "let a = \"// no\"; // yes\n/* x /* y */ z */ b('\"', 'x', r#\"q\"\"#);";
        assert_eq!(
            joined(text, |l| &l.code),
            "let a = \"// no\";\n                  b('\"', 'x', r#\"q\"\"#);"
        );
        let bare = joined(text, |l| &l.bare);
        assert!(
            !bare.contains("no") && !bare.contains('q') && bare.contains("b("),
            "{bare}"
        );
    }

    #[test]
    fn keeps_lifetimes_as_code() {
        let text = "fn f<'a>(x: &'a str) -> &'a str { x }";
        assert_eq!(joined(text, |l| &l.bare), text);
    }

    #[test]
    fn leaves_out_what_is_behind_cfg_test() {
        let text =
            "a();\n#[cfg(test)]\nmod tests {\n    fn f() { x.unwrap() }\n}\nb();\n#[cfg(test)]\nuse c;\nd();";
        let numbers: Vec<usize> = shipped(text).iter().map(|l| l.number).collect();
        assert_eq!(numbers, [1, 6, 9]);
    }

    #[test]
    fn knows_files_that_do_not_ship() {
        assert!(is_test_file("crates/a/tests/it/main.rs") && is_test_file("crates/testkit/src/lib.rs"));
        assert!(!is_test_file("crates/a/src/lib.rs"));
    }
}
