//! Properties of counting, over made-up calendars with many holidays and make-up days.
//!
//! Under the administrative regime two ends on the same day are ordered by the part of
//! the day. There the *strictest* reading is compared: by its taken reading a Friday
//! holiday ends Monday's whole day while the Saturday after it ends Monday morning.

use jiff::ToSpan as _;
use period::{
    Calendar, CalendarYear, Certainty, Counting, Date, DateTime, Deadline, Moment, NamedDay, Outcome, Span,
    Start, Unit, deadline,
};
use proptest::prelude::*;

const YEARS: std::ops::RangeInclusive<i16> = 2019..=2026;
const REGIMES: [Counting; 3] = [Counting::Apa48, Counting::CivilCode, Counting::AsStated];
const DAY_UNITS: [Unit; 5] = [
    Unit::CalendarDay,
    Unit::WorkingDay,
    Unit::Week,
    Unit::Month,
    Unit::Year,
];

fn first_day() -> Date {
    Date::constant(*YEARS.start(), 1, 1)
}

/// A calendar in which each day deviates from its weekday with the given odds.
fn build(deviates: impl Fn(Date) -> bool) -> Calendar {
    let years = YEARS.map(|year| {
        let days = Date::constant(year, 1, 1)
            .series(1.day())
            .take_while(|day| day.year() == year);
        let (mut off, mut work) = (Vec::new(), Vec::new());
        for date in days.filter(|day| deviates(*day)) {
            let day = NamedDay {
                date,
                name: String::new(),
            };
            match date.weekday().to_monday_one_offset() {
                7 => {}
                6 => work.push(day),
                _ => off.push(day),
            }
        }
        CalendarYear {
            year,
            source: "test".into(),
            certainty: Certainty::Low,
            off,
            work,
        }
    });
    Calendar::new(years).unwrap()
}

/// A calendar, and which of its days deviate from their weekday.
struct World {
    deviates: Vec<bool>,
    calendar: Calendar,
}

impl std::fmt::Debug for World {
    /// The days that deviate, on one line.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let days = first_day().series(1.day()).zip(&self.deviates);
        days.filter(|(_, deviates)| **deviates)
            .try_for_each(|(day, _)| write!(f, "{day} "))
    }
}

/// Calendars from the sparse to those that are off for weeks at a stretch.
fn worlds() -> impl Strategy<Value = World> {
    let days = 366 * 8;
    prop_oneof![Just(0.03), Just(0.3), Just(0.7), Just(0.9)]
        .prop_flat_map(move |odds| proptest::collection::vec(proptest::bool::weighted(odds), days))
        .prop_map(|deviates| World {
            calendar: build(|day| deviates[day_index(day)]),
            deviates,
        })
}

fn day_index(day: Date) -> usize {
    usize::try_from((day - first_day()).get_days()).unwrap()
}

fn spans() -> impl Strategy<Value = Span> {
    (0usize..DAY_UNITS.len(), 1u32..=60).prop_map(|(unit, amount)| {
        let unit = DAY_UNITS[unit];
        Span {
            amount: if unit == Unit::Year {
                amount % 3 + 1
            } else {
                amount
            },
            unit,
        }
    })
}

/// Days that leave room for most spans within the calendar's years, and some that don't.
fn starts() -> impl Strategy<Value = Date> {
    (0i64..366 * 8 - 60).prop_map(|days| first_day().checked_add(days.days()).unwrap())
}

fn known(start: impl Into<Start>, span: Span, counting: Counting, calendar: &Calendar) -> Option<Deadline> {
    match deadline(start.into(), span, counting, calendar).unwrap() {
        Outcome::Known(deadline) => Some(deadline),
        Outcome::Unknown(_) => None,
    }
}

/// When the strictest reading closes.
fn strictest(deadline: &Deadline) -> DateTime {
    let readings = deadline
        .readings
        .iter()
        .filter_map(|r| Some(r.part_of_day?.closes_at(r.end?)));
    readings.chain([deadline.closes_at()]).min().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_later_start_never_gives_an_earlier_end(
        world in worlds(), start in starts(), later in 0i64..40, span in spans(),
    ) {
        let later = start.checked_add(later.days()).unwrap();
        for counting in REGIMES {
            let (a, b) = (known(start, span, counting, &world.calendar), known(later, span, counting, &world.calendar));
            if let (Some(a), Some(b)) = (a, b) {
                prop_assert!(a.end.date() <= b.end.date(), "{:?}: {:?} > {:?}", counting, a, b);
                prop_assert!(strictest(&a) <= strictest(&b), "{:?}: {:?} > {:?}", counting, a, b);
            } else {
                prop_assert!(known(later, span, counting, &world.calendar).is_none(), "{:?}", counting);
            }
        }
    }

    #[test]
    fn a_later_instant_never_gives_an_earlier_instant(
        start in starts(), hour in 0i8..24, minutes in 0i64..5000, amount in 1u32..=9999,
    ) {
        let span = Span { amount, unit: Unit::Hour };
        let (start, calendar) = (start.at(hour, 0, 0, 0), Calendar::default());
        let later = start.checked_add(minutes.minutes()).unwrap();
        let a = known(start, span, Counting::Hours, &calendar).unwrap();
        let b = known(later, span, Counting::Hours, &calendar).unwrap();
        prop_assert!(a.closes_at() <= b.closes_at());
        prop_assert_eq!(a.closes_at().duration_since(start).as_hours(), i64::from(amount));
    }

    #[test]
    fn a_longer_span_never_ends_earlier(
        world in worlds(), start in starts(), span in spans(), more in 0u32..20,
    ) {
        let longer = Span { amount: span.amount + more, ..span };
        for counting in REGIMES {
            let (a, b) = (known(start, span, counting, &world.calendar), known(start, longer, counting, &world.calendar));
            if let (Some(a), Some(b)) = (&a, &b) {
                prop_assert!(a.end.date() <= b.end.date(), "{:?}: {:?} > {:?}", counting, a, b);
                prop_assert!(strictest(a) <= strictest(b), "{:?}: {:?} > {:?}", counting, a, b);
            } else {
                prop_assert!(b.is_none(), "{:?}", counting);
            }
        }
    }

    #[test]
    fn one_more_holiday_never_shortens_a_period(
        world in worlds(), start in starts(), span in spans(), ahead in 0i64..90,
    ) {
        let ahead = start.checked_add(ahead.days()).unwrap();
        let is_weekday = |day: &Date| day.weekday().to_monday_one_offset() < 6;
        let holiday = ahead.series(1.day()).find(is_weekday).unwrap();
        let more = build(|day| day == holiday || world.deviates[day_index(day)]);
        for counting in REGIMES {
            let (a, b) = (known(start, span, counting, &world.calendar), known(start, span, counting, &more));
            if let (Some(a), Some(b)) = (a, b) {
                prop_assert!(a.closes_at() <= b.closes_at(), "{:?}: {:?} > {:?}", counting, a, b);
                prop_assert!(strictest(&a) <= strictest(&b), "{:?}: {:?} > {:?}", counting, a, b);
            }
        }
    }

    #[test]
    fn steps_lead_from_the_start_to_the_end(
        world in worlds(), start in starts(), span in spans(), with_time in any::<bool>(),
    ) {
        let start = if with_time { Start::Instant(start.at(17, 40, 0, 0)) } else { Start::Day(start) };
        for counting in REGIMES {
            let (steps, end) = match deadline(start, span, counting, &world.calendar).unwrap() {
                Outcome::Known(known) => (known.steps, known.end),
                Outcome::Unknown(unknown) => (unknown.steps, Moment::Day(unknown.not_before)),
            };
            prop_assert_eq!(steps.first().unwrap().from, start.moment());
            prop_assert_eq!(steps.last().unwrap().to, end);
            for pair in steps.windows(2) {
                prop_assert_eq!(pair[0].to, pair[1].from);
            }
            for step in &steps {
                prop_assert!(!step.note.is_empty() && !step.note.contains('§') && !step.note.contains('條'));
            }
        }
    }

    #[test]
    fn an_end_that_moved_is_a_working_day_and_the_first_there_is(
        world in worlds(), start in starts(), span in spans(),
    ) {
        for counting in [Counting::Apa48, Counting::CivilCode] {
            let stated = known(start, span, Counting::AsStated, &world.calendar);
            if let (Some(stated), Some(moved)) = (stated, known(start, span, counting, &world.calendar)) {
                let (stated, moved) = (stated.end.date(), moved.end.date());
                prop_assert_eq!(world.calendar.is_working(moved), Ok(true));
                prop_assert!(stated <= moved);
                let between = stated.series(1.day()).take_while(|day| *day < moved);
                prop_assert!(between.into_iter().all(|day| world.calendar.is_working(day) == Ok(false)));
            }
        }
    }

    #[test]
    fn where_readings_differ_at_most_one_is_taken_and_the_deadline_follows_it(
        world in worlds(), start in starts(), span in spans(),
    ) {
        for counting in REGIMES {
            let Some(deadline) = known(start, span, counting, &world.calendar) else { continue };
            let taken: Vec<_> = deadline.readings.iter().filter(|r| r.taken).collect();
            prop_assert!(taken.len() <= 1);
            for reading in taken {
                prop_assert_eq!(reading.end, Some(deadline.end));
                prop_assert_eq!(reading.part_of_day, Some(deadline.part_of_day));
            }
        }
    }

    #[test]
    fn no_start_and_no_span_makes_counting_panic(
        year in 1i16..=9999, month in 1i8..=12, day in 1i8..=28, amount in any::<u32>(), small in 0u32..=10_001,
        unit in 0usize..Unit::ALL.len(),
    ) {
        let date = Date::constant(year, month, day);
        for amount in [amount, small] {
            let span = Span { amount, unit: Unit::ALL[unit] };
            for start in [Start::Day(date), Start::Instant(date.at(23, 59, 59, 999_999_999))] {
                for counting in REGIMES.into_iter().chain([Counting::Hours]) {
                    let _ = deadline(start, span, counting, &Calendar::default());
                }
            }
        }
    }
}
