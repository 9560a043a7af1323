//! Citations of legal instruments in a text of any kind.
//!
//! What: every name of an instrument with the articles after it, each with its line, its
//! sentence, and where its characters stand, so that it can be corrected. Why: papers of
//! every kind cite articles, and the numbers change. What it can't know: the law; whether
//! a number is right is judged elsewhere. A citation that speaks of the past (原第…條,
//! 修正前, a table of amendments) is marked, because it must stay as it is.

mod articles;
mod names;

pub(crate) use articles::{Article, annexes, articles};
pub(crate) use names::{Memory, Name, names, names_the_act};

use std::collections::{BTreeSet, HashMap};

use crate::plan::lines::{self, Paragraph, Source, window};
use crate::plan::numerals::{self, Pattern};
use crate::text::{Spot, Text, work_for};
use crate::work::{Halt, Work};

/// One citation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// As written; where other articles stand between name and article, a mark instead of them.
    pub text: String,
    /// Full name of the instrument; for a name that is not known to us, the name itself.
    pub instrument: String,
    /// `10`, `6-1` or `附表九`; none where only the instrument is named.
    pub article: Option<String>,
    /// The paragraph (項), where one is named.
    pub paragraph: Option<u32>,
    /// Whether a 項 or 款 follows the article.
    pub below: bool,
    /// Whether it is one of a range (第3條至第5條).
    pub ranged: bool,
    /// Whether it speaks of the past, and must stay.
    pub historic: bool,
    /// Line, from 1.
    pub line: u32,
    /// Character of the line, from 1.
    pub column: u32,
    /// The sentence around it, without the names and numbers of citations.
    pub context: String,
    /// What follows it, up to the next citation or the end of the sentence.
    pub tail: String,
    /// Citations under one name share this number.
    pub group: usize,
    /// What stands right before the name.
    pub lead: String,
    /// The name as written.
    pub name: String,
    /// Where the name's characters stand.
    pub name_spots: Vec<Spot>,
    /// The number as written, without 第 and 條.
    pub number: String,
    /// Where its characters stand; none where it is not written by itself.
    pub number_spots: Vec<Spot>,
}

/// Another number in the script of the one that is written: 10, １０ or 十.
pub fn renumbered(written: &str, number: u32) -> String {
    let digits = number.to_string();
    // Only small numbers are spelt.
    if number >= 100 || written.chars().any(|c| c.is_ascii_digit()) {
        digits
    } else if written.chars().any(|c| ('\u{FF10}'..='\u{FF19}').contains(&c)) {
        let wide = |c: char| char::from_u32(u32::from(c) - u32::from('0') + 0xFF10).unwrap_or(c);
        digits.chars().map(wide).collect()
    } else {
        numerals::spell(number)
    }
}

/// What was found in a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Citations {
    /// In the order of the text.
    pub list: Vec<Cited>,
    /// Lines of paragraphs that name more instruments than are looked at.
    pub crowded: Vec<u32>,
}

/// The most citations that are looked at in one paragraph.
const MOST_CITATIONS: usize = 500;

/// Finds the citations of a text.
pub fn citations(text: &Text) -> Citations {
    find(text, &work_for(&[]))
}

/// As [`citations`], within a budget that the caller may stop.
///
/// # Errors
/// Where it was stopped.
pub fn citations_within(text: &Text, work: &Work) -> Result<Citations, Halt> {
    let found = find(text, work);
    work.go_on()?;
    Ok(found)
}

fn find(text: &Text, work: &Work) -> Citations {
    let source = Source::new(text);
    let mut paragraphs = lines::paragraphs(&source, &HashMap::new());
    // Running heads and footnotes stand apart, but they cite too.
    paragraphs.extend(lines::furniture(&source));
    paragraphs.sort_by_key(Paragraph::first_line);
    let amendments = amendment_tables(&source);
    let speaks = text.lines.iter().any(|l| names_the_act(&l.text))
        || paragraphs.iter().any(|p| names_the_act(&p.text));
    let mut memory = Memory::of_text(speaks);
    let mut out = Citations::default();
    let mut group = 0;
    for p in paragraphs.iter().take_while(|_| !work.stopped()) {
        let (names, crowded) = names(&p.text, p.body, false, &mut memory);
        if crowded {
            out.crowded.push(line(&source, p, 0));
        }
        let mut found: Vec<(usize, String, Option<Article>)> = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let limit = names.get(at + 1).map_or(p.text.len(), |n| n.start);
            let articles = articles(&p.text, name, limit);
            if articles.is_empty() && name.alone {
                found.push((at, name.instrument.clone(), None));
            }
            found.extend(
                articles
                    .into_iter()
                    .map(|a| (at, name.instrument.clone(), Some(a))),
            );
        }
        for annex in annexes(&p.text, &names) {
            found.push((annex.name, annex.instrument, Some(annex.article)));
        }
        if found.len() > MOST_CITATIONS {
            found.truncate(MOST_CITATIONS);
            out.crowded.push(line(&source, p, 0));
        }
        let past = amendments.contains(&p.first_line());
        let mut spans: Vec<(usize, usize)> = names.iter().map(|n| (n.start, n.end)).collect();
        spans.extend(
            found
                .iter()
                .filter_map(|(_, _, a)| a.as_ref().map(|a| (a.start, a.end))),
        );
        spans.sort_unstable();
        let here = Place {
            source: &source,
            p,
            past,
            spans,
        };
        let mut starts: Vec<usize> = found
            .iter()
            .filter_map(|(at, _, article)| {
                let name = names.get(*at)?;
                Some(article.as_ref().map_or(name.start, |a| {
                    if a.start <= name.end { name.start } else { a.start }
                }))
            })
            .collect();
        starts.sort_unstable();
        for (at, instrument, article) in found {
            if let Some(name) = names.get(at) {
                out.list
                    .push(here.cited(name, instrument, article, group + at, &starts));
            }
        }
        group += names.len();
    }
    out.list.sort_by_key(|c| (c.line, c.column));
    out
}

fn line(source: &Source, p: &Paragraph, byte: usize) -> u32 {
    source.lines.get(p.at(byte).0).map_or(1, |l| l.number)
}

struct Place<'p> {
    source: &'p Source,
    p: &'p Paragraph,
    /// Whether it is a row of a table of amendments.
    past: bool,
    /// Names and articles, in their order.
    spans: Vec<(usize, usize)>,
}

/// How many characters of a sentence are looked at on either side of a citation.
const AROUND: usize = 100;

impl Place<'_> {
    /// The sentence around a byte, without names and numbers: what it is about.
    fn matter(&self, byte: usize) -> String {
        let stops = ['。', ';', '!', '?'];
        let mut before: Vec<char> = Vec::new();
        let mut at = byte;
        let mut covers = self.spans.partition_point(|(start, _)| *start < byte);
        while before.len() < AROUND {
            while let Some((start, end)) = covers.checked_sub(1).and_then(|i| self.spans.get(i)) {
                if *end < at {
                    break;
                }
                at = at.min(*start);
                covers -= 1;
            }
            let Some(c) = self.p.slice(0, at).chars().next_back() else {
                break;
            };
            if stops.contains(&c) {
                break;
            }
            at -= c.len_utf8();
            before.push(c);
        }
        let mut after = String::new();
        let mut taken = 0;
        let mut at = byte;
        let mut covers = self.spans.partition_point(|(start, _)| *start < byte);
        while taken < AROUND {
            while let Some((start, end)) = self.spans.get(covers) {
                if *start > at {
                    break;
                }
                at = at.max(*end);
                covers += 1;
            }
            let Some(c) = self.p.slice(at, self.p.text.len()).chars().next() else {
                break;
            };
            if stops.contains(&c) {
                break;
            }
            at += c.len_utf8();
            after.push(c);
            taken += 1;
        }
        before.iter().rev().collect::<String>() + "／" + &after
    }

    fn lead(&self, start: usize) -> String {
        let before = self.p.slice(0, start);
        let from = before.char_indices().rev().nth(29).map_or(0, |(at, _)| at);
        self.p.slice(from, start).to_owned()
    }

    fn spots(&self, start: usize, end: usize) -> Vec<Spot> {
        let mut out: Vec<Spot> = Vec::new();
        for (offset, c) in self.p.slice(start, end).char_indices() {
            if c == ' ' {
                continue;
            }
            let (index, column) = self.p.at(start + offset);
            let Some(l) = self.source.lines.get(index) else {
                continue;
            };
            let column = u32::try_from(column).unwrap_or(u32::MAX);
            out.push(Spot {
                line: l.number,
                column,
            });
        }
        out.dedup();
        out
    }

    fn cited(
        &self,
        name: &Name,
        instrument: String,
        article: Option<Article>,
        group: usize,
        starts: &[usize],
    ) -> Cited {
        let written = |start, end| self.source.written(self.p, start, end);
        let (start, end) = article
            .as_ref()
            .map_or((name.start, name.end), |a| (a.start.max(name.end), a.end));
        let text = match &article {
            None => written(name.start, name.end),
            Some(a) if a.id.starts_with("附表") => written(a.start, a.end),
            Some(a) if a.start <= name.end + '」'.len_utf8() => written(name.start, a.end),
            Some(a) => format!("{}…{}", written(name.start, name.end), written(a.start, a.end)),
        };
        let next = starts
            .get(starts.partition_point(|s| *s < end))
            .copied()
            .unwrap_or(self.p.text.len());
        let tail: String = self.p.slice(end, next.max(end)).chars().take(60).collect();
        let tail = tail.split(['。', ';', '!', '?']).next().unwrap_or_default();
        let number = article.as_ref().and_then(|a| a.number);
        let place = number.map_or(start.min(end), |(from, _)| from);
        let place = if article.is_none() { name.start } else { place };
        let (_, column) = self.p.at(place);
        Cited {
            text: window(&text, 0, 60),
            instrument,
            paragraph: article.as_ref().and_then(|a| a.paragraph),
            below: article.as_ref().is_some_and(|a| a.below),
            ranged: article.as_ref().is_some_and(|a| a.ranged),
            historic: self.past || historic(self.p, name.start, end),
            line: line(self.source, self.p, place),
            column: u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1),
            context: self.matter(start.min(end)),
            tail: tail.to_owned(),
            group,
            lead: self.lead(name.start),
            name: self.p.slice(name.start, name.end).to_owned(),
            name_spots: self.spots(name.start, name.end),
            number: number.map_or_else(String::new, |(from, to)| written(from, to)),
            number_spots: number.map_or_else(Vec::new, |(from, to)| self.spots(from, to)),
            article: article.map(|a| a.id),
        }
    }
}

/// Words of a sentence that speaks of what was.
const PAST: [&str; 21] = [
    "修正前",
    "舊法",
    "舊版條文",
    "舊條文",
    "舊條號",
    "舊稱",
    "原條文",
    "原條號",
    "原名稱",
    "原名為",
    "原稱",
    "移列",
    "條次變更",
    "改列",
    "遞移",
    "制定公布",
    "修正施行前",
    "當時之規定",
    "當時施行",
    "廢止前",
    "沿革",
];
/// What stands right before a citation of what was.
const WAS: [&str; 8] = ["原", "舊", "原為", "原依", "原引", "原列", "前依", "修正前之"];
static DATED: Pattern = Pattern::new(r"NUM年[^。;]{0,20}(?:公布|發布|訂定|制定|施行)(?:之|的|版)?[「『(]?$");

/// Whether a citation speaks of the past.
fn historic(p: &Paragraph, start: usize, end: usize) -> bool {
    let stops = ['。', ';', '!', '?'];
    let far = |byte: usize, chars: usize| {
        let lead = p.slice(0, byte);
        lead.char_indices().rev().nth(chars).map_or(0, |(at, _)| at)
    };
    let lead = p.slice(far(start, 60), start);
    let lead = lead.rsplit(stops).next().unwrap_or(lead);
    let tail: String = p.slice(end, p.text.len()).chars().take(60).collect();
    let tail = tail.split(stops).next().unwrap_or_default();
    let own = p.slice(start, end);
    let near = lead.trim_end_matches(['「', '『', '(', ':', ' ']);
    PAST.iter()
        .any(|w| lead.contains(w) || tail.contains(w) || own.contains(w))
        || WAS.iter().any(|w| near.ends_with(w))
        || DATED.is_match(lead)
}

/// Line indexes that are rows of a table of amendments, or of a document's history.
fn amendment_tables(source: &Source) -> BTreeSet<usize> {
    const HEADS: [&str; 14] = [
        "修正對照",
        "條文對照",
        "條號對照",
        "新舊對照",
        "修正條文",
        "修正前",
        "現行條文",
        "修訂紀錄",
        "修正紀錄",
        "版本紀錄",
        "修訂歷程",
        "修正歷程",
        "異動紀錄",
        "修訂沿革",
    ];
    let mut out = BTreeSet::new();
    // Lines that may still come between the heading and the first row.
    let mut open = 0_u32;
    for (index, line) in source.lines.iter().enumerate() {
        if line.blank() {
            continue;
        }
        let head = line.chars() <= 60 && HEADS.iter().any(|h| line.compact.contains(h));
        if head {
            open = 2;
        } else if open > 0 && line.celled() {
            out.insert(index);
            open = 1;
        } else {
            open = open.saturating_sub(1);
        }
        if head && line.celled() {
            out.insert(index);
        }
    }
    out
}
