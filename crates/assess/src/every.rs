//! Duties due again and again, by the calendar.
//!
//! A year is a calendar year, a quarter a calendar quarter. An interval of *n* years asks
//! for one in any *n* consecutive calendar years. Periods before the records begin can't
//! be judged and don't make a duty overdue; periods the records reach do.

use crate::assessment::{DutyAssessment, PeriodVerdict, StepUsed, Verdict};
use crate::why::Case;
use law::{Interval, Shape, Value};
use period::{Date, Moment, Span, Unit, later};

/// Blocks of whole months, counted from year 0; a window is `window` blocks long.
#[derive(Clone, Copy)]
struct Grid {
    months: i32,
    window: i32,
}

impl Grid {
    fn of(interval: Interval) -> Option<Self> {
        let every = i32::try_from(interval.every).ok()?;
        match interval.unit {
            Unit::Year => Some(Self {
                months: 12,
                window: every,
            }),
            Unit::Month if every > 0 && every % 12 == 0 => Some(Self {
                months: 12,
                window: every / 12,
            }),
            Unit::Month if every > 0 && 12 % every == 0 => Some(Self {
                months: every,
                window: 1,
            }),
            _ => None,
        }
    }

    fn block(self, day: Date) -> i32 {
        (i32::from(day.year()) * 12 + i32::from(day.month()) - 1) / self.months
    }

    fn first(self, block: i32) -> Option<Date> {
        let month = block * self.months;
        Date::new(
            i16::try_from(month / 12).ok()?,
            i8::try_from(month % 12 + 1).ok()?,
            1,
        )
        .ok()
    }

    fn last(self, block: i32) -> Option<Date> {
        self.first(block + 1)?.yesterday().ok()
    }

    fn label(self, block: i32) -> String {
        let Some(first) = self.first(block) else {
            return String::new();
        };
        let year = i32::from(first.year()) - 1911;
        let part = i32::from(first.month() - 1) / self.months + 1;
        match self.months {
            12 => format!("{year}年度"),
            6 => format!("{year}年{}半年", if part == 1 { "上" } else { "下" }),
            3 => format!("{year}年第{part}季"),
            1 => format!("{year}年{part}月"),
            n => format!("{year}年第{part}期（{n}個月）"),
        }
    }
}

pub(crate) fn judge(case: &Case<'_>, result: &mut DutyAssessment) {
    let Some(Value::Interval(interval)) = case.resolved.period().map(|r| r.value.clone()) else {
        result.verdict = Verdict::Unknown;
        result.reason_code = "missing interval".to_owned();
        result.reason =
            "規定只說定期，沒有說多久一次；請資通安全專責人員於維護計畫訂明週期，才能判定。".to_owned();
        return;
    };
    match Grid::of(interval) {
        Some(grid) => by_grid(case, result, grid, interval),
        None => by_last(case, result, interval),
    }
}

/// The first block for which a clause counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    /// No such clause binds.
    Absent,
    /// It counts as far back as one may look.
    Ever,
    /// From this block on.
    Block(i32),
}

impl First {
    fn or_ever(block: Option<i32>) -> Self {
        block.map_or(Self::Ever, Self::Block)
    }

    fn counts(self, block: i32) -> bool {
        match self {
            Self::Absent => false,
            Self::Ever => true,
            Self::Block(first) => block >= first,
        }
    }
}

/// From which block on each binding clause counts. A window has begun once any of them does:
/// a plan can add periods to those of the law, never take them away.
struct Starts<'a> {
    /// Clauses of the law.
    law: First,
    /// Promises of the plan.
    plan: First,
    /// The dated fact from which the law counts, and its day.
    counted: Option<(&'a str, Date)>,
    /// That fact, where nobody supplied it.
    missing: Option<&'a str>,
}

impl<'a> Starts<'a> {
    fn of(case: &Case<'a>, result: &mut DutyAssessment, grid: Grid) -> Self {
        let winners = case.resolved.period().map_or(&[][..], |p| p.winners.as_slice());
        let promises = || winners.iter().filter(|c| c.is_promise());
        let days: Option<Vec<Date>> = promises().map(|c| c.since).collect();
        let plan = match promises().count() {
            0 => First::Absent,
            _ => First::or_ever(days.and_then(|d| d.into_iter().min()).map(|day| grid.block(day))),
        };
        let mut starts = Self {
            law: First::Absent,
            plan,
            counted: None,
            missing: None,
        };
        if winners.iter().all(law::Clause::is_promise) {
            return starts;
        }
        let known_from = case.known_from().map(|day| grid.block(day));
        let Shape::Every { starts_after, .. } = &case.resolved.duty.shape else {
            return starts;
        };
        let Some(key) = starts_after.as_deref() else {
            starts.law = First::or_ever(case.first_basis().map(|day| grid.block(day)));
            return starts;
        };
        case.note_fact(&mut result.facts, key);
        if let Some(day) = case.date(key) {
            let following = (i32::from(day.year()) + 1) * 12 / grid.months;
            starts.counted = Some((key, day));
            starts.law = First::Block(known_from.map_or(following, |k| k.max(following)));
        } else {
            starts.missing = Some(key);
            starts.law = First::or_ever(known_from);
        }
        starts
    }

    /// Whether a window that begins with this block counts.
    fn begun(&self, block: i32) -> bool {
        self.law.counts(block) || self.plan.counts(block)
    }

    /// The first block that counts, where there is one.
    fn first(&self) -> Option<i32> {
        match (self.law, self.plan) {
            (First::Block(a), First::Block(b)) => Some(a.min(b)),
            (First::Block(a), First::Absent) | (First::Absent, First::Block(a)) => Some(a),
            _ => None,
        }
    }

    /// The missing fact that decides when the counting began, unless a promise counts anyway.
    fn undecided(&self) -> Option<&'a str> {
        self.missing.filter(|_| self.plan == First::Absent)
    }
}

fn proven(result: &DutyAssessment) -> Vec<Date> {
    result
        .done
        .iter()
        .filter(|d| d.evidence > 0)
        .map(|d| d.on)
        .collect()
}

fn by_grid(case: &Case<'_>, result: &mut DutyAssessment, grid: Grid, interval: Interval) {
    let starts = Starts::of(case, result, grid);
    let now = grid.block(case.day);
    let times = usize::try_from(interval.times).unwrap_or(usize::MAX).max(1);
    let proven = proven(result);
    let met = |end: i32| {
        let count = proven
            .iter()
            .filter(|d| (end - grid.window + 1..=end).contains(&grid.block(**d)))
            .count();
        count >= times
    };
    let begun = |end: i32| starts.begun(end - grid.window + 1);
    let reached = |end: i32| {
        let window_start = grid.first(end - grid.window + 1);
        case.snapshot
            .records_from
            .zip(window_start)
            .is_some_and(|(records, start)| records <= start)
    };
    for end in (now - 5..now).rev() {
        let (Some(from), Some(to)) = (grid.first(end - grid.window + 1), grid.last(end)) else {
            continue;
        };
        if !begun(end) || (starts.undecided().is_some() && !met(end)) {
            continue;
        }
        let verdict = if met(end) {
            Verdict::Met
        } else if reached(end) {
            Verdict::NotMet
        } else {
            Verdict::Unknown
        };
        let label = if grid.window == 1 {
            grid.label(end)
        } else {
            format!("{}至{}", grid.label(end - grid.window + 1), grid.label(end))
        };
        result.periods.push(PeriodVerdict {
            label,
            from,
            to,
            verdict,
        });
    }
    if let (Some((key, day)), Some(from)) = (starts.counted, starts.first().and_then(|f| grid.first(f))) {
        result.steps.push(note(
            format!(
                "{} {}，自次年度（{}）起計算。",
                label_of(key),
                period::roc_short(day),
                period::roc_short(from)
            ),
            Some(from),
        ));
    }
    let words = interval.words();
    if met(now) {
        let last = proven.iter().map(|d| grid.block(*d)).max().unwrap_or(now);
        let next = grid.last(last + grid.window);
        result.verdict = Verdict::Met;
        result.reason_code = "done".to_owned();
        let when = proven.first().map_or_else(String::new, |d| period::roc_short(*d));
        result.reason = format!("已於 {when} 辦理，並有佐證。");
        due(result, next, &words, "下次期限");
        return;
    }
    let missed = |end: i32| begun(end) && reached(end) && !met(end);
    if missed(now - 1) {
        if let Some(key) = starts.undecided() {
            // Whether that period had begun to count hangs on the missing date.
            case.unknown(result, &[key.to_owned()]);
            due(result, grid.last(now), &words, "本期末日");
            return;
        }
        // The earliest end of the unbroken run of missed windows up to now.
        let mut earliest = now - 1;
        while missed(earliest - 1) {
            earliest -= 1;
        }
        result.verdict = Verdict::NotMet;
        result.reason_code = "overdue".to_owned();
        result.reason = format!("{}應辦理而無佐證，已逾期。", grid.label(earliest));
        due(result, grid.last(earliest), &words, "逾期之期限");
        return;
    }
    let end = starts.first().map_or(now, |f| now.max(f + grid.window - 1));
    result.verdict = Verdict::NotYetDue;
    result.reason_code = "not yet due".to_owned();
    let unknown = result.periods.iter().any(|p| p.verdict == Verdict::Unknown);
    let reach = if unknown || case.snapshot.records_from.is_none() {
        "；先前各期之紀錄未及於本系統，無法判定"
    } else {
        ""
    };
    due(result, grid.last(end), &words, "本期末日");
    let assumed = match starts.undecided() {
        Some(key) => format!("（「{}」不明，先以已起算論）", label_of(key)),
        None => String::new(),
    };
    result.reason = match result.due {
        Some(due) => format!("本期應於 {} 前辦理{assumed}{reach}。", period::roc_short(due)),
        None => "本期末日無法計算。".to_owned(),
    };
}

/// Intervals that no calendar grid holds: from the last time it was done.
fn by_last(case: &Case<'_>, result: &mut DutyAssessment, interval: Interval) {
    let proven = proven(result);
    let since = case
        .resolved
        .period()
        .and_then(|p| p.winners.iter().filter_map(|c| c.since).min());
    let base = proven
        .first()
        .copied()
        .or(case.snapshot.records_from.max(since).filter(|d| *d <= case.day))
        .unwrap_or(case.day);
    let unit = match interval.unit {
        Unit::WorkingDay | Unit::Hour => Unit::CalendarDay,
        other => other,
    };
    let amount = interval.every;
    let span = later(base, Span { amount, unit });
    due(result, span, &interval.words(), "自上次辦理（或紀錄起始日）起算");
    let late = span.is_some_and(|d| case.day > d);
    (result.verdict, result.reason_code, result.reason) = match (late, proven.is_empty(), span) {
        (_, _, None) => (
            Verdict::Unknown,
            "no date".to_owned(),
            "期限無法計算。".to_owned(),
        ),
        (true, _, Some(d)) => (
            Verdict::NotMet,
            "overdue".to_owned(),
            format!("期限 {} 已過，無佐證。", period::roc_short(d)),
        ),
        (false, false, Some(d)) => (
            Verdict::Met,
            "done".to_owned(),
            format!("本期已辦理；下次期限 {}。", period::roc_short(d)),
        ),
        (false, true, Some(d)) => (
            Verdict::NotYetDue,
            "not yet due".to_owned(),
            format!("本期應於 {} 前辦理。", period::roc_short(d)),
        ),
    };
}

fn due(result: &mut DutyAssessment, day: Option<Date>, words: &str, what: &str) {
    result.due = day;
    result.part_of_day = day.map(|_| period::PartOfDay::WholeDay);
    result.due_basis = words.to_owned();
    if let Some(day) = day {
        result.steps.push(note(
            format!("{words}；{what} {}。", period::roc_short(day)),
            Some(day),
        ));
    }
}

fn note(text: String, to: Option<Date>) -> StepUsed {
    StepUsed {
        rule: None,
        to: to.map(Moment::Day),
        note: text,
        cite: None,
        cite_label: None,
    }
}

fn label_of(key: &str) -> &str {
    facts::fact_spec(key).map_or(key, |s| s.label)
}
