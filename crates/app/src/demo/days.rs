//! The days of the demonstration: all told from today on.
//!
//! Why counted and not written: a demonstration that was made in spring is still alive in autumn. What
//! it can't know: when it is looked at.

use period::{Date, DateTime};

/// So many days lie at least between a day of the year and today: what followed it is over by now.
const SETTLED: i64 = 30;

/// A chapter with its days: `{{-40d}}` forty days ago, `{{-40d 09:10}}` at that hour, `{{-20m}}` twenty
/// minutes ago, `{{05-20+9d}}` nine days after the last 20 May that is long enough ago, `{{roc}}` the year,
/// `{{roc-1}}` the one before, `{{roc 05-20}}` that of such a day.
pub(super) fn told(chapter: &str, now: DateTime) -> Option<String> {
    let mut parts = chapter.split("{{");
    let mut text = parts.next()?.to_owned();
    for part in parts {
        let (what, rest) = part.split_once("}}")?;
        text.push_str(&said(what, now)?);
        text.push_str(rest);
    }
    Some(text)
}

fn said(what: &str, now: DateTime) -> Option<String> {
    let roc = |day: Date| (day.year() - 1911).to_string();
    if let Some(rest) = what.strip_prefix("roc") {
        return Some(match rest {
            "" => roc(now.date()),
            "-1" => roc(later(now.date(), -365)?),
            day => roc(of_year(day.trim(), now.date())?),
        });
    }
    if let Some(minutes) = what.strip_suffix('m') {
        let minutes: i64 = minutes.parse().ok()?;
        let at = now.checked_add(jiff::SignedDuration::from_mins(minutes)).ok()?;
        return Some(at.strftime("%Y-%m-%dT%H:%M").to_string());
    }
    let (day, hour) = what.split_once(' ').unwrap_or((what, ""));
    let day = match day.strip_prefix(['+', '-']).and_then(|n| n.strip_suffix('d')) {
        Some(days) => {
            let days: i64 = days.parse().ok()?;
            later(now.date(), if what.starts_with('-') { -days } else { days })?
        }
        None => of_year(day, now.date())?,
    };
    Some(if hour.is_empty() {
        day.to_string()
    } else {
        format!("{day}T{hour}")
    })
}

pub(super) fn later(day: Date, days: i64) -> Option<Date> {
    day.checked_add(period::days(days)).ok()
}

/// `05-20`, with `+9d` or `-9d`.
pub(super) fn of_year(what: &str, today: Date) -> Option<Date> {
    let (month, rest) = what.split_once('-')?;
    let day = rest.get(..2)?;
    let more = rest.get(2..)?.strip_suffix('d').unwrap_or("0").parse().ok()?;
    let last = later(today, -SETTLED)?;
    let of = |year| Date::new(year, month.parse().ok()?, day.parse().ok()?).ok();
    let this = of(last.year())?;
    let base = if this <= last { this } else { of(last.year() - 1)? };
    later(base, more)
}

/// The Republic's year of a day.
pub(super) fn roc(day: Date) -> i64 {
    i64::from(day.year()) - 1911
}

/// So many days after a day, as records say it.
pub(super) fn after(day: Date, days: i64) -> String {
    later(day, days).map_or_else(String::new, |day| day.to_string())
}

/// A paper's number, of the year of its day.
pub(super) fn number(day: Date, kind: &str, n: usize) -> String {
    format!("{}-{kind}-{n:03}", roc(day))
}

/// One day in each span of so many months since the first of last year, over by now: at about the
/// same place of each span, as offices do things.
pub(super) fn each(today: Date, months: i32, place: i64) -> Vec<Date> {
    let Ok(mut from) = Date::new(today.year().saturating_sub(1), 1, 1) else {
        return Vec::new();
    };
    let mut days = Vec::new();
    loop {
        let Ok(next) = from.checked_add(jiff::Span::new().months(months)) else {
            return days;
        };
        let length = i64::from(crate::clock::days_between(from, next));
        let Some(day) = later(from, length.saturating_mul(place) / 100) else {
            return days;
        };
        if later(day, 4).is_none_or(|settled| settled > today) {
            return days;
        }
        days.push(day);
        from = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_from_today_on() {
        let now: DateTime = "2027-01-05T09:30:20".parse().unwrap();
        let all = "{{-40d}} {{+2d}} {{-40d 09:10}} {{-20m}} {{roc}} {{roc-1}} {{12-06}} {{12-07}} {{12-06+9d}} \
                   {{12-06-1d}} {{roc 12-07}}.";
        assert_eq!(
            told(all, now).unwrap(),
            "2026-11-26 2027-01-07 2026-11-26T09:10 2027-01-05T09:10 116 115 2026-12-06 2025-12-07 2026-12-15 \
             2026-12-05 114."
        );
        for wrong in ["{{x}}", "{{-40", "{{13-40}}", "{{5m5}}"] {
            assert_eq!(told(wrong, now), None, "{wrong}");
        }
    }
}
