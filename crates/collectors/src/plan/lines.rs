//! Lines, page furniture and paragraphs.
//!
//! What: folds full-width forms, finds running heads and page numbers, and joins
//! wrapped lines into paragraphs whose every character knows its line. Why: plans
//! come out of PDF and word processors with lines broken anywhere. What it can't
//! know: a paragraph's true end when neither punctuation nor layout shows it.

use std::collections::HashMap;

use super::markers::{self, Kind};
use super::numerals::Pattern;
use crate::text::Text;

/// One line, folded for reading.
pub(crate) struct Line {
    pub number: u32,
    /// As written.
    pub raw: String,
    /// Full-width forms folded, ends trimmed.
    pub folded: String,
    /// `folded` without blanks, save between Latin words.
    pub compact: String,
    /// Whether the line ended with a blank: some PDF exports mark a paragraph's end so.
    pub trailed: bool,
    /// Running heads and page numbers.
    pub furniture: bool,
}

impl Line {
    pub(crate) fn blank(&self) -> bool {
        self.compact.is_empty()
    }

    pub(crate) fn chars(&self) -> usize {
        self.compact.chars().count()
    }

    /// Whether the line has cells: tabs, pipes, or a run of blanks inside.
    pub(crate) fn celled(&self) -> bool {
        self.folded.contains('\t') || self.folded.contains('|') || self.folded.contains("  ")
    }
}

/// All lines of a plan with what their layout says.
pub(crate) struct Source {
    pub lines: Vec<Line>,
    /// Paragraph ends are marked by a trailing blank.
    pub trailing: bool,
    /// The width at which lines wrap, when they do.
    pub width: Option<usize>,
}

impl Source {
    pub(crate) fn new(text: &Text) -> Self {
        let mut lines: Vec<Line> = text
            .lines
            .iter()
            .map(|line| {
                let all = fold(&line.text);
                let folded = all.trim().to_owned();
                Line {
                    number: line.number,
                    compact: compact(&folded),
                    trailed: all.ends_with([' ', '\t']),
                    raw: line.text.clone(),
                    folded,
                    furniture: false,
                }
            })
            .collect();
        mark_furniture(&mut lines);
        let trailing = uses_trailing(&lines);
        if trailing {
            mark_footnotes(&mut lines);
        }
        let width = wrap_width(&lines);
        Self {
            lines,
            trailing,
            width,
        }
    }

    pub(crate) fn total(&self) -> u32 {
        u32::try_from(self.lines.len()).unwrap_or(u32::MAX)
    }

    /// The next line that holds text, after `index`.
    pub(crate) fn next_text(&self, index: usize) -> Option<usize> {
        (index + 1..self.lines.len()).find(|i| self.lines.get(*i).is_some_and(|l| !l.blank() && !l.furniture))
    }

    /// A byte range as written, not folded.
    pub(crate) fn written(&self, p: &Paragraph, start: usize, end: usize) -> String {
        let mut out = String::new();
        let mut current: (usize, Vec<char>) = (usize::MAX, Vec::new());
        for (offset, c) in p.slice(start, end).char_indices() {
            let (line, column) = p.at(start + offset);
            if line != current.0 {
                let raw = self
                    .lines
                    .get(line)
                    .map(|l| l.raw.chars().collect())
                    .unwrap_or_default();
                current = (line, raw);
            }
            out.push(if c == ' ' {
                c
            } else {
                current.1.get(column).copied().unwrap_or(c)
            });
        }
        out
    }

    /// The sentence around a byte, at most `limit` characters of it.
    pub(crate) fn sentence_around(&self, p: &Paragraph, byte: usize, limit: usize) -> String {
        let stops = ['。', ';', '!', '?'];
        let body = p.body.min(byte);
        let back: usize = p
            .slice(body, byte)
            .char_indices()
            .rev()
            .nth(limit)
            .map_or(body, |(at, _)| body + at);
        let start = p.slice(back, byte).rfind(stops).map_or(back, |at| {
            back + at + p.slice(back + at, byte).chars().next().map_or(0, char::len_utf8)
        });
        let end = p
            .slice(byte, p.text.len())
            .find(stops)
            .map_or(p.text.len(), |at| byte + at);
        // Only what is shown is looked up again: a paragraph may be very long.
        let back = p
            .slice(start, byte)
            .char_indices()
            .rev()
            .nth(limit / 2)
            .map_or(start, |(at, _)| start + at);
        let ahead = p
            .slice(byte, end)
            .char_indices()
            .nth(limit)
            .map_or(end, |(at, _)| byte + at);
        let column = p.slice(back, byte).chars().count();
        window(&self.written(p, back, ahead), column, limit)
    }

    /// At most sixty characters of a line as written, around a column.
    pub(crate) fn excerpt(&self, index: usize, column: usize) -> String {
        let raw = self.lines.get(index).map(|l| l.raw.as_str()).unwrap_or_default();
        let skipped = raw.chars().count() - raw.trim_start().chars().count();
        window(raw.trim(), column.saturating_sub(skipped), 60)
    }
}

/// At most `limit` characters of `text` around a column.
pub(crate) fn window(text: &str, column: usize, limit: usize) -> String {
    let count = text.chars().count();
    if count <= limit {
        return text.to_owned();
    }
    let start = column.saturating_sub(limit / 2).min(count - limit);
    text.chars()
        .skip(start)
        .take(limit)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Folds one character; always one for one, so columns stay.
fn fold_char(c: char) -> char {
    match c {
        '\u{FF10}'..='\u{FF19}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => {
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
        }
        '（' | '﹙' => '(',
        '）' | '﹚' => ')',
        '％' | '﹪' => '%',
        '．' | '․' => '.',
        '－' | '–' | '—' | '‐' | '‑' | '−' | '﹣' => '-',
        '＜' => '<',
        '＞' => '>',
        '≦' => '≤',
        '≧' => '≥',
        '｜' | '│' | '┃' | '∣' | '︱' => '|',
        '～' | '∼' => '~',
        '／' => '/',
        '＃' => '#',
        '＊' => '*',
        '：' | '﹕' => ':',
        '；' | '﹔' => ';',
        '，' | '﹐' => ',',
        '﹑' | '､' => '、',
        '。' | '｡' | '﹒' => '。',
        '\u{3000}' | '\u{A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}' => ' ',
        '⼀' => '一',
        '⼆' => '二',
        '⼋' => '八',
        '⼗' => '十',
        '⼈' => '人',
        '⼊' => '入',
        '⼒' => '力',
        '⼝' => '口',
        '⼤' => '大',
        '⼩' => '小',
        '⼦' => '子',
        '⼯' => '工',
        '⼼' => '心',
        '⼿' => '手',
        '⽀' => '支',
        '⽂' => '文',
        '⽅' => '方',
        '⽇' => '日',
        '⽉' => '月',
        '⽣' => '生',
        '⽤' => '用',
        '⽬' => '目',
        '⽴' => '立',
        '⽰' => '示',
        '⾃' => '自',
        '⾄' => '至',
        '⾏' => '行',
        '⾨' => '門',
        '⾮' => '非',
        '⾯' => '面',
        '⾼' => '高',
        c => c,
    }
}

/// Folds a text character by character.
pub(crate) fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// Removes blanks, keeping one between Latin words and every tab.
pub(crate) fn compact(folded: &str) -> String {
    let mut out = String::new();
    let mut gap = false;
    for c in folded.chars() {
        if c == '\t' {
            gap = false;
            out.push('\t');
        } else if c.is_whitespace() {
            gap = true;
        } else {
            if gap && joins_with_blank(out.chars().last(), c) {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        }
    }
    out
}

fn joins_with_blank(before: Option<char>, after: char) -> bool {
    before.is_some_and(|b| b.is_ascii_alphanumeric())
        && after.is_ascii_alphanumeric()
        && !(before.is_some_and(|b| b.is_ascii_digit()) && after.is_ascii_digit())
}

static PAGE: Pattern = Pattern::new(
    r"^(?:第?[0-9]{1,3}頁(?:[,/、]?共?[0-9]{1,3}頁)?|-[0-9]{1,3}-|[0-9]{1,3}/[0-9]{1,3}|(?:page|Page|PAGE) ?[0-9]{1,3}(?: ?(?:of|/) ?[0-9]{1,3})?|頁[次碼]:?[0-9]{1,3}(?:/[0-9]{1,3})?)$",
);

fn mark_furniture(lines: &mut [Line]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut numbers: Vec<u32> = Vec::new();
    for line in lines.iter() {
        if let Some(key) = head_key(line) {
            *seen.entry(key).or_default() += 1;
        }
        if let Some(n) = bare_number(line) {
            numbers.push(n);
        }
    }
    // A bare number is a page number when its neighbours are there too: 3, 4, 5.
    let pages: Vec<u32> = numbers
        .windows(2)
        .filter(|w| matches!(w, [a, b] if *b == a + 1))
        .flatten()
        .copied()
        .collect();
    for line in lines.iter_mut() {
        let repeated = head_key(line).is_some_and(|key| seen.get(&key).is_some_and(|count| *count >= 2));
        let page = pages.len() >= 4 && bare_number(line).is_some_and(|n| pages.contains(&n));
        let ruled = !line.blank()
            && line
                .compact
                .chars()
                .all(|c| matches!(c, '\u{2500}'..='\u{257F}' | '+' | '=' | '_' | '|' | '-'))
            && line
                .compact
                .contains(|c| matches!(c, '\u{2500}'..='\u{257F}' | '+' | '_'));
        line.furniture = repeated || page || ruled || PAGE.is_match(&line.compact);
    }
}

/// In such exports a wide blank line opens the footnotes, and a leading blank the next page.
fn mark_footnotes(lines: &mut [Line]) {
    let mut inside = 0_usize;
    for line in lines.iter_mut() {
        if line.blank() {
            if line.raw.chars().count() >= 20 {
                inside = 16;
            }
            continue;
        }
        if inside > 0 {
            let opens_page = line.raw.starts_with([' ', '\u{3000}']);
            inside = if opens_page { 0 } else { inside - 1 };
            line.furniture |= inside > 0;
        }
    }
}

fn bare_number(line: &Line) -> Option<u32> {
    let text = line.compact.as_str();
    (text.len() <= 3 && text.chars().all(|c| c.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// What a running head is recognised by: a short line naming a plan or a document's data.
fn head_key(line: &Line) -> Option<String> {
    const SIGNS: [&str; 8] = [
        "維護計畫",
        "管理計畫",
        "文件編號",
        "機密等級",
        "版次",
        "版本:",
        "密等",
        "文件名稱",
    ];
    let text = line.compact.as_str();
    let short = line.chars() <= 60 && line.chars() > 3;
    let prose = text.contains(['。', ',', ';', '\u{201C}', '「']);
    if !short || prose || !SIGNS.iter().any(|s| text.contains(s)) || markers::marker(&line.folded).is_some() {
        return None;
    }
    // Kept apart from wrapped prose: a head ends where a name ends.
    let key: String = text
        .chars()
        .filter(|c| !c.is_ascii_digit() && !c.is_whitespace())
        .collect();
    let key = key.trim_end_matches(['第', '頁', '-', '/', '共']).to_owned();
    (key.ends_with("計畫") || key.ends_with("計畫書") || !key.contains("維護計畫")).then_some(key)
}

fn uses_trailing(lines: &[Line]) -> bool {
    let (mut trailed, mut open, mut open_ended) = (0_usize, 0_usize, 0_usize);
    for line in lines.iter().filter(|l| !l.blank()) {
        if line.trailed {
            trailed += 1;
        } else {
            open += 1;
            if line.compact.ends_with('。') {
                open_ended += 1;
            }
        }
    }
    trailed >= 20 && open >= 20 && open_ended * 7 < open && trailed * 10 > open
}

fn wrap_width(lines: &[Line]) -> Option<usize> {
    let mut lengths: Vec<usize> = lines
        .iter()
        .filter(|l| !l.blank() && !l.celled())
        .map(Line::chars)
        .collect();
    lengths.sort_unstable();
    let width = *lengths.get(lengths.len() * 95 / 100)?;
    let near = lengths.iter().filter(|n| **n + 4 >= width).count();
    ((12..=60).contains(&width) && near * 6 >= lengths.len()).then_some(width)
}

/// A paragraph: joined lines, with where each character came from.
#[derive(Default, Clone)]
pub(crate) struct Paragraph {
    /// Folded and compact.
    pub text: String,
    /// For each character: its byte, the line's index and the column there.
    origin: Vec<(usize, usize, usize)>,
    /// The chapter it is in, as an index.
    pub chapter: Option<usize>,
    /// The section path as a reader would say it, without the chapter.
    pub path: String,
    /// Bytes of the item marker in front.
    pub body: usize,
    /// The texts of the items above it, nearest last.
    pub above: Vec<String>,
    /// Whether it is in a passage that quotes the law's duty table.
    pub quoted: bool,
}

impl Paragraph {
    /// Line index and column of a byte.
    pub(crate) fn at(&self, byte: usize) -> (usize, usize) {
        let after = self.origin.partition_point(|(b, _, _)| *b <= byte);
        self.origin
            .get(after.saturating_sub(1))
            .or_else(|| self.origin.first())
            .map_or((0, 0), |(_, line, column)| (*line, *column))
    }

    pub(crate) fn first_line(&self) -> usize {
        self.at(0).0
    }

    fn push_line(&mut self, index: usize, line: &Line) {
        let mut gap = false;
        let numbered = self.text.is_empty()
            && markers::marker(&line.folded).is_some_and(|m| m.kind == markers::Kind::Han);
        for (column, c) in line.raw.chars().map(fold_char).enumerate() {
            if c.is_whitespace() && c != '\t' {
                gap = true;
                continue;
            }
            // Emphasis marks of Markdown exports are not text.
            if c == '*' {
                continue;
            }
            let itemised = gap && numbered && markers::is_bare_han(&self.text);
            if itemised || gap && joins_with_blank(self.text.chars().last(), c) {
                self.origin.push((self.text.len(), index, column));
                self.text.push(' ');
            }
            gap = false;
            self.origin.push((self.text.len(), index, column));
            self.text.push(c);
        }
    }

    /// Byte ranges of the sentences after the marker.
    pub(crate) fn sentences(&self) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        let mut start = self.body;
        for (byte, c) in self.text.char_indices() {
            if byte >= start && matches!(c, '。' | ';' | '!' | '?') {
                out.push((start, byte));
                start = byte + c.len_utf8();
            }
        }
        if start < self.text.len() {
            out.push((start, self.text.len()));
        }
        out
    }

    /// The text of a byte range.
    pub(crate) fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }
}

/// Running heads and footnotes, each line by itself.
pub(crate) fn furniture(source: &Source) -> Vec<Paragraph> {
    let lines = source.lines.iter().enumerate();
    lines
        .filter(|(_, line)| line.furniture && !line.blank())
        .map(|(index, line)| {
            let mut paragraph = Paragraph::default();
            paragraph.push_line(index, line);
            paragraph
        })
        .collect()
}

/// Joins lines into paragraphs; `breaks` are line indexes that stand alone, with their chapter.
pub(crate) fn paragraphs(source: &Source, breaks: &HashMap<usize, Option<usize>>) -> Vec<Paragraph> {
    let mut out: Vec<Paragraph> = Vec::new();
    let mut current: Option<(Paragraph, usize)> = None;
    let mut chapter = None;
    let mut path = markers::Path::default();
    let mut close = |current: &mut Option<(Paragraph, usize)>, path: &mut markers::Path, chapter| {
        if let Some((mut p, _)) = current.take() {
            p.chapter = chapter;
            let marker = markers::marker(&p.text);
            p.body = marker.as_ref().map_or(0, |m| m.end);
            let own = marker.as_ref().is_some_and(|m| m.kind != Kind::Bullet);
            if let Some(m) = marker {
                let body: String = p.text.get(m.end..).unwrap_or_default().chars().take(60).collect();
                path.enter(m.kind, &m.label, &body);
            }
            p.path = path.text();
            p.above = path.above(own);
            out.push(p);
        }
    };
    for (index, line) in source.lines.iter().enumerate() {
        if line.blank() || line.furniture {
            continue;
        }
        if let Some(entered) = breaks.get(&index) {
            close(&mut current, &mut path, chapter);
            if entered.is_some() {
                chapter = *entered;
                path = markers::Path::default();
            }
            continue;
        }
        let joined = current.as_ref().is_some_and(|(_, last)| {
            source
                .lines
                .get(*last)
                .is_some_and(|before| continues(source, before, line))
        });
        if !joined {
            close(&mut current, &mut path, chapter);
        }
        let (mut paragraph, _) = current.take().unwrap_or_default();
        paragraph.push_line(index, line);
        current = Some((paragraph, index));
    }
    close(&mut current, &mut path, chapter);
    out
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || "〇零一二三四五六七八九十百".contains(c)
}

/// Whether `line` goes on with the paragraph that `before` is part of.
fn continues(source: &Source, before: &Line, line: &Line) -> bool {
    let marker = markers::marker(&line.folded);
    if before.celled() || line.celled() || marker.is_some() {
        return false;
    }
    if source.trailing {
        return !before.trailed;
    }
    if before.compact.ends_with(['。', ';', ':', '!', '?']) {
        return false;
    }
    let full = source.width.is_some_and(|width| before.chars() * 4 >= width * 3);
    if full {
        return true;
    }
    let heading = markers::marker(&before.folded).is_some_and(|m| {
        !matches!(m.kind, Kind::Bullet) && before.chars() <= 26 && !before.compact.contains([',', '。'])
    });
    // A hyphen or an opening mark at the end can't be an end.
    // 第10條 torn anywhere.
    let torn = before.compact.ends_with('第')
        || (before.compact.trim_end_matches(is_numeral).ends_with('第')
            && line.compact.starts_with(|c| c == '條' || is_numeral(c)));
    let open = torn
        || before
            .compact
            .ends_with(['-', '(', '「', '、', ',', '及', '與', '或', '之', '於', '每']);
    open || (!heading && before.chars() >= 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_columns() {
        let text = "１５分鐘（含）：Ａ";
        assert_eq!(fold(text), "15分鐘(含):A");
        assert_eq!(fold(text).chars().count(), text.chars().count());
        assert_eq!(compact("每 2 年 CNS 27001"), "每2年CNS 27001");
    }
}
