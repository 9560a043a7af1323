//! The cell of the maximum tolerable period of disruption (最大可容忍中斷時間).
//!
//! What: a length, a statement that there is none, or that another decides. Why: the
//! three are different answers to an auditor. What it can't know: a length without a
//! unit, unless the table says which unit its numbers have, a range, or working days;
//! such a cell is missing with its text kept, and the caller reports it.

use super::words::missing;
use crate::plan::lines;
use crate::plan::model::{Mtpd, MtpdKind};
use crate::plan::numerals::{self, Pattern};

static LENGTH: Pattern = Pattern::new(
    r"^(?:約|至多|最多|最長|不超過|小於|低於|≤|<|應於)*(NUM|半)個?(小時|時|工作小時|hours?|hrs?|HRS?|Hrs?|H|h|工作天|工作日|天|日|分鐘|分|週|周|星期|個?月)(半)?(?:之?內|以內|以下)?(?:\([^)]*\))?[。.]?$",
);
static RANGE: Pattern = Pattern::new(r"^NUM(?:小時|天|日|分鐘)?(?:~|-|至|到)NUM個?(?:小時|天|日|分鐘|hrs?)");
static ANY_LENGTH: Pattern =
    Pattern::new(r"(?:NUM|半)個?(?:小時|工作天|工作日|工作小時|天|日|分鐘|週|星期|月)");
static BARE: Pattern = Pattern::new(r"^(?:≤|<)?(NUM)$");

/// Ways to say that there is none.
const UNDEFINED: [&str; 12] = [
    "無須定義",
    "無需定義",
    "無須訂定",
    "無需訂定",
    "不適用",
    "未定義",
    "未訂",
    "免定義",
    "免訂",
    "無法定義",
    "N/A",
    "不需定義",
];

/// Reads a cell; `hours` when the table says that its numbers are hours.
pub(super) fn read(cell: &str, hours: bool) -> Mtpd {
    let text: String = lines::compact(&lines::fold(cell))
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let shown = cell.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return missing();
    }
    let stated = |kind, hours| Mtpd {
        kind,
        hours,
        text: shown.clone(),
    };
    if let Some(hours) = length(&text, hours) {
        return stated(MtpdKind::Duration, Some(hours));
    }
    let counts = ANY_LENGTH.is_match(&text) || text.contains(|c: char| c.is_ascii_digit());
    let undefined = super::words::none_word(&text) || (!counts && UNDEFINED.iter().any(|w| text.contains(w)));
    let kind = if undefined {
        MtpdKind::Undefined
    } else if !counts && deferred(&text) {
        MtpdKind::Deferred
    } else {
        MtpdKind::Missing
    };
    stated(kind, None)
}

/// A length in hours, when the whole cell is one that converts.
fn length(text: &str, hours: bool) -> Option<f64> {
    if let Some(found) = LENGTH.captures(text) {
        let amount = match found.get(1).map_or("", |m| m.as_str()) {
            "半" => 0.5,
            n => numerals::value(n)?,
        };
        let half = if found.get(3).is_some() { 0.5 } else { 0.0 };
        return Some((amount + half) * unit_hours(found.get(2).map_or("", |m| m.as_str()))?);
    }
    let found = BARE.captures(text).filter(|_| hours)?;
    numerals::value(found.get(1)?.as_str())
}

/// Whether a text hands the decision to somebody or to another rule.
fn deferred(text: &str) -> bool {
    const DECIDES: [&str; 17] = [
        "訂", "定", "規範", "權管", "權責", "主管", "機關", "單位", "決議", "核", "管理", "辦理", "公告",
        "契約", "合約", "廠商", "中心",
    ];
    let says = |words: &[&str]| words.iter().any(|w| text.contains(w));
    let led = ["由", "依", "按", "另", "交由", "配合", "參照"]
        .iter()
        .any(|w| text.starts_with(w));
    (led && says(&DECIDES)) || says(&["訂之", "定之", "權管", "主管機關", "權責單位"])
}

fn unit_hours(unit: &str) -> Option<f64> {
    Some(match unit {
        "天" | "日" => 24.0,
        "分鐘" | "分" => 1.0 / 60.0,
        "週" | "周" | "星期" => 168.0,
        // Working time has no fixed length in hours.
        "工作天" | "工作日" | "工作小時" | "月" | "個月" => return None,
        _ => 1.0,
    })
}

/// Whether a text is plainly such a cell and nothing else; `無` alone is not plain.
pub(super) fn plain(cell: &str, hours: bool) -> bool {
    if cell.len() > 240 {
        return false;
    }
    let text: String = lines::compact(&lines::fold(cell))
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    if text.is_empty() || text.chars().count() > 24 {
        return false;
    }
    LENGTH.is_match(&text)
        || RANGE.is_match(&text)
        || (hours && BARE.is_match(&text) && text.starts_with(|c: char| c.is_ascii_digit()))
        || ["無須定義", "無需定義", "無須訂定", "未定義", "免定義", "不適用"]
            .iter()
            .any(|w| text.starts_with(w))
        || (text.starts_with('由') && text.ends_with(['訂', '定']))
        || (text.starts_with('由')
            && ["訂之", "定之", "訂定", "定義", "決定"]
                .iter()
                .any(|w| text.contains(w)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read() {
        use MtpdKind::{Deferred, Duration, Missing, Undefined};
        for (cell, hours, kind, want) in [
            ("24 小時", false, Duration, Some(24.0)),
            ("２４小時", false, Duration, Some(24.0)),
            ("二十四小時", false, Duration, Some(24.0)),
            ("3天", false, Duration, Some(72.0)),
            ("半天", false, Duration, Some(12.0)),
            ("≦8hr", false, Duration, Some(8.0)),
            ("30分鐘", false, Duration, Some(0.5)),
            ("8", true, Duration, Some(8.0)),
            ("一天半", false, Duration, Some(36.0)),
            ("1.5日", false, Duration, Some(36.0)),
            ("2小時半", false, Duration, Some(2.5)),
            ("8", false, Missing, None),
            ("4~8小時", false, Missing, None),
            ("3個工作天", false, Missing, None),
            ("一個月", false, Missing, None),
            ("立即", false, Missing, None),
            ("待評估", false, Missing, None),
            ("同上", false, Missing, None),
            ("度1日無須定義", false, Missing, None),
            ("影響民眾", false, Missing, None),
            ("視情況而定", false, Missing, None),
            ("依權管機關規定", false, Deferred, None),
            ("由上級機關訂定", false, Deferred, None),
            ("無須定義", false, Undefined, None),
            ("-", false, Undefined, None),
            ("由系統權管單位訂之。", false, Deferred, None),
            ("依資訊處規定", false, Deferred, None),
            (" ", false, Missing, None),
        ] {
            let got = read(cell, hours);
            assert_eq!((got.kind, got.hours), (kind, want), "{cell}");
        }
    }
}
