//! The articles after a name: 第10條、第11條及第12條, 第3條至第5條, 第14、15及16條, 附表十.
//!
//! What: each article with where its number stands, so that it can be corrected. Why:
//! one name may carry many. What it can't know: whether they exist.

use super::names::{ACT, LEVELS, MOST, Name, RULES};
use crate::plan::numerals::{self, Pattern};

static ARTICLE: Pattern = Pattern::new(
    r"^(?:之規定|規定|所定|之)?[,、及與暨或]?(?:§|第)(NUM)(?:-([0-9]{1,2}))?條?(?:之([0-9]{1,2}|[一二三四五六七八九十]{1,2}))?",
);
static RANGE: Pattern = Pattern::new(r"^(?:至|到|~|-)第?(NUM)條");
/// 第14、15及16條 and 第14至16條: one 條 for all of them.
static SEVERAL: Pattern =
    Pattern::new(r"^(?:之規定|規定|所定|之)?[,、及與暨或]?第(NUM)((?:[、,及與和或至到~-]第?NUM)+)條");
static FURTHER: Pattern = Pattern::new(r"([、,及與和或至到~-])第?(NUM)");
static PARAGRAPH: Pattern = Pattern::new(r"^第(NUM)項");
static SUBPARAGRAPH: Pattern = Pattern::new(r"^第(NUM)款(?:第(NUM)目)?");
static ANNEX: Pattern = Pattern::new(r"附表(NUM)");
/// 第1項、第2項: more of the same article.
static MORE: Pattern = Pattern::new(r"^(?:[、,及與和或至到](?:第NUM(?:項|款|目))+)+");

/// An article, or an annex, that is cited.
pub(crate) struct Article {
    /// Where its words begin and end.
    pub start: usize,
    pub end: usize,
    /// `10`, `6-1` or `附表九`.
    pub id: String,
    pub paragraph: Option<u32>,
    /// Whether a 項 or 款 follows.
    pub below: bool,
    /// Where its number stands, if it is written.
    pub number: Option<(usize, usize)>,
    /// Whether it is one of a range.
    pub ranged: bool,
}

/// An annex with the instrument that has it.
pub(crate) struct Annex {
    pub article: Article,
    pub instrument: String,
    /// Which of the names it belongs to.
    pub name: usize,
}

type Numbers = Vec<(u32, Option<(usize, usize)>, bool)>;

/// Several articles that share one 條, with where the list ends.
fn several(rest: &str) -> Option<(usize, Numbers)> {
    let whole = SEVERAL.captures(rest)?;
    let first = whole.get(1)?;
    let list = whole.get(2)?;
    let mut out: Numbers = vec![(
        whole_number(first.as_str())?,
        Some((first.start(), first.end())),
        false,
    )];
    for further in FURTHER.all(list.as_str()) {
        let m = further.get(2)?;
        let n = whole_number(m.as_str())?;
        let place = Some((list.start() + m.start(), list.start() + m.end()));
        let before = out.last().map_or(n, |(n, _, _)| *n);
        let ranged = matches!(further.get(1)?.as_str(), "至" | "到" | "~" | "-");
        if ranged {
            if let Some(from) = out.last_mut() {
                from.2 = true;
            }
            out.extend((before + 1..n.min(before.saturating_add(20))).map(|n| (n, None, true)));
        }
        out.push((n, place, ranged));
    }
    Some((whole.get(0)?.end(), out))
}

/// The articles after a name, up to `limit`.
pub(crate) fn articles(text: &str, name: &Name, limit: usize) -> Vec<Article> {
    let text = text.get(..limit).unwrap_or_default();
    let mut at = name.end + aside(text.get(name.end..).unwrap_or_default());
    let mut out: Vec<Article> = Vec::new();
    while out.len() < 40 {
        let rest = text.get(at..).unwrap_or_default();
        let Some(c) = ARTICLE.captures(rest) else { break };
        let Some(whole) = c.get(0) else { break };
        // Without § the word 條 must be there: 第三級 is no article.
        if !whole.as_str().contains('條') && !whole.as_str().contains('§') {
            let Some((end, numbers)) = several(rest) else {
                break;
            };
            let start = at;
            at += end;
            out.extend(numbers.into_iter().map(|(n, place, ranged)| Article {
                start,
                end: at,
                id: n.to_string(),
                paragraph: None,
                below: false,
                number: place.map(|(from, to)| (start + from, start + to)),
                ranged,
            }));
            continue;
        }
        let Some((m, number)) = c.get(1).and_then(|m| Some((m, whole_number(m.as_str())?))) else {
            break;
        };
        let branch = c
            .get(2)
            .or_else(|| c.get(3))
            .and_then(|m| whole_number(m.as_str()));
        let mut found = Article {
            start: at + m.start(),
            end: at,
            id: branch.map_or_else(|| number.to_string(), |b| format!("{number}-{b}")),
            paragraph: None,
            below: false,
            number: Some((at + m.start(), at + m.end())).filter(|_| branch.is_none()),
            ranged: false,
        };
        if let Some(lead) = text.get(at..found.start).and_then(|t| t.chars().next_back()) {
            found.start -= lead.len_utf8();
        }
        at += whole.end();
        if let Some(c) = PARAGRAPH.captures(text.get(at..).unwrap_or_default()) {
            found.paragraph = c.get(1).and_then(|m| whole_number(m.as_str()));
            at += c.get(0).map_or(0, |m| m.end());
            found.below = true;
        }
        for more in [&SUBPARAGRAPH, &MORE] {
            if let Some((_, end)) = more.find(text.get(at..).unwrap_or_default()) {
                at += end;
                found.below = true;
            }
        }
        found.end = at;
        let range = RANGE.captures(text.get(at..).unwrap_or_default());
        found.ranged = range.is_some();
        out.push(found);
        if let Some(c) = range {
            let place = c.get(1).map(|m| (at + m.start(), at + m.end()));
            let last = c.get(1).and_then(|m| whole_number(m.as_str())).unwrap_or(number);
            let start = at;
            at += c.get(0).map_or(0, |m| m.end());
            for n in number + 1..=last.min(number.saturating_add(20)) {
                out.push(Article {
                    start,
                    end: at,
                    id: n.to_string(),
                    paragraph: None,
                    below: false,
                    number: place.filter(|_| n == last),
                    ranged: true,
                });
            }
        }
    }
    out
}

/// What may stand between a name and its article: closing marks and an aside in brackets.
fn aside(rest: &str) -> usize {
    let mut at = 0;
    loop {
        let tail = rest.get(at..).unwrap_or_default();
        let Some(c) = tail.chars().next() else { return at };
        match c {
            '」' | '』' | '》' | '"' | '”' | ' ' | '\t' | '|' => at += c.len_utf8(),
            '(' => match tail.find(')') {
                Some(close) if close < 90 => at += close + 1,
                _ => return at,
            },
            _ => return at,
        }
    }
}

fn whole_number(text: &str) -> Option<u32> {
    let n = numerals::value(text)?;
    (0..1000_u32).find(|i| (f64::from(*i) - n).abs() < f64::EPSILON)
}

/// Annexes belong to the instrument that was named last in the paragraph.
pub(crate) fn annexes(text: &str, names: &[Name]) -> Vec<Annex> {
    let mut out = Vec::new();
    for c in ANNEX.all(text).into_iter().take(MOST) {
        let (Some(whole), Some(m)) = (c.get(0), c.get(1)) else {
            continue;
        };
        let Some(n) = whole_number(m.as_str()) else {
            continue;
        };
        let before = names.partition_point(|n| n.start < whole.start());
        let Some((at, name)) = names
            .iter()
            .enumerate()
            .take(before)
            .rev()
            .find(|(_, n)| n.end <= whole.start())
        else {
            continue;
        };
        // The Act has no annexes; the Regulations that it authorises have.
        let instrument = if name.instrument == ACT || name.instrument == RULES {
            LEVELS
        } else {
            &name.instrument
        };
        if !instrument.ends_with("辦法") {
            continue;
        }
        out.push(Annex {
            article: Article {
                start: whole.start(),
                end: whole.end(),
                id: format!("附表{}", numerals::spell(n)),
                paragraph: None,
                below: false,
                number: None,
                ranged: false,
            },
            instrument: instrument.to_owned(),
            name: at,
        });
    }
    out
}
