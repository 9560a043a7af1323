//! Numbers as plans write them, and the patterns that look for them.
//!
//! What: Arabic, Chinese (九十, 十五, 兩, 半) and formal (壹拾壹) numerals, Roman chapter
//! numbers, and a wrapper that compiles a pattern once. Why: one plan mixes them all.
//! What it can't know: approximate numbers (數日), which are then not read at all.

use std::sync::OnceLock;

use regex::{Captures, Regex};

/// What `NUM` stands for in a [`Pattern`].
const NUM: &str =
    r"(?:[0-9]+(?:\.[0-9]+)?|[〇零一二三四五六七八九十百兩廿卅]+|[零壹貳參叁肆伍陸柒捌玖拾佰]+)";

/// A pattern that is compiled when first used; one that does not compile finds nothing.
pub(crate) struct Pattern {
    source: &'static str,
    built: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) const fn new(source: &'static str) -> Self {
        Self {
            source,
            built: OnceLock::new(),
        }
    }

    fn regex(&self) -> Option<&Regex> {
        self.built
            .get_or_init(|| {
                let built = Regex::new(&self.source.replace("NUM", NUM));
                debug_assert!(built.is_ok(), "pattern does not compile: {}", self.source);
                built.ok()
            })
            .as_ref()
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|r| r.is_match(text))
    }

    pub(crate) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.regex()?.captures(text)
    }

    pub(crate) fn all<'t>(&self, text: &'t str) -> Vec<Captures<'t>> {
        self.regex()
            .map(|r| r.captures_iter(text).collect())
            .unwrap_or_default()
    }

    /// Byte range of the first match.
    pub(crate) fn find(&self, text: &str) -> Option<(usize, usize)> {
        self.regex()?.find(text).map(|m| (m.start(), m.end()))
    }

    /// Byte ranges of all matches.
    pub(crate) fn find_all(&self, text: &str) -> Vec<(usize, usize)> {
        self.regex()
            .map(|r| r.find_iter(text).map(|m| (m.start(), m.end())).collect())
            .unwrap_or_default()
    }
}

/// The value of a numeral, Arabic or Chinese.
pub(crate) fn value(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return text.replace(',', "").parse().ok();
    }
    han(text).map(f64::from)
}

fn digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' | '○' => 0,
        '一' | '壹' | '弌' => 1,
        '二' | '貳' | '兩' | '贰' => 2,
        '三' | '參' | '叁' | '参' | '叄' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// The value of a Chinese numeral below ten thousand.
pub(crate) fn han(text: &str) -> Option<u32> {
    let (mut total, mut current, mut seen) = (0_u32, None::<u32>, false);
    for c in text.chars() {
        match c {
            '十' | '拾' => {
                total = total.checked_add(current.take().unwrap_or(1).checked_mul(10)?)?;
            }
            '廿' => total = total.checked_add(20)?,
            '卅' => total = total.checked_add(30)?,
            '百' | '佰' => {
                total = total.checked_add(current.take().unwrap_or(1).checked_mul(100)?)?;
            }
            c => {
                let d = digit(c)?;
                current = Some(current.unwrap_or(0).checked_mul(10)?.checked_add(d)?);
            }
        }
        seen = true;
    }
    let result = total.checked_add(current.unwrap_or(0))?;
    (seen && result < 10_000).then_some(result)
}

/// The value of a Roman numeral, in letters or in the single characters Ⅰ to Ⅻ.
pub(crate) fn roman(text: &str) -> Option<u32> {
    const SINGLE: &str = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ";
    let mut total = 0_u32;
    let mut previous = 0_u32;
    for c in text.chars() {
        let value = match c {
            'I' => 1,
            'V' => 5,
            'X' => 10,
            'L' => 50,
            c => {
                let index = SINGLE.chars().position(|s| s == c)?;
                u32::try_from(index).ok()? + 1
            }
        };
        if previous < value {
            total = total.checked_add(value)?.checked_sub(previous.checked_mul(2)?)?;
        } else {
            total = total.checked_add(value)?;
        }
        previous = value;
    }
    (total > 0 && total <= 50).then_some(total)
}

/// The Chinese numeral of a small number, as annexes are numbered.
pub(crate) fn spell(n: u32) -> String {
    let digit = |d: u32| {
        "一二三四五六七八九"
            .chars()
            .nth(usize::try_from(d).unwrap_or(0).wrapping_sub(1))
            .map(String::from)
    };
    let (tens, ones) = (n / 10, n % 10);
    let mut out = String::new();
    if tens > 1 {
        out.push_str(&digit(tens).unwrap_or_default());
    }
    if tens > 0 {
        out.push('十');
    }
    out.push_str(&digit(ones).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_have_their_values() {
        for (text, want) in [
            ("九十", 90.0),
            ("十五", 15.0),
            ("兩", 2.0),
            ("一百二十", 120.0),
            ("99.97", 99.97),
            ("一〇", 10.0),
            ("廿四", 24.0),
        ] {
            assert_eq!(value(text), Some(want), "{text}");
        }
        for (text, want) in [
            ("壹拾壹", 11),
            ("拾壹", 11),
            ("壹拾", 10),
            ("拾柒", 17),
            ("参", 3),
            ("十七", 17),
        ] {
            assert_eq!(han(text), Some(want), "{text}");
        }
        for (text, want) in [("Ⅰ", 1), ("Ⅺ", 11), ("XIV", 14), ("ⅩⅦ", 17), ("IX", 9)] {
            assert_eq!(roman(text), Some(want), "{text}");
        }
        assert_eq!(value("數"), None);
        assert_eq!(spell(9), "九");
        assert_eq!(spell(10), "十");
        assert_eq!(spell(12), "十二");
    }
}
