//! One rule of how often something is due, for as long as it ruled.
//!
//! A window belongs to the rule in whose time it ended. Where an amendment shortened the interval,
//! a window that began before it is judged as the earlier law judged it; the shorter one counts
//! from the first that begins under it. What was proven holds as long as the law of its time let it.

use super::grid::Grid;
use super::starts::Starts;
use crate::why::Case;
use law::{Interval, Value};
use period::{Date, Span, Unit, later};

/// Intervals closer than this, in days, are the same.
const SAME: f64 = 0.01;

/// How many windows are told of at least, where the records don't reach further back.
const TOLD: i32 = 5;

pub(super) struct Rule<'a> {
    /// First day; none for the first that is known.
    pub from: Option<Date>,
    /// First day no longer; none while it rules.
    until: Option<Date>,
    pub interval: Interval,
    pub grid: Option<Grid>,
    /// From when on it counts; only on a grid.
    starts: Option<Starts<'a>>,
    /// The day of the earliest promise that sets it, where a plan does.
    promised: Option<Date>,
    /// Whether it asks more often than the rule before it.
    tighter: bool,
    /// Until when something proven under the rules before it holds.
    held: Option<Date>,
}

/// One time within which something was to be done.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// Which rule judges it.
    pub rule: usize,
    /// Its last block.
    pub end: i32,
    pub from: Date,
    pub to: Date,
}

/// Every rule up to the day, the earliest first.
pub(super) fn all<'a>(case: &Case<'a>, proven: &[Date]) -> Vec<Rule<'a>> {
    let mut rules: Vec<Rule<'a>> = Vec::new();
    let mut next = case.resolved.ruled.iter().skip(1).map(|r| r.from);
    for ruled in &case.resolved.ruled {
        let until = next.next().flatten();
        let Some((Value::Interval(interval), period)) = ruled.period.as_ref().map(|p| (&p.value, p)) else {
            continue;
        };
        let grid = Grid::of(*interval);
        let held = rules
            .iter()
            .filter_map(|earlier| earlier.holds_until(proven))
            .max();
        let days = interval.days_per_time();
        rules.push(Rule {
            from: ruled.from,
            until,
            interval: *interval,
            grid,
            starts: grid.map(|grid| Starts::of(case, &period.winners, ruled.since, grid)),
            promised: period.winners.iter().filter_map(|c| c.since).min(),
            tighter: rules
                .last()
                .is_some_and(|before| days < before.interval.days_per_time() - SAME),
            held,
        });
    }
    rules
}

impl<'a> Rule<'a> {
    /// From when on it counts, where it counts by the calendar.
    pub fn starts(&self) -> Option<&Starts<'a>> {
        self.starts.as_ref()
    }

    /// The day with which its first time begins, where it is known.
    pub fn begins(&self) -> Option<Date> {
        match (self.grid, self.starts()) {
            (Some(grid), Some(starts)) => starts.first().and_then(|first| grid.first(first)),
            _ => self.promised,
        }
    }

    /// Whether enough was proven within the window that ends with a block.
    fn done(&self, grid: Grid, end: i32, proven: impl Iterator<Item = Date>) -> bool {
        let times = usize::try_from(self.interval.times).unwrap_or(usize::MAX).max(1);
        let within = end - grid.window + 1..=end;
        proven.filter(|d| within.contains(&grid.block(*d))).count() >= times
    }

    /// Whether a window is met: by what was proven in it, or by what an earlier law let hold.
    pub fn met(&self, grid: Grid, end: i32, proven: &[Date]) -> bool {
        self.done(grid, end, proven.iter().copied())
            || self.held.zip(grid.last(end)).is_some_and(|(held, to)| to <= held)
    }

    /// Until which day what was proven under this rule, or earlier, holds by it.
    fn holds_until(&self, proven: &[Date]) -> Option<Date> {
        let before = || {
            let until = self.until;
            proven
                .iter()
                .copied()
                .filter(move |d| until.is_none_or(|u| *d < u))
        };
        let last = before().max()?;
        let Some(grid) = self.grid else {
            return self.runs_until(last);
        };
        let block = grid.block(last);
        let mut ends = (block..block + grid.window).rev();
        let end = ends.find(|end| self.done(grid, *end, before()))?;
        grid.last(end)
    }

    /// The last day of the time that begins with a day.
    pub fn runs_until(&self, day: Date) -> Option<Date> {
        match self.grid {
            Some(grid) => grid.last(grid.block(day) + grid.window - 1),
            None => later(day, span(self.interval)),
        }
    }

    /// The first window that counts, of those that end with this block or later.
    pub fn first_counted(&self, grid: Grid, now: i32) -> i32 {
        let begun = self.starts().and_then(Starts::first).unwrap_or(i32::MIN);
        let shorter = self.from.filter(|_| self.tighter).map_or(i32::MIN, |from| {
            // The first block that begins with that day or later.
            let block = grid.block(from);
            let whole = grid.first(block).is_some_and(|first| first >= from);
            if whole { block } else { block + 1 }
        });
        now.max(begun.max(shorter).saturating_add(grid.window - 1))
    }

    /// The next window to be filled, where one of this block is.
    pub fn next(&self, grid: Grid, last: i32) -> i32 {
        let held = self.held.map_or(i32::MIN, |held| grid.block(held) + 1);
        (last + grid.window).max(held)
    }
}

/// Windows that ended before the day, the latest first, and those of an earlier, longer rule that
/// are still open.
pub(super) fn windows(rules: &[Rule<'_>], day: Date, records: Option<Date>) -> Vec<Window> {
    let mut all: Vec<Window> = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        let Some(grid) = rule.grid else { continue };
        let shorter = rules.get(at + 1).filter(|next| next.tighter);
        // The longer rule's last window is over before the shorter one's first that counts.
        let first_shorter = shorter.and_then(|next| {
            let (grid, from) = (next.grid?, next.from?);
            grid.last(next.first_counted(grid, grid.block(from)))
        });
        let now = grid.block(day);
        let last = rule
            .until
            .map_or(now, |until| grid.block(until) + grid.window - 1);
        let earliest = records.map_or(now, |records| grid.block(records).min(now)) - TOLD * grid.window;
        let mut found: Vec<Window> = Vec::new();
        for end in (earliest..=last).rev() {
            let (Some(from), Some(to)) = (grid.first(end - grid.window + 1), grid.last(end)) else {
                continue;
            };
            let over = rule.until.is_some_and(|until| to >= until);
            let straddles = over && rule.until.is_some_and(|until| from < until);
            let outlives = straddles && first_shorter.is_some_and(|first| to < first);
            let early = rule
                .from
                .is_some_and(|first| if rule.tighter { from < first } else { to < first });
            let open = rule.until.is_none() && to >= day;
            if (over && !outlives) || early || open {
                continue;
            }
            found.push(Window {
                rule: at,
                end,
                from,
                to,
            });
        }
        all.extend(found);
    }
    all.sort_by_key(|w| std::cmp::Reverse((w.to, w.rule)));
    all
}

/// The end of a time that began on a day, by the rules that followed each other from then on. What
/// was `proven` that day holds as long as the rule of that day let it.
pub(super) fn end(rules: &[Rule<'_>], began: Date, proven: bool) -> Option<Date> {
    let at = rules
        .iter()
        .rposition(|r| r.from.is_none_or(|from| from <= began));
    let at = at.unwrap_or(0);
    let (first, later) = rules.get(at..)?.split_first()?;
    let mut end = first.runs_until(began)?;
    for (rule, from) in later.iter().filter_map(|r| Some((r, r.from?))) {
        if end < from {
            break;
        }
        if !rule.tighter {
            end = end.max(rule.runs_until(began)?);
        } else if !proven {
            end = end.min(rule.runs_until(from)?);
        }
    }
    Some(end)
}

/// The interval as a time that runs from a day.
fn span(interval: Interval) -> Span {
    let unit = match interval.unit {
        Unit::WorkingDay | Unit::Hour => Unit::CalendarDay,
        other => other,
    };
    Span {
        amount: interval.every,
        unit,
    }
}
