//! 圖表: pictures of what the registers hold, each only where there is something to show.
//!
//! Why from whole registers alone: a picture of a few own rows would be taken for the agency's. What it
//! can't know: what nobody entered.

use crate::clock::days_between;
use crate::compiled::compiled_once;
use crate::ids::register;
use crate::records::names::{self, Eyes};
use crate::rows::Rows;
use crate::visit::{Visit, act};
use crate::{AppError, Loaded, map};
use period::{Date, roc_short};
use registers::Record;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use store::StoredRow;
use views::{Bar, Bars, FiguresView, Point, RiskMatrix, RiskSquare, Trend};

/// Squares of a side: the picture that everybody knows.
const SIDE: u64 = 5;
/// How wide and how high a trend is drawn.
const WIDE: u32 = 600;
const HIGH: u32 = 160;
/// The most lines and bars of one kind; the rest is in the registers.
const LINES: usize = 6;
const BARS: usize = 40;
/// A certificate that ends within so many days is told apart: a choice of ours.
const SOON: i32 = 30;
/// What a year of days is to a bar.
const YEAR: i32 = 366;

/// The page 圖表.
///
/// # Errors
/// Where the asker may not see the agency.
#[compiled_once]
pub async fn view(visit: &Visit<'_>) -> Result<FiguresView, AppError> {
    let loaded = visit.loaded_as_seen().await?;
    let (agency, day) = (visit.agency(), visit.day());
    let see = |keys: &[&str]| keys.iter().all(|key| sees_all(visit, key));
    let rows = &loaded.rows;
    let mut bars = Vec::new();
    if see(&["attendance", "person"]) {
        bars.extend(hours(visit, &loaded).await?);
    }
    if see(&["crypto_key"]) {
        bars.extend(lasting(rows, day, &LASTING[0]));
    }
    if see(&["website"]) {
        bars.extend(lasting(rows, day, &LASTING[1]));
    }
    if see(&["control_check"]) {
        bars.extend(controls(rows, &visit.corpus().baseline.dimensions));
    }
    if see(&["budget"]) {
        bars.extend(budget(rows));
    }
    for of in &mut bars {
        of.href = format!("/{agency}/registers/{}", of.href);
        for bar in of.bars.iter_mut().filter(|b| !b.href.is_empty()) {
            bar.href = format!("/{agency}/registers/{}", bar.href);
        }
    }
    let mut trends = Vec::new();
    if see(&["availability", "system"]) {
        trends.extend(availability(rows));
    }
    if see(&["measurement", "objective"]) {
        trends.extend(objectives(rows));
    }
    for trend in &mut trends {
        trend.href = format!("/{agency}/registers/{}", trend.href);
    }
    let matrix = see(&["risk"]).then(|| matrix(rows)).flatten();
    Ok(FiguresView {
        agency: map::head(&loaded.snapshot, day),
        matrix,
        trends,
        bars,
    })
}

/// Whether the visitor may read every row of a register.
fn sees_all(visit: &Visit<'_>, key: &str) -> bool {
    register(key).is_ok_and(|spec| {
        visit
            .may(act::Read, spec)
            .is_ok_and(|access| access.own.is_none())
    })
}

fn record<'r>(register: &'static str, row: &'r StoredRow) -> Option<Record<'r>> {
    let spec = registers::register(register)?;
    Some(Record::new(spec, &row.row, &row.body))
}

fn standing<'r>(rows: &'r Rows, register: &'static str) -> impl Iterator<Item = Record<'r>> {
    rows.standing(register)
        .filter_map(move |row| record(register, row))
}

fn name_of(rows: &Rows, register: &'static str, id: &str) -> String {
    let row = rows.row(register, id).filter(|r| !r.body.is_null());
    let name = row.and_then(|r| record(register, r)).map(|r| r.name().to_owned());
    name.unwrap_or_else(|| "未填".to_owned())
}

/// A share of a whole in hundredths, never more than all of it.
fn percent(part: f64, whole: f64) -> u8 {
    let share = if whole > 0.0 { part / whole * 100.0 } else { 0.0 };
    (0..=100_u8)
        .rev()
        .find(|n| f64::from(*n) <= share + 0.5)
        .unwrap_or(0)
}

/// A number as an officer writes it: no more places than it has.
fn decimal(n: f64) -> String {
    let text = format!("{n:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// New Taiwan dollars, with commas.
fn money(n: f64) -> String {
    let digits = format!("{n:.0}");
    let mut out = String::new();
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

fn matrix(rows: &Rows) -> Option<RiskMatrix> {
    let mut counts: BTreeMap<(u64, u64), usize> = BTreeMap::new();
    let mut outside = 0;
    for risk in standing(rows, "risk") {
        let at = risk.number("likelihood").zip(risk.number("impact"));
        match at.filter(|(l, i)| (1..=SIDE).contains(l) && (1..=SIDE).contains(i)) {
            Some(at) => *counts.entry(at).or_default() += 1,
            None => outside += 1,
        }
    }
    let total: usize = counts.values().sum();
    let square = |likelihood, impact| RiskSquare {
        likelihood,
        impact,
        count: counts.get(&(likelihood, impact)).copied().unwrap_or_default(),
        band: match likelihood * impact * 3 / (SIDE * SIDE) {
            0 => 1,
            1 => 2,
            _ => 3,
        },
    };
    let row = |likelihood| (1..=SIDE).map(|impact| square(likelihood, impact)).collect();
    (total + outside > 0).then(|| RiskMatrix {
        rows: (1..=SIDE).rev().map(row).collect(),
        total,
        outside,
    })
}

/// One measured value.
struct Measured {
    day: Date,
    when: String,
    value: f64,
    reached: Option<bool>,
}

/// A line through values by day, with room above and below.
fn trend(
    (id, title, href): (String, String, String),
    mut values: Vec<Measured>,
    aim: Option<(f64, String)>,
) -> Trend {
    values.sort_by_key(|v| v.day);
    let all = values.iter().map(|v| v.value).chain(aim.iter().map(|(a, _)| *a));
    let (low, high) = all.fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
    let span = if high - low > f64::EPSILON {
        high - low
    } else {
        1.0
    };
    // What never changes runs through the middle.
    let base = if high - low > f64::EPSILON {
        low
    } else {
        low - span / 2.0
    };
    let down = |value: f64| HIGH - 20 - u32::from(percent(value - base, span)) * (HIGH - 40) / 100;
    let first = values.first().map(|v| v.day);
    let last = values.last().map(|v| v.day);
    let days = first.zip(last).map_or(0, |(a, b)| days_between(a, b)).max(1);
    let across = |day: Date| {
        let since = first.map_or(0, |first| days_between(first, day));
        20 + u32::from(percent(f64::from(since), f64::from(days))) * (WIDE - 40) / 100
    };
    let points = values.iter().map(|v| Point {
        when: v.when.clone(),
        value: decimal(v.value),
        reached: v.reached,
        x: across(v.day),
        y: down(v.value),
    });
    Trend {
        points: points.collect(),
        aim_y: aim.as_ref().map(|(value, _)| down(*value)),
        aim: aim.map(|(_, words)| words).unwrap_or_default(),
        id,
        title,
        href,
    }
}

fn availability(rows: &Rows) -> Vec<Trend> {
    let mut by_system: BTreeMap<&str, Vec<Measured>> = BTreeMap::new();
    for row in standing(rows, "availability") {
        let Some((value, day)) = row.decimal("rate").zip(row.date("until")) else {
            continue;
        };
        let from = row.date("from").map(roc_short).unwrap_or_default();
        by_system.entry(row.text("system")).or_default().push(Measured {
            day,
            when: format!("{from}–{}", roc_short(day)),
            value,
            reached: None,
        });
    }
    let each = by_system.into_iter().take(LINES).enumerate();
    let made = each.map(|(n, (system, values))| {
        let title = format!("可用率（%）：{}", name_of(rows, "system", system));
        let head = (format!("t-availability-{n}"), title, "availability".to_owned());
        trend(head, values, None)
    });
    made.collect()
}

fn objectives(rows: &Rows) -> Vec<Trend> {
    let mut by_objective: BTreeMap<&str, Vec<Measured>> = BTreeMap::new();
    for row in standing(rows, "measurement") {
        let Some((value, day)) = row.decimal("value").zip(row.date("measured_on")) else {
            continue;
        };
        by_objective
            .entry(row.text("objective"))
            .or_default()
            .push(Measured {
                day,
                when: row.text("period").to_owned(),
                value,
                reached: row.flag("reached"),
            });
    }
    let each = by_objective.into_iter().take(LINES).enumerate();
    let made = each.map(|(n, (id, values))| {
        let objective = rows.row("objective", id).filter(|r| !r.body.is_null());
        let objective = objective.and_then(|r| record("objective", r));
        let unit = objective.as_ref().map(|o| o.text("unit")).unwrap_or_default();
        let unit = if unit.is_empty() {
            String::new()
        } else {
            format!("（{unit}）")
        };
        let aim = objective.as_ref().and_then(|o| {
            let target = o.decimal("target")?;
            Some((target, format!("{} {}", o.shown("direction"), decimal(target))))
        });
        let title = format!("目標{unit}：{}", name_of(rows, "objective", id));
        let head = (format!("t-objective-{n}"), title, "measurement".to_owned());
        trend(head, values, aim)
    });
    made.collect()
}

/// Hours of training this year, a bar for each person of whom some are on record; beside it what the law
/// asks of this agency, in its words.
async fn hours(visit: &Visit<'_>, loaded: &Arc<Loaded>) -> Result<Option<Bars>, AppError> {
    let (rows, day) = (&loaded.rows, visit.day());
    let sight = names::sight(visit, Eyes::Theirs, register("person")?).await?;
    let mut of: BTreeMap<&str, BTreeMap<String, f64>> = BTreeMap::new();
    for seat in standing(rows, "attendance") {
        let here = !["absent", "leave"].contains(&seat.text("status"));
        let this_year = seat
            .date("held_on")
            .is_some_and(|on| on.year() == day.year() && on <= day);
        if let Some(hours) = seat.decimal("hours").filter(|_| here && this_year) {
            let kinds = of.entry(seat.text("person")).or_default();
            *kinds.entry(seat.shown("category").to_owned()).or_default() += hours;
        }
    }
    let most = of.values().map(|k| k.values().sum::<f64>()).fold(0.0, f64::max);
    let mut bars: Vec<Bar> = of
        .into_iter()
        .map(|(id, kinds)| {
            let sum: f64 = kinds.values().sum();
            let name = name_of(rows, "person", id);
            let parts: Vec<String> = kinds
                .iter()
                .map(|(k, h)| format!("{k} {}", decimal(*h)))
                .collect();
            Bar {
                label: sight.masked(id, &name).unwrap_or(name),
                words: format!("{} 小時", decimal(sum)),
                note: parts.join("、"),
                percent: percent(sum, most),
                colour: "not_yet_due",
                href: format!("person/records/{id}"),
            }
        })
        .collect();
    bars.sort_by(|a, b| (a.percent, &a.label).cmp(&(b.percent, &b.label)));
    let people = standing(rows, "person").count();
    let without = people.saturating_sub(bars.len());
    let more = bars.len().saturating_sub(BARS);
    bars.truncate(BARS);
    let asked = crate::duties::assessment(visit, loaded, day);
    let asked = asked.duties.iter().flat_map(|d| &d.requirements);
    let mut asked: Vec<String> = asked
        .filter(|r| r.key.starts_with("training.") && r.key.ends_with("_hours"))
        .map(|r| format!("{} {}", r.title, r.words))
        .collect();
    asked.sort();
    asked.dedup();
    let mut meta = format!("{}年至今，時數最少者在前。", day.year() - 1911);
    if without > 0 {
        let _ = write!(meta, "另有 {without} 人沒有時數紀錄。");
    }
    if more > 0 {
        let _ = write!(meta, "其餘 {more} 人見登記簿。");
    }
    if !asked.is_empty() {
        let _ = write!(meta, "應達：{}（各適用其對象）。", asked.join("；"));
    }
    Ok((!bars.is_empty()).then(|| Bars {
        id: "hours",
        title: "誰的訓練時數還少".to_owned(),
        meta,
        head: "姓名",
        value: "今年時數",
        bars,
        href: "attendance".to_owned(),
    }))
}

/// Something with a last day.
struct Lasting {
    register: &'static str,
    until: &'static str,
    ended: &'static str,
    id: &'static str,
    title: &'static str,
}

const LASTING: [Lasting; 2] = [
    Lasting {
        register: "crypto_key",
        until: "until",
        ended: "stopped_on",
        id: "keys",
        title: "憑證與金鑰還有幾天",
    },
    Lasting {
        register: "website",
        until: "accessibility_until",
        ended: "retired_on",
        id: "marks",
        title: "網站無障礙標章還有幾天",
    },
];

fn lasting(rows: &Rows, day: Date, of: &Lasting) -> Option<Bars> {
    let mut all: Vec<(Date, String, String)> = standing(rows, of.register)
        .filter(|r| r.date(of.ended).is_none_or(|ended| ended > day))
        .filter_map(|r| Some((r.date(of.until)?, r.name().to_owned(), r.id.to_owned())))
        .collect();
    all.sort();
    let bars: Vec<Bar> = all
        .into_iter()
        .take(BARS)
        .map(|(until, label, id)| {
            let left = days_between(day, until);
            let (words, colour) = match left {
                n if n < 0 => (format!("已過期 {} 天", -n), "not_met"),
                n if n <= SOON => (format!("剩 {n} 天"), "unknown"),
                n => (format!("剩 {n} 天"), "met"),
            };
            Bar {
                label,
                words,
                note: format!("至 {}", roc_short(until)),
                percent: percent(f64::from(left.max(0)), f64::from(YEAR)),
                colour,
                href: format!("{}/records/{id}", of.register),
            }
        })
        .collect();
    (!bars.is_empty()).then(|| Bars {
        id: of.id,
        title: of.title.to_owned(),
        meta: "最先到期者在前；滿格為一年以上。".to_owned(),
        head: "名稱",
        value: "期限",
        bars,
        href: of.register.to_owned(),
    })
}

/// The baseline's progress by dimension: the letters that an identifier begins with.
fn controls(rows: &Rows, dimensions: &[law::Dimension]) -> Option<Bars> {
    let mut of: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let mut newest: Option<String> = None;
    for row in standing(rows, "control_check") {
        let edition = row.text("edition").to_owned();
        if newest.as_ref().is_none_or(|n| *n < edition) {
            newest = Some(edition);
        }
    }
    let newest = newest?;
    for row in standing(rows, "control_check").filter(|r| r.text("edition") == newest) {
        let measure = row.text("control").trim_end_matches(|c: char| !c.is_alphabetic());
        let letters: String = measure.chars().take_while(|c| c.is_alphabetic()).collect();
        let kinds = of.entry(letters).or_default();
        *kinds.entry(row.text("result").to_owned()).or_default() += 1;
    }
    let bars: Vec<Bar> = of
        .into_iter()
        .map(|(label, kinds)| {
            let count = |key: &str| kinds.get(key).copied().unwrap_or_default();
            let whole = kinds.values().sum::<usize>() - count("not_applicable");
            let met = count("met");
            let named = dimensions.iter().find(|d| d.key == label);
            Bar {
                label: named.map_or(label.clone(), |d| d.title.clone()),
                words: format!("{met}／{whole} 符合"),
                note: format!(
                    "部分符合 {}、不符合 {}、不適用 {}",
                    count("partial"),
                    count("not_met"),
                    count("not_applicable")
                ),
                percent: ratio(met, whole),
                colour: if met == whole { "met" } else { "not_yet_due" },
                href: String::new(),
            }
        })
        .collect();
    (!bars.is_empty()).then(|| Bars {
        id: "controls",
        title: "防護基準做到哪裡".to_owned(),
        meta: "最近一版防護基準之逐項自評，各系統合計，依構面分列；只算已自評者。".to_owned(),
        head: "構面",
        value: "符合",
        bars,
        href: "control_check".to_owned(),
    })
}

fn ratio(part: usize, whole: usize) -> u8 {
    let of = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    percent(of(part), of(whole))
}

fn budget(rows: &Rows) -> Option<Bars> {
    let mut of: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    for row in standing(rows, "budget") {
        let Some(((year, amount), security)) = row
            .number("year")
            .zip(row.decimal("amount"))
            .zip(row.decimal("security_amount"))
        else {
            continue;
        };
        let sums = of.entry(year).or_default();
        sums.0 += amount;
        sums.1 += security;
    }
    let bars: Vec<Bar> = of
        .into_iter()
        .map(|(year, (amount, security))| {
            let share = percent(security, amount);
            Bar {
                label: format!("{year} 年度"),
                words: format!("{share}%"),
                note: format!("資安 {} 元／資訊 {} 元", money(security), money(amount)),
                percent: share,
                colour: "not_yet_due",
                href: String::new(),
            }
        })
        .collect();
    (!bars.is_empty()).then(|| Bars {
        id: "budget",
        title: "資安占資訊經費多少".to_owned(),
        meta: "依資安經費登記簿之預算數。".to_owned(),
        head: "年度",
        value: "占比",
        bars,
        href: "budget".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn rows(register: &str, bodies: Vec<Json>) -> Rows {
        let of = bodies.into_iter().enumerate();
        let made = of.map(|(n, body)| StoredRow {
            agency: "a".to_owned(),
            register: register.to_owned(),
            row: format!("r{n}"),
            version: 1,
            seq: 0,
            body,
        });
        Rows::of(made.collect())
    }

    #[test]
    fn risks_stand_in_their_square_and_those_without_are_told() {
        let of = rows(
            "risk",
            vec![
                json!({ "likelihood": 5, "impact": 5 }),
                json!({ "likelihood": 5, "impact": 5 }),
                json!({ "likelihood": 1, "impact": 2 }),
                json!({ "likelihood": 9, "impact": 2 }),
                json!({}),
            ],
        );
        let made = matrix(&of).unwrap();
        assert_eq!((made.total, made.outside), (3, 2));
        assert_eq!((made.rows[0][4].count, made.rows[0][4].band), (2, 3));
        assert_eq!((made.rows[4][1].count, made.rows[4][1].band), (1, 1));
        assert!(
            matrix(&rows("risk", Vec::new())).is_none(),
            "no picture of nothing"
        );
    }

    #[test]
    fn a_line_goes_up_where_values_do() {
        let value = |month, value| Measured {
            day: Date::constant(2026, month, 1),
            when: String::new(),
            value,
            reached: None,
        };
        let head = || (String::new(), String::new(), String::new());
        let made = trend(
            head(),
            vec![value(7, 99.9), value(1, 99.0)],
            Some((99.5, "x".to_owned())),
        );
        let [first, last] = &made.points[..] else {
            panic!("two")
        };
        assert!(first.x < last.x && first.y > last.y);
        assert!(made.aim_y.is_some_and(|y| last.y < y && y < first.y));
        let alone = trend(head(), vec![value(1, 3.0)], None);
        assert_eq!((alone.points[0].x, alone.points[0].value.as_str()), (20, "3"));
    }

    #[test]
    fn shares_and_days_left() {
        assert_eq!(
            (percent(1.0, 3.0), percent(9.0, 3.0), percent(1.0, 0.0)),
            (33, 100, 0)
        );
        assert_eq!(
            (money(1_200_000.0), money(12.0)),
            ("1,200,000".to_owned(), "12".to_owned())
        );
        let of = rows(
            "budget",
            vec![
                json!({ "year": 116, "amount": 900, "security_amount": 100 }),
                json!({ "year": 116, "amount": 100, "security_amount": 0 }),
            ],
        );
        assert_eq!(budget(&of).unwrap().bars[0].words, "10%");
        let of = rows(
            "website",
            vec![
                json!({ "name": "甲", "accessibility_until": "2026-12-10" }),
                json!({ "name": "乙", "accessibility_until": "2026-11-01" }),
                json!({ "name": "丙", "accessibility_until": "2020-01-01", "retired_on": "2021-01-01" }),
            ],
        );
        let made = lasting(&of, Date::constant(2026, 11, 21), &LASTING[1]).unwrap();
        let words: Vec<&str> = made.bars.iter().map(|b| b.words.as_str()).collect();
        assert_eq!(words, ["已過期 20 天", "剩 19 天"]);
    }
}
