//! Passwords, idle time, remote access, retention.
//!
//! What: limits and counts of access control. Why: these are the numbers an auditor
//! tests on a machine. What it can't know: a rule that is only configured and not
//! written. Lengths of time keep their unit.

use super::hit::Hit;
use crate::plan::context::Sentence;
use crate::plan::model::{Item, Value};
use crate::plan::numerals::{self, Pattern};

static LENGTH: [Pattern; 4] = [
    Pattern::new(r"長度[^,。;]{0,16}?(NUM)(?:\(含\))?個?(?:\(含\))?(?:碼|字元|位元|位|字|英數)"),
    Pattern::new(r"字數[^,。;]{0,6}?(?:少於|低於|為|達|至少)(NUM)(?:[,。;個]|$)"),
    Pattern::new(r"(NUM)(?:\(含\))?個?(?:碼|字元|位數)(?:\(含\))?以上"),
    Pattern::new(
        r"(?:至少|不得?少於|不得低於|不低於|最少|大於|須為|應為|應達|達)(?:含)?(NUM)個?(?:碼|字元|位數)",
    ),
];
static CLASSES: Pattern =
    Pattern::new(r"(至少|其中|任|中之?|取)?[^,;。]{0,3}?(NUM)個?(?:種|類|項)(類|以上|\(含\)|之?組合|組合)?");
static CHOSEN: Pattern = Pattern::new(r"[四三4]選([二三23])");
static MAX_AGE: [Pattern; 5] = [
    Pattern::new(r"(?:每隔?|滿)(NUM|半)個?(月|天|日|年|季|週)[^,。;0-9]{0,8}?(?:換|更替)"),
    Pattern::new(
        r"(NUM|半)個?(月|天|日|年|季|週)(?:應|須|需|至少|以?內|強制|定期|\(含\))*[^,。;0-9]{0,10}?(?:更換|變更|更新|修改|更改|重設|重新設定)",
    ),
    Pattern::new(
        r"(?:效期|有效期限?|使用期限|更換週期|更換頻率|最長使用|最長期限|使用期間|最長)[^。;,]{0,12}?(NUM|半)個?(月|天|日|年|季|週)",
    ),
    Pattern::new(r"(?:更換|變更|更改|修改)[^,。;]{0,10}?(?:每|至少)(NUM|半)個?(月|天|日|年|季|週)"),
    Pattern::new(r"每(一?)(季|月|年|學期)[^,。;]{0,8}?(?:更換|變更|更新|更改|修改)"),
];
static MIN_AGE: [Pattern; 3] = [
    Pattern::new(
        r"(NUM)個?(天|日|小時)(?:後|以上)?,?(?:始|方|才)(?:得|可|能)(?:再次?|再行)?(?:變更|更換|更改|修改)",
    ),
    Pattern::new(
        r"(?:最短|最低|最少)(?:使用)?(?:期限|效期|天數|期間|時間)?[^,。;、]{0,6}?(NUM)個?(天|日|月|小時)",
    ),
    Pattern::new(r"(NUM)個?(天|日|小時)內不得(?:再次?)?(?:變更|更換|更改|修改)"),
];
static HISTORY: [Pattern; 2] = [
    Pattern::new(r"(?:前|最近|近)(NUM)(?:次|組|代|個)"),
    Pattern::new(r"(NUM)(?:次|代|組)(?:以?內)?[^,。;]{0,8}(?:使用過|曾使用|舊|重複|相同|再用|沿用)"),
];
static ATTEMPTS: [Pattern; 3] = [
    Pattern::new(r"(?:連錯|連續錯|連續輸錯|打錯)(?:達|逾|滿)?(NUM)次"),
    Pattern::new(r"(?:失敗|錯誤|輸錯|嘗試|失誤)[^。;,]{0,12}?(NUM)次"),
    Pattern::new(r"(NUM)次[^。;,]{0,8}?(?:失敗|錯誤|輸錯)"),
];
static MINUTES: Pattern = Pattern::new(r"(NUM|半)個?(分鐘|分|小時|秒)");
static DURATION: [Pattern; 2] = [
    Pattern::new(
        r"(?:不超過|不得超過|不得逾|不逾|未逾|至多|最長|最多|上限|期限|為期|以)[^,。;0-9一二三四五六七八九十]{0,8}(NUM|半)個?(工作天|工作日|天|日|月|年|週|小時)",
    ),
    Pattern::new(r"(NUM|半)個?(工作天|工作日|天|日|月|年|週|小時)(?:內)?(?:為限|為原則|為上限|以內|內有效)"),
];
static LOCKED_FOR: Pattern = Pattern::new(
    r"(?:鎖定|鎖住|凍結|停用)(?:之)?(?:時間|期間|時長|時限)[^,;。]{0,6}?(NUM|半)個?(分鐘|分|小時)",
);
static KEEP: Pattern = Pattern::new(r"(NUM|半)個?(月|年|天|日|週)");
static ANY: Pattern = Pattern::new(r"(?-u:\b)(?:any|Any|ANY)(?-u:\b)|全部\(|任意");

pub(super) fn read(s: &Sentence<'_>) -> Vec<Hit> {
    let mut out = Vec::new();
    // A paragraph on passwords says so once and goes on with 最長, 不得與前三次.
    let words = ["通行碼", "密碼", "口令", "Password", "password"];
    if s.under(&words) || words.iter().any(|w| s.paragraph.text.contains(w)) {
        password(s, &mut out);
    }
    lockout(s, &mut out);
    idle(s, &mut out);
    remote(s, &mut out);
    retention(s, &mut out);
    out
}

fn amount(text: &str) -> Option<f64> {
    if text == "半" {
        Some(0.5)
    } else {
        numerals::value(text)
    }
}

/// The first match of the first pattern that has one, as number, unit and byte.
fn first<'t>(patterns: &[Pattern], text: &'t str) -> Option<(f64, &'t str, usize)> {
    patterns.iter().find_map(|p| {
        p.all(text).into_iter().find_map(|c| {
            let n = amount(c.get(1)?.as_str())?;
            Some((n, c.get(2).map_or("", |m| m.as_str()), c.get(1)?.start()))
        })
    })
}

/// A length of time as written: six months are six months, whatever their days.
fn as_written(n: f64, unit: &str) -> Option<(f64, &'static str)> {
    Some(match unit {
        "天" | "日" => (n, "day"),
        "週" => (n, "week"),
        "月" => (n, "month"),
        "季" => (n * 3.0, "month"),
        "學期" => (n * 6.0, "month"),
        "年" if (n - 0.5).abs() < f64::EPSILON => (6.0, "month"),
        "年" => (n, "year"),
        "小時" => (n, "hour"),
        _ => return None,
    })
}

/// Whether the words before a match limit it to administrators.
fn privileged(text: &str, byte: usize) -> bool {
    let before: String = text
        .get(..byte)
        .unwrap_or_default()
        .chars()
        .rev()
        .take(24)
        .collect();
    let before: String = before.chars().rev().collect();
    let before = before.rsplit([',', ';']).next().unwrap_or_default();
    ["管理者", "管理員", "特權", "最高權限", "管理帳號"]
        .iter()
        .any(|w| before.contains(w))
        && !before.contains("使用者")
}

fn password(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    for pattern in &LENGTH {
        let mut any = false;
        for c in pattern.all(s.text) {
            let Some(m) = c.get(1) else { continue };
            let Some(n) = numerals::value(m.as_str()) else {
                continue;
            };
            if (4.0..=64.0).contains(&n) {
                let mut hit = Hit::number("password.min_length", n, "character", m.start());
                hit.special = privileged(s.text, m.start())
                    || s.paragraph.above.last().is_some_and(|a| a.contains("特權"));
                out.push(hit);
                any = true;
            }
        }
        if any {
            break;
        }
    }
    if s.has(&["複雜", "大寫", "小寫", "特殊", "符號", "英文", "英數"]) {
        out.extend(classes(s));
    }
    let forbidden = |byte: usize| {
        let clause = s
            .text
            .get(..byte)
            .unwrap_or_default()
            .rsplit([',', ';'])
            .next()
            .unwrap_or_default();
        ["最短", "最低使用", "最少使用", "不得", "禁止", "未登入", "未使用"]
            .iter()
            .any(|w| clause.contains(w))
    };
    if s.has(&[
        "更換",
        "變更",
        "更新",
        "更改",
        "修改",
        "須換",
        "應換",
        "效期",
        "使用期限",
        "最長",
        "重設",
        "有效期",
    ]) && !s.has(&["清查"])
    {
        let found = MAX_AGE.iter().find_map(|p| {
            p.all(s.text).into_iter().find_map(|c| {
                let (number, unit) = (c.get(1)?, c.get(2)?);
                let n =
                    if matches!(number.as_str(), "" | "一") && unit.as_str() != "天" && unit.as_str() != "日"
                    {
                        1.0
                    } else {
                        amount(number.as_str())?
                    };
                let (n, unit) = as_written(n, unit.as_str())?;
                // A single day is how soon it may be changed, not how late.
                let long = match unit {
                    "hour" => false,
                    "day" => n >= 7.0,
                    _ => true,
                };
                (long && !forbidden(number.start())).then_some((n, unit, number.start()))
            })
        });
        if let Some((n, unit, byte)) = found {
            out.push(Hit::number("password.max_age", n, unit, byte));
        }
    }
    if let Some((n, unit, byte)) = first(&MIN_AGE, s.text)
        && let Some((n, unit)) = as_written(n, unit)
        && !s.text.get(..byte).is_some_and(|t| t.ends_with("長度"))
    {
        out.push(Hit::number("password.min_age", n, unit, byte));
    }
    if s.has(&[
        "重複",
        "再用",
        "沿用",
        "相同",
        "不得",
        "不可",
        "使用過",
        "記住",
        "記憶",
        "記錄前",
        "紀錄前",
        "記錄最近",
        "歷程",
        "歷史",
    ]) && let Some((n, _, byte)) = first(&HISTORY, s.text)
        && n >= 1.0
        && !s.has(&["失敗", "錯誤"])
    {
        out.push(Hit::number("password.history", n, "count", byte));
    }
}

fn classes(s: &Sentence<'_>) -> Option<Hit> {
    let counted: Vec<(f64, usize, bool)> = CLASSES
        .all(s.text)
        .into_iter()
        .filter_map(|c| {
            let m = c.get(2)?;
            let n = numerals::value(m.as_str())?;
            (1.0..=4.0)
                .contains(&n)
                .then_some((n, m.start(), c.get(1).is_some() || c.get(3).is_some()))
        })
        .collect();
    if let Some((n, byte)) = CHOSEN.captures(s.text).and_then(|c| {
        let m = c.get(1)?;
        Some((numerals::value(m.as_str())?, m.start()))
    }) {
        return Some(Hit::number("password.classes", n, "class", byte));
    }
    // "四種中至少三種": the count that is asked for comes with such a word.
    let best = counted.iter().rev().find(|(_, _, sure)| *sure).or(counted.last());
    if let Some((n, byte, _)) = best {
        return Some(Hit::number("password.classes", *n, "class", *byte));
    }
    let mixed = s.has(&["英數混合", "英數夾雜", "英數組合"]);
    if !s.has(&["應", "須", "需", "包含", "包括", "混合"])
        || s.text.contains('或')
        || !(mixed || s.has(&["數字"]))
    {
        return None;
    }
    let case = if s.has(&["大小寫"]) || (s.has(&["大寫"]) && s.has(&["小寫"])) {
        2.0
    } else {
        f64::from(u8::from(s.has(&["英文", "字母", "英數", "大寫", "小寫"])))
    };
    let rest = f64::from(u8::from(mixed || s.has(&["數字"]))) + f64::from(u8::from(s.has(&["特殊", "符號"])));
    let byte = s.text.find("英").or_else(|| s.text.find("大寫")).unwrap_or(0);
    (case + rest >= 2.0).then(|| Hit::number("password.classes", case + rest, "class", byte))
}

fn lockout(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    if let Some((n, unit, byte)) = first(std::slice::from_ref(&LOCKED_FOR), s.text)
        && !s.has(&["失敗", "錯誤", "輸錯", "嘗試"])
    {
        let n = minutes(n, unit);
        out.push(Hit::number("password.lockout_minutes", n, "minute", byte));
    }
    if !s.has(&["登入", "驗證", "密碼", "通行碼", "鎖定", "帳號"])
        || !s.has(&["失敗", "錯誤", "輸錯", "嘗試", "連錯", "連續錯", "打錯"])
    {
        return;
    }
    let Some((n, _, byte)) = first(&ATTEMPTS, s.text) else {
        return;
    };
    if !(1.0..=20.0).contains(&n) {
        return;
    }
    out.push(Hit::number("password.lockout_attempts", n, "count", byte));
    if let Some((n, unit, byte)) = first(std::slice::from_ref(&MINUTES), s.text)
        && s.has(&["鎖", "凍結", "不允許", "不得", "停用", "暫停", "禁止", "限制"])
    {
        out.push(Hit::number(
            "password.lockout_minutes",
            minutes(n, unit),
            "minute",
            byte,
        ));
    }
}

fn minutes(n: f64, unit: &str) -> f64 {
    match unit {
        "小時" => n * 60.0,
        "秒" => n / 60.0,
        _ => n,
    }
}

fn idle(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    const SIGNS: [&str; 15] = [
        "螢幕",
        "未使用",
        "不使用",
        "閒置",
        "登出",
        "無任何動作",
        "無動作",
        "未操作",
        "無操作",
        "逾時",
        "保護程式",
        "離開座位",
        "離座",
        "自動鎖定",
        "未動作",
    ];
    const OTHER: [&str; 9] = [
        "失敗",
        "錯誤",
        "中斷時間",
        "演練",
        "通報",
        "復原",
        "備份",
        "帳號閒置",
        "課程",
    ];
    if !s.has(&SIGNS) || s.has(&OTHER) {
        return;
    }
    for c in MINUTES.all(s.text) {
        let (Some(n), Some(unit)) = (c.get(1), c.get(2)) else {
            continue;
        };
        if let Some(value) = amount(n.as_str()) {
            let value = minutes(value, unit.as_str());
            if (1.0..=240.0).contains(&value) {
                out.push(Hit::number("session.idle", value, "minute", n.start()));
                return;
            }
        }
    }
}

fn remote(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    if !s.about(&[
        "遠距",
        "遠端",
        "VPN",
        "外部連線",
        "外連入",
        "外部連入",
        "外部登入",
        "連入",
    ]) {
        return;
    }
    if let Some((byte, _)) = ANY.find(s.text)
        && s.has(&["避免", "不得", "禁止", "勿", "不可", "不應"])
        && s.has(&["Any", "ANY", "any", "埠", "IP"])
    {
        out.push(Hit::new(
            "remote_access.any_forbidden",
            Value::Flag(true),
            "flag",
            byte,
        ));
    }
    if s.has(&[
        "紀錄",
        "日誌",
        "保存",
        "保留",
        "通報",
        "演練",
        "審查",
        "閒置",
        "未使用",
        "分鐘",
    ]) {
        return;
    }
    if let Some((n, unit, byte)) = first(&DURATION, s.text) {
        if s.text.get(..byte).is_some_and(|t| t.ends_with('每')) {
            return;
        }
        if unit.starts_with("工作") {
            out.push(Hit::number("remote_access.max_duration", n, "working_day", byte));
        } else if let Some((n, unit)) = as_written(n, unit) {
            out.push(Hit::number("remote_access.max_duration", n, unit, byte));
        }
    }
}

fn retention(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    const KEEPS: [&str; 8] = ["保存", "保留", "留存", "存放", "保管", "留存期", "至少留", "應留"];
    if !s.has(&KEEPS) {
        return;
    }
    let keep = KEEPS.iter().filter_map(|w| s.text.find(w)).min().unwrap_or(0);
    // The length nearest to the word, not one in another clause.
    let near = KEEP
        .all(s.text)
        .into_iter()
        .filter_map(|c| {
            let (n, unit) = (c.get(1)?, c.get(2)?);
            let before = s.text.get(..n.start()).unwrap_or_default();
            // 每六個月 is how often, and 114年 is a date.
            if before.ends_with(['每', '第']) || before.ends_with("每隔") {
                return None;
            }
            let distance = n.start().abs_diff(keep);
            Some((distance, amount(n.as_str())?, unit.as_str(), n.start()))
        })
        .filter(|(distance, n, unit, _)| *distance <= 75 && !(*unit == "年" && *n > 50.0))
        .min_by_key(|(distance, ..)| *distance);
    let Some((_, n, unit, byte)) = near else { return };
    let log = s.about(&[
        "日誌",
        "log",
        "Log",
        "LOG",
        "軌跡",
        "紀錄檔",
        "記錄檔",
        "事件紀錄",
        "登入紀錄",
        "連線紀錄",
        "電腦稽核紀錄",
        "稽核存錄",
    ]);
    // What a firewall keeps of passing connections is no log of an information system.
    if log && !s.has(&["防火牆之管理", "通過防火牆", "防火牆管理活動", "防火牆連線"]) {
        let (n, unit) = match unit {
            "年" if (n - 0.5).abs() < f64::EPSILON => (6.0, "month"),
            "年" => (n * 12.0, "month"),
            "月" => (n, "month"),
            "週" => (n, "week"),
            _ => (n, "day"),
        };
        out.push(Hit::number("log.retention", n, unit, byte));
    } else if unit == "年"
        && s.about(&["紀錄", "記錄", "文件", "資料", "報告", "佐證"])
        && s.item != Some(Item::Intelligence)
    {
        out.push(Hit::number("record.retention", n, "year", byte));
    }
}
