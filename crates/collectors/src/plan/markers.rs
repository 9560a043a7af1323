//! Item markers: 壹、 一、 (一) 1. (1) A. and their nesting.
//!
//! What: recognises the marker at the beginning of a line and keeps the path of
//! sections, so that a value can be located as `玖、二(二)1(4)`. Why: that is how an
//! officer finds a clause. What it can't know: a level that the writer left out.

use super::numerals;

/// The kinds of markers that plans use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// 壹、 貳、
    Legal,
    /// 第一章
    Chapter,
    /// 第一節
    Section,
    /// 一、 二、
    Han,
    /// (一)
    HanParen,
    /// 1. or 1、
    Arabic,
    /// 1.1
    Decimal,
    /// (1)
    ArabicParen,
    /// A. or a.
    Letter,
    /// Ⅰ、 or IV.
    Roman,
    /// ① or 甲、
    Other,
    /// A bullet without a number.
    Bullet,
}

/// A marker: what it is, what it says, where the text after it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    pub kind: Kind,
    /// The label without its divider.
    pub label: String,
    /// The number it stands for; 0 when it has none.
    pub number: u32,
    /// Bytes up to the text.
    pub end: usize,
}

const BULLETS: [char; 17] = [
    '-', '•', '●', '■', '◆', '⚫', '○', '◎', '※', '*', '▪', '➢', '·', '#', '\u{F06C}', '\u{F0B7}', '\u{F0D8}',
];

/// The marker at the beginning of a folded line.
pub(super) fn marker(text: &str) -> Option<Marker> {
    let mut rest = text.trim_start();
    let mut bullet = false;
    while let Some(next) = rest.strip_prefix(BULLETS) {
        // "-1" is a number; a bullet is followed by a blank, Han or another marker.
        if rest.starts_with('-') && next.starts_with(|c: char| c.is_ascii_digit()) && !bullet {
            break;
        }
        bullet = true;
        rest = next.trim_start();
    }
    let offset = text.len() - rest.len();
    if let Some(mut found) = numbered(rest) {
        found.end += offset;
        return Some(found);
    }
    bullet.then_some(Marker {
        kind: Kind::Bullet,
        label: String::new(),
        number: 0,
        end: offset,
    })
}

fn numbered(text: &str) -> Option<Marker> {
    let first = text.chars().next()?;
    match first {
        '第' => chapter(text, '章', Kind::Chapter).or_else(|| chapter(text, '節', Kind::Section)),
        '(' => parenthesised(text),
        c if c.is_ascii_digit() => arabic(text),
        c if c.is_ascii_alphabetic() => letter(text),
        'Ⅰ'..='Ⅻ' => {
            let label: String = text.chars().take_while(|c| ('Ⅰ'..='Ⅻ').contains(c)).collect();
            divided(text, &label, Kind::Roman, numerals::roman(&label)?, true)
        }
        '①'..='⑳' => {
            let number = u32::from(first).checked_sub(u32::from('①'))? + 1;
            Some(Marker {
                kind: Kind::Other,
                label: first.to_string(),
                number,
                end: first.len_utf8(),
            })
        }
        _ => han(text),
    }
}

const LEGAL: &str = "壹貳參叁参叄肆伍陸柒捌玖拾";
const HAN: &str = "一二三四五六七八九十";
const STEMS: &str = "甲乙丙丁戊己庚辛";

fn han(text: &str) -> Option<Marker> {
    let run = |set: &str| text.chars().take_while(|c| set.contains(*c)).collect::<String>();
    let first = text.chars().next()?;
    if LEGAL.contains(first) {
        // Some plans mix the two sets: 壹十一、.
        let label = run("壹貳參叁参叄肆伍陸柒捌玖拾十一二三四五六七八九");
        return divided(text, &label, Kind::Legal, numerals::han(&label)?, true);
    }
    if HAN.contains(first) {
        let label = run(HAN);
        let loose = opens_an_item(text.get(label.len()..)?);
        return divided(text, &label, Kind::Han, numerals::han(&label)?, loose);
    }
    if let Some(position) = STEMS.chars().position(|c| c == first) {
        let number = u32::try_from(position).ok()? + 1;
        return divided(text, &first.to_string(), Kind::Other, number, false);
    }
    None
}

/// Whether what follows a Han numeral and a blank is an item: 一　帳號, and not 三 個月 or 一 般 人 員.
fn opens_an_item(after: &str) -> bool {
    const MEASURED: &str = "年月日週周季天次個人名位張種類級小分般二三四五六七八九十之至或";
    let rest = after.trim_start();
    let word = rest.split_whitespace().next().unwrap_or_default();
    rest.len() < after.len()
        && word.chars().count() > 1
        && !word.starts_with(|c: char| MEASURED.contains(c) || c.is_ascii_digit() || c.is_ascii_punctuation())
}

/// Whether a text so far is but the Han numeral of an item.
pub(super) fn is_bare_han(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| HAN.contains(c))
}

/// The label, then a divider; `loose` also takes a blank as one.
fn divided(text: &str, label: &str, kind: Kind, number: u32, loose: bool) -> Option<Marker> {
    if label.is_empty() || label.chars().count() > 6 || number > 60 {
        return None;
    }
    let after = text.get(label.len()..)?;
    let rest = after.trim_start();
    let blank = rest.len() < after.len();
    let tail = match rest.strip_prefix(['、', '.', ',', ':', '﹒']) {
        Some(tail) => tail,
        None if loose && blank && !rest.is_empty() => rest,
        None => return None,
    };
    let end = text.len() - tail.trim_start().len();
    Some(Marker {
        kind,
        label: label.to_owned(),
        number,
        end,
    })
}

/// 第一章 and 第一節.
fn chapter(text: &str, word: char, kind: Kind) -> Option<Marker> {
    let close = text.find(word)?;
    let label = text.get(..close + word.len_utf8())?;
    let inner: String = text.get('第'.len_utf8()..close)?.split_whitespace().collect();
    if inner.is_empty() || inner.chars().count() > 4 {
        return None;
    }
    let number = numerals::value(&inner)?;
    let number = (1..=60_u32).find(|n| (f64::from(*n) - number).abs() < f64::EPSILON)?;
    let rest = text
        .get(label.len()..)?
        .trim_start()
        .trim_start_matches(['、', '.', ':', ',']);
    let label = label.split_whitespace().collect();
    Some(Marker {
        kind,
        label,
        number,
        end: text.len() - rest.trim_start().len(),
    })
}

fn parenthesised(text: &str) -> Option<Marker> {
    let close = text.find(')')?;
    let inner: String = text.get(1..close)?.split_whitespace().collect();
    if inner.is_empty() || inner.chars().count() > 3 {
        return None;
    }
    let end = text.len()
        - text
            .get(close + 1..)?
            .trim_start_matches(['、', '.'])
            .trim_start()
            .len();
    if inner.chars().all(|c| c.is_ascii_digit()) {
        let number = inner.parse().ok()?;
        return Some(Marker {
            kind: Kind::ArabicParen,
            label: format!("({inner})"),
            number,
            end,
        });
    }
    if inner.chars().all(|c| HAN.contains(c)) {
        let number = numerals::han(&inner)?;
        return Some(Marker {
            kind: Kind::HanParen,
            label: format!("({inner})"),
            number,
            end,
        });
    }
    if inner.len() == 1 && inner.chars().all(|c| c.is_ascii_alphabetic()) {
        return Some(Marker {
            kind: Kind::Letter,
            label: format!("({inner})"),
            number: 0,
            end,
        });
    }
    None
}

fn arabic(text: &str) -> Option<Marker> {
    let label: String = text
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    let trimmed = label.trim_end_matches('.');
    let parts: Vec<&str> = trimmed.split('.').collect();
    if parts.iter().any(|p| p.is_empty() || p.len() > 2) || parts.len() > 5 {
        return None;
    }
    // "02)" is the end of a document number.
    if label.starts_with('0') {
        return None;
    }
    let number = parts.first()?.parse().ok()?;
    let after = text.get(label.len()..)?;
    let rest = after.trim_start();
    if parts.len() == 1 {
        let tail = if label.ends_with('.') {
            rest
        } else {
            rest.strip_prefix(['、', ')', ','])
                .or_else(|| rest.strip_prefix('.'))?
        };
        // "1,000" and "2、3" are numbers, not items.
        if tail.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let end = text.len() - tail.trim_start().len();
        return Some(Marker {
            kind: Kind::Arabic,
            label: trimmed.to_owned(),
            number,
            end,
        });
    }
    // "1.1 範圍" is a section; "99.97%" and "1.5 小時" are numbers.
    if rest.is_empty() || measures(rest) {
        return None;
    }
    let end = text.len() - rest.trim_start_matches(['、']).trim_start().len();
    Some(Marker {
        kind: Kind::Decimal,
        label: trimmed.to_owned(),
        number,
        end,
    })
}

/// Whether the text after a decimal number makes it a quantity: a unit, and not the
/// beginning of a word such as 日誌 or 年度.
fn measures(rest: &str) -> bool {
    const UNITS: [(&str, &str); 10] = [
        ("%", ""),
        ("小時", ""),
        ("個", "資人別案"),
        ("年", "度報終資"),
        ("月", "報份"),
        ("天", "然災"),
        ("日", "誌常期間後"),
        ("分", "級析類享工層署權配局"),
        ("以上", ""),
        ("倍", ""),
    ];
    UNITS.iter().any(|(unit, words)| {
        rest.strip_prefix(unit)
            .is_some_and(|after| !after.starts_with(|c| words.contains(c)))
    }) || rest
        .strip_prefix('次')
        .is_some_and(|after| !after.starts_with(['要', '長', '級', '數', '序']))
}

fn letter(text: &str) -> Option<Marker> {
    let label: String = text.chars().take_while(|c| "IVX".contains(*c)).collect();
    if !label.is_empty()
        && let Some(number) = numerals::roman(&label)
        && let Some(found) = divided(text, &label, Kind::Roman, number, false)
    {
        return Some(found);
    }
    let first = text.chars().next()?;
    let rest = text.get(1..)?.strip_prefix(['.', '、'])?;
    if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let end = text.len() - rest.trim_start().len();
    Some(Marker {
        kind: Kind::Letter,
        label: first.to_string(),
        number: 0,
        end,
    })
}

/// The sections that a paragraph stands under.
#[derive(Default)]
pub(super) struct Path {
    levels: Vec<(Kind, String, String)>,
}

impl Path {
    /// Enters an item; items of the same kind are siblings.
    pub(super) fn enter(&mut self, kind: Kind, label: &str, body: &str) {
        if kind == Kind::Bullet {
            return;
        }
        if kind == Kind::Decimal {
            let depth = label.matches('.').count();
            self.levels
                .retain(|(k, l, _)| *k == Kind::Decimal && l.matches('.').count() < depth);
        } else if let Some(at) = self.levels.iter().position(|(k, _, _)| *k == kind) {
            self.levels.truncate(at);
        } else if let Some(at) = self.levels.iter().position(|(k, _, _)| rank(*k) > rank(kind)) {
            self.levels.truncate(at);
        }
        self.levels.push((kind, label.to_owned(), body.to_owned()));
    }

    /// The path as one says it: `二(二)1(4)`.
    pub(super) fn text(&self) -> String {
        let decimal = self.levels.iter().rposition(|(k, _, _)| *k == Kind::Decimal);
        let mut out = String::new();
        for (index, (_, label, _)) in self.levels.iter().enumerate() {
            if decimal.is_some_and(|d| index < d) {
                continue;
            }
            let (last, first) = (out.chars().last(), label.chars().next());
            let clash =
                last.is_some_and(char::is_alphanumeric) && first.is_some_and(|c| c.is_ascii_alphanumeric());
            if clash && last.is_some_and(|c| c.is_ascii()) {
                out.push('-');
            }
            if last == Some('節') {
                out.push('、');
            }
            out.push_str(label);
        }
        out
    }

    /// The texts of the items above a paragraph, nearest last; `own` when it opened the last one.
    pub(super) fn above(&self, own: bool) -> Vec<String> {
        let keep = self.levels.len().saturating_sub(usize::from(own));
        self.levels
            .iter()
            .take(keep)
            .map(|(_, _, body)| body.clone())
            .collect()
    }
}

/// The usual order of the kinds, outermost first.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Legal | Kind::Chapter | Kind::Roman => 0,
        Kind::Section => 1,
        Kind::Han => 2,
        Kind::HanParen => 3,
        Kind::Arabic | Kind::Decimal => 4,
        Kind::ArabicParen => 5,
        Kind::Letter | Kind::Other | Kind::Bullet => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_told_apart() {
        for (text, kind, number) in [
            ("壹、依據及目的", Kind::Legal, 1),
            ("壹拾柒、相關法規", Kind::Legal, 17),
            ("第十一章 情資", Kind::Chapter, 11),
            ("第 3 章 核心業務", Kind::Chapter, 3),
            ("十一、情資", Kind::Han, 11),
            ("(二) 使用", Kind::HanParen, 2),
            ("- (4) 使用者", Kind::ArabicParen, 4),
            ("12. 政府", Kind::Arabic, 12),
            ("9.2.1 存取", Kind::Decimal, 9),
            ("9.7日誌留存", Kind::Decimal, 9),
            ("8.2 年度計畫", Kind::Decimal, 8),
            ("第 四 節 遠端", Kind::Section, 4),
            ("Ⅺ、情資", Kind::Roman, 11),
            ("XI. 情資", Kind::Roman, 11),
            ("- 目標", Kind::Bullet, 0),
            ("A. 政策", Kind::Letter, 0),
        ] {
            let found = marker(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.kind, found.number), (kind, number), "{text}");
        }
        for text in [
            "99.97%以上",
            "15 分鐘",
            "一般使用者",
            "02-001)」",
            "十二小時",
            "1.5 小時",
            "資通",
        ] {
            assert_eq!(marker(text), None, "{text}");
        }
    }
}
