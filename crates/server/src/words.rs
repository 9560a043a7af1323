//! Small texts that templates need: dates, addresses, names of places.
#![expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]

use period::Date;
use std::fmt::Write;

/// `115/11/21`
pub(crate) fn roc(day: &Date) -> String {
    period::roc_short(*day)
}

/// `115/11/21（星期六）`
pub(crate) fn roc_weekday(day: &Date) -> String {
    period::roc_short_weekday(*day)
}

/// `民國115年11月21日（星期六）`
pub(crate) fn roc_long(day: &Date) -> String {
    period::roc_long_weekday(*day)
}

/// A day or an instant as a step names it.
pub(crate) fn moment(text: &str) -> String {
    if let Ok(day) = text.parse::<Date>() {
        return period::roc_short_weekday(day);
    }
    period::parse_instant(text).map_or_else(|_| text.to_owned(), period::roc_instant)
}

/// `register/row@version` in words.
pub(crate) fn source(source: &str) -> String {
    let register = source.split('/').next().unwrap_or_default();
    let version = source.rsplit_once('@').map_or("", |(_, v)| v);
    let name = match register {
        "agency" => "機關基本資料",
        "designation" => "責任等級核定",
        "appointment" => "人員指派",
        "system" => "資通系統",
        "business" => "業務",
        "plan" => "資通安全維護計畫",
        "activity" => "辦理紀錄",
        "asset" => "資通資產",
        "person" => "人員",
        "adoption" => "採用之規範",
        "stocktake" => "現況盤點",
        "contract" => "委外契約",
        _ => return source.to_owned(),
    };
    if version.is_empty() {
        name.to_owned()
    } else {
        format!("{name}（第 {version} 版）")
    }
}

/// Where a missing fact is entered, under the agency's address, and what the link says.
pub(crate) fn entered_at(fact: &str) -> (&'static str, &'static str) {
    match fact {
        "responsibility_level" | "level_approved_on" => ("agency#designation", "登錄等級核定"),
        "has_ciso" => ("agency#ciso", "登錄資通安全長"),
        "has_mail_server"
        | "develops_systems"
        | "has_public_core_system"
        | "has_non_core_system"
        | "jurisdiction"
        | "supervises_agencies"
        | "outsources_systems"
        | "uses_restricted_products"
        | "critical_infrastructure" => ("agency#facts", "補登機關情形"),
        "has_plan" => ("plan", "看計畫健檢"),
        _ => ("agency", "看機關資料"),
    }
}

/// A text for an address: everything but unreserved characters and the slash is escaped.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
            out
        })
}

/// A text as a value in an address's query: nothing of it stands for itself but letters and digits.
pub(crate) fn encode_part(text: &str) -> String {
    encode(text).replace('/', "%2F")
}

/// A size as people say it: `820 B`, `12 KB`, `3.4 MB`.
pub(crate) fn bytes(size: &u64) -> String {
    const KB: u64 = 1024;
    const MB: u64 = KB * KB;
    match *size {
        small if small < KB => format!("{small} B"),
        middle if middle < MB => format!("{} KB", middle.div_ceil(KB)),
        large => format!("{}.{} MB", large / MB, large % MB * 10 / MB),
    }
}
