//! What every extractor is given: paragraphs in their chapters.
//!
//! What: the paragraphs with their chapter, clause and line, and the passages that
//! quote the law's duty table. Why: a number means nothing without where it stands.
//! What it can't know: whether a quoted duty is also meant as a promise; it is not
//! counted as one.

use std::collections::HashMap;

use super::chapters::{self, Found};
use super::lines::{self, Paragraph, Source};
use super::markers::{self, Kind};
use super::model::{Item, Quoted};
use super::tables::Tables;
use crate::work::Work;

/// A plan divided into chapters and paragraphs.
pub(super) struct Plan<'a> {
    pub source: &'a Source,
    pub chapters: &'a [Found],
    pub paragraphs: Vec<Paragraph>,
    pub quoted: Vec<Quoted>,
    work: &'a Work,
}

/// One sentence in its place.
#[derive(Clone, Copy)]
pub(super) struct Sentence<'a> {
    pub paragraph: &'a Paragraph,
    /// Byte in the paragraph at which it begins.
    pub start: usize,
    pub text: &'a str,
    pub item: Option<Item>,
}

impl Sentence<'_> {
    pub(super) fn has(&self, words: &[&str]) -> bool {
        words.iter().any(|w| self.text.contains(w))
    }

    /// Whether the sentence or one of the items above it has a word.
    pub(super) fn about(&self, words: &[&str]) -> bool {
        self.has(words) || self.under(words)
    }

    /// Whether one of the items above has a word.
    pub(super) fn under(&self, words: &[&str]) -> bool {
        self.paragraph
            .above
            .iter()
            .any(|a| words.iter().any(|w| a.contains(w)))
    }
}

impl<'a> Plan<'a> {
    pub(super) fn new(source: &'a Source, chapters: &'a [Found], tables: &Tables, work: &'a Work) -> Self {
        let mut breaks: HashMap<usize, Option<usize>> = HashMap::new();
        for (from, to) in &tables.ranges {
            for index in *from..*to {
                breaks.insert(index, None);
            }
        }
        let first = chapters.first().map_or(0, |c| c.index);
        for (index, line) in source.lines.iter().enumerate().take(first) {
            if chapters::contents_line(&line.folded) {
                breaks.insert(index, None);
            }
        }
        for (number, chapter) in chapters.iter().enumerate() {
            breaks.insert(chapter.index, Some(number));
            for extra in &chapter.extra {
                breaks.insert(*extra, None);
            }
        }
        let mut paragraphs = lines::paragraphs(source, &breaks);
        let ranges = quoted_ranges(source, chapters, tables);
        for p in &mut paragraphs {
            let at = p.first_line();
            p.quoted = ranges.iter().any(|(from, to)| (*from..*to).contains(&at));
        }
        let number = |index: usize| source.lines.get(index).map_or(0, |l| l.number);
        let quoted = ranges
            .iter()
            .map(|(from, to)| Quoted {
                kind: "statutory_duties",
                line: number(*from),
                end_line: number(to.saturating_sub(1)),
                text: source.excerpt(*from, 0),
            })
            .collect();
        Self {
            source,
            chapters,
            paragraphs,
            quoted,
            work,
        }
    }

    /// The paragraphs, until nobody waits any more.
    pub(super) fn paragraphs(&self) -> impl Iterator<Item = &Paragraph> {
        self.paragraphs.iter().take_while(|_| !self.work.stopped())
    }

    pub(super) fn item(&self, p: &Paragraph) -> Option<Item> {
        self.chapters.get(p.chapter?)?.chapter.item
    }

    /// Where a paragraph is, as one says it.
    pub(super) fn clause(&self, p: &Paragraph) -> String {
        let Some(chapter) = p.chapter.and_then(|c| self.chapters.get(c)) else {
            return String::new();
        };
        let label = if chapter.chapter.label.is_empty() {
            &chapter.chapter.title
        } else {
            &chapter.chapter.label
        };
        if p.path.is_empty() {
            label.clone()
        } else if p.path.starts_with('第') {
            format!("{label}{}", p.path)
        } else {
            format!("{label}、{}", p.path)
        }
    }

    pub(super) fn line(&self, p: &Paragraph, byte: usize) -> u32 {
        self.source.lines.get(p.at(byte).0).map_or(0, |l| l.number)
    }

    pub(super) fn excerpt(&self, p: &Paragraph, byte: usize) -> String {
        let (line, column) = p.at(byte);
        self.source.excerpt(line, column)
    }

    /// All sentences of the plan's own words: no preamble, no quoted table.
    pub(super) fn own_sentences(&self) -> impl Iterator<Item = Sentence<'_>> {
        let sentences = self.sentences().into_iter();
        sentences.take_while(|_| !self.work.stopped())
    }

    fn sentences(&self) -> Vec<Sentence<'_>> {
        let mut out = Vec::new();
        for p in self
            .paragraphs()
            .filter(|p| !p.quoted && (p.chapter.is_some() || self.chapters.is_empty()))
        {
            let item = self.item(p);
            for (start, end) in p.sentences() {
                let mut text = p.slice(start, end);
                // From there on the words are the law's, wherever they stand.
                if let Some(at) = text.find("初次受核定").or_else(|| text.find("等級變更後")) {
                    text = text
                        .get(..at)
                        .and_then(|t| t.rsplit_once(','))
                        .map_or("", |(own, _)| own);
                }
                if text.is_empty() {
                    continue;
                }
                out.push(Sentence {
                    paragraph: p,
                    start,
                    text,
                    item,
                });
            }
        }
        out
    }
}

/// Words that the table of statutory duties has.
const SIGNS: [&str; 4] = ["初次受核定", "制度面向", "辦理內容", "認知與訓練"];

/// Line index ranges that quote the table of statutory duties (應辦事項).
fn quoted_ranges(source: &Source, chapters: &[Found], tables: &Tables) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    let mut index = chapters.first().map_or(0, |c| c.index);
    while index < source.lines.len() {
        if let Some(end) = quote_from(source, chapters, tables, index) {
            out.push((index, end));
            index = end;
        }
        index += 1;
    }
    out
}

fn quote_from(source: &Source, chapters: &[Found], tables: &Tables, index: usize) -> Option<usize> {
    let line = source.lines.get(index)?;
    let text = line.compact.as_str();
    let introduced = text.contains("應辦事項") && (text.contains("如下") || text.contains("下表"));
    let titled = {
        let plain: String = text.chars().filter(|c| !matches!(c, '\t' | '|' | ' ')).collect();
        plain.starts_with("制度面向")
            || plain.starts_with("面向辦理項目")
            || plain.starts_with("辦理項目辦理")
    };
    if !introduced && !titled {
        return None;
    }
    let limit = chapters
        .iter()
        .map(|c| c.index)
        .find(|i| *i > index)
        .unwrap_or(source.lines.len());
    let limit = tables
        .ranges
        .iter()
        .map(|(from, _)| *from)
        .filter(|f| *f > index)
        .fold(limit, usize::min);
    let quotes = titled
        || source
            .lines
            .iter()
            .take(limit.min(index + 60))
            .skip(index)
            .any(|l| SIGNS.iter().any(|s| l.compact.contains(s)));
    if !quotes {
        return None;
    }
    let ends = |i: usize| {
        let Some(l) = source.lines.get(i) else { return true };
        let text = l.compact.as_str();
        let own = [
            "本機關之核心業務",
            "本局之核心業務",
            "核心業務及重要性",
            "核心業務如下",
        ]
        .iter()
        .any(|w| text.contains(w))
            || text.starts_with("附件");
        let section = markers::marker(&l.folded).is_some_and(|m| {
            matches!(m.kind, Kind::Han | Kind::HanParen)
                && l.chars() <= 28
                && !["初次", "本辦法", "應於", "每"].iter().any(|w| text.contains(w))
                && !l.folded.contains('\t')
                && !text.ends_with('。')
        });
        own || section
    };
    Some((index + 1..limit).find(|i| ends(*i)).unwrap_or(limit))
}
