//! The automatic numbers of a .docx.
//!
//! What: `numbering.xml` and the list a style belongs to, turned back into the label
//! that the reader of the document sees. Why: without it a chapter written with
//! automatic numbers has none. What it can't know: formats beyond those listed here,
//! which then give no label rather than a wrong one.

use std::collections::HashMap;

use super::model::{Ended, PlanError, refused};
use crate::archive::Refusal;
use crate::archive::xml::{Node, local};
use crate::archive::zip::Package;

/// The longest text of a label, in bytes; each paragraph of the list repeats it.
const MAX_LABEL: usize = 256;

#[derive(Default, Clone)]
struct Level {
    format: String,
    text: String,
    start: u32,
}

const LISTS: &str = "word/numbering.xml";
const STYLES: &str = "word/styles.xml";

/// Where in its part the reader is.
#[derive(Default)]
struct At {
    abstract_id: Option<String>,
    list_id: Option<String>,
    style: Option<String>,
    level: usize,
}

/// The lists of one document and how far each has counted.
#[derive(Default)]
pub(super) struct Numbering {
    /// List id to abstract list id.
    lists: HashMap<String, String>,
    levels: HashMap<(String, usize), Level>,
    /// Style id to list id and level.
    styles: HashMap<String, (Option<String>, Option<usize>)>,
    counters: HashMap<String, Vec<u32>>,
}

impl Numbering {
    pub(super) fn read(file: &str, archive: &mut Package<'_, '_>) -> Result<Self, PlanError> {
        let mut numbering = Self::default();
        for (part, read) in [
            (LISTS, Self::read_lists as fn(&mut Self, Node<'_>, &mut At)),
            (STYLES, Self::read_styles),
        ] {
            let Some(xml) = archive.text(part).map_err(|r| refused(file, r))? else {
                continue;
            };
            let mut at = At::default();
            let walked: Result<(), Refusal> = archive.walk_text(part, &xml, |node| {
                read(&mut numbering, node, &mut at);
                Ok(true)
            });
            walked.map_err(|r| Ended::from(r).error(file, part, 1))?;
        }
        Ok(numbering)
    }

    fn read_lists(&mut self, node: Node<'_>, at: &mut At) {
        match node {
            Node::Open(name, a) => {
                let value = || a.local("val").unwrap_or_default();
                match local(name) {
                    "abstractNum" => at.abstract_id = a.local("abstractNumId"),
                    "num" => at.list_id = a.local("numId"),
                    "abstractNumId" => {
                        if let Some(list) = &at.list_id {
                            self.lists.insert(list.clone(), value());
                        }
                    }
                    "lvl" if at.list_id.is_none() => {
                        at.level = a.local("ilvl").and_then(|v| v.parse().ok()).unwrap_or(0);
                        if let Some(id) = &at.abstract_id {
                            let fresh = Level {
                                start: 1,
                                ..Level::default()
                            };
                            self.levels.insert((id.clone(), at.level), fresh);
                        }
                    }
                    field @ ("numFmt" | "lvlText" | "start") if at.list_id.is_none() => {
                        if let Some(id) = &at.abstract_id
                            && let Some(entry) = self.levels.get_mut(&(id.clone(), at.level))
                        {
                            match field {
                                "numFmt" => entry.format = value(),
                                "lvlText" => {
                                    let label = Some(value()).filter(|t| t.len() <= MAX_LABEL);
                                    entry.text = label.unwrap_or_default();
                                }
                                _ => entry.start = value().parse().unwrap_or(1),
                            }
                        }
                    }
                    _ => {}
                }
            }
            Node::Close(name) if local(name) == "abstractNum" => at.abstract_id = None,
            Node::Close(name) if local(name) == "num" => at.list_id = None,
            _ => {}
        }
    }

    fn read_styles(&mut self, node: Node<'_>, at: &mut At) {
        match node {
            Node::Open(name, a) => match local(name) {
                "style" => at.style = a.local("styleId"),
                field @ ("numId" | "ilvl") => {
                    if let Some(id) = &at.style {
                        let entry = self.styles.entry(id.clone()).or_default();
                        if field == "numId" {
                            entry.0 = a.local("val");
                        } else {
                            entry.1 = a.local("val").and_then(|v| v.parse().ok());
                        }
                    }
                }
                _ => {}
            },
            Node::Close(name) if local(name) == "style" => at.style = None,
            _ => {}
        }
    }

    /// The label of the next paragraph in that list, as the reader sees it.
    pub(super) fn label(
        &mut self,
        style: Option<&str>,
        list: Option<&str>,
        level: Option<usize>,
    ) -> Option<String> {
        let styled = style
            .and_then(|s| self.styles.get(s))
            .cloned()
            .unwrap_or_default();
        let list = list.map(str::to_owned).or(styled.0)?;
        let level = level.or(styled.1).unwrap_or(0).min(8);
        let abstract_id = self.lists.get(&list)?.clone();
        let starts: Vec<u32> = (0..=8)
            .map(|l| {
                self.levels
                    .get(&(abstract_id.clone(), l))
                    .map_or(1, |entry| entry.start)
            })
            .collect();
        let here = self.levels.get(&(abstract_id.clone(), level))?.clone();
        let counters = self
            .counters
            .entry(abstract_id.clone())
            .or_insert_with(|| vec![0; 9]);
        for (index, counter) in counters.iter_mut().enumerate() {
            let start = starts.get(index).copied().unwrap_or(1);
            if index == level {
                *counter = if *counter == 0 {
                    start
                } else {
                    counter.saturating_add(1)
                };
            } else if index > level {
                *counter = 0;
            } else if *counter == 0 {
                *counter = start;
            }
        }
        let mut label = here.text.clone();
        for (index, counter) in counters.iter().enumerate() {
            let hole = format!("%{}", index + 1);
            if label.contains(&hole) {
                let format = self
                    .levels
                    .get(&(abstract_id.clone(), index))
                    .map_or(here.format.as_str(), |entry| entry.format.as_str());
                label = label.replace(&hole, &spell(format, *counter)?);
            }
        }
        Some(label)
    }
}

fn spell(format: &str, n: u32) -> Option<String> {
    match format {
        "decimal" | "decimalFullWidth" | "decimalHalfWidth" | "" => Some(n.to_string()),
        "taiwaneseCountingThousand"
        | "taiwaneseCounting"
        | "chineseCounting"
        | "chineseCountingThousand"
        | "japaneseCounting"
        | "ideographDigital" => Some(han(n, "一二三四五六七八九", '十')),
        "ideographLegalTraditional" | "japaneseLegal" | "chineseLegalSimplified" => {
            Some(han(n, "壹貳參肆伍陸柒捌玖", '拾'))
        }
        "ideographTraditional" => "甲乙丙丁戊己庚辛壬癸"
            .chars()
            .nth(usize::try_from(n.checked_sub(1)?).ok()?)
            .map(String::from),
        "lowerLetter" => char::from_digit(n.checked_add(9)?, 36).map(String::from),
        "upperLetter" => char::from_digit(n.checked_add(9)?, 36).map(|c| c.to_ascii_uppercase().to_string()),
        "upperRoman" => Some(roman(n)),
        _ => None,
    }
}

fn han(n: u32, digits: &str, ten: char) -> String {
    let digit = |d: u32| {
        usize::try_from(d)
            .ok()
            .and_then(|d| d.checked_sub(1))
            .and_then(|d| digits.chars().nth(d))
    };
    let mut out = String::new();
    if n >= 20 {
        out.extend(digit((n / 10) % 10));
    }
    if n >= 10 {
        out.push(ten);
    }
    out.extend(digit(n % 10));
    out
}

fn roman(n: u32) -> String {
    let mut left = n.min(50);
    let mut out = String::new();
    for (value, sign) in [
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ] {
        while left >= value {
            out.push_str(sign);
            left -= value;
        }
    }
    out
}
