//! Worked cases of counting, one row each: start, period, expected end.

use period::{
    Calendar, Counting, Deadline, Moment, Outcome, PartOfDay, PeriodError, Rule, Span, Start, deadline,
};

use crate::calendars::shipped;

fn count(calendar: &Calendar, start: &str, span: &str, counting: Counting) -> Outcome {
    let (start, span): (Start, Span) = (start.parse().unwrap(), span.parse().unwrap());
    deadline(start, span, counting, calendar).unwrap_or_else(|e| panic!("{start} {span}: {e}"))
}

fn known(calendar: &Calendar, start: &str, span: &str, counting: Counting) -> Deadline {
    match count(calendar, start, span, counting) {
        Outcome::Known(deadline) => deadline,
        Outcome::Unknown(unknown) => panic!("{start} {span}: {unknown:?}"),
    }
}

/// `2026-03-13`, `2026-03-16 morning`, or the instant.
fn show(deadline: &Deadline) -> String {
    match (deadline.end, deadline.part_of_day) {
        (Moment::Day(day), PartOfDay::WholeDay) => day.to_string(),
        (Moment::Day(day), PartOfDay::Morning) => format!("{day} morning"),
        (Moment::Instant(at), PartOfDay::Instant) => at.strftime("%F %H:%M").to_string(),
        odd => panic!("{odd:?}"),
    }
}

/// Each reading as `key end part`, the one taken with a star.
fn readings(deadline: &Deadline) -> Vec<String> {
    let show = |r: &period::Reading| {
        let end = r.end.map_or("?".into(), |end| end.date().to_string());
        let part = match r.part_of_day {
            Some(PartOfDay::Morning) => " morning",
            _ => "",
        };
        format!("{}{} {end}{part}", if r.taken { "*" } else { "" }, r.key)
    };
    deadline.readings.iter().map(show).collect()
}

fn check(counting: Counting, cases: &[(&str, &str, &str)]) {
    let calendar = shipped();
    for (start, span, expected) in cases {
        let deadline = known(&calendar, start, span, counting);
        assert_eq!(show(&deadline), *expected, "{start} + {span} ({counting:?})");
    }
}

#[test]
fn hours_run_at_once_and_through_holidays() {
    let cases = [
        ("2026-02-13 17:40", "1 hour", "2026-02-13 18:40"),
        ("2026-02-13 17:40", "72 hours", "2026-02-16 17:40"),
        ("115/02/13 23:30", "36 hours", "2026-02-15 11:30"),
        ("2024-02-28 12:00", "24 hours", "2024-02-29 12:00"),
        ("2030-12-31 23:30", "1 hour", "2031-01-01 00:30"),
    ];
    for counting in [
        Counting::Hours,
        Counting::Apa48,
        Counting::CivilCode,
        Counting::AsStated,
    ] {
        check(counting, &cases);
    }
}

#[test]
fn administrative_periods_end_as_the_procedure_act_says() {
    check(
        Counting::Apa48,
        &[
            // Days
            ("2026-03-02", "1 day", "2026-03-03"),
            ("2026-03-02", "10 days", "2026-03-12"),
            ("2026-03-02 23:59", "10 days", "2026-03-12"),
            ("2026-03-01", "14 days", "2026-03-16"), // Sunday the 15th
            ("2026-03-01", "13 days", "2026-03-16 morning"), // Saturday the 14th
            // Weeks
            ("2026-03-02", "1 week", "2026-03-09"),
            ("2026-03-07", "2 weeks", "2026-03-23 morning"),
            // Months: the day before the corresponding day
            ("2026-02-13", "1 month", "2026-03-13"),
            ("2026-03-31", "1 month", "2026-04-30"),
            ("2024-01-28", "1 month", "2024-02-29"), // 02-28 was a holiday in 2024
            ("2023-01-30", "1 month", "2023-03-01"), // month end 02-28, a holiday
            ("2024-01-29", "1 month", "2024-02-29"),
            ("2024-01-30", "1 month", "2024-02-29"),
            ("2024-01-31", "1 month", "2024-02-29"),
            ("2025-12-31", "2 months", "2026-03-02 morning"), // 02-28 is a Saturday
            // Years
            ("2019-08-01", "1 year", "2020-08-03 morning"),
            ("2019-08-01", "2 years", "2021-08-02"),
            ("2020-02-29", "1 year", "2021-03-02"), // counted from 03-01, ends 02-28, a Sunday; 03-01 off
            ("2023-02-28", "1 year", "2024-02-29"), // counted from 03-01
            ("2020-02-28", "4 years", "2024-02-29"), // counted from 02-29, ends 02-28, a holiday
            ("2020-02-28", "1 year", "2021-03-02"), // counted from 02-29, no such day: month end
            // Long holidays
            ("2026-02-12", "1 day", "2026-02-13"),
            ("2026-02-12", "2 days", "2026-02-23 morning"), // Saturday 02-14, Monday 02-16 off
            ("2026-02-12", "3 days", "2026-02-23"),         // Sunday 02-15
            ("2026-02-12", "8 days", "2026-02-23"),         // Friday 02-20, a holiday
            ("2026-02-12", "9 days", "2026-02-23 morning"), // Saturday 02-21
            ("2026-02-12", "10 days", "2026-02-23"),        // Sunday 02-22
            ("2023-01-19", "1 day", "2023-01-30"),          // Friday 01-20 to Sunday 01-29 off
            ("2023-01-19", "2 days", "2023-01-30 morning"),
            // Make-up Saturdays
            ("2023-06-16", "1 day", "2023-06-17"),
            ("2020-02-14", "1 day", "2020-02-15"),
            // Holidays and adjusted days off on a weekday
            ("2023-06-21", "1 day", "2023-06-26"),
            ("2023-06-21", "2 days", "2023-06-26"),
            ("2026-09-24", "1 day", "2026-09-29"),
            ("2022-02-27", "1 day", "2022-03-01"),
        ],
    );
}

#[test]
fn civil_periods_treat_saturday_as_any_rest_day() {
    check(
        Counting::CivilCode,
        &[
            ("2026-02-13", "1 month", "2026-03-13"),
            ("2019-08-01", "1 year", "2020-08-03"),
            ("2019-08-01", "2 years", "2021-08-02"),
            ("2026-02-12", "2 days", "2026-02-23"),
            ("2026-03-01", "13 days", "2026-03-16"),
            ("2023-06-16", "1 day", "2023-06-17"),
            ("2020-02-14", "1 day", "2020-02-15"),
            ("2023-01-19", "1 day", "2023-01-30"),
        ],
    );
}

#[test]
fn papers_mean_what_they_state() {
    check(
        Counting::AsStated,
        &[
            ("2026-02-12", "1 day", "2026-02-13"),
            ("2026-02-12", "2 days", "2026-02-14"),
            ("2026-01-14", "1 month", "2026-02-14"),
            ("2024-01-28", "1 month", "2024-02-28"),
            ("2027-02-28", "1 year", "2028-02-29"),
            ("2049-12-31", "1 day", "2050-01-01"),
        ],
    );
}

#[test]
fn working_days_are_counted_by_the_calendar() {
    let cases = [
        ("2026-03-02", "5 working days", "2026-03-09"),
        ("2026-02-13", "1 working day", "2026-02-23"),
        ("2026-02-13", "5 working days", "2026-03-02"), // 02-27 is off
        ("2023-06-16", "1 working day", "2023-06-17"),
        ("2023-06-16", "5 working days", "2023-06-26"), // 17, 19, 20, 21; 22 and 23 are off
        ("2023-01-19", "1 working day", "2023-01-30"),
        ("2026-12-31", "1 working day", "2027-01-04"),
    ];
    for counting in [Counting::Apa48, Counting::CivilCode, Counting::AsStated] {
        check(counting, &cases);
    }
}

#[test]
fn where_the_law_leaves_more_than_one_reading_each_is_listed() {
    let calendar = shipped();
    let none: &[&str] = &[];
    for (start, span, counting, expected) in [
        ("2026-03-02", "1 day", Counting::Apa48, none),
        ("2026-03-01", "13 days", Counting::Apa48, none),
        ("2026-03-01", "14 days", Counting::Apa48, none),
        (
            "2026-02-12",
            "2 days",
            Counting::Apa48,
            &[
                "*saturday_then_holiday_morning 2026-02-23 morning",
                "saturday_then_holiday_whole_day 2026-02-23",
            ],
        ),
        (
            "2023-06-16",
            "1 day",
            Counting::Apa48,
            &[
                "*make_up_saturday_same_day 2023-06-17",
                "make_up_saturday_monday_morning 2023-06-19 morning",
            ],
        ),
        (
            "2023-06-21",
            "1 day",
            Counting::Apa48,
            &[
                "*holiday_then_saturday_whole_day 2023-06-26",
                "holiday_then_saturday_morning 2023-06-26 morning",
            ],
        ),
        ("2023-06-16", "1 day", Counting::CivilCode, none),
        ("2023-06-21", "1 day", Counting::CivilCode, none),
        ("2026-02-12", "1 day", Counting::AsStated, none),
        (
            "2026-02-12",
            "2 days",
            Counting::AsStated,
            &["as_stated_moves 2026-02-23"],
        ),
        ("2027-12-30", "1 day", Counting::AsStated, &["as_stated_moves ?"]),
        ("2049-12-31", "1 day", Counting::AsStated, &["as_stated_moves ?"]),
    ] {
        let deadline = known(&calendar, start, span, counting);
        assert_eq!(readings(&deadline), expected, "{start} + {span} ({counting:?})");
    }
}

/// Never seen yet: holidays from before one Saturday until a make-up day on the next.
#[test]
fn a_rest_day_that_moves_past_a_saturday_to_a_make_up_saturday_has_all_their_readings() {
    let year = r#"
        year = 2024
        source = "test"
        certainty = "low"
        off = [
            { date = "2024-09-06" }, { date = "2024-09-09" }, { date = "2024-09-10" },
            { date = "2024-09-11" }, { date = "2024-09-12" }, { date = "2024-09-13" },
        ]
        work = [{ date = "2024-09-14" }]
    "#;
    let calendar = Calendar::new([toml::from_str(year).unwrap()]).unwrap();
    let friday = known(&calendar, "2024-09-05", "1 day", Counting::Apa48);
    assert_eq!(show(&friday), "2024-09-14");
    assert_eq!(
        readings(&friday),
        [
            "*make_up_saturday_same_day 2024-09-14",
            "make_up_saturday_monday_morning 2024-09-16 morning",
            "holiday_then_saturday_morning 2024-09-14 morning",
        ]
    );
    let saturday = known(&calendar, "2024-09-05", "2 days", Counting::Apa48);
    assert_eq!(show(&saturday), "2024-09-14 morning");
}

#[test]
fn a_year_the_calendar_does_not_hold_makes_the_end_unknown() {
    let calendar = shipped();
    for (start, span, counting, not_before, missing) in [
        ("2027-12-20", "1 month", Counting::Apa48, "2028-01-20", 2028),
        ("2027-12-20", "1 month", Counting::CivilCode, "2028-01-20", 2028),
        ("2027-02-28", "1 year", Counting::Apa48, "2028-02-29", 2028),
        ("2027-12-30", "1 day", Counting::Apa48, "2027-12-31", 2028), // 12-31 is off
        ("2016-06-01", "1 week", Counting::CivilCode, "2016-06-08", 2016),
        (
            "2027-12-29",
            "3 working days",
            Counting::AsStated,
            "2028-01-02",
            2028,
        ), // 12-30 counts
        (
            "2027-12-31",
            "2 working days",
            Counting::Apa48,
            "2028-01-02",
            2028,
        ),
    ] {
        let Outcome::Unknown(unknown) = count(&calendar, start, span, counting) else {
            panic!("{start} + {span} should be unknown")
        };
        assert_eq!(unknown.not_before.to_string(), not_before, "{start} + {span}");
        assert_eq!(unknown.missing_year, missing, "{start} + {span}");
        assert_eq!(
            unknown.steps.last().unwrap().rule,
            Rule::CalendarUnknown,
            "{start} + {span}"
        );
    }
}

#[test]
fn where_the_calendar_ends_weekends_and_fixed_holidays_give_an_estimate() {
    let fixed = period::FixedHolidays {
        days: ["01-01", "02-28", "10-10"]
            .map(|day| day.to_owned().try_into().unwrap())
            .to_vec(),
        longest_rest: 9,
        most_unfixed: 5,
        source: "test".into(),
    };
    let calendar = shipped().with_fixed(fixed);
    for (start, span, counting, end, not_after) in [
        (
            "2027-12-20",
            "1 month",
            Counting::Apa48,
            "2028-01-20",
            "2028-01-29",
        ),
        // A Saturday, a Saturday before a holiday, a holiday.
        (
            "2027-01-08",
            "1 year",
            Counting::Apa48,
            "2028-01-10 morning",
            "2028-01-19",
        ),
        (
            "2027-12-31",
            "1 day",
            Counting::CivilCode,
            "2028-01-03",
            "2028-01-12",
        ),
        (
            "2027-02-28",
            "1 year",
            Counting::Apa48,
            "2028-02-29",
            "2028-03-09",
        ),
        (
            "2028-02-27",
            "1 day",
            Counting::CivilCode,
            "2028-02-29",
            "2028-03-09",
        ),
        // 12-30 is worked; then 3 and 4 January, or five working days later.
        (
            "2027-12-29",
            "3 working days",
            Counting::AsStated,
            "2028-01-04",
            "2028-01-20",
        ),
    ] {
        let Outcome::Unknown(unknown) = count(&calendar, start, span, counting) else {
            panic!("{start} + {span} should be unknown")
        };
        let likely = unknown.likely.unwrap();
        let part = if likely.part_of_day == PartOfDay::Morning {
            " morning"
        } else {
            ""
        };
        assert_eq!(format!("{}{part}", likely.end), end, "{start} + {span}");
        assert_eq!(likely.not_after.to_string(), not_after, "{start} + {span}");
    }
    // Years that are held are no estimate, and are not known better where nothing is said of others.
    assert_eq!(calendar.days_off(2028), shipped().days_off(2028));
    assert_eq!(
        count(&calendar, "2026-03-02", "1 month", Counting::Apa48),
        count(&shipped(), "2026-03-02", "1 month", Counting::Apa48)
    );
    let Outcome::Unknown(bare) = count(&shipped(), "2027-12-20", "1 month", Counting::Apa48) else {
        panic!("should be unknown")
    };
    assert_eq!(bare.likely, None);
    for (text, is) in [
        ("10-10", true),
        ("02-29", true),
        ("02-30", false),
        ("13-01", false),
        ("1010", false),
    ] {
        assert_eq!(period::MonthDay::try_from(text.to_owned()).is_ok(), is, "{text}");
    }
}

#[test]
fn what_can_not_be_counted_is_an_error() {
    let calendar = shipped();
    let fail = |start: &str, span: Span, counting| {
        deadline(start.parse().unwrap(), span, counting, &calendar).unwrap_err()
    };
    let span = |text: &str| text.parse::<Span>().unwrap();
    let error = fail("2026-02-13", span("72 hours"), Counting::Apa48);
    assert!(matches!(error, PeriodError::TimeOfDayMissing { .. }));
    assert!(error.to_string().contains("請輸入像 115/02/13 10:00"), "{error}");
    let error = fail("2026-02-13 10:00", span("3 days"), Counting::Hours);
    assert!(matches!(error, PeriodError::NotInHours { .. }));
    for amount in [0, 10_000, u32::MAX] {
        let error = fail(
            "2026-02-13",
            Span {
                amount,
                unit: period::Unit::Year,
            },
            Counting::Apa48,
        );
        assert_eq!(error, PeriodError::Amount { amount });
    }
    for (start, text) in [
        ("2026-02-13", "9999 years"),
        ("9999-12-31", "1 day"),
        ("9999-12-30", "2 calendar days"),
        ("9999-12-31", "1 working day"),
        ("9999-12-30", "2 working days"),
        ("9999-12-31 10:00", "15 hours"),
    ] {
        let error = fail(start, span(text), Counting::AsStated);
        assert!(
            matches!(error, PeriodError::OutOfRange { .. }),
            "{start} + {text}: {error}"
        );
    }
}

#[test]
fn every_step_is_told() {
    let calendar = shipped();
    for (start, span, counting, expected) in [
        (
            "2026-02-13 17:40",
            "72 hours",
            Counting::Hours,
            vec!["自 115/02/13 17:40 即時起算，連續計 72小時（假日不扣除），至 115/02/16 17:40"],
        ),
        (
            "2026-02-13 17:40",
            "1 month",
            Counting::Apa48,
            vec![
                "始日 115/02/13 不計入，自 115/02/14 起算",
                "自 115/02/14 起算 1個月，以相當日之前一日 115/03/13（星期五）為末日",
                "末日 115/03/13（星期五）為上班日，不順延",
            ],
        ),
        (
            "2026-02-12",
            "2 days",
            Counting::Apa48,
            vec![
                "始日 115/02/12 不計入，自 115/02/13 起算",
                "自 115/02/13 起算 2日，末日為 115/02/14（星期六）",
                "末日 115/02/14 為星期六，以次週一 115/02/16 上午為末日",
                "115/02/16 為放假日，順延至 115/02/23（星期一），仍以上午為準（採較嚴之解釋）",
            ],
        ),
        (
            "2023-01-29",
            "1 month",
            Counting::CivilCode,
            vec![
                "始日 112/01/29 不計入，自 112/01/30 起算",
                "自 112/01/30 起算 1個月，最後一月沒有相當日，以該月末日 112/02/28（星期二）為末日",
                "末日 112/02/28（星期二）為和平紀念日，順延至次一上班日 112/03/01（星期三）",
            ],
        ),
        (
            "2023-06-16",
            "1 day",
            Counting::Apa48,
            vec![
                "始日 112/06/16 不計入，自 112/06/17 起算",
                "自 112/06/17 起算 1日，末日為 112/06/17（星期六）",
                "末日 112/06/17（星期六）照常上班（補行上班），不順延（採較嚴之解釋）",
            ],
        ),
        (
            "2026-02-12",
            "2 days",
            Counting::AsStated,
            vec![
                "始日 115/02/12 不計入，自 115/02/13 起算",
                "自 115/02/13 起算 2日，末日為 115/02/14（星期六）",
                "末日 115/02/14（星期六）為放假日，依文件所載不順延",
            ],
        ),
        (
            "2027-12-29",
            "3 working days",
            Counting::AsStated,
            vec![
                "始日 116/12/29 不計入，自 116/12/30 起算",
                "自 116/12/30 起算至 116/12/31，已計 1 個工作天",
                "辦公日曆表沒有 117 年（西元 2028 年）的資料，還差 2 個工作天，末日最早為 117/01/02",
            ],
        ),
    ] {
        let steps = match count(&calendar, start, span, counting) {
            Outcome::Known(known) => known.steps,
            Outcome::Unknown(unknown) => unknown.steps,
        };
        let notes: Vec<_> = steps.iter().map(|step| step.note.as_str()).collect();
        assert_eq!(notes, expected, "{start} + {span} ({counting:?})");
    }
}

#[test]
fn an_outcome_serialises_with_plain_dates() {
    let outcome = count(&shipped(), "2026-02-13", "1 month", Counting::Apa48);
    let json = serde_json::to_value(&outcome).unwrap();
    assert_eq!(json["end"], "2026-03-13");
    assert_eq!(json["part_of_day"], "whole_day");
    assert_eq!(json["steps"][1]["rule"], "day_before_corresponding");
}
