//! Numbers as Taiwan's documents write them: full-width digits and Chinese numerals.
//!
//! What: one reading for `115`, `１１５`, `一百一十五`, `一百十五`, `一一五` and `元`.
//! Why: dates and periods are typed, pasted and scanned in all of these.
//! What it can't know: the colloquial `一百五` for 150; official texts mean 105 by it.

/// A number together with how many digits it is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numeral {
    /// The value.
    pub value: u32,
    /// The digits it has when written in Arabic numerals, leading zeros included.
    pub digits: usize,
    /// Whether it was written in Arabic numerals.
    pub arabic: bool,
}

/// The longest run of digits that is read as one number; fits any value into `u32`.
const MOST_DIGITS: usize = 9;

/// Full-width characters and typographic variants as their plain ASCII forms.
pub(crate) fn narrow(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{3000}' | '\u{a0}' => ' ',
            '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
            '‧' | '・' | '·' => '.',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// Takes the number at the start of a (narrowed) text; gives it and what follows.
/// `None` in the first place: the text starts with a run that is no number.
pub(crate) fn take(text: &str) -> Option<(Option<Numeral>, &str)> {
    let first = text.chars().next()?;
    let in_run: fn(char) -> bool = if first.is_ascii_digit() {
        |c| c.is_ascii_digit()
    } else if is_chinese(first) {
        is_chinese
    } else {
        return None;
    };
    let end = text.find(|c| !in_run(c)).unwrap_or(text.len());
    let (run, rest) = text.split_at(end);
    let number = if first.is_ascii_digit() {
        arabic(run)
    } else {
        chinese(run)
    };
    Some((number, rest))
}

fn arabic(run: &str) -> Option<Numeral> {
    if run.len() > MOST_DIGITS {
        return None;
    }
    run.parse().ok().map(|value| Numeral {
        value,
        digits: run.len(),
        arabic: true,
    })
}

fn chinese(run: &str) -> Option<Numeral> {
    if run.chars().count() > MOST_DIGITS {
        return None;
    }
    if run == "元" {
        return Some(Numeral {
            value: 1,
            digits: 1,
            arabic: false,
        });
    }
    if run.chars().all(|c| digit(c).is_some()) {
        let digits: String = run
            .chars()
            .filter_map(digit)
            .filter_map(|d| char::from_digit(d, 10))
            .collect();
        return arabic(&digits).map(|n| Numeral { arabic: false, ..n });
    }
    let value = with_units(run)?;
    Some(Numeral {
        value,
        digits: value.to_string().len(),
        arabic: false,
    })
}

/// 一百一十五 and the like: digits followed by ever smaller powers of ten.
fn with_units(run: &str) -> Option<u32> {
    let mut total = 0u32;
    let mut pending = None;
    let mut last_unit = u32::MAX;
    for c in run.chars() {
        match (digit(c), unit(c)) {
            (Some(_), _) if pending.is_some() => return None,
            (Some(0), _) => {}
            (Some(d), _) => pending = Some(d),
            (None, Some((times, unit))) if unit < last_unit => {
                let times = match (times, pending.take()) {
                    (Some(_), Some(_)) => return None,
                    (Some(t), None) => t,
                    (None, d) => d.unwrap_or(1),
                };
                total = total.checked_add(times.checked_mul(unit)?)?;
                last_unit = unit;
            }
            _ => return None,
        }
    }
    total.checked_add(pending.unwrap_or(0))
}

fn is_chinese(c: char) -> bool {
    c == '元' || digit(c).is_some() || unit(c).is_some()
}

fn digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' | '○' => 0,
        '一' => 1,
        '二' | '兩' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// The power of ten, and how many of it where the character says so itself.
fn unit(c: char) -> Option<(Option<u32>, u32)> {
    Some(match c {
        '十' => (None, 10),
        '廿' => (Some(2), 10),
        '卅' => (Some(3), 10),
        '百' => (None, 100),
        '千' => (None, 1000),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<u32> {
        match take(text) {
            Some((Some(n), "")) => Some(n.value),
            _ => None,
        }
    }

    #[test]
    fn numerals_are_read() {
        for (text, expected) in [
            ("0", 0),
            ("115", 115),
            ("007", 7),
            ("元", 1),
            ("十", 10),
            ("十二", 12),
            ("二十", 20),
            ("廿三", 23),
            ("卅", 30),
            ("三十一", 31),
            ("一百", 100),
            ("一百零五", 105),
            ("一百五", 105),
            ("一百十", 110),
            ("一百一十", 110),
            ("百一十五", 115),
            ("一百一十五", 115),
            ("一一五", 115),
            ("九十九", 99),
            ("二〇二六", 2026),
            ("二千零二十六", 2026),
            ("兩", 2),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn runs_that_are_no_number_are_not_read() {
        for text in [
            "十百",
            "一二十",
            "十十",
            "元一",
            "二廿",
            "1234567890",
            "一二三四五六七八九〇",
            "",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn full_width_becomes_plain() {
        assert_eq!(narrow("１１５／１１－２１　：．"), "115/11-21 :.");
    }

    #[test]
    fn typographic_forms_become_plain() {
        for dot in ['‧', '・', '·', '．'] {
            assert_eq!(narrow(&format!("115{dot}6")), "115.6", "{dot}");
        }
        for dash in ['‐', '‑', '‒', '–', '—', '−', '－'] {
            assert_eq!(narrow(&format!("115{dash}6")), "115-6", "{dash}");
        }
        assert_eq!(narrow("１１５\u{3000}年\u{a0}～。"), "115 年 ~。");
    }

    #[test]
    fn every_digit_and_every_ten_is_read() {
        let read = |text: &str| chinese(text).map(|n| n.value);
        for (n, digit) in (1..).zip("一二三四五六七八九".chars()) {
            assert_eq!(read(&digit.to_string()), Some(n), "{digit}");
            assert_eq!(read(&format!("{digit}十")), Some(n * 10), "{digit}");
            assert_eq!(read(&format!("廿{digit}")), Some(20 + n), "{digit}");
            assert_eq!(read(&format!("卅{digit}")), Some(30 + n), "{digit}");
        }
        assert_eq!(read("一一七"), Some(117));
    }
}
