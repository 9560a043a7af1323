//! Which row of a sheet holds the headings, and which column is what.
//!
//! What: the row, or the two rows, of the first ones that name the most of the wanted columns.
//! Why not simply the first: officers put a title, a date and a remark above their tables, and
//! group columns under a heading of two rows. Labels are compared without what typing adds.
//! What it can't know: whether two columns that are called the same mean the same.

use std::collections::{BTreeMap, BTreeSet};

pub use super::model::HEAD_ROWS;
use super::model::{Cell, SheetRow};

/// A column that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'a> {
    /// Its key, which is also a label.
    pub key: &'a str,
    /// Its label.
    pub label: &'a str,
    /// What else it is called.
    pub synonyms: &'a [&'a str],
}

/// The headings that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Number of the first and of the last row of the headings.
    pub rows: (u32, u32),
    /// Of each column the key of what it is, where that is known.
    pub columns: Vec<Option<String>>,
    /// Of each column its label as written; of two rows, `parent／child`.
    pub labels: Vec<String>,
    /// Columns with a label that names nothing wanted.
    pub unmapped: Vec<(usize, String)>,
    /// Columns that name what an earlier column is already.
    pub duplicate: Vec<(usize, String)>,
    /// What an officer should know, in their words.
    pub notices: Vec<String>,
}

/// Finds the headings among the first rows of a sheet.
///
/// `saved` says of labels as written which key they are; an empty key passes the column over.
/// None where fewer than two of the wanted columns are named (one, where only one is wanted or
/// the sheet has only one column): then the file is of something else.
pub fn find_header(
    first_rows: &[SheetRow],
    known: &[Known<'_>],
    saved: &BTreeMap<String, String>,
) -> Option<Header> {
    let names = Names::new(known, saved);
    let rows = first_rows.get(..first_rows.len().min(HEAD_ROWS))?;
    let single = rows
        .iter()
        .all(|row| labels_of(row).iter().filter(|l| !l.is_empty()).count() <= 1);
    let needed = if known.len() == 1 || single { 1 } else { 2 };
    let mut best: Option<(usize, usize, Vec<Label>)> = None;
    for (index, row) in rows.iter().enumerate() {
        let one: Vec<Label> = labels_of(row).into_iter().map(Label::of).collect();
        let mut tries = vec![one];
        if let Some(below) = rows
            .get(index + 1)
            .filter(|below| below.number == row.number.saturating_add(1))
        {
            tries.push(joined(row, below));
        }
        for labels in tries {
            let matched = names.matched(&labels);
            if matched >= needed && best.as_ref().is_none_or(|(most, ..)| matched > *most) {
                best = Some((matched, index, labels));
            }
        }
    }
    let (_, index, labels) = best?;
    let first = rows.get(index)?.number;
    let two = labels.iter().any(|label| label.two);
    let last = if two { first.saturating_add(1) } else { first };
    Some(names.header(&labels, (first, last), index))
}

/// A label as written, and the ways in which it may be meant.
struct Label {
    written: String,
    meant: Vec<String>,
    two: bool,
}

impl Label {
    fn of(written: String) -> Self {
        Self {
            meant: vec![written.clone()],
            written,
            two: false,
        }
    }
}

fn labels_of(row: &SheetRow) -> Vec<String> {
    row.cells
        .iter()
        .map(|cell| match cell {
            Cell::Text(text) => text.trim().to_owned(),
            Cell::Number(number) => number.clone(),
            _ => String::new(),
        })
        .collect()
}

/// Two rows as one: the parent, carried right over the cells it was merged with, and the child.
fn joined(above: &SheetRow, below: &SheetRow) -> Vec<Label> {
    let (parents, children) = (labels_of(above), labels_of(below));
    let mut carried = String::new();
    (0..parents.len().max(children.len()))
        .map(|column| {
            let own = parents.get(column).cloned().unwrap_or_default();
            let child = children.get(column).cloned().unwrap_or_default();
            if !own.is_empty() {
                carried.clone_from(&own);
            }
            // A merge of both rows leaves the child empty: then only its own parent counts.
            let parent = if child.is_empty() { own } else { carried.clone() };
            let (written, meant) = match (parent.is_empty(), child.is_empty() || child == parent) {
                (_, true) => (parent.clone(), vec![parent]),
                (true, false) => (child.clone(), vec![child]),
                (false, false) => (
                    format!("{parent}／{child}"),
                    vec![format!("{parent}{child}"), child],
                ),
            };
            Label {
                written,
                meant,
                two: true,
            }
        })
        .collect()
}

/// All names by which columns are known.
struct Names<'a> {
    /// As written, then folded; an empty key passes the column over.
    saved: &'a BTreeMap<String, String>,
    saved_folded: BTreeMap<String, &'a str>,
    folded: BTreeMap<String, &'a str>,
    /// Without anything in brackets, where that is still one name only.
    bare: BTreeMap<String, Option<&'a str>>,
    titles: BTreeMap<&'a str, &'a str>,
}

impl<'a> Names<'a> {
    fn new(known: &[Known<'a>], saved: &'a BTreeMap<String, String>) -> Self {
        let mut folded = BTreeMap::new();
        let mut bare: BTreeMap<String, Option<&str>> = BTreeMap::new();
        // A label of one column goes before a synonym of another.
        for column in known {
            for name in [column.label, column.key] {
                folded.entry(fold(name)).or_insert(column.key);
            }
        }
        for column in known {
            for name in column.synonyms {
                folded.entry(fold(name)).or_insert(column.key);
            }
            for name in [column.label].iter().chain(column.synonyms) {
                bare.entry(fold(&without_brackets(name)))
                    .and_modify(|key| *key = key.filter(|key| *key == column.key))
                    .or_insert(Some(column.key));
            }
        }
        folded.remove("");
        bare.remove("");
        let is_known = |key: &str| key.is_empty() || known.iter().any(|k| k.key == key);
        Self {
            saved,
            saved_folded: saved
                .iter()
                .filter(|(_, key)| is_known(key))
                .map(|(label, key)| (fold(label), key.as_str()))
                .collect(),
            folded,
            bare,
            titles: known.iter().map(|k| (k.key, k.label)).collect(),
        }
    }

    /// The key a label stands for; an empty one where the column is to be passed over.
    fn key(&self, label: &Label) -> Option<&'a str> {
        if label.written.is_empty() {
            return None;
        }
        if let Some(key) = self.saved.get(&label.written)
            && (key.is_empty() || self.titles.contains_key(key.as_str()))
        {
            return Some(key);
        }
        if let Some(key) = self.saved_folded.get(&fold(&label.written)) {
            return Some(key);
        }
        let meant = label.meant.iter().filter(|name| !name.is_empty());
        meant
            .clone()
            .find_map(|name| self.folded.get(&fold(name)).copied())
            .or_else(|| {
                meant
                    .clone()
                    .find_map(|name| self.bare.get(&fold(&without_brackets(name))).copied().flatten())
            })
    }

    fn matched(&self, labels: &[Label]) -> usize {
        let keys: BTreeSet<&str> = labels.iter().filter_map(|label| self.key(label)).collect();
        keys.iter().filter(|key| !key.is_empty()).count()
    }

    fn header(&self, labels: &[Label], rows: (u32, u32), above: usize) -> Header {
        let mut header = Header {
            rows,
            columns: Vec::new(),
            labels: labels.iter().map(|label| label.written.clone()).collect(),
            unmapped: Vec::new(),
            duplicate: Vec::new(),
            notices: Vec::new(),
        };
        let mut taken = BTreeSet::new();
        for (column, label) in labels.iter().enumerate() {
            let key = self.key(label);
            header.columns.push(match key {
                Some("") => None,
                Some(key) if taken.insert(key) => Some(key.to_owned()),
                Some(key) => {
                    header.duplicate.push((column, label.written.clone()));
                    let title = self.titles.get(key).copied().unwrap_or(key);
                    header.notices.push(format!(
                        "第 {} 欄「{}」與前面的欄位同為「{title}」，不予讀取",
                        column + 1,
                        label.written
                    ));
                    None
                }
                None => {
                    if !label.written.is_empty() {
                        header.unmapped.push((column, label.written.clone()));
                    }
                    None
                }
            });
        }
        if above > 0 {
            header
                .notices
                .push(format!("標題列在第 {} 列，其上的說明文字不讀取", rows.0));
        }
        if rows.0 != rows.1 {
            header
                .notices
                .push(format!("第 {}、{} 列合為標題", rows.0, rows.1));
        }
        header
    }
}

/// A label without what typing adds to it, for comparing.
///
/// Full width becomes half width; blanks, punctuation, stars, brackets, and what brackets say of
/// filling in (（必填）) are left out; upper case becomes lower; 台 becomes 臺, and the radicals
/// that some input methods give become the characters they look like.
pub fn fold(label: &str) -> String {
    let mut text: String = label.chars().map(plain).collect();
    while let Some((from, to)) = brackets(&text, |inner| {
        let inner: String = inner.chars().filter(|c| !c.is_whitespace()).collect();
        HINTS.contains(&inner.trim_matches('*').to_lowercase().as_str())
    }) {
        text.replace_range(from..to, "");
    }
    text.chars()
        .filter(|c| !c.is_whitespace() && !DROPPED.contains(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// What brackets in a label say of filling in, not of the column.
const HINTS: &[&str] = &[
    "必填",
    "選填",
    "必要",
    "必須",
    "非必填",
    "必填欄位",
    "可空白",
    "可留空",
    "單選",
    "複選",
    "下拉",
    "下拉選單",
    "required",
    "optional",
    "",
];
/// What doesn't tell labels apart; full width forms are half width by then.
const DROPPED: &str =
    "*※★☆:;,.、。·•_-–—/\\|\"'#()[]{}<>「」『』【】〔〕〈〉《》\u{200B}\u{200C}\u{200D}\u{FEFF}";
const BRACKETS: &[(char, char)] = &[
    ('(', ')'),
    ('[', ']'),
    ('【', '】'),
    ('〔', '〕'),
    ('{', '}'),
    ('<', '>'),
];
/// The characters of U+2F00 to U+2FD5, in their order.
const RADICALS: &str = "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠";

fn plain(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '台' => '臺',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{2F00}'..='\u{2FD5}' => usize::try_from(u32::from(c) - 0x2F00)
            .ok()
            .and_then(|at| RADICALS.chars().nth(at))
            .unwrap_or(c),
        _ => c,
    }
}

/// Where the first pair of brackets stands whose inside is as asked.
fn brackets(text: &str, asked: impl Fn(&str) -> bool) -> Option<(usize, usize)> {
    text.char_indices().find_map(|(from, c)| {
        let (_, close) = BRACKETS.iter().find(|(open, _)| *open == c)?;
        let inside = text.get(from + c.len_utf8()..)?;
        let length = inside.find(*close)?;
        asked(inside.get(..length)?).then_some((from, from + c.len_utf8() + length + close.len_utf8()))
    })
}

fn without_brackets(label: &str) -> String {
    let mut text: String = label.chars().map(plain).collect();
    while let Some((from, to)) = brackets(&text, |_| true) {
        text.replace_range(from..to, "");
    }
    text
}
