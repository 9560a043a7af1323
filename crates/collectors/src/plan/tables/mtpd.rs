//! The cell of the maximum tolerable period of disruption (最大可容忍中斷時間).
//!
//! What: a length, a statement that there is none, or that another decides. Why: the
//! three are different answers to an auditor. What it can't know: a length without a
//! unit, unless the table says which unit its numbers have.

use super::missing;
use crate::plan::lines;
use crate::plan::model::{Mtpd, MtpdKind};
use crate::plan::numerals::{self, Pattern};

static LENGTH: Pattern = Pattern::new(
    r"^(?:約|至多|最多|最長|不超過|小於|低於|≤|<|應於)*(NUM|半)個?(小時|時|工作小時|hours?|hrs?|HRS?|Hrs?|H|h|工作天|工作日|天|日|分鐘|分|週|周|星期|個?月)(?:之?內|以內|以下)?(?:\([^)]*\))?[。.]?$",
);
static RANGE: Pattern = Pattern::new(r"^NUM(?:小時|天|日|分鐘)?(?:~|-|至|到)NUM個?(?:小時|天|日|分鐘|hrs?)");
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
    let duration = |hours| Mtpd {
        kind: MtpdKind::Duration,
        hours,
        text: shown.clone(),
    };
    if let Some(found) = LENGTH.captures(&text) {
        let amount = found.get(1).map_or("", |m| m.as_str());
        let unit = found.get(2).map_or("", |m| m.as_str());
        let amount = if amount == "半" {
            Some(0.5)
        } else {
            numerals::value(amount)
        };
        return duration(amount.zip(unit_hours(unit)).map(|(a, u)| a * u));
    }
    if RANGE.is_match(&text) {
        return duration(None);
    }
    if let Some(found) = BARE.captures(&text) {
        let amount = found.get(1).and_then(|m| numerals::value(m.as_str()));
        return duration(amount.filter(|_| hours));
    }
    if super::none_word(&text) || UNDEFINED.iter().any(|w| text.contains(w)) {
        return Mtpd {
            kind: MtpdKind::Undefined,
            hours: None,
            text: shown,
        };
    }
    if deferred(&text) {
        return Mtpd {
            kind: MtpdKind::Deferred,
            hours: None,
            text: shown,
        };
    }
    // A sentence around a length: "系統中斷後 4 小時".
    if text.chars().any(|c| c.is_ascii_digit()) {
        return duration(None);
    }
    Mtpd {
        kind: MtpdKind::Deferred,
        hours: None,
        text: shown,
    }
}

fn deferred(text: &str) -> bool {
    ["由", "依", "視", "另", "同", "配合", "參照", "詳"]
        .iter()
        .any(|w| text.starts_with(w))
        || ["訂之", "訂定", "定之", "權管", "而定", "主管機關"]
            .iter()
            .any(|w| text.contains(w))
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
            ("8", false, Duration, None),
            ("4~8小時", false, Duration, None),
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
