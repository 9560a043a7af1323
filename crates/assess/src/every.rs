//! Duties due again and again, by the calendar.
//!
//! A year is a calendar year, a quarter a calendar quarter. An interval of *n* years asks
//! for one in any *n* consecutive calendar years. Periods before the records begin can't
//! be judged and don't make a duty overdue; periods the records reach do. Each period is judged
//! by the rule of its time.

mod grid;
mod month;
mod rivals;
mod rule;
mod starts;
mod tell;

use crate::assessment::{DutyAssessment, PeriodVerdict, Verdict};
use crate::why::Case;
use grid::Grid;
use law::{Interval, Shape, Value};
use period::Date;
use rule::{Rule, Window};
use tell::{due, note, proven};

pub(crate) fn judge(case: &Case<'_>, result: &mut DutyAssessment) {
    if !rivals::judge(case, result, alone) {
        alone(case, result);
    }
}

/// By the one interval that binds.
fn alone(case: &Case<'_>, result: &mut DutyAssessment) {
    let Some(Value::Interval(interval)) = case.resolved.period().map(|r| r.value.clone()) else {
        result.verdict = Verdict::Unknown;
        result.reason_code = "missing interval".to_owned();
        result.reason =
            "規定只說定期，沒有說多久一次；請資通安全專責人員於維護計畫訂明週期，才能判定。".to_owned();
        return;
    };
    let rules = rule::all(case, &proven(result));
    match Grid::of(interval) {
        Some(grid) => {
            by_grid(case, result, &rules, grid);
            month::narrow(case, result, grid);
        }
        None => by_last(case, result, &rules, interval),
    }
}

fn by_grid(case: &Case<'_>, result: &mut DutyAssessment, rules: &[Rule<'_>], grid: Grid) {
    let Some((current, starts)) = rules.last().and_then(|r| Some((r, r.starts()?))) else {
        return;
    };
    if let Shape::Every {
        starts_after: Some(key),
        ..
    } = &case.resolved.duty.shape
    {
        case.note_fact(&mut result.facts, key);
    }
    let now = grid.block(case.day);
    let proven = proven(result);
    let told = Told::of(case, rules, &proven);
    let windows = rule::windows(rules, case.day, case.snapshot.records_from);
    let (open, ended): (Vec<Window>, Vec<Window>) = windows.into_iter().partition(|w| w.to >= case.day);
    for window in ended.iter().take(5) {
        result.periods.extend(told.verdict(window));
    }
    if let (Some((key, day)), Some(from)) = (starts.counted, starts.first().and_then(|f| grid.first(f))) {
        result.steps.push(note(
            format!(
                "{} {}，自次年度（{}）起計算。",
                case.start_label(key),
                period::roc_short(day),
                period::roc_short(from)
            ),
            Some(from),
        ));
    }
    let words = current.interval.words();
    if current.met(grid, now, &proven) {
        let last = proven.iter().map(|d| grid.block(*d)).max().unwrap_or(now);
        let next = grid.last(current.next(grid, last));
        result.verdict = Verdict::Met;
        result.reason_code = "done".to_owned();
        let when = proven.first().map_or_else(String::new, |d| period::roc_short(*d));
        result.reason = format!("已於 {when} 辦理，並有佐證。");
        due(result, next, &words, "下次期限");
        return;
    }
    let mut missed = ended.iter().take_while(|w| told.missed(w));
    if let Some(latest) = missed.next() {
        // The earliest end of the unbroken run of missed windows up to now.
        let earliest = missed.last().unwrap_or(latest);
        if let Some(key) = told.undecided(latest) {
            // Whether that period had begun to count hangs on the missing date.
            case.unknown(result, &[key.to_owned()]);
            due(result, grid.last(now), &words, "本期末日");
            return;
        }
        result.verdict = Verdict::NotMet;
        result.reason_code = "overdue".to_owned();
        result.reason = format!("{}應辦理而無佐證，已逾期。", told.last_block(earliest));
        let words = told.rule(earliest).map_or(words, |rule| rule.interval.words());
        due(result, Some(earliest.to), &words, "逾期之期限");
        return;
    }
    // What an earlier, longer interval still leaves open, where that ends first.
    let counted = grid.last(current.first_counted(grid, now));
    let left = open.iter().rev().find(|w| told.counts(w) && !told.met(w));
    let left = left.filter(|w| counted.is_none_or(|end| w.to < end));
    result.verdict = Verdict::NotYetDue;
    result.reason_code = "not yet due".to_owned();
    let unknown = result.periods.iter().any(|p| p.verdict == Verdict::Unknown);
    let reach = if unknown || case.snapshot.records_from.is_none() {
        "；先前各期之紀錄未及於本系統，無法判定"
    } else {
        ""
    };
    let words = left
        .and_then(|w| told.rule(w))
        .map_or(words, |rule| rule.interval.words());
    due(result, left.map(|w| w.to).or(counted), &words, "本期末日");
    let assumed = match starts.undecided() {
        Some(key) => format!("（「{}」不明，先以已起算論）", label_of(key)),
        None => String::new(),
    };
    result.reason = match result.due {
        Some(due) => format!("本期應於 {} 前辦理{assumed}{reach}。", period::roc_short(due)),
        None => "本期末日無法計算。".to_owned(),
    };
}

/// What is said of the windows that the rules made.
struct Told<'r, 'a> {
    rules: &'r [Rule<'a>],
    proven: &'r [Date],
    records: Option<Date>,
}

impl<'r, 'a> Told<'r, 'a> {
    fn of(case: &Case<'_>, rules: &'r [Rule<'a>], proven: &'r [Date]) -> Self {
        Self {
            rules,
            proven,
            records: case.snapshot.records_from,
        }
    }

    fn rule(&self, window: &Window) -> Option<&'r Rule<'a>> {
        self.rules.get(window.rule)
    }

    /// Whether its rule counted already.
    fn counts(&self, window: &Window) -> bool {
        let rule = self.rule(window);
        rule.and_then(|r| Some((r.grid?, r.starts()?)))
            .is_some_and(|(grid, starts)| starts.begun(window.end - grid.window + 1))
    }

    fn met(&self, window: &Window) -> bool {
        let rule = self.rule(window);
        rule.and_then(|r| Some((r, r.grid?)))
            .is_some_and(|(rule, grid)| rule.met(grid, window.end, self.proven))
    }

    fn reached(&self, window: &Window) -> bool {
        self.records.is_some_and(|records| records <= window.from)
    }

    fn missed(&self, window: &Window) -> bool {
        self.counts(window) && self.reached(window) && !self.met(window)
    }

    /// The missing fact that decides whether its rule counted already.
    fn undecided(&self, window: &Window) -> Option<&'a str> {
        self.rule(window)?.starts()?.undecided()
    }

    /// The name of its last block.
    fn last_block(&self, window: &Window) -> String {
        let grid = self.rule(window).and_then(|r| r.grid);
        grid.map_or_else(String::new, |grid| grid.label(window.end))
    }

    fn verdict(&self, window: &Window) -> Option<PeriodVerdict> {
        let grid = self.rule(window)?.grid?;
        let met = self.met(window);
        if !self.counts(window) || (self.undecided(window).is_some() && !met) {
            return None;
        }
        let verdict = if met {
            Verdict::Met
        } else if self.reached(window) {
            Verdict::NotMet
        } else {
            Verdict::Unknown
        };
        let last = grid.label(window.end);
        let label = if grid.window == 1 {
            last
        } else {
            format!("{}至{last}", grid.label(window.end - grid.window + 1))
        };
        Some(PeriodVerdict {
            label,
            from: window.from,
            to: window.to,
            verdict,
        })
    }
}

/// Intervals that no calendar grid holds: from the last time it was done.
fn by_last(case: &Case<'_>, result: &mut DutyAssessment, rules: &[Rule<'_>], interval: Interval) {
    let proven = proven(result);
    let begins = rules.first().and_then(Rule::begins);
    let base = proven
        .first()
        .copied()
        .or(case.snapshot.records_from.max(begins).filter(|d| *d <= case.day))
        .unwrap_or(case.day);
    let span = rule::end(rules, base, !proven.is_empty());
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

fn label_of(key: &str) -> &str {
    facts::fact_spec(key).map_or(key, |s| s.label)
}
