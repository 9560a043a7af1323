//! The automatic numbers of a .docx.
//!
//! What: `numbering.xml` and the list a style belongs to, turned back into the label
//! that the reader of the document sees. Why: without it a chapter written with
//! automatic numbers has none. What it can't know: formats beyond those listed here,
//! which then give no label rather than a wrong one.

use std::collections::HashMap;

use super::PlanError;
use super::guard::Archive;
use super::xml::{Step, walk};

#[derive(Default, Clone)]
struct Level {
    format: String,
    text: String,
    start: u32,
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
    pub(super) fn read(file: &str, archive: &mut Archive<'_>) -> Result<Self, PlanError> {
        let mut numbering = Self::default();
        if let Some(xml) = archive.read_text("word/numbering.xml")? {
            numbering.read_lists(file, &xml)?;
        }
        if let Some(xml) = archive.read_text("word/styles.xml")? {
            numbering.read_styles(file, &xml)?;
        }
        Ok(numbering)
    }

    fn read_lists(&mut self, file: &str, xml: &str) -> Result<(), PlanError> {
        let (mut abstract_id, mut list_id, mut level) = (None::<String>, None::<String>, 0_usize);
        walk(file, "word/numbering.xml", xml, |step| {
            match step {
                Step::Open(tag) => {
                    let value = || tag.get("val").unwrap_or_default().to_owned();
                    match tag.name.as_str() {
                        "abstractNum" => abstract_id = tag.get("abstractNumId").map(str::to_owned),
                        "num" => list_id = tag.get("numId").map(str::to_owned),
                        "abstractNumId" => {
                            if let Some(list) = &list_id {
                                self.lists.insert(list.clone(), value());
                            }
                        }
                        "lvl" if list_id.is_none() => {
                            level = tag.get("ilvl").and_then(|v| v.parse().ok()).unwrap_or(0);
                            if let Some(id) = &abstract_id {
                                let fresh = Level {
                                    start: 1,
                                    ..Level::default()
                                };
                                self.levels.insert((id.clone(), level), fresh);
                            }
                        }
                        "numFmt" | "lvlText" | "start" if list_id.is_none() => {
                            if let Some(id) = &abstract_id
                                && let Some(entry) = self.levels.get_mut(&(id.clone(), level))
                            {
                                match tag.name.as_str() {
                                    "numFmt" => entry.format = value(),
                                    "lvlText" => entry.text = value(),
                                    _ => entry.start = value().parse().unwrap_or(1),
                                }
                            }
                        }
                        _ => {}
                    }
                }
                Step::Close(name) if name == "abstractNum" => abstract_id = None,
                Step::Close(name) if name == "num" => list_id = None,
                _ => {}
            }
            0
        })
    }

    fn read_styles(&mut self, file: &str, xml: &str) -> Result<(), PlanError> {
        let mut style = None::<String>;
        walk(file, "word/styles.xml", xml, |step| {
            match step {
                Step::Open(tag) => match tag.name.as_str() {
                    "style" => style = tag.get("styleId").map(str::to_owned),
                    "numId" | "ilvl" => {
                        if let Some(id) = &style {
                            let entry = self.styles.entry(id.clone()).or_default();
                            if tag.name == "numId" {
                                entry.0 = tag.get("val").map(str::to_owned);
                            } else {
                                entry.1 = tag.get("val").and_then(|v| v.parse().ok());
                            }
                        }
                    }
                    _ => {}
                },
                Step::Close(name) if name == "style" => style = None,
                _ => {}
            }
            0
        })
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
